"""`:diff`: what was said on two ways since they parted, and what differs in the world at their ends.

Side by side where a screen is wide enough, what is the same on one row; else one after the other with signs, as
`diff -u` writes it. A line of the wire is broken where the column ends, and loses nothing.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from itertools import starmap, zip_longest
from typing import NamedTuple

from mailshell.core.explain import Row, body_row, explain
from mailshell.core.framer import lines
from mailshell.core.record import HEARD, Body, Closed
from mailshell.core.transcript import Entry
from mailshell.protocols import PROTOCOLS
from mailshell.shell.differences import Difference, differences
from mailshell.shell.render import Renderer, wrap_indented
from mailshell.shell.text import pieces, safe, width
from mailshell.shell.theme import NONE, Role, paint
from mailshell.shell.view import View
from mailshell.world.apart import apart
from mailshell.world.history import Moment
from mailshell.world.seat import Seat
from mailshell.world.steps import newest

WIDE = 72
"""Columns from which two ways stand side by side."""


class _Line(NamedTuple):
    """A line of one side, and in whose colour it stands."""

    text: str
    role: Role


_Block = tuple[_Line, ...]
"""Lines that stay together: a command with its answer; the first one says what it is."""


class _Pair(NamedTuple):
    """The lines that stand beside each other; empty where one side has nothing there."""

    one: _Block
    other: _Block


class Side(NamedTuple):
    """One of the two ways: its name for people, and its end."""

    name: str
    moment: Moment


def diff(seat: Seat, one: Side, other: Side, view: View, *, wide: bool) -> list[str]:
    """What was said since two ways parted, and what differs at their ends; `wide`: side by side where there is room."""
    history = seat.history
    since = history.parted(one.moment, other.moment)
    here, there = (_blocks(seat, history.way(since, side.moment), view) for side in (one, other))
    talk = _aligned(here, there, (_line_of, _verb_of))
    found = differences(seat, apart(seat.world, one.moment.mark, other.moment.mark))
    line = newest(seat, [since])[0]
    wide = wide and view.width >= WIDE and not view.words
    shown = _beside if wide else _signed
    said = list(shown(talk, view))
    state = [row for each in found for row in (_titled(each.what, view), *shown([_of(each)], view))]
    return [
        *(_titles(one.name, other.name, view) if wide else [f"--- {one.name}", f"+++ {other.name}"]),
        _rule(f"after line {line}" if line else "from the start", view),
        *(said or ["   Nothing was said on either."]),
        _rule("the world at the ends", view),
        *(state or ["   It is the same."]),
    ]


def _titled(what: str, view: View) -> str:
    return paint(f"   {safe(what, ascii_only=view.ascii)}", "legal", view.theme)


def _of(found: Difference) -> _Pair:
    one, other = (tuple(_Line(f"   {text}", "note") for text in texts) for texts in (found.one, found.other))
    return _Pair(one, other)


def _blocks(seat: Seat, moments: list[Moment], view: View) -> list[_Block]:
    """What happened, a block a step; a cause from which the server heard nothing is told by its own name."""
    renderer = Renderer(view._replace(theme=NONE, wire="off", depth=0))
    out: list[_Block] = []
    for cause, entries in seat.told(moments):
        ours = [(entry, seat.number_of(entry.wire.number)) for entry in entries]
        if not any(number and isinstance(entry.record, HEARD) for entry, number in ours):
            out.append(tuple(_Line(text, "rule") for text in renderer.say(cause)))
        for entry, number in ours:
            if number:
                out += _entry(entry, number, renderer)
    return out


def _entry(entry: Entry, number: int, renderer: Renderer) -> Iterator[_Block]:
    record = entry.record
    if isinstance(record, Body):
        for line in lines(record.octets):
            yield (_line(body_row(line), number, renderer),)
    elif isinstance(record, Closed):
        yield tuple(_Line(text, "rule") for text in renderer.say(f"closed by the {record.by}"))
    else:
        meaning = explain(record, PROTOCOLS[entry.wire.protocol])
        yield tuple(_line(row, number, renderer) for row in (*meaning.command, *meaning.answers))


def _line(row: Row, number: int, renderer: Renderer) -> _Line:
    role: Role = "client" if row.side == "client" else "refusal" if row.manner == "refusal" else "server"
    return _Line(renderer.line(row, number), role)


def _aligned(one: list[_Block], other: list[_Block], alike: Sequence[Callable[[_Block], str]]) -> Iterator[_Pair]:
    """The blocks of two sides beside each other: those that are alike, then those that are less so."""
    if not alike:
        yield from starmap(_Pair, zip_longest(one, other, fillvalue=()))
        return
    heads = [[alike[0](block) for block in blocks] for blocks in (one, other)]
    for same, start, end, first, last in SequenceMatcher(None, heads[0], heads[1], autojunk=False).get_opcodes():
        yield from _aligned(one[start:end], other[first:last], () if same == "equal" else alike[1:])


def _line_of(block: _Block) -> str:
    return block[0].text


def _verb_of(block: _Block) -> str:
    """Who speaks, and the first word."""
    return " ".join(block[0].text.split(" ")[:2])


def _titles(one: str, other: str, view: View) -> list[str]:
    left = (view.width - 4) // 2
    return [f"   {one:<{left}}{other}"]


def _rule(title: str, view: View) -> str:
    if view.words:
        return f"{title}."
    text = f"-- {title} "
    return paint(text + "-" * (view.width - 1 - len(text)), "rule", view.theme)


def _beside(pairs: Iterable[_Pair], view: View) -> Iterator[str]:
    """Two columns, and a mark for what differs, as `diff -y` does it: `<` and `>` where one side has nothing."""
    room = (view.width - 4) // 2
    for one, other in (row for pair in pairs for row in zip_longest(*pair)):
        mark = " " if one == other else "<" if other is None else ">" if one is None else "|"
        left, right = ([] if line is None else _broken(line, room, view) for line in (one, other))
        role = [line.role if line else "note" for line in (one, other)]
        for here, there in zip_longest(left, right, fillvalue=""):
            gap = " " * (room - width(here))
            yield f"{paint(here, role[0], view.theme)}{gap} {mark} {paint(there, role[1], view.theme)}".rstrip()


def _signed(pairs: Iterable[_Pair], view: View) -> Iterator[str]:
    """One column: lines of one side begin with `-`, then lines of the other with `+`, lines of both with neither."""
    waiting: dict[str, list[_Line]] = {"- ": [], "+ ": []}
    for one, other in (*(row for pair in pairs for row in zip_longest(*pair)), (None, None)):
        if one == other:
            yield from _flushed(waiting, view)
            yield from _flushed({"  ": [one] if one else []}, view)
        else:
            waiting["- "] += [one] if one else []
            waiting["+ "] += [other] if other else []


def _flushed(waiting: dict[str, list[_Line]], view: View) -> Iterator[str]:
    for sign, found in waiting.items():
        for line in found:
            yield from (sign + paint(text, line.role, view.theme) for text in _broken(line, view.width - 3, view))
        found.clear()


def _broken(line: _Line, columns: int, view: View) -> list[str]:
    """A line in pieces, all of it, the later ones at an indentation; words about the world break between words."""
    rows = [line.text]
    if line.role == "note":
        rows = wrap_indented(safe(line.text, ascii_only=view.ascii), columns)
    first, *rest = [piece for row in rows for piece in pieces(row, columns, columns - 3)]
    return [first, *(f"   {piece}" for piece in rest)]
