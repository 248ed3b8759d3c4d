"""The lessons that come along, as a course: done from start to end; what they say of the world; the README's table."""

import re
from pathlib import Path

import pytest

from mailshell.demo import scenes
from mailshell.lesson import shipped, stage
from mailshell.lesson.look import Look
from mailshell.lesson.news import Crashed, Passed, Returned
from mailshell.lesson.run import Learner, Run
from mailshell.shell.explain import explained
from mailshell.shell.local import COMMANDS
from mailshell.shell.view import View
from mailshell.world.play import LOCAL, SHOWS

SHIPPED = shipped.lessons()
README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")


class Student:
    """Does a lesson by its solutions, and answers each question with the right choice."""

    def __init__(self, name, seed=0):
        self.lesson = shipped.load(SHIPPED[name])
        self.seat = stage.seat(self.lesson)
        self.run = Run(self.lesson, self.seat, Learner(self.lesson.id, seed))
        self.news = self.run.start()

    def solve(self):
        """Type what is left of the solution of this step."""
        step = self.run.step
        for item in self.run.solution():
            if self.run.step is step and not self.run.over:
                stage.play(self.seat, self.lesson, [item])
                self.news += self.run.look()

    def answer(self):
        """Answer the questions of this step."""
        step = self.run.step
        while self.run.step is step and (quiz := self.run.quiz) is not None:
            right = next(number for number, choice in enumerate(quiz.choices) if choice.right)
            self.news += self.run.answer(quiz.name, right)[1]

    def until(self, step):
        """Go on up to a step; the state there."""
        while not self.run.over and self.run.step.id != step:
            before = self.run.step
            if self.run.quiz is not None:
                self.answer()
                continue
            self.solve()
            assert self.run.step is not before or self.run.quiz is not None or self.run.over, self.run.why()
        return Look(self.seat, self.lesson.host)


@pytest.mark.parametrize("name", SHIPPED)
def test_a_student_gets_through_and_every_step_is_to_be_done(name):
    for seed in range(shipped.load(SHIPPED[name]).variants):
        student = Student(name, seed)
        student.until("")
        passed = [one for one in student.news if isinstance(one, Passed)]
        assert [one.step for one in passed] == list(student.lesson.steps)
        assert not any(one.already and one.step.goals for one in passed)
        assert not [one for one in student.news if isinstance(one, Crashed)]


@pytest.mark.parametrize("name", SHIPPED)
def test_who_leaves_the_server_before_a_question_is_answered_can_go_on(name):
    student = Student(name)
    for step in student.lesson.steps:
        if not step.quizzes:
            continue
        student.until(step.id)
        if student.run.quiz is None:
            student.solve()
        if not student.seat.link.closed:
            student.seat.send(b"QUIT\r\n")
            student.run.look()
            assert student.seat.link.closed
            student.answer()
            assert student.run.over or [one for one in student.news if isinstance(one, Returned)]
            assert student.run.over or not student.seat.link.closed
        student.answer()
        assert not [one for one in student.news if isinstance(one, Crashed)]
        if not student.run.over:
            student.news = student.run.goto(student.run.step.id)


# What quizzes say of the world, where no goal looks.


def test_what_the_first_lesson_says_of_the_world():
    student = Student("mail-01-servers")
    look = student.until("mailbox")
    boxes = {(one.host, one.user) for one in student.lesson.plan.accounts}
    assert {host for host, user in boxes if user == "carol"} == {"nyu.edu"}
    assert {host for host, user in boxes if user == "bob"} == {"nyu.edu", "someschool.edu"}
    assert [(one.field("subject"), one.size) for one in look.mailbox("nyu.edu/bob")] == [
        ("Lunch on Friday", 498),
        ("Notes from the first lecture", 912),
    ]
    quizzes = [quiz for step in student.lesson.steps[:2] for quiz in step.quizzes]
    right = [choice.says for quiz in quizzes for choice in quiz.choices if choice.right]
    assert right == ["nyu.edu", "Nobody can say from the addresses", "912 octets"]


def test_what_the_lesson_on_the_envelope_says_of_the_letter():
    letter = Student("mail-04-envelope").until("trace").mailbox("bob")[2]
    assert letter.octets.startswith(b"Return-Path: <zoe@farm.test>\r\nReceived: from farm.test ")
    assert letter.count("from") == 0


def test_what_the_lesson_on_failure_says_of_queue_letter_and_report():
    student = Student("mail-05-failure")
    queue = student.until("not-now").queue("lancs.uk")
    assert str(queue["answer"]).startswith("452")
    letter = student.until("read").mailbox("nyu.edu/bob")[2]
    assert letter.count("received") == 2
    report = student.until("bounce").mailbox("alice")[0]
    assert report.field("return-path") == "<>"
    assert "lancs.uk" in report.field("from")
    assert "550" in report.body


# The README's table of slides.


def table():
    """The rows of the table: slide, lessons, scenes, what to type; the last three as lists of code spans."""
    section = README[README.index("## The lecture, slide by slide") :]
    rows = re.findall(r"(?m)^\| (.*) \|$", section[: section.index("\n## ", 5)])
    cells = [re.split(r"\s*\|\s*", row) for row in rows]
    return [(cell[0], *(re.findall(r"`([^`]+)`", one) for one in cell[1:])) for cell in cells[1:]]


def test_the_table_of_slides_names_what_there_is():
    lessons = {name for row in table() for name in row[1]}
    assert lessons == set(SHIPPED)
    assert {name for row in table() for name in row[2]} == set(scenes.scenes())
    for line in (line for row in table() for line in row[3]):
        word, _, rest = line.partition(" ")
        assert word.removeprefix(":") in COMMANDS, line
        assert word in LOCAL or word in SHOWS or word in (":serve", ":save"), line
        if word == ":explain":
            assert explained(rest, View()), line
    assert all(lesson or typed for _, lesson, _, typed in table())
