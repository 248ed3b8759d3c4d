"""Why a line was refused, in sentences for the student; none of this goes on the wire."""

from functools import partial

from mailshell.core import reasons
from mailshell.core.command import Command, Table
from mailshell.core.record import Fault, Phase
from mailshell.smtp import eras, ulabels
from mailshell.smtp import phases as smtp
from mailshell.smtp.desk import Desk
from mailshell.smtp.extensions import MAIL, RCPT
from mailshell.smtp.extensions.extension import TWICE, mistaken
from mailshell.smtp.grammar import CLOSE, END, LOCAL, OPEN, TOO_LONG
from mailshell.smtp.replies import (
    BAD_RECIPIENT,
    BAD_SENDER,
    BAD_SYNTAX,
    NOT_IMPLEMENTED,
    NOT_YET,
    UNKNOWN_COMMAND,
    WRONG_ORDER,
)
from mailshell.smtp.wording import Reply

CRLF = reasons.crlf("SMTP")
_DOTS = "A {} has letters, digits and hyphens, and single dots between them."
_NEED: dict[Phase, str] = {
    smtp.Phase.GREETED: "EHLO or HELO",
    smtp.Phase.READY: "MAIL",
    smtp.Phase.SENDER: "RCPT",
}


def closed_early(phase: Phase) -> str:
    """What an end without QUIT means in this phase."""
    if phase is smtp.Phase.MESSAGE:
        return "The connection ended before the final dot: nothing was stored."
    if phase is smtp.Phase.CHUNK:
        return "The connection ended inside a chunk: nothing was stored."
    if phase is smtp.Phase.CHUNKS:
        return "The connection ended before BDAT with LAST: nothing was stored."
    if phase in smtp.TRANSACTION:
        return "The connection ended inside a transaction: nothing was stored."
    return "The connection ended without QUIT."


def unknown(line: bytes, table: Table[Desk, Reply], phase: Phase, desk: Desk) -> Reply:
    """500: the first word is no verb; the nearest one is named."""
    word = reasons.first_word(line)
    legal = _legal(table, phase, desk)
    if word == b".":
        return UNKNOWN_COMMAND(f"A line with one dot ends a message, and no message is being sent. Legal now: {legal}.")
    if not line.strip() and not word and phase in (smtp.Phase.CHUNKS, smtp.Phase.FAILED):
        because = "The line is empty. Octets past the end of a chunk are read as commands, and CR LF counts as two."
        return UNKNOWN_COMMAND(f"{because} Legal now: {legal}.")
    if because := reasons.no_verb(line, "an SMTP", legal):
        return UNKNOWN_COMMAND(because)
    name = word.decode("latin-1").upper()
    if name in eras.ELSEWHERE and not eras.known(name, desk.host.traits.era):
        return not_yet(name, desk)
    era = desk.host.traits.era
    if because := reasons.not_here("smtp-commands", name, legal, partial(eras.later, era=era)):
        return UNKNOWN_COMMAND(because)
    return UNKNOWN_COMMAND(reasons.no_command(word, filter(desk.has, table.commands), legal))


def wrong_order(command: Command[Desk, Reply], phase: Phase, table: Table[Desk, Reply], desk: Desk) -> Reply:
    """503: the verb is known, and not legal in this phase."""
    name = command.card.name
    legal = _legal(table, smtp.Phase.FAILED if smtp.breaks(name, phase) else phase, desk)
    if phase is smtp.Phase.FAILED:
        because = f"This transaction has failed already, and RSET drops it. Legal now: {legal}."
        return WRONG_ORDER(because, reason="Transaction failed, send RSET")
    if phase is smtp.Phase.CHUNKS:
        because = (
            f"The message has begun with BDAT, so {name} must wait: BDAT with LAST ends the message, RSET drops it. "
            f"Legal now: {legal}."
        )
        if name == "DATA":
            because = f"The message has begun with BDAT. BDAT and DATA do not mix in one message. Legal now: {legal}."
        return WRONG_ORDER(because, reason="Message begun with BDAT")
    order = list(smtp.Phase)
    if all(order.index(smtp.Phase(one)) < order.index(smtp.Phase(phase)) for one in command.when):
        because = f"A transaction is open already. Go on with it, or drop it with RSET. Legal now: {legal}."
        return WRONG_ORDER(because, reason="Transaction already open")
    need = "HELO" if not desk.offers("EHLO") and phase is smtp.Phase.GREETED else _NEED[phase]
    because = f"{name} needs {need} before it. Legal now: {legal}."
    envelope = desk.state.envelope
    if envelope is not None and envelope.refused:
        because = f"Every recipient so far was refused, so there is nobody to deliver to. Legal now: {legal}."
        return WRONG_ORDER(because, reason="No valid recipients")
    return WRONG_ORDER(because, reason=f"Need {need} first")


def syntax(line: bytes, fault: Fault) -> Reply:
    """501: where the line stops making sense, and what would have made sense there."""
    wording = {"Reverse-path": BAD_SENDER, "Forward-path": BAD_RECIPIENT}.get(fault.rule, BAD_SYNTAX)
    first = fault.expected[0]
    if first in TOO_LONG:
        return wording(f"At octet {fault.at + 1} {first.why}. It may have {first.what}.")
    if first == TWICE:
        return wording(f"The parameter at octet {fault.at + 1} stands earlier in the line too. Give each only once.")
    return wording(f"{_found(line, fault)} {_wanted(line, fault)}")


def misfit(verb: str, line: bytes, fault: Fault, desk: Desk) -> Reply:
    """The answer to a line that does not fit the grammar of its verb."""
    known = {"MAIL": MAIL, "RCPT": RCPT}.get(verb, {})
    return mistaken(line, fault.at, known, desk) or syntax(line, fault)


def _found(line: bytes, fault: Fault) -> str:
    if fault.at < len(line) and fault.expected[0].what == ulabels.WHAT and line[fault.at] > 127:
        letter = line[fault.at :].decode("utf-8", "ignore")[0]
        return f"The character at octet {fault.at + 1} is U+{ord(letter):04X}."
    return reasons.found(line, fault)


def _wanted(line: bytes, fault: Fault) -> str:
    if OPEN in fault.expected:
        return "An address stands in angle brackets, as in <alice@lancs.uk>."
    if fault.rule and LOCAL in fault.expected:
        if fault.rule == "Forward-path" and line[fault.at :].startswith(b">"):
            return "A recipient is a mailbox, as in <alice@lancs.uk>: <> is only for MAIL."
        return "The name of a mailbox stands there, as in <alice@lancs.uk>."
    if fault.rule == "Domain" and END in fault.expected:
        return f"The name ends before it. {_DOTS.format('host name')}"
    if fault.expected == (CLOSE,):
        if fault.at < len(line):
            return f"The address ends before it, and > must follow. {_DOTS.format('domain')}"
        return "The address must end with > here."
    return reasons.wanted(line, fault)


def not_offered(name: str, desk: Desk) -> Reply:
    """502: the verb is known, and this server does not have it; 500 where the host's time had not seen it."""
    if desk.classic:
        return NOT_IMPLEMENTED(f"This server speaks the SMTP of the lecture's slides, and they do not show {name}.")
    if not eras.known(name, desk.host.traits.era):
        return not_yet(name, desk)
    return NOT_IMPLEMENTED(eras.absent(name, desk.host.traits.era))


def not_yet(name: str, desk: Desk) -> Reply:
    """500: the word came later than the year of the host."""
    phase = desk.state.phase
    legal = " ".join(one.card.name for one in desk.commands if phase in one.when and desk.has(one))
    return NOT_YET(f"{eras.absent(name, desk.host.traits.era)} Legal now: {legal}.")


def legal(table: Table[Desk, Reply], phase: Phase, desk: Desk) -> tuple[str, ...]:
    """The commands that this server takes in a phase."""
    return tuple(one.card.name for one in table.legal(phase) if desk.has(one))


def _legal(table: Table[Desk, Reply], phase: Phase, desk: Desk) -> str:
    return " ".join(legal(table, phase, desk))
