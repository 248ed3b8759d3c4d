"""ID: which programs are these? (RFC 2971)."""

from typing import NamedTuple

from mailshell.core.command import Command
from mailshell.core.cursor import Cursor
from mailshell.core.record import Card, Cite, Expect
from mailshell.imap import grammar, limits
from mailshell.imap.desk import Desk
from mailshell.imap.phases import ANY
from mailshell.imap.replies import IDENTIFIED
from mailshell.imap.wording import Reply

CARD = Card(
    "ID",
    "which programs are these?",
    Cite(2971, "3.1"),
    parts={
        "tag": grammar.TAG_GLOSS,
        "ID": "verb: tells the name of the program, and asks for the server's",
        "field": "the name of a field, as in name or version",
        "value": "its value",
        "NIL": "nothing is told",
        "literal": grammar.LITERAL_GLOSS,
    },
    more="ID tells which program the client is, and asks for the program of the server. It is for statistics and for "
    "reports of mistakes: nothing else depends on it.",
)
_FIELD = Expect("field", 'the name of a field in quotes, as in "name"', like='"name"')
_VALUE = Expect("value", "the value in quotes, or NIL", like='"x"')
_NIL = Expect("NIL", "nothing is told")
_MOST, _NAME, _LONGEST = 30, 30, 1024  # pairs, octets of a name and of a value (RFC 2971 section 3.3)


class Id(NamedTuple):
    """ID with fields and values; None: NIL."""

    fields: tuple[tuple[bytes, bytes | None], ...] | None

    @property
    def card(self) -> Card:
        """The card of ID."""
        return CARD

    def line(self) -> bytes:
        """`ID NIL`."""
        if self.fields is None:
            return b"ID NIL"
        words = [b"NIL" if one is None else grammar.string_of(one) for pair in self.fields for one in pair]
        return b"ID (" + b" ".join(words) + b")"

    def run(self, desk: Desk) -> Reply:
        """Tell the name of this program."""
        return IDENTIFIED(block=b'* ID ("name" "mailshell")\r\n')


def _string(cursor: Cursor, rule: str, expect: Expect, most: int) -> bytes:
    start, found = cursor.at, grammar.string(cursor, rule, expect, bare=None)
    if len(found) > most:
        raise cursor.refuse(start, Expect(rule, f"no more than {most} octets"))
    return found


def _field(cursor: Cursor, others: set[bytes]) -> bytes:
    start, name = cursor.at, _string(cursor, "field", _FIELD, _NAME)
    if len(others) == _MOST:
        raise cursor.refuse(start, Expect(")", f"no more than {_MOST} fields"))
    if name.lower() in others:
        raise cursor.refuse(start, Expect("field", "each field once only"))
    return name


def _nil(cursor: Cursor) -> bool:
    start = cursor.at
    found = cursor.word(b"NIL", _NIL)
    cursor.mark("NIL", start)
    return found


def parse(cursor: Cursor) -> Id:
    """id = "ID" SP ("(" [string SP nstring *(SP string SP nstring)] ")" / nil)."""
    grammar.space(cursor)
    if _nil(cursor):
        cursor.done(grammar.END)
        return Id(None)
    cursor.need_word(b"(", grammar.OPEN)
    found: list[tuple[bytes, bytes | None]] = []
    while not cursor.word(b")", grammar.CLOSE):
        if found:
            grammar.space(cursor)
        name = _field(cursor, {one.lower() for one, _ in found})
        grammar.space(cursor)
        found.append((name, None if _nil(cursor) else _string(cursor, "value", _VALUE, _LONGEST)))
    cursor.done(grammar.END)
    return Id(tuple(found))


COMMAND = Command(
    CARD, "ID NIL", ANY, parse, ("a1 ID NIL", 'a1 ID ("name" "mutt" "version" NIL)'), limits.COMMAND, needs="ID"
)
