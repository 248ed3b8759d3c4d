"""The capabilities, in the order of the CAPA answer (RFC 2449 section 6, RFC 3206, RFC 5034, RFC 6856)."""

from collections.abc import Callable
from typing import NamedTuple

from mailshell.core.record import Card, Cite
from mailshell.pop3.desk import Desk


def _alone(desk: Desk) -> str:
    return ""


class Capability(NamedTuple):
    """A capability; `arguments` are what stands after its tag, with a space before them."""

    tag: str
    card: Card
    arguments: Callable[[Desk], str] = _alone


def _capability(
    tag: str, says: str, rfc: int, section: str, more: str, arguments: Callable[[Desk], str] = _alone
) -> Capability:
    return Capability(tag, Card(tag, says, Cite(rfc, section), more=more), arguments)


CAPABILITIES = (
    _capability("TOP", "has the command TOP", 2449, "6.1", "The optional command TOP is there."),
    _capability(
        "USER", "has USER and PASS", 2449, "6.2",
        "A client may log in with USER and PASS, which send the password as it is. Perhaps not every user may.",
    ),
    _capability(
        "SASL", "has AUTH with these mechanisms", 5034, "3",
        "A client may log in with AUTH and one of the mechanisms that the line lists.",
        lambda desk: "".join(f" {name}" for name in desk.mechanisms),
    ),
    _capability(
        "RESP-CODES", "gives codes in brackets", 2449, "6.4",
        "A text that begins with a bracket has a response code, which a program can read: [IN-USE], [SYS/TEMP].",
    ),
    _capability(
        "AUTH-RESP-CODE", "[AUTH] means: credentials are wrong", 3206, "6",
        "Each error that comes from the credentials, such as a wrong password, has the code [AUTH], and no other error "
        "has it.",
    ),
    _capability(
        "LOGIN-DELAY", "seconds between two logins", 2449, "6.5",
        "So many seconds must lie between two logins of a user. A login that comes earlier gets [LOGIN-DELAY].",
        lambda desk: f" {desk.host.traits.delay}",
    ),
    _capability(
        "PIPELINING", "takes several commands at once", 2449, "6.6",
        "A client may send commands without waiting for each answer. The answers come in the same order.",
    ),
    _capability(
        "EXPIRE", "how many days mail is kept", 2449, "6.7",
        "For so many days at least the server keeps mail that a client leaves there. With 0 it removes at QUIT what "
        "RETR has sent. NEVER says that it removes nothing by itself.",
        lambda desk: " NEVER" if desk.keeps is None else f" {desk.keeps}",
    ),
    _capability("UIDL", "has the command UIDL", 2449, "6.8", "The optional command UIDL is there."),
    _capability(
        "UTF8", "has the command UTF8", 6856, "2",
        "UTF8 switches UTF-8 mode on. USER after it says that names and passwords may be in UTF-8 at any time.",
        lambda desk: " USER",
    ),
    _capability("LANG", "has the command LANG", 6856, "3.1", "LANG chooses the language of the texts."),
    _capability(
        "IMPLEMENTATION", "the name of the server program", 2449, "6.9",
        "The name of the program. No client may behave otherwise because of it.",
        lambda desk: " mailshell",
    ),
)  # fmt: skip


def listed(desk: Desk) -> list[str]:
    """The lines of a CAPA answer, in both states the same."""
    return [one.tag + one.arguments(desk) for one in CAPABILITIES if desk.offers(one.tag)]
