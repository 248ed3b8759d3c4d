"""Commands that history left behind: SMTP refuses them with 502 (RFC 5321 appendix F)."""

from mailshell.core import relics
from mailshell.core.command import Command
from mailshell.core.record import Card
from mailshell.smtp import eras, limits, reasons
from mailshell.smtp.desk import Desk
from mailshell.smtp.phases import ANY
from mailshell.smtp.replies import NOT_IMPLEMENTED
from mailshell.smtp.wording import Reply

ARGUMENT = relics.ARGUMENT


def relic(card: Card, syntax: str, examples: tuple[str, ...], instead: str) -> Command[Desk, Reply]:
    """The command of a relic; `instead` says what to send in its place."""

    def refuse(desk: Desk) -> Reply:
        """502, or 500 from a server of a time that had not seen the command."""
        if not eras.known(card.name, desk.host.traits.era):
            return reasons.not_yet(card.name, desk)
        return NOT_IMPLEMENTED(f"This server knows {card.name} and does not carry it out. {instead}")

    return relics.relic(card, syntax, examples, refuse, when=ANY, limit=limits.COMMAND_LINE)
