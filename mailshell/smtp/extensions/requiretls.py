"""REQUIRETLS: TLS on every step of the way, or no delivery (RFC 8689)."""

from mailshell.core.record import Card, Cite
from mailshell.smtp import limits
from mailshell.smtp.desk import Desk
from mailshell.smtp.extensions.extension import Extension, Parameter, accept, read_flag

CARD = Card(
    "REQUIRETLS",
    "TLS on every step, or no delivery",
    Cite(8689, "2"),
    more="With REQUIRETLS a message goes only over connections that TLS protects, and only to servers that prove "
    "their names. A server offers it only inside TLS.",
)


def _withheld(desk: Desk) -> str:
    return (
        "REQUIRETLS may be used only inside TLS, and this connection has no TLS: everybody on its way could read the "
        "message. Send it without the parameter, or do not send it."
    )


REQUIRETLS = Parameter(
    "REQUIRETLS",
    Card(
        "REQUIRETLS",
        "TLS on every step, or no delivery",
        Cite(8689, "4.2.1"),
        more="A server that cannot pass the message on over TLS must send a report instead.",
    ),
    "REQUIRETLS",
    read_flag,
    accept,
    limits.REQUIRETLS_PARAMETER,
)
EXTENSION = Extension("REQUIRETLS", CARD, lambda desk: "REQUIRETLS", mail=(REQUIRETLS,), withheld=_withheld)
