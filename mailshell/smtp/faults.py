"""Where a fault that was put in makes SMTP refuse: at the sender, at a recipient, at the end of a message."""

import re
from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple

from mailshell.core.clock import SECOND
from mailshell.mail.faults import Fault, drawn
from mailshell.mail.store import Full
from mailshell.smtp.desk import Desk
from mailshell.smtp.grammar import Path
from mailshell.smtp.replies import (
    CONTENT_REFUSED,
    FAULT_FOR_GOOD,
    FAULT_NOW,
    GREYLISTED,
    MAILBOX_FULL,
    NO_ROOM,
    OVER_QUOTA,
    QUEUE_FULL,
    SENDER_BLOCKED,
    TOO_MANY_RECIPIENTS,
)
from mailshell.smtp.wording import Reply, Wording

DOMAIN = "fault.test"
"""An address in this domain is refused on every host with the code that stands before the @."""

_CODE = re.compile(r"[45][0-5][0-9]", re.ASCII)


class _Case(NamedTuple):
    """What a kind of fault makes of something: why it strikes (empty: it does not), and the reply."""

    why: Callable[[Fault, Desk, Path | bytes], str]
    wording: Wording


def refused(code: int, because: str) -> Reply:
    """The reply with a code that somebody chose."""
    reply = (FAULT_NOW if code < 500 else FAULT_FOR_GOOD)(because)
    return reply._replace(wording=reply.wording._replace(code=code))


def by_address(path: Path) -> Reply | None:
    """`421@fault.test`: the reply that the address asks for."""
    if path.domain.lower() != DOMAIN or not _CODE.fullmatch(path.local):
        return None
    return refused(int(path.local), f"Each address in {DOMAIN} asks for the reply that its first part names.")


def struck(verb: str, about: Path | bytes, desk: Desk) -> Reply | None:
    """How a fault makes the server refuse a path (MAIL, RCPT) or a whole message (the final dot)."""
    if verb == "." and (fault := desk.host.struck("reject", lambda one: one.what == ".")) is not None:
        return refused(fault.figure, fault.because)
    for fault in desk.host.faults:
        case = _CASES.get((verb, fault.kind))
        if case is not None and (why := case.why(fault, desk, about)) and drawn(fault, desk.host.store):
            return case.wording(f"{why} {fault.because}")
    return None


def over_quota(path: Path, desk: Desk) -> Reply | None:
    """552 where a user of this host has the share of octets that the host gives."""
    host, quota = desk.host, desk.host.traits.quota
    if quota is None or not host.is_local(path.domain):
        return None
    for account in host.members(path.local):
        taken = host.taken(account.user)
        if taken >= quota:
            return OVER_QUOTA(f"{account.user} has {taken:,} octets of messages, and {host.name} gives {quota:,}.")
    return None


def _queue(fault: Fault, desk: Desk, about: Path | bytes) -> str:
    return f"The queue of {desk.host.name} is full."


def _sender(fault: Fault, desk: Desk, about: Path | bytes) -> str:
    assert isinstance(about, Path), "MAIL names a path"
    address = about.address.lower()
    blocked = address.endswith(fault.what) if fault.what.startswith("@") else address == fault.what.strip("<>")
    return f"{desk.host.name} takes no mail from {fault.what}." if blocked else ""


def _recipients(fault: Fault, desk: Desk, about: Path | bytes) -> str:
    envelope = desk.state.envelope
    taken = 0 if envelope is None else len(envelope.recipients)
    return f"The message has {taken} recipients, and the server takes no more." if taken >= fault.figure else ""


def _mailbox(fault: Fault, desk: Desk, about: Path | bytes) -> str:
    assert isinstance(about, Path), "RCPT names a path"
    host = desk.host
    if not host.is_local(about.domain):
        return ""
    full = host.account(fault.what)
    return f"The mailbox of {fault.what} is full." if full is not None and full in host.members(about.local) else ""


def _grey(fault: Fault, desk: Desk, about: Path | bytes) -> str:
    envelope = desk.state.envelope
    assert isinstance(about, Path), "RCPT names a path"
    assert envelope is not None, "RCPT is legal only in a transaction"
    host, store = desk.host, desk.host.store
    name = f"grey {host.name} {desk.peer.address} {envelope.reverse_path.address} {about.address}".lower()
    first = store.noted(name)
    if first is None:
        with suppress(Full):  # it is as new the next time
            store.note(name, host.now())
        return "The server has not seen this client, sender and recipient together before."
    left = first + fault.span - host.now()
    return f"They are known, and must wait {-(-left // SECOND)} seconds more." if left > 0 else ""


def _disk(fault: Fault, desk: Desk, about: Path | bytes) -> str:
    return f"The disk of {desk.host.name} is full."


def _content(fault: Fault, desk: Desk, about: Path | bytes) -> str:
    assert isinstance(about, bytes), "the final dot ends a message"
    return f"The message has the word {fault.what}." if fault.what.encode() in about.lower() else ""


_CASES: dict[tuple[str, str], _Case] = {
    ("MAIL", "queue-full"): _Case(_queue, QUEUE_FULL),
    ("MAIL", "sender-blocked"): _Case(_sender, SENDER_BLOCKED),
    ("RCPT", "too-many-recipients"): _Case(_recipients, TOO_MANY_RECIPIENTS),
    ("RCPT", "mailbox-full"): _Case(_mailbox, MAILBOX_FULL),
    ("RCPT", "greylisting"): _Case(_grey, GREYLISTED),
    (".", "disk-full"): _Case(_disk, NO_ROOM),
    (".", "content-refused"): _Case(_content, CONTENT_REFUSED),
}
