"""Our SMTP server beside aiosmtpd and Twisted's: speed, CPU, memory, in one run, in turn.

    python tests/benchmarks/smtp.py --quick                       a look, under a minute
    python tests/benchmarks/smtp.py                               five rounds, some minutes
    python tests/benchmarks/smtp.py --only aiosmtpd,twisted,idle  names of servers, of figures, or both

Every figure starts each server afresh, as a process of its own, warms it up, and measures it by the same meter
(meter.py), one server after the other; a round does that for all figures. The table shows medians over the rounds,
and the ratio of ours to each peer's, with its lowest and highest of any round; "more" or "less" says which is better.
The meter takes its share of every message, so rates draw the servers together; the CPU figures do not. Growth of a
MiB or two in the long run is the allocator's. Nothing here asserts a time.

    messages  1 KB messages over 10 connections, step by step: rate, and CPU of the server for each
    pipeline  the same, with MAIL, RCPT and DATA in one write
    sessions  connect, EHLO, one message, QUIT
    large     10 MB messages, all kept in memory
    discard   10 MB messages, none kept
    idle      memory that 1,000 connections add that say EHLO and then nothing
    long      memory that a long run of one connection adds after a warm-up of the same length (NOOP; RSET for
              Twisted, which has no NOOP); with --quick the warm-up is too short to fill a transcript to its bounds
    durable   1 KB messages over 20 connections, on disk before the 250: ours with --state, aiosmtpd with a handler
              that appends to a file and calls fsync; fsyncs of the same disk one after the other, for comparison

Linux only: it reads /proc. Peers that are not installed are left out.
"""

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import compare
import meter
from compare import Figure, Row
from meter import measure
from servers import Keeps, Server, Wants
from usage import Memory, cpu
from wire import MeterError, Plan, Result

SERVERS = ("mailshell", "aiosmtpd", "twisted")
IDLE = 1000
LONGEST = 900  # seconds of a long run


class Scale(NamedTuple):
    """How much of everything a round does."""

    rounds: int = 5
    messages: int = 10_000
    sessions: int = 3_000
    large: int = 10
    durable: int = 2_000
    long: int = 1_000_000
    settle: float = 2.0


QUICK = Scale(rounds=1, messages=4_000, sessions=1_000, large=3, durable=400, long=50_000, settle=0.5)


def run(test: str, plan: Plan) -> Result:
    return asyncio.run(measure("smtp", test, plan))


def warm(server: Server) -> None:
    run("messages", Plan(server.port, sessions=10, messages=20))


def spent(server: Server, test: str, plan: Plan) -> tuple[float, ...]:
    """Things a second, and microseconds of the server's CPU for each; what it does just after its reply counts."""
    warm(server)
    before = cpu(server.pid)
    result = run(test, plan)
    time.sleep(0.1)
    return result.rate, (cpu(server.pid) - before) / result.count * 1e6


def messages(server: Server, scale: Scale) -> tuple[float, ...]:
    return spent(server, "messages", Plan(server.port, sessions=20, messages=scale.messages // 20))


def pipeline(server: Server, scale: Scale) -> tuple[float, ...]:
    return spent(server, "pipeline", Plan(server.port, sessions=20, messages=scale.messages // 20))


def sessions(server: Server, scale: Scale) -> tuple[float, ...]:
    return spent(server, "sessions", Plan(server.port, sessions=scale.sessions))


def large(server: Server, scale: Scale) -> tuple[float, ...]:
    warm(server)
    return (run("messages", Plan(server.port, sessions=1, messages=scale.large, size=10_000_000)).megabytes,)


def idle(server: Server, scale: Scale) -> tuple[float, ...]:
    warm(server)
    plan = Plan(server.port, sessions=IDLE, concurrency=20, pid=server.pid, settle=scale.settle)
    return (float(run("idle", plan).extra["added_pss_MiB"]),)


def durable(server: Server, scale: Scale) -> tuple[float, ...]:
    run("messages", Plan(server.port, sessions=20, concurrency=20, messages=1))
    return (run("messages", Plan(server.port, sessions=20, concurrency=20, messages=scale.durable // 20)).rate,)


def long(server: Server, scale: Scale) -> tuple[float, ...]:
    Plan(server.port, sessions=1, messages=scale.long).check()
    try:
        return asyncio.run(asyncio.wait_for(long_run(server, scale), LONGEST))
    except TimeoutError:
        raise MeterError(f"not done in {LONGEST} s") from None


async def long_run(server: Server, scale: Scale) -> tuple[float, ...]:
    """Exchanges a second, MiB grown over all, MiB grown over the last half."""
    wire = await meter.smtp_open(Plan(server.port))
    try:
        await meter.smtp_exchanges(wire, scale.long, server.verb)
        memory, start = [Memory.of(server.pid).pss], time.perf_counter()
        for _ in range(2):
            await meter.smtp_exchanges(wire, scale.long // 2, server.verb)
            memory.append(Memory.of(server.pid).pss)
        seconds = time.perf_counter() - start
        await meter.smtp_quit(wire)
    finally:
        wire.close()
    return scale.long / seconds, memory[2] - memory[0], memory[2] - memory[1]


def figures(scale: Scale) -> dict[str, Figure]:
    """What there is to measure, with how much of everything."""

    def figure(
        rows: tuple[Row, ...],
        run: Callable[[Server, Scale], tuple[float, ...]],
        keeps: Keeps = "memory",
        *,
        once: bool = False,
        servers: tuple[str, ...] = SERVERS,
    ) -> Figure:
        return Figure(rows, lambda server: run(server, scale), Wants("smtp", keeps), servers, once)

    return {
        "messages": figure((Row("1 KB messages/s", "more"), Row("  CPU us a message", "less")), messages),
        "pipeline": figure(
            (Row("1 KB messages/s, pipelined", "more"), Row("  CPU us a message, pipelined", "less")), pipeline
        ),
        "sessions": figure((Row("sessions/s, one message each", "more"), Row("  CPU us a session", "less")), sessions),
        "large": figure((Row("10 MB messages, kept: MB/s", "more"),), large),
        "discard": figure((Row("10 MB messages, discarded: MB/s", "more"),), large, "nothing"),
        "idle": figure((Row(f"{IDLE:,} idle connections: MiB", "less"),), idle),
        "long": figure(
            (
                Row("long run: exchanges/s", "more"),
                Row("  MiB grown after the warm-up", "less"),
                Row("  MiB grown in its last half", "less"),
            ),
            long,
            once=True,
        ),
        "durable": figure((Row("durable 1 KB messages/s", "more"),), durable, "disk", servers=SERVERS[:2]),
    }


def fsyncs(folder: Path, seconds: float = 1.0) -> float:
    """How many times a second this disk takes 1 KB and says that it is safe, one after the other."""
    count, start = 0, time.perf_counter()
    with tempfile.TemporaryFile(dir=folder, buffering=0) as file:
        while (passed := time.perf_counter() - start) < seconds:
            file.write(b"x" * 1000)
            os.fsync(file.fileno())
            count += 1
    return count / passed


def main() -> int:
    options = compare.parser(__doc__)
    options.add_argument("--exchanges", type=int, metavar="N", help="length of the long run")
    args = options.parse_args()
    if not args.folder.is_dir():
        options.error(f"no folder {args.folder}")
    if min(1 if some is None else some for some in (args.rounds, args.exchanges)) < 1:
        options.error("--rounds and --exchanges are 1 or more")
    scale = QUICK if args.quick else Scale()
    scale = scale._replace(rounds=args.rounds or scale.rounds, long=args.exchanges or scale.long)
    known = figures(scale)
    servers = compare.there(compare.chosen(args.only, SERVERS, known))
    wanted = {name: known[name] for name in compare.chosen(args.only, known, SERVERS)}
    if "idle" in wanted and not compare.may_open(IDLE + 100):
        compare.say(f"idle: this system does not let us open {IDLE:,} connections, left out")
        del wanted["idle"]
    start, results = time.perf_counter(), compare.Results()
    compare.rounds(wanted, servers, scale.rounds, args.folder.resolve(), results)
    status = compare.show(wanted, servers, results, scale.rounds, start)
    if "durable" in wanted:
        print(f"fsyncs of that disk, one after the other: {compare.number(fsyncs(args.folder))}/s")
    return status


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
