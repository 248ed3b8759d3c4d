"""The commands of mailshell itself: each used right and wrong, and what :save writes plays again."""

import argparse
import re

import pytest

from mailshell.mail.host import Traits
from mailshell.shell.local import COMMANDS, carry_out
from mailshell.shell.local.guide import GUIDES
from mailshell.shell.local.view import WIRE
from mailshell.shell.log import Log
from mailshell.shell.meta import Meta
from mailshell.shell.render import Renderer
from mailshell.shell.run import main as run_main
from mailshell.shell.theme import THEMES
from mailshell.shell.view import View
from mailshell.smtp.phases import Phase
from mailshell.world.seat import Seat
from mailshell.world.start import STUDENT, build

LETTER = [
    "HELO lancs.uk",
    "MAIL FROM:<alice@lancs.uk>",
    "RCPT TO:<bob@nyu.edu>",
    "DATA",
    "Subject: Lunch",
    "",
    "Soup?",
    ".",
]


class Desk:
    """A seat with a screen, as the front ends have it."""

    def __init__(self, view=None, world="lecture", **traits):
        self.lines = []
        self.seat = Seat(build(world, traits=Traits(**traits)), STUDENT)
        self.log = Log()
        self.meta = Meta(self.seat, Renderer(view or View()), self.log, self._out, world)
        self.seat.world.transcript.subscribe(self._show)
        self.seat.connect("nyu.edu", "smtp")

    def _out(self, lines):
        self.lines += lines
        self.log.write(lines)

    def _show(self, entry):
        self._out(self.meta.renderer.lines(entry, self.seat.number_of(entry.wire.number) or 0))

    def do(self, *commands):
        """Carry out local commands (`:`) and send lines; what the last of them shows."""
        for text in commands:
            before = len(self.lines)
            if text.startswith(":"):
                carry_out(self.meta, text[1:])
            else:
                self.seat.send(text.encode() + b"\r\n", f"C: {text}")
        return self.lines[before:]

    def said(self, *commands):
        """What the last command shows, as one text without line breaks."""
        return " ".join(line.removeprefix("== ").strip() for line in self.do(*commands))

    @property
    def phase(self):
        return self.seat.link.session.phase

    @property
    def situation(self):
        """All that a local command can change."""
        seat = self.seat
        links = [(number, link.wire.number, link.closed, link.session.state) for number, link in seat.links.items()]
        places = (seat.current, seat.world.clock.now(), seat.world.store.head, seat.world.transcript.count)
        return links, places, self.meta.renderer.view, self.log.path, self.meta.over


@pytest.fixture
def desk():
    with Desk().log as log:
        made = Desk()
        made.log = made.meta.log = log
        yield made


WRONG = {
    ":learn nonsense": "nonsense is no lesson and no file. There are: mail-01-servers, ",
    ":learn 1#nonsense": "nonsense is no step of the lesson mail-01-servers. There are: servers, ",
    ":lessons 1": ":lessons takes no argument.",
    ":task": ":task belongs to a lesson, and none is going on. :learn begins one.",
    ":fold": ":fold belongs to a lesson, and none is going on. :learn begins one.",
    ":hint": ":hint belongs to a lesson, and none is going on. :learn begins one.",
    ":check": ":check belongs to a lesson, and none is going on. :learn begins one.",
    ":answer": ":answer belongs to a lesson, and none is going on. :learn begins one.",
    ":solution": ":solution belongs to a lesson, and none is going on. :learn begins one.",
    ":goto": ":goto belongs to a lesson, and none is going on. :learn begins one.",
    ":again": ":again belongs to a lesson, and none is going on. :learn begins one.",
    ":free": ":free belongs to a lesson, and none is going on. :learn begins one.",
    ":next": ":next belongs to a lesson, and none is going on. :learn begins one.",
    ":help nonsense": "There is no help on nonsense. ? lists what may be typed.",
    ":help :nonsense": "There is no help on :nonsense.",
    ":why not": "not is no number of a line. -1 is the last one. :search lists them.",
    ":why 99": "There is no line 99. :search lists them.",
    ":why 0": "There is no line 0. :search lists them.",
    ":why -2": "There is no line -2. :search lists them.",
    ":why -0": "There is no line -0. :search lists them.",
    ":why 1 4": ":why wants the number of a line and a depth from 0 to 3",
    ":why 1 2 3": ":why wants the number of a line and a depth from 0 to 3",
    ":try it": ":try takes no argument.",
    ":search zebra": "No line holds zebra. :search alone lists them all.",
    ":copy": ":copy wants client, server or all",
    ":copy both": ":copy wants client, server or all",
    ":body": "No message was sent on this connection yet.",
    ":body 1": "Line 1 is no message text. :search lists them.",
    ":body 9": "There is no line 9. :search lists them.",
    ":explain": ":explain wants words, as in :explain 452",
    ":explain rept": "Nothing is known about rept. Near it: RET, RSET, RETR, RCPT.",
    ":explain zzzzzz": "Nothing is known about zzzzzz.",
    ":world 2": ":world takes nothing, or the word list.",
    ":watch": "No server has talked to another one yet. :watch on shows it when they do.",
    ":watch nyu.edu mars": "mars is no host of this world. There are: lancs.uk nyu.edu",
    ":queue mars": "mars is no host of this world. There are: lancs.uk nyu.edu",
    ":dns nyu.edu lancs.uk": ":dns wants one name, as in :dns nyu.edu",
    ":trace": "No message was accepted yet.",
    ":trace 9": "The log knows no message nyu.edu/9.",
    ":trace mars/1": "mars is no host of this world. There are: lancs.uk nyu.edu",
    ":until": ":until wants delivered, bounced, empty or a time",
    ":until tomorrow": ":until wants delivered, bounced, empty or a time",
    ":until delivered soon": ":until wants delivered, bounced, empty or a time",
    ":until 25:00": ":until wants delivered, bounced, empty or a time",
    ":until delivered": "No message was accepted yet.",
    ":date 2": ":date takes no argument.",
    ":depth 3": ":depth wants 0",
    ":wire loud": ":wire wants off",
    ":undo 2": ":undo takes no argument.",
    ":redo": "There is nothing to redo.",
    ":redo it": ":redo takes no argument.",
    ":back": ":back wants the number of a line, as in :back 3. :search lists them.",
    ":back 1": "That opened the first connection: nothing is before it.",
    ":back 9": "There is no line 9. :search lists them.",
    ":back -9": "There is no line -9. :search lists them.",
    ":back two": "two is no number of a line. -1 is the last one. :search lists them.",
    ":branch two words": "The name of a branch is a letter, and up to 19 letters, digits, dots and dashes more.",
    ":branch 2": "The name of a branch is a letter, and up to 19 letters, digits, dots and dashes more.",
    ":branches all": ":branches takes no argument.",
    ":diff": ":diff wants one branch, or two, as in :diff main lunch. :branches draws them.",
    ":diff a b c": ":diff wants one branch, or two, as in :diff main lunch. :branches draws them.",
    ":diff lunch": "There is no branch lunch. There are: main.",
    ":reset all": ":reset takes no argument.",
    ":mailbox dave": "nyu.edu has no user dave. :mailbox lists them.",
    ":mailbox bob@mars": "mars is no host of this world.",
    ":mailbox bob 3": "bob has 2 messages. :mailbox bob lists them.",
    ":mailbox bob 0": "bob has 2 messages. :mailbox bob lists them.",
    ":mailbox bob all": "all wants the number of a message before it, as in :mailbox bob 1 all",
    ":mailbox bob Sent 1": "bob has 0 messages in Sent. :mailbox bob Sent lists them.",
    ":log off": "There is no log. :log FILE starts one.",
    ":mailbox bob@nyu.edu Sent 7": "bob@nyu.edu has 0 messages in Sent. :mailbox bob@nyu.edu Sent lists them.",
    ":mailbox bob one": "bob has no mailbox one. There are: INBOX, Drafts, Junk, Sent, Trash.",
    ":mailbox bob 1 2": "bob has no mailbox 1.",
    ":wait": ":wait wants a time",
    ":wait long": ":wait wants a time",
    ":connect mars": "mars is no host of this world.",
    ":connect lancs.uk gopher": "gopher is no protocol of mailshell.",
    ":connect lancs.uk smtp 25": ":connect wants a host",
    ":switch 2": "There is no connection 2. There are: 1.",
    ":switch two": ":switch wants the number of a connection",
    ":close 2": "There is no connection 2. There are: 1.",
    ":close two": ":close wants the number of a connection",
    ":theme pink": ":theme wants one of ansi16 dark light mono projector.",
    ":demo nowhere": "nowhere is no scene and no file. "
    "There are: bounce greylist imap keep lecture mistakes pop3 seven.",
    ":step": "No scene is going on. :demo lists the scenes.",
    ":step 2": ":step takes no argument.",
    ":fault rain": "rain is no kind of fault. There are: queue-full mailbox-full",
    ":fault queue-full mars.example": "mars.example is no host of this world. There are: lancs.uk nyu.edu",
    ":fault mailbox-full": "mailbox-full wants more words. It is written mailbox-full USER@HOST [odds N%].",
    ":fault reject MIAL": "MIAL is no command. Did you mean MAIL?",
    ":fault reject RCPT 250": "250 does not fit there. It is written reject VERB [CODE] [HOST] [odds N%].",
    ":fault drop DATA odds 0%": "odds 0% is nothing from 1% to 100%. It is written drop VERB",
    ":fault slow odds 5%": "odds does not fit there. It is written slow [HOST] [TIME].",
    ":heal": "There is no fault.",
    ":heal 2": "There is no fault.",
    ":drop it": ":drop takes no argument.",
    ":raw NOOP": ":raw wants text in double quotes",
    ':raw "': ":raw wants text in double quotes",
    ':raw "\\q"': r"\q is no escape",
    ":secrets": ":secrets wants on or off.",
    ":secrets maybe": ":secrets wants on or off.",
    ":save": ":save wants the name of a file",
    ":save /nowhere/at/all": "/nowhere/at/all: No such file or directory",
    ":log /nowhere/at/all": "/nowhere/at/all: No such file or directory",
    ":keys all": ":keys takes no argument.",
    ":editing": ":editing needs a terminal that can redraw; this is plain mode.",
    ":panes": ":panes needs a terminal that can redraw",
    ":clear": ":clear needs a terminal that can redraw",
    ":pipeline on": ":pipeline needs a terminal that can redraw",
    ":serve smtp": ":serve needs a terminal that can redraw",
    ":quit now": ":quit takes no argument.",
    ":undone": ":undone is no command of mailshell. Did you mean :undo? :help lists them.",
    ":xyzzy": ":xyzzy is no command of mailshell. :help lists them.",
    ":s": ":s could be :search or :switch or :secrets or :save or :step or :solution or :serve.",
}


@pytest.mark.parametrize("text", WRONG)
def test_a_wrong_command_is_one_error_and_changes_nothing(desk, text):
    before = desk.situation
    shown = desk.do(text)
    assert shown[0].startswith("** ")
    assert all(line.startswith("   ") for line in shown[1:])
    assert " ".join(line[3:].strip() for line in shown).startswith(WRONG[text])
    assert desk.situation == before


def test_every_command_is_used_wrong_above():
    assert {text[1:].split(" ")[0] for text in WRONG} >= set(COMMANDS)


def test_a_closed_connection_is_forgotten_while_another_is_left(desk):
    desk.do(":connect lancs.uk")
    shown = desk.do(":close 2")
    assert shown[0].startswith("== connection 2 closed.")
    assert shown[-1].startswith("   * 1  smtp nyu.edu")
    assert list(desk.seat.links) == [1]
    desk.do(":undo")
    assert list(desk.seat.links) == [1, 2]
    assert not desk.seat.links[2].closed


def test_the_last_connection_is_closed_and_can_be_opened_again(desk):
    desk.do(":close")
    assert list(desk.seat.links) == [1]
    assert desk.seat.link.closed


def test_the_theme_changes_the_colours(desk):
    desk.do("NOOP")
    assert "\x1b[96mC: NOOP" in "".join(desk.do(":theme ansi16"))
    assert "\x1b[38;5;153mC: NOOP" in "".join(desk.do(":theme dark"))
    assert "The theme is dark." in desk.said(":theme")


def test_an_abbreviation_is_enough_where_it_is_one_command(desk):
    desk.do(":dep 2")
    assert desk.meta.renderer.view.depth == 2
    assert desk.said("HELO a", ":und").startswith("undone: C: HELO a")


def test_help_lists_what_may_be_typed_now_and_every_command(desk):
    shown = desk.do(":help")
    assert {f":{name}" for name in COMMANDS if GUIDES[name].group != "lesson"} <= set(" ".join(shown).split())
    assert desk.do(":") == shown
    here = desk.do(":help ?")
    assert here[0].startswith("   Phase: greeting. The server has greeted.")
    assert any(line.startswith("     EHLO your.host.name") for line in here)
    assert not any("MAIL FROM" in line for line in here)
    assert len(here) < 24, "what may be sent now fits a small screen"


def test_raw_and_drop_say_that_the_connection_is_closed(desk):
    for text in (':raw "NOOP"', ":drop"):
        assert desk.said("QUIT", text) == "** The connection is closed. Enter alone opens it again."
        desk.do(":undo")


@pytest.mark.parametrize("width", [40, 60, 80])
def test_help_fits_the_screen(width):
    desk = Desk(View(width=width))
    for text in (
        ":help",
        ":help :why",
        ":help MAIL",
        ":help 503",
        ":why",
        ":mailbox bob",
        ":switch",
        "TURN",
        ":why",
        ":why -1 3",
        ":why -1 0",
        ":why -1 1",
        ":try",
        ":world",
        ":search turn",
        "HELO a",
        *LETTER[1:4],
        ":try",
        "x",
        ":why",
        ":mailbox",
        ":switch",
        ":world",
        ".",
        ":mailbox bob",
        ":explain 552",
    ):
        for line in desk.do(text):
            assert len(line) <= width or re.match("C: |S[:*] |   [a-z: ]{10}MAIL |.{5}  C: ", line), line


def test_help_on_a_word(desk):
    assert desk.do(":help mail")[0] == "   MAIL: new mail; return path for reports (SMTP command)"
    assert desk.do(":help mail")[-1] == "     type: MAIL FROM:<address>"
    assert desk.do(":help :undo") == [
        "   :undo",
        "     take the last line back, in the whole world",
        "     as in: :undo",
    ]
    assert desk.do(":help wait")[0] == "   :wait TIME [--idle]"
    assert desk.do(":help 550")[0].startswith("   550: ")


def test_why_tells_the_last_answer_at_length(desk):
    assert desk.do(":why")[0].startswith("   what    greeting: ")
    shown = desk.do("RCPT TO:<bob@nyu.edu>", ":why")
    heads = [line[3:10].strip() for line in shown if line[3] != " "]
    assert heads == ["what", "why", "so", "next", "rule", "phase", "legal"]
    assert desk.said("QUIT", ":why").startswith("what    The connection was closed by the server.")


def test_depth_and_wire_show_the_last_exchange_again(desk):
    desk.do("NOOP")
    assert desk.do(":depth 0") == ["== depth 0; the last exchange again:", "C: NOOP␍␊", "S: 250 2.0.0 Nothing done␍␊"]
    assert desk.do(":wire off")[1:] == ["C: NOOP", "S: 250 2.0.0 Nothing done"]
    assert desk.do(":wire hex")[2] == "   0000  4e 4f 4f 50 0d 0a                                 |NOOP..|"
    assert desk.do(":wire")[0] == "== wire off; the last exchange again:"
    assert desk.do(":depth")[0] == "== depth 1; the last exchange again:"
    assert desk.do(":depth")[0] == "== depth 2; the last exchange again:"
    assert desk.do(":depth")[0] == "== depth 0; the last exchange again:"


def test_a_message_so_far_is_shown_again_from_data_on(desk):
    desk.do(*LETTER[:6], ":depth 0")
    wanted = ["C: DATA␍␊", "S: 354 Start mail input; end with <CRLF>.<CRLF>␍␊", "C: Subject: Lunch␍␊", "C: ␍␊"]
    assert desk.do(":depth 0")[1:] == wanted


def test_undo_and_redo_name_the_line_and_the_phase(desk):
    desk.do(*LETTER)
    shown = desk.do(":undo")
    assert shown[0] == "== undone: C: ."
    assert shown[1].startswith("-- message: ends at a line with one dot ---")
    assert "2 messages" in desk.do(":mailbox bob")[0]
    assert desk.do(":redo")[0] == "== done again: C: ."
    assert "3 messages" in desk.do(":mailbox bob")[0]


def test_undo_goes_back_to_the_start_and_redo_forward_again(desk):
    desk.do(*LETTER)
    end = desk.situation[0], desk.seat.world.store.head
    for line in reversed(LETTER):
        assert desk.do(":undo")[0] == f"== undone: C: {line}".rstrip()
    assert desk.phase is Phase.GREETED
    assert desk.do(":undo") == ["** There is nothing to undo."]
    for _ in LETTER:
        desk.do(":redo")
    assert (desk.situation[0], desk.seat.world.store.head) == end


def test_what_was_undone_is_not_explained_any_more(desk):
    desk.do("NOOP", "TURN", ":undo")
    assert desk.do(":depth 0")[1] == "C: NOOP␍␊"
    assert not any("TURN" in line for line in desk.do(":why"))


def test_undo_crosses_connections(desk):
    desk.do("HELO a", ":connect lancs.uk", "HELO b", ":switch 1", "MAIL FROM:<a@b.c>")
    assert desk.do(":undo")[0] == "== undone: C: MAIL FROM:<a@b.c>"
    shown = desk.do(":undo")
    assert shown[:1] == ["== undone: C: HELO b"]
    assert shown[1].startswith("-- connection 2: greeting ---")
    desk.do(":undo")
    assert list(desk.seat.links) == [1]
    assert desk.do(":undo")[0] == "== undone: C: HELO a"
    desk.do(":redo", ":redo", ":redo", ":switch 2")
    assert desk.phase is Phase.READY
    assert desk.seat.link.wire.host == "lancs.uk"


def test_undo_crosses_a_connection_that_was_opened_again(desk):
    desk.do("HELO a", "QUIT")
    desk.seat.connect("nyu.edu", "smtp", 1)
    desk.do("HELO b", ":undo", ":undo")
    assert desk.seat.link.closed
    desk.do(":undo")
    assert desk.phase is Phase.READY
    assert desk.do("NOOP")[1].startswith("S: 250 2.0.0 Nothing done")


def test_reset_is_one_step_for_undo(desk):
    desk.do(*LETTER, ":connect lancs.uk", ":reset")
    assert desk.phase is Phase.GREETED
    assert "2 messages" in desk.do(":mailbox bob@nyu.edu")[0]
    assert desk.do(":undo")[0] == "== undone: :reset"
    assert list(desk.seat.links) == [1, 2]
    assert "3 messages" in desk.do(":mailbox bob@nyu.edu")[0]
    assert desk.do(":redo")[0] == "== done again: :reset"
    assert desk.do("HELO a")[1].startswith("S")


def test_a_message_line_that_looks_like_a_command_is_none(desk):
    desk.do(*LETTER[:4])
    desk.seat.send(b":reset\r\n", "C: :reset")
    assert desk.do(":undo")[0] == "== undone: C: :reset"


def test_wait_turns_the_clock_and_idle_lets_the_server_give_up(desk):
    assert desk.said(":wait 30m") == "It is Mon, 09 Mar 2015 10:30:00 +0000."
    assert not desk.seat.link.closed
    shown = desk.do(":wait 6m --idle")
    assert shown[0].startswith("S! 421 ")
    assert desk.seat.link.closed


def test_connect_switch_and_drop(desk):
    assert desk.do(":connect LANCS.uk")[1].startswith("S2: 220 lancs.uk ")
    assert desk.do(":connect")[1].startswith("S3: 220 lancs.uk ")
    assert desk.do(":drop") == ["== connection 3 closed. The connection ended without QUIT."]
    assert desk.do(":switch") == [
        "     1  smtp nyu.edu           greeting",
        "     2  smtp lancs.uk          greeting",
        "   * 3  smtp lancs.uk          closed",
    ]
    assert desk.do(":switch 2")[1] == "   * 2  smtp lancs.uk          greeting"
    assert desk.do("NOOP")[0].startswith("C2: NOOP")


def test_raw_sends_octets_as_they_are(desk):
    assert desk.do(r':raw "NOOP a\nNOOP b\r\n"')[0].startswith("C: NOOP a␊LF!")
    assert desk.said(r':raw "NO"') == "Sent. The server waits for the rest of the line."
    assert desk.do("OP")[0].startswith("C: NOOP␍␊")
    assert desk.do(r':raw "NOOP \xff\0\r\n"')[0].startswith(r"C: NOOP \xff␀␍␊")


def test_mailbox_shows_mailboxes_messages_and_one_message(desk):
    assert desk.do(":mailbox")[:2] == ["   nyu.edu", "     bob INBOX             2 messages"]
    assert desk.do(":mailbox bob")[2] == "       1       498  2015-03-07 12:00  Alice <alice@la...  Lunch on Friday"
    assert desk.do(":mailbox bob 1")[0] == "   message 1 of bob@nyu.edu, 498 octets as stored"
    others = "     others: Drafts 0, Junk 0, Sent 0, Trash 0"
    assert desk.do(":mailbox carol@nyu.edu") == ["   carol@nyu.edu INBOX: 0 messages", others]
    assert desk.do(":mailbox bob sent")[0] == "   bob@nyu.edu Sent: 0 messages"
    assert "alice INBOX" in desk.do(":connect lancs.uk", ":mailbox")[1]


def test_what_a_message_holds_is_shown_and_not_obeyed(desk):
    desk.do(*LETTER[:4])
    desk.seat.send("Subject: \x1b[2J\u202e\xff\r\n\r\n\x07\r\n.\r\n".encode("latin-1", "backslashreplace"))
    shown = desk.do(":mailbox bob") + desk.do(":mailbox bob 3")
    assert all(line.isprintable() for line in shown)
    assert any("␛[2J" in line for line in shown)


@pytest.mark.parametrize(
    ("lines", "secrets", "name", "says"),
    [
        (("NOOP",), "on", "a.md", "Saved to a.md."),
        (("NOOP",), "off", "a.txt", "Saved to a.txt. mailshell run a.txt plays it again."),
        (("PASS hungry",), "on", "a.md", "Saved to a.md. Passwords stand in it."),
        (("PASS hungry",), "off", "a.md", "Saved to a.md. Passwords are left out."),
        (
            ("PASS hungry",),
            "on",
            "a.txt",
            "Saved to a.txt. mailshell run a.txt plays it again. Passwords stand in it.",
        ),
        (
            ("PASS hungry",),
            "off",
            "a.txt",
            "Saved to a.txt. Passwords are left out; with them put back, mailshell run a.txt plays it again.",
        ),
    ],
)
def test_save_speaks_of_passwords_only_where_one_was_typed(desk, tmp_path, monkeypatch, lines, secrets, name, says):
    monkeypatch.chdir(tmp_path)
    assert desk.said(*lines, f":secrets {secrets}", f":save {name}") == says


def test_commands_and_their_words_are_read_in_any_case(desk):
    assert desk.do(":Depth 0")[0] == "== depth 0; the last exchange again:"
    assert desk.do(":WIRE Hex")[0] == "== wire hex; the last exchange again:"
    assert desk.said(":HELP :WHY").startswith(":why")
    assert desk.said(":S").startswith("** :S could be")
    assert desk.do(":theme Dark")[0].endswith("theme dark; the last exchange again:")


def test_every_word_of_a_command_says_what_it_does(desk):
    for name, command in COMMANDS.items():
        for choice in command.choices(desk.meta, ""):
            assert choice.says or name in ("save", "log"), (name, choice.text)
            assert choice.text not in command.words or choice.says == command.words[choice.text]
    assert set(COMMANDS["theme"].words) == set(THEMES)
    assert tuple(COMMANDS["wire"].words) == WIRE


def test_secrets_are_shown_only_when_asked_for(desk):
    assert desk.do("PASS hungry")[0].startswith("C: PASS ********␍␊")
    assert desk.said(":secrets on") == "Passwords are shown."
    assert desk.do("PASS hungry")[0].startswith("C: PASS hungry␍␊")
    desk.do(":secrets off")
    assert desk.do("PASS hungry")[0].startswith("C: PASS ********␍␊")


def test_log_appends_what_is_shown(desk, tmp_path):
    path = tmp_path / "a.log"
    assert desk.said(":log") == "Log: none. :log FILE starts one, :log off stops it."
    desk.do(f":log {path}", "PASS hungry", "NOOP")
    assert desk.do(":log")[0].startswith("== Log: ")
    desk.do(":log off", "TURN")
    text = path.read_text(encoding="utf-8")
    assert "C: PASS ********␍␊" in text
    assert "C: NOOP␍␊" in text
    assert "hungry" not in text
    assert "TURN" not in text
    desk.do(f":log {path}", "VRFY bob", ":log off")
    assert path.read_text(encoding="utf-8").startswith(text)


def test_quit_leaves(desk):
    desk.do(":quit")
    assert desk.meta.over


def replay(path, capsys, **options):
    """Play a saved file; the exit status, the server's lines, and what is said on stderr."""
    known = {"voice": "modern", "policy": "tolerant", "world": "lecture", "state": None, "log": None, "json": False}
    known |= {"era": "today", "wire": "off", "color": "never", "plain": False, "ascii": False, "fail_on_refusal": False}
    args = argparse.Namespace(file=str(path), protocol="smtp", host="nyu.edu", depth=0, **(known | options))
    status = run_main(args)
    out, errors = capsys.readouterr()
    return status, [line for line in out.splitlines() if line.startswith("S")], errors


STORIES = {
    "a letter": LETTER,
    "refusals": ["DATA", "TURN", "HELO a", "MAIL FROM:bob", "MAIL FROM: <a@b.c>", "PASS hungry"],
    "undone lines": ["HELO a", "MAIL FROM:<a@b.c>", ":undo", "MAIL FROM:<c@d.e>", "RCPT TO:<bob@nyu.edu>", ":undo"],
    "a message undone": [*LETTER, ":undo", "..more", "."],
    "two hosts": ["HELO a", ":connect lancs.uk", "HELO b", "MAIL FROM:<bob@nyu.edu>", ":switch 1", *LETTER[1:], "QUIT"],
    "bare line feeds": ["HELO a", r':raw "NOOP a\nNOOP b\r\n"', r':raw "NO"', "OP", r':raw "NOOP \xff\t"\r\n"'],
    "a message with bare line feeds": [*LETTER[:4], r':raw "a\n.\nb\r\n\xe9\0\r\r\n"', "."],
    "time": ["HELO a", ":wait 4m", "NOOP", ":wait 6m --idle"],
    "a cut line": ["HELO a", ":connect", ":drop", ":switch 1", "NOOP"],
    "faults": [
        ":fault queue-full",
        *LETTER[:2],
        ":heal 1",
        ":fault delay RCPT 9m",
        *LETTER[1:3],
        ":fault lose DATA",
        "DATA",
    ],
    "a reset": [*LETTER, ":reset", "HELO b"],
    "nothing": [],
}


@pytest.mark.parametrize("story", STORIES)
@pytest.mark.parametrize("voice", ["modern", "classic"])
def test_a_saved_file_plays_again(story, voice, tmp_path, capsys):
    desk = Desk(View(depth=0, wire="off"), voice=voice)
    desk.do(":switch", *STORIES[story])
    path = tmp_path / "saved.txt"
    assert desk.do(f":save {path}")[0].startswith("== Saved to")
    replies = [
        ("S2" if entry.wire.host == "lancs.uk" else "S", reply)
        for _, entries in desk.seat.story()
        for entry in entries
        for reply in getattr(entry.record, "replies", ())
    ]
    status, lines, errors = replay(path, capsys)
    assert errors == ""
    assert status == 0
    assert [line.partition(" ")[2] for line in lines] == [reply.decode().rstrip("\r\n") for _, reply in replies]


def test_a_saved_file_opens_a_connection_again(tmp_path, capsys):
    desk = Desk()
    desk.do("HELO a", "QUIT")
    desk.seat.connect("nyu.edu", "smtp", 1)
    desk.do("HELO b", f":save {tmp_path / 'saved.txt'}")
    status, lines, errors = replay(tmp_path / "saved.txt", capsys)
    assert (status, errors) == (0, "")
    assert [line[:6] for line in lines] == ["S: 220", "S: 250", "S: 221", "S: 220", "S: 250"]


def test_a_saved_file_names_its_world(tmp_path, capsys):
    desk = Desk(world="empty")
    desk.do(*LETTER[:3], f":save {tmp_path / 'saved.txt'}")
    assert replay(tmp_path / "saved.txt", capsys)[0] == 0


def test_a_saved_file_has_no_password_and_replaces_nothing(desk, tmp_path):
    path = tmp_path / "saved.txt"
    desk.do("PASS hungry", "AUTH PLAIN AGJvYgBodW5ncnk=", f":save {path}")
    text = path.read_text(encoding="utf-8")
    assert "hungry" not in text
    assert "AGJv" not in text
    assert desk.said(f":save {path}").startswith("** ")
    assert path.read_text(encoding="utf-8") == text


@pytest.mark.parametrize("name", ["world", "voice", "policy"])
def test_a_header_that_names_no_such_world_is_refused(name, tmp_path, capsys):
    path = tmp_path / "a.txt"
    path.write_text(f"# {name}: loud\nC: NOOP\n")
    status, _, errors = replay(path, capsys)
    assert status == 2
    assert f"the header's {name} is 'loud'; choose from " in errors
