"""Every protocol of mailshell, by name: the only file that names them all."""

from functools import cache

from mailshell import pop3, smtp
from mailshell.core.session import Engine
from mailshell.mail.host import Host, Traits

TYPE_CHECKING = False  # what reads logs takes time to import, and no prompt needs it
if TYPE_CHECKING:
    from mailshell.core.elsewhere import Reader

PROTOCOLS: dict[str, Engine[Host]] = {"smtp": smtp.PROTOCOL, "pop3": pop3.PROTOCOL}


@cache
def readers() -> "dict[str, Reader[Traits]]":
    """What each protocol knows of words and conversations from elsewhere; imported when somebody asks."""
    from mailshell.pop3.elsewhere import READER as POP3
    from mailshell.smtp.elsewhere import READER as SMTP

    return {"smtp": SMTP, "pop3": POP3}
