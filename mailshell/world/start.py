"""Starting worlds: who is there before anybody types."""

from collections.abc import Callable, Mapping

from mailshell.core.clock import DAY, HOUR, Instant, VirtualClock, instant, mail_date
from mailshell.core.session import Peer
from mailshell.core.transcript import Transcript
from mailshell.mail.host import POSTMASTER, Host, MailingList, Traits
from mailshell.mail.store import Account, BoxKey, Store
from mailshell.world.hosts import HOSTS
from mailshell.world.names import Mx, Records
from mailshell.world.world import World

START = instant(2015, 3, 9, 10)
"""The moment at which a virtual clock starts: Monday, 9 March 2015, 10:00 UTC."""

DEFAULT_HOST = "nyu.edu"
STUDENT = Peer("lancs.uk", "192.0.2.10", inside=False)
"""Where a typed connection comes from; inside for the server of lancs.uk alone."""

MAILBOXES = ("INBOX", "Sent", "Drafts", "Trash", "Junk")

_ACCOUNTS = (
    Account("lancs.uk", "alice", "rabbit", "Alice"),
    Account("nyu.edu", "bob", "hungry", "Bob"),
    Account("nyu.edu", "carol", "garden", "Carol"),
    Account("nyu.edu", "zo\u00eb", "violet", "Zo\u00eb"),
    Account("someschool.edu", "bob", "hungry", "Bob"),
)
_LISTS = {
    "nyu.edu": (
        MailingList("friends", "Friends", ("bob", "carol")),
        MailingList("staff", "Staff", ("carol", POSTMASTER), shown=False),
    )
}
_SIZES = (498, 912)
"""The octets of the two messages in Bob's maildrop, as on the lecture's POP3 slide."""


def add_account(store: Store, account: Account) -> None:
    """Add an account with its five mailboxes; one that exists gets the new password and keeps its mail."""
    known = store.account(account.host, account.user)
    store.add_account(account if known is None else known._replace(password=account.password))
    for name in MAILBOXES if known is None else ():
        store.create(BoxKey(account.host, account.user, name))


def _hosts(
    store: Store, clock: VirtualClock, traits: Traits, lists: Mapping[str, tuple[MailingList, ...]]
) -> dict[str, Host]:
    hosts = {name: Host(name, address, store, clock, traits, lists.get(name, ())) for name, address in HOSTS.items()}
    for name in hosts:
        if store.account(name, POSTMASTER) is None:
            # No password: nobody logs in as postmaster, and mail to it is kept.
            add_account(store, Account(name, POSTMASTER, "", "Postmaster"))
    return hosts


def _lecture(store: Store, now: Instant) -> None:
    for account in _ACCOUNTS:
        if store.account(account.host, account.user) is None:
            add_account(store, account)
            if account.host == "nyu.edu" and account.user == "bob":
                for number, size in enumerate(_SIZES, 1):
                    at = Instant(now - (3 - number) * DAY + 2 * HOUR)
                    body = store.keep(_message(number, size, at))
                    store.append(BoxKey("nyu.edu", "bob", "INBOX"), body, at=at)


def _message(number: int, size: int, at: Instant) -> bytes:
    """A message of exactly `size` octets, trace fields included."""
    subjects = ("Lunch on Friday", "Notes from the first lecture")
    openings = (
        "Bob, shall we meet at noon? The place by the river has soup.",
        "Hello Bob, here are my notes. A mail server keeps mailboxes and a queue.",
    )
    head = (
        f"Return-Path: <alice@lancs.uk>\r\n"
        f"Received: from lancs.uk (lancs.uk [192.0.2.1])\r\n\tby nyu.edu with ESMTP id m{number}\r\n"
        f"\tfor <bob@nyu.edu>;\r\n\t{mail_date(at)}\r\n"
        f"Date: {mail_date(at)}\r\nFrom: Alice <alice@lancs.uk>\r\nTo: Bob <bob@nyu.edu>\r\n"
        f"Subject: {subjects[number - 1]}\r\nMessage-ID: <{number}.lecture@lancs.uk>\r\n\r\n"
        f"{openings[number - 1]}\r\n"
    )
    tail = "Alice\r\n"
    text = head
    filler = (
        "The server side takes mail in, the client side of the same server sends it on.",
        "A client says HELO, MAIL, RCPT, DATA and QUIT, and each gets one answer.",
        "The answer starts with three digits, and the first of them says how it went.",
        "A digit 2 means done, 3 go on, 4 not now, and 5 not like this.",
        "The envelope says who gets the message. The header says what the reader sees.",
        "A line with one dot ends the message, so a dot that begins a line is doubled.",
    )
    row = 0
    while size - len(text) - len(tail) > len(filler[row % len(filler)]) + 4:
        text += filler[row % len(filler)] + "\r\n"
        row += 1
    left = size - len(text) - len(tail)
    text += "-" * (left - 2) + "\r\n"
    return (text + tail).encode("ascii")


def _nothing(store: Store, now: Instant) -> None:
    """No account but the postmasters."""


_FILL: dict[str, Callable[[Store, Instant], None]] = {"lecture": _lecture, "discard": _lecture, "empty": _nothing}
WORLDS = tuple(_FILL)
"""The names of the starting worlds: the lecture's, the same without keeping mail, and one without users."""


def build(
    name: str,
    *,
    store: Store | None = None,
    traits: Traits | None = None,
    now: Instant = START,
    transcript: Transcript | None = None,
    users: tuple[Account, ...] = (),
) -> World:
    """A starting world; a store that holds mail already keeps it, and only what is missing is added."""
    store = store or Store(history=True)
    traits = traits or Traits()
    clock = VirtualClock(now)
    lists = {} if name == "empty" else _LISTS
    hosts = _hosts(store, clock, traits._replace(keeps=name != "discard"), lists)
    _FILL[name](store, now)
    for account in users:
        add_account(store, account)
    store.commit()
    zone = {host.name: Records((Mx(10, host.name),), (host.address,)) for host in hosts.values()}
    # Without a mail exchanger, mail goes to the address of the name itself (RFC 5321 section 5.1).
    zone["someschool.edu"] = zone["someschool.edu"]._replace(mx=())
    return World(hosts, store, clock, transcript or Transcript(), zone)
