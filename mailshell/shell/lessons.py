"""`mailshell lesson`: list the lessons, prove lesson files, begin one."""

import argparse
import os
import sys
import time
from collections.abc import Callable, Sequence

from mailshell.core.toml import Problem
from mailshell.lesson import shipped
from mailshell.lesson.load import LARGEST, read
from mailshell.lesson.parts import Lesson, LessonError
from mailshell.lesson.prove import prove
from mailshell.lesson.shipped import UnknownLesson
from mailshell.shell import options
from mailshell.shell.located import told
from mailshell.shell.options import OptionError
from mailshell.shell.text import safe

_PAUSE = 0.5
"""Seconds between two looks at the files."""


def main(args: argparse.Namespace) -> int:
    """Exit status 0, 1 for a file with mistakes, 2 for what makes no sense; raises OptionError."""
    names: list[str] = args.names
    if args.action == "list" and not names:
        print("\n".join(listing()))
        return 0
    if args.action == "new" and len(names) == 1:
        return _new(names[0])
    if args.action == "record" and len(names) == 1:
        return _record(args, names[0])
    if args.action == "check" and names:
        paths = list(map(_path, names))
        return watch(paths) if args.watch else check(paths)
    wants = {
        "list": "no name",
        "new": "the name of one file",
        "record": "the name of one file",
        "check": "lessons or files",
    }
    print(f"mailshell: lesson {args.action} wants {wants[args.action]}.", file=sys.stderr)
    return 2


def listing() -> list[str]:
    """A row a lesson: its name, how many steps it has, its title."""
    found = {name: shipped.load(path) for name, path in shipped.lessons().items()}
    width = max(map(len, found), default=0)
    return [f"{name:<{width}}  {len(one.steps):3} steps  {one.title}" for name, one in found.items()]


def _path(name: str) -> str:
    try:
        return shipped.path_of(name)
    except UnknownLesson as error:
        raise OptionError(safe(str(error))) from None


def _new(path: str) -> int:
    try:
        with open(path, "x", encoding="utf-8") as file:
            file.write(shipped.starter())
    except FileExistsError:
        print(safe(f"mailshell: {path} exists already and was left as it is."), file=sys.stderr)
        return 2
    print(safe(f"Written: {path}. mailshell lesson check {path} proves it."))
    return 0


def _record(args: argparse.Namespace, path: str) -> int:
    """Talk to a server; at the end all that was typed is the solution of a new lesson file."""
    from mailshell.shell.practise import main as practise

    options.settle(args)
    if options.is_file(args.world):
        raise OptionError("lesson record wants the name of a world: put what your file holds below [world] later.")
    if os.path.exists(path):
        print(safe(f"mailshell: {path} exists already and was left as it is."), file=sys.stderr)
        return 2
    folder = os.path.dirname(path) or "."
    if not os.path.isdir(folder) or not os.access(folder, os.W_OK):
        raise OptionError(safe(f"{path} cannot be written: {folder} is no folder that you may write to."))
    print(safe(f"What you type is the solution of a lesson. :quit writes {path}."), flush=True)
    args.alone, args.record = False, path
    return practise(args)


def check(paths: Sequence[str]) -> int:
    """Prove each file, and tell what is wrong with it; the exit status."""
    status = 0
    for path in paths:
        text, problems, holds = _proven(path)
        print("\n".join(told(path, text, problems)), end="\n" if problems else "")
        if any(problem.grave for problem in problems):
            status = 1
        else:
            print(f"{safe(path)}: proven. {holds}")
    return status


def _proven(path: str) -> tuple[str, Sequence[Problem], str]:
    """The text of a file, all that is wrong with it, and what it holds."""
    try:
        with open(path, "rb") as file:
            octets = file.read(LARGEST + 1)
    except OSError as error:
        raise OptionError(f"{safe(path)}: {error.strerror}.") from None
    try:
        lesson = read(octets)
    except LessonError as error:
        return error.text, error.problems, ""
    return lesson.text, prove(lesson), _counted(lesson)


def _counted(lesson: Lesson) -> str:
    counts = {
        "step": len(lesson.steps),
        "goal": sum(len(step.goals) for step in lesson.steps),
        "test": sum(len(step.tests) for step in lesson.steps),
        "variant": lesson.variants,
    }
    found = [f"{count} {what}{'' if count == 1 else 's'}" for what, count in counts.items() if count]
    return f"It has {', '.join(found[:-1])} and {found[-1]}."


def watch(paths: Sequence[str], pause: Callable[[float], None] = time.sleep) -> int:
    """Check the files now, and again whenever one of them has changed, until somebody interrupts."""
    seen: list[object] = []
    while True:
        now = list(map(_changed, paths))
        if now != seen:
            if seen:
                print(f"-- {time.strftime('%H:%M:%S')}")
            check([path for path, one in zip(paths, now, strict=True) if one is not None])
            sys.stdout.flush()
            seen = now
        pause(_PAUSE)


def _changed(path: str) -> object:
    """What differs after a change; None while there is no file, as when an editor writes a new one."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
