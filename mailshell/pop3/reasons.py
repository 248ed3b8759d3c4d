"""Why a line was refused, in sentences for the student; none of this goes on the wire."""

from functools import partial

from mailshell.core import reasons
from mailshell.core.record import Fault, Phase
from mailshell.pop3 import eras
from mailshell.pop3 import phases as pop3
from mailshell.pop3.desk import Desk
from mailshell.pop3.replies import (
    ALREADY_IN,
    BAD_SYNTAX,
    LOG_IN_FIRST,
    NAME_FIRST,
    NOT_OFFERED,
    NOT_YET,
    PASSWORD_FIRST,
    UNKNOWN_COMMAND,
)
from mailshell.pop3.wording import Reply

CRLF = reasons.crlf("POP3")
_SMTP = frozenset({b"HELO", b"EHLO", b"MAIL", b"RCPT", b"DATA"})


def closed_early(phase: Phase) -> str:
    """What an end without QUIT means in this phase."""
    if phase is pop3.Phase.TRANSACTION:
        return "The connection ended without QUIT: nothing was deleted, and the maildrop is unlocked."
    return "The connection ended without QUIT."


def legal(desk: Desk, phase: Phase) -> str:
    """The commands that this server takes in a phase, as a list in a sentence."""
    return " ".join(one.card.name for one in desk.commands if phase in one.when and one.offered(desk.offers))


def unknown(line: bytes, phase: Phase, desk: Desk) -> Reply:
    """The first word is no verb; the nearest one is named."""
    word, now = reasons.first_word(line), legal(desk, phase)
    if because := reasons.no_verb(line, "a POP3", now):
        return UNKNOWN_COMMAND(because)
    if word.upper() in _SMTP:
        return UNKNOWN_COMMAND(f"{word.decode('ascii')} is a command of SMTP, which sends mail. This is a POP3 server.")
    name, era = word.decode("latin-1").upper(), desk.host.traits.era
    if because := reasons.not_here("pop3-commands", name, now, partial(eras.YEARS.later, era=era)):
        return UNKNOWN_COMMAND(because)
    offered = (one for one in desk.commands if one.offered(desk.offers))
    return UNKNOWN_COMMAND(reasons.no_command(word, offered, now))


def not_offered(name: str, desk: Desk) -> Reply:
    """The verb is known, and this server does not have it, or has not heard of it yet."""
    if desk.classic:
        return NOT_OFFERED(f"This server speaks the POP3 of the lecture's slides, and they do not show {name}.")
    because = eras.YEARS.absent(name, desk.host.traits.era)
    if eras.YEARS.known(name, desk.host.traits.era):
        return NOT_OFFERED(because)
    return NOT_YET(f"{because} Legal now: {legal(desk, desk.state.phase)}.")


def wrong_order(name: str, when: frozenset[Phase], phase: Phase, desk: Desk) -> Reply:
    """The verb is known, and not legal in this phase."""
    now = legal(desk, phase)
    if phase is pop3.Phase.TRANSACTION:
        return ALREADY_IN(f"The maildrop is open, and {name} comes before that. Legal now: {now}.")
    if when <= pop3.OPEN:
        return LOG_IN_FIRST(f"{name} needs an open maildrop, so log in first. Legal now: {now}.")
    if phase is pop3.Phase.PASSWORD:
        return PASSWORD_FIRST(f"USER was accepted, so PASS comes next, or QUIT. Legal now: {now}.")
    return NAME_FIRST(f"PASS comes right after USER was accepted. Legal now: {now}.")


def syntax(line: bytes, fault: Fault) -> Reply:
    """Where the line stops making sense, and what would have made sense there."""
    return BAD_SYNTAX(f"{reasons.found(line, fault)} {reasons.wanted(line, fault)}")


def beyond_ascii(text: str, desk: Desk) -> Reply | None:
    """A name or password outside ASCII, where the server has not said that it takes one (RFC 6856 section 2.2)."""
    if text.isascii() or desk.offers("UTF8"):
        return None
    return BAD_SYNTAX("There are characters outside ASCII. A server takes them where its CAPA answer has UTF8 USER.")
