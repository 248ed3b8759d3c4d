"""The interactive shell with IMAP: tags, IDLE, and what arrives while somebody types."""

from mailshell.core.session import Peer
from tests.shells import in_shell

LETTER = (
    b"HELO a.test\r\nMAIL FROM:<x@a.test>\r\nRCPT TO:<bob@nyu.edu>\r\nDATA\r\nSubject: Tea\r\n\r\nAt four?\r\n.\r\n"
)


def test_what_arrives_in_idle_stands_above_the_line_that_is_typed():
    async def journey(shell):
        assert shell.prompt == "imap nyu.edu> a1"
        await shell.type("a1 LOGIN bob hungry", "a2 SELECT INBOX")
        assert shell.toolbar.startswith(" IMAP  selected  | next FETCH SEARCH STORE LOGOUT")
        await shell.type("a3 IDLE")
        assert shell.toolbar.startswith(" IMAP  idle  | next DONE | ")
        shell.press("DON")
        await shell.until("imap nyu.edu> DON")
        world = shell.app.seat.world
        link = world.open(
            "nyu.edu", "smtp", Peer("a.test", "192.0.2.9", inside=False), lambda octets, last: None, "tcp"
        )
        world.feed(link, LETTER)
        world.settle()
        await shell.until("S! * 3 EXISTS", "imap nyu.edu> DON")
        shell.press("E\r")
        await shell.until("S: a3 OK IDLE completed")

    in_shell(journey, protocol="imap", rows=40)


def test_a_tag_stands_in_grey_and_the_right_arrow_takes_it():
    async def journey(shell):
        assert shell.prompt == "imap nyu.edu> a1"
        shell.press("\x1b[C")
        await shell.until("next: LOGIN NOOP LOGOUT CAPABILITY")
        shell.press("NO\t\r")
        await shell.until("C: a1 NOOP", "S: a1 OK NOOP completed")
        assert shell.prompt == "imap nyu.edu> a2"
        shell.press("\x1bOP")
        await shell.until("Legal now:")
        shell.press("a2 LOGIN\x1bOP")
        await shell.until("LOGIN: name and password (IMAP command)")

    in_shell(journey, protocol="imap", rows=40)


def test_a_line_of_before_comes_back_with_the_next_tag():
    async def journey(shell):
        await shell.type("a1 LOGIN bob hungry", "a2 SELECT INBOX", "a3 NOOP", "a4 noop", "SELECT x", ":depth 1")
        for line in (":depth 1", "SELECT x", "a5 noop", "a5 NOOP", "a5 SELECT INBOX"):
            shell.press("\x1b[A")
            await shell.until(f"imap nyu.edu> {line}")
        shell.press("\x03a5 SEL\x1b[A")
        await shell.until("imap nyu.edu> a5 SELECT INBOX")

    in_shell(journey, protocol="imap", rows=40)
