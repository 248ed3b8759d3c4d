"""A scene: lines that somebody else has written, typed one at a time while people watch."""

from collections.abc import Iterable

from mailshell.core import script
from mailshell.core.record import Opened
from mailshell.core.script import Item, Script, ScriptError
from mailshell.shell.help import columns
from mailshell.shell.meta import Choice, Meta, Scene, no_argument
from mailshell.world import play
from mailshell.world.header import setting
from mailshell.world.seat import SeatError


def demo(meta: Meta, rest: str) -> None:
    """`:demo [NAME|FILE]`: list the scenes, or begin one on a fresh connection."""
    # Imported here because no scene is needed before the first prompt.
    from mailshell.demo.scenes import load, scenes

    if not rest:
        meta.out(columns(scenes().items(), meta.renderer.view.width, indent=3, left=14))
        meta.say("Begin one with :demo NAME.")
        return
    found = load(rest)
    beside = _elsewhere(meta, found)
    if not beside:
        _refresh(meta)
    begin(meta, found, beside=beside)
    assert meta.scene is not None, "a scene has begun"
    meta.say(f"{meta.scene.left} lines to come. F8 or :step types the next one, :undo takes it back.")
    host = meta.seat.world.hosts.get(found.header.get("host", meta.seat.link.wire.host))
    asked, ours = setting(found.header).traits, None if host is None else host.traits
    if ours is not None and (asked.voice, asked.era, asked.policy) != (ours.voice, ours.era, ours.policy):
        meta.say(f"It was written for --voice {asked.voice}: mailshell demo {rest} plays it so.")


def _refresh(meta: Meta) -> None:
    """A scene begins right after the greeting: a connection that has gone on is opened anew."""
    seat = meta.seat
    wire = seat.link.wire
    begun = [entry for _, entries in seat.story() for entry in entries if entry.wire is wire]
    if seat.link.closed or not all(isinstance(entry.record, Opened) for entry in begun):
        if not seat.link.closed:
            seat.drop()
        seat.connect(wire.host, wire.protocol, seat.current)


def _elsewhere(meta: Meta, found: Script) -> bool:
    """Whether a scene begins with another server, or another protocol, than the one that is talked to now."""
    wire = meta.seat.link.wire
    here = {"protocol": wire.protocol, "host": wire.host}
    return any(found.header.get(key, value) != value for key, value in here.items())


def begin(meta: Meta, found: Script, *, beside: bool = False) -> None:
    """Put the lines of a scene in readiness; expectations are not checked here.

    With `beside` it has connections of its own beside those that are there: it begins with another server or protocol.
    """
    first = max(meta.seat.links, default=0) if beside else 0
    protocol, host = (found.header.get(key, "") if beside else "" for key in ("protocol", "host"))
    items = [
        item._replace(link=item.link + first, protocol=item.protocol or protocol, host=item.host or host)
        for item in found.items
        if item.what in ("send", "local")
    ]
    meta.scene = Scene(items, meta.seat)


def names(meta: Meta, text: str) -> Iterable[Choice]:
    """The scenes, by name."""
    from mailshell.demo.scenes import scenes

    return [Choice(name, len(text), title) for name, title in scenes().items() if name.startswith(text)]


def step(meta: Meta, rest: str) -> None:
    """`:step`: the next line of the scene."""
    no_argument("step", rest)
    scene = meta.scene
    if scene is None:
        raise SeatError("No scene is going on. :demo lists the scenes.")
    if not scene.left:
        raise SeatError("The scene is over. :demo lists the scenes.")
    item, place = scene.next(), scene.place
    try:
        _take(meta, item)
    except ScriptError as error:
        raise SeatError(f"line {item.number} of the scene: {error}") from None
    finally:
        scene.done(place + 1)
    if not scene.left:
        meta.say("That was the last line of the scene.")


def _take(meta: Meta, item: Item) -> None:
    if item.what == "local":
        play.local(meta.seat, item)
        return
    octets, seat = script.octets(item.text, item.number), meta.seat
    if item.link not in seat.links:
        seat.connect(item.host or seat.link.wire.host, item.protocol or seat.link.wire.protocol, item.link)
    seat.switch(item.link)
    if seat.link.closed:
        seat.connect(seat.link.wire.host, seat.link.wire.protocol, item.link)
    meta.type(octets)
