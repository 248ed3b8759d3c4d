"""The base subject: a subject without the marks of replies and forwards (RFC 5256 section 2.1)."""

import re
from typing import NamedTuple

from mailshell.mail.words import decoded

_SPACES = re.compile(r"[ \t\r\n]+")
_BLOB = re.compile(r"\[[^\[\]]*\][ \t]*")
_REFWD = re.compile(r"(?:re|fwd?)[ \t]*(?:\[[^\[\]]*\][ \t]*)?:", re.IGNORECASE | re.ASCII)
_FORWARD = "[fwd:"
_TRAILER = "(fwd)"


class Subject(NamedTuple):
    """A base subject, and whether what was taken off says that the message is a reply or a forward."""

    base: str
    reply: bool


def based(value: bytes) -> Subject:
    """The base subject of the value of a Subject field."""
    text = _SPACES.sub(" ", decoded(value))
    lower = text.lower() if text.isascii() else "".join(one.lower() if one.isascii() else one for one in text)
    start, end, reply = 0, len(text), False
    while True:
        while end > start and (lower[end - 1] == " " or lower.endswith(_TRAILER, start, end)):
            trailer = lower[end - 1] != " "
            end -= len(_TRAILER) if trailer else 1
            reply = reply or trailer
        start, marked = _led(text, start, end)
        reply = reply or marked
        if not (lower.startswith(_FORWARD, start, end) and text.endswith("]", start + len(_FORWARD), end)):
            return Subject(text[start:end], reply)
        start, end, reply = start + len(_FORWARD), end - 1, True


def _led(text: str, start: int, end: int) -> tuple[int, bool]:
    """Where the text begins without its leaders and blobs (steps 3 to 5), and whether a mark of a reply was there."""
    marked = False
    while start < end:
        if text[start] == " ":
            start += 1
            continue
        at, last = start, start
        while (blob := _BLOB.match(text, at, end)) is not None:
            at, last = blob.end(), at
        mark = _REFWD.match(text, at, end)
        if mark is None:
            # A blob that is all there is stays: it is the subject.
            return (at if at < end else last), marked
        start, marked = mark.end(), True
    return start, marked
