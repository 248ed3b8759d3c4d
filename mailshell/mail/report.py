"""Delivery status notifications: a report about a message, as a message (RFC 3464, RFC 6522, RFC 6533)."""

import re
from typing import Literal, NamedTuple

from mailshell.core.clock import Instant, mail_date
from mailshell.mail.queue import Recipient, Terms

Action = Literal["failed", "delayed", "delivered", "relayed"]

_WHOLE = 64 * 1024
"""A report of failure brings the whole message back up to so many octets, where the sender has no wish."""

_HEXCHAR = re.compile(r"\+([0-9A-F]{2})")

_BARE = re.compile(rb"\0|\r(?!\n)|(?<!\r)\n")
"""Octets that only a binary message has, and that would break the lines of a report."""

_OPENINGS: dict[Action, tuple[str, str]] = {
    "failed": ("Not delivered", "Your message could not be delivered to these recipients. It is not tried again."),
    "delayed": ("Late", "Your message could not be delivered yet. You need not send it again: this server tries on."),
    "delivered": ("Delivered", "Your message was delivered, as you asked to be told."),
    "relayed": ("Passed on", "Your message was passed on to a server that sends no reports. This is the last one."),
}


class Case(NamedTuple):
    """One recipient in a report: what was done, the status (RFC 3463), the answer in one line, and who gave it."""

    recipient: Recipient
    action: Action
    status: str
    text: str = ""
    by: str = ""


class Subject(NamedTuple):
    """The message that a report is about; `octets` are the message, `until` is how long it is still tried."""

    reverse_path: str
    octets: bytes
    arrived: Instant
    terms: Terms
    until: Instant | None = None


def wanted(case: Case) -> bool:
    """Whether the sender wants a report of this kind about a recipient (RFC 3461 section 4.1)."""
    notify = case.recipient.notify
    if case.action == "failed":
        return not notify or "FAILURE" in notify
    if case.action == "delayed":
        return not notify or "DELAY" in notify
    return case.action == "relayed" or "SUCCESS" in notify


def write(host: str, name: str, to: str, subject: Subject, cases: list[Case], now: Instant) -> bytes:
    """The report of a host, under the name that it gives it, to an address."""
    title, opening = _OPENINGS[cases[0].action]
    people, fields = "".join(map(_words, cases)), _status(host, subject, cases, now)
    utf8 = not f"{to}{people}{fields}".isascii()
    returned, kind = _returned(subject, cases[0].action, utf8=utf8)
    boundary = _boundary(f"report.{name}.{host}", returned)
    head = (
        f"Date: {mail_date(now)}\r\nFrom: Mail server of {host} <postmaster@{host}>\r\nTo: <{to}>\r\n"
        f"Subject: {title}: {_topic(subject.octets)}\r\nMessage-ID: <report.{name}@{host}>\r\n"
        "Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
        f'Content-Type: multipart/report; report-type=delivery-status;\r\n\tboundary="{boundary}"\r\n\r\n'
    )
    bits = "8bit" if utf8 else "7bit"
    words = (
        f"--{boundary}\r\nContent-Type: text/plain; charset={'utf-8' if utf8 else 'us-ascii'}\r\n"
        f"Content-Transfer-Encoding: {bits}\r\n\r\n"
        f"{_folded(opening)}\r\n\r\n{people}\r\n"
    )
    status = (
        f"--{boundary}\r\nContent-Type: message/{'global-' if utf8 else ''}delivery-status\r\n"
        f"Content-Transfer-Encoding: {bits}\r\n\r\n{fields}\r\n"
    )
    eight = "8bit" if not returned.isascii() else "7bit"
    third = f"--{boundary}\r\nContent-Type: {kind}\r\nContent-Transfer-Encoding: {eight}\r\n\r\n"
    tail = f"\r\n--{boundary}--\r\n"
    return (head + words + status + third).encode() + returned + tail.encode()


def _words(case: Case) -> str:
    said = f"    {_ascii(case.text)}\r\n" if case.text else ""
    whose = f"    (said {case.by})\r\n" if case.text and case.by else ""
    return f"<{case.recipient.address}>\r\n{said}{whose}"


def _status(host: str, subject: Subject, cases: list[Case], now: Instant) -> str:
    """The fields for programs: those about the message, then a group for each recipient (RFC 3464 section 2)."""
    terms = subject.terms
    fields = [f"Original-Envelope-Id: {_decoded(terms.envelope_id)}"] if terms.envelope_id else []
    fields += [f"Reporting-MTA: dns; {host}", f"Arrival-Date: {mail_date(subject.arrived)}", ""]
    for case in cases:
        recipient = case.recipient
        if recipient.original:
            kind, _, address = recipient.original.partition(";")
            fields.append(f"Original-Recipient: {kind}; {_decoded(address)}")
        fields += [
            f"Final-Recipient: {'rfc822' if recipient.address.isascii() else 'utf-8'}; {recipient.address}",
            f"Action: {case.action}",
            f"Status: {case.status}",
        ]
        if case.by:
            fields.append(f"Remote-MTA: dns; {case.by}")
        if case.by and case.text[:3].isdigit():
            fields.append(f"Diagnostic-Code: smtp; {_ascii(case.text)}")
        if case.action in ("failed", "delayed"):
            fields.append(f"Last-Attempt-Date: {mail_date(now)}")
        if case.action == "delayed" and subject.until is not None:
            fields.append(f"Will-Retry-Until: {mail_date(subject.until)}")
        fields.append("")
    return "\r\n".join(fields)


def _returned(subject: Subject, action: Action, *, utf8: bool) -> tuple[bytes, str]:
    """What comes back of the message, and its media type (RFC 3461 section 4.3): all of it, or its header."""
    octets, terms, header = subject.octets, subject.terms, _header(subject.octets)
    whole = action == "failed" and (terms.returns == "FULL" or (not terms.returns and len(octets) <= _WHOLE))
    wide = utf8 or not header.isascii()
    if whole and terms.body != "BINARYMIME":  # such octets would need a way of their own
        return octets, "message/global" if wide else "message/rfc822"
    return _BARE.sub(b"?", header) + b"\r\n", "message/global-headers" if wide else "text/rfc822-headers"


def _header(octets: bytes) -> bytes:
    """The header of a message without its last line end; of a very long one the beginning."""
    end = octets.find(b"\r\n\r\n", 0, _WHOLE)
    return octets[: end if end >= 0 else max(octets.rfind(b"\r\n", 0, _WHOLE), 0)]


def _topic(octets: bytes) -> str:
    """The subject of the message in ASCII and in short; its sender knows it."""
    found = re.search(rb"(?im)^subject:[ \t]*([^\r\n]*)", _header(octets))
    text = "".join(letter for letter in found[1].decode("ascii", "replace") if " " <= letter <= "~") if found else ""
    return text[:60].strip() or "your message"


def _decoded(text: str) -> str:
    """An envelope id or address without the encoding of its parameter (xtext, RFC 3461 section 4), in one line."""
    return _line(_HEXCHAR.sub(lambda found: chr(int(found[1], 16)), text))


def _line(text: str) -> str:
    """A text as one line of a header field: what is no visible character or space becomes a question mark."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)[:800]


def _ascii(text: str) -> str:
    """What a server said as one line of ASCII: a report must not need more for that."""
    return _line(text.encode("ascii", "replace").decode("ascii"))


def _folded(text: str) -> str:
    import textwrap  # no report, no need

    return "\r\n".join(textwrap.wrap(text, 76))


def _boundary(name: str, content: bytes) -> str:
    """A boundary that no line of the content begins with (RFC 2046 section 5.1.1)."""
    count = 0
    while b"--" + (boundary := f"{name}.{count}" if count else name).encode() in content:
        count += 1
    return boundary
