"""`mailshell serve` as its users meet it: a process, its ports, signals, other people's mail programs."""

import contextlib
import json
import random
import shutil
import signal
import smtplib
import socket
import sqlite3
import subprocess
import threading
import time

import pytest

from mailshell.mail.disk import SCHEMA, Disk
from mailshell.mail.store import BoxKey, Store
from tests.serving import PATIENCE, Nursery, Wire, command, free_port, printing, refused, serving

pytestmark = pytest.mark.process

MESSAGE = "From: alice@lancs.uk\r\nTo: bob@nyu.edu\r\nSubject: {0}\r\n\r\nHello, {0}.\r\n.. and a dot\r\n"
ROUNDS = 100


def inbox(path, user="bob", host="nyu.edu") -> list[bytes]:
    """The messages in a state file that no server uses, the world's own left out."""
    store = Store(disk=Disk(str(path)))
    try:
        mailbox = store.mailbox(BoxKey(host, user, "INBOX"))
        assert mailbox is not None
        found = [store.octets(message.body) for message in mailbox.messages.values()]
        return [octets for octets in found if b".lecture@lancs.uk>" not in octets]
    finally:
        store.close()


@pytest.fixture
def state(tmp_path):
    return tmp_path / "state"


@pytest.fixture
def server(tmp_path, state):
    with serving(tmp_path, "--state", str(state)) as served:
        yield served


def tool(name: str) -> str:
    path = shutil.which(name)
    if path is None:
        pytest.skip(f"{name} is not installed")
    return path


def play(*words: str, given: str = "") -> str:
    done = subprocess.run(words, input=given.encode(), capture_output=True, timeout=PATIENCE, check=False)
    return (done.stdout + done.stderr).decode()


# Other people's programs


def send_smtplib(port: int) -> None:
    with smtplib.SMTP("127.0.0.1", port, timeout=PATIENCE) as client:
        refusals = client.sendmail("alice@lancs.uk", ["bob@nyu.edu"], MESSAGE.format("smtplib"))
        assert refusals == {}


def send_curl(port: int) -> None:
    words = ["--mail-from", "alice@lancs.uk", "--mail-rcpt", "bob@nyu.edu", "-T", "-"]
    text = MESSAGE.format("curl")
    print(play(tool("curl"), "-sS", "-v", f"smtp://127.0.0.1:{port}", *words, given=text))


def send_swaks(port: int) -> None:
    words = ["--server", "127.0.0.1", "--port", str(port), "--from", "alice@lancs.uk", "--to", "bob@nyu.edu"]
    print(play(tool("swaks"), *words, "--header", "Subject: swaks", "--body", "Hello, swaks."))


def send_msmtp(port: int) -> None:
    words = ["--host=127.0.0.1", f"--port={port}", "--from=alice@lancs.uk", "--auth=off", "--tls=off", "bob@nyu.edu"]
    text = MESSAGE.format("msmtp").replace("\r\n", "\n")
    print(play(tool("msmtp"), *words, given=text))


def typed(words: list[str], name: str, end: str = "\r\n") -> None:
    """A person at telnet or nc: waits for each answer."""
    with printing(*words) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        lines = ["HELO lancs.uk", "MAIL FROM:<alice@lancs.uk>", "RCPT TO:<bob@nyu.edu>", "DATA"]
        for line in [*lines, f"Subject: {name}{end}{end}Hello, {name}.{end}.", "QUIT", ""]:
            while not (answer := process.stdout.readline())[:4].strip().isdigit():
                assert answer, "the client ended"
            if line:
                process.stdin.write((line + end).encode())
                process.stdin.flush()
        assert answer.startswith(b"221")


def send_telnet(port: int) -> None:
    typed([tool("telnet"), "127.0.0.1", str(port)], "telnet", "\n")  # telnet makes CR LF of it


def send_nc(port: int) -> None:
    typed([tool("nc"), "127.0.0.1", str(port)], "nc")


@pytest.mark.parametrize("send", [send_smtplib, send_curl, send_swaks, send_msmtp, send_telnet, send_nc])
def test_a_mail_program_delivers(send, server, state):
    name = send.__name__.removeprefix("send_")
    send(server.port)
    assert server.stop() == 0
    (octets,) = inbox(state)
    assert octets.startswith(b"Return-Path: <alice@lancs.uk>\r\nReceived: from ")
    assert f"\r\nSubject: {name}\r\n".encode() in octets
    assert f"\r\nHello, {name}.\r\n".encode() in octets
    assert server.errors == ""


def test_a_script_in_a_pipe_is_answered_to_its_end(server, state):
    lines = ["EHLO lancs.uk", "MAIL FROM:<alice@lancs.uk>", "RCPT TO:<bob@nyu.edu>", "DATA", "Hello.", ".", "NOOP"]
    out = play(tool("nc"), "-N", "127.0.0.1", str(server.port), given="".join(f"{line}\r\n" for line in lines))
    assert [line[:3] for line in out.splitlines() if line[3] == " "] == [
        "220",
        "250",
        "250",
        "250",
        "354",
        "250",
        "250",
    ]
    assert server.stop() == 0
    assert len(inbox(state)) == 1


def test_two_messages_in_one_connection(server, state):
    with smtplib.SMTP("127.0.0.1", server.port, timeout=PATIENCE) as client:
        for name in ("one", "two"):
            client.sendmail("alice@lancs.uk", ["bob@nyu.edu"], MESSAGE.format(name))
    assert server.stop() == 0
    assert [name in octets for name, octets in zip((b"one", b"two"), inbox(state), strict=True)] == [True, True]


# What is printed


def test_events(server):
    with Wire(server.port) as wire:
        wire.hello()
        wire.ask("MAIL alice@lancs.uk")
        wire.ask("FOO")
        assert wire.mail("x" * 900 + "\r\n\x7f" + 70 * ("y" * 70 + "\r\n")).startswith(b"250")
        wire.ask("QUIT")
    server.process.send_signal(signal.SIGTERM)
    events = server.events()
    opened, hello, slip, unknown, *_, prompt, body, dot, bye, closed = events
    common = {"protocol": "smtp", "host": "nyu.edu", "link": 1}
    assert all(common.items() <= each.items() and abs(each["t"] - time.time()) < 60 for each in events)
    assert opened["event"] == "opened"
    assert (opened["peer"], opened["inside"], opened["code"]) == ("127.0.0.1", False, 220)
    assert hello["octets"] == "EHLO lancs.uk\r\n"
    assert hello["replies"][0] == "250-nyu.edu greets lancs.uk\r\n"
    assert [hello[key] for key in ("event", "before", "after", "code", "card", "verdict", "because")] == [
        *("exchange", "greeted", "ready", 250, "EHLO", "accepted", "")
    ]
    assert (slip["card"], slip["verdict"], slip["code"]) == ("MAIL", "refused", 501)
    assert slip["because"]
    assert (unknown["card"], unknown["verdict"], unknown["code"]) == ("", "refused", 500)
    assert (prompt["event"], prompt["card"], prompt["code"], prompt["after"]) == ("prompt", "DATA", 354, "message")
    assert (body["event"], body["size"], len(body["octets"])) == ("body", 5945, 4096)
    assert (dot["octets"], dot["card"], dot["code"]) == (".\r\n", ".", 250)
    assert (bye["card"], bye["after"]) == ("QUIT", "closed")
    assert (closed["event"], closed["by"], closed["before"]) == ("closed", "server", "ready")


def test_the_first_lines_are_a_contract(tmp_path):
    with printing(*command("--json", "--smtp", "0", "--host", "LANCS.uk")) as process:
        assert process.stdout is not None
        listening, ready = (json.loads(process.stdout.readline()) for _ in range(2))
        process.terminate()
    port = listening.pop("port")
    assert 0 < port < 65_536
    assert listening == {
        **{"event": "listening", "protocol": "smtp", "host": "lancs.uk"},
        **{"address": "127.0.0.1", "tls": "none"},
    }
    assert ready == {"event": "ready"}


def test_the_transcript_is_live(tmp_path):
    words = command("--smtp", "0", "--depth", "1", "--ascii", "--log", str(tmp_path / "log"))
    with printing(*words) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        assert first.startswith(b"smtp nyu.edu 127.0.0.1 port ")
        with Wire(int(first.split()[-1])) as wire:
            wire.hello()
            while b"C: EHLO lancs.uk\\r\\n" not in (line := process.stdout.readline()):
                assert line
            wire.mail("\r\n".join(["z" * 70] * 1000))
            wire.ask("QUIT")
        while b"closed" not in (line := process.stdout.readline()):
            assert len(line) < 100
            if b"more octets" in line:
                assert line == b"== 63,808 more octets of the message are not shown\n"
        process.terminate()
        assert process.wait(PATIENCE) == 0
    assert "C: EHLO lancs.uk" in (tmp_path / "log").read_text()


def test_a_busy_server_counts(tmp_path):
    with printing(*command("--smtp", "0")) as process:
        assert process.stdout is not None
        port = int(process.stdout.readline().split()[-1])
        with Wire(port) as wire:
            wire.hello()
            for _ in range(20):
                wire.send(b"NOOP\r\n" * 100)
                for _ in range(100):
                    wire.reply()
            wire.mail("Hello.")
            shown = []
            while not (line := process.stdout.readline()).endswith(b" in the last second\n"):
                shown.append(line)
            assert len([line for line in shown if line.startswith(b"C: ")]) == 200
            assert line == b"== 1,804 exchanges and 1 message in the last second\n"
            wire.ask("NOOP")
            assert process.stdout.readline() == b"== 1 exchange and 0 messages in the last second\n"
            wire.ask("NOOP")
            assert b"C: NOOP" in b"".join(process.stdout.readline() for _ in range(2)), "it is quiet again"
        process.terminate()


def flood(port: int, count: int) -> None:
    with Wire(port) as wire:
        wire.hello()
        for _ in range(count // 100):
            wire.send(b"NOOP\r\n" * 100)
            for _ in range(100):
                wire.reply()


def test_a_slow_reader_of_events_misses_some_and_holds_nobody_up(server):
    flood(server.port, 30_000)
    with Wire(server.port) as wire:
        assert wire.hello().mail("Still there?").startswith(b"250")
    assert server.resident < 100
    counted: list[int] = []

    def read() -> None:
        for event in iter(server.event, {}):
            counted.append(event["n"] if event["event"] == "dropped" else 1)

    reader = threading.Thread(target=read)
    reader.start()
    assert server.stop() == 0
    reader.join()
    assert max(counted) > 1000
    # Opened, EHLO, NOOPs, closed; opened, EHLO, MAIL, RCPT, DATA, message, dot, closed.
    assert sum(counted) == 30_003 + 8


def test_the_server_outlives_its_reader(server):
    server.process.stdout.close()
    for _ in range(3):
        with Wire(server.port) as wire:
            assert wire.hello().mail("Anybody?").startswith(b"250")
        time.sleep(0.03)
    assert server.stop() == 0
    assert server.errors == ""


def test_no_stdout_at_all(tmp_path):
    port = free_port()
    script = f"exec {' '.join(command('--smtp', str(port)))} >&-"
    with printing("sh", "-c", script) as process:
        with patiently(port) as wire:
            assert wire.hello().mail("Hello.").startswith(b"250")
        process.terminate()
        assert process.wait(PATIENCE) == 0


@contextlib.contextmanager
def patiently(port: int):
    """A connection to a server that is about to start."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            wire = Wire(port)
            break
        except ConnectionRefusedError:
            assert time.monotonic() < end
            time.sleep(0.002)
    with wire:
        yield wire


# Options


def test_a_user_and_a_network(tmp_path, state):
    options = ["--user", "dave:se:cret", "--user", "Jane.Doe:x", "--network", "127.0.0.0/8", "--network", "::1"]
    with serving(tmp_path, "--state", str(state), *options) as server:
        with Wire(server.port) as wire:
            wire.hello()
            assert wire.mail("To Dave.", "dave@nyu.edu").startswith(b"250")
            assert wire.mail("To Jane.", "jane.doe@nyu.edu").startswith(b"250")
            assert wire.mail("Away.", "alice@lancs.uk").startswith(b"250"), "an insider may send mail on"
        assert server.event()["inside"] is True
        assert server.stop() == 0
    assert len(inbox(state, "dave")) == len(inbox(state, "jane.doe")) == 1
    with serving(tmp_path, "--state", str(state)) as server, Wire(server.port) as wire:
        wire.hello()
        assert wire.mail("To Dave again.", "dave@nyu.edu").startswith(b"250"), "the file knows him"
        assert wire.mail("Away.", "alice@lancs.uk").startswith(b"550"), "an outsider may not"


def test_a_user_with_a_name_outside_ascii(tmp_path, state):
    options = ["--state", str(state), "--user", "jo\u0308rg:secret"]
    with serving(tmp_path, *options) as server, Wire(server.port) as wire:
        wire.hello()
        assert wire.ask("MAIL FROM:<alice@lancs.uk> SMTPUTF8").startswith(b"250")
        assert wire.ask("RCPT TO:<j\xf6rg@nyu.edu>").startswith(b"250")
        assert wire.ask("RCPT TO:<jorg@nyu.edu>").startswith(b"550")
        assert wire.ask("VRFY J\xd6RG SMTPUTF8").endswith("j\xf6rg <j\xf6rg@nyu.edu>\r\n".encode())
        assert server.stop() == 0
    assert inbox(state, "j\xf6rg") == []


def test_voice_policy_and_world(tmp_path):
    with serving(tmp_path, "--voice", "classic", "--world", "empty") as server, Wire(server.port) as wire:
        wire.reply()
        assert wire.ask("EHLO lancs.uk").startswith(b"502")
        assert wire.ask("HELO lancs.uk").startswith(b"250")
        wire.ask("MAIL FROM:<alice@lancs.uk>")
        assert wire.ask("RCPT TO:<bob@nyu.edu>").startswith(b"550")


def test_a_public_address_is_warned_of(tmp_path):
    with serving(tmp_path, "--bind", "0.0.0.0") as server:
        assert "mailshell: 0.0.0.0 is not this machine alone: anyone who can reach port" in server.errors
        with Wire(server.port) as wire:
            wire.hello()


def test_ipv6(tmp_path):
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        pytest.skip("no IPv6 here")
    with serving(tmp_path, "--bind", "::1", "--network", "::1") as server, Wire(server.port, "::1") as wire:
        wire.hello()
        assert server.event()["peer"] == "::1"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--user", "dave"], "'dave' is not NAME:PASSWORD"),
        (["--user", "dave:"], "'dave:' is not NAME:PASSWORD"),
        (["--user", "da ve:x"], "'da ve' is no name for a mailbox"),
        (["--user", "d:\x07"], "printable characters only"),
        (["--user", "zo\xeb..x:y"], "is no name for a mailbox"),
        (["--user", "zo\u2028:y"], "is no name for a mailbox"),
        (["--user", f"{33 * chr(0xEB)}:y"], "is too long for a mailbox: a name has 64 octets"),
        (["--network", "10.0.0.0/64"], "'10.0.0.0/64' is no network"),
        (["--smtp", "70000"], "'70000' is no port"),
        (["--smtp", "x"], "'x' is no port"),
        (["--host", "mars.test"], "mars.test is no host of this world: there are lancs.uk, nyu.edu, someschool.edu."),
    ],
)
def test_bad_options(options, words):
    status, errors = refused(*options)
    assert status == 2
    assert words in errors


def test_a_port_that_is_taken(server):
    assert refused("--smtp", str(server.port)) == (
        3,
        f"mailshell: Port {server.port} of 127.0.0.1 is taken by another program. "
        "Stop that program, or choose another port for smtp.\n",
    )


@pytest.mark.parametrize("address", ["203.0.113.77", "no-such-name.invalid", "1.2.3.4.5", ""])
def test_an_address_that_is_not_ours(address):
    status, errors = refused("--smtp", "0", "--bind", address)
    assert status == 3
    assert "is not an address" in errors


def test_a_state_file_that_is_not_usable(server, state, tmp_path):
    foreign, newer, inside = tmp_path / "notes.txt", tmp_path / "newer", tmp_path / "no" / "state"
    foreign.write_text("Buy milk.\n" * 100)
    Disk(str(newer)).close()
    with contextlib.closing(sqlite3.connect(newer)) as connection:
        connection.execute(f"PRAGMA user_version = {SCHEMA + 1}")
    for path, words in (
        (state, "is locked: another mailshell is using it"),
        (foreign, "is not a state file of mailshell"),
        (newer, "was written by a newer mailshell"),
        (inside, "does not exist"),
        ("/proc/state", "/proc"),
    ):
        status, errors = refused("--smtp", "0", "--state", str(path))
        assert status == 3
        assert words in errors
        assert errors.startswith(f"mailshell: {path} ")
        assert errors.count("\n") == 1
    assert foreign.read_text() == "Buy milk.\n" * 100


# Signals


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_in_good_order(number, server, state):
    with contextlib.ExitStack() as stack:
        wires = [stack.enter_context(Wire(server.port)).hello() for _ in range(5)]
        wires[0].mail("Kept.")
        for line in ("MAIL FROM:<alice@lancs.uk>", "RCPT TO:<bob@nyu.edu>", "DATA"):
            wires[1].ask(line)
        wires[1].send(b"Never ended.\r\n")
        assert server.stop(number) == 0
        assert [wire.reply()[:3] for wire in wires] == [b"421"] * 5
    assert server.errors == ""
    assert [octets.endswith(b"Kept.\r\n") for octets in inbox(state)] == [True]
    assert not state.with_name("state-wal").exists()


def test_a_restart_on_the_same_port_finds_the_mail(tmp_path, state):
    port = str(free_port())
    for count in range(1, 4):
        with serving(tmp_path, "--state", str(state), "--smtp", port) as server:
            with Wire(server.port) as wire:
                assert wire.hello().mail(f"Number {count}.").startswith(b"250")
            assert server.stop() == 0
        assert len(inbox(state)) == count


# Peers that behave badly


def test_a_peer_that_never_reads(server):
    """It is not read from either, its memory is bounded, and others are served."""
    with Wire(server.port) as deaf, Wire(server.port) as other:
        deaf.hello()
        before = server.resident
        deaf.socket.settimeout(0.3)
        sent = 0
        with contextlib.suppress(TimeoutError):
            while sent < 50_000_000:
                sent += deaf.socket.send(b"HELP\r\n" * 10_000)
        assert sent < 50_000_000
        assert other.hello().mail("Hello.").startswith(b"250")
        assert server.resident - before < 40, "its transcript is 16 MiB of that, its events 4 MiB"
        # It comes to its senses, and nothing was lost.
        deaf.socket.settimeout(PATIENCE)
        assert all(deaf.reply().startswith(b"214") for _ in range(1000))


def test_a_client_that_vanishes_in_a_message(server, state):
    wire = Wire(server.port).hello()
    for line in ("MAIL FROM:<alice@lancs.uk>", "RCPT TO:<bob@nyu.edu>", "DATA"):
        wire.ask(line)
    wire.send(b"Half a mess")
    wire.close()
    while (event := server.event())["event"] != "closed":
        pass
    assert (event["by"], event["before"]) == ("client", "message")
    assert server.stop() == 0
    assert inbox(state) == []


def test_many_connections(server):
    with contextlib.ExitStack() as stack:
        wires = [stack.enter_context(Wire(server.port)) for _ in range(300)]
        assert all(wire.reply().startswith(b"220") for wire in wires)
        assert all(wire.ask("EHLO lancs.uk").startswith(b"250") for wire in wires)


# What a 250 promises


class Sender(threading.Thread):
    """Sends messages, each with its own name, until the connection breaks, and remembers what was acknowledged."""

    def __init__(self, port: int, name: str, acknowledged: threading.Semaphore) -> None:
        super().__init__()
        self.port, self.label, self.acknowledged = port, name, acknowledged
        self.kept: list[str] = []

    def run(self) -> None:
        with contextlib.suppress(OSError, AssertionError), Wire(self.port) as wire:
            wire.hello()
            for number in range(10_000):
                name = f"<{self.label}.{number}@test>"
                if not wire.mail(f"Message-ID: {name}\r\n\r\nHello.").startswith(b"250"):
                    return
                self.kept.append(name)
                self.acknowledged.release()


def test_what_was_acknowledged_survives_a_killed_server(state):
    chance, port, kept = random.Random(5321), free_port(), []
    with Nursery() as nursery:
        for number in range(ROUNDS):
            nursery.start("serve", "--smtp", str(port), "--state", str(state))
            acknowledged = threading.Semaphore(0)
            with patiently(port):
                senders = [Sender(port, f"{number}.{each}", acknowledged) for each in range(4)]
                for sender in senders:
                    sender.start()
                for _ in range(chance.randint(1, 12)):
                    assert acknowledged.acquire(timeout=PATIENCE)
                assert nursery.kill() == signal.SIGKILL
            for sender in senders:
                sender.join()
                kept += sender.kept
    assert len(kept) >= ROUNDS
    found = [octets.split(b"Message-ID: ")[1].split(b"\r\n")[0].decode() for octets in inbox(state)]
    assert len(found) == len(set(found)), "nothing is there twice"
    assert set(kept) <= set(found), "nothing that was acknowledged is lost"
    assert len(found) <= len(kept) + 4 * ROUNDS, "and a sender waits for one answer at a time"
