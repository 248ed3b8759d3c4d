"""HELP: text for a person (RFC 5321 section 4.1.1.8)."""

from typing import NamedTuple

from mailshell.core.command import Command
from mailshell.core.cursor import Cursor
from mailshell.core.record import Card, Cite, Expect
from mailshell.smtp import grammar, limits
from mailshell.smtp.desk import Desk
from mailshell.smtp.phases import ANY
from mailshell.smtp.replies import HELP_TEXT, NO_HELP
from mailshell.smtp.wording import Reply

CARD = Card(
    "HELP",
    "help from the server, for a person",
    Cite(5321, "4.1.1.8"),
    parts={"HELP": "verb: asks for help", "String": "the command that help is wanted for"},
    more="HELP asks the server for text that a person can read. Each server says what it likes.",
)
_TOPIC = Expect("command", "a command, as in HELP MAIL", like="MAIL")


class Help(NamedTuple):
    """HELP, for one command or (None) for all."""

    topic: str | None

    @property
    def card(self) -> Card:
        """The card of HELP."""
        return CARD

    def line(self) -> bytes:
        """`HELP MAIL`."""
        return b"HELP" if self.topic is None else f"HELP {grammar.quote(self.topic)}".encode("ascii")

    def run(self, desk: Desk) -> Reply:
        """List the commands, or say how one is typed."""
        syntaxes = {command.card.name: command.syntax for command in desk.commands if desk.has(command)}
        if self.topic is None:
            return HELP_TEXT(first="Commands: " + " ".join(syntaxes), lines=("HELP command says how one is typed",))
        line = syntaxes.get(self.topic.upper())
        if line is None:
            return NO_HELP(f"This server offers no command {self.topic}. HELP alone lists them.")
        return HELP_TEXT(first=line)


def parse(cursor: Cursor) -> Help:
    """help = "HELP" [ SP String ] CRLF."""
    return Help(grammar.argument(cursor, _TOPIC))


COMMAND = Command(CARD, "HELP", ANY, parse, ("HELP", "HELP MAIL"), limits.COMMAND_LINE, needs="HELP")
