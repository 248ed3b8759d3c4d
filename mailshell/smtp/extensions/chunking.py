"""CHUNKING: the message in counted pieces (RFC 3030 section 2); the verb is in `commands.bdat`."""

from mailshell.core.record import Card, Cite
from mailshell.smtp.extensions.extension import Extension

CARD = Card(
    "CHUNKING",
    "takes messages in counted chunks",
    Cite(3030, "2"),
    more="The client may send BDAT in the place of DATA. BDAT says how many octets follow, so no octet has to mark the "
    "end, no dot is stuffed, and the server counts where it would have to search.",
)
EXTENSION = Extension("CHUNKING", CARD, lambda desk: "CHUNKING")
