"""Tags: a client makes one up for each command, and the answer to the command begins with it (RFC 3501 section 2.2.1).

A session proposes the next one after those that the client has used: their letters, and a number that grows.
"""

import re

FIRST = b"a1"
"""What a client that has sent nothing yet may begin with."""

_NUMBERED = re.compile(rb"(.*?)([0-9]{1,9})\Z")


def numbered(tag: bytes) -> bool:
    """Whether a tag ends in a number, as those do that follow each other."""
    return tag[-1:].isdigit()


def following(tag: bytes) -> bytes:
    """The tag after `tag`, of the same width where it has zeros; the first one where it ends in no number."""
    found = _NUMBERED.match(tag)
    if found is None:
        return FIRST
    return b"%b%0*d" % (found[1], len(found[2]), int(found[2]) + 1)
