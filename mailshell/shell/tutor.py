"""A lesson in the shell: it looks after every line, says what is news, and keeps how far the learner is."""

from collections.abc import Callable

from mailshell.core.explain import masked
from mailshell.core.script import Item
from mailshell.core.transcript import Entry
from mailshell.lesson import progress
from mailshell.lesson.check import Standing
from mailshell.lesson.news import Entered, News
from mailshell.lesson.parts import Prediction, Quiz, Step
from mailshell.lesson.run import Run
from mailshell.shell.board import Board
from mailshell.shell.course import Course, kept_now, step_of
from mailshell.shell.local import travel
from mailshell.shell.meta import Meta
from mailshell.shell.options import OptionError
from mailshell.shell.prose import bare
from mailshell.shell.telling import Telling
from mailshell.shell.text import number
from mailshell.world import play
from mailshell.world.play import Hands
from mailshell.world.seat import SeatError

Held = Entry | list[str]
"""A step of a conversation, or words of mailshell, that wait until the learner has read what they belong to."""


Question = Prediction | Quiz
"""What the learner is asked: to predict an answer of the servers, or what they have understood."""


class Tutor:
    """One lesson for one learner, who is connected. `look` is called after everything that was typed."""

    def __init__(self, meta: Meta, course: Course) -> None:
        self.course = course
        self.folded = False
        self._meta = meta
        self._held: list[Held] | None = None  # while lines of the lesson are played
        self._starts: list[int] = []  # where in it each line of the lesson begins
        self._broken = False  # the progress cannot be kept, and that was said
        self.run = Run(course.lesson, meta.seat, course.learner, Hands(self._send, self._local))
        self._saved = self.run.learner
        self._telling = Telling(meta, self.run, course)
        self._goals: tuple[int, str, tuple[Standing, ...]] = (-1, "", ())

    # What there is to show.

    @property
    def goals(self) -> tuple[Standing, ...]:
        """The goals as they stand now; they are looked at once a moment, however often they are drawn."""
        now, step = self._meta.seat.history.now.number, self.run.learner.step
        if self._goals[:2] != (now, step) and not self.run.free:
            self._goals = now, step, self.run.goals
        return self._goals[2]

    @property
    def board(self) -> Board:
        """The rows above the prompt."""
        run, where = self.run, self.course.called
        if run.over:
            return Board(f"{where} · {run.lesson.title} · passed")
        title = f"{where} · {self.where}"
        if run.free:
            return Board(f"free play, :free goes back · {title}")
        goals = [(one.word, run.text(one.goal.says)) for one in self.goals]
        count = len(run.step.quizzes)
        if count:
            goals.append(("unmet", "A question is answered." if count == 1 else f"{count} questions are answered."))
        return Board(title, tuple(goals), self.folded)

    @property
    def where(self) -> str:
        """The step: step 3/5 Who gets it."""
        run = self.run
        return f"step {run.place + 1}/{len(run.lesson.steps)} {bare(run.step.title)}"

    @property
    def question(self) -> Question | None:
        """What the learner is asked now."""
        return None if self.run.over or self.run.free else self.run.quiz or self.run.prediction

    def choice(self, text: str) -> int | None:
        """The choice that a line names, from 0: a question is open, and the line is the number of an answer."""
        at, asked = number(text.strip()), self.question
        return at - 1 if asked is not None and at is not None and 0 < at <= len(asked.choices) else None

    # What happens.

    def start(self, greeting: list[Entry]) -> None:
        """The lesson begins below the greeting, or goes on where the learner was."""
        if self.course.complaint:
            self._meta.out(self._meta.renderer.error(self.course.complaint))
        self._telling.opening()
        # The steps before another one than the first begin with a greeting of their own.
        for entry in greeting if not self.run.lesson.step(self.run.learner.step) else ():
            self._meta.show(entry)
        self.act(self.run.start)

    def look(self) -> None:
        """Something was typed: say what is new."""
        if self._held is None:
            self.act(self.run.look)

    def act(self, do: Callable[[], list[News]]) -> None:
        """Let the lesson do something, and say what is new."""
        out, self._held, self._starts = self._meta.out, [], []
        self._meta.out = self._held.append
        try:
            news = do()
            self._meta.watch.rest()
        finally:
            held, self._held, self._meta.out = self._held, None, out
        self._show(news, held)
        self.save()

    def holds(self, entry: Entry) -> bool:
        """Whether a step of a conversation is one of the lesson's own, and is shown in its place."""
        if self._held is None:
            return False
        self._held.append(entry)
        return True

    def _send(self, octets: bytes, text: str) -> None:
        self._begins()
        shown = masked(text.encode("utf-8", "surrogateescape")).decode("utf-8", "surrogateescape")
        self._meta.seat.send(octets, f"C: {shown[:60]}".rstrip())

    def _local(self, item: Item) -> None:
        self._begins()
        play.local(self._meta.seat, item)

    def _begins(self) -> None:
        if self._held is not None:
            self._starts.append(len(self._held))

    def _show(self, news: list[News], held: list[Held]) -> None:
        """Say what is new; what was played for a step stands below its task, and what led there above it, in short."""
        counts = [_lines(one) if isinstance(one, Entered) else 0 for one in news]
        before = len(self._starts) - sum(counts)
        starts = [*self._starts[before:], len(held)]
        self._before(held[: starts[0]], led=before > 0)
        for one, count in zip(news, counts, strict=True):
            self._telling.tell(one)
            self._show_held(held[starts[0] : starts[count]])
            starts = starts[count:]
            if isinstance(one, Entered):
                self._telling.begun(one)
        if any(isinstance(one, Entered) for one in news) and isinstance(self.question, Prediction):
            self._telling.asks(self.question)

    def _before(self, held: list[Held], *, led: bool) -> None:
        """What came before the step: the greeting, and in short the lines that led there."""
        renderer, view = self._meta.renderer, self._meta.renderer.view
        if led:
            self._meta.out(renderer.heading("the steps before this one"))
            renderer.view = view._replace(depth=0)
        try:
            self._show_held(held)
        finally:
            renderer.view = view

    def _show_held(self, held: list[Held]) -> None:
        for one in held:
            if isinstance(one, list):
                self._meta.out(one)
            else:
                self._meta.show(one)

    # What the learner asks for.

    @property
    def _step(self) -> Step:
        """The step that the learner is in; raises SeatError when the lesson is over."""
        if self.run.over:
            raise SeatError("The lesson is over. :next goes on to the next one, :lessons draws the map.")
        return self.run.step

    def task(self) -> None:
        """The task again, with the question that is open."""
        self._telling.task(self._step)
        self._telling.goals(self.goals)
        self._telling.asks(self.question)

    def remind(self, show: Callable[[list[str]], None]) -> None:
        """The task again, for a screen that has shown nothing of the lesson yet."""
        if self.run.over or self.run.free:
            return
        out, self._meta.out = self._meta.out, show
        try:
            self._telling.task(self.run.step)
            self._telling.asks(self.question)
        finally:
            self._meta.out = out

    def hint(self) -> None:
        """The next hint."""
        self._telling.hint(self._step, self.run.hint())
        self.save()

    def check(self) -> None:
        """What is missing, and why."""
        self._telling.missing(self._step, self.run.why())
        self._telling.asks(self.question)

    def answer(self, at: int) -> None:
        """The learner's answer to the question, by its number from 0."""
        asked = self.question
        if isinstance(asked, Prediction):
            self.run.predict(asked.name, at)
            self._telling.predicts(asked, at)
            self.save()
        elif asked is not None:
            self._telling.answered(asked, at)
            self.act(lambda: self.run.answer(asked.name, at)[1])

    def solution(self) -> None:
        """What is left of the solution."""
        self._telling.solution(self._step, self.run.solution())

    def goto(self, step: str) -> None:
        """Go to a step, by its name or number."""
        try:
            found = step_of(self.course.lesson, step)
        except OptionError as error:
            raise SeatError(str(error)) from None
        self.act(lambda: self.run.goto(found))

    def onward(self) -> None:
        """Go past the questions of a step whose goals are reached."""
        if self.run.quiz is None:
            raise SeatError("This step is not passed yet. :goto goes to another step, :learn to another lesson.")
        self.act(self.run.onward)

    def reset(self) -> None:
        """Go back to the start of the step, and say where that is."""
        self._moves(f"The step begins again: {bare(self._step.title)}", self.run.reset)

    def free(self) -> None:
        """Begin free play, or go back to where it began."""
        if self.run.free:
            self._moves("Back in the lesson. Everything is as it was before.", self.run.back)
        else:
            self.run.leave()
            self._meta.say("Free play: nothing is checked until :free leads back to this moment.")

    def _moves(self, says: str, go: Callable[[], None]) -> None:
        go()
        self._goals = (-1, "", ())
        travel.where(self._meta, says)
        self._telling.unseen()

    # What is kept.

    def save(self) -> None:
        """Keep how far the learner is, where that is new."""
        learner, path = self.run.learner, self.course.path
        if not path or learner == self._saved:
            return
        self._saved = learner
        try:
            progress.save(path, kept_now(progress.load(path), learner))
        except OSError as error:
            if not self._broken:
                self._meta.out(self._meta.renderer.error(f"The progress cannot be kept: {path}: {error.strerror}."))
            self._broken = True

    def leave(self) -> None:
        """The learner leaves mailshell."""
        self.save()
        if self.course.path and not self.run.over and not self._broken:
            self._meta.say(f"mailshell learn goes on here: {self.where}.")


def _lines(step: Entered) -> int:
    return sum(item.what in ("send", "local") for item in step.given)
