"""How a reply is made: a named wording, and the octets that it becomes on the wire."""

from collections.abc import Callable, Mapping
from typing import Literal, NamedTuple

from mailshell.core.record import Card, Cite

Status = Literal["+OK", "-ERR", "+"]
Language = Literal["en", "de"]

_FINAL = b".\r\n"
_WHOLE = "This reply is not on the slide."
FIRST_LINE = "The slide leaves the line with +OK out."


class Wording(NamedTuple):
    """One named reply; `code` is its response code, `classic` the words of the slide where a slide shows it."""

    card: Card
    status: Status
    code: str
    text: str
    german: str
    classic: str | None
    off_slide: str

    def __call__(
        self,
        because: str = "",
        block: bytes | None = None,
        *,
        slip: str = "",
        counts: Mapping[str, str] = {},
        **fields: str,
    ) -> "Reply":
        """The reply, with `fields` and `counts` put into its text and the lines of `block` after it.

        `slip` says what of the command the standard does not allow.
        """
        return Reply(self, f"{because} {slip}".strip(), block, {**counts, **fields} if counts else fields, bool(slip))


class Reply(NamedTuple):
    """The one final answer to a command, or a challenge; `tolerated`: accepted in spite of a slip.

    `block` is None for a reply of one line, else whole lines, their dots stuffed, without the line that ends them.
    """

    wording: Wording
    because: str
    block: bytes | None
    fields: dict[str, str]
    tolerated: bool

    @property
    def card(self) -> Card:
        """The card of the reply."""
        return self.wording.card

    @property
    def off_slide(self) -> str:
        """What of the reply no slide shows."""
        return self.wording.off_slide

    @property
    def asks(self) -> bool:
        """Whether the reply asks for more before the command is done."""
        return self.wording.status == "+"

    @property
    def closes(self) -> bool:
        """Whether the server ends the connection after it: no reply that refuses does that."""
        return False

    @property
    def refuses(self) -> bool:
        """Whether the command was refused."""
        return self.wording.status == "-ERR"

    def lines(self, *, classic: bool, language: Language, gives: Callable[[str], bool]) -> tuple[bytes, ...]:
        """The reply as it is sent: its first line, all others in one piece that is not copied, and the final dot.

        The dot is that of RFC 1939 section 3; `gives` says which response codes are used (RFC 2449 section 8).
        """
        wording = self.wording
        text = wording.text if language == "en" else wording.german
        if classic and wording.classic is not None:
            text = wording.classic
        if self.fields:
            text = text.format_map(self.fields)
        if wording.code and gives(wording.code):
            text = f"[{wording.code}] {text}"
        first = f"{wording.status} {text}\r\n".encode() if text or wording.status == "+" else b"+OK\r\n"
        if not self.block:
            return (first,) if self.block is None else (first, _FINAL)
        return first, self.block, _FINAL


def named(
    name: str,
    status: Status,
    text: str,
    german: str,
    says: str,
    section: str,
    *,
    more: str,
    next: str,
    code: str = "",
    classic: str | None = None,
    rfc: int = 1939,
    off_slide: str = _WHOLE,
) -> Wording:
    """A wording and its card."""
    card = Card(name, says, Cite(rfc, section), more=more, next=next)
    return Wording(card, status, code, text, german, classic, "" if classic is not None else off_slide)
