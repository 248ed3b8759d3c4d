"""Worlds by name or file: `mailshell world`, and the plan for every command that takes --world."""

import argparse
import sys
from collections.abc import Sequence
from functools import lru_cache

from mailshell.core.near import near
from mailshell.shell.located import told
from mailshell.shell.options import OptionError, is_file
from mailshell.shell.text import safe
from mailshell.world.plan import Plan
from mailshell.world.shipped import SHIPPED, plan

_EXAMPLES = """\
  mailshell world list                     the worlds that come with mailshell
  mailshell world show lecture > my.toml   one of them as a world file, to be edited
  mailshell world new my.toml              a small world file with comments
  mailshell world check my.toml            what is wrong in it, with line and column; exit status 1 if anything is
  mailshell help world-file                what may stand in a world file
"""


def add_options(parser: argparse.ArgumentParser) -> None:
    """What `mailshell world` takes."""
    parser.epilog, parser.formatter_class = _EXAMPLES, argparse.RawDescriptionHelpFormatter
    parser.add_argument("action", choices=["list", "show", "check", "new"])
    parser.add_argument("names", nargs="*", metavar="NAME|FILE", help="a world, or world files")


def planned(name: str) -> Plan:
    """The plan of a world by its name, or by its file; raises OptionError."""
    if name in SHIPPED:
        return plan(name)
    if not is_file(name):
        raise _unknown(name)
    from mailshell.world.read import WorldError

    try:
        return _read(_octets(name))
    except WorldError as error:
        raise OptionError("\n".join(told(name, error.text, error.problems))) from None


def _unknown(name: str) -> OptionError:
    return OptionError(f"{safe(name)} is no world of mailshell: there are {', '.join(SHIPPED)}.{near(name, SHIPPED)}")


@lru_cache(maxsize=2)
def _read(octets: bytes) -> Plan:
    """One command may ask for the same world twice: which hosts it has, and then all of it."""
    from mailshell.world.read import read

    return read(octets)


def _octets(path: str) -> bytes:
    from mailshell.core.toml import LARGEST

    try:
        with open(path, "rb") as file:
            return file.read(LARGEST + 1)
    except (OSError, ValueError) as error:
        raise OptionError(f"{safe(path)}: {getattr(error, 'strerror', None) or error}.") from None


def main(args: argparse.Namespace) -> int:
    """`mailshell world`: exit status 0, 1 for a file with mistakes, 2 for what makes no sense; raises OptionError."""
    names: list[str] = args.names
    least, most = {"list": (0, 0), "show": (1, 1), "new": (1, 1), "check": (1, None)}[args.action]
    if len(names) < least or (most is not None and len(names) > most):
        wants = {"list": "no name", "show": "the name of one world", "new": "the name of one file"}
        print(f"mailshell: world {args.action} wants {wants.get(args.action, 'files')}.", file=sys.stderr)
        return 2
    if args.action == "list":
        width = max(map(len, SHIPPED))
        print("\n".join(f"{name:<{width}}  {plan(name).title}" for name in SHIPPED))
        return 0
    if args.action == "check":
        return _check(names)
    return _show(names[0]) if args.action == "show" else _new(names[0])


def _show(name: str) -> int:
    from mailshell.world.shipped import text

    if name not in SHIPPED:
        raise _unknown(name)
    print(text(name), end="")
    return 0


def _new(path: str) -> int:
    from mailshell.world.shipped import starter

    try:
        with open(path, "x", encoding="utf-8") as file:
            file.write(starter())
    except FileExistsError:
        print(safe(f"mailshell: {path} exists already and was left as it is."), file=sys.stderr)
        return 2
    print(safe(f"Written: {path}. mailshell smtp --world {path} talks to it."))
    return 0


def _check(names: Sequence[str]) -> int:
    """Tell all that is wrong with each file, then what it holds."""
    from mailshell.world.read import WorldError, checked
    from mailshell.world.shipped import text

    status = 0
    for name in names:
        try:
            made, hints = checked(text(name).encode() if name in SHIPPED else _octets(name))
        except WorldError as error:
            print("\n".join(told(name, error.text, error.problems)))
            status = 1
        else:
            for line in told(name, hints.text, hints.problems) if hints else ():
                print(line)
            print(f"{safe(name)}: no mistakes. {_counted(made)}")
    return status


def _counted(made: Plan) -> str:
    counts = {
        "host": len(made.hosts),
        "user": len(made.accounts),
        "list": sum(len(host.lists) for host in made.hosts),
        "message": len(made.letters),
        "name": len(made.zone),
        "fault": len(made.faults),
    }
    found = [f"{count:,} {what}{'' if count == 1 else 's'}" for what, count in counts.items() if count]
    return f"It has {', '.join(found[:-1])} and {found[-1]}."
