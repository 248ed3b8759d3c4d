"""The rows of the inline shell: the line that one types, the menu of completions, the toolbar right below."""

from collections.abc import Callable

from prompt_toolkit.buffer import Buffer
from prompt_toolkit.filters import Condition, has_completions, is_done, is_searching
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.layout import (
    BufferControl,
    ConditionalContainer,
    Container,
    Dimension,
    FormattedTextControl,
    HSplit,
    Window,
    to_container,
)
from prompt_toolkit.layout.processors import (
    AfterInput,
    AppendAutoSuggestion,
    BeforeInput,
    ConditionalProcessor,
    HighlightIncrementalSearchProcessor,
    Processor,
)
from prompt_toolkit.widgets import SearchToolbar

from mailshell.shell.editing import Editors
from mailshell.shell.text import cut, width

MENU = 8
"""Rows of the menu at most."""

_LEFT = 24  # columns of what one types; what it does stands to the right of it
_NARROW_LEFT = 14

Fragments = Callable[[], StyleAndTextTuples]


class Rows:
    """What stands at the cursor; the lines of the conversation scroll above it.

    `size` gives rows and columns of the terminal, `board` the rows of a lesson, none where there is no lesson, `prompt`
    what stands before the line, `toolbar` the last row, where there is one.
    """

    def __init__(
        self,
        buffer: Buffer,
        editors: Editors,
        size: Callable[[], tuple[int, int]],
        board: Callable[[], list[tuple[str, str]]],
        prompt: Fragments,
        toolbar: Fragments | None,
    ) -> None:
        self._size = size
        self._board = board
        search = SearchToolbar(
            text_if_not_searching="", backward_search_prompt="search back: ", forward_search_prompt="search on: "
        )
        self.control = BufferControl(
            buffer,
            lexer=editors.colours,
            input_processors=self._processors(prompt, editors.coming),
            search_buffer_control=search.control,
            preview_search=True,
        )
        # Not a float: a menu that floats over rows that are not there yet makes the terminal jump.
        self.line = Window(self.control, height=self._height, wrap_lines=True, dont_extend_height=True)
        self.menu = ConditionalContainer(
            Window(FormattedTextControl(self._menu), height=self._menu_height, dont_extend_height=True),
            has_completions & ~is_done,
        )
        self.toolbar = ConditionalContainer(
            Window(FormattedTextControl(toolbar or ""), height=1, dont_extend_height=True),
            ~is_done & ~is_searching & Condition(lambda: toolbar is not None and size()[0] > 2),
        )
        goals = ConditionalContainer(
            Window(FormattedTextControl(lambda: [*board()]), dont_extend_height=True),
            ~is_done & Condition(lambda: bool(board())),
        )
        self.below: list[Container] = [goals, self.line, self.menu, to_container(search), self.toolbar]
        """The rows, for a layout that has something above them."""
        self.all: Container = HSplit(self.below)

    def _processors(self, prompt: Fragments, coming: Callable[[], str]) -> list[Processor]:
        empty = Condition(lambda: not self.control.buffer.text)
        after = ConditionalProcessor(AfterInput(coming, "class:ghost"), empty)
        return [HighlightIncrementalSearchProcessor(), AppendAutoSuggestion(), BeforeInput(prompt), after]

    def _height(self) -> Dimension:
        return Dimension(min=1, max=max(self._size()[0] // 2, 1))

    def _menu_height(self) -> Dimension:
        state = self.control.buffer.complete_state
        return Dimension.exact(min(len(state.completions) if state else 1, self._menu_rows()))

    def _menu_rows(self) -> int:
        above = sum(text.count("\n") for _, text in self._board())
        return max(min(MENU, self._size()[0] - 4 - above), 1)

    def _menu(self) -> StyleAndTextTuples:
        """A row a completion: what one types, what it does."""
        state = self.control.buffer.complete_state
        if state is None:
            return []
        columns = self._size()[1]
        longest = max((width(each.text.strip()) for each in state.completions), default=0)
        left = min(max(_LEFT, longest), max(_NARROW_LEFT, columns // 3))
        current = state.complete_index
        rows = self._menu_rows()
        shown = rows if len(state.completions) <= rows else rows - 1
        first = min(max((current or 0) - shown + 1, 0), max(len(state.completions) - shown, 0))
        out: StyleAndTextTuples = []
        for number, each in enumerate(state.completions[first : first + shown], first):
            text = cut(each.text.strip(), columns - 3)
            head = f"  {text}{' ' * (left - width(text))} "
            says = cut(each.display_meta_text, max(columns - width(head) - 1, 0))
            styles = ["class:choice.current"] * 2 if number == current else [each.style, "class:choice.says"]
            out += [(styles[0], head), (styles[1], says), ("", "\n")]
        if shown < len(state.completions):
            out.append(("class:choice.says", f"  {first + 1} to {first + shown} of {len(state.completions)}"))
        return out
