"""IMAP as one protocol of the world (RFC 3501)."""

from mailshell.core.reasons import unknown_marked
from mailshell.core.record import Part
from mailshell.core.session import Engine, Fact, Marked, Peer, Topic
from mailshell.imap import eras, phases
from mailshell.imap.capabilities import CAPABILITIES
from mailshell.imap.causes import cause
from mailshell.imap.commands import COMMANDS, idle
from mailshell.imap.desk import Desk
from mailshell.imap.eras import YEARS
from mailshell.imap.grammar import TAG, TAG_GLOSS, TOLERATED
from mailshell.imap.items import ITEMS
from mailshell.imap.keys import KEYS
from mailshell.imap.ordering import ORDERS
from mailshell.imap.responses import brings, counted, mark_reply
from mailshell.imap.session import TABLE, Session
from mailshell.imap.worded import worded
from mailshell.mail.host import Host

_NO_TAG = "a command of IMAP begins with a tag"


def mark_command(line: bytes) -> Marked:
    """A command, its last line end left out, taken apart by the grammar; DONE alone ends IDLE."""
    if line.upper() == b"DONE":
        return Marked(idle.CARD, (Part("DONE", 0, 4),), idle.CARD.parts, "ends IDLE")
    tag = TAG.match(line)
    if tag is None:
        unread = (Part("Unknown", 0, len(line)),) if line else ()
        return Marked(None, unread, {"Unknown": _NO_TAG}, _NO_TAG if line else "")
    reading = TABLE.read(line, marks=True, start=tag.end())
    parts = (Part("tag", 0, tag.end(1)), *reading.parts)
    if reading.command is None:
        marked = unknown_marked(line, reading.parts, "imap-commands", "IMAP")
        return marked._replace(parts=parts, glosses={**marked.glosses, "tag": TAG_GLOSS})
    card = reading.command.card
    parts, glosses = worded(line, parts)
    return Marked(card, parts, {**card.parts, **glosses}, card.says)


def lead(line: bytes) -> int:
    """How many octets of a line stand before its verb: those of the tag and of a space."""
    found = TAG.match(line)
    return 0 if found is None or found.end() == found.end(1) else found.end()


def matrix(host: Host) -> list[str]:
    """The phase x verb table of a host, and what the tolerant policy lets pass."""
    desk = Desk(host, Peer(host.name, host.address, inside=True), COMMANDS)
    if not desk.exists:
        return [f"{host.name} is of {host.traits.era}: there is no IMAP before {eras.FIRST.year} ({eras.FIRST.source})"]
    verbs = tuple(command for command in COMMANDS if command.offered(desk.offers))
    head = "refused (policy strict):" if desk.strict else "accepted, but not by the standard (policy tolerant):"
    slips = (f"  {slip.name} ({slip.cite})" for slip in TOLERATED)
    return [*TABLE.matrix(verbs, phases.COMMANDS), "", head, *slips]


def _topics() -> tuple[Topic, ...]:
    verbs = [Topic(YEARS.dated(one.card, one.card.name), one.syntax, one.examples) for one in COMMANDS]
    names = [
        Topic(YEARS.dated(one.card, one.keyword), "", ())
        for one in CAPABILITIES
        if not TABLE.find(one.keyword.encode())
    ]
    told = {topic.card.name for topic in (*verbs, *names)}
    others = (
        *phases.CARDS.values(),
        *eras.CARDS,
        *(one.card for one in (*ITEMS, *KEYS, *ORDERS) if one.card.name not in told),
    )
    return (*verbs, *names, *(Topic(card, "", ()) for card in others))


def _facts() -> tuple[Fact, ...]:
    from mailshell.imap.facts import FACTS  # only a lesson asks

    return FACTS


PROTOCOL: Engine[Host] = Engine(
    name="imap",
    port=143,
    open=Session,
    mark_command=mark_command,
    mark_reply=mark_reply,
    phases=phases.CARDS,
    topics=_topics(),
    matrix=matrix,
    reads_lines=lambda phase: phase not in phases.COUNTED and phase is not phases.Phase.EXCHANGE,
    usual=("NOOP", "LOGOUT", "CAPABILITY"),
    kinds={},
    own=frozenset(),
    answers=frozenset({phases.Phase.EXCHANGE, phases.Phase.SECRET}),
    counted=counted,
    tagged=True,
    lead=lead,
    cause=cause,
    brings=brings,
    facts=_facts,
)
