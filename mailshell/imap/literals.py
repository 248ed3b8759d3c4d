"""Literals of a command: which are taken, which are refused before their octets come, and how they are counted.

RFC 3501 section 4.3: the client waits for + before it sends the octets. With a plus sign in the braces it does not wait
(RFC 7888), so the octets of a refused literal come all the same. They are counted and dropped, and nothing in them is
ever taken for a command.
"""

import re
from typing import NamedTuple

from mailshell.core.chunks import chain, joined
from mailshell.core.command import Command, Table
from mailshell.core.record import Card, Fault
from mailshell.imap import grammar, limits, reasons
from mailshell.imap.commands import append, login
from mailshell.imap.desk import Desk, Incoming
from mailshell.imap.phases import CARDS, Phase
from mailshell.imap.replies import ABSURD_LITERAL, COUNTED, GO_ON, LITERAL_REFUSED, TOO_LONG
from mailshell.imap.wording import Reply


class Announced(NamedTuple):
    """A literal that will be read: its size, whether the client waits, and what becomes of it."""

    size: int
    waits: bool
    aside: bool
    secret: bool
    refusal: Reply | None
    card: Card

    def line(self) -> bytes:
        """`{5}`."""
        return b"{%d}" % self.size if self.waits else b"{%d+}" % self.size

    def run(self, desk: Desk) -> Reply:
        """Count octets from here on."""
        phase, literal = Phase.SECRET if self.secret else Phase.LITERAL, Incoming(self.size, self.aside)
        desk.state = desk.state._replace(phase=phase, literal=literal, refusal=self.refusal)
        if not self.size:
            keep(desk, literal)
        if self.waits:
            return GO_ON(size=str(self.size))
        if self.refusal is None:
            return COUNTED()
        status = self.refusal.wording.status
        return COUNTED(f"The answer will be {status}. The server counts and drops the octets before it says so.")


def judge(desk: Desk, table: Table[Desk, Reply], octets: bytes, found: re.Match[bytes]) -> Announced | Reply:
    """What becomes of a literal that the line `octets` announces; a reply where the command ends here."""
    size, waits = int(found[1]), not found[2]
    if size > limits.NUMBER and not waits:
        return ABSURD_LITERAL(f"The client would send {size} octets without waiting.")
    state, line = desk.state, desk.state.lead + octets
    refusal, command, aside = state.refusal, None, False
    if refusal is None:
        refusal, command, aside = _read(desk, table, line, size)
    if refusal is None and not waits and not _unasked(desk, size):
        code = "TOOBIG" if aside and desk.offers("LITERAL-") else ""  # RFC 7888 section 5
        refusal = LITERAL_REFUSED(_WAIT.format(size=size), code=code)
    if refusal is not None and waits:
        return refusal
    card = CARDS[Phase.LITERAL] if command is None else command.card
    return Announced(size, waits, aside, command is login.COMMAND, refusal, card)


_ANNOUNCED = b"}\r\n"
_WAIT = (
    "The client did not wait for + before it sends {size} octets. LITERAL+ allows that, and LITERAL- up to 4096 "
    "octets, where the server lists one of them."
)


def _unasked(desk: Desk, size: int) -> bool:
    """Whether a client may send so many octets without waiting (RFC 7888 sections 4 and 5)."""
    return desk.offers("LITERAL+") or (desk.offers("LITERAL-") and size <= limits.NON_SYNC)


def _read(
    desk: Desk, table: Table[Desk, Reply], line: bytes, size: int
) -> tuple[Reply | None, Command[Desk, Reply] | None, bool]:
    """Why a literal is refused at the end of a line, the command, and whether it is a message, which stands aside.

    The grammar says whether a literal may stand there: a line that it can read so far stops at its own end.
    """
    tag = grammar.TAG.match(line)
    if tag is None:
        return reasons.no_tag(line[:-2], desk), None, False
    standing = desk.standing
    # With marks at once: a line that stops in the middle is never well formed.
    reading = table.read(line, strict=desk.strict, marks=True, start=tag.end(), offers=desk.offers)
    command, parsed = reading.command, reading.parsed
    if command is None:
        return reasons.unknown(line[:-2], tag.end(), standing, desk), None, False
    if command.needs and not command.answers and not desk.offers(command.needs):
        return reasons.not_offered(command.card.name, desk), command, False
    if standing not in command.when:
        return reasons.wrong_order(command.card.name, command.when, standing, desk), command, False
    if reading.absent:
        return reasons.not_offered(reading.absent, desk), command, False
    if isinstance(parsed, Fault) and parsed.at < len(line):
        return reasons.syntax(line, parsed), command, False
    message = parsed if isinstance(parsed, append.Append) else None
    if because := _excess(line, size, message):
        return TOO_LONG(because), command, message is not None
    return None if message is None else message.refusal(desk), command, message is not None


def _excess(line: bytes, size: int, message: append.Append | None) -> str:
    """Why a command with this literal is more than the server takes, in a sentence; empty where it is not."""
    if message is None:
        octets, count, most, what = len(line) + size, line.count(_ANNOUNCED), limits.LITERALS, "literals"
    else:
        octets, count, most, what = len(line), len(message.drafts), limits.DRAFTS, "messages"
    if octets > limits.COMMAND:
        return f"With this literal the command has more than the {limits.COMMAND} octets that this server takes."
    return f"The command has more than the {most} {what} that this server takes." if count > most else ""


def take(desk: Desk, octets: bytes) -> tuple[bytes, bytes]:
    """Octets that belong to the literal, and those after it."""
    literal = desk.state.literal
    assert literal is not None, "octets are counted only after a literal was announced"
    piece = octets[: literal.left]
    chunks = chain(literal.chunks, piece) if desk.state.refusal is None else None
    literal = Incoming(literal.left - len(piece), literal.aside, chunks)
    if literal.left:
        desk.state = desk.state._replace(literal=literal)
    else:
        keep(desk, literal)
    return piece, octets[len(piece) :]


def keep(desk: Desk, literal: Incoming) -> None:
    """The literal is whole, and the command goes on: a message stands aside, other octets are a part of it."""
    state, octets = desk.state, joined(literal.chunks)
    if literal.aside:
        desk.state = state._replace(phase=Phase.REST, literal=None, texts=(*state.texts, octets))
    else:
        desk.state = state._replace(phase=Phase.REST, literal=None, lead=state.lead + octets)
