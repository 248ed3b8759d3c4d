"""The command line: what it says, what it refuses, and its exit statuses."""

import io
import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from mailshell import __version__, cli
from mailshell.protocols import PROTOCOLS
from mailshell.shell import paths, plain, practise, run

ROOT = Path(__file__).parents[1]
REFUSED = 2
GOODBYE = "221 2.0.0 nyu.edu closing connection"


@pytest.fixture(autouse=True)
def bare(monkeypatch):
    """No option from the environment."""
    for name in [name for name in os.environ if name.startswith("MAILSHELL_") or name in ("NO_COLOR", "COLUMNS")]:
        monkeypatch.delenv(name)


@pytest.fixture
def type_in(monkeypatch):
    """Run the command line with lines on standard input."""

    def start(command, *lines):
        octets = b"".join(line + b"\n" for line in lines)
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(octets), encoding="utf-8"))
        return cli.main(shlex.split(command))

    return start


def test_version(capsys):
    assert cli.main(["--version"]) == 0
    assert capsys.readouterr() == (f"mailshell {__version__}\n", "")


def test_the_command_line_knows_every_protocol():
    assert tuple(PROTOCOLS) == cli.PROTOCOLS


def test_help_fits_the_screen_and_names_every_command(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    assert cli.main(["--help"]) == 0
    text = capsys.readouterr().out
    for command in (*PROTOCOLS, "run", "serve", "table", "paths", "config", "doctor", "completion"):
        assert re.search(rf"^    {command}  ", text, re.M)
        assert cli.main([command, "--help"]) == 0
    assert max(map(len, text.splitlines())) < 100


def examples():
    found = re.findall(r"^  (mailshell\b.*?)(?:\s{2,}.*)?$", cli._EXAMPLES, re.M)
    assert len(found) > 4
    return found


@pytest.mark.parametrize("command", examples())
def test_the_examples_of_the_help_are_true(command, monkeypatch):
    seen = []

    def stand_in(name):
        def run(args):
            seen.append(name)
            return 0

        return run

    names = "practise learn demo run serve explain export table world lesson paths config doctor completion"
    for name in (f"_{name}" for name in names.split()):
        monkeypatch.setattr(cli, name, stand_in(name))
    words = shlex.split(command)[1:]
    assert cli.main(words) == 0
    commands = {"": "_practise"} | dict.fromkeys(PROTOCOLS, "_practise")
    word = words[0] if words else ""
    assert seen == [commands.get(word, f"_{word}")]


def test_a_dot_is_the_end_of_a_message_and_no_folder(capsys):
    assert cli.main(["explain", "."]) == 0
    assert ".: end of the message" in capsys.readouterr().out


def test_a_password_in_a_line_that_nobody_knows_is_not_repeated(capsys):
    assert cli.main(["explain", "LOGIN", "violet"]) == 1
    assert capsys.readouterr().err.startswith("mailshell: nothing is known about LOGIN ********. ")


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ("smpt", "Did you mean smtp?"),
        ("tabel smtp", "Did you mean table?"),
        ("table smpt", "Did you mean smtp?"),
        ("--dept 2", "--dept is no option here. Did you mean --depth?"),
        ("smtp --plian", "--plian is no option here. Did you mean --plain?"),
        ("run --jsn FILE", "--jsn is no option here. Did you mean --json?"),
        ("serve --neetwork ::1", "--neetwork is no option here. Did you mean --network?"),
        ("--world=lectur", "Did you mean lecture?"),
        ("--zzz", "--zzz is no option here."),
        ("--foo", "--foo is no option here.\n"),
        ("hlep", "Did you mean help?"),
        ("help smpt", "Did you mean smtp?"),
        ("xyzzy", "invalid choice: 'xyzzy'"),
        ("run", "FILE"),
        ("smtp nyu.edu nyu.edu", "unrecognized arguments: nyu.edu"),
        ("paths --plain", "unrecognized arguments: --plain"),
    ],
)
def test_a_wrong_word_is_refused_with_what_may_have_been_meant(command, says, capsys):
    assert cli.main(shlex.split(command)) == REFUSED
    out, errors = capsys.readouterr()
    assert out == ""
    assert says in errors
    assert len(errors.splitlines()) == 2
    assert all(line.startswith("mailshell: ") for line in errors.splitlines())
    assert errors.endswith("--help lists what there is.\n")


def test_the_environment_stands_for_options_and_an_option_wins(type_in, capsys, monkeypatch):
    monkeypatch.setenv("MAILSHELL_DEPTH", "0")
    monkeypatch.setenv("MAILSHELL_WIRE", "off")
    monkeypatch.setenv("MAILSHELL_ASCII", "0")
    assert type_in("smtp", b"QUIT") == 0
    assert capsys.readouterr().out.splitlines()[1] == "C: QUIT"
    assert type_in("smtp --wire marks", b"QUIT") == 0
    assert capsys.readouterr().out.splitlines()[1] == "C: QUIT␍␊"
    monkeypatch.setenv("MAILSHELL_ASCII", "1")
    assert type_in("--wire marks smtp", b"QUIT") == 0
    assert capsys.readouterr().out.splitlines()[1] == r"C: QUIT\r\n"
    monkeypatch.setenv("MAILSHELL_DEPTH", "deep")
    assert cli.main(["smtp"]) == REFUSED
    assert "MAILSHELL_DEPTH=deep: choose from 0, 1, 2." in capsys.readouterr().err


def test_table_is_of_the_year_and_the_voice_that_are_asked_for(capsys):
    def commands(*words: str) -> str:
        assert cli.main([*words]) == 0
        return " ".join(row.split(" ")[0] for row in capsys.readouterr().out.split("\n\n")[0].splitlines()[1:])

    assert commands("table", "smtp", "--era", "1982") == "HELO MAIL RCPT DATA RSET NOOP VRFY EXPN HELP QUIT"
    assert commands("--voice", "classic", "table", "smtp") == "HELO MAIL RCPT DATA RSET NOOP VRFY QUIT"


def test_table_says_which_command_is_legal_when(capsys):
    assert cli.main(["table", "smtp"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("command greeted ready sender recipients ")
    assert "DATA    .      .     .        x  " in out
    assert "accepted, but not by the standard (policy tolerant):" in out


@pytest.mark.parametrize("protocol", ["smtp", "pop3", "imap"])
def test_a_table_fits_in_a_terminal(protocol, capsys):
    assert cli.main(["table", protocol]) == 0
    assert max(map(len, capsys.readouterr().out.splitlines())) < 80


def test_paths_follow_the_environment(capsys, monkeypatch):
    monkeypatch.setenv("HOME", "/home/ann")
    monkeypatch.setenv("XDG_CONFIG_HOME", "/etc/ann")
    monkeypatch.setenv("XDG_STATE_HOME", "relative")
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    assert cli.main(["paths"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "config         /etc/ann/mailshell",
        "state          /home/ann/.local/state/mailshell",
        "data           /home/ann/.local/share/mailshell",
        "config.toml    /etc/ann/mailshell/config.toml",
        "history-smtp   /home/ann/.local/state/mailshell/history-smtp",
        "history-pop3   /home/ann/.local/state/mailshell/history-pop3",
        "history-imap   /home/ann/.local/state/mailshell/history-imap",
        "progress.json  /home/ann/.local/share/mailshell/progress.json",
    ]
    monkeypatch.setenv("MAILSHELL_DATA_DIR", "/data")
    monkeypatch.setenv("MAILSHELL_CONFIG", "/own.toml")
    assert paths.paths()["data"] == "/data"
    assert paths.config_file() == "/own.toml"


@pytest.mark.parametrize("command", ["smtp mars", "smtp localhost:2525"])
def test_a_host_that_is_not_there_is_refused_in_plain_words(command, type_in, capsys):
    assert type_in(command) == REFUSED
    out, errors = capsys.readouterr()
    assert out == ""
    host = command.split()[1]
    assert errors.splitlines() == [
        f"mailshell: {host} is no host of this world.",
        "mailshell: There are lancs.uk, nyu.edu, someschool.edu.",
        "mailshell: The world is closed; it does not reach servers on the network.",
    ]


@pytest.mark.parametrize("command", ["", "smtp", "serve", "help"])
def test_help_is_a_command_too(command, capsys):
    asked = [] if command in ("", "help") else [command]
    assert cli.main(["help", *asked]) == 0
    told = capsys.readouterr().out
    assert cli.main([*asked, "--help"]) == 0
    assert told == capsys.readouterr().out


def test_the_first_words_name_no_host_that_is_not_there(type_in, monkeypatch, capsys):
    monkeypatch.setattr(practise, "plain_because", lambda args: "")
    assert type_in("smtp mars") == REFUSED
    assert capsys.readouterr().out == ""


def test_a_host_is_found_whatever_its_case(type_in, capsys):
    assert type_in("smtp LANCS.uk --depth 0") == 0
    assert capsys.readouterr().out == "S: 220 lancs.uk ESMTP mailshell␍␊\n"


@pytest.fixture
def play(tmp_path, capsys):
    """Run `mailshell run` on a text; the exit status, stdout and stderr."""

    def start(text, *options):
        path = tmp_path / "session.txt"
        path.write_text(text, encoding="utf-8")
        status = cli.main(["run", str(path), "--depth", "0", "--wire", "off", *options])
        out, errors = capsys.readouterr()
        return status, out.splitlines(), errors.replace(str(path), "FILE")

    return start


def test_run_plays_plain_commands(play):
    assert play("HELO a\nQUIT\n") == (
        0,
        ["S: 220 nyu.edu ESMTP mailshell", "C: HELO a", "S: 250 nyu.edu", "C: QUIT", f"S: {GOODBYE}"],
        "",
    )


def test_run_checks_a_transcript(play):
    assert play("S: 220…\nC: HELO a\nS: 250 nyu.edu\n= ready\n> :wait 3m\n")[0] == 0
    status, out, errors = play("S: 220…\nC: HELO a\nS: 251 other\n")
    assert status == 1
    assert out[-1] == "S: 250 nyu.edu"
    wanted, came = errors.splitlines()
    assert wanted == "mailshell: FILE: line 3: expected 251 other"
    assert came.endswith("   but got  250 nyu.edu")


def test_run_fails_on_a_refusal_when_asked(play):
    assert play("TURN\nNOOP\n")[0] == 0
    status, _, errors = play("TURN\nNOOP\n", "--fail-on-refusal")
    assert (status, errors) == (1, "mailshell: FILE: the server refused 1 of the commands\n")
    assert play("NOOP\n", "--fail-on-refusal")[0] == 0


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("C: NOOP\nhello\n", "line 2: 'hello' is no line of a transcript"),
        ("C: \\q\n", "line 1: \\q is no escape"),
        ("C2(smtp@mars): NOOP\n", "line 1: mars is no host of this world."),
        ("C: NOOP\n> :dance\n", "line 2: :dance is no command for a script"),
        ("# voice: loud\nC: NOOP\n", "the header's voice is 'loud'; choose from modern, classic"),
        ("# era: 1066\nC: NOOP\n", "the header's era is '1066'; choose from 1982, 1995, 2008, today"),
    ],
)
def test_run_refuses_a_file_that_is_wrong(play, text, says):
    status, _, errors = play(text)
    assert status == REFUSED
    assert errors.startswith(f"mailshell: FILE: {says}")


@pytest.mark.parametrize("line", ["S: \x1b[2J", "> :\x1b[2J", "\x1b[2J: NOOP", "C\x9b: NOOP"])
def test_what_a_file_holds_is_told_and_not_obeyed(play, line):
    status, _, errors = play(f"C: NOOP\n{line}\n")
    assert status in (1, 2)
    assert all(row.isprintable() for row in errors.splitlines())


def test_run_refuses_a_file_that_is_not_there(tmp_path, capsys):
    assert cli.main(["run", str(tmp_path / "none")]) == REFUSED
    assert capsys.readouterr().err == f"mailshell: {tmp_path / 'none'}: No such file or directory\n"
    assert cli.main(["run", str(tmp_path)]) == REFUSED
    assert "Is a directory" in capsys.readouterr().err


def test_run_reads_standard_input(type_in, capsys):
    assert type_in("run - --depth 0", b"C: NOOP", b"S: 220...", b"S: 250...") == 1
    assert type_in("run - --depth 0", b"NOOP") == 0
    assert capsys.readouterr().out.endswith("C: NOOP␍␊\nS: 250 2.0.0 Nothing done␍␊\n")


def test_the_header_of_a_file_chooses_its_world(play):
    header = "# voice: classic\n# host: lancs.uk\n# world: empty\n# policy: strict\n\n"
    status, out, _ = play(header + "C: HELO a\nC: MAIL FROM: <a@b.c>\nC: VRFY alice\n", "--voice", "modern")
    assert status == 0
    assert out[0] == "S: 220 lancs.uk"
    assert any(line.startswith("S* 501") for line in out)


def test_the_header_of_a_file_chooses_its_year(play):
    status, out, _ = play("# era: 1982\n\nC: EHLO a\n", "--era", "2008")
    assert status == 0
    assert any(line.startswith("S* 500 Command unrecognized") for line in out)


def test_run_as_json_has_no_password(play):
    status, out, _ = play("PASS hungry\nAUTH PLAIN AGJvYgBodW5ncnk=\nHELO a\n", "--json")
    assert status == 0
    events = [json.loads(line) for line in out]
    assert [event["event"] for event in events] == ["opened", "exchange", "exchange", "exchange"]
    assert events[1]["octets"] == "PASS ********\r\n"
    assert "AGJv" not in "".join(out)


def test_run_writes_a_log(play, tmp_path):
    status, out, _ = play("PASS hungry\n", "--log", str(tmp_path / "log"))
    assert status == 0
    assert (tmp_path / "log").read_text(encoding="utf-8").splitlines() == out


def test_a_log_that_cannot_be_written_is_an_error(type_in, tmp_path, capsys):
    assert type_in(f"smtp --log {tmp_path}/none/log") == 3
    assert capsys.readouterr().err == f"mailshell: {tmp_path}/none/log: No such file or directory\n"


def test_an_internal_error_is_a_sentence(monkeypatch, capsys):
    def broken(args):
        raise ZeroDivisionError("by zero")

    monkeypatch.setattr(plain, "main", broken)
    assert cli.main([]) == 1
    out, errors = capsys.readouterr()
    assert out == ""
    assert errors.splitlines() == [
        "mailshell: internal error: ZeroDivisionError: by zero",
        "mailshell: please report it; MAILSHELL_DEBUG=1 shows where it happened.",
    ]
    monkeypatch.setenv("MAILSHELL_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        cli.main([])


def test_an_interruption_has_its_status(monkeypatch):
    def interrupted(args):
        raise KeyboardInterrupt

    monkeypatch.setattr(run, "main", interrupted)
    assert cli.main(["run", "-"]) == 130


STATE = "smtp --depth 0 --state"
LETTER = [
    b"HELO a",
    b"MAIL FROM:<a@b.c>",
    b"RCPT TO:<bob@nyu.edu>",
    b"DATA",
    b"Subject: Kept",
    b"",
    b"x",
    b".",
    b"QUIT",
]


def test_the_mail_is_kept_between_two_runs(type_in, tmp_path, capsys):
    path = tmp_path / "state.db"
    assert type_in(f"{STATE} {path}", *LETTER) == 0
    capsys.readouterr()
    assert type_in(f"{STATE} {path}", b":mailbox bob", b":quit") == 0
    assert capsys.readouterr().out.splitlines()[-2].split()[::3] == ["3", "10:00", "Kept"]
    assert type_in(f"run - --state {path} --depth 0", *LETTER) == 0
    assert "Message accepted, id 2" in capsys.readouterr().out


def test_a_state_file_that_cannot_be_used_is_told_and_left_alone(type_in, tmp_path, capsys):
    foreign = tmp_path / "foreign"
    foreign.write_bytes(b"no database, and dear to somebody\n" * 40)
    for path in (foreign, tmp_path / "none" / "state.db", tmp_path):
        assert type_in(f"{STATE} {path}", b"QUIT") == 3
        out, errors = capsys.readouterr()
        assert out == ""
        assert errors.startswith(f"mailshell: {path} ")
        assert len(errors.splitlines()) == 1
    assert foreign.read_bytes() == b"no database, and dear to somebody\n" * 40


def test_a_newer_state_file_is_told(type_in, tmp_path, capsys):
    import sqlite3

    path = tmp_path / "state.db"
    assert type_in(f"{STATE} {path}", b"QUIT") == 0
    database = sqlite3.connect(path)
    database.execute("PRAGMA user_version = 99")
    database.close()
    capsys.readouterr()
    assert type_in(f"{STATE} {path}", b"QUIT") == 3
    assert capsys.readouterr().err.startswith(f"mailshell: {path} ")


def test_a_state_file_in_use_is_told(type_in, tmp_path, capsys):
    from mailshell.mail.disk import Disk
    from mailshell.mail.store import Store

    path = tmp_path / "state.db"
    store = Store(disk=Disk(str(path)))
    try:
        assert type_in(f"{STATE} {path}", b"QUIT") == 3
    finally:
        store.close()
    assert capsys.readouterr().err.startswith(f"mailshell: {path} ")


@pytest.mark.process
@pytest.mark.parametrize("command", ["", "--version", "--help", "table smtp", "run -"])
def test_closed_standard_streams_are_no_error(command):
    for closed in ("<&-", ">&-", "2>&-", "<&- >&- 2>&-"):
        line = f"exec {shlex.quote(sys.executable)} -m mailshell {command} {closed}"
        done = subprocess.run(["sh", "-c", line], cwd=ROOT, input=b"", capture_output=True, timeout=20)
        assert done.stderr == b"", line
        assert done.returncode == 0, line


@pytest.mark.parametrize(
    "argv", [["smtp", "--log", "/dev/null/\x1b[31mx"], ["serve", "--host", "\x1b[31mx"], ["explain", "./\x1b[31mx"]]
)
def test_a_name_on_the_command_line_is_shown_and_not_obeyed(argv, capsys):
    assert cli.main(argv) in (2, 3)
    errors = capsys.readouterr().err
    assert "[31mx" in errors
    assert "\x1b" not in errors
