"""DATA: the message, up to a line with one dot (RFC 5321 section 4.1.1.4)."""

from typing import NamedTuple

from mailshell.core import dots
from mailshell.core.command import Command
from mailshell.core.cursor import Cursor, Slip
from mailshell.core.record import Card, Cite
from mailshell.mail.store import Full
from mailshell.smtp import content, faults, grammar, limits, trace, wishes
from mailshell.smtp.desk import Desk
from mailshell.smtp.extensions import futurerelease
from mailshell.smtp.phases import Phase
from mailshell.smtp.replies import BAD_CONTENT, LOOP, MESSAGE_OK, NO_ROOM, START_INPUT, TOO_BIG, WRONG_ORDER
from mailshell.smtp.wording import Reply

CARD = Card(
    "DATA",
    "start the message",
    Cite(5321, "4.1.1.4"),
    parts={"DATA": "verb: starts the message"},
    more="After 354 every line is message text. A line with a single dot ends it. A line of the message that begins "
    "with a dot is sent with one dot more, and the server takes that dot off again.",
)
END_CARD = Card(
    ".",
    "end of the message",
    Cite(5321, "4.1.1.4"),
    parts={".": "a line with one dot ends the message"},
    more="CR LF, a dot, CR LF end the message, and no other octets do.",
)
_BINARY = (
    "MAIL said BODY=BINARYMIME. Such a message may hold any octets, a line with one dot too, so only BDAT can carry "
    "it. By the standard the transaction must start again: send RSET, then MAIL."
)


class Data(NamedTuple):
    """DATA has no argument."""

    @property
    def card(self) -> Card:
        """The card of DATA."""
        return CARD

    def line(self) -> bytes:
        """`DATA`."""
        return b"DATA"

    def run(self, desk: Desk) -> Reply:
        """Ask for the message."""
        if body(desk) == "BINARYMIME":
            desk.move(Phase.FAILED, None)
            return WRONG_ORDER(_BINARY, reason="BINARYMIME needs BDAT")
        desk.move(Phase.MESSAGE, desk.state.envelope)
        return START_INPUT()


class End(NamedTuple):
    """The line with one dot."""

    @property
    def card(self) -> Card:
        """The card of the final dot."""
        return END_CARD

    def line(self) -> bytes:
        """`.`."""
        return b"."

    def run(self, desk: Desk) -> Reply:
        """Store the message for every recipient, or say why not; the transaction is over in any case."""
        reply = store(desk, dots.unstuff(desk.state.content.octets()))
        desk.move(Phase.READY, None)
        return reply


def store(desk: Desk, message: bytes) -> Reply:
    """Keep a whole message, by whichever way it came, or say why not."""
    refusal, slips = judged(desk, message)
    if refusal is not None:
        return refusal
    because = " ".join([*(slip.says for slip in slips), wishes.without_dsn(desk)]).strip()
    try:
        return MESSAGE_OK(because, tolerated=bool(slips), id=_keep(desk, message))
    except Full as full:
        return NO_ROOM(str(full))


def judged(desk: Desk, message: bytes) -> tuple[Reply | None, tuple[Slip, ...]]:
    """Why a whole message is refused, or else what is wrong with it and let pass."""
    slips: tuple[Slip, ...] = ()
    if desk.state.content.over or len(message) > desk.size_limit:
        because = f"The message is bigger than the {desk.size_limit} octets that this server takes."
        return TOO_BIG(because, limit=str(desk.size_limit)), slips
    announced = body(desk)
    if announced != "BINARYMIME":
        header, text = (None, None) if message.isascii() else _unannounced(desk)
        problem = content.problem(message)
        if problem is None and desk.strict:
            problem = content.slip_problem(message, header, text)
        if problem is not None:
            return BAD_CONTENT(problem.because, problem=problem.says), slips
        slips = content.slips(message, header, text)
    if trace.loops(message):
        return LOOP(f"The message has more than {limits.RECEIVED_FIELDS} Received fields."), ()
    return faults.struck(".", message, desk), slips


def _unannounced(desk: Desk) -> tuple[Slip | None, Slip | None]:
    """What octets above 127 are in this message: in the header, and anywhere; None where MAIL announced them."""
    header, text = high_bits(desk)
    return None if utf8(desk) else header, None if body(desk) == "8BITMIME" else text


def high_bits(desk: Desk) -> tuple[Slip, Slip]:
    """What octets above 127 are on this host where nobody announced them: in the header, and anywhere."""
    header = grammar.MISSING_SMTPUTF8 if desk.offers("SMTPUTF8") else grammar.ASCII_HEADER
    return header, grammar.MISSING_8BITMIME if desk.offers("8BITMIME") else grammar.SEVEN_BITS


def body(desk: Desk) -> str:
    """What MAIL said about the octets of the message; 7BIT where it said nothing (RFC 6152 section 2)."""
    envelope = desk.state.envelope
    assert envelope is not None, "a message arrives only in a transaction"
    return envelope.parameters.get("BODY", "7BIT")


def utf8(desk: Desk) -> bool:
    """Whether MAIL said SMTPUTF8."""
    return desk.state.envelope is not None and "SMTPUTF8" in desk.state.envelope.parameters


def _keep(desk: Desk, message: bytes) -> str:
    envelope = desk.state.envelope
    assert envelope is not None, "a message arrives only in a transaction"
    host = desk.host
    name = host.next_id
    received = trace.received(desk, name)
    found = (one for path in envelope.recipients if host.is_local(path.domain) for one in host.members(path.local))
    users = list(dict.fromkeys(account.user for account in found))
    text = f"from <{envelope.reverse_path.address}>, {len(message)} octets"
    host.log(name, "accepted", by=desk.peer.name, text=text)
    away = wishes.recipients(envelope, host)
    release = futurerelease.release(envelope.parameters, envelope.opened) if envelope.parameters else None
    if users:
        reserve = len(received) + len(message) if away else 0
        pieces = (trace.return_path(envelope.reverse_path), received, message)
        if release is None:
            host.deliver(name, users, pieces, reserve)
        else:
            host.hold(name, users, pieces, release, reserve)
    if away:
        host.enqueue(name, envelope.reverse_path.address, away, (received, message), wishes.terms(envelope), release)
    host.count()
    if users and release is None and envelope.asked:
        wishes.delivered(envelope, host, name, message)
    return name


def parse(cursor: Cursor) -> Data:
    """data = "DATA" CRLF."""
    cursor.done(grammar.END)
    return Data()


COMMAND = Command(CARD, "DATA", frozenset({Phase.RECIPIENTS}), parse, ("DATA",), limits.COMMAND_LINE)
