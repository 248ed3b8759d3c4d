"""Help: what may be typed now; texts in columns."""

from collections.abc import Iterable

from mailshell.core.session import Engine, Session, Topic
from mailshell.mail.host import Host
from mailshell.shell.text import wrap


def legal_topics(engine: Engine[Host], session: Session) -> list[Topic]:
    """The commands that the server takes now."""
    names = session.legal()
    return [topic for topic in engine.topics if topic.card.name in names and topic.examples]


def here(engine: Engine[Host], session: Session, width: int) -> list[str]:
    """The phase, and what may be sent in it."""
    lines = wrapped(f"Phase: {sentence(session.phase.value)} {engine.phases[session.phase].more}", width)
    topics = legal_topics(engine, session)
    if topics:
        tag = proposed(engine, session)
        rows = [(f"{tag}{topic.syntax}", topic.card.says) for topic in topics]
        longest = max(len(typed) for typed, _ in rows) + 2
        lines += ["   Legal now:", *columns(rows, width, indent=5, left=max(26, min(longest, width // 2)))]
    return lines


def sentence(text: str) -> str:
    """Words with a full stop, where no question mark ends them."""
    return text if text.endswith("?") else f"{text}."


def proposed(engine: Engine[Host], session: Session) -> str:
    """The tag that the next command may have, and a space; empty where there are no tags, or no command may come."""
    if not engine.tagged or not session.legal():
        return ""
    return "".join(f"{want.text} " for want in session.preview(b"").wants[:1])


def columns(rows: Iterable[tuple[str, str]], width: int, *, indent: int, left: int) -> list[str]:
    """What one types and what it does, side by side; below each other where the line is too narrow."""
    out = []
    for typed, says in rows:
        typed = f"{typed.ljust(left - 2)}  "
        if indent + len(typed) + len(says) <= width:
            out.append(f"{' ' * indent}{typed}{says}")
        else:
            out += [" " * indent + typed.rstrip(), *wrapped(says, width, indent=indent + 2)]
    return out


def wrapped(text: str, width: int, indent: int = 3) -> list[str]:
    """A paragraph at an indentation, in columns."""
    rows: Iterable[str] = wrap(text, max(width - indent - 1, 20))
    return [" " * indent + row for row in rows]
