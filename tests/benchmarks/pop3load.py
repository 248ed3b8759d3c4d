"""Load for a POP3 server: logins, messages one by one and in groups, a big maildrop, sessions that wait."""

import itertools
import time
from collections.abc import Awaitable, Callable, Mapping
from functools import partial

from wire import BLOCK, MeterError, Plan, Result, Wire, hold, timed

PASSWORD = "pw"
END = b"\r\n.\r\n"


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


async def retr(plan: Plan, block: int = 1) -> Result:
    """The messages of u0, from the first to the last and again; `block` commands in one write."""
    octets, numbers = 0, itertools.cycle(range(1, plan.size + 1))

    async def one() -> None:
        nonlocal octets
        wire = await login(plan)
        for start in range(0, plan.messages, block):
            some = min(block, plan.messages - start)
            await wire.send(b"".join(b"RETR %d\r\n" % next(numbers) for _ in range(some)))
            for _ in range(some):
                octets += len(await wire.until(END))
        await leave(wire)

    seconds = await timed(plan._replace(concurrency=1), one)
    return Result("pop3 retr", seconds, plan.sessions * plan.messages, "messages", octets // plan.repeat)


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
