"""The commands of mailshell itself: `:depth 2`, `:undo`, `:mailbox bob`. One table for all front ends."""

from mailshell.core.script import ScriptError
from mailshell.mail.store import Full
from mailshell.protocols import PROTOCOLS
from mailshell.shell.help import columns, help_lines, here, wrapped
from mailshell.shell.local import files, links, look, travel, view
from mailshell.shell.meta import Command, Meta, no_argument, words
from mailshell.shell.theme import THEMES
from mailshell.world.seat import SeatError
from mailshell.world.world import Busy


def carry_out(meta: Meta, text: str) -> None:
    """Run a local command, colon left out; a mistake is one line of text, never an exception."""
    word, _, rest = (text or "help").partition(" ")
    found = [name for name in COMMANDS if name == word] or [name for name in COMMANDS if name.startswith(word)]
    try:
        if len(found) != 1:
            raise SeatError(_unknown(word, found))
        COMMANDS[found[0]].run(meta, rest.strip())
    except (SeatError, ScriptError, Busy, Full) as error:
        meta.out(meta.renderer.error(str(error)))
    except OSError as error:
        meta.out(meta.renderer.error(f"{error.filename}: {error.strerror}" if error.filename else str(error)))


def _unknown(word: str, found: list[str]) -> str:
    if found:
        return f":{word} could be {' or '.join(':' + name for name in found)}."
    from difflib import get_close_matches

    near = get_close_matches(word, COMMANDS, 1)
    hint = f" Did you mean :{near[0]}?" if near else ""
    return f":{word} is no command of mailshell.{hint} :help lists them."


def _help(meta: Meta, rest: str) -> None:
    link = meta.seat.link
    engine = PROTOCOLS[link.wire.protocol]
    word = rest.removeprefix(":")
    width = meta.renderer.view.width
    if not rest:
        rows = [(f":{name} {one.syntax}", one.says) for name, one in COMMANDS.items()]
        hint = "? alone says what may be sent now, ? WORD what a word means."
        meta.out([*columns(rows, width, indent=3, left=28), *wrapped(hint, width)])
        return
    if rest == "?":
        hint = "? WORD explains a word. :help lists the commands of mailshell."
        meta.out([*here(engine, link.session, width), *wrapped(hint, width)])
        return
    lines = help_lines(engine, rest, width)
    if lines is None and word in COMMANDS:
        command = COMMANDS[word]
        lines = [f"   :{word} {command.syntax}".rstrip(), f"     {command.says}"]
    if lines is None:
        raise SeatError(f"There is no help on {rest}. ? lists what may be typed.")
    meta.out(lines)


def _quit(meta: Meta, rest: str) -> None:
    no_argument("quit", rest)
    meta.over = True


COMMANDS: dict[str, Command] = {
    "help": Command("[WORD]", "what may be typed now, or what a word means", _help),
    "why": Command("", "what the last answer meant, and by which rule", look.why),
    "depth": Command("[0|1|2]", "the wire, a note a line, or every field named", view.depth, words("0", "1", "2")),
    "wire": Command("[off|marks|hex]", "line ends hidden, as marks, or a hex dump", view.wire, words(*view.WIRE)),
    "theme": Command("[NAME]", "colours: ansi16, dark, light, mono, projector", view.theme, words(*THEMES)),
    "undo": Command("", "take the last line back, in the whole world", travel.undo),
    "redo": Command("", "do again what was undone", travel.redo),
    "reset": Command("", "the world as it was at the start", travel.reset),
    "mailbox": Command("[USER[@HOST] [N]]", "mailboxes, messages of one, or one message", look.mailbox, look.users),
    "wait": Command("TIME [--idle]", "turn the clock on, as in :wait 30m", travel.wait),
    "connect": Command("[HOST [PROTOCOL]]", "one more connection", links.connect, links.hosts),
    "switch": Command("[N]", "list the connections, or go to one", links.switch, links.numbers),
    "close": Command("[N]", "cut a connection and forget it", links.close, links.numbers),
    "drop": Command("", "cut the connection without a word", links.drop),
    "raw": Command('"OCTETS"', 'octets as they are, as in :raw "a\\n.\\r\\n"', links.raw),
    "secrets": Command("on|off", "show passwords, or mask them", view.secrets, words("on", "off")),
    "save": Command("FILE", "write .txt, which plays again, or .log .svg .html .md .cast .json", files.save),
    "log": Command("[FILE|off]", "append what is shown to a file", files.log),
    "quit": Command("", "leave mailshell", _quit),
}
