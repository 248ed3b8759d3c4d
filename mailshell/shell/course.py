"""Which lesson a learner takes, and what is kept about it: `mailshell learn`, `:learn`, `:next`."""

import random
from typing import NamedTuple

from mailshell.core.near import near
from mailshell.lesson import progress, shipped
from mailshell.lesson.parts import Lesson, LessonError
from mailshell.lesson.progress import Kept
from mailshell.lesson.run import Learner
from mailshell.shell.located import told
from mailshell.shell.options import OptionError
from mailshell.shell.paths import progress_file
from mailshell.shell.text import number, safe


class Course(NamedTuple):
    """A lesson, and how far the learner is in it.

    `name` is what `mailshell learn` takes for it; of the `lessons` that come with mailshell it is number
    `number`, from 1 (0: it is a file). `path` is the progress file; empty: nothing is kept. `complaint` says what is
    wrong with that file.
    """

    lesson: Lesson
    name: str
    number: int
    lessons: int
    learner: Learner
    path: str = ""
    complaint: str = ""

    @property
    def called(self) -> str:
        """Which lesson it is: lesson 2/6, or its name where it is a file."""
        return f"lesson {self.number}/{self.lessons}" if self.number else f"lesson {self.lesson.id}"


def chosen(asked: str, *, keeps: bool, seed: int | None = None) -> Course:
    """The lesson that somebody asks for as `LESSON#STEP`, each by name or number; where nothing is asked, what is next.

    Without `keeps` nothing is read or kept, and the lesson begins at its first step. `seed` picks the values of a
    lesson that begins. Raises OptionError.
    """
    path = progress_file() if keeps else ""
    kept = progress.load(path) if keeps else Kept()
    name, _, step = asked.partition("#")
    name = _named(name) or _following(kept)
    try:
        lesson = shipped.load(shipped.path_of(name))
    except shipped.UnknownLesson as error:
        raise OptionError(safe(str(error))) from None
    except LessonError as error:
        raise OptionError("\n".join(told(name, error.text, error.problems))) from None
    names = list(shipped.lessons())
    learner = _learner(lesson, kept.learner(lesson.id), step, seed if keeps else seed or 0)
    place = names.index(name) + 1 if name in names else 0
    return Course(lesson, name, place, len(names), learner, path, kept.complaint)


def _named(name: str) -> str:
    """The name of a lesson for its number, or for words that only one name has; anything else as it is."""
    names, at = list(shipped.lessons()), number(name)
    if at is not None and 0 < at <= len(names):
        return names[at - 1]
    found = [one for one in names if name and name.lower() in one]
    return found[0] if len(found) == 1 else name


def _following(kept: Kept) -> str:
    """The lesson that comes next: the one that was taken last, unless it is over; then the next that was not begun."""
    names = list(shipped.lessons())
    taken = [one for one in kept.learners.values() if one.lesson in names]
    if not taken:
        return names[0]
    if taken[-1].step:
        return taken[-1].lesson
    return _next(taken[-1].lesson, kept) or names[0]


def after(course: Course) -> str:
    """The lesson that comes after one that is over: the next of those that are not; empty where all are."""
    return _next(course.name, progress.load(course.path) if course.path else Kept())


def _next(name: str, kept: Kept) -> str:
    names = list(shipped.lessons())
    at = names.index(name) + 1 if name in names else 0
    others = [one for one in [*names[at:], *names[:at]] if one != name]
    return next((one for one in others if not _over(kept.learner(one))), "")


def titled(name: str) -> str:
    """A lesson by its number and title: lesson 3/6, Reply codes."""
    names = list(shipped.lessons())
    return f"lesson {names.index(name) + 1}/{len(names)}, {shipped.load(shipped.path_of(name)).title}"


def _over(learner: Learner | None) -> bool:
    return learner is not None and not learner.step


def _learner(lesson: Lesson, known: Learner | None, step: str, seed: int | None) -> Learner:
    """The learner at the step that was asked for, or where they were; a lesson that was over begins with new values."""
    if known is None:
        known = Learner(lesson.id, random.randrange(1 << 16) if seed is None else seed)
    elif not known.step or lesson.step(known.step) is None:
        known = Learner(lesson.id, known.seed + 1 if seed is None else seed, marks=known.marks)
    return known._replace(step=step_of(lesson, step)) if step else known


def step_of(lesson: Lesson, step: str) -> str:
    """The name of a step, for its name or its number; raises OptionError."""
    names, at = [one.id for one in lesson.steps], number(step)
    if at is not None and 0 < at <= len(names):
        return names[at - 1]
    if step not in names:
        text = f"{safe(step)} is no step of the lesson {lesson.id}.{near(step, names)} There are: {', '.join(names)}."
        raise OptionError(text)
    return step


def kept_now(kept: Kept, learner: Learner) -> Kept:
    """What is kept, with news of one lesson: it is the one that was taken last."""
    others = {name: one for name, one in kept.learners.items() if name != learner.lesson}
    return kept._replace(learners={**others, learner.lesson: learner})
