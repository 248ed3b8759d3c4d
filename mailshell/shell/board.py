"""The rows of a lesson above the prompt: which step it is, and its goals as a checklist that ticks."""

from typing import NamedTuple

from mailshell.shell.prose import bare
from mailshell.shell.text import cut, safe, wrap

SIGNS = {"met": "[x]", "unmet": "[ ]", "broken": "[!]"}
"""What stands before a goal."""

WORDS = {"met": "goal reached", "unmet": "goal open", "broken": "goal not kept"}
"""The same in words."""

_OTHERS = 14
"""Rows of the screen that are not for the goals: twelve for the conversation, the prompt, the toolbar."""

Row = tuple[str, str]
"""The name of a style, and a text of one row."""


class Board(NamedTuple):
    """What the rows say: a title, and each goal as it stands, with its words."""

    title: str
    goals: tuple[tuple[str, str], ...] = ()
    folded: bool = False

    def rows(self, lines: int, columns: int, *, ascii_only: bool = False) -> list[Row]:
        """The rows for a screen of so many lines and columns: as many as there is room for, the title first.

        How many there are does not depend on which goals are reached.
        """
        title = safe(self.title.replace("·", "-") if ascii_only else self.title, ascii_only=ascii_only)
        most = max(lines - _OTHERS, 1)
        if self.folded or most == 1:
            signs = "".join(SIGNS[word] for word, _ in self.goals)
            return [("heading", f"{cut(title, columns - len(signs) - 2)} {signs}".rstrip())]
        found: list[Row] = []
        for word, says in self.goals:
            wrapped = wrap(safe(bare(says), ascii_only=ascii_only), max(columns - 5, 20))
            found += [(word, f"{SIGNS[word] if number == 0 else '   '} {row}") for number, row in enumerate(wrapped)]
        if len(found) > most - 1:
            left = len(found) - (most - 2)
            found = [*found[: most - 2], ("unmet", f"    {left} more rows: :task shows all")]
        return [("heading", cut(title, columns - 1)), *found]
