"""The rules that several verbs share, by their names in RFC 5321 section 4.1.2 and 4.1.3."""

import re
from typing import NamedTuple

from mailshell.core.cursor import Cursor, Slip
from mailshell.core.record import Cite, Expect
from mailshell.core.utf8 import CHARACTER
from mailshell.smtp import limits, ulabels

_ATOM = rb"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = rb"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_ATOM8 = rb"(?:[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]|" + CHARACTER + rb")+"
_EDGE8 = rb"(?:[A-Za-z0-9]|" + CHARACTER + rb")"
_LABEL8 = _EDGE8 + rb"(?:-*" + _EDGE8 + rb")*"
DOT_STRING = re.compile(_ATOM8 + rb"(?:\." + _ATOM8 + rb")*")
ATOM = re.compile(_ATOM)
QUOTED_CONTENT = re.compile(rb"(?:[ !#-\[\]-~]|\\[ -~])*")
_QUOTED_CONTENT8 = re.compile(rb"(?:[ !#-\[\]-~]|\\[ -~]|" + CHARACTER + rb")*")
_SIMPLE = re.compile(rb"<(" + _ATOM + rb"(?:\." + _ATOM + rb")*)@(" + _LABEL + rb"(?:\." + _LABEL + rb")*)>")
DOMAIN = re.compile(_LABEL + rb"(?:\." + _LABEL + rb")*")
_DOMAIN8 = re.compile(_LABEL8 + rb"(?:\." + _LABEL8 + rb")*")
_SNUM = rb"(?:25[0-5]|2[0-4][0-9]|[01]?[0-9]{1,2})"
_IPV4 = re.compile(_SNUM + rb"(?:\." + _SNUM + rb"){3}(?![0-9.])")
_IPV6 = re.compile(rb"[0-9A-Fa-f:.]+")
_SPECIAL = re.compile(rb'[\\"]')
_HEX_GROUP = re.compile(rb"[0-9A-Fa-f]{1,4}")

END = Expect("the end of the line", "CR LF")
SPACE = Expect("a space", "one, before what follows")
OPEN = Expect("<", "an address stands in angle brackets")
CLOSE = Expect(">", "the bracket that ends the address")
AT = Expect("@", "between the local part and the domain")
LOCAL = Expect("Local-part", "the name of the mailbox, as in alice", like="alice")
NAME = Expect("Domain", "a host name, as in lancs.uk", like="lancs.uk")
LITERAL = Expect("address-literal", "an IP address in square brackets, as in [192.0.2.1]")
LITERAL_CLOSE = Expect("]", "the bracket that ends the IP address")
ADDRESS = Expect("IPv4 or IPv6:", "an IP address, as in 192.0.2.1 or IPv6:2001:db8::1", like="192.0.2.1")
IPV6_ADDRESS = Expect("IPv6-addr", "eight groups of hex digits, or fewer and one ::", like="2001:db8::1")
ROUTE_END = Expect(":", "between the source route and the mailbox")
QUOTE = Expect('"', "text in double quotes")
QUOTE_END = Expect('"', "the double quote that ends the text", like="x")
LONG_LOCAL = Expect(f"at most {limits.LOCAL_PART} octets", "the local part is too long (RFC 5321 section 4.5.3.1.1)")
LONG_DOMAIN = Expect(f"at most {limits.DOMAIN} octets", "the domain is too long (RFC 5321 section 4.5.3.1.2)")
LONG_PATH = Expect(f"at most {limits.PATH} octets", "the path is too long (RFC 5321 section 4.5.3.1.3)")
TOO_LONG = frozenset({LONG_LOCAL, LONG_DOMAIN, LONG_PATH})

SPACE_AFTER_COLON = Slip(
    "space after the colon",
    Expect("<", "no space stands between the colon and the address"),
    "RFC 5321 allows no space after the colon. Many servers accept one, a strict server refuses it.",
    Cite(5321, "3.3"),
)
TRAILING_SPACE = Slip(
    "white space at the end of the line",
    Expect("the end of the line", "no white space stands before it"),
    "The line ends in white space that the grammar does not have. RFC 5321 asks receivers to accept it.",
    Cite(5321, "4.1.1"),
)
MISSING_8BITMIME = Slip(
    "8-bit octets without BODY=8BITMIME",
    Expect("7-bit octets", "MAIL did not say BODY=8BITMIME"),
    "The message has octets above 127, and MAIL did not announce them with BODY=8BITMIME. "
    "A server without 8BITMIME may refuse the message, or clear the high bit.",
    Cite(6152, "3"),
)
MISSING_SMTPUTF8 = Slip(
    "8-bit octets in the header without SMTPUTF8",
    Expect("ASCII", "MAIL did not say SMTPUTF8"),
    "A header field has octets above 127, and MAIL did not say SMTPUTF8. Encoded words such as =?utf-8?Q?caf=C3=A9?= "
    "carry other characters in ASCII.",
    Cite(6531, "3.4"),
)
SEVEN_BITS = Slip(
    "8-bit octets where SMTP carries 7 bits",
    Expect("7-bit octets", "this server takes 7 bits of each octet"),
    "The message has octets above 127, and SMTP by itself carries 7 bits of each octet. Another server may refuse the "
    "message, or clear the high bit.",
    Cite(5321, "2.4"),
)
ASCII_HEADER = Slip(
    "8-bit octets in a header of ASCII",
    Expect("ASCII", "this server takes header fields in ASCII only"),
    "A header field has octets above 127, and a header field may have ASCII characters only.",
    Cite(5322, "2.2"),
)
LONG_TEXT_LINE = Slip(
    "a message line over 1000 octets",
    Expect(f"at most {limits.TEXT_LINE} octets", "the longest line of a message, CR LF included"),
    "A line of the message is longer than 1000 octets with CR LF. Some servers refuse such a message, others break "
    "the line.",
    Cite(5321, "4.5.3.1.6"),
)
TOLERATED = (
    SPACE_AFTER_COLON,
    TRAILING_SPACE,
    MISSING_8BITMIME,
    MISSING_SMTPUTF8,
    SEVEN_BITS,
    ASCII_HEADER,
    LONG_TEXT_LINE,
)
"""Everything that the tolerant policy lets pass, and the strict policy refuses."""


class Path(NamedTuple):
    """A reverse-path or forward-path: the local part without quotes, the domain as typed, the source route.

    The null reverse-path `<>` has neither; `<Postmaster>` has no domain.
    """

    local: str
    domain: str
    route: tuple[str, ...] = ()

    @property
    def address(self) -> str:
        """`alice@lancs.uk`, the local part quoted where it must be; empty for the null reverse-path."""
        local = self.local
        if not DOT_STRING.fullmatch(local.encode("utf-8")):
            local = '"' + re.sub(r'([\\"])', r"\\\1", local) + '"' if local or self.domain else ""
        return f"{local}@{self.domain}" if self.domain else local

    @property
    def text(self) -> str:
        """The path as it is sent, with brackets and source route."""
        route = ",".join("@" + domain for domain in self.route)
        return f"<{route}:{self.address}>" if route else f"<{self.address}>"

    @property
    def is_ascii(self) -> bool:
        """Whether the path needs no SMTPUTF8."""
        return self.local.isascii() and self.domain.isascii() and "".join(self.route).isascii()


def keyword(cursor: Cursor, word: str, why: str) -> None:
    """SP, the fixed keyword and its colon, without white space between them: `FROM:` and `TO:`."""
    cursor.need_word(b" ", Expect(f" {word}:", why))
    start = cursor.at
    cursor.need_word(word.encode("ascii"), Expect(f"{word}:", why))
    cursor.need_word(b":", Expect(":", f"a colon right after {word}, without a space"))
    cursor.mark(word, start)


def path(cursor: Cursor, rule: str, null: bool = False, postmaster: bool = False) -> Path:
    """Path = "<" [ A-d-l ":" ] Mailbox ">"; with `null` also "<>", with `postmaster` also "<Postmaster>"."""
    cursor.rule = rule
    if cursor.octets[cursor.at : cursor.at + 1] == b" ":
        cursor.slip(SPACE_AFTER_COLON)
        cursor.at += 1
    start = cursor.at
    if cursor.parts is None and (simple := _SIMPLE.match(cursor.octets, start)) is not None:
        # Nearly every path is a Dot-string at a Domain: one match instead of a dozen steps.
        local, domain_name = simple[1], simple[2]
        if len(local) <= limits.LOCAL_PART and len(simple[0]) <= limits.PATH:
            cursor.at = simple.end()
            return Path(local.decode("ascii"), domain_name.decode("ascii"))
    cursor.need_word(b"<", OPEN)
    if null and cursor.word(b">", Expect(">", "<> is the null reverse-path: nobody gets a report")):
        cursor.mark("Null-path", start)
        return Path("", "")
    found = _inside(cursor, postmaster)
    cursor.need_word(b">", CLOSE)
    if cursor.at - start > limits.PATH:
        raise cursor.refuse(start, LONG_PATH)
    cursor.mark(rule, start)
    cursor.rule = ""
    return found


def _inside(cursor: Cursor, postmaster: bool) -> Path:
    route: list[str] = []
    while cursor.word(b"@", Expect("@", "a source route, obsolete and ignored")):
        route.append(_domain8(cursor))
        if not cursor.word(b",", Expect(",", "one more host of the source route")):
            cursor.need_word(b":", ROUTE_END)
            break
        if cursor.octets[cursor.at : cursor.at + 1] != b"@":
            raise cursor.refuse(cursor.at, Expect("@", "each host of a source route starts with @"))
    start = cursor.at
    local = local_part(cursor)
    if postmaster and not route and cursor.octets[start : cursor.at + 1].lower() == b"postmaster>":
        return Path(local, "")
    cursor.need_word(b"@", AT)
    if cursor.at - 1 - start > limits.LOCAL_PART:
        raise cursor.refuse(start, LONG_LOCAL)
    return Path(local, _host8(cursor), tuple(route))


def mailbox(cursor: Cursor) -> Path:
    """Mailbox = Local-part "@" ( Domain / address-literal ), without brackets, for VRFY."""
    start = cursor.at
    local = local_part(cursor)
    if cursor.at - start > limits.LOCAL_PART:
        raise cursor.refuse(start, LONG_LOCAL)
    if not cursor.word(b"@", AT):
        return Path(local, "")
    return Path(local, _host8(cursor))


def local_part(cursor: Cursor) -> str:
    """Local-part = Dot-string / Quoted-string, also outside ASCII; the quotes and backslashes are taken off."""
    found = cursor.match(DOT_STRING, LOCAL)
    return quoted_string(cursor, _QUOTED_CONTENT8) if found is None else found.decode("utf-8")


def string(cursor: Cursor, expect: Expect) -> str:
    """String = Atom / Quoted-string."""
    found = cursor.match(ATOM, expect)
    return quoted_string(cursor) if found is None else found.decode("ascii")


def quoted_string(cursor: Cursor, inside: re.Pattern[bytes] = QUOTED_CONTENT) -> str:
    """Quoted-string = DQUOTE *QcontentSMTP DQUOTE; the quotes and backslashes are taken off."""
    cursor.need_word(b'"', QUOTE)
    content = cursor.need(inside, QUOTE_END)
    cursor.need_word(b'"', QUOTE_END)
    return re.sub(rb"\\(.)", rb"\1", content).decode("utf-8")


def argument(cursor: Cursor, expect: Expect) -> str | None:
    """[ SP String ], then the end of the line."""
    found = None
    if cursor.octets[cursor.at :].strip(b" \t"):
        cursor.need_word(b" ", SPACE)
        start = cursor.at
        found = string(cursor, expect)
        cursor.mark("String", start)
    else:
        cursor.offer(b" ", expect._replace(what=f" {expect.what}"))
        cursor.offer(ATOM, expect, ahead=1)
    cursor.done(END)
    return found


def quote(text: str) -> str:
    """`text` as a String: as it is where it is an Atom, else in double quotes."""
    octets = text.encode("utf-8")
    if DOT_STRING.fullmatch(octets) and b"." not in octets:
        return text
    return '"' + _SPECIAL.sub(rb"\\\g<0>", octets).decode("utf-8") + '"'


def domain(cursor: Cursor) -> str:
    """Domain = sub-domain *("." sub-domain)."""
    start = cursor.at
    found = cursor.need(DOMAIN, NAME)
    if len(found) > limits.DOMAIN:
        raise cursor.refuse(start, LONG_DOMAIN)
    return found.decode("ascii")


def _domain8(cursor: Cursor) -> str:
    """Domain of a mailbox: its labels may be U-labels (RFC 6531 section 3.3)."""
    start = cursor.at
    found = cursor.need(_DOMAIN8, NAME)
    if len(found) > limits.DOMAIN:
        raise cursor.refuse(start, LONG_DOMAIN)
    text = found.decode("utf-8")
    odd = None if text.isascii() else ulabels.misfit(text)
    if odd is not None:
        raise cursor.refuse(start + len(text[: odd[0]].encode("utf-8")), odd[1])
    return text


def _host8(cursor: Cursor) -> str:
    if cursor.octets[cursor.at : cursor.at + 1] == b"[":
        return host(cursor)
    cursor.miss(LITERAL)
    return _domain8(cursor)


def host(cursor: Cursor) -> str:
    """Domain / address-literal."""
    start = cursor.at
    if cursor.word(b"[", LITERAL):
        if cursor.match(_IPV4, ADDRESS) is None:
            cursor.need_word(b"IPV6:", ADDRESS)
            at = cursor.at
            if not is_ipv6(cursor.need(_IPV6, IPV6_ADDRESS)):
                raise cursor.refuse(at, IPV6_ADDRESS, unfinished=True)
        cursor.need_word(b"]", LITERAL_CLOSE)
        return cursor.octets[start : cursor.at].decode("ascii")
    return domain(cursor)


def is_ipv6(text: bytes) -> bool:
    """IPv6-addr = IPv6-full / IPv6-comp / IPv6v4-full / IPv6v4-comp; `::` stands for at least two groups."""
    head, double, tail = text.partition(b"::")
    if b"::" in tail or (text.endswith(b":") and not text.endswith(b"::")) or tail.startswith(b":"):
        return False
    groups = [group for side in (head, tail) if side for group in side.split(b":")]
    room = 8
    if groups and b"." in groups[-1]:
        if not _IPV4.fullmatch(groups.pop()) or (double and not tail):
            return False
        room = 6
    if not all(_HEX_GROUP.fullmatch(group) for group in groups):
        return False
    return len(groups) <= room - 2 if double else len(groups) == room
