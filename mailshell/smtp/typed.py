"""A half-typed line of SMTP: what only this protocol knows of it."""

from mailshell.core.record import Want
from mailshell.core.session import Preview
from mailshell.smtp import phases as smtp
from mailshell.smtp.commands.data import END_CARD
from mailshell.smtp.desk import Desk
from mailshell.smtp.extensions import BRINGS


def text(line: bytes, desk: Desk) -> Preview:
    """A line of a message, or of a chunk."""
    return Preview(smtp.CARDS[desk.state.phase], True, fits=len(line), note=_note(line, desk))


def grants(want: Want, desk: Desk) -> bool:
    """Whether the server offered this client what the word belongs to."""
    extension = BRINGS.get(want.text.strip(" ="))
    return extension is None or (desk.state.extended and extension.offered(desk))


def _note(line: bytes, desk: Desk) -> str:
    chunk = desk.state.chunk
    if chunk is not None:
        return f"{chunk.left} octets to come, CR LF counts as two"
    if line == b".":
        return END_CARD.parts["."]
    if line.startswith(b"."):
        return "the server takes the first dot off; a line that is to begin with one dot begins with two"
    return "a line with one dot ends it"
