"""POP3 as other programs spoke it: each turn of a log taken apart, a line alone explained."""

import re

from mailshell.core import tables
from mailshell.core.elsewhere import (
    Reader,
    Remark,
    Step,
    Told,
    alone,
    answer_row,
    argument_notes,
    maybe_secret,
    misfit,
    plain_of,
    verb_of,
)
from mailshell.core.explain import Note, Row, command_row
from mailshell.core.record import Card, Cite
from mailshell.mail.host import Traits
from mailshell.pop3 import PROTOCOL, follow, known, reasons, replies
from mailshell.pop3.follow import ASKS, ERR, OK, many_lines, status
from mailshell.pop3.phases import Phase
from mailshell.pop3.responses import mark_reply
from mailshell.pop3.session import TABLE
from mailshell.pop3.wording import Wording

_SASL = Cite(5034, "4")
_CODE = re.compile(rb"(?:\+OK|-ERR) \[([A-Za-z0-9/-]+)\]")
_NUMBERS = re.compile(rb"\+OK ([0-9]+) ([0-9]+)")
_AUTH = (
    ("mechanism", "how the client proves who it is"),
    ("initial-response", "the first answer, in BASE64: a secret"),
)

_DONE: dict[bytes, Wording] = {
    b"": replies.GREETING,
    b"USER": replies.USER_OK,
    b"PASS": replies.LOGGED_IN,
    b"APOP": replies.LOGGED_IN,
    b"AUTH": replies.LOGGED_IN,
    b"STAT": replies.DROP_LISTING,
    b"LIST": replies.SCAN_LINE,
    b"UIDL": replies.UNIQUE_LINE,
    b"RETR": replies.MESSAGE,
    b"TOP": replies.TOP_OF_MESSAGE,
    b"DELE": replies.MARKED,
    b"NOOP": replies.NOTHING_DONE,
    b"RSET": replies.UNMARKED,
    b"QUIT": replies.UPDATED,
    b"CAPA": replies.CAPABILITIES,
    b"UTF8": replies.UTF8_ON,
    b"LANG": replies.LANGUAGE,
}
"""What +OK means after a command."""

_LISTS: dict[bytes, Wording] = {
    b"LIST": replies.SCAN_LISTING,
    b"UIDL": replies.UNIQUE_LISTING,
    b"LANG": replies.LANGUAGES,
}
"""The same where no argument was given."""

_STATUS = {OK: "done", ERR: "refused", ASKS: "go on: the server asks"}


def codes(line: bytes) -> tuple[str, ...]:
    """The status of an answer, and its response code in brackets."""
    found, code = status(line), _CODE.match(line)
    return (*([found.decode("ascii")] if found else ()), *([f"[{code[1].decode('ascii')}]"] if code else ()))


def sent(step: Step) -> Row:
    """The line that the client sent in a turn, taken apart; an answer of AUTH is a secret."""
    return answer_row(step.octets, _SASL) if step.kind == "answer" else _sent(step.octets, refused=step.refused)


def _sent(octets: bytes, *, refused: bool) -> Row:
    """A client line taken apart, a password masked: by our grammar, or by the table for a verb that we do not have."""
    line = octets.rstrip(b"\r\n")
    verb = line.split(b" ", 1)[0].upper()
    row = command_row(octets, PROTOCOL, misfit(line, TABLE) if refused else None)
    found = tables.find("pop3-commands", "command", verb.decode("latin-1"))
    if TABLE.find(verb) is not None:
        return row
    if not found:
        return maybe_secret(row)
    notes = argument_notes(line, found[0]["says"], _AUTH if verb == b"AUTH" else ())
    return row._replace(gloss=found[0]["says"], notes=notes, cite=tables.cite(found[0]["section"]))


def answers(step: Step) -> tuple[Row, ...]:
    """The line of the server in a turn, taken apart."""
    card, at = _card(step), int(step.kind == "line")
    return tuple(_reply_row(line, card, at) for line in step.replies)


def _card(step: Step) -> Card:
    """What a reply of any server means: by its response code, else after this command, else by its status."""
    line = step.replies[0].rstrip(b"\r\n") if step.replies else b""
    if step.kind == "line":
        return (_LISTS.get(step.verb) or _DONE.get(step.verb, replies.CAPABILITIES)).card
    return _reply_card(line, step)


def _reply_card(line: bytes, step: Step | None) -> Card:
    found, code = status(line), _CODE.match(line)
    for row in tables.find("pop3-response-codes", "code", code[1].decode("ascii")) if code and found == ERR else ():
        section = tables.cite(row["section"]) or Cite(2449, "8")
        return Card(row["code"], row["says"], section, more=row["meaning"], next=row["next"])
    cite = _SASL if found == ASKS else Cite(1939, "3")
    if step is not None and found == OK and step.kind != "reply":
        if step.verb == b"QUIT" and step.before is not Phase.TRANSACTION:
            return replies.CLOSING.card
        wordings = _LISTS if many_lines(step.octets.rstrip(b"\r\n")) else _DONE
        wording = wordings.get(step.verb) or _DONE.get(step.verb)
        if wording is not None:
            return wording.card
    for row in tables.find("pop3-commands", "command", step.verb.decode("latin-1")) if step and found == ERR else ():
        if row["refusal"] != "-":
            return Card(f"{row['command']} -ERR", row["refusal"], tables.cite(row["section"]) or cite)
    return Card(found.decode("ascii") or "?", _STATUS.get(found, "no reply by the grammar"), cite)


def _reply_row(reply: bytes, card: Card, at: int) -> Row:
    """A line of a server taken apart; a challenge of AUTH is read as well."""
    line = reply.rstrip(b"\r\n")
    found = b"" if at else status(line)
    marked = mark_reply(line, card, at)
    notes = tuple(
        Note(part.rule, part.start, part.end, marked.glosses.get(part.rule, part.rule)) for part in marked.parts
    )
    gloss = marked.gloss or card.says
    if found == ASKS:
        text = plain_of(line[2:])
        gloss = f"go on; it asks {text}" if text else "go on: the answer, in BASE64"
    return Row("server", "refusal" if found == ERR else "plain", reply, gloss, notes, (), card.cite)


def remarks(step: Step) -> tuple[Remark, ...]:
    """What is wrong with the lines of a turn by our grammar, and what is next after a refusal."""
    line = step.octets.rstrip(b"\r\n")
    if step.kind == "answer" or not step.replies:
        return ()
    fault = misfit(line, TABLE)
    if step.refused:
        why = () if fault is None else (Remark("why", f"By the grammar: {reasons.syntax(line, fault).because}"),)
        card = _card(step)
        return (*why, *([Remark("next", card.next)] if card.next else ()))
    if fault is not None:
        because = reasons.syntax(line, fault).because
        return (Remark("note", f"The server took a line that is not by the grammar. {because}"),)
    return tuple(Remark("note", slip.says) for slip in TABLE.read(line, marks=True).slips)


def reply(line: bytes, traits: Traits) -> Told | None:
    """A line of a server, as if it stood alone: what it answers is not known."""
    text = line.decode("utf-8", "surrogateescape")
    offer = tuple(fact for fact in known.facts(verb_of(line), traits) if fact.kind == "POP3 capability")
    if b" " in line and offer and not follow.knows(line):
        return Told(text, _reply_row(line, replies.CAPABILITIES.card, 1), (), offer)
    if not status(line) or (status(line) == ASKS and line != ASKS and not plain_of(line[2:])):
        return None
    if line in (OK, ERR, ASKS):
        return None  # a word, which facts explain
    row = _reply_row(line, _reply_card(line, None), 0)
    about = [fact for code in codes(line) for fact in known.facts(code, traits)]
    return Told(text, row, tuple(_numbers(line)), tuple(about))


def _numbers(line: bytes) -> list[Remark]:
    """What two numbers after +OK are: it depends on the command."""
    found = _NUMBERS.fullmatch(line)
    if found is None:
        return []
    first, second = int(found[1]), int(found[2])
    return [
        Remark("note", f"After STAT: {first:,} messages, {second:,} octets together."),
        Remark("note", f"After LIST {first}: message {first} has {second:,} octets."),
    ]


def command(line: bytes, traits: Traits) -> Told | None:
    """A line of a client; None where its first word is no command of any server."""
    fault = misfit(line, TABLE)
    because = "" if fault is None else reasons.syntax(line, fault).because
    return alone(_sent(line, refused=True), known.facts(verb_of(line), traits), "POP3 command", because)


READER: Reader[Traits] = Reader(
    is_reply=follow.is_reply,
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
