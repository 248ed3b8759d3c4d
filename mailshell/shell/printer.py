"""Lines above a live prompt: the one place that uses what prompt_toolkit does not promise."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from prompt_toolkit.application import Application
from prompt_toolkit.data_structures import Point
from prompt_toolkit.layout.screen import Char
from prompt_toolkit.output import Output
from prompt_toolkit.output.vt100 import Vt100_Output

GATHER = 0.016
"""Seconds in which lines that arrive by themselves are gathered, once they come in a burst."""

Later = Callable[[float, Callable[[], None]], Callable[[], None]]
"""Does something after so many seconds; what it gives back calls that off."""


class Printer:
    """Shows whole lines above the prompt: those of one key at once, those that arrive by themselves as they come.

    `output` takes them while the prompt is not there yet, or not any more. While somebody `holds` the screen (panes, a
    pager), lines wait.
    """

    def __init__(self, output: Output, later: Later, now: Callable[[], float]) -> None:
        self._output = output
        self._later = later
        self._now = now
        self._waiting: list[str] = []
        self._depth = 0
        self._last = 0.0
        self._call_off: Callable[[], None] | None = None
        self.app: Application[None] | None = None
        self.holds = False

    def put(self, lines: list[str]) -> None:
        """Show lines, at the end of the batch where there is one."""
        self._waiting += lines
        if self._depth or self.holds:
            return
        if self.app is None or not self.app.is_running:
            self.flush()
        elif self._call_off is None:
            self._call_off = self._later(max(self._last + GATHER - self._now(), 0.0), self.flush)

    @contextmanager
    def batch(self) -> Iterator[None]:
        """Whatever is put inside is shown in one piece."""
        self._depth += 1
        try:
            yield
        finally:
            self._depth -= 1
            if not self._depth:
                self.flush()

    def flush(self) -> None:
        """Show what waits, unless somebody holds the screen."""
        if self._call_off is not None:
            self._call_off()
            self._call_off = None
        if self.holds or not self._waiting:
            return
        text = "".join(f"{line}\r\n" for line in self._waiting)
        self._waiting = []
        if self.app is not None and self.app.is_running:
            self._last = self._now()
            _above(self.app, text)
        else:
            self._output.write_raw(text)
            self._output.flush()


def quiet(output: Output) -> Output:
    """Without a request for the cursor's place the toolbar stands right under the prompt from the start."""
    if isinstance(output, Vt100_Output):
        output.enable_cpr = False
    return output


class Inline(Application[None]):
    """An application below the lines of the conversation, which keeps its place when the window gets narrower."""

    def _on_resize(self) -> None:
        _wrapped_anew(self)
        super()._on_resize()

    def _redraw(self, render_as_done: bool = False) -> None:
        """Draw; where that fails, every key would fail anew, so the application ends with what went wrong."""
        try:
            super()._redraw(render_as_done)
        except Exception as error:
            if self.is_done:
                raise
            self.renderer.erase()
            self.exit(exception=error)


def _wrapped_anew(app: Application[None]) -> None:
    """Tell the renderer where the cursor is now: a narrower terminal has broken each long row into several.

    Without it the first of them would stay as a leftover of the old prompt. A wider one joins none: each row was
    written with its own end. (A terminal that cuts rows off instead loses as many lines of the conversation here.)
    """
    screen, cursor = app.renderer.last_rendered_screen, app.renderer._cursor_pos
    columns = app.output.get_size().columns
    if screen is None or app.full_screen:
        return
    above = (_last(screen.data_buffer[row]) // columns + 1 for row in range(cursor.y))
    # The first column is reached from every other one by so many steps, also where a key was drawn meanwhile.
    app.renderer._cursor_pos = Point(columns, sum(above) + cursor.x // columns)


def _last(row: Mapping[int, Char]) -> int:
    """The last column of a row in which something stands; the blanks behind it were never written."""
    return max((column for column, cell in row.items() if cell.char != " "), default=0)


@contextmanager
def held(output: Output) -> Iterator[None]:
    """Whatever is written inside goes to the terminal in one piece, so that nothing flickers."""
    flush = output.flush
    output.flush = lambda: None  # type: ignore[method-assign]
    try:
        yield
    finally:
        del output.flush
        flush()


def _above(app: Application[None], text: str) -> None:
    """Write whole lines above the prompt, and draw the prompt again below them.

    The terminal stays in raw mode, so that a key pressed meanwhile is not echoed. (`patch_stdout` waits up to 0.2 s
    between two writes, and `in_terminal` lets keys be echoed.)
    """
    with held(app.output):
        _wrapped_anew(app)
        app.renderer.erase()
        app.output.write_raw(text)
        app._redraw()


def change_screen(app: Application[None], *, full: bool) -> None:
    """Go to the alternate screen, or back to the normal one, where the lines are that were there before."""
    app.renderer.erase()
    app.full_screen = app.renderer.full_screen = full
    app.renderer.reset()
