"""What a half-typed line may become: by the words of the grammar, and by names of the world where it wants a name.

Nothing here knows a protocol. The session says what the grammar takes next and what this server offered; the engine
says which rule a name of the world may stand for.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from mailshell.core.record import Want
from mailshell.core.session import Engine, Peer, Preview, Session
from mailshell.mail.host import Host
from mailshell.protocols import PROTOCOLS
from mailshell.shell.meta import Meta
from mailshell.world.world import World

_STEPS = 9
"""So many words may follow of themselves: more than any grammar has, and an end in any case."""
_LOCAL = re.compile(rb"([^\s<>@]+)@\Z")


class Way(NamedTuple):
    """A line that the typed one may become, and what it does; `name`: it holds one name of the many in the world."""

    line: bytes
    says: str
    legal: bool = True
    name: bool = False


class Place(NamedTuple):
    """Where a line would go: the session behind the current connection, and the world around it."""

    session: Session
    engine: Engine[Host]
    world: World
    host: str
    peer: Peer

    def preview(self, line: bytes) -> Preview:
        """What the server would make of the line."""
        return self.session.preview(line)


def place(meta: Meta) -> Place:
    """The place that typed lines go to."""
    link = meta.seat.link
    return Place(link.session, PROTOCOLS[link.wire.protocol], meta.seat.world, link.wire.host, link.wire.peer)


def ways(place: Place, line: bytes) -> Iterator[Way]:
    """All that the line may become, names before words; commands that are not legal now come last."""
    found = place.preview(line)
    yield from sorted(_verbs(place, line, found), key=lambda way: not way.legal)
    if found.card is not None and found.fits == len(line):
        yield from _onward(place, line, found)


def _verbs(place: Place, line: bytes, found: Preview) -> Iterator[Way]:
    """The commands that the line may become, behind a tag where the protocol has tags."""
    if found.card is not None:
        at = place.engine.lead(line)
        if line[at:].upper() == found.card.name.encode("ascii"):
            yield _verb(place, line[:at] + line[at:].upper())
        return
    for want in found.wants:
        longer = line[: want.at] + want.text.encode("ascii")
        if place.preview(longer).card is not None:
            yield _verb(place, longer)
        elif len(longer) > len(line):
            yield from _verbs(place, longer, place.preview(longer))


def _verb(place: Place, line: bytes) -> Way:
    found = place.preview(line)
    says = found.card.says if found.card is not None else ""
    return Way(grow(place, line), says if found.legal else _not_now(says, found.why), found.legal)


def _not_now(says: str, why: str) -> str:
    """What a command does, and why it must wait."""
    reason = why.partition(". ")[0].removesuffix(".")
    return f"{says}{'' if says.endswith('?') else ';'} not now: {reason}" if reason else says


def _onward(place: Place, line: bytes, found: Preview) -> Iterator[Way]:
    """What may follow the verb."""
    for want in found.wants:
        if not want.text:
            for way in _names(place, line, want):
                yield way._replace(legal=found.legal)
    words = [want for want in found.wants if want.text]
    for want in words:
        if want.text == " ":
            yield from _onward(place, line + b" ", place.preview(line + b" "))
        # Of SUCCESS and SUCCESS,FAILURE the first is a step to the second.
        elif not any(one.at == want.at and one.text != want.text and want.text.startswith(one.text) for one in words):
            taken = line[: want.at] + want.text.encode("ascii")
            says = dict(want.expect.words).get(want.text, want.expect.why)
            yield Way(grow(place, taken), says, found.legal)


def grow(place: Place, line: bytes) -> bytes:
    """The line with what must follow: as long as it is not complete and one word alone may come, that word is added."""
    for _ in range(_STEPS):
        found = place.preview(line)
        nexts = {line[: want.at] + want.text.encode("ascii") for want in found.wants if want.text}
        begins = any(want.at == len(line) for want in found.wants if not want.text)
        if found.fault is None or found.fits < len(line) or begins or len(nexts) != 1:
            return line
        line = nexts.pop()
    return line


def _names(place: Place, line: bytes, want: Want) -> Iterator[Way]:
    """The names of the world, and of the session, that may stand for a rule, as far as what is typed begins them."""
    kind = place.engine.kinds.get(want.expect.what)
    head, begun = line[: want.at], line[want.at :].lower()
    own = want.rule in place.engine.own
    if kind == "host":
        found = _hosts(place, head, own)
    elif kind == "user":
        found = _users(place, head, own)
    elif kind == "verb":
        found = ((one.text, one.expect.why) for one in place.preview(b"").wants)
    else:
        found = iter(place.session.names(want.expect))
    for name, says in found:
        octets = name.encode()
        if octets.lower().startswith(begun):
            full = grow(place, head + octets)
            if place.preview(full).fits == len(full):
                yield Way(full, says, name=True)


def _order(place: Place, own: bool) -> list[str]:
    """The hosts of the world: first the client's own where it names itself, else the one that it talks to."""
    first = place.peer.name if own else place.host
    return sorted(place.world.hosts, key=lambda host: host != first)


def _hosts(place: Place, head: bytes, own: bool) -> Iterator[tuple[str, str]]:
    """Host names; after a mailbox name those that have that mailbox come first."""
    local = _LOCAL.search(head)
    user = "" if local is None else local[1].decode("utf-8", "replace")
    accounts = {host: place.world.store.account(host, user) for host in place.world.hosts}
    for host in sorted(_order(place, own), key=lambda host: accounts[host] is None):
        account = accounts[host]
        if account is not None:
            yield host, account.name
        else:
            yield host, "your own host" if host == place.peer.name else "this server" if host == place.host else ""


def _users(place: Place, head: bytes, own: bool) -> Iterator[tuple[str, str]]:
    """Users, and mailing lists but as oneself: by name where that is enough, which only this server's own are."""
    for number, host in enumerate(_order(place, own)):
        people = [(one.user, one.name) for one in place.world.store.accounts(host)]
        lists = () if own else place.world.hosts[host].lists
        people += [(one.name, f"{one.title}, a mailing list") for one in lists]
        bare = not number and bool(people) and place.preview(head + people[0][0].encode()).fault is None
        for user, says in people:
            yield user if bare else f"{user}@{host}", says
        if bare:
            return
