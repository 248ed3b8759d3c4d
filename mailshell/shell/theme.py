"""Colours by role. Colour only repeats what the gutter and the words say.

A tone is written in words: `bold`, `dim`, `underline`, one of sixteen colours by name (`bright-cyan`), or
one of the 256 of xterm by its number. From a tone follow the escape sequence, the style of the line editor, and CSS.
"""

import re
from collections.abc import Mapping
from typing import Literal, NamedTuple, get_args

Role = Literal[
    "client", "server", "notice", "refusal", "note", "rule", "mark", "legal", "early", "unknown", "fault", "ghost"
]
"""Who speaks (`client` to `refusal`), what is said about it (`note` to `mark`), and what a half-typed line is.

`legal` is a command that may be sent now, `early` one that is known and not legal now, `unknown` no command, `fault`
what does not fit the grammar, `ghost` what may follow.
"""

ROLES: tuple[Role, ...] = get_args(Role)

NAMES = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
_ATTRIBUTES = {"bold": "1", "dim": "2", "underline": "4"}
_CODE = re.compile(r"\x1b\[([0-9;]*)m")


class Theme(NamedTuple):
    """The tone of each role; a role without one looks like plain text. `dark` tells which background it is made for."""

    name: str
    tones: Mapping[Role, str]
    dark: bool = True


_TYPED16: dict[Role, str] = {
    "legal": "bright-green",
    "early": "bright-red underline",
    "unknown": "bright-red",
    "fault": "bright-red underline",
    "ghost": "dim",
}

NONE = Theme("none", {})
"""No escape sequence at all."""

ANSI16 = Theme(
    "ansi16",
    {
        "client": "bright-cyan",
        "server": "yellow",
        "notice": "bright-magenta",
        "refusal": "bright-red",
        "rule": "dim",
        "mark": "dim",
        **_TYPED16,
    },
)
"""Sixteen colours, which follow the terminal's own scheme."""

DARK = Theme(
    "dark",
    {
        "client": "153",
        "server": "214",
        "notice": "177",
        "refusal": "203",
        "rule": "245",
        "mark": "245",
        "legal": "153 bold",
        "early": "203 underline",
        "unknown": "203",
        "fault": "203 underline",
        "ghost": "243",
    },
)
LIGHT = Theme(
    "light",
    {
        "client": "18",
        "server": "130",
        "notice": "93",
        "refusal": "88",
        "rule": "243",
        "mark": "243",
        "legal": "18 bold",
        "early": "88 underline",
        "unknown": "88",
        "fault": "88 underline",
        "ghost": "245",
    },
    dark=False,
)
MONO = Theme(
    "mono",
    {
        "client": "bold",
        "notice": "bold underline",
        "refusal": "bold",
        "rule": "dim",
        "mark": "dim",
        "legal": "bold",
        "early": "underline",
        "fault": "underline",
        "ghost": "dim",
    },
)
PROJECTOR = Theme(
    "projector",
    {
        "client": "18 bold",
        "server": "130 bold",
        "notice": "93 bold",
        "refusal": "88 bold",
        "legal": "18 bold",
        "early": "88 bold underline",
        "unknown": "88 bold",
        "fault": "88 bold underline",
        "rule": "238",
        "mark": "238",
        "ghost": "238",
    },
    dark=False,
)
"""For a bright room: the wire is bold, and nothing is dim."""

THEMES = {theme.name: theme for theme in (ANSI16, DARK, LIGHT, MONO, PROJECTOR)}

RESET = "\x1b[0m"


def _sgr(tone: str) -> str:
    codes = []
    for word in tone.split():
        name = word.removeprefix("bright-")
        if word in _ATTRIBUTES:
            codes.append(_ATTRIBUTES[word])
        elif name in NAMES:
            codes.append(str(NAMES.index(name) + (90 if name != word else 30)))
        else:
            codes.append(f"38;5;{word}")
    return f"\x1b[{';'.join(codes)}m" if codes else ""


_STARTS = {theme.name: {role: _sgr(theme.tones.get(role, "")) for role in ROLES} for theme in (NONE, *THEMES.values())}


def paint(text: str, role: Role, theme: Theme) -> str:
    """`text` in the colour of its role, or as it is."""
    start = _STARTS[theme.name][role]
    return f"{start}{text}{RESET}" if start and text else text


ROLED = Theme("roled", {})
"""Not for eyes: each role has a code of its own, so that `spans` gives the roles back."""

_STARTS["roled"] = {role: f"\x1b[{number}m" for number, role in enumerate(ROLES, 100)}
_ROLES = {str(number): role for number, role in enumerate(ROLES, 100)}


def spans(line: str) -> list[tuple[Role | None, str]]:
    """A line that was painted with ROLED, as pieces with their roles; None is plain text. No piece is empty."""
    found: list[tuple[Role | None, str]] = []
    role: Role | None = None
    for number, piece in enumerate(_CODE.split(line)):
        if number % 2:
            role = _ROLES.get(piece)
        elif piece:
            found.append((role, piece))
    return found


def editor_style(tone: str) -> str:
    """A tone as the line editor names it: `fg:ansibrightcyan bold`."""
    words = []
    for word in tone.split():
        name = word.removeprefix("bright-")
        if name in NAMES:
            words.append("fg:ansi" + _EDITOR.get(word, word.replace("-", "")))
        else:
            words.append(word if word in _ATTRIBUTES else f"fg:{rgb(word)}")
    return " ".join(words)


_EDITOR = {"white": "gray", "bright-black": "brightblack", "bright-white": "white"}
_CUBE = (0, 95, 135, 175, 215, 255)
_SIXTEEN = {
    "black": "#000000",
    "red": "#cd3131",
    "green": "#0dbc79",
    "yellow": "#e5e510",
    "blue": "#2472c8",
    "magenta": "#bc3fbc",
    "cyan": "#11a8cd",
    "white": "#e5e5e5",
    "bright-black": "#666666",
    "bright-red": "#f14c4c",
    "bright-green": "#23d18b",
    "bright-yellow": "#f5f543",
    "bright-blue": "#3b8eea",
    "bright-magenta": "#d670d6",
    "bright-cyan": "#29b8db",
    "bright-white": "#ffffff",
}


def rgb(color: str) -> str:
    """A colour of a tone as `#rrggbb`; of the sixteen, which each terminal draws its own way, a usual one."""
    if color in _SIXTEEN:
        return _SIXTEEN[color]
    number = int(color)
    if number >= 232:
        level = 8 + (number - 232) * 10
        return f"#{level:02x}{level:02x}{level:02x}"
    red, green, blue = (_CUBE[(number - 16) // step % 6] for step in (36, 6, 1))
    return f"#{red:02x}{green:02x}{blue:02x}"
