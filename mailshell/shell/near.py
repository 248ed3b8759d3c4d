"""What may have been meant by a word that is not known."""

from collections.abc import Iterable


def near(word: str, known: Iterable[str]) -> str:
    """What may have been meant by a word, as a sentence with a space before it; empty where nothing is near."""
    from difflib import get_close_matches

    found = get_close_matches(word, list(known), 1)
    return f" Did you mean {found[0]}?" if found else ""
