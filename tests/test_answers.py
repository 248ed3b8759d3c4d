"""An AUTH exchange in the shell: what is typed there is no command and no text of a message, but a secret."""

import pytest

from mailshell.pop3.session import Session
from mailshell.shell.hints import choices, colours, ghost, hint, toolbar
from mailshell.shell.typed import ESCAPE
from mailshell.shell.view import View
from tests.shells import in_shell
from tests.test_meta import Desk
from tests.test_pop3 import echo


@pytest.fixture(autouse=True)
def _mechanism(monkeypatch):
    monkeypatch.setattr(Session.__init__, "__defaults__", ({"ECHO": echo},))


def exchange(*lines: str, **options) -> Desk:
    made = Desk(**options)
    made.seat.connect("nyu.edu", "pop3")
    made.do("AUTH ECHO", *lines)
    return made


def test_an_answer_is_no_message_text():
    meta = exchange().meta
    assert choices(meta, "") == []
    assert choices(meta, "Fr") == []
    assert ghost(meta, "Ym", ["Ym9i"]) == ""
    assert hint(meta, "Ym", 80) == "* alone gives up"
    assert "* alone gives up" in "".join(text for _, text in toolbar(meta, 80, {}))


def test_an_answer_is_masked_while_it_is_typed():
    assert colours(exchange().meta, "Ym9i") == [("client", "****")]
    assert colours(exchange().meta, "*") == [("client", "*")]
    assert colours(exchange(view=View(secrets=True)).meta, "Ym9i") == [("client", "Ym9i")]


def test_an_answer_is_masked_once_it_was_sent():
    shown = exchange("Ym9i", "eWVz").lines
    assert "Ym9i" not in "\n".join(shown)
    assert sum("answer to the challenge, a secret" in line for line in shown) == 2
    assert "the client gives up AUTH" in "\n".join(exchange("*").lines)
    assert "Ym9i" in "\n".join(exchange("Ym9i", view=View(secrets=True)).lines)


def test_after_an_exchange_a_message_is_a_message():
    made = exchange("*")
    made.seat.connect("nyu.edu", "smtp")
    made.lines.clear()
    made.do("HELO a", "MAIL FROM:<a@b.c>", "RCPT TO:<bob@nyu.edu>", "DATA", "Subject: a", ".")
    assert "the topic" in "\n".join(made.lines)


def test_undo_says_that_the_server_waits_for_an_answer():
    made = exchange("*")
    made.lines.clear()
    made.do(":undo")
    shown = " ".join("\n".join(made.lines).split())
    assert f"The server waits for the answer in BASE64, or *. {made.meta.escape} stands before" in shown


def test_whoever_leaves_is_told_what_the_server_waits_for():
    async def journey(shell):
        await shell.type("AUTH ECHO", "RSET", "?")
        assert not any("That was message text" in row for row in shell.rows)
        await shell.type("AUTH ECHO")
        shell.press("Ym9")
        await shell.until("***")
        shell.press("\x15\x04")
        await shell.until("== The server waits for the answer in BASE64, or *.")
        await shell.type(f"{ESCAPE}depth 2", "Ym9i")
        assert "Ym9" not in shell.octets

    in_shell(journey, protocol="pop3")


def test_the_name_of_a_mechanism_is_no_secret():
    shown = "\n".join(exchange().lines)
    assert "C2: AUTH ECHO" in shown
    made = Desk()
    made.seat.connect("nyu.edu", "pop3")
    assert "".join(text for _, text in colours(made.meta, "AUTH PLAIN")) == "AUTH PLAIN"
    assert "".join(text for _, text in colours(made.meta, "AUTH PLAIN AGJv")) == "AUTH PLAIN ****"
    assert "".join(text for _, text in colours(made.meta, "AUTH PLAIN A")) == "AUTH PLAIN *"
    assert "".join(text for _, text in colours(made.meta, "AUTH PLAIN AGJv hun")) == "AUTH PLAIN ********"
    assert "".join(text for _, text in colours(made.meta, "APOP bob hun")) == "APOP bob ***"
    assert "".join(text for _, text in colours(made.meta, "PASS hun\x07gry")) == "PASS *******"
