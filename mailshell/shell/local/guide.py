"""`:help` and `?`: the local commands in groups, one of them at length, what may be sent now, what a word means."""

from collections.abc import Mapping
from typing import Literal, NamedTuple, get_args

from mailshell.core.explain import masked
from mailshell.protocols import PROTOCOLS
from mailshell.shell.help import here, wrapped
from mailshell.shell.keys import ACTIONS
from mailshell.shell.meta import Command, Meta, reads_lines
from mailshell.shell.view import View
from mailshell.world.seat import SeatError

Group = Literal["lesson", "look", "connections", "time", "screen", "files"]

COLUMN = 40
"""Columns of one command in the list; two stand side by side where there is room."""


class Guide(NamedTuple):
    """A local command for those who learn it: its group, what it does in a few words, an example, what else to know."""

    group: Group
    brief: str
    example: str
    more: str = ""


GUIDES: Mapping[str, Guide] = {
    "learn": Guide(
        "files",
        "begin a lesson, or go on",
        ":learn 2",
        "LESSON and STEP are names or numbers. The world of this session goes, and the lesson brings its own.",
    ),
    "lessons": Guide("files", "the map: done, open", ":lessons"),
    "task": Guide("lesson", "the task again", ":task"),
    "fold": Guide("lesson", "its goals in one row", ":fold", "Once more, and all rows of them are there again."),
    "hint": Guide("lesson", "the next hint", ":hint", "Hints cost nothing. The last one is an example."),
    "check": Guide("lesson", "what is missing, and why", ":check"),
    "answer": Guide(
        "lesson", "answer a question", ":answer 1", "While a question is open, the number alone does the same."
    ),
    "solution": Guide("lesson", "lines that solve it", ":solution", "The map says then that the step had help."),
    "goto": Guide(
        "lesson",
        "another step of it",
        ":goto 3",
        "STEP is a name or a number. The steps before it are played for you, and the map says that they had help.",
    ),
    "again": Guide("lesson", "the step from its start", ":again"),
    "free": Guide(
        "lesson",
        "play, and come back",
        ":free",
        "Nothing is checked until you type :free again. Then everything is as it was before.",
    ),
    "next": Guide("lesson", "the next lesson", ":next"),
    "help": Guide("look", "this list, or one of it", ":help :why"),
    "why": Guide(
        "look",
        "what happened, and why",
        ":why -1 3",
        "LINE is a number of :search, or -1 for the last line of this connection, -2 for the one before. DEPTH is 0 "
        "for one sentence, 1 for what, why and what next, 2 with the rule, the phase and what is legal, 3 with every "
        "part and code.",
    ),
    "try": Guide("look", "three moves to make next", ":try"),
    "search": Guide(
        "look",
        "lines by number or text",
        ":search bob",
        "It looks at all connections: at the wire, at the meanings and at the reasons. A number belongs to one step "
        "for good: what is undone takes its number along, and :redo brings it back.",
    ),
    "body": Guide("look", "a message text, unfolded", ":body 7", "LINE is a number of :search."),
    "copy": Guide("look", "one side, for pasting", ":copy client", "Passwords are masked unless :secrets is on."),
    "explain": Guide("look", "what a word or line means", ":explain 452"),
    "world": Guide(
        "look", "hosts, queues, mail, time", ":world", "A picture; :world list says more in words, all lists and users."
    ),
    "watch": Guide(
        "look",
        "the servers' own talk",
        ":watch on",
        "Off, each attempt to hand a message on is told in one line. Alone it shows the last conversation between "
        "servers again, at the depth that holds. Such a conversation has a letter, and its lines have no numbers: "
        "they are no steps of yours.",
    ),
    "queue": Guide("look", "what waits on the hosts", ":queue lancs.uk"),
    "trace": Guide(
        "look",
        "one message, hop by hop",
        ":trace 1",
        "ID is what a server calls the message, as in id 1 of its answer; the host is the one of this connection where "
        "none is named, as in :trace lancs.uk/1. Alone it takes the message that was accepted last.",
    ),
    "dns": Guide("look", "who takes mail for a name", ":dns nyu.edu"),
    "mailbox": Guide("look", "mailboxes and messages", ":mailbox bob 2", ":mailbox bob Sent lists another mailbox."),
    "connect": Guide("connections", "one more connection", ":connect lancs.uk"),
    "switch": Guide("connections", "go to another one", ":switch 2"),
    "close": Guide("connections", "cut one and forget it", ":close 2"),
    "drop": Guide("connections", "cut it without a word", ":drop"),
    "raw": Guide("connections", "octets as they are", ':raw "NOOP\\n"'),
    "pipeline": Guide("connections", "a paste in one write", ":pipeline on"),
    "serve": Guide("connections", "open TCP ports", ":serve"),
    "undo": Guide("time", "take the last line back", ":undo"),
    "redo": Guide("time", "do it again", ":redo"),
    "back": Guide(
        "time",
        "right before a line",
        ":back 3",
        "LINE is a number of :search, of any branch, or -1 for the last line of this connection. The whole world goes "
        "back. :redo walks forward again, line by line. What you type instead begins a new way, and the old one is "
        "kept under a name of its own.",
    ),
    "branch": Guide(
        "time",
        "begin one, or go to one",
        ":branch lunch",
        "A new name begins a branch at the present moment; the branch that you leave stays as it is. A known name "
        "goes to the end of that branch. Without a name it says where you are. The first branch is main.",
    ),
    "branches": Guide("time", "all of them as a tree", ":branches"),
    "diff": Guide(
        "time",
        "two branches compared",
        ":diff main lunch",
        "It shows what was said since both parted, and then what differs in the world at their ends. With one name "
        "it compares that branch with the present moment. | marks rows that differ, < and > rows that one side lacks.",
    ),
    "reset": Guide("time", "the world as at the start", ":reset"),
    "wait": Guide(
        "time",
        "turn the clock on",
        ":wait 30m",
        "TIME counts days, hours, minutes and seconds, as 1d, 2h, 30m or 10s, and 1h30m together; a number alone is "
        "seconds. What is due by then happens. Without --idle no server gives up waiting for you; with it, a server "
        "that has waited too long closes the connection.",
    ),
    "until": Guide(
        "time",
        "until something happens",
        ":until delivered",
        "delivered and bounced speak of the message that was accepted last; empty means that no message waits on any "
        "host. TIME is a time of day, as 10:30 or Tue 10:30. LIMIT is a length of time, 30d where none is given.",
    ),
    "date": Guide("time", "what time it is", ":date"),
    "fault": Guide(
        "time",
        "something goes wrong",
        ":fault queue-full nyu.edu",
        ":fault alone lists what is in force and what there is. :help and the name of a kind says what it teaches and "
        "how it is written, as in :help greylisting. odds 30% at the end lets a fault strike now and then. "
        "A RCPT to 421@fault.test, or another code, is refused with that code on every host.",
    ),
    "heal": Guide("time", "and is mended", ":heal 1"),
    "depth": Guide("screen", "how much is explained", ":depth 2"),
    "wire": Guide("screen", "how line ends are shown", ":wire hex"),
    "theme": Guide("screen", "colours", ":theme dark"),
    "secrets": Guide("screen", "show passwords or stars", ":secrets on"),
    "keys": Guide("screen", "what the keys do", ":keys"),
    "panes": Guide("screen", "wire and meaning in panes", ":panes"),
    "editing": Guide("screen", "edit as in vi or emacs", ":editing vi"),
    "clear": Guide("screen", "an empty screen", ":clear"),
    "save": Guide("files", "a file that plays again", ":save first.txt"),
    "log": Guide("files", "append what is shown", ":log first.log"),
    "demo": Guide(
        "files",
        "scenes played for you",
        ":demo lecture",
        "A scene is a file of C: and S: lines, one step a key. What comes otherwise than it says is told. You may type "
        "between two steps.",
    ),
    "step": Guide("files", "the next step of a scene", ":step"),
    "quit": Guide("connections", "leave mailshell", ":quit"),
}


def lines(meta: Meta, commands: Mapping[str, Command], rest: str) -> list[str]:
    """Help on nothing, on what may be sent now (`?`), on a local command, or on a word; raises SeatError."""
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

    found = explained(rest, view)
    found += _typed(meta, rest, view) if found else []
    found += _command(meta, word, commands[word]) if word in commands else []
    if found:
        return found
    shown = masked(rest.encode("utf-8", "surrogateescape")).decode("utf-8", "surrogateescape")
    raise SeatError(f"There is no help on {shown}. ? lists what may be typed.")


def _overview(commands: Mapping[str, Command], view: View, *, taught: bool) -> list[str]:
    """The commands in groups; those of a lesson only where one is going on."""
    out = []
    for group in get_args(Group) if taught else get_args(Group)[1:]:
        names = [name for name, guide in GUIDES.items() if guide.group == group and name in commands]
        out.append(f"   {group}")
        cells = [f"   :{name:<9} {GUIDES[name].brief}" for name in names]
        if view.width < 2 * COLUMN or view.words:
            out += cells
            continue
        half = (len(cells) + 1) // 2
        for number, cell in enumerate(cells[:half]):
            other = cells[half + number] if half + number < len(cells) else ""
            out.append(f"{cell:<{COLUMN}}{other}".rstrip())
    return [*out, *wrapped("? says what to send now, ? WORD explains a word, :help :why one command.", view.width)]


def _command(meta: Meta, name: str, command: Command) -> list[str]:
    width, guide = meta.renderer.view.width, GUIDES[name]
    out = wrapped(f":{name} {command.syntax}".rstrip(), width)
    for text in (command.says, guide.more, f"as in: {guide.example}"):
        out += wrapped(text, width, indent=5)
    bindings = meta.front.bindings() if meta.front is not None else []
    return out + [f"     key: {keys}" for action, keys, _ in bindings if ACTIONS[action].command == f":{name}"]


def _typed(meta: Meta, word: str, view: View) -> list[str]:
    """How a command is typed, where the explanation is too short to say so."""
    topics = PROTOCOLS[meta.seat.link.wire.protocol].topics
    found = [topic for topic in topics if topic.card.name == word.upper() and topic.syntax and topic.examples]
    return [row for topic in found if view.depth == 1 for row in wrapped(f"type: {topic.syntax}", view.width, indent=5)]
