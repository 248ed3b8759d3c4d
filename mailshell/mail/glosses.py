"""What stands in the value of a header field, on one of its lines: addresses, dates, parameters, encoded words.

A field may be folded over lines, and a message arrives line by line, so each line is read for itself.
"""

import re
from collections.abc import Callable, Iterator
from itertools import islice

from mailshell.core.clock import Instant, civil, instant, mail_date
from mailshell.core.explain import Note
from mailshell.core.record import Cite
from mailshell.mail import words

LINE = 2048
"""Octets of a line that are read; a line of a message has at most 998 (RFC 5322 section 2.1.1)."""

_SHOWN = 40  # characters of decoded text that a note shows
_MOST = 16  # notes on one line: beyond that nobody reads them

_TOKEN = re.compile(
    rb'(?P<space>[ \t]+)|(?P<comment>\([^()]*\)?)|(?P<quoted>"(?:[^"\\]|\\.)*+"?)|(?P<angle><[^<>]*>?)'
    rb'|(?P<mark>[,;:)>])|(?P<word>[^ \t,;:<>"()]+)',
    re.S,
)
_DATE = re.compile(
    rb"(?:(?P<day>Mon|Tue|Wed|Thu|Fri|Sat|Sun),[ \t]*)?"
    rb"(?P<date>\d{1,2}[ \t]+(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[ \t]+\d{4})[ \t]+"
    rb"(?P<time>\d\d:\d\d(?::\d\d)?)[ \t]+(?P<zone>[+-]\d{4}|(?:UT|GMT|[ECMP][SD]T)\b)"
)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_BEGINS_DATE = re.compile(rb"[0-9,(]")
_IDS = re.compile(rb"<[^<> \t]+>")
_CLAUSE = re.compile(rb"(?<![^ \t])(from|by|via|with|id|for)[ \t]+([^ \t;()]+)", re.I)
_COMMENT = re.compile(rb"\([^()]*\)?")
_MEDIA = re.compile(rb"[ \t]*([^ \t;/\"]+)/([^ \t;/\"]+)")
_PARAMETER = re.compile(rb"(?<![^ \t;])([!#-'+\-.0-9A-Z^-~]+)[ \t]*=[ \t]*(?:\"(?:[^\"\\]|\\.)*+\"?|[^ \t;\"]+)", re.S)
_VALUE = re.compile(rb"[^ \t;]+")

_ADDRESS = Cite(5322, "3.4")
_ADDR_SPEC = Cite(5322, "3.4.1")
_DATE_TIME = Cite(5322, "3.3")
_MSG_ID = Cite(5322, "3.6.4")
_TRACE = Cite(5321, "4.4")
_WORDS = Cite(2047, "2")
_WORDS_B = Cite(2047, "4.1")
_WORDS_Q = Cite(2047, "4.2")
_TYPE = Cite(2045, "5.1")
_UTF8 = Cite(6532, "3.2")

_CLAUSES = {
    "from": ("From-domain", "the name that the client gave in its hello"),
    "by": ("By-domain", "the server that took the message"),
    "via": ("Via", "the kind of connection"),
    "with": ("With", "the protocol; ESMTP: the client said EHLO"),
    "id": ("ID", "this server's own name for the message"),
    "for": ("For", "the recipient in the envelope"),
}
_ENCODINGS: dict[bytes, tuple[str, Cite]] = {
    b"7bit": ("ASCII lines, as they are", Cite(2045, "2.7")),
    b"8bit": ("lines with octets above 127, as they are", Cite(2045, "2.8")),
    b"binary": ("any octets, as they are", Cite(2045, "2.9")),
    b"quoted-printable": ("=XX is the octet XX in hexadecimal", Cite(2045, "6.7")),
    b"base64": ("4 characters stand for 3 octets", Cite(2045, "6.8")),
}
_PARAMETERS: dict[bytes, tuple[str, Cite]] = {
    b"charset": ("which octets are which characters", Cite(2046, "4.1.2")),
    b"boundary": ('a line of "--" and this text divides parts', Cite(2046, "5.1.1")),
    b"filename": ("a name for the file", Cite(2183, "2.3")),
}
_DISPOSITIONS: dict[bytes, tuple[str, Cite]] = {
    b"inline": ("show it with the text", Cite(2183, "2.1")),
    b"attachment": ("keep it as a file", Cite(2183, "2.2")),
}
_TYPES: dict[bytes, tuple[str, Cite]] = {
    b"text": ("text; the subtype says which kind", Cite(2046, "4.1")),
    b"image": ("a picture", Cite(2046, "4.2")),
    b"audio": ("sound", Cite(2046, "4.3")),
    b"video": ("moving pictures", Cite(2046, "4.4")),
    b"application": ("data for a program", Cite(2046, "4.5")),
    b"multipart": ("the body has parts with headers of their own", Cite(2046, "5.1")),
    b"message": ("a message, a piece of one, or a report", Cite(2046, "5.2")),
}

_SUBTYPES = {
    b"text/plain": ("plain text", "4.1.3"),
    b"text/html": ("HTML, as on web pages", "4.1"),
    b"application/octet-stream": ("octets of an unknown kind", "4.5.1"),
    b"multipart/mixed": ("parts in order", "5.1.3"),
    b"multipart/alternative": ("the same in several forms, the best last", "5.1.4"),
    b"multipart/digest": ("each part is a message", "5.1.5"),
    b"message/rfc822": ("a whole message", "5.2.1"),
}


def notes(name: bytes, line: bytes, at: int, first: bool) -> list[Note]:
    """What stands on a line from octet `at` on; `first` where it is the first line of the field `name`."""
    line = line[:LINE]
    found = list(islice(_READERS.get(name, _unstructured)(line, at, first), _MOST))
    if not found and not line.isascii():
        return [_eight_bit(line, at)]
    return found


def short(text: str) -> str:
    """Decoded text, cut where it is too long for a note."""
    return text if len(text) <= _SHOWN else text[: _SHOWN - 3] + "..."


def _eight_bit(line: bytes, at: int) -> Note:
    start = next(place for place, octet in enumerate(line) if octet > 127)
    end = max(place for place, octet in enumerate(line) if octet > 127) + 1
    return Note("UTF8-non-ascii", max(start, at), end, "not ASCII: a header may have it only with SMTPUTF8", _UTF8)


def addresses(line: bytes) -> list[tuple[int, int]]:
    """Where the addresses of a line stand, brackets left out."""
    found = []
    for token in _TOKEN.finditer(line[:LINE]):
        start, end = token.span()
        if token["angle"] is not None and token[0].endswith(b">"):
            found.append((start + 1, end - 1))
        elif token["word"] is not None and b"@" in token[0]:
            found.append((start, end))
    return found


def _addresses(line: bytes, at: int, first: bool) -> Iterator[Note]:
    """Mailboxes: display names, and addresses with brackets or without."""
    name_at, name_end = -1, -1
    for token in _TOKEN.finditer(line, at):
        start, end = token.span()
        if token["angle"] is not None:
            if name_at >= 0:
                yield from _display_name(line, name_at, name_end)
            if token[0].endswith(b">"):
                yield Note("angle-addr", start, end, "the address: mailbox, @, domain", _ADDR_SPEC)
        elif token["word"] is not None and b"@" in token[0]:
            yield Note("addr-spec", start, end, "an address", _ADDR_SPEC)
        elif token["comment"] is not None:
            yield Note("comment", start, end, "a comment, for people", Cite(5322, "3.2.2"))
        elif token["space"] is None and token["mark"] is None:
            name_at, name_end = (start if name_at < 0 else name_at), end
            continue
        elif token["space"] is not None:
            continue
        name_at = -1


def _display_name(line: bytes, start: int, end: int) -> Iterator[Note]:
    """The name before an address in brackets; encoded words do not stand in quotes (RFC 2047 section 5)."""
    encoded = list(_words(line, start, end)) if line[start : start + 1] != b'"' else []
    yield from encoded or [Note("display-name", start, end, "a name for people; anything can stand here", _ADDRESS)]


def _words(line: bytes, start: int, end: int) -> Iterator[Note]:
    broken = {flaw.start: flaw for flaw in reversed(words.flaws(line[start:end]))}
    known = {word.start: word for word in words.words(line[start:end])}
    for at in sorted({*broken, *known}):
        flaw = broken.get(at)
        if at not in known:
            yield Note(
                "encoded-word", start + broken[at].start, start + broken[at].end, broken[at].says, broken[at].cite
            )
            continue
        word = known[at]
        charset, text = start + word.start + 2, start + word.text_at
        how = ("Q: =XX is an octet, _ a space", _WORDS_Q) if word.encoding == "Q" else ("B: base64", _WORDS_B)
        yield Note("charset", charset, charset + len(word.charset), "the character set", _WORDS)
        yield Note("encoding", text - 2, text - 1, how[0], how[1])
        says, cite = (f'reads "{short(word.text)}"', how[1]) if flaw is None else (flaw.says, flaw.cite)
        yield Note("encoded-text", text, start + word.end - 2, says, cite)


def _unstructured(line: bytes, at: int, first: bool) -> Iterator[Note]:
    """Free text, perhaps with encoded words."""
    yield from _words(line, at, len(line))


def _date(line: bytes, at: int, first: bool) -> Iterator[Note]:
    """A date-time, wherever it stands on the line."""
    found = _DATE.search(line, at)
    if found is None:
        return
    day = _day(found["date"])
    if found["day"] is not None:
        right = mail_date(day)[:3] if day is not None else ""
        wrong = right and right != found["day"].decode("ascii")
        text = f"the day of the week; that day is a {right}" if wrong else "the day of the week"
        yield Note("day-of-week", *found.span("day"), text, _DATE_TIME)
    text = "no calendar has this day" if day is None else "day, month, year"
    yield Note("date", *found.span("date"), text, _DATE_TIME)
    hour, minute, *second = map(int, found["time"].split(b":"))
    exists = hour < 24 and minute < 60 and sum(second) <= 60  # 60 is a leap second
    text = "the local time" if exists else "no clock shows this time"
    yield Note("time-of-day", *found.span("time"), text, _DATE_TIME)
    if found["zone"].isalpha():
        yield Note("zone", *found.span("zone"), "a zone of the old form; UTC is +0000 now", Cite(5322, "4.3"))
        return
    ahead = "behind" if found["zone"].startswith(b"-") else "ahead of"
    zone = found["zone"][1:].decode("ascii")
    text = f"{zone[:2]} h {zone[2:]} min {ahead} UTC" if zone != "0000" else "the time is UTC"
    yield Note("zone", *found.span("zone"), text, _DATE_TIME)


def _day(date: bytes) -> Instant | None:
    """The moment at which a day begins, None where no calendar has that day."""
    number, name, year = date.decode("ascii").split()
    wanted = int(year), _MONTHS.index(name) + 1, int(number)
    start = instant(*wanted)
    return start if civil(start)[:3] == wanted else None


def _dated(line: bytes, at: int, first: bool) -> Iterator[Note]:
    """A field that is a date; one that is folded may begin with a part of it."""
    value = line[at:].strip(b" \t")
    if first and value and not _BEGINS_DATE.search(value):
        start = line.index(value, at)
        yield Note("date-time", start, start + len(value), "no date: as in 9 Mar 2015 12:00:00 +0000", _DATE_TIME)
    yield from _date(line, at, first)


def _one_id(line: bytes, at: int, first: bool) -> Iterator[Note]:
    """A field that is one message identifier."""
    value = line[at:].strip(b" \t")
    if first and value and b"<" not in value:
        start = line.index(value, at)
        yield Note("msg-id", start, start + len(value), "a message identifier stands in < and >", _MSG_ID)
    yield from _ids(line, at, first)


def _ids(line: bytes, at: int, first: bool) -> Iterator[Note]:
    for found in _IDS.finditer(line, at):
        yield Note("msg-id", *found.span(), "a name for one message, in the form of an address", _MSG_ID)


def _received(line: bytes, at: int, first: bool) -> Iterator[Note]:
    """The clauses of a time stamp (RFC 5321 section 4.4), the address that the server saw, and the date."""
    found = []
    for clause in _CLAUSE.finditer(line, at):
        rule, text = _CLAUSES[clause[1].decode("ascii").lower()]
        found.append(Note(rule, *clause.span(), text, _TRACE))
    for comment in _COMMENT.finditer(line, at):
        text = "the client as the server saw it" if b"[" in comment[0] else "a comment, for people"
        found.append(Note("TCP-info" if b"[" in comment[0] else "comment", *comment.span(), text, _TRACE))
    found += _date(line, at, first)
    end = 0
    for note in sorted(found, key=lambda note: note.start):
        if note.start >= end:
            end = note.end
            yield note


def _return_path(line: bytes, at: int, first: bool) -> Iterator[Note]:
    for found in re.finditer(rb"<[^<>]*>", line[at:]):
        start, end = at + found.start(), at + found.end()
        yield Note("Reverse-path", start, end, "reports of failure go here; <> wants none", _TRACE)


def _type(line: bytes, at: int, first: bool) -> Iterator[Note]:
    found = _MEDIA.match(line, at) if first else None
    if found is not None:
        text, cite = _TYPES.get(found[1].lower(), ("a type of body", _TYPE))
        yield Note("type", *found.span(1), text, cite)
        text, section = _SUBTYPES.get(found[0].strip().lower(), ("the subtype", ""))
        yield Note("subtype", *found.span(2), text, Cite(2046, section) if section else _TYPE)
        at = found.end()
    elif first and (bad := _VALUE.search(line, at)) is not None and not set(b"/(") & set(bad[0]):
        text = "no type/subtype: the body counts as plain text"
        yield Note("type", *bad.span(), text, Cite(2045, "5.2"))
    yield from _parameters(line, at, first)


def _parameters(line: bytes, at: int, first: bool) -> Iterator[Note]:
    for found in _PARAMETER.finditer(line, at):
        name = found[1].partition(b"*")[0].lower()
        text, cite = _PARAMETERS.get(name, ("a parameter: name and value", _TYPE))
        yield Note("parameter", *found.span(), text, cite)


def _encoding(line: bytes, at: int, first: bool) -> Iterator[Note]:
    found = _VALUE.search(line, at)
    if found is not None:
        text, cite = _ENCODINGS.get(found[0].lower(), ("an encoding of its own", Cite(2045, "6.1")))
        yield Note("mechanism", *found.span(), text, cite)


def _disposition(line: bytes, at: int, first: bool) -> Iterator[Note]:
    found = _VALUE.search(line, at) if first else None
    if found is not None and b"=" not in found[0]:
        text, cite = _DISPOSITIONS.get(found[0].lower(), ("treat it as an attachment", Cite(2183, "2.8")))
        yield Note("disposition-type", *found.span(), text, cite)
        at = found.end()
    yield from _parameters(line, at, first)


def _version(line: bytes, at: int, first: bool) -> Iterator[Note]:
    found = _VALUE.search(line, at)
    if found is not None:
        text = "1.0 is the only version there is" + ("" if found[0].startswith((b"1.0", b"(")) else ", so this is none")
        yield Note("version", *found.span(), text, Cite(2045, "4"))


_READERS: dict[bytes, Callable[[bytes, int, bool], Iterator[Note]]] = {
    **dict.fromkeys((b"from", b"sender", b"reply-to", b"to", b"cc", b"bcc"), _addresses),
    **dict.fromkeys((b"resent-from", b"resent-sender", b"resent-to", b"resent-cc", b"resent-bcc"), _addresses),
    **dict.fromkeys((b"disposition-notification-to",), _addresses),
    **dict.fromkeys((b"date", b"resent-date", b"expires"), _dated),
    **dict.fromkeys((b"in-reply-to", b"references"), _ids),
    **dict.fromkeys((b"message-id", b"resent-message-id", b"content-id"), _one_id),
    b"received": _received,
    b"return-path": _return_path,
    b"content-type": _type,
    b"content-transfer-encoding": _encoding,
    b"content-disposition": _disposition,
    b"mime-version": _version,
}
"""How the value of a structured field is read; every other field is free text."""
