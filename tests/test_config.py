"""The config file: what it may say, what wins over it, and how a mistake in it is shown."""

import io
import re
import sys
import tomllib
from pathlib import Path

import pytest

from mailshell import cli
from mailshell.shell import configure, options
from mailshell.shell.config import SHELL, Config, Shell, parse
from mailshell.shell.keys import ACTIONS
from mailshell.shell.options import OptionError


@pytest.fixture
def config(monkeypatch, tmp_path):
    """The usual config file, not there yet, and no option from the environment."""
    import os

    for name in [name for name in os.environ if name.startswith("MAILSHELL_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"QUIT\n"), encoding="utf-8"))
    folder = tmp_path / "mailshell"
    folder.mkdir()
    return folder / "config.toml"


def settled(*argv):
    """The options of a command line, and where their values come from."""
    args = cli._parser(list(argv)).parse_args(argv)
    return args, options.settle(args)


def test_without_a_file_the_defaults_hold(config):
    args, origins = settled("smtp")
    assert {name: str(getattr(args, name)) for name in options.CHOICES} == options.DEFAULTS
    assert (args.plain, args.ascii, args.log, args.state) == (False, False, None, None)
    assert (args.keys, args.shell) == ({}, None)
    assert set(origins.values()) == {"default"}
    assert not config.exists()


def test_every_key_is_read(config):
    config.write_text(
        'depth = 2\nwire = "hex"\ncolor = "never"\ntheme = "dark"\nworld = "empty"\nvoice = "classic"\n'
        'policy = "strict"\nera = 1982\nplain = true\nascii = true\nlog = "~/a.log"\nstate = "mail"\n'
        '[keys]\ndepth = ["f9", "c-x d"]\nwire = []\n'
        '[shell]\nediting = "vi"\nhistory = false\ntoolbar = false\npager = "less -R"\n'
    )
    args, origins = settled("smtp")
    assert [getattr(args, name) for name in options.CHOICES] == [
        *(2, "hex", "never", "dark", "empty", "classic", "strict", "1982")
    ]
    assert (args.plain, args.ascii) == (True, True)
    assert (args.log, args.state) == (str(Path.home() / "a.log"), str(config.parent / "mail"))
    assert args.keys == {"depth": ["f9", "c-x d"], "wire": []}
    assert args.shell == Shell("vi", 0, False, "less -R")
    assert set(origins.values()) == {str(config)}


def test_a_flag_wins_over_the_environment_and_that_over_the_file(config, monkeypatch):
    config.write_text('depth = 0\nwire = "off"\nplain = true\nascii = true\nera = "1995"\n')
    monkeypatch.setenv("MAILSHELL_WIRE", "hex")
    monkeypatch.setenv("MAILSHELL_DEPTH", "2")
    monkeypatch.setenv("MAILSHELL_ASCII", "0")
    args, origins = settled("smtp", "--depth", "1", "--no-plain")
    assert (args.depth, args.wire, args.plain, args.ascii, args.era) == (1, "hex", False, False, "1995")
    assert [origins[name] for name in ("depth", "wire", "plain", "ascii", "era")] == [
        *("--depth", "MAILSHELL_WIRE", "--no-plain", "MAILSHELL_ASCII", str(config))
    ]


def test_another_file_or_none(config, tmp_path, monkeypatch):
    config.write_text("depth = 0\n")
    other = tmp_path / "other.toml"
    other.write_text("depth = 2\n")
    assert settled("smtp")[0].depth == 0
    assert settled("smtp", "--config", str(other))[0].depth == 2
    assert settled("--no-config")[0].depth == 1
    monkeypatch.setenv("MAILSHELL_CONFIG", str(other))
    assert settled("smtp")[0].depth == 2
    monkeypatch.setenv("MAILSHELL_NO_CONFIG", "1")
    assert settled("smtp")[0].depth == 1


def test_a_file_that_was_asked_for_must_be_there(config, tmp_path, capsys):
    assert cli.main(["smtp", "--config", str(tmp_path / "none")]) == 2
    assert capsys.readouterr().err == (
        f"mailshell: {tmp_path}/none: No such file or directory. --no-config reads no config file.\n"
    )
    assert cli.main(["smtp", "--config", str(tmp_path)]) == 2
    assert "Is a directory" in capsys.readouterr().err


WRONG = {
    "dept = 2": ("1:1", "dept is no key here. Did you mean depth? Allowed are depth, wire, "),
    "depth = 1\n\n  wire  =  'loud'": ("3:12", 'wire is one of "off", "marks", "hex".'),
    "depth = 3": ("1:9", "depth is one of 0, 1, 2."),
    "depth = true": ("1:9", "depth is one of 0, 1, 2."),
    "theme = 'drak'": ("1:9", "theme is one of"),
    "era = 2000": ("1:7", 'era is one of 1982, 1995, 2008, "today".'),
    "plain = 1": ("1:9", "plain is true or false."),
    "log = ''": ("1:7", "log is the name of a file, in quotes"),
    "state = false": ("1:9", "state is the name of a file, in quotes"),
    "editing = 'vi'": ("1:1", "editing is no key here. It belongs into [shell], with editing, history, "),
    "[kyes]\ndepth = ['f2']": ("1:2", "kyes is no key here. Did you mean keys?"),
    "keys = 3": ("1:8", "keys is a table: write [keys] on a line, and its keys below."),
    "[shell]\ntoolbr = 1": ("2:1", "toolbr is no key of [shell]. Did you mean toolbar?"),
    "[shell]\ntoolbar = false\ndepth = 2": ("3:1", "depth is no key of [shell]. Move it up, above the tables."),
    "[keys]\ntheme = 'dark'": ("2:1", "theme is no action."),
    "[shell]\nediting = 'emasc'": ("2:11", 'editing is "emacs" or "vi". Did you mean emacs?'),
    "[shell]\nhistory = -1": ("2:11", "history is a number of lines, or false to keep none."),
    "[shell]\nhistory = true": ("2:11", "history is a number of lines"),
    "[shell]\ntoolbar = 'on'": ("2:11", "toolbar is true or false."),
    "[shell]\npager = true": ("2:9", "pager is a command"),
    "[keys]\ndpeth = ['f2']": ("2:1", "dpeth is no action. Did you mean depth?"),
    "[keys]\ndepth = 'f2'": ("2:9", "the keys of depth are a list"),
    "[keys]\ndepth = [2]": ("2:9", "the keys of depth are a list"),
    "[keys]\nwire = ['f9',\n  # two\n  'f2']": ("4:3", "F2 is the key of depth as well as of wire."),
    "[keys]\ndepth = ['']": ("2:10", "a key has a name"),
    "keys.depth = ['f99']": ("1:15", "f99 is no key."),
    "keys = {wire = ['f9'], depth = ['f99']}": ("1:33", "f99 is no key."),
    "log = '''\ndepth = 7'''\ndepth = 7": ("3:9", "depth is one of 0, 1, 2."),
    '"d\\u0065pth" = 7': ("1:16", "depth is one of 0, 1, 2."),
    '"\\u001b[2J" = 7': ("1:1", "␛[2J is no key here."),
    "wire = 'off'\n\ndepth = \nera = 1982": ("3:9", "invalid value."),
    "depth = ": ("1:9", "invalid value."),
    "depth = 1\ndepth = 2": ("2:10", "cannot overwrite a value."),
    "wire = [": ("1:9", "invalid value."),
}


@pytest.mark.parametrize("text", WRONG)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_mistake_is_shown_where_it_is(text, end):
    place, says = WRONG[text]
    with pytest.raises(OptionError) as raised:
        parse(text.replace("\n", end).encode(), "config.toml")
    first, line, caret = str(raised.value).split("\n")
    assert first.startswith(f"config.toml:{place}: {says}")
    row, column = map(int, place.split(":"))
    margin = f"  {row} | "
    assert line.startswith(margin)
    assert line.removeprefix(margin) == text.split("\n")[row - 1]
    assert caret.index("^") == len(margin) + column - 1
    assert all(part.isprintable() for part in (first, line, caret))


def test_a_caret_stands_under_a_wide_character_and_a_tab():
    with pytest.raises(OptionError) as raised:
        parse("[keys]\n\tdepth = ['escape 日', 'f99']".encode(), "c")
    assert str(raised.value).endswith("  2 | ␉depth = ['escape 日', 'f99']\n    |                        ^")


def test_octets_that_are_no_text():
    with pytest.raises(OptionError, match=r"c:2:5: this octet is no UTF-8\.\n  2 | # a �\n    |     \^"):
        parse(b"depth = 1\r\n# a \xff b\n", "c")


@pytest.mark.parametrize("command", [["smtp"], ["run", "-"], ["serve"], ["explain", "250"], ["config"]])
def test_a_mistake_stops_every_command_that_has_options(config, capsys, command):
    config.write_text("dept = 2\n")
    assert cli.main(command) == 2
    out, errors = capsys.readouterr()
    assert out == ""
    assert errors.startswith(f"mailshell: {config}:1:1: dept is no key here.")


@pytest.mark.parametrize("command", [["--version"], ["paths"], ["completion", "zsh"], ["config", "init"]])
def test_a_mistake_stops_no_other_command(config, capsys, command, tmp_path):
    config.write_text("dept = 2\n")
    if command == ["config", "init"]:
        command += ["--config", str(tmp_path / "new" / "config.toml")]
    assert cli.main(command) == 0


def test_init_writes_a_file_that_changes_nothing_and_replaces_none(config, capsys):
    assert cli.main(["config", "init"]) == 0
    assert capsys.readouterr().out == f"Written: {config}\n"
    text = config.read_text(encoding="utf-8")
    assert parse(text.encode(), "c") == Config("c")
    config.write_text("depth = 2\n")
    assert cli.main(["config", "init"]) == 2
    assert "exists already" in capsys.readouterr().err
    assert config.read_text() == "depth = 2\n"


def test_the_comments_of_the_new_file_are_the_defaults(monkeypatch):
    monkeypatch.setenv("HOME", "/home/ann")
    text = re.sub(r"^#( # log| # state)? ", lambda found: (found[1] or "")[3:], configure.template(), flags=re.M)
    text = "\n".join(line for line in text.splitlines() if re.match(r"[\[\w-]+\]?( =|$)", line))
    read = parse(text.encode(), "c")
    given = options.DEFAULTS | {"plain": False, "ascii": False}
    files = {name: f"/home/ann/mailshell.{name}" for name in options.FILES}
    assert read.options == given | files
    assert read.shell == Shell()
    assert read.keys == {name: list(action.keys) for name, action in ACTIONS.items()}
    assert set(SHELL) == set(Shell._fields)


def test_show_prints_a_config_file_with_origins(config, capsys, monkeypatch):
    config.write_text('theme = "dark"\n[keys]\ndepth = []\n[shell]\nhistory = false\n')
    monkeypatch.setenv("MAILSHELL_WIRE", "off")
    assert cli.main(["config", "--depth", "2", "--log", "a \x1b"]) == 0
    text = capsys.readouterr().out
    shown = tomllib.loads(text)
    assert (shown["depth"], shown["wire"], shown["theme"], shown["log"]) == (2, "off", "dark", "a \x1b")
    assert (shown["keys"]["depth"], shown["keys"]["wire"], shown["shell"]["history"]) == ([], ["f3"], 0)
    for name, origin in {"depth": "--depth", "wire": "MAILSHELL_WIRE", "theme": str(config), "era": "default"}.items():
        assert re.search(rf"^{name} = \S+ +# {re.escape(origin)}$", text, re.M)
    assert "state" not in shown
