"""The steps of a seat's story, each with its number: what `:search` lists, `:why` looks at and `:back` goes to.

A step is a greeting, a command with its answer, the text of a message, a notice, or the end of a connection. Steps are
numbered in the order in which they happened, over all connections of the seat. An undone step keeps its number and
nothing else ever gets it, so numbers may have gaps and stay what they are under undo and redo, on every branch.
"""

import re
from collections import deque
from collections.abc import Iterator
from typing import NamedTuple

from mailshell.core.record import Body
from mailshell.core.transcript import Entry
from mailshell.world.history import History, Moment
from mailshell.world.seat import Seat, SeatError

_NUMBER = re.compile(r"-?[0-9]{1,15}")


class Step(NamedTuple):
    """One step: its number, the seat's number of its connection, and its entry; the text of a message is one Body."""

    number: int
    label: int
    entry: Entry


class _Numbered(NamedTuple):
    """An entry with its place in the transcript, and with the number of its step, in force or not."""

    number: int
    label: int
    place: int
    entry: Entry


def _numbered(seat: Seat) -> Iterator[_Numbered]:
    running: dict[int, int] = {}  # the number of the message that goes on, by connection of the world
    transcript, count = seat.world.transcript, 0
    for place, entry in enumerate(transcript.entries, transcript.count - len(transcript.entries)):
        wire = entry.wire.number
        label = seat.number_of(wire)
        if label is None:
            continue
        if not isinstance(entry.record, Body):
            running.pop(wire, None)
        if wire not in running:
            count += 1
        if isinstance(entry.record, Body):
            running.setdefault(wire, count)
        yield _Numbered(running.get(wire, count), label, place, entry)


def steps(seat: Seat) -> list[Step]:
    """Every step in force, in order, of all connections of the seat."""
    story = deque(entry for _, entries in seat.story() for entry in entries if seat.number_of(entry.wire.number))
    out: list[Step] = []
    texts: dict[int, list[Body]] = {}  # the pieces of a message, by the place of its step
    last: dict[int, int] = {}  # the place of the newest step in force, by connection of the world
    for number, label, _, entry in _numbered(seat):
        if not story or story[0] is not entry:
            continue
        story.popleft()
        wire, record = entry.wire.number, entry.record
        if isinstance(record, Body) and last.get(wire) in texts:
            texts[last[wire]].append(record)
            continue
        last[wire] = len(out)
        if isinstance(record, Body):
            texts[len(out)] = [record]
        out.append(Step(number, label, entry))
    for place, pieces in texts.items():
        body = Body(b"".join(piece.octets for piece in pieces), sum(piece.omitted for piece in pieces))
        out[place] = out[place]._replace(entry=out[place].entry._replace(record=body))
    return out


def back(seat: Seat, word: str) -> tuple[int, str]:
    """Go right before the step that a word names, on whatever branch it is, or was undone.

    What went out in one write is one cause: then it is right before the first step of that. The answer is the number
    of the step that is right ahead, and its cause. Raises SeatError where there is no such step.
    """
    wanted = _wanted(word)
    if word.startswith("-"):
        wanted = chosen(steps(seat), seat, word).number
    found = list(_numbered(seat))
    place = next((one.place for one in found if one.number == wanted), None)
    if place is None:
        raise SeatError(f"There is no line {word}. :search lists them.")
    moment = seat.history.of_entry(place)
    first = next(one.number for one in found if one.place >= moment.first)
    return first, seat.back(place)


def _wanted(word: str) -> int:
    if _NUMBER.fullmatch(word) is None:
        raise SeatError(f"{word} is no number of a line. -1 is the last one. :search lists them.")
    return int(word)


def chosen(found: list[Step], seat: Seat, word: str) -> Step:
    """The step that a word names: its number, or -1 for the last one of the current connection, -2 for the one before.

    Raises SeatError where there is none.
    """
    wanted = _wanted(word)
    if word.startswith("-"):
        wire = seat.link.wire
        here = [step for step in found if step.entry.wire is wire]
        if 1 <= -wanted <= len(here):
            return here[wanted]
    for step in () if word.startswith("-") else found:
        if step.number == wanted:
            return step
    raise SeatError(f"There is no line {word}. :search lists them.")


def before(found: list[Step], step: Step) -> list[Entry]:
    """What happened on the connection of a step before it."""
    return [one.entry for one in found if one.number < step.number and one.entry.wire is step.entry.wire]


def newest(seat: Seat, moments: list[Moment]) -> list[int]:
    """For each moment the number of the newest step on its line until then; 0 where there is none."""
    numbers = {one.place: one.number for one in _numbered(seat)}
    return [_newest(seat.history, moment, numbers) for moment in moments]


def _newest(history: History, moment: Moment, numbers: dict[int, int]) -> int:
    while True:
        for place in range(moment.last - 1, moment.first - 1, -1):
            if place in numbers:
                return numbers[place]
        if moment.number == history.start.number:
            return 0
        moment = history.before(moment)
