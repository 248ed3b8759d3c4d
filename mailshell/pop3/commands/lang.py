"""LANG: choose the language of the texts (RFC 6856 section 3)."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from mailshell.core.command import Command
from mailshell.core.cursor import Cursor
from mailshell.core.record import Card, Cite, Expect
from mailshell.pop3 import grammar, limits
from mailshell.pop3.desk import Desk
from mailshell.pop3.phases import ENTRY, OPEN
from mailshell.pop3.replies import LANGUAGE, LANGUAGES, NO_SUCH_LANGUAGE
from mailshell.pop3.wording import Language, Reply

CARD = Card(
    "LANG",
    "speak to me in this language",
    Cite(6856, "3.2"),
    parts={
        "LANG": "verb: chooses the language of the texts",
        "language-range": "a language tag, as in de; * for the one that the server likes best",
    },
    more="LANG with a language tag changes the texts after +OK and -ERR. Without one it lists the languages. The "
    "codes and the numbers stay as they are, for a program reads them.",
)
LISTING: Mapping[Language, str] = {"en": "English", "de": "Deutsch"}
_PREFERRED: Language = "en"
_RANGE = re.compile(rb"\*|[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*")
_CHOICES = (("EN", "English"), ("DE", "German"), ("*", "the language that the server likes best"))
_TAG = Expect("language-range", "a language tag, or *", like="de", words=_CHOICES)


class Lang(NamedTuple):
    """LANG with a language range, or (empty) for the list of languages."""

    wanted: str

    @property
    def card(self) -> Card:
        """The card of LANG."""
        return CARD

    def line(self) -> bytes:
        """`LANG de`."""
        return f"LANG {self.wanted}".rstrip().encode("ascii")

    def run(self, desk: Desk) -> Reply:
        """Change the language, or list what there is."""
        if not self.wanted:
            return LANGUAGES(block="".join(f"{tag} {name}\r\n" for tag, name in LISTING.items()).encode("ascii"))
        for tag in LISTING:
            if self.wanted.lower() == tag or (self.wanted == "*" and tag == _PREFERRED):
                desk.state = desk.state._replace(language=tag)
                return LANGUAGE()
        return NO_SUCH_LANGUAGE(f"This server has texts in {' and '.join(LISTING.values())}: LANG lists the tags.")


def parse(cursor: Cursor) -> Lang:
    """lang = "LANG" [SP language-range] CRLF; the range is one of RFC 4647 section 2.1."""
    wanted = grammar.optional(cursor, "language-range", _RANGE, _TAG)
    cursor.done(grammar.END)
    return Lang(wanted)


COMMAND = Command(
    CARD, "LANG [language]", ENTRY | OPEN, parse, ("LANG", "LANG de", "LANG *"), limits.COMMAND_LINE, needs="LANG"
)
