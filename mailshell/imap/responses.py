"""The grammar of server lines (RFC 3501 section 7): each line of an answer taken apart.

A response that holds a literal has several lines. What comes after the literal begins with a space or a parenthesis,
and is read as the rest of its response.
"""

import re
from typing import Literal

from mailshell.core.record import Card, Cite, Part
from mailshell.core.session import Marked
from mailshell.imap.words import (
    CITES,
    CODES,
    GLOSSES,
    RESPONSES,
    STATUS_CITES,
    STATUSES,
    WARNING,
    coded,
    fetched,
    named,
    tokens,
)

_COUNTED = re.compile(rb"~?\{([0-9]{1,10})\}\r?\n?\Z")
_LETTER = re.compile(
    rb"(?:BODY\[([^\]]*)\](?:<0>)?|BINARY\[\](?:<0>)?|RFC822(?:\.(HEADER))?) ~?\{[0-9]+\}(?:\r\n)?\Z", re.IGNORECASE
)
_HEAD = re.compile(rb"(\*|\+|[^\x00-\x20\x7f-\xff(){%*\"\\+]+)(?: |$)")
_STATUS = re.compile(rb"(OK|NO|BAD|BYE|PREAUTH)(?: |$)", re.IGNORECASE)
_CODE = re.compile(rb"\[([^\x00-\x20\]]+)(?: ([^\]]*))?\](?: |$)")
_NUMBERED = re.compile(rb"([0-9]+) (EXISTS|RECENT|EXPUNGE|FETCH)(?: |$)", re.IGNORECASE)
_NAMED = re.compile(
    rb"(CAPABILITY|ENABLED|LIST|LSUB|STATUS|E?SEARCH|SORT|THREAD|FLAGS|NAMESPACE|ID)(?: |$)", re.IGNORECASE
)


def counted(line: bytes) -> int:
    """How many octets follow a line of the server as they are: those of its literal."""
    found = _COUNTED.search(line)
    return 0 if found is None else int(found[1])


def brings(line: bytes) -> Literal["", "header", "message"]:
    """Whether the literal that a line announces is a message, or a header, from its first octet on."""
    found = _LETTER.search(line)
    if found is None:
        return ""
    section = (found[1] or found[2] or b"").upper()
    if not section:
        return "message"
    return "header" if section.endswith((b"HEADER", b"MIME")) or b"HEADER.FIELDS" in section else ""


def mark_reply(line: bytes, card: Card, at: int) -> Marked:
    """A line of an answer, line end left out, and the card of the answer."""
    head = _HEAD.match(line)
    if head is None:
        parts, glosses = tokens(line, 0, fetched())
        return Marked(card, parts, glosses, "the response goes on" if parts else "the response ends" if line else "")
    start = head.end()
    if head[1] == b"+":
        rest = "challenge" if card.name == "challenge" else "text"
        return Marked(card, (Part("continuation", 0, 1), *_part(rest, start, line)), GLOSSES, card.says)
    first = Part("untagged" if head[1] == b"*" else "tag", 0, head.end(1))
    status = _STATUS.match(line, start)
    if status is not None:
        return _status(line, card, first, status)
    numbered = _NUMBERED.match(line, start) if head[1] == b"*" else None
    if numbered is not None:
        name = numbered[2].decode("ascii").upper()
        parts, glosses = tokens(line, numbered.end(), fetched())
        begin = (first, Part("msg-number", *numbered.span(1)), Part(f"response {name}", *numbered.span(2)))
        if name in ("EXISTS", "RECENT"):
            begin = (first, Part("number", *numbered.span(1)), begin[2])
            glosses["number"] = "so many"
        return Marked(_told(card, name), (*begin, *parts), glosses, RESPONSES[name])
    found = _NAMED.match(line, start) if head[1] == b"*" else None
    if found is None:
        return Marked(card, _part("text", 0, line), {"text": "no answer by the grammar"}, "no answer by the grammar")
    name = found[1].decode("ascii").upper()
    parts, glosses = tokens(line, found.end(), named(name))
    marked = (first, Part(f"response {name}", *found.span(1)), *parts)
    return Marked(_told(card, name), marked, glosses, RESPONSES[name])


def _told(card: Card, name: str) -> Card:
    """The card of an answer, with the section that has this response."""
    return card._replace(cite=CITES[name])


def _status(line: bytes, card: Card, first: Part, status: re.Match[bytes]) -> Marked:
    word, tagged = status[1].decode("ascii").upper(), first.rule == "tag"
    warns = word == "NO" and not tagged
    said = WARNING if warns else STATUSES[word]
    glosses = {**GLOSSES, "resp-cond": said}
    parts, at = [first, Part("resp-cond", *status.span(1))], status.end()
    gloss = said if warns or (word == "BYE" and not tagged) else card.says
    code = _CODE.match(line, at)
    if not tagged:
        card = card._replace(cite=Cite(3501, STATUS_CITES[word] if code is None else "7.1"))
    if code is not None:
        name = code[1].decode("latin-1").upper()
        glosses["resp-text-code"] = CODES.get(name, "a response code that mailshell does not know")
        inside, more = tokens(line[: code.end(2)], code.start(2), coded(name)) if code[2] else ((), {})
        end = code.end(1) if inside else line.index(b"]", at) + 1
        parts += (Part("resp-text-code", at, end), *inside)
        glosses = {**more, **glosses}
        at = code.end()
        if not tagged and word == "OK" and card.name != "greeting":
            gloss = glosses["resp-text-code"]
    parts += _part("text", at, line)
    sign = "x " if word in ("NO", "BAD") and not warns else ""
    return Marked(card, tuple(parts), glosses, f"{sign}{gloss}")


def _part(rule: str, start: int, line: bytes) -> tuple[Part, ...]:
    """The rest of a line as one part, if there is a rest."""
    return (Part(rule, start, len(line)),) if start < len(line) else ()
