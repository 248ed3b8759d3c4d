"""What a key does: the actions of the shell, the keys they have, and how people write those.

A key is written as the line editor names it: `f2`, `c-]`, `c-x c-e` for one after the other, `escape d` for Alt and d.
"""

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

from mailshell.core.near import near


class Action(NamedTuple):
    """Something that keys do. `command` is the local command that does the same, empty where typing does it.

    `place` is where its keys count: in the typed line, only while grey text stands behind the line, in the panes, or on
    an empty line while a scene is played.
    """

    keys: tuple[str, ...]
    says: str
    command: str = ""
    place: Literal["line", "ghost", "panes", "scene"] = "line"


ACTIONS: dict[str, Action] = {
    "send": Action(("enter",), "send the line, with CR LF at its end"),
    "complete": Action(("tab",), "complete the word, or list what may follow"),
    "complete-back": Action(("s-tab",), "the choice before this one"),
    "accept-ghost": Action(("right", "c-e"), "take over the grey text", place="ghost"),
    "accept-word": Action(("escape f",), "take over one word of the grey text", place="ghost"),
    "help": Action(("f1",), "what may be typed now", "?"),
    "depth": Action(("f2",), "the next depth of explanation", ":depth"),
    "wire": Action(("f3",), "line ends hidden, as marks, or a hex dump", ":wire"),
    "editing": Action(("f4",), "edit as in vi, or as in emacs", ":editing"),
    "panes": Action(("f5",), "wire and meaning side by side, or back", ":panes"),
    "scroll-back": Action(("pageup",), "in the panes: earlier lines", place="panes"),
    "scroll-on": Action(("pagedown",), "in the panes: later lines", place="panes"),
    "hint": Action(("f6",), "in a lesson: the next hint", ":hint"),
    "check": Action(("f7",), "in a lesson: what is missing, and why", ":check"),
    "fold": Action(("f12",), "in a lesson: the goals in one row, or all", ":fold"),
    "step": Action(("f8",), "the next step of a scene", ":step"),
    "scene-on": Action(("space", "enter", "right", "pagedown"), "scene: go on", ":step", place="scene"),
    "scene-back": Action(("left", "backspace", "pageup"), "scene: take back", ":undo", place="scene"),
    "older": Action(("up", "c-p"), "the line before, of what was typed"),
    "newer": Action(("down", "c-n"), "the line after, of what was typed"),
    "search": Action(("c-r",), "search what was typed"),
    "editor": Action(("c-x c-e",), "the line, or the message, in your own editor"),
    "local": Action(("c-]",), "a command of mailshell, even in a message", ":"),
    "clear-line": Action(("c-c",), "clear the line; never ends the session"),
    "clear-screen": Action(("c-l",), "clear the screen", ":clear"),
    "leave": Action(("c-d",), "leave mailshell, on an empty line", ":quit"),
    "suspend": Action(("c-z",), "back to your shell for a while; fg returns"),
}
"""Every action by its id."""

_MOVES = ("left", "right", "up", "down", "home", "end", "insert", "delete", "pageup", "pagedown")
_SPACE = "space"
KEYS = frozenset(
    [
        *("escape", "s-escape", "s-tab"),
        *(f"c-{letter}" for letter in "abcdefghijklmnopqrstuvwxyz0123456789@\\]^_"),
        *(f"c-s-{digit}" for digit in "0123456789"),
        *(f"{prefix}{move}" for prefix in ("", "c-", "s-", "c-s-") for move in _MOVES),
        *(f"{prefix}f{number}" for prefix in ("", "c-") for number in range(1, 25)),
    ]
)
"""The names of keys; a character stands for itself, and `space` for the space."""

ALIASES = {
    "backspace": "c-h",
    "c-space": "c-@",
    "enter": "c-m",
    "tab": "c-i",
    "s-c-left": "c-s-left",
    "s-c-right": "c-s-right",
    "s-c-home": "c-s-home",
    "s-c-end": "c-s-end",
}
"""Second names. A terminal sends the same for both, so they are one key."""


class KeyFault(Exception):
    """What is wrong with the keys of an action; `spec` is the key at fault, None where it is the id of the action."""

    def __init__(self, action: str, spec: str | None, text: str) -> None:
        super().__init__(text)
        self.action = action
        self.spec = spec


def bindings(config: Mapping[str, Sequence[str]]) -> dict[str, tuple[tuple[str, ...], ...]]:
    """The keys of each action, those of the config file instead of its own; raises KeyFault.

    A key is one or more names in the order in which they are pressed.
    """
    found: dict[str, tuple[tuple[str, ...], ...]] = {}
    for name in config:
        if name not in ACTIONS:
            raise KeyFault(name, None, f"{name} is no action.{near(name, ACTIONS)} There are: {', '.join(ACTIONS)}.")
    taken: dict[tuple[str, tuple[str, ...]], str] = {}
    # What the file says comes last, so that a clash is blamed on a line of the file.
    for name in (*(name for name in ACTIONS if name not in config), *config):
        specs = config.get(name, ACTIONS[name].keys)
        found[name] = tuple(_parsed(name, spec) for spec in specs)
        for spec, key in zip(specs, found[name], strict=True):
            place = ACTIONS[name].place, tuple(ALIASES.get(part, part) for part in key)
            other = taken.setdefault(place, name)
            if other != name:
                text = f"{shown(spec)} is the key of {other} as well as of {name}. Choose another one for one of them."
                raise KeyFault(name, spec, text)
    return {name: found[name] for name in ACTIONS}


def _parsed(action: str, spec: str) -> tuple[str, ...]:
    key = tuple(spec.split())
    if not key:
        raise KeyFault(action, spec, f"a key has a name, such as f2 or c-x c-e; no key at all is {action} = []")
    if key == (_SPACE,) and ACTIONS[action].place == "scene":
        return key  # the line is empty then
    for part in key:
        letter = part == _SPACE or (len(part) == 1 and part.isprintable())
        if not letter and part not in KEYS and part not in ALIASES:
            hint = near(part.lower(), (*KEYS, *ALIASES))
            raise KeyFault(action, spec, f"{part} is no key.{hint} Keys are f2, c-a for Ctrl-A, escape a for Alt-A.")
    if len(key[0]) == 1 or key[0] == _SPACE:
        raise KeyFault(action, spec, f"{key[0]} is text that one types. Put escape or another key before it.")
    return key


_WRITTEN = {"c-@": "Ctrl-Space", "c-space": "Ctrl-Space", "escape": "Esc", "pageup": "PageUp", "pagedown": "PageDown"}


def shown(spec: str) -> str:
    """A key as people write it: `^]` for `c-]`, `F2` for `f2`, `Alt-d` for `escape d`."""
    parts = spec.split()
    if len(parts) == 2 and parts[0] == "escape":
        return f"Alt-{_written(parts[1])}"
    return " ".join(map(_written, parts))


def _written(part: str) -> str:
    if len(part) == 1:
        return part
    if part in _WRITTEN:
        return _WRITTEN[part]
    if len(part) == 3 and part.startswith("c-"):
        return f"^{part[2:].upper()}"
    *held, last = part.split("-")
    return "-".join([*({"c": "Ctrl", "s": "Shift"}[each] for each in held), _WRITTEN.get(last, last.capitalize())])


def spoken(keys: Mapping[str, str]) -> tuple[str, str]:
    """For a message: the key that stands before a command of mailshell. For a scene: how it goes on and back.

    `keys` are the first keys of the actions, as people write them.
    """
    on, back = keys.get("scene-on", ":step"), keys.get("scene-back", ":undo")
    return keys.get("local", "^]").replace("^", "Ctrl-"), f"{on} goes on, {back} takes back."


def listing(bound: Mapping[str, Sequence[Sequence[str]]]) -> list[tuple[str, str, str]]:
    """Each action: its id, its keys as people write them, what it does."""
    return [
        (name, " or ".join(shown(" ".join(key)) for key in keys), ACTIONS[name].says) for name, keys in bound.items()
    ]
