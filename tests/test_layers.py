"""Who may import whom: every import of every module is read from its source and held against one table."""

import ast
import sys
from collections.abc import Collection, Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

BASIS = {"core", "mail"}
PROTOCOLS = {"smtp", "pop3", "imap", "http"}
ENGINES = BASIS | {"protocols", "world"}  # the protocols themselves only through `protocols`
FRONTS = {"lesson", "demo", "net"}

# The parts of mailshell, each a package or a module, and which others it may import; itself always.
MAY_IMPORT: dict[str, set[str]] = {
    "__init__": set(),
    "core": set(),
    "mail": {"core"},
    "smtp": BASIS,
    "pop3": BASIS,
    "imap": BASIS,
    "http": BASIS,
    "protocols": BASIS | PROTOCOLS,
    "world": BASIS | {"protocols", "smtp"},  # hosts send mail on, as SMTP clients
    "lesson": ENGINES,
    "demo": ENGINES,
    "net": ENGINES,
    "shell": ENGINES | FRONTS | {"__init__"},
    "cli": ENGINES | FRONTS | {"shell", "__init__"},
    "__main__": {"cli"},
}

THIRD_PARTY = {"prompt_toolkit"}  # only in shell
# Sockets, and what opens sockets: only in net and in the shell's app.
NETWORK = ("asyncio", "socket", "ssl", "socketserver", "smtplib", "poplib", "imaplib", "http.client", "urllib.request")
# What differs from run to run: not in the engines, which get it from their host.
OUTSIDE = (
    *("time", "datetime", "random", "secrets", "uuid"),
    *("os.environ", "os.environb", "os.getenv", "os.getenvb", "os.urandom", "os.getrandom"),
)


def imports(tree: ast.AST, package: str) -> Iterator[tuple[int, str, str, str]]:
    """Line, absolute dotted name imported, the local name it gets, and what that local name stands for."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                first = alias.name.partition(".")[0]
                yield node.lineno, alias.name, alias.asname or first, alias.name if alias.asname else first
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: package.count(".") + 2 - node.level] if node.level else []
            source = ".".join([*above, *([node.module] if node.module else [])])
            for alias in node.names:
                yield node.lineno, f"{source}.{alias.name}", alias.asname or alias.name, f"{source}.{alias.name}"


def dotted(node: ast.expr, bound: dict[str, str]) -> str:
    """The absolute name of `a.b.c` where `a` was imported, else the empty string."""
    if isinstance(node, ast.Attribute):
        owner = dotted(node.value, bound)
        return owner and f"{owner}.{node.attr}"
    return bound.get(node.id, "") if isinstance(node, ast.Name) else ""


def references(tree: ast.AST, package: str) -> set[tuple[int, str]]:
    """Line and absolute name of everything that is imported, or reached by a dot from something imported."""
    found = list(imports(tree, package))
    bound = {local: meaning for _, _, local, meaning in found}
    names = {(line, name) for line, name, _, _ in found}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and (name := dotted(node, bound)):
            names.add((node.lineno, name))
        elif isinstance(node, ast.Name) and node.id == "__import__":
            names.add((node.lineno, "importlib.import_module"))
    return names


def part_of(name: str, modules: Collection[str]) -> str:
    """The part of mailshell that `mailshell.core.cursor.Cursor` belongs to: `core`."""
    second = [*name.split("."), ""][1]
    return second if second in MAY_IMPORT or f"mailshell.{second}" in modules else "__init__"


def within(name: str, roots: Collection[str]) -> bool:
    return any(name == root or name.startswith(root + ".") for root in roots)


def takes_private(module: str, name: str, modules: Collection[str]) -> bool:
    """Is part of `name` a private name of another module? A package's private module is open to that package."""
    words = name.split(".")
    for count, word in enumerate(words):
        owner = ".".join(words[:count])
        if word.startswith("_") and not word.endswith("__") and owner in modules:
            return owner == "mailshell" or not within(module, [owner])
    return False


def faults(module: str, name: str, modules: Collection[str]) -> Iterator[str]:
    """What is wrong with a use of `name` in `module`."""
    here, first = part_of(module, modules), name.partition(".")[0]
    if first == "mailshell":
        there = part_of(name, modules)
        if there != here and there not in MAY_IMPORT[here]:
            yield f"{here} may not import {there}"
        if takes_private(module, name, modules):
            yield f"{name} is private"
    elif first not in sys.stdlib_module_names:
        if first not in THIRD_PARTY:
            yield f"{first} is not a dependency of mailshell"
        elif here != "shell":
            yield f"{first} belongs in shell only"
    if within(name, NETWORK) and here != "net" and module != "mailshell.shell.app":
        yield f"{name} belongs in net and shell/app.py only"
    if within(name, OUTSIDE) and here in ENGINES | PROTOCOLS:
        yield f"{name} is not for {here}: time, chance and settings come from the host"
    if within(name, ["importlib.import_module"]):
        yield "an import by a computed name cannot be checked"


def check(module: str, source: str, modules: Collection[str], is_package: bool = False) -> list[str]:
    """Every violation in one module, as `module:line: what`, in the order of the lines."""
    if part_of(module, modules) not in MAY_IMPORT:
        return [f"{module}: the table does not know this part of mailshell"]
    package = module if is_package else module.rpartition(".")[0]
    found = {
        (line, fault)
        for line, name in references(ast.parse(source), package)
        for fault in faults(module, name, modules)
    }
    return [f"{module}:{line}: {fault}" for line, fault in sorted(found)]


def module_name(path: Path) -> str:
    """`mailshell.core` for mailshell/core/__init__.py; `mailshell.__main__` keeps its name."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


FILES = {module_name(path): path for path in sorted((ROOT / "mailshell").rglob("*.py"))}


@pytest.mark.parametrize("module", FILES)
def test_imports(module):
    path = FILES[module]
    assert check(module, path.read_text(encoding="utf-8"), FILES, path.name == "__init__.py") == []


def test_the_table_is_closed_and_has_no_cycle():
    assert set().union(*MAY_IMPORT.values()) <= MAY_IMPORT.keys()
    assert set(TopologicalSorter(MAY_IMPORT).static_order()) == MAY_IMPORT.keys()


# The checker itself, on made-up sources.

TREE = {"mailshell", "mailshell.core", "mailshell.core.cursor", "mailshell.core._words", "mailshell.mail"}
TREE |= {"mailshell.smtp", "mailshell.smtp.session", "mailshell.smtp.commands", "mailshell.smtp.commands.mail"}
TREE |= {"mailshell.extra", "mailshell.extra.thing"}

BAD = [
    ("mailshell.core.cursor", "from mailshell.mail import host", "core may not import mail"),
    ("mailshell.core.cursor", "import mailshell.mail.host", "core may not import mail"),
    ("mailshell.core.cursor", "from mailshell import mail", "core may not import mail"),
    ("mailshell.core.cursor", "from .. import mail", "core may not import mail"),
    ("mailshell.core.cursor", "from ..mail import host", "core may not import mail"),
    ("mailshell.core.cursor", "import mailshell.core\nmailshell.mail.host", "core may not import mail"),
    ("mailshell.core.cursor", "from mailshell import __version__", "core may not import __init__"),
    ("mailshell.core.cursor", "def f():\n    from mailshell.smtp import session", "core may not import smtp"),
    ("mailshell.core.cursor", "if TYPE_CHECKING:\n    import mailshell.net", "core may not import net"),
    ("mailshell.mail.host", "from mailshell.world import World", "mail may not import world"),
    ("mailshell.smtp.session", "from mailshell.imap import session", "smtp may not import imap"),
    ("mailshell.http.session", "from mailshell.smtp import client", "http may not import smtp"),
    ("mailshell.smtp.commands.mail", "from ...protocols import PROTOCOLS", "smtp may not import protocols"),
    ("mailshell.protocols", "from mailshell.world import World", "protocols may not import world"),
    ("mailshell.world.relay", "from mailshell.pop3 import session", "world may not import pop3"),
    ("mailshell.world.relay", "from mailshell.net import listen", "world may not import net"),
    ("mailshell.lesson.check", "from mailshell.shell import render", "lesson may not import shell"),
    ("mailshell.net.listen", "from mailshell.lesson import run", "net may not import lesson"),
    ("mailshell.shell.plain", "from mailshell.cli import main", "shell may not import cli"),
    ("mailshell.shell.logs", "from mailshell.smtp.responses import read_line", "shell may not import smtp"),
    ("mailshell.__main__", "from mailshell.core import record", "__main__ may not import core"),
    ("mailshell", "from mailshell.core import record", "__init__ may not import core"),
    ("mailshell.shell.plain", "from mailshell import extra", "shell may not import extra"),
    ("mailshell.world.relay", "import asyncio", "asyncio belongs in net"),
    ("mailshell.shell.plain", "from socket import AF_INET", "socket.AF_INET belongs in net"),
    ("mailshell.cli", "def f():\n    import ssl", "ssl belongs in net"),
    ("mailshell.world.relay", "import smtplib", "smtplib belongs in net"),
    ("mailshell.world.relay", "import http.client", "http.client belongs in net"),
    ("mailshell.cli", "import prompt_toolkit.keys", "prompt_toolkit belongs in shell"),
    ("mailshell.net.listen", "from prompt_toolkit import Application", "prompt_toolkit belongs in shell"),
    ("mailshell.shell.app", "import yaml", "yaml is not a dependency"),
    ("mailshell.core.clock", "import time", "time is not for core"),
    ("mailshell.core.clock", "from datetime import datetime", "datetime.datetime is not for core"),
    ("mailshell.mail.host", "import random as chance", "random is not for mail"),
    ("mailshell.smtp.session", "from uuid import uuid4", "uuid.uuid4 is not for smtp"),
    ("mailshell.pop3.session", "import secrets", "secrets is not for pop3"),
    ("mailshell.world.relay", "import time", "time is not for world"),
    ("mailshell.mail.disk", "import os\nos.environ['HOME']", "os.environ is not for mail"),
    ("mailshell.mail.disk", "import os as system\nsystem.getenv('HOME')", "os.getenv is not for mail"),
    ("mailshell.mail.disk", "from os import environ", "os.environ is not for mail"),
    ("mailshell.smtp.session", "from mailshell.core.cursor import _peek", "mailshell.core.cursor._peek is private"),
    ("mailshell.smtp.session", "from mailshell.core import _words", "mailshell.core._words is private"),
    ("mailshell.smtp.session", "import mailshell.core._words", "mailshell.core._words is private"),
    ("mailshell.smtp.session", "from mailshell.core import cursor\ncursor._peek()", "cursor._peek is private"),
    ("mailshell.smtp.session", "import mailshell.core.cursor as c\nc._peek()", "cursor._peek is private"),
    ("mailshell.smtp.session", "import mailshell.core.cursor\nmailshell.core.cursor._peek", "cursor._peek is private"),
    ("mailshell.smtp.commands.mail", "from ..session import _move", "mailshell.smtp.session._move is private"),
    ("mailshell.smtp.session", "import importlib\nimportlib.import_module(name)", "computed name"),
    ("mailshell.smtp.session", "from importlib import import_module", "computed name"),
    ("mailshell.smtp.session", "__import__(name)", "computed name"),
    ("mailshell.extra.thing", "import sys", "the table does not know"),
]

GOOD = [
    ("mailshell.core.cursor", "import re\nfrom collections.abc import Mapping\nfrom __future__ import annotations"),
    ("mailshell.core.cursor", "from . import _words\nfrom ._words import every\n_words.every()"),
    ("mailshell.mail.disk", "import os\nimport sqlite3\nos.fsync(0)\nos.path.join('a', 'b')"),
    (
        "mailshell.smtp.commands.mail",
        "from ..grammar import path\nfrom ...core import cursor\nfrom ...mail.host import Host",
    ),
    ("mailshell.smtp.session", "from mailshell.core.record import Exchange\nExchange._make(())"),
    ("mailshell.protocols", "from mailshell.imap import session\nfrom mailshell import smtp"),
    ("mailshell.world.relay", "from mailshell.protocols import PROTOCOLS"),
    ("mailshell.net.listen", "import asyncio, ssl, socket, time, os\nos.environ\nfrom mailshell.world import World"),
    (
        "mailshell.shell.app",
        "import asyncio\nfrom prompt_toolkit import Application\nfrom mailshell import __version__",
    ),
    ("mailshell.shell.theme", "import prompt_toolkit.keys\nfrom mailshell.lesson import run\nimport os\nos.environ"),
    ("mailshell.cli", "def main():\n    from mailshell import __version__\n    from mailshell.shell import plain"),
    ("mailshell.__main__", "from mailshell.cli import main"),
]


@pytest.mark.parametrize(("module", "source", "message"), BAD)
def test_a_violation_is_found(module, source, message):
    assert any(message in line for line in check(module, source, TREE))


@pytest.mark.parametrize(("module", "source"), GOOD)
def test_a_legal_import_passes(module, source):
    assert check(module, source, TREE) == []


def test_a_relative_import_in_a_package_starts_at_the_package():
    assert check("mailshell.smtp", "from .session import Session\nfrom ..core import cursor", TREE, True) == []
    assert check("mailshell.smtp", "from ..world import World", TREE, True) == [
        "mailshell.smtp:1: smtp may not import world"
    ]
