"""The commands of mailshell itself: `:depth 2`, `:undo`, `:mailbox bob`. One table for all front ends."""

from collections.abc import Iterable

from mailshell.core.near import near
from mailshell.core.script import ScriptError
from mailshell.mail.store import Full
from mailshell.protocols import PROTOCOLS
from mailshell.shell.local import choices, files, guide, learn, links, look, scene, screen, travel, trouble, view, watch
from mailshell.shell.meta import Choice, Command, Meta, no_argument
from mailshell.world.seat import SeatError
from mailshell.world.world import Busy


def carry_out(meta: Meta, text: str) -> bool:
    """Run a local command, colon left out; whether that went well. A mistake is told in words, never an exception."""
    meta.failed = False
    word, _, rest = (text or "help").partition(" ")
    found = begun(word)
    try:
        if len(found) != 1:
            raise SeatError(_unknown(word, found))
        COMMANDS[found[0]].carry_out(meta, rest.strip())
    except Busy as error:
        meta.fail(f"{error} :serve off closes all of them.")
    except (SeatError, ScriptError, Full) as error:
        meta.fail(str(error))
    except OSError as error:
        meta.fail(f"{error.filename}: {error.strerror}" if error.filename else str(error))
    meta.look()
    return not meta.failed


def begun(word: str) -> list[str]:
    """The local commands that a word, in any case of its letters, may mean."""
    word = word.lower()
    return [word] if word in COMMANDS else [name for name in COMMANDS if name.startswith(word)]


def _unknown(word: str, found: list[str]) -> str:
    if found:
        return f":{word} could be {' or '.join(':' + name for name in found)}."
    return f":{word} is no command of mailshell.{near(word, [f':{name}' for name in COMMANDS])} :help lists them."


def _help(meta: Meta, rest: str) -> None:
    meta.read(guide.lines(meta, COMMANDS, rest))


def _topics(meta: Meta, text: str) -> Iterable[Choice]:
    """The words of the protocol that have help, then the groups of commands, and the commands of mailshell."""
    engine = PROTOCOLS[meta.seat.link.wire.protocol]
    says = {topic.card.name: topic.card.says for topic in reversed(engine.topics)}
    names = dict.fromkeys(topic.card.name for topic in engine.topics)
    found = [(name, says[name]) for name in names] + list(guide.GROUPS.items())
    found += [(f":{name}", one.says) for name, one in COMMANDS.items()]
    return [Choice(name, len(text), why) for name, why in found if name.upper().startswith(text.upper())]


def _quit(meta: Meta, rest: str) -> None:
    no_argument("quit", rest)
    meta.over = True


COMMANDS: dict[str, Command] = {
    "help": Command("[WORD]", "the commands of mailshell, a group of them, or a word", _help, _topics),
    "why": Command("[LINE] [DEPTH]", "what happened, and by which rule, in depths 0 to 3", look.why),
    "try": Command("", "three next moves: a safe, an odd and a breaking one", look.try_next),
    "search": Command("[TEXT]", "every line with its number, or those that hold TEXT", look.search),
    "copy": Command("client|server|all", "one side, for pasting", look.copy, words=look.SIDES),
    "body": Command("[LINE]", "the text of a message, whole and not folded", look.body),
    "explain": Command("WORDS", "what a word, a code or a line means", look.explain),
    "world": Command("[list]", "hosts, users, mail, connections, the time", look.world, words=look.WORLD),
    "watch": Command("[on|off|HOST...]", "what the servers say to each other", watch.watch, watch.hosts, watch.WATCHED),
    "queue": Command("[HOST]", "what waits, for whom, and when it is tried again", watch.queue, watch.hosts),
    "trace": Command("[ID|HOST/ID]", "one message through every host", watch.trace, watch.messages),
    "dns": Command("[NAME]", "which hosts take the mail of a name", watch.dns, watch.names),
    "depth": Command("[0|1|2]", "the wire, a note a line, or every field named", view.depth, words=view.DEPTHS),
    "wire": Command("[off|marks|hex]", "line ends hidden, as marks, or a hex dump", view.wire, words=view.WIRES),
    "theme": Command("[NAME]", "colours: ansi16, dark, light, mono, projector", view.theme, words=view.THEME_WORDS),
    "undo": Command("", "take the last line back, in the whole world", travel.undo),
    "redo": Command("", "do again what was undone", travel.redo),
    "back": Command("LINE", "the world as it was right before a line", travel.back, choices.steps),
    "branch": Command("[NAME]", "begin a branch here, or go to one", travel.branch, travel.names),
    "branches": Command("", "all branches as a tree", travel.branches),
    "diff": Command("A [B]", "what differs between two branches", travel.diff, travel.pairs),
    "reset": Command("", "the world as it was at the start", travel.reset),
    "mailbox": Command(
        "[USER[@HOST] [MAILBOX] [N [all]]]",
        "mailboxes, messages of one, or one message",
        look.mailbox,
        choices.messages,
    ),
    "wait": Command("TIME [--idle]", "turn the clock on, as in :wait 30m", travel.wait, choices.times),
    "until": Command(
        "delivered|bounced|empty|TIME [LIMIT]", "turn the clock on to one of these, or a time", watch.until, watch.goals
    ),
    "date": Command("", "the time of the world, and when something is due", watch.date),
    "connect": Command("[HOST [PROTOCOL]]", "one more connection", links.connect, links.hosts),
    "switch": Command("[N]", "list the connections, or go to one", links.switch, links.numbers),
    "close": Command("[N]", "cut a connection and forget it", links.close, links.numbers),
    "drop": Command("", "cut the connection without a word", links.drop),
    "fault": Command("[KIND [HOST] ...]", "put a fault into the world, or list them", trouble.fault, trouble.words),
    "heal": Command("[N|KIND|all]", "take a fault away", trouble.heal, trouble.healed),
    "raw": Command('"OCTETS"', 'octets as they are, as in :raw "a\\n.\\r\\n"', links.raw),
    "secrets": Command("on|off", "show passwords, or mask them", view.secrets, words=view.SECRETS),
    "save": Command(
        "FILE", "write .txt, which plays again, or .log .svg .html .md .cast .json", files.save, choices.files
    ),
    "log": Command("[FILE|off]", "append what is shown to a file", files.log, choices.files, files.OFF),
    "demo": Command("[NAME|FILE]", "scenes that are played for you", scene.demo, scene.names),
    "step": Command("", "the next step of the scene", scene.step),
    "learn": Command("[LESSON[#STEP]]", "a lesson: the next one, or the one that you name", learn.learn, learn.lessons),
    "lessons": Command("", "all lessons, with what is done, helped and open", learn.roadmap),
    "task": Command("", "the task of this step again", learn.task),
    "fold": Command("", "the goals in one row, or all of them again", learn.fold),
    "hint": Command("", "the next hint for this step", learn.hint),
    "check": Command("", "what is missing in this step, and why", learn.check),
    "answer": Command("NUMBER", "your answer to the question, by its number", learn.answer, learn.answers),
    "solution": Command("", "the lines that solve this step", learn.solution),
    "goto": Command("STEP", "another step of this lesson", learn.goto, learn.steps),
    "again": Command("", "back to the start of this step", learn.again),
    "free": Command("", "play freely, and come back to where you were", learn.free),
    "next": Command("", "go on: past a question, or to the next lesson", learn.onward),
    "keys": Command("", "what each key does", screen.keys),
    "editing": Command("[vi|emacs]", "edit the line as in vi, or as in emacs", screen.editing, words=screen.EDITINGS),
    "panes": Command("", "the wire and its meaning side by side, or back", screen.panes),
    "clear": Command("", "clear the screen", screen.clear),
    "pipeline": Command("on|off", "send the lines of a paste in one write", screen.pipeline, words=screen.PASTES),
    "serve": Command(
        "[off|PROTOCOL...]", "open TCP ports, as in :serve smtp=2525", screen.serve, screen.ports, screen.OFF
    ),
    "quit": Command("", "leave mailshell", _quit),
}
