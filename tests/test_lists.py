"""Mailing lists of a host, and the outgoing queue that ETRN counts."""

import pytest

from mailshell.core.clock import VirtualClock
from mailshell.core.record import Exchange
from mailshell.mail.host import Host, MailingList, Traits
from mailshell.mail.store import Account, BoxKey, Store
from mailshell.world.seat import Seat
from mailshell.world.start import START, STUDENT, build

LETTER = ["EHLO lancs.uk", "MAIL FROM:<alice@lancs.uk>", "DATA", "Hello.\r\n."]


def send(made: Seat, recipients: list[str]) -> None:
    """One message; the answer to its final dot is 250."""
    for line in [*LETTER[:2], *(f"RCPT TO:<{one}>" for one in recipients), *LETTER[2:]]:
        made.send(line.encode() + b"\r\n")
    assert answers(made)[-1].startswith("250 2.0.0")


def answers(made: Seat) -> list[str]:
    """The first line of every final answer."""
    records = [entry.record for entry in made.world.transcript.entries]
    return [record.replies[0].decode().rstrip() for record in records if isinstance(record, Exchange)]


def seat(host: str = "nyu.edu") -> Seat:
    made = Seat(build("lecture"), STUDENT)
    made.connect(host, "smtp")
    return made


def inbox(made: Seat, user: str) -> list[bytes]:
    box = made.world.store.mailbox(BoxKey("nyu.edu", user, "INBOX"))
    assert box is not None
    return [made.world.store.octets(message.body) for message in box.messages.values()]


@pytest.mark.parametrize("recipients", [["friends@nyu.edu"], ["bob@nyu.edu", "Friends@NYU.edu", "friends@nyu.edu"]])
def test_mail_to_a_list_reaches_each_member_once(recipients):
    made = seat()
    before = len(inbox(made, "bob"))
    send(made, recipients)
    assert len(inbox(made, "bob")) == before + 1
    assert len(inbox(made, "carol")) == 1
    assert inbox(made, "postmaster") == []
    assert inbox(made, "carol")[0].startswith(b"Return-Path: <alice@lancs.uk>\r\n")


def test_a_list_gives_way_to_an_account_and_leaves_out_who_is_not_there():
    store = Store()
    store.add_account(Account("nyu.edu", "bob", "", "Bob"))
    lists = (MailingList("all", "All", ("bob", "zoe")), MailingList("bob", "Bobs", ("zoe",)))
    host = Host("nyu.edu", "198.51.100.1", store, VirtualClock(START), Traits(), lists)
    assert [one.user for one in host.members("ALL")] == ["bob"]
    assert [one.user for one in host.members("Bob")] == ["bob"]
    assert host.members("zoe") == ()
    assert host.mailing_list("bob") is None
    assert host.mailing_list("All") == lists[0]


def test_the_empty_world_has_no_lists():
    assert build("empty").hosts["nyu.edu"].mailing_list("friends") is None
    assert build("lecture").hosts["lancs.uk"].mailing_list("friends") is None


def test_a_message_that_is_held_back_does_not_wait_yet():
    made = seat("lancs.uk")
    made.fault("host-down nyu.edu")
    for line in ("EHLO lancs.uk", "MAIL FROM:<alice@lancs.uk> HOLDFOR=60", "RCPT TO:<bob@nyu.edu>", "DATA", "a\r\n."):
        made.send(line.encode() + b"\r\n")
    made.send(b"ETRN nyu.edu\r\n")
    made.wait(60_000_000, idle=False, cause=":wait 60")
    made.send(b"ETRN nyu.edu\r\n")
    assert [line[:3] for line in answers(made)[-2:]] == ["251", "253"]


@pytest.mark.parametrize(
    ("node", "code"),
    [("cs.nyu.edu", "253"), ("@nyu.edu", "253"), ("nyu.edu", "251"), ("@xcs.nyu.edu", "251"), ("@s.nyu.edu", "251")],
)
def test_a_node_with_the_sign_stands_for_all_hosts_below_it(node, code):
    made = seat("lancs.uk")
    made.fault("name-server-silent cs.nyu.edu")
    send(made, ["bob@cs.nyu.edu"])
    made.send(f"ETRN {node}\r\n".encode())
    assert answers(made)[-1].startswith(code)
