"""What is new for a learner after each line, as values; the one who shows them decides how."""

from typing import Literal, NamedTuple

from mailshell.core.script import Item
from mailshell.lesson.parts import Choice, Goal, Lesson, Prediction, Quiz, Step

Mark = Literal["done", "helped"]
"""How a step was passed: by the learner, or with the solution shown or played."""


class Entered(NamedTuple):
    """A step begins. Of its solution `given` was played already, and `left` client lines are left to do."""

    step: Step
    given: tuple[Item, ...] = ()
    left: int = 0


class Ticked(NamedTuple):
    """A goal holds now, or (`met` false) it did and does not any more."""

    goal: Goal
    met: bool


class Told(NamedTuple):
    """Feedback on what was done."""

    name: str
    says: str


class Predicted(NamedTuple):
    """The servers have answered a prediction: what was chosen, what is right (None: no choice), what came."""

    prediction: Prediction
    chosen: Choice
    right: Choice | None
    came: str


class Asked(NamedTuple):
    """The goals are reached, and a question comes."""

    quiz: Quiz


class Passed(NamedTuple):
    """A step is passed, and what was learned; `already`: its goals held when it began."""

    step: Step
    mark: Mark
    learned: str
    already: bool = False


class Returned(NamedTuple):
    """The world is again as it was when the goals of the step were reached, so that the next step can begin there."""


class Finished(NamedTuple):
    """That was the last step."""

    lesson: Lesson


class Crashed(NamedTuple):
    """Something of ours, or of the lesson, has failed: the learner did nothing wrong."""

    says: str


News = Entered | Ticked | Told | Predicted | Asked | Passed | Returned | Finished | Crashed
