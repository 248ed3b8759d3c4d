"""The verbs of SMTP, in teaching order. A verb that is not in this list does not exist."""

from mailshell.core.command import Command
from mailshell.smtp.commands import data, ehlo, helo, help, mail, noop, quit, rcpt, rset, vrfy
from mailshell.smtp.desk import Desk
from mailshell.smtp.replies import Reply

COMMANDS: tuple[Command[Desk, Reply], ...] = (
    ehlo.COMMAND,
    helo.COMMAND,
    mail.COMMAND,
    rcpt.COMMAND,
    data.COMMAND,
    rset.COMMAND,
    noop.COMMAND,
    vrfy.COMMAND,
    help.COMMAND,
    quit.COMMAND,
)
