"""The options that most commands have, and where their values come from: flag, MAILSHELL_*, config file, default.

The command line imports this before it knows what it will do, so it imports next to nothing itself.
"""

import argparse
import os
import sys
from collections.abc import Mapping

from mailshell.core.near import near
from mailshell.shell.paths import config_file

CHOICES: dict[str, tuple[tuple[str, ...], str]] = {
    "depth": (("0", "1", "2"), "0 the wire alone, 1 a note beside each line, 2 every field named"),
    "wire": (("off", "marks", "hex"), "line ends hidden, as marks, or with a hex dump of each line"),
    "color": (("auto", "always", "never"), "NO_COLOR is honoured"),
    "theme": (("ansi16", "dark", "light", "mono", "projector"), "colours for your background, or for a bright room"),
    "world": (("lecture", "discard", "empty", "big", "hostile"), "mailshell world list tells what each is"),
    "voice": (("modern", "classic"), "classic speaks as on the lecture's slides"),
    "policy": (("tolerant", "strict"), "strict refuses all that the standard forbids"),
    "era": (("1982", "1995", "2008", "today"), "the year whose protocols the server speaks"),
}
"""The values of each option, and what they do; a world may be a file as well."""

DEFAULTS: dict[str, str] = {
    "depth": "1",
    "wire": "marks",
    "color": "auto",
    "theme": "ansi16",
    "world": "lecture",
    "voice": "modern",
    "policy": "tolerant",
    "era": "today",
}
FLAGS = {"plain": "append-only lines, roles in words: for screen readers", "ascii": "no character beyond ASCII"}
FILES = {"log": "append what is shown to a file", "state": "keep the mail in this file"}

NARROW = 40
"""Columns below which only lines are written."""


class OptionError(Exception):
    """An option has a value that it cannot have. Its text may have several lines, and no terminal obeys it."""


def add(parser: argparse.ArgumentParser) -> None:
    """The options that most commands have."""
    # SUPPRESS: a flag before the subcommand holds when the subcommand does not repeat it.
    unset = argparse.SUPPRESS
    for name, (choices, text) in CHOICES.items():
        says = f"{text} (default {DEFAULTS[name]})"
        if name == "world":
            says = f"{', '.join(choices)}, or a file; {says}"
            parser.add_argument("--world", type=_world, metavar="NAME|FILE", default=unset, help=says)
        else:
            parser.add_argument(f"--{name}", choices=choices, default=unset, help=says)
    for name, text in FLAGS.items():
        parser.add_argument(f"--{name}", action=argparse.BooleanOptionalAction, default=unset, help=text)
    for name, text in FILES.items():
        parser.add_argument(f"--{name}", metavar="FILE", default=unset, help=text)
    parser.add_argument("--config", metavar="FILE", default=unset, help="read this instead of your config.toml")
    parser.add_argument("--no-config", action="store_true", default=unset, help="read no config file")


def _world(text: str) -> str:
    if fits("world", text):
        return text
    allowed = ", ".join(CHOICES["world"][0])
    raise argparse.ArgumentTypeError(f"invalid choice: {text!r} (choose from {allowed}, or a file)")


def is_file(world: str) -> bool:
    """Whether a world is named by its file: a path, or a name that ends as TOML files do."""
    return world.endswith(".toml") or os.sep in world


def fits(name: str, value: str) -> bool:
    """Whether an option that has choices may have a value."""
    return value in CHOICES[name][0] or (name == "world" and is_file(value))


def settle(args: argparse.Namespace) -> dict[str, str]:
    """Give every option its value, and `args.keys` and `args.shell` what the config file says about the shell.

    Without a file `args.shell` is None. The answer says of each option where its value comes from. Raises OptionError.
    """
    args.config = getattr(args, "config", None) or os.environ.get("MAILSHELL_CONFIG") or None
    args.no_config = getattr(args, "no_config", None) or _yes(os.environ.get("MAILSHELL_NO_CONFIG", ""))
    args.keys, args.shell = {}, None
    path, read = args.config or config_file(), dict[str, str | bool]()
    if not args.no_config and (args.config or os.path.exists(path)):
        from mailshell.shell import config

        found = config.read(args.config)
        args.keys, args.shell, path, read = found.keys, found.shell, found.path, dict(found.options)
    origins = {}
    for name in (*CHOICES, *FLAGS, *FILES):
        value, origins[name] = _value(args, name, read, path)
        setattr(args, name, value)
    args.depth = int(args.depth)
    return origins


def _value(
    args: argparse.Namespace, name: str, configured: Mapping[str, str | bool], path: str
) -> tuple[str | bool | None, str]:
    """The value of an option, and where it comes from."""
    variable = f"MAILSHELL_{name.upper()}"
    said = os.environ.get(variable, "")
    if getattr(args, name, None) is not None:
        value: str | bool = getattr(args, name)
        return value, f"--{name}" if value is not False else f"--no-{name}"
    if said:
        if name in CHOICES and not fits(name, said):
            from mailshell.shell.text import safe

            allowed = CHOICES[name][0]
            raise OptionError(f"{variable}={safe(said)}: choose from {', '.join(allowed)}.{near(said, allowed)}")
        return _yes(said) if name in FLAGS else said, variable
    if name in configured:
        return configured[name], path
    return DEFAULTS[name] if name in CHOICES else False if name in FLAGS else None, "default"


def _yes(text: str) -> bool:
    return text.lower() not in ("", "0", "no", "off", "false")


def plain_because(args: argparse.Namespace) -> str:
    """Why the front end is the plain one, in words; empty where the screen can be redrawn."""
    if args.plain:
        return "--plain, MAILSHELL_PLAIN or the config file asks for it"
    for name, stream in (("input", sys.stdin), ("output", sys.stdout)):
        if not stream.isatty():
            return f"standard {name} is no terminal"
    terminal = os.environ.get("TERM", "")
    if terminal in ("", "dumb", "unknown"):
        return f"TERM is {terminal or 'not set'}"
    try:
        columns = os.get_terminal_size(sys.stdout.fileno()).columns
    except (OSError, ValueError):  # it does not say
        return ""
    return f"the terminal has {columns} columns, and {NARROW} are wanted" if columns < NARROW else ""
