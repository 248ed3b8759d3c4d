"""The config file: TOML with the options that most commands have, the keys, and what the shell is like."""

import os
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from mailshell.core.near import near
from mailshell.shell import options
from mailshell.shell.located import located
from mailshell.shell.options import OptionError
from mailshell.shell.paths import config_file
from mailshell.shell.text import safe


class Shell(NamedTuple):
    """What the table `shell` says.

    `editing` is as in `emacs` or `vi`; `history` is how many lines are kept, 0 for none; `toolbar` is the row below the
    line; `pager` is the program for long texts, empty for that of the environment.
    """

    editing: str = "emacs"
    history: int = 2000
    toolbar: bool = True
    pager: str = ""


Path = tuple[str | int, ...]
"""Leads to a value of the file: names, and the number of an element."""


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
    """What is wrong at a key of the file, or with `value` at its value, given by its path."""

    def __init__(self, path: Path, text: str, *, value: bool = True) -> None:
        super().__init__(text)
        self.path = path
        self.value = value


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
    from mailshell.core.toml import Document, TomlError

    try:
        document = Document(octets)
    except TomlError as error:
        raise OptionError(located(path, error.text, error.problem.offset, error.problem.says)) from None
    try:
        return _config(document.tree, path)
    except _Wrong as wrong:
        offset = (document.value if wrong.value else document.key)(wrong.path)
        raise OptionError(located(path, document.text, offset, str(wrong))) from None


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
        if name == "world" and options.is_file(said):
            return os.path.join(os.path.dirname(path), os.path.expanduser(said))
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
        path: Path = ("keys", fault.action)
        if fault.spec is None:
            raise _Wrong(path, str(fault), value=False) from None
        raise _Wrong((*path, table[fault.action].index(fault.spec)), str(fault)) from None
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
