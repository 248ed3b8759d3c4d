"""The line under the prompt: what may be typed next, and the state of things while nothing is typed."""

import re
from collections.abc import Mapping

from mailshell.core.record import Want
from mailshell.core.session import Engine, Preview, Topic
from mailshell.demo.playing import Scene
from mailshell.mail.host import Host
from mailshell.protocols import PROTOCOLS
from mailshell.shell.local import begun
from mailshell.shell.local.scene import does, line
from mailshell.shell.meta import Meta
from mailshell.shell.prose import bare
from mailshell.shell.text import safe, width
from mailshell.shell.theme import Role
from mailshell.shell.typed import local, octets, typed
from mailshell.shell.ways import grow, place

_WORD = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
_MOST = 4
"""So many possibilities are named in one line."""


def topic_of(engine: Engine[Host], name: str) -> Topic | None:
    """What one types for a command."""
    return next((topic for topic in engine.topics if topic.card.name == name and topic.examples), None)


def hint(meta: Meta, text: str, columns: int) -> str:
    """One line about the text before the cursor, in so many columns at most."""
    whom, start = typed(meta, text)
    rest = text[start:]
    if whom == "server":
        parts = _command(meta, octets(rest))
    elif whom in ("text", "answer"):
        parts = [place(meta).preview(octets(rest)).note]
    elif whom == "choice":
        parts = _answer(meta, rest)
    elif whom == "closed":
        parts = ["The connection is closed.", "Enter alone opens it again."]
    elif whom == "help":
        parts = _help(meta, rest.strip())
    else:
        parts = _local(rest)
    ascii_only = meta.renderer.view.ascii
    return _fitted([safe(part, ascii_only=ascii_only) for part in parts], columns, "..." if ascii_only else "…")


def _fitted(parts: list[str], columns: int, more: str) -> str:
    """Parts side by side, the most important first; what finds no room is left out, and the first part is cut."""
    out = ""
    for part in parts:
        longer = f"{out}  {part}" if out else part
        if width(longer) > columns:
            room = columns - width(out) - 2
            return f"{out}  {_cut(part, room, more)}" if out and room >= _WORTH else out or _cut(part, columns, more)
        out = longer
    return out


_WORTH = 24
"""So many columns are worth the start of a part that finds no room as a whole."""


def _cut(text: str, columns: int, more: str) -> str:
    while text and width(text) + len(more) > columns:
        text = text[:-1]
    return (text.rstrip() + more)[: max(columns, 0)]


def _answer(meta: Meta, text: str) -> list[str]:
    """What the number of an answer stands for."""
    lesson = meta.lesson
    at = lesson.choice(text) if lesson is not None else None
    if lesson is None or lesson.question is None or at is None:
        return []
    return ["Enter answers:", bare(lesson.run.text(lesson.question.choices[at].says))]


def _sentences(text: str) -> list[str]:
    return re.split(r"(?<=[.?]) (?=[A-Z])", text)


def _command(meta: Meta, line: bytes) -> list[str]:
    engine = place(meta).engine
    found = place(meta).preview(line)
    if found.why:
        return _sentences(found.why)
    if found.card is None:
        return _verbs(meta, line, found)
    topic = topic_of(engine, found.card.name)
    syntax = found.card.name if topic is None else topic.syntax
    nexts = _nexts(found)
    begins = any(want.text and want.at < found.fits for want in found.wants)
    if found.fault is None and begins:
        nexts = [f"next: {nexts[0]}", "or Enter sends it"]
    elif found.fault is None:
        nexts = ["Enter sends it", *(f"or {one}" for one in nexts)]
    elif nexts:
        nexts[0] = f"next: {nexts[0]}"
    # What is complete by itself is told by its meaning, the rest by what is to come.
    return [*nexts[:1], f"({syntax}: {found.card.says})", *nexts[1:]]


def _nexts(found: Preview) -> list[str]:
    """What may come, each with its reason: rules before words, words before marks, and before what is there already."""
    wants = sorted(found.wants, key=lambda want: _rank(want, found))
    if found.fault is None or any(want.text for want in wants):
        wants = [want for want in wants if _rank(want, found) < _BEGUN]
    expected = [want.expect for want in wants] or (list(found.fault.expected) if found.fault else [])
    return list(dict.fromkeys(f"{one.what.strip() or 'a space'}  {one.why}" for one in expected))[:_MOST]


_BEGUN = 3
"""The rank of a rule that is there already, and may have more."""


def _rank(want: Want, found: Preview) -> int:
    if not want.text:
        return 0 if want.at == found.fits else _BEGUN
    return 1 if any(letter.isalnum() for letter in want.text) else 2


def _verbs(meta: Meta, line: bytes, found: Preview) -> list[str]:
    """The commands that the first letters may become, or what stands before a command."""
    here = place(meta)
    legal = here.session.legal()
    names = [want.text for want in found.wants]
    now = [name for name in names if name in legal]
    if len(names) == 1:
        preview = here.preview(line[: found.wants[0].at] + names[0].encode("ascii"))
        topic = topic_of(here.engine, names[0])
        if topic is None:
            return [f"next: {names[0].strip() or 'a space'}  {found.wants[0].expect.why}"]
        if preview.legal:
            return [topic.syntax, topic.card.says]
        return _sentences(preview.why or names[0])
    if not now:
        known = [name for name in names if topic_of(here.engine, name)]
        return [f"not now: {' '.join(known)}"] if known else [f"next: {' or '.join(names)}"] if names else []
    return [f"next: {' '.join(now)}"]


def _help(meta: Meta, word: str) -> list[str]:
    engine = PROTOCOLS[meta.seat.link.wire.protocol]
    for topic in engine.topics:
        if topic.card.name == word.upper():
            return [f"{topic.card.name}: {topic.card.says}"]
    return ["? alone says what may be typed now,", "? WORD what a word means"]


def _local(text: str) -> list[str]:
    word, argument, command = local(text)
    found = begun(word)
    if command is not None:
        return [f":{found[0]} {command.syntax}".rstrip(), command.says]
    if not found or argument is not None:
        return [f":{word} is no command of mailshell.", ":help lists them."]
    return [f":{name}" for name in found] if word else ["a command of mailshell;", ":help lists them"]


def coming(meta: Meta) -> str:
    """The line that comes next in a scene, else what every line begins with: it stands in grey where one types."""
    if meta.scene is not None:
        return "" if meta.scene.coming is None else line(meta, meta.scene.coming)
    if typed(meta, "").whom != "server":
        return ""
    return grow(place(meta), b"").decode("ascii")


def board(meta: Meta, lines: int, columns: int) -> list[tuple[str, str]]:
    """The rows of a lesson, on a screen of so many lines and columns: pieces of text, each with its style."""
    if meta.lesson is None:
        return []
    rows = meta.lesson.board.rows(lines, columns, ascii_only=meta.renderer.view.ascii)
    last = len(rows) - 1
    return [(f"class:{style}", text if at == last else f"{text}\n") for at, (style, text) in enumerate(rows)]


def toolbar(meta: Meta, columns: int, keys: Mapping[str, str], plays: str = "") -> list[tuple[Role, str]]:
    """The state of things for an empty line; `keys` says for an action, such as `depth`, which key is shown.

    `plays` is what keys do instead while a scene plays by itself.
    """
    link = meta.seat.link
    here = place(meta)
    if meta.scene is not None and meta.scene.on:
        return _row(_scene(meta, meta.scene, keys, plays), columns)
    several = f" {meta.seat.current} {here.host}" if len(meta.seat.links) > 1 else ""
    phase = "closed" if link.closed else here.engine.phases[link.session.phase].name
    items: list[list[tuple[Role, str]]] = [[("note", f" {here.engine.name.upper()}{several}  "), ("legal", phase)]]
    own: list[list[tuple[Role, str]]] = [[("note", f"{keys['local']} local")]] if "local" in keys else []
    taught = _taught(meta, keys)
    if link.closed:
        items += [*_asked(meta), *taught, [("note", "Enter opens it again")], [("note", ":quit leaves")]]
    elif not here.engine.reads_lines(link.session.phase):
        items += [[("note", here.preview(b"").note)], *taught, *own]
    else:
        items += _asked(meta)
        items += [[("note", "next "), ("legal", " ".join(useful(meta)))], *taught]
        items += [] if taught else [[("note", f"depth {meta.renderer.view.depth}{_key(keys, 'depth')}")]]
        items += [[("note", f"{keys['help']} help")]] if "help" in keys else []
        items += own
    return _row(items, columns)


def _asked(meta: Meta) -> list[list[tuple[Role, str]]]:
    """How a question is answered that is open."""
    question = meta.lesson.question if meta.lesson is not None else None
    if question is None:
        return []
    numbers = " ".join(str(at) for at, _ in enumerate(question.choices, 1))
    return [[("legal", numbers), ("note", " answers")]]


def _taught(meta: Meta, keys: Mapping[str, str]) -> list[list[tuple[Role, str]]]:
    """The keys of a lesson."""
    if meta.lesson is None or meta.lesson.run.over:
        return []
    return [[("note", f"{keys[name]} {name}")] for name in ("hint", "check") if name in keys]


def _scene(meta: Meta, scene: Scene, keys: Mapping[str, str], plays: str) -> list[list[tuple[Role, str]]]:
    """How far a scene has come, and what its keys do now."""
    items: list[list[tuple[Role, str]]] = [
        [("note", f" scene {scene.name} "), ("legal", f"{scene.place}/{scene.count}")]
    ]
    if plays:
        return [*items, [("note", plays)]]
    if scene.coming is not None and "scene-on" in keys:
        items += [[("note", f"{keys['scene-on']} {does(scene.coming)}")]]
    if scene.coming is None and meta.seat.link.closed:
        items += [[("note", "Enter opens it again")]]
    if scene.place and "scene-back" in keys:
        items += [[("note", f"{keys['scene-back']} takes back")]]
    link = meta.seat.link
    phase = "closed" if link.closed else PROTOCOLS[link.wire.protocol].phases[link.session.phase].name
    items += [[("note", f"{link.wire.protocol.upper()} "), ("legal", phase)]]
    return [*items, [("note", f"{keys['help']} help")]] if "help" in keys else items


def _key(keys: Mapping[str, str], action: str) -> str:
    return f" {keys[action]}" if action in keys else ""


def useful(meta: Meta) -> list[str]:
    """The legal commands that lead on, then those for any time; where no command is legal, what the phase waits for."""
    here = place(meta)
    legal, step = here.session.legal(), here.engine.phases[here.session.phase].next
    if not legal:
        return [step]
    onward = list(dict.fromkeys(_WORD.findall(step)))
    onward = [name for name in onward if name in legal][:_MOST]
    usual = [name for name in here.engine.usual if name in legal and name not in onward][: _MOST - len(onward)]
    return [*onward, *(name for name in legal if name in usual)]


def _row(items: list[list[tuple[Role, str]]], columns: int) -> list[tuple[Role, str]]:
    """Items with bars between them, as many as there is room for."""
    row: list[tuple[Role, str]] = []
    for item in items:
        bar: list[tuple[Role, str]] = [("rule", "  | " if len(row) == 2 else " | ")] if row else []
        if row and sum(width(text) for _, text in (*row, *bar, *item)) > columns:
            break
        row += [*bar, *item]
    while row and sum(width(text) for _, text in row) > columns:
        # Not even the first item fits: of it the phase goes last.
        row = [(row[-1][0], row[-1][1][:columns])] if len(row) == 1 else row[1:]
    return row
