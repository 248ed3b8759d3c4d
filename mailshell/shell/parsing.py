"""The parser of the command line: it says in one line what is wrong, and builds no more than a line needs."""

import argparse
import re
from collections.abc import Mapping, Sequence

from mailshell.core.near import near

TYPE_CHECKING = False  # `typing` alone would take as long to import as all of the rest that --help needs from us
if TYPE_CHECKING:
    from typing import NoReturn


class Parser(argparse.ArgumentParser):
    """Says in one line what is wrong, and what may have been meant."""

    words: Sequence[str] = ()
    parts: Mapping[str, argparse.ArgumentParser] = {}

    def knowing(self, parts: Mapping[str, argparse.ArgumentParser], words: Sequence[str]) -> "Parser":
        """This parser, with the parsers of its commands, and the words that it will read."""
        self.parts, self.words = parts, words
        for parser in (self, *parts.values()):
            parser.allow_abbrev = False  # an option that comes later must not change what a script means
        return self

    def error(self, message: str) -> "NoReturn":
        """Exit with status 2."""
        named = next((word for word in self.words if word in self.parts), "")
        helps = self.format_help() + (self.parts[named].format_help() if named else "")
        flags = re.findall(r"(?<![\w-])--[a-z-]+", helps)
        _, _, choices = message.partition("choose from")
        wrong, known = re.findall(r"'(\w+)' \(", message), re.findall(r"\w+", choices)
        for word in self.words:
            if word.startswith("--") and word.partition("=")[0] not in ("--", *flags):
                message = f"{word} is no option here"
                wrong, known = [word], flags
        hint = next(filter(None, (near(word, known) for word in wrong)), "")
        self.exit(2, f"mailshell: {message}.{hint}\nmailshell: {self.prog} --help lists what there is.\n")


class Parts:
    """The commands of the command line. Only a command that is named gets its options (with None all do).

    To build the options of every command takes longer than all that --help needs besides.
    """

    def __init__(self, parser: argparse.ArgumentParser, common: Parser, named: Sequence[str] | None) -> None:
        self.all = parser.add_subparsers(title="commands", metavar="COMMAND", parser_class=Parser)
        self._common = common
        self._named = named

    def add(self, name: str, help: str, *, bare: bool = False) -> Parser:
        """One more command; a `bare` one has no options but its own."""
        return self.all.add_parser(name, help=help, parents=[self._common] if self.named(name) and not bare else [])

    def named(self, name: str) -> bool:
        """Whether the command is on the command line."""
        return self._named is None or name in self._named
