"""What the parameters of MAIL and RCPT ask for, as the outgoing queue keeps it for the next server."""

from mailshell.mail.host import Host
from mailshell.mail.queue import NO_TERMS, Recipient, Terms
from mailshell.smtp.desk import Desk, Envelope
from mailshell.smtp.extensions import deliverby, futurerelease

_OF_DSN = frozenset({"RET", "ENVID"})
"""The parameters of MAIL that belong to DSN; those of RCPT all do."""


def recipients(envelope: Envelope, host: Host, *, here: bool = False) -> tuple[Recipient, ...]:
    """The recipients on other hosts, or on this one, each once, with what RCPT said about the reports for them."""
    found: dict[str, Recipient] = {}
    for path in envelope.recipients:
        if host.is_local(path.domain) is here:
            asked = envelope.asked.get(path, {})
            notify = tuple(asked["NOTIFY"].split(",")) if "NOTIFY" in asked else ()
            found.setdefault(path.address, Recipient(path.address, notify, asked.get("ORCPT", "")))
    return tuple(found.values())


def delivered(envelope: Envelope, host: Host, name: str, message: bytes) -> None:
    """Tell the sender that a message is in its mailboxes here, where RCPT asked for that (RFC 3461 section 5.2.3).

    Where the report finds no room, there is none: the message is delivered all the same.
    """
    from mailshell.mail import returns  # few ask, and the first prompt need not wait for it
    from mailshell.mail.report import Case, Subject

    cases = [
        Case(one, "delivered", "2.0.0") for one in recipients(envelope, host, here=True) if "SUCCESS" in one.notify
    ]
    if cases and host.traits.keeps:
        subject = Subject(envelope.reverse_path.address, message, host.now(), terms(envelope))
        returns.send(host, name, subject, cases)


def without_dsn(desk: Desk) -> str:
    """What becomes of wishes about reports where the next server has no DSN; empty where nobody has such wishes."""
    envelope = desk.state.envelope
    if envelope is None or not (envelope.asked or envelope.parameters):
        return ""
    away = [path for path in envelope.recipients if not desk.host.is_local(path.domain)]
    asked = any(path in envelope.asked for path in away) or not envelope.parameters.keys().isdisjoint(_OF_DSN)
    if not (away and asked):
        return ""
    return (
        "If the next server does not offer DSN, this one must leave the parameters of DSN out, and send a report "
        '"relayed" for each recipient with NOTIFY=SUCCESS (RFC 3461 section 5.2.2).'
    )


def terms(envelope: Envelope) -> Terms:
    """What MAIL asked for; a by-time has become a moment (RFC 2852 section 4)."""
    parameters = envelope.parameters
    if not parameters:
        return NO_TERMS
    by = deliverby.value_of(parameters["BY"]) if "BY" in parameters else None
    return Terms(
        body=parameters.get("BODY", ""),
        utf8="SMTPUTF8" in parameters,
        returns=parameters.get("RET", ""),
        envelope_id=parameters.get("ENVID", ""),
        deliver_by=deliverby.deadline(parameters, envelope.opened),
        late=by.mode if by else "",
        traced=by is not None and by.traced,
        priority=int(parameters["MT-PRIORITY"]) if "MT-PRIORITY" in parameters else None,
        hold=futurerelease.request(parameters),
    )
