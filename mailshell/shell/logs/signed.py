"""What programs print with a sign before each line that says who sent it."""

import re
from collections.abc import Iterable, Iterator

from mailshell.protocols import readers
from mailshell.shell.logs.lines import Said, ended, whole
from mailshell.shell.logs.screens import WORTH

SWAKS = re.compile(rb"(<[-~*][ *] | [-~*]> |[*=]{3} |<-- |--> )(.*)$", re.S)
CURL = re.compile(rb"([<>*{}])(?: (.*)|)$", re.S)
FETCHMAIL = re.compile(rb"fetchmail: ([A-Z0-9]+)([<>])(?: (.*)|(\.) \(EOM\)\s*)$", re.S)
MUTT = re.compile(rb"\[[-0-9 :]+\](?:<\d> \w+\(\))? \d+([<>]) (.*)$", re.S)
MBSYNC = re.compile(rb"(?:\(\d+ in progress\) )?>>> (\d+ .*)$", re.S)


def swaks(lines: Iterable[bytes]) -> Iterator[Said]:
    """`->` sends, `<-` receives, `<**` receives a refusal, `~` stands for `-` inside TLS.

    msmtp and mpop write `-->` and `<--`.
    """
    for line in whole(lines):
        found = SWAKS.match(line)
        if found is None:
            continue
        if found[1].startswith(b"<"):
            yield Said("server", ended(found[2]))
        elif found[1].endswith(b"> "):
            yield Said("client", ended(found[2]))
        elif WORTH.match(found[2]):
            yield Said("note", found[2].rstrip(b"\r\n"))


def curl(lines: Iterable[bytes]) -> Iterator[Said]:
    """`>` sends, `<` receives, `*` is curl itself; `{` and `}` count octets that it does not show."""
    greeted = False
    for line in whole(lines):
        found = CURL.match(line.rstrip(b"\r\n"))
        if found is None:
            continue
        greeted = greeted or found[1] in b"<*"
        if found[1] in b"<>" and greeted:
            yield Said("server" if found[1] == b"<" else "client", (found[2] or b"") + b"\r\n")
        elif found[1] == b"*" and WORTH.match(found[2] or b""):
            yield Said("note", found[2])


def fetchmail(lines: Iterable[bytes]) -> Iterator[Said]:
    """`POP3>` sends, `POP3<` receives; `SMTP>` and `SMTP<` are the other connection, which hands the mail on.

    Messages are not shown, and the dot that ends one is `SMTP>. (EOM)`.
    """
    links: dict[bytes, int] = {}
    for line in whole(lines):
        found = FETCHMAIL.match(line)
        if found is None:
            continue
        link = links.setdefault(found[1], len(links) + 1)
        yield Said(
            "client" if found[2] == b">" else "server",
            ended(found[3] or found[4]),
            link,
            found[1].decode("ascii").lower(),
        )


def mutt(lines: Iterable[bytes]) -> Iterator[Said]:
    """The debug file of mutt and neomutt: `4>` sends, `4<` receives; the number is that of the socket."""
    for line in whole(lines):
        found = MUTT.match(line)
        if found is not None:
            yield Said("client" if found[1] == b">" else "server", ended(found[2]))


def mbsync(lines: Iterable[bytes]) -> Iterator[Said]:
    """`mbsync -Dn`: `>>>` sends, what came has no sign; octets of literals are not shown."""
    imap = readers()["imap"]
    for line in whole(lines):
        found, bare = MBSYNC.match(line), line.rstrip(b"\r\n")
        if found is not None:
            yield Said("client", ended(found[1]), protocol="imap")
        elif imap.is_reply(bare) or bare.startswith((b")", b"+ ")):
            yield Said("server", ended(bare), protocol="imap")
