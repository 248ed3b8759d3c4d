"""Scenes: each one that is shipped plays as it says, and the shell types them line by line."""

import pytest

from mailshell import cli
from mailshell.demo.scenes import folder, load, scenes
from mailshell.demo.stops import stops, title
from mailshell.shell.local import COMMANDS
from mailshell.shell.setup import Stage
from mailshell.world.play import LOCAL, SHOWS
from tests.shells import in_shell
from tests.terminal import Terminal
from tests.test_meta import Desk
from tests.test_readme import readme_blocks

SPACE, LEFT, F8, PAGE_DOWN, PAGE_UP = " ", "\x1b[D", "\x1b[19~", "\x1b[6~", "\x1b[5~"


@pytest.mark.parametrize("name", scenes())
@pytest.mark.parametrize("command", ["run", "demo"])
def test_a_scene_plays_as_it_says(command, name, capsys):
    path = str(folder() / f"{name}.txt")
    assert cli.main([command, path]) == 0, capsys.readouterr()
    assert "** " not in capsys.readouterr().out


@pytest.mark.parametrize("name", scenes())
def test_a_scene_speaks_and_asks(name):
    found = stops(load(name)).stops
    assert title(load(name))
    assert any(stop.words for stop in found)
    asked = [stop for stop in found if stop.question]
    assert 1 <= len(asked) <= 3
    assert len([stop for stop in found if stop.answer]) == len(asked), "each question has its answer"
    assert all(len(stop.choices) >= 2 for stop in asked)


def test_the_list_names_each_scene_with_its_length_and_title(capsys):
    assert cli.main(["demo", "--list"]) == 0
    rows = capsys.readouterr().out.splitlines()
    assert [row.split()[0] for row in rows] == list(scenes())
    assert [int(row.split()[1]) for row in rows] == [len(stops(load(name)).stops) for name in scenes()]
    assert len({row.index("steps") for row in rows}) == 1
    assert all(title and row.endswith(title) for row, title in zip(rows, scenes().values(), strict=True))


def test_a_scene_is_played_step_by_step_and_taken_back():
    desk = Desk(voice="classic")
    assert "lecture" in "".join(desk.do(":demo"))
    desk.do(":demo lecture", ":step", ":step", ":step")
    assert any(line.startswith("C: HELO lancs.uk") for line in desk.lines)
    assert desk.meta.scene is not None
    while desk.meta.scene.left:
        shown = desk.do(":step")
    assert shown[-2:] == ["== The answer was b: the server, after its answer", "== The scene is over."]
    assert not desk.meta.scene.failed
    assert len(desk.seat.world.store.mailboxes("nyu.edu", "bob")[0].messages) == 3
    assert desk.seat.link.closed
    desk.do(":undo")
    assert not desk.seat.link.closed
    assert desk.said(":step", ":step").endswith("The scene is over. :demo lists the scenes.")


def test_the_whole_way_back_and_forward_again():
    """Every step is taken back, the world with it, and what comes the second time is what the scene says too."""
    desk = Desk()
    desk.do(":demo keep")
    scene = desk.meta.scene
    assert scene is not None
    for _ in range(2):
        before = []
        while scene.left:
            before.append((scene.place, desk.situation))
            desk.do(":step")
        for place, (links, places, *_) in reversed(before):
            desk.do(":undo")
            assert scene.place == place
            assert desk.situation[0] == links
            assert desk.situation[1][1:3] == places[1:3]
    assert not scene.failed
    assert not any("kept as" in line for line in desk.lines)


def scene_of(tmp_path, text):
    path = tmp_path / "own.txt"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_scene_of_the_readme_plays_as_it_says(tmp_path, capsys):
    (lines,) = [block for block in readme_blocks() if "? What does the server answer?" in block]
    assert cli.main(["demo", str(scene_of(tmp_path, "".join(f"{line}\n" for line in lines)))]) == 0
    assert "== The answer was b: 503, the order is wrong" in capsys.readouterr().out


def test_what_comes_otherwise_is_told_in_one_line_and_the_scene_goes_on(tmp_path, capsys):
    path = scene_of(tmp_path, "C: NOOP\nS: 220 nyu\nS: 251 Ok\nS: 1\n= ready\nC: HELO a\nS: 250…\n= greeted\n! Why\n")
    assert cli.main(["demo", str(path)]) == 1
    shown = capsys.readouterr().out.splitlines()
    found = [" ".join(shown[at : at + 2]).replace("    ", " ") for at, row in enumerate(shown) if row[:2] == "**"]
    assert found[0].startswith("** Line 2 of the scene expects 220 nyu, but this came: 220 nyu.edu ESMTP")
    assert ", and 3 more" in found[0]
    assert found[1].startswith("** Line 8 of the scene expects phase greeted, but this came: phase ready, and 1 more")
    assert sum(row.startswith("C: ") for row in shown) == 2


def test_nothing_that_came_is_told_too(tmp_path):
    desk = Desk()
    path = scene_of(tmp_path, "C: NOOP\nS: 220…\nS: 250…\nS: 250 more\n")
    said = desk.said(f":demo {path}", ":step")
    assert "** Line 4 of the scene expects 250 more, but nothing came" in said


def test_a_scene_for_other_servers_is_not_held_against_these():
    desk = Desk()
    assert any("mailshell demo lecture plays it so" in line for line in desk.do(":demo lecture"))
    scene = desk.meta.scene
    assert scene is not None
    while scene.left:
        assert not any(line.startswith("**") for line in desk.do(":step"))
    assert not scene.failed


def test_one_may_type_between_two_steps_and_take_it_back():
    desk = Desk(voice="classic")
    desk.do(":demo lecture", ":step", ":step", ":step")
    assert desk.said("NOOP", ":undo") == "undone: C: NOOP"
    desk.do("HELO b", "VRFY bob", ":step", ":step")
    assert desk.meta.scene is not None
    assert (desk.meta.scene.place, desk.meta.scene.failed) == (5, False)
    desk.do("QUIT")
    assert not any(line.startswith("** internal") for line in desk.do(":step"))
    assert not desk.seat.link.closed, "the scene opens the connection that it needs"


def test_a_step_that_changes_nothing_is_taken_back_alone():
    desk = Desk(voice="classic")
    desk.do(":demo lecture", ":step", ":step", ":step", ":step")
    phase = desk.phase
    assert desk.said(":undo") == "undone: words"
    assert desk.phase is phase
    assert desk.do(":undo")[0] == "== undone: C: HELO lancs.uk"
    assert desk.phase is not phase


def test_a_scene_may_have_any_command_of_mailshell(tmp_path):
    text = "S: 220…\nC: HELO a\nS: 250…\nC: MAIL FROM:<>\nS: 250…\n> :undo\n= ready\n> :mailbox bob\n> :depth 0\n"
    path = scene_of(tmp_path, f"{text}C: NOOP\nS: 250…\n= ready\n")
    desk = Desk()
    desk.do(f":demo {path}", ":step", ":step", ":step")
    scene = desk.meta.scene
    assert scene is not None
    assert scene.place == 3
    assert any("INBOX" in line for line in desk.do(":step"))
    desk.do(":step", ":step")
    assert (scene.left, scene.failed, desk.meta.renderer.view.depth) == (0, False, 0)
    # What the undo of the scene had taken back is there again.
    desk.do(":undo", ":undo", ":undo")
    assert scene.place == 3
    desk.do(":undo")
    assert (scene.place, desk.phase.name) == (2, "SENDER")
    assert cli.main(["run", str(path)]) == 0
    assert (SHOWS | LOCAL.keys()) <= {f":{name}" for name in COMMANDS}
    assert not SHOWS & LOCAL.keys()


def test_a_command_that_fails_fails_the_scene(tmp_path, capsys):
    assert cli.main(["demo", str(scene_of(tmp_path, "> :mailbox nobody\nC: NOOP\n"))]) == 1
    assert "** " in capsys.readouterr().out


def test_a_reset_begins_the_scene_again():
    desk = Desk(voice="classic")
    desk.do(":demo lecture", ":step", ":step", ":step", ":reset")
    assert desk.meta.scene is not None
    assert desk.meta.scene.place == 0
    desk.do(":undo")
    assert (desk.meta.scene.place, desk.phase.name) == (3, "READY")


def test_any_transcript_is_a_scene(tmp_path):
    path = tmp_path / "two.txt"
    path.write_text("C: NOOP\nC2(smtp@lancs.uk): HELO a\n> :wait 5m\nC: \\q\n", encoding="utf-8")
    desk = Desk()
    desk.do(f":demo {path}", ":step", ":step")
    assert desk.seat.links[2].wire.host == "lancs.uk"
    before = desk.seat.world.clock.now()
    desk.do(":step")
    assert desk.seat.world.clock.now() - before == 300_000_000
    assert desk.said(":step").startswith("** line 4 of the scene: ")


def test_undo_in_a_scene_of_another_host_leaves_the_connection_that_was_there(tmp_path):
    path = tmp_path / "fetch.txt"
    path.write_text("# protocol: pop3\n# host: lancs.uk\nC: USER alice\nC: QUIT\n", encoding="utf-8")
    desk = Desk()
    desk.do("NOOP", f":demo {path}", ":step")
    assert not desk.seat.links[1].closed
    wire = desk.seat.links[2].wire
    assert (desk.seat.current, wire.protocol, wire.host) == (2, "pop3", "lancs.uk")
    assert any(line.startswith("S2: +OK Send the password") for line in desk.lines)
    desk.do(":undo")
    assert desk.meta.scene is not None
    assert desk.meta.scene.left == 2


def test_a_scene_of_a_host_that_is_not_there_is_told(tmp_path):
    path = tmp_path / "far.txt"
    path.write_text("# host: mars.test\nC: NOOP\n", encoding="utf-8")
    desk = Desk()
    assert desk.said(f":demo {path}", ":step").startswith("** line 2 of the scene: mars.test is no host of this world.")


def test_a_scene_that_cannot_be_read_is_told(tmp_path, capsys):
    path = tmp_path / "odd.txt"
    path.write_text("# voice: loud\nC: NOOP\n", encoding="utf-8")
    assert cli.main(["demo", str(path)]) == 2
    assert "the header's voice is 'loud'" in capsys.readouterr().err


def test_the_keys_go_on_and_take_back():
    async def journey(shell):
        await shell.type(":demo mistakes")
        assert shell.toolbar.startswith(" scene mistakes 0/13  | Space asks a question | SMTP greeting")
        shell.press(SPACE)
        await shell.until("The first mistake", "What does the server answer?", "   b: 503, the order is wrong")
        await shell.settled()
        assert shell.prompt == "smtp nyu.edu> MAIL FROM:<alice@lancs.uk>"
        assert shell.toolbar.startswith(" scene mistakes 1/13  | Space sends the line | Left takes back")
        shell.press(PAGE_DOWN)
        await shell.until("S* 503 5.5.1", "== The answer was b: 503, the order is wrong")
        shell.press("\r" + F8)
        await shell.until("C: HELO lancs.uk")
        shell.press("\x7f")
        await shell.until("== undone: C: HELO lancs.uk")
        shell.press(PAGE_UP + LEFT)
        await shell.until("== undone: words", "== undone: C: MAIL FROM:<alice@lancs.uk>")
        await shell.settled()
        assert shell.prompt == "smtp nyu.edu> MAIL FROM:<alice@lancs.uk>"
        await shell.type("HELO a b")
        await shell.until("C: HELO a b")
        assert shell.app.meta.scene.place == 1

    in_shell(journey)


def test_the_keys_are_for_the_line_where_something_is_typed_and_when_the_scene_is_over(tmp_path):
    async def journey(shell):
        await shell.type(f":demo {scene_of(tmp_path, 'C: QUIT')}")
        shell.press("NOOP" + LEFT + SPACE + "\x7f" + "\x05\r")
        await shell.until("C: NOOP␍␊")
        shell.press(SPACE)
        await shell.until(
            "== The scene is over.", " scene own 1/1  | Enter opens it again | Left takes back | SMTP closed"
        )
        assert not any("Enter opens the connection" in row for row in shell.rows), "while it goes on Enter is its key"
        shell.press(SPACE + PAGE_DOWN)
        await shell.settled()
        assert shell.app.seat.link.closed
        shell.press("\r")
        await shell.when(lambda: not shell.app.seat.link.closed)
        await shell.settled()
        assert "scene" not in shell.toolbar

    in_shell(journey)


def test_it_plays_by_itself_until_a_key_stops_it(tmp_path):
    path = scene_of(tmp_path, "".join(f"C: NOOP {number}\n" for number in range(40)))

    async def journey(shell):
        await shell.until("C: NOOP 1␍␊")
        shell.press("x")
        await shell.when(lambda: not shell.app.auto.playing)
        await shell.settled()
        place = shell.app.meta.scene.place
        assert shell.toolbar.endswith("| Space plays on | Enter takes one step")
        assert shell.app.buffer.text == ""
        shell.press("\r")
        await shell.when(lambda: shell.app.meta.scene.place == place + 1)
        shell.press(SPACE)
        await shell.when(lambda: not shell.app.app.is_running)
        assert (shell.app.meta.scene.left, shell.app.auto.status) == (0, 0)

    in_shell(journey, stage=Stage(scene=load(str(path)), auto=0.02), scene=str(path))


@pytest.mark.parametrize("key", ["q", "\x03"])
def test_q_ends_what_plays_by_itself(key):
    with Terminal("demo", "keep", "--auto", "3", TERM="xterm") as terminal:
        terminal.until("any key stops | q leaves")
        terminal.press(key)
        assert terminal.end() == 130


def test_played_by_itself_in_a_terminal_the_status_says_whether_it_went_as_it_says(tmp_path):
    for text, status in (("C: NOOP\nS: 220…\nS: 250…\n", 0), ("C: NOOP\nS: 2\n", 1)):
        with Terminal("demo", str(scene_of(tmp_path, text)), "--auto", "0", TERM="xterm") as terminal:
            assert terminal.end() == status
        with Terminal("demo", str(scene_of(tmp_path, text)), "--auto", "0") as terminal:
            assert terminal.end() == status


def test_plain_mode_goes_on_with_enter():
    with Terminal("demo", "mistakes") as terminal:
        terminal.wait("== 13 steps. Enter goes on, :undo takes back.", "C:")
        assert any("   b: 503, the order is wrong" in row for row in terminal.type(""))
        assert any(row.startswith("C: MAIL FROM:<alice@lancs.uk>") for row in terminal.type(""))
        assert any(row.startswith("C: NOOP") for row in terminal.type("NOOP"))


@pytest.mark.parametrize("seconds", ["-1", "soon", "1e9", ""])
def test_seconds_are_seconds(seconds, capsys):
    assert cli.main(["demo", f"--auto={seconds}"]) == 2
    assert "wants seconds, as 0, 1.5 or 10" in capsys.readouterr().err


def test_a_scene_of_another_protocol_has_connections_of_its_own():
    desk = Desk()
    desk.do(":demo keep", ":step", ":step", ":step")
    assert (desk.seat.links[2].wire.protocol, desk.seat.current) == ("pop3", 2)
    assert desk.seat.links[1].wire.protocol == "smtp"
    assert desk.meta.scene is not None
    while desk.meta.scene.left:
        desk.do(":step")
    assert [link.wire.protocol for link in desk.seat.links.values()] == ["smtp", "pop3", "pop3", "pop3"]
    assert len(desk.seat.world.store.mailboxes("nyu.edu", "bob")[0].messages) == 0


def test_demo_in_a_pipe_plays_the_scene_in_its_protocol(capsys):
    assert cli.main(["demo", "pop3"]) == 0
    shown = capsys.readouterr().out
    assert "S: +OK POP3 server ready" in shown
    assert "C: pass ********" in shown
    assert shown.endswith("== The scene is over.\n")
