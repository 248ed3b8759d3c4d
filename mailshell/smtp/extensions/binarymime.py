"""BINARYMIME: messages of any octets, without lines (RFC 3030 section 3).

It adds a value to the parameter BODY of `extensions.eightbitmime`. A message that came so is never passed on by DATA:
a relay needs a next server with CHUNKING and BINARYMIME, or must encode the message anew, or report a failure.
"""

from mailshell.core.record import Card, Cite
from mailshell.smtp.desk import Desk
from mailshell.smtp.extensions.extension import Extension

CARD = Card(
    "BINARYMIME",
    "takes messages of any octets",
    Cite(3030, "3"),
    more="With BODY=BINARYMIME the client says that its message may have any octets: NUL, CR or LF alone, lines of any "
    "length. Only BDAT can carry it. Pictures then need no base64, which makes them a third bigger.",
)


def withheld(desk: Desk) -> str:
    """It can be used only together with CHUNKING."""
    return "" if desk.offers("CHUNKING") else "BINARYMIME needs BDAT, and this server does not offer CHUNKING."


EXTENSION = Extension("BINARYMIME", CARD, lambda desk: "BINARYMIME", withheld=withheld)
