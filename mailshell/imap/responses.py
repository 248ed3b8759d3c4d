"""The grammar of server lines (RFC 3501 section 7): each line of an answer taken apart.

A response that holds a literal has several lines. What comes after the literal begins with a space or a parenthesis,
and is read as the rest of its response.
"""

import re
from collections.abc import Callable
from typing import Literal

from mailshell.core.record import Card, Cite, Part
from mailshell.core.session import Marked
from mailshell.imap import flags, listing
from mailshell.imap.capabilities import CAPABILITIES
from mailshell.imap.commands.search import OPTIONS
from mailshell.imap.commands.status import ITEMS as STATUS
from mailshell.imap.items import ITEMS
from mailshell.imap.sections import SAYS as SECTIONS
from mailshell.imap.shapes import Shapes

_COUNTED = re.compile(rb"~?\{([0-9]{1,10})\}\r?\n?\Z")
_LETTER = re.compile(
    rb"(?:BODY\[([^\]]*)\](?:<0>)?|BINARY\[\](?:<0>)?|RFC822(?:\.(HEADER))?) ~?\{[0-9]+\}(?:\r\n)?\Z", re.IGNORECASE
)
_PLACE = re.compile(r"[0-9.]+")
_HEAD = re.compile(rb"(\*|\+|[^\x00-\x20\x7f-\xff(){%*\"\\+]+)(?: |$)")
_STATUS = re.compile(rb"(OK|NO|BAD|BYE|PREAUTH)(?: |$)", re.IGNORECASE)
_CODE = re.compile(rb"\[([^\x00-\x20\]]+)(?: ([^\]]*))?\](?: |$)")
_NUMBERED = re.compile(rb"([0-9]+) (EXISTS|RECENT|EXPUNGE|FETCH)(?: |$)", re.IGNORECASE)
_NAMED = re.compile(
    rb"(CAPABILITY|ENABLED|LIST|LSUB|STATUS|E?SEARCH|SORT|THREAD|FLAGS|NAMESPACE|ID)(?: |$)", re.IGNORECASE
)
_TOKEN = re.compile(
    rb'(?P<quoted>"(?:[^"\\]|\\.)*"?)|(?P<literal>~?\{[0-9]+\}\Z)|(?P<section>[A-Za-z0-9.]+\[[^\]]*\](?:<[0-9]+>)?)'
    rb'|(?P<flag>\\[A-Za-z*]+)|(?P<number>[0-9]+(?=[ ()]|\Z))|(?P<word>[^ ()"{]+|\{)|(?P<other>[ ()]+)'
)

STATUSES = {
    "OK": "OK: done",
    "NO": "NO: refused, it cannot be done",
    "BAD": "BAD: refused, the command is wrong",
    "BYE": "BYE: the server closes the connection",
    "PREAUTH": "PREAUTH: the user is known already",
}
WARNING = "NO: a warning; the command may still be done"
"""What NO says without a tag (RFC 3501 section 7.1.2)."""

CODES = {
    "ALERT": "the user must see the text",
    "APPENDUID": "UIDVALIDITY of the mailbox, uids of the new messages",
    "AUTHENTICATIONFAILED": "wrong name or password",
    "ALREADYEXISTS": "the name is taken",
    "BADCHARSET": "the charsets that the server reads",
    "CANNOT": "it can never be done so",
    "CAPABILITY": "what the server can do",
    "CLOSED": "the mailbox that was open is closed; what follows is about the next one",
    "CONTACTADMIN": "tell the people who run the server",
    "COPYUID": "UIDVALIDITY of the other mailbox, uids here, uids there",
    "LIMIT": "a limit of this server",
    "EXPUNGEISSUED": "another session has removed a message",
    "HIGHESTMODSEQ": "no message has a higher mod-sequence",
    "MODIFIED": "messages that had changed, and were left alone",
    "NOMODSEQ": "the mailbox keeps no mod-sequences",
    "NONEXISTENT": "there is no such mailbox",
    "OVERQUOTA": "no room left for this user",
    "PERMANENTFLAGS": "the flags that can be changed for good",
    "READ-ONLY": "nothing in the mailbox can change",
    "READ-WRITE": "the mailbox can be changed",
    "SERVERBUG": "a mistake of the server",
    "TOOBIG": "more octets than the server takes",
    "TRYCREATE": "CREATE may help",
    "UIDNEXT": "the next message gets this uid, or a higher one",
    "UIDVALIDITY": "uids keep their meaning as long as this is the same",
    "UNAVAILABLE": "for now: try again later",
    "UNKNOWN-CTE": "the transfer encoding is not known",
    "USEATTR": "the mailbox cannot be for that",
    "UNSEEN": "the first message without \\Seen",
}
"""The response codes (RFC 3501 section 7.1, RFC 4315 section 3, RFC 5530 section 3)."""

RESPONSES = {
    "CAPABILITY": "what the server can do",
    "ENABLED": "what was switched on",
    "LIST": "a mailbox: attributes, separator, name",
    "LSUB": "a name on the list of SUBSCRIBE",
    "STATUS": "numbers of a mailbox",
    "SEARCH": "the messages that fit",
    "ESEARCH": "what RETURN asked for",
    "SORT": "the messages that fit, in order",
    "THREAD": "messages as trees of answers",
    "FLAGS": "the flags that this mailbox knows",
    "NAMESPACE": "names of the user, of others, shared",
    "ID": "the program of the server",
    "EXISTS": "how many messages there are",
    "RECENT": "messages this session hears of first",
    "EXPUNGE": "this message is gone; higher numbers go down",
    "FETCH": "data of this message",
}
"""The untagged responses (RFC 3501 sections 7.2 to 7.4)."""

_STATUS_CITES = {"OK": "7.1.1", "NO": "7.1.2", "BAD": "7.1.3", "PREAUTH": "7.1.4", "BYE": "7.1.5"}
"""The sections of RFC 3501 on a status that answers no command; section 7.1 has the codes."""

_CITES = {
    "CAPABILITY": Cite(3501, "7.2.1"),
    "ENABLED": Cite(5161, "3.2"),
    "LIST": Cite(3501, "7.2.2"),
    "LSUB": Cite(3501, "7.2.3"),
    "STATUS": Cite(3501, "7.2.4"),
    "SEARCH": Cite(3501, "7.2.5"),
    "ESEARCH": Cite(4731, "3.1"),
    "SORT": Cite(5256, "4"),
    "THREAD": Cite(5256, "4"),
    "FLAGS": Cite(3501, "7.2.6"),
    "NAMESPACE": Cite(2342, "5"),
    "ID": Cite(2971, "3.2"),
    "EXISTS": Cite(3501, "7.3.1"),
    "RECENT": Cite(3501, "7.3.2"),
    "EXPUNGE": Cite(3501, "7.4.1"),
    "FETCH": Cite(3501, "7.4.2"),
}
"""Where each response is described."""

_VALUES = {
    "UID": ("uniqueid", "the uid"),
    "RFC822.SIZE": ("number", "so many octets"),
    "INTERNALDATE": ("date-time", "day, time and zone"),
    "MODSEQ": ("permsg-modsequence", "the mod-sequence"),
}
"""The one word after the name of an item."""

_CAPABILITIES = {one.keyword: one.card.says for one in CAPABILITIES}
_ITEMS = {item.name: item.card.says for item in ITEMS}
_RETURNED = {
    **OPTIONS,
    "TAG": "which command this answers",
    "UID": "the numbers are uids",
}
_NUMBERS = {item.name: item.says for item in STATUS}

GLOSSES = {
    "tag": "the tag of the command that this answers",
    "untagged": "*: no answer to a command by itself",
    "continuation": "+: go on",
    "resp-cond": "how the command ended",
    "resp-text-code": "a code that a program reads",
    "text": "text for people",
    "number": "a number",
    "msg-number": "the sequence number of the message",
    "msg-att": "what was asked of the message",
    "section": "a section of the message",
    "literal": "so many octets follow the line, as they are",
    "quoted": "a string",
    "flag": "a flag",
    "atom": "a word",
    "capability": "a capability",
    "mbx-list-flag": "an attribute of the name",
    "status-att": "what the number counts",
    "challenge": "what the mechanism asks, in BASE64",
    **{f"response {name}": says for name, says in RESPONSES.items()},
}

Namer = Callable[[str, str], tuple[str, str]]
"""From the kind of a token and its text, its rule and its gloss."""


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
        parts, glosses = _tokens(line, 0, _fetched())
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
        parts, glosses = _tokens(line, numbered.end(), _fetched())
        begin = (first, Part("msg-number", *numbered.span(1)), Part(f"response {name}", *numbered.span(2)))
        if name in ("EXISTS", "RECENT"):
            begin = (first, Part("number", *numbered.span(1)), begin[2])
            glosses["number"] = "so many"
        return Marked(_told(card, name), (*begin, *parts), glosses, RESPONSES[name])
    named = _NAMED.match(line, start) if head[1] == b"*" else None
    if named is None:
        return Marked(card, _part("text", 0, line), {"text": "no answer by the grammar"}, "no answer by the grammar")
    name = named[1].decode("ascii").upper()
    namer = _shaped(name) if name in ("NAMESPACE", "ID") else _NAMERS.get(name, _plain)
    parts, glosses = _tokens(line, named.end(), namer)
    marked = (first, Part(f"response {name}", *named.span(1)), *parts)
    return Marked(_told(card, name), marked, glosses, RESPONSES[name])


def _told(card: Card, name: str) -> Card:
    """The card of an answer, with the section that has this response."""
    return card._replace(cite=_CITES[name])


def _status(line: bytes, card: Card, first: Part, status: re.Match[bytes]) -> Marked:
    word, tagged = status[1].decode("ascii").upper(), first.rule == "tag"
    warns = word == "NO" and not tagged
    said = WARNING if warns else STATUSES[word]
    glosses = {**GLOSSES, "resp-cond": said}
    parts, at = [first, Part("resp-cond", *status.span(1))], status.end()
    gloss = said if warns or (word == "BYE" and not tagged) else card.says
    code = _CODE.match(line, at)
    if not tagged:
        card = card._replace(cite=Cite(3501, _STATUS_CITES[word] if code is None else "7.1"))
    if code is not None:
        name = code[1].decode("latin-1").upper()
        glosses["resp-text-code"] = CODES.get(name, "a response code that mailshell does not know")
        parts.append(Part("resp-text-code", at, line.index(b"]", at) + 1))
        at = code.end()
        if not tagged and word == "OK" and card.name != "greeting":
            gloss = glosses["resp-text-code"]
    parts += _part("text", at, line)
    sign = "x " if word in ("NO", "BAD") and not warns else ""
    return Marked(card, tuple(parts), glosses, f"{sign}{gloss}")


def _tokens(line: bytes, at: int, namer: Namer) -> tuple[tuple[Part, ...], dict[str, str]]:
    """What follows the name of a response, word by word."""
    parts: list[Part] = []
    glosses = dict(GLOSSES)
    while at < len(line):
        found = _TOKEN.match(line, at)
        assert found is not None, "every octet is in some token"
        assert found.lastgroup is not None, "a token has a name"
        kind, text = found.lastgroup, found[0].decode("latin-1")
        rule, gloss = namer(kind, text)
        if kind != "other":  # parentheses and spaces say nothing by themselves
            parts.append(Part(rule, found.start(), found.end()))
            glosses[rule] = gloss
        at = found.end()
    return tuple(parts), glosses


def _plain(kind: str, text: str) -> tuple[str, str]:
    if kind == "other":
        return "", ""
    if kind == "flag":
        name = flags.spelled(text)
        return f"flag {name}", flags.MEANINGS.get(name, GLOSSES["flag"])
    rule = "atom" if kind == "word" else kind
    return rule, GLOSSES[rule]


def _shaped(name: str) -> Namer:
    """For a response whose words are what they are by their places."""
    shapes = Shapes(name)

    def namer(kind: str, text: str) -> tuple[str, str]:
        if kind == "other":
            shapes.marks(text)
            return "", ""
        return shapes.word(text) or _plain(kind, text)

    return namer


def _fetched() -> Namer:
    shapes, item = Shapes(), list[str]()

    def namer(kind: str, text: str) -> tuple[str, str]:
        if kind == "other":
            shapes.marks(text)
            return "", ""
        found, name = shapes.word(text), text.upper()
        if found is not None:
            return found
        if kind == "word" and name in _ITEMS:
            shapes.begin(name)
            item.append(name)
            return f"msg-att {name}", _ITEMS[name]
        if kind == "section":
            return f"section {text}", _section(text)
        value = _VALUES.get(item.pop()) if item else None
        return value or _plain(kind, text)

    return namer


def _capabilities(kind: str, text: str) -> tuple[str, str]:
    name = "IMAP4rev1" if text.upper() == "IMAP4REV1" else text.upper()
    known = name if name in _CAPABILITIES else name.partition("=")[0]
    return f"capability {name}", _CAPABILITIES.get(known, GLOSSES["capability"])


def _listed(kind: str, text: str) -> tuple[str, str]:
    if kind == "flag":
        known = {one.lower(): one for one in listing.ATTRIBUTES}.get(text.lower())
        return (
            (f"mbx-list-flag {known}", listing.ATTRIBUTES[known])
            if known
            else ("mbx-list-flag", GLOSSES["mbx-list-flag"])
        )
    if text == '"CHILDINFO"':
        return "CHILDINFO", "why the name is told: what stands below it"
    if text == '"SUBSCRIBED"':
        return "list-select-base-opt-quoted", "a name below it is subscribed to"
    if kind == "quoted" and len(text) == 3:
        return "separator", "what stands between the levels of a name"
    return ("mailbox", "the name of the mailbox") if kind in ("word", "quoted") else _plain(kind, text)


def _counts(kind: str, text: str) -> tuple[str, str]:
    if kind == "word" and text.upper() in _NUMBERS:
        return f"status-att {text.upper()}", _NUMBERS[text.upper()]
    if kind == "number":
        return "status-att-val", "its value"
    return ("mailbox", "the name of the mailbox") if kind in ("word", "quoted") else _plain(kind, text)


def _returned(kind: str, text: str) -> tuple[str, str]:
    name = text.upper()
    if kind == "word" and name in _RETURNED:
        return f"search-return-data {name}", _RETURNED[name]
    if kind == "quoted":
        return "tag-string", "the tag of the SEARCH command"
    if kind == "number":
        return "search-return-value", "its value"
    return ("sequence-set", "numbers of messages") if kind == "word" else _plain(kind, text)


def _section(text: str) -> str:
    """What a section of a message is, as in BODY[2.MIME]."""
    inside = text.partition("[")[2].partition("]")[0].partition(" ")[0].upper()
    found = _PLACE.match(inside)
    place, word = ("", inside) if found is None else (found[0].strip("."), inside[found.end() :])
    if word == "MIME":
        says = f"the MIME header of part {place}"
    elif word:
        says = SECTIONS.get(word, "a section") + (f", of part {place}" if place else "")
    else:
        says = f"part {place}" if place else "the whole message"
    return f"{says}, a piece of it" if text.endswith(">") else says


def _messages(kind: str, text: str) -> tuple[str, str]:
    return ("number", "a message") if kind == "number" else _plain(kind, text)


_NAMERS: dict[str, Namer] = {
    "SEARCH": _messages,
    "SORT": _messages,
    "THREAD": _messages,
    "CAPABILITY": _capabilities,
    "ENABLED": _capabilities,
    "LIST": _listed,
    "LSUB": _listed,
    "STATUS": _counts,
    "ESEARCH": _returned,
}


def _part(rule: str, start: int, line: bytes) -> tuple[Part, ...]:
    """The rest of a line as one part, if there is a rest."""
    return (Part(rule, start, len(line)),) if start < len(line) else ()
