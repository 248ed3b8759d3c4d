"""The interactive shell with POP3: the same prompt, menu, toolbar and panes as with SMTP."""

import asyncio
import poplib
import re

from mailshell.mail.store import BoxKey
from mailshell.shell.config import Shell as Asked
from mailshell.shell.render import FOLD
from tests.shells import in_shell


def test_the_lecture_session():
    async def journey(shell):
        assert shell.prompt == "pop3 nyu.edu>"
        assert shell.toolbar.startswith(" POP3  authorization  | next USER")
        await shell.type("USER bob")
        assert shell.toolbar.startswith(" POP3  password  | next PASS")
        shown = await shell.type("PASS hungry")
        assert shown[0].startswith("C: PASS ********␍␊")
        assert shell.toolbar.startswith(" POP3  transaction  | next STAT LIST RETR QUIT")
        shown = await shell.type("RETR 1")
        assert any(row.endswith("the author, as the message claims") for row in shown)
        shown = await shell.type("QUIT")
        assert "== Enter opens the connection again, :quit leaves." in shown

    in_shell(journey, protocol="pop3", rows=50)


def test_what_is_typed_gets_hints_and_is_completed():
    async def journey(shell):
        await shell.type("USER bob", "PASS hungry")
        shell.press("R")
        await shell.until("next: RETR RSET")
        shell.press("ET\t")
        await shell.until("pop3 nyu.edu> RETR", "RETR number")
        shell.press("\x15US")
        await shell.until("The maildrop is open, and USER comes before that.")

    in_shell(journey, protocol="pop3")


def test_a_password_is_neither_shown_nor_kept(tmp_path, monkeypatch):
    monkeypatch.setenv("MAILSHELL_STATE_DIR", str(tmp_path / "state"))

    async def journey(shell):
        await shell.type("USER bob")
        shell.press("PASS hun")
        await shell.until("PASS ***")
        shell.press("gry\r")
        await shell.until("it is you; the maildrop is open")
        await shell.type(":connect nyu.edu smtp", "HELO lancs.uk")
        assert shell.prompt == "2 smtp nyu.edu>"
        await shell.type(":switch 1", "STAT")
        assert "hungry" not in shell.octets

    in_shell(journey, protocol="pop3", asked=Asked(history=100))
    kept = {path.name: path.read_text() for path in (tmp_path / "state").iterdir()}
    assert "STAT" in kept["history-pop3"]
    assert "HELO lancs.uk" in kept["history-smtp"]
    assert "HELO" not in kept["history-pop3"]
    assert not any("hungry" in text for text in kept.values())


def test_one_message_by_two_protocols():
    async def journey(shell):
        await shell.type("HELO lancs.uk", "MAIL FROM:<alice@lancs.uk>", "RCPT TO:<bob@nyu.edu>", "DATA")
        await shell.type("Subject: both", "", "..dot", ".", ":connect nyu.edu pop3")
        assert shell.prompt == "2 pop3 nyu.edu>"
        assert shell.toolbar.startswith(" POP3 2 nyu.edu  authorization")
        await shell.type("USER bob", "PASS hungry")
        shown = await shell.type("RETR 3")
        assert any(row.startswith("S2: Subject: both␍␊") for row in shown)
        assert any(row.startswith("S2: ..dot␍␊") for row in shown)

    in_shell(journey, rows=60)


def test_the_panes_show_the_state():
    async def journey(shell):
        await shell.type("USER bob", "PASS hungry", "STAT", ":panes")
        await shell.until("pop3 nyu.edu: transaction: the maildrop is open", "What this means")
        await shell.type(":panes")

    in_shell(journey, protocol="pop3", columns=120, rows=40)


def test_a_tcp_client_fetches_mail_while_one_types():
    def fetch(port: int) -> None:
        client = poplib.POP3("127.0.0.1", port, timeout=10)
        client.user("bob")
        client.pass_("hungry")
        client.dele(1)
        client.quit()

    async def journey(shell):
        await shell.type(":serve pop3=0")
        row = next(row for row in await shell.until("listens on 127.0.0.1 port") if "listens on" in row)
        assert row.startswith("== pop3 of nyu.edu")
        found = re.search(r" port (\d+)", row)
        assert found is not None
        await shell.type("USER bob")
        await asyncio.to_thread(fetch, int(found[1]))
        await shell.until("Ca: PASS ********", "Sa: +OK Message 1 marked for deletion", "connection a closed")
        await shell.type("PASS hungry")
        await shell.until("S: +OK Maildrop locked, 1 message, 912 octets")

    in_shell(journey, protocol="pop3", rows=60)


def test_a_long_answer_is_folded():
    async def journey(shell):
        store = shell.world.store
        body = store.keep(b"Subject: a\r\n\r\n" + b"text\r\n" * 100)
        for _ in range(500):
            store.append(BoxKey("nyu.edu", "bob", "INBOX"), body, at=shell.world.clock.now())
        await shell.type("USER bob", "PASS hungry")
        shown = await shell.type("LIST")
        assert "== 463 more lines of the answer not shown; :body shows all" in shown
        assert len(shown) == 1 + FOLD + 2
        assert shown[-1].startswith("S: .")
        await shell.type("RETR 400")
        await shell.until("== 63 more lines of the answer not shown; :body shows all")

    in_shell(journey, protocol="pop3", rows=100)
