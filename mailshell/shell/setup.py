"""From options to a world and a view: what every subcommand that talks to servers needs."""

import argparse
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, NamedTuple

from mailshell.core.script import Script, ScriptError
from mailshell.core.session import Peer
from mailshell.mail.host import ERAS, Traits
from mailshell.mail.store import StateError, Store
from mailshell.shell.text import safe
from mailshell.shell.theme import MONO, NONE, THEMES
from mailshell.shell.view import LONGEST, View, WireMarks
from mailshell.shell.worlds import planned
from mailshell.world.header import Setting, setting
from mailshell.world.start import STUDENT, build
from mailshell.world.world import World

if TYPE_CHECKING:  # most sessions have no lesson
    from mailshell.shell.course import Course
    from mailshell.shell.meta import Meta


def traits(args: argparse.Namespace) -> Traits:
    """The habits of the hosts that the options ask for."""
    return Traits(
        voice="classic" if args.voice == "classic" else "modern",
        policy="strict" if args.policy == "strict" else "tolerant",
        era=next(era for era in ERAS if era == args.era),
    )


def store(args: argparse.Namespace, *, history: bool, room: int | None = None) -> Store:
    """A store in memory (for `room` octets of messages), or in the file of --state; raises StateError."""
    if args.state is None:
        return Store(history=history) if room is None else Store(history=history, limit=room)
    from mailshell.mail.disk import Disk

    return Store(history=history, disk=Disk(args.state))


@contextmanager
def opened(args: argparse.Namespace, asked: Setting) -> Iterator[World]:
    """The world that a script asks for, with history; raises StateError, and OptionError for a world file.

    From here on the options name that world, and its own host where they named none. The state file is closed at the
    end.
    """
    plan = planned(asked.world)
    args.host, args.world = (args.host or plan.server).lower(), asked.world
    kept = store(args, history=True, room=asked.room)
    try:
        yield build(plan, store=kept, traits=asked.traits, users=asked.users)
    finally:
        kept.close()


class Stage(NamedTuple):
    """Where a person comes from, and the scene that is ready to be played, or the lesson that begins.

    `auto` is how many seconds lie between the steps of a scene that plays by itself.
    """

    peer: Peer = STUDENT
    scene: Script | None = None
    auto: float | None = None
    course: "Course | None" = None


def staged(args: argparse.Namespace, talk: Callable[[World, Stage], int]) -> int:
    """Set up the world that the options, or a scene, ask for, and talk in it.

    The exit status: that of the talk, 2 for a scene or a host that is not there, 3 for the state file. Raises
    OptionError for a lesson that is not there.
    """
    if args.lesson is not None:
        return _taught(args, talk)
    scene = None
    try:
        folder = ""
        if args.scene:
            from mailshell.demo.scenes import load, path_of

            scene = load(args.scene)
            folder = os.path.dirname(path_of(args.scene))
            args.host = scene.header.get("host", args.host)
            args.protocol = scene.header.get("protocol", args.protocol)
        asked = setting(scene.header if scene else {}, args.world, traits(args), folder)
    except ScriptError as error:
        print(safe(f"mailshell: {error}"), file=sys.stderr)
        return 2
    try:
        with opened(args, asked) as world:
            status = unknown_host(args, world)
            return talk(world, Stage(asked.peer, scene, args.auto)) if status is None else status
    except StateError as error:
        return complain(error)


def _taught(args: argparse.Namespace, talk: Callable[[World, Stage], int]) -> int:
    """Talk in the world of a lesson, which says as well which host it is with; a script's progress is not kept."""
    from mailshell.shell.course import chosen

    course = chosen(args.lesson, keeps=sys.stdin.isatty(), seed=args.seed)
    lesson = course.lesson
    args.host, args.protocol = lesson.host, lesson.protocol
    return talk(build(lesson.plan, traits=lesson.traits), Stage(course=course))


def ended(args: argparse.Namespace, meta: "Meta") -> None:
    """A session is over: what comes next, and the lesson file that it was recorded for; raises OSError."""
    args.then = meta.then
    if args.record:
        from mailshell.shell.recording import write

        write(args, meta.seat)


def unknown_host(args: argparse.Namespace, world: World) -> int | None:
    """Exit status 2, and words on stderr, for a host that the world does not have."""
    if args.host in world.hosts:
        return None
    return no_host(args.host, world.hosts)


def no_host(name: str, hosts: Iterable[str]) -> int:
    """Say that the world, which has these hosts, does not have that one; exit status 2."""
    print(safe(f"mailshell: {name} is no host of this world."), file=sys.stderr)
    print(f"mailshell: There are {', '.join(hosts)}.", file=sys.stderr)
    print("mailshell: The world is closed; it does not reach servers on the network.", file=sys.stderr)
    return 2


def view(args: argparse.Namespace, out: IO[str]) -> View:
    """How the transcript is shown on `out`."""
    encoding = (getattr(out, "encoding", None) or "ascii").lower().replace("-", "")
    return View(
        depth=args.depth,
        wire=wire(args),
        theme=THEMES[args.theme] if _color(args.color, out) else NONE,
        words=args.plain,
        ascii=args.ascii or not encoding.startswith("utf"),
        width=width(out),
        longest=LONGEST if out.isatty() else 0,
    )


def wire(args: argparse.Namespace) -> WireMarks:
    """How line ends are shown."""
    return "hex" if args.wire == "hex" else "off" if args.wire == "off" else "marks"


def marked(view: View) -> View:
    """NO_COLOR asks for no colours; bold and dim are none."""
    return view._replace(theme=MONO) if view.theme is NONE else view


def _color(wanted: str, out: IO[str]) -> bool:
    if wanted == "auto":
        terminal = os.environ.get("TERM", "dumb")
        return not os.environ.get("NO_COLOR") and out.isatty() and terminal not in ("dumb", "unknown", "")
    return wanted == "always"


def width(out: IO[str]) -> int:
    """Columns of the terminal; 80 in a pipe, so that what a script prints does not depend on a window."""
    try:
        return max(os.get_terminal_size(out.fileno()).columns, 40)
    except (OSError, ValueError):
        return 80


def complain(error: Exception) -> int:
    """Print why the state file cannot be used; the exit status for that."""
    assert isinstance(error, StateError)
    print(safe(f"mailshell: {error}"), file=sys.stderr)
    return 3
