"""Mail between the hosts of a served world: over real TCP, across restarts and across a killed server."""

import poplib
import random
import select
import smtplib
import threading
import time

import pytest

from mailshell.core.clock import HOUR, Instant
from mailshell.mail.disk import Disk
from mailshell.mail.faults import Fault, Faults
from mailshell.mail.store import BoxKey, Store
from mailshell.world.start import START, STUDENT, build
from mailshell.world.world import World
from tests.serving import PATIENCE, Nursery, Wire, free_port, serving
from tests.test_serve import Sender, patiently

INSIDE = ("--host", "lancs.uk", "--network", "127.0.0.0/8")
ROUNDS = 12


def inbox(world: World, user: str = "bob", host: str = "nyu.edu") -> list[bytes]:
    box = world.store.mailbox(BoxKey(host, user, "INBOX"))
    assert box is not None
    return [world.store.octets(message.body) for message in box.messages.values()]


@pytest.mark.process
def test_a_program_sends_to_one_host_and_another_fetches_at_the_next(tmp_path):
    state = str(tmp_path / "state")
    with serving(tmp_path, "--state", state, *INSIDE) as server:
        with smtplib.SMTP("127.0.0.1", server.port, timeout=PATIENCE) as client:
            assert client.sendmail("alice@lancs.uk", ["bob@nyu.edu"], "Subject: far\r\n\r\nHello.\r\n") == {}
        while (event := server.event()).get("event") != "closed" or event["host"] != "nyu.edu":
            assert event, "the host has sent nothing on"
        assert server.stop() == 0
    with serving(tmp_path, "--state", state, "--host", "nyu.edu", protocols=("pop3",)) as server:
        box = poplib.POP3("127.0.0.1", server.port, timeout=PATIENCE)
        box.user("bob")
        box.pass_("hungry")
        count, _ = box.stat()
        lines = box.retr(count)[1]
        box.quit()
    assert lines[-1] == b"Hello."
    hops = [line.split()[2] for line in lines if line.startswith(b"Received: from")]
    assert len(hops) == 2, "the next host and the first one left their traces"
    assert hops[0] == b"lancs.uk"


@pytest.mark.process
def test_mail_for_elsewhere_survives_a_killed_server(tmp_path):
    state, chance, port, kept = tmp_path / "state", random.Random(5321), free_port(), []
    with Nursery() as nursery:
        for number in range(ROUNDS):
            nursery.start("serve", "--smtp", str(port), "--state", str(state), *INSIDE)
            acknowledged = threading.Semaphore(0)
            with patiently(port):
                senders = [Sender(port, f"{number}.{each}", acknowledged) for each in range(3)]
                for sender in senders:
                    sender.start()
                for _ in range(chance.randint(1, 12)):
                    assert acknowledged.acquire(timeout=PATIENCE)
                nursery.kill()
            for sender in senders:
                sender.join()
                kept += sender.kept
    world = build("lecture", store=Store(disk=Disk(str(state))), now=Instant(time.time_ns() // 1000))
    world.advance(Instant(world.clock.now() + HOUR))
    found = [name for octets in inbox(world) for name in octets.split(b"\r\n") if name.startswith(b"Message-ID: <")]
    names = {line.split(b" ")[1].decode() for line in found}
    assert world.store.queue("lancs.uk") == []
    assert len(kept) >= ROUNDS
    assert set(kept) <= names, "nothing that was acknowledged is lost"
    world.store.close()


def test_a_queue_outlives_the_process(tmp_path):
    disk = str(tmp_path / "state")
    world = build("lecture", store=Store(disk=Disk(disk)))
    world.suffer(Faults().put(Fault("host-down", "nyu.edu")))
    link = world.open("lancs.uk", "smtp", STUDENT._replace(inside=True), lambda octets, last: None, "tcp")
    world.feed(link, b"EHLO a\r\nMAIL FROM:<>\r\nRCPT TO:<bob@nyu.edu>\r\nDATA\r\n\r\nHello\r\n.\r\n")
    world.settle()
    (before,) = world.store.queue("lancs.uk")
    assert (before.attempts, before.recipients[0].status) == (1, "4.4.1")
    world.store.close()
    again = build("lecture", store=Store(disk=Disk(disk)))
    assert again.store.queue("lancs.uk") == [before]
    again.advance(Instant(START + HOUR))
    assert again.store.queue("lancs.uk") == []
    assert inbox(again)[-1].endswith(b"\r\n\r\nHello\r\n")
    again.store.close()


@pytest.mark.process
def test_others_are_served_while_a_long_queue_goes_out(tmp_path):
    state = tmp_path / "state"
    world = build("lecture", store=Store(disk=Disk(str(state))), now=Instant(time.time_ns() // 1000 - HOUR))
    world.suffer(Faults().put(Fault("host-down", "nyu.edu")))
    link = world.open("lancs.uk", "smtp", STUDENT._replace(inside=True), lambda octets, last: None, "tcp")
    world.feed(link, b"EHLO a\r\n" + 3000 * b"MAIL FROM:<>\r\nRCPT TO:<bob@nyu.edu>\r\nDATA\r\n\r\nHi\r\n.\r\n")
    world.settle()
    world.store.close()
    with serving(tmp_path, "--state", str(state), "--host", "lancs.uk") as server, Wire(server.port) as wire:
        wire.hello()
        while server.event().get("peer") != "192.0.2.1":
            pass
        assert [wire.ask("NOOP")[:3] for _ in range(10)] == [b"250"] * 10
        server.stop()
    left = Store(disk=Disk(str(state)))
    assert left.queue("lancs.uk"), "it was still going out"
    left.close()


@pytest.mark.process
def test_a_late_answer_takes_its_time_by_the_true_clock_and_others_do_not_wait(tmp_path):
    path = tmp_path / "late.toml"
    path.write_text('faults = ["delay NOOP 3s"]\n[[host]]\nname = "nyu.edu"\naddress = "198.51.100.1"\n')
    with serving(tmp_path, "--world", str(path)) as server, Wire(server.port) as one, Wire(server.port) as other:
        one.hello()
        other.hello()
        start = time.monotonic()
        one.send(b"NOOP\r\n")
        assert other.ask("RSET").startswith(b"250")
        assert select.select([one.socket], [], [], 0)[0] == [], "the answer is not there yet"
        assert one.reply().startswith(b"250")
        assert time.monotonic() - start >= 3
        assert server.stop() == 0
