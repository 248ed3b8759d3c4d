"""How texts are compared: i;unicode-casemap (RFC 5051), which SORT and THREAD ask for (RFC 5256 section 7).

Letters of both cases are alike, and a letter with an accent is the plain letter with the accent after it.
"""

import unicodedata

_ROOM = 4096


class _Map(dict[int, str]):
    """What each character becomes; filled as characters are met, and never grows without an end."""

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        title = letter.title()
        # Only one character for one: the table of Unicode has no other title case for a character alone.
        found = unicodedata.normalize("NFKD", title if len(title) == 1 else letter)
        if len(self) >= _ROOM:
            self.clear()
        self[code] = found
        return found


_MAP = _Map()


def collated(text: str) -> bytes:
    """The text in the form in which it is compared, octet by octet."""
    if text.isascii():
        return text.upper().encode("ascii")
    return text.translate(_MAP).encode("utf-8", "replace")
