"""A scene: lines that somebody else has written, typed one at a time while people watch."""

from collections.abc import Iterable

from mailshell.core import script
from mailshell.core.script import Item, Script, ScriptError
from mailshell.shell.help import columns
from mailshell.shell.meta import Choice, Meta, no_argument
from mailshell.world import play
from mailshell.world.seat import SeatError


def demo(meta: Meta, rest: str) -> None:
    """`:demo [NAME|FILE]`: list the scenes, or begin one."""
    # Imported here because no scene is needed before the first prompt.
    from mailshell.demo.scenes import load, scenes

    if not rest:
        meta.out(columns(scenes().items(), meta.renderer.view.width, indent=3, left=14))
        meta.say("Begin one with :demo NAME.")
        return
    found = load(rest)
    begin(meta, found, beside=_elsewhere(meta, found))
    meta.say(f"{len(meta.scene)} lines to come. F8 or :step types the next one, :undo takes it back.")


def _elsewhere(meta: Meta, found: Script) -> bool:
    """Whether a scene begins with another server, or another protocol, than the one that is talked to now."""
    wire = meta.seat.link.wire
    here = {"protocol": wire.protocol, "host": wire.host}
    return any(found.header.get(key, value) != value for key, value in here.items())


def begin(meta: Meta, found: Script, *, beside: bool = False) -> None:
    """Put the lines of a scene in readiness; expectations are not checked here.

    With `beside` it has connections of its own beside those that are there.
    """
    first = max(meta.seat.links, default=0) if beside else 0
    protocol, host = (found.header.get(key, "") if beside else "" for key in ("protocol", "host"))
    meta.scene = [
        item._replace(link=item.link + first, protocol=item.protocol or protocol, host=item.host or host)
        for item in found.items
        if item.what in ("send", "local")
    ]


def names(meta: Meta, text: str) -> Iterable[Choice]:
    """The scenes, by name."""
    from mailshell.demo.scenes import scenes

    return [Choice(name, len(text), title) for name, title in scenes().items() if name.startswith(text)]


def step(meta: Meta, rest: str) -> None:
    """`:step`: the next line of the scene."""
    no_argument("step", rest)
    if not meta.scene:
        raise SeatError("No scene is going on. :demo lists the scenes.")
    item = meta.scene.pop(0)
    try:
        _take(meta, item)
    except ScriptError as error:
        raise SeatError(f"line {item.number} of the scene: {error}") from None
    if not meta.scene:
        meta.say("That was the last line of the scene.")


def _take(meta: Meta, item: Item) -> None:
    if item.what == "local":
        play.local(meta.seat, item)
        return
    seat = meta.seat
    if item.link not in seat.links:
        seat.connect(item.host or seat.link.wire.host, item.protocol or seat.link.wire.protocol, item.link)
    seat.switch(item.link)
    if seat.link.closed:
        seat.connect(seat.link.wire.host, seat.link.wire.protocol, item.link)
    meta.type(script.octets(item.text, item.number))
