"""The verbs of POP3, in teaching order, relics last. A verb that is not in this list does not exist."""

from mailshell.core.command import Command
from mailshell.pop3.commands import (
    apop,
    auth,
    capa,
    dele,
    lang,
    last,
    list,
    noop,
    pass_,
    quit,
    retr,
    rpop,
    rset,
    stat,
    top,
    uidl,
    user,
    utf8,
    xtnd,
)
from mailshell.pop3.desk import Desk
from mailshell.pop3.wording import Reply

COMMANDS: tuple[Command[Desk, Reply], ...] = (
    user.COMMAND,
    pass_.COMMAND,
    stat.COMMAND,
    list.COMMAND,
    retr.COMMAND,
    dele.COMMAND,
    rset.COMMAND,
    noop.COMMAND,
    top.COMMAND,
    uidl.COMMAND,
    quit.COMMAND,
    capa.COMMAND,
    apop.COMMAND,
    auth.COMMAND,
    utf8.COMMAND,
    lang.COMMAND,
    last.COMMAND,
    rpop.COMMAND,
    xtnd.COMMAND,
)
STRICT = tuple(user.STRICT if one is user.COMMAND else one for one in COMMANDS)
"""The same as a strict server takes them."""
