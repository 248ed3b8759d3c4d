"""Our POP3 server beside Twisted's: logins, messages, a big maildrop, memory, in one run, in turn.

    python tests/benchmarks/pop3.py --quick               a look
    python tests/benchmarks/pop3.py                       five rounds, some minutes
    python tests/benchmarks/pop3.py --only open,idle      names of servers, of figures, or both

Every figure starts each server afresh, as a process of its own, and measures it by the same meter (meter.py), one
server after the other. The table shows medians over the rounds, and the ratio of ours to the peer's, with its lowest
and highest of any round; "more" or "less" says which is better. Ours keeps its messages in its store and gets them by
SMTP; Twisted's are a list of octets in memory, and its connections have TCP_NODELAY. Nothing here asserts a time.

    logins    connect, USER, PASS, QUIT over 10 connections, each as another user
    retr      RETR of 1 KB messages, one by one, on 10 connections, each of another user
    lockstep  the same on one connection: server and client wait for each other, so it is the time of a round trip
    pipeline  the same on one connection, 100 commands a write
    open      a maildrop of 100,000 messages (--quick: 10,000): login, STAT, LIST and UIDL, in milliseconds
    idle      memory that 1,000 sessions add that are logged in and then say nothing

Linux only: it reads /proc. A peer that is not installed is left out.
"""

import asyncio
import sys
import time
from collections.abc import Callable
from typing import NamedTuple

import compare
from compare import Figure, Row
from load import make_message
from meter import measure, smtp_open, smtp_quit, smtp_reply
from servers import Server, Wants
from usage import cpu
from wire import MeterError, Plan, Result

SERVERS = ("mailshell", "twisted")
IDLE = 1000
CONNECTIONS = 10
SMALL = 480  # octets of a message of the big maildrop
TOGETHER = 100  # messages that go out before their answers are read


class Scale(NamedTuple):
    """How much of everything a round does."""

    rounds: int = 5
    users: int = 3_000
    messages: int = 1_000
    retrs: int = 50_000
    big: int = 100_000
    settle: float = 2.0


QUICK = Scale(rounds=1, users=1_000, retrs=20_000, big=10_000, settle=0.5)


def run(test: str, plan: Plan) -> Result:
    return asyncio.run(measure("pop3", test, plan))


async def fill(port: int, messages: int, size: int, users: int) -> None:
    """So many messages for each of the users, by SMTP, in groups."""
    wire = await smtp_open(Plan(port))
    recipients = "".join(f"RCPT TO:<u{user}@nyu.edu>\r\n" for user in range(users)).encode()
    envelope = b"MAIL FROM:<sender@lancs.uk>\r\n" + recipients + b"DATA\r\n"
    for start in range(0, messages, TOGETHER):
        some = range(start, min(start + TOGETHER, messages))
        await wire.send(b"".join(envelope + make_message(number, size) + b".\r\n" for number in some))
        for _ in some:
            for code in (b"250", *[b"250"] * users, b"354", b"250"):
                await smtp_reply(wire, code)
    await smtp_quit(wire)


def filled(server: Server, messages: int, size: int = 1000, users: int = 1) -> None:
    if server.filling is not None:
        asyncio.run(fill(server.filling, messages, size, users))


def logins(server: Server, scale: Scale) -> tuple[float, ...]:
    plan = Plan(server.port, sessions=scale.users)
    run("logins", plan)
    before = cpu(server.pid)
    result = run("logins", plan)
    return result.rate, (cpu(server.pid) - before) / result.count * 1e6


def fetching(test: str, users: int = 1) -> Callable[[Server, Scale], tuple[float, ...]]:
    def fetch(server: Server, scale: Scale) -> tuple[float, ...]:
        filled(server, scale.messages, users=users)
        plan = Plan(server.port, sessions=users, messages=scale.messages, size=scale.messages)
        run(test, plan)
        before = cpu(server.pid)
        result = run(test, plan._replace(messages=scale.retrs // users))
        return result.rate, (cpu(server.pid) - before) / result.count * 1e6

    return fetch


def opening(server: Server, scale: Scale) -> tuple[float, ...]:
    filled(server, scale.big, SMALL)
    time.sleep(scale.settle)
    extra = run("open", Plan(server.port)).extra
    if extra["messages"] != scale.big:
        raise MeterError(f"the maildrop has {extra['messages']} messages, not {scale.big}")
    return tuple(float(extra[name]) * 1000 for name in ("open_s", "stat_s", "list_s", "uidl_s"))


def idle(server: Server, scale: Scale) -> tuple[float, ...]:
    run("logins", Plan(server.port, sessions=20))
    plan = Plan(server.port, sessions=IDLE, concurrency=20, pid=server.pid, settle=scale.settle)
    return (float(run("idle", plan).extra["added_pss_MiB"]) * 1024 / IDLE,)


def figures(scale: Scale) -> dict[str, Figure]:
    """What there is to measure, with how much of everything."""

    def figure(
        run: Callable[[Server, Scale], tuple[float, ...]], *rows: tuple[str, str], users: int = 1, messages: int = 0
    ) -> Figure:
        wants = Wants("pop3", users=users, messages=messages, size=SMALL if messages == scale.big else 1000)
        return Figure(tuple(Row(*row) for row in rows), lambda server: run(server, scale), wants, SERVERS)

    big = f"{scale.big:,} messages"
    return {
        "logins": figure(logins, ("logins/s", "more"), ("  CPU us a login", "less"), users=scale.users),
        "retr": figure(
            fetching("retr", CONNECTIONS),
            (f"RETR/s, 1 KB, {CONNECTIONS} connections", "more"),
            ("  CPU us a RETR", "less"),
            users=CONNECTIONS,
            messages=scale.messages,
        ),
        "lockstep": figure(
            fetching("retr"),
            ("RETR/s, 1 KB, one connection", "more"),
            ("  CPU us a RETR, one connection", "less"),
            messages=scale.messages,
        ),
        "pipeline": figure(
            fetching("pipeline"),
            ("RETR/s, 1 KB, pipelined", "more"),
            ("  CPU us a RETR, pipelined", "less"),
            messages=scale.messages,
        ),
        "open": figure(
            opening,
            (f"{big}: login, ms", "less"),
            ("  STAT, ms", "less"),
            ("  LIST, ms", "less"),
            ("  UIDL, ms", "less"),
            messages=scale.big,
        ),
        "idle": figure(idle, ("KiB an idle session", "less"), users=IDLE),
    }


def main() -> int:
    options = compare.parser(__doc__)
    args = options.parse_args()
    scale = QUICK if args.quick else Scale()
    scale = scale._replace(rounds=args.rounds or scale.rounds)
    known = figures(scale)
    servers = compare.there(compare.chosen(args.only, SERVERS, known))
    wanted = {name: known[name] for name in compare.chosen(args.only, known, SERVERS)}
    if "idle" in wanted and not compare.may_open(IDLE + 100):
        compare.say(f"idle: this system does not let us open {IDLE:,} connections, left out")
        del wanted["idle"]
    start, results = time.perf_counter(), compare.Results()
    compare.rounds(wanted, servers, scale.rounds, args.folder.resolve(), results)
    return compare.show(wanted, servers, results, scale.rounds, start)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
