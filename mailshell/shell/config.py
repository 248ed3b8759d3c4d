"""The config file: TOML with the options that most commands have, the keys, and what the shell is like."""

import os
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

from mailshell.shell import options
from mailshell.shell.near import near
from mailshell.shell.options import OptionError
from mailshell.shell.paths import config_file
from mailshell.shell.text import safe, width


class Shell(NamedTuple):
    """What the table `shell` says.

    `editing` is as in `emacs` or `vi`; `history` is how many lines are kept, 0 for none; `toolbar` is the row below the
    line; `pager` is the program for long texts, empty for that of the environment.
    """

    editing: str = "emacs"
    history: int = 2000
    toolbar: bool = True
    pager: str = ""


class Config(NamedTuple):
    """What a config file says; `path` is empty where none was read."""

    path: str = ""
    options: Mapping[str, str | bool] = {}
    keys: Mapping[str, Sequence[str]] = {}
    shell: Shell = Shell()


_EDITING = ("emacs", "vi")
SHELL = {
    "editing": '"emacs" or "vi"',
    "history": "a number of lines, or false to keep none",
    "toolbar": "true or false",
    "pager": 'a command, such as "less -R"',
}
"""What each key of the table `shell` may be."""


class _Wrong(Exception):
    """What is wrong at a key of the file, given by its path: the key, its value, or `item`, one string of its list."""

    def __init__(self, path: tuple[str, ...], text: str, *, value: bool = True, item: str | None = None) -> None:
        super().__init__(text)
        self.path = path
        self.value = value
        self.item = item


def read(asked: str | None) -> Config:
    """Read the config file that was asked for, or the usual one where there is one; raises OptionError."""
    path = asked or config_file()
    try:
        with open(path, "rb") as file:
            octets = file.read()
    except OSError as error:
        if asked is None and isinstance(error, FileNotFoundError | NotADirectoryError):
            return Config()
        raise OptionError(f"{safe(path)}: {error.strerror}. --no-config reads no config file.") from None
    return parse(octets, path)


def parse(octets: bytes, path: str) -> Config:
    """What a config file says; raises OptionError, which names the line and the column."""
    import tomllib

    try:
        text = octets.decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        before = octets[: error.start].decode("utf-8").replace("\r\n", "\n")
        raise _located(path, before + "\ufffd", len(before), "this octet is no UTF-8.") from None
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        reason, _, place = str(error).partition(" (at ")
        raise _located(path, text, _offset(text, place), f"{reason[:1].lower()}{reason[1:]}.") from None
    try:
        return _config(tree, path)
    except _Wrong as wrong:
        raise _located(path, text, _find(text, wrong), str(wrong)) from None


def _config(tree: Mapping[str, Any], path: str) -> Config:
    known = (*options.CHOICES, *options.FLAGS, *options.FILES)
    values: dict[str, str | bool] = {}
    for name, value in tree.items():
        if name in known:
            values[name] = _option(name, value, path)
        elif name not in ("keys", "shell"):
            allowed = f"Allowed are {', '.join(known)} and the tables [keys] and [shell]."
            raise _Wrong((name,), f"{name} is no key here.{_meant(name, tree)} {allowed}", value=False)
        elif not isinstance(value, dict):
            raise _Wrong((name,), f"{name} is a table: write [{name}] on a line, and its keys below.")
    return Config(path, values, _keys(tree.get("keys", {})), _shell(tree.get("shell", {})))


def _meant(name: str, tree: Mapping[str, Any]) -> str:
    """What an unknown key may have meant; perhaps it stands outside of its table."""
    if name in SHELL:
        return f" It belongs into [shell], with {', '.join(SHELL)}."
    wanted = [*options.CHOICES, *options.FLAGS, *options.FILES]
    return near(name, ["keys", "shell"] if isinstance(tree[name], dict) else wanted)


def _option(name: str, value: Any, path: str) -> str | bool:
    if name in options.FLAGS:
        if isinstance(value, bool):
            return value
        raise _Wrong((name,), f"{name} is true or false.")
    if name in options.CHOICES:
        # depth = 2 and era = 1982 are numbers; the quotes may be there or not
        said = str(value) if type(value) in (str, int) else ""
        allowed = options.CHOICES[name][0]
        if said not in allowed:
            quoted = ", ".join(one if one.isdecimal() else f'"{one}"' for one in allowed)
            raise _Wrong((name,), f"{name} is one of {quoted}.{near(said, allowed)}")
        return said
    if not isinstance(value, str) or not value:
        raise _Wrong((name,), f'{name} is the name of a file, in quotes, such as "~/{name}".')
    return os.path.join(os.path.dirname(path), os.path.expanduser(value))


def _keys(table: Mapping[str, Any]) -> Mapping[str, Sequence[str]]:
    if not table:
        return {}
    from mailshell.shell.keys import ACTIONS, KeyFault, bindings

    for name, value in table.items():
        if name not in ACTIONS:
            continue  # told by `bindings`
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise _Wrong(("keys", name), f'the keys of {name} are a list, such as ["f2"], or [] for no key.')
    try:
        bindings(table)
    except KeyFault as fault:
        known = fault.spec is not None
        raise _Wrong(("keys", fault.action), str(fault), value=known, item=fault.spec) from None
    return table


def _shell(table: Mapping[str, Any]) -> Shell:
    made = Shell()
    for name, value in table.items():
        if name not in SHELL:
            option = name in (*options.CHOICES, *options.FLAGS, *options.FILES)
            hint = " Move it up, above the tables." if option else near(name, SHELL)
            text = f"{name} is no key of [shell].{hint} Allowed are {', '.join(SHELL)}."
            raise _Wrong(("shell", name), text, value=False)
        if name == "history" and value is False:
            value = 0
        if not _fits(name, value):
            hint = near(value, _EDITING) if name == "editing" and isinstance(value, str) else ""
            raise _Wrong(("shell", name), f"{name} is {SHELL[name]}.{hint}")
        made = made._replace(**{name: value})
    return made


def _fits(name: str, value: Any) -> bool:
    if name == "editing":
        return value in _EDITING
    if name == "history":
        return type(value) is int and value >= 0
    return isinstance(value, bool if name == "toolbar" else str)


def _offset(text: str, place: str) -> int:
    """Where `line 3, column 5)` is, as an index into the text; its end for `end of document)`."""
    numbers = re.findall(r"\d+", place)
    if not numbers:
        return len(text.rstrip("\n"))
    lines = text.split("\n")
    return sum(len(line) + 1 for line in lines[: int(numbers[0]) - 1]) + int(numbers[1]) - 1


def _find(text: str, wrong: _Wrong) -> int:
    """Where a key, its value, or a string of its list stands in a text that is valid TOML.

    The parser tells no positions. But a text that ends inside a key or a value is not valid, so a key stands between
    the last line up to which the text is valid without it, and the first line up to which it is valid with it.
    """
    import tomllib

    start = end = 0
    for line in text.split("\n"):
        end = min(end + len(line) + 1, len(text))
        with suppress(tomllib.TOMLDecodeError):
            if _holds(tomllib.loads(text[:end]), wrong.path):
                break
            start = end
    piece = text[start:end]
    name = rf"""(?<![\w-])["']?({re.escape(wrong.path[-1])})["']?"""
    key = re.search(rf"{name}\s*=\s*", piece) or re.search(name, piece)
    if key is None:  # written with an escape
        return start
    if not wrong.value:
        return start + key.start(1)
    return start + (piece.find(wrong.item, key.end()) if wrong.item else key.end())


def _holds(tree: Mapping[str, Any], path: tuple[str, ...]) -> bool:
    return path[0] in tree and (len(path) == 1 or _holds(tree[path[0]], path[1:]))


def _located(path: str, text: str, offset: int, reason: str) -> OptionError:
    """An error with the line, and a caret under its column."""
    start = text.rfind("\n", 0, offset) + 1
    row, line = text.count("\n", 0, offset) + 1, text[start:].partition("\n")[0]
    margin = " " * len(str(row))
    caret = " " * width(safe(text[start:offset])) + "^"
    return OptionError(
        f"{safe(path)}:{row}:{offset - start + 1}: {safe(reason)}\n  {row} | {safe(line)}\n  {margin} | {caret}"
    )
