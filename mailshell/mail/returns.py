"""Reports on their way: who gets one, and what happens where nobody can (RFC 3461 section 5, RFC 5321 section 6.1)."""

from mailshell.mail import report
from mailshell.mail.host import POSTMASTER, Host
from mailshell.mail.queue import Recipient, Terms
from mailshell.mail.report import Case, Subject
from mailshell.mail.store import Full

NOBODY_ASKED = "the sender wants no report about it (NOTIFY)"
"""The rule by which a message ends without a word."""


def send(host: Host, name: str, subject: Subject, cases: list[Case]) -> list[Case]:
    """Report on a message of a host, known there by `name`; cases of one action go in one report.

    The answer is those whose report found no room.
    """
    asked = [case for case in cases if report.wanted(case)]
    for case in cases:
        if case.action == "failed" and case not in asked:
            host.log(name, "dropped", case.recipient.address, text=NOBODY_ASKED)
    unsent: list[Case] = []
    for action in dict.fromkeys(case.action for case in asked):
        some = [case for case in asked if case.action == action]
        try:
            _send(host, name, subject, some)
        except Full:
            unsent += some
    return unsent


def _send(host: Host, name: str, subject: Subject, cases: list[Case]) -> None:
    failed = cases[0].action == "failed"
    to = subject.reverse_path
    if not to and not failed:
        return
    local, _, domain = to.rpartition("@")
    here = not to or host.is_local(domain)
    users = [one.user for one in host.members(local)] if here and to else []
    if here and not users:
        # A report about a report goes to a person: whoever looks after the server (RFC 5321 section 6.1).
        if not failed:
            return
        to, users = f"{POSTMASTER}@{host.name}", [POSTMASTER]
    own = host.next_id
    octets = report.write(host.name, own, to, subject, cases, host.now())
    if here:
        host.deliver(own, users, (b"Return-Path: <>\r\n", octets))
    else:
        terms = Terms(body="" if octets.isascii() else "8BITMIME", utf8=not octets.isascii())
        host.enqueue(own, "", (Recipient(to),), (octets,), terms)
    host.count()
    for case in cases:
        host.log(name, "reported", case.recipient.address, other=own, text=f"{case.action}, to {to}")
