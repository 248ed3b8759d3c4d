"""Since when a word of a protocol exists, and what a server of a given year has heard of."""

from collections.abc import Mapping
from typing import NamedTuple

from mailshell.core.record import Card
from mailshell.mail.host import Era

_LAST_YEAR: Mapping[Era, int] = {"1982": 1982, "1995": 1995, "2008": 2008, "today": 9999}


class Since(NamedTuple):
    """What first described a verb or an extension, and the year in which that appeared."""

    source: str
    year: int

    def __str__(self) -> str:
        return f"Since {self.source}, {self.year}."

    def known(self, era: Era) -> bool:
        """Whether that is not later than the era."""
        return self.year <= _LAST_YEAR[era]


class Years:
    """The years of a protocol: of its own verbs and keywords, and of words that stand elsewhere."""

    def __init__(self, own: Mapping[str, Since], elsewhere: Mapping[str, Since] = {}) -> None:
        self._own = own
        self._all = {**own, **elsewhere}

    def known(self, name: str, era: Era) -> bool:
        """Whether a server of that era has heard of a verb or keyword."""
        return self._all[name].known(era)

    def absent(self, name: str, era: Era) -> str:
        """Why a host does not offer a verb or keyword, in a sentence: it is off, or the host is too old for it."""
        if self.known(name, era):
            return f"This server does not offer {name}."
        since = self._all[name]
        return f"{name} came in {since.year} ({since.source}), and this is a server of {era}."

    def later(self, name: str, section: str, era: Era) -> str:
        """That a word is of a later year than a server of that era, in a sentence; empty where it is not.

        `section` is the place that describes the word, as tables write it.
        """
        since = self._all.get(name) or self._all.get(" ".join(section.split()[:2]))
        if since is None or since.known(era):
            return ""
        return f"Later than {era}: {name} came in {since.year} ({since.source})."

    def dated(self, card: Card, name: str) -> Card:
        """The card with one sentence more: since when `name`, a verb or keyword, exists."""
        return card._replace(more=f"{card.more} {self._own[name]}")
