"""The grammar of server lines (RFC 1939 section 3, RFC 2449 section 3): an answer taken apart, one line at a time."""

import re

from mailshell.core.record import Card, Part
from mailshell.core.session import Marked
from mailshell.pop3 import replies
from mailshell.pop3.capabilities import CAPABILITIES

_STATUS = re.compile(rb"(\+OK|-ERR|\+)(?: |$)")
_CODE = re.compile(rb"\[([!-.0-Z^-~]+(?:/[!-.0-Z^-~]+)*)\](?: |$)")
_WORD = re.compile(rb"[^ ]+")

STATUS = {
    "+OK": "+OK: done",
    "-ERR": "-ERR: refused",
    "+": "+: go on, an answer in BASE64 is wanted",
}
CODES = {
    "IN-USE": "the maildrop is in use: try again later",
    "LOGIN-DELAY": "too soon after the last login: wait",
    "SYS/TEMP": "trouble of the system, for now: try later",
    "SYS/PERM": "trouble of the system, for good: tell somebody",
    "AUTH": "wrong credentials: ask the user for others",
    "UTF8": "the message needs UTF-8 mode",
}
"""The response codes (RFC 2449 section 8.1, RFC 3206 sections 4 and 5, RFC 6856 section 5)."""

GLOSSES = {
    "text": "text for people; a program reads the status and the code",
    "timestamp": "the challenge of APOP: joined with the password for the digest",
    "msg": "the number of the message in this session",
    "octets": "size in octets, stuffed dots not counted",
    "count": "how many messages, those marked as deleted left out",
    "unique-id": "the lasting name of the message",
    "capa-tag": "a capability",
    "param": "arguments of the capability",
    "language-tag": "a tag for LANG",
    "description": "the name of the language in that language",
    "dot-stuffed": "a line of the message as it was stored",
    "stuffed dot": "stuffing: the line begins with a dot, the client takes this one off",
    "termination octet": "one dot alone: the answer ends here",
    "challenge": "what the mechanism asks, in BASE64",
}
_KNOWN = {one.tag: one.card.says for one in CAPABILITIES}
_FIRST = {
    replies.DROP_LISTING.card.name: ("count", "octets"),
    replies.SCAN_LINE.card.name: ("msg", "octets"),
    replies.UNIQUE_LINE.card.name: ("msg", "unique-id"),
}
"""First lines whose text a program reads (RFC 1939 section 9)."""
_LATER = {
    replies.SCAN_LISTING.card.name: ("msg", "octets"),
    replies.UNIQUE_LISTING.card.name: ("msg", "unique-id"),
    replies.CAPABILITIES.card.name: ("capa-tag", "param"),
    replies.LANGUAGES.card.name: ("language-tag", "description"),
}
_SAYS = {
    ("msg", "octets"): "number, size in octets",
    ("msg", "unique-id"): "number, unique-id",
    ("language-tag", "description"): "tag, name of the language",
}


def mark_reply(line: bytes, card: Card, at: int) -> Marked:
    """A line of an answer, line end left out, the card of the answer, and which of its lines it is."""
    return _first(line, card) if not at else _later(line, card)


def _first(line: bytes, card: Card) -> Marked:
    found = _STATUS.match(line)
    if found is None:
        return Marked(card, _part("text", 0, line), {"text": "no answer by the grammar"}, "")
    status = found[1].decode("ascii")
    glosses = {**GLOSSES, "status": STATUS[status]}
    parts = [Part("status", 0, found.end(1))]
    at = found.end()
    code = _CODE.match(line, at)
    if code is not None:
        name = code[1].decode("ascii")
        glosses["resp-code"] = CODES.get(name.upper(), "a response code that mailshell does not know")
        parts.append(Part("resp-code", at, code.end(1) + 1))
        at = code.end()
    if status == "+":
        parts += _part("challenge", at, line)
    elif card.name in _FIRST and status == "+OK":
        parts += _words(line, at, _FIRST[card.name])
    else:
        parts += _text(line, at, card)
    sign = "x " if status == "-ERR" else ""
    return Marked(card, tuple(parts), glosses, f"{sign}{card.says}")


def _text(line: bytes, at: int, card: Card) -> list[Part]:
    """The text; that of the greeting may hold the timestamp of APOP."""
    start = line.find(b"<", at) if card.name == replies.GREETING.card.name else -1
    end = line.find(b">", start) + 1
    if start <= at or not end:
        return list(_part("text", at, line))
    return [Part("text", at, start), Part("timestamp", start, end), *_part("text", end, line)]


def _later(line: bytes, card: Card) -> Marked:
    if line == b".":
        return Marked(card, _part("termination octet", 0, line), GLOSSES, "the end of the answer")
    rules = _LATER.get(card.name)
    if rules is None:
        dotted = line.startswith(b".")
        parts = (*((Part("stuffed dot", 0, 1),) if dotted else ()), *_part("dot-stuffed", int(dotted), line))
        return Marked(card, parts, GLOSSES, "the first dot is stuffing; the client takes it off" if dotted else "")
    parts = tuple(_words(line, 0, rules))
    says = _SAYS.get(rules) or _KNOWN.get(line.split(b" ", 1)[0].decode("latin-1").upper(), "a capability")
    return Marked(card, parts, GLOSSES, says)


def _words(line: bytes, at: int, rules: tuple[str, str]) -> list[Part]:
    """The first word is one rule, all after the space is the other."""
    first = _WORD.match(line, at)
    if first is None:
        return list(_part("text", at, line))
    return [Part(rules[0], at, first.end()), *_part(rules[1], first.end() + 1, line)]


def _part(rule: str, start: int, line: bytes) -> tuple[Part, ...]:
    """The rest of a line as one part, if there is a rest."""
    return (Part(rule, start, len(line)),) if start < len(line) else ()
