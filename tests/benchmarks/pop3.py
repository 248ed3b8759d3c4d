"""Our POP3 server beside Twisted's, in one run, in turn: logins, RETR, a big maildrop.

    python tests/benchmarks/pop3.py --quick     a look
    python tests/benchmarks/pop3.py             five rounds

Every round starts each server afresh, as a process of its own, and measures it by the same client, one after the
other. Ours reads a state file with 2,000 users; Twisted's (below, as its guide has it, with TCP_NODELAY, for without it
each RETR waits for the client's acknowledgement) has the same in memory. The table shows medians over the rounds, and
the ratio of ours to Twisted's. The client takes its share of the time, so rates draw the servers together. Nothing
here asserts a time.

    logins    connect, USER, PASS, QUIT with distinct users over 10 connections, step by step
    retr      RETR of 1 KB messages on one connection, 100 commands in one write
    steps     the same, one command at a time
    big       milliseconds until a maildrop of 100,000 messages is open, and until STAT, LIST and UIDL are answered

A peer that is not installed is left out.
"""

import argparse
import asyncio
import contextlib
import importlib.util
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
USERS, SMALL, BIG = 2_000, 1_000, 100_000
MESSAGE = b"From: alice@lancs.uk\r\nSubject: a message of one kilobyte\r\n\r\n" + (b"x" * 70 + b"\r\n") * 13
FIGURES = {
    "logins": ("logins/s", "more"),
    "retr": ("RETR/s, 100 in one write", "more"),
    "steps": ("RETR/s, one at a time", "more"),
    "open": (f"ms to open {BIG:,} messages", "less"),
    "STAT": ("ms for STAT of them", "less"),
    "LIST": ("ms for LIST", "less"),
    "UIDL": ("ms for UIDL", "less"),
}


def fill(path: Path) -> None:
    """A state file: many users with a message each, one with a thousand, one with a hundred thousand."""
    from mailshell.core.clock import Instant
    from mailshell.mail.disk import Disk
    from mailshell.mail.store import Account, BoxKey, Store
    from mailshell.world.start import add_account, build

    store = Store(disk=Disk(str(path)))
    build("lecture", store=store)
    for user, count in [*((f"u{number}", 1) for number in range(USERS)), ("small", SMALL), ("big", BIG)]:
        add_account(store, Account("nyu.edu", user, "secret", user))
        for _ in range(count):
            store.append(BoxKey("nyu.edu", user, "INBOX"), store.keep(MESSAGE), at=Instant(0))
    store.commit()
    store.close()


def twisted(port: int) -> None:
    """Twisted's POP3 with mailboxes that are lists in memory."""
    defer, reactor = import_module("twisted.internet.defer"), import_module("twisted.internet.reactor")
    pop3, portal = import_module("twisted.mail.pop3"), import_module("twisted.cred.portal")
    checkers, protocol = import_module("twisted.cred.checkers"), import_module("twisted.internet.protocol")
    implementer, bytes_io = import_module("zope.interface").implementer, import_module("io").BytesIO

    @implementer(pop3.IMailbox)
    class Mailbox:
        def __init__(self, count: int) -> None:
            self.messages: list[bytes | None] = [MESSAGE] * count

        def listMessages(self, index: int | None = None) -> object:
            if index is None:
                return [len(message or b"") for message in self.messages]
            return len(self.messages[index] or b"")

        def getMessage(self, index: int) -> object:
            return bytes_io(self.messages[index] or b"")

        def getUidl(self, index: int) -> bytes:
            return b"%d" % index

        def deleteMessage(self, index: int) -> None:
            self.messages[index] = None

        def undeleteMessages(self) -> None:
            """Not asked for."""

        def sync(self) -> None:
            """Nothing to write."""

    @implementer(portal.IRealm)
    class Realm:
        def requestAvatar(self, user: bytes, mind: object, *interfaces: object) -> object:
            count = {b"small": SMALL, b"big": BIG}.get(user, 1)
            return defer.succeed((pop3.IMailbox, Mailbox(count), lambda: None))

    checker = checkers.InMemoryUsernamePasswordDatabaseDontUse()
    for user in [*(f"u{number}" for number in range(USERS)), "small", "big"]:
        checker.addUser(user.encode(), b"secret")

    class Server(pop3.POP3):  # type: ignore[misc, name-defined]
        def connectionMade(self) -> None:
            self.transport.setTcpNoDelay(True)
            self.portal = portal.Portal(Realm(), [checker])
            pop3.POP3.connectionMade(self)

    factory = protocol.Factory()
    factory.protocol = Server
    reactor.listenTCP(port, factory, interface="127.0.0.1")
    reactor.run()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def running(name: str, state: Path) -> Iterator[int]:
    """The port of a server, from its greeting to its end."""
    port = free_port()
    ours = ["-m", "mailshell", "serve", "--pop3", str(port), "--state", str(state)]
    words = ours if name == "mailshell" else [__file__, "--twisted", str(port)]
    environment = os.environ | {"XDG_CONFIG_HOME": str(state.parent), "XDG_STATE_HOME": str(state.parent)}
    process = subprocess.Popen([sys.executable, *words], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    try:
        end = time.monotonic() + 30
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=2):
                break
            if process.poll() is not None or time.monotonic() > end:
                raise SystemExit(f"{name} did not start")
            time.sleep(0.02)
        yield port
    finally:
        process.terminate()
        process.wait(20)


async def logins(port: int, count: int) -> float:
    numbers = iter(range(count))

    async def one() -> None:
        for number in numbers:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            await reader.readline()
            for line in (b"USER u%d\r\n" % (number % USERS), b"PASS secret\r\n", b"QUIT\r\n"):
                writer.write(line)
                if not (await reader.readline()).startswith(b"+OK"):
                    raise SystemExit(f"{line!r} was refused")
            writer.close()

    start = time.perf_counter()
    await asyncio.gather(*(one() for _ in range(10)))
    return count / (time.perf_counter() - start)


class Client:
    """One connection; an answer of many lines is counted by its final dot, and no message here has such a line."""

    def __init__(self, port: int, user: bytes) -> None:
        self.line = socket.create_connection(("127.0.0.1", port))
        self.line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.until(b"\r\n")
        self.ask(b"USER " + user)
        self.seconds = self.ask(b"PASS secret")

    def ask(self, line: bytes, end: bytes = b"\r\n", count: int = 1) -> float:
        """Seconds until an answer is there."""
        start = time.perf_counter()
        self.line.sendall(line + b"\r\n")
        self.until(end, count)
        return time.perf_counter() - start

    def until(self, end: bytes, count: int = 1) -> None:
        rest = b""
        while count:
            data = self.line.recv(1 << 18)
            if not data:
                raise SystemExit("the connection was closed")
            rest += data
            count -= rest.count(end)
            rest = rest[-len(end) + 1 :]

    def close(self) -> None:
        self.ask(b"QUIT")
        self.line.close()


def measured(port: int, scale: int) -> dict[str, float]:
    """Every figure of one server."""
    asyncio.run(logins(port, 100))
    found = {"logins": asyncio.run(logins(port, 400 * scale))}
    client = Client(port, b"small")
    batch = [b"\r\n".join(b"RETR %d" % number for number in range(at, at + 100)) for at in range(1, SMALL, 100)]
    client.ask(batch[0], b"\r\n.\r\n", 100)
    seconds = sum(client.ask(lines, b"\r\n.\r\n", 100) for lines in batch * scale)
    found["retr"] = SMALL * scale / seconds
    found["steps"] = SMALL / sum(client.ask(b"RETR %d" % number, b"\r\n.\r\n") for number in range(1, SMALL + 1))
    client.close()
    client = Client(port, b"big")
    found["open"] = client.seconds * 1000
    found["STAT"] = client.ask(b"STAT") * 1000
    for verb in ("LIST", "UIDL"):
        found[verb] = client.ask(verb.encode(), b"\r\n.\r\n") * 1000
    client.close()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="one short round")
    parser.add_argument("--twisted", type=int, metavar="PORT", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.twisted:
        return twisted(args.twisted)
    names = ["mailshell", *(["twisted"] if importlib.util.find_spec("twisted") else [])]
    rounds: dict[str, list[dict[str, float]]] = {name: [] for name in names}
    with tempfile.TemporaryDirectory() as folder:
        state = Path(folder) / "state"
        fill(state)
        for _ in range(1 if args.quick else 5):
            for name in names:
                with running(name, state) as port:
                    rounds[name].append(measured(port, 1 if args.quick else 10))
    print(
        f"{'':34} {'better':8}" + "".join(f"{name:>12}" for name in names) + ("       ratio" if len(names) > 1 else "")
    )
    for key, (label, better) in FIGURES.items():
        medians = [statistics.median(one[key] for one in rounds[name]) for name in names]
        ratio = f"{medians[0] / medians[1]:12.2f}" if len(medians) > 1 else ""
        print(f"{label:34} {better:8}" + "".join(f"{value:12,.1f}" for value in medians) + ratio)


if __name__ == "__main__":
    main()
