"""README.md: its two commands, its tree of the packages, and its transcript."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
START = "python3 -m venv .venv && .venv/bin/pip install . && .venv/bin/mailshell"
TEST = "python3 -m venv .venv && .venv/bin/pip install -e '.[test]' && .venv/bin/pytest"
ENTRY = re.compile(r"(?P<path>\S*/\S*|\S+\.\w+)(?:\s{2,}\S.*)?")


def fenced_blocks(text: str) -> list[list[str]]:
    """The lines of each fenced block, in order."""
    blocks: list[list[str]] = []
    inside = False
    for line in text.splitlines():
        if line.startswith("```"):
            inside = not inside
            if inside:
                blocks.append([])
        elif inside:
            blocks[-1].append(line)
    assert not inside, "a fenced block is not closed"
    return blocks


def tree_paths(blocks: list[list[str]]) -> list[str]:
    """The paths of the one block that begins with `mailshell/`: the first word of each line that is not indented."""
    trees = [block for block in blocks if block and block[0].startswith("mailshell/")]
    assert len(trees) == 1, "the README has one block whose first line begins with mailshell/"
    paths = []
    for line in trees[0]:
        if line and not line.startswith(" "):
            entry = ENTRY.fullmatch(line)
            assert entry, f"not a line of the form `mailshell/core/   text`: {line}"
            paths.append(entry["path"])
    return paths


def readme_blocks() -> list[list[str]]:
    return fenced_blocks((ROOT / "README.md").read_text(encoding="utf-8"))


def test_both_commands_stand_on_a_line_of_their_own():
    lines = [line for block in readme_blocks() for line in block]
    assert lines.count(START) == 1
    assert [line for line in lines if line.endswith(".venv/bin/pytest")] == [TEST]


def test_the_tree_names_only_paths_that_exist():
    paths = tree_paths(readme_blocks())
    assert [path for path in paths if not (ROOT / path).exists()] == []
    assert [path for path in paths if (ROOT / path).is_dir() and not path.endswith("/")] == []
    assert len(paths) == len(set(paths))


def test_the_tree_names_every_package():
    packages = {f"mailshell/{init.parent.name}/" for init in (ROOT / "mailshell").glob("*/__init__.py")}
    assert packages - set(tree_paths(readme_blocks())) == set()


@pytest.mark.process
def test_the_transcript_is_what_the_program_prints():
    (block,) = [block for block in readme_blocks() if block and block[0].startswith("-- greeting")]
    typed = [line[3:].partition("␍␊")[0] for line in block if line.startswith("C: ")]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAILSHELL_")}
    done = subprocess.run(
        [sys.executable, "-m", "mailshell", "smtp"],
        cwd=ROOT,
        env=environment | {"PYTHONIOENCODING": "utf-8"},
        input="".join(f"{line}\n" for line in typed).encode(),
        capture_output=True,
        timeout=20,
    )
    assert done.stdout.decode().splitlines() == block
    assert (done.returncode, done.stderr) == (0, b"")


def test_reading_a_tree():
    tree = "mailshell/core/   what all share\n  and more\n\nlessons/\nREADME.md  this\n"
    text = f"```\nmailshell smtp\n```\n\n```text\n{tree}```\n"
    assert tree_paths(fenced_blocks(text)) == ["mailshell/core/", "lessons/", "README.md"]
