"""Which command, or which event, an untagged response comes of (RFC 3501 sections 2.2.2 and 7)."""

import re

_RESPONSE = re.compile(rb"\* (?:[0-9]+ )?([A-Za-z]+)")
_EVENT = r"\b{} came because ([^.]*)\."

_CHANGES = frozenset({"FETCH", "EXPUNGE", "EXISTS", "RECENT", "FLAGS"})
"""What a server may tell with any command, because something has changed in the mailbox."""

_ASKED = {
    "FETCH": ("FETCH", "STORE"),
    "EXPUNGE": ("EXPUNGE", "MOVE"),
    "EXISTS": ("SELECT", "EXAMINE"),
    "RECENT": ("SELECT", "EXAMINE", "EXPUNGE", "MOVE"),
    "FLAGS": ("SELECT", "EXAMINE"),
}
"""The commands that bring one of them even where nothing has changed."""


def cause(line: bytes, verb: str, because: str) -> str:
    """What brought an untagged line; empty for other lines.

    `verb` is the command that is answered, empty where none is, and `because` what the server's record says of it.
    """
    found = _RESPONSE.match(line)
    if found is None:
        return ""
    name = found[1].decode("ascii").upper()
    told = re.search(_EVENT.format("(?:EXISTS|EXPUNGE)" if name == "RECENT" else name), because)
    event = "" if told is None else told[1]
    asked = bool(verb) and (name not in _CHANGES or verb.removeprefix("UID ") in _ASKED[name])
    if asked and event:
        return f"{verb} brings it, or it comes because {event}"
    if asked:
        return f"{verb} brings it"
    if event:
        return f"it comes because {event}"
    return f"it comes with the answer to {verb}" if verb else "it comes unasked"
