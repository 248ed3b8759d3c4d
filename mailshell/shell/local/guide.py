"""`:help` and `?`: the local commands in groups, one of them at length, what may be sent now, what a word means."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

from mailshell.core.explain import masked
from mailshell.protocols import PROTOCOLS
from mailshell.shell.help import columns, here, proposed, wrapped
from mailshell.shell.keys import ACTIONS
from mailshell.shell.meta import Command, Meta, reads_lines
from mailshell.shell.view import View
from mailshell.world.seat import SeatError

Group = Literal["lesson", "look", "connections", "time", "screen", "files"]

GROUPS: Mapping[Group, str] = {
    "lesson": "the lesson that goes on",
    "look": "what happened, what there is, what waits",
    "connections": "open one, go to another one, cut it",
    "time": "back and forth in time, the clock, faults",
    "screen": "what you see, and how you type",
    "files": "keep a session; scenes and lessons",
}
"""What the commands of a group are for."""

_LEFT = 13
"""Columns of a group, or of a command, before what it is for."""


class Guide(NamedTuple):
    """A local command for those who learn it: its group, an example, what else to know."""

    group: Group
    example: str
    more: str = ""


GUIDES: Mapping[str, Guide] = {
    "learn": Guide(
        "files",
        ":learn 2",
        "LESSON and STEP are names or numbers. The world of this session goes, and the lesson brings its own.",
    ),
    "lessons": Guide("files", ":lessons"),
    "task": Guide("lesson", ":task"),
    "fold": Guide("lesson", ":fold", "Once more, and all rows of them are there again."),
    "hint": Guide("lesson", ":hint", "Hints cost nothing. The last one is an example."),
    "check": Guide("lesson", ":check"),
    "answer": Guide("lesson", ":answer 1", "While a question is open, the number alone does the same."),
    "solution": Guide("lesson", ":solution", "The map says then that the step had help."),
    "goto": Guide(
        "lesson",
        ":goto 3",
        "STEP is a name or a number. The steps before it are played for you, and the map says that they had help.",
    ),
    "again": Guide("lesson", ":again"),
    "free": Guide(
        "lesson",
        ":free",
        "Nothing is checked until you type :free again. Then everything is as it was before.",
    ),
    "next": Guide("lesson", ":next"),
    "help": Guide("look", ":help :why"),
    "why": Guide(
        "look",
        ":why -1 3",
        "LINE is a number of :search, or -1 for the last line of this connection, -2 for the one before. DEPTH is 0 "
        "for one sentence, 1 for what, why and what next, 2 with the rule, the phase and what is legal, 3 with every "
        "part and code.",
    ),
    "try": Guide("look", ":try"),
    "search": Guide(
        "look",
        ":search bob",
        "It looks at all connections: at the wire, at the meanings and at the reasons. A number belongs to one step "
        "for good: what is undone takes its number along, and :redo brings it back.",
    ),
    "body": Guide("look", ":body 7", "LINE is a number of :search."),
    "copy": Guide("look", ":copy client", "Passwords are masked unless :secrets is on."),
    "explain": Guide("look", ":explain 452"),
    "world": Guide("look", ":world", "A picture; :world list says more in words, all lists and users."),
    "watch": Guide(
        "look",
        ":watch on",
        "Off, each attempt to hand a message on is told in one line. Alone it shows the last conversation between "
        "servers again, at the depth that holds. Such a conversation has a letter, and its lines have no numbers: "
        "they are no steps of yours.",
    ),
    "queue": Guide("look", ":queue lancs.uk"),
    "trace": Guide(
        "look",
        ":trace 1",
        "ID is what a server calls the message, as in id 1 of its answer; the host is the one of this connection where "
        "none is named, as in :trace lancs.uk/1. Alone it takes the message that was accepted last.",
    ),
    "dns": Guide("look", ":dns nyu.edu"),
    "mailbox": Guide("look", ":mailbox bob 2", ":mailbox bob Sent lists another mailbox."),
    "connect": Guide("connections", ":connect lancs.uk"),
    "switch": Guide("connections", ":switch 2"),
    "close": Guide("connections", ":close 2"),
    "drop": Guide("connections", ":drop"),
    "raw": Guide("connections", ':raw "NOOP\\n"'),
    "pipeline": Guide("connections", ":pipeline on"),
    "serve": Guide("connections", ":serve"),
    "undo": Guide("time", ":undo"),
    "redo": Guide("time", ":redo"),
    "back": Guide(
        "time",
        ":back 3",
        "LINE is a number of :search, of any branch, or -1 for the last line of this connection. The whole world goes "
        "back. :redo walks forward again, line by line. What you type instead begins a new way, and the old one is "
        "kept under a name of its own.",
    ),
    "branch": Guide(
        "time",
        ":branch lunch",
        "A new name begins a branch at the present moment; the branch that you leave stays as it is. A known name "
        "goes to the end of that branch. Without a name it says where you are. The first branch is main.",
    ),
    "branches": Guide("time", ":branches"),
    "diff": Guide(
        "time",
        ":diff main lunch",
        "It shows what was said since both parted, and then what differs in the world at their ends. With one name "
        "it compares that branch with the present moment. | marks rows that differ, < and > rows that one side lacks.",
    ),
    "reset": Guide("time", ":reset"),
    "wait": Guide(
        "time",
        ":wait 30m",
        "TIME counts days, hours, minutes and seconds, as 1d, 2h, 30m or 10s, and 1h30m together; a number alone is "
        "seconds. What is due by then happens. Without --idle no server gives up waiting for you; with it, a server "
        "that has waited too long closes the connection.",
    ),
    "until": Guide(
        "time",
        ":until delivered",
        "delivered and bounced speak of the message that was accepted last; empty means that no message waits on any "
        "host. TIME is a time of day, as 10:30 or Tue 10:30. LIMIT is a length of time, 30d where none is given.",
    ),
    "date": Guide("time", ":date"),
    "fault": Guide(
        "time",
        ":fault queue-full nyu.edu",
        ":fault alone lists what is in force and what there is. :help and the name of a kind says what it teaches and "
        "how it is written, as in :help greylisting. odds 30% at the end lets a fault strike now and then. "
        "A RCPT to 421@fault.test, or another code, is refused with that code on every host.",
    ),
    "heal": Guide("time", ":heal 1"),
    "depth": Guide("screen", ":depth 2"),
    "wire": Guide("screen", ":wire hex"),
    "theme": Guide("screen", ":theme dark"),
    "secrets": Guide("screen", ":secrets on"),
    "keys": Guide("screen", ":keys"),
    "panes": Guide("screen", ":panes"),
    "editing": Guide("screen", ":editing vi"),
    "clear": Guide("screen", ":clear"),
    "save": Guide("files", ":save first.txt"),
    "log": Guide("files", ":log first.log"),
    "demo": Guide(
        "files",
        ":demo lecture",
        "A scene is a file of C: and S: lines, one step a key. What comes otherwise than it says is told. You may type "
        "between two steps.",
    ),
    "step": Guide("files", ":step"),
    "quit": Guide("connections", ":quit"),
}


def lines(meta: Meta, commands: Mapping[str, Command], rest: str) -> list[str]:
    """Help on nothing, on what may be sent now (`?`), on a local command, on a word or a group; raises SeatError."""
    view = meta.renderer.view
    if not rest:
        return _overview(commands, view, taught=meta.lesson is not None)
    if rest == "?":
        link = meta.seat.link
        hint = "? WORD explains a word. :help lists the commands of mailshell."
        if not reads_lines(meta):
            hint = f"{meta.escape} help lists the commands of mailshell; {meta.escape} stands before each of them here."
        return [*here(PROTOCOLS[link.wire.protocol], link.session, view.width), *wrapped(hint, view.width)]
    word = rest.removeprefix(":").lower()
    if rest.startswith(":") and word in commands:
        return _command(meta, word, commands[word])
    # Imported here because it knows every table, and the first prompt needs none.
    from mailshell.shell.explain import explained

    found = explained(rest, view, protocol=meta.seat.link.wire.protocol)
    found += _typed(meta, rest, view) if found else []
    found += [row for group in GROUPS if group == word for row in _group(group, commands, view)]
    found += _command(meta, word, commands[word]) if word in commands else []
    if found:
        return found
    shown = masked(rest.encode("utf-8", "surrogateescape")).decode("utf-8", "surrogateescape")
    raise SeatError(f"There is no help on {shown}. ? lists what may be typed.")


def _overview(commands: Mapping[str, Command], view: View, *, taught: bool) -> list[str]:
    """The groups with the names of their commands, on a page for 24 rows; those of a lesson only while one goes on."""
    out = []
    for group, says in GROUPS.items():
        if group == "lesson" and not taught:
            continue
        out += columns([(group, says)], view.width, indent=3, left=_LEFT)
        out += wrapped(" ".join(f":{name}" for name in _names(group, commands)), view.width, indent=5)
    hint = ":help look says what each command of a group does, :help :why all about one. ? says what to send now, "
    return [*out, *wrapped(f"{hint}? WORD what a word means.", view.width)]


def _group(group: Group, commands: Mapping[str, Command], view: View) -> list[str]:
    """A group with what each of its commands does."""
    rows = [(f":{name}", commands[name].says) for name in _names(group, commands)]
    head = columns([(group, GROUPS[group])], view.width, indent=3, left=_LEFT)
    return [*head, *columns(rows, view.width, indent=5, left=_LEFT - 2)]


def _names(group: Group, commands: Mapping[str, Command]) -> list[str]:
    return [name for name, guide in GUIDES.items() if guide.group == group and name in commands]


def _command(meta: Meta, name: str, command: Command) -> list[str]:
    width, guide = meta.renderer.view.width, GUIDES[name]
    out = wrapped(f":{name} {command.syntax}".rstrip(), width)
    for text in (command.says, guide.more, f"as in: {guide.example}"):
        out += wrapped(text, width, indent=5)
    bindings = meta.front.bindings() if meta.front is not None else []
    return out + [f"     key: {keys}" for action, keys, _ in bindings if ACTIONS[action].command == f":{name}"]


def _typed(meta: Meta, word: str, view: View) -> list[str]:
    """How a command is typed, where the explanation is too short to say so."""
    engine = PROTOCOLS[meta.seat.link.wire.protocol]
    tag = proposed(engine, meta.seat.link.session)
    found = [topic for topic in engine.topics if topic.card.name == word.upper() and topic.syntax and topic.examples]
    lines = [f"type: {tag}{topic.syntax}" for topic in found if view.depth == 1]
    return [row for line in lines for row in wrapped(line, view.width, indent=5)]
