"""Typed reading of a table of a file: each key is asked for once, and what is wrong is noted, not raised."""

from collections.abc import Callable, Collection, Mapping
from typing import NamedTuple, TypeVar

from mailshell.core.clock import DAY, duration
from mailshell.core.near import near
from mailshell.core.toml import Path

_T = TypeVar("_T")
ENOUGH = 50
"""Mistakes, after which nobody wants to hear of more."""

_LONGEST = 36_500 * DAY


class Complaint(NamedTuple):
    """What is wrong at a key of a file, or with `value` at its value; one that is not `grave` is a hint."""

    path: Path
    says: str
    value: bool = True
    grave: bool = True


class Fields:
    """One table. A key that is wrong reads as its default; a key that has no default must be there.

    `what` names the table in sentences, as in `a host`; `allowed` are its keys.
    """

    def __init__(self, table: object, path: Path, what: str, allowed: Collection[str], notes: list[Complaint]) -> None:
        self.path = path
        self._what = what
        self._notes = notes
        self._is_table = isinstance(table, dict)
        self._table: Mapping[str, object] = table if isinstance(table, dict) else {}
        if not self._is_table:
            self.wrong("", f"{what} is a table: write [[{path[0]}]] on a line, and its keys below.")
        for key in self._table:
            if key not in allowed and len(notes) <= ENOUGH:
                hint = near(key, allowed) or f" Allowed are {', '.join(allowed)}."
                notes.append(Complaint((*path, key), f"{key} is no key of {what}.{hint}", value=False))

    def __contains__(self, key: str) -> bool:
        return key in self._table

    def wrong(self, key: str, says: str, number: int | None = None) -> None:
        """Note what is wrong with the value of a key, or with one element of it; without a key, with the table."""
        path = (*self.path, key) if key else self.path
        self._notes.append(Complaint(path if number is None else (*path, number), says))

    def text(self, key: str, default: str | None = None, *, lines: bool = False, such: str = "") -> str:
        """Printable characters; with `lines`, line ends and tabs as well. `such` is an example for who forgot it."""
        value = self._table.get(key, default)
        if isinstance(value, str):
            plain = value.replace("\n", "").replace("\t", "") if lines else value
            if plain.isprintable():
                return value
            letter = next(one for one in plain if not one.isprintable())
            self.wrong(key, f"{key} has a character that is not printable, U+{ord(letter):04X}.")
        elif value is not None or key in self._table:
            example = f', such as "{such}"' if such else ""
            self.wrong(key, f"{key} is a text in quotes{example}.")
        else:
            self.wrong("", f'{key} is missing. {self._what.capitalize()} has one, such as {key} = "{such}".')
        return default or ""

    def words(self, key: str, such: str) -> tuple[str, ...]:
        """A list of texts."""
        value = self._table.get(key, [])
        if isinstance(value, list) and all(isinstance(one, str) for one in value):
            return tuple(value)
        self.wrong(key, f'{key} is a list of texts, such as ["{such}"].')
        return ()

    def number(self, key: str, default: int, low: int, high: int) -> int:
        """A whole number from `low` to `high`."""
        value = self._table.get(key, default)
        if type(value) is int and (low <= value <= high or key not in self._table):
            return value
        self.wrong(key, f"{key} is a whole number from {low:,} to {high:,}.")
        return default

    def flag(self, key: str, default: bool) -> bool:
        """`true` or `false`."""
        value = self._table.get(key, default)
        if isinstance(value, bool):
            return value
        self.wrong(key, f"{key} is true or false.")
        return default

    def choice(self, key: str, allowed: Mapping[str, _T], default: _T) -> _T:
        """One of some words; one that looks like a number may stand without quotes."""
        if key not in self._table:
            return default
        value = self._table[key]
        said = str(value) if type(value) is int and abs(value) < 10_000 else value
        if isinstance(said, str) and said in allowed:
            return allowed[said]
        quoted = ", ".join(f'"{one}"' for one in allowed)
        self.wrong(key, f"{key} is one of {quoted}.{near(said, allowed) if isinstance(said, str) else ''}")
        return default

    def time(self, key: str, default: int) -> int:
        """Microseconds, written as `90s`, `30m`, `2h`, `5d` or `1h30m`."""
        if key not in self._table:
            return default
        value = self._table[key]
        found = duration(value) if isinstance(value, str) else None
        if found is not None and found <= _LONGEST:
            return found
        self.wrong(key, f'{key} is a time in quotes, such as "90s", "30m", "2h" or "1d12h".')
        return default

    def each(self, key: str, such: str, read: Callable[[str], _T]) -> list[_T]:
        """What `read` makes of each text of a list; it raises ValueError, with a sentence, for one that is wrong."""
        found = []
        for number, word in enumerate(self.words(key, such)):
            try:
                found.append(read(word))
            except ValueError as error:
                self.wrong(key, _sentence(error), number)
        return found

    def one(self, key: str, such: str, read: Callable[[str], _T]) -> _T | None:
        """What `read` makes of a text that must be there; None where it is wrong, which is noted."""
        if not self._is_table:
            return None
        count = len(self._notes)
        word = self.text(key, such=such)
        if len(self._notes) > count:
            return None
        try:
            return read(word)
        except ValueError as error:
            self.wrong(key, _sentence(error))
            return None


def _sentence(error: ValueError) -> str:
    text = str(error)
    return text if text.endswith((".", "?")) else f"{text}."
