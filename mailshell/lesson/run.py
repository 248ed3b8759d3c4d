"""A learner in a lesson: the step, its goals, hints, predictions and questions, and what is news after each line.

Who shows the lesson drives it so:

    run = Run(lesson, seat, learner)      the seat has the world of the lesson: stage.seat(lesson), or one like it
    news = run.start()                    enters the learner's step; the state of earlier ones is built first
    news = run.look()                     after everything that was typed, sent, undone: what is new
    run.goals, run.hint(), run.why()      at any time
    run.predict(name, choice)             a guess, which the servers answer when the line is sent
    run.answer(name, choice)              an answer to a question
    run.goto(id), run.reset()             to another step; to the start of this one
    run.leave(), run.back()               free play, and back to where it began
    run.learner                           one value, to be kept: `progress` writes it

News are values; the one who shows them decides how. No method prints, and none but those that play lines of the
lesson (start, look, goto, answer, onward) or travel in time (goto, reset, back) touches the world.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from mailshell.core.record import Phase
from mailshell.core.script import Item, ScriptError
from mailshell.lesson.check import Judgement, Standing, asking, crash, judge
from mailshell.lesson.expression import Values, filled, value
from mailshell.lesson.look import Look
from mailshell.lesson.news import (
    Asked,
    Crashed,
    Entered,
    Finished,
    Mark,
    News,
    Passed,
    Predicted,
    Returned,
    Ticked,
    Told,
)
from mailshell.lesson.parts import Choice, Lesson, Prediction, Quiz, Step
from mailshell.lesson.stage import Parted, acts, bound, parted, play, whole
from mailshell.world.history import Moment
from mailshell.world.play import Hands
from mailshell.world.seat import Seat, SeatError


class Learner(NamedTuple):
    """How far somebody is in a lesson, to be kept.

    `step` is the present one (empty: the lesson has not begun, or is over), `hints` counts those that were shown for
    each step. What was predicted, and what was answered so far, stands under `step/name`, as the numbers of the
    choices from 0.
    """

    lesson: str
    seed: int = 0
    step: str = ""
    marks: Mapping[str, Mark] = MappingProxyType({})
    hints: Mapping[str, int] = MappingProxyType({})
    predictions: Mapping[str, int] = MappingProxyType({})
    answers: Mapping[str, tuple[int, ...]] = MappingProxyType({})


Stand = tuple[int, Phase, bool]
"""Where a connection stands: its number in the world, its phase, whether it is closed."""


class Run:
    """See the module. `hands` play the lines of the lesson, where that is not the seat itself."""

    def __init__(self, lesson: Lesson, seat: Seat, learner: Learner | None = None, hands: Hands | None = None) -> None:
        self.lesson = lesson
        self.seat = seat
        self.learner = learner or Learner(lesson.id)
        self.values: Values = lesson.values(self.learner.seed)
        self._hands = hands
        self._since = self._start = seat.history.now
        self._seen = seat.history.now.number
        self._newest = self._seen
        self._met: frozenset[str] = frozenset()
        self._reached: Moment | None = None  # the goals of this step held then for the first time
        self._stood: Mapping[int, Stand] = {}  # and the connections stood so
        self._shown = False  # its solution was shown
        self._settled: frozenset[str] = frozenset()  # predictions that the servers have answered
        self._left: Moment | None = None
        self._parted = Parted((), ())

    # What there is to show.

    @property
    def over(self) -> bool:
        """Whether the lesson is over."""
        return self.lesson.step(self.learner.step) is None

    @property
    def place(self) -> int:
        """The place of the present step, from 0; how many steps there are, when the lesson is over."""
        found = self.lesson.step(self.learner.step)
        return len(self.lesson.steps) if found is None else found

    @property
    def step(self) -> Step:
        """The present step; the last one, when the lesson is over."""
        return self.lesson.steps[min(self.place, len(self.lesson.steps) - 1)]

    @property
    def free(self) -> bool:
        """Whether the learner plays, and nothing is checked."""
        return self._left is not None

    @property
    def goals(self) -> tuple[Standing, ...]:
        """The goals as they stand now."""
        return self._judged.goals

    @property
    def _judged(self) -> Judgement:
        return judge(self.step, self._look, self.values)

    @property
    def _look(self) -> Look:
        return Look(self.seat, self.lesson.host, self._since)

    def text(self, says: str) -> str:
        """A text of the lesson with the learner's values in it."""
        return filled(says, self.values)

    @property
    def prediction(self) -> Prediction | None:
        """What the learner should predict before the next line: not chosen yet, and not answered by the servers."""
        for one in self.step.predictions:
            key = f"{self.step.id}/{one.name}"
            if key not in self._settled and key not in self.learner.predictions:
                return one
        return None

    @property
    def quiz(self) -> Quiz | None:
        """The question that is to be answered now."""
        return self._open_quiz() if self._reached is not None else None

    # What the learner does.

    def hint(self) -> str | None:
        """The next hint; the last one again, when there are no more; None where the step has none."""
        hints, step = self.step.hints, self.step.id
        if not hints:
            return None
        shown = min(self.learner.hints.get(step, 0), len(hints) - 1)
        self.learner = self.learner._replace(hints={**self.learner.hints, step: shown + 1})
        return self.text(hints[shown])

    def hints(self) -> list[str]:
        """The hints that were shown."""
        return [self.text(one) for one in self.step.hints[: self.learner.hints.get(self.step.id, 0)]]

    def why(self) -> list[tuple[str, tuple[str, ...]]]:
        """What is missing: the words of each goal that does not hold, with the reasons."""
        judged = self._judged
        if judged.crash:
            return [(judged.crash, ("This is a mistake of mailshell or of the lesson, not yours.",))]
        return [(self.text(one.goal.says), one.missing) for one in judged.goals if not one.met]

    def solution(self) -> tuple[Item, ...]:
        """The lines that are left of the solution; whoever asks for them passes the step with help."""
        self._shown = self._shown or bool(self._parted.left)
        return self._parted.left

    def predict(self, name: str, choice: int) -> None:
        """Choose the answer that the servers will give, by its number from 0."""
        key = f"{self.step.id}/{name}"
        self.learner = self.learner._replace(predictions={**self.learner.predictions, key: choice})

    def answer(self, name: str, choice: int) -> tuple[Choice, list[News]]:
        """Answer a question of this step, by the number of the choice from 0: the choice, and what is new then."""
        quiz = next(one for one in self.step.quizzes if one.name == name)
        key = f"{self.step.id}/{name}"
        given = (*self.learner.answers.get(key, ()), choice)
        self.learner = self.learner._replace(answers={**self.learner.answers, key: given})
        chosen = quiz.choices[choice]
        return chosen, self._after_goals() if chosen.right and self._reached is not None else []

    def onward(self) -> list[News]:
        """Leave the questions of a step whose goals are reached, and go to the next step."""
        return self._pass() if self._reached is not None and not self.over else []

    # The way through the lesson.

    def start(self) -> list[News]:
        """Enter the learner's step (the first one, where there is none); the state of the steps before is built."""
        step = self.learner.step or self.lesson.steps[0].id
        place = self.lesson.step(step)
        if not place:
            return self._enter(0)
        return self.goto(step)

    def goto(self, id: str) -> list[News]:
        """Go to a step. The solutions of those before it are played, and those not passed yet are marked as helped."""
        place = self.lesson.step(id)
        if place is None:
            raise SeatError(
                f"This lesson has no step {id}. There are: {', '.join(one.id for one in self.lesson.steps)}."
            )
        self._left = None
        self.seat.reset()
        before = self.lesson.steps[:place]
        for step in before:
            try:
                play(self.seat, self.lesson, whole(step, self.values), self._hands)
            except (ScriptError, SeatError) as error:
                return [Crashed(f"The solution of the step {step.id} cannot be played: {error}")]
        helped: dict[str, Mark] = {step.id: "helped" for step in before}
        self.learner = self.learner._replace(marks={**helped, **self.learner.marks})
        return self._enter(place)

    def reset(self) -> None:
        """Go back to the start of the step."""
        self._left = None
        self.seat.go(self._start)
        self._seen = self._start.number
        self._reached, self._settled = None, frozenset()
        self._met = self._now_met()

    def leave(self) -> None:
        """Begin free play: nothing is checked until `back`."""
        self._left = self._left or self.seat.history.now

    def back(self) -> None:
        """Go back to where free play began."""
        if self._left is not None:
            self.seat.go(self._left)
            self._left = None
            self._seen = self.seat.history.now.number
            self._newest = max(self._newest, self._seen)

    def look(self) -> list[News]:
        """What is new since the last time."""
        now = self.seat.history.now.number
        if now == self._seen or self.free or self.over:
            return []
        fresh, self._seen = now > self._newest, now  # undo and redo lead to moments that are known
        self._newest = max(self._newest, now)
        judged = self._judged
        if judged.crash:
            return [Crashed(judged.crash)]
        try:
            news = self._predicted() if fresh else []
        except Exception as error:  # as in a check: our fault, and never a wrong guess
            return [Crashed(crash(error))]
        news += self._ticks(judged)
        if judged.passed and self._reached is None:
            return [*news, *self._after_goals()]
        if fresh and self._reached is not None:
            news += self._unanswered()
        elif fresh and judged.feedback is not None:
            news.append(Told(judged.feedback.name, self.text(judged.feedback.says)))
        return news

    def _unanswered(self) -> list[News]:
        """A line that was refused while a question is open: it may have been meant as an answer."""
        look = self._look
        meant = not look.local and look.last is not None and look.last["verdict"] == "refused"
        return [Told("unanswered", "The server got this line. A number answers the question.")] if meant else []

    def _ticks(self, judged: Judgement) -> list[News]:
        before, self._met = self._met, frozenset(one.goal.name for one in judged.goals if one.met)
        return [Ticked(one.goal, one.met) for one in judged.goals if (one.goal.name in before) != one.met]

    def _now_met(self) -> frozenset[str]:
        return frozenset(one.goal.name for one in self.goals if one.met)

    def _predicted(self) -> list[News]:
        look, news = self._look, list[News]()
        for one in self.step.predictions:
            key = f"{self.step.id}/{one.name}"
            line = self.text(one.after[-1])
            typed = look.local if line.startswith(":") else str(look.last["line"]) if look.last else ""
            if key in self._settled or _bare(typed) != _bare(line):
                continue
            self._settled |= {key}
            came = str(value(one.what, asking(look), self.values))
            right = next(
                (choice for choice in one.choices if self.text(choice.value).casefold() == came.casefold()), None
            )
            if key in self.learner.predictions:
                news.append(Predicted(one, one.choices[self.learner.predictions[key]], right, came))
        return news

    def _open_quiz(self) -> Quiz | None:
        for one in self.step.quizzes:
            given = self.learner.answers.get(f"{self.step.id}/{one.name}", ())
            if not any(one.choices[choice].right for choice in given):
                return one
        return None

    def _after_goals(self, already: bool = False) -> list[News]:
        if self._reached is None:
            self._reached, self._stood = self.seat.history.now, self._stand()
        quiz = self._open_quiz()
        return [Asked(quiz)] if quiz is not None else self._pass(already)

    def _pass(self, already: bool = False) -> list[News]:
        step, place = self.step, self.place
        mark: Mark = "helped" if self._shown else "done"
        self.learner = self.learner._replace(marks={**self.learner.marks, step.id: mark})
        passed = Passed(step, mark, self.text(step.learned), already)
        if place + 1 < len(self.lesson.steps):
            return [passed, *self._return(), *self._enter(place + 1)]
        self.learner = self.learner._replace(step="")
        return [passed, Finished(self.lesson)]

    def _return(self) -> list[News]:
        """Go to where the goals were reached, unless the connections still stand so: the next step counts on that."""
        if self._reached is None or (self.seat.history.holds(self._reached) and self._stand() == self._stood):
            return []
        self.seat.go(self._reached)
        return [Returned()]

    def _stand(self) -> Mapping[int, Stand]:
        return {number: (link.wire.number, link.session.phase, link.closed) for number, link in self.seat.links.items()}

    def _enter(self, place: int) -> list[News]:
        step = self.lesson.steps[place]
        self.learner = self.learner._replace(step=step.id)
        self._shown = False
        self._settled = frozenset()
        self._parted = Parted((), bound(step.solution.items, self.values))
        self._here()
        if self._judged.passed:
            return [Entered(step), *self._after_goals(already=True)]
        news = self._begin(step, place)
        self._here()
        return news if step.checks else [*news, *self._after_goals()]

    def _here(self) -> None:
        """The step begins at this moment."""
        self._start = self._since = self.seat.history.now
        self._seen = self._newest = self._start.number
        self._reached = None
        self._met = self._now_met()

    def _begin(self, step: Step, place: int) -> list[News]:
        """Play what the step gives."""
        try:
            self._parted = parted(self.lesson, place, self.values)
            given = (*bound(step.given.items, self.values), *self._parted.given)
            play(self.seat, self.lesson, given, self._hands)
        except (ScriptError, SeatError) as error:
            return [Entered(step), Crashed(f"What the step {step.id} begins with cannot be played: {error}")]
        left = sum(map(acts, self._parted.left))
        return [Entered(step, given, left)]


def _bare(line: str) -> str:
    """A line without what makes no difference: the case of its letters, and spaces around it."""
    return line.strip().casefold()
