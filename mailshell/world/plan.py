"""The plan of a world: one value between the text of a world file and the world that is built from it."""

from collections.abc import Mapping
from typing import NamedTuple

from mailshell.core.clock import Instant, mail_date
from mailshell.mail.faults import Fault
from mailshell.mail.host import MailingList, Traits
from mailshell.mail.store import Account
from mailshell.world.names import Mx, Records, Zone

MAILBOXES = ("INBOX", "Sent", "Drafts", "Trash", "Junk")
"""What every account has."""


class HostPlan(NamedTuple):
    """One host. Of its `traits` those that are named in `said` are its own; the others are as the options say."""

    name: str
    address: str
    domains: tuple[str, ...] = ()
    relays: tuple[str, ...] = ()
    networks: tuple[str, ...] = ()
    lists: tuple[MailingList, ...] = ()
    traits: Traits = Traits()
    said: frozenset[str] = frozenset()

    def habits(self, usual: Traits) -> Traits:
        """The traits of the host, where `usual` are those of all hosts."""
        own = {name: value for name, value in self.traits._asdict().items() if name in self.said}
        return usual._replace(**own)


class Letter(NamedTuple):
    """One message that is there from the start: in a mailbox of `to`, or, if `queued`, on its way to it.

    It is made from `sender` (an address, or a name with the address in `<>`), `subject` and `text`, and filled up to
    `size` octets (0: as it comes); or `raw` is all of it. It came `age` microseconds before the world starts. `id` is
    the left half of its Message-ID (empty: from its number).
    """

    to: str
    sender: str
    subject: str = ""
    text: str = ""
    size: int = 0
    age: int = 0
    id: str = ""
    mailbox: str = "INBOX"
    queued: bool = False
    raw: bytes = b""

    @property
    def reverse_path(self) -> str:
        """The address of the sender."""
        return self.sender.rpartition("<")[2].removesuffix(">")


class Plan(NamedTuple):
    """All that a world starts with; `server` is the host that a student talks to.

    `names` are records in addition to those that follow from the hosts, or in their place. `faults` are in force from
    the start; `seed` gives those that strike now and then their luck.
    """

    title: str
    server: str
    hosts: tuple[HostPlan, ...]
    accounts: tuple[Account, ...] = ()
    letters: tuple[Letter, ...] = ()
    names: Mapping[str, Records] = {}
    faults: tuple[Fault, ...] = ()
    seed: int = 0

    @property
    def addresses(self) -> Mapping[str, str]:
        """The address of each host."""
        return {host.name: host.address for host in self.hosts}

    @property
    def zone(self) -> Zone:
        """Every name with its records: a host takes the mail for its domains, a backup stands behind it."""
        found: dict[str, Records] = {}
        for host in self.hosts:
            mine = Mx(10, host.name)
            found[host.name] = Records((mine,), (host.address,))
            found.update((domain.lower(), Records((mine,))) for domain in host.domains)
        for host in self.hosts:
            for domain in host.relays:
                known = found.get(domain.lower(), Records())
                found[domain.lower()] = known._replace(mx=(*known.mx, Mx(20, host.name)))
        return {**found, **self.names}


_FILLER = (
    "The server side takes mail in, the client side of the same server sends it on.",
    "A client says HELO, MAIL, RCPT, DATA and QUIT, and each gets one answer.",
    "The answer starts with three digits, and the first of them says how it went.",
    "A digit 2 means done, 3 go on, 4 not now, and 5 not like this.",
    "The envelope says who gets the message. The header says what the reader sees.",
    "A line with one dot ends the message, so a dot that begins a line is doubled.",
)


def compose(letter: Letter, number: int, name: str, addresses: Mapping[str, str], at: Instant) -> bytes:
    """The octets of a message, number `number` of its world, that came at `at`; `name` is its recipient's, for people.

    Where it is in a mailbox already, it has the trace fields of its way there. One whose size is too small for what it
    holds gets as large as it must.
    """
    if letter.raw:
        return letter.raw
    address, here = letter.reverse_path, letter.to.rpartition("@")[2]
    there = address.rpartition("@")[2]
    known = f" ({there} [{addresses[there]}])" if there in addresses else ""
    trace = (
        f"Return-Path: <{address}>\r\nReceived: from {there}{known}\r\n\tby {here} with ESMTP id m{number}\r\n"
        f"\tfor <{letter.to}>;\r\n\t{mail_date(at)}\r\n"
    )
    head = (
        f"Date: {mail_date(at)}\r\nFrom: {letter.sender}\r\nTo: {f'{name} <{letter.to}>' if name else letter.to}\r\n"
        f"Subject: {letter.subject}\r\nMessage-ID: <{letter.id or f'{number}.mailshell'}@{there}>\r\n\r\n"
    )
    lines = "".join(f"{line}\r\n" for line in letter.text.splitlines())
    start = f"{'' if letter.queued else trace}{head}{lines}".encode()
    signed = letter.sender.rpartition("<")[0].strip() or address.rpartition("@")[0]
    return start + _filled(letter.size - len(start), f"{signed}\r\n".encode())


def _filled(size: int, tail: bytes) -> bytes:
    """Lines of text and then `tail`, so many octets together."""
    out, row, left = [], 0, size - len(tail)
    while left > len(_FILLER[row % len(_FILLER)]) + 4:
        out.append(_FILLER[row % len(_FILLER)].encode() + b"\r\n")
        left -= len(out[-1])
        row += 1
    out.append(b"-" * (left - 2) + b"\r\n" if left > 1 else b"-" * left)
    return b"".join(out) + tail
