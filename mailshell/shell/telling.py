"""What mailshell says in a lesson: tasks, goals, feedback, questions, what was learned."""

from collections.abc import Sequence

from mailshell.core.script import Item
from mailshell.lesson.check import Standing
from mailshell.lesson.news import (
    Asked,
    Crashed,
    Entered,
    Finished,
    News,
    Passed,
    Predicted,
    Returned,
    Ticked,
    Told,
)
from mailshell.lesson.parts import Prediction, Quiz, Step
from mailshell.lesson.run import Run
from mailshell.shell.board import SIGNS, WORDS
from mailshell.shell.course import Course, after, titled
from mailshell.shell.meta import Meta
from mailshell.shell.prose import bare, paragraph, prose
from mailshell.shell.text import safe

_NUMBER = "A number answers its question."
"""What helps in a step of questions alone."""


class Telling:
    """Says things about one lesson. Where nothing can be redrawn, goals and their changes are lines as well."""

    def __init__(self, meta: Meta, run: Run, course: Course) -> None:
        self._meta = meta
        self._run = run
        self._course = course

    def _say(self, text: str) -> None:
        self._meta.say(bare(text))

    # The lesson and its steps.

    def opening(self) -> None:
        """The lesson begins: its title, and its first words unless the learner goes on somewhere in it."""
        run, course = self._run, self._course
        self._meta.out(self._meta.renderer.heading(f"{course.called}: {run.lesson.title}"))
        if not run.lesson.step(run.learner.step):
            self._meta.out(prose(run.lesson.says, run.text, self._meta.renderer.view))

    def tell(self, news: News) -> None:
        """One thing that is new."""
        if isinstance(news, Entered):
            self.task(news.step)
        elif isinstance(news, Ticked):
            self._ticked(news)
        elif isinstance(news, Told):
            self._say(news.says)
        elif isinstance(news, Predicted):
            self._predicted(news)
        elif isinstance(news, Asked):
            self.asks(news.quiz)
        elif isinstance(news, Passed):
            self._passed(news)
        elif isinstance(news, Returned):
            self._say("What you did while the question was open is taken back.")
        elif isinstance(news, Finished):
            self._finished()
        else:
            self._crashed(news)

    def task(self, step: Step) -> None:
        """What is to be done in a step."""
        steps, renderer = self._run.lesson.steps, self._meta.renderer
        self._meta.out(renderer.heading(f"step {steps.index(step) + 1}/{len(steps)}: {bare(step.title)}"))
        self._meta.out(prose(step.says, self._run.text, renderer.view))

    def begun(self, news: Entered) -> None:
        """Below what was played for the step: how much is left, and the goals where they do not stand on the screen."""
        if any(item.what == "send" for item in news.given):
            left = "One line is" if news.left == 1 else f"{news.left} lines are"
            self._say("That was done for you." + (f" {left} left." if news.step.fade else ""))
        if news.step is self._run.step:
            self.unseen()

    def unseen(self) -> None:
        """The goals, where they do not stand on the screen."""
        if self._meta.front is None:
            self.goals(self._run.goals)

    def goals(self, goals: Sequence[Standing]) -> None:
        """The goals as they stand, a line each."""
        for one in goals:
            self._goal(one.word, one.goal.says)

    def _goal(self, word: str, says: str) -> None:
        view = self._meta.renderer.view
        head = f"{WORDS[word]}: " if view.words else f"{SIGNS[word]} "
        self._meta.out(paragraph(self._run.text(says), view, head))

    def _ticked(self, news: Ticked) -> None:
        if self._meta.front is None:
            self._goal("met" if news.met else "broken" if news.goal.kind == "keep" else "unmet", news.goal.says)

    def _passed(self, news: Passed) -> None:
        how = "passed already" if news.already else "passed with help" if news.mark == "helped" else "passed"
        self._say(f"{how}: {news.step.title}\n{news.learned}".rstrip())

    def _finished(self) -> None:
        run = self._run
        marks = [run.learner.marks.get(step.id) for step in run.lesson.steps]
        helped = marks.count("helped")
        most = f"Its {len(marks)} steps are passed" + (f", {helped} of them with help." if helped else ".")
        self._say(f"The lesson is over. {most}")
        coming = after(self._course)
        if coming:
            self._say(f":next goes on to {titled(coming)}.")
        self._say(":lessons draws the map of all lessons, :quit leaves.")

    def _crashed(self, news: Crashed) -> None:
        self._meta.out(self._meta.renderer.error(f"{news.says} This is no mistake of yours."))

    # Questions.

    def asks(self, question: Prediction | Quiz | None) -> None:
        """A question, with the numbers of its answers."""
        if question is None:
            return
        run, renderer = self._run, self._meta.renderer
        self._meta.out(renderer.heading("question" if isinstance(question, Quiz) else "predict"))
        lines = paragraph(run.text(question.question), renderer.view) if question.question else []
        for at, choice in enumerate(question.choices, 1):
            lines += paragraph(run.text(choice.says), renderer.view, f"{at}  ")
        self._meta.out(lines)
        if isinstance(question, Quiz):
            self._say("A number answers.")
        else:
            self._say(f"A number predicts; the server answers when you send the {_lines(question)}.")

    def _predicted(self, news: Predicted) -> None:
        run, chosen, right = self._run, news.chosen, news.right
        if right is chosen:
            self._say(f"As you predicted: {run.text(chosen.says)}. {run.text(chosen.answer)}".rstrip())
            return
        came = run.text(right.says) if right is not None else news.came
        why = " ".join(run.text(one.answer) for one in (chosen, right) if one is not None)
        self._say(f"You predicted: {run.text(chosen.says)}. What came: {came}. {why}".rstrip())

    def answered(self, quiz: Quiz, at: int) -> None:
        """What there is to say about an answer."""
        choice = quiz.choices[at]
        self._say(f"{at + 1} is {'right' if choice.right else 'not right'}. {self._run.text(choice.answer)}".rstrip())

    def predicts(self, prediction: Prediction, at: int) -> None:
        """What there is to say about a prediction, before the servers answer it."""
        self._say(f"Your prediction: {self._run.text(prediction.choices[at].says)}. Now send the {_lines(prediction)}.")

    # Help.

    def hint(self, step: Step, text: str | None) -> None:
        """A hint, or that there is none."""
        if text is None:
            more = ":check says what is missing, :solution shows the lines." if step.checks else _NUMBER
            self._say(f"This step has no hints. {more}")
            return
        last = self._run.learner.hints[step.id] == len(step.hints)
        self._say(f"hint: {text}{' That was the last hint; :solution shows the lines.' if last else ''}")

    def missing(self, step: Step, found: Sequence[tuple[str, Sequence[str]]]) -> None:
        """What is missing, and why; where nothing is, a question is left."""
        if not found:
            reached = "The goals are reached. " if step.goals else ""
            self._say(f"{reached}A question is left; :next goes on without it.")
            return
        self._say("Missing yet:")
        view = self._meta.renderer.view
        for goal, reasons in found:
            self._meta.out(paragraph(goal, view, "- "))
            for reason in reasons:
                self._meta.out(paragraph(reason, view, indent=5))

    def solution(self, step: Step, items: Sequence[Item]) -> None:
        """Lines that solve the step."""
        lines = [item for item in items if item.what in ("send", "local")]
        if not lines:
            nothing = f"This step has nothing to type. {_NUMBER}"
            self._say("No line is left to type." if step.solution.items else nothing)
            return
        closed = bool(lines[0].protocol) and self._meta.seat.link.closed
        enter = "Enter alone opens the connection. Then you type:" if closed else "You type:"
        self._say(f"What is left of the solution. {enter}")
        renderer = self._meta.renderer
        self._meta.out([f"   {safe(_written(item), ascii_only=renderer.view.ascii)}" for item in lines])


def _lines(prediction: Prediction) -> str:
    return "line" if len(prediction.after) == 1 else "lines"


def _written(item: Item) -> str:
    if item.what == "local":
        return item.text
    return f"C{item.link if item.link > 1 else ''}: {item.text}"
