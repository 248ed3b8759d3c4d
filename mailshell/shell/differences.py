"""What differs in the state of two moments, in words: the time, faults, connections, mail on its way and at rest."""

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from mailshell.core.clock import Instant, iso_date
from mailshell.core.record import Phase
from mailshell.core.transcript import Wire
from mailshell.mail.faults import Fault
from mailshell.mail.faults import text as named
from mailshell.mail.queue import Held, Queued
from mailshell.mail.state import Account, Message, Value, What
from mailshell.shell.mailboxes import HEAD, field
from mailshell.world.apart import Apart
from mailshell.world.relay import Run
from mailshell.world.seat import Seat
from mailshell.world.world import World


class Difference(NamedTuple):
    """Something that differs: what it is, and its lines at each of two moments, none where it is not there."""

    what: str
    one: list[str]
    other: list[str]


def differences(seat: Seat, found: Apart) -> list[Difference]:
    """Everything that differs, for people: two messages of the same octets do not, whatever their numbers."""
    pairs = [("time", found.times), *((_whose(seat, wire), phases) for wire, phases in found.phases.items())]
    out = [Difference(what, [_words(one)], [_words(other)]) for what, (one, other) in pairs if one != other]
    groups: dict[str, tuple[list[_Told], list[_Told]]] = {}
    groups["faults"] = _faults(found.faults[0]), _faults(found.faults[1])
    groups["mail on its way"] = _runs(found.runs[0]), _runs(found.runs[1])
    for what, pair in sorted(found.mail.items(), key=lambda item: _place(item[0])):
        group = groups.setdefault(_title(what), ([], []))
        for told, value in zip(group, pair, strict=True):
            told += _told(value, seat.world)
    for title, (here, there) in groups.items():
        if Counter(here) != Counter(there):
            out.append(Difference(title, _only(here, there), _only(there, here)))
    return out


def _whose(seat: Seat, wire: Wire) -> str:
    number = seat.number_of(wire.number)
    who = f"of {wire.peer.name}" if number is None else str(number)
    return f"connection {who}: {wire.protocol} {wire.host}"


def _words(value: Instant | Phase | None) -> str:
    if value is None:
        return "closed"
    return str(value.value) if isinstance(value, Phase) else iso_date(value)


def _place(what: What) -> tuple[str, ...]:
    """Accounts, then mailboxes with their messages in the order of their uids, then what waits."""
    if what[0] == "message":
        return ("box", *what[1], f"{what[2]:020}")
    if what[0] == "box" or what[0] == "subscription":
        return (what[0], *what[1])
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


class _Told(NamedTuple):
    """A value in words, with the octets that it stands for: two that have both the same are the same to everybody."""

    text: str
    octets: bytes


def _only(here: list[_Told], there: list[_Told]) -> list[str]:
    """What is here and not there, in order."""
    gone, out = Counter(there), []
    for told in here:
        if gone[told]:
            gone[told] -= 1
        else:
            out.append(told.text)
    return out


def _faults(those: tuple[Fault, ...]) -> list[_Told]:
    return [_Told(named(fault), b"") for fault in those]


def _runs(those: tuple[Run, ...]) -> list[_Told]:
    """What servers hand on, and have no answer about yet."""
    parcels = [(run, parcel) for run in those for parcel in run.parcels]
    return [_Told(f"{run.host} > {run.client.host}: message {parcel.id}", b"") for run, parcel in parcels]


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
