"""`:world`: the hosts as boxes with their queues and mailboxes, and the connections between them as lines."""

from collections import Counter
from typing import NamedTuple

from mailshell.core.clock import Instant, day_time
from mailshell.core.record import Opened
from mailshell.mail.faults import text
from mailshell.mail.host import Host
from mailshell.protocols import PROTOCOLS
from mailshell.shell import looking
from mailshell.shell.help import wrapped
from mailshell.shell.mailboxes import shortened
from mailshell.shell.text import safe, width
from mailshell.shell.view import View
from mailshell.world.seat import Seat
from mailshell.world.world import World

NARROW = 68
"""Columns from which there is room for two boxes and a line between them."""

_MOST = 4
"""Hosts in the picture: two rows of boxes leave room for the rest on a screen of 24 rows."""

_BETWEEN = 14
"""Columns between two boxes."""

_TRUNK = 3
"""Where in them a line to a box further down leaves."""

_THERE, _BACK = 2, 3
"""The rows of a box at which lines arrive from the left, and from the right."""


class _Tie(NamedTuple):
    """The last connection from one host to another, and when it was opened."""

    sender: str
    taker: str
    at: Instant
    open: bool


class _Signs(NamedTuple):
    """The characters of the drawing."""

    across: str
    down: str
    left_top: str
    right_top: str
    left_low: str
    right_low: str
    over: tuple[str, str, str, str]  # a line that is closed: across, down, where it parts, where it turns
    open: tuple[str, str, str, str]


_DRAWN = _Signs("─", "│", "┌", "┐", "└", "┘", ("─", "│", "┬", "└"), ("═", "║", "╦", "╚"))
_ASCII = _Signs("-", "|", "+", "+", "+", "+", ("-", "|", "+", "+"), ("=", "|", "+", "+"))


class _Row(NamedTuple):
    """Two places beside each other, each with a host or none."""

    left: str
    right: str


def world(seat: Seat, view: View) -> list[str]:
    """The picture, then the connections, the faults and the time."""
    ties = _ties(seat)
    rows = _rows(seat, ties)
    drawn = {name for row in rows for name in row if name}
    out = [line for at, row in enumerate(rows) for line in _drawn(seat.world, rows, at, row, ties, view)]
    more = len(seat.world.hosts) - len(drawn)
    if more:
        out += wrapped(f"{looking.count(more, 'host')} more: :world list shows all.", view.width)
    out += ["   connections (* is where you type)", *looking.connections(seat, view)]
    out += looking.others(seat, view, ("tcp",))
    if ties:
        out += wrapped("between servers: one TCP connection each, and no server in between", view.width)
    for tie in ties[:_MOST]:
        out += wrapped(safe(_told(tie), ascii_only=view.ascii), view.width, indent=8)
    faults = "; ".join(f"{one.number} {text(one)}" for one in seat.world.faults.all)
    out += wrapped(f"faults: {faults}", view.width) if faults else []
    return [*out, *wrapped(f"It is {looking.date(seat.world)}.", view.width)]


def _ties(seat: Seat) -> list[_Tie]:
    """The last connection between each two hosts, the newest first."""
    found: dict[tuple[str, str], _Tie] = {}
    for _, entries in reversed(seat.story()):
        for entry in reversed(entries):
            wire = entry.wire
            if wire.kind == "relay" and isinstance(entry.record, Opened):
                link = seat.world.links.get(wire.number)
                tie = _Tie(wire.peer.name, wire.host, entry.at, link is not None and not link.closed)
                found.setdefault((wire.peer.name, wire.host), tie)
    return list(found.values())


def _told(tie: _Tie) -> str:
    state = "still open" if tie.open else "closed again"
    return f"{tie.sender} > {tie.taker} port {PROTOCOLS['smtp'].port}, opened {day_time(tie.at)}, {state}"


def _rows(seat: Seat, ties: list[_Tie]) -> list[_Row]:
    """Who stands where: a sender left of those it talked to, the others where there is room, mail that waits first.

    The order is that of the world, so that hosts keep their places as long as nothing else asks for them.
    """
    order = {name: at for at, name in enumerate(seat.world.hosts)}
    chosen = {seat.link.wire.host}
    for tie in ties:
        if len(chosen | {tie.sender, tie.taker}) <= _MOST:
            chosen |= {tie.sender, tie.taker}
    known = [tie for tie in ties if {tie.sender, tie.taker} <= chosen]
    senders = Counter(tie.sender for tie in known)
    rows: list[_Row] = []
    for tie in sorted(known, key=lambda tie: (-senders[tie.sender], order[tie.sender], order[tie.taker])):
        placed = {name for row in rows for name in row}
        lefts = [row.left for row in rows]
        if tie.taker not in placed and tie.sender in lefts:
            rows.insert(lefts.index(tie.sender) + 1, _Row("", tie.taker))
        elif not placed & {tie.sender, tie.taker}:
            ends = tie.sender, tie.taker
            rows.append(_Row(*(ends if senders[tie.sender] > 1 else sorted(ends, key=lambda name: order[name]))))
    waiting = [name for name in order if seat.world.store.queue(name)]
    return _filled(rows, list(dict.fromkeys([*chosen, *waiting, *order])), order)


def _filled(rows: list[_Row], names: list[str], order: dict[str, int]) -> list[_Row]:
    """Those of the hosts that find room, in the places that are free."""
    placed = {name for row in rows for name in row if name}
    rest = [name for name in names if name not in placed][: _MOST - len(placed)]
    for name in sorted(rest, key=lambda name: order[name]):
        free = next((at for at, row in enumerate(rows) if not (row.left and row.right)), None)
        if free is None:
            rows.append(_Row(name, ""))
        else:
            rows[free] = _Row(rows[free].left or name, rows[free].right or name)
    return rows


def _drawn(place: World, rows: list[_Row], at: int, row: _Row, ties: list[_Tie], view: View) -> list[str]:
    """One row of boxes, with what runs between them."""
    room = (view.width - 2 - _BETWEEN) // 2
    left, right = (_box(place.hosts.get(name), place, room, view) for name in row)
    signs = _ASCII if view.ascii else _DRAWN
    between = [_line(rows, at, number, ties, signs) for number in range(len(left))]
    return [f" {one}{mid}{two}".rstrip() for one, mid, two in zip(left, between, right, strict=True)]


def _box(host: Host | None, place: World, room: int, view: View) -> list[str]:
    signs = _ASCII if view.ascii else _DRAWN
    if host is None:
        return [" " * room] * 6
    boxes = [box for one in host.accounts() for box in place.store.mailboxes(host.name, one.user)]
    stored, waits = sum(len(box.messages) for box in boxes), len(place.store.queue(host.name))
    held = sum(one.host == host.name for one in place.store.held())
    name = shortened(host.name, room - 6, view)
    lines = [
        host.address,
        f"queue      {looking.count(waits, 'message') if waits else 'empty'}{f', {held:,} held' if held else ''}",
        f"mailboxes  {looking.count(stored, 'message')}",
        f"users      {', '.join(one.user for one in host.accounts())}",
    ]
    head = f"{signs.left_top}{signs.across} {name} "
    out = [head + signs.across * (room - width(head) - 1) + signs.right_top]
    for line in lines:
        cut = shortened(line, room - 4, view)
        out.append(f"{signs.down} {cut}{' ' * (room - 4 - width(cut))} {signs.down}")
    return [*out, signs.left_low + signs.across * (room - 2) + signs.right_low]


def _line(rows: list[_Row], at: int, number: int, ties: list[_Tie], signs: _Signs) -> str:
    """What is drawn between two boxes in one of their lines."""
    row = rows[at]
    pairs = {(tie.sender, tie.taker): tie for tie in ties}
    there, back = pairs.get((row.left, row.right)), pairs.get((row.right, row.left))
    sender, below = _sender(rows, at, pairs)
    if number == _BACK and back is not None:
        across = (signs.open if back.open else signs.over)[0]
        return f" <{'SMTP'.center(_BETWEEN - 3, across)} "
    if number == _THERE and there is not None:
        across, _, parts, _ = signs.open if there.open else signs.over
        bare = f" {'SMTP'.center(_BETWEEN - 3, across)}> "
        return bare[:_TRUNK] + parts + bare[_TRUNK + 1 :] if below else bare
    if number == _THERE and sender is not None:
        across, _, parts, turns = signs.open if sender.open else signs.over
        turn = parts if below else turns
        return " " * _TRUNK + turn + f"{'SMTP'.center(_BETWEEN - _TRUNK - 3, across)}> "
    trunk = (number > _THERE and below) or (number < _THERE and sender is not None)
    return (" " * _TRUNK + signs.over[1] if trunk else "").ljust(_BETWEEN)


def _sender(rows: list[_Row], at: int, pairs: dict[tuple[str, str], _Tie]) -> tuple[_Tie | None, bool]:
    """The connection that comes to a row from a box above, and whether one goes on to a box below."""
    source = next((one for one in range(at, -1, -1) if _begins(rows[one], pairs)), None)
    if source is None:
        return None, False
    sender = rows[source].left
    lower = [one for one in range(source + 1, len(rows)) if (sender, rows[one].right) in pairs]
    below = any(one > at for one in lower)
    return (pairs[sender, rows[at].right] if at in lower else None), below


def _begins(row: _Row, pairs: dict[tuple[str, str], _Tie]) -> bool:
    return (row.left, row.right) in pairs
