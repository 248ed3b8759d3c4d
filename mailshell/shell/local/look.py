"""Looking: the reason of the last answer, mailboxes."""

from collections.abc import Iterable

from mailshell.core.record import Body
from mailshell.shell import looking
from mailshell.shell.meta import Choice, Meta, no_argument


def why(meta: Meta, rest: str) -> None:
    """`:why`."""
    no_argument("why", rest)
    entries = [entry for entry in meta.current() if not isinstance(entry.record, Body)]
    meta.out(looking.why(entries, meta.seat.link, meta.renderer.view))


def mailbox(meta: Meta, rest: str) -> None:
    """`:mailbox [USER[@HOST] [N]]`."""
    seat = meta.seat
    meta.out(looking.mailbox(seat.world, seat.link.wire.host, rest, meta.renderer.view))


def users(meta: Meta, text: str) -> Iterable[Choice]:
    """The users of the current host, then `user@host` of the others."""
    world, host = meta.seat.world, meta.seat.link.wire.host
    for account in (one for name in (host, *world.hosts) for one in world.store.accounts(name)):
        name = account.user if account.host == host else f"{account.user}@{account.host}"
        if " " not in text and name.startswith(text):
            yield Choice(name, len(text), account.name)
