"""THREAD: which messages fit, and which answers which? (RFC 5256 section 3)."""

from typing import NamedTuple

from mailshell.core.command import Command
from mailshell.core.cursor import Cursor, Stop
from mailshell.core.record import Card, Cite, Expect
from mailshell.imap import grammar, limits, ordering, query, searching, threads, uids
from mailshell.imap.desk import Desk
from mailshell.imap.phases import OPEN
from mailshell.imap.query import Tree
from mailshell.imap.replies import THREADED, UNREADABLE
from mailshell.imap.searching import Found, Hunt
from mailshell.imap.threads import ALGORITHMS, Post
from mailshell.imap.wording import Reply
from mailshell.mail.store import StateError

CARD = Card(
    "THREAD",
    "which message answers which?",
    Cite(5256, "3"),
    parts={
        "tag": grammar.TAG_GLOSS,
        "THREAD": "verb: looks for messages, and puts them into threads",
        "thread-alg": "how threads are made: by the subject, or by what a message refers to",
        **searching.PARTS,
    },
    more="THREAD is SEARCH whose answer is a set of trees. In (3 6 (4 23)(44 7)) message 6 answers 3, and both 4 and "
    "44 answer 6. The charset must be said.",
)
BY_UID = uids.card(CARD)
_SAYS = {"ORDEREDSUBJECT": "one thread for each subject", "REFERENCES": "by References and In-Reply-To"}
_EXPECTS = {name: Expect(name, says, needs=f"THREAD={name}") for name, says in _SAYS.items()}


class Thread(NamedTuple):
    """THREAD with an algorithm, a charset, and keys."""

    uid: bool
    algorithm: str
    charset: str
    keys: Tree

    @property
    def card(self) -> Card:
        """The card of THREAD."""
        return BY_UID if self.uid else CARD

    def line(self) -> bytes:
        """`THREAD REFERENCES UTF-8 ALL`."""
        head = f"{self.card.name} {self.algorithm} {self.charset} ".encode("ascii")
        return head + b" ".join(map(query.words, self.keys.terms))

    def run(self, desk: Desk) -> Reply:
        """Look, and put into threads."""
        return self.look(desk, Hunt())

    def look(self, desk: Desk, hunt: Hunt) -> Reply:
        """Look from there on, and put into threads."""
        found = searching.find(self, desk, hunt, ordering.known)
        if isinstance(found, Reply):
            return found
        try:
            roots = ALGORITHMS[self.algorithm](_posts(found))
        except (StateError, KeyError) as error:
            return UNREADABLE(str(error))
        block = found.told + (b"* THREAD " + threads.written(roots) if roots else b"* THREAD")
        return THREADED(block=block + b"\r\n", holds=not self.uid)


def _posts(found: Found) -> list[Post]:
    rows = zip(found.numbers, found.pool.messages, ordering.known(found.pool), strict=True)
    return [Post(number, (ordering.sent(message, known), message.uid), known) for number, message, known in rows]


def _parsed(cursor: Cursor, *, uid: bool) -> Thread:
    """thread = "THREAD" SP thread-alg SP charset 1*(SP search-key)."""
    grammar.space(cursor)
    cursor.rule, start = "thread-alg", cursor.at
    algorithm = next((one for one in ALGORITHMS if cursor.word(one.encode("ascii"), _EXPECTS[one])), None)
    if algorithm is None:
        raise Stop
    cursor.mark("thread-alg", start)
    grammar.space(cursor)
    return Thread(uid, algorithm, *searching.criteria(cursor))


def parse(cursor: Cursor) -> Thread:
    """THREAD for sequence numbers."""
    return _parsed(cursor, uid=False)


def parse_uid(cursor: Cursor) -> Thread:
    """THREAD for uids."""
    return _parsed(cursor, uid=True)


COMMAND = Command(
    CARD, "THREAD algorithm charset keys", OPEN, parse, ("a1 THREAD REFERENCES UTF-8 ALL",), limits.COMMAND, "THREAD"
)
UID = uids.twin(COMMAND, BY_UID, parse_uid, needs="THREAD")
