"""A small loopback load meter for mail servers.

One asyncio process, standard library only. It measures a server that somebody else started, and prints one line,
or one JSON object, a test:

    python tests/benchmarks/meter.py --port 2525 --test messages,pipeline --sessions 20 --messages 100 --size 1k
    python tests/benchmarks/meter.py --port 2525 --test idle --sessions 1000 --pid PID

It talks to a loopback address only and is bounded in count, in octets and in time: it always stops by itself.
As a library: `await measure("smtp", "messages", Plan(port=2525))`.

    sessions  connect, EHLO, one message, QUIT                       sessions/s
    messages  --messages messages in each session                    messages/s, MB/s
    pipeline  the same, with MAIL, RCPT and DATA in one write
    noop      --messages NOOPs in each session, 100 a write          exchanges/s
    idle      --sessions connections that say EHLO and then nothing  memory of --pid and its children
"""

import argparse
import asyncio
import ipaddress
import json
import re
import statistics
import sys
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple

from usage import Memory

LIMITS = {"sessions": 20_000, "concurrency": 2_000, "messages": 20_000_000, "repeat": 50}
OCTETS = 4 << 30
BLOCK = 100

SENDER, RECIPIENT = "sender@lancs.uk", "bob@nyu.edu"
MAIL = f"MAIL FROM:<{SENDER}>\r\n".encode()
RCPT = f"RCPT TO:<{RECIPIENT}>\r\n".encode()
DATA = b"DATA\r\n"


class MeterError(Exception):
    """The server, or the plan, does not do what the test needs."""


class Plan(NamedTuple):
    """What to measure: where, how much, how often."""

    port: int
    host: str = "127.0.0.1"
    sessions: int = 100
    concurrency: int = 10
    messages: int = 10  # in each session
    size: int = 1000  # octets of a message
    repeat: int = 1  # runs; the median counts
    pid: int | None = None  # the server's main process, for its memory
    settle: float = 2.0  # seconds before the memory is read

    def check(self, protocol: str, test: str) -> None:
        """Refuse what leaves the machine or goes past the bounds."""
        try:
            loopback = ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            loopback = False
        if not loopback:
            raise MeterError("the host must be a loopback address: the meter never leaves the machine")
        if test not in TESTS[protocol]:
            raise MeterError(f"no test {test!r} for {protocol}")
        for name, most in LIMITS.items():
            if not 1 <= getattr(self, name) <= most:
                raise MeterError(f"{name} is 1 to {most}")
        if not 0 <= self.settle <= 60:
            raise MeterError("settle is 0 to 60 seconds")
        if test in ("messages", "pipeline") and self.sessions * self.messages * self.size * self.repeat > OCTETS:
            raise MeterError(f"{test}: more than {OCTETS} octets in all")


@dataclass(frozen=True)
class Result:
    """The seconds of each run, and what was done in one run."""

    test: str
    seconds: tuple[float, ...] = ()
    count: int = 0
    unit: str = "things"
    octets: int = 0
    extra: Mapping[str, float | str] = field(default_factory=dict)

    @property
    def rate(self) -> float:
        """Things a second, in the median run."""
        return self.count / statistics.median(self.seconds)

    @property
    def megabytes(self) -> float:
        """Megabytes a second, in the median run."""
        return self.octets / statistics.median(self.seconds) / 1e6

    def summary(self) -> dict[str, float | str]:
        """What the command line prints."""
        out: dict[str, float | str] = {"test": self.test}
        if self.seconds:
            out["runs"] = len(self.seconds)
            out["median_s"] = round(statistics.median(self.seconds), 4)
            out["min_s"], out["max_s"] = round(min(self.seconds), 4), round(max(self.seconds), 4)
            out[f"{self.unit}_per_s"] = round(self.rate, 1)
            if self.octets:
                out["MB_per_s"] = round(self.megabytes, 1)
        return out | dict(self.extra)


def make_message(number: int, size: int) -> bytes:
    """A multipart/alternative message of about `size` octets, the same for the same number.

    No line starts with a dot, so the octets on the wire are the octets of the message.
    """
    boundary = f"=_bench_{number:06d}"
    clock = f"{number // 3600 % 24:02d}:{number // 60 % 60:02d}:{number % 60:02d}"
    head = (
        f"From: Sender <{SENDER}>\r\n"
        f"To: Bob <{RECIPIENT}>, Carol <carol@nyu.edu>\r\n"
        f"Subject: bench message {number:06d}\r\n"
        f"Date: Mon, 02 Mar 2026 {clock} +0000\r\n"
        f"Message-ID: <bench-{number:06d}@lancs.uk>\r\n"
        "MIME-Version: 1.0\r\n"
        f'Content-Type: multipart/alternative; boundary="{boundary}"\r\n'
        "\r\n"
        f"--{boundary}\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\nThis is message {number}.\r\n"
    ).encode()
    tail = f"\r\n--{boundary}\r\nContent-Type: text/html\r\n\r\n<p>{number}</p>\r\n--{boundary}--\r\n".encode()
    line = b"x" * 74 + b"\r\n"
    full, rest = divmod(max(0, size - len(head) - len(tail)), len(line))
    return head + line * full + (b"y" * (rest - 2) + b"\r\n" if rest > 2 else b"") + tail


class Wire(asyncio.Protocol):
    """A client connection that reads lines with little overhead."""

    transport: asyncio.Transport

    def __init__(self) -> None:
        self.buffer = bytearray()
        self.waiter: asyncio.Future[None] | None = None
        self.drained: asyncio.Future[None] | None = None
        self.closed = False

    @classmethod
    async def open(cls, plan: Plan) -> "Wire":
        _, wire = await asyncio.get_running_loop().create_connection(cls, plan.host, plan.port)
        return wire

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        if self.waiter is not None and not self.waiter.done():
            self.waiter.set_result(None)

    def connection_lost(self, exc: Exception | None) -> None:
        self.closed = True
        for future in (self.waiter, self.drained):
            if future is not None and not future.done():
                future.set_result(None)

    def pause_writing(self) -> None:
        self.drained = asyncio.get_running_loop().create_future()

    def resume_writing(self) -> None:
        if self.drained is not None and not self.drained.done():
            self.drained.set_result(None)
        self.drained = None

    async def line(self) -> bytes:
        while (end := self.buffer.find(b"\n")) < 0:
            if self.closed:
                raise MeterError(f"connection closed by the server, left: {bytes(self.buffer[:200])!r}")
            self.waiter = asyncio.get_running_loop().create_future()
            await self.waiter
            self.waiter = None
        line = bytes(self.buffer[: end + 1])
        del self.buffer[: end + 1]
        return line

    async def send(self, *parts: bytes) -> None:
        self.transport.writelines(parts)
        if self.drained is not None:
            await self.drained
        if self.closed:
            raise MeterError("connection closed while sending")

    def close(self) -> None:
        self.transport.abort() if self.closed else self.transport.close()


async def smtp_reply(wire: Wire, want: bytes) -> None:
    """One reply of any number of lines; only its code counts."""
    while (line := await wire.line())[3:4] == b"-":
        pass
    if not line.startswith(want):
        raise MeterError(f"expected {want.decode()}, got {line!r}")


async def smtp_open(plan: Plan) -> Wire:
    wire = await Wire.open(plan)
    await smtp_reply(wire, b"220")
    await wire.send(b"EHLO lancs.uk\r\n")
    await smtp_reply(wire, b"250")
    return wire


async def smtp_message(wire: Wire, message: bytes, pipeline: bool = False) -> None:
    await wire.send(*(MAIL, RCPT, DATA) if pipeline else (MAIL,))
    await smtp_reply(wire, b"250")
    if not pipeline:
        await wire.send(RCPT)
    await smtp_reply(wire, b"250")
    if not pipeline:
        await wire.send(DATA)
    await smtp_reply(wire, b"354")
    await wire.send(message, b".\r\n")
    await smtp_reply(wire, b"250")


async def smtp_exchanges(wire: Wire, count: int, verb: bytes = b"NOOP") -> None:
    """So many commands that only want a 250, in blocks of one write each."""
    for start in range(0, count, BLOCK):
        block = min(BLOCK, count - start)
        await wire.send((verb + b"\r\n") * block)
        for _ in range(block):
            await smtp_reply(wire, b"250")


async def smtp_quit(wire: Wire) -> None:
    await wire.send(b"QUIT\r\n")
    await smtp_reply(wire, b"221")
    wire.close()


async def in_parallel(one: Callable[[], Awaitable[None]], count: int, concurrency: int) -> None:
    """Do it `count` times, at most `concurrency` at once; the first failure ends all."""
    turns = iter(range(count))

    async def worker() -> None:
        for _ in turns:
            await one()

    async with asyncio.TaskGroup() as group:
        for _ in range(min(concurrency, count)):
            group.create_task(worker())


async def timed(plan: Plan, one: Callable[[], Awaitable[None]]) -> tuple[float, ...]:
    """The seconds that all sessions take, in each run."""
    seconds = []
    for _ in range(plan.repeat):
        start = time.perf_counter()
        await in_parallel(one, plan.sessions, plan.concurrency)
        seconds.append(time.perf_counter() - start)
    return tuple(seconds)


async def smtp_sessions(plan: Plan) -> Result:
    message = make_message(0, plan.size)

    async def one() -> None:
        wire = await smtp_open(plan)
        await smtp_message(wire, message)
        await smtp_quit(wire)

    return Result("smtp sessions", await timed(plan, one), plan.sessions, "sessions")


async def smtp_messages(plan: Plan, pipeline: bool = False) -> Result:
    message = make_message(0, plan.size)

    async def one() -> None:
        wire = await smtp_open(plan)
        for _ in range(plan.messages):
            await smtp_message(wire, message, pipeline)
        await smtp_quit(wire)

    total, name = plan.sessions * plan.messages, f"smtp {'pipeline' if pipeline else 'messages'} {plan.size}"
    return Result(name, await timed(plan, one), total, "messages", total * len(message))


async def smtp_noop(plan: Plan) -> Result:
    async def one() -> None:
        wire = await smtp_open(plan)
        await smtp_exchanges(wire, plan.messages)
        await smtp_quit(wire)

    return Result("smtp noop", await timed(plan, one), plan.sessions * plan.messages, "exchanges")


async def hold(name: str, opener: Callable[[Plan], Awaitable[Wire]], plan: Plan) -> Result:
    """Open the connections, keep them quiet, read the server's memory."""
    wires: list[Wire] = []
    extra: dict[str, float | str] = {}

    async def one() -> None:
        wires.append(await opener(plan))

    before = Memory.of(plan.pid) if plan.pid else None
    if before and not before.processes:
        raise MeterError(f"no process {plan.pid} that lets itself be read")
    try:
        start = time.perf_counter()
        await in_parallel(one, plan.sessions, plan.concurrency)
        extra["open_s"] = round(time.perf_counter() - start, 2)
        await asyncio.sleep(plan.settle)
        if plan.pid and before:
            during = Memory.of(plan.pid)
            extra |= {"before_pss_MiB": round(before.pss, 2), "during_pss_MiB": round(during.pss, 2)}
            extra |= {"added_pss_MiB": round(during.pss - before.pss, 2), "processes": during.processes}
        extra["connections"] = alive = sum(not wire.closed for wire in wires)
        if alive < plan.sessions:
            raise MeterError(f"only {alive} of {plan.sessions} connections stayed open")
    finally:
        for wire in wires:
            wire.close()
    return Result(name, extra=extra)


Test = Callable[[Plan], Awaitable[Result]]
TESTS: Mapping[str, Mapping[str, Test]] = {
    "smtp": {
        "sessions": smtp_sessions,
        "messages": smtp_messages,
        "pipeline": partial(smtp_messages, pipeline=True),
        "noop": smtp_noop,
        "idle": partial(hold, "smtp idle", smtp_open),
    }
}


async def measure(protocol: str, test: str, plan: Plan, seconds: float = 120.0) -> Result:
    """Run one test; what goes wrong is a MeterError."""
    plan.check(protocol, test)
    try:
        async with asyncio.timeout(seconds):
            return await TESTS[protocol][test](plan)
    except TimeoutError:
        raise MeterError(f"not done in {seconds:g} s") from None
    except (OSError, ExceptionGroup) as error:
        first: Exception = error
        while isinstance(first, ExceptionGroup):
            first = first.exceptions[0]
        raise MeterError(str(first) or type(first).__name__) from error


def size(text: str) -> int:
    """1000, 100k, 10M."""
    match = re.fullmatch(r"(\d+)([kKmM]?)", text)
    if not match:
        raise argparse.ArgumentTypeError("a size such as 1000, 100k or 10M")
    return int(match[1]) * {"": 1, "k": 1000, "m": 1_000_000}[match[2].lower()]


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--proto", choices=TESTS, default="smtp")
    parser.add_argument("--test", default="sessions,messages,pipeline", help="names, with commas")
    parser.add_argument("--host", default="127.0.0.1", help="a loopback address")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--sessions", type=int, default=100)
    parser.add_argument("--concurrency", type=int, default=10)
    parser.add_argument("--messages", type=int, default=10, help="in each session")
    parser.add_argument("--size", type=size, default=1000, help="octets: 1000, 100k, 10M")
    parser.add_argument("--repeat", type=int, default=3, help="runs of each test; the median counts")
    parser.add_argument("--pid", type=int, help="the server's main process, for its memory")
    parser.add_argument("--settle", type=float, default=2.0, help="seconds before the memory is read")
    parser.add_argument("--max-seconds", type=float, default=120.0, help="bound on each test")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    return parser.parse_args()


def main() -> int:
    args, failed = arguments(), 0
    plan = Plan(**{name: getattr(args, name) for name in Plan._fields})
    for test in args.test.split(","):
        try:
            out = asyncio.run(measure(args.proto, test, plan, min(args.max_seconds, 600.0))).summary()
        except MeterError as error:
            out, failed = {"test": f"{args.proto} {test}", "error": str(error)[:300]}, 1
        print(json.dumps(out) if args.json else "  ".join(f"{key}={value}" for key, value in out.items()), flush=True)
    return failed


if __name__ == "__main__":
    sys.exit(main())
