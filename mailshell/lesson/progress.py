"""What is kept about a learner between two sessions: one JSON file, written whole or not at all."""

import json
import os
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from types import MappingProxyType
from typing import NamedTuple

from mailshell.lesson.news import Mark
from mailshell.lesson.run import Learner

_FORMAT = 1
_MARKS: Mapping[str, Mark] = {"done": "done", "helped": "helped"}
_LARGEST = 16 << 20  # octets


class Kept(NamedTuple):
    """How far the learner is in each lesson; `complaint` is empty, or a sentence on a file that could not be read."""

    learners: Mapping[str, Learner] = MappingProxyType({})
    complaint: str = ""

    def learner(self, lesson: str) -> Learner | None:
        """How far the learner is in a lesson; None where it was never begun."""
        return self.learners.get(lesson)

    def put(self, learner: Learner) -> "Kept":
        """The same, with news of one lesson."""
        return self._replace(learners={**self.learners, learner.lesson: learner})


def load(path: str) -> Kept:
    """What a file holds; nothing where there is none. Of a damaged file a copy is kept, with .damaged at its end."""
    try:
        with open(path, "rb") as file:
            octets = file.read(_LARGEST + 1)
    except FileNotFoundError:
        return Kept()
    except OSError as error:
        return Kept(complaint=f"The progress in {path} cannot be read: {error.strerror}.")
    found, whole = _learners(octets)
    if whole:
        return Kept(found)
    copy = f"{path}.damaged"
    try:
        with open(copy, "wb") as file:
            file.write(octets)
    except OSError as error:
        return Kept(
            found, f"The progress in {path} is damaged in part or whole, and no copy is kept: {error.strerror}."
        )
    return Kept(found, f"The progress in {path} is damaged in part or whole. It is kept as {copy}.")


def save(path: str, kept: Kept) -> None:
    """Write the file anew, in place of the old one; raises OSError, and then the old one is as it was."""
    text = json.dumps({"format": _FORMAT, "lessons": {id: _plain(one) for id, one in kept.learners.items()}}, indent=1)
    folder = os.path.dirname(os.path.abspath(path))
    os.makedirs(folder, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=folder, prefix=".progress-")
    try:
        with open(handle, "w", encoding="utf-8") as file:
            file.write(text + "\n")
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(name)
        raise


def _plain(learner: Learner) -> Mapping[str, object]:
    fields = learner._asdict()
    return {name: dict(value) if isinstance(value, Mapping) else value for name, value in fields.items()}


def _learners(octets: bytes) -> tuple[Mapping[str, Learner], bool]:
    """The learners of a file, and whether all of it could be read."""
    try:
        tree = json.loads(octets.decode("utf-8"))
    except (ValueError, RecursionError):
        return {}, False
    if not isinstance(tree, dict) or tree.get("format") != _FORMAT or not isinstance(tree.get("lessons"), dict):
        return {}, False
    found = {id: _learner(id, one) for id, one in tree["lessons"].items()}
    read = {id: one for id, one in found.items() if one is not None}
    return read, len(read) == len(found)


def _learner(id: str, tree: object) -> Learner | None:
    """How far the learner is in one lesson; None where that cannot be read."""
    try:
        fields = _table(tree)
        step = fields["step"]
        if not isinstance(step, str):
            raise TypeError
        return Learner(
            *(id, _number(fields["seed"]), step),
            {key: _MARKS[str(one)] for key, one in _table(fields["marks"]).items()},
            {key: _number(one) for key, one in _table(fields["hints"]).items()},
            {key: _number(one) for key, one in _table(fields["predictions"]).items()},
            {key: _numbers(one) for key, one in _table(fields["answers"]).items()},
        )
    except (TypeError, KeyError):
        return None


def _table(tree: object) -> dict[str, object]:
    if isinstance(tree, dict):
        return tree
    raise TypeError


def _number(tree: object) -> int:
    if type(tree) is int and tree >= 0:
        return tree
    raise TypeError


def _numbers(tree: object) -> tuple[int, ...]:
    if isinstance(tree, list):
        return tuple(map(_number, tree))
    raise TypeError
