"""POP3 as one protocol of the world (RFC 1939)."""

from mailshell.core.reasons import unknown_marked
from mailshell.core.session import Engine, Fact, Marked, Peer, Topic
from mailshell.mail.host import Host
from mailshell.pop3 import eras, phases
from mailshell.pop3.capabilities import CAPABILITIES
from mailshell.pop3.desk import Desk
from mailshell.pop3.eras import YEARS
from mailshell.pop3.grammar import TOLERATED
from mailshell.pop3.replies import MESSAGE, TOP_OF_MESSAGE
from mailshell.pop3.responses import mark_reply
from mailshell.pop3.session import TABLE, Session, table_of


def mark_command(line: bytes) -> Marked:
    """A client line, line end left out, taken apart by the grammar."""
    reading = TABLE.read(line, marks=True)
    if reading.command is None:
        return unknown_marked(line, reading.parts, "pop3-commands", "POP3")
    card = reading.command.card
    return Marked(card, reading.parts, card.parts, card.says)


def matrix(host: Host) -> list[str]:
    """The phase x verb table of a host, and what the tolerant policy lets pass."""
    table = table_of(host)
    desk = Desk(host, Peer(host.name, host.address, inside=True), table.commands)
    if not desk.exists:
        return [f"{host.name} is of {host.traits.era}: there is no POP3 before {eras.FIRST.year} ({eras.FIRST.source})"]
    verbs = tuple(command for command in table.commands if command.offered(desk.offers))
    reached = (phase for phase in phases.Phase if phase not in phases.LEADS or desk.offers(phases.LEADS[phase]))
    head = "refused (policy strict):" if desk.strict else "accepted, but not by the standard (policy tolerant):"
    return [*table.matrix(verbs, tuple(reached)), "", head, *(f"  {slip.name} ({slip.cite})" for slip in TOLERATED)]


def _topics() -> tuple[Topic, ...]:
    verbs = [Topic(YEARS.dated(one.card, one.card.name), one.syntax, one.examples) for one in TABLE.commands]
    tags = [Topic(YEARS.dated(one.card, one.tag), "", ()) for one in CAPABILITIES if not TABLE.find(one.tag.encode())]
    others = (*phases.CARDS.values(), phases.UPDATE, *eras.CARDS)
    return (*verbs, *tags, *(Topic(card, "", ()) for card in others))


def _facts() -> tuple[Fact, ...]:
    from mailshell.pop3.facts import FACTS  # only a lesson asks

    return FACTS


PROTOCOL: Engine[Host] = Engine(
    name="pop3",
    port=110,
    open=Session,
    mark_command=mark_command,
    mark_reply=mark_reply,
    phases=phases.CARDS,
    topics=_topics(),
    matrix=matrix,
    reads_lines=lambda phase: phase is not phases.Phase.EXCHANGE,
    usual=("QUIT", "NOOP", "RSET"),
    kinds={"name": "user"},
    own=frozenset(),
    answers=frozenset({phases.Phase.EXCHANGE}),
    messages=frozenset({MESSAGE.card.name, TOP_OF_MESSAGE.card.name}),
    facts=_facts,
)
