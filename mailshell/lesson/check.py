"""How far a learner is in a step: a function of the step and of the state, and of nothing else."""

from typing import NamedTuple

from mailshell.core.session import Scalar
from mailshell.lesson.expression import Ask, Values, holds, missing
from mailshell.lesson.look import Look
from mailshell.lesson.parts import Goal, Reaction, Step
from mailshell.lesson.schema import schema


class Standing(NamedTuple):
    """A goal as it stands now; `missing` says why it does not hold, a sentence each."""

    goal: Goal
    met: bool
    missing: tuple[str, ...] = ()

    @property
    def word(self) -> str:
        """met, unmet, or broken: something that was to stay true is not true any more."""
        return "met" if self.met else "broken" if self.goal.kind == "keep" else "unmet"


class Judgement(NamedTuple):
    """All goals of a step as they stand, and the feedback that fits.

    `crash` is empty, or says how a check of ours has failed: then nothing is known about the learner.
    """

    goals: tuple[Standing, ...]
    feedback: Reaction | None = None
    crash: str = ""

    @property
    def passed(self) -> bool:
        """All goals hold, of which one at least was to be reached."""
        checks = any(one.goal.kind == "check" for one in self.goals)
        return not self.crash and checks and all(one.met for one in self.goals)


def crash(error: Exception) -> str:
    """How a check of ours has failed, for people."""
    return f"A check of this lesson has failed: {type(error).__name__}: {error}"


def asking(look: Look) -> Ask:
    """The state, for expressions."""
    known = schema().by_path

    def ask(path: tuple[str, ...], keys: tuple[str, ...]) -> Scalar:
        return known[path].read(look, keys)

    return ask


def judge(step: Step, look: Look, values: Values) -> Judgement:
    """How far the learner is; never raises."""
    ask = asking(look)
    try:
        goals = tuple(_standing(goal, ask, values) for goal in step.goals)
        reaction = next((one for one in step.feedback if holds(one.when, ask, values)), None)
    except Exception as error:  # whatever fails in a check is our fault, and never a wrong answer
        goals = tuple(Standing(goal, False) for goal in step.goals)
        return Judgement(goals, None, crash(error))
    return Judgement(goals, reaction)


def _standing(goal: Goal, ask: Ask, values: Values) -> Standing:
    found = missing(goal.when, ask, values)
    return Standing(goal, not found, tuple(found))
