"""How a reply is made: a named wording, and the octets that it becomes on the wire."""

from collections.abc import Callable
from typing import Literal, NamedTuple

from mailshell.core.record import Card, Cite

Status = Literal["OK", "NO", "BAD", "BYE", "+", "", "part"]
"""How a command ended; `+` asks for more, the empty one does so without a word, and a `part` has not ended."""


class Wording(NamedTuple):
    """One named reply; `code` is its response code, without the brackets."""

    card: Card
    status: Status
    code: str
    text: str

    def __call__(
        self,
        because: str = "",
        block: bytes = b"",
        *,
        code: str = "",
        holds: bool = False,
        slip: str = "",
        **fields: str,
    ) -> "Reply":
        """The reply, with `fields` put into its text and the whole lines of `block` before it.

        `code` stands in the place of the code of the wording. `slip` says what of the command the standard does not
        allow.
        """
        return Reply(self, f"{because} {slip}".strip(), block, code or self.code, fields, holds, bool(slip))


class Reply(NamedTuple):
    """The one tagged answer to a command with the untagged responses before it, or what asks for more.

    With `holds` the removal of messages may not be told along with it (RFC 3501 section 7.4.1). `tolerated`: the
    command was accepted in spite of a slip.
    """

    wording: Wording
    because: str
    block: bytes
    code: str
    fields: dict[str, str]
    holds: bool
    tolerated: bool

    @property
    def card(self) -> Card:
        """The card of the reply."""
        return self.wording.card

    @property
    def off_slide(self) -> str:
        """Nothing: the lecture names IMAP and shows no session of it."""
        return ""

    @property
    def asks(self) -> bool:
        """Whether the reply asks for more before the command is done."""
        return self.wording.status in ("+", "")

    @property
    def closes(self) -> bool:
        """Whether the server ends the connection after it."""
        return self.wording.status == "BYE"

    @property
    def refuses(self) -> bool:
        """Whether the command was refused."""
        return self.wording.status in ("NO", "BAD", "BYE")

    def led(self, block: bytes, because: str) -> "Reply":
        """The same, with other untagged responses before its own, and why they come."""
        if not block and not because:
            return self
        return self._replace(block=block + self.block, because=f"{because} {self.because}".strip())

    def followed(self, block: bytes, because: str) -> "Reply":
        """The same, with other untagged responses after its own, and why they come."""
        return self._replace(block=self.block + block, because=f"{self.because} {because}".strip()) if block else self

    def lines(self, tag: bytes, gives: Callable[[str], bool]) -> tuple[bytes, ...]:
        """The reply as it is sent: what is untagged in one piece that is not copied, then the line with the tag.

        `gives` says which response codes the server uses.
        """
        wording, code = self.wording, self.code
        if not wording.status:
            return ()
        if wording.status == "part":
            return (self.block,) if self.block else ()
        text = wording.text.format_map(self.fields) if self.fields else wording.text
        if code and gives(code.split(" ", 1)[0]):
            text = f"[{code}] {text}"
        sign = b"" if wording.status == "+" else b"* " if wording.status == "BYE" else tag + b" "
        last = sign + f"{wording.status} {text}\r\n".encode()
        return (self.block, last) if self.block else (last,)


def named(
    name: str,
    status: Status,
    text: str,
    says: str,
    section: str,
    *,
    more: str,
    next: str,
    code: str = "",
    rfc: int = 3501,
) -> Wording:
    """A wording and its card."""
    return Wording(Card(name, says, Cite(rfc, section), more=more, next=next), status, code, text)
