"""SMTPUTF8: addresses and header fields in any script (RFC 6531)."""

from mailshell.core.cursor import Cursor
from mailshell.core.record import Card, Cite, Expect
from mailshell.smtp import eras, limits
from mailshell.smtp.desk import Desk
from mailshell.smtp.extensions.extension import Extension, Parameter, accept, read_flag
from mailshell.smtp.grammar import SPACE, Path
from mailshell.smtp.replies import PARAMETER_NOT_IMPLEMENTED
from mailshell.smtp.wording import Reply

_WORD = Expect("SMTPUTF8", "for a reply in any script; a name with a space stands in double quotes")

CARD = Card(
    "SMTPUTF8",
    "UTF-8 in addresses",
    Cite(6531, "3.1"),
    more="Addresses and header fields are ASCII unless the server offers this extension and MAIL says SMTPUTF8. Then "
    "they may have any character, as UTF-8. A server that offers it offers 8BITMIME too.",
)


def _withheld(desk: Desk) -> str:
    if desk.offers("8BITMIME"):
        return ""
    return "This server does not offer SMTPUTF8: that extension needs 8BITMIME, which it does not offer either."


def unknown(path: Path, desk: Desk) -> str:
    """Why an address outside ASCII is no address at all for this client; empty where it is one."""
    if path.is_ascii:
        return ""
    because = _not_offered(desk)
    return because and f"The address has characters outside ASCII, and they need SMTPUTF8. {because}"


def _not_offered(desk: Desk) -> str:
    """Why this client may not use the extension; empty where it may."""
    if not desk.offers("SMTPUTF8"):
        return eras.absent("SMTPUTF8", desk.host.traits.era)
    if not desk.state.extended:
        return "SMTPUTF8 may be used only after EHLO: HELO offers no extension."
    return _withheld(desk)


def read_word(cursor: Cursor) -> bool:
    """[ SP "SMTPUTF8" ] after the name of VRFY and EXPN (RFC 6531 section 3.7.4.2)."""
    if not cursor.octets[cursor.at :].strip(b" \t"):
        cursor.offer(b" SMTPUTF8", _WORD)
        return False
    cursor.need_word(b" ", SPACE)
    start = cursor.at
    cursor.need_word(b"SMTPUTF8", _WORD)
    cursor.mark("SMTPUTF8", start)
    return True


def refused(desk: Desk) -> Reply | None:
    """504 where a client says SMTPUTF8 in VRFY or EXPN and was not offered it."""
    because = _not_offered(desk)
    return PARAMETER_NOT_IMPLEMENTED(because) if because else None


UTF8 = Parameter(
    "SMTPUTF8",
    Card(
        "SMTPUTF8",
        "addresses or header fields in UTF-8",
        Cite(6531, "3.4"),
        more="It has no value. Each server on the way must offer SMTPUTF8, so a client says it only where it must.",
    ),
    "SMTPUTF8",
    read_flag,
    accept,
    limits.SMTPUTF8_PARAMETER,
)
EXTENSION = Extension("SMTPUTF8", CARD, lambda desk: "SMTPUTF8", mail=(UTF8,), withheld=_withheld)
