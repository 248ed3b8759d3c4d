"""What happens on a server, on a screen or as JSON, without ever holding the server up."""

import os
import threading
from collections.abc import Callable

from mailshell.core.clock import SECOND
from mailshell.core.record import Body, Exchange, Phase
from mailshell.core.transcript import Entry
from mailshell.protocols import PROTOCOLS
from mailshell.shell.events import dump, event
from mailshell.shell.log import Log
from mailshell.shell.render import Renderer
from mailshell.shell.view import View

ROOM = 4 * 1024 * 1024
"""Octets that may wait for a slow reader; what does not fit is left out and counted."""

BUSY = 200
"""Exchanges a second above which the screen counts instead of showing each."""

BODY = 8192
"""Octets of one message that the screen shows at most."""

_PAUSE = 0.02  # seconds in which output gathers, so that the thread does not take turns with the server all the time
_PIECE = 64 * 1024
_FAREWELL = 1.0  # seconds that a reader has at the end


class Pipe:
    """Takes text for a file descriptor and never waits: a thread of its own writes.

    `missing` puts into words how many entries were left out because the reader was too slow. A reader that has gone
    ends the output. Without a descriptor everything is dropped.
    """

    def __init__(self, fd: int | None, missing: Callable[[int], bytes], room: int = ROOM) -> None:
        self._fd = fd
        self._missing = missing
        self._room = room
        self._waiting: list[bytes] = []
        self._size = 0
        self._lost = 0
        self._lock = threading.Lock()
        self._something = threading.Event()
        self._closing = threading.Event()
        self.over = fd is None
        self._thread = threading.Thread(target=self._run, name="output", daemon=True)
        if not self.over:
            self._thread.start()

    def offer(self) -> bool:
        """Whether there is room for an entry, before somebody takes the trouble to render it; else it is counted."""
        if self.over:
            return False
        # Once something is left out, wait until half is free: few large gaps, not many small ones.
        if self._size < (self._room // 2 if self._lost else self._room):
            return True
        with self._lock:
            self._lost += 1
        return False

    def put(self, text: bytes) -> None:
        """Write this when the reader is ready."""
        if self.over or not text:
            return
        with self._lock:
            self._tell()
            self._waiting.append(text)
            self._size += len(text)
        if not self._something.is_set():
            self._something.set()

    def close(self) -> None:
        """Write what waits, if the reader takes it within a second, and stop."""
        self._closing.set()
        self._something.set()
        if self._thread.is_alive():
            self._thread.join(_FAREWELL)
        self.over = True

    def _tell(self) -> None:
        if self._lost:
            self._waiting.append(self._missing(self._lost))
            self._size += len(self._waiting[-1])
            self._lost = 0

    def _run(self) -> None:
        while not self.over:
            self._something.wait()
            self._something.clear()
            last = self._closing.is_set()
            while pieces := self._take():
                if not self._write(b"".join(pieces)):
                    self.over = True
                    return
            if last:
                return
            self._closing.wait(_PAUSE)

    def _take(self) -> list[bytes]:
        with self._lock:
            if not self._waiting:
                self._tell()
            pieces, self._waiting = self._waiting, []
            return pieces

    def _write(self, text: bytes) -> bool:
        """Write everything; False when nobody reads any more."""
        assert self._fd is not None, "a pipe without a descriptor has no thread"
        rest = memoryview(text)
        while rest:
            try:
                count = os.write(self._fd, rest[:_PIECE])
            except BlockingIOError:  # somebody else made it so
                if self._closing.wait(0.05):
                    return False
                continue
            except OSError:
                return False
            rest = rest[count:]
            with self._lock:
                self._size -= count
        return True


class Stream:
    """A listener that writes each entry as a line of JSON."""

    def __init__(self, fd: int | None, log: Log) -> None:
        self.pipe = Pipe(fd, lambda count: dump({"event": "dropped", "n": count}))
        self._log = log
        self.seen = fd is not None or log.path is not None

    def __call__(self, entry: Entry) -> None:
        """Write an entry, if the reader keeps up."""
        room = self.pipe.offer()
        if room or self._log.path is not None:
            line = dump(event(entry))
            self._log.write([line.decode("ascii").rstrip("\n")])
            if room:
                self.pipe.put(line)


class Screen:
    """A listener that writes each entry as lines for people; above `BUSY` exchanges a second, one line a second."""

    def __init__(self, fd: int | None, view: View, log: Log) -> None:
        self.seen = fd is not None or log.path is not None
        self._view = view
        self._encoding = "ascii" if view.ascii else "utf-8"
        self._log = log
        self._renderer = self._fresh()
        self.pipe = Pipe(fd, self._missing)
        self._bodies: dict[int, int] = {}  # octets of the message so far, by connection
        self._waits_for = _message_phases()
        self._second = 0  # the moment at which this second of counting began
        self._crowded = False
        self._exchanges = 0
        self._messages = 0

    def __call__(self, entry: Entry) -> None:
        """Show an entry, or count it."""
        record = entry.record
        if not self._crowded and not 0 <= entry.at - self._second < SECOND:
            self._second = entry.at
            self._exchanges = self._messages = 0
        if isinstance(record, Exchange):
            if self._exchanges == BUSY and not self._crowded:
                self._crowded = True
                self._exchanges = self._messages = 0
                self._count_on()
            self._exchanges += 1
            if record.changes and record.before in self._waits_for:
                self._messages += 1
        if self._crowded:
            return
        room = self.pipe.offer()
        if room or self._log.path is not None:
            self._write(self._lines(entry))

    def _fresh(self) -> Renderer:
        renderer = Renderer(self._view)
        renderer.bounded = True
        return renderer

    def _lines(self, entry: Entry) -> list[str]:
        record, number = entry.record, entry.wire.number
        if not isinstance(record, Body):
            over = self._bodies.pop(number, 0) - BODY
            more = f"{over:,} more octets of the message are not shown"
            return (self._renderer.say(more) if over > 0 else []) + self._renderer.lines(entry, number)
        before = self._bodies.get(number, 0)
        self._bodies[number] = before + len(record.octets)
        if before >= BODY:
            return []
        piece = Body(record.octets[: BODY - before], record.omitted)
        return self._renderer.lines(Entry(entry.at, entry.wire, piece), number)

    def _write(self, lines: list[str]) -> None:
        self.pipe.put("".join(f"{line}\n" for line in lines).encode(self._encoding, "backslashreplace"))
        self._log.write(lines)

    def _missing(self, count: int) -> bytes:
        lines = self._renderer.say(f"{count:,} steps are not shown: the output was not read in time")
        return "".join(f"{line}\n" for line in lines).encode(self._encoding, "backslashreplace")

    def _count_on(self) -> None:
        timer = threading.Timer(1.0, self._summary)
        timer.daemon = True
        timer.start()

    def _summary(self) -> None:
        exchanges, self._exchanges = self._exchanges, 0
        messages, self._messages = self._messages, 0
        if exchanges:
            said = f"{_count(exchanges, 'exchange')} and {_count(messages, 'message')} in the last second"
            self._write(self._renderer.say(said))
        if exchanges > BUSY:
            self._count_on()
            return
        # Nobody saw how the open conversations got where they are, so they are shown afresh.
        self._renderer, self._bodies = self._fresh(), {}
        self._crowded = False


def _message_phases() -> set[Phase]:
    """The phases of all protocols in which a message, not a line, is awaited."""
    return {phase for engine in PROTOCOLS.values() for phase in engine.phases if not engine.reads_lines(phase)}


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}" if number == 1 else f"{number:,} {word}s"
