"""What is wrong with the words of a lesson, and what it lacks, without playing it."""

import re
from collections.abc import Iterator, Mapping
from functools import cache

from mailshell.core import tables
from mailshell.core.toml import Problem
from mailshell.lesson.expression import filled
from mailshell.lesson.parts import Lesson, Prediction, Quiz, Step
from mailshell.protocols import PROTOCOLS

_CODE = re.compile(r"`[^`]*`")
_PRAISE = re.compile(
    r"\b(well done|great|good job|nice work|excellent|congratulations|perfect|awesome|amazing|bravo|fantastic|"
    r"brilliant|wonderful|impressive)\b",
    re.IGNORECASE,
)
_BELITTLING = re.compile(r"\b(simply|just|easy|easily|obviously|of course|trivial|merely)\b", re.IGNORECASE)
EVERYDAY = frozenset(
    {
        *("address", "body", "client", "close", "command", "connection", "content", "email", "flag", "folder", "host"),
        *("loop", "message", "password", "phase", "protocol", "pull", "push", "recipient", "refusal", "reply", "retry"),
        *("sender", "server", "session", "smtp", "pop3", "imap", "trace", "transfer", "user name", "mail server"),
        *("mailbox", "delivery", "domain", "handshake", "port", "binary"),
    }
)
"""Words of the glossary that people know, or understand at once."""


def lint(lesson: Lesson) -> list[Problem]:
    """All that can be said without playing the lesson; what is not grave is a hint."""
    found: list[Problem] = [*_unused(lesson), *_untaught(lesson)]
    for step in lesson.steps:
        found += [*_lacking(step), *_literal(lesson, step)]
    for offset, text in said(lesson):
        found += _manner(lesson.text, offset, text)
    return found


def said(lesson: Lesson) -> Iterator[tuple[int, str]]:
    """Every text that a learner reads, lines of code left out, with its place."""
    for block in lesson.says:
        if block.kind != "code":
            yield block.offset, block.text
    for step in lesson.steps:
        yield from _said(step)


def _said(step: Step) -> Iterator[tuple[int, str]]:
    yield step.offset, step.title
    for block in step.says:
        if block.kind != "code":
            yield block.offset, block.text
    for goal in step.goals:
        yield goal.place, goal.says
    for reaction in step.feedback:
        yield reaction.place, reaction.says
    yield from zip(step.hint_offsets, step.hints, strict=True)
    yield step.solution.offset, step.learned
    questions: list[Prediction | Quiz] = [*step.predictions, *step.quizzes]
    for question in questions:
        yield question.offset, question.question
        for choice in question.choices:
            yield choice.offset, choice.says
            yield choice.offset, choice.answer


def _unused(lesson: Lesson) -> Iterator[Problem]:
    body = lesson.text.index("\n+++\n", 4)
    for name in lesson.vary:
        if f"{{{name}}}" not in lesson.text[body:]:
            found = re.search(rf"(?m)^{name}\b", lesson.text[:body])
            yield Problem(found.start() if found else 0, f"{name} of [vary] is used nowhere: write {{{name}}}.")


def _lacking(step: Step) -> Iterator[Problem]:
    if not step.checks and not step.quizzes:
        yield Problem(step.offset, f"the step {step.id} has no goal to reach, and no quiz.")
    if step.checks and not step.solution.items:
        yield Problem(step.offset, f"the step {step.id} has goals and no section Solution.")
    if step.solution.items and not step.learned:
        yield Problem(step.solution.offset, "below the solution stands a sentence or two on what was learned.")
    if step.checks and not step.hints:
        yield Problem(step.offset, f"the step {step.id} has goals and no section Hints.")
    tested = {test.expects for test in step.tests}
    for reaction in step.feedback:
        if reaction.name not in tested:
            says = f"no test leads to the feedback {reaction.name}, so nobody knows whether it ever comes."
            yield Problem(reaction.offset, says)
    for question in step.quizzes:
        for choice in question.choices:
            if not choice.answer:
                yield Problem(
                    choice.offset, "an answer to choose has a reply below it: > and why it is right or wrong."
                )


def _literal(lesson: Lesson, step: Step) -> Iterator[Problem]:
    """A line of the solution as it is, where the learner should find it."""
    lines = {_bare(item.text) for item in step.solution.items if item.what == "send" and " " in item.text.strip()}
    vary = {line for line in lines if "{" in line}
    wanted = lines | {_bare(filled(line, lesson.values(seed))) for line in vary for seed in range(lesson.variants)}
    places = [(goal.place, goal.says) for goal in step.goals]
    places += [(reaction.place, reaction.says) for reaction in step.feedback]
    places += [*zip(step.hint_offsets, step.hints, strict=True), *((block.offset, block.text) for block in step.says)]
    for offset, text in places:
        found = next((line for line in wanted if line and line in _bare(text)), None)
        if found is not None:
            yield Problem(offset, f"this gives the answer away: {found}. Show it with other values.")


def _bare(text: str) -> str:
    return " ".join(text.split()).casefold()


def _manner(whole: str, offset: int, text: str) -> Iterator[Problem]:
    """Praise, what belittles, and exclamation marks; in code everything is allowed."""
    plain = _CODE.sub(lambda found: " " * len(found[0]), text)
    for found in _PRAISE.finditer(plain):
        yield _at(whole, offset, found[0], f"{found[0]}: say what happened, and do not praise.")
    for found in _BELITTLING.finditer(plain):
        yield _at(whole, offset, found[0], f"{found[0]}: nothing is so for everybody. Leave the word out.")
    if "!" in plain:
        yield _at(whole, offset, "!", "an exclamation mark: a full stop does.")


def _at(whole: str, offset: int, word: str, says: str) -> Problem:
    """A problem at the first place of a word from an offset on; the words of a text may stand on other lines."""
    found = whole.find(word.split()[0], offset)
    return Problem(found if 0 <= found < offset + 2000 else offset, says)


@cache
def _words() -> Mapping[str, str]:
    """What must be taught before it is used, in lower case, by how it is written in a text."""
    verbs = {topic.card.name for engine in PROTOCOLS.values() for topic in engine.topics if topic.syntax}
    terms = {row["term"] for row in tables.rows("terms")}
    return {word: word.casefold() for word in verbs | terms if word.casefold() not in EVERYDAY and len(word) > 2}


@cache
def _pattern() -> re.Pattern[str]:
    words = sorted(_words(), key=len, reverse=True)
    return re.compile(rf"(?<![\w-])({'|'.join(map(re.escape, words))})(?![\w-]|s\w)")


def _untaught(lesson: Lesson) -> Iterator[Problem]:
    """The first place of each word that is neither needed nor taught."""
    known = {word.casefold() for word in (*lesson.needs, *lesson.teaches)}
    for offset, text in said(lesson):
        for found in _pattern().finditer(text):
            word = _words()[found[1]]
            if word not in known:
                known.add(word)
                says = f"{found[1]} is not taught yet: it is neither in needs nor in teaches."
                yield _at(lesson.text, offset, found[1], says)
