"""What the parameters of MAIL and RCPT ask for, as the outgoing queue keeps it for the next server."""

from mailshell.mail.host import Host
from mailshell.mail.queue import NO_TERMS, Recipient, Terms
from mailshell.smtp.desk import Envelope
from mailshell.smtp.extensions import deliverby, futurerelease


def recipients(envelope: Envelope, host: Host) -> tuple[Recipient, ...]:
    """The recipients on other hosts, each once, with what RCPT said about the reports for them."""
    found: dict[str, Recipient] = {}
    for path in envelope.recipients:
        if not host.is_local(path.domain):
            asked = envelope.asked.get(path, {})
            notify = tuple(asked["NOTIFY"].split(",")) if "NOTIFY" in asked else ()
            found.setdefault(path.address, Recipient(path.address, notify, asked.get("ORCPT", "")))
    return tuple(found.values())


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
