"""The completion scripts: pinned, and tried in the shells that this machine has."""

import os
import select
import shutil
import subprocess
from pathlib import Path

import pytest

from mailshell import cli
from mailshell.shell.completion import _parts

ROOT = Path(__file__).parents[1]
GOLDEN = Path(__file__).parent / "completion"
SHELLS = ("bash", "zsh", "fish")

WANTED = {
    "": {
        "learn",
        "smtp",
        "pop3",
        "imap",
        "demo",
        "run",
        "serve",
        "explain",
        "export",
        "table",
        "world",
        "lesson",
        "paths",
        "config",
        "doctor",
        "completion",
        "help",
    },
    "s": {"smtp", "serve"},
    "--depth 2 s": {"smtp", "serve"},
    "smtp ": {"lancs.uk", "nyu.edu", "someschool.edu"},
    "smtp --depth ": {"0", "1", "2"},
    "smtp --theme m": {"mono"},
    "smtp --pol": {"--policy"},
    "serve --host ny": {"nyu.edu"},
    "serve --bind ": set(),
    "run READ": {"README.md"},
    "run --log READ": {"README.md"},
    "explain 250 READ": {"README.md"},
    "smtp --world READ": {"README.md"},
    "smtp --world hos": {"hostile"},
    "table ": {"smtp", "pop3", "imap"},
    "world s": {"show"},
    "world check READ": {"README.md"},
    "lesson n": {"new"},
    "lesson check READ": {"README.md"},
    "lesson check --wa": {"--watch"},
    "config ": {"show", "init"},
    "completion z": {"zsh"},
}
"""What may stand at the end of a line, after `mailshell`."""


@pytest.fixture
def script(capsys, tmp_path):
    """The path of the script for a shell, as the command prints it."""

    def write(shell):
        assert cli.main(["completion", shell]) == 0
        path = tmp_path / f"mailshell.{shell}"
        path.write_text(capsys.readouterr().out, encoding="utf-8")
        return path

    return write


@pytest.mark.parametrize("shell", SHELLS)
def test_the_scripts_are_pinned(shell, script, update):
    golden = GOLDEN / f"mailshell.{shell}"
    if update:
        golden.write_bytes(script(shell).read_bytes())
    assert script(shell).read_text(encoding="utf-8") == golden.read_text(encoding="utf-8")


def test_an_option_means_the_same_in_every_command():
    seen: dict[str, object] = {}
    for part in _parts(cli._parser(None)):
        for option in part.options:
            for name in option.names:
                words = option.value and (option.value.words, option.value.files)
                assert seen.setdefault(name, words) == words, f"{part.name} {name}: bash would offer the wrong values"


def ran(shell, *command):
    """What a shell prints; the test is skipped where the shell is not there."""
    path = shutil.which(shell)
    if path is None:
        pytest.skip(f"{shell} is not installed")
    home = os.environ | {"HOME": "/nowhere", "TERM": "dumb"}
    done = subprocess.run([path, *command], cwd=ROOT, env=home, capture_output=True, text=True, timeout=60)
    assert done.stderr == ""
    assert done.returncode == 0
    return done.stdout


@pytest.mark.process
def test_bash(script):
    lines = ["source " + str(script("bash")), "complete -p mailshell", "compopt() { :; }"]
    for text in (*WANTED, "smtp --depth = ", "smtp --depth = 2", "run - "):
        words = [*text.split(), ""] if text.endswith(" ") or not text else text.split()
        words = ["=" if word == "=" and words[-1] != "" else word for word in words]
        lines += [
            f"COMP_WORDS=(mailshell {' '.join(repr(word) for word in words)}); COMP_CWORD={len(words)}; _mailshell",
            'echo "${COMPREPLY[*]}"',
        ]
    registered, *found = ran("bash", "--norc", "-c", "\n".join(lines)).splitlines()
    assert registered == "complete -F _mailshell mailshell"
    assert [set(line.split()) for line in found] == [*WANTED.values(), {"0", "1", "2"}, {"2"}, set()]


@pytest.mark.process
def test_fish(script):
    path = script("fish")
    lines = [f"source {path}"]
    for text in WANTED:
        lines += [f"complete -C 'mailshell {text}'", "echo ===="]
    found = ran("fish", "--no-config", "-c", "\n".join(lines)).split("====\n")[:-1]
    assert [{line.split("\t")[0] for line in each.splitlines()} for each in found] == list(WANTED.values())


@pytest.mark.process
def test_zsh(script, tmp_path):
    """zsh completes only while somebody types, so somebody does: each line, and Tab until it has its only choice."""
    zsh = shutil.which("zsh")
    if zsh is None:
        pytest.skip("zsh is not installed")
    import ptyprocess

    (tmp_path / ".zshrc").write_text(
        f"PROMPT=; autoload -Uz compinit; compinit -u -D; source {script('zsh')}\n"
        "show() { print -r -- \"<<$BUFFER>>\"; BUFFER=; CURSOR=0 }; zle -N show; bindkey '^T' show; echo ready\n"
    )
    environment = os.environ | {"ZDOTDIR": str(tmp_path), "TERM": "dumb"}
    process = ptyprocess.PtyProcess.spawn([zsh, "-i"], cwd=ROOT, env=environment, dimensions=(50, 200))
    try:
        seen = until(process, b"ready")
        for text, words in WANTED.items():
            if len(words) == 1:
                process.write(f"mailshell {text}\t\x14".encode())
                seen = until(process, b">>")
                line = seen.decode().rpartition("<<")[2].partition(">>")[0]
                assert line.rstrip(" =") == f"mailshell {text.rpartition(' ')[0]} {words.copy().pop()}".replace(
                    "  ", " "
                )
    finally:
        process.terminate(force=True)


def until(process, mark):
    """What a terminal shows, up to a mark."""
    seen = b""
    while mark not in seen:
        assert select.select([process.fd], [], [], 30)[0], f"{mark!r} does not come after {seen!r}"
        seen += process.read(4096)
    return seen
