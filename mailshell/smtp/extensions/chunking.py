"""CHUNKING: the message in counted pieces (RFC 3030 section 2); the verb is in `commands.bdat`."""

from mailshell.core.record import Card, Cite
from mailshell.smtp.extensions.extension import Extension

CARD = Card(
    "CHUNKING",
    "takes messages in counted chunks",
    Cite(3030, "2"),
    more="The client may send BDAT in the place of DATA. BDAT says how many octets follow, so nothing has to mark the "
    "end, no dot is added to a line, and the server counts octets and need not search for the end.",
)
EXTENSION = Extension("CHUNKING", CARD, lambda desk: "CHUNKING")
