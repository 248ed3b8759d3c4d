"""Who wants to hear at once when a mailbox changes: an index, so that a thousand who wait cost nothing."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mailshell.world.world import Link

Box = tuple[str, str, str]
"""A mailbox: its host, its user, its name."""

_NOTHING: frozenset[Box] = frozenset()


class Watchers:
    """The connections whose sessions watch mailboxes."""

    def __init__(self) -> None:
        self._links: dict[Box, dict[Link, None]] = {}

    def note(self, link: "Link") -> None:
        """Keep in mind what a session watches now; a connection that is closed watches nothing."""
        wanted = _NOTHING if link.closed else link.session.watches
        if wanted == link.watches:
            return
        for box in link.watches - wanted:
            del self._links[box][link]
            if not self._links[box]:
                del self._links[box]
        for box in wanted - link.watches:
            self._links.setdefault(box, {})[link] = None
        link.watches = wanted

    def of(self, changed: Iterable[Box]) -> "list[Link]":
        """Those who watch one of these mailboxes, each once."""
        if not self._links:
            return []
        return list({link: None for box in sorted(changed) for link in self._links.get(box, ())})
