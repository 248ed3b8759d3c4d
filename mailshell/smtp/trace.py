"""The fields that a server puts before a message: Return-Path and Received (RFC 5321 section 4.4)."""

import re

from mailshell.core.clock import mail_date
from mailshell.smtp import limits
from mailshell.smtp.desk import Desk
from mailshell.smtp.grammar import Path

_RECEIVED = re.compile(rb"^Received[ \t]*:", re.IGNORECASE | re.MULTILINE)


def return_path(reverse_path: Path) -> bytes:
    """The field of final delivery: the return path of the envelope."""
    return f"Return-Path: <{reverse_path.address}>\r\n".encode()


def received(desk: Desk, name: str) -> bytes:
    """Who sent the message here, who took it, how, when; `name` is the server's own name for the message."""
    state, peer = desk.state, desk.peer
    assert state.envelope is not None, "a message arrives only in a transaction"
    recipients, parameters = state.envelope.recipients, state.envelope.parameters
    how = "ESMTP" if state.extended else "SMTP"
    if "SMTPUTF8" in parameters:
        how = "UTF8SMTP"  # RFC 6531 section 4.3
    # With several recipients `for` is left out: it would tell each of them about the others (section 7.2).
    whom = f"\r\n\tfor <{_whole(recipients[0], desk)}>" if len(recipients) == 1 else ""
    if "MT-PRIORITY" in parameters:
        whom += f"\r\n\tPRIORITY {parameters['MT-PRIORITY']}"  # RFC 6710 section 7
    literal = f"IPv6:{peer.address}" if ":" in peer.address else peer.address
    who = f"{state.hello} ([{literal}])" if peer.name == peer.address else f"{state.hello} ({peer.name} [{literal}])"
    by = f"\r\n\tby {desk.host.name} with {how} id {name}"
    return f"Received: from {who}{by}{whom};\r\n\t{mail_date(desk.host.written)}\r\n".encode()


def _whole(path: Path, desk: Desk) -> str:
    """The address of a recipient; <Postmaster> is the one of this host (section 4.4 wants a path or a mailbox)."""
    return path.address if path.domain else f"{path.address}@{desk.host.name}"


def loops(message: bytes) -> bool:
    """Whether the header has so many Received fields that the message must be in a loop (RFC 5321 section 6.3)."""
    end = 0 if message.startswith(b"\r\n") else message.find(b"\r\n\r\n")
    header = message if end < 0 else message[:end]
    if header.count(b":") <= limits.RECEIVED_FIELDS:
        return False
    return len(_RECEIVED.findall(header)) > limits.RECEIVED_FIELDS
