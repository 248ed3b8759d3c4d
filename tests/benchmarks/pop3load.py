"""Load for a POP3 server: logins, messages one by one and in groups, a big maildrop, sessions that wait."""

import itertools
import select
import socket
import time
from collections.abc import Awaitable, Callable, Mapping
from functools import partial

from wire import BLOCK, MeterError, Plan, Result, Wire, hold, timed

PASSWORD = "pw"
END = b"\r\n.\r\n"
BUFFER = 64 * 1024


async def ok(wire: Wire) -> bytes:
    """A line with +OK."""
    line = await wire.line()
    if not line.startswith(b"+OK"):
        raise MeterError(f"expected +OK, got {line!r}")
    return line


async def login(plan: Plan, user: int = 0) -> Wire:
    """A session that is logged in."""
    wire = await Wire.open(plan)
    await ok(wire)
    await wire.send(f"USER u{user}\r\n".encode())
    await ok(wire)
    await wire.send(f"PASS {PASSWORD}\r\n".encode())
    await ok(wire)
    return wire


async def leave(wire: Wire) -> None:
    """QUIT."""
    await wire.send(b"QUIT\r\n")
    await ok(wire)
    wire.close()


async def logins(plan: Plan) -> Result:
    """Each session as another user: one maildrop opens for one session at a time."""
    users = itertools.cycle(range(plan.sessions))

    async def one() -> None:
        await leave(await login(plan, next(users)))

    return Result("pop3 logins", await timed(plan, one), plan.sessions, "sessions")


class Fetcher:
    """A session of a user that asks for the messages, from the first to the last and again.

    A plain socket, and no octet is looked at by Python: the load must cost less than the server that it measures.
    """

    def __init__(self, plan: Plan, user: int, block: int) -> None:
        self.socket = socket.create_connection((plan.host, plan.port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.octets = self._due = 0
        self._rest = b""
        with self.socket.makefile("rb") as answers:
            for line in (b"", f"USER u{user}\r\n".encode(), f"PASS {PASSWORD}\r\n".encode()):
                self.socket.sendall(line)
                if not (answer := answers.readline()).startswith(b"+OK"):
                    raise MeterError(f"expected +OK, got {answer!r}")
        self._left, self._block = plan.messages, block
        self._numbers = itertools.cycle([b"RETR %d\r\n" % number for number in range(1, plan.size + 1)])

    def ask(self) -> bool:
        """Send the next commands; False when there are none any more."""
        self._due = min(self._block, self._left)
        self._left -= self._due
        self.socket.send(b"".join(itertools.islice(self._numbers, self._due)))
        return self._due > 0

    def read(self) -> bool:
        """Read what has come, and ask again when that was all; False when everything has come."""
        found = self.socket.recv(BUFFER)
        if not found or found.startswith(b"-ERR"):
            raise MeterError(f"expected a message, got {found[:100]!r}")
        self.octets += len(found)
        self._due -= (self._rest + found).count(END)
        self._rest = found[1 - len(END) :]
        return self._due > 0 or self.ask()


async def retr(plan: Plan, block: int = 1) -> Result:
    """On each of `sessions` connections, each of another user, `messages` RETRs; `block` commands in one write."""
    fetchers = {one.socket.fileno(): one for one in (Fetcher(plan, user, block) for user in range(plan.sessions))}
    with select.epoll() as poll:
        start = time.perf_counter()
        for number, fetcher in fetchers.items():
            fetcher.ask()
            poll.register(number, select.EPOLLIN)
        left = len(fetchers)
        while left:
            for number, _ in poll.poll():
                if not fetchers[number].read():
                    poll.unregister(number)
                    left -= 1
        seconds = time.perf_counter() - start
    for fetcher in fetchers.values():
        fetcher.socket.close()
    octets = sum(fetcher.octets for fetcher in fetchers.values())
    return Result("pop3 retr", (seconds,), plan.sessions * plan.messages, "messages", octets)


async def opening(plan: Plan) -> Result:
    """Seconds until a maildrop is open, and until STAT, LIST and UIDL are answered to the last octet."""
    extra: dict[str, float | str] = {}
    start = time.perf_counter()
    wire = await login(plan)
    extra["open_s"] = time.perf_counter() - start
    for verb in ("STAT", "LIST", "UIDL"):
        start = time.perf_counter()
        await wire.send(f"{verb}\r\n".encode())
        answer = await (ok(wire) if verb == "STAT" else wire.until(END))
        extra[f"{verb.lower()}_s"] = time.perf_counter() - start
        if verb == "LIST":
            extra["messages"] = answer.count(b"\n") - 2
    await leave(wire)
    return Result("pop3 open", extra=extra)


async def idle(plan: Plan) -> Result:
    """Sessions that are logged in and say nothing."""
    users = itertools.count()
    return await hold("pop3 idle", lambda plan: login(plan, next(users)), plan)


Test = Callable[[Plan], Awaitable[Result]]
TESTS: Mapping[str, Test] = {
    "logins": logins,
    "retr": retr,
    "pipeline": partial(retr, block=BLOCK),
    "open": opening,
    "idle": idle,
}
