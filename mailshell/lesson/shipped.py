"""The lessons that come with mailshell, in order, and lessons in files."""

import os
from functools import lru_cache

from mailshell.core.near import near
from mailshell.lesson import load as loading
from mailshell.lesson.parts import Lesson
from mailshell.world.shipped import lessons_folder

_HERE = os.path.dirname(os.path.abspath(__file__))


class UnknownLesson(Exception):
    """There is no lesson and no file of that name; str() says what there is."""


def lessons() -> dict[str, str]:
    """The file of each lesson by its name, in the order in which they are learned."""
    folder = lessons_folder()
    found = sorted(name for name in os.listdir(folder) if name.endswith(".md") and name != "README.md")
    return {name.removesuffix(".md"): os.path.join(folder, name) for name in found}


def path_of(name: str) -> str:
    """The file of a lesson by its name, or any file by its path; raises UnknownLesson."""
    known = lessons()
    if name in known:
        return known[name]
    if os.path.isfile(name):
        return name
    raise UnknownLesson(f"{name} is no lesson and no file. There are: {', '.join(known)}.{near(name, known)}")


def load(path: str) -> Lesson:
    """The lesson in a file; raises LessonError, and OSError."""
    with open(path, "rb") as file:
        return _read(file.read(loading.LARGEST + 1))


@lru_cache(maxsize=4)
def _read(octets: bytes) -> Lesson:
    return loading.read(octets)


def starter() -> str:
    """A small lesson file with comments, to begin with."""
    return _text("starter.md")


def page() -> str:
    """The page that explains lesson files, without the names of the state."""
    return _text("lesson-file.txt")


def names_page() -> str:
    """The page that explains the names of the state, without the table."""
    return _text("lesson-names.txt")


def _text(name: str) -> str:
    with open(os.path.join(_HERE, name), encoding="utf-8") as file:
        return file.read()
