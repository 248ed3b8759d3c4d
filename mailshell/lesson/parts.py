"""What a lesson consists of: frozen values, as the reader of lesson files makes them."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal, NamedTuple

from mailshell.core.script import Item
from mailshell.core.session import Sort
from mailshell.lesson.expression import Expression
from mailshell.mail.host import Traits
from mailshell.world.plan import Plan

if TYPE_CHECKING:
    from mailshell.core.toml import Problem  # it loads tomllib, and the screen of a lesson begins without it

FORMAT = 1
"""The format of lesson files that this mailshell reads."""

Fade = Literal["", "backward"]


class Block(NamedTuple):
    """A piece of prose: a paragraph (`text`), an item of a list (`item`), or lines as they are (`code`)."""

    kind: Literal["text", "item", "code"]
    text: str
    offset: int = 0


class Goal(NamedTuple):
    """What is to be reached (`check`), or to stay as it is (`keep`): the words and the predicate are one line.

    `offset` is where the predicate stands in the file, `place` where the words do.
    """

    name: str
    kind: Literal["check", "keep"]
    says: str
    when: Expression
    offset: int = 0
    place: int = 0


class Reaction(NamedTuple):
    """What is said when a step is not passed and `when` holds; the first one that does is said."""

    name: str
    when: Expression
    says: str
    offset: int = 0
    place: int = 0


class Choice(NamedTuple):
    """One answer that may be chosen: what it says, the answer to it, and whether it is right.

    Of a prediction, `value` is what the servers must give for it to be right.
    """

    says: str
    answer: str = ""
    right: bool = False
    value: str = ""
    offset: int = 0


class Quiz(NamedTuple):
    """A question with answers to choose from, of which one is right."""

    name: str
    question: str
    choices: tuple[Choice, ...]
    offset: int = 0


class Prediction(NamedTuple):
    """A question that the servers answer: what `what` is after the lines were sent.

    A line that begins with a colon is a command of mailshell.
    """

    name: str
    question: str
    choices: tuple[Choice, ...]
    what: Expression
    sort: Sort
    after: tuple[str, ...]
    offset: int = 0


class Lines(NamedTuple):
    """Lines of a transcript; the numbers of the items are those of the lines in the file."""

    items: tuple[Item, ...] = ()
    offset: int = 0


class Test(NamedTuple):
    """Lines that lead to the feedback named `expects`, or, with `solved`, to all goals of the step."""

    expects: str
    lines: Lines


SOLVED = "solved"
"""What a test expects that shows another way to pass the step."""


class Step(NamedTuple):
    """One step. `given` is played when it begins; with `fade` the first lines of the solution are, too.

    `learned` is said when the step is passed; `notes` are for who teaches.
    """

    id: str
    title: str
    says: tuple[Block, ...] = ()
    goals: tuple[Goal, ...] = ()
    feedback: tuple[Reaction, ...] = ()
    hints: tuple[str, ...] = ()
    predictions: tuple[Prediction, ...] = ()
    solution: Lines = Lines()
    tests: tuple[Test, ...] = ()
    quizzes: tuple[Quiz, ...] = ()
    learned: str = ""
    notes: str = ""
    given: Lines = Lines()
    fade: Fade = ""
    offset: int = 0
    hint_offsets: tuple[int, ...] = ()

    @property
    def checks(self) -> bool:
        """Whether there is something to reach."""
        return any(goal.kind == "check" for goal in self.goals)


class Lesson(NamedTuple):
    """One lesson file. `vary` has the values of each name, equally many: a learner gets those of one place.

    `traits` are the habits of the hosts, `host` is the one that the learner talks to.
    """

    id: str
    title: str
    protocol: str
    host: str
    plan: Plan
    traits: Traits
    needs: tuple[str, ...]
    teaches: tuple[str, ...]
    vary: Mapping[str, tuple[str | int, ...]]
    says: tuple[Block, ...]
    steps: tuple[Step, ...]
    text: str
    """The whole file, for errors that are found later."""

    @property
    def variants(self) -> int:
        """How many variants there are."""
        return max((len(values) for values in self.vary.values()), default=1)

    def values(self, seed: int) -> Mapping[str, str | int]:
        """What the learner with that seed has in the place of each `{name}`."""
        return {name: values[seed % len(values)] for name, values in self.vary.items()}

    def step(self, id: str) -> int | None:
        """The place of the step of that name; None where there is none."""
        return next((place for place, step in enumerate(self.steps) if step.id == id), None)


class LessonError(Exception):
    """A text is no lesson; `problems` are in the order of their places in `text`."""

    def __init__(self, text: str, problems: "tuple[Problem, ...]") -> None:
        super().__init__(problems[0].says)
        self.text = text
        self.problems = problems
