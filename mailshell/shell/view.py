"""How a transcript is shown: the choices that a person makes."""

from typing import Literal, NamedTuple

WireMarks = Literal["off", "marks", "hex"]


class View(NamedTuple):
    """`depth` 0 is the wire alone, 1 a gloss beside each line, 2 every field marked and named.

    `wire` shows line ends as marks, not at all, or with a hex dump below; `color` uses the theme's colours; `words`
    writes roles as words, for screen readers; `ascii` uses no character beyond ASCII; `width` is in columns;
    `secrets` shows passwords.
    """

    depth: int = 1
    wire: WireMarks = "marks"
    color: bool = False
    words: bool = False
    ascii: bool = False
    width: int = 80
    secrets: bool = False
