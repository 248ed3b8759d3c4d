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

import argparse
import asyncio
import os
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import meter
from meter import MeterError, Plan, measure
from servers import SERVERS, Keeps, Server, StartError, missing, running
from usage import Memory, cpu

IDLE = 1000
LONGEST = 900  # seconds of a long run
FILES = 4096  # open files wanted: the idle connections, and some
Results = dict[tuple[str, str], list[float]]  # (row, server) -> a value for each round


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


class Row(NamedTuple):
    label: str
    better: str


class Figure(NamedTuple):
    """What is measured on one fresh server: a value for each row."""

    rows: tuple[Row, ...]
    run: Callable[[Server, Scale], tuple[float, ...]]
    keeps: Keeps = "memory"
    once: bool = False  # one round is enough
    servers: tuple[str, ...] = SERVERS


def run(test: str, plan: Plan) -> meter.Result:
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
    Plan(server.port, sessions=1, messages=scale.long).check("smtp", "noop")
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


FIGURES: Mapping[str, Figure] = {
    "messages": Figure((Row("1 KB messages/s", "more"), Row("  CPU us a message", "less")), messages),
    "pipeline": Figure(
        (Row("1 KB messages/s, pipelined", "more"), Row("  CPU us a message, pipelined", "less")), pipeline
    ),
    "sessions": Figure((Row("sessions/s, one message each", "more"), Row("  CPU us a session", "less")), sessions),
    "large": Figure((Row("10 MB messages, kept: MB/s", "more"),), large),
    "discard": Figure((Row("10 MB messages, discarded: MB/s", "more"),), large, "nothing"),
    "idle": Figure((Row(f"{IDLE:,} idle connections: MiB", "less"),), idle),
    "long": Figure(
        (
            Row("long run: exchanges/s", "more"),
            Row("  MiB grown after the warm-up", "less"),
            Row("  MiB grown in its last half", "less"),
        ),
        long,
        once=True,
    ),
    "durable": Figure((Row("durable 1 KB messages/s", "more"),), durable, "disk", servers=("mailshell", "aiosmtpd")),
}


def fsyncs(folder: Path, seconds: float = 1.0) -> float:
    """How many times a second this disk takes 1 KB and says that it is safe, one after the other."""
    count, start = 0, time.perf_counter()
    with (folder / "fsyncs").open("wb", buffering=0) as file:
        while (passed := time.perf_counter() - start) < seconds:
            file.write(b"x" * 1000)
            os.fsync(file.fileno())
            count += 1
    return count / passed


def may_open(files: int) -> bool:
    """Raise the bound on open files, for us and the servers that we start."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < files and hard != resource.RLIM_INFINITY:
        files = min(files, hard)
    if soft < files:
        resource.setrlimit(resource.RLIMIT_NOFILE, (files, hard))
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0] > IDLE + 100


def one(name: str, figure: Figure, scale: Scale, folder: Path) -> tuple[float, ...] | None:
    """The figure of one server; None, with a line why, where it cannot be had."""
    try:
        with tempfile.TemporaryDirectory(dir=folder) as own, running(name, figure.keeps, Path(own)) as server:
            return figure.run(server, scale)
    except (StartError, MeterError, OSError) as error:
        say(f"{name}: {figure.rows[0].label}: {error}")
        return None


def rounds(figures: Sequence[str], servers: Sequence[str], scale: Scale, folder: Path) -> Results:
    """Everything, in turn. What failed once is not tried again."""
    results: Results = {}
    failed: set[tuple[str, str]] = set()
    for number in range(scale.rounds):
        for key in figures:
            figure = FIGURES[key]
            if figure.once and number:
                continue
            if key == "durable":
                with tempfile.TemporaryDirectory(dir=folder) as own:
                    results.setdefault(("fsync", ""), []).append(fsyncs(Path(own)))
            for name in servers:
                if name not in figure.servers or (key, name) in failed:
                    continue
                say(f"round {number + 1} of {scale.rounds}: {key}: {name}", passing=True)
                values = one(name, figure, scale, folder)
                if values is None:
                    failed.add((key, name))
                    continue
                for row, value in zip(figure.rows, values, strict=True):
                    results.setdefault((row.label, name), []).append(value)
    return results


def say(text: str, passing: bool = False) -> None:
    """To stderr; what is passing only where somebody watches it pass."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[K{text}" + ("" if passing else "\n"))
        sys.stderr.flush()
    elif not passing:
        print(text, file=sys.stderr, flush=True)


def number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def ratio(ours: list[float], theirs: list[float]) -> str:
    """Of the medians, and from the lowest to the highest of any round; none for figures that are about nothing."""
    if not ours or not theirs or min(*ours, *theirs) < 0.05:
        return "-"
    each = [us / them for us, them in zip(ours, theirs, strict=False)]
    text = f"{statistics.median(ours) / statistics.median(theirs):.2f}"
    return text if len(each) == 1 else f"{text} ({min(each):.2f}-{max(each):.2f})"


def table(results: Results, figures: Sequence[str], servers: Sequence[str]) -> list[str]:
    us = SERVERS[0]
    peers = [name for name in servers if name != us] if us in servers else []
    head = ["", "better", *servers, *(f"{us} / {peer}" for peer in peers)]
    cells = [head]
    for row in (row for key in figures for row in FIGURES[key].rows):
        values = [results.get((row.label, name), []) for name in servers]
        medians = [number(statistics.median(some)) if some else "-" for some in values]
        ours = results.get((row.label, us), [])
        ratios = [ratio(ours, results.get((row.label, peer), [])) for peer in peers]
        cells.append([row.label, row.better, *medians, *ratios])
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = [
        "  ".join(
            [line[0].ljust(widths[0]), *(cell.rjust(wide) for cell, wide in zip(line[1:], widths[1:], strict=True))]
        )
        for line in cells
    ]
    if syncs := results.get(("fsync", "")):
        lines.append(f"fsyncs of that disk, one after the other: {number(statistics.median(syncs))}/s")
    return lines


def arguments() -> tuple[argparse.Namespace, list[str], list[str]]:
    """The arguments, and which servers and figures they ask for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="one small round")
    parser.add_argument("--only", default="", metavar="NAMES", help="servers, figures, or both, with commas")
    parser.add_argument("--rounds", type=int, help="how many; the medians count")
    parser.add_argument("--exchanges", type=int, metavar="N", help="length of the long run")
    parser.add_argument(
        "--folder",
        type=Path,
        default=tempfile.gettempdir(),
        help="where durable mail goes: a disk, not memory (default: the temporary folder)",
    )
    args = parser.parse_args()
    if not args.folder.is_dir():
        parser.error(f"no folder {args.folder}")
    if min(1 if some is None else some for some in (args.rounds, args.exchanges)) < 1:
        parser.error("--rounds and --exchanges are 1 or more")
    only = {name for name in args.only.split(",") if name}
    if unknown := only.difference(SERVERS, FIGURES):
        parser.error(f"no such server or figure: {', '.join(sorted(unknown))}")
    servers = [name for name in SERVERS if name in only or only.isdisjoint(SERVERS)]
    figures = [name for name in FIGURES if name in only or only.isdisjoint(FIGURES)]
    return args, servers, figures


def main() -> int:
    args, servers, figures = arguments()
    scale = QUICK if args.quick else Scale()
    scale = scale._replace(rounds=args.rounds or scale.rounds, long=args.exchanges or scale.long)
    for name in [name for name in servers if missing(name)]:
        say(f"{name}: not installed, left out")
        servers.remove(name)
    if "idle" in figures and not may_open(FILES):
        say(f"idle: this system does not let us open {IDLE:,} connections, left out")
        figures.remove("idle")
    start = time.perf_counter()
    results = rounds(figures, servers, scale, args.folder.resolve())
    say("", passing=True)
    print("\n".join(table(results, figures, servers)))
    print(f"{scale.rounds} round{'s'[: scale.rounds > 1]}, {time.perf_counter() - start:.0f} s")
    return 0 if results else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
