"""Sentences on what is wrong with a line, the same for every protocol of lines; none of this goes on the wire."""

from collections.abc import Callable, Iterable
from itertools import takewhile
from typing import TypeVar

from mailshell.core import tables
from mailshell.core.command import Command
from mailshell.core.record import Expect, Fault, Part
from mailshell.core.session import Marked

Desk = TypeVar("Desk")
Answer = TypeVar("Answer")

_HTTP = frozenset({b"GET", b"POST", b"HEAD", b"PUT", b"CONNECT", b"OPTIONS"})
_NAMES = {
    b"\0": "NUL",
    b"\r": "a CR without LF",
    b" ": "a space",
    b"\t": "a tab",
    b".": "a dot",
    b",": "a comma",
    b":": "a colon",
    b'"': "a double quote",
}


def crlf(protocol: str) -> Expect:
    """The end of a line."""
    return Expect("CR LF", f"every line of {protocol} ends in these two octets")


def too_long(size: int, limit: int) -> str:
    """A line over the limit of its verb."""
    return f"The line has {size} octets, CR LF included. The longest allowed here has {limit}."


def bare_lf(octets: bytes, protocol: str) -> str:
    """A line that ends in LF alone."""
    return (
        f"The line ends in LF (octet {len(octets)}) without CR before it. {protocol} ends every line with CR LF. "
        "A program writes \\r\\n, not \\n."
    )


def first_word(line: bytes) -> bytes:
    """What stands where the verb stands; empty where the line starts with white space, or is empty."""
    return line.replace(b"\t", b" ").split(b" ", 1)[0]


def no_verb(line: bytes, protocol: str, legal: str) -> str:
    """Why a line cannot start with a verb of the protocol, whatever its verbs are; empty where it might."""
    word = first_word(line)
    if line.strip() and not word:
        return "The line starts with white space. A command starts at the first octet of its line."
    if not word:
        return f"The line is empty. Legal now: {legal}."
    if word.upper() in _HTTP:
        return f"{word.decode('ascii')} is a command of HTTP, and this is {protocol} server."
    return ""


def not_here(table: str, name: str, legal: str, later: Callable[[str, str], str]) -> str:
    """A command of other servers, by a table of commands; empty where it is none.

    `later` says of a name and of its section that it came after the year of this server, where it did.
    """
    for row in tables.find(table, "command", name):
        section = row["section"]
        because = f"This server does not have {name} ({tables.cite(section)}). Legal now: {legal}."
        return f"{later(name, section)} {because}".strip()
    return ""


def unknown_marked(line: bytes, parts: tuple[Part, ...], table: str, protocol: str) -> Marked:
    """A line whose first word is no command of ours; some are commands of other servers, by a table of commands."""
    for part in parts:
        word = line[part.start : part.end].decode("latin-1").upper()
        for row in tables.find(table, "command", word):
            return Marked(None, parts, {part.rule: f"verb, not offered here: {row['says']}"}, row["says"])
    nowhere = f"no command of {protocol}"
    return Marked(None, parts, {"Unknown": nowhere}, nowhere)


def no_command(word: bytes, commands: Iterable[Command[Desk, Answer]], legal: str) -> str:
    """A word that is none of the commands; the nearest of them is named."""
    near = _near(word, commands)
    hint = f" Did you mean {near}?" if near else ""
    return f"{_shown(word)} is no command of this server.{hint} Legal now: {legal}."


def _near(word: bytes, commands: Iterable[Command[Desk, Answer]]) -> str | None:
    # Imported here because only a wrong line needs it, and most sessions have none at their start.
    from difflib import get_close_matches

    text = word.decode("latin-1").upper()
    syntaxes = {command.card.name: command.syntax for command in commands}
    for name, syntax in syntaxes.items():
        if text.startswith(name):
            return syntax
    found = get_close_matches(text, syntaxes, 1, 0.6)
    return syntaxes[found[0]] if found else None


def found(line: bytes, fault: Fault) -> str:
    """What stands where the line stops making sense."""
    if fault.at >= len(line):
        return f"The line ends after octet {len(line)}."
    octet = line[fault.at : fault.at + 1]
    if octet in _NAMES:
        return f"Octet {fault.at + 1} is {_NAMES[octet]}."
    if not b" " < octet < b"\x7f":
        return f"Octet {fault.at + 1} is 0x{octet.hex().upper()}; a command has visible ASCII characters only."
    return f'Octet {fault.at + 1} is "{octet.decode("ascii")}".'


def wanted(line: bytes, fault: Fault) -> str:
    """What would have made sense there; what is most like the line stands first."""
    begun = line[fault.at :].decode("latin-1").upper()
    nearest = sorted(fault.expected, key=lambda one: -_common(begun, one.what.upper()))
    wants = [f"{_worded(expect.what.strip())} ({expect.why})" for expect in nearest[:4]]
    more = " or others" if len(fault.expected) > 4 else ""
    return f"Expected there: {', or '.join(wants)}{more}."


def _common(first: str, second: str) -> int:
    """How many letters two texts begin with alike."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(first, second, strict=False)))


def _worded(what: str) -> str:
    """What was wanted, as a sentence may have it: a lone mark of punctuation stands in quotes."""
    return f'"{what}"' if len(what) == 1 and what != '"' else what


def _shown(octets: bytes) -> str:
    """Text as text, at most 40 characters of it; other octets in hexadecimal."""
    return "".join(map(_letter, octets.decode("utf-8", "surrogateescape")[:40]))


def _letter(letter: str) -> str:
    octets = letter.encode("utf-8", "surrogateescape")
    return letter if letter.isprintable() else "".join(f"\\x{octet:02x}" for octet in octets)
