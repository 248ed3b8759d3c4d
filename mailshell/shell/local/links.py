"""Connections: one more, another one, cut one; octets as they are."""

from collections.abc import Iterable

from mailshell.protocols import PROTOCOLS
from mailshell.shell import looking
from mailshell.shell.meta import Choice, Meta, no_argument
from mailshell.shell.text import number
from mailshell.world import play
from mailshell.world.seat import SeatError


def connect(meta: Meta, rest: str) -> None:
    """`:connect [HOST [PROTOCOL]]`."""
    play.connect(meta.seat, rest)


def switch(meta: Meta, rest: str) -> None:
    """`:switch [N]`."""
    seat = meta.seat
    if rest:
        wanted = number(rest)
        if wanted is None:
            raise SeatError(":switch wants the number of a connection, as in :switch 2")
        seat.switch(wanted)
    meta.out(looking.connections(seat, meta.renderer.view))


def numbers(meta: Meta, text: str) -> Iterable[Choice]:
    """The connections, by number."""
    for label, link in meta.seat.links.items():
        if str(label).startswith(text):
            yield Choice(str(label), len(text), f"{link.wire.protocol} {link.wire.host}")


def hosts(meta: Meta, text: str) -> Iterable[Choice]:
    """The hosts of the world, then the protocols."""
    first, space, second = text.partition(" ")
    found = {name: f"port {engine.port}" for name, engine in PROTOCOLS.items()}
    if not space:
        found = {name: ", ".join(one.user for one in host.accounts()) for name, host in meta.seat.world.hosts.items()}
    typed = second if space else first
    yield from (Choice(name, len(typed), says) for name, says in found.items() if name.startswith(typed.lower()))


def close(meta: Meta, rest: str) -> None:
    """`:close [N]`: cut a connection, and forget it where another one is left."""
    seat = meta.seat
    wanted = number(rest) if rest else seat.current
    if wanted is None:
        raise SeatError(":close wants the number of a connection, as in :close 2")
    seat.close(wanted)
    if len(seat.links) > 1 or rest:
        meta.out(looking.connections(seat, meta.renderer.view))


def drop(meta: Meta, rest: str) -> None:
    """`:drop`."""
    no_argument("drop", rest)
    _demand_open(meta)
    meta.seat.drop()


def raw(meta: Meta, rest: str) -> None:
    """`:raw "OCTETS"`."""
    _demand_open(meta)
    before = meta.seat.world.transcript.count
    play.raw(meta.seat, rest)
    if meta.seat.world.transcript.count == before and not meta.seat.link.closed:
        meta.say("Sent. The server waits for the rest of the line.")


def _demand_open(meta: Meta) -> None:
    if meta.seat.link.closed:
        raise SeatError("The connection is closed. Enter alone opens it again.")
