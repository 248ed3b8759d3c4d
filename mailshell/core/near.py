"""What may have been meant by a word that is not known."""

from collections.abc import Collection, Iterable


def near(word: str, known: Iterable[str]) -> str:
    """What may have been meant by a word, as a sentence with a space before it; empty where nothing is near."""
    if len(word) > _LONGEST:
        return ""
    from difflib import get_close_matches

    spelled = {one.lstrip(_MARKS): one for one in known}
    found = get_close_matches(word.lstrip(_MARKS), spelled, 1)
    return f" Did you mean {spelled[found[0]]}?" if found else ""


def among(word: str, known: Collection[str]) -> str:
    """The same; where nothing is near, all that is known, if that is not very much."""
    there = f" There are: {' '.join(known)}." if len(known) <= _MANY else ""
    return near(word, known) or there


_MARKS = ":-"  # they stand before every word of a kind, and say nothing of its spelling
_MANY = 20  # words that are named
_LONGEST = 80  # letters; to look for what is near takes a time that grows with their square
