"""The sections of a step, from pieces of Markdown to values; what is wrong is noted with its place."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from mailshell.core import script
from mailshell.core.fields import ENOUGH
from mailshell.core.near import near
from mailshell.core.script import Item, ScriptError
from mailshell.core.toml import Problem
from mailshell.lesson.expression import Expression
from mailshell.lesson.markdown import Chapter, Fence, Line, Piece, pieces
from mailshell.lesson.parts import (
    SOLVED,
    Block,
    Choice,
    Goal,
    Lines,
    Prediction,
    Quiz,
    Reaction,
    Step,
    Test,
)
from mailshell.lesson.predicate import PredicateError, Terms, read, read_prediction
from mailshell.world.play import LOCAL, SHOWS

NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")
"""How steps, goals and all else that has a name is named."""

_CODE = re.compile(r"`([^`]*)`")
_HEAD = re.compile(r"\s*([A-Za-z]+)(?:\s+([^\s:`]+))?\s*:\s*")
_BRACES = re.compile(r"\{([a-z][a-z0-9-]*)\}")
_LINES = 300  # of a fence
_PARTS = 40  # goals, hints and the like of one step


class _Code(NamedTuple):
    """`check name: predicate`: the name, where the rest begins and ends, and where the code span does."""

    word: str
    name: str
    start: int
    end: int
    outer: tuple[int, int]


class Reading:
    """Reads sections of one lesson file; `problems` is the list that what is wrong is added to."""

    def __init__(self, text: str, terms: Terms, problems: list[Problem]) -> None:
        self._text = text
        self._terms = terms
        self._problems = problems

    def wrong(self, offset: int, says: str) -> None:
        """Note what is wrong at a place."""
        if len(self._problems) <= ENOUGH:
            self._problems.append(Problem(offset, says))

    def step(self, chapter: Chapter) -> Step:
        """A step from its heading and the prose below it."""
        heading = chapter.heading
        assert heading is not None, "a step has a heading"
        id, fade = "", False
        for word, at in heading.attributes:
            if word.startswith("#") and NAME.fullmatch(word[1:]):
                id = word[1:]
            elif word == "fade=backward":
                fade = True
            else:
                self.wrong(at, f"{word} means nothing here: a step has {{#name}} or {{#name fade=backward}}.")
        if not id:
            self.wrong(heading.offset, "a step has a name after its title, as in ## Say hello {#hello}.")
        if not heading.title:
            self.wrong(heading.offset, "a step has a title.")
        self._braces(heading.title, heading.offset)
        given = Lines()
        for piece in pieces(chapter.lines):
            if isinstance(piece, Fence) and piece.words == ("session", "given"):
                given = self.session(piece)
        says = prose(self, chapter.lines)
        return Step(id, heading.title, says, given=given, fade="backward" if fade else "", offset=heading.offset)

    def section(self, step: Step, title: str, chapter: Chapter) -> Step:
        """The step with what stands in one of its sections."""
        found = pieces(chapter.lines)
        at = chapter.heading.offset if chapter.heading else 0
        for piece in found:
            if isinstance(piece, Fence) and not piece.closed:
                self.wrong(piece.offset, "the fence ``` is not closed.")
        if not found:
            self.wrong(at, f"the section {title} is empty.")
        if len(found) > _PARTS:
            self.wrong(at, f"the section {title} has more than {_PARTS} parts.")
            return step
        return SECTIONS[title](self, step, found)

    def goals(self, step: Step, found: list[Piece | Fence]) -> Step:
        """`- [ ] What is shown. `check name: predicate``."""
        goals = list(step.goals)
        for piece in self._items(found, "a goal is - [ ] with a sentence, and `check name: predicate` at its end."):
            code = self._code(piece, ("check", "keep"), "a goal ends with `check name: predicate` or `keep ...`.")
            if code is None:
                continue
            self._unique(code.name, [goal.name for goal in goals], code)
            when = self._predicate(code)
            says = self._said(piece, code)
            if when is not None:
                goals.append(Goal(code.name, "keep" if code.word == "keep" else "check", says, when, code.start))
        return step._replace(goals=tuple(goals))

    def feedback(self, step: Step, found: list[Piece | Fence]) -> Step:
        """`- `when name: predicate` What is said.`"""
        reactions = list(step.feedback)
        for piece in self._items(found, "feedback is a list: - `when name: predicate` and what is said."):
            code = self._code(piece, ("when",), "feedback begins with `when name: predicate`.")
            if code is None:
                continue
            self._unique(code.name, [SOLVED, *(one.name for one in reactions)], code)
            when = self._predicate(code)
            says = self._said(piece, code)
            if when is not None:
                reactions.append(Reaction(code.name, when, says, code.start))
        return step._replace(feedback=tuple(reactions))

    def hints(self, step: Step, found: list[Piece | Fence]) -> Step:
        """A list, the least first."""
        items = self._items(found, "hints are a list: 1. and the first hint, then 2. and so on.")
        return step._replace(
            hints=(*step.hints, *(self._plain(item) for item in items)),
            hint_offsets=(*step.hint_offsets, *(item.start for item in items)),
        )

    def solution(self, step: Step, found: list[Piece | Fence]) -> Step:
        """A fence, and what is said when the step is passed."""
        learned = []
        for piece in found:
            if isinstance(piece, Fence):
                if piece.words != ("session",) or step.solution.items:
                    self.wrong(piece.offset, "a step has one solution, in a fence that begins with ```session.")
                else:
                    step = step._replace(solution=self.session(piece))
            else:
                learned.append(self._plain(piece))
        return step._replace(learned="\n".join(learned))

    def tests(self, step: Step, found: list[Piece | Fence]) -> Step:
        """Fences, each with what it leads to."""
        tests = list(step.tests)
        known = [SOLVED, *(one.name for one in step.feedback)]
        for piece in found:
            expects = (
                piece.words[1].removeprefix("expects=") if isinstance(piece, Fence) and len(piece.words) == 2 else ""
            )
            if not isinstance(piece, Fence) or piece.words[:1] != ("session",) or not expects:
                at = piece.offset if isinstance(piece, Fence) else piece.start
                self.wrong(at, "a test is a fence that begins with ```session expects=name.")
            elif expects not in known:
                hint = near(expects, known) or f" There are: {', '.join(known)}."
                at = piece.offset + self._text[piece.offset :].index(expects)
                self.wrong(at, f"no feedback above is named {expects}.{hint}")
            else:
                tests.append(Test(expects, self.session(piece)))
        return step._replace(tests=tuple(tests))

    def predict(self, step: Step, found: list[Piece | Fence]) -> Step:
        """A question, answers to choose from, and what the servers are asked."""
        made = list(step.predictions)
        question, choices = "", list[Choice]()
        at = 0
        for piece in found:
            if isinstance(piece, Fence):
                self.wrong(piece.offset, "a prediction has no fence.")
            elif piece.kind == "item":
                at = at or piece.start
                choices.append(self._choice(piece, values=True))
            elif not _CODE.match(self._text, piece.start):
                question = f"{question} {self._plain(piece)}".strip()
            else:
                one = self._prediction(piece, question, tuple(choices))
                if one is not None and one.name in [known.name for known in made]:
                    self.wrong(piece.start, f"a prediction is named {one.name} already.")
                made += [one] if one is not None else []
                question, choices, at = "", [], 0
        if choices or question:
            self.wrong(at or self._start(found[-1]), 'a prediction ends with `predict name: last.code after "DATA"`.')
        return step._replace(predictions=tuple(made))

    def _prediction(self, piece: Piece, question: str, choices: tuple[Choice, ...]) -> Prediction | None:
        code = self._code(piece, ("predict",), 'a prediction ends with `predict name: last.code after "DATA"`.')
        if code is None:
            return None
        try:
            what, sort, after = read_prediction(self._text, self._terms, code.start, code.end)
        except PredicateError as error:
            self.wrong(error.offset, error.says)
            return None
        if len(choices) < 2:
            self.wrong(piece.start, "a prediction has two answers to choose from, or more: - [ ] 250, it is taken.")
        for choice in choices:
            if sort == "number" and not choice.value.isdecimal():
                self.wrong(
                    choice.offset, "this answer begins with a number, and a comma after it, as in 250, it is taken."
                )
        for line in after:
            self._braces(line, code.start)
            if line.startswith(":"):
                self._local(line, code.start)
        return Prediction(code.name, question, choices, what, sort, after, code.start)

    def quiz(self, step: Step, found: list[Piece | Fence]) -> Step:
        """Questions, each with its answers below."""
        made = list(step.quizzes)
        question, choices, at = "", list[Choice](), 0
        for piece in [*found, None]:
            if isinstance(piece, Fence):
                self.wrong(piece.offset, "a quiz has no fence.")
            elif piece is not None and piece.kind == "item":
                choices.append(self._choice(piece))
            else:
                if choices:
                    made.append(self._question(question, tuple(choices), at, made))
                    question, choices = "", []
                if piece is not None:
                    question, at = f"{question} {self._plain(piece)}".strip(), piece.start
        if question:
            self.wrong(at, "a question has answers below it: - [ ] wrong, or - [x] right.")
        return step._replace(quizzes=tuple(made))

    def _question(self, question: str, choices: tuple[Choice, ...], at: int, known: list[Quiz]) -> Quiz:
        found = re.search(r"\s*\{#([a-z][a-z0-9-]{0,39})\}$", question)
        name = found[1] if found else "quiz"
        at = at or choices[0].offset
        if name in [one.name for one in known]:
            self.wrong(at, f"a question is named {name} already: write a name after the question, as in {{#why}}.")
        if not question:
            self.wrong(at, "a question stands above its answers.")
        if [choice.right for choice in choices].count(True) != 1 or len(choices) < 2:
            self.wrong(at, "a question has one right answer, - [x], and one or more wrong ones, - [ ].")
        return Quiz(name, question[: found.start()] if found else question, choices, at)

    def _choice(self, piece: Piece, *, values: bool = False) -> Choice:
        says = self._plain(piece)
        if piece.box is None:
            self.wrong(piece.start, "an answer to choose is - [ ] and its text.")
        elif values and piece.box != " ":
            self.wrong(piece.start, "the servers say which prediction is right: write - [ ].")
        answer = " ".join(line.text.strip() for line in piece.answer)
        for line in piece.answer:
            self._braces(line.text, line.offset)
        value = re.split(r"[,:]", says, maxsplit=1)[0].strip() if values else ""
        return Choice(says, answer, (piece.box or "").lower() == "x", value, piece.start)

    def notes(self, step: Step, found: list[Piece | Fence]) -> Step:
        """Prose for who teaches."""
        return step._replace(notes="\n\n".join(block.text for block in _blocks(self, found)))

    def session(self, fence: Fence) -> Lines:
        """The lines of a transcript; their items have the numbers of the lines in the file."""
        if len(fence.lines) > _LINES:
            self.wrong(fence.offset, f"a fence has {_LINES} lines at most.")
            return Lines()
        items: list[Item] = []
        for line in fence.lines:
            items += self._item(line)
        if not any(item.what in ("send", "local") for item in items):
            self.wrong(fence.offset, "this fence has no line to send, as in C: NOOP.")
        return Lines(tuple(items), fence.offset)

    def _item(self, line: Line) -> list[Item]:
        try:
            found = [item for item in script.read(line.text + "\n").items if item.what != "comment"]
            for item in found:
                script.octets(item.text)
        except ScriptError as error:
            self.wrong(line.offset, f"{str(error).removeprefix('line 1: ')}.")
            return []
        self._braces(line.text, line.offset)
        for item in found:
            if item.what == "ask":
                self.wrong(line.offset, "a question belongs into the section Predict.")
            elif item.what == "local":
                self._local(item.text, line.offset)
        number = self._text.count("\n", 0, line.offset) + 1
        return [item._replace(number=number) for item in found]

    def _local(self, text: str, offset: int) -> None:
        word = text.split(" ", 1)[0]
        if word not in LOCAL and word not in SHOWS:
            hint = near(word, LOCAL) or f" There are: {' '.join(LOCAL)}."
            self.wrong(offset, f"{word} is no command that a lesson can give.{hint}")

    def _items(self, found: list[Piece | Fence], wants: str) -> list[Piece]:
        for piece in found:
            if isinstance(piece, Fence) or piece.kind != "item":
                self.wrong(self._start(piece), wants)
        return [piece for piece in found if isinstance(piece, Piece) and piece.kind == "item"]

    @staticmethod
    def _start(piece: Piece | Fence) -> int:
        return piece.offset if isinstance(piece, Fence) else piece.start

    def _code(self, piece: Piece, words: tuple[str, ...], wants: str) -> _Code | None:
        """The code span of a piece that begins with one of some words."""
        for found in _CODE.finditer(self._text, piece.start, piece.end):
            head = _HEAD.match(self._text, found.start(1), found.end(1))
            if head is None:
                continue
            if head[1] not in words:
                hint = near(head[1], words)
                if hint:
                    self.wrong(head.start(1), f"{head[1]} has no meaning here.{hint}")
                    return None
                continue
            name = head[2] or ""
            if not NAME.fullmatch(name):
                at = head.start(2) if name else head.end(1)
                self.wrong(at, f"a name is wanted here, of small letters, digits and dashes: `{head[1]} name: ...`.")
                return None
            return _Code(head[1], name, head.end(), found.end(1), found.span())
        self.wrong(piece.start, wants)
        return None

    def _unique(self, name: str, known: Iterable[str], code: _Code) -> None:
        if name in known:
            self.wrong(code.outer[0], f"the name {name} is taken already.")

    def _predicate(self, code: _Code) -> Expression | None:
        try:
            return read(self._text, self._terms, code.start, code.end)
        except PredicateError as error:
            self.wrong(error.offset, error.says)
            return None

    def _said(self, piece: Piece, code: _Code) -> str:
        """What a piece says besides its code span."""
        before, after = (piece.start, code.outer[0]), (code.outer[1], piece.end)
        says = " ".join((self._text[slice(*before)] + " " + self._text[slice(*after)]).split())
        if not says:
            self.wrong(piece.start, "a sentence is missing here, for those who learn.")
        self._braces(self._text[slice(*before)], before[0])
        self._braces(self._text[slice(*after)], after[0])
        return says

    def _plain(self, piece: Piece) -> str:
        text = self._text[piece.start : piece.end]
        self._braces(text, piece.start)
        return " ".join(text.split())

    def _braces(self, text: str, offset: int) -> None:
        """Every {name} in a text must be one of the lesson."""
        for found in _BRACES.finditer(text):
            if found[1] not in self._terms.vary:
                hint = near(found[1], self._terms.vary) or " The table [vary] of the lesson has the names."
                self.wrong(offset + found.start(), f"{found[0]} is no name of this lesson.{hint}")

    def block(self, piece: Piece | Fence) -> Block:
        """A piece as prose."""
        if isinstance(piece, Piece):
            return Block(piece.kind, self._plain(piece), piece.start)
        for line in piece.lines:
            self._braces(line.text, line.offset)
        if not piece.closed:
            self.wrong(piece.offset, "the fence ``` is not closed.")
        return Block("code", "\n".join(line.text for line in piece.lines), piece.offset)


def prose(reading: Reading, found: Iterable[Line]) -> tuple[Block, ...]:
    """Lines that are there to be read; those that are played are no part of them."""
    return _blocks(reading, pieces(found))


def _blocks(reading: Reading, found: Iterable[Piece | Fence]) -> tuple[Block, ...]:
    given = ("session", "given")
    return tuple(reading.block(one) for one in found if not (isinstance(one, Fence) and one.words == given))


SECTIONS: Mapping[str, Callable[[Reading, Step, list[Piece | Fence]], Step]] = {
    "Goals": Reading.goals,
    "Feedback": Reading.feedback,
    "Hints": Reading.hints,
    "Predict": Reading.predict,
    "Solution": Reading.solution,
    "Tests": Reading.tests,
    "Quiz": Reading.quiz,
    "Instructor notes": Reading.notes,
}
"""What may stand under a step."""
