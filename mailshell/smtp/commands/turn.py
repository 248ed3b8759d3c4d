"""TURN: client and server change places (RFC 821 section 3.8); a relic, refused."""

from mailshell.core.record import Card, Cite
from mailshell.smtp.relics import ARGUMENT, relic

CARD = Card(
    "TURN",
    "once: change roles, refused",
    Cite(821, "3.8"),
    parts={"TURN": "verb: once made the server the client", ARGUMENT: "not read: the command is refused"},
    more="A telephone call was expensive, so a host that had called to deliver mail said TURN to get its own "
    "waiting mail over the same call. But the server believed the name in HELO: whoever said a false name "
    "got somebody else's mail. RFC 5321 appendix F.1 advises against TURN. ETRN (RFC 1985) took its "
    "place.",
)
COMMAND = relic(
    CARD,
    "TURN",
    ("TURN",),
    "A server brings waiting mail over a connection of its own; since 1996 a client may ask for that with ETRN.",
)
