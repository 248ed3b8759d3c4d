"""Flags of messages: names in one spelling, sets as octets (RFC 3501 section 2.3.2)."""

from collections.abc import Collection, Iterable

from mailshell.imap import limits

SEEN, DELETED, RECENT = "\\Seen", "\\Deleted", "\\Recent"

SYSTEM = ("\\Answered", "\\Flagged", DELETED, SEEN, "\\Draft")
"""The system flags that a client may change, in the order in which this server lists them."""

MEANINGS = {
    "\\Answered": "the message has been answered",
    "\\Flagged": "marked for special attention",
    DELETED: "marked to be removed by EXPUNGE",
    SEEN: "the message has been read",
    "\\Draft": "the message is not finished",
    RECENT: "this session is the first to be told of the message",
    "\\*": "new keywords may be made",
}
"""What each flag says of a message."""

_SPELLED = {flag.lower(): flag for flag in (*SYSTEM, RECENT)}
_ORDER = {flag: number for number, flag in enumerate(SYSTEM)}
_ROOM = 4096
_texts: dict[frozenset[str], bytes] = {}


def spelled(flag: str) -> str:
    """A system flag in its usual spelling; a keyword as it is."""
    return _SPELLED.get(flag.lower(), flag)


def octets(flags: frozenset[str]) -> bytes:
    """`\\Seen $Forwarded`: the flags of a message, without parentheses."""
    text = _texts.get(flags)
    if text is None:
        if len(_texts) >= _ROOM:
            _texts.clear()
        text = _texts[flags] = " ".join(sorted(flags, key=_place)).encode("ascii")
    return text


def crowded(keywords: Collection[str], sets: Iterable[frozenset[str]]) -> bool:
    """Whether a mailbox that has some keywords would have too many of them with those in some sets of flags."""
    wanted = {one.lower() for some in sets for one in some if not one.startswith("\\")}
    if not wanted:
        return False
    known = {one.lower() for one in keywords}
    new = wanted - known
    return bool(new) and len(known) + len(new) > limits.KEYWORDS


def told(keywords: Collection[str], *, writable: bool) -> tuple[str, str]:
    """FLAGS and PERMANENTFLAGS of a mailbox: a flag that the second does not name cannot be kept."""
    known = " ".join((*SYSTEM, *keywords))
    more = " \\*" if len(keywords) < limits.KEYWORDS else ""
    lasting, says = (
        (f"{known}{more}", "Flags that can be changed for good") if writable else ("", "No flag can be changed")
    )
    return f"* FLAGS ({known})", f"* OK [PERMANENTFLAGS ({lasting})] {says}"


def _place(flag: str) -> tuple[int, str]:
    return _ORDER.get(flag, len(_ORDER)), flag
