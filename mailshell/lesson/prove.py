"""Whether a lesson does what it promises: it is played in a world of its own, with every variant.

a step begins unsolved           each `check` is false, each `keep` is true
the solution solves it           with its last line, and every expected answer comes
each test leads where it says    to the feedback of that name, or to the goals
each prediction has an answer    that is one of those to choose from
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from mailshell.core.script import Item, ScriptError
from mailshell.core.toml import Problem
from mailshell.lesson.check import Judgement, asking, judge
from mailshell.lesson.expression import filled, value, written
from mailshell.lesson.lint import lint
from mailshell.lesson.look import Look
from mailshell.lesson.parts import SOLVED, Lesson, Prediction, Step, Test
from mailshell.lesson.stage import acts, bound, parted, play, seat, typed
from mailshell.world.history import Moment
from mailshell.world.seat import SeatError

MOST = 20_000
"""Lines that are played to prove one lesson; one that has more is not proven."""


def prove(lesson: Lesson) -> list[Problem]:
    """All that is wrong with a lesson that could be read, in the order of the file."""
    found = lint(lesson)
    if _length(lesson) > MOST:
        says = f"with all its variants and tests the lesson plays more than {MOST:,} lines, and is not proven."
        return sorted([*found, Problem(0, says)])
    for seed in range(lesson.variants):
        proof = _Proof(lesson, seed)
        proof.run()
        if proof.problems:  # other variants would fail alike
            found += proof.problems
            break
    return sorted(set(found))


def _length(lesson: Lesson) -> int:
    steps = lesson.steps
    once = sum(len(one.given.items) + len(one.solution.items) for one in steps)
    tests = sum(len(test.lines.items) for one in steps for test in one.tests)
    return lesson.variants * (once * (1 + sum(bool(one.fade) for one in steps)) + tests)


class _Group(NamedTuple):
    """A line that does something, with the answers that are expected after it."""

    items: tuple[Item, ...]
    number: int


class _Proof:
    """One variant of a lesson, played once from the start to the end."""

    def __init__(self, lesson: Lesson, seed: int) -> None:
        self.problems: list[Problem] = []
        self._lesson = lesson
        self._values = lesson.values(seed)
        self._seat = seat(lesson)
        self._since: Moment = self._seat.history.now

    def run(self) -> None:
        """Play all steps, as far as they can be played."""
        for place, step in enumerate(self._lesson.steps):
            if not self._step(place, step):
                return

    def _wrong(self, offset: int, says: str) -> None:
        with_values = ", ".join(f"{name} = {one}" for name, one in self._values.items())
        self.problems.append(Problem(offset, f"{says} (With {with_values}.)" if with_values else says))

    def _judge(self, step: Step) -> Judgement:
        return judge(step, self._look, self._values)

    @property
    def _look(self) -> Look:
        return Look(self._seat, self._lesson.host, self._since)

    def _step(self, place: int, step: Step) -> bool:
        """Prove one step; whether the next one can begin after it."""
        self._since = self._seat.history.now
        if self._judge(step).passed:
            self._wrong(step.offset, f"the goals of {step.id} hold before the step begins, so it would be passed over.")
        try:
            two = parted(self._lesson, place, self._values)
        except (ScriptError, SeatError) as error:
            self._wrong(step.solution.offset, _sentence(error))
            return False
        for group in _groups((*bound(step.given.items, self._values), *two.given)):
            if not self._play(group):
                return False
        start = self._since = self._seat.history.now
        self._begins(step)
        for test in step.tests:
            self._test(step, test)
            self._seat.go(start)
        for one in step.predictions:
            self._predict(one)
            self._seat.go(start)
        return not step.checks or not step.solution.items or self._solve(step, list(_groups(two.left)))

    def _begins(self, step: Step) -> None:
        judged = self._judge(step)
        if judged.crash:
            self._wrong(step.offset, judged.crash)
            return
        for one in judged.goals:
            if one.met and one.goal.kind == "check":
                self._wrong(one.goal.offset, f"{one.goal.name} holds already when the step begins.")
            elif not one.met and one.goal.kind == "keep":
                why = " ".join(one.missing)
                self._wrong(one.goal.offset, f"{one.goal.name} does not hold when the step begins: {why}")

    def _solve(self, step: Step, groups: list[_Group]) -> bool:
        for count, group in enumerate(groups, 1):
            if not self._play(group):
                return False
            if count < len(groups) and self._judge(step).passed:
                says = "the step is passed after this line, so the rest of the solution belongs to the next step."
                self._wrong(self._place(group.number), says)
        judged = self._judge(step)
        for one in judged.goals:
            if not one.met:
                self._wrong(one.goal.offset, f"the solution does not reach {one.goal.name}: {' '.join(one.missing)}")
        return judged.passed

    def _test(self, step: Step, test: Test) -> None:
        for group in _groups(bound(test.lines.items, self._values)):
            if not self._play(group):
                return
        judged = self._judge(step)
        if test.expects == SOLVED:
            why = " ".join(why for one in judged.goals for why in one.missing)
            if not judged.passed:
                self._wrong(test.lines.offset, f"the test does not pass the step: {why}")
        elif judged.passed:
            self._wrong(test.lines.offset, f"the test passes the step, and should lead to the feedback {test.expects}.")
        elif judged.feedback is None or judged.feedback.name != test.expects:
            came = "no feedback" if judged.feedback is None else f"the feedback {judged.feedback.name}"
            says = f"the test leads to {came}, and should lead to {test.expects}. {self._said()}"
            self._wrong(test.lines.offset, says)

    def _said(self) -> str:
        last = self._look.last
        return "Nothing was answered." if last is None else f"The last answer is: {last['text']}."

    def _predict(self, one: Prediction) -> None:
        lines = [filled(line, self._values) for line in one.after]
        try:
            play(self._seat, self._lesson, typed(lines))
        except (ScriptError, SeatError) as error:
            self._wrong(one.offset, f"the lines of the prediction cannot be played: {error}")
            return
        came = str(value(one.what, asking(self._look), self._values))
        if came.casefold() not in [filled(choice.value, self._values).casefold() for choice in one.choices]:
            says = f"{written(one.what, self._values)} is {came} then, and no answer to choose begins so."
            self._wrong(one.offset, says)

    def _play(self, group: _Group) -> bool:
        """Play a line, and hold the answers against what is expected; whether it could be played."""
        try:
            misses = play(self._seat, self._lesson, group.items)
        except (ScriptError, SeatError) as error:
            self._wrong(self._place(group.number), _sentence(error))
            return False
        for miss in misses:
            came = "nothing more came" if miss.came is None else f"{miss.came} came"
            self._wrong(self._place(miss.number), f"{miss.wanted} is expected, and {came}.")
        return True

    def _place(self, number: int) -> int:
        """Where a line of the file begins."""
        return sum(len(line) + 1 for line in self._lesson.text.split("\n")[: number - 1])


def _sentence(error: Exception) -> str:
    head, _, rest = str(error).partition(": ")
    return rest if head.startswith("line ") and rest else str(error)


def _groups(items: Iterable[Item]) -> Iterator[_Group]:
    group: list[Item] = []
    for item in items:
        if acts(item) and group:
            yield _Group(tuple(group), group[0].number)
            group = []
        group.append(item)
    if group:
        yield _Group(tuple(group), group[0].number)
