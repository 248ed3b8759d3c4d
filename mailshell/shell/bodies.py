"""A message that a client sends, while it comes: its lines, what they mean, how many of them were shown."""

from mailshell.core.explain import BodyLines, Row, body_row
from mailshell.core.record import Cite

TYPE_CHECKING = False
if TYPE_CHECKING:
    from mailshell.mail.letter import Letter


def letter(sender: bytes = b"", *, header: bool = False) -> "Letter":
    """A reader of one message, or of a `header`, line by line.

    What it needs is loaded with the first message, not with the prompt.
    """
    from mailshell.mail.letter import Letter

    return Letter(sender, header=header)


class Message:
    """What is known of the message on one connection; `known` is false where its beginning was not seen."""

    def __init__(self, sender: bytes = b"", *, known: bool = True) -> None:
        self.sender = sender
        self.known = known
        self.letter: Letter | None = None
        self.answers: Cite | None = None  # what comes is secret, and this section describes it
        self.dotted = True
        self.wants = 0  # octets of a counted body that are still to come
        self.lines = BodyLines()
        self.count = 0
        self.folded = 0

    def row(self, line: bytes) -> Row:
        """A line of the message explained, as far as somebody knows where in the message it stands."""
        if self.answers is not None:
            # Imported here because few sessions have such lines.
            from mailshell.core.elsewhere import answer_row, secret_row

            if not self.dotted:
                return secret_row(line, "literal octets", "octets of the literal, a secret", self.answers)
            return answer_row(line, self.answers)
        if self.letter is None:
            return body_row(line, gloss="message text" if self.count == 1 else "", dotted=self.dotted)
        reading = self.letter.read(line, dotted=self.dotted)
        return body_row(line, reading.notes, reading.gloss, dotted=self.dotted)
