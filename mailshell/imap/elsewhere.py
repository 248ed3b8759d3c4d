"""IMAP as other programs spoke it: each line of a log taken apart, a line alone explained."""

import re
from collections.abc import Mapping

from mailshell.core import tables
from mailshell.core.elsewhere import (
    Reader,
    Remark,
    Step,
    Told,
    answer_row,
    left_out,
    maybe_secret,
    plain_of,
    secret_row,
)
from mailshell.core.explain import Note, Row, command_row
from mailshell.core.record import Card, Cite, Fault
from mailshell.imap import PROTOCOL, follow, known, reasons, replies
from mailshell.imap.causes import cause
from mailshell.imap.flags import MEANINGS
from mailshell.imap.follow import ENDS, tagged, verb
from mailshell.imap.grammar import TAG
from mailshell.imap.responses import mark_reply
from mailshell.imap.session import TABLE
from mailshell.imap.wording import Wording
from mailshell.imap.words import CODES, STATUSES
from mailshell.mail.host import Traits

_CODE = re.compile(rb"(?:\*|[^ ]+) (?:OK|NO|BAD|BYE|PREAUTH) \[([A-Za-z0-9-]+)")
_EXCHANGE = Cite(3501, "6.2.2")
_LITERAL = Cite(3501, "4.3")

_DONE: dict[bytes, Wording] = {
    b"CAPABILITY": replies.CAPABILITY_DONE,
    b"NOOP": replies.NOOP_DONE,
    b"LOGOUT": replies.LOGGED_OUT,
    b"LOGIN": replies.LOGGED_IN,
    b"AUTHENTICATE": replies.LOGGED_IN,
    b"SELECT": replies.SELECTED,
    b"EXAMINE": replies.SELECTED,
    b"LIST": replies.LISTED,
    b"LSUB": replies.LISTED,
    b"STATUS": replies.STATUS_DONE,
    b"APPEND": replies.APPENDED,
    b"CHECK": replies.CHECKED,
    b"CLOSE": replies.CLOSED,
    b"UNSELECT": replies.CLOSED,
    b"EXPUNGE": replies.EXPUNGED,
    b"FETCH": replies.FETCHED,
    b"STORE": replies.STORED,
    b"COPY": replies.COPIED,
    b"MOVE": replies.MOVED,
    b"SORT": replies.SORTED,
    b"THREAD": replies.THREADED,
    b"SEARCH": replies.SEARCHED,
    b"IDLE": replies.IDLE_DONE,
    b"NAMESPACE": replies.NAMESPACES,
    b"ID": replies.IDENTIFIED,
    b"ENABLE": replies.ENABLED,
}
"""What OK means after a command; after UID and a command it means the same."""


def codes(line: bytes) -> tuple[str, ...]:
    """The status or the name of an answer, and its response code in brackets."""
    found, code = tagged(line), _CODE.match(line)
    name = follow.response(line) if found is None else found[1].decode("ascii")
    return (*([name] if name else ()), *([f"[{code[1].decode('ascii').upper()}]"] if code else ()))


def sent(step: Step) -> Row:
    """The line that the client sent, taken apart; answers of AUTHENTICATE and literals of LOGIN are secrets."""
    if step.kind != "answer":
        return _sent(step.octets)
    if step.verb == b"AUTHENTICATE":
        return answer_row(step.octets, _EXCHANGE)
    line = step.octets.rstrip(b"\r\n")
    literal = ENDS.search(line)
    if step.verb == b"LOGIN" and line:
        row = secret_row(step.octets, "literal octets", "the rest of LOGIN, a secret", _LITERAL)
        return row if literal is None else row._replace(secret=((0, literal.start()),))
    gloss = "octets of a literal, and the rest of the command" if line else "the end of the command"
    return Row("client", "plain", step.octets, gloss, (), (), _LITERAL)


def _sent(octets: bytes) -> Row:
    """A client line taken apart, a password masked: by our grammar, or by the table for a verb that we do not have."""
    line = octets.rstrip(b"\r\n")
    row, name = command_row(octets, PROTOCOL), verb(line)
    if TABLE.find(name) is not None or name == b"DONE":
        return row
    if not name:
        return maybe_secret(row)
    (found, *_) = tables.find("imap-commands", "command", name.decode("ascii"))
    tag = TAG.match(line)
    assert tag is not None, "a line with a verb has a tag"
    start = tag.end()
    notes = (
        Note("tag", *tag.span(1), "tag"),
        Note(found["command"], start, start + len(name), f"verb: {found['says']}"),
    )
    return row._replace(gloss=found["says"], notes=notes, cite=tables.cite(found["section"]))


def answers(step: Step) -> tuple[Row, ...]:
    """The line of the server in a turn, taken apart."""
    verb = step.verb.decode("latin-1")
    return tuple(_reply_row(line, _card(line, step), len(step.octets), verb) for line in step.replies)


def _card(line: bytes, step: Step | None) -> Card:
    """What a reply of any server means: by its response code where it refuses, else after this command."""
    line = line.rstrip(b"\r\n")
    name = "" if step is None else step.verb.decode("latin-1")
    found, code = tagged(line), _CODE.match(line)
    if line.startswith(b"+"):
        if step is None:
            return Card("+", "go on with what the command began", Cite(3501, "7.5"))
        return (
            replies.CHALLENGE if name == "AUTHENTICATE" else replies.IDLING if name == "IDLE" else replies.GO_ON
        ).card
    if step is not None and step.kind == "greeting":
        return replies.GREETING.card
    if found is None:
        return replies.CHANGED.card
    status = found[1].decode("ascii")
    row = known.row_of("imap-response-codes", code[1].decode("ascii")) if code and status != "OK" else None
    if row is not None:
        after = "" if row["next"] == "-" else row["next"]
        return Card(row["code"], known.says(row), tables.cite(row["section"]) or Cite(3501, "7.1"), next=after)
    wording = _DONE.get(name.removeprefix("UID ").encode("latin-1"))
    if status == "OK" and wording is not None:
        return wording.card
    for cells in tables.find("imap-commands", "command", name):
        if cells[status.lower()] != "-":
            return Card(f"{name} {status}", cells[status.lower()], tables.cite(cells["section"]) or Cite(3501, "7.1"))
    return Card(status, STATUSES[status].partition(": ")[2], Cite(3501, "7.1"))


def _reply_row(reply: bytes, card: Card, inside: int, verb: str = "") -> Row:
    """A line of a server taken apart, of which the first octets may belong to a literal, and what brought it."""
    line = reply.rstrip(b"\r\n")
    marked = mark_reply(line[inside:], card, 0)
    notes = [_note(part.rule, line, part.start + inside, part.end + inside, marked.glosses) for part in marked.parts]
    if verb and not inside and notes and notes[0].rule == "untagged":
        notes[0] = notes[0]._replace(text=f"*: {cause(line, verb, '')}")
    gloss, cite = marked.gloss or card.says, card.cite if marked.card is None else marked.card.cite
    if inside:
        gloss, notes = (
            "the literal ends in this line",
            [Note("literal octets", 0, inside, "octets of the literal"), *notes],
        )
    name = follow.response(line)
    strange = gloss == "no answer by the grammar" and known.row_of("imap-responses", name) if name else None
    if strange:
        start = line.upper().index(name.encode("ascii"))
        gloss, cite = known.says(strange), tables.cite(strange["section"]) or cite
        notes = [
            Note("untagged", 0, 1, "no answer to a command by itself"),
            Note(name, start, start + len(name), gloss),
        ]
    if line.startswith(b"+") and card is replies.CHALLENGE.card:
        text = plain_of(line[2:])
        gloss = f"go on; it asks {text}" if text else "go on: the answer, in BASE64"
    found = tagged(line)
    refused = (found is not None and found[1] != b"OK") or name == "BAD"
    return Row("server", "refusal" if refused else "plain", reply, gloss, tuple(notes), (), cite)


def _note(rule: str, line: bytes, start: int, end: int, glosses: Mapping[str, str]) -> Note:
    """A part of a line; where our own server has no such word, a table may know it."""
    kind, _, _ = rule.partition(" ")
    text, row = line[start:end].decode("latin-1"), None
    if rule == "resp-text-code":
        word = text.strip("[]").split(" ")[0].upper()
        row = None if word in CODES else known.row_of("imap-response-codes", word)
    elif kind == "capability":
        row = known.row_of("imap-capabilities", text) if glosses[rule] == glosses["capability"] else None
    elif (kind == "flag" and text not in MEANINGS) or (rule == "atom" and text.startswith("$")):
        row = known.row_of("imap-flags", text)
    elif rule == "mbx-list-flag":
        row = known.row_of("imap-mailbox-attributes", text)
    return Note(rule, start, end, glosses.get(rule, rule) if row is None else known.says(row))


def remarks(step: Step) -> tuple[Remark, ...]:
    """What is wrong with a line by our grammar, and what is next after a refusal."""
    if step.kind == "command" and step.octets:
        because = _misfit(step.octets.rstrip(b"\r\n"))
        return (Remark("note", f"The line does not fit the grammar. {because}"),) if because else ()
    if step.refused:
        card = _card(step.replies[0], step)
        return (Remark("next", card.next),) if card.next else ()
    return ()


def _misfit(line: bytes) -> str:
    """Where a line with a verb of ours stops to fit the grammar, in sentences; one that a literal ends is not whole."""
    tag = TAG.match(line)
    if tag is None or ENDS.search(line) is not None or left_out(line):
        return ""
    reading = TABLE.read(line, marks=True, start=tag.end())
    if reading.command is None or not isinstance(reading.parsed, Fault):
        return ""
    return reasons.syntax(line, reading.parsed, form=reading.command.syntax).because


def reply(line: bytes, traits: Traits) -> Told | None:
    """A line of a server, as if it stood alone: what it answers is not known."""
    goes_on = line.startswith(b"+ ")
    if not (goes_on or follow.is_reply(line)) or b" " not in line:
        return None
    found = [
        fact
        for code in (("+",) if goes_on else codes(line))
        for fact in known.facts(code, traits)
        if fact.kind.startswith("IMAP resp")
    ]
    # All that OK may mean here is no news of this one line.
    about = [fact._replace(fields=tuple(one for one in fact.fields if one[0] != "here")) for fact in found]
    return Told(line.decode("utf-8", "surrogateescape"), _reply_row(line, _card(line, None), 0), (), tuple(about))


def command(line: bytes, traits: Traits) -> Told | None:
    """A line of a client; None where it is no tag with a command of any server."""
    name, tag = verb(line), TAG.match(line)
    if not name or tag is None or (name == b"DONE") != (line.upper() == b"DONE"):
        return None
    because = _misfit(line)
    why = (Remark("why", f"It does not fit the grammar. {because}"),) if because else ()
    text = name.decode("ascii")
    return Told(text, _sent(line), why, tuple(one for one in known.facts(text, traits) if one.kind == "IMAP command"))


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
