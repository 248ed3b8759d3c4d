"""How soon what a TCP client does stands above the prompt of `mailshell smtp`, while somebody types there.

    python tests/benchmarks/arrivals.py              200 commands, one after each key
    python tests/benchmarks/arrivals.py --count 1000

Every 30 ms a key is pressed, and up to 10 ms later a client sends NOOP; the time runs from there until its line has
come out of the terminal (median and 95th percentile, in milliseconds). At the end the screen is drawn once more from
all octets: a row above the prompt that holds anything but the two lines of a NOOP is a stray echo.
"""

import argparse
import os
import random
import re
import socket
import sys
import time

import pyte
from prompt import PAUSE, Child, percentile

COMMAND = (sys.executable, "-m", "mailshell", "smtp")
DELAY = 0.01  # seconds after a key in which the client sends
KEYS = b"abcdefghij"
LINE = 40  # keys after which the line is cleared
EXPECTED = re.compile(r"Ca: NOOP \d+␍␊ +do nothing; are you there\?|Sa: 250 2\.0\.0 Nothing done␍␊ +250 .*")


def arrivals(count: int) -> tuple[list[float], int]:
    """Milliseconds until each line is there, and the number of stray echoes."""
    child = Child(COMMAND)
    chance = random.Random(1)
    try:
        child.until(b"nyu.edu> ")
        os.write(child.fd, b":serve smtp=0\r")
        child.until(b":serve off closes it.")
        port = re.search(rb" port (\d+)\.", child.seen)
        assert port is not None, "the shell has said where it listens"
        with socket.create_connection(("127.0.0.1", int(port[1]))) as client:
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            child.until(b"Sa: 220")
            times = [_arrival(child, client, number, chance.uniform(0, DELAY)) for number in range(count)]
        child.until(b"connection a closed")
        return times, _strays(child.seen)
    finally:
        child.close()


def _arrival(child: Child, client: socket.socket, number: int, delay: float) -> float:
    """Milliseconds from a command of the client to its line."""
    time.sleep(PAUSE)
    past = len(child.seen)
    if not number % LINE:
        os.write(child.fd, b"\x15")
    os.write(child.fd, KEYS[number % len(KEYS) :][:1])
    time.sleep(delay)
    begin = time.perf_counter()
    client.sendall(b"NOOP %d\r\n" % number)
    child.until(b"Ca: NOOP %d\xe2\x90\x8d" % number, past)
    return (time.perf_counter() - begin) * 1000


def _strays(octets: bytes) -> int:
    """Rows between the first and the last line of the client that nobody should have written."""
    screen = pyte.HistoryScreen(80, 24, history=100_000)
    pyte.ByteStream(screen).feed(octets)
    above = ["".join(row[column].data for column in range(80)) for row in screen.history.top]
    rows = [row.rstrip() for row in [*above, *screen.display]]
    ours = [number for number, row in enumerate(rows) if row.startswith("Ca: NOOP")]
    return sum(not EXPECTED.fullmatch(row) for row in rows[ours[0] : ours[-1] + 2])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=200, help="commands of the client (default 200)")
    count = max(2, parser.parse_args().count)
    times, strays = arrivals(count)
    p50, p95 = (percentile(times, share) for share in (50, 95))
    print(f"{count} lines: p50 {p50:.1f} ms, p95 {p95:.1f} ms, max {max(times):.1f} ms")
    print(f"stray echoes: {strays}")
    return 1 if strays else 0


if __name__ == "__main__":
    sys.exit(main())
