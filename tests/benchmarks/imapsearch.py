"""SEARCH, SORT and THREAD over one big mailbox, in one process without a socket.

    python tests/benchmarks/imapsearch.py                 10,000 messages of 1 KB
    python tests/benchmarks/imapsearch.py --messages 1000

Each command is given once to a server that has not looked at the messages yet, and then some times more: the table
shows the first time, the best of the others, and how many octets the answer has. `measure` gives the same as rows.
Nothing here asserts a time.
"""

import argparse
import random
import time
from collections.abc import Iterator
from typing import NamedTuple

from mailshell.core.record import Exchange
from mailshell.mail.store import BoxKey
from mailshell.world.seat import Seat
from mailshell.world.start import STUDENT, build

ROUNDS = 7
COMMANDS = (
    "SEARCH ALL",
    "SEARCH UNSEEN LARGER 100",
    "SEARCH SUBJECT lunch",
    "SEARCH SUBJECT nothing",
    "SEARCH TEXT nothing",
    "SEARCH TEXT w0001",
    "SEARCH FROM alice SENTSINCE 1-Mar-2015",
    "SEARCH HEADER Message-ID 99",
    "SORT (DATE) UTF-8 ALL",
    "SORT (SUBJECT REVERSE DATE) UTF-8 ALL",
    "THREAD REFERENCES UTF-8 ALL",
    "THREAD ORDEREDSUBJECT UTF-8 ALL",
)


class Row(NamedTuple):
    """A command, its first and its best later time in milliseconds, and the octets of its answer."""

    command: str
    first: float
    warm: float
    octets: int


def message(number: int, words: list[str], odds: random.Random) -> bytes:
    """A message of one kilobyte that answers an earlier one."""
    body = "\r\n".join(" ".join(odds.choices(words, k=11)) for _ in range(12))
    return (
        f"Received: from lancs.uk by nyu.edu with ESMTP id {number};\r\n\tMon, 9 Mar 2015 10:00:00 +0000\r\n"
        f"Date: Mon, 9 Mar 2015 10:{number % 60:02}:00 +0000\r\nFrom: Alice {number} <alice{number}@lancs.uk>\r\n"
        f"To: bob@nyu.edu\r\nSubject: Re: lunch {number // 10}\r\nMessage-ID: <{number}@lancs.uk>\r\n"
        f"References: <{number // 2}@lancs.uk>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
        f"\r\n{body}\r\n"
    ).encode()


def filled(count: int) -> Seat:
    """A session that has a mailbox with so many messages open."""
    odds = random.Random(1)
    words = [f"w{number:04x}" for number in range(3000)]
    made = Seat(build("lecture"), STUDENT, "script")
    store, key, now = made.world.store, BoxKey("nyu.edu", "bob", "Trash"), made.world.hosts["nyu.edu"].now()
    for number in range(count):
        store.append(key, store.keep(message(number, words, odds)), at=now)
    made.connect("nyu.edu", "imap")
    made.send(b"a LOGIN bob hungry\r\na SELECT Trash\r\n")
    return made


def measure(count: int = 10_000, commands: tuple[str, ...] = COMMANDS, rounds: int = ROUNDS) -> Iterator[Row]:
    """Each command over a mailbox of so many messages."""
    made = filled(count)
    for command in commands:
        times = []
        for _ in range(rounds):
            start = time.perf_counter()
            made.send(b"a " + command.encode() + b"\r\n")
            times.append((time.perf_counter() - start) * 1000)
        record = made.world.transcript.entries[-1].record
        assert isinstance(record, Exchange)
        assert record.replies[-1].startswith(b"a OK")
        yield Row(command, times[0], min(times[1:]), sum(map(len, record.replies)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--messages", type=int, default=10_000)
    print(f"{'command':42}{'first, ms':>12}{'then, ms':>12}{'octets':>10}")
    for row in measure(parser.parse_args().messages):
        print(f"{row.command:42}{row.first:12.1f}{row.warm:12.1f}{row.octets:10}")


if __name__ == "__main__":
    main()
