"""`:branches`: a small drawing of the tree of moments, a line a branch."""

from collections.abc import Iterator
from typing import NamedTuple

from mailshell.core.clock import Instant, iso_date
from mailshell.shell.help import wrapped
from mailshell.shell.looking import count
from mailshell.shell.mailboxes import shortened
from mailshell.shell.text import safe, width
from mailshell.shell.view import View
from mailshell.world.history import Branch
from mailshell.world.seat import Seat
from mailshell.world.steps import newest

_LEAST = 16
"""So many columns must be left for the last cause of each branch; else there is no table."""


class _Row(NamedTuple):
    """A branch with the strokes before its name, and the number of the line after which it leaves another one."""

    strokes: str
    branch: Branch
    line: int


def branches(seat: Seat, view: View) -> list[str]:
    """Each branch below the one that it leaves: after which line, its steps, its time, its last cause; a star here."""
    found = seat.history.branches()
    lines = newest(seat, [branch.leaves for branch in found])
    rows = list(_drawn(_Row("", found[0], 0), list(zip(found, lines, strict=True)), "", view))
    heads = [safe(row.strokes + row.branch.name, ascii_only=view.ascii) for row in rows]
    times = [_time(row.branch.tip.at, seat.history.now.at) for row in rows]
    left = [max(map(width, column)) for column in (heads, times)]
    room = view.width - 1 - (5 + left[0] + 2 + 10 + 2 + 5 + 2 + left[1] + 2)
    if view.words or room < _LEAST:
        out = [line for row, time in zip(rows, times, strict=True) for line in _told(row, time, seat, view)]
    else:
        out = [f"     {'':<{left[0]}}  {'after line':>10}  {'steps':>5}  {'time':<{left[1]}}  last"]
        for row, head, time in zip(rows, heads, times, strict=True):
            star = "*" if row.branch.name == seat.history.branch else " "
            after = str(row.line) if row.branch.of else ""
            start = f"   {star} {head}{' ' * (left[0] - width(head))}  {after:>10}  {row.branch.steps:>5,}"
            out.append(f"{start}  {time:<{left[1]}}  {shortened(row.branch.tip.cause, room, view)}".rstrip())
    return [*out, *wrapped(where(seat), view.width)]


def where(seat: Seat) -> str:
    """Which branch one is on, and where on it."""
    branch, ahead = seat.history.branch, len(seat.history.ahead)
    if not ahead:
        return f"You are at the end of {branch}."
    return f"You are on {branch}, {count(ahead, 'step')} before its end. :redo goes on."


def _drawn(row: _Row, found: list[tuple[Branch, int]], indent: str, view: View) -> Iterator[_Row]:
    """A branch, and below it those that leave it; `found` is every branch with the line after which it leaves."""
    yield row
    below = [(branch, line) for branch, line in found if branch.of == row.branch.name]
    for at, (branch, line) in enumerate(below):
        last = at == len(below) - 1
        fork, bar = ("`-" if last else "|-", "|") if view.ascii else ("└─" if last else "├─", "│")
        yield from _drawn(_Row(f"{indent}{fork} ", branch, line), found, indent + ("   " if last else f"{bar}  "), view)


def _time(at: Instant, now: Instant) -> str:
    """The time of day, with the date where that is not the present one."""
    date, _, time = iso_date(at).rstrip("Z").partition("T")
    return time if iso_date(now).startswith(date) else f"{date} {time}"


def _told(row: _Row, time: str, seat: Seat, view: View) -> list[str]:
    branch = row.branch
    leaves = f"leaves {branch.of} after line {row.line}, " if branch.of else ""
    star = "* " if branch.name == seat.history.branch else ""
    last = f", last {branch.tip.cause}" if branch.tip.cause else ""
    text = f"{star}{branch.name}: {leaves}{count(branch.steps, 'step')}, {time}{last}"
    return wrapped(safe(text, ascii_only=view.ascii), view.width)
