"""Dots at the start of a line: what a message, or an answer of many lines, does so that no line of it is one dot.

SMTP has it in RFC 5321 section 4.5.2, POP3 in RFC 1939 section 3; the rule is the same.
"""


def unstuff(octets: bytes) -> bytes:
    """Take one dot off every line that begins with a dot."""
    if octets[:1] == b".":
        octets = octets[1:]
    return octets.replace(b"\r\n.", b"\r\n") if b"\r\n." in octets else octets


def stuff(octets: bytes) -> bytes:
    """Put one dot before every line that begins with a dot; the inverse of `unstuff`."""
    dotted = b"." + octets if octets[:1] == b"." else octets
    return dotted.replace(b"\r\n.", b"\r\n..")
