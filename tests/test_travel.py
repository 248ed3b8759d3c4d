"""Time as a tree: back to a line, branches, what differs; whatever one does, each moment is what it was."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from mailshell.core.clock import MINUTE
from mailshell.core.record import Exchange
from mailshell.world.seat import Seat, SeatError
from mailshell.world.start import STUDENT, build
from mailshell.world.steps import back, steps
from tests.strategies import COMMANDS

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
        b"USER bob\r\nPASS hungry",
        b"USER carol\r\nPASS garden",
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
    return boxes, accounts, queues, store.held(), world.clock.now(), links, locks, seat.story()


def answers(seat, octets):
    """What the server says to octets, without what is numbered anew on each branch."""
    before = seat.world.transcript.count
    seat.send(octets)
    entries = seat.world.transcript.since(before, seat.world.transcript.count)
    return [
        (entry.at, entry.record._replace(changes=range(0)) if isinstance(entry.record, Exchange) else entry.record)
        for entry in entries
    ]


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
        return data.draw(st.sampled_from(LINES[protocol]) | st.sampled_from(LINES[protocol]) | COMMANDS[protocol])

    @rule(data=st.data(), times=st.integers(1, 3))
    def type(self, data, times):
        for _ in range(times):
            line = self.line_of(data)
            here = self.seat.history.now.number, self.seat.current
            said = answers(self.seat, line + b"\r\n")
            assert self.said.setdefault((*here, line), said) == said
            self.each_moment_is_what_it_was()

    def return_to(self, moment):
        """Go to a moment by its branch, and back from the end of that."""
        history = self.seat.history
        self.seat.branch(next(name for name in history.names if history.parted(moment, history.tip(name)) is moment))
        while history.now is not moment:
            self.seat.undo()

    @precondition(lambda self: self.said)
    @rule(data=st.data())
    def type_again(self, data):
        number, current, line = data.draw(st.sampled_from(sorted(self.said)))
        self.return_to(self.seen[number][0])
        self.seat.switch(current)
        assert answers(self.seat, line + b"\r\n") == self.said[number, current, line]

    @rule(number=st.integers(1, 4))
    def switch(self, number):
        if number in self.seat.links:
            self.seat.switch(number)

    @rule(protocol=st.sampled_from(["smtp", "pop3"]), host=st.sampled_from(["nyu.edu", "lancs.uk"]))
    def connect(self, protocol, host):
        self.seat.connect(host, protocol, self.seat.current if self.seat.link.closed else None)

    @rule(minutes=st.sampled_from([1, 6, 30]), idle=st.booleans())
    def wait(self, minutes, idle):
        self.seat.wait(minutes * MINUTE, idle=idle)

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
TestTravels.settings = settings(max_examples=50, stateful_step_count=30, deadline=None)
