"""Looking at the servers: their conversations, queues and names, the way of a message; the clock until something."""

from collections.abc import Iterable, Mapping

from mailshell.core.clock import day_time
from mailshell.core.near import among, near
from mailshell.shell import looking
from mailshell.shell.meta import Choice, Meta, no_argument
from mailshell.world.names import Records
from mailshell.world.seat import SeatError

# The modules that do the work are imported where they are used: none of them is needed before the first prompt.

_MOST = 100
"""So many messages are offered."""

WATCHED = {"on": "show what the servers say to each other", "off": "only what became of each message"}
"""The words of `:watch`."""


def watch(meta: Meta, rest: str) -> None:
    """`:watch [on|off|HOST...]`; without a word the last conversation again."""
    watched = meta.watch
    if not rest:
        _last(meta)
    elif rest == "off":
        watched.on = False
        meta.say("Of the servers you see what became of each message. :watch shows the last conversation.")
    else:
        hosts = frozenset() if rest == "on" else frozenset(_host(meta, word) for word in rest.split())
        watched.on, watched.hosts = True, hosts or None
        if hosts:
            meta.say(f"You see what is said between {' or '.join(sorted(hosts))} and other servers from now on.")
        else:
            meta.say("You see what the servers say to each other from now on.")


def _last(meta: Meta) -> None:
    """The last conversation between servers once more, at the depth that holds now."""
    from mailshell.shell.render import Renderer

    found = [one for _, entries in meta.seat.story() for one in entries if one.wire.kind == "relay"]
    if not found:
        raise SeatError("No server has talked to another one yet. :watch on shows it when they do.")
    wire = found[-1].wire
    afresh = Renderer(meta.renderer.view)
    meta.read([line for one in found if one.wire is wire for line in afresh.lines(one, meta.label(one))])


def _host(meta: Meta, word: str) -> str:
    hosts = meta.seat.world.hosts
    if word.lower() not in hosts:
        raise SeatError(f"{word} is no host of this world.{among(word, hosts)}")
    return word.lower()


def hosts(meta: Meta, text: str) -> Iterable[Choice]:
    """The hosts of the world, for the last word; `on` and `off` stand for the first."""
    typed = text.rpartition(" ")[2]
    given = text.split(" ")[:-1]
    for name, host in meta.seat.world.hosts.items():
        if name.startswith(typed.lower()) and name not in given:
            yield Choice(name, len(typed), ", ".join(one.user for one in host.accounts()))


def queue(meta: Meta, rest: str) -> None:
    """`:queue [HOST]`."""
    from mailshell.shell.queues import queue as shown

    world = meta.seat.world
    meta.read(shown(world, [_host(meta, rest)] if rest else list(world.hosts), meta.renderer.view))


def dns(meta: Meta, rest: str) -> None:
    """`:dns [NAME]`."""
    from mailshell.shell import zone

    world, view = meta.seat.world, meta.renderer.view
    name = rest.rpartition("@")[2]
    if len(rest.split()) > 1:
        raise SeatError(":dns wants one name, as in :dns nyu.edu")
    meta.read(zone.dns(world, name, view) if rest else zone.listing(world, view))


def names(meta: Meta, text: str) -> Iterable[Choice]:
    """The names that the name service knows."""
    for name, found in meta.seat.world.zone.items():
        if name.startswith(text.lower()):
            yield Choice(name, len(text), _says(found))


def _says(found: Records) -> str:
    if found.alias:
        return f"another name for {found.alias}"
    return f"mail goes to {min(found.mx).host}" if found.mx else " ".join(found.addresses)


def trace(meta: Meta, rest: str) -> None:
    """`:trace [ID|HOST/ID]`; without a name the message that was accepted last."""
    from mailshell.shell.traced import trace as shown
    from mailshell.world.hops import Name, newest, way

    world = meta.seat.world
    host, slash, number = rest.rpartition("/")
    name = Name(_host(meta, host) if slash else meta.seat.link.wire.host, number) if rest else newest(world)
    if name is None:
        raise SeatError("No message was accepted yet.")
    found = way(world, name)
    if found is None:
        known = [word for word, _ in _messages(meta)]
        there = f" There are: {', '.join(known[:8])}." if known else ""
        raise SeatError(f"The log knows no message {name}.{near(rest, known) or there}")
    meta.read(shown(world, name, found, meta.renderer.view))


def _messages(meta: Meta) -> Iterable[tuple[str, str]]:
    """The messages that were accepted, the newest first, each with its sender and size."""
    here = meta.seat.link.wire.host
    for event in meta.seat.world.journal.newest():
        if event.what == "accepted":
            yield event.id if event.host == here else f"{event.host}/{event.id}", f"{day_time(event.at)} {event.text}"


def messages(meta: Meta, text: str) -> Iterable[Choice]:
    """The messages that were accepted."""
    found = [Choice(word, len(text), says) for word, says in _messages(meta) if word.startswith(text)]
    return found[:_MOST]


def date(meta: Meta, rest: str) -> None:
    """`:date`: the time, and when something is due."""
    no_argument("date", rest)
    world = meta.seat.world
    due = world.next_event()
    then = "Nothing is due." if due is None else f"The next thing is due {day_time(due)}."
    meta.say(f"It is {looking.date(world)}. {then}")


def until(meta: Meta, rest: str) -> None:
    """`:until GOAL|TIME [LIMIT]`."""
    from mailshell.world.until import until as turned

    meta.watch.rest()
    came = turned(meta.seat, rest)
    meta.watch.rest()
    meta.say(f"{came.says} It is {looking.date(meta.seat.world)}.".lstrip())


def goals(meta: Meta, text: str) -> Iterable[Choice]:
    """What may be waited for."""
    from mailshell.world.until import GOALS

    found: Mapping[str, str] = GOALS if " " not in text else {}
    return [Choice(word, len(text), says) for word, says in found.items() if word.startswith(text.lower())]
