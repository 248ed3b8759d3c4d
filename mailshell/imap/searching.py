"""What SEARCH, SORT and THREAD have in common: a charset, keys, and the messages that fit (RFC 3501 section 6.4.4)."""

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import NamedTuple, Protocol

from mailshell.core.cursor import Cursor
from mailshell.core.record import Expect
from mailshell.imap import grammar, limits, modseqs, query, sets
from mailshell.imap.desk import CONDSTORE, Desk
from mailshell.imap.keys import Pool
from mailshell.imap.query import Numbers, Term, Tree
from mailshell.imap.replies import BAD_CHARSET, PIECE, UNREADABLE
from mailshell.imap.view import View
from mailshell.imap.wording import Reply
from mailshell.mail.store import Message, StateError

CHARSET = Expect("charset", "a charset, as in UTF-8", like="UTF-8")
CHARSETS = {"UTF-8": "all letters", "US-ASCII": "ASCII alone"}
"""The charsets that this server reads, each with what it has."""

_NAME, _NAMELESS = re.compile(rb"[!-~]+"), "?"

PARTS = {
    "charset": "the charset of the strings",
    "search-key": "a key: what is looked for",
    "sequence-set": "messages: numbers, ranges with a colon, * for the last one, $ for what was saved",
    "astring": "the text that is looked for, in any case of its letters",
    "header-fld-name": "the name of a header field",
    "date": "a day",
    "number": "a number of octets",
    "nz-number": "a number of seconds",
    "flag-keyword": "a keyword",
    "mod-sequence-value": modseqs.GLOSS,
    "entry-name": "the flag that is meant",
    "entry-type-req": "whose flag is meant: priv, shared or all",
    "literal": grammar.LITERAL_GLOSS,
}
"""The glosses of what these commands share."""


class Hunt(NamedTuple):
    """How far a search has come that is done in pieces: places that were looked at, and the uids that fit."""

    at: int = 0
    fits: tuple[int, ...] = ()


class Seeker(Protocol):
    """A command that looks for messages, and may do so in pieces."""

    @property
    def uid(self) -> bool:
        """Whether the answer has uids."""

    @property
    def charset(self) -> str:
        """The charset of the texts; empty where it is not said."""

    @property
    def keys(self) -> Tree:
        """What is looked for."""

    def look(self, desk: Desk, hunt: Hunt) -> Reply:
        """Go on from there."""


class Found(NamedTuple):
    """The messages that fit, in the order of the mailbox, and their sequence numbers, or their uids.

    `modseqs`: a key asks for mod-sequences; `told` is what comes before the answer where that is the first one to ask.
    """

    pool: Pool
    numbers: list[int]
    modseqs: bool
    told: bytes

    def highest(self, messages: list[Message]) -> bytes:
        """`MODSEQ 5`, the highest of some messages; nothing where no key asked for it (RFC 7162 section 3.1.5)."""
        return b"MODSEQ %d" % max(one.modseq for one in messages) if self.modseqs and messages else b""

    def block(self, name: bytes, numbers: list[int]) -> bytes:
        """`* SEARCH 1 2 (MODSEQ 5)`: the numbers, and the highest mod-sequence where it was asked for."""
        highest = self.highest(self.pool.messages)
        words = [b"* " + name, *(b"%d" % number for number in numbers), *([b"(%b)" % highest] if highest else [])]
        return self.told + b" ".join(words) + b"\r\n"


def charset(cursor: Cursor) -> str:
    """charset, in capitals; what is no name of one is a charset that nobody knows."""
    found = grammar.astring(cursor, "charset", CHARSET)
    return found.decode("ascii").upper() if _NAME.fullmatch(found) else _NAMELESS


def criteria(cursor: Cursor) -> tuple[str, Tree]:
    """search-criteria = charset 1*(SP search-key), of SORT and THREAD (RFC 5256 section 5)."""
    found = charset(cursor)
    grammar.space(cursor)
    return found, query.every(cursor)


def find(verb: Seeker, desk: Desk, hunt: Hunt, reads: Callable[[Pool], object] | None = None) -> Found | Reply:
    """Look for the messages that fit all the keys; `reads` is what else has to be read of those that do.

    The reply is a refusal, or says that the command goes on in the next turn.
    """
    wanted, uid = query.ordered(verb.keys), verb.uid
    if verb.charset and verb.charset not in CHARSETS:
        other = "that is no name of a charset" if verb.charset == _NAMELESS else f"not {verb.charset}"
        return BAD_CHARSET(f"This server reads US-ASCII and UTF-8, and {other}.", holds=not uid)
    view, leaves = desk.view, list(query.leaves(wanted))
    try:
        hunt = _hunt(desk, wanted, {one: _spans(view, one) for one in leaves if isinstance(one, Numbers)}, hunt, reads)
    except (StateError, KeyError) as error:
        return UNREADABLE(str(error))
    if hunt.at < len(view.uids):
        desk.go_on(partial(verb.look, hunt=hunt))
        return PIECE()
    aware = any(isinstance(one, Term) and one.key.needs == CONDSTORE for one in leaves)
    told = modseqs.enable(desk) if aware else b""
    places, mailbox = [at for at in map(view.place, hunt.fits) if at is not None], desk.mailbox
    rows, messages = ([], []) if mailbox is None else view.found(places, mailbox)
    pool = Pool(desk.host.store, view, desk.host.now(), messages)
    return Found(pool, [one.uid for one in messages] if uid else rows, aware, told)


def _hunt(
    desk: Desk,
    wanted: Tree,
    uids: Mapping[Numbers, query.Spans],
    hunt: Hunt,
    reads: Callable[[Pool], object] | None,
) -> Hunt:
    """Look at all messages from where the hunt stands, or at as many as one turn may take."""
    view, mailbox, store = desk.view, desk.mailbox, desk.host.store
    at, total, fits, last = hunt.at, len(view.uids), [*hunt.fits], store.read + limits.READ
    if mailbox is None:
        return Hunt(total)
    every, reading = range(total), reads is not None or query.reads(wanted)
    while at < total and not (desk.in_pieces and store.read > last):
        places = every[at : view.block(every, at, mailbox) if reading else total]
        _, messages = view.found(places, mailbox)
        pool = Pool(store, view, desk.host.now(), messages)
        found = query.fitting(wanted, pool, uids)
        if reads is not None:
            reads(pool._replace(messages=found))
        fits += [one.uid for one in found]
        at = places.stop
    return Hunt(at, tuple(fits))


def _spans(view: View, one: Numbers) -> query.Spans:
    """The uids of the messages of a set; a number that does not exist fits nothing, as a key is no argument."""
    uids, count = view.uids, len(view.uids)
    if one.numbers == sets.SAVED:
        return [(uid, uid) for uid in view.saved]
    if not uids:
        return []
    if one.uid:
        return sets.spans(one.numbers, uids[-1])
    found = sets.spans(one.numbers, count)
    return [(uids[low - 1], uids[min(high, count) - 1]) for low, high in found if low <= count]
