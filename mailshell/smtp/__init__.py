"""SMTP as one protocol of the world (RFC 5321)."""

from mailshell.core.reasons import unknown_marked
from mailshell.core.record import Card, Part
from mailshell.core.session import Engine, Fact, Marked, Peer, Topic
from mailshell.mail.host import Host
from mailshell.smtp import eras, phases
from mailshell.smtp.commands.data import END_CARD, high_bits
from mailshell.smtp.desk import Desk
from mailshell.smtp.eras import dated
from mailshell.smtp.extensions import EXTENSIONS
from mailshell.smtp.grammar import ASCII_HEADER, MISSING_8BITMIME, MISSING_SMTPUTF8, SEVEN_BITS, TOLERATED
from mailshell.smtp.responses import mark_reply
from mailshell.smtp.session import TABLE, Session


def mark_command(line: bytes) -> Marked:
    """A client line, line end left out, taken apart by the grammar; the final dot is one too."""
    if line == b".":
        return Marked(END_CARD, (Part(".", 0, 1),), END_CARD.parts, END_CARD.says)
    reading = TABLE.read(line, marks=True)
    if reading.command is None:
        return unknown_marked(line, reading.parts, "smtp-commands", "SMTP")
    card = reading.command.card
    return Marked(card, reading.parts, card.parts, card.says)


def matrix(host: Host) -> list[str]:
    """The phase x verb table of a host, and what the tolerant policy lets pass."""
    desk = Desk(host, Peer(host.name, host.address, inside=True), TABLE.commands)
    verbs = tuple(command for command in TABLE.commands if desk.has(command))
    reached = (phase for phase in phases.Phase if desk.offers("CHUNKING") or phase not in phases.COUNTED)
    rows = TABLE.matrix(verbs, tuple(reached))
    others = {MISSING_8BITMIME, MISSING_SMTPUTF8, SEVEN_BITS, ASCII_HEADER}.difference(high_bits(desk))
    slips = [f"  {slip.name} ({slip.cite})" for slip in TOLERATED if slip not in others]
    head = "refused (policy strict):" if desk.strict else "accepted, but not by the standard (policy tolerant):"
    return [*rows, "", head, *slips]


def _topics() -> tuple[Topic, ...]:
    verbs = [Topic(dated(one.card, one.card.name), one.syntax, one.examples) for one in TABLE.commands]
    keywords = [
        Topic(dated(one.card, one.keyword), "", ()) for one in EXTENSIONS if TABLE.find(one.keyword.encode()) is None
    ]
    mail = [
        Topic(dated(one.card, each.keyword), f"MAIL FROM:<address> {one.syntax}", ())
        for each in EXTENSIONS
        for one in each.mail
    ]
    rcpt = [
        Topic(dated(one.card, each.keyword), f"RCPT TO:<address> {one.syntax}", ())
        for each in EXTENSIONS
        for one in each.rcpt
    ]
    others: list[Card] = [*phases.CARDS.values(), *eras.CARDS]
    return (*verbs, *keywords, *mail, *rcpt, *(Topic(card, "", ()) for card in others))


def _facts() -> tuple[Fact, ...]:
    from mailshell.smtp.facts import FACTS  # only a lesson asks

    return FACTS


PROTOCOL: Engine[Host] = Engine(
    name="smtp",
    port=25,
    open=Session,
    mark_command=mark_command,
    mark_reply=mark_reply,
    phases=phases.CARDS,
    topics=_topics(),
    matrix=matrix,
    reads_lines=lambda phase: phase not in phases.TEXT,
    usual=("QUIT", "RSET", "NOOP"),
    kinds={"Local-part": "user", "Domain": "host", "command": "verb"},
    own=frozenset({"Reverse-path", "Domain", "node-name"}),
    facts=_facts,
)
