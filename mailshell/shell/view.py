"""How a transcript is shown: the choices that a person makes."""

from typing import Literal, NamedTuple

from mailshell.shell.theme import NONE, Theme

WireMarks = Literal["off", "marks", "hex"]


LONGEST = 800
"""Octets of a line that are shown on a screen: ten rows of it."""


class View(NamedTuple):
    """`depth` 0 is the wire alone, 1 a gloss beside each line, 2 every field marked and named.

    `wire` shows line ends as marks, not at all, or with a hex dump below; `theme` gives the colours; `words`
    writes roles as words, for screen readers; `ascii` uses no character beyond ASCII; `width` is in columns;
    `secrets` shows passwords; of a line over `longest` octets only start and end are shown at depth 0 and 1 (0: every
    line is whole).
    """

    depth: int = 1
    wire: WireMarks = "marks"
    theme: Theme = NONE
    words: bool = False
    ascii: bool = False
    width: int = 80
    secrets: bool = False
    longest: int = 0
