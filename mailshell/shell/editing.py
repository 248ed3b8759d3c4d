"""The line editor: what the grammar says about a half-typed line, as prompt_toolkit wants to hear it."""

from collections import deque
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator
from functools import cache, partial
from pathlib import Path

from prompt_toolkit.auto_suggest import AutoSuggest, Suggestion
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.history import History, InMemoryHistory
from prompt_toolkit.lexers import Lexer
from prompt_toolkit.styles import Style

from mailshell.shell import hints
from mailshell.shell.meta import Meta
from mailshell.shell.paths import history_file
from mailshell.shell.talk import Talk
from mailshell.shell.theme import ROLES, THEMES, Theme, editor_style
from mailshell.shell.typed import octets

_RECENT = 200  # lines that are looked at for a suggestion, at each key


class Colours(Lexer):
    """Legal now, known but not legal, unknown: each piece of the line in the style of its role."""

    def __init__(self, meta: Meta) -> None:
        self._meta = meta

    def lex_document(self, document: Document) -> Callable[[int], StyleAndTextTuples]:
        """The pieces of each line."""
        pieces = [(f"class:{role}", text) for role, text in hints.colours(self._meta, document.text)]
        return lambda number: list(pieces) if number == 0 else []


class Choices(Completer):
    """What may be typed next."""

    def __init__(self, meta: Meta) -> None:
        self._meta = meta

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        """The choices for the text before the cursor; what is not legal now comes last, in its own style."""
        for choice in hints.choices(self._meta, document.text_before_cursor):
            style = "" if choice.legal else "class:choice.early"
            yield Completion(choice.text, -choice.back, display_meta=choice.says, style=style)


class Ghost(AutoSuggest):
    """The rest of the line, in grey: `taken` are lines of this session that were not refused, oldest first."""

    def __init__(self, meta: Meta, taken: deque[str]) -> None:
        self._meta = meta
        self._taken = taken

    def get_suggestion(self, buffer: Buffer, document: Document) -> Suggestion | None:
        """What the history or the grammar would go on with."""
        if not document.is_cursor_at_the_end:
            return None
        rest = hints.ghost(self._meta, document.text, self._taken)
        return Suggestion(rest) if rest else None


class Past(History):
    """Typed lines of one protocol, in a file of one line each; a file that cannot be written is done without.

    `limit` is how many lines the file keeps (it grows to twice as many before it is shortened). `keeps` says whether a
    line may be kept at all: one with a password is not, in memory neither. `anew` makes lines of before fit for now.
    """

    def __init__(
        self,
        path: str | None,
        limit: int,
        keeps: Callable[[str], bool],
        anew: Callable[[Iterable[str]], Iterator[str]],
    ) -> None:
        super().__init__()
        self._limit = limit
        self._path = Path(path) if path is not None else None
        self._keeps = keeps
        self._anew = anew

    async def load(self) -> AsyncGenerator[str, None]:
        """The lines for the next prompt, the newest first."""
        for line in self._anew([line async for line in super().load()]):
            yield line

    def load_history_strings(self) -> Iterable[str]:
        """The lines of the file, the newest first, each once."""
        if self._path is None:
            return []
        try:
            lines = self._path.read_text(encoding="utf-8", errors="replace").split("\n")
        except OSError:
            return []
        recent = [line for line in lines if line][-self._limit :]
        if len(lines) > 2 * self._limit:
            self._shorten(recent)
        return list(dict.fromkeys(reversed(recent)))

    def append_string(self, string: str) -> None:
        """Keep a line, if it may be kept and is not the last one again."""
        strings = self.get_strings()
        if self._keeps(string) and strings[-1:] != [string]:
            super().append_string(string)

    def store_string(self, string: str) -> None:
        """Add a line to the file, which nobody else may read."""
        if self._path is None or not string.isprintable():
            return
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._path.touch(mode=0o600)
            with open(self._path, "a", encoding="utf-8") as file:
                file.write(string + "\n")
        except (OSError, UnicodeError):
            self._path = None

    def _shorten(self, lines: list[str]) -> None:
        assert self._path is not None, "a history without a file has no lines to shorten"
        try:
            self._path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        except OSError:
            self._path = None


class Editors:
    """The line editors of all protocols, each with its own history of at most `history` lines (0: none).

    Message text has an editor of its own: commands are no text, and text is kept nowhere. `touched` hears of every
    change of a line, `taken` are the last lines of this session that were not refused.
    """

    def __init__(self, meta: Meta, talk: Talk, history: int, touched: Callable[[], None]) -> None:
        self.colours = Colours(meta)
        self._meta = meta
        self._talk = talk
        self._history = history
        self._touched = touched
        self.taken: deque[str] = deque(maxlen=_RECENT)
        self._buffers: dict[str, Buffer] = {}

    def coming(self) -> str:
        """What stands behind an empty line: the line that comes next in a scene."""
        return hints.coming(self._meta)

    def of(self, protocol: str) -> Buffer:
        """The line editor of a protocol, for its commands."""
        path = history_file(protocol) if self._history else None
        return self._buffer(protocol, Past(path, self._history, self._keeps, partial(hints.anew, self._meta)))

    def text(self) -> Buffer:
        """The line editor for the lines of a message."""
        return self._buffer("", InMemoryHistory())

    def _buffer(self, name: str, history: History) -> Buffer:
        if name not in self._buffers:
            self._buffers[name] = Buffer(
                multiline=False,
                history=history,
                completer=Choices(self._meta),
                auto_suggest=Ghost(self._meta, self.taken),
                complete_while_typing=False,
                enable_history_search=True,
                on_text_changed=lambda _: self._touched(),
            )
        return self._buffers[name]

    def _keeps(self, text: str) -> bool:
        """Whether the history may keep a line: no message text, and nothing with a password."""
        return bool(text.strip()) and self._talk.reads_lines() and not self._talk.secret(octets(text))


@cache
def _style_of(name: str) -> Style:
    theme = THEMES[name]
    styles: dict[str, str] = {role: editor_style(theme.tones.get(role, "")) for role in ROLES}
    quiet = styles["rule"] or "dim"
    return Style.from_dict(
        {
            **styles,
            "prompt": styles["client"],
            "auto-suggestion": f"fg:default {styles['ghost']}",
            "toolbar": quiet,
            "toolbar.strong": f"{styles['note']} bold".strip(),
            "choice.current": "reverse",
            "choice.early": quiet,
            "choice.says": quiet,
            "divider": quiet,
            "heading": "bold",
            "met": styles["legal"],
            "broken": styles["refusal"],
        }
    )


def style_of(theme: Theme) -> Style:
    """The styles of the editor, of its toolbar and of its menu, from the tones of a theme."""
    return _style_of(theme.name)
