"""Every size and time of POP3, each with its source. Sizes in octets, times in microseconds."""

from mailshell.core.clock import MINUTE

COMMAND_LINE = 255
"""With the keyword and CR LF (RFC 2449 section 4; RFC 1939 section 3 had 40 octets for each argument)."""

REPLY_LINE = 512
"""The first line of an answer, with CR LF (RFC 1939 section 3, RFC 2449 section 4)."""

UNIQUE_ID = 70
"""The longest unique-id, in characters from 0x21 to 0x7E (RFC 1939 section 7)."""

LINE_BUFFER = 4096
"""Ours: so many octets of a line are held while its end is awaited; longer lines are refused in any case."""

IDLE = 10 * MINUTE
"""The least that an autologout timer may have (RFC 1939 section 3)."""
