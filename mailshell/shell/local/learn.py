"""In a lesson: the task, hints, what is missing, answers, the way through its steps, and other lessons."""

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

from mailshell.core.transcript import Entry
from mailshell.shell.meta import Choice, Meta, no_argument
from mailshell.shell.text import safe
from mailshell.world.seat import SeatError

if TYPE_CHECKING:
    from mailshell.shell.course import Course
    from mailshell.shell.tutor import Tutor


def begin(meta: Meta, course: "Course") -> None:
    """Connect, and begin a lesson in the world that is there."""
    from mailshell.shell.tutor import Tutor

    greeting: list[Entry] = []
    show, meta.show = meta.show, greeting.append
    meta.seat.connect(course.lesson.host, course.lesson.protocol)
    meta.show = show
    meta.lesson = Tutor(meta, course)
    meta.lesson.start(greeting)


def leave(meta: Meta) -> None:
    """The session is over."""
    if meta.lesson is not None:
        meta.lesson.leave()


def status(meta: Meta) -> int:
    """The exit status of a script: 4, and words on stderr, where it was to pass a lesson, and has not."""
    if meta.lesson is None or meta.lesson.run.over:
        return 0
    print(safe(f"mailshell: the lesson is not passed: {meta.lesson.where} is open."), file=sys.stderr)
    return 4


def _tutor(meta: Meta, name: str) -> "Tutor":
    """The lesson that is going on, for a command that needs one."""
    if meta.lesson is None:
        raise SeatError(f":{name} belongs to a lesson, and none is going on. :learn begins one.")
    return meta.lesson


def learn(meta: Meta, rest: str) -> None:
    """`:learn [LESSON[#STEP]]`: leave this world for a lesson."""
    # Imported here because most sessions have no lesson.
    from mailshell.shell.course import chosen
    from mailshell.shell.options import OptionError

    try:
        chosen(rest, keeps=True)
    except OptionError as error:
        raise SeatError(str(error)) from None
    meta.then, meta.over = rest, True


def lessons(meta: Meta, text: str) -> Iterable[Choice]:
    """The lessons, with their titles."""
    from mailshell.lesson import shipped

    for name, path in shipped.lessons().items():
        if name.startswith(text):
            yield Choice(name, len(text), shipped.load(path).title)


def roadmap(meta: Meta, rest: str) -> None:
    """`:lessons`."""
    from mailshell.shell.roadmap import drawn

    no_argument("lessons", rest)
    meta.read(drawn(meta.renderer.view, meta.lesson.course.path if meta.lesson is not None else None))


def task(meta: Meta, rest: str) -> None:
    """`:task`."""
    tutor = _tutor(meta, "task")
    no_argument("task", rest)
    tutor.task()


def fold(meta: Meta, rest: str) -> None:
    """`:fold`."""
    tutor = _tutor(meta, "fold")
    no_argument("fold", rest)
    meta.redrawing("fold")
    tutor.folded = not tutor.folded


def hint(meta: Meta, rest: str) -> None:
    """`:hint`."""
    tutor = _tutor(meta, "hint")
    no_argument("hint", rest)
    tutor.hint()


def check(meta: Meta, rest: str) -> None:
    """`:check`."""
    tutor = _tutor(meta, "check")
    no_argument("check", rest)
    tutor.check()


def answer(meta: Meta, rest: str) -> None:
    """`:answer NUMBER`."""
    tutor = _tutor(meta, "answer")
    if tutor.question is None:
        raise SeatError("No question is open. :task shows the task.")
    at = tutor.choice(rest)
    if at is None:
        raise SeatError(f":answer wants a number from 1 to {len(tutor.question.choices)}, as in :answer 1.")
    tutor.answer(at)


def answers(meta: Meta, text: str) -> Iterable[Choice]:
    """The answers to the question that is open."""
    asked = meta.lesson.question if meta.lesson is not None else None
    for at, choice in enumerate(asked.choices if asked is not None else (), 1):
        if str(at).startswith(text) and meta.lesson is not None:
            yield Choice(str(at), len(text), meta.lesson.run.text(choice.says))


def solution(meta: Meta, rest: str) -> None:
    """`:solution`."""
    tutor = _tutor(meta, "solution")
    no_argument("solution", rest)
    tutor.solution()


def goto(meta: Meta, rest: str) -> None:
    """`:goto STEP`."""
    tutor = _tutor(meta, "goto")
    if not rest:
        raise SeatError(f":goto wants a step. There are: {', '.join(step.id for step in tutor.run.lesson.steps)}.")
    tutor.goto(rest)


def steps(meta: Meta, text: str) -> Iterable[Choice]:
    """The steps of the lesson, with their titles."""
    for step in meta.lesson.run.lesson.steps if meta.lesson is not None else ():
        if step.id.startswith(text):
            yield Choice(step.id, len(text), step.title)


def again(meta: Meta, rest: str) -> None:
    """`:again`."""
    tutor = _tutor(meta, "again")
    no_argument("again", rest)
    tutor.reset()


def free(meta: Meta, rest: str) -> None:
    """`:free`: begin free play, or end it."""
    tutor = _tutor(meta, "free")
    no_argument("free", rest)
    tutor.free()


def onward(meta: Meta, rest: str) -> None:
    """`:next`: past the questions of a step whose goals are reached, or to the next lesson."""
    tutor = _tutor(meta, "next")
    no_argument("next", rest)
    if not tutor.run.over:
        tutor.onward()
        return
    from mailshell.shell.course import after

    following = after(tutor.course)
    if not following:
        raise SeatError("All lessons are done. :lessons draws the map, and :learn takes one of them again.")
    meta.then, meta.over = following, True
