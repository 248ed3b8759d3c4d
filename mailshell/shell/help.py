"""Help: what may be typed now, and what a word means."""

from collections.abc import Iterable

from mailshell.core import tables
from mailshell.core.session import Engine, Session, Topic
from mailshell.mail.host import Host
from mailshell.shell.text import wrap


def help_lines(engine: Engine[Host], word: str, width: int) -> list[str] | None:
    """Lines of help on a word of the protocol; None for a word that is not known."""
    if len(word) == 3 and word.isascii() and word.isdecimal():
        return _code(engine, word, width)
    wanted = word.upper()
    found = [topic for topic in engine.topics if topic.card.name.upper() == wanted]
    return [line for topic in found for line in _topic(topic, width)] or None


def legal_topics(engine: Engine[Host], session: Session) -> list[Topic]:
    """The commands that the server takes now."""
    names = session.legal()
    return [topic for topic in engine.topics if topic.card.name in names and topic.examples]


def here(engine: Engine[Host], session: Session, width: int) -> list[str]:
    """The phase, and what may be sent in it."""
    lines = wrapped(f"Phase: {session.phase.value}. {engine.phases[session.phase].more}", width)
    topics = legal_topics(engine, session)
    if topics:
        rows = [(topic.syntax, topic.card.says) for topic in topics]
        lines += ["   Legal now:", *columns(rows, width, indent=5, left=26)]
    return lines


def columns(rows: Iterable[tuple[str, str]], width: int, *, indent: int, left: int) -> list[str]:
    """What one types and what it does, side by side; below each other where the line is too narrow."""
    out = []
    for typed, says in rows:
        if indent + left + len(says) <= width:
            out.append(f"{' ' * indent}{typed:<{left}}{says}")
        else:
            out += [" " * indent + typed.rstrip(), *wrapped(says, width, indent=indent + 2)]
    return out


def _code(engine: Engine[Host], code: str, width: int) -> list[str] | None:
    """What a reply code means, whichever server sends it."""
    for row in tables.rows(f"{engine.name}-replies"):
        if row["code"] == code:
            lines = [f"   {code}: {row['name']}", *wrapped(row["meaning"], width, indent=5)]
            lines += wrapped(f"next: {row['next']}", width, indent=5)
            return lines + wrapped(row["section"], width, indent=5)
    return None


def _topic(topic: Topic, width: int) -> list[str]:
    card = topic.card
    lines = [f"   {card.name}: {card.says}"]
    lines += wrapped(card.more, width, indent=5)
    if topic.syntax:
        lines.append(f"     type:  {topic.syntax}")
    lines += [f"     as in: {example}" for example in topic.examples]
    return [*lines, f"     {card.cite}"]


def wrapped(text: str, width: int, indent: int = 3) -> list[str]:
    """A paragraph at an indentation, in columns."""
    rows: Iterable[str] = wrap(text, max(width - indent - 1, 30))
    return [" " * indent + row for row in rows]
