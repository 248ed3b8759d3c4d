"""`mailshell config`: what holds and where it comes from, as a config file; and a config file to begin with."""

import argparse
import json
import os
import sys
from collections.abc import Mapping

from mailshell.shell.config import SHELL, Config, Shell
from mailshell.shell.keys import ACTIONS, bindings
from mailshell.shell.options import CHOICES, DEFAULTS, FILES, FLAGS, settle
from mailshell.shell.paths import config_file
from mailshell.shell.text import safe

_HEAD = """\
# The config file of mailshell. A line without its first # counts; here each shows what holds without it.
# A flag, and then MAILSHELL_DEPTH and so on in the environment, counts more than this file.
# A key is f2, c-a for Ctrl-A, escape a for Alt-A, c-x c-e for one after the other; [] is no key at all.
# The name of a file starts at the folder of this file, unless it begins with / or ~.

"""


def main(args: argparse.Namespace) -> int:
    """Print what holds, or write a file; exit status 0, 2 where the file is there already; raises OptionError."""
    if args.action == "init":
        return _init(args)
    origins = settle(args)
    values = {name: getattr(args, name) for name in origins}
    for line in "\n".join(_document(values, origins, Config(keys=args.keys, shell=args.shell or Shell()))).split("\n"):
        print(safe(line))
    return 0


def _init(args: argparse.Namespace) -> int:
    path = getattr(args, "config", None) or config_file()
    if folder := os.path.dirname(path):
        os.makedirs(folder, mode=0o700, exist_ok=True)  # the mode that the XDG specification asks for
    try:
        with open(path, "x", encoding="utf-8") as file:
            file.write(template())
    except FileExistsError:
        print(f"mailshell: {path} exists already and was left as it is.", file=sys.stderr)
        return 2
    print(f"Written: {path}")
    return 0


def template() -> str:
    """A config file in which every key is a comment with its default."""
    values: dict[str, str | bool | None] = {**DEFAULTS, **dict.fromkeys(FLAGS, False), **dict.fromkeys(FILES)}
    notes = {name: f"{', '.join(choices)}: {text}" for name, (choices, text) in CHOICES.items()} | FLAGS | FILES
    lines = _document(values, notes, Config())
    return _HEAD + "".join(f"# {line}\n" if line[:1].isalpha() else f"{line}\n" for line in lines)


def _document(values: Mapping[str, str | bool | None], notes: Mapping[str, str], config: Config) -> list[str]:
    """A config file as lines: options with a note each, then the tables. An option without a value is a comment."""
    rows = []
    for name, value in values.items():
        number = name in CHOICES and str(value).isdecimal()
        written = str(value) if number else _toml(f"~/mailshell.{name}" if value is None else value)
        rows.append((f"{'# ' if value is None else ''}{name} = {written}", notes[name]))
    rows.append(("\n[shell]", ""))
    rows += [(f"{name} = {_toml(value)}", SHELL[name]) for name, value in config.shell._asdict().items()]
    rows.append(("\n[keys]", ""))
    for name, keys in bindings(config.keys).items():
        rows.append((f"{name} = {_toml([' '.join(key) for key in keys])}", ACTIONS[name].says))
    return [f"{left:<30}  # {note}" if note else left for left, note in rows]


def _toml(value: object) -> str:
    """A value as TOML writes it, whose strings, lists of them, numbers and truth values look as in JSON."""
    return json.dumps(value, ensure_ascii=False)
