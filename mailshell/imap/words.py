"""The words of server lines: what each is, by its place and by its response (RFC 3501 section 7)."""

import re
from collections.abc import Callable, Sequence

from mailshell.core.record import Cite, Part
from mailshell.imap import flags, listing
from mailshell.imap.capabilities import CAPABILITIES
from mailshell.imap.commands.search import OPTIONS
from mailshell.imap.commands.status import ITEMS as STATUS
from mailshell.imap.items import ITEMS
from mailshell.imap.sections import SAYS as SECTIONS
from mailshell.imap.shapes import Shapes

_PLACE = re.compile(r"[0-9.]+")

_TOKEN = re.compile(
    rb'(?P<quoted>"(?:[^"\\]|\\.)*"?)|(?P<literal>~?\{[0-9]+\})|(?P<section>[A-Za-z0-9.]+\[[^\]]*\](?:<[0-9]+>)?)'
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
    "LIMIT": "a limit of this server",
    "HIGHESTMODSEQ": "no message has a higher mod-sequence",
    "MODIFIED": "messages that had changed, and were left alone",
    "NOMODSEQ": "the mailbox keeps no mod-sequences",
    "NONEXISTENT": "there is no such mailbox",
    "OVERQUOTA": "no room left for this user",
    "PERMANENTFLAGS": "what is changed in these flags lasts beyond the session",
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
    "UNSEEN": "the number of the first message without \\Seen",
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

STATUS_CITES = {"OK": "7.1.1", "NO": "7.1.2", "BAD": "7.1.3", "PREAUTH": "7.1.4", "BYE": "7.1.5"}
"""The sections of RFC 3501 on a status that answers no command; section 7.1 has the codes."""

CITES = {
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
    "BINARY.SIZE": ("number", "so many octets"),
}
"""The one word after the name of an item."""

_PARTS = ("BODY", "BINARY")
_NO_PART = ("nil", "the message has no such part")

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

_CODE_VALUES: dict[str, Sequence[tuple[str, str]]] = {
    "APPENDUID": (("nz-number", "the UIDVALIDITY of the mailbox"), ("append-uid", "the uids of the new messages")),
    "COPYUID": (
        ("nz-number", "the UIDVALIDITY of the other mailbox"),
        ("uid-set source", "the uids of the messages here"),
        ("uid-set copies", "the uids of the copies there"),
    ),
    "HIGHESTMODSEQ": (("mod-sequence-value", "the highest mod-sequence"),),
    "MODIFIED": (("sequence-set", "the messages, by number or by uid"),),
    "UIDNEXT": (("nz-number", "the uid"),),
    "UIDVALIDITY": (("nz-number", "the UIDVALIDITY"),),
    "UNSEEN": (("nz-number", "its sequence number"),),
}
"""The words of a response code, in their order."""

Namer = Callable[[str, str], tuple[str, str]]
"""From the kind of a token and its text, its rule and its gloss."""


def tokens(line: bytes, at: int, namer: Namer) -> tuple[tuple[Part, ...], dict[str, str]]:
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


def fetched() -> Namer:
    """What the words of FETCH are."""
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
            item.append(name.partition("[")[0])
            return f"section {text}", _section(text)
        asked = item.pop() if item else ""
        if asked in _PARTS and name == "NIL":
            return _NO_PART
        return _VALUES.get(asked) or _plain(kind, text)

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
"""For a response, what its words are, whatever their places."""


def named(response: str) -> Namer:
    """What the words of a response are."""
    return _shaped(response) if response in ("NAMESPACE", "ID") else _NAMERS.get(response, _plain)


def coded(code: str) -> Namer:
    """What the words of a response code are."""
    if code == "CAPABILITY":
        return _capabilities
    left = list(_CODE_VALUES.get(code, ()))

    def namer(kind: str, text: str) -> tuple[str, str]:
        if kind == "word" and code == "BADCHARSET":
            return "charset", "a charset that it reads"
        return left.pop(0) if left and kind != "other" else _plain(kind, text)

    return namer
