"""Our IMAP server beside Twisted's, pymap and Dovecot: in one run, in turn.

    python tests/benchmarks/imap.py --quick               a look
    python tests/benchmarks/imap.py                       five rounds, some minutes
    python tests/benchmarks/imap.py --only fetch,push     names of servers, of figures, or both

Every figure starts each server afresh, as a process of its own, and measures it by the same meter (meter.py), one
server after the other. The table shows medians over the rounds, and the ratio of ours to the peer's. Twisted's and
pymap's mail is in memory, as ours is; Dovecot's is on the disk, and it has a process for each session, so its CPU time
and memory are not shown. pymap and Dovecot log in and store slowly, so they get less to do. A peer that is not
installed, or cannot do something, is left out. Nothing here asserts a time.

    logins    connect, LOGIN, LOGOUT over 10 connections, each as another user (pymap has one)
    fetch     FETCH 1:* (FLAGS UID RFC822.SIZE ENVELOPE BODYSTRUCTURE) over 10,000 messages, the first time and again,
              and the longest wait of another connection that says NOOP meanwhile
    search    SEARCH TEXT of a word that is nowhere, SUBJECT of one that is everywhere, the first time and again
    append    1 KB messages, one by one, on 10 connections, each of another user
    durable   the same, on the disk before the answer
    push      from an APPEND to EXISTS at 200 clients in IDLE
    idle      memory that 1,000 sessions in IDLE add
    removals  50,000 of 100,000 messages are removed, and another session is told; then 25,000 of 50,000
    opening   how long a store of 100,000 messages in a file takes to open

Linux only: it reads /proc.
"""

import asyncio
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import compare
from compare import Figure, Row
from load import make_message
from meter import measure
from pop3 import CONNECTIONS, fill
from servers import ROOT, US, Keeps, Server, Wants
from usage import cpu
from wire import Plan, Result

SERVERS = ("mailshell", "twisted", "pymap", "dovecot")
PROCESSES = frozenset({"dovecot"})  # have more than one process
SLOW = {"pymap": 20, "dovecot": 4}  # they do so many times less, or a round would take minutes


class Scale(NamedTuple):
    """How much of everything a round does."""

    rounds: int = 5
    users: int = 2_000
    messages: int = 10_000
    appends: int = 500
    idle: int = 1_000
    waiting: int = 200
    big: int = 100_000
    settle: float = 2.0


QUICK = Scale(rounds=1, users=500, messages=3_000, appends=100, idle=500, big=20_000, settle=0.5)


def run(test: str, plan: Plan) -> Result:
    return asyncio.run(measure("imap", test, plan, 300.0))


def fewer(server: Server, wanted: int) -> int:
    return max(1, wanted // SLOW.get(server.name, 1))


def users(server: Server, wanted: int) -> int:
    return 1 if server.name == "pymap" else wanted


def spent(server: Server, before: float, count: int) -> float:
    """Microseconds of CPU for each of so many; nothing of a server with many processes."""
    return 0.0 if server.name in PROCESSES else (cpu(server.pid) - before) / count * 1e6


def logins(server: Server, scale: Scale) -> tuple[float, ...]:
    plan = Plan(server.port, sessions=fewer(server, scale.users), messages=users(server, scale.users))
    run("logins", plan)
    before = cpu(server.pid)
    result = run("logins", plan)
    return result.rate, spent(server, before, result.count)


def fetch(server: Server, scale: Scale) -> tuple[float, ...]:
    result = run("fetch", Plan(server.port, messages=fewer(server, scale.messages), repeat=3))
    extra = {name: float(value) for name, value in result.extra.items()}
    return result.rate, result.count / extra["first_s"], extra["first_wait_ms"], extra["wait_ms"]


def search(server: Server, scale: Scale) -> tuple[float, ...]:
    extra = run("search", Plan(server.port, messages=scale.messages, repeat=3)).extra
    return tuple(float(extra[name]) for name in ("text_ms", "text_first_ms", "subject_ms", "subject_first_ms"))


def append(server: Server, scale: Scale) -> tuple[float, ...]:
    sessions = users(server, CONNECTIONS)
    plan = Plan(server.port, sessions=sessions, messages=fewer(server, scale.appends * CONNECTIONS) // sessions)
    before = cpu(server.pid)
    result = run("append", plan)
    return result.rate, spent(server, before, result.count)


def push(server: Server, scale: Scale) -> tuple[float, ...]:
    extra = run("push", Plan(server.port, sessions=scale.waiting, repeat=5)).extra
    return float(extra["median_ms"]), float(extra["most_ms"])


def idle(server: Server, scale: Scale) -> tuple[float, ...]:
    run("logins", Plan(server.port, sessions=20, messages=1))
    plan = Plan(server.port, sessions=scale.idle, concurrency=20, pid=server.pid, settle=scale.settle)
    return (float(run("idle", plan).extra["added_pss_MiB"]) * 1024 / scale.idle,)


def removals(server: Server, count: int) -> tuple[float, ...]:
    assert server.filling is not None
    asyncio.run(fill(server.filling, count, 480, 1))
    extra = run("removals", Plan(server.port, messages=count)).extra
    return float(extra["expunge_s"]) * 1000, float(extra["told_s"]) * 1000


def opening(server: Server, scale: Scale) -> tuple[float, ...]:
    """In this process: the server that runs has nothing to do with it."""
    sys.path.insert(0, str(ROOT))
    from mailshell.core.clock import Instant
    from mailshell.mail.disk import Disk
    from mailshell.mail.store import BoxKey, Store

    with tempfile.TemporaryDirectory() as folder:
        path, key = str(Path(folder) / "state"), BoxKey("nyu.edu", "bob", "INBOX")
        store = Store(disk=Disk(path))
        store.create(key)
        for number in range(scale.big):
            store.append(key, store.keep(make_message(number, 480)), at=Instant(number))
        store.commit()
        store.close()
        start, used = time.perf_counter(), time.process_time()
        Store(disk=Disk(path)).close()
        return (time.perf_counter() - start) * 1000, (time.process_time() - used) * 1000


def figures(scale: Scale) -> dict[str, Figure]:
    """What there is to measure, with how much of everything."""

    def figure(
        run: Callable[[Server], tuple[float, ...]],
        *rows: tuple[str, str],
        users: int = 1,
        keeps: Keeps = "memory",
        servers: tuple[str, ...] = SERVERS,
    ) -> Figure:
        return Figure(tuple(Row(*row) for row in rows), run, Wants("imap", keeps, users), servers)

    half = scale.big // 2
    return {
        "logins": figure(
            lambda server: logins(server, scale),
            ("logins/s", "more"),
            ("  CPU us a login", "less"),
            users=scale.users,
        ),
        "fetch": figure(
            lambda server: fetch(server, scale),
            (f"FETCH of {scale.messages:,}, messages/s", "more"),
            ("  the first time, messages/s", "more"),
            ("  another's wait the first time, ms", "less"),
            ("  another's wait then, ms", "less"),
        ),
        "search": figure(
            lambda server: search(server, scale),
            (f"SEARCH TEXT in {scale.messages:,}, ms", "less"),
            ("  the first time, ms", "less"),
            (f"SEARCH SUBJECT in {scale.messages:,}, ms", "less"),
            ("  the first subjects, ms", "less"),
            servers=("mailshell", "twisted", "dovecot"),
        ),
        "append": figure(
            lambda server: append(server, scale),
            ("APPEND/s, 1 KB, in memory", "more"),
            ("  CPU us an APPEND", "less"),
            users=CONNECTIONS,
            servers=("mailshell", "twisted", "pymap"),
        ),
        "durable": figure(
            lambda server: append(server, scale),
            ("APPEND/s, 1 KB, durable", "more"),
            ("  CPU us a durable APPEND", "less"),
            users=CONNECTIONS,
            keeps="disk",
            servers=("mailshell", "dovecot"),
        ),
        "push": figure(
            lambda server: push(server, scale),
            (f"{scale.waiting} in IDLE are told, median ms", "less"),
            ("  the last, ms", "less"),
            servers=("mailshell", "dovecot"),
        ),
        "idle": figure(lambda server: idle(server, scale), ("KiB a session in IDLE", "less"), servers=(US,)),
        "removals": figure(
            lambda server: removals(server, scale.big),
            (f"{half:,} of {scale.big:,} removed, ms", "less"),
            ("  another is told, ms", "less"),
            servers=(US,),
        ),
        "fewer": figure(
            lambda server: removals(server, half),
            (f"{half // 2:,} of {half:,} removed, ms", "less"),
            ("  and another told, ms", "less"),
            servers=(US,),
        ),
        "opening": figure(
            lambda server: opening(server, scale),
            (f"a store of {scale.big:,} messages opens, ms", "less"),
            ("  CPU of it, ms", "less"),
            servers=(US,),
        ),
    }


def main() -> int:
    args = compare.parser(__doc__).parse_args()
    scale = QUICK if args.quick else Scale()
    scale = scale._replace(rounds=args.rounds or scale.rounds)
    known = figures(scale)
    servers = compare.there(compare.chosen(args.only, SERVERS, known))
    wanted = {name: known[name] for name in compare.chosen(args.only, known, SERVERS)}
    if not compare.may_open(scale.idle + 100):
        compare.say(f"this system does not let us open {scale.idle:,} connections: idle is left out")
        wanted.pop("idle", None)
    start, results = time.perf_counter(), compare.Results()
    compare.rounds(wanted, servers, scale.rounds, args.folder.resolve(), results)
    return compare.show(wanted, servers, results, scale.rounds, start)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
