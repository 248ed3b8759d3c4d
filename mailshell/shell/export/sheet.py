"""The colours of a theme for paper and pages: CSS from the tones of its roles."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from mailshell.shell.theme import ANSI16, DARK, LIGHT, MONO, Role, Theme, rgb

FONT = "ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono','Liberation Mono',monospace"
"""Fonts that are there already, on the systems that people have."""

_ATTRIBUTES = ("bold", "underline", "dim")


class Sheet(NamedTuple):
    """What is drawn on what: `#rrggbb` of the background, of plain text, of thin lines; and the tones."""

    back: str
    front: str
    line: str
    tones: Mapping[Role, str]


_BRIGHT = ("#ffffff", "#24292f", "#d8dee4")
_NIGHT = ("#1e1e1e", "#e4e4e4", "#3a3a3a")


def sheets(theme: Theme) -> tuple[Sheet, Sheet]:
    """For readers who prefer light and dark; a theme with a background of its own is the same for both.

    The themes that follow the terminal follow the reader here.
    """
    if theme is ANSI16:
        return Sheet(*_BRIGHT, LIGHT.tones), Sheet(*_NIGHT, DARK.tones)
    if theme is MONO:
        return Sheet(*_BRIGHT, theme.tones), Sheet(*_NIGHT, theme.tones)
    own = Sheet(*(_NIGHT if theme.dark else _BRIGHT), theme.tones)
    return own, own


def style(sheet: Sheet, paint: str, roles: tuple[Role, ...]) -> Iterator[str]:
    """A CSS rule for each role; `paint` is the property that colours text: `color` on a page, `fill` in a picture."""
    for role in roles:
        found = list(_declarations(sheet.tones.get(role, ""), paint))
        if found:
            yield f".{role}{{{';'.join(found)}}}"


def _declarations(tone: str, paint: str) -> Iterator[str]:
    words = tone.split()
    for word in words:
        if word not in _ATTRIBUTES:
            yield f"{paint}:{rgb(word)}"
    if "bold" in words:
        yield "font-weight:bold"
    if "underline" in words:
        yield "text-decoration:underline"
    if "dim" in words:
        yield "opacity:.65"
