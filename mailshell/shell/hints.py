"""What the shell says about a half-typed line: what may follow, its colours, one line of explanation.

Pure: nothing here changes the world, a session or the screen. It is asked at every key. Positions are characters.
"""

import re
from collections.abc import Iterable, Iterator, Reversible

from mailshell.core.session import Preview
from mailshell.shell.bar import coming, hint, toolbar, topic_of
from mailshell.shell.fields import fields
from mailshell.shell.help import proposed
from mailshell.shell.local import COMMANDS, begun
from mailshell.shell.meta import Choice, Meta
from mailshell.shell.theme import Role
from mailshell.shell.typed import characters, local, octets, secrets, typed
from mailshell.shell.ways import Place, Way, grow, place, ways

__all__ = ["anew", "choices", "colours", "coming", "ghost", "hint", "toolbar"]

_BOUNDARY = re.compile(r"[ :]")
_STEPS = 6
"""So many words of a grey rest are filled in."""


def choices(meta: Meta, text: str) -> list[Choice]:
    """What may be typed next, for the text before the cursor: what is legal first."""
    whom, start = typed(meta, text)
    rest = text[start:]
    if whom == "local":
        return list(_local(meta, rest))
    if whom == "help":
        return list(COMMANDS["help"].choices(meta, rest.lstrip()))
    if whom == "text":
        return list(fields(meta, rest))
    if whom != "server":
        return []
    line = octets(rest)
    # Of lines that differ in the case of letters alone the first stays; what changes nothing else is no choice.
    found = {way.line.upper(): way for way in reversed(list(ways(place(meta), line)))}
    found.pop(line.upper(), None)
    kept = list(reversed(found.values()))
    telling = [way for way in kept if _tells(place(meta), line, way)]
    return [one for one in (_choice(rest, way) for way in telling or kept) if one.text.strip()]


def _tells(place: Place, line: bytes, way: Way) -> bool:
    """Whether a way adds a word, makes one longer, or ends the line; a lone mark says nothing beside words."""
    added = way.line[len(line) :]
    if way.name or any(chr(octet).isalnum() for octet in added) or place.preview(way.line).fault is None:
        return True
    longer = (line[: want.at] + want.text.encode("ascii") for want in place.preview(line).wants if want.at < len(line))
    return way.line in longer


def _choice(typed: str, way: Way) -> Choice:
    """A way as a text that takes the place of the last word."""
    full = way.line.decode("utf-8", "surrogateescape")
    start = len(typed)
    if full[start : start + 1] != " ":
        start = max((one.end() for one in _BOUNDARY.finditer(typed)), default=0)
    return Choice(full[start:], len(typed) - start, way.says, way.legal)


def _local(meta: Meta, text: str) -> Iterator[Choice]:
    word, argument, command = local(text)
    if argument is None:
        for name in begun(word):
            one = COMMANDS[name]
            yield Choice(f"{name} " if one.syntax else name, len(word), one.says)
    elif command is not None:
        yield from command.choices(meta, argument)


def ghost(meta: Meta, text: str, history: Reversible[str]) -> str:
    """The rest of the line in grey: as it was typed last time, else as it would be usual; `history` is oldest first."""
    whom, start = typed(meta, text)
    if not text or whom in ("text", "answer", "closed"):
        return ""
    rest = text[start:]
    if whom == "server":
        line = octets(rest)
        found = place(meta).preview(line)
        # What is wrong already is not mended by more.
        if found.fits < len(line) or secrets(line, found):
            return ""
    begun = _said(meta, text)
    for old in reversed(history):
        known = _said(meta, old)  # what was typed before had another tag
        if (
            0 < len(begun) < len(known)
            and known.startswith(begun)
            and (begun == text) == (known == old)
            and _fits(meta, old)
        ):
            return known[len(begun) :]
    if whom == "server":
        return _usual(place(meta), rest)
    ends = choices(meta, text)
    if len(ends) == 1 and ends[0].text.startswith(text[len(text) - ends[0].back :]):
        return ends[0].text[ends[0].back :].rstrip()
    return ""


def _said(meta: Meta, text: str) -> str:
    """A line without its tag."""
    whom, start = typed(meta, text)
    line = octets(text[start:])
    return text[start + characters(line, place(meta).engine.lead(line)) :] if whom == "server" else text


def anew(meta: Meta, lines: Iterable[str]) -> Iterator[str]:
    """Lines that were typed before, each with the next tag in the place of its own; of equal neighbours the first."""
    engine = place(meta).engine
    tag = proposed(engine, place(meta).session)
    verbs = {topic.card.name.partition(" ")[0] for topic in engine.topics if topic.examples}
    before = ""
    for line in lines:
        first, space, rest = line.partition(" ")
        tagged = tag and space and first.upper() not in verbs and rest.partition(" ")[0].upper() in verbs
        new = f"{tag}{rest}" if tagged else line
        if new != before:
            yield new
        before = new


def _fits(meta: Meta, text: str) -> bool:
    """Whether a whole line is right now."""
    whom, start = typed(meta, text)
    if whom != "server":
        return whom == "help" or local(text[start:])[2] is not None
    line = octets(text[start:])
    found = place(meta).preview(line)
    return found.legal and found.fault is None and found.fits == len(line) and not secrets(line, found)


def _usual(place: Place, text: str) -> str:
    """The rest of the line, as far as there is one way on, or names of which the first will do."""
    line = octets(text)
    for _ in range(_STEPS):
        found = place.preview(line)
        if found.card is not None and not (found.legal and found.fits == len(line)):
            return ""
        way = _first(place, line)
        if found.card is not None and found.fault is None:
            # A line that is complete goes on only inside the name that it ends in.
            inside = way is not None and way.name and not way.line.startswith(line + b" ") and line == octets(text)
            line = way.line if way is not None and inside else line
            break
        if way is None:
            line = _example(place, line, found)
            break
        line = way.line
        if way.name:
            break
    full = line.decode("utf-8", "surrogateescape")
    return full[len(text) :] if full.lower().startswith(text.lower()) else ""


def _first(place: Place, line: bytes) -> Way | None:
    """The one legal way on, or the first of names."""
    first: Way | None = None
    for way in ways(place, line):
        if way.line == line or not way.legal:
            continue
        if way.name:
            return way
        if first is not None and first.line != way.line:
            return None
        first = way
    return first


def _example(place: Place, line: bytes, found: Preview) -> bytes:
    """The example of the command that goes on from the line, or the line."""
    if found.card is None:
        return line
    topic = topic_of(place.engine, found.card.name)
    for example in (one.encode() for one in (() if topic is None else topic.examples)):
        if example.upper().startswith(line.upper()) and place.preview(example).fits == len(example):
            return example
    return grow(place, line)


def colours(meta: Meta, text: str) -> list[tuple[Role, str]]:
    """The text cut into pieces, each with its role; secrets as stars, of which each stands for one character."""
    whom, start = typed(meta, text)
    rest = text[start:]
    if whom in ("text", "closed"):
        pieces: list[tuple[Role, str]] = [("client", text)]
    elif whom == "answer":
        plain = meta.renderer.view.secrets or text == "*"
        pieces = [("client", text if plain else "*" * len(text))]
    elif whom == "server":
        pieces = [("note", text[:start]), *_server(meta, rest)]
    elif whom == "choice":
        pieces = [("legal", text)]
    elif whom == "help":
        pieces = [("legal", text[:start]), ("note", rest)]
    else:
        word, argument, _ = local(rest)
        end = len(text) if argument is None else text.index(word, start) + len(word)
        known = len(begun(word)) == 1 or (argument is None and bool(begun(word)))
        pieces = [("legal" if known else "unknown", text[:end]), ("note", text[end:])]
    return [(role, piece) for role, piece in pieces if piece]


def _server(meta: Meta, text: str) -> Iterator[tuple[Role, str]]:
    line = octets(text)
    found = place(meta).preview(line)
    shown = _starred(text, line, () if meta.renderer.view.secrets else secrets(line, found))
    fits = characters(line, found.fits)
    tag = characters(line, place(meta).engine.lead(line))
    named = 0 if found.card is None else len(found.card.name)
    verb = tag + max(len(re.split(r"[ \t]", text[tag:], maxsplit=1)[0]), named)
    if found.card is None:
        right = found.fits == len(line)
        yield "client" if right else "unknown", shown[:verb]
        yield "client" if right or verb else "fault", shown[verb:]
        return
    yield "client", shown[:tag]
    yield "legal" if found.legal else "early", shown[tag:verb]
    yield "client", shown[verb : max(fits, verb)]
    yield "fault", shown[max(fits, verb) :]


def _starred(text: str, line: bytes, spans: tuple[tuple[int, int], ...]) -> str:
    for first, last in spans:
        start, end = characters(line, first), characters(line, last)
        text = text[:start] + "*" * (end - start) + text[end:]
    return text
