"""The size, names and docstrings of the modules, and words that have no place in the repository."""

import ast
import io
import re
import subprocess
import tokenize
from collections.abc import Collection, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MODULES = {path.relative_to(ROOT).as_posix(): path for path in sorted((ROOT / "mailshell").rglob("*.py"))}

MODULE_LINES = 400  # a module stays under this
FUNCTION_LINES = 40  # and a function, signature and docstring counted
LAST_WORDS = {"manager", "handler", "utils", "base"}
LOOSE = ("mailshell/shell/", "mailshell/net/", "mailshell/mail/disk.py")  # Any, cast and ignored types are legal here
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX)\b")
FOREIGN = re.compile(
    r"(?<![\w.])/(work|root)/|/tmp/(dev|bash_jobs)\b|\.\./shared\b"  # paths of one machine
    r"|\b(pypi\.org|pythonhosted\.org|pypi\.python\.org)\b|--(extra-)?index-url|--find-links"  # package registries
)

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def definitions(tree: ast.AST) -> Iterator[Definition]:
    return (node for node in ast.walk(tree) if isinstance(node, Definition))


def oversized(source: str) -> Iterator[str]:
    if (count := len(source.splitlines())) >= MODULE_LINES:
        yield f"1: module of {count} lines"
    for node in definitions(ast.parse(source)):
        count = (node.end_lineno or node.lineno) - node.lineno + 1
        if not isinstance(node, ast.ClassDef) and count >= FUNCTION_LINES:
            yield f"{node.lineno}: {node.name} has {count} lines"


def protocol_members(source: str) -> set[str]:
    """The methods that a Protocol of this module documents; a method of that name elsewhere only keeps its promise."""
    return {
        member.name
        for node in definitions(ast.parse(source))
        if isinstance(node, ast.ClassDef) and any("Protocol" in ast.unparse(base) for base in node.bases)
        for member in node.body
        if isinstance(member, ast.FunctionDef | ast.AsyncFunctionDef) and ast.get_docstring(member)
    }


def undocumented(source: str, promised: Collection[str]) -> Iterator[str]:
    """Public modules, classes, functions and methods without a docstring, but for methods named in `promised`."""
    tree = ast.parse(source)
    if not ast.get_docstring(tree):
        yield "1: the module has no docstring"
    inside: list[tuple[ast.Module | ast.ClassDef, ast.stmt]] = [(tree, node) for node in tree.body]
    for owner, node in inside:
        if not isinstance(node, Definition) or node.name.startswith("_"):
            continue
        if isinstance(node, ast.ClassDef):
            inside += [(node, member) for member in node.body]
        keeps_promise = isinstance(owner, ast.ClassDef) and node.name in promised
        repeats = any(ast.unparse(mark).endswith(("overload", ".setter")) for mark in node.decorator_list)
        if not ast.get_docstring(node) and not keeps_promise and not repeats:
            yield f"{node.lineno}: {node.name} has no docstring"


def badly_named(path: str, source: str) -> Iterator[str]:
    names = [(1, Path(path).stem), *((node.lineno, node.name) for node in definitions(ast.parse(source)))]
    for line, name in names:
        last = re.split(r"_|(?<=[a-z0-9])(?=[A-Z])", name)[-1].lower()
        if last in LAST_WORDS:
            yield f"{line}: {name} says nothing by its last word"


def loosely_typed(source: str) -> Iterator[str]:
    """Uses of typing's `Any` and `cast`, and comments that silence the type checker."""
    tree = ast.parse(source)
    plain = [alias for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    typing = {alias.asname or alias.name for alias in plain if alias.name == "typing"}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "typing":
            yield from (f"{node.lineno}: {alias.name}" for alias in node.names if alias.name in {"Any", "cast"})
        elif isinstance(node, ast.Attribute) and node.attr in {"Any", "cast"} and ast.unparse(node.value) in typing:
            yield f"{node.lineno}: {node.attr}"
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT and re.search(r"type:\s*ignore|mypy:", token.string):
            yield f"{token.start[0]}: {token.string}"


def matching_lines(text: str, pattern: re.Pattern[str]) -> Iterator[str]:
    return (f"{number}: {line}" for number, line in enumerate(text.splitlines(), 1) if pattern.search(line))


def text_files() -> Iterator[tuple[str, str]]:
    """Name and text of every file that git knows or would add, this one left out."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listing = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout")
    for name in sorted({name for name in listing.decode().split("\0") if name}):
        path = ROOT / name
        if path.is_file() and path != Path(__file__) and b"\0" not in (octets := path.read_bytes()):
            yield name, octets.decode(errors="replace")


PROMISED = {"run"}.union(*(protocol_members(path.read_text(encoding="utf-8")) for path in MODULES.values()))


@pytest.mark.parametrize("name", MODULES)
def test_module(name):
    source = MODULES[name].read_text(encoding="utf-8")
    found = [*oversized(source), *badly_named(name, source), *matching_lines(source, UNFINISHED)]
    if not MODULES[name].stem.startswith("_") or MODULES[name].stem.endswith("__"):
        found += undocumented(source, PROMISED)
    if not name.startswith(LOOSE):
        found += loosely_typed(source)
    assert found == []


def test_no_file_names_a_machine_or_a_registry():
    found = [f"{name}:{line}" for name, text in text_files() for line in matching_lines(text, FOREIGN)]
    assert found == []


# The checks themselves, on made-up sources.


def test_sizes():
    body = "def f():\n" + "    pass\n" * (FUNCTION_LINES - 2)
    assert list(oversized(body)) == []
    assert list(oversized(body + "    pass\n")) == ["1: f has 40 lines"]
    assert list(oversized("x = 1\n" * (MODULE_LINES - 1))) == []
    assert list(oversized("x = 1\n" * MODULE_LINES)) == ["1: module of 400 lines"]


def test_docstrings():
    assert list(undocumented("", [])) == ["1: the module has no docstring"]
    source = (
        '"""M."""\nclass A:\n    """A."""\n    def __len__(self): ...\n    def _x(self): ...\n    def run(self): ...\n'
    )
    assert list(undocumented(source, ["run"])) == []
    assert list(undocumented(source, [])) == ["6: run has no docstring"]
    assert list(undocumented('"""M."""\ndef run():\n    def inner(): ...\n', ["run"])) == ["2: run has no docstring"]
    assert list(undocumented('"""M."""\nclass _A:\n    def f(self): ...\n', [])) == []
    assert protocol_members('class C(Protocol):\n    def now(self):\n        """Now."""\n    def x(self): ...\n') == {
        "now"
    }


@pytest.mark.parametrize("name", ["class SessionManager", "class Base", "class CardBase", "def text_utils()"])
def test_a_name_that_says_nothing(name):
    assert len(list(badly_named("mailshell/core/line.py", f"{name}: ..."))) == 1
    assert len(list(badly_named("mailshell/core/utils.py", ""))) == 1
    assert list(badly_named("mailshell/core/line.py", "class Database: ...")) == []


@pytest.mark.parametrize(
    "source",
    [
        "from typing import Any",
        "import typing as t\nx: t.Any",
        "import typing\ntyping.cast(int, x)",
        "x = y  # type: ignore",
    ],
)
def test_loose_types(source):
    assert len(list(loosely_typed(source))) == 1


def test_tight_types():
    assert list(loosely_typed('from typing import Literal\ncast = "Any"  # a type\nx = "# type: ignore"')) == []


@pytest.mark.parametrize("line", ["see /work/main", "cd ../shared", "/tmp/dev/bin/ruff", "pip install --index-url x"])
def test_a_machine_is_named(line):
    assert list(matching_lines(f"fine\n{line}\n", FOREIGN)) == [f"2: {line}"]
    assert list(matching_lines("network/work/ /framework/ /tmp/device tests/root/", FOREIGN)) == []
