"""A message to be handed to the next server: what that server offers decides how, and whether."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from mailshell.core.clock import SECOND, Instant
from mailshell.mail.queue import NO_TERMS, Recipient, Terms

_LIMIT = re.compile(r"[1-9][0-9]{0,5}", re.ASCII)

Offers = Mapping[str, str]
"""The extensions that a server offered in its answer to EHLO, in capitals, each with its parameters."""


class Errand(NamedTuple):
    """One message for some recipients of a host; `octets` are those of the message, lines ending in CR LF."""

    reverse_path: str
    recipients: tuple[Recipient, ...]
    octets: bytes
    terms: Terms = NO_TERMS


class Answer(NamedTuple):
    """What became of one recipient.

    `verb` is the command whose answer decided it, and `code` the code of that answer (0: none came). The first digit
    of `status` (RFC 3463) says it in short: 2 the server has taken it, 4 not now, 5 never. `text` is one line.
    """

    recipient: Recipient
    verb: str
    code: int
    status: str
    text: str


class Obstacle(NamedTuple):
    """What decides about a message, or about a server: a status (RFC 3463), and a text of one line."""

    status: str
    text: str


def obstacle(errand: Errand, offers: Offers, host: str, now: Instant) -> Obstacle | None:
    """The reason why the next server cannot take a message, before it is asked; None where there is none."""
    terms, size = errand.terms, offers.get("SIZE", "")
    if size.isdecimal() and 0 < int(size) < len(errand.octets):
        return Obstacle("5.3.4", f"the message has {len(errand.octets)} octets, and {host} takes {size}")
    if _utf8(errand) and "SMTPUTF8" not in offers:
        if not _ascii_addresses(errand):
            return Obstacle("5.6.7", f"an address is outside ASCII, and {host} does not offer SMTPUTF8")
        return Obstacle("5.6.9", f"the header is outside ASCII, and {host} does not offer SMTPUTF8")
    if terms.body == "BINARYMIME" and not {"BINARYMIME", "CHUNKING"} <= offers.keys():
        return Obstacle("5.6.3", f"the message is BINARYMIME, and {host} does not offer that")
    if not errand.octets.isascii() and "8BITMIME" not in offers:
        return Obstacle("5.6.3", f"the message has 8-bit octets, and {host} does not offer 8BITMIME")
    if terms.late == "R":
        return _too_late(terms, offers, host, now)
    return None


def _too_late(terms: Terms, offers: Offers, host: str, now: Instant) -> Obstacle | None:
    """A message that must come back when it is late goes only to a server that promises as much (RFC 2852 4.1.4.1)."""
    if "DELIVERBY" not in offers:
        return Obstacle("5.3.3", f"the message has a by-time with mode R, and {host} does not offer DELIVERBY")
    least = offers["DELIVERBY"].partition(",")[0].strip()
    if least.isdecimal() and int(least) > _left(terms, now):
        return Obstacle("5.4.7", f"{host} wants {least} seconds for a by-time, and {_left(terms, now)} are left")
    return None


def mail(errand: Errand, offers: Offers, now: Instant) -> bytes:
    """The line of MAIL, with the parameters that the server offered."""
    terms = errand.terms
    words = [f"SIZE={len(errand.octets)}"] if "SIZE" in offers else []
    if terms.body == "BINARYMIME" or ("8BITMIME" in offers and (terms.body or not errand.octets.isascii())):
        words.append(f"BODY={terms.body or '8BITMIME'}")
    if "SMTPUTF8" in offers and _utf8(errand):
        words.append("SMTPUTF8")
    if "DSN" in offers:
        words += [f"RET={terms.returns}"] if terms.returns else []
        words += [f"ENVID={terms.envelope_id}"] if terms.envelope_id else []
    if "DELIVERBY" in offers and terms.deliver_by is not None:
        words.append(f"BY={_left(terms, now)};{terms.late}{'T' if terms.traced else ''}")
    if "MT-PRIORITY" in offers and terms.priority is not None:
        words.append(f"MT-PRIORITY={terms.priority}")
    return f"MAIL FROM:<{errand.reverse_path}>{''.join(' ' + word for word in words)}\r\n".encode()


def rcpt(recipient: Recipient, errand: Errand, offers: Offers) -> bytes:
    """The line of RCPT for one recipient."""
    words = []
    if "DSN" in offers:
        notify = recipient.notify
        if errand.terms.late == "N" and "DELIVERBY" not in offers and notify != ("NEVER",):
            notify = tuple(dict.fromkeys((*(notify or ("FAILURE",)), "DELAY")))  # RFC 2852 section 4.1.4.2
        words += [f"NOTIFY={','.join(notify)}"] if notify else []
        words += [f"ORCPT={recipient.original}"] if recipient.original else []
    return f"RCPT TO:<{recipient.address}>{''.join(' ' + word for word in words)}\r\n".encode()


def limit(offers: Offers, name: str) -> int:
    """A limit that a server announced (RFC 9422 section 4), such as MAILMAX; 0 where it did not."""
    pairs = (word.upper().partition("=") for word in offers.get("LIMITS", "").split())
    return next((int(value) for key, _, value in pairs if key == name and _LIMIT.fullmatch(value)), 0)


def reports_end_here(recipient: Recipient, terms: Terms, offers: Offers) -> bool:
    """Whether the next server will send no report where the sender wants one, so that this one says `relayed`.

    RFC 3461 section 5.2.2, RFC 2852 section 4.1.4.
    """
    if recipient.notify == ("NEVER",):
        return False
    if terms.traced or (terms.late == "N" and "DELIVERBY" not in offers):
        return True
    return "SUCCESS" in recipient.notify and "DSN" not in offers


def _left(terms: Terms, now: Instant) -> int:
    """The seconds until the time to deliver by; less than nothing when it has passed."""
    assert terms.deliver_by is not None, "a by-time was asked for"
    return (terms.deliver_by - now) // SECOND


def _ascii_addresses(errand: Errand) -> bool:
    return all(address.isascii() for address in (errand.reverse_path, *(one.address for one in errand.recipients)))


def _utf8(errand: Errand) -> bool:
    """Whether a server without SMTPUTF8 could not take the message: it counts what is there, not what MAIL said."""
    header = errand.octets.partition(b"\r\n\r\n")[0]
    return errand.terms.utf8 and not (_ascii_addresses(errand) and header.isascii())
