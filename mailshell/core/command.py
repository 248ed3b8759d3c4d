"""What a verb is to the rest of the program, and the table of a protocol's verbs."""

import re
from collections.abc import Callable
from typing import Generic, NamedTuple, Protocol, TypeVar

from mailshell.core.cursor import Cursor, Slip, Stop, every
from mailshell.core.record import Card, Expect, Fault, Parsed, Part, Phase, Want

Desk_contra = TypeVar("Desk_contra", contravariant=True)
Answer_co = TypeVar("Answer_co", covariant=True)
Desk = TypeVar("Desk")
Answer = TypeVar("Answer")

_VERB = re.compile(rb"[^ \t]+")


class Verb(Parsed, Protocol[Desk_contra, Answer_co]):
    """A parsed command that can be run: the effect on the desk, and the one final answer."""

    def run(self, desk: Desk_contra) -> Answer_co:
        """Do what the command asks and return the answer; the session writes it."""


class Command(NamedTuple, Generic[Desk, Answer]):
    """One verb: its explanation, the phases in which it is legal, its grammar, its examples.

    `syntax` is what one types, for help; `limit` the longest line in octets with CR LF; `needs` the extension that a
    server must offer to have the command, empty where every server has it. With `answers` the verb itself says what
    a server without that extension answers. A `relic` is read and refused by every server, and in no list.
    """

    card: Card
    syntax: str
    when: frozenset[Phase]
    parse: Callable[[Cursor], Verb[Desk, Answer]]
    examples: tuple[str, ...]
    limit: int
    needs: str = ""
    answers: bool = False
    relic: bool = False

    def offered(self, offers: Callable[[str], bool]) -> bool:
        """Whether a server lists the command as one of its own; `offers` says which extensions it has."""
        return not self.relic and (not self.needs or offers(self.needs))


class Reading(NamedTuple, Generic[Desk, Answer]):
    """What the grammar makes of one line; `cursor` is the one that read it with marks.

    `absent` is the first capability that the line uses and the server does not have; empty where there is none.
    """

    command: Command[Desk, Answer] | None
    parsed: Verb[Desk, Answer] | Fault
    slips: tuple[Slip, ...]
    parts: tuple[Part, ...]
    expected: tuple[Expect, ...]
    cursor: Cursor | None = None
    absent: str = ""


class Table(Generic[Desk, Answer]):
    """The verbs of a protocol, in teaching order, relics last; the phase x verb matrix is derived from the others.

    The name of a verb may have two words, as in UID FETCH.
    """

    def __init__(self, commands: tuple[Command[Desk, Answer], ...], trailing: Slip | None) -> None:
        self.commands = commands
        self.living = tuple(command for command in commands if not command.relic)
        self.longest = max(command.limit for command in commands)
        self._trailing = trailing
        self._words = {command.card.name.encode(): command for command in commands}
        self._firsts = frozenset(word.split(b" ")[0] for word in self._words if b" " in word)

    def find(self, word: bytes) -> Command[Desk, Answer] | None:
        """The command of this name, in any case of its letters."""
        return self._words.get(word.upper())

    def legal(self, phase: Phase) -> tuple[Command[Desk, Answer], ...]:
        """The commands that may be sent in this phase."""
        return tuple(command for command in self.commands if phase in command.when and not command.relic)

    def expect(self, phase: Phase | None = None) -> tuple[Expect, ...]:
        """Every verb (of a phase) as something that would be accepted."""
        commands = self.living if phase is None else self.legal(phase)
        return tuple(Expect(command.card.name, command.card.says) for command in commands)

    def verb(self, line: bytes, start: int = 0) -> bytes:
        """The octets in the place of the verb, from `start` on: one word, or two where a verb of two begins so."""
        found = _VERB.match(line, start)
        if found is None:
            return b""
        if self._firsts and found[0].upper() in self._firsts and line[found.end() : found.end() + 1] == b" ":
            second = _VERB.match(line, found.end() + 1)
            return found[0] if second is None else line[start : second.end()]
        return found[0]

    def read(
        self,
        line: bytes,
        *,
        strict: bool = False,
        marks: bool = False,
        start: int = 0,
        offers: Callable[[str], bool] = every,
    ) -> Reading[Desk, Answer]:
        """Read a line, line end left out, whatever the phase; the verb stands at `start`.

        `offers` says which capabilities the server has.
        """
        space = line.find(b" ", start)
        word = line[start:] if space < 0 else line[start:space]
        command = self._words.get(word)
        if command is None:
            word = self.verb(line, start)
            command = self.find(word)
        if command is None:
            parts = (Part("Unknown", start, start + len(word)),) if word and marks else ()
            fault = Fault(start, self.expect(), "Command")
            return Reading(None, fault, (), parts, fault.expected)
        cursor = Cursor(line, self._trailing, strict=strict, marks=marks, offers=offers)
        cursor.at = start + len(word)
        if not marks:
            try:
                return Reading(command, command.parse(cursor), cursor.slips, (), (), absent=cursor.absent)
            except Stop:
                # Most lines are well formed; one that is not is read again with care.
                return self.read(line, strict=strict, marks=True, start=start, offers=offers)
        cursor.mark(command.card.name, start)
        parsed: Verb[Desk, Answer] | Fault
        try:
            parsed = command.parse(cursor)
        except Stop:
            parsed = cursor.fault()
        expected = tuple(dict.fromkeys(cursor.expected))
        return Reading(command, parsed, cursor.slips, tuple(cursor.parts or ()), expected, cursor, cursor.absent)

    def begun(self, line: bytes, start: int = 0) -> tuple[Want, ...]:
        """The verbs, relics too, that a line without one may become."""
        word = line[start:].decode("latin-1").upper()
        return tuple(
            Want(start, one.card.name, Expect(one.card.name, one.card.says))
            for one in self.commands
            if one.card.name.startswith(word)
        )

    def matrix(self, commands: tuple[Command[Desk, Answer], ...], phases: tuple[Phase, ...]) -> list[str]:
        """The phase x verb table of some commands and phases as lines of text, a verb a line: `x` where it is legal."""
        width = max(len(command.card.name) for command in commands)
        names = [phase.name.lower() for phase in phases]
        rows = [" ".join(["command".ljust(width), *names])]
        for command in commands:
            cells = [("x" if phase in command.when else ".").center(len(phase.name)) for phase in phases]
            rows.append(" ".join([command.card.name.ljust(width), *cells]).rstrip())
        return rows
