"""What programs write down of a conversation, read back: who said which line.

Known are our own C:/S: files and screens, the screens of telnet, nc and `openssl s_client`, and what swaks, msmtp,
mpop, fetchmail, `curl -v`, mutt, mbsync, and smtplib, poplib and imaplib of Python print. A log is read line by line;
of a line far over any limit its start and its end are read.
"""

import re
from collections.abc import Iterator

from mailshell.core import script
from mailshell.shell.logs.lines import Reader, Said, cut, whole
from mailshell.shell.logs.ours import is_ours, on_screen, shown, transcript
from mailshell.shell.logs.printed import IMAPLIB, POPLIB, PRINTED, imaplib, poplib, smtplib
from mailshell.shell.logs.screens import S_CLIENT, TOOL, is_reply, s_client, screen
from mailshell.shell.logs.signed import CURL, FETCHMAIL, MBSYNC, MUTT, SWAKS, curl, fetchmail, mbsync, mutt, swaks

__all__ = [
    "Reader",
    "Said",
    "curl",
    "cut",
    "fetchmail",
    "imaplib",
    "mbsync",
    "mutt",
    "on_screen",
    "peek",
    "poplib",
    "reader",
    "s_client",
]
__all__ += ["screen", "shown", "smtplib", "swaks", "transcript", "whole"]

_PEEK = 400  # lines that are looked at to tell the form of a log
_PEEK_OCTETS = 1 << 20


def reader(head: list[bytes]) -> Reader | None:
    """The reader for a log that begins with these lines; None where they are no conversation."""
    text = b"".join(head).decode("utf-8", "replace")
    if is_ours(text):
        return shown
    if script.is_script(re.sub(r"^> .*\n", "", text, flags=re.M)):  # "> " alone may be the prompt of a shell
        return transcript
    if any(map(MBSYNC.match, head)):  # what came to it has no sign
        return mbsync
    for line in (one.rstrip(b"\r\n") for one in head):
        if (found := PRINTED.match(line)) is not None and found[1] in (b"send", b"reply"):
            return smtplib
        if POPLIB.match(line) is not None:
            return poplib
        if IMAPLIB.match(line) is not None:
            return imaplib
        if MUTT.match(line) is not None:
            return mutt
        if FETCHMAIL.match(line) is not None:
            return fetchmail
        if SWAKS.match(line) is not None:
            return swaks
        # A line of IMAP begins with a star as what curl says of itself does.
        if CURL.match(line) is not None and (line[:2] == b"< " or (line[:2] == b"* " and not is_reply(line))):
            return curl
        if S_CLIENT.match(line) is not None:
            return s_client
        if TOOL.match(line) is not None or is_reply(line):
            return screen
    return None


def peek(lines: Iterator[bytes]) -> tuple[list[bytes], Iterator[bytes]]:
    """The first lines, for `reader`, and all of them."""
    head: list[bytes] = []
    while len(head) < _PEEK and sum(map(len, head)) < _PEEK_OCTETS and (line := next(lines, b"")):
        head.append(line)

    def everything() -> Iterator[bytes]:
        yield from head
        yield from lines

    return head, everything()
