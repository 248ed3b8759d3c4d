"""The steps of a seat's story, each with its number: what `:search` lists and `:why`, `:body` and `:copy` look at.

A step is a greeting, a command with its answer, the text of a message, a notice, or the end of a connection. Steps are
numbered in the order in which they happened, over all connections of the seat. An undone step keeps its number and
nothing else ever gets it, so numbers may have gaps and stay what they are under undo and redo.
"""

from collections import deque
from typing import NamedTuple

from mailshell.core.record import Body
from mailshell.core.transcript import Entry
from mailshell.shell.text import number
from mailshell.world.seat import Seat, SeatError


class Step(NamedTuple):
    """One step: its number, the seat's number of its connection, and its entry; the text of a message is one Body."""

    number: int
    label: int
    entry: Entry


def steps(seat: Seat) -> list[Step]:
    """Every step in force, in order, of all connections of the seat."""
    story = deque(entry for _, entries in seat.story() for entry in entries)
    out: list[Step] = []
    texts: dict[int, list[Body]] = {}  # the pieces of a message, by the place of its step
    running: dict[int, int] = {}  # the number of the message that goes on, by connection of the world
    last: dict[int, int] = {}  # the place of the newest step in force, by connection of the world
    count = 0
    for entry in seat.world.transcript.entries:
        wire, record = entry.wire.number, entry.record
        told = bool(story) and story[0] is entry
        if told:
            story.popleft()
        label = seat.number_of(wire)
        if label is None:
            continue
        if not isinstance(record, Body):
            running.pop(wire, None)
        if wire not in running:
            count += 1
        if isinstance(record, Body):
            running.setdefault(wire, count)
            if told and last.get(wire) in texts:
                texts[last[wire]].append(record)
                continue
        if told:
            last[wire] = len(out)
            if isinstance(record, Body):
                texts[len(out)] = [record]
            out.append(Step(running.get(wire, count), label, entry))
    for place, pieces in texts.items():
        body = Body(b"".join(piece.octets for piece in pieces), sum(piece.omitted for piece in pieces))
        out[place] = out[place]._replace(entry=out[place].entry._replace(record=body))
    return out


def chosen(found: list[Step], seat: Seat, word: str) -> Step:
    """The step that a word names: its number, or -1 for the last one of the current connection, -2 for the one before.

    Raises SeatError where there is none.
    """
    wanted = number(word.removeprefix("-"))
    if wanted is None:
        raise SeatError(f"{word} is no number of a line. -1 is the last one. :search lists them.")
    if word.startswith("-"):
        wire = seat.link.wire
        here = [step for step in found if step.entry.wire is wire]
        if 1 <= wanted <= len(here):
            return here[-wanted]
    for step in () if word.startswith("-") else found:
        if step.number == wanted:
            return step
    raise SeatError(f"There is no line {word}. :search lists them.")


def before(found: list[Step], step: Step) -> list[Entry]:
    """What happened on the connection of a step before it."""
    return [one.entry for one in found if one.number < step.number and one.entry.wire is step.entry.wire]
