"""What every load meter needs: a plan with bounds, a result, a client connection with little overhead.

A meter talks to a loopback address only and is bounded in count, in octets and in time: it always stops by itself.
"""

import asyncio
import ipaddress
import statistics
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from usage import Memory

LIMITS = {"sessions": 20_000, "concurrency": 2_000, "messages": 20_000_000, "repeat": 50}
OCTETS = 4 << 30
BLOCK = 100


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

    def check(self) -> None:
        """Refuse what leaves the machine or goes past the bounds."""
        try:
            loopback = ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            loopback = False
        if not loopback:
            raise MeterError("the host must be a loopback address: the meter never leaves the machine")
        for name, most in LIMITS.items():
            if not 1 <= getattr(self, name) <= most:
                raise MeterError(f"{name} is 1 to {most}")
        if not 0 <= self.settle <= 60:
            raise MeterError("settle is 0 to 60 seconds")


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
        """The next line, LF included."""
        return await self.until(b"\n")

    async def until(self, end: bytes) -> bytes:
        """All up to this ending, and it."""
        start = 0
        while (at := self.buffer.find(end, start)) < 0:
            if self.closed:
                raise MeterError(f"connection closed by the server, left: {bytes(self.buffer[:200])!r}")
            start = max(0, len(self.buffer) - len(end) + 1)
            self.waiter = asyncio.get_running_loop().create_future()
            await self.waiter
            self.waiter = None
        found = bytes(self.buffer[: at + len(end)])
        del self.buffer[: at + len(end)]
        return found

    async def send(self, *parts: bytes) -> None:
        self.transport.writelines(parts)
        if self.drained is not None:
            await self.drained
        if self.closed:
            raise MeterError("connection closed while sending")

    def close(self) -> None:
        self.transport.abort() if self.closed else self.transport.close()


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
