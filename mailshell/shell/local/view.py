"""How things are shown: depth, wire, secrets; the last exchange again."""

from mailshell.core.record import Body, Closed
from mailshell.shell.meta import Meta
from mailshell.shell.theme import THEMES
from mailshell.shell.view import WireMarks
from mailshell.world.seat import SeatError

WIRE: tuple[WireMarks, ...] = ("off", "marks", "hex")
WIRES = {"off": "no line ends", "marks": "marks for line ends", "hex": "a dump of each line"}
"""The words of `:wire`."""

DEPTHS = {"0": "the wire alone", "1": "a note beside each line", "2": "every field named"}
"""The words of `:depth`."""

THEME_WORDS = {
    "ansi16": "the sixteen colours of your terminal",
    "dark": "for a dark background",
    "light": "for a light background",
    "mono": "no colour",
    "projector": "for a bright room",
}
"""The words of `:theme`."""

SECRETS = {"on": "passwords are shown", "off": "passwords are masked"}
"""The words of `:secrets`."""


def depth(meta: Meta, rest: str) -> None:
    """`:depth [0|1|2]`: change the depth, or go to the next one."""
    renderer = meta.renderer
    if rest not in ("", "0", "1", "2"):
        raise SeatError(":depth wants 0 (the wire), 1 (a note beside each line) or 2 (every field named).")
    depth = int(rest) if rest else (renderer.view.depth + 1) % 3
    renderer.view = renderer.view._replace(depth=depth)
    _changed(meta, f"depth {depth}")


def wire(meta: Meta, rest: str) -> None:
    """`:wire [off|marks|hex]`: how the wire is shown."""
    renderer = meta.renderer
    if rest not in ("", *WIRE):
        raise SeatError(":wire wants off (no line ends), marks (of line ends) or hex (a dump of each line).")
    wire = next((mode for mode in WIRE if mode == rest), WIRE[(WIRE.index(renderer.view.wire) + 1) % 3])
    renderer.view = renderer.view._replace(wire=wire)
    _changed(meta, f"wire {wire}")


def theme(meta: Meta, rest: str) -> None:
    """`:theme [NAME]`: other colours."""
    renderer = meta.renderer
    if rest and rest not in THEMES:
        raise SeatError(f":theme wants one of {' '.join(THEMES)}.")
    if not rest:
        meta.say(f"The theme is {renderer.view.theme.name}. There are: {' '.join(THEMES)}.")
        return
    renderer.view = renderer.view._replace(theme=THEMES[rest])
    if meta.front is not None:
        meta.front.restyle()
    _changed(meta, f"theme {rest}")


def _changed(meta: Meta, what: str) -> None:
    """Say what holds now, and show the last exchange in it."""
    if meta.front is not None and meta.front.follows():
        return
    meta.say(f"{what}; the last exchange again:")
    again(meta)


def again(meta: Meta) -> None:
    """Show the last exchange of the current connection once more."""
    seat = meta.seat
    entries = [one for one in meta.current() if not isinstance(one.record, Closed)]
    last = entries[-1:]
    while last and isinstance(last[0].record, Body) and len(last) < len(entries):
        last = entries[-len(last) - 1 :]
    labels = {link.wire.number: number for number, link in seat.links.items()}
    meta.out(meta.renderer.again(last, labels))


def secrets(meta: Meta, rest: str) -> None:
    """`:secrets on|off`."""
    if rest not in ("on", "off"):
        raise SeatError(":secrets wants on or off.")
    meta.renderer.view = meta.renderer.view._replace(secrets=rest == "on")
    meta.say("Passwords are shown." if rest == "on" else "Passwords are masked.")
