"""The sections of a step, from pieces of Markdown to values; what is wrong is noted with its place."""

import re
from collections.abc import Callable, Mapping

from mailshell.core.near import near
from mailshell.lesson.markdown import Chapter, Fence, Piece, pieces
from mailshell.lesson.parts import SOLVED, Choice, Goal, Lines, Prediction, Quiz, Reaction, Step, Test
from mailshell.lesson.predicate import PredicateError, read_prediction
from mailshell.lesson.reading import CODE, GIVEN, NAME, Reading, blocks, prose

_PARTS = 40  # goals, hints and the like of one step


def step(reading: Reading, chapter: Chapter) -> Step:
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
            reading.wrong(at, f"{word} means nothing here: a step has {{#name}} or {{#name fade=backward}}.")
    if not id:
        reading.wrong(heading.offset, "a step has a name after its title, as in ## Say hello {#hello}.")
    if not heading.title:
        reading.wrong(heading.offset, "a step has a title.")
    reading.braces(heading.title, heading.offset)
    given = Lines()
    for piece in pieces(chapter.lines):
        if isinstance(piece, Fence) and piece.words == GIVEN:
            more = reading.session(piece)
            given = Lines((*given.items, *more.items), given.offset or more.offset)
    says = prose(reading, chapter.lines)
    return Step(id, heading.title, says, given=given, fade="backward" if fade else "", offset=heading.offset)


def section(reading: Reading, step: Step, title: str, chapter: Chapter) -> Step:
    """The step with what stands in one of its sections."""
    found = pieces(chapter.lines)
    at = chapter.heading.offset if chapter.heading else 0
    reading.closed(found)
    if not found:
        reading.wrong(at, f"the section {title} is empty.")
    if len(found) > _PARTS:
        reading.wrong(at, f"the section {title} has more than {_PARTS} parts.")
        return step
    return SECTIONS[title](reading, step, found)


def goals(reading: Reading, step: Step, found: list[Piece | Fence]) -> Step:
    """`- [ ] What is shown. `check name: predicate``."""
    goals = list(step.goals)
    for piece in reading.items(found, "a goal is - [ ] with a sentence, and `check name: predicate` at its end."):
        code = reading.code(piece, ("check", "keep"), "a goal ends with `check name: predicate` or `keep ...`.")
        if code is None:
            continue
        reading.unique(code.name, [goal.name for goal in goals], code)
        when = reading.predicate(code)
        says = reading.said(piece, code)
        if when is not None:
            goals.append(
                Goal(code.name, "keep" if code.word == "keep" else "check", says, when, code.start, piece.start)
            )
    return step._replace(goals=tuple(goals))


def feedback(reading: Reading, step: Step, found: list[Piece | Fence]) -> Step:
    """`- `when name: predicate` What is said.`"""
    reactions = list(step.feedback)
    for piece in reading.items(found, "feedback is a list: - `when name: predicate` and what is said."):
        code = reading.code(piece, ("when",), "feedback begins with `when name: predicate`.")
        if code is None:
            continue
        reading.unique(code.name, [SOLVED, *(one.name for one in reactions)], code)
        when = reading.predicate(code)
        says = reading.said(piece, code)
        if when is not None:
            reactions.append(Reaction(code.name, when, says, code.start, code.outer[1]))
    return step._replace(feedback=tuple(reactions))


def hints(reading: Reading, step: Step, found: list[Piece | Fence]) -> Step:
    """A list, the least first."""
    items = reading.items(found, "hints are a list: 1. and the first hint, then 2. and so on.")
    return step._replace(
        hints=(*step.hints, *(reading.plain(item) for item in items)),
        hint_offsets=(*step.hint_offsets, *(item.start for item in items)),
    )


def solution(reading: Reading, step: Step, found: list[Piece | Fence]) -> Step:
    """A fence, and what is said when the step is passed."""
    learned = []
    for piece in found:
        if isinstance(piece, Fence):
            if piece.words != ("session",) or step.solution.items:
                reading.wrong(piece.offset, "a step has one solution, in a fence that begins with ```session.")
            else:
                step = step._replace(solution=reading.session(piece))
        else:
            learned.append(reading.plain(piece))
    return step._replace(learned="\n".join(learned))


def tests(reading: Reading, step: Step, found: list[Piece | Fence]) -> Step:
    """Fences, each with what it leads to."""
    tests = list(step.tests)
    known = [SOLVED, *(one.name for one in step.feedback)]
    for piece in found:
        expects = piece.words[1].removeprefix("expects=") if isinstance(piece, Fence) and len(piece.words) == 2 else ""
        if not isinstance(piece, Fence) or piece.words[:1] != ("session",) or not expects:
            at = piece.offset if isinstance(piece, Fence) else piece.start
            reading.wrong(at, "a test is a fence that begins with ```session expects=name.")
        elif expects not in known:
            hint = near(expects, known) or f" There are: {', '.join(known)}."
            at = piece.offset + reading.text[piece.offset :].index(expects)
            reading.wrong(at, f"no feedback above is named {expects}.{hint}")
        else:
            tests.append(Test(expects, reading.session(piece)))
    return step._replace(tests=tuple(tests))


def predict(reading: Reading, step: Step, found: list[Piece | Fence]) -> Step:
    """A question, answers to choose from, and what the servers are asked."""
    made = list(step.predictions)
    question, choices = "", list[Choice]()
    at = 0
    for piece in found:
        if isinstance(piece, Fence):
            reading.wrong(piece.offset, "a prediction has no fence.")
        elif piece.kind == "item":
            at = at or piece.start
            choices.append(_choice(reading, piece, values=True))
        elif not CODE.match(reading.text, piece.start):
            question = f"{question} {reading.plain(piece)}".strip()
        else:
            one = _prediction(reading, piece, question, tuple(choices))
            if one is not None and one.name in [known.name for known in made]:
                reading.wrong(piece.start, f"a prediction is named {one.name} already.")
            made += [one] if one is not None else []
            question, choices, at = "", [], 0
    if choices or question:
        reading.wrong(at or reading.start(found[-1]), 'a prediction ends with `predict name: last.code after "DATA"`.')
    return step._replace(predictions=tuple(made))


def _prediction(reading: Reading, piece: Piece, question: str, choices: tuple[Choice, ...]) -> Prediction | None:
    code = reading.code(piece, ("predict",), 'a prediction ends with `predict name: last.code after "DATA"`.')
    if code is None:
        return None
    try:
        what, sort, after = read_prediction(reading.text, reading.terms, code.start, code.end)
    except PredicateError as error:
        reading.wrong(error.offset, error.says)
        return None
    if len(choices) < 2:
        reading.wrong(piece.start, "a prediction has two answers to choose from, or more: - [ ] 250, it is taken.")
    for choice in choices:
        if sort == "number" and not choice.value.isdecimal():
            reading.wrong(
                choice.offset, "this answer begins with a number, and a comma after it, as in 250, it is taken."
            )
    for line in after:
        reading.braces(line, code.start)
        if line.startswith(":"):
            reading.local(line, code.start)
    return Prediction(code.name, question, choices, what, sort, after, code.start)


def quiz(reading: Reading, step: Step, found: list[Piece | Fence]) -> Step:
    """Questions, each with its answers below."""
    made = list(step.quizzes)
    question, choices, at = "", list[Choice](), 0
    for piece in [*found, None]:
        if isinstance(piece, Fence):
            reading.wrong(piece.offset, "a quiz has no fence.")
        elif piece is not None and piece.kind == "item":
            choices.append(_choice(reading, piece))
        else:
            if choices:
                made.append(_question(reading, question, tuple(choices), at, made))
                question, choices = "", []
            if piece is not None:
                question, at = f"{question} {reading.plain(piece)}".strip(), piece.start
    if question:
        reading.wrong(at, "a question has answers below it: - [ ] wrong, or - [x] right.")
    return step._replace(quizzes=tuple(made))


def _question(reading: Reading, question: str, choices: tuple[Choice, ...], at: int, known: list[Quiz]) -> Quiz:
    found = re.search(r"\s*\{#([a-z][a-z0-9-]{0,39})\}$", question)
    name = found[1] if found else "quiz"
    at = at or choices[0].offset
    if name in [one.name for one in known]:
        reading.wrong(at, f"a question is named {name} already: write a name after the question, as in {{#why}}.")
    if not question:
        reading.wrong(at, "a question stands above its answers.")
    if [choice.right for choice in choices].count(True) != 1 or len(choices) < 2:
        reading.wrong(at, "a question has one right answer, - [x], and one or more wrong ones, - [ ].")
    return Quiz(name, question[: found.start()] if found else question, choices, at)


def _choice(reading: Reading, piece: Piece, *, values: bool = False) -> Choice:
    says = reading.plain(piece)
    if piece.box is None:
        reading.wrong(piece.start, "an answer to choose is - [ ] and its text.")
    elif values and piece.box != " ":
        reading.wrong(piece.start, "the servers say which prediction is right: write - [ ].")
    answer = " ".join(line.text.strip() for line in piece.answer)
    for line in piece.answer:
        reading.braces(line.text, line.offset)
    value = re.split(r"[,:]", says, maxsplit=1)[0].strip() if values else ""
    return Choice(says, answer, (piece.box or "").lower() == "x", value, piece.start)


def notes(reading: Reading, step: Step, found: list[Piece | Fence]) -> Step:
    """Prose for who teaches."""
    return step._replace(notes="\n\n".join(block.text for block in blocks(reading, found)))


SECTIONS: Mapping[str, Callable[[Reading, Step, list[Piece | Fence]], Step]] = {
    "Goals": goals,
    "Feedback": feedback,
    "Hints": hints,
    "Predict": predict,
    "Solution": solution,
    "Tests": tests,
    "Quiz": quiz,
    "Instructor notes": notes,
}
"""What may stand under a step."""
