"""Load for an IMAP server: logins, FETCH of a big mailbox, APPEND, deliveries to clients that wait, removals."""

import asyncio
import itertools
import statistics
import time
from collections.abc import Awaitable, Callable, Mapping

from load import make_message
from wire import MeterError, Plan, Result, Wire, hold, timed

PASSWORD = "pw"
ITEMS = b"(FLAGS UID RFC822.SIZE ENVELOPE BODYSTRUCTURE)"


async def done(wire: Wire, octets: bytes, tag: bytes = b"t") -> bytes:
    """Send a command, and read to its tagged OK; all that came before."""
    await wire.send(tag + b" " + octets + b"\r\n")
    return await over(wire, tag)


async def over(wire: Wire, tag: bytes = b"t") -> bytes:
    """Read to the tagged OK; all that came before."""
    wire.buffer[:0] = b"\n"
    found = await wire.until(b"\n" + tag + b" ")
    line = await wire.line()
    if not line.startswith(b"OK"):
        raise MeterError(f"expected OK, got {line!r}")
    return found


async def login(plan: Plan, user: int = 0) -> Wire:
    """A session that is logged in."""
    wire = await Wire.open(plan)
    await wire.line()
    await done(wire, f"LOGIN u{user} {PASSWORD}".encode())
    return wire


async def leave(wire: Wire) -> None:
    """LOGOUT."""
    await done(wire, b"LOGOUT")
    wire.close()


async def logins(plan: Plan) -> Result:
    """Each session as another of `messages` users."""
    users = itertools.cycle(range(plan.messages))

    async def one() -> None:
        await leave(await login(plan, next(users)))

    return Result("imap logins", await timed(plan, one), plan.sessions, "sessions")


async def append(wire: Wire, message: bytes, box: bytes = b"INBOX") -> None:
    """One message, with a literal for which the client waits; Twisted cannot do without the flags."""
    await wire.send(b"t APPEND %b () {%d}\r\n" % (box, len(message)))
    while not (await wire.line()).startswith(b"+"):
        pass
    await wire.send(message, b"\r\n")
    await over(wire)


async def appends(plan: Plan) -> Result:
    """On each of `sessions` connections, each of another user, `messages` messages, one by one."""
    wires = [await login(plan, user) for user in range(plan.sessions)]
    message = make_message(0, plan.size)
    start = time.perf_counter()

    async def many(wire: Wire) -> None:
        for _ in range(plan.messages):
            await append(wire, message)

    await asyncio.gather(*map(many, wires))
    seconds = time.perf_counter() - start
    for wire in wires:
        wire.close()
    return Result("imap append", (seconds,), plan.sessions * plan.messages, "messages")


async def filled(plan: Plan) -> Wire:
    """A session of u0 whose INBOX is open and has at least `messages` messages."""
    wire = await login(plan)
    for number in range(plan.messages):
        await append(wire, make_message(number, plan.size))
    await done(wire, b"SELECT INBOX")
    return wire


async def fetch(plan: Plan) -> Result:
    """All of `messages` messages, the first time and again; the longest wait of another connection meanwhile."""
    wire, other = await filled(plan), await login(plan)
    extra: dict[str, float | str] = {}
    seconds = []
    for number in range(1 + plan.repeat):
        waits: list[float] = []
        asking = asyncio.create_task(ask(other, waits))
        start = time.perf_counter()
        answer = await done(wire, b"FETCH 1:* " + ITEMS)
        seconds.append(time.perf_counter() - start)
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        other.close()
        other = await login(plan)
        if not number:
            extra |= {"first_s": seconds[0], "first_wait_ms": max(waits, default=0.0) * 1000}
        else:
            extra["wait_ms"] = max(waits, default=0.0) * 1000
    count = answer.count(b" FETCH (")
    if count < plan.messages:
        raise MeterError(f"{count} answers, not {plan.messages}")
    wire.close()
    other.close()
    return Result("imap fetch", tuple(seconds[1:]), count, "messages", len(answer), extra)


async def search(plan: Plan) -> Result:
    """Looks through `messages` messages for a word that is in none, and for one that is in all: first, then again."""
    wire = await filled(plan)
    extra: dict[str, float | str] = {}
    seconds: list[float] = []
    for name, key in (("text", b"TEXT unheard"), ("subject", b"SUBJECT bench")):
        times: list[float] = []
        for _ in range(1 + plan.repeat):
            start = time.perf_counter()
            answer = await done(wire, b"SEARCH " + key)
            times.append(time.perf_counter() - start)
        extra |= {f"{name}_first_ms": times[0] * 1000, f"{name}_ms": min(times[1:]) * 1000}
        seconds += times[1:]
    if answer.count(b" ") < plan.messages:
        raise MeterError("not all messages were found")
    wire.close()
    return Result("imap search", tuple(seconds), plan.messages, "messages", len(answer), extra)


async def ask(wire: Wire, waits: list[float]) -> None:
    """NOOP, again and again; the last wait counts though its answer may be missing."""
    while True:
        start = time.perf_counter()
        try:
            await done(wire, b"NOOP")
        finally:
            waits.append(time.perf_counter() - start)
        await asyncio.sleep(0.001)


async def push(plan: Plan) -> Result:
    """From the start of an APPEND to EXISTS at each of `sessions` clients that wait in IDLE."""
    writer = await login(plan)
    wires = []
    for _ in range(plan.sessions):
        wires.append(wire := await login(plan))
        await done(wire, b"SELECT INBOX")
        await wire.send(b"t IDLE\r\n")
        await wire.until(b"+ ")
        await wire.line()
    delays: list[float] = []

    async def told(wire: Wire, start: float) -> None:
        while not (await wire.line()).rstrip().endswith(b"EXISTS"):
            pass
        delays.append(time.perf_counter() - start)

    for number in range(plan.repeat):
        await asyncio.sleep(0.2)
        start = time.perf_counter()
        tasks = [asyncio.create_task(told(wire, start)) for wire in wires]
        await append(writer, make_message(number, plan.size))
        await asyncio.gather(*tasks)
    for wire in (*wires, writer):
        wire.close()
    return Result("imap push", extra={"median_ms": statistics.median(delays) * 1000, "most_ms": max(delays) * 1000})


async def removals(plan: Plan) -> Result:
    """Half of `messages` messages get \\Deleted, and are removed; another session is told."""
    wire = await login(plan)
    other = await login(plan)
    for one in (wire, other):
        await done(one, b"SELECT INBOX")
    await done(wire, b"STORE 1:%d +FLAGS.SILENT (\\Deleted)" % (plan.messages // 2))
    start = time.perf_counter()
    told = await done(wire, b"EXPUNGE")
    expunge_s = time.perf_counter() - start
    start = time.perf_counter()
    also = await done(other, b"NOOP")
    extra: dict[str, float | str] = {"expunge_s": expunge_s, "told_s": time.perf_counter() - start}
    for answer in (told, also):
        if answer.count(b"EXPUNGE") != plan.messages // 2:
            raise MeterError(f"{answer.count(b'EXPUNGE')} removed, not {plan.messages // 2}")
    wire.close()
    other.close()
    return Result("imap removals", extra=extra)


async def idle(plan: Plan) -> Result:
    """Sessions of one user, each in IDLE on INBOX."""

    async def one(plan: Plan) -> Wire:
        wire = await login(plan)
        await done(wire, b"SELECT INBOX")
        await wire.send(b"t IDLE\r\n")
        await wire.until(b"+ ")
        return wire

    return await hold("imap idle", one, plan)


Test = Callable[[Plan], Awaitable[Result]]
TESTS: Mapping[str, Test] = {
    "logins": logins, "append": appends, "fetch": fetch, "search": search, "push": push, "removals": removals, "idle": idle,
}  # fmt: skip
