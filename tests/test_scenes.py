"""Scenes: each one that is shipped plays as it says, and the shell types them line by line."""

import io

import pytest

from mailshell import cli
from mailshell.demo.scenes import folder, load, scenes
from tests.shells import in_shell
from tests.test_meta import Desk


@pytest.mark.parametrize("name", scenes())
def test_a_scene_plays_as_it_says(name, capsys):
    assert cli.main(["run", str(folder() / f"{name}.txt")]) == 0, capsys.readouterr().err


def test_the_list_names_each_scene_with_its_title(capsys):
    assert cli.main(["demo", "--list"]) == 0
    rows = capsys.readouterr().out.splitlines()
    assert [row.split()[0] for row in rows] == list(scenes())
    assert all(title for title in scenes().values())


def test_a_scene_is_typed_line_by_line_and_taken_back():
    desk = Desk(voice="classic")
    assert "lecture" in "".join(desk.do(":demo"))
    desk.do(":demo lecture", ":step")
    assert any(line.startswith("C: HELO lancs.uk") for line in desk.lines)
    lines = [item for item in load("lecture").items if item.what == "send"]
    for _ in lines[1:]:
        shown = desk.do(":step")
    assert shown[-1] == "== That was the last line of the scene."
    assert len(desk.seat.world.store.mailboxes("nyu.edu", "bob")[0].messages) == 3
    assert desk.seat.link.closed
    desk.do(":undo")
    assert not desk.seat.link.closed


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
    assert desk.said(f":demo {path}", ":step").startswith("** mars.test is no host of this world.")


def test_a_scene_that_cannot_be_read_is_told(tmp_path, capsys):
    path = tmp_path / "odd.txt"
    path.write_text("# voice: loud\nC: NOOP\n", encoding="utf-8")
    assert cli.main(["demo", str(path)]) == 2
    assert "the header's voice is 'loud'" in capsys.readouterr().err


def test_f8_types_the_next_line():
    async def journey(shell):
        await shell.type(":demo lecture")
        shell.press("\x1b[19~")
        await shell.until("C: HELO lancs.uk␍␊")
        shell.press("\x1b[19~")
        await shell.until("C: MAIL FROM: <alice@lancs.uk>␍␊")

    in_shell(journey)


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


def test_demo_speaks_the_protocol_of_the_scene(monkeypatch, capsys):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b":step\n:step\n")))
    assert cli.main(["demo", "pop3"]) == 0
    shown = capsys.readouterr().out
    assert "S: +OK POP3 server ready" in shown
    assert "C: pass ********" in shown
