"""Every protocol of mailshell, by name: the only file that names them all."""

from collections.abc import Callable, Iterator, Mapping
from functools import cache

from mailshell.core.session import Engine
from mailshell.mail.host import Host, Traits

TYPE_CHECKING = False  # what reads logs takes time to import, and no prompt needs it
if TYPE_CHECKING:
    from mailshell.core.elsewhere import Reader


class _Engines(Mapping[str, Engine[Host]]):
    """The engines by name; each is imported when somebody asks for it, as most sessions need only one."""

    def __init__(self, imports: Mapping[str, Callable[[], Engine[Host]]]) -> None:
        self._imports = imports
        self._engines: dict[str, Engine[Host]] = {}

    def __getitem__(self, name: str) -> Engine[Host]:
        engine = self._engines.get(name)
        if engine is None:
            engine = self._engines[name] = self._imports[name]()
        return engine

    def __contains__(self, name: object) -> bool:
        return name in self._imports

    def __iter__(self) -> Iterator[str]:
        return iter(self._imports)

    def __len__(self) -> int:
        return len(self._imports)


def _smtp() -> Engine[Host]:
    from mailshell.smtp import PROTOCOL

    return PROTOCOL


def _pop3() -> Engine[Host]:
    from mailshell.pop3 import PROTOCOL

    return PROTOCOL


def _imap() -> Engine[Host]:
    from mailshell.imap import PROTOCOL

    return PROTOCOL


PROTOCOLS = _Engines({"smtp": _smtp, "pop3": _pop3, "imap": _imap})


@cache
def verbs() -> tuple[str, ...]:
    """The commands of all protocols, in the order of their letters."""
    topics = (topic for engine in PROTOCOLS.values() for topic in engine.topics)
    return tuple(sorted({topic.card.name for topic in topics if topic.examples}))


@cache
def readers() -> "dict[str, Reader[Traits]]":
    """What each protocol knows of words and conversations from elsewhere; imported when somebody asks."""
    from mailshell.imap.elsewhere import READER as IMAP
    from mailshell.pop3.elsewhere import READER as POP3
    from mailshell.smtp.elsewhere import READER as SMTP

    return {"smtp": SMTP, "pop3": POP3, "imap": IMAP}
