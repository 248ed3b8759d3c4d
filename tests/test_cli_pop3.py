"""The command line with POP3: plain lines, transcripts, tables, exports, events."""

import io
import json

import pytest

from mailshell import cli

LOGIN = "USER bob\nPASS hungry\n"


@pytest.fixture
def given(monkeypatch):
    """Text for standard input."""

    def give(text: str) -> None:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))

    return give


def test_piped_lines_are_sent_one_by_one(given, capsys):
    given(f"{LOGIN}STAT\nQUIT\n")
    assert cli.main(["pop3", "--depth", "0", "--wire", "off"]) == 0
    shown = capsys.readouterr().out.splitlines()
    assert shown[0].startswith("S: +OK nyu.edu POP3 mailshell ready <")
    assert shown[1:] == [
        "C: USER bob",
        "S: +OK Send the password",
        "C: PASS ********",
        "S: +OK Maildrop locked, 2 messages, 1410 octets",
        "C: STAT",
        "S: +OK 2 1410",
        "C: QUIT",
        "S: +OK nyu.edu POP3 server signing off (2 messages left)",
    ]


def test_a_script_of_plain_commands_is_run(given, capsys, tmp_path):
    path = tmp_path / "script.txt"
    path.write_text(f"{LOGIN}RETR 9\nQUIT\n", encoding="utf-8")
    assert cli.main(["run", "--protocol", "pop3", str(path)]) == 0
    assert "S* -ERR No such message" in capsys.readouterr().out
    assert cli.main(["run", "--protocol", "pop3", "--fail-on-refusal", str(path)]) == 1


def test_events_name_the_status_and_cut_long_answers(capsys, tmp_path):
    path = tmp_path / "script.txt"
    path.write_text("# protocol: pop3\nC: USER bob\nC: PASS no\nC: LIST\nC2(smtp@nyu.edu): NOOP\n", encoding="utf-8")
    assert cli.main(["run", "--json", str(path)]) == 0
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    told = [
        (event["protocol"], event.get("code"), event.get("card", "")) for event in events if event["event"] != "closed"
    ]
    assert told == [
        ("pop3", "+OK", ""),
        ("pop3", "+OK", "USER"),
        ("pop3", "-ERR", "PASS"),
        ("pop3", "-ERR", "LIST"),
        ("smtp", 220, ""),
        ("smtp", 250, "NOOP"),
    ]
    password = next(event for event in events if event.get("card") == "PASS")
    assert password["octets"] == "PASS ********\r\n"
    assert (password["before"], password["after"]) == ("password", "authorization")


def test_the_table_and_the_help(capsys):
    assert cli.main(["table", "pop3"]) == 0
    table = capsys.readouterr().out
    assert table.startswith("command authorization password transaction closed\nUSER ")
    assert cli.main(["pop3", "--help"]) == 0
    assert "usage: mailshell pop3" in capsys.readouterr().out


@pytest.mark.parametrize("form", ["svg", "html", "md", "txt", "cast", "json"])
def test_a_session_is_exported(form, given, capsys):
    given(f"{LOGIN}RETR 1\nQUIT\n")
    assert cli.main(["export", "-", "--protocol", "pop3", "--to", form]) == 0
    page = capsys.readouterr().out
    assert "Lunch on Friday" in page
    assert "hungry" not in page


@pytest.mark.parametrize("words", [["-ERR"], ["-err"], ["--", "-ERR"], ["-ERR", "[IN-USE]"], ["-ERR [IN-USE] no"]])
def test_the_word_for_no_is_no_option(words, capsys):
    assert cli.main(["explain", *words]) == 0
    assert "refused" in capsys.readouterr().out.replace("another session holds the maildrop", "refused")


def test_an_unknown_protocol_is_refused_with_those_that_there_are(capsys):
    assert cli.main(["table", "pop2"]) == 2
    assert "Did you mean pop3?" in capsys.readouterr().err
