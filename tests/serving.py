"""Servers as processes of their own, and small SMTP clients that know nothing of mailshell.

As a program (`python serving.py`): reads lines of JSON, each the arguments of one mailshell, runs it in a fork, prints
its process id, waits for its end, prints its status. A fork is ready in milliseconds, where a start takes hundreds.
"""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PATIENCE = 20.0  # seconds after which something hangs

Event = dict[str, Any]


class Served:
    """A running `mailshell serve --json`."""

    def __init__(self, process: subprocess.Popen[bytes], errors: Path) -> None:
        self.process = process
        self.port = 0
        """The port of the protocol that was asked for."""
        self.ports: dict[str, int] = {}
        self._errors = errors

    def event(self) -> Event:
        """The next one; an empty one at the end."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        return json.loads(line) if line else {}

    def events(self) -> list[Event]:
        """All up to the end of the output."""
        return list(iter(self.event, {}))

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Send a signal, and wait for the exit status."""
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)

    @property
    def errors(self) -> str:
        """What stands on stderr so far."""
        return self._errors.read_text()

    @property
    def resident(self) -> float:
        """Its memory in MiB (Linux)."""
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def environment() -> dict[str, str]:
    return {key: value for key, value in os.environ.items() if not key.startswith("MAILSHELL_")}


def command(*options: str) -> list[str]:
    return [sys.executable, "-m", "mailshell", "serve", *options]


@contextlib.contextmanager
def serving(folder: Path, *options: str, protocols: tuple[str, ...] = ("smtp",)) -> Iterator[Served]:
    """A server on a free port for each protocol, from `ready` on; whoever has not stopped it finds it killed."""
    errors = folder / f"stderr-{threading.get_native_id()}-{len(list(folder.iterdir()))}"
    with errors.open("wb") as stderr:
        process = subprocess.Popen(
            command("--json", *(word for name in protocols for word in (f"--{name}", "0")), *options),
            cwd=ROOT,
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=stderr,
        )
    served = Served(process, errors)
    with watched(process):
        while (event := served.event()).get("event") != "ready":
            assert event, f"the server ended: {served.errors}"
            served.ports[event["protocol"]] = event["port"]
        served.port = served.ports[protocols[0]]
        yield served


@contextlib.contextmanager
def watched(process: subprocess.Popen[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    """A process that is killed when it takes too long, and at the end in any case."""
    watchdog = threading.Timer(PATIENCE, process.kill)
    watchdog.start()
    try:
        yield process
    finally:
        watchdog.cancel()
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()


def printing(*words: str) -> contextlib.AbstractContextManager[subprocess.Popen[bytes]]:
    """A program whose output is read."""
    return watched(
        subprocess.Popen(
            words,
            cwd=ROOT,
            env=environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    )


def refused(*options: str) -> tuple[int, str]:
    """Exit status and stderr of a server that does not start."""
    done = subprocess.run(
        command(*options), cwd=ROOT, env=environment(), capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert done.stdout == ""
    return done.returncode, done.stderr


class Wire:
    """An SMTP client as a student would write it."""

    def __init__(self, port: int, host: str = "127.0.0.1") -> None:
        self.socket = socket.create_connection((host, port), timeout=PATIENCE)
        self.file = self.socket.makefile("rb")

    def __enter__(self) -> "Wire":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.file.close()
        self.socket.close()

    def send(self, octets: bytes) -> None:
        self.socket.sendall(octets)

    def line(self) -> bytes:
        """One line; raises AssertionError at the end of the connection."""
        line = self.file.readline()
        assert line.endswith(b"\n")
        return line

    def reply(self) -> bytes:
        """One reply, all its lines; empty at the end of the connection."""
        lines = []
        while line := self.file.readline():
            lines.append(line)
            if line[3:4] != b"-":
                break
        return b"".join(lines)

    def ask(self, line: str) -> bytes:
        self.send(line.encode() + b"\r\n")
        return self.reply()

    def hello(self) -> "Wire":
        """Read the greeting and say EHLO."""
        assert self.reply().startswith(b"220 ")
        assert self.ask("EHLO lancs.uk").startswith(b"250")
        return self

    def mail(self, text: str, to: str = "bob@nyu.edu") -> bytes:
        """One message; the last answer."""
        for line in ("MAIL FROM:<alice@lancs.uk>", f"RCPT TO:<{to}>", "DATA"):
            answer = self.ask(line)
            if answer[:1] not in b"23":
                return answer
        return self.ask(f"{text}\r\n.")


class Nursery:
    """Starts servers fast, one after the other: see the program below."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, __file__], cwd=ROOT, env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self.pid = 0

    def __enter__(self) -> "Nursery":
        return self

    def __exit__(self, *_: object) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        if self.pid:
            os.kill(self.pid, signal.SIGKILL)
        self.process.wait(PATIENCE)
        self.process.stdout.close()

    def start(self, *argv: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(argv).encode() + b"\n")
        self.process.stdin.flush()
        self.pid = self._number()

    def kill(self) -> int:
        """Kill what was started, and return its wait status."""
        os.kill(self.pid, signal.SIGKILL)
        self.pid = 0
        return self._number()

    def _number(self) -> int:
        assert self.process.stdout is not None
        return int(self.process.stdout.readline())


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def nursery() -> None:
    """The program."""
    sys.path.insert(0, str(ROOT))
    import mailshell.mail.disk
    import mailshell.shell.serve  # noqa: F401
    from mailshell.cli import main

    for line in sys.stdin:
        child = os.fork()
        if not child:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            os._exit(main(json.loads(line)))
        print(child, flush=True)
        print(os.waitpid(child, 0)[1], flush=True)


if __name__ == "__main__":
    nursery()
