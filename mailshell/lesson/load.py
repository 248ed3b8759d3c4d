"""Lesson files: from the text of one to a lesson, or to all that is wrong with it, with places.

The text comes from anywhere. It is data and nothing else: it is bounded, holds printable characters alone, and nothing
of it is run.
"""

from collections.abc import Callable, Mapping, Sequence

from mailshell.core.fields import ENOUGH, Complaint, Fields
from mailshell.core.near import near
from mailshell.core.toml import Document, Problem, TomlError
from mailshell.lesson.look import box
from mailshell.lesson.markdown import Chapter, Fence, chapters, lines, pieces
from mailshell.lesson.parts import FORMAT, Lesson, LessonError, Step
from mailshell.lesson.predicate import Terms
from mailshell.lesson.reading import GIVEN, NAME, Reading, prose
from mailshell.lesson.schema import schema
from mailshell.lesson.sections import SECTIONS, section
from mailshell.lesson.sections import step as step_of
from mailshell.mail.host import POSTMASTER, Traits
from mailshell.mail.state import fold_user
from mailshell.protocols import PROTOCOLS
from mailshell.world.plan import MAILBOXES, Plan
from mailshell.world.read import TABLES, TOP, TRAITS, described, placed
from mailshell.world.shipped import SHIPPED, plan

LARGEST = 256 * 1024
"""A larger file is not read, in octets."""

_MARK = "+++"
_STEPS = 60
_VARIANTS = 40
_VALUE = 200  # characters of a value
_MAIL = 4 << 20  # octets of all messages that a lesson puts into its world
_KEYS = ("format", "id", "title", "protocol", "host", "needs", "teaches", "world", "vary", *TRAITS)


def read(octets: bytes) -> Lesson:
    """The lesson that a file holds; raises LessonError."""
    text, front, body = _cut(octets)
    try:
        document = Document(front.encode("utf-8"))
    except TomlError as error:
        problem = error.problem
        raise LessonError(text, (problem._replace(offset=problem.offset + len(_MARK) + 1),)) from None
    reader = _Reader(text, document)
    lesson = reader.lesson(body)
    if reader.problems:
        raise LessonError(text, tuple(sorted(reader.problems[: ENOUGH + 1])))
    return lesson


def _cut(octets: bytes) -> tuple[str, str, int]:
    """The text, its front matter, and where its body begins; raises LessonError."""
    if len(octets) > LARGEST:
        raise LessonError("", (Problem(0, f"the file has more than {LARGEST:,} octets, and is not read."),))
    octets = octets.removeprefix(b"\xef\xbb\xbf")
    try:
        text = octets.decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        before = octets[: error.start].decode("utf-8").replace("\r\n", "\n")
        raise LessonError(before + "\ufffd", (Problem(len(before), "this octet is no UTF-8."),)) from None
    plain = text.replace("\n", " ").replace("\t", " ")
    if not plain.isprintable():
        at = next(place for place, letter in enumerate(plain) if not letter.isprintable())
        says = f"the character U+{ord(text[at]):04X} is not printable, and is not read."
        raise LessonError(text, (Problem(at, says),))
    if not text.startswith(f"{_MARK}\n"):
        says = f'a lesson begins with a line {_MARK}, then lines such as id = "smtp-hello", then a line {_MARK}.'
        raise LessonError(text, (Problem(0, says),))
    start = len(_MARK) + 1
    end = text.find(f"\n{_MARK}\n", start - 1)
    if end < 0:
        raise LessonError(text, (Problem(0, f"a second line {_MARK} is missing: it ends what stands above the text."),))
    return text, text[start : end + 1], end + len(_MARK) + 2


class _Reader:
    """Reads the front matter, then the steps; `problems` is what is wrong."""

    def __init__(self, text: str, document: Document) -> None:
        self.problems: list[Problem] = []
        self._text = text
        self._document = document
        self._notes: list[Complaint] = []
        self._fields = Fields(document.tree, (), "a lesson", _KEYS, self._notes)

    def lesson(self, body: int) -> Lesson:
        """What the file holds, as far as it is right."""
        fields = self._fields
        version = fields.number("format", FORMAT, 0, 1_000_000)
        if version != FORMAT:
            says = f"this mailshell reads lessons of format {FORMAT}, and this one is of format {version}."
            fields.wrong("format", says)
        id, title = fields.text("id", such="smtp-hello"), fields.text("title", such="Say hello")
        if id and not NAME.fullmatch(id):
            fields.wrong("id", "id is small letters, digits and dashes, as in smtp-hello.")
        protocol = fields.choice("protocol", {name: name for name in PROTOCOLS}, "smtp")
        world = self._world()
        host = fields.text("host", world.server).lower()
        if host not in world.addresses:
            fields.wrong("host", f"{host} is no host of this world.{near(host, world.addresses)}")
            host = world.server
        habits = {TRAITS[key][0]: TRAITS[key][1](fields, key) for key in TRAITS if key in fields}
        needs, teaches = fields.words("needs", "RCPT"), fields.words("teaches", "RCPT")
        vary = self._vary()
        for note in self._notes:
            problem = placed(self._document, note)
            self.problems.append(problem._replace(offset=problem.offset + len(_MARK) + 1))
        found = Lesson(
            *(id, title, protocol, host, world, Traits(**(Traits()._asdict() | habits)), needs, teaches, vary),
            *((), (), self._text),
        )
        return self._body(found, body)

    def _world(self) -> Plan:
        table = self._document.tree.get("world", {})
        if not isinstance(table, dict):
            self._notes.append(Complaint(("world",), "world is a table: write [world] on a line, and its keys below."))
            return plan("lecture")
        notes: list[Complaint] = []
        named = Fields(table, ("world",), "the world of a lesson", ("base", *TOP, *TABLES), notes)
        base = None if "host" in table and "base" not in table else plan(_below(named))
        made, more = described({key: one for key, one in table.items() if key != "base"}, base)
        notes += [one._replace(path=("world", *one.path)) for one in more if one.grave]
        self._notes += {(note.path, note.value): note for note in reversed(notes)}.values()
        own = made.letters[len(base.letters) if base else 0 :]
        if sum(max(one.size, len(one.text) + len(one.raw)) for one in own) > _MAIL:
            says = f"the messages have more than {_MAIL:,} octets together."
            self._notes.append(Complaint(("world", "message"), says))
            return made._replace(letters=())
        return made

    def _vary(self) -> Mapping[str, tuple[str | int, ...]]:
        table = self._document.tree.get("vary", {})
        if not isinstance(table, dict):
            self._notes.append(Complaint(("vary",), "vary is a table: write [vary] on a line, and its names below."))
            return {}
        found: dict[str, tuple[str | int, ...]] = {}
        for name, values in table.items():
            says = _value_fault(name, values)
            if not says and found and len(values) != len(next(iter(found.values()))):
                says = "all names of [vary] have equally many values: a learner gets those of one place."
            if says:
                self._notes.append(Complaint(("vary", name), says))
            else:
                found[name] = tuple(values)
        return found

    def _body(self, lesson: Lesson, body: int) -> Lesson:
        found = chapters(lines(self._text, body))
        for piece in pieces(found[0].lines):
            if isinstance(piece, Fence) and piece.words == GIVEN:
                self.problems.append(Problem(piece.offset, "before the first step nothing is played."))
        reading = Reading(self._text, Terms(schema(), lesson.vary, _strange(lesson)), self.problems)
        says = prose(reading, found[0].lines)
        steps: list[Step] = []
        for chapter in found[1:]:
            self._chapter(reading, chapter, steps)
        if not steps:
            self.problems.append(Problem(body, "a lesson has a step: write ## and its title, and {#name} after it."))
        return lesson._replace(says=says, steps=tuple(steps))

    def _chapter(self, reading: Reading, chapter: Chapter, steps: list[Step]) -> None:
        heading = chapter.heading
        assert heading is not None, "only the first chapter has no heading"
        if len(self.problems) > ENOUGH:
            return
        if heading.level == 2 and len(steps) == _STEPS:
            self.problems.append(Problem(heading.offset, f"a lesson has {_STEPS} steps at most."))
        elif heading.level == 2:
            step = step_of(reading, chapter)
            if any(step.id == one.id for one in steps):
                self.problems.append(Problem(step.offset, f"a step is named {step.id} already."))
            steps.append(step)
        elif heading.level != 3:
            says = "a heading is ## for a step, or ### for one of its sections; the title of the lesson stands above."
            self.problems.append(Problem(heading.offset, says))
        elif not steps:
            self.problems.append(Problem(heading.offset, "a section belongs to a step, and no step has begun."))
        elif heading.title not in SECTIONS:
            hint = near(heading.title, SECTIONS) or f" There are: {', '.join(SECTIONS)}."
            self.problems.append(Problem(heading.offset, f"{heading.title} is no section of a step.{hint}"))
        else:
            steps[-1] = section(reading, steps[-1], heading.title, chapter)


def _below(fields: Fields) -> str:
    return fields.choice("base", {name: name for name in SHIPPED}, "lecture")


def _value_fault(name: str, values: object) -> str:
    if not NAME.fullmatch(name):
        return f"{name} is no name: small letters, digits and dashes, as in {{sender}}."
    if not isinstance(values, list) or not 1 <= len(values) <= _VARIANTS:
        return f'{name} is a list of 1 to {_VARIANTS} values, such as ["alice@lancs.uk", "bob@nyu.edu"].'
    kinds = {type(value) for value in values}
    if kinds not in ({str}, {int}):
        return f"the values of {name} are texts alone, or whole numbers alone."
    if any(not str(one).isprintable() or set('{}`\\"') & set(str(one)) or len(str(one)) > _VALUE for one in values):
        return f"a value has at most {_VALUE} printable characters, and no quotes, braces or backslashes."
    return ""


def _strange(lesson: Lesson) -> Callable[[tuple[str, ...], str], str]:
    """Says why a key after a path is no good in the world of a lesson."""
    hosts = tuple(lesson.plan.addresses)
    users = {(one.host, fold_user(one.user)): one.user for one in lesson.plan.accounts}
    users |= {(host, POSTMASTER): POSTMASTER for host in hosts}

    def mailbox(key: str) -> str:
        host, user, name = box(key, lesson.host)
        if host not in hosts:
            return f"{host} is no host of this world.{near(host, hosts)}"
        if (host, fold_user(user)) not in users:
            here = [known for (at, _), known in users.items() if at == host]
            return f"{host} has no user {user}.{near(user, here) or _some(here)}"
        return "" if name in MAILBOXES else f"{name} is no mailbox. There are: {', '.join(MAILBOXES)}."

    def strange(path: tuple[str, ...], key: str) -> str:
        if path == ("mailbox",):
            return mailbox(key)
        if path == ("queue",) and key not in hosts:
            return f"{key} is no host of this world.{near(key, hosts) or _some(hosts)}"
        if path == ("link",) and not (key.isascii() and key.isdecimal()):
            return f"{key} is no number of a connection, as in link.2.session.phase."
        return ""

    return strange


def _some(known: Sequence[str]) -> str:
    return f" There are: {', '.join(known[:9])}{'.' if len(known) < 10 else ', …'}"
