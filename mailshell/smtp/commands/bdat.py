"""BDAT: one counted chunk of the message (RFC 3030 section 2).

The octets belong to the command whatever becomes of it: a chunk that is refused is read and dropped first, and only
then answered, so that nothing in it is ever taken for a command.
"""

import re
from typing import NamedTuple

from mailshell.core.command import Command
from mailshell.core.cursor import Cursor
from mailshell.core.record import Card, Cite, Expect
from mailshell.smtp import grammar, limits
from mailshell.smtp.commands.data import store
from mailshell.smtp.desk import EMPTY, Desk, Incoming
from mailshell.smtp.phases import CARDS, Phase, breaks
from mailshell.smtp.replies import CHUNK_OK, TOO_BIG, WRONG_ORDER
from mailshell.smtp.wording import Reply, Wording

CARD = Card(
    "BDAT",
    "counted octets of the message follow",
    Cite(3030, "2"),
    parts={
        "BDAT": "verb: a chunk of the message, in the place of DATA",
        "chunk-size": "how many octets follow the line; CR LF counts as two",
        "end-marker": "this chunk is the last one",
    },
    more="BDAT says how many octets come after its line. The server counts them, answers, and takes the next BDAT; the "
    "one with LAST ends the message. No dot is added to a line, and no 354 comes first.",
)
_SIZE = re.compile(rb"[0-9]{1,505}(?![0-9])")
"""chunk-size = 1*DIGIT: as many digits as a line of 512 octets can have beside BDAT, SP and CR LF."""
_FRAME = re.compile(rb"BDAT[ \t]+([0-9]{1,505})(?=[ \t\r])([ \t]+LAST(?=[ \t\r]))?", re.IGNORECASE)
_FAILED = "The transaction has failed: RSET drops it."
MORE = Wording(CARDS[Phase.CHUNK], 300, "", ())
"""Asks for the chunk without a word: no octet of it is ever sent, its code is ours."""


class Bdat(NamedTuple):
    """BDAT with the octets of the chunk, and whether it is the last one."""

    size: int
    last: bool

    @property
    def card(self) -> Card:
        """The card of BDAT."""
        return CARD

    def line(self) -> bytes:
        """`BDAT 86 LAST`."""
        return f"BDAT {self.size}{' LAST' if self.last else ''}".encode("ascii")

    def run(self, desk: Desk) -> Reply:
        """Take the chunk, unless it is known already that it will be refused."""
        return begin(self, desk, self._refusal(desk))

    def _refusal(self, desk: Desk) -> Reply | None:
        if not desk.state.extended:
            because = "BDAT belongs to CHUNKING, and HELO offers no extension. Send EHLO, then MAIL again."
            return WRONG_ORDER(because, reason="Need EHLO first")
        if desk.state.content.size + self.size > desk.size_limit:
            because = f"With this chunk the message is bigger than the {desk.size_limit} octets that this server takes."
            return TOO_BIG(because, limit=str(desk.size_limit))
        return None


def begin(bdat: Bdat, desk: Desk, refusal: Reply | None) -> Reply:
    """Wait for the octets; a chunk of none is answered at once."""
    state = desk.state
    chunk = Incoming(bdat.size, bdat.last, bdat.size, state.phase, refusal)
    content = state.content if refusal is None else EMPTY
    desk.state = state._replace(phase=Phase.CHUNK, content=content, chunk=chunk)
    if not bdat.size:
        return finish(desk)
    if refusal is None:
        return MORE()
    return MORE(
        f"The answer will be {refusal.wording.code}. The server reads the octets of the chunk before it says so. "
        "A client that does not send them all cuts the connection, as :drop does for a typed one."
    )


def finish(desk: Desk) -> Reply:
    """The last octet of the chunk is here: the one final answer to its BDAT."""
    chunk = desk.state.chunk
    assert chunk is not None, "a chunk is read only after BDAT"
    if chunk.refusal is not None:
        return fail(desk, chunk.before, chunk.refusal)
    if not chunk.last:
        desk.state = desk.state._replace(phase=Phase.CHUNKS, chunk=None)
        return CHUNK_OK(size=str(chunk.size), total=str(desk.state.content.size))
    reply = store(desk, desk.state.content.octets())
    if reply.refuses:
        return fail(desk, chunk.before, reply)
    desk.move(Phase.READY, None)
    return reply


def fail(desk: Desk, before: Phase, refusal: Reply) -> Reply:
    """A BDAT that came in phase `before` is refused: an open transaction is spoilt until RSET."""
    if not breaks("BDAT", before):
        desk.move(before, None)
        return refusal
    desk.move(Phase.FAILED, None)
    if before is Phase.FAILED:
        return refusal
    card = refusal.wording.card
    if card.next:
        card = card._replace(next=f"RSET, then {card.next}")
    return refusal._replace(because=f"{refusal.because} {_FAILED}", wording=refusal.wording._replace(card=card))


def announced(octets: bytes) -> Bdat | None:
    """What a line with BDAT says will follow, read even where the grammar refuses the line: its octets come anyway."""
    found = _FRAME.match(octets)
    return None if found is None else Bdat(int(found[1]), found[2] is not None)


def parse(cursor: Cursor) -> Bdat:
    """bdat-cmd = "BDAT" SP chunk-size [ SP end-marker ] CR LF."""
    cursor.need_word(b" ", Expect(" size", "a space and the number of octets that follow"))
    start = cursor.at
    size = int(cursor.need(_SIZE, Expect("size", "the number of octets that follow the line", like="86")))
    cursor.mark("chunk-size", start)
    start = cursor.at + 1
    last = cursor.word(b" LAST", Expect(" LAST", "this chunk is the last one"))
    if last:
        cursor.mark("end-marker", start)
    cursor.done(grammar.END)
    return Bdat(size, last)


COMMAND = Command(
    CARD,
    "BDAT size [LAST]",
    frozenset({Phase.RECIPIENTS, Phase.CHUNKS}),
    parse,
    ("BDAT 86", "BDAT 86 LAST", "BDAT 0 LAST"),
    limits.COMMAND_LINE,
    needs="CHUNKING",
)
