"""No mail is lost: in any world, under any faults, with any undo, each accepted message has exactly one fate.

The mail log says what became of each message of each host; the store, which knows nothing of the log, must agree.
"""

import re
from collections import Counter, defaultdict
from typing import NamedTuple

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from mailshell.core.clock import DAY, HOUR, MINUTE
from mailshell.core.record import Exchange
from mailshell.mail.host import ERAS, Traits
from mailshell.mail.journal import Event
from mailshell.mail.store import Account
from mailshell.world.names import Mx, Records
from mailshell.world.plan import HostPlan, Plan
from mailshell.world.seat import Seat, SeatError
from mailshell.world.start import STUDENT, build
from mailshell.world.world import World

NAMES = ("a.example", "b.example", "c.example", "d.example")
USERS = ("ann", "ben")
_ID = re.compile(rb"^Received: [^;]*?\tby (\S+) with \w+ id ([0-9]+)", re.MULTILINE)
_REPORT = re.compile(rb"^Message-ID: <report\.(\S+)@(\S+)>\r\n", re.MULTILINE)


class Message(NamedTuple):
    """Names one message of a host."""

    host: str
    id: str


def name_of(host: str, octets: bytes) -> Message:
    """Which message of a host these octets are, by the trace field that the host put in, or by its own report."""
    head = octets.partition(b"\r\n\r\n")[0]
    found = _ID.search(head)
    if found is not None and found[1].decode() == host:
        return Message(host, found[2].decode())
    report = _REPORT.search(head)
    assert report is not None, (host, head)
    return Message(report[2].decode(), report[1].decode())


def dump(world: World) -> object:
    """All that undo must bring back."""
    store = world.store
    boxes = [
        (box.key, box.box, tuple(box.messages.items()))
        for host in world.hosts
        for account in store.accounts(host)
        for box in store.mailboxes(host, account.user)
    ]
    queues = [store.queue(host) for host in world.hosts]
    flow = world.relay.flow
    on_their_way = (flow.runs, sorted(flow.heard), flow.order)
    return boxes, queues, store.held(), list(world.journal), on_their_way, world.clock.now(), world.faults


class Books:
    """What the log says, message by message, beside what the store holds."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.log: dict[Message, list[Event]] = defaultdict(list)
        for event in world.journal:
            self.log[Message(event.host, event.id)].append(event)
        self.queued = {
            Message(host, one.id): {recipient.address for recipient in one.recipients}
            for host in world.hosts
            for one in world.store.queue(host)
        }
        self.held: Counter[tuple[Message, str]] = Counter()
        self.inboxes: Counter[tuple[Message, str]] = Counter()
        store = world.store
        for held in store.held():
            name = name_of(held.host, store.octets(held.body))
            self.held.update((name, f"{user}@{held.host}") for user in held.users)
        for host in world.hosts:
            for account in store.accounts(host):
                for box in store.mailboxes(host, account.user):
                    for message in box.messages.values():
                        name = name_of(host, store.octets(message.body))
                        self.inboxes[name, f"{account.user}@{host}"] += 1

    def check(self) -> None:
        """Each recipient of each message has one fate, and the store knows of no other."""
        delivered: Counter[tuple[Message, str]] = Counter()
        held: Counter[tuple[Message, str]] = Counter()
        for name, events in self.log.items():
            delivered.update((name, event.recipient) for event in events if event.what == "delivered")
            held.update((name, event.recipient) for event in events if event.what == "held")
            for address in {event.recipient for event in events if event.what == "queued"}:
                self._one_fate(name, address, events)
        assert delivered == self.inboxes, (delivered - self.inboxes, self.inboxes - delivered)
        assert held - delivered == self.held
        assert all(number == 1 for number in (delivered | held).values())
        assert all(any(one.what == "queued" for one in self.log[name]) for name in self.queued)

    def _one_fate(self, name: Message, address: str, events: list[Event]) -> None:
        mine = [event for event in events if event.recipient == address]
        fates = ["queued"] if address in self.queued.get(name, ()) else []
        fates += ["relayed"] * sum(one.what == "relayed" for one in mine)
        fates += ["dropped"] * sum(one.what == "dropped" for one in mine)
        fates += ["reported"] * sum(one.what == "reported" and one.text.startswith("failed") for one in mine)
        assert len(fates) == 1, (name, address, fates, mine)

    def orphans(self) -> set[Message]:
        """Messages that a host took from another one, which does not know that, and will send them again."""
        known = {Message(one.by, one.other) for events in self.log.values() for one in events if one.what == "relayed"}
        hosts = self.world.hosts
        taken = {
            name
            for name, (first, *_) in self.log.items()
            if first.what == "accepted" and first.by in hosts and _tells(hosts[name.host].traits)
        }
        return taken - known

    def unknown(self) -> set[Message]:
        """Messages that the log says were handed to a host, which does not know them."""
        known = {Message(one.by, one.other) for events in self.log.values() for one in events if one.what == "relayed"}
        return {one for one in known if one.id and one not in self.log}


def _tells(traits: Traits) -> bool:
    """Whether a host says how it names a message that it took: not on the slides, nor in 1982."""
    return traits.voice != "classic" and traits.era != "1982"


traits = st.builds(
    lambda **words: Traits(**words),
    voice=st.sampled_from(["modern", "modern", "classic"]),
    era=st.sampled_from(["today", "today", *ERAS]),
    off=st.sets(st.sampled_from(["PIPELINING", "DSN", "DELIVERBY", "8BITMIME", "CHUNKING", "LIMITS", "SIZE"])).map(
        frozenset
    ),
    recipients=st.sampled_from([None, None, 1, 2]),
    transactions=st.sampled_from([None, None, 1, 2]),
    quota=st.sampled_from([None, None, 6000]),
    backoff=st.booleans(),
    warn=st.sampled_from([0, HOUR]),
    give_up=st.sampled_from([2 * HOUR, 2 * DAY]),
)
hosts = st.sampled_from(NAMES)
people = st.builds("{}@{}".format, st.sampled_from([*USERS, *USERS, "nobody", "all"]), hosts)
elsewhere = [
    "x@null.example",
    "x@loop.example",
    "x@lost.example",
    "x@other.example",
    "ann@alias.example",
    "450@fault.test",
]
addresses = people | st.sampled_from([*elsewhere, "postmaster@d.example", "ann@[10.0.0.2]"])
senders = people | st.sampled_from(["", "x@lost.example", "x@null.example"])
rcpt_words = st.sampled_from(
    ["", "", " NOTIFY=SUCCESS", " NOTIFY=NEVER", " NOTIFY=FAILURE,DELAY", " NOTIFY=SUCCESS,FAILURE"]
)
mail_words = st.sampled_from(
    ["", "", " RET=HDRS ENVID=e1", " BY=3600;R", " BY=120;NT", " HOLDFOR=7200", " BODY=8BITMIME", " BODY=BINARYMIME"]
)
ANYWHERE = ["queue-full", "disk-full", "greylisting 10m", "slow 20s", "slow 4m", "content-refused secret"]
ANYWHERE += ["too-many-recipients 1", "clock-skew +2h", "sender-blocked <>", "sender-blocked @a.example"]
ANYWHERE += [
    f"{kind} {verb}" for kind in ("drop", "lose") for verb in ("MAIL", "RCPT", "DATA", ".", "BDAT", "QUIT", "EHLO")
]
ANYWHERE += [
    f"reject {verb} {code}" for verb in ("MAIL", "RCPT", "DATA", ".", "RSET") for code in ("421", "450", "550")
]
ANYWHERE += [f"delay {verb} {time}" for verb in ("MAIL", "DATA", ".") for time in ("1m", "11m")]
faults = st.one_of(
    st.builds("{} {}{}".format, st.sampled_from(ANYWHERE), hosts, st.sampled_from(["", "", " odds 50%"])),
    st.builds("host-down {}{}".format, hosts, st.sampled_from(["", " odds 50%"])),
    st.builds("{} {}".format, st.sampled_from(["name-not-found", "name-server-silent"]), hosts),
    st.builds("mailbox-full ann@{}".format, hosts),
)
LOSSY = re.compile(r"lose|slow|delay")


def world_of(count: int, habits: list[Traits]) -> World:
    """Hosts of which the first takes mail for anybody, and the last, of three or more, is a backup of the second."""
    names = NAMES[:count]
    plans = tuple(
        HostPlan(
            name,
            f"10.0.0.{number + 1}",
            networks=("192.0.2.0/24", "10.0.0.0/8") if not number else (),
            relays=(NAMES[1],) if number == count - 1 and number > 1 else ("loop.example",),
            traits=habits[number],
            said=frozenset(Traits._fields),
        )
        for number, name in enumerate(names)
    )
    accounts = tuple(Account(name, user, "x", user) for name in names for user in USERS)
    zone = {
        "null.example": Records((Mx(0, "."),)),
        "loop.example": Records((Mx(10, names[0]), Mx(10, names[1]))),
        "lost.example": Records((Mx(10, "nowhere.example"),)),
        "other.example": Records((Mx(10, "gone.example"), Mx(20, names[-1]))),
        "gone.example": Records((), ("10.9.9.9",)),
        "alias.example": Records(alias=names[1]),
    }
    return build(Plan("Any world", names[0], plans, accounts, names=zone))


class Conservation(RuleBasedStateMachine):
    """Mail, faults, time and undo in any order."""

    @initialize(count=st.integers(2, 4), habits=st.lists(traits, min_size=4, max_size=4))
    def begin(self, count, habits):
        self.world = world_of(count, habits)
        self.seat = Seat(self.world, STUDENT)
        self.lossy = False
        self.seat.connect(NAMES[0], "smtp")
        self.dumps = {self.seat.history.now.number: dump(self.world)}

    def note(self):
        """Remember the world as it is at this moment."""
        self.dumps[self.seat.history.now.number] = dump(self.world)

    @rule(
        where=st.sampled_from([0, 0, 0, 1, 2, 3]),
        sender=senders,
        words=mail_words,
        recipients=st.lists(st.tuples(addresses, rcpt_words), min_size=1, max_size=4),
        text=st.sampled_from(["Hello", "secret", "h\xe9", "x" * 3000]),
    )
    def send(self, where, sender, words, recipients, text):
        host = NAMES[where % len(self.world.hosts)]
        octets = f"Subject: a\r\n\r\n{text}\r\n".encode("latin-1")
        end = b"BDAT %d LAST\r\n%b" % (len(octets), octets) if "BINARY" in words else b"DATA\r\n%b.\r\n" % octets
        lines = [f"MAIL FROM:<{sender}>{words}", *(f"RCPT TO:<{one}>{more}" for one, more in recipients)]
        start = self.world.transcript.count
        hello = b"HELO" if self.world.hosts[host].traits.era == "1982" else b"EHLO"
        try:
            self.seat.connect(host, "smtp", 1)
        except SeatError:
            return self.note()
        self.note()
        for piece in (hello + b" x.example\r\n", "".join(f"{line}\r\n" for line in lines).encode(), end):
            self.seat.send(piece)
            self.note()
        mine = self.world.transcript.since(start, self.world.transcript.count)
        promised = [
            found[1].decode()
            for one in mine
            if one.wire.kind == "typed" and isinstance(one.record, Exchange) and one.record.parsed is not None
            for reply in one.record.replies
            if (found := re.search(rb"^250 2\.0\.0 Message accepted, id (\S+)\r\n", reply)) is not None
        ]
        known = {Message(one.host, one.id) for one in self.world.journal if one.what == "accepted"}
        assert {Message(host, one) for one in promised} <= known

    send_too = send
    send_again = send

    @rule(line=faults)
    def fault(self, line):
        try:
            self.seat.fault(line)
        except SeatError:
            return
        self.lossy = self.lossy or LOSSY.match(line) is not None
        self.note()

    @rule(which=st.sampled_from(["all", "1", "2", "host-down", "queue-full"]))
    def heal(self, which):
        try:
            self.seat.heal(which)
        except SeatError:
            return
        self.note()

    @rule(time=st.sampled_from([MINUTE, 10 * MINUTE, 31 * MINUTE, 3 * HOUR, 3 * DAY]))
    def wait(self, time):
        self.seat.wait(time)
        self.note()

    @rule(how=st.sampled_from(["undo", "redo", "jump", "jump", "left", "right", "main"]), data=st.data())
    def travel(self, how, data):
        try:
            if how == "undo":
                self.seat.undo()
            elif how == "redo":
                self.seat.redo()
            elif how == "jump":
                self.seat.back(data.draw(st.integers(0, self.world.transcript.count - 1)))
            else:
                self.seat.branch(how)
        except SeatError:
            return
        assert dump(self.world) == self.dumps[self.seat.history.now.number]

    @invariant()
    def nothing_is_lost(self):
        if not hasattr(self, "world"):
            return
        books = Books(self.world)
        books.check()
        assert not books.unknown(), books.unknown()
        if not self.lossy:
            assert not books.orphans(), (books.orphans(), list(self.world.journal), self.world.faults.all)

    def teardown(self):
        if not hasattr(self, "world"):
            return
        if self.world.faults.all:
            self.seat.heal("all")
        self.seat.wait(60 * DAY)
        self.nothing_is_lost()
        store = self.world.store
        assert [store.queue(host) for host in self.world.hosts] == [[]] * len(self.world.hosts)
        assert store.held() == []
        assert self.world.relay.flow[:2] == ((), ())


Conservation.TestCase.settings = settings(
    max_examples=60, stateful_step_count=14, deadline=None, suppress_health_check=list(HealthCheck)
)
TestConservation = Conservation.TestCase
