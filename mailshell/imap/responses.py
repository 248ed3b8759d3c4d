"""The grammar of server lines (RFC 3501 section 7): each line of an answer taken apart.

A response that holds a literal has several lines. What comes after the literal begins with a space or a parenthesis,
and is read as the rest of its response.
"""

import re
from collections.abc import Callable

from mailshell.core.record import Card, Part
from mailshell.core.session import Marked
from mailshell.imap import flags, listing
from mailshell.imap.capabilities import CAPABILITIES
from mailshell.imap.commands.search import OPTIONS
from mailshell.imap.commands.status import ITEMS as STATUS
from mailshell.imap.items import ITEMS

_COUNTED = re.compile(rb"~?\{([0-9]{1,10})\}\r?\n?\Z")
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
    "UIDNEXT": "the next uid, or a higher one",
    "UIDVALIDITY": "uids are good as long as this is the same",
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
    "RECENT": "how many this session is the first to see",
    "EXPUNGE": "this message is gone; higher numbers go down",
    "FETCH": "what was asked of this message",
}
"""The untagged responses (RFC 3501 sections 7.2 to 7.4)."""

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


def mark_reply(line: bytes, card: Card, at: int) -> Marked:
    """A line of an answer, line end left out, and the card of the answer."""
    head = _HEAD.match(line)
    if head is None:
        parts, glosses = _tokens(line, 0, _fetched)
        return Marked(card, parts, glosses, "the response goes on" if line else "")
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
        parts, glosses = _tokens(line, numbered.end(), _fetched)
        begin = (first, Part("msg-number", *numbered.span(1)), Part(f"response {name}", *numbered.span(2)))
        if name in ("EXISTS", "RECENT"):
            begin = (first, Part("number", *numbered.span(1)), begin[2])
        return Marked(card, (*begin, *parts), glosses, RESPONSES[name])
    named = _NAMED.match(line, start) if head[1] == b"*" else None
    if named is None:
        return Marked(card, _part("text", 0, line), {"text": "no answer by the grammar"}, "no answer by the grammar")
    name = named[1].decode("ascii").upper()
    parts, glosses = _tokens(line, named.end(), _NAMERS.get(name, _plain))
    return Marked(card, (first, Part(f"response {name}", *named.span(1)), *parts), glosses, RESPONSES[name])


def _status(line: bytes, card: Card, first: Part, status: re.Match[bytes]) -> Marked:
    word, tagged = status[1].decode("ascii").upper(), first.rule == "tag"
    warns = word == "NO" and not tagged
    said = WARNING if warns else STATUSES[word]
    glosses = {**GLOSSES, "resp-cond": said}
    parts, at = [first, Part("resp-cond", *status.span(1))], status.end()
    gloss = said if warns or (word == "BYE" and not tagged) else card.says
    code = _CODE.match(line, at)
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
        if kind != "other":  # parentheses and spaces say nothing by themselves
            rule, gloss = namer(kind, text)
            parts.append(Part(rule, found.start(), found.end()))
            glosses[rule] = gloss
        at = found.end()
    return tuple(parts), glosses


def _plain(kind: str, text: str) -> tuple[str, str]:
    if kind == "flag":
        name = flags.spelled(text)
        return f"flag {name}", flags.MEANINGS.get(name, GLOSSES["flag"])
    rule = "atom" if kind == "word" else kind
    return rule, GLOSSES[rule]


def _fetched(kind: str, text: str) -> tuple[str, str]:
    name = text.upper()
    if kind == "word" and name in _ITEMS:
        return f"msg-att {name}", _ITEMS[name]
    return _plain(kind, text)


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
    return ("mailbox", "the name of the mailbox") if kind in ("word", "quoted") else _plain(kind, text)


def _returned(kind: str, text: str) -> tuple[str, str]:
    name = text.upper()
    if kind == "word" and name in _RETURNED:
        return f"search-return-data {name}", _RETURNED[name]
    if kind == "quoted":
        return "tag-string", "the tag of the SEARCH command"
    return ("sequence-set", "numbers of messages") if kind == "word" else _plain(kind, text)


_NAMERS: dict[str, Namer] = {
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
