"""Colours by role. Colour only repeats what the gutter and the words say."""

from typing import Literal

Role = Literal["client", "server", "notice", "refusal", "note", "rule", "mark"]

ANSI16: dict[Role, str] = {
    "client": "\x1b[96m",
    "server": "\x1b[33m",
    "notice": "\x1b[95m",
    "refusal": "\x1b[91m",
    "note": "",
    "rule": "\x1b[2m",
    "mark": "\x1b[2m",
}
"""Sixteen colours, which follow the terminal's own scheme."""

RESET = "\x1b[0m"


def paint(text: str, role: Role, color: bool) -> str:
    """`text` in the colour of its role, or as it is."""
    start = ANSI16[role] if color else ""
    return f"{start}{text}{RESET}" if start and text else text
