"""What in the replies of any server is not by the standard: sentences, none where all is well."""

import re

from mailshell.core import tables
from mailshell.smtp.responses import read_line

_LITERAL = re.compile(rb"\[[0-9A-Fa-f:.IPv]+\]")
_FULL_NAME = re.compile(rb"[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_TABLE_NAMES = {".": "(end of data)", "": "(connect)", "LHLO": "EHLO"}


def slips(verb: str | None, replies: tuple[bytes, ...]) -> list[str]:
    """What a reply does that no rule allows.

    `verb` is the command that it answers, empty for the greeting, None where nobody knows it.
    """
    lines = [line for line in (read_line(reply.rstrip(b"\r\n")) for reply in replies) if line is not None]
    if not lines:
        return []
    found = []
    codes = list(dict.fromkeys(line.code for line in lines))
    if len(codes) > 1:
        shown = " and ".join(map(str, codes))
        found.append(f"The lines of one reply carry one code, and these carry {shown} (RFC 5321 section 4.2.1).")
    found += _classes([(line.code, line.enhanced) for line in lines])
    if verb is not None:
        found += _place(verb, lines[-1].code)
    if verb in ("EHLO", "HELO") and lines[-1].code == 250:
        found += _name(lines[0].text)
    return found


def _classes(pairs: list[tuple[int, str]]) -> list[str]:
    for code, enhanced in pairs:
        if enhanced and enhanced[0] != str(code)[0]:
            return [
                f"{enhanced} starts with {enhanced[0]}, and {code} wants {str(code)[0]} there (RFC 2034 section 4)."
            ]
    return []


def _place(verb: str, code: int) -> list[str]:
    """A positive answer that this command does not have; refusals may be any, a client acts on their first digit."""
    rows = tables.find("smtp-reply-contexts", "command", _TABLE_NAMES.get(verb, verb))
    known = sorted({row["code"] for row in rows if row["code"][0] in "23"})
    if not known or str(code) in known or code >= 400:
        return []
    asked = {".": "the final dot", "": "a new connection"}.get(verb, verb)
    return [f"The standard answers {asked} with {' or '.join(known)}, not with {code} (RFC 5321 section 4.3.2)."]


def _name(text: bytes) -> list[str]:
    word = text.split(b" ", 1)[0]
    if _FULL_NAME.fullmatch(word) or _LITERAL.fullmatch(word):
        return []
    return ["The first word after the code is the full name of the server. Here it is not (RFC 5321 section 4.1.1.1)."]
