"""Time as a tree: back to a line, branches, what differs; whatever one does, each moment is what it was."""

from contextlib import suppress
from functools import partial

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from mailshell.core.clock import MINUTE
from mailshell.core.record import Exchange
from mailshell.shell.diff import Side, diff
from mailshell.shell.local import COMMANDS
from mailshell.shell.text import width
from mailshell.shell.view import View
from mailshell.smtp.phases import Phase
from mailshell.world.seat import Seat, SeatError
from mailshell.world.start import STUDENT, build
from mailshell.world.steps import back, steps
from tests.strategies import COMMANDS as TYPED
from tests.test_meta import Desk

LINES = {
    "smtp": [
        b"EHLO lancs.uk",
        b"MAIL FROM:<alice@lancs.uk>",
        b"MAIL FROM:<alice@lancs.uk> HOLDFOR=600",
        b"RCPT TO:<bob@nyu.edu>",
        b"RCPT TO:<carol@nyu.edu>",
        b"DATA",
        b"Soup?",
        b".",
        b"BDAT 5",
        b"QUIT",
        b"EHLO a\r\nMAIL FROM:<a@b.c>\r\nRCPT TO:<bob@nyu.edu>\r\nDATA",
    ],
    "pop3": [
        b"USER bob",
        b"PASS hungry",
        b"DELE 1",
        b"RETR 2",
        b"RSET",
        b"UIDL",
        b"QUIT",
    ],
}


def picture(seat):
    """The whole world as one comparable value; connections that are opened later are left out, and are closed."""
    world, store = seat.world, seat.world.store
    boxes = [
        (box.key, box.box, [(message, store.octets(message.body)) for message in box.messages.values()])
        for host in world.hosts
        for account in store.accounts(host)
        for box in store.mailboxes(host, account.user)
    ]
    accounts = [store.accounts(host) for host in world.hosts]
    queues = [[(one, store.octets(one.body)) for one in store.queue(host)] for host in world.hosts]
    links = [(number, link.wire, link.closed, link.session.state) for number, link in seat.links.items()]
    locks = [host.locked(account.user) for host in world.hosts.values() for account in host.accounts()]
    when = world.clock.now(), world.due()
    return boxes, accounts, queues, store.held(), when, world.faults, links, locks, seat.story()


def told(seat, action):
    """What an action brings about, on all connections, without what is numbered anew on each branch."""
    before = seat.world.transcript.count
    action(seat)
    entries = seat.world.transcript.since(before, seat.world.transcript.count)
    records = [one.record for one in entries]
    said = [one._replace(changes=range(0)) if isinstance(one, Exchange) else one for one in records]
    return [(one.at, one.wire.kind, one.wire.host, record) for one, record in zip(entries, said, strict=True)]


def send(line, seat):
    seat.send(line + b"\r\n")


def wait(minutes, idle, seat):
    seat.wait(minutes * MINUTE, idle=idle)


class Travels(RuleBasedStateMachine):
    """Lines on several connections, waits, and every way through time, against what was seen at each moment first."""

    @initialize()
    def begin(self):
        self.seat = Seat(build("lecture"), STUDENT)
        self.seen = {}
        self.said = {}
        self.names = ["main"]
        self.seat.connect("nyu.edu", "smtp")
        self.each_moment_is_what_it_was()
        self.seat.connect("nyu.edu", "pop3")

    def line_of(self, data):
        protocol = self.seat.link.wire.protocol
        return data.draw(st.sampled_from(LINES[protocol]) | st.sampled_from(LINES[protocol]) | TYPED[protocol])

    def do(self, action, *given):
        """Something that gives the same whenever it is done at the same moment."""
        here = self.seat.history.now.number, self.seat.current, (action, *given)
        said = told(self.seat, partial(action, *given))
        assert self.said.setdefault(here, said) == said

    @rule(data=st.data(), times=st.integers(1, 3))
    def type(self, data, times):
        for _ in range(times):
            self.do(send, self.line_of(data))
            self.each_moment_is_what_it_was()

    @rule(minutes=st.sampled_from([1, 6, 30]), idle=st.booleans())
    def wait(self, minutes, idle):
        self.do(wait, minutes, idle)

    @rule(data=st.data())
    def do_again(self, data):
        if self.said:
            number, current, action = data.draw(st.sampled_from(list(self.said)))
            self.return_to(self.seen[number][0])
            self.seat.switch(current)
            self.do(*action)

    def return_to(self, moment):
        """Go to a moment by its branch, and back from the end of that."""
        history = self.seat.history
        self.seat.branch(next(name for name in history.names if history.parted(moment, history.tip(name)) is moment))
        while history.now is not moment:
            self.seat.undo()

    @rule(number=st.integers(1, 4))
    def switch(self, number):
        if number in self.seat.links:
            self.seat.switch(number)

    @rule(protocol=st.sampled_from(["smtp", "pop3"]), host=st.sampled_from(["nyu.edu", "lancs.uk"]))
    def connect(self, protocol, host):
        with suppress(SeatError):  # a host that is down
            self.seat.connect(host, protocol, self.seat.current if self.seat.link.closed else None)

    @rule(how=st.sampled_from(["undo", "undo", "redo", "redo", "drop", "reset"]))
    def once(self, how):
        try:
            getattr(self.seat, how)()
        except SeatError:
            assert how in ("undo", "redo")

    @rule(data=st.data())
    def back(self, data):
        number = data.draw(st.integers(2, 9) | st.integers(1, 40))
        try:
            first, _ = back(self.seat, str(number))
        except SeatError:
            return
        assert first <= number
        assert all(step.number < first for step in steps(self.seat))

    @rule(user=st.sampled_from([b"USER bob\r\nPASS hungry", b"USER carol\r\nPASS garden"]))
    def log_in(self, user):
        if self.seat.link.wire.protocol == "pop3":
            self.do(send, user)

    @rule(fault=st.sampled_from(["queue-full nyu.edu", "host-down nyu.edu", "greylisting"]))
    def fault(self, fault):
        self.seat.fault(fault)

    @rule()
    def heal(self):
        if self.seat.world.faults.all:
            self.seat.heal("all")

    @rule(name=st.sampled_from(["main", "lunch", "Lunch", "main-2", "tea"]))
    def branch(self, name):
        self.seat.branch(name)
        assert self.seat.history.branch.casefold() == name.casefold()
        assert not self.seat.history.ahead

    @invariant()
    def each_moment_is_what_it_was(self):
        here = picture(self.seat)
        moment, known = self.seen.setdefault(self.seat.history.now.number, (self.seat.history.now, here))
        assert moment is self.seat.history.now
        assert here == known

    @invariant()
    def nothing_is_lost(self):
        history = self.seat.history
        for moment, _ in self.seen.values():
            assert any(history.parted(moment, history.tip(name)) is moment for name in history.names)
        assert sum(branch.steps for branch in history.branches()) >= len(self.seen) - 1


TestTravels = Travels.TestCase
TestTravels.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)


# What a person sees

LUNCH = ["HELO lancs.uk", "MAIL FROM:<alice@lancs.uk>", "RCPT TO:<bob@nyu.edu>", "DATA", "Subject: Lunch", "", "."]


@pytest.fixture
def desk():
    made = Desk()
    made.do("HELO lancs.uk", "MAIL FROM:<alice@lancs.uk>", "RCPT TO:<bob@nyu.edu>")
    return made


def numbers(desk):
    return [step.number for step in steps(desk.seat)]


def test_back_goes_right_before_a_line_and_redo_walks_forward_again(desk):
    assert desk.do(":back 3")[0] == "== right before line 3: C: MAIL FROM:<alice@lancs.uk>"
    assert desk.phase is Phase.READY
    assert numbers(desk) == [1, 2]
    assert desk.said(":branch") == "You are on main, 2 steps before its end. :redo goes on."
    desk.do(":redo", ":redo")
    assert numbers(desk) == [1, 2, 3, 4]
    desk.do(":back 2", ":back 4")
    assert numbers(desk) == [1, 2, 3]
    desk.do(":back -1", ":undo")
    assert numbers(desk) == [1]


def test_what_was_undone_gets_a_name_when_something_else_takes_its_place():
    desk = Desk()
    said: list[str] = []
    desk.seat.kept = said.append
    desk.do("HELO a", "NOOP", ":back 2", "HELO b", ":undo", "HELO c")
    assert said == ["main-2", "main-3"]
    assert desk.seat.history.branch == "main"
    desk.do(":branch MAIN-2")
    assert numbers(desk) == [1, 2, 3]
    desk.do(":undo", "RSET")
    assert said[2:] == ["main-4"]
    desk.do(":branch tea", ":undo", "NOOP")
    assert said[3:] == ["main-2"], "the other branch has it already"


def test_a_line_of_another_branch_is_a_way_to_it(desk):
    desk.do(":back 3", "MAIL FROM:<>", ":back 4")
    assert desk.seat.history.branch == "main-2"
    assert numbers(desk) == [1, 2, 3]
    assert desk.do(":redo")[0] == "== done again: C: RCPT TO:<bob@nyu.edu>"


def test_lines_of_one_write_are_one_cause(desk):
    desk.seat.send(b"RSET\r\nNOOP\r\nVRFY bob\r\n", "C: RSET and 2 more")
    assert desk.do(":back 7")[0] == "== right before line 5: C: RSET and 2 more"
    assert numbers(desk) == [1, 2, 3, 4]


def test_back_lands_on_the_connection_of_the_line(desk):
    desk.do(":connect lancs.uk pop3", ":switch 1", "RSET", ":switch 2", "USER alice", ":back 6")
    assert desk.seat.current == 1
    desk.do(":back 5")
    assert list(desk.seat.links) == [1]
    assert desk.phase is Phase.RECIPIENTS


@pytest.mark.parametrize("gone", [":reset", ":close 2"])
def test_undo_leads_back_to_the_connection_where_it_was_typed(gone):
    desk = Desk()
    desk.do(":connect nyu.edu pop3", gone)
    assert desk.seat.current == 1
    desk.do(":undo")
    assert (desk.seat.current, desk.seat.link.wire.protocol) == (2, "pop3")
    desk.do(":redo")
    assert desk.seat.current == 1


def test_a_reset_is_on_the_way_and_what_was_before_it_stays(desk):
    desk.do(":reset", "NOOP", ":back 4")
    assert numbers(desk) == [1, 2, 3]
    assert desk.seat.history.branch == "main"


def test_a_new_branch_begins_here_and_the_other_stays(desk):
    assert desk.said(":back 3", ":branch lunch") == (
        "lunch begins here, and main stays as it is. :branch main goes back to it."
    )
    desk.do("MAIL FROM:<>")
    assert desk.do(":branch main")[0] == "== the end of main: C: RCPT TO:<bob@nyu.edu>"
    assert numbers(desk) == [1, 2, 3, 4]
    desk.do(":undo", ":branch Lunch", ":save")
    assert numbers(desk) == [1, 2, 5]
    assert desk.said(":branch") == "You are at the end of lunch."


def test_branches_are_drawn_below_what_they_leave(desk):
    desk.do(":branch lunch", "RSET", "NOOP", ":branch main", ":wait 30m", ":branch tea", ":wait 1d", "NOOP")
    desk.do(":branch lunch", ":undo", "HELP", ":undo")
    assert desk.do(":branches") == [
        "                    after line  steps  time                 last",
        "     main                           5  10:30:00             :wait 30m",
        "   * ├─ lunch                4      2  10:00:00             C: HELP",
        "     │  └─ lunch-2           5      1  10:00:00             C: NOOP",
        "     └─ tea                  4      2  2015-03-10 10:30:00  C: NOOP",
        "   You are on lunch, 1 step before its end. :redo goes on.",
    ]


@pytest.mark.parametrize("view", [View(width=80), View(width=80, ascii=True), View(width=40), View(words=True)])
def test_branches_and_diff_fit_any_view(view):
    desk = Desk(view)
    desk.do("HELO " + "long" * 30, *(f":branch {letter * 20}\N{LATIN SMALL LETTER E WITH ACUTE}" for letter in "ab"))
    desk.do("HELO lancs.uk", ":branch main", "MAIL FROM:<>", ":branch a", "NOOP")
    for rows in (desk.do(":branches"), desk.do(":diff main a")):
        assert any("main" in row for row in rows)
        assert all(width(row) <= view.width for row in rows)
        assert all(row.isascii() for row in rows) or not view.ascii


def compared(desk, one, other, columns=80):
    """What :diff shows in a terminal that can redraw."""
    history = desk.seat.history
    here, there = (Side(name, history.tip(name)) for name in (one, other))
    return diff(desk.seat, here, there, View(width=columns), wide=True)


def test_diff_shows_both_sides_and_what_differs_in_the_world():
    desk = Desk()
    desk.do("HELO lancs.uk", ":branch lunch", *LUNCH[1:], ":branch main", "MAIL FROM:<>", "RCPT TO:<carol@nyu.edu>")
    desk.do("RCPT TO:<bob@nyu.edu>", ":wait 30m", ":fault queue-full nyu.edu", ":connect lancs.uk pop3", ":drop")
    rows = compared(desk, "lunch", "main")
    assert rows[:9] == [
        "   lunch                                 main",
        "-- after line 2 ---------------------------------------------------------------",
        "C: MAIL FROM:<alice@lancs.uk>          | C: MAIL FROM:<>",
        "S: 250 2.1.0 Sender ok                   S: 250 2.1.0 Sender ok",
        "                                       > C: RCPT TO:<carol@nyu.edu>",
        "                                       > S: 250 2.1.5 Recipient ok",
        "C: RCPT TO:<bob@nyu.edu>                 C: RCPT TO:<bob@nyu.edu>",
        "S: 250 2.1.5 Recipient ok                S: 250 2.1.5 Recipient ok",
        "C: DATA                                | == :wait 30m",
    ]
    assert "   ready: no sender yet                |    sender and recipient known" in rows
    text = "\n".join(desk.do(":diff lunch main"))
    for row in (
        "--- lunch\n+++ main\n-- after line 2 --",
        "\n- C: MAIL FROM:<alice@lancs.uk>\n+ C: MAIL FROM:<>\n  S: 250 2.1.0 Sender ok\n",
        "\n+ == :wait 30m\n",
        "\n   time\n-    2015-03-09T10:00:00Z\n+    2015-03-09T10:30:00Z\n",
        "\n   faults\n+    queue-full nyu.edu\n",
        "\n   connection 1: smtp nyu.edu\n-    ready: no sender yet\n+    sender and recipient known\n",
        "\n   bob@nyu.edu INBOX\n-    Lunch, from (no author), ",
    ):
        assert row in text, text
    assert "connection 2" not in text, "it is closed on one side, and not there on the other"


def test_diff_with_one_name_is_against_the_present(desk):
    desk.do(":back 4")
    assert desk.do(":diff main") == [
        "--- main",
        "+++ here",
        "-- after line 3 ---------------------------------------------------------------",
        "- C: RCPT TO:<bob@nyu.edu>",
        "- S: 250 2.1.5 Recipient ok",
        "-- the world at the ends ------------------------------------------------------",
        "   connection 1: smtp nyu.edu",
        "-    sender and recipient known",
        "+    sender known: no recipient yet",
    ]
    desk.do(":branch main")
    assert desk.do(":diff main")[3:] == [
        "   Nothing was said on either.",
        "-- the world at the ends ------------------------------------------------------",
        "   It is the same.",
    ]


def test_the_same_message_on_two_branches_does_not_differ():
    desk = Desk()
    desk.do("HELO lancs.uk", ":branch lunch", *LUNCH[1:], ":branch main", *LUNCH[1:])
    assert desk.do(":diff lunch main")[-1] == "   It is the same."
    desk.do(":fault host-down someschool.edu", ":connect lancs.uk", "EHLO lancs.uk")
    desk.do("MAIL FROM:<alice@lancs.uk>", "RCPT TO:<bob@someschool.edu>", "DATA", ".")
    desk.do("MAIL FROM:<alice@lancs.uk> HOLDFOR=600", "RCPT TO:<alice@lancs.uk>", "DATA", ".")
    text = "\n".join(desk.do(":diff lunch main"))
    assert "\n   queue of lancs.uk\n+    1 from <alice@lancs.uk> to <bob@someschool.edu>, " in text
    assert "\n   held at lancs.uk\n+    2 for alice, until 2015-03-09T10:10:00Z" in text


def test_mail_that_waits_for_an_answer_of_a_slow_host_is_a_difference():
    desk = Desk()
    desk.do(":connect lancs.uk", "HELO lancs.uk", ":fault slow nyu.edu 1m", ":branch sent", *LUNCH[1:])
    found = desk.do(":diff sent main")
    at = found.index("   mail on its way")
    assert found[at + 1] == "-    lancs.uk > nyu.edu: message 1"
    desk.do(":wait 1h")
    assert "   mail on its way" not in desk.do(":diff sent main")


def test_a_long_line_is_broken_and_nothing_of_it_is_lost(desk):
    line = "VRFY " + "  x y" * 30
    desk.do(":branch long", line, ":branch main")
    rows = compared(desk, "long", "main")
    left = [row[:38].rstrip("<").ljust(38) for row in rows if row[:2] in ("C:", "  ")]
    start = next(at for at, row in enumerate(left) if row.startswith("C: VRFY"))
    assert "".join([left[start], *(row[3:] for row in left[start + 1 : start + 5])]).rstrip()[3:] == line.rstrip()


def test_nothing_is_travelled_while_a_tcp_client_looks(desk):
    desk.do(":branch lunch", "RSET", ":branch main")
    desk.seat.world.open("nyu.edu", "smtp", STUDENT, lambda octets, close: None, "tcp")
    desk.seat.world.settle()
    before = desk.seat.history.branch, numbers(desk)
    for text in (":back 3", ":branch lunch"):
        assert desk.said(text).startswith("** A client is connected over TCP.")
    assert (desk.seat.history.branch, numbers(desk)) == before
    assert desk.do(":diff lunch main")[0] == "--- lunch", "for this nobody goes anywhere"


def test_names_and_numbers_are_completed(desk):
    desk.do(":branch lunch", ":branch main")
    assert [one.text for one in COMMANDS["branch"].choices(desk.meta, "L")] == ["lunch"]
    assert [one.text for one in COMMANDS["diff"].choices(desk.meta, "main l")] == ["lunch"]
    assert [one.text for one in COMMANDS["diff"].choices(desk.meta, "main lunch ")] == []
    found = list(COMMANDS["back"].choices(desk.meta, ""))
    assert [one.text for one in found] == ["4", "3", "2", "1"]
    assert found[0].says == "250  C: RCPT TO:<bob@nyu.edu>"


def test_thousands_of_moments_are_quick_to_walk():
    desk = Desk()
    for _ in range(3000):
        desk.seat.send(b"NOOP\r\n", "C: NOOP")
    story = desk.seat.story()
    assert desk.seat.story() is story, "put together once a moment"
    desk.do(":back 2", "HELP", ":branch main-2")
    assert len(steps(desk.seat)) == 3001
