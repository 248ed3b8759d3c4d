"""The lines of LIST and LSUB: names of mailboxes with their attributes (RFC 3501 sections 6.3.8, 6.3.9 and 7.2.2)."""

from collections.abc import Collection, Iterable

from mailshell.imap import grammar, names
from mailshell.imap.desk import Desk

ATTRIBUTES = {
    "\\Noselect": "it cannot be selected: only names below it exist",
    "\\Marked": "there are messages that nobody has seen",
    "\\Unmarked": "no new message since it was selected last",
    "\\HasChildren": "there are names below it",
    "\\HasNoChildren": "there is no name below it",
    "\\Noinferiors": "there can be no names below it",
}
"""What each attribute says of a name."""


def rows(desk: Desk, word: str, lines: Iterable[tuple[str, Collection[str]]]) -> bytes:
    """Untagged responses, of names with attributes."""
    sign = names.SEPARATOR.encode("ascii")
    verb = word.encode("ascii")
    return b"".join(
        b'* %b (%b) "%b" %b\r\n' % (verb, " ".join(attributes).encode("ascii"), sign, grammar.sent_name(name))
        for name, attributes in lines
    )


def fitting(known: Collection[str], reference: str, pattern: str) -> list[str]:
    """The names that a pattern fits, and the levels above others that it fits, in the order of names, INBOX first."""
    wanted = reference + pattern
    every = {above for name in known for above in names.parents(name)} | set(known)
    return sorted((name for name in every if names.matches(wanted, name)), key=lambda name: (name != "INBOX", name))


def attributes(desk: Desk, name: str, known: Collection[str]) -> list[str]:
    """The attributes of a name in LIST."""
    found = [] if name in known else ["\\Noselect"]
    if desk.offers("CHILDREN"):
        below = name + names.SEPARATOR
        found.append("\\HasChildren" if any(one.startswith(below) for one in known) else "\\HasNoChildren")
    return found
