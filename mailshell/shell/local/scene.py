"""A scene: a transcript that is played a stop at a time while people watch, and held against what really comes."""

from collections.abc import Iterable

from mailshell.core.explain import masked
from mailshell.core.record import Opened
from mailshell.core.script import Item, Script, ScriptError
from mailshell.demo.playing import Scene
from mailshell.demo.stops import Stop, stops, title
from mailshell.shell.help import columns
from mailshell.shell.meta import Choice, Meta, no_argument
from mailshell.shell.text import safe
from mailshell.world.header import setting
from mailshell.world.play import Hands, Miss, Player
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
    begin(meta, rest, found, beside=beside)


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
    """Whether a scene needs a connection of its own: with another server or protocol, or as there are several."""
    wire = meta.seat.link.wire
    here = {"protocol": wire.protocol, "host": wire.host}
    return list(meta.seat.links) != [1] or any(found.header.get(key, value) != value for key, value in here.items())


def begin(meta: Meta, name: str, found: Script, *, beside: bool = False) -> None:
    """Put a scene in readiness, and say what it is and how it goes on.

    With `beside` it has connections of its own beside those that are there, else connection 1, which has greeted.
    """
    seat = meta.seat
    wire = seat.link.wire
    first = max(seat.links) if beside else 0
    items = tuple(item._replace(link=item.link + first) for item in found.items)
    opening, parts = stops(found._replace(items=items), seat.links)
    protocol, host = found.header.get("protocol", wire.protocol), found.header.get("host", wire.host)
    player = Player(seat, protocol, host, _hands(meta))
    for _, entries in seat.story():
        for entry in entries:
            if entry.wire is wire and not beside:
                player.hear(entry)
    scene = meta.scene = Scene(_named(name), parts, player, checked=_written_for(meta, found, host))
    meta.say(title(found) or scene.name)
    meta.say(f"{scene.count} steps. {meta.goes_on}".rstrip())
    if not scene.checked:
        voice = setting(found.header).traits.voice
        meta.say(
            f"It was written for --voice {voice}: mailshell demo {safe(name)} plays it so, and checks the answers."
        )
    _differ(meta, scene.opening(opening))


def _named(name: str) -> str:
    return safe(name.rpartition("/")[2].removesuffix(".txt"))


def _written_for(meta: Meta, found: Script, host: str) -> bool:
    """Whether the server speaks as the one did for which the scene was written."""
    here = meta.seat.world.hosts.get(host)
    asked, ours = setting(found.header).traits, None if here is None else here.traits
    return ours is None or (asked.voice, asked.era, asked.policy) == (ours.voice, ours.era, ours.policy)


def _hands(meta: Meta) -> Hands:
    return Hands(lambda octets, _: meta.type(octets.removesuffix(b"\r\n")), lambda item: _local(meta, item))


def _local(meta: Meta, item: Item) -> None:
    """A command of mailshell, in a scene: what it undoes is a step of the world, and never one of the scene."""
    # Imported here because the table of commands names those of this module.
    from mailshell.shell.local import carry_out

    scene, meta.scene = meta.scene, None
    if scene is not None and not carry_out(meta, item.text.removeprefix(":")):
        scene.failed = True
    meta.scene = meta.scene or scene


def names(meta: Meta, text: str) -> Iterable[Choice]:
    """The scenes, by name."""
    from mailshell.demo.scenes import scenes

    return [Choice(name, len(text), title) for name, title in scenes().items() if name.startswith(text)]


def step(meta: Meta, rest: str) -> None:
    """`:step`: what comes next in the scene."""
    no_argument("step", rest)
    scene = meta.scene
    if scene is None:
        raise SeatError("No scene is going on. :demo lists the scenes.")
    stop = scene.coming
    if stop is None:
        raise SeatError("The scene is over. :demo lists the scenes.")
    meta.renderer.echoed = False  # nobody has typed what comes now
    if stop.words:
        meta.say(stop.words)
    if stop.question:
        meta.out(meta.renderer.question(stop.question, stop.choices))
    _reopen(meta, stop)
    try:
        _differ(meta, scene.go_on(called(meta, stop)))
    except (ScriptError, SeatError) as error:
        scene.failed = True
        where, _, why = str(error).partition(": ")
        raise SeatError(f"{where} of the scene: {why}" if isinstance(error, ScriptError) else str(error)) from None
    if stop.answer:
        meta.say(f"The answer was {stop.answer}")
    if not scene.left:
        meta.say("The scene is over.")


def _reopen(meta: Meta, stop: Stop) -> None:
    """Somebody may have closed the connection between two lines of the scene."""
    link = meta.seat.links.get(stop.does.link) if stop.does and stop.does.what == "send" else None
    if stop.does and link is not None and link.closed:
        meta.seat.connect(link.wire.host, link.wire.protocol, stop.does.link)


def _differ(meta: Meta, misses: list[Miss]) -> None:
    """What came otherwise than the scene says: the first difference, and how many more there are."""
    if misses:
        wanted, came, number = misses[0].wanted, misses[0].came, misses[0].number
        more = f", and {len(misses) - 1} more" if len(misses) > 1 else ""
        got = "nothing came" if came is None else f"this came: {came}"
        meta.out(meta.renderer.error(f"Line {number} of the scene expects {wanted}, but {got}{more}"))


def called(meta: Meta, stop: Stop) -> str:
    """What a stop is, in a few words: the line that it sends, as it may be shown."""
    if stop.does is None:
        return "a question" if stop.question else "words"
    if stop.does.what == "expect":
        return f"connection {stop.does.link}"
    side = "C: " if stop.does.what == "send" and stop.does.link == meta.seat.current else ""
    return f"{side}{line(meta, stop)}"


def line(meta: Meta, stop: Stop) -> str:
    """The line that a stop sends, or does, with its side where it is not for the connection that is current."""
    item, view = stop.does, meta.renderer.view
    if item is None or item.what == "expect":
        return ""
    text = item.text.encode("utf-8", "surrogateescape")
    shown = safe((text if view.secrets else masked(text)).decode("utf-8", "surrogateescape"), ascii_only=view.ascii)
    return f"C{item.link}: {shown}" if item.what == "send" and item.link != meta.seat.current else shown


def does(stop: Stop) -> str:
    """What the key for a stop does, for the toolbar."""
    if stop.does is None:
        return "asks a question" if stop.question else "goes on"
    if stop.does.what == "expect":
        return f"opens connection {stop.does.link}"
    return "sends the line" if stop.does.what == "send" else f"does {stop.does.text.partition(' ')[0]}"
