"""`mailshell doctor`: what may go wrong on this machine, and what to do about it. It changes nothing."""

import argparse
import json
import locale
import os
import shutil
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from typing import Literal, NamedTuple

from mailshell import __version__
from mailshell.mail.disk import check as check_state
from mailshell.mail.store import StateError
from mailshell.net.listen import PORTS, ListenError, Port
from mailshell.net.listen import check as check_port
from mailshell.protocols import PROTOCOLS
from mailshell.shell import setup
from mailshell.shell.config import Shell
from mailshell.shell.options import DEFAULTS, OptionError, plain_because, settle
from mailshell.shell.paths import config_file, history_file, paths
from mailshell.shell.text import safe
from mailshell.world.start import DEFAULT_HOST

SAMPLE = "CR LF as \u240d\u240a, a box as \u250c\u2500\u252c\u2500\u2510"


class Finding(NamedTuple):
    """One thing that was looked at. A `note` may surprise somebody; a `problem` is something that will not work."""

    level: Literal["ok", "note", "problem"]
    about: str
    says: str
    advice: str = ""


def main(args: argparse.Namespace) -> int:
    """Print the findings; exit status 0, 1 where there is a problem."""
    found = [*_options(args), *_terminal(args), *_versions(), *_folders(), *_history(args), *_state(args), *_ports()]
    for finding in found:
        if args.json:
            print(json.dumps(finding._asdict()))
        else:
            print("\n".join(_lines(finding, setup.view(args, sys.stdout).ascii)))
    return 1 if any(finding.level == "problem" for finding in found) else 0


def _lines(finding: Finding, ascii_only: bool) -> Iterator[str]:
    first, *more = finding.says.split("\n")
    yield safe(f"{finding.level:<8} {finding.about:<14} {first}", ascii_only=ascii_only)
    for line in (*more, *([f"-> {finding.advice}"] if finding.advice else [])):
        yield safe(f"{'':<23} {line}", ascii_only=ascii_only)


def _options(args: argparse.Namespace) -> Iterator[Finding]:
    """The config file and MAILSHELL_*; where they are wrong, flags and defaults hold for the rest of the findings."""
    try:
        settle(args)
    except OptionError as error:
        for name, value in {**DEFAULTS, "plain": False, "ascii": False, "state": None, "shell": Shell()}.items():
            setattr(args, name, getattr(args, name, value))
        args.depth = int(args.depth)
        yield Finding("problem", "options", str(error), "Correct it; until then no session starts.")
        return
    path = args.config or config_file()
    if args.no_config:
        yield Finding("ok", "config file", "not read, as --no-config asks")
    elif os.path.exists(path):
        yield Finding("ok", "config file", f"{path} is valid")
    else:
        yield Finding("ok", "config file", f"none; mailshell config init writes {path}")


def _terminal(args: argparse.Namespace) -> Iterator[Finding]:
    reason = plain_because(args)
    yield Finding("note" if reason else "ok", "mode", f"plain: {reason}" if reason else "interactive")
    size = shutil.get_terminal_size()
    terminal = f"TERM={os.environ.get('TERM', '')}, {size.columns} columns, {size.lines} lines"
    if size.columns < 80:
        yield Finding("note", "terminal", terminal, "Notes stand beside a line from 80 columns on; widen the window.")
    else:
        yield Finding("ok", "terminal", terminal)
    view = setup.view(args, sys.stdout)
    said = ", ".join(f"{name}={os.environ[name]}" for name in ("NO_COLOR", "COLORTERM") if os.environ.get(name))
    colors = f"{f'theme {view.theme.name}' if view.theme.tones else 'none'}, --color {args.color}"
    colors += f", {said}" if said else ""
    many = "256" in os.environ.get("TERM", "") or os.environ.get("COLORTERM")
    if any(tone[:1].isdecimal() for tone in view.theme.tones.values()) and not many:
        yield Finding(
            "note", "colours", colors, "This theme wants 256 colours; if it looks wrong, take --theme ansi16."
        )
    else:
        yield Finding("ok", "colours", colors)
    encoding = f"{sys.stdout.encoding}, locale {locale.setlocale(locale.LC_CTYPE)}"
    if view.ascii:
        advice = "Only ASCII is shown. For symbols and boxes set LANG=C.UTF-8."
        yield Finding("ok" if args.ascii else "note", "encoding", encoding, advice)
    else:
        yield Finding("ok", "encoding", f"{encoding}; you should see {SAMPLE}", "If you do not, take --ascii.")


def _versions() -> Iterator[Finding]:
    yield Finding("ok", "mailshell", f"{__version__}, Python {sys.version.split()[0]}, {sys.platform}")
    name = "prompt_toolkit"
    try:
        yield Finding("ok", name, version(name))
    except PackageNotFoundError:
        yield Finding("problem", name, "is not installed", "Install mailshell with pip, which brings it along.")


def _folders() -> Iterator[Finding]:
    for name, path in paths().items():
        about, variable = f"{name} folder", f"MAILSHELL_{name.upper()}_DIR"
        there = path
        while not os.path.exists(there) and os.path.dirname(there) != there:
            there = os.path.dirname(there)
        if not os.path.isdir(there or "."):
            yield Finding("problem", about, f"{path}: {there} is no folder", f"Set {variable}.")
        elif not os.access(there or ".", os.W_OK | os.X_OK):
            advice = f"Change its permissions, or set {variable}."
            yield Finding("problem", about, f"{path}: {there} may not be written", advice)
        else:
            yield Finding("ok", about, path if there == path else f"{path}, made when it is needed")


def _history(args: argparse.Namespace) -> Iterator[Finding]:
    if not (args.shell or Shell()).history:
        yield Finding("ok", "history", "none is kept, as the config file asks")
        return
    for name in PROTOCOLS:
        path = history_file(name)
        size = f"{os.path.getsize(path)} octets" if os.path.exists(path) else "nothing yet"
        yield Finding("ok", f"history {name}", f"{path}: {size}")


def _state(args: argparse.Namespace) -> Iterator[Finding]:
    if args.state is None:
        yield Finding("ok", "state file", "none: the mail is gone at the end; --state FILE keeps it")
        return
    try:
        check_state(args.state)
    except StateError as error:
        yield Finding("problem", "state file", str(error))
    else:
        there = "can be used" if os.path.exists(args.state) else "is made when it is needed"
        yield Finding("ok", "state file", f"{args.state} {there}")


def _ports() -> Iterator[Finding]:
    for name, number in PORTS.items():
        try:
            check_port(Port(DEFAULT_HOST, name, "127.0.0.1", number))
        except ListenError as error:
            yield Finding("note", f"port {number}", str(error))
        else:
            yield Finding("ok", f"port {number}", f"free, for {name}")
