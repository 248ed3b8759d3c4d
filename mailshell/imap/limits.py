"""Every size and time of IMAP, each with its source. Sizes in octets, times in microseconds."""

from mailshell.core.clock import MINUTE

COMMAND = 8192
"""The longest command, short literals included: the least that a server should take (RFC 7162 section 4)."""

LITERALS = 32
"""Ours: the literals of one command that are no messages: at each of them the command is read again."""

DRAFTS = 256
"""Ours: the messages of one APPEND, for the same reason."""

TAIL = 32
"""Ours: octets that are kept of the end of a longer command, for the literal that it may announce."""

NON_SYNC = 4096
"""The biggest literal that LITERAL- lets a client send without waiting (RFC 7888 section 5)."""

NUMBER = (1 << 32) - 1
"""The highest number (RFC 3501 section 9)."""

MESSAGE = 64 * 1024 * 1024
"""Ours: the biggest message that APPEND takes, where the host sets no limit of its own."""

IDLE = 30 * MINUTE
"""The least that an autologout timer may have (RFC 3501 section 5.4)."""

KEYWORDS = 1000
"""Ours: keywords of a mailbox; IMAP has no limit."""

BLOCK = 64
"""Ours: messages that a command works on at once, before it looks whether it has taken long."""

OCTETS = 1 << 20
"""Ours: octets of messages in one such block, where it has more than one message."""

TOLD = 256 * 1024
"""Ours: after so many octets of an answer other clients are served."""

READ = 500_000
"""Ours: after so much was read of messages other clients are served, as `mail.ledger.Ledger.read` counts it."""
