"""A line while it is typed: whom it is for, and where what is meant begins in it."""

from typing import Literal, NamedTuple

from mailshell.core.explain import secrets as spans
from mailshell.core.session import Preview
from mailshell.shell.local import COMMANDS, begun
from mailshell.shell.meta import Command, Meta, answers, reads_lines

ESCAPE = "\x1d"
"""Ctrl-]: a line that begins with it is for mailshell, in every phase."""

Whom = Literal["server", "text", "answer", "local", "help", "choice", "closed"]


class Typed(NamedTuple):
    """`whom` a line is for: the server, as a command, as message text or as the answer to a mechanism; mailshell, as
    the choice of an answer to its question too; nobody while the connection is closed. Its first `start` characters
    only say so.
    """

    whom: Whom
    start: int


def typed(meta: Meta, text: str) -> Typed:
    """Whom a half-typed line is for."""
    if text.startswith(ESCAPE):
        rest = text[1:].lstrip()
        return Typed("local", len(text) - len(rest.removeprefix(":")))
    if not reads_lines(meta):
        return Typed("answer" if answers(meta) else "text", 0)
    if text.startswith("?"):
        return Typed("help", 1)
    if text.startswith(":") and not text.startswith("::"):
        return Typed("local", 1)
    if meta.lesson is not None and meta.lesson.choice(text) is not None:
        return Typed("choice", 0)
    return Typed("closed" if meta.seat.link.closed else "server", 1 if text.startswith("::") else 0)


def local(text: str) -> tuple[str, str | None, Command | None]:
    """A local command taken apart: its word, its argument (None before the space), the command if it is only one."""
    word, space, argument = text.lstrip().partition(" ")
    found = begun(word) if word else []
    return word, argument.lstrip() if space else None, COMMANDS[found[0]] if len(found) == 1 else None


def octets(text: str) -> bytes:
    """What would be sent, line end left out; octets that are no text stand as lone surrogates, others become `?`."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return "".join("?" if "\ud800" <= letter <= "\udfff" else letter for letter in text).encode("utf-8")


def characters(line: bytes, at: int) -> int:
    """How many characters stand before octet `at` of a line."""
    return len(line[:at].decode("utf-8", "surrogateescape"))


def secrets(line: bytes, found: Preview) -> tuple[tuple[int, int], ...]:
    """The spans of octets that hold a password."""
    return spans(line, found.parts)
