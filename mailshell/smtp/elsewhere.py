"""SMTP as other programs spoke it: each turn of a log taken apart, a line alone explained."""

import re

from mailshell.core import tables
from mailshell.core.elsewhere import (
    Kind,
    Reader,
    Remark,
    Step,
    Told,
    alone,
    answer_row,
    argument_notes,
    left_out,
    maybe_secret,
    misfit,
    plain_of,
    verb_of,
)
from mailshell.core.explain import Note, Row, command_row
from mailshell.core.record import Card, Cite, Fault
from mailshell.mail.host import Traits
from mailshell.smtp import PROTOCOL, follow, known, reasons
from mailshell.smtp.astray import slips
from mailshell.smtp.replies import EHLO_OK, GREETING, HELO_OK
from mailshell.smtp.responses import CLASSES, mark_reply, read_line
from mailshell.smtp.session import TABLE

_CONTEXT = {".": "(end of data)", "LHLO": "EHLO"}
_OFFER = re.compile(r"250[ -]([A-Z0-9-]+)( .*)?")
_PARAMETER = re.compile(r"([A-Za-z][A-Za-z0-9-]*)=\S*")
_AUTH = (
    ("mechanism", "how the client proves who it is"),
    ("initial-response", "the first answer, in base64: a secret"),
)


def is_reply(line: bytes) -> bool:
    """Whether a line is one of a reply."""
    return read_line(line) is not None


def codes(line: bytes) -> tuple[str, ...]:
    """The codes of a reply line."""
    found = read_line(line)
    return () if found is None else (str(found.code), *([found.enhanced] if found.enhanced else ()))


def sent(step: Step) -> Row:
    """The line that the client sent in a turn, taken apart; an answer of AUTH is a secret."""
    if step.kind == "answer":
        return answer_row(step.octets, Cite(4954, "4"))
    return _sent(step.octets, refused=step.refused)


def _sent(octets: bytes, *, refused: bool) -> Row:
    """A client line taken apart, a password masked: by our grammar, or by the table for a verb that we do not have."""
    line = octets.rstrip(b"\r\n")
    verb = line.split(b" ", 1)[0].upper()
    if line == b"." or TABLE.find(verb) is not None:
        return command_row(octets, PROTOCOL, misfit(line, TABLE) if refused else None)
    row = command_row(octets, PROTOCOL)
    found = tables.find("smtp-commands", "command", verb.decode("latin-1"))
    if not found:
        return maybe_secret(row)
    says = found[0]["says"]
    notes = argument_notes(line, says)
    secret: tuple[tuple[int, int], ...] = ()
    if verb == b"AUTH":
        notes = argument_notes(line, says, _AUTH)[:3]
        if len(notes) == 3:
            notes = (*notes[:2], notes[2]._replace(end=len(line)))
            secret = ((notes[2].start, len(line)),)
    return row._replace(gloss=says, notes=notes, secret=secret, cite=tables.cite(found[0]["section"]))


def answers(step: Step) -> tuple[Row, ...]:
    """The lines of the reply in a turn, taken apart."""
    card = reply_card(step.verb.decode("ascii", "replace"), _code(step), step.kind)
    return tuple(_reply_row(reply, card) for reply in step.replies)


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


def _reply_row(reply: bytes, card: Card) -> Row:
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
        asked = plain_of(found.text)
        gloss = f"334 go on; it asks {asked}" if asked else "334 go on: the answer, in base64"
        notes = tuple(note._replace(text=gloss) if note.rule == "textstring" else note for note in notes)
    return Row("server", "refusal" if code >= 400 else "plain", reply, gloss, notes, (), card.cite)


def remarks(step: Step) -> tuple[Remark, ...]:
    """What is wrong with the lines of a turn, by our grammar and by the standard, and what is next after a refusal."""
    out = _refusal(step) if step.refused else _accepted(step)
    odd = [Remark("note", f"Not by the standard: {slip}") for slip in slips(_asked(step), step.replies)]
    return (*out, *odd)


def _accepted(step: Step) -> list[Remark]:
    """What our grammar finds wrong with a line that the server took all the same."""
    line = step.octets.rstrip(b"\r\n")
    reading = TABLE.read(line, marks=True)
    if step.kind == "answer" or not step.replies or reading.command is None or left_out(line):
        return []
    if isinstance(reading.parsed, Fault):
        because = reasons.syntax(line, reading.parsed).because
        return [Remark("note", f"The server took a line that is not by the grammar. {because}")]
    return [Remark("note", slip.says) for slip in reading.slips]


def _refusal(step: Step) -> list[Remark]:
    """What our grammar finds wrong with the line, where that may be the reason, and what is next."""
    line, code = step.octets.rstrip(b"\r\n"), _code(step)
    fault = misfit(line, TABLE) if code in (500, 501, 555) else None
    out = [] if fault is None else [Remark("why", f"By the grammar: {reasons.syntax(line, fault).because}")]
    card = reply_card(step.verb.decode("ascii", "replace"), code, step.kind)
    return [*out, *([Remark("next", card.next)] if card.next else [])]


def _asked(step: Step) -> str | None:
    """The command that a reply answers: empty for the greeting, None where the log does not show it."""
    if step.kind == "reply":
        return None
    return "" if step.kind == "greeting" else step.verb.decode("ascii", "replace")


def reply(line: bytes, traits: Traits) -> Told | None:
    """A line of a server, as if it stood alone: what it answers is not known."""
    found = read_line(line)
    if found is None:
        return None
    text = line.decode("utf-8", "surrogateescape")
    offer = _OFFER.fullmatch(text)
    words = known.facts(offer[1], traits) if offer is not None else []
    keywords = [fact for fact in words if fact.kind == "EHLO keyword"]
    row = _reply_row(line, EHLO_OK.card if keywords else reply_card("", found.code))
    about = [*(known.facts(found.enhanced, traits) if found.enhanced else []), *keywords]
    if not keywords:
        about = [*known.facts(str(found.code), traits), *about]
    wrong = tuple(Remark("note", f"Not by the standard: {slip}") for slip in slips(None, (line,)))
    return Told(text, row, wrong, tuple(about))


def command(line: bytes, traits: Traits) -> Told | None:
    """A parameter with its value, or a line of a client; None where its first word is no command of any server."""
    text = line.decode("utf-8", "surrogateescape")
    parameter = _PARAMETER.fullmatch(text)
    if parameter is not None:
        found = [fact for fact in known.facts(parameter[1].upper(), traits) if fact.kind == "parameter"]
        return Told(text, None, (), tuple(fact._replace(name=text) for fact in found)) if found else None
    fault = misfit(line, TABLE)
    because = "" if fault is None else reasons.syntax(line, fault).because
    return alone(_sent(line, refused=True), known.facts(verb_of(line), traits), "SMTP command", because)


READER: Reader[Traits] = Reader(
    is_reply=is_reply,
    knows=follow.knows,
    begin=follow.begin,
    follow=follow.Follower,
    sent=sent,
    answers=answers,
    remarks=remarks,
    reply=reply,
    command=command,
    codes=codes,
    facts=known.facts,
    names=known.names,
    dated=known.dated,
)
