"""Other people's programs work with `mailshell serve --imap`: they read, write, and come to the same picture."""

import contextlib
import email
import imaplib
import re
import shutil
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import ptyprocess
import pytest

from tests.serving import PATIENCE, Wire, environment, serving

pytestmark = pytest.mark.process

SENT = "Subject: dots\r\n\r\nHello.\r\n.. and a dot\r\n...\r\nFrom here on\r\n"
KEPT = ("Subject: dots", "\n. and a dot\n..\n", "From here on", "Lunch on Friday", "Notes from the first lecture")
"""What every client that fetches must have in the end: the dots as they were, and the two messages of the world."""


class At(NamedTuple):
    """Where a client connects to, and its own folder."""

    port: int
    folder: Path

    def run(self, name: str, *words: str, status: int = 0) -> str:
        """Run a program, and return what it prints."""
        path = shutil.which(name)
        if path is None:
            pytest.skip(f"{name} is not installed")
        home = {name: str(self.folder) for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "FETCHMAILHOME")}
        done = subprocess.run(
            [path, *words],
            env=environment() | home | {"TERM": "xterm"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=PATIENCE,
            check=False,
        )
        text = (done.stdout + done.stderr).decode("utf-8", "replace")
        assert done.returncode == status, text
        return text

    def write(self, name: str, text: str) -> str:
        """A file that nobody else may read, as these programs want it."""
        path = self.folder / name
        path.write_text(text)
        path.chmod(0o600)
        return str(path)

    @property
    def client(self) -> imaplib.IMAP4:
        """One of Python's own, logged in: it looks at what the others have done."""
        client = imaplib.IMAP4("127.0.0.1", self.port, timeout=PATIENCE)
        client.login("bob", "hungry")
        return client

    def subjects(self, name: str) -> dict[str, str]:
        """The messages of a mailbox by their subjects, with their flags."""
        client = self.client
        assert client.select(f'"{name}"', readonly=True)[0] == "OK"
        rows = client.fetch("1:*", "(FLAGS BODY.PEEK[HEADER.FIELDS (SUBJECT)])")[1]
        found = {}
        for row in rows:
            if isinstance(row, tuple):
                flags = imaplib.ParseFlags(row[0])
                words = sorted(flag.decode() for flag in flags if flag != b"\\Recent")
                found[row[1].decode().strip().removeprefix("Subject: ")] = " ".join(words)
        client.logout()
        return found


@pytest.fixture
def at(tmp_path: Path) -> Iterator[At]:
    """A server with three messages in INBOX."""
    own = tmp_path / "client"
    own.mkdir()
    with serving(tmp_path, protocols=("smtp", "imap")) as served:
        with Wire(served.ports["smtp"]) as wire:
            assert wire.hello().mail(SENT).startswith(b"250")
        yield At(served.ports["imap"], own)
        assert served.stop() == 0
        assert served.errors == ""


def with_imaplib(at: At) -> str:
    client, text = at.client, ""
    assert client.select("INBOX") == ("OK", [b"3"])
    for row in client.fetch("1:*", "(RFC822.SIZE BODY[])")[1]:
        if isinstance(row, tuple):
            size = re.search(rb"RFC822.SIZE (\d+)", row[0])
            assert size is not None
            assert int(size[1]) == len(row[1])
            text += row[1].decode().replace("\r\n", "\n")
    client.logout()
    return text


def with_curl(at: At) -> str:
    where = f"imap://127.0.0.1:{at.port}/INBOX"
    login = ("-sS", "-u", "bob:hungry")
    assert "Sent" in at.run("curl", *login, f"imap://127.0.0.1:{at.port}/")
    found = at.run("curl", *login, where, "-X", "UID SEARCH ALL").split()
    assert found[:2] == ["*", "SEARCH"]
    text = "".join(at.run("curl", *login, f"{where};UID={uid}") for uid in found[2:])
    assert at.run("curl", *login, f"{where};UID={found[-1]};SECTION=HEADER.FIELDS%20(SUBJECT)").strip() == (
        "Subject: dots"
    )
    letter = at.write("letter", "Subject: from curl\r\n\r\nhello\r\n")
    at.run("curl", *login, "-T", letter, where.replace("INBOX", "Sent"))
    assert "from curl" in at.subjects("Sent")
    return text.replace("\r\n", "\n")


def with_fetchmail(at: At) -> str:
    kept = at.folder / "mailbox"
    rc = at.write(
        "fetchmailrc",
        f'poll 127.0.0.1 protocol IMAP port {at.port} user "bob" password "hungry" fetchall keep mda "cat >> {kept}"\n',
    )
    files = ("--idfile", str(at.folder / "ids"), "--pidfile", str(at.folder / "pid"))
    at.run("fetchmail", "-f", rc, "--nosyslog", "--nodetach", "--sslproto", "", *files)
    return kept.read_text()


def with_getmail(at: At) -> str:
    kept = at.folder / "mailbox"
    at.write(
        "getmailrc",
        f"[retriever]\ntype = SimpleIMAPRetriever\nserver = 127.0.0.1\nport = {at.port}\nusername = bob\n"
        f'password = hungry\nmailboxes = ("INBOX",)\n[destination]\ntype = MDA_external\n'
        f'path = {shutil.which("tee")}\narguments = ("-a", "{kept}")\nallow_root_commands = true\n'
        f"[options]\ndelete = false\nread_all = false\n",
    )
    for attempt in (1, 2, 3):
        try:
            at.run("getmail", "-g", str(at.folder), "-r", "getmailrc")
            break
        except AssertionError as error:
            # Its own way to wait for the program that delivers fails now and then; the next run goes on.
            if attempt == 3 or ("SIGCHLD" not in str(error) and "Traceback" not in str(error)):
                raise
    return kept.read_text()


def _mutt(at: At, name: str) -> str:
    """It copies all messages to a file, marks the first one, deletes the last one, and writes that back."""
    kept = at.folder / "mailbox"
    rc = at.write(
        "muttrc",
        f"set folder=imap://bob@127.0.0.1:{at.port}/ spoolfile=+INBOX imap_pass=hungry ssl_starttls=no\n"
        "set ssl_force_tls=no imap_authenticators=login mbox_type=mbox confirmcreate=no confirmappend=no\n"
        "set quit=yes copy=no delete=yes sleep_time=0 mark_old=no sort=mailbox-order wait_key=no\n"
        "set header_cache='' message_cachedir=''\n"
        f'push "<tag-pattern>~A<enter><tag-prefix><copy-message><kill-line>{kept}<enter>'
        '<untag-pattern>~A<enter><first-entry><flag-message><last-entry><delete-message><sync-mailbox><quit>"\n',
    )
    path = shutil.which(name)
    if path is None:
        pytest.skip(f"{name} is not installed")
    env = environment() | {"HOME": str(at.folder), "TERM": "xterm", "LC_ALL": "C.UTF-8"}
    process = ptyprocess.PtyProcess.spawn([path, "-n", "-F", rc], env=env, dimensions=(24, 80))
    screen = b""
    with watchful(process):
        try:
            while octets := process.read(4096):
                screen += octets
        except EOFError:
            pass
    assert kept.exists(), screen
    assert at.subjects("INBOX") == {"Lunch on Friday": "\\Flagged", "Notes from the first lecture": ""}
    return kept.read_text().replace("\n>From ", "\nFrom ")


@contextlib.contextmanager
def watchful(process: ptyprocess.PtyProcess) -> Iterator[None]:
    """A program in a terminal that is killed when it takes too long."""
    watchdog = threading.Timer(PATIENCE, process.kill, (signal.SIGKILL,))
    watchdog.start()
    try:
        yield
    finally:
        watchdog.cancel()
        process.close(force=True)


def with_mutt(at: At) -> str:
    return _mutt(at, "mutt")


def with_neomutt(at: At) -> str:
    return _mutt(at, "neomutt")


def with_imapclient(at: At) -> str:
    library = pytest.importorskip("imapclient")
    with library.IMAPClient("127.0.0.1", at.port, ssl=False, timeout=PATIENCE) as client:
        client.login("bob", "hungry")
        assert client.select_folder("INBOX")[b"EXISTS"] == 3
        found = client.fetch(
            client.search(), ["ENVELOPE", "BODYSTRUCTURE", "FLAGS", "INTERNALDATE", "RFC822.SIZE", "BODY.PEEK[]"]
        )
        for one in found.values():
            assert one[b"RFC822.SIZE"] == len(one[b"BODY[]"])
            assert one[b"BODYSTRUCTURE"][:2] == (b"TEXT", b"PLAIN")
            assert email.message_from_bytes(one[b"BODY[]"])["Subject"].encode() == one[b"ENVELOPE"].subject
        client.create_folder("Entw\u00fcrfe & mehr")
        client.copy(list(found), "Entw\u00fcrfe & mehr")
        assert client.folder_status("Entw\u00fcrfe & mehr")[b"MESSAGES"] == 3
        assert "Entw\u00fcrfe & mehr" in [name for _, _, name in client.list_folders()]
        client.create_folder("Entw\u00fcrfe & mehr/alt")
        assert len(client.list_folders("Entw\u00fcrfe & mehr")) == 2
        client.delete_messages(list(found)[:1])
        client.expunge()
        assert client.search(["NOT", "DELETED"]) == list(found)[1:]
        client.idle()
        with at.client as other:
            other.append("INBOX", "", "", b"Subject: news\r\n\r\n")
        assert (3, b"EXISTS") in client.idle_check(timeout=PATIENCE)
        client.idle_done()
    return "".join(one[b"BODY[]"].decode().replace("\r\n", "\n") for one in found.values())


def with_imapfilter(at: At) -> str:
    """It writes all messages to a file, marks one, and moves one through a mailbox that it makes and removes."""
    kept = at.folder / "mailbox"
    script = at.write(
        "imapfilter.lua",
        "options.timeout = 20\noptions.starttls = false\noptions.subscribe = true\n"
        f'mail = IMAP {{ server = "127.0.0.1", port = {at.port}, username = "bob", password = "hungry" }}\n'
        f'file = io.open("{kept}", "w")\n'
        "for _, one in ipairs(mail.INBOX:select_all()) do\n"
        "  box, uid = table.unpack(one)\n"
        "  assert(#box[uid]:fetch_message() == tonumber(box[uid]:fetch_size()))\n"
        '  assert(box[uid]:fetch_structure()["1"]["type"] == "TEXT/PLAIN")\n'
        "  file:write(box[uid]:fetch_message())\n"
        "end\n"
        'mail.INBOX:contain_subject("lunch"):mark_flagged()\n'
        'assert(#(mail.INBOX:is_flagged() * mail.INBOX:match_subject("^Lunch")) == 1)\n'
        'mail:create_mailbox("Old/Notes")\n'
        'notes = mail.INBOX:contain_body("my notes") - mail.INBOX:is_flagged()\n'
        'notes:move_messages(mail["Old/Notes"])\n'
        'mail["Old/Notes"]:select_all():move_messages(mail.Trash)\n'
        'mail:delete_mailbox("Old/Notes")\n',
    )
    at.run("imapfilter", "-c", script)
    assert at.subjects("INBOX") == {"Lunch on Friday": "\\Flagged", "dots": ""}
    assert at.subjects("Trash") == {"Notes from the first lecture": ""}
    return kept.read_text().replace("\r\n", "\n")


def with_s_nail(at: At) -> str:
    """It copies all messages to a file, marks the first one, and deletes the last one."""
    kept = at.folder / "mailbox"
    settings = ("-Sv15-compat", "-Simap-auth=login", "-Sttycharset=UTF-8")
    doings = (word for doing in (f"copy * {kept}", "flag 1", "delete 3", "quit") for word in ("-Y", doing))
    at.run("s-nail", "-:/", *settings, *doings, "-f", f"imap://bob:hungry@127.0.0.1:{at.port}/INBOX")
    assert at.subjects("INBOX") == {"Lunch on Friday": "\\Flagged \\Seen", "Notes from the first lecture": "\\Seen"}
    return kept.read_text()


CLIENTS = (
    with_imaplib,
    with_imapclient,
    with_curl,
    with_fetchmail,
    with_getmail,
    with_imapfilter,
    with_mutt,
    with_neomutt,
    with_s_nail,
)


@pytest.mark.parametrize("client", CLIENTS)
def test_a_mail_program_fetches_all(client: Callable[[At], str], at: At) -> None:
    text = client(at)
    assert [part for part in KEPT if part not in text] == []


# Two-way copies


def local(folder: Path) -> dict[str, str]:
    """The messages of a Maildir by their subjects, with the letters of their flags."""
    found = {}
    for path in (*(folder / "cur").iterdir(), *(folder / "new").iterdir()):
        subject = email.message_from_bytes(path.read_bytes())["Subject"]
        found[subject] = "".join(sorted(path.name.partition(":2,")[2]))
    return found


LETTERS = {"\\Seen": "S", "\\Flagged": "F", "\\Answered": "R", "\\Draft": "D", "\\Deleted": "T"}


def lettered(found: dict[str, str]) -> dict[str, str]:
    """The same of a mailbox."""
    return {name: "".join(sorted(LETTERS[flag] for flag in flags.split())) for name, flags in found.items()}


def write_locally(folder: Path, number: int) -> None:
    """A message, made by the user of the Maildir."""
    (folder / "cur" / f"{number}.made.here:2,FS").write_bytes(b"Subject: local %d\nFrom: bob@nyu.edu\n\nhi\n" % number)


def mark_locally(folder: Path, subject: str) -> None:
    """The user of the Maildir has read and answered a message."""
    for path in (*(folder / "cur").iterdir(), *(folder / "new").iterdir()):
        if email.message_from_bytes(path.read_bytes())["Subject"] == subject:
            name, _, flags = path.name.partition(":2,")
            path.rename(folder / "cur" / f"{name}:2,{''.join(sorted({*flags, 'R', 'S'}))}")


def with_mbsync(at: At, mail: Path) -> Callable[[], object]:
    rc = at.write(
        "mbsyncrc",
        f"IMAPAccount a\nHost 127.0.0.1\nPort {at.port}\nUser bob\nPass hungry\nSSLType None\nAuthMechs LOGIN\n\n"
        f"IMAPStore far\nAccount a\n\nMaildirStore near\nPath {mail}/\nInbox {mail}/INBOX\nSubFolders Verbatim\n\n"
        "Channel c\nFar :far:\nNear :near:\nPatterns *\nCreate Both\nExpunge Both\nSync All\n"
        f"SyncState {at.folder}/state/\n",
    )
    (at.folder / "state").mkdir()
    return lambda: at.run("mbsync", "-c", rc, "-a")


def with_offlineimap(at: At, mail: Path) -> Callable[[], object]:
    rc = at.write(
        "offlineimaprc",
        f"[general]\naccounts = a\nmetadata = {at.folder}/state\nui = quiet\n[Account a]\nlocalrepository = near\n"
        f"remoterepository = far\n[Repository near]\ntype = Maildir\nlocalfolders = {mail}\n"
        f"[Repository far]\ntype = IMAP\nremotehost = 127.0.0.1\nremoteport = {at.port}\nremoteuser = bob\n"
        "remotepass = hungry\nssl = no\nstarttls = no\nauth_mechanisms = LOGIN\n",
    )
    return lambda: at.run("offlineimap", "-c", rc, "-o")


@pytest.mark.parametrize("client", [with_mbsync, with_offlineimap])
def test_three_rounds_of_a_two_way_copy_leave_no_difference(client: Callable[[At, Path], Callable[[], object]], at: At):
    """Both sides get new messages, new flags and removals between the rounds."""
    mail = at.folder / "mail"
    mail.mkdir()
    synchronize = client(at, mail)
    for number in (1, 2, 3):
        synchronize()
        synchronize()  # what one side was given by the first run may have to come back in a second one
        here, there = local(mail / "INBOX"), at.subjects("INBOX")
        assert here == lettered(there)
        assert len(here) == 3 + 2 * (number - 1) - (number - 1)
        write_locally(mail / "INBOX", number)
        mark_locally(mail / "INBOX", "dots")
        with at.client as other:
            other.append("INBOX", "(\\Draft)", "", b"Subject: remote %d\r\nFrom: a@b\r\n\r\nhi\r\n" % number)
            other.select("INBOX")
            other.store("1", "+FLAGS", "(\\Deleted)")
            other.expunge()
    assert sorted(path.name for path in mail.iterdir() if path.is_dir()) >= ["Drafts", "INBOX", "Junk", "Sent", "Trash"]
