"""The two panes: the wire on the left, its meaning and the state on the right; stacked on a narrow screen."""

from collections.abc import Callable
from functools import lru_cache

from prompt_toolkit.data_structures import Point
from prompt_toolkit.formatted_text import ANSI, StyleAndTextTuples, to_formatted_text
from prompt_toolkit.layout import (
    Container,
    Dimension,
    DynamicContainer,
    FormattedTextControl,
    HSplit,
    UIContent,
    UIControl,
    VSplit,
    Window,
)

from mailshell.core.explain import Meaning, explain
from mailshell.core.record import Body
from mailshell.core.transcript import Entry
from mailshell.protocols import PROTOCOLS
from mailshell.shell.bar import useful
from mailshell.shell.help import legal_topics
from mailshell.shell.meta import Meta
from mailshell.shell.render import FOLD, Label, Renderer
from mailshell.shell.text import cut, safe, wrap
from mailshell.shell.view import View
from mailshell.world.seat import SeatError

WIDE = 100
"""Columns from which the panes stand side by side; below, the meaning is under the wire."""

KEPT = 5000
"""Lines that the wire pane keeps: drawing stays quick, and memory flat."""

_LEAST = 8
"""Rows below which the wire stands alone where the panes are stacked: there is no room for two."""

_SHARE = 0.6  # of the columns for the wire


class Wire(UIControl):
    """Lines of the conversation, already in colour; the newest is in view unless somebody has scrolled back."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._back = 0

    def add(self, lines: list[str]) -> None:
        """More lines; whoever has scrolled back keeps their place."""
        self._lines += lines
        if self._back:
            self._back += len(lines)
        if len(self._lines) > KEPT:
            del self._lines[: len(self._lines) - KEPT]

    def clear(self) -> None:
        """No line any more."""
        self._lines, self._back = [], 0

    def scroll(self, lines: int) -> None:
        """Go back by so many lines, or on where that is negative."""
        self._back = min(max(self._back + lines, 0), max(len(self._lines) - 1, 0))

    def create_content(self, width: int, height: int) -> UIContent:
        """The lines up to the one that must be in view, in which the cursor stands that nobody sees."""
        count = max(len(self._lines) - self._back, 1)
        return UIContent(
            lambda number: _drawn(self._lines[number]) if number < len(self._lines) else [],
            count,
            cursor_position=Point(0, count - 1),
            show_cursor=False,
        )


@lru_cache(maxsize=512)
def _drawn(line: str) -> StyleAndTextTuples:
    """A line as prompt_toolkit draws it: found only for those in view, and once."""
    return to_formatted_text(ANSI(line))


class Panes:
    """What the panes show. `size` gives rows and columns, `below` what stands at the bottom in every layout."""

    def __init__(self, meta: Meta, size: Callable[[], tuple[int, int]], below: list[Container]) -> None:
        self.open = False
        self._meta = meta
        self._size = size
        self._last: Entry | None = None
        self._spoken = False
        self._renderer = Renderer(self._view())
        self._wire = Wire()
        left = Window(self._wire, wrap_lines=True, get_line_prefix=lambda _, wrap: "   " if wrap else "")
        right = Window(FormattedTextControl(self._meaning), width=self._right, height=self._lower)
        divider = Window(char=self._bar, width=1, style="class:divider")
        wide = VSplit([left, divider, Window(width=1), right])
        stacked = HSplit([left, self._rule(), right])
        upper = DynamicContainer(lambda: wide if self._wide() else stacked if size()[0] >= _LEAST else left)
        self.container = HSplit([upper, self._rule(), *below])

    def _rule(self) -> Window:
        return Window(char=lambda: "-" if self._view().ascii else "─", height=1, style="class:divider")

    def _bar(self) -> str:
        return "|" if self._view().ascii else "│"

    @property
    def columns(self) -> int:
        """The columns of the wire."""
        columns = self._size()[1]
        return int(columns * _SHARE) - 2 if self._wide() else columns

    def _right(self) -> Dimension:
        columns = self._size()[1]
        return Dimension.exact(columns - int(columns * _SHARE)) if self._wide() else Dimension()

    def _lower(self) -> Dimension:
        return Dimension() if self._wide() else Dimension.exact(self._room())

    def _room(self) -> int:
        """Rows for the meaning and the state."""
        rows = self._size()[0]
        return max(rows - 3, 3) if self._wide() else max(rows * 2 // 5, 3)

    def _view(self) -> View:
        return self._meta.renderer.view

    def _wide(self) -> bool:
        return self._size()[1] >= WIDE

    def enter(self, entries: list[tuple[Entry, Label]]) -> None:
        """Open the panes on what has happened so far."""
        self.open = True
        self._wire.clear()
        self._renderer = Renderer(self._view()._replace(depth=0))
        for entry, label in entries:
            self.entry(entry, label)

    def leave(self) -> None:
        """Close the panes."""
        self.open = False

    def entry(self, entry: Entry, label: Label) -> None:
        """One more step of the conversation."""
        self._renderer.view = self._view()._replace(depth=0)
        self._wire.add(self._renderer.lines(entry, label))
        if not isinstance(entry.record, Body):
            self._last, self._spoken = entry, False

    def words(self, lines: list[str]) -> None:
        """Words of mailshell itself; they may say that a step was undone, so what was last is looked up anew."""
        self._wire.add(lines)
        self._spoken = True

    def _look_up(self) -> None:
        """Find the last step when somebody looks: words come in the middle of a step as well."""
        self._spoken = False
        try:
            told = [entry for entry in self._meta.current() if not isinstance(entry.record, Body)]
        except SeatError:
            told = []
        self._last = told[-1] if told else None

    def scroll(self, pages: int) -> None:
        """Go back by so many half screens, or on where that is negative."""
        self._wire.scroll(pages * max(self._size()[0] // 2, 1))

    def _meaning(self) -> StyleAndTextTuples:
        """What the last step means, and how things stand; what finds no room is marked as left out."""
        columns = self._size()[1]
        width = columns - int(columns * _SHARE) - 3 if self._wide() else columns - 1
        told: StyleAndTextTuples = []
        if self._spoken:
            self._look_up()
        if self._last is not None and not isinstance(self._last.record, Body):
            engine = PROTOCOLS[self._last.wire.protocol]
            told = _heading("What this means") + _told(explain(self._last.record, engine, FOLD), self._view(), width)
        # Where there is little room the state comes first, in two lines: it is asked for most.
        out = told + self._state(width) if self._wide() else self._in_short(width) + told
        room = self._room()
        if len(out) > room:
            out = [*out[: room - 1], ("class:rule", "..." if self._view().ascii else "…")]
        return out

    def _state(self, width: int) -> StyleAndTextTuples:
        link, view = self._meta.seat.link, self._view()
        engine = PROTOCOLS[link.wire.protocol]
        card = engine.phases[link.session.phase]
        out = _heading(f"{link.wire.protocol} {link.wire.host}: {link.session.phase.value}")
        syntaxes = {topic.card.name: topic.syntax for topic in legal_topics(engine, link.session)}
        for name in useful(self._meta) if not link.closed else ():
            out += _lines("class:legal", syntaxes.get(name, name), width, view, "  ")
        return out + _lines("class:note", card.more, width, view)

    def _in_short(self, width: int) -> StyleAndTextTuples:
        link = self._meta.seat.link
        out = _heading(cut(f"{link.wire.protocol} {link.wire.host}: {link.session.phase.value}", width))
        if link.closed:
            return out
        return [*out, ("class:legal", cut("next " + " ".join(useful(self._meta)), width) + "\n")]


def _heading(text: str) -> StyleAndTextTuples:
    return [("class:heading", f"{text}\n")]


def _lines(style: str, text: str, width: int, view: View, indent: str = "") -> StyleAndTextTuples:
    rows = wrap(safe(text, ascii_only=view.ascii), max(width - len(indent), 20))
    return [(style, f"{indent}{row}\n") for row in rows]


def _told(meaning: Meaning, view: View, width: int) -> StyleAndTextTuples:
    """Glosses of the lines, at depth 2 of each part too; the reason, and what is next."""
    out: StyleAndTextTuples = []
    for row in (*meaning.command, *meaning.answers):
        refused = row.manner == "refusal"
        style = "class:refusal" if refused else f"class:{row.side}"
        if row.gloss and view.depth:
            out += _lines(style, row.gloss.removeprefix("x "), width, view)
        for note in row.notes if view.depth == 2 else ():
            out += _lines("class:note", f"{note.rule}: {note.text.removeprefix('x ')}", width, view, "  ")
        if row.cite is not None and view.depth == 2:
            out += _lines("class:rule", f"{row.cite}", width, view, "  ")
    if meaning.next and view.depth:
        out += _lines("class:legal", f"next: {meaning.next}", width, view)
    if meaning.because and view.depth:
        out += _lines("", meaning.because, width, view)
    return [*out, ("", "\n")] if out else []
