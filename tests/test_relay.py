"""Mail between hosts: which host gets it, what is tried again, what comes back, and what the sender hears."""

import email
import re

import pytest

from mailshell.core.clock import DAY, HOUR, MINUTE, SECOND, Instant
from mailshell.core.record import Closed, Exchange, Opened, Prompt
from mailshell.core.session import Peer
from mailshell.mail.faults import SEED
from mailshell.mail.host import Traits
from mailshell.mail.store import Account, BoxKey, Full
from mailshell.world.names import Mx, Records, Stop
from mailshell.world.plan import HostPlan, Plan
from mailshell.world.seat import Seat
from mailshell.world.start import START, STUDENT, build
from mailshell.world.world import World

HOME, AWAY, SPARE = "home.example", "away.example", "spare.example"


class Post:
    """Three hosts: home sends for the student, away takes mail, spare may be its backup; both relay `both.example`."""

    def __init__(self, names: dict[str, Records] | None = None, *, backup: bool = False, **traits: Traits) -> None:
        hosts = tuple(
            HostPlan(
                f"{name}.example",
                f"10.0.0.{number}",
                networks=("192.0.2.0/24",) if name == "home" else (),
                relays=()
                if name == "home"
                else ("both.example", AWAY)
                if name == "spare" and backup
                else ("both.example",),
                traits=traits.get(name, Traits()),
                said=frozenset(Traits._fields),
            )
            for number, name in enumerate(("home", "away", "spare"), 1)
        )
        accounts = tuple(Account(one.name, user, "x", user) for one in hosts for user in ("ann", "bob", "carol"))
        self.world: World = build(Plan("Post", HOME, hosts, accounts, names=names or {}))
        self.seat = Seat(self.world, STUDENT)

    def send(self, *recipients: str, sender: str = f"ann@{HOME}", words: str = "", text: bytes = b"Hello") -> None:
        """One message from home; each recipient may have parameters after its address."""
        paths = (one.partition(" ") for one in recipients)
        lines = [f"MAIL FROM:<{sender}>{words}", *(f"RCPT TO:<{path}> {more}".rstrip() for path, _, more in paths)]
        octets = b"Subject: a\r\n\r\n%b\r\n" % text
        end = b"BDAT %d LAST\r\n%b" % (len(octets), octets) if "BINARY" in words else b"DATA\r\n%b.\r\n" % octets
        self.seat.connect(HOME, "smtp", 1)
        self.seat.send(b"EHLO laptop.example\r\n" + "".join(f"{line}\r\n" for line in lines).encode() + end)

    def inbox(self, host: str, user: str) -> list[bytes]:
        store = self.world.store
        box = store.mailbox(BoxKey(host, user, "INBOX"))
        assert box is not None
        return [store.octets(message.body) for message in box.messages.values()]

    def reports(self, user: str = "ann", host: str = HOME) -> list[list[tuple[str, str, str]]]:
        """For each report in a mailbox: recipient, action and status of each group."""
        found = []
        for octets in self.inbox(host, user):
            message = email.message_from_bytes(octets)
            if message.get_content_type() == "multipart/report":
                text = octets.decode("latin-1").split(f"--{message.get_boundary()}")[2]
                found.append(re.findall(r"Final-Recipient: [\w-]+; (\S+)\r\nAction: (\w+)\r\nStatus: (\S+)", text))
        return found

    def waiting(self, host: str = HOME) -> list[str]:
        return [one.address for queued in self.world.store.queue(host) for one in queued.recipients]

    def log(self, host: str = HOME) -> list[tuple[str, str]]:
        return [(one.what, one.recipient or one.by) for one in self.world.journal if one.host == host]

    def talk(self) -> list[str]:
        """What clients of the hosts said, a line each; the answers' codes after it."""
        found = []
        for entry in self.world.transcript.entries:
            record = entry.record
            if entry.wire.kind == "relay" and isinstance(record, Opened):
                found.append(f"-> {entry.wire.host}")
            if entry.wire.kind == "relay" and isinstance(record, Exchange | Prompt):
                line = record.octets.decode("latin-1").split("\r\n")[0]
                found.append(f"{line} {record.replies[-1][:3].decode()}" if record.replies else line)
        return found


def mx(*hosts: str) -> Records:
    return Records(tuple(Mx(10 * number, host) for number, host in enumerate(hosts, 1)))


# Where mail goes


def test_a_message_goes_to_its_host_on_one_connection_in_few_turns():
    post = Post()
    post.send(f"bob@{AWAY}", f"carol@{AWAY}")
    assert post.talk() == [
        "-> away.example",
        "EHLO home.example 250",
        "MAIL FROM:<ann@home.example> SIZE=145 250",
        "RCPT TO:<bob@away.example> 250",
        "RCPT TO:<carol@away.example> 250",
        "DATA 354",
        ". 250",
        "QUIT 221",
    ]
    assert post.log() == [
        ("accepted", "lancs.uk"),
        ("queued", "bob@away.example"),
        ("queued", "carol@away.example"),
        ("relayed", "bob@away.example"),
        ("relayed", "carol@away.example"),
    ]
    assert not post.waiting()


def test_hosts_are_tried_in_the_order_of_their_preference():
    post = Post(backup=True)
    post.seat.fault(f"host-down {AWAY}")
    post.send(f"bob@{AWAY}")
    assert post.log(SPARE) == [("accepted", HOME), ("queued", f"bob@{AWAY}"), ("deferred", f"bob@{AWAY}")]
    assert not post.waiting()
    assert post.waiting(SPARE) == [f"bob@{AWAY}"]
    post.seat.heal("all")
    post.seat.wait(31 * MINUTE)
    assert len(post.inbox(AWAY, "bob")) == 1


def test_a_host_that_wants_nobody_is_passed_over():
    post = Post(backup=True)
    post.seat.fault(f"reject EHLO 450 {AWAY}")
    post.send(f"bob@{AWAY}")
    assert [line for line in post.talk() if line.startswith("->")][:2] == [f"-> {AWAY}", f"-> {SPARE}"]
    assert not post.waiting()


@pytest.mark.parametrize(
    ("address", "names", "status"),
    [
        ("x@null.example", {"null.example": Records((Mx(0, "."),))}, "5.1.10"),
        ("x@lost.example", {}, "5.1.2"),
        ("x@bare.example", {"bare.example": mx("nowhere.example")}, "5.4.4"),
        ("x@ours.example", {"ours.example": mx(HOME)}, "5.4.6"),
        ("bob@[10.9.9.9]", {}, "4.4.7"),
        (f"nobody@{AWAY}", {}, "5.1.1"),
    ],
)
def test_mail_that_cannot_go_comes_back(address, names, status):
    post = Post(names)
    post.send(address)
    if status[0] == "4":
        post.seat.wait(6 * DAY)
    assert post.reports()[-1] == [(address, "failed", status)]
    assert not post.waiting()


@pytest.mark.parametrize("address", [f"bob@{AWAY}", "bob@[10.0.0.2]", "bob@alias.example"])
def test_a_name_without_mx_leads_to_its_address(address):
    names = {AWAY: Records((), ("10.0.0.2",)), "alias.example": Records(alias=AWAY)}
    post = Post(names)
    post.send(address)
    assert (len(post.inbox(AWAY, "bob")) == 1) is ("alias" not in address)
    assert (post.reports() == [[(address, "failed", "5.7.1")]]) is ("alias" in address)


def test_a_silent_name_server_is_asked_again():
    post = Post()
    post.seat.fault(f"name-server-silent {AWAY}")
    post.send(f"bob@{AWAY}")
    (queued,) = post.world.store.queue(HOME)
    assert (queued.recipients[0].status, queued.recipients[0].by) == ("4.4.3", "")
    post.seat.heal("all")
    post.seat.wait(31 * MINUTE)
    assert len(post.inbox(AWAY, "bob")) == 1


def test_mail_that_goes_in_a_circle_ends_as_a_report(monkeypatch):
    """Each of two hosts hears from its name server that the other one is the host of a domain."""
    post = Post()
    real = post.world.route

    def route(host, domain, turn):
        if domain != "both.example":
            return real(host, domain, turn)
        away, spare = post.world.hosts[AWAY], post.world.hosts[SPARE]
        to = spare if host is away else away
        return (Stop(to.name, to.address),)

    monkeypatch.setattr(post.world, "route", route)
    post.send("x@both.example")
    hops = [one for one in post.world.journal if one.what == "accepted" and one.by in (AWAY, SPARE)]
    assert 95 <= len(hops) <= 105
    ((address, action, status),) = post.reports()[-1]
    assert (address, action, status) == ("x@both.example", "failed", "5.4.0")
    assert [post.waiting(host) for host in post.world.hosts] == [[], [], []]


# What a server says


def test_each_recipient_has_a_fate_of_its_own():
    post = Post()
    post.seat.fault(f"mailbox-full carol@{AWAY}")
    post.send(f"bob@{AWAY}", f"nobody@{AWAY}", f"carol@{AWAY}")
    assert len(post.inbox(AWAY, "bob")) == 1
    assert post.reports() == [[(f"nobody@{AWAY}", "failed", "5.1.1")]]
    assert post.waiting() == [f"carol@{AWAY}"]
    post.seat.heal("all")
    post.seat.wait(31 * MINUTE)
    assert (len(post.inbox(AWAY, "carol")), len(post.inbox(AWAY, "bob"))) == (1, 1)


@pytest.mark.parametrize("off", [frozenset(), frozenset({"LIMITS"}), frozenset({"PIPELINING", "LIMITS"})])
def test_more_recipients_than_a_server_takes_go_in_several_messages_at_once(off):
    post = Post(away=Traits(recipients=2, off=off))
    people = [f"{user}@{AWAY}" for user in ("ann", "bob", "carol", "postmaster")]
    post.send(*people)
    assert not post.waiting()
    assert [len(post.inbox(AWAY, user)) for user in ("ann", "bob", "carol", "postmaster")] == [1] * 4
    assert sum(line.startswith("MAIL") for line in post.talk()) == 2
    assert sum(line.startswith("RCPT") for line in post.talk()) == (4 if not off else 6)
    assert post.world.clock.now() == START


@pytest.mark.parametrize("off", [frozenset(), frozenset({"LIMITS"})])
def test_more_messages_than_a_connection_may_bring_go_on_new_ones(off):
    post = Post(away=Traits(transactions=2, off=off))
    post.seat.fault(f"host-down {AWAY}")
    for _ in range(5):
        post.send(f"bob@{AWAY}")
    post.seat.heal("all")
    post.seat.wait(31 * MINUTE)
    assert len(post.inbox(AWAY, "bob")) == 5
    assert post.talk().count(f"-> {AWAY}") == 3


LUCK = 8
"""With this seed the first two messages go through, and not the third."""


@pytest.mark.parametrize("how", ["reject MAIL 421", "drop .", "reject . 421", "drop MAIL"])
def test_a_server_that_goes_in_the_middle_gets_the_rest_on_a_new_connection(how):
    post = Post()
    post.seat.fault(f"host-down {AWAY}")
    post.world.store.note(SEED, LUCK)
    for _ in range(9):
        post.send(f"bob@{AWAY}")
    post.seat.heal("all")
    post.seat.fault(f"drop QUIT {AWAY}")
    post.seat.fault(f"{how} {AWAY} odds 30%")
    post.seat.wait(31 * MINUTE)
    assert post.talk().count(f"-> {AWAY}") > 1
    assert len(post.inbox(AWAY, "bob")) > 1
    post.seat.wait(4 * DAY)
    assert len(post.inbox(AWAY, "bob")) == 9


def test_a_client_that_has_waited_too_long_hangs_up():
    post = Post(away=Traits(off=frozenset({"PIPELINING"})))
    post.seat.fault(f"delay DATA 3m {AWAY}")
    post.send(f"bob@{AWAY}")
    post.seat.wait(2 * MINUTE)
    assert [one.text for one in post.world.journal if one.what == "deferred"] == [
        f"{AWAY} did not answer DATA within 2 minutes"
    ]
    closed = [entry for entry in post.world.transcript.entries if isinstance(entry.record, Closed)]
    assert closed[-1].at - START == 2 * MINUTE


def test_a_queue_that_is_full_is_tried_every_thirty_minutes_as_on_the_slide():
    post = Post()
    post.seat.fault(f"queue-full {AWAY}")
    post.send(f"bob@{AWAY}")
    post.seat.wait(2 * HOUR)
    tries = [one.at - START for one in post.world.journal if one.what == "deferred"]
    assert tries == [0, 30 * MINUTE, 60 * MINUTE, 90 * MINUTE, 120 * MINUTE]
    assert "452 4.3.1" in list(post.world.journal)[-1].text


def test_a_host_may_try_less_and_less_often():
    post = Post(home=Traits(backoff=True, warn=0))
    post.seat.fault(f"host-down {AWAY}")
    post.send(f"bob@{AWAY}")
    post.seat.wait(16 * HOUR)
    tries = [(one.at - START) // MINUTE for one in post.world.journal if one.what == "deferred"]
    assert tries == [0, 30, 90, 210, 450, 690, 930]


def test_a_message_is_given_up_after_days_and_its_sender_is_warned_once():
    post = Post()
    post.seat.fault(f"host-down {AWAY}")
    post.send(f"bob@{AWAY}")
    post.seat.wait(4 * HOUR)
    assert post.reports() == [[(f"bob@{AWAY}", "delayed", "4.4.1")]]
    post.seat.wait(4 * DAY)
    assert len(post.reports()) == 1
    post.seat.wait(DAY)
    assert post.reports()[1:] == [[(f"bob@{AWAY}", "failed", "4.4.7")]]
    assert [one.at - START for one in post.world.journal if one.what == "failed"] == [5 * DAY]
    assert not post.waiting()


# What a sender asks for


def test_reports_come_only_where_they_are_wanted():
    post = Post()
    wishes = ["NOTIFY=SUCCESS", "NOTIFY=NEVER", "NOTIFY=FAILURE", ""]
    post.send(
        *(f"{user}@{AWAY} {wish}" for user, wish in zip(["bob", "ann", "carol", "postmaster"], wishes, strict=True))
    )
    assert post.reports() == [[(f"bob@{AWAY}", "delivered", "2.0.0")]]
    post.send(*(f"no{number}@{AWAY} {wish}" for number, wish in enumerate(wishes)))
    assert post.reports()[1:] == [[(f"no2@{AWAY}", "failed", "5.1.1"), (f"no3@{AWAY}", "failed", "5.1.1")]]
    dropped = [one.recipient for one in post.world.journal if one.what == "dropped"]
    assert dropped == [f"no0@{AWAY}", f"no1@{AWAY}"]


def test_a_delay_is_told_only_to_who_wants_to_hear_of_it():
    post = Post()
    post.seat.fault(f"host-down {AWAY}")
    post.send(f"bob@{AWAY} NOTIFY=DELAY", f"ann@{AWAY} NOTIFY=FAILURE", f"carol@{AWAY} NOTIFY=NEVER")
    post.seat.wait(5 * HOUR)
    assert post.reports() == [[(f"bob@{AWAY}", "delayed", "4.4.1")]]


def test_the_wishes_of_dsn_go_all_the_way_and_come_back():
    post = Post()
    post.send(f"bob@{AWAY} NOTIFY=SUCCESS ORCPT=rfc822;b+2Bb@old.example", words=" RET=HDRS ENVID=e+2B1")
    mail, rcpt = [line for line in post.talk() if line.startswith(("MAIL FROM:<ann", "RCPT TO:<bob"))]
    assert mail == "MAIL FROM:<ann@home.example> SIZE=170 RET=HDRS ENVID=e+2B1 250"
    assert rcpt == "RCPT TO:<bob@away.example> NOTIFY=SUCCESS ORCPT=rfc822;b+2Bb@old.example 250"
    (report,) = post.inbox(HOME, "ann")
    assert b"\r\nOriginal-Envelope-Id: e+1\r\n" in report
    assert b"\r\nOriginal-Recipient: rfc822; b+b@old.example\r\n" in report
    assert b"Reporting-MTA: dns; away.example" in report


def test_mail_for_oneself_is_reported_too():
    post = Post()
    post.send(f"bob@{HOME} NOTIFY=SUCCESS", f"ann@{HOME}")
    assert post.reports() == [[(f"bob@{HOME}", "delivered", "2.0.0")]]


def test_a_report_of_delivery_that_finds_no_room_does_not_undo_the_delivery(monkeypatch):
    post = Post()
    keep = post.world.store.keep

    def full(octets: bytes, reserve: int = 0) -> int:
        if b"multipart/report" in octets:
            raise Full("There is no room.")
        return keep(octets, reserve)

    monkeypatch.setattr(post.world.store, "keep", full)
    post.send(f"bob@{HOME} NOTIFY=SUCCESS")
    assert len(post.inbox(HOME, "bob")) == 1
    assert post.reports() == []


@pytest.mark.parametrize("traits", [Traits(off=frozenset({"DSN"})), Traits(era="1995"), Traits(era="1982")])
def test_a_host_without_dsn_ends_the_reports(traits):
    post = Post(away=traits)
    post.send(f"bob@{AWAY} NOTIFY=SUCCESS", f"carol@{AWAY} NOTIFY=FAILURE", words=" ENVID=a")
    assert post.reports() == [[(f"bob@{AWAY}", "relayed", "2.0.0")]]
    assert not any("NOTIFY" in line or "ENVID" in line for line in post.talk())


def test_a_report_that_finds_no_room_comes_later(monkeypatch):
    post = Post()
    store = post.world.store
    keep, room = store.keep, False

    def full(octets: bytes, reserve: int = 0) -> int:
        if b"multipart/report" in octets and not room:
            raise Full("There is no room.")
        return keep(octets, reserve)

    monkeypatch.setattr(store, "keep", full)
    post.send("x@lost.example")
    assert post.waiting() == ["x@lost.example"]
    room = True
    post.seat.wait(31 * MINUTE)
    assert post.reports() == [[("x@lost.example", "failed", "5.1.2")]]
    assert not post.waiting()


def test_a_warning_that_finds_no_room_comes_later(monkeypatch):
    post = Post()
    post.seat.fault(f"host-down {AWAY}")
    post.send(f"bob@{AWAY}")
    store = post.world.store
    keep = store.keep

    def full(octets: bytes, reserve: int = 0) -> int:
        raise Full("There is no room.")

    monkeypatch.setattr(store, "keep", full)
    post.seat.wait(5 * HOUR)
    monkeypatch.setattr(store, "keep", keep)
    assert post.reports() == []
    post.seat.wait(HOUR)
    assert post.reports() == [[(f"bob@{AWAY}", "delayed", "4.4.1")]]


def test_mail_with_a_by_time_comes_back_when_it_is_late():
    post = Post()
    post.seat.fault(f"host-down {AWAY}")
    post.send(f"bob@{AWAY}", words=" BY=600;R")
    post.seat.wait(10 * MINUTE)
    assert post.reports() == [[(f"bob@{AWAY}", "failed", "5.4.7")]]
    assert [one.at - START for one in post.world.journal if one.what == "failed"] == [600 * SECOND]


def test_mail_with_a_by_time_and_a_notice_is_tried_on():
    post = Post()
    post.seat.fault(f"host-down {AWAY}")
    post.send(f"bob@{AWAY}", words=" BY=600;N")
    post.seat.wait(10 * MINUTE)
    assert post.reports() == [[(f"bob@{AWAY}", "delayed", "4.4.7")]]
    post.seat.heal("all")
    post.seat.wait(31 * MINUTE)
    assert len(post.inbox(AWAY, "bob")) == 1


@pytest.mark.parametrize(
    ("off", "words", "reports"),
    [
        ((), " BY=600;NT", [[(f"bob@{AWAY}", "relayed", "2.0.0")]]),
        ((), " BY=600;R", []),
        (("DELIVERBY",), " BY=600;R", [[(f"bob@{AWAY}", "failed", "5.3.3")]]),
        (("DELIVERBY",), " BY=600;N", [[(f"bob@{AWAY}", "relayed", "2.0.0")]]),
    ],
)
def test_a_by_time_goes_on_with_what_is_left_of_it(off, words, reports):
    post = Post(away=Traits(off=frozenset(off)))
    post.send(f"bob@{AWAY}", words=words)
    assert post.reports() == reports
    assert any(words.strip() in line for line in post.talk()) is not bool(off)


def test_mail_that_its_sender_wants_held_is_held_and_then_has_all_its_time():
    post = Post(home=Traits(give_up=HOUR, warn=0))
    post.send(f"bob@{AWAY}", f"bob@{HOME}", words=" HOLDFOR=7200")
    post.seat.fault(f"host-down {AWAY}")
    assert (post.inbox(HOME, "bob"), post.talk()) == ([], [])
    post.seat.wait(2 * HOUR)
    assert len(post.inbox(HOME, "bob")) == 1
    assert post.waiting() == [f"bob@{AWAY}"]
    assert post.reports() == []
    post.seat.wait(HOUR)
    assert post.reports() == [[(f"bob@{AWAY}", "failed", "4.4.7")]]


def test_until_a_moment_is_held_as_well():
    post = Post(home=Traits(give_up=HOUR, warn=HOUR // 2))
    post.send(f"bob@{AWAY}", words=" HOLDUNTIL=2015-03-09T12:00:00Z")
    post.seat.fault(f"host-down {AWAY}")
    post.seat.wait(2 * HOUR)
    assert post.waiting() == [f"bob@{AWAY}"]
    post.seat.wait(31 * MINUTE)
    assert post.reports() == [[(f"bob@{AWAY}", "delayed", "4.4.1")]]


def test_urgent_mail_goes_first_and_says_so():
    post = Post()
    post.seat.fault(f"host-down {AWAY}")
    for priority in (-3, 0, 4):
        post.send(f"bob@{AWAY}", words=f" MT-PRIORITY={priority}")
    post.seat.heal("all")
    post.seat.wait(31 * MINUTE)
    mails = [line for line in post.talk() if line.startswith("MAIL")]
    assert [re.findall(r"MT-PRIORITY=(\S+)", line) for line in mails] == [["4"], ["0"], ["-3"]]


@pytest.mark.parametrize(
    ("sender", "recipient", "words", "text", "status"),
    [
        (f"ann@{HOME}", f"bob@{AWAY}", " BODY=8BITMIME", b"\xe9", "5.6.3"),
        (f"ann@{HOME}", f"bob@{AWAY}", " BODY=BINARYMIME", b"\0", "5.6.3"),
        (f"ann@{HOME}", f"zo\xeb@{AWAY}", " SMTPUTF8", b"a", "5.6.7"),
    ],
)
@pytest.mark.parametrize(
    "traits",
    [
        Traits(era="1982"),
        Traits(era="1995", off=frozenset({"8BITMIME"})),
        Traits(off=frozenset({"8BITMIME", "SMTPUTF8", "CHUNKING"})),
    ],
)
def test_what_the_next_host_cannot_take_comes_back_and_never_goes(sender, recipient, words, text, status, traits):
    post = Post(away=traits)
    post.send(recipient, sender=sender, words=words, text=text)
    (((address, action, said),),) = post.reports()
    assert (address.encode("latin-1").decode(), action, said) == (recipient, "failed", status)
    assert not any(line.startswith("MAIL") for line in post.talk())


def test_binary_octets_arrive_as_they_are():
    post = Post()
    post.send(f"bob@{AWAY}", words=" BODY=BINARYMIME", text=b"\0\r\n.\r\n\xff")
    assert post.inbox(AWAY, "bob")[0].endswith(b"\r\n\r\n\0\r\n.\r\n\xff\r\n")
    assert any(line.startswith("BDAT") for line in post.talk())


def test_a_message_bigger_than_the_next_host_takes_comes_back():
    post = Post(away=Traits(size=65_536))
    post.send(f"bob@{AWAY}", text=b"x" * 70_000)
    assert post.reports() == [[(f"bob@{AWAY}", "failed", "5.3.4")]]


# Reports that cannot go


def test_a_report_about_a_report_goes_to_the_postmaster_and_no_further():
    post = Post()
    post.send(f"nobody@{AWAY}", sender=f"gone@{SPARE}")
    assert post.reports("postmaster") == [[(f"gone@{SPARE}", "failed", "5.1.1")]]
    post.send(f"nobody@{AWAY}", sender="")
    assert post.reports("postmaster")[1:] == [[(f"nobody@{AWAY}", "failed", "5.1.1")]]
    assert [post.waiting(host) for host in post.world.hosts] == [[], [], []]


def test_a_delay_of_a_report_is_told_to_nobody():
    post = Post()
    post.seat.fault(f"host-down {AWAY}")
    post.send(f"bob@{AWAY}", sender="")
    post.seat.wait(5 * HOUR)
    post.send(f"bob@{AWAY}", sender=f"nobody@{HOME}")
    post.seat.wait(5 * HOUR)
    assert post.reports("postmaster") == []


def test_hosts_of_one_preference_share_the_mail_and_stand_in_for_each_other():
    """RFC 5321 section 5.1: the load is spread over hosts of one preference."""
    post = Post({"pair.example": Records((Mx(10, AWAY), Mx(10, SPARE)))})
    for _ in range(20):
        post.send("x@pair.example")
    shares = [post.talk().count(f"-> {name}") for name in (AWAY, SPARE)]
    assert sum(shares) == 20
    assert min(shares) > 5
    post.seat.fault(f"host-down {AWAY}")
    for _ in range(4):
        post.send("x@pair.example")
    assert [post.talk().count(f"-> {name}") for name in (AWAY, SPARE)] == [shares[0], shares[1] + 4]


# Time and trouble


def test_an_answer_that_is_lost_brings_the_message_twice():
    post = Post()
    post.seat.fault(f"lose . {AWAY}")
    post.send(f"bob@{AWAY}")
    assert (len(post.inbox(AWAY, "bob")), post.waiting()) == (1, [f"bob@{AWAY}"])
    post.seat.heal("all")
    post.seat.wait(31 * MINUTE)
    assert (len(post.inbox(AWAY, "bob")), post.waiting()) == (2, [])


def test_a_message_that_a_slow_host_is_about_to_take_is_not_sent_again():
    post = Post(home=Traits(retry=MINUTE))
    post.seat.fault(f"slow {AWAY} 3m")
    post.send(f"bob@{AWAY}")
    post.seat.wait(30 * MINUTE)
    assert (len(post.inbox(AWAY, "bob")), post.waiting()) == (1, [])
    assert post.talk().count(f"-> {AWAY}") == 1


def test_the_server_of_a_slow_host_does_not_hang_up_before_its_answer_is_heard():
    post = Post()
    post.seat.fault(f"delay . 9m {AWAY}")
    post.send(f"bob@{AWAY}")
    post.seat.wait(20 * MINUTE)
    assert (len(post.inbox(AWAY, "bob")), post.waiting()) == (1, [])


@pytest.mark.parametrize("where", [HOME, AWAY])
def test_a_full_disk_delays_and_loses_nothing(where, monkeypatch):
    post = Post()
    post.seat.fault(f"host-down {AWAY}")
    post.send(f"bob@{AWAY}")
    post.seat.heal("all")
    store = post.world.store
    commit, fails = store.commit, [where == HOME]

    def broken() -> None:
        if fails[0]:
            store.rollback()
            raise Full("The disk is full.")
        commit()

    monkeypatch.setattr(store, "commit", broken)
    if where == AWAY:
        post.seat.fault(f"disk-full {AWAY}")
    post.world.advance(Instant(START + 40 * MINUTE))
    assert post.inbox(AWAY, "bob") == []
    assert post.waiting() == [f"bob@{AWAY}"]
    fails[0] = False
    if where == AWAY:
        post.seat.heal("all")
    post.world.advance(Instant(START + 80 * MINUTE))
    assert (len(post.inbox(AWAY, "bob")), post.waiting()) == (1, [])


def test_a_turn_takes_on_a_bounded_part_of_a_long_queue():
    post = Post()
    post.seat.fault(f"host-down {AWAY}")
    post.seat.connect(HOME, "smtp", 1)
    post.seat.send(b"EHLO a\r\n" + 250 * b"MAIL FROM:<>\r\nRCPT TO:<bob@away.example>\r\nDATA\r\n\r\nHi\r\n.\r\n")
    post.seat.heal("all")
    world = post.world
    world.clock.turn(Instant(START + HOUR))
    assert world.carry()
    tried = [one for one in world.store.queue(HOME) if one.attempts == 2]
    assert 0 < len(tried) <= 100
    other = world.open(AWAY, "smtp", Peer("192.0.2.77", "192.0.2.77", inside=False), lambda octets, last: None, "tcp")
    world.settle_turn()
    assert not other.closed
    world.settle()
    assert len(post.inbox(AWAY, "bob")) == 250
