"""What a service extension adds: a keyword in the EHLO reply, parameters of MAIL and RCPT (RFC 5321 section 2.2)."""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from mailshell.core.cursor import Cursor, Stop
from mailshell.core.record import Card, Expect
from mailshell.core.utf8 import CHARACTER
from mailshell.smtp import eras
from mailshell.smtp.desk import Desk
from mailshell.smtp.grammar import END, SPACE
from mailshell.smtp.replies import BAD_SYNTAX, PARAMETER_UNKNOWN
from mailshell.smtp.wording import Reply

_KEYWORD = re.compile(rb"[A-Za-z0-9][A-Za-z0-9-]*")
_VALUE = re.compile(rb"(?:[!-<>-~]|" + CHARACTER + rb")+")
_KEY = Expect("parameter", "its name, as in SIZE", like="SIZE")
_ANY = Expect("a value", "visible characters, no space and no =", like="x")
_EARLY = "In 1982 nothing may follow the address. Parameters came with EHLO, in 1993."
VALUE_END = "a space or the end of the line"
NO_VALUE = Expect(VALUE_END, "this parameter has no value")
TWICE = Expect("each parameter once", "the same parameter stands earlier in the line")


class Parameter(NamedTuple):
    """A parameter of MAIL or RCPT.

    `read` takes the octets after the keyword and returns the value; `check` returns a refusal, or None; `octets` is
    what the parameter adds to the longest command line; `values` names those that another extension brings;
    `excludes` is the parameter that may not stand beside it.
    """

    keyword: str
    card: Card
    syntax: str
    read: Callable[[Cursor], str]
    check: Callable[[str, Desk], Reply | None]
    octets: int
    values: Mapping[str, "Extension"] = {}
    excludes: str = ""


def _no_reason(desk: Desk) -> str:
    return ""


def _no_refusal(parameters: Mapping[str, str], desk: Desk) -> Reply | None:
    return None


class Extension(NamedTuple):
    """A service extension; `words` is its line in the EHLO reply.

    `withheld` says in a sentence why this client is not offered it, and nothing where it is; `agree` returns a
    refusal where parameters of MAIL that are right each by itself do not go together.
    """

    keyword: str
    card: Card
    words: Callable[[Desk], str]
    mail: tuple[Parameter, ...] = ()
    rcpt: tuple[Parameter, ...] = ()
    withheld: Callable[[Desk], str] = _no_reason
    agree: Callable[[Mapping[str, str], Desk], Reply | None] = _no_refusal

    def offered(self, desk: Desk) -> bool:
        """Whether the EHLO reply to this client lists the extension."""
        return desk.offers(self.keyword) and not self.withheld(desk)


Known = Mapping[str, tuple[Extension, Parameter]]


def read_parameters(cursor: Cursor, known: Known) -> dict[str, str]:
    """*( SP esmtp-param ); a parameter that nobody knows is read too, so that the answer can be 555."""
    found: dict[str, str] = {}
    if cursor.at == cursor.end and cursor.parts is None:
        return found
    while cursor.octets[cursor.at :].strip(b" \t"):
        cursor.miss(END)
        cursor.need_word(b" ", SPACE)
        start = cursor.at
        _offer(cursor, known, found, "")
        keyword = cursor.need(_KEYWORD, _KEY).decode("ascii").upper()
        if keyword in found:
            raise cursor.refuse(start, TWICE, unfinished=cursor.at == cursor.end)
        if keyword in known:
            parameter = known[keyword][1]
            found[keyword] = parameter.read(cursor)
            _ended(cursor, parameter)
        else:
            found[keyword] = _any_value(cursor)
        cursor.mark(keyword if keyword in known else "esmtp-param", start)
        if keyword in known or not any(name.startswith(keyword) for name in known):
            _offer(cursor, known, found, " ")
    if not found:
        _offer(cursor, known, found, " ")
    return found


def _offer(cursor: Cursor, known: Known, found: Mapping[str, str], before: str) -> None:
    if cursor.parts is None:
        return
    for keyword, (_, parameter) in known.items():
        if keyword not in found and parameter.excludes not in found:
            cursor.offer(*_offered(before, parameter.syntax, parameter.card.says))


@lru_cache(maxsize=64)
def _offered(before: str, syntax: str, says: str) -> tuple[bytes, Expect]:
    """The keyword with its `=`, and what it is for: a line of many parameters asks for each many times."""
    keyword, equals, _ = syntax.partition("=")
    return f"{before}{keyword}{equals}".encode("ascii"), Expect(before + syntax, says)


def _ended(cursor: Cursor, parameter: Parameter) -> None:
    """A value that was read must be all of it."""
    if cursor.octets[cursor.at : cursor.at + 1] not in b" \t":
        cursor.miss(Expect(VALUE_END, f"the value ends before it, as in {parameter.syntax}"))
        raise Stop


def _any_value(cursor: Cursor) -> str:
    equals = Expect("=", "the value of the parameter")
    if not cursor.word(b"=", equals):
        return ""
    return cursor.need(_VALUE, _ANY).decode("utf-8")


def read_flag(cursor: Cursor) -> str:
    """A parameter without a value."""
    if cursor.octets[cursor.at : cursor.at + 1] == b"=":
        raise cursor.refuse(cursor.at, NO_VALUE)
    return ""


def accept(value: str, desk: Desk) -> Reply | None:
    """The check of a parameter whose every value is acceptable."""
    return None


def refusals(parameters: Mapping[str, str], known: Known, desk: Desk, verb: str, others: Known) -> Iterator[Reply]:
    """The refusal of each parameter that this host does not take; 555 came with EHLO (RFC 1869 section 6.1).

    `others` are the parameters of `verb`, which is another command.
    """
    if desk.early and parameters:
        yield BAD_SYNTAX(_EARLY)
    for keyword, value in parameters.items():
        extension, parameter = known.get(keyword, (None, None))
        if extension is None or parameter is None:
            yield PARAMETER_UNKNOWN(_stranger(keyword, desk, verb, others))
            continue
        name = keyword
        if value in parameter.values:
            name, extension = f"{keyword}={value}", parameter.values[value]
        if because := _not_for(name, extension, desk):
            yield PARAMETER_UNKNOWN(because)
        elif (reply := parameter.check(value, desk) or extension.agree(parameters, desk)) is not None:
            yield reply


def mistaken(line: bytes, at: int, known: Known, desk: Desk) -> Reply | None:
    """The refusal of a parameter whose extension the server does not have, where the line stops to fit inside it.

    Such a server does not know the grammar of the parameter. One that has it and does not offer it to this client does.
    """
    start = line.rfind(b" ", 0, at) + 1
    keyword = line[start:].partition(b" ")[0].partition(b"=")[0].decode("latin-1").upper()
    if keyword not in known or desk.offers(known[keyword][0].keyword):
        return None
    return BAD_SYNTAX(_EARLY) if desk.early else PARAMETER_UNKNOWN(_not_for(keyword, known[keyword][0], desk))


def _not_for(name: str, extension: Extension, desk: Desk) -> str:
    """Why this client may not use a parameter, or a value of one; empty where it may."""
    if not desk.offers(extension.keyword):
        belongs = "" if name == extension.keyword else f"{name} belongs to {extension.keyword}. "
        return f"{belongs}{eras.absent(extension.keyword, desk.host.traits.era)}"
    if not desk.state.extended:
        return f"{name} may be used only after EHLO: HELO offers no extension."
    return extension.withheld(desk)


def _stranger(keyword: str, desk: Desk, verb: str, others: Known) -> str:
    """Why a parameter has no meaning in this command."""
    if keyword in others and others[keyword][0].offered(desk):
        return f"{keyword} is a parameter of {verb}, and has no meaning here."
    return f"{keyword} is no parameter that this server knows."


def write_parameters(parameters: Mapping[str, str]) -> str:
    """The parameters as they are sent, each with a space before it."""
    return "".join(f" {keyword}={value}" if value else f" {keyword}" for keyword, value in parameters.items())
