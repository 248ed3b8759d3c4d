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

With --proto pop3, for users u0, u1, ... whose password is "pw":

    logins    connect, USER, PASS, QUIT, each as another user        sessions/s
    retr      --messages RETRs of --size messages in each session,
              each of another user, all sessions at once             messages/s, MB/s
    pipeline  the same, 100 RETRs a write
    open      log in as u0; STAT, LIST and UIDL                      seconds of each
    idle      --sessions sessions, each logged in as another user    memory of --pid and its children

With --proto imap, for the same users:

    logins    connect, LOGIN, LOGOUT, each as another of --messages  sessions/s
    append    --messages messages in each session, one by one        messages/s
    fetch     --messages messages are put into INBOX, and fetched    messages/s
    search    the same, and looked through by TEXT and by SUBJECT    milliseconds of each
    push      an APPEND, and --sessions sessions in IDLE             milliseconds until they are told
    removals  half of the --messages in INBOX are removed            seconds
    idle      --sessions sessions of u0 in IDLE                      memory of --pid and its children
"""

import argparse
import asyncio
import json
import re
import sys
from collections.abc import Awaitable, Callable, Mapping
from functools import partial

import imapload
import pop3load
from load import RECIPIENT, SENDER, make_message
from wire import OCTETS, MeterError, Plan, Result, Wire, hold, timed

BLOCK = 100

MAIL = f"MAIL FROM:<{SENDER}>\r\n".encode()
RCPT = f"RCPT TO:<{RECIPIENT}>\r\n".encode()
DATA = b"DATA\r\n"


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


Test = Callable[[Plan], Awaitable[Result]]
TESTS: Mapping[str, Mapping[str, Test]] = {
    "smtp": {
        "sessions": smtp_sessions,
        "messages": smtp_messages,
        "pipeline": partial(smtp_messages, pipeline=True),
        "noop": smtp_noop,
        "idle": partial(hold, "smtp idle", smtp_open),
    },
    "pop3": pop3load.TESTS,
    "imap": imapload.TESTS,
}


async def measure(protocol: str, test: str, plan: Plan, seconds: float = 120.0) -> Result:
    """Run one test; what goes wrong is a MeterError."""
    plan.check()
    if test not in TESTS[protocol]:
        raise MeterError(f"no test {test!r} for {protocol}")
    if test in ("messages", "pipeline") and plan.sessions * plan.messages * plan.size * plan.repeat > OCTETS:
        raise MeterError(f"{test}: more than {OCTETS} octets in all")
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
