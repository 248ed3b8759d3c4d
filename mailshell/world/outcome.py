"""What an attempt to send a message on leads to: done, tried again, late, or given up."""

import re
from collections.abc import Container, Iterable

from mailshell.core.clock import SECOND, Instant
from mailshell.mail import returns
from mailshell.mail.host import Host
from mailshell.mail.queue import Queued, Recipient
from mailshell.mail.report import Case, Subject
from mailshell.smtp.errand import Answer
from mailshell.smtp.extensions import futurerelease

_NAMED = re.compile(r"\b(?:id|queued as) ([!-~]+)$")
"""How servers tell the name that they gave to a message."""

TOO_LONG = "tried for too long; last: "
"""What the log says of such a message, before the last answer about it."""

EXPIRED = "4.4.7"
"""The status of a message that was tried for too long (RFC 3463 section 3.5)."""


def started(queued: Queued) -> Instant:
    """When a message could first be tried; the time that its sender wanted it held does not count as a delay."""
    kind, _, value = queued.terms.hold.partition(";")
    if kind == "for":
        return Instant(queued.arrived + int(value) * SECOND)
    return futurerelease.moment(value) if kind else queued.arrived


def conclude(host: Host, queued: Queued, answers: Iterable[Answer], by: str, last: Container[Recipient] = ()) -> None:
    """Bring the queue, the reports and the log of a host up to what a host said about some recipients.

    `by` is that host (empty: none was reached), and `last` are the recipients whose next server sends no reports.
    Where a report finds no room, its recipient stays in the queue.
    """
    now, due = host.now(), started(queued) + host.traits.give_up
    told = {answer.recipient.address: answer for answer in answers}
    stay: list[Recipient] = []
    cases: list[Case] = []
    for recipient in queued.recipients:
        answer = told.get(recipient.address)
        if answer is None:
            stay.append(recipient)
            continue
        about = recipient._replace(status=answer.status, said=answer.text, by=by)
        if answer.status[0] == "2":
            found = _NAMED.search(answer.text)
            other = found[1] if found is not None else ""
            host.log(queued.id, "relayed", recipient.address, by=by, other=other, text=answer.text)
            if recipient in last:
                cases.append(Case(recipient, "relayed", "2.0.0", answer.text, by))
        elif answer.status[0] == "4" and now < due:
            host.log(queued.id, "deferred", recipient.address, by=by, text=answer.text)
            stay.append(about)
        else:
            text = answer.text if answer.status[0] == "5" else f"{TOO_LONG}{answer.text}"
            host.log(queued.id, "failed", recipient.address, by=by, text=text)
            cases.append(Case(about, "failed", answer.status if answer.status[0] == "5" else EXPIRED, answer.text, by))
    late = _late(host, queued, stay, now)
    cases += late
    after = queued._replace(recipients=tuple(stay), warned=queued.warned or bool(late))
    _report(host, queued, after, cases)


def expire(host: Host, queued: Queued, status: str, text: str) -> None:
    """Give a message up for all its recipients."""
    conclude(host, queued, [Answer(one, "", 0, status, text) for one in queued.recipients], "")


def _late(host: Host, queued: Queued, stay: list[Recipient], now: Instant) -> list[Case]:
    """What to tell the sender about a message that is late, once."""
    terms, warn = queued.terms, host.traits.warn
    passed = terms.late == "N" and terms.deliver_by is not None and now >= terms.deliver_by
    if queued.warned or not (passed or (warn and now >= started(queued) + warn)):
        return []
    status = EXPIRED if passed else ""
    return [Case(one, "delayed", status or one.status, one.said, one.by) for one in stay if one.said]


def _report(host: Host, queued: Queued, after: Queued, cases: list[Case]) -> None:
    """Send the reports, then change the queue; a failure that could not be reported is reported another time."""
    if cases:
        until = Instant(started(queued) + host.traits.give_up)
        subject = Subject(queued.reverse_path, host.store.octets(queued.body), queued.arrived, queued.terms, until)
        unsent = returns.send(host, queued.id, subject, cases)
        after = after._replace(
            recipients=(*after.recipients, *(case.recipient for case in unsent if case.action == "failed")),
            warned=after.warned and not any(case.action == "delayed" for case in unsent),
        )
    host.store.update(queued, after if after.recipients else None)
