"""Commands that history left behind: POP3 refuses them (RFC 1939 section 9 has none of them)."""

from mailshell.core import relics
from mailshell.core.command import Command
from mailshell.core.record import Card
from mailshell.pop3 import limits
from mailshell.pop3.desk import Desk
from mailshell.pop3.phases import ANY
from mailshell.pop3.replies import NOT_OFFERED
from mailshell.pop3.wording import Reply

ARGUMENT = relics.ARGUMENT


def relic(card: Card, syntax: str, examples: tuple[str, ...], instead: str) -> Command[Desk, Reply]:
    """The command of a relic; `instead` says what to send in its place."""

    def refuse(desk: Desk) -> Reply:
        """-ERR; there was a POP3 server in no year that had not heard of them."""
        return NOT_OFFERED(f"This server knows {card.name} and does not carry it out. {instead}")

    return relics.relic(card, syntax, examples, refuse, when=ANY, limit=limits.COMMAND_LINE)
