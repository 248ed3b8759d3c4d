"""LIMITS: how much one session may bring (RFC 9422)."""

from mailshell.core.record import Card, Cite
from mailshell.smtp import limits
from mailshell.smtp.desk import Desk
from mailshell.smtp.extensions.extension import Extension

CARD = Card(
    "LIMITS",
    "states limits of this session",
    Cite(9422, "3"),
    more="RCPTMAX is the most RCPT commands of one transaction, MAILMAX the most MAIL commands of one session; refused "
    "ones count too. A client that knows the limits can keep to them.",
)


def _announced(desk: Desk) -> dict[str, int]:
    """The limits that have a value which the grammar can say: 1 to 999999 (RFC 9422 section 4)."""
    found = {"RCPTMAX": desk.recipient_limit, "MAILMAX": desk.host.traits.transactions or 0}
    return {name: value for name, value in found.items() if 0 < value <= limits.ANNOUNCED}


def _words(desk: Desk) -> str:
    return " ".join(["LIMITS", *(f"{name}={value}" for name, value in _announced(desk).items())])


def _withheld(desk: Desk) -> str:
    return "" if _announced(desk) else f"{desk.host.name} has no limit that LIMITS can state."


EXTENSION = Extension("LIMITS", CARD, _words, withheld=_withheld)
