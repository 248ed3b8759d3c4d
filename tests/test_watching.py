"""Watching the servers: what they say to each other, what becomes of mail, queues, names, ways, the clock."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailshell.core.clock import DAY, MINUTE, Instant, day_time, next_time
from mailshell.mail.host import Traits
from mailshell.mail.queue import Recipient
from mailshell.mail.store import BoxKey
from mailshell.shell import looking, picture
from mailshell.shell.talk import Talk
from mailshell.shell.view import View
from mailshell.world import play
from mailshell.world.hops import Name, newest, way
from mailshell.world.names import Mx, Records
from mailshell.world.seat import Seat, SeatError
from mailshell.world.start import START, STUDENT, build
from mailshell.world.steps import steps
from tests.test_meta import Desk

MAIL = ["MAIL FROM:<alice@lancs.uk>", "RCPT TO:<bob@nyu.edu>", "DATA", "Subject: Lunch", "", "Soup?", "."]
TIMES = st.integers(0, 400 * 24 * 60).map(lambda minutes: Instant(START + minutes * MINUTE))


class Watcher(Desk):
    """A student at lancs.uk, who sees what the front ends show: watched conversations and nothing else."""

    def __init__(self, view=None, **traits):
        super().__init__(view, **traits)
        self.seat.world.transcript.unsubscribe(self._show)
        Talk(self.meta, lambda entry, label: self._out(self.meta.renderer.lines(entry, label)), personal=False)
        self.do(":connect lancs.uk", ":close 1", "HELO lancs.uk" if traits else "EHLO lancs.uk")

    def told(self, *commands):
        """What mailshell says at the last command, each paragraph on one line."""
        lines: list[str] = []
        for line in self.do(*commands):
            if line.startswith(("== ", "** ")):
                lines.append(line[3:])
            elif lines and line.startswith("   "):
                lines[-1] += f" {line.strip()}"
        return lines

    def mail(self, *to):
        """Send a message, to bob@nyu.edu where nobody is named; what mailshell says of it."""
        paths = [f"RCPT TO:<{one}>" for one in to] or MAIL[1:2]
        return self.told(MAIL[0]) + [line for text in (*paths, *MAIL[2:]) for line in self.told(text)]


@pytest.fixture
def desk():
    return Watcher()


# What became of each attempt.


def test_a_delivery_is_one_line(desk):
    assert desk.mail() == ["Mon 10:00 lancs.uk > nyu.edu: message 1 for bob@nyu.edu delivered as 1"]
    assert not any(line.startswith(("Ca", "Sa")) for line in desk.lines)


def test_recipients_with_the_same_end_share_a_line(desk):
    assert desk.mail("bob@nyu.edu", "carol@nyu.edu", "bob@someschool.edu") == [
        "Mon 10:00 lancs.uk > nyu.edu: message 1 for bob@nyu.edu, carol@nyu.edu delivered as 1",
        "Mon 10:00 lancs.uk > someschool.edu: message 1 for bob@someschool.edu delivered as 1",
    ]


def test_mail_that_comes_back_says_to_whom_and_why(desk):
    assert desk.mail("nobody@nyu.edu", "bob@mars.example") == [
        "Mon 10:00 lancs.uk: message 1 for bob@mars.example returned to alice@lancs.uk as 2: The name mars.example "
        "does not exist.",
        "Mon 10:00 lancs.uk > nyu.edu: message 1 for nobody@nyu.edu returned to alice@lancs.uk as 3: 550 5.1.1 No such "
        "user here",
    ]


def test_a_failure_that_nobody_hears_of_names_the_rule(desk):
    shown = desk.do(*MAIL[:1], "RCPT TO:<nobody@nyu.edu> NOTIFY=NEVER", *MAIL[2:6]) and desk.told(MAIL[6])
    assert shown == [
        "Mon 10:00 lancs.uk > nyu.edu: message 1 for nobody@nyu.edu refused: 550 5.1.1 No such user here; no report: "
        "the sender wants no report about it (NOTIFY)"
    ]


def test_a_wait_shows_each_attempt_with_its_time_and_counts_those_that_end_alike(desk):
    desk.do(":fault queue-full nyu.edu")
    tried = "lancs.uk > nyu.edu: message 1 for bob@nyu.edu deferred"
    full = f"{tried}: 452 4.3.1 Queue is full, try again later; next try"
    again = "with the same answer; next try"
    assert desk.mail() == [f"Mon 10:00 {full} Mon 10:30"]
    assert desk.told(":wait 30m") == [f"Mon 10:30 {full} Mon 11:00", "It is Mon, 09 Mar 2015 10:30:00 +0000."]
    assert desk.told(":wait 1h")[:2] == [
        f"Mon 11:00 {full} Mon 11:30",
        f"Mon 11:30 {tried} once more, {again} Mon 12:00",
    ]
    assert desk.told(":wait 1d")[:3] == [
        f"Mon 12:00 {full} Mon 12:30",
        f"Mon 12:30 to Mon 14:00 {tried} 4 times more, {again} Mon 14:30",
        "Mon 14:00 lancs.uk: message 1 for bob@nyu.edu delayed; report 2 tells alice@lancs.uk",
    ]
    desk.do(":heal all")
    assert desk.told(":wait 30m")[0] == "Tue 12:00 lancs.uk > nyu.edu: message 1 for bob@nyu.edu delivered as 1"


def test_undo_and_redo_tell_nothing_anew(desk):
    desk.do(":fault queue-full nyu.edu")
    desk.mail()
    assert len(desk.told(":wait 30m")) == 2
    assert desk.told(":undo") == ["undone: :wait 30m"]
    assert desk.told(":redo") == ["done again: :wait 30m"]
    assert len(desk.told(":undo", ":wait 30m")) == 3  # the third says where the other way is kept


# The conversations.


def test_a_watched_conversation_begins_with_both_hosts_and_the_time(desk):
    assert desk.told(":watch on") == ["You see what the servers say to each other from now on."]
    before = len(desk.lines)
    desk.mail()
    shown = desk.lines[before:]
    start = shown.index("-- connection a: lancs.uk > nyu.edu, Mon 10:00 --------------------------------")
    assert shown[start + 1].startswith("Sa: 220 nyu.edu ESMTP")
    assert shown[start + 2].startswith("Ca: EHLO lancs.uk")
    assert shown[-1] == "== Mon 10:00 lancs.uk > nyu.edu: message 1 for bob@nyu.edu delivered as 1"
    assert not any("connection a: greeting" in line for line in shown)


def test_the_letter_of_a_conversation_that_is_over_is_free(desk):
    desk.do(":watch on")
    desk.mail()
    desk.mail()
    assert not any(line.startswith("Cb") for line in desk.lines)
    assert sum(line.startswith("-- connection a: lancs.uk > nyu.edu") for line in desk.lines) == 2


def test_hosts_that_are_watched(desk):
    desk.do(":watch someschool.edu")
    desk.mail()
    assert not any(line.startswith("Ca") for line in desk.lines)
    desk.mail("bob@someschool.edu")
    assert any(line.startswith("-- connection a: lancs.uk > someschool.edu") for line in desk.lines)
    desk.do(":watch off")
    before = len(desk.lines)
    desk.mail("bob@someschool.edu")
    assert not any(line.startswith("Ca") for line in desk.lines[before:])


def test_the_last_conversation_again_at_another_depth(desk):
    desk.mail()
    shown = desk.do(":watch")
    assert shown[0].startswith("-- connection a: lancs.uk > nyu.edu, Mon 10:00 ---")
    assert shown[-1].startswith("== connection a closed.")
    assert len(desk.do(":depth 0", ":watch")) < len(shown) < len(desk.do(":depth 2", ":watch"))
    assert desk.do(":undo", ":watch")[0].startswith("** No server has talked to another one yet.")


def test_what_servers_say_is_no_step_of_the_student(desk):
    desk.do(":watch on")
    desk.mail()
    numbers = [step.number for step in steps(desk.seat)]
    assert numbers == list(range(1, len(numbers) + 1))
    assert desk.do(":search SIZE=")[0].startswith("**")
    assert desk.do(":why -1")[0].startswith("   what    message accepted")


def test_the_names_of_the_hosts_complete(desk):
    choices = [one.text for one in desk.meta.watch and _choices(desk, "watch", "nyu.edu l")]
    assert choices == ["lancs.uk"]
    assert {one.text for one in _choices(desk, "watch", "")} == {"lancs.uk", "nyu.edu", "someschool.edu", "on", "off"}


def _choices(desk, name, text):
    from mailshell.shell.local import COMMANDS

    return list(COMMANDS[name].choices(desk.meta, text))


# :world


def test_the_picture_has_two_hosts_and_one_line(desk):
    desk.mail()
    shown = desk.do(":world")
    assert len(shown) <= 22
    assert all(len(line) <= 80 for line in shown)
    assert shown[:6] == [
        " ┌─ lancs.uk ───────────────────┐              ┌─ nyu.edu ────────────────────┐",
        " │ 192.0.2.1                    │              │ 198.51.100.1                 │",
        " │ queue      empty             │ ────SMTP───> │ queue      empty             │",
        " │ mailboxes  0 messages        │              │ mailboxes  3 messages        │",
        " │ users      alice, postmaster │              │ users      bob, carol, po... │",
        " └──────────────────────────────┘              └──────────────────────────────┘",
    ]
    assert "   between servers: one TCP connection each, and no server in between" in shown
    assert "        lancs.uk > nyu.edu port 25, opened Mon 10:00, closed again" in shown


def test_the_picture_in_ascii_with_a_fault_and_several_takers():
    desk = Watcher(View(ascii=True))
    desk.mail("bob@nyu.edu", "bob@someschool.edu")
    desk.do(":fault slow nyu.edu 2m")
    desk.mail()
    shown = desk.do(":world")
    assert "\n".join(shown).isascii()
    assert shown[2] == " | queue      1 message         | ==+=SMTP===> | queue      empty             |"
    assert shown[8] == " " * 36 + "+--SMTP--> | queue      empty             |"
    assert {line[36:37] for line in shown[3:8]} == {"|"}
    assert "        lancs.uk > nyu.edu port 25, opened Mon 10:00, still open" in shown
    assert "   faults: 1 slow nyu.edu 2m" in shown


def test_mail_the_other_way_points_back(desk):
    desk.do(":connect nyu.edu", "HELO a", *MAIL[:1], "RCPT TO:<bob@nyu.edu>")  # nobody of another host is served
    desk.seat.world.hosts["nyu.edu"].enqueue("9", "bob@nyu.edu", (_recipient("alice@lancs.uk"),), (b"a: b\r\n\r\n",))
    desk.do("RSET")
    assert desk.do(":world")[3] == (" │ mailboxes  1 message         │ <────SMTP─── │ mailboxes  2 messages        │")


def _recipient(address):
    from mailshell.mail.queue import Recipient

    return Recipient(address)


@pytest.mark.parametrize("view", [View(words=True), View(width=67)])
def test_who_cannot_see_a_picture_gets_the_list(view):
    desk = Watcher(view)
    assert desk.do(":world") == desk.do(":world list")


def test_of_a_big_world_four_hosts_are_drawn():
    made = Seat(build("big"), STUDENT)
    made.connect(list(made.world.hosts)[-1], "smtp")
    shown = picture.world(made, View())
    assert f"─ {made.link.wire.host} ─" in "\n".join(shown)
    assert sum("queue  " in part for line in shown for part in line.split("│")) == 4
    assert any(line.endswith("hosts more: :world list shows all.") for line in shown)
    far = list(made.world.hosts)[-9]
    made.world.hosts[far].enqueue("1", "", (Recipient("x@mars.example"),), (b"x",))
    assert f"─ {far} ─" in "\n".join(picture.world(made, View())), "mail waits there"


# :queue and :dns


def test_the_queue_shows_the_last_answer_and_the_next_try(desk):
    desk.do(":fault queue-full nyu.edu")
    desk.mail()
    assert desk.do(":queue") == [
        "   lancs.uk: 1 message waits.",
        "       id    octets  arrived    tries  next try   sender",
        "        1       159  Mon 10:00      1  Mon 10:30  <alice@lancs.uk>",
        "          to <bob@nyu.edu>",
        "             nyu.edu: 452 4.3.1 Queue is full, try again later",
    ]
    assert desk.do(":queue nyu.edu") == ["   nyu.edu: no message waits."]
    assert desk.do(":undo", ":queue") == ["   No message waits on any host."]


def test_names_with_an_exchanger_and_without():
    desk = Watcher()
    assert desk.do(":dns nyu.edu") == [
        "   nyu.edu",
        "     MX     10 nyu.edu                 takes the mail; lowest number first",
        "     A      198.51.100.1               the address of this name",
        "     A sender tries, until one answers:",
        "     1. nyu.edu [198.51.100.1]",
    ]
    assert "no MX record: the name itself takes the mail (RFC 5321, 5.1)" in desk.said(":dns bob@someschool.edu")
    assert "returned at once, with 5.1.2" in desk.said(":dns mars.example")
    assert "     MX     10 nyu.edu" in desk.do(":dns")
    assert ":heal 1 removes it." in desk.said(":fault name-not-found nyu.edu", ":dns nyu.edu")


def test_aliases_null_exchangers_and_turns():
    desk = Watcher()
    desk.seat.world.zone = {
        "null.test": Records((Mx(0, "."),)),
        "two.test": Records((Mx(20, "c.test"), Mx(10, "b.test"), Mx(10, "a.test"))),
        "also.test": Records(alias="two.test"),
        **{f"{name}.test": Records(addresses=(f"2001:db8::{name}",)) for name in "abc"},
    }
    assert "null MX: no mail here (RFC 7505, 3)" in desk.said(":dns null.test")
    assert "with 5.1.10 (RFC 7505 section 3)" in desk.said(":dns null.test")
    shown = desk.do(":dns also.test")
    assert shown[1].startswith("     CNAME  two.test ")
    assert [line.split()[1] for line in shown if line[5:7] in ("1.", "2.", "3.")] == ["a.test", "b.test", "c.test"]
    assert shown[-1].startswith("     Hosts of one preference take turns")
    assert "AAAA   2001:db8::a" in desk.said(":dns a.test")


# :trace


def test_a_message_is_followed_through_every_hop(desk):
    desk.do(":fault queue-full nyu.edu")
    desk.mail()
    desk.do(":wait 1h", ":heal all", ":wait 30m")
    shown = desk.do(":trace")
    assert shown == desk.do(":trace 1")
    assert [line for line in shown if line.startswith("   message")] == [
        "   message lancs.uk/1",
        "   message nyu.edu/1",
    ]
    assert "     Mon 10:30   the same answer once more" not in shown
    assert "     Mon 10:30   the same answer 2 times more until Mon 11:00" in shown
    assert "     Mon 11:30   bob@nyu.edu: nyu.edu took it: 250 2.0.0 Message accepted, id 1" in shown
    fields = [line for line in shown if line.startswith("     from ")]
    assert ["by nyu.edu with ESMTP id 1" in fields[0], "by lancs.uk with ESMTP id 1" in fields[1]] == [True, True]
    assert shown[-1] == "   So far: delivered to bob@nyu.edu."
    assert "   message nyu.edu/1 (this one)" in desk.do(":trace nyu.edu/1")


def test_a_server_that_does_not_name_what_it_takes():
    desk = Watcher(voice="classic")
    assert desk.mail() == ["Mon 10:00 lancs.uk > nyu.edu: message 1 for bob@nyu.edu delivered"]
    names = [line for line in desk.do(":trace") if line.startswith("   message")]
    assert names == ["   message lancs.uk/1", "   message nyu.edu/1"]


def test_a_message_that_waits_and_one_that_came_back(desk):
    desk.do(":fault queue-full nyu.edu")
    desk.mail()
    assert desk.do(":trace")[-1] == "   So far: lancs.uk/1 waits in the queue, next try Mon 10:30."
    desk.mail("nobody@mars.example")
    shown = desk.do(":trace 2")
    assert "   report lancs.uk/3" in shown
    assert shown[-1] == "   So far: returned for nobody@mars.example."


def test_an_answer_that_was_lost_leads_to_two_copies(desk):
    """RFC 1047: the message is stored, its 250 is lost, and the client sends it again."""
    desk.do(":fault lose . nyu.edu")
    desk.mail()
    desk.do(":heal all", ":wait 30m")
    assert newest(desk.seat.world) == Name("lancs.uk", "1")
    found = way(desk.seat.world, Name("lancs.uk", "1"))
    assert found is not None
    names = [str(hop.name) for hop in found.hops]
    assert names == ["lancs.uk/1", "nyu.edu/1", "nyu.edu/2"]
    assert desk.do(":trace")[-1] == "   So far: delivered to bob@nyu.edu (2 copies)."


def test_a_copy_is_known_while_its_client_still_waits_for_the_answer(desk):
    desk.do(":fault delay . 11m nyu.edu")
    desk.mail()
    assert newest(desk.seat.world) == Name("lancs.uk", "1")
    assert "   message nyu.edu/1" in desk.do(":trace")
    desk.do(":heal all", ":wait 30m")
    names = [line for line in desk.do(":trace") if line.startswith("   message")]
    assert names == ["   message lancs.uk/1", "   message nyu.edu/1", "   message nyu.edu/2"]


def test_the_last_copy_of_a_message_that_was_given_up_is_known_too(desk):
    desk.do(":fault lose . nyu.edu")
    desk.mail()
    desk.do(":until bounced")
    assert newest(desk.seat.world) == Name("lancs.uk", "1")
    box, found = (
        desk.seat.world.store.mailbox(BoxKey("nyu.edu", "bob", "INBOX")),
        way(desk.seat.world, Name("lancs.uk", "1")),
    )
    assert box is not None
    assert found is not None
    assert [hop.name.host for hop in found.hops].count("nyu.edu") == len(box.messages) - 2


def test_who_waits_in_vain_says_so_and_names_the_time(desk):
    desk.do(":fault slow nyu.edu 6m")
    assert desk.mail() == []
    said = desk.told(":wait 5m")[0]
    assert said == (
        "Mon 10:05 lancs.uk > nyu.edu: message 1 for bob@nyu.edu deferred: "
        "nyu.edu did not answer within 5 minutes; next try Mon 10:30"
    )
    assert "             nyu.edu did not answer within 5 minutes" in desk.do(":queue")
    desk.do(":heal all", ":fault delay . 11m nyu.edu", ":wait 25m")
    assert "nyu.edu did not answer the final dot within 10 minutes" in desk.told(":wait 10m")[0]


def test_a_sentence_in_a_line_has_no_full_stop_of_its_own(desk):
    desk.do(":fault name-server-silent nyu.edu")
    assert desk.mail() == [
        "Mon 10:00 lancs.uk: message 1 for bob@nyu.edu deferred: "
        "The name server of nyu.edu does not answer; next try Mon 10:30"
    ]


def test_a_host_with_a_long_name_stands_apart_from_its_phase():
    seat = Seat(build("hostile"), STUDENT)
    seat.connect("mail.hostile.example", "smtp")
    assert looking.connections(seat, View()) == ["   * 1  smtp mail.hostile.example greeting"]


def test_a_held_message_is_delivered_in_the_log(desk):
    desk.do("MAIL FROM:<alice@lancs.uk> HOLDFOR=3600", "RCPT TO:<alice@lancs.uk>", *MAIL[2:])
    assert desk.do(":trace")[-1] == "   So far: lancs.uk/1 is held."
    assert desk.told(":until delivered")[-1].startswith("Message lancs.uk/1 is delivered to alice@lancs.uk. It is Mon")
    assert desk.do(":trace")[-1] == "   So far: delivered to alice@lancs.uk."


# :until and :date


def test_the_clock_turns_until_a_message_is_delivered(desk):
    desk.do(":fault greylisting nyu.edu 5m")
    desk.mail()
    shown = desk.told(":until delivered")
    assert shown[-2] == "Mon 10:30 lancs.uk > nyu.edu: message 1 for bob@nyu.edu delivered as 1"
    assert shown[-1] == "Message lancs.uk/1 is delivered to bob@nyu.edu. It is Mon, 09 Mar 2015 10:30:00 +0000."
    assert desk.told(":undo") == ["undone: :until delivered"]
    assert desk.seat.world.clock.now() == START


def test_the_clock_turns_until_a_message_comes_back(desk):
    desk.do(":fault host-down nyu.edu")
    desk.mail()
    assert desk.told(":until bounced")[-1].startswith("Message lancs.uk/1 is returned for bob@nyu.edu.")
    assert desk.seat.world.clock.now() == START + 5 * DAY


def test_what_cannot_happen_any_more_ends_the_wait(desk):
    desk.do(":fault host-down nyu.edu")
    desk.mail()
    assert desk.told(":until delivered")[-1].startswith("Message lancs.uk/1 is returned, for bob@nyu.edu.")
    assert desk.told(":until empty")[-1].startswith("No message waits.")


def test_a_limit_ends_the_wait_at_its_time(desk):
    desk.do(":fault host-down nyu.edu")
    desk.mail()
    assert desk.told(":until delivered 45m")[-1] == (
        "It has not happened by then. It is Mon, 09 Mar 2015 10:45:00 +0000."
    )
    assert desk.told(":date") == ["It is Mon, 09 Mar 2015 10:45:00 +0000. The next thing is due Mon 11:00."]


def test_the_clock_turns_to_a_time_of_day(desk):
    assert desk.told(":until 9:30")[-1] == "It is Tue, 10 Mar 2015 09:30:00 +0000."
    assert desk.told(":until mon 09:30")[-1] == "It is Mon, 16 Mar 2015 09:30:00 +0000."
    assert desk.told(":date")[-1] == "It is Mon, 16 Mar 2015 09:30:00 +0000. Nothing is due."


def test_a_script_fails_where_what_it_waits_for_does_not_happen():
    made = Seat(build("lecture", traits=Traits()), STUDENT, "script")
    made.connect("lancs.uk", "smtp")
    for line in ("HELO a", *MAIL):
        made.send(line.encode() + b"\r\n")
    play.until(made, "delivered")
    with pytest.raises(SeatError, match="is delivered"):
        play.until(made, "bounced")


@given(TIMES, TIMES)
def test_a_time_that_is_shown_is_understood(now, at):
    found = next_time(day_time(at), now)
    assert found is not None
    assert now < found <= now + 7 * DAY
    assert day_time(found) == day_time(at)


def test_a_message_is_back_when_its_report_has_arrived(desk):
    """The report goes to another host, which is down at first."""
    desk.do(":fault host-down nyu.edu", "MAIL FROM:<bob@nyu.edu>", "RCPT TO:<nobody@someschool.edu>", *MAIL[2:])
    assert "It has not happened by then." in desk.told(":until bounced 1h")[-1]
    desk.do(":heal all")
    assert desk.told(":until bounced")[-1].startswith("Message lancs.uk/1 is returned for nobody@someschool.edu.")
    assert "   report nyu.edu/1" in desk.do(":trace")


def test_a_message_that_ends_without_a_word(desk):
    desk.do(MAIL[0], "RCPT TO:<nobody@nyu.edu> NOTIFY=NEVER", *MAIL[2:])
    assert desk.told(":until bounced")[-1].startswith("Message lancs.uk/1 is lost, and nobody is told, for nobody@")
    assert desk.do(":trace")[-1] == "   So far: lost without a report for nobody@nyu.edu."


def test_a_server_that_throws_mail_away():
    desk = Watcher(keeps=False)
    desk.mail()
    assert desk.told(":until delivered")[-1].startswith("Message lancs.uk/1 went to no mailbox.")


def test_a_backup_server_hands_mail_on(desk):
    desk.seat.world.zone = {
        "nyu.edu": Records((Mx(10, "nyu.edu"), Mx(20, "someschool.edu")), ("198.51.100.1",)),
        "someschool.edu": Records(addresses=("203.0.113.1",)),
    }
    _back_up(desk.seat.world.hosts["someschool.edu"], "nyu.edu")
    desk.do(":fault host-down nyu.edu")
    shown = desk.mail()
    assert "Mon 10:00 lancs.uk > someschool.edu: message 1 for bob@nyu.edu handed on as 1" in shown
    desk.do(":heal all", ":until delivered")
    names = [line.split()[1] for line in desk.do(":trace") if line.startswith("   message")]
    assert names == ["lancs.uk/1", "someschool.edu/1", "nyu.edu/1"]
    assert sum(line.startswith("     from ") for line in desk.lines) == 3


def _back_up(host, domain):
    host._relays = frozenset((domain,))


def test_what_may_stand_for_an_argument(desk):
    desk.mail("bob@someschool.edu")
    assert [one.text for one in _choices(desk, "trace", "")] == ["someschool.edu/1", "1"]
    assert [one.text for one in _choices(desk, "until", "b")] == ["bounced"]
    assert {one.says for one in _choices(desk, "dns", "")} == {
        "mail goes to lancs.uk",
        "mail goes to nyu.edu",
        "203.0.113.1",
    }
