"""The grammar of server lines (RFC 5321 section 4.2, RFC 2034 section 4): a reply taken apart, one line at a time."""

import re
from functools import lru_cache
from typing import NamedTuple

from mailshell.core import tables
from mailshell.core.record import Card, Part
from mailshell.core.session import Marked
from mailshell.smtp.extensions import EXTENSIONS
from mailshell.smtp.replies import EHLO_OK, GREETING, HELO_OK

_LINE = re.compile(rb"([2-5][0-5][0-9])([ -])?(?:([245]\.[0-9]{1,3}\.[0-9]{1,3})(?= |$))?")
_WORD = re.compile(rb"[^ \r\n]+")
_SHORT_LINE = 80

CLASSES = {
    "2": "2: done",
    "3": "3: go on, more is wanted",
    "4": "4: refused for now, the same may work later",
    "5": "5: refused, do not repeat it unchanged",
}
CATEGORIES = {
    "0": "0: about syntax",
    "1": "1: information",
    "2": "2: about the connection",
    "3": "3: given by an extension",
    "4": "4: given by an extension",
    "5": "5: about the mail system",
}
SUBJECTS = {
    "0": "0 other",
    "1": "1 address",
    "2": "2 mailbox",
    "3": "3 mail system",
    "4": "4 network and routing",
    "5": "5 protocol",
    "6": "6 content",
    "7": "7 security or policy",
}
_KINDS = {"2": "success", "4": "for now", "5": "permanent"}
_SHORT = {"2": "done", "3": "go on", "4": "refused for now", "5": "refused"}
_KEYWORDS = {extension.keyword: extension.card for extension in EXTENSIONS}


class ReplyLine(NamedTuple):
    """One line of a reply as a program reads it: `more` says that a hyphen follows the code, so that lines follow.

    `enhanced` is empty where the line has no enhanced code; `text` is what comes after the codes.
    """

    code: int
    more: bool
    enhanced: str
    text: bytes


def read_line(line: bytes) -> ReplyLine | None:
    """A line of a reply, line end left out; None where it is none by the grammar."""
    # Servers say the same again and again: a host that sends mail on reads the lines of EHLO for every message.
    return _read_short(line) if len(line) <= _SHORT_LINE else _read(line)


def _read(line: bytes) -> ReplyLine | None:
    found = _LINE.match(line)
    if found is None or (found[2] is None and len(line) > 3):
        return None
    enhanced = "" if found[3] is None else found[3].decode("ascii")
    return ReplyLine(int(found[1]), found[2] == b"-", enhanced, line[found.end() :].removeprefix(b" "))


_read_short = lru_cache(maxsize=1024)(_read)


def mark_reply(line: bytes, card: Card, at: int = 0) -> Marked:
    """One line of a reply, line end left out, and the card of the reply; which line it is does not matter in SMTP."""
    found = _LINE.match(line)
    if found is None:
        return Marked(card, (Part("text", 0, len(line)),) if line else (), {"text": "no reply by the grammar"}, "")
    code, sign = found[1].decode("ascii"), found[2]
    parts = [Part("Reply-code", 0, 3)]
    glosses = {"Reply-code": f"{CLASSES[code[0]]}; {CATEGORIES[code[1]]}"}
    at = 3
    if sign is not None:
        glosses["Reply-code"] += '; "-": more lines follow' if sign == b"-" else ""
        at = 4
    if found[3] is not None:
        parts.append(Part("enhanced", at, found.end()))
        glosses["enhanced"] = _enhanced(found[3].decode("ascii"))
        at = found.end() + 1
    keyword = _keyword(line, at, card)
    if at < len(line):
        parts.append(Part(keyword or "textstring", at, len(line)))
    glosses["textstring"] = "text for people; a program reads the code"
    if keyword:
        glosses[keyword] = _offer(keyword)
    if card.name in (GREETING.card.name, EHLO_OK.card.name, HELO_OK.card.name) and keyword is None:
        glosses["textstring"] = "first the name of the server, then text for people"
    return Marked(card, tuple(parts), glosses, _gloss(code, sign, card, keyword, line[at:]))


def _enhanced(code: str) -> str:
    kind, subject, detail = code.split(".")
    known = tables.find("smtp-enhanced", "code", f"X.{subject}.{detail}")
    words = known[0]["name"] if known else f"detail {detail}"
    return f"{kind} {_KINDS[kind]}, {SUBJECTS.get(subject, subject)}: {words}"


def _offer(keyword: str) -> str:
    """What an extension is for: our own words, or those of the table for one that we never offer."""
    if keyword in _KEYWORDS:
        return _KEYWORDS[keyword].says
    (row,) = tables.find("smtp-extensions", "keyword", keyword)
    return row["says"]


def _keyword(line: bytes, at: int, card: Card) -> str | None:
    """The extension that this line of an EHLO reply offers."""
    if card.name != EHLO_OK.card.name:
        return None
    word = _WORD.match(line, at)
    name = word[0].decode("latin-1").upper() if word is not None else ""
    return name if name in _KEYWORDS or tables.find("smtp-extensions", "keyword", name) else None


def _gloss(code: str, sign: bytes | None, card: Card, keyword: str | None, text: bytes) -> str:
    if code[0] in "45":
        return f"x {card.says}"
    last = sign != b"-"
    if keyword is not None:
        return _offer(keyword) if not last else f"last line; {_offer(keyword)}"
    if not last:
        return f'{code} {_SHORT[code[0]]}, "-": more lines follow'
    if card.name == HELO_OK.card.name and text.startswith(b"Hello "):
        return f"{code} {card.says}; the standard wants the server's name first"
    return f"{code} {card.says}"
