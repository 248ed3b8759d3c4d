"""Every size and time of SMTP, each with its source. Sizes in octets, times in microseconds."""

from mailshell.core.clock import MINUTE

LOCAL_PART = 64
"""RFC 5321 section 4.5.3.1.1."""

DOMAIN = 255
"""RFC 5321 section 4.5.3.1.2."""

PATH = 256
"""With punctuation and element separators (RFC 5321 section 4.5.3.1.3)."""

COMMAND_LINE = 512
"""With the command word and CR LF; an extension may add to it (RFC 5321 section 4.5.3.1.4)."""

REPLY_LINE = 512
"""With the code and CR LF (RFC 5321 section 4.5.3.1.5)."""

TEXT_LINE = 1000
"""A line of the message with CR LF, a stuffed dot not counted (RFC 5321 section 4.5.3.1.6)."""

RECIPIENTS = 100
"""A server takes at least this many; we take no more (RFC 5321 section 4.5.3.1.8)."""

MESSAGE = 10 * 1024 * 1024
"""Ours; every server takes at least 64K octets (RFC 5321 section 4.5.3.1.7)."""

SMALLEST_MESSAGE = 65_536
"""The least maximum that a host may set (RFC 5321 section 4.5.3.1.7)."""

RECEIVED_FIELDS = 100
"""More trace fields than this mean a loop (RFC 5321 section 6.3)."""

SIZE_PARAMETER = 26
"""What SIZE adds to the command line of MAIL (RFC 1870 section 3)."""

BODY_PARAMETER = 16
"""What BODY adds; RFC 6152 gives no figure, so the one of BINARYMIME is used (RFC 3030 section 3)."""

RET_PARAMETER = 9
"""What RET adds: a space and the longest value; RFC 3461 states no figure."""

ENVID = 100
"""The longest ENVID, in characters, its keyword and the = counted (RFC 3461 section 4.4)."""

ENVID_PARAMETER = len(" ") + ENVID
"""What ENVID adds to the command line of MAIL (RFC 3461 section 4.4)."""

NOTIFY_PARAMETER = len(" NOTIFY=SUCCESS,FAILURE,DELAY")
"""What NOTIFY adds to the command line of RCPT; RFC 3461 states no figure."""

ORCPT = 500
"""The longest ORCPT, in characters, its keyword and the = counted (RFC 3461 section 4.2)."""

ORCPT_PARAMETER = len(" ") + ORCPT
"""What ORCPT adds to the command line of RCPT (RFC 3461 section 4.2)."""

BY_PARAMETER = 17
"""What BY adds to the command line of MAIL (RFC 2852 section 2)."""

SHORTEST_BY = 60
"""Ours: the least by-time in seconds with the mode R (RFC 2852 section 3 lets a server say one)."""

HOLD_PARAMETER = 34
"""What HOLDFOR or HOLDUNTIL adds to the command line of MAIL (RFC 4865 section 3)."""

LONGEST_HOLD = 30 * 24 * 60 * 60
"""Ours: for how many seconds a message is held at most (RFC 4865 section 3)."""

PRIORITY_PARAMETER = 15
"""What MT-PRIORITY adds to the command line of MAIL (RFC 6710 section 3)."""

REQUIRETLS_PARAMETER = 11
"""What REQUIRETLS adds to the command line of MAIL (RFC 8689 section 2)."""

SMTPUTF8_PARAMETER = 10
"""What SMTPUTF8 adds to the command line of MAIL (RFC 6531 section 3.1)."""

ANNOUNCED = 999_999
"""The largest value of a limit that EHLO can announce (RFC 9422 section 4.1)."""

LINE_BUFFER = 4096
"""Ours: so many octets of a line are held while its end is awaited; longer lines are refused in any case."""

IDLE = 5 * MINUTE
"""How long the server waits for the next command (RFC 5321 section 4.5.3.2.7) and, by our choice, for the next block of
a message; 3 minutes is the least that a client grants there (RFC 5321 section 4.5.3.2.5)."""
