"""SEARCH: which messages fit? (RFC 3501 section 6.4.4, RFC 4731, RFC 5182)."""

from typing import NamedTuple

from mailshell.core.command import Command
from mailshell.core.cursor import Cursor, Stop
from mailshell.core.record import Card, Cite, Expect
from mailshell.imap import grammar, limits, query, searching, sets, uids
from mailshell.imap.desk import Desk
from mailshell.imap.phases import OPEN
from mailshell.imap.query import Tree
from mailshell.imap.replies import SEARCHED
from mailshell.imap.searching import Hunt
from mailshell.imap.wording import Reply
from mailshell.mail.store import Message

CARD = Card(
    "SEARCH",
    "which messages fit?",
    Cite(3501, "6.4.4"),
    parts={
        "tag": grammar.TAG_GLOSS,
        "SEARCH": "verb: looks for messages",
        "search-return-opt": "what the answer has: MIN, MAX, ALL, COUNT; SAVE keeps it for $",
        **searching.PARTS,
    },
    more="SEARCH gives the numbers of the messages that fit all its keys. The server looks, and no message crosses "
    "the line.",
)
BY_UID = uids.card(CARD)
_CHARSET = Expect("CHARSET", "the charset of the strings comes first")
_RETURN = Expect("RETURN (", "which of the results are wanted", needs="ESEARCH")
OPTIONS = {
    "MIN": "the lowest number that fits",
    "MAX": "the highest number that fits",
    "ALL": "all the numbers, as a set",
    "COUNT": "how many messages fit",
    "SAVE": "keep the result: $ stands for it from now on",
}
"""What RETURN can ask for (RFC 4731 section 3.1, RFC 5182 section 2.1)."""
_OPTIONS = {name: Expect(name, says, needs="SEARCHRES" * (name == "SAVE")) for name, says in OPTIONS.items()}


class Search(NamedTuple):
    """SEARCH with what it returns (None: not said), a charset (empty: not said) and keys, of which all must fit."""

    uid: bool
    returns: tuple[str, ...] | None
    charset: str
    keys: Tree

    @property
    def card(self) -> Card:
        """The card of SEARCH."""
        return BY_UID if self.uid else CARD

    def line(self) -> bytes:
        """`SEARCH UNSEEN`."""
        returns = "" if self.returns is None else f" RETURN ({' '.join(self.returns)})"
        charset = f" CHARSET {self.charset}" if self.charset else ""
        return f"{self.card.name}{returns}{charset} ".encode("ascii") + b" ".join(map(query.words, self.keys.terms))

    def run(self, desk: Desk) -> Reply:
        """Look."""
        return self.look(desk, Hunt())

    def look(self, desk: Desk, hunt: Hunt) -> Reply:
        """Look from there on."""
        returns, saves = self.returns, "SAVE" in (self.returns or ())
        found = searching.find(self, desk, hunt)
        if isinstance(found, Reply):
            if saves and found.wording.status == "NO":
                desk.view = desk.view._replace(saved=())
            return found
        if saves:
            messages = self._told(found.pool.messages)
            desk.view = desk.view._replace(saved=tuple(sorted({one.uid for one in messages})))
        if returns is None:
            block = found.block(b"SEARCH", found.numbers)
        elif saves and not self._wanted:
            return SEARCHED("The result is kept for $, and not told.", found.told, holds=not self.uid)
        else:
            highest = found.highest(self._told(found.pool.messages))
            block = found.told + self._extended(desk.state.tag, found.numbers, highest)
        return SEARCHED("The result is kept for $." if saves else "", block, holds=not self.uid)

    def _told(self, messages: list[Message]) -> list[Message]:
        """Those of the messages that fit that the answer is about: of a single MIN or MAX that one."""
        if not self._wanted or {"ALL", "COUNT"} & {*self._wanted}:
            return messages
        return messages[:1] * ("MIN" in self._wanted) + messages[-1:] * ("MAX" in self._wanted)

    @property
    def _wanted(self) -> tuple[str, ...]:
        """The options that say what is told; none at all stand for ALL."""
        return tuple(one for one in self.returns or () if one != "SAVE") if self.returns else ("ALL",)

    def _extended(self, tag: bytes, numbers: list[int], highest: bytes) -> bytes:
        """The untagged ESEARCH (RFC 4731 section 3.1): nothing but a count where no message fits."""
        words = [b'* ESEARCH (TAG "' + tag + b'")']
        if self.uid:
            words.append(b"UID")
        for name in (one for one in OPTIONS if one in self._wanted):
            if name == "COUNT":
                words.append(b"COUNT %d" % len(numbers))
            elif numbers and name == "ALL":
                words.append(b"ALL " + sets.compact(numbers))
            elif numbers:
                words.append(b"%b %d" % (name.encode("ascii"), numbers[0 if name == "MIN" else -1]))
        if highest:
            words.append(highest)
        return b" ".join(words) + b"\r\n"


def _returns(cursor: Cursor) -> tuple[str, ...]:
    """search-return-opts: the parenthesis is open."""
    found: list[str] = []
    if cursor.word(b")", grammar.CLOSE):
        return ()
    while True:
        cursor.rule, start = "search-return-opt", cursor.at
        word = next((one for one in OPTIONS if cursor.word(one.encode("ascii"), _OPTIONS[one])), None)
        if word is None:
            raise Stop
        cursor.mark("search-return-opt", start)
        found.append(word)
        if cursor.word(b")", grammar.CLOSE):
            return tuple(found)
        grammar.space(cursor)


def _parsed(cursor: Cursor, *, uid: bool) -> Search:
    """search = "SEARCH" [search-return-opts] [SP "CHARSET" SP astring] 1*(SP search-key)."""
    grammar.space(cursor)
    returns, charset = None, ""
    if cursor.word(b"RETURN (", _RETURN):
        returns = _returns(cursor)
        grammar.space(cursor)
    if cursor.word(b"CHARSET ", _CHARSET):
        charset = searching.charset(cursor)
        grammar.space(cursor)
    return Search(uid, returns, charset, query.every(cursor))


def parse(cursor: Cursor) -> Search:
    """SEARCH for sequence numbers."""
    return _parsed(cursor, uid=False)


def parse_uid(cursor: Cursor) -> Search:
    """SEARCH for uids."""
    return _parsed(cursor, uid=True)


COMMAND = Command(
    CARD, "SEARCH keys", OPEN, parse,
    (
        "a1 SEARCH UNSEEN", "a1 SEARCH FROM alice SINCE 1-Mar-2015", "a1 SEARCH OR SUBJECT lunch NOT 1:2",
        "a1 SEARCH RETURN (MIN COUNT) YOUNGER 86400", "a1 SEARCH RETURN (SAVE) FLAGGED",
        "a1 SEARCH MODSEQ 5",
    ),
    limits.COMMAND,
)  # fmt: skip
UID = uids.twin(COMMAND, BY_UID, parse_uid)
