"""Every protocol of mailshell, by name: the only file that names them all."""

from mailshell import pop3, smtp
from mailshell.core.session import Engine
from mailshell.mail.host import Host

PROTOCOLS: dict[str, Engine[Host]] = {"smtp": smtp.PROTOCOL, "pop3": pop3.PROTOCOL}
