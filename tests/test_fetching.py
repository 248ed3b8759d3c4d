"""Other people's mail programs fetch mail from `mailshell serve` with POP3: all of it, octet for octet."""

import os
import poplib
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.serving import PATIENCE, Wire, environment, printing, serving

pytestmark = pytest.mark.process

SENT = "Subject: dots\r\n\r\nHello.\r\n.. and a dot\r\n...\r\nFrom here on\r\n"
KEPT = ("Subject: dots", "\n. and a dot\n..\n", "From here on", "Lunch on Friday", "Notes from the first lecture")
"""What every client must have in the end: the dots as they were, and the two messages of the world."""


class Fetch(NamedTuple):
    """Where a client fetches from, its folder, and whether it leaves the mail on the server."""

    port: int
    folder: Path
    keep: bool

    def run(self, name: str, *words: str) -> str:
        """Run a program, and return what it prints."""
        path = shutil.which(name)
        if path is None:
            pytest.skip(f"{name} is not installed")
        home = {name: str(self.folder) for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "FETCHMAILHOME")}
        done = subprocess.run(
            [path, *words], env=environment() | home, capture_output=True, timeout=PATIENCE, check=False
        )
        text = (done.stdout + done.stderr).decode("utf-8", "replace")
        assert done.returncode == 0, text
        return text

    def write(self, name: str, text: str) -> str:
        """A file that nobody else may read, as these programs want it."""
        path = self.folder / name
        path.write_text(text)
        path.chmod(0o600)
        return str(path)

    @property
    def mailbox(self) -> Path:
        """The file in which the client puts the mail."""
        return self.folder / "mailbox"


def with_poplib(fetch: Fetch) -> str:
    client = poplib.POP3("127.0.0.1", fetch.port, timeout=PATIENCE)
    assert b"USER" in b" ".join(name.encode() for name in client.capa())
    client.user("bob")
    client.pass_("hungry")
    count, octets = client.stat()
    sizes = [int(line.split()[1]) for line in client.list()[1]]
    assert (count, octets) == (len(sizes), sum(sizes))
    text = ""
    for number, size in enumerate(sizes, 1):
        _, lines, read = client.retr(number)
        assert read == size == sum(len(line) + 2 for line in lines)
        assert client.top(number, 0)[1] == lines[: lines.index(b"") + 1]
        text += "".join(line.decode() + "\n" for line in lines)
        if not fetch.keep:
            client.dele(number)
    assert len({line.split()[1] for line in client.uidl()[1]}) == (len(sizes) if fetch.keep else 0)
    client.quit()
    return text


def with_curl(fetch: Fetch) -> str:
    where = f"pop3://127.0.0.1:{fetch.port}/"
    login = ("-sS", "-u", "bob:hungry")
    listed = fetch.run("curl", *login, where).split()
    text = ""
    for number in listed[::2]:
        text += fetch.run("curl", *login, where + number)
    # Each call is a session, and numbers are those of a session: the last one first.
    for number in reversed(listed[::2] if not fetch.keep else []):
        fetch.run("curl", *login, "--head", "-X", "DELE", where + number)
    return text.replace("\r\n", "\n")


def with_fetchmail(fetch: Fetch) -> str:
    keep = "keep" if fetch.keep else "nokeep"
    rc = fetch.write(
        "fetchmailrc",
        f'poll 127.0.0.1 protocol POP3 port {fetch.port} uidl user "bob" password "hungry" fetchall {keep}'
        f' mda "cat >> {fetch.mailbox}"\n',
    )
    files = ("--idfile", str(fetch.folder / "ids"), "--pidfile", str(fetch.folder / "pid"))
    fetch.run("fetchmail", "-f", rc, "--nosyslog", "--nodetach", "--sslproto", "", *files)
    return fetch.mailbox.read_text()


def with_mpop(fetch: Fetch) -> str:
    keep = "on" if fetch.keep else "off"
    rc = fetch.write(
        "mpoprc",
        f"account default\nhost 127.0.0.1\nport {fetch.port}\nuser bob\npassword hungry\nauth user\ntls off\n"
        f"keep {keep}\ndelivery mbox {fetch.mailbox}\nuidls_file {fetch.folder / 'uidls'}\n",
    )
    fetch.run("mpop", "-C", rc)
    return fetch.mailbox.read_text().replace("\n>From ", "\nFrom ")


def with_getmail(fetch: Fetch) -> str:
    fetch.write(
        "getmailrc",
        f"[retriever]\ntype = SimplePOP3Retriever\nserver = 127.0.0.1\nport = {fetch.port}\nusername = bob\n"
        f"password = hungry\n[destination]\ntype = MDA_external\npath = {shutil.which('tee')}\n"
        f'arguments = ("-a", "{fetch.mailbox}")\nallow_root_commands = true\n'
        f"[options]\ndelete = {not fetch.keep}\nread_all = true\n",
    )
    for attempt in (1, 2, 3):
        try:
            fetch.run("getmail", "-g", str(fetch.folder), "-r", "getmailrc")
            break
        except AssertionError as error:
            # Its own way to wait for the program that delivers fails now and then; the next run goes on.
            if attempt == 3 or ("SIGCHLD" not in str(error) and "Traceback" not in str(error)):
                raise
    return fetch.mailbox.read_text()


def with_telnet(fetch: Fetch) -> str:
    """A person, who waits for each answer."""
    path = shutil.which("telnet")
    if path is None:
        pytest.skip("telnet is not installed")
    text = b""
    with printing(path, "127.0.0.1", str(fetch.port)) as telnet:
        assert telnet.stdin is not None
        assert telnet.stdout is not None
        while b"+OK" not in telnet.stdout.readline():
            pass
        lines = ["user bob", "pass hungry", *(f"retr {number}" for number in (1, 2, 3))]
        lines += [] if fetch.keep else [f"dele {number}" for number in (1, 2, 3)]
        for line in (*lines, "quit"):
            telnet.stdin.write(line.encode() + b"\n")
            telnet.stdin.flush()
            assert telnet.stdout.readline().startswith(b"+OK")
            while line.startswith("retr") and (row := telnet.stdout.readline()).strip() != b".":
                assert row, "the client ended"
                text += row[1:] if row.startswith(b"..") else row
    return text.decode().replace("\r\n", "\n")


CLIENTS = (with_poplib, with_curl, with_fetchmail, with_mpop, with_getmail, with_telnet)


@pytest.mark.parametrize("keep", [True, False], ids=["keep", "delete"])
@pytest.mark.parametrize("client", CLIENTS)
def test_a_mail_program_fetches_all(client: Callable[[Fetch], str], keep: bool, tmp_path: Path) -> None:
    own = tmp_path / "client"
    own.mkdir()
    with serving(tmp_path, protocols=("smtp", "pop3")) as served:
        with Wire(served.ports["smtp"]) as wire:
            assert wire.hello().mail(SENT).startswith(b"250")
        text = client(Fetch(served.ports["pop3"], own, keep))
        assert [part for part in KEPT if part not in text] == []
        left = poplib.POP3("127.0.0.1", served.ports["pop3"], timeout=PATIENCE)
        left.user("bob")
        left.pass_("hungry")
        assert left.stat()[0] == (3 if keep else 0)
        left.quit()
        assert served.stop() == 0
        assert served.errors == ""


def test_a_second_run_of_a_program_that_keeps_mail_fetches_nothing_twice(tmp_path: Path) -> None:
    """It knows messages by their unique-ids, which outlive the server."""
    own = tmp_path / "client"
    own.mkdir()
    for _ in range(2):
        with serving(tmp_path, "--state", str(tmp_path / "state"), protocols=("pop3",)) as served:
            text = with_mpop(Fetch(served.port, own, True))
            assert served.stop() == 0
        assert text.count("Lunch on Friday") == 1
    assert os.path.getsize(own / "uidls") > 0
