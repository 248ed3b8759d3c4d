"""Programs in a terminal: how soon the first byte and the prompt come, and how soon a key is seen.

The terminal answers what a program asks it (the place of the cursor, its colours), as a real one does.
"""

import os
import pty
import re
import select
import signal
import statistics
import struct
import sys
import termios
import time
from collections.abc import Sequence
from fcntl import ioctl
from typing import NamedTuple

KEYS = 60
PAUSE = 0.03  # seconds between two keys
PATIENCE = 20.0

_CODES = re.compile(rb"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07]*\x07|\x1b[=>()][0B]?")
_ANSWERS = ((b"\x1b[6n", b"\x1b[1;1R"), (b"\x1b[c", b"\x1b[?62c"), (b"\x1b]11;?", b"\x1b]11;rgb:1e/1e/1e\x07"))


class Prompt(NamedTuple):
    """A command line, and what its prompt looks like without escape sequences."""

    command: tuple[str, ...]
    looks: bytes


class Times(NamedTuple):
    """Milliseconds until the first byte and until the prompt, and from each key to its echo."""

    first: float
    prompt: float
    keys: list[float]


class Child:
    """A program in a terminal of 80 columns and 24 rows."""

    def __init__(self, command: Sequence[str]) -> None:
        without = ("NO_COLOR", "PYTHONDONTWRITEBYTECODE")  # compiled modules are kept, as when installed
        environment = {name: value for name, value in os.environ.items() if name not in without}
        environment |= {"TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "COLUMNS": "80", "LINES": "24"}
        self.start = time.perf_counter()
        self.pid, self.fd = pty.fork()
        if not self.pid:
            os.execvpe(command[0], list(command), environment)
        ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self.seen = b""
        self.first = 0.0

    def until(self, text: bytes, past: int = 0) -> None:
        """Read until the text stands behind what was seen before."""
        while text not in _CODES.sub(b"", self.seen[past:]):
            if not select.select([self.fd], [], [], PATIENCE)[0]:
                raise TimeoutError(self.seen[-400:].decode(errors="replace"))
            octets = os.read(self.fd, 65536)
            self.first = self.first or time.perf_counter()
            self.seen += octets
            for asked, answer in _ANSWERS:
                if asked in octets:
                    os.write(self.fd, answer)

    def close(self) -> None:
        """End the program."""
        os.kill(self.pid, signal.SIGKILL)
        os.close(self.fd)
        os.waitpid(self.pid, 0)


def measure(prompt: Prompt, *, keys: bool) -> Times:
    """Start a program; with `keys` type 60 of them, 30 ms apart."""
    child = Child(prompt.command)
    try:
        child.until(prompt.looks)
        ready = time.perf_counter()
        echoes = []
        for number in range(KEYS if keys else 0):
            time.sleep(PAUSE)
            past, key = len(child.seen), b"abcdefghij"[number % 10 : number % 10 + 1]
            begin = time.perf_counter()
            os.write(child.fd, key)
            child.until(key, past)
            echoes.append((time.perf_counter() - begin) * 1000)
        return Times((child.first - child.start) * 1000, (ready - child.start) * 1000, echoes)
    finally:
        child.close()


def percentile(values: list[float], share: int) -> float:
    """The value that `share` per cent of the values do not pass."""
    return statistics.quantiles(values, n=100)[share - 1]


if __name__ == "__main__":
    shown = measure(Prompt(tuple(sys.argv[2:]), sys.argv[1].encode()), keys=True)
    print(f"first byte {shown.first:.1f} ms, prompt {shown.prompt:.1f} ms, key p95 {percentile(shown.keys, 95):.1f} ms")
