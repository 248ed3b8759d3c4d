"""The lines of LIST and LSUB: names of mailboxes with their attributes (RFC 3501 sections 6.3.8, 6.3.9 and 7.2.2)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from mailshell.imap import grammar, names
from mailshell.imap.desk import Desk

USES = {
    "\\Archive": "old mail is kept here",
    "\\Drafts": "letters that are not sent yet",
    "\\Junk": "mail that nobody asked for",
    "\\Sent": "copies of letters that were sent",
    "\\Trash": "mail that was thrown away",
}
"""What a mailbox can be for on this server (RFC 6154 section 2)."""

ATTRIBUTES = {
    "\\Noselect": "there is no mailbox of that name to select",
    "\\NonExistent": "there is no mailbox of that name",
    "\\Marked": "it probably has new messages since it was selected last",
    "\\Unmarked": "no new message since it was selected last",
    "\\HasChildren": "there are names below it",
    "\\HasNoChildren": "there is no name below it",
    "\\Noinferiors": "there can be no names below it",
    "\\Subscribed": "the user has subscribed to it",
    "\\Remote": "the mailbox is on another server",
    **USES,
    "\\All": "shows all messages of the user",
    "\\Flagged": "shows all messages with \\Flagged",
    "\\Important": "messages that matter to the user",
}
"""What each attribute says of a name."""


class Known(NamedTuple):
    """The names that a user has: mailboxes with what each is for, names that were subscribed to, and parents."""

    uses: Mapping[str, str]
    subscribed: frozenset[str]
    parents: frozenset[str]


def known(desk: Desk) -> Known:
    """The names of the user who is logged in."""
    store, host, user = desk.host.store, desk.host.name, desk.state.user
    uses = {box.key.name: box.box.use for box in store.mailboxes(host, user)}
    return Known(uses, frozenset(store.subscriptions(host, user)), frozenset(above(uses)))


def above(known: Iterable[str]) -> set[str]:
    """The levels above some names."""
    return {one for name in known for one in names.parents(name)}


def rows(word: str, lines: Iterable[tuple[str, Collection[str]]]) -> bytes:
    """Untagged responses, of names with attributes."""
    return b"".join(row(word, name, attributes) for name, attributes in lines)


def row(word: str, name: str, attributes: Collection[str], extended: str = "") -> bytes:
    """One untagged response; `extended` stands after the name."""
    head = f'* {word} ({" ".join(attributes)}) "{names.SEPARATOR}" '.encode("ascii")
    return head + grammar.sent_name(name) + (f" {extended}" if extended else "").encode("ascii") + b"\r\n"


def fitting(every: Iterable[str], reference: str, patterns: Sequence[str]) -> list[str]:
    """The names that one of some patterns fits, in the order of names, INBOX first.

    The reference stands before each pattern as it is, and clients rely on that: LIST a * tells a too. RFC 3501 section
    6.3.8 calls it normal. One separator stands between them where both have one (RFC 2683 section 3.4.9).
    """
    level = reference.endswith(names.SEPARATOR)
    fit = (reference + (pattern.removeprefix(names.SEPARATOR) if level else pattern) for pattern in patterns)
    wanted = [names.matcher(pattern) for pattern in fit]
    found = (name for name in every if any(fits(name) for fits in wanted))
    return sorted(found, key=lambda name: (name != "INBOX", name))


def attributes(desk: Desk, name: str, known: Known) -> list[str]:
    """The attributes of a name in LIST: all that the server tells unasked."""
    found = [] if name in known.uses else ["\\Noselect"]
    if desk.offers("CHILDREN"):
        found.append(children(name, known))
    if desk.offers("SPECIAL-USE"):
        found += known.uses.get(name, "").split()
    return found


def children(name: str, known: Known) -> str:
    """Whether there are names below it."""
    return "\\HasChildren" if name in known.parents else "\\HasNoChildren"
