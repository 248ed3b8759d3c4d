"""What the parameters of MAIL and RCPT do: to the queue, to the trace fields, to the time of delivery."""

import sqlite3
from pathlib import Path as FilePath

import pytest

from mailshell.core.clock import HOUR, MINUTE, SECOND, Instant, iso_date
from mailshell.core.record import Exchange, Fault, Prompt
from mailshell.core.session import Peer
from mailshell.mail import faults
from mailshell.mail.disk import SCHEMA, Disk
from mailshell.mail.host import Traits
from mailshell.mail.queue import NO_TERMS, Held, Queued, Recipient, Terms
from mailshell.mail.store import BoxKey, Full, Store
from mailshell.shell.mailboxes import mailbox
from mailshell.shell.queues import queue as listed
from mailshell.shell.view import View
from mailshell.smtp import limits
from mailshell.smtp.commands import mail, rcpt
from mailshell.smtp.extensions.futurerelease import misfit, moment
from mailshell.world.seat import Seat
from mailshell.world.start import START, STUDENT, build
from mailshell.world.world import World

E = "EHLO lancs.uk"
M = "MAIL FROM:<alice@lancs.uk>"
TEXT = ("DATA", "Subject: Lunch", "", "At noon?", ".")
INBOX = BoxKey("lancs.uk", "alice", "INBOX")


def seat(
    host="lancs.uk", *lines: str, store: Store | None = None, traits: Traits | None = None, down: str = ""
) -> Seat:
    """Somebody who has sent lines to a host, in a world where no connection to the host `down` can be opened."""
    made = Seat(build("lecture", store=store, traits=traits), STUDENT, "script")
    if down:
        made.world.suffer(faults.Faults().put(faults.Fault("host-down", down)))
    made.connect(host, "smtp")
    send(made, E, *lines)
    return made


def send(made: Seat, *lines: str) -> str:
    """Send lines; the answer is the last reply."""
    for line in lines:
        made.send(line.encode() + b"\r\n")
    record = next(e.record for e in reversed(made.world.transcript.entries) if isinstance(e.record, Exchange | Prompt))
    return b"".join(record.replies).decode()


def subjects(world: World, key: BoxKey = INBOX) -> list[str]:
    """The subject of each message of a mailbox."""
    found = world.store.mailbox(key)
    assert found is not None
    octets = [world.store.octets(message.body) for message in found.messages.values()]
    return [one.split(b"Subject: ", 1)[1].split(b"\r\n", 1)[0].decode() for one in octets]


def letter(subject: str, *parameters: str, to: tuple[str, ...] = ("alice@lancs.uk",)) -> tuple[str, ...]:
    mail = " ".join([M, *parameters])
    return (mail, *(f"RCPT TO:<{one}>" for one in to), "DATA", f"Subject: {subject}", "", ".")


def queue(made: Seat, host: str = "lancs.uk") -> list[Queued]:
    return made.world.store.queue(host)


def test_the_queue_keeps_what_mail_and_rcpt_asked_for():
    made = seat(
        "lancs.uk",
        M + " BODY=8BITMIME SIZE=30 RET=hdrs ENVID=a+2Bb BY=+120;rt HOLDFOR=60 MT-PRIORITY=3 SMTPUTF8",
        "RCPT TO:<bob@nyu.edu> NOTIFY=Success,DELAY ORCPT=rfc822;Bob@nyu.edu",
        "RCPT TO:<alice@lancs.uk> NOTIFY=NEVER",
        "RCPT TO:<z\xe9@nyu.edu>",
    )
    made.wait(2 * SECOND)  # BY and HOLDFOR count from MAIL on
    send(made, *TEXT)
    (one,) = queue(made)
    assert one.recipients == (
        Recipient("bob@nyu.edu", ("SUCCESS", "DELAY"), "rfc822;Bob@nyu.edu"),
        Recipient("z\xe9@nyu.edu"),
    )
    by = Instant(START + 120 * SECOND)
    assert one.terms == Terms("8BITMIME", True, "HDRS", "a+2Bb", by, "R", True, 3, "for;60")
    assert (one.arrived, one.release) == (START + 2 * SECOND, START + 60 * SECOND)


def test_a_message_without_parameters_has_no_terms():
    made = seat("lancs.uk", M, "RCPT TO:<bob@nyu.edu>", *TEXT, down="nyu.edu")
    (one,) = queue(made)
    assert (one.terms, one.recipients[0][:3]) == (NO_TERMS, Recipient("bob@nyu.edu")[:3])


def test_the_first_wishes_for_a_recipient_hold_no_longer_than_the_next_ones():
    made = seat(
        "lancs.uk", M, "RCPT TO:<bob@nyu.edu> NOTIFY=NEVER", "RCPT TO:<bob@nyu.edu> NOTIFY=DELAY", *TEXT, down="nyu.edu"
    )
    assert queue(made)[0].recipients[0][:3] == Recipient("bob@nyu.edu", ("DELAY",))[:3]


def test_hold_until_is_kept_as_it_was_written():
    made = seat("lancs.uk", M + " HOLDUNTIL=2015-03-09T12:00:00.5Z", "RCPT TO:<bob@nyu.edu>", *TEXT)
    (one,) = queue(made)
    assert one.terms.hold == "until;2015-03-09T12:00:00.5Z"
    assert one.release == START + 2 * HOUR + SECOND // 2


@pytest.mark.parametrize(
    ("host", "value", "kept"),
    [("lancs.uk", "9", "9"), ("nyu.edu", "9", "0"), ("nyu.edu", "-9", "-9"), ("nyu.edu", "0", "0")],
)
def test_the_received_field_names_the_priority_that_was_granted(host, value, kept):
    user = "alice@lancs.uk" if host == "lancs.uk" else "carol@nyu.edu"
    made = seat(host, f"{M} MT-PRIORITY={value}", f"RCPT TO:<{user}>", *TEXT)
    box = made.world.store.mailbox(BoxKey(host, user.split("@")[0], "INBOX"))
    assert box is not None
    octets = made.world.store.octets(box.messages[1].body)
    assert b"\r\n\tfor <%b>\r\n\tPRIORITY %b;\r\n\t" % (user.encode(), kept.encode()) in octets


def test_the_received_field_says_utf8smtp():
    made = seat("lancs.uk", "MAIL FROM:<zo\xeb@m\xfcnchen.example> SMTPUTF8", "RCPT TO:<alice@lancs.uk>", *TEXT)
    box = made.world.store.mailbox(INBOX)
    assert box is not None
    octets = made.world.store.octets(box.messages[1].body).decode()
    assert octets.startswith("Return-Path: <zo\xeb@m\xfcnchen.example>\r\n")
    assert "\tby lancs.uk with UTF8SMTP id 1\r\n" in octets


def test_a_held_message_comes_at_its_time_and_in_order():
    made = seat("lancs.uk", *letter("late", "HOLDFOR=7200"), *letter("early", "HOLDFOR=3600"), *letter("now"))
    world = made.world
    assert subjects(world) == ["now"]
    assert world.next_event() == START + HOUR
    made.wait(HOUR - SECOND)
    assert subjects(world) == ["now"]
    made.wait(SECOND)
    assert subjects(world) == ["now", "early"]
    made.wait(10 * HOUR)
    assert subjects(world) == ["now", "early", "late"]
    assert world.next_event() is None
    box = world.store.mailbox(INBOX)
    assert box is not None
    assert [one.internal_date for one in box.messages.values()] == [START, START + HOUR, START + 2 * HOUR]


def test_what_is_released_at_the_same_time_comes_in_the_order_of_acceptance():
    made = seat("lancs.uk", *(line for n in range(12) for line in letter(str(n), "HOLDUNTIL=2015-03-09T11:00:00Z")))
    made.wait(HOUR)
    assert subjects(made.world) == [str(n) for n in range(12)]


def test_release_and_time_outs_happen_in_order():
    made = seat("lancs.uk", *letter("held", "HOLDFOR=240"))
    assert made.world.due() == START + 4 * MINUTE
    made.wait(HOUR, idle=True)
    assert made.link.closed
    assert subjects(made.world) == ["held"]
    entry = made.world.transcript.entries[-1]
    assert entry.at == START + 5 * MINUTE


def test_undo_takes_a_release_back():
    made = seat("lancs.uk", *letter("held", "HOLDFOR=60"))
    made.wait(HOUR)
    assert subjects(made.world) == ["held"]
    made.undo()
    assert subjects(made.world) == []
    assert made.world.next_event() == START + MINUTE
    made.redo()
    assert subjects(made.world) == ["held"]


def test_one_held_message_for_several_users_and_another_host():
    made = seat(
        "lancs.uk", *letter("held", "HOLDFOR=60", to=("alice@lancs.uk", "postmaster", "bob@nyu.edu")), down="nyu.edu"
    )
    (held,) = made.world.store.held()
    assert held == Held("1", "lancs.uk", ("alice", "postmaster"), held.body, Instant(START + MINUTE))
    assert queue(made)[0].release == START + MINUTE
    made.wait(MINUTE)
    assert subjects(made.world) == subjects(made.world, BoxKey("lancs.uk", "postmaster", "INBOX")) == ["held"]
    assert made.world.store.held() == []
    assert len(queue(made)) == 1


def test_a_host_that_keeps_nothing_holds_nothing():
    world = build("discard")
    made = Seat(world, STUDENT, "script")
    made.connect("lancs.uk", "smtp")
    assert send(made, E, *letter("gone", "HOLDFOR=60")).startswith("250 2.0.0")
    assert world.store.held() == []


def test_without_room_nothing_is_held():
    made = seat("lancs.uk", store=Store(history=True, limit=2000))
    assert send(made, *letter("x" * 900, "HOLDFOR=60")).startswith("452 4.3.1")
    assert made.world.store.held() == []


def test_a_held_message_survives_a_restart(tmp_path):
    path = str(tmp_path / "state")
    store = Store(disk=Disk(path))
    made = World(
        build("lecture", store=store).hosts, store, build("lecture", store=store).clock, seat().world.transcript, {}
    )
    sent: list[bytes] = []
    link = made.open(
        "lancs.uk", "smtp", Peer("lancs.uk", "192.0.2.10", True), lambda octets, close: sent.append(octets)
    )
    lines = (E, *letter("held", "HOLDFOR=60", to=("alice@lancs.uk", "bob@nyu.edu")))
    made.feed(link, "".join(line + "\r\n" for line in lines).encode())
    made.settle()
    assert b"250 2.0.0" in sent[-1]
    waiting, held = store.queue("lancs.uk"), store.held()
    store.close()

    store = Store(disk=Disk(path))
    assert (store.queue("lancs.uk"), store.held()) == (waiting, held)
    again = build("lecture", store=store)
    assert subjects(again) == []
    again.advance(Instant(START + MINUTE))
    assert subjects(again) == ["held"]
    store.close()
    store = Store(disk=Disk(path))
    assert (subjects(build("lecture", store=store)), store.held()) == (["held"], [])
    store.close()


def test_a_release_that_finds_no_room_is_tried_again_a_minute_later(tmp_path, monkeypatch):
    store = Store(disk=Disk(str(tmp_path / "state")))
    world = build("lecture", store=store)
    link = world.open("lancs.uk", "smtp", Peer("lancs.uk", "192.0.2.10", True), lambda octets, close: None)
    world.feed(link, "".join(line + "\r\n" for line in (E, *letter("held", "HOLDFOR=60"))).encode())
    world.settle()
    disk = store._disk
    assert disk is not None
    tries = []

    def refuse(pending, bodies, unused):
        tries.append(world.clock.now())
        raise Full("No room.")

    with monkeypatch.context() as patch:
        patch.setattr(disk, "write", refuse)
        world.advance(Instant(START + 3 * MINUTE))
        assert tries == [START + MINUTE, START + 2 * MINUTE, START + 3 * MINUTE]
        assert subjects(world) == []
        assert world.next_event() == START + 4 * MINUTE
    world.advance(Instant(START + 4 * MINUTE))
    assert subjects(world) == ["held"]
    store.close()


def test_a_state_file_of_schema_1_is_upgraded(tmp_path):
    """The tables of schema 1, as the first mailshell wrote them."""
    path = tmp_path / "state"
    connection = sqlite3.connect(path)
    connection.executescript((FilePath(__file__).parent / "schema-1.sql").read_text(encoding="utf-8"))
    connection.close()
    store = Store(disk=Disk(str(path)))
    (one,) = store.queue("nyu.edu")
    recipients = (Recipient("a@b.test"), Recipient('"x y"@b.test'))
    assert one == Queued("Q1", "nyu.edu", "bob@nyu.edu", recipients, 1, 5, Instant(7), Instant(7))
    assert store.octets(1) == b"hello"
    assert store.held() == []
    held = store.hold("nyu.edu", "1", ("bob",), store.keep(b"later"), Instant(9))
    store.commit()
    store.close()
    store = Store(disk=Disk(str(path)))
    assert (store.queue("nyu.edu"), store.held()) == ([one], [held])
    assert store._disk is not None
    assert store._disk._connection.execute("PRAGMA user_version").fetchone() == (SCHEMA,)
    store.close()


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2015-03-09T10:00:00Z", "2015-03-09T10:00:00Z"),
        ("2016-02-29T23:59:59.250000Z", "2016-02-29T23:59:59Z"),
        ("2015-12-31T00:00:00Z", "2015-12-31T00:00:00Z"),
    ],
)
def test_a_moment_is_one_of_the_calendar(text, at):
    assert misfit(text) is None
    assert iso_date(moment(text)) == at


FROM = "MAIL FROM:<a@b.example> "
TO = "RCPT TO:<bob@nyu.edu> "


@pytest.mark.parametrize(
    ("right", "wrong", "says"),
    [
        (FROM + "SIZE=12", "x", "the value ends before it, as in SIZE=412"),
        (FROM + "SIZE=12345678901234567890", "1", "the value ends before it"),
        (FROM + "BODY=8BITMIME", "X", "the value ends before it"),
        (FROM + "BY=", "x", "one to nine digits"),
        (FROM + "BY=-", "x", "one to nine digits"),
        (FROM + "BY=120", ",R", "after nine digits at most"),
        (FROM + "BY=123456789", "0;R", "after nine digits at most"),
        (FROM + "BY=120;", "X", "notify when the time is over"),
        (FROM + "BY=120;R", "X", "report each relaying"),
        (FROM + "BY=120;RT", "X", "the value ends before it, as in BY=120;R"),
        (FROM + "MT-PRIORITY=1", "0", "one digit: -9 to 9"),
        (FROM + "MT-PRIORITY=", "-0", "-9 to 9"),
        (FROM + "RET=", "FULX", "FULL or HDRS"),
        (FROM + "RET=FULL", "X", "the value ends before it"),
        (FROM + "ENVID=ab", "=c", "as +HH"),
        (FROM + "ENVID=ab+", "0A", "as +HH"),
        (FROM + "ENVID=ab+7", "F", "as +HH"),
        (FROM + "ENVID=ab+2", "b", "as +HH"),
        (FROM + "ENVID=" + "x" * 94, "x", "100 characters at most, ENVID= counted"),
        (FROM + "HOLDFOR=123456789", "0", "the value ends before it"),
        (FROM + "HOLDFOR=60", ".5", "the value ends before it"),
        (FROM + "HOLDUNTIL=", "tomorrow", "a moment, as in"),
        (FROM + "HOLDUNTIL=2015", "/03/09", '"-" (as in'),
        (FROM + "HOLDUNTIL=2015-0", "x-09", "a digit (as in"),
        (FROM + "HOLDUNTIL=2015-03-09", "_10:00:00Z", '"T" (as in'),
        (FROM + "HOLDUNTIL=2015-03-09T12:00:00", "+01:00", '"Z" (for UTC'),
        (FROM + "HOLDUNTIL=2015-03-09T12:00:00.", "Z", "a digit (as in"),
        (FROM + "HOLDUNTIL=2015-03-09T12:00:00.123456", "7Z", '"Z" (for UTC'),
        (FROM + "HOLDUNTIL=2015-03-09T12:00:00Z", "0", "the value ends before it"),
        (FROM + "HOLDUNTIL=2015-", "00-09T10:00:00Z", "01 to 12 (the month"),
        (FROM + "HOLDUNTIL=2015-", "13-09T10:00:00Z", "01 to 12 (the month"),
        (FROM + "HOLDUNTIL=2015-02-", "29T10:00:00Z", "01 to 28 (the day"),
        (FROM + "HOLDUNTIL=2016-12-", "32T10:00:00Z", "01 to 31 (the day"),
        (FROM + "HOLDUNTIL=2015-03-", "00T10:00:00Z", "01 to 31 (the day"),
        (FROM + "HOLDUNTIL=2015-03-09T", "24:00:00Z", "00 to 23 (the hour"),
        (FROM + "HOLDUNTIL=2015-03-09T10:", "60:00Z", "00 to 59 (the minute"),
        (FROM + "HOLDUNTIL=2015-03-09T10:00:", "60.5Z", "00 to 59 (the second"),
        (TO + "NOTIFY=", "SOON", "when to send a report"),
        (TO + "NOTIFY=SUCCESS,", "SOON", "when to send a report"),
        (TO + "NOTIFY=SUCCESS,", ",DELAY", "when to send a report"),
        (TO + "NOTIFY=SUCCESS", ";DELAY", "one more of"),
        (TO + "NOTIFY=DELAY,", "NEVER", "when to send a report"),
        (TO + "NOTIFY=NEVER", ",DELAY", "NEVER stands alone"),
        (TO + "NOTIFY=NEVER", "X", "the value ends before it"),
        (TO + "ORCPT=rfc822", ",a", "between the type and the address"),
        (TO + "ORCPT=rfc822;a", "=b", "as +HH"),
        (TO + "ORCPT=rfc822;a+", "x", "as +HH"),
        (TO + "ORCPT=utf-8;a", "=b", "\\x{HH}"),
        (TO + "ORCPT=utf-8;a\\", "y", "\\x{HH}"),
        (TO + "ORCPT=utf-8;a\\x{F", "g}", "\\x{HH}"),
        (TO + "ORCPT=utf-8;a\\x{123456", "7}", "\\x{HH}"),
        (TO + "ORCPT=rfc822;" + "x" * 487, "x", "500 characters at most, ORCPT= counted"),
        (TO + "ORCPT=utf-8;\xeb" + "x" * 487, "x", "500 characters at most, ORCPT= counted"),
    ],
)
def test_a_fault_is_where_the_value_goes_wrong(right, wrong, says):
    made = seat("lancs.uk")
    if right.startswith("RCPT"):
        send(made, M + " SMTPUTF8")
    send(made, right + wrong)
    record = made.world.transcript.entries[-1].record
    assert isinstance(record, Exchange)
    assert isinstance(record.parsed, Fault)
    assert record.parsed.at == len(right.encode())
    assert says in record.because


@pytest.mark.parametrize(
    ("before", "command", "line", "more"),
    [
        ((), mail.COMMAND, M + " SMTPUTF8 X=", "250"),
        ((M,), rcpt.COMMAND, "RCPT TO:<bob@nyu.edu> NOTIFY=NEVER X=", "250"),
    ],
)
def test_parameters_make_the_longest_line_longer(before, command, line, more):
    made = seat("nyu.edu", *before)
    room = command.limit - len(line) - 2
    assert room > 500
    assert send(made, line + "x" * room).startswith("555 ")
    assert send(made, line + "x" * (room + 1)).startswith("500 5.5.2")


@pytest.mark.parametrize(
    ("extension", "line"),
    [
        ("SIZE", M + " SIZE=big"),
        ("8BITMIME", M + " BODY=9BIT"),
        ("DSN", M + " RET=ALL"),
        ("DSN", M + " ENVID="),
        ("DSN", M + " ENVID= x"),
        ("DELIVERBY", M + " BY=soon"),
        ("FUTURERELEASE", M + " HOLDFOR=0"),
        ("MT-PRIORITY", M + " MT-PRIORITY=10"),
        ("REQUIRETLS", M + " REQUIRETLS=yes"),
        ("SMTPUTF8", M + " SIZE=9 SMTPUTF8=yes"),
        ("DSN", "RCPT TO:<bob@nyu.edu> NOTIFY=PERHAPS"),
        ("DSN", "RCPT TO:<bob@nyu.edu> ORCPT=bob"),
    ],
)
def test_a_server_knows_no_grammar_of_what_it_does_not_have(extension, line):
    before = [M] if line.startswith("RCPT") else []
    assert send(seat("nyu.edu", *before), line).startswith("501 5.5.4")
    without = Traits(off=frozenset({extension}))
    assert send(seat("nyu.edu", *before, traits=without), line).startswith("555 5.5.4")


def test_the_limits_of_the_lines_are_the_sums_of_the_rfcs():
    assert mail.COMMAND.limit == 512 + 26 + 16 + 9 + 101 + 17 + 34 + 15 + 11 + 10
    assert rcpt.COMMAND.limit == 512 + 29 + 501


@pytest.mark.parametrize("recipients", [1, 3])
@pytest.mark.parametrize("refused", [0, 1])
def test_the_limits_that_are_announced_hold(recipients, refused):
    made = seat("nyu.edu", traits=Traits(recipients=recipients, transactions=2))
    greeting = next(e.record for e in reversed(made.world.transcript.entries) if isinstance(e.record, Exchange))
    assert f"250-LIMITS RCPTMAX={recipients} MAILMAX=2\r\n".encode() in greeting.replies
    for _ in range(2):
        assert send(made, M).startswith("250")
        for _ in range(refused):
            assert send(made, "RCPT TO:<nobody@nyu.edu>").startswith("550")
        for _ in range(recipients - refused):
            assert send(made, "RCPT TO:<bob@nyu.edu>").startswith("250")
        assert send(made, "RCPT TO:<bob@nyu.edu>").startswith("452 4.5.3")
        send(made, "RSET")
    assert send(made, M).startswith("452 4.5.0")
    assert send(made, "HELO lancs.uk", M).startswith("452 4.5.0")


@pytest.mark.parametrize("recipients", [0, limits.ANNOUNCED + 1])
def test_a_limit_that_the_grammar_cannot_say_is_not_announced(recipients):
    made = seat("nyu.edu", traits=Traits(recipients=recipients))
    assert "LIMITS" not in send(made, E)
    made = seat("nyu.edu", traits=Traits(recipients=recipients, transactions=5))
    assert "LIMITS MAILMAX=5\r\n" in send(made, E)


@pytest.mark.parametrize(
    "address",
    [
        "z\xfc@nyu.edu",
        "\u4e2d.\u6587@nyu.edu",
        '"\u0416 x"@nyu.edu',
        "zoe@m\xfcnchen.example",
        "zoe@\u0939\u093f\u0928.example",
    ],
)
def test_an_address_outside_ascii_is_written_again_as_it_came(address):
    made = seat("nyu.edu")
    made.send(f"MAIL FROM:<{address}> SMTPUTF8\r\n".encode())
    record = made.world.transcript.entries[-1].record
    assert isinstance(record, Exchange)
    assert not isinstance(record.parsed, Fault)
    assert record.replies == (b"250 2.1.0 Sender ok\r\n",)
    assert record.parsed.line() == f"MAIL FROM:<{address}> SMTPUTF8".encode()


@pytest.mark.parametrize(
    "octets", [b"\xff", b"\xc3", b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xe0\x80\x80"]
)
def test_octets_that_are_no_utf8_are_no_address(octets):
    made = seat("nyu.edu")
    for path in (b"<a%b@nyu.edu>", b'<"%b"@nyu.edu>', b"<a@%b.example>"):
        made.send(b"MAIL FROM:" + path % octets + b" SMTPUTF8\r\n")
        record = made.world.transcript.entries[-1].record
        assert isinstance(record, Exchange)
        assert record.replies == (b"501 5.1.7 Bad sender address syntax\r\n",)


@pytest.mark.parametrize(
    ("right", "wrong", "says"),
    [
        ("m", "\u2665", "letters, digits and hyphens"),
        ("m", "\xb2", "letters, digits and hyphens"),
        ("m\xfc", "--x", "no two hyphens"),
        ("ab.", "\u0301b", "before a combining mark"),
        ("ab.", "u\u0308b", "in the normalization form C"),
        ("ab.m", "u\u0308b", "in the normalization form C"),
        ("ab.", "\xfc" + "a" * 56, "not longer than 63 octets"),
        ("\u05d0", "a", "by the bidi rule"),
        ("a.", "1\u05d0", "by the bidi rule"),
        ("a", "\u05d0", "by the bidi rule"),
        ("\u05d0.", "1a", "by the bidi rule"),
        ("\u0627\u0660", "1", "by the bidi rule"),
    ],
)
def test_a_domain_that_is_none_is_pointed_at(right, wrong, says):
    made = seat("nyu.edu")
    send(made, f"MAIL FROM:<a@{right}{wrong}.example> SMTPUTF8")
    record = made.world.transcript.entries[-1].record
    assert isinstance(record, Exchange)
    assert isinstance(record.parsed, Fault)
    assert record.parsed.at == len(f"MAIL FROM:<a@{right}".encode())
    assert says in record.because
    assert "visible ASCII" not in record.because


@pytest.mark.parametrize(
    "domain",
    [
        "ab.\xfc" + "a" * 55,
        "stra\xdfe.example",
        "xn--mnchen-3ya.example",
        "ab--cd.example",
        "\u05d0.a-1",
        "\u05d0\u05b0.example",
        "\u0627\u0660.example",
        "\u06f1.example",
    ],
)
def test_a_domain_in_any_script_is_taken(domain):
    assert send(seat("nyu.edu"), f"MAIL FROM:<a@{domain}> SMTPUTF8").startswith("250")


@pytest.mark.parametrize("hello", ["EHLO m\xfcnchen.example", "HELO m\xfcnchen.example"])
def test_a_client_names_itself_in_ascii(hello):
    """RFC 6531 section 3.7.1: EHLO comes before the client knows what the server offers."""
    assert send(seat("nyu.edu"), hello).startswith("501")


def test_a_header_in_utf8_is_no_slip_after_smtputf8():
    for traits in (Traits(), Traits(policy="strict")):
        made = seat(
            "lancs.uk", M + " SMTPUTF8", "RCPT TO:<alice@lancs.uk>", "DATA", "Subject: Caf\xe9", "", traits=traits
        )
        made.send(b".\r\n")
        record = made.world.transcript.entries[-1].record
        assert isinstance(record, Exchange)
        assert (record.replies[0][:9], record.because) == (b"250 2.0.0", "")


def test_the_queue_is_shown_with_its_terms():
    made = seat(
        "lancs.uk",
        M + " RET=HDRS ENVID=a BY=7200;N HOLDFOR=60 MT-PRIORITY=0 SMTPUTF8 BODY=8BITMIME",
        "RCPT TO:<bob@nyu.edu> NOTIFY=NEVER ORCPT=rfc822;bob@nyu.edu",
        "RCPT TO:<alice@lancs.uk>",
        *TEXT,
    )
    assert mailbox(made.world, "lancs.uk", "", View())[-1] == (
        "     outgoing queue        1 message, 1 held; :queue shows what waits"
    )
    shown = listed(made.world, ["lancs.uk"], View())
    assert shown == [
        "   lancs.uk: 2 messages wait.",
        "       id    octets  arrived    tries  next try   sender",
        "        1       158  Mon 10:00      0  Mon 10:01  <alice@lancs.uk>",
        "          asked: BODY 8BITMIME, RET HDRS, ENVID a, deliver by",
        "          2015-03-09T12:00:00Z (N), MT-PRIORITY 0, SMTPUTF8 yes",
        "          to <bob@nyu.edu>, NOTIFY NEVER, ORCPT rfc822;bob@nyu.edu",
        "             not tried yet",
        "        1 for alice, held until 2015-03-09T10:01:00Z",
    ]
    made.wait(MINUTE)
    assert not any("held" in row for row in mailbox(made.world, "lancs.uk", "", View()))
