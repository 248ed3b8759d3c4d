"""How a reply is made: a named wording, and the lines that it becomes on the wire."""

from typing import NamedTuple

from mailshell.core.record import Card, Cite


class Wording(NamedTuple):
    """One named reply; `off_slide` says that the classic voice sends a line which no slide shows."""

    card: Card
    code: int
    enhanced: str
    text: tuple[str, ...]
    classic: str = ""
    off_slide: bool = True
    early: str = ""

    def __call__(
        self, because: str = "", lines: tuple[str, ...] = (), *, tolerated: bool = False, **fields: str
    ) -> "Reply":
        """The reply, with `fields` put into its text and `lines` after it."""
        return Reply(self, because, lines, fields, tolerated)


class Reply(NamedTuple):
    """The one final answer to a command, or the request for more (3yz); `tolerated`: in spite of a slip."""

    wording: Wording
    because: str
    more: tuple[str, ...]
    fields: dict[str, str]
    tolerated: bool

    @property
    def card(self) -> Card:
        """The card of the reply."""
        return self.wording.card

    @property
    def off_slide(self) -> str:
        """That no slide shows the reply, where that is so."""
        return "This reply is not on the slide." if self.wording.off_slide else ""

    @property
    def asks(self) -> bool:
        """Whether the reply asks for more before the command is done."""
        return 300 <= self.wording.code < 400

    @property
    def closes(self) -> bool:
        """Whether the server ends the connection after it (RFC 5321 section 4.2.2)."""
        return self.wording.code == 421

    @property
    def refuses(self) -> bool:
        """Whether the command was refused."""
        return self.wording.code >= 400

    def lines(self, *, classic: bool, enhanced: bool, early: bool = False) -> tuple[bytes, ...]:
        """The reply as it is sent, a whole line each (RFC 5321 section 4.2.1, RFC 2034 section 3)."""
        wording = self.wording
        texts = wording.text
        if classic and wording.classic:
            texts = (wording.classic,)
        elif early and wording.early and not classic:
            texts = (wording.early,)
        if self.fields:
            texts = tuple(text.format_map(self.fields) for text in texts)
        texts += self.more
        if not texts:
            return ()
        head = f" {wording.enhanced} " if enhanced and wording.enhanced and not classic else " "
        code = wording.code
        if len(texts) == 1:
            return (f"{code}{head}{texts[0]}\r\n".encode(),)
        dashed = f"{code}-{head[1:]}"
        rows = [f"{dashed}{text}\r\n".encode() for text in texts[:-1]]
        return (*rows, f"{code}{head}{texts[-1]}\r\n".encode())


def named(
    name: str,
    code: int,
    enhanced: str,
    text: str,
    says: str,
    section: str,
    *,
    more: str,
    next: str,
    classic: str = "",
    rfc: int = 5321,
    off_slide: bool = True,
    early: str = "",
) -> Wording:
    """A wording and its card; the lines of `text` become the lines of the reply."""
    card = Card(name, says, Cite(rfc, section), more=more, next=next)
    return Wording(card, code, enhanced, tuple(text.split("\n")), classic, off_slide and not classic, early)
