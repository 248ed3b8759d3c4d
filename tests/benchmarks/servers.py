"""The servers that are compared, each started as a process of its own on a free loopback port."""

import contextlib
import importlib.util
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, NamedTuple

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
US = "mailshell"
STARTING = 15.0  # seconds that a server may take until it greets

Keeps = Literal["memory", "nothing", "disk"]


class StartError(Exception):
    """A server did not start, and why."""


class Wants(NamedTuple):
    """What a server is to speak, and to keep: for POP3 also how many users, and messages of each."""

    protocol: Literal["smtp", "pop3", "imap"]
    keeps: Keeps = "memory"
    users: int = 1
    messages: int = 0
    size: int = 1000  # octets of each message


class Server(NamedTuple):
    """One that runs; `filling` is the port that takes mail for the maildrops, where they are empty yet."""

    name: str
    pid: int
    port: int
    filling: int | None = None

    @property
    def verb(self) -> bytes:
        """A command that changes nothing and is answered by 250; Twisted has no NOOP."""
        return b"RSET" if self.name == "twisted" else b"NOOP"


def missing(name: str) -> bool:
    """Whether the package of that name cannot be imported, or the program is not there."""
    if name == "dovecot":
        return shutil.which(name) is None
    paths = [str(ROOT), *sys.path] if name == "mailshell" else None
    if paths:
        return not any((Path(path) / name / "__main__.py").exists() for path in paths)
    return importlib.util.find_spec(name) is None


def command(name: str, wants: Wants, port: int, filling: int, folder: Path) -> list[str]:
    """How to start it. What it prints goes nowhere, so that nobody's screen is measured."""
    if name == US:
        options = {"memory": [], "nothing": ["--world", "discard"], "disk": ["--state", str(folder / "state")]}
        serve = [sys.executable, "-m", "mailshell", "serve", f"--{wants.protocol}", str(port), *options[wants.keeps]]
        if wants.protocol != "smtp":
            serve += ["--smtp", str(filling), *(f"--user=u{number}:pw" for number in range(wants.users))]
        return serve
    if name == "dovecot":
        return [str(shutil.which(name)), "-F", "-c", str(dovecot(port, folder))]
    start = [sys.executable, str(HERE / "peers.py"), name, str(port)]
    if wants.protocol == "pop3":
        return [*start, "--pop3", str(wants.messages), "--size", str(wants.size)]
    if wants.protocol == "imap":
        return [*start, "--imap"]
    options = {"memory": [], "nothing": ["--discard"], "disk": ["--file", str(folder / "mail")]}
    return [*start, *options[wants.keeps]]


def dovecot(port: int, folder: Path) -> Path:
    """A configuration of Dovecot: users without files of their own, mail in the folder."""
    folder.chmod(0o777)
    path = folder / "dovecot.conf"
    path.write_text(
        f"base_dir = {folder}/run\nstate_dir = {folder}/run\nlog_path = {folder}/log\nprotocols = imap\n"
        f"listen = 127.0.0.1\nssl = no\ndisable_plaintext_auth = no\nmail_location = sdbox:{folder}/mail/%u\n"
        "mail_max_userip_connections = 5000\nfirst_valid_uid = 1\ndefault_client_limit = 5000\n"
        "passdb {\n driver = static\n args = password=pw\n}\n"
        f"userdb {{\n driver = static\n args = uid=nobody gid=nogroup home={folder}/mail/%u\n}}\n"
        f"service imap-login {{\n inet_listener imap {{\n port = {port}\n }}\n"
        " inet_listener imaps {\n port = 0\n }\n}\n"
    )
    return path


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def greets(port: int, protocol: str) -> bool:
    """Whether a server of the protocol answers on that port, and takes its leave in good order."""
    hello, leave, bye = {
        "smtp": (b"220", b"QUIT\r\n", b"221"),
        "pop3": (b"+OK", b"QUIT\r\n", b"+OK"),
        "imap": (b"* OK", b"x LOGOUT\r\n", b"* BYE"),
    }[protocol]
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=2) as line:
        if line.recv(1000).startswith(hello):
            line.sendall(leave)
            return line.recv(1000).startswith(bye)
    return False


@contextlib.contextmanager
def running(name: str, wants: Wants, folder: Path) -> Iterator[Server]:
    """The server, from its greeting to its end. Its own files, and its configuration, are in the folder."""
    port, filling, errors = free_port(), free_port(), folder / "stderr"
    homes = {f"XDG_{kind}_HOME": str(folder / kind) for kind in ("CONFIG", "STATE", "DATA", "CACHE")}
    with errors.open("wb") as stderr:
        process = subprocess.Popen(
            command(name, wants, port, filling, folder),
            cwd=ROOT,
            env=os.environ | homes,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=stderr,
        )
    try:
        deadline = time.monotonic() + STARTING
        while not greets(port, wants.protocol):
            if process.poll() is not None:
                lines = errors.read_text(errors="replace").strip().splitlines() or ["no word why"]
                raise StartError(f"ended with {process.returncode}: {lines[-1]}")
            if time.monotonic() > deadline:
                raise StartError(f"no greeting within {STARTING:g} s")
            time.sleep(0.02)
        yield Server(name, process.pid, port, filling if name == US and wants.protocol != "smtp" else None)
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
