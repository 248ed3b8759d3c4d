"""The worlds that come with mailshell: each a plan, and each as the text of a world file."""

import os
from collections.abc import Callable

from mailshell.world.lecture import discard, empty, lecture
from mailshell.world.plan import Plan

_FOLDER = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "worlds")


def _big() -> Plan:
    from mailshell.world.generate import generate

    return generate(hosts=50, users=1000, messages=2000, seed=1)


def _hostile() -> Plan:
    from mailshell.world.read import read

    return read(_octets("hostile"))


SHIPPED: dict[str, Callable[[], Plan]] = {
    "lecture": lecture,
    "discard": discard,
    "empty": empty,
    "big": _big,
    "hostile": _hostile,
}
"""What makes each plan, by its name."""


def plan(name: str) -> Plan:
    """The plan of that name. Raises KeyError when none has it."""
    return SHIPPED[name]()


def text(name: str) -> str:
    """The same as a world file, to be edited. Raises KeyError when no plan has the name."""
    if name == "hostile":
        return _octets(name).decode("utf-8")
    from mailshell.world.write import write

    return write(plan(name))


def starter() -> str:
    """A small world file with a comment on each key."""
    return _octets("starter").decode("utf-8")


def page() -> str:
    """The page that explains world files."""
    with open(os.path.join(_FOLDER, "world-file.txt"), encoding="utf-8") as file:
        return file.read()


def lessons_folder() -> str:
    """Where the lessons and the scenes are: in the package where it is installed, beside it in a checkout."""
    package = os.path.dirname(_FOLDER)
    inside = os.path.join(package, "lessons")
    return inside if os.path.isdir(inside) else os.path.join(os.path.dirname(package), "lessons")


def _octets(name: str) -> bytes:
    with open(os.path.join(_FOLDER, f"{name}.toml"), "rb") as file:
        return file.read()
