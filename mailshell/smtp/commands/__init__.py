"""The verbs of SMTP, in teaching order, relics last. A verb that is not in this list does not exist."""

from mailshell.core.command import Command
from mailshell.smtp.commands import (
    bdat,
    data,
    ehlo,
    etrn,
    expn,
    helo,
    help,
    mail,
    noop,
    quit,
    rcpt,
    rset,
    saml,
    send,
    soml,
    turn,
    vrfy,
    xclient,
)
from mailshell.smtp.desk import Desk
from mailshell.smtp.wording import Reply

COMMANDS: tuple[Command[Desk, Reply], ...] = (
    ehlo.COMMAND,
    helo.COMMAND,
    mail.COMMAND,
    rcpt.COMMAND,
    data.COMMAND,
    bdat.COMMAND,
    rset.COMMAND,
    noop.COMMAND,
    vrfy.COMMAND,
    expn.COMMAND,
    etrn.COMMAND,
    help.COMMAND,
    quit.COMMAND,
    send.COMMAND,
    soml.COMMAND,
    saml.COMMAND,
    turn.COMMAND,
    xclient.COMMAND,
)
