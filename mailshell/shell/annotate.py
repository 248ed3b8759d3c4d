"""A conversation that happened elsewhere, shown as the shell shows its own: each line with its meaning."""

import base64
import binascii
import re

from mailshell.core import tables
from mailshell.core.explain import Note, Row, body_row, command_row, hidden
from mailshell.core.record import Card, Cite, Fault, Phase
from mailshell.mail.letter import Letter
from mailshell.protocols import PROTOCOLS
from mailshell.shell.logs import Said, left_out
from mailshell.shell.render import FOLD, Label, Renderer
from mailshell.shell.text import safe
from mailshell.shell.theme import Role
from mailshell.shell.view import View
from mailshell.smtp import reasons
from mailshell.smtp.astray import slips
from mailshell.smtp.follow import Follower, Kind, Step
from mailshell.smtp.replies import EHLO_OK, GREETING, HELO_OK
from mailshell.smtp.responses import CLASSES, mark_reply, read_line
from mailshell.smtp.session import TABLE

_ENGINE = PROTOCOLS["smtp"]
_BASE64 = re.compile(rb"[A-Za-z0-9+/]{4,}={0,2}")
_NOT_SHOWN = (
    "The log does not show which command the next reply answers.",
    "The log does not show the message that the client sent here.",
)
_CONTEXT = {".": "(end of data)", "LHLO": "EHLO"}


class Annotator(Renderer):
    """Lines of text for the lines of a log; follows each connection of it."""

    def __init__(self, view: View) -> None:
        super().__init__(view._replace(longest=0))  # the reader of the log has cut the longest lines
        self._followers: dict[int, Follower] = {}
        self._due: dict[int, Phase | None] = {}  # the phase whose rule comes before the next line
        self._letters: dict[int, Letter] = {}
        self._shown_lines: dict[int, int] = {}  # of the message that is going on
        self._refused = False

    def said(self, one: Said) -> list[str]:
        """A line of a log; a reply is shown when its last line has come."""
        if one.who in ("note", "reason"):
            text = one.octets.decode("utf-8", "replace").strip()
            return self._file_says(one.link, text) if one.who == "reason" else self._noted(text)
        follower = self._followers.setdefault(one.link, Follower())
        steps = follower.client(one.octets) if one.who == "client" else follower.server(one.octets)
        return [line for step in steps for line in self._step(step, one.link)]

    def end(self) -> list[str]:
        """What is left when the log is over."""
        out = []
        for link, follower in self._followers.items():
            for step in follower.end():
                out += self._step(step, link)
            out += self._late(link) + self._end(link)
        return out

    def row(self, row: Row) -> list[str]:
        """One line of the wire, outside any conversation."""
        return self._row(row, 1)

    def text(self, octets: bytes, notes: tuple[Note, ...]) -> list[str]:
        """A line of a message; nobody knows which side sent it."""
        bare = _Bare(self.view)
        return bare.row(Row("client", "plain", octets, "", notes, (), notes[0].cite if notes else None))

    def below(self, head: str, text: str) -> list[str]:
        """A paragraph below a line."""
        return self._below(head, text)

    def _noted(self, text: str) -> list[str]:
        return self.say(text) if self.view.depth else []

    def _file_says(self, link: int, text: str) -> list[str]:
        head = "why: " if self._refused else "note: "
        return self._end(link) + (self._below(head, text) if self.view.depth else [])

    def _late(self, link: int) -> list[str]:
        """The rule of the phase that the last answer led to; a reason of the file comes before it."""
        return self._rule(link, link, self._due.pop(link, None), _ENGINE)

    def _step(self, step: Step, link: int) -> list[str]:
        out = self._late(link)
        if step.kind == "text":
            return out + self._text(step.octets, link)
        out += self._end(link)
        if step.kind == "greeting":
            out += self._rule(link, link, step.after, _ENGINE)
        code = _code(step)
        if step.octets:
            out += self._row(step_row(step, refused=code >= 400), link)
        elif step.kind in ("hidden", "reply") and self.view.depth:
            out += self.say(_NOT_SHOWN[step.kind == "hidden"])
        card = reply_card(step.verb.decode("ascii", "replace"), code, step.kind)
        for reply in step.replies:
            out += self._row(reply_row(reply, card), link)
        if self.view.depth:
            out += self._refusal(step, card, code) if code >= 400 else self._accepted(step)
            for slip in slips(_asked(step), step.replies):
                out += self._below("note: ", f"Not by the standard: {slip}")
        if step.after is None:
            self._phases.pop(link, None)
        self._refused = code >= 400
        self._due[link] = step.after
        return out

    def _text(self, octets: bytes, link: int) -> list[str]:
        """A line of a message; beyond the fold only counted."""
        reading = self._letters.setdefault(link, Letter()).read(octets, dotted=True)
        count = self._shown_lines[link] = self._shown_lines.get(link, 0) + 1
        if count > FOLD and self.view.depth < 2:
            return []
        notes = () if left_out(octets) else reading.notes  # they speak of the whole line
        return self._row(body_row(octets, notes, reading.gloss), link)

    def _end(self, link: int) -> list[str]:
        """Say how much of a message was not shown, once it is over."""
        self._letters.pop(link, None)
        more = self._shown_lines.pop(link, 0) - FOLD
        if more <= 0 or self.view.depth == 2:
            return []
        return self.say(f"{more:,} more {'line' if more == 1 else 'lines'} of the message not shown")

    def _accepted(self, step: Step) -> list[str]:
        """What our grammar finds wrong with a line that the server took all the same."""
        line = step.octets.rstrip(b"\r\n")
        reading = TABLE.read(line, marks=True)
        if step.kind in ("answer", "text") or not step.replies or reading.command is None or left_out(line):
            return []
        if isinstance(reading.parsed, Fault):
            text = f"The server took a line that is not by the grammar. {reasons.syntax(line, reading.parsed).because}"
            return self._below("note: ", text)
        return [row for slip in reading.slips for row in self._below("note: ", slip.says)]

    def _refusal(self, step: Step, card: Card, code: int) -> list[str]:
        """What our grammar finds wrong with the line, where that may be the reason, and what is next."""
        out = []
        line = step.octets.rstrip(b"\r\n")
        fault = fault_of(line) if code in (500, 501, 555) else None
        if fault is not None:
            out += self._below("why: ", f"By the grammar: {reasons.syntax(line, fault).because}")
        return out + (self._below("next: ", card.next) if card.next else [])


class _Bare(Annotator):
    """Shows a line without a side."""

    def _gutter(self, row: Row, label: Label) -> tuple[str, Role]:
        return "   ", "client"


def fault_of(line: bytes) -> Fault | None:
    """Where a command line that has a known verb stops to fit the grammar; None for a line that is not whole."""
    reading = TABLE.read(line, marks=True)
    known = reading.command is not None and not left_out(line)
    return reading.parsed if known and isinstance(reading.parsed, Fault) else None


def _asked(step: Step) -> str | None:
    """The command that a reply answers: empty for the greeting, None where the log does not show it."""
    if step.kind == "reply":
        return None
    return "" if step.kind == "greeting" else step.verb.decode("ascii", "replace")


def _code(step: Step) -> int:
    found = read_line(step.replies[-1].rstrip(b"\r\n")) if step.replies else None
    return 0 if found is None else found.code


def reply_card(verb: str, code: int, kind: Kind = "command") -> Card:
    """What a reply of any server means: after this command where that is known, else by its code, else by its digit.

    `kind` is what the reply answers.
    """
    greeting = kind == "greeting"
    if code == 220 and greeting:
        return GREETING.card
    if code == 250 and verb in ("EHLO", "LHLO"):
        return EHLO_OK.card
    if code == 250 and verb == "HELO":
        return HELO_OK.card
    general = tables.find("smtp-replies", "code", str(code))
    name, says, section = str(code), CLASSES.get(str(code)[0], "no reply by the grammar"), ""
    more = next_step = ""
    for row in general:
        says, more, next_step, section = row["name"], row["meaning"], row["next"], row["section"]
    for row in tables.find("smtp-reply-contexts", "code", str(code)):
        special = row["phase"].startswith(("with ", "submission"))  # it holds for some parameter, or some port, alone
        special = special or (code == 500 and verb == "AUTH" and kind != "answer")  # the command itself is not known
        if row["command"] == ("(connect)" if greeting else _CONTEXT.get(verb, verb)) and not special:
            name, says, section = f"{verb} {code}", row["note"].split(";")[0], row["section"]
            break
    return Card(name, says, tables.cite(section) or Cite(5321, "4.2.1"), more=more, next=next_step)


def reply_row(reply: bytes, card: Card) -> Row:
    """A line of a reply taken apart; a challenge of AUTH is read as well."""
    line = reply.rstrip(b"\r\n")
    found = read_line(line)
    code = 0 if found is None else found.code
    marked = mark_reply(line, card)
    notes = tuple(
        Note(part.rule, part.start, part.end, marked.glosses.get(part.rule, part.rule)) for part in marked.parts
    )
    gloss = marked.gloss or ("no reply by the grammar" if found is None else card.says)
    if found is not None and code == 334:
        asked = _decoded(found.text)
        gloss = f"334 go on; it asks {asked}" if asked else "334 go on: the answer, in base64"
        notes = tuple(note._replace(text=gloss) if note.rule == "textstring" else note for note in notes)
    return Row("server", "refusal" if code >= 400 else "plain", reply, gloss, notes, (), card.cite)


def _decoded(text: bytes) -> str:
    """The text of a challenge, where it is text."""
    try:
        plain = base64.b64decode(text, validate=True).decode("ascii")
    except (binascii.Error, UnicodeDecodeError):
        return ""
    return f'"{safe(plain)}"' if plain.isprintable() and plain else ""


def step_row(step: Step, *, refused: bool) -> Row:
    """The line that the client sent in a turn, taken apart; an answer of AUTH is a secret."""
    if step.kind == "answer":
        return _answer(step.octets)
    return sent_row(step.octets, refused=refused)


def sent_row(octets: bytes, *, refused: bool = False) -> Row:
    """A client line taken apart, a password masked: by our grammar, or by the table for a verb that we do not have."""
    line = octets.rstrip(b"\r\n")
    verb = line.split(b" ", 1)[0].upper()
    if line == b"." or TABLE.find(verb) is not None:
        row = command_row(octets, _ENGINE, fault_of(line) if refused else None)
        return row._replace(secret=row.secret or hidden(line))
    found = tables.find("smtp-commands", "command", verb.decode("latin-1"))
    if not found:
        if not hidden(line) and _looks_secret(line):
            return command_row(octets, _ENGINE)._replace(gloss=_MAYBE, notes=(), secret=((0, len(line)),))
        return command_row(octets, _ENGINE)
    row = command_row(octets, _ENGINE)
    says = found[0]["says"]
    notes = [Note(verb.decode("latin-1"), 0, len(verb), f"verb: {says}")]
    spans = [each.span() for each in re.finditer(rb"[^ ]+", line)][1:]
    secret: tuple[tuple[int, int], ...] = ()
    if verb == b"AUTH":
        secret = tuple((start, len(line)) for start, _ in spans[1:2])
        spans = [*spans[:1], *secret]
    for number, (start, end) in enumerate(spans):
        rule, gloss = _AUTH[number] if verb == b"AUTH" else ("argument", "argument")
        notes.append(Note(rule, start, end, gloss))
    return row._replace(gloss=says, notes=tuple(notes), secret=secret, cite=tables.cite(found[0]["section"]))


_MAYBE = "no command: perhaps a secret in base64"
_AUTH = (
    ("mechanism", "how the client proves who it is"),
    ("initial-response", "the first answer, in base64: a secret"),
)


def _looks_secret(line: bytes) -> bool:
    """Whether a line out of place reads as text in base64: an answer of AUTH whose challenge the log does not show."""
    if not _BASE64.fullmatch(line) or len(line) % 4:
        return False
    plain = base64.b64decode(line).replace(b"\0", b" ")
    return plain.isascii() and plain.decode("ascii").isprintable()


def _answer(octets: bytes) -> Row:
    line = octets.rstrip(b"\r\n")
    cite = Cite(4954, "4")
    if line == b"*":
        return Row("client", "plain", octets, "the client gives up AUTH", (Note("*", 0, 1, "cancels AUTH"),), (), cite)
    if not line:
        return Row("client", "plain", octets, "an empty answer", (), (), cite)
    gloss = "answer to the challenge, a secret"
    return Row("client", "plain", octets, gloss, (Note("base64", 0, len(line), gloss),), ((0, len(line)),), cite)
