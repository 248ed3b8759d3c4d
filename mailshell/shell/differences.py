"""What differs in the state of two moments, in words: the time, connections, accounts, mailboxes, queues."""

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from mailshell.core.clock import iso_date
from mailshell.core.record import Phase
from mailshell.mail.between import Pair
from mailshell.mail.queue import Held, Queued
from mailshell.mail.state import Account, Message, Value, What
from mailshell.shell.mailboxes import HEAD, field
from mailshell.world.apart import Apart
from mailshell.world.seat import Seat
from mailshell.world.world import World


class Difference(NamedTuple):
    """Something that differs: what it is, and its lines at each of two moments, none where it is not there."""

    what: str
    one: list[str]
    other: list[str]


def differences(seat: Seat, found: Apart) -> list[Difference]:
    """Everything that differs, for people: two messages of the same octets do not, whatever their numbers."""
    out = []
    if found.times[0] != found.times[1]:
        one, other = ([iso_date(at)] for at in found.times)
        out.append(Difference("time", one, other))
    for wire, phases in found.phases.items():
        number = seat.number_of(wire.number)
        whose = f"connection {number}" if number is not None else f"connection of {wire.peer.name}"
        one, other = ([_phase(phase)] for phase in phases)
        out.append(Difference(f"{whose}: {wire.protocol} {wire.host}", one, other))
    groups: dict[str, list[Pair]] = {}
    for what, pair in sorted(found.mail.items(), key=lambda item: _place(item[0])):
        groups.setdefault(_title(what), []).append(pair)
    groups.pop("", None)
    for title, pairs in groups.items():
        one = _only([pair.one for pair in pairs], [pair.other for pair in pairs], seat.world)
        other = _only([pair.other for pair in pairs], [pair.one for pair in pairs], seat.world)
        if one or other:
            out.append(Difference(title, one, other))
    return out


def _phase(phase: Phase | None) -> str:
    return "closed" if phase is None else str(phase.value)


def _place(what: What) -> tuple[str, ...]:
    """Accounts, then mailboxes with their messages in the order of their uids, then what waits."""
    if what[0] == "message":
        return ("box", *what[1], f"{what[2]:020}")
    if what[0] == "box":
        return ("box", *what[1])
    return what


def _title(what: What) -> str:
    """What a value belongs to; empty for what nobody sees: counters of the store."""
    if what[0] == "message":
        return f"{what[1].user}@{what[1].host} {what[1].name}"
    if what[0] == "queued":
        return f"queue of {what[1]}"
    if what[0] == "held":
        return f"held at {what[1]}"
    if what[0] == "account":
        return f"users of {what[1]}"
    return ""


def _only(here: list[Value | None], there: list[Value | None], world: World) -> list[str]:
    """What is here and not there, a line each."""
    gone = Counter(told for value in there for told in _told(value, world))
    out = []
    for value in here:
        for told in _told(value, world):
            if gone[told]:
                gone[told] -= 1
            else:
                out.append(told.text)
    return out


class _Told(NamedTuple):
    """A value in words, with the octets that it stands for: two that have both the same are the same to everybody."""

    text: str
    octets: bytes


def _told(value: Value | None, world: World) -> Iterator[_Told]:
    if isinstance(value, Message):
        octets = world.store.octets(value.body)
        sender, subject = (field(octets[:HEAD], name) for name in (b"from", b"subject"))
        flags = f", {' '.join(sorted(value.flags))}" if value.flags else ""
        yield _Told(
            f"{subject or '(no subject)'}, from {sender or '(no author)'}, {value.size:,} octets{flags}", octets
        )
    elif isinstance(value, Queued):
        to = ", ".join(f"<{one.address}>" for one in value.recipients)
        text = (
            f"{value.id} from <{value.reverse_path}> to {to}, {value.size:,} octets, next try {iso_date(value.release)}"
        )
        yield _Told(text, world.store.octets(value.body))
    elif isinstance(value, Held):
        text = f"{value.id} for {', '.join(value.users)}, until {iso_date(value.release)}"
        yield _Told(text, world.store.octets(value.body))
    elif isinstance(value, Account):
        yield _Told(f"{value.user} ({value.name})", value.password.encode("utf-8"))
