"""Why a line was refused, in sentences for the student; none of this goes on the wire."""

from mailshell.core import tables
from mailshell.core.command import Command, Table
from mailshell.core.record import Expect, Fault, Phase
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

CRLF = Expect("CR LF", "every line of SMTP ends in these two octets")
_HTTP = frozenset({b"GET", b"POST", b"HEAD", b"PUT", b"CONNECT", b"OPTIONS"})
_NAMES = {
    b"\0": "NUL",
    b"\r": "a CR without LF",
    b" ": "a space",
    b"\t": "a tab",
    b".": "a dot",
    b",": "a comma",
    b":": "a colon",
    b'"': "a double quote",
}
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


def too_long(size: int, limit: int) -> str:
    """A line over the limit of its verb."""
    return f"The line has {size} octets, CR LF included. The longest allowed here has {limit}."


def bare_lf(octets: bytes) -> str:
    """A line that ends in LF alone."""
    return (
        f"The line ends in LF (octet {len(octets)}) without CR before it. SMTP ends every line with CR LF. "
        "A program writes \\r\\n, not \\n."
    )


def unknown(line: bytes, table: Table[Desk, Reply], phase: Phase, desk: Desk) -> Reply:
    """500: the first word is no verb; the nearest one is named."""
    word = line.replace(b"\t", b" ").split(b" ", 1)[0]
    legal = _legal(table, phase, desk)
    if line.strip() and not word:
        return UNKNOWN_COMMAND("The line starts with white space. A command starts at the first octet of its line.")
    if word == b".":
        return UNKNOWN_COMMAND(f"A line with one dot ends a message, and no message is being sent. Legal now: {legal}.")
    if not word and phase in (smtp.Phase.CHUNKS, smtp.Phase.FAILED):
        because = "The line is empty. Octets past the end of a chunk are read as commands, and CR LF counts as two."
        return UNKNOWN_COMMAND(f"{because} Legal now: {legal}.")
    if not word:
        return UNKNOWN_COMMAND(f"The line is empty. Legal now: {legal}.")
    if word.upper() in _HTTP:
        return UNKNOWN_COMMAND(f"{word.decode('ascii')} is a command of HTTP, and this is an SMTP server.")
    name = word.decode("latin-1").upper()
    if name in eras.ELSEWHERE and not eras.known(name, desk.host.traits.era):
        return not_yet(name, desk)
    if rows := tables.find("smtp-commands", "command", name):
        section = rows[0]["section"]
        because = f"This server does not have {name} ({tables.cite(section)}). Legal now: {legal}."
        return UNKNOWN_COMMAND(f"{eras.later(name, section, desk.host.traits.era)} {because}".strip())
    near = _near(word, table, desk)
    hint = f" Did you mean {near}?" if near else ""
    return UNKNOWN_COMMAND(f"{_shown(word)} is no command of this server.{hint} Legal now: {legal}.")


def _near(word: bytes, table: Table[Desk, Reply], desk: Desk) -> str | None:
    # Imported here because only a wrong line needs it, and most sessions have none at their start.
    from difflib import get_close_matches

    text = word.decode("latin-1").upper()
    syntaxes = {command.card.name: command.syntax for command in table.commands if desk.has(command)}
    for name, syntax in syntaxes.items():
        if text.startswith(name):
            return syntax
    found = get_close_matches(text, syntaxes, 1, 0.6)
    return syntaxes[found[0]] if found else None


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
    if fault.at >= len(line):
        return f"The line ends after octet {len(line)}."
    octet = line[fault.at : fault.at + 1]
    if octet in _NAMES:
        return f"Octet {fault.at + 1} is {_NAMES[octet]}."
    if fault.expected[0].what == ulabels.WHAT and octet > b"\x7f":
        letter = line[fault.at :].decode("utf-8", "ignore")[0]
        return f"The character at octet {fault.at + 1} is U+{ord(letter):04X}."
    if not b" " < octet < b"\x7f":
        return f"Octet {fault.at + 1} is 0x{octet.hex().upper()}; a command has visible ASCII characters only."
    return f'Octet {fault.at + 1} is "{octet.decode("ascii")}".'


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
    wants = [f"{_worded(expect.what.strip())} ({expect.why})" for expect in fault.expected[:4]]
    more = " or others" if len(fault.expected) > 4 else ""
    return f"Expected there: {', or '.join(wants)}{more}."


def not_offered(command: Command[Desk, Reply], desk: Desk) -> Reply:
    """502: the verb is known, and this server does not have it; 500 where the host's time had not seen it."""
    name = command.card.name
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


def _worded(what: str) -> str:
    """What was wanted, as a sentence may have it: a lone mark of punctuation stands in quotes."""
    return f'"{what}"' if len(what) == 1 and what != '"' else what


def _shown(octets: bytes) -> str:
    """Text as text, at most 40 characters of it; other octets in hexadecimal."""
    return "".join(map(_letter, octets.decode("utf-8", "surrogateescape")[:40]))


def _letter(letter: str) -> str:
    octets = letter.encode("utf-8", "surrogateescape")
    return letter if letter.isprintable() else "".join(f"\\x{octet:02x}" for octet in octets)
