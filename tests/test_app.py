"""The interactive shell as one meets it: what is typed, what is shown, and where it stands on the screen."""

import asyncio
import smtplib
import socket

import pytest

from tests.shells import in_shell, patience

LETTER = ["HELO lancs.uk", "MAIL FROM:<alice@lancs.uk>", "RCPT TO:<bob@nyu.edu>", "DATA", "Subject: a", "", "b", "."]
RULE = "-- {} " + "-" * 80


def rule(title, columns=80):
    return RULE.format(title)[: columns - 1]


def test_the_lecture_session_stands_as_in_the_picture():
    async def journey(shell):
        assert shell.rows[:2] == [rule("greeting"), "S: 220 nyu.edu ESMTP mailshell␍␊           220 service ready"]
        assert await shell.type("HELO lancs.uk") == [
            "C: HELO lancs.uk␍␊                         hello, without extensions",
            "S: 250 nyu.edu␍␊                           250 hello",
            rule("ready: no sender yet"),
        ]
        assert shell.prompt == "smtp nyu.edu>"
        await shell.type(*LETTER[1:4])
        assert shell.prompt == "smtp nyu.edu|"
        await shell.type(*LETTER[4:])
        assert any(row.startswith("S: 250 2.0.0 Message accepted") for row in shell.rows)
        assert len(shell.world.store.mailboxes("nyu.edu", "bob")[0].messages) == 3

    in_shell(journey)


def test_a_mistake_says_what_is_wrong_and_what_is_next():
    async def journey(shell):
        await shell.type("HELO lancs.uk")
        shown = await shell.type("RCPT TO:<bob@nyu.edu>")
        assert shown[1] == "S* 503 5.5.1 Need MAIL first␍␊             x permanent: wrong order"
        assert shown[-1].startswith("   next: MAIL FROM:<")

    in_shell(journey)


def test_the_toolbar_stands_right_under_the_prompt_and_nothing_below_it_moves():
    async def journey(shell):
        for line in LETTER:
            await shell.type(line)
            assert shell.prompt.startswith("smtp nyu.edu")
            assert shell.toolbar.startswith(" SMTP ")

    in_shell(journey)


def test_the_depth_changes_the_last_exchange_and_the_line_stays():
    async def journey(shell):
        await shell.type("HELO lancs.uk")
        shell.press("MAIL")
        shell.press("\x1bOQ")
        rows = await shell.until("verb: hello in the SMTP of 1982")
        assert rows[-2].startswith("smtp nyu.edu> MAIL")
        assert "== depth 2; the last exchange again:" in rows

    in_shell(journey)


def test_a_paste_is_sent_line_by_line():
    async def journey(shell):
        shell.press("\x1b[200~HELO lancs.uk\r\nMAIL FROM:<alice@lancs.uk>\r\nRCPT TO\x1b[201~")
        rows = await shell.until("S: 250 2.1.0 Sender ok")
        assert rows[-2].startswith("smtp nyu.edu> RCPT TO")  # grey text may stand behind it already
        assert shell.app.buffer.text == "RCPT TO"
        assert [row[:2] for row in rows if row[:2] in ("C:", "S:")] == ["S:", "C:", "S:", "C:", "S:"]

    in_shell(journey)


def test_a_pasted_message_is_folded_and_its_end_is_the_end():
    async def journey(shell):
        await shell.type(*LETTER[:4])
        body = "".join(f"line {number}\n" for number in range(1000))
        shell.press(f"\x1b[200~Subject: long\n\n{body}.\nNOOP\n\x1b[201~")
        rows = await shell.until("S: 250 2.0.0 Nothing done")
        assert "== 962 more lines of the message not shown; :body shows all" in rows
        assert shell.world.store.mailboxes("nyu.edu", "bob")[0].messages[3].size > 8000

    in_shell(journey)


def test_a_paste_goes_out_in_one_write_when_asked():
    async def journey(shell):
        await shell.type("EHLO lancs.uk", ":pipeline on")
        shell.press("\x1b[200~MAIL FROM:<alice@lancs.uk>\nRCPT TO:<bob@nyu.edu>\nRSET\n\x1b[201~")
        await shell.until("S: 250 2.0.0 Reset")
        assert len(shell.app.seat.story()[-1][1]) == 3  # one cause, three exchanges

    in_shell(journey)


def test_in_a_message_only_ctrl_bracket_leaves_the_wire():
    async def journey(shell):
        await shell.type(*LETTER[:4])
        shown = await shell.type(":depth 0")
        assert shown[-1] == "== That was message text. A command of mailshell starts with Ctrl-] here."
        shell.press("half a line\x1d")
        await shell.settled()
        assert shell.prompt == "smtp nyu.edu| ^]"
        shell.press("depth 0\r")
        await shell.until("== depth 0;", "smtp nyu.edu| half a line")

    in_shell(journey)


def test_ctrl_bracket_before_a_command_begins_a_command_of_mailshell():
    async def journey(shell):
        shell.press("NOOP\x1dswitch\r")
        await shell.until("   * 1  smtp nyu.edu", "smtp nyu.edu> NOOP")

    in_shell(journey)


def test_ctrl_c_clears_the_line_and_the_session_goes_on():
    async def journey(shell):
        shell.press("NOO\x03")
        await shell.type("NOOP")
        assert any(row.startswith("S: 250 2.0.0 Nothing done") for row in shell.rows)

    in_shell(journey)


@pytest.mark.parametrize("leave", ["\x04", ":quit\r", "\x1dquit\r"])
def test_leaving(leave):
    async def journey(shell):
        shell.press(leave)
        await shell.when(lambda: not shell.app.app.is_running)
        assert not any("Traceback" in row for row in shell.rows)

    in_shell(journey)


def test_ctrl_d_inside_a_line_does_not_leave():
    async def journey(shell):
        shell.press("ab\x01\x04")
        await shell.settled()
        assert shell.prompt == "smtp nyu.edu> b"

    in_shell(journey)


def test_after_quit_enter_opens_the_connection_again_and_undo_takes_quit_back():
    async def journey(shell):
        await shell.type("HELO lancs.uk")
        shown = await shell.type("QUIT")
        assert shown[-1] == "== Enter opens the connection again, :quit leaves."
        await shell.type(":undo")
        assert not shell.app.seat.link.closed
        await shell.type("QUIT", "")
        assert any(row.startswith("S: 220") for row in shell.rows[-5:])

    in_shell(journey)


def test_each_line_says_which_connection_it_belongs_to():
    async def journey(shell):
        await shell.type(":connect lancs.uk")
        assert shell.prompt == "2 smtp lancs.uk>"
        shown = await shell.type("HELO a")
        assert shown[0].startswith("C2: HELO a")
        await shell.type(":switch 1")
        assert shell.prompt == "1 smtp nyu.edu>"

    in_shell(journey)


def test_tab_lists_what_is_legal_and_enter_takes_a_choice_without_sending():
    async def journey(shell):
        shell.press("\t")
        await shell.until("  EHLO", "  HELO")
        shell.press("\t\r")
        await shell.settled()
        assert shell.prompt.startswith("smtp nyu.edu> EHLO")
        assert not any(row.startswith("C:") for row in shell.rows)

    in_shell(journey)


def test_a_menu_leaves_nothing_behind():
    async def journey(shell):
        before = shell.rows
        shell.press("\t")
        await shell.until("  EHLO")
        shell.press("\x03")
        await shell.settled()
        assert shell.rows == before

    in_shell(journey)


def test_the_history_is_searched_by_its_beginning_and_holds_no_password(tmp_path, monkeypatch):
    monkeypatch.setenv("MAILSHELL_STATE_DIR", str(tmp_path / "state"))
    from mailshell.shell.config import Shell as Asked

    async def first(shell):
        await shell.type("HELO lancs.uk", "NOOP", "PASS hungry", r':raw "AUTH PLAIN AGJv\r\n"', "HELP")
        shell.press("HE\x1b[A")
        await shell.until("smtp nyu.edu> HELP")
        shell.press("\x1b[A")
        await shell.until("smtp nyu.edu> HELO lancs.uk")

    async def second(shell):
        shell.press("\x1b[A\x1b[A")
        await shell.until("smtp nyu.edu> NOOP")
        shell.press("\x03")
        await shell.settled()
        shell.press("\x12lancs\r")
        await shell.until("smtp nyu.edu> HELO lancs.uk")

    in_shell(first, asked=Asked())
    kept = tmp_path / "state" / "history-smtp"
    assert kept.read_text(encoding="utf-8").split("\n") == ["HELO lancs.uk", "NOOP", "HELP", ""]
    assert kept.stat().st_mode & 0o077 == 0
    in_shell(second, asked=Asked())


def test_whoever_is_idle_in_a_message_is_told_how_it_ends(monkeypatch):
    patience(monkeypatch, 0.01)

    async def journey(shell):
        await shell.type(*LETTER[:4])
        await shell.until("== The server waits for the message, then a line with one dot.")
        shell.press("a")
        await asyncio.sleep(0.05)
        assert sum("The server waits" in row for row in shell.rows) == 1

    in_shell(journey)


async def _port(shell):
    await shell.type(":serve smtp=0")
    await shell.until("listens on 127.0.0.1 port")
    row = next(row for row in shell.rows if "listens on" in row)
    return int(row.partition(" port ")[2].partition(".")[0])


def test_a_tcp_client_appears_while_one_types():
    async def journey(shell):
        port = await _port(shell)
        shell.press("MAIL FR")
        await asyncio.to_thread(_letter, port)
        rows = await shell.until(
            "Ca: mail FROM:<zoe@farm.test>", "Sa: 250 2.0.0 Message accepted", "connection a closed"
        )
        assert rows[-2].startswith("smtp nyu.edu> MAIL FR")
        assert shell.world.clock.now() < 1_500_000_000_000_000  # the clock of the world is its own
        assert len(shell.world.store.mailboxes("nyu.edu", "bob")[0].messages) == 3

    in_shell(journey)


def _letter(port):
    with smtplib.SMTP("127.0.0.1", port, local_hostname="farm.test") as client:
        client.sendmail("zoe@farm.test", ["bob@nyu.edu"], "Subject: hi\r\n\r\nhello\r\n")


def test_undo_waits_until_nobody_is_connected_over_tcp():
    async def journey(shell):
        port = await _port(shell)
        await shell.type("HELO lancs.uk")
        with socket.create_connection(("127.0.0.1", port)) as client:
            await shell.until("Sa: 220")
            shown = await shell.type(":undo")
            assert shown[1].startswith("** A client is connected over TCP.")
            client.shutdown(socket.SHUT_WR)
            await shell.until("connection a closed")
        await shell.type(":undo")
        assert any(row.startswith("== undone: C: HELO") for row in shell.rows)
        await shell.type(":serve smtp=x")
        await shell.until("** x is no port: a port is a number from 0 to 65535")
        await shell.type(":serve off")
        await shell.until("== The ports are closed.")

    in_shell(journey)


@pytest.mark.parametrize(("columns", "rows"), [(40, 12), (60, 20), (80, 24), (200, 60)])
def test_every_size_holds_the_prompt_and_the_toolbar(columns, rows):
    async def journey(shell):
        await shell.type(*LETTER[:3])
        shell.press("\t")
        await shell.until("  DATA")
        shell.press("\x03")
        await shell.type("QUIT X")
        assert shell.prompt.startswith("smtp nyu.edu")
        assert shell.toolbar.startswith(" SMTP")
        assert all(len(row) <= columns for row in shell.rows)

    in_shell(journey, columns=columns, rows=rows)


def test_a_window_that_is_resized_while_lines_arrive():
    async def journey(shell):
        port = await _port(shell)
        shell.press("MAIL FR")
        sending = asyncio.get_running_loop().create_task(asyncio.to_thread(_letter, port))
        for columns in (60, 120, 40, 80):
            await shell.resize(columns)
        await sending
        await shell.until("connection a closed")
        assert shell.prompt.startswith("smtp nyu.edu> MAIL FR")
        assert sum(row.startswith("smtp nyu.edu> MAIL FR") for row in shell.screen.display) == 1

    in_shell(journey)


@pytest.mark.parametrize(
    "text", ["NOOP " + "x" * 5000, "NOOP 中文字", "NOOP e\u0301a\u0301", "NOOP שלום עולם", "NOOP \x07\x1b[31m"]
)
def test_a_line_of_any_kind_is_shown_whole_and_not_obeyed(text):
    async def journey(shell):
        shell.press(f"\x1b[200~{text}\n\x1b[201~")
        await shell.until("smtp nyu.edu>")
        await shell.when(lambda: any(row.startswith("C: NOOP") for row in shell.rows))
        assert shell.toolbar.startswith(" SMTP")
        assert "\x1b[31m" not in shell.octets
        assert "\x07" not in shell.octets

    in_shell(journey)


def test_the_panes_show_the_wire_and_its_meaning_and_leave_everything_behind():
    async def journey(shell):
        await shell.type("HELO lancs.uk")
        shell.press("\x1b[15~")
        await shell.until("What this means", "smtp nyu.edu: ready: no sender yet")
        shell.press("MAIL FROM:<alice@lancs.uk>\r")
        await shell.until("S: 250 2.1.0 Sender ok", "return path accepted")
        shell.press("\x1b[15~")
        await shell.until("S: 250 2.1.0 Sender ok␍␊                   250 return path accepted")
        assert shell.toolbar.startswith(" SMTP")

    in_shell(journey)


def test_the_panes_follow_undo():
    async def journey(shell):
        await shell.type("HELO lancs.uk")
        shell.press("\x1b[15~NOOP\r")
        await shell.until("do nothing; are you there?")
        shell.press(":undo\r")
        await shell.until("== undone: C: NOOP", "hello, without extensions")
        assert not any("do nothing" in row for row in shell.screen.display)

    in_shell(journey)


def test_the_panes_show_nothing_that_was_undone_before():
    async def journey(shell):
        await shell.type("HELO lancs.uk", "NOOP", ":undo")
        shell.press("\x1b[15~")
        await shell.until("What this means", "hello, without extensions")
        assert not any("NOOP␍" in row for row in shell.screen.display)

    in_shell(journey)


def test_the_editing_mode_changes():
    async def journey(shell):
        await shell.type(":editing vi")
        shell.press("NOOP\x1b")
        await asyncio.sleep(0.6)  # the line editor waits half a second to tell Escape from Alt
        shell.press("0x")
        await shell.until("smtp nyu.edu> OOP")

    in_shell(journey)


def test_the_editor_gives_its_lines_to_the_wire(tmp_path, monkeypatch):
    script = tmp_path / "editor"
    script.write_text('#!/bin/sh\nprintf "HELO lancs.uk\\nNOOP\\n" > "$1"\n')
    script.chmod(0o700)
    monkeypatch.setenv("VISUAL", str(script))

    async def journey(shell):
        shell.press("NOO\x18\x05")
        await shell.until("S: 250 nyu.edu", "S: 250 2.0.0 Nothing done")
        assert shell.prompt == "smtp nyu.edu>"

    in_shell(journey)


def test_an_error_of_ours_is_told_in_a_line_and_the_session_goes_on(monkeypatch):
    async def journey(shell):
        monkeypatch.setattr(shell.app.seat, "undo", lambda: 1 / 0)
        shell.press(":undo\r")
        await shell.until("** internal error: ZeroDivisionError: division by zero.")
        await shell.type("NOOP")
        assert any(row.startswith("S: 250 2.0.0 Nothing done") for row in shell.rows)
        assert not any("Traceback" in row for row in shell.rows)

    in_shell(journey)


def test_lines_wait_while_another_program_has_the_screen(tmp_path, monkeypatch):
    go, script = tmp_path / "go", tmp_path / "editor"
    script.write_text(f"#!/bin/sh\nwhile [ ! -e {go} ]; do sleep 0.02; done\n")
    script.chmod(0o700)
    monkeypatch.setenv("VISUAL", str(script))

    async def journey(shell):
        port = await _port(shell)
        shell.press("\x18\x05")
        await shell.when(lambda: shell.app.printer.holds)
        await asyncio.to_thread(_letter, port)
        await asyncio.sleep(0.05)
        assert not any(row.startswith("Sa:") for row in shell.rows)
        go.touch()
        await shell.until("connection a closed", "Sa: 250 2.0.0 Message accepted")

    in_shell(journey)


def test_a_program_that_is_not_there_is_told(monkeypatch):
    monkeypatch.setenv("VISUAL", "/nowhere/editor")
    monkeypatch.setenv("PAGER", "/nowhere/pager")

    async def journey(shell):
        shell.press("\x18\x05")
        await shell.until("** /nowhere/editor cannot be run: No such file or directory.")
        shell.press(":help\r")
        await shell.until("** /nowhere/pager cannot be run: No such file or directory.", "     :help :why :try")

    in_shell(journey, rows=12)


def test_a_scene_goes_back_with_undo():
    async def journey(shell):
        await shell.type(":demo mistakes")
        shell.press("\x1b[19~" * 2)
        await shell.until("C: MAIL FROM:<alice@lancs.uk>", "The answer was b")
        await shell.type(":undo")
        shell.press("\x1b[19~")
        await shell.when(lambda: sum(row.startswith("C: MAIL FROM:<alice@lancs.uk>") for row in shell.rows) == 2)
        await shell.type(":reset")
        shell.press("\x1b[19~")
        await shell.when(lambda: sum("What does the server answer?" in row for row in shell.rows) == 2)

    in_shell(journey)


def test_ctrl_d_in_a_message_asks_first():
    async def journey(shell):
        await shell.type(*LETTER[:5])
        shell.press("\x04")
        await shell.until("== The server waits for the message, then a line with one dot.")
        assert shell.app.app.is_running
        shell.press("\x04")
        await shell.when(lambda: not shell.app.app.is_running)

    in_shell(journey)


def test_whoever_tries_to_leave_a_message_by_a_word_is_told_how():
    async def journey(shell):
        await shell.type(*LETTER[:4])
        shown = await shell.type("quit")
        assert shown[-2] == "== That was message text. A line with one dot ends the message; Ctrl-] :drop"

    in_shell(journey)


def test_grey_text_was_taken_before_and_refused_lines_never_are_grey():
    async def journey(shell):
        await shell.type("HELO lancs.uk", "MAIL FROM:<zoe@farm.test> SIZE=3", "MAIL FROM:<zoe@farm.test>", "RSET")
        shell.press("MAIL")
        await shell.until("smtp nyu.edu> MAIL FROM:<zoe@farm.test>")
        assert shell.prompt == "smtp nyu.edu> MAIL FROM:<zoe@farm.test>"

    in_shell(journey)


def test_commands_are_no_message_text_and_message_text_is_no_history():
    async def journey(shell):
        await shell.type(*LETTER[:5])
        shell.press("\x1b[A\x1b[A")
        await shell.until("smtp nyu.edu| Subject: a")
        shell.press("\x03.\r")
        await shell.until("S: 250 2.0.0 Message accepted")
        shell.press("\x1b[A")
        await shell.until("smtp nyu.edu> DATA")

    in_shell(journey)


def test_closing_the_ports_leaves_the_typed_connection_alone():
    async def journey(shell):
        port = await _port(shell)
        await shell.type("HELO lancs.uk")
        with socket.create_connection(("127.0.0.1", port)):
            await shell.until("Sa: 220")
            await shell.type(":serve off")
            await shell.until("connection a closed", "== The ports are closed.")
        await shell.type("NOOP")
        assert any(row.startswith("S: 250 2.0.0 Nothing done") for row in shell.rows)

    in_shell(journey)


def test_vi_is_seen_in_the_toolbar():
    async def journey(shell):
        await shell.type(":editing vi")
        assert shell.toolbar.endswith("| vi insert")
        shell.press("\x1b")
        await shell.when(lambda: shell.toolbar.endswith("| vi normal"))

    in_shell(journey, columns=100)


def test_the_panes_scroll_and_lay_words_out_for_their_width():
    async def journey(shell):
        shell.press("\x1b[15~")
        await shell.until("What this means")
        await shell.type(":help")
        assert any(":undo :redo :back" in row for row in shell.screen.display)
        await shell.type(*["NOOP"] * 24)
        assert not any(":undo :redo" in row for row in shell.screen.display)
        shell.press("\x1b[5~\x1b[5~")
        await shell.until(":undo :redo :back")

    in_shell(journey, columns=120, rows=50)


def test_tab_in_a_header_offers_its_fields_and_in_a_body_none():
    async def journey(shell):
        await shell.type(*LETTER[:4])
        shell.press("Su\t")
        await shell.until("smtp nyu.edu| Subject:")
        shell.press("a\r\t")
        await shell.until("  From:", "the author, as the message claims")
        shell.press("\x03\r")
        await shell.until("the header ends")
        shell.press("\t")
        await shell.settled()
        assert not any("the author, as the message claims" in row for row in shell.screen.display)

    in_shell(journey)


def test_the_panes_may_come_first():
    async def journey(shell):
        await shell.until("What this means", "220 service ready")

    in_shell(journey, panes=True)
