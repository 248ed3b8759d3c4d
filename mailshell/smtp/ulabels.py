"""U-labels: the labels of a domain in its own script (RFC 5890 section 2.3.2.1, RFC 5891 section 4.2).

Checked are the general categories of RFC 5892 section 2.1, hyphens, a combining mark in front, the normalization form
C, the length as an A-label, and the bidi rule of RFC 5893. Here we stop. Not checked are the other tables of RFC 5892:
capital letters, which a program makes small before it sends, characters that Unicode took back, and the contextual
rules of its appendix A, so that a digit of any script passes and the joiners never do. An A-label (`xn--...`) is taken
as it is, without a look at what it stands for.
"""

from unicodedata import bidirectional, category, normalize

from mailshell.core.record import Expect

WHAT = "U-label"
_CHARACTER = Expect(WHAT, "letters, digits and hyphens, also outside ASCII")
_HYPHENS = Expect(WHAT, "no two hyphens as its third and fourth characters")
_MARK = Expect(WHAT, "a letter or digit before a combining mark")
_COMPOSED = Expect(WHAT, "in the normalization form C, where a letter and its accent are one character")
_LONG = Expect(WHAT, "not longer than 63 octets when it is written as xn--...")
_BIDI = Expect(WHAT, "from one end to the other in one direction, by the bidi rule of RFC 5893 section 2")
_LETTERS = frozenset({"Ll", "Lu", "Lo", "Lm", "Mn", "Mc", "Nd"})
_LABEL = 63  # octets (RFC 1035 section 2.3.4)

_RIGHT = frozenset({"R", "AL", "AN"})
_EITHER = frozenset({"EN", "ES", "CS", "ET", "ON", "BN", "NSM"})
_ENDS = {"L": {"L", "EN"}, "R": {"R", "AL", "EN", "AN"}}


def misfit(domain: str) -> tuple[int, Expect] | None:
    """The first place, in characters, where a domain is no domain, and what would fit; None where it is one."""
    right = any(bidirectional(letter) in _RIGHT for letter in domain)
    at = 0
    for label in domain.split("."):
        found = None if label.isascii() else _label(label)
        if found is None and right:
            found = _bidi(label)
        if found is not None:
            return at + found[0], found[1]
        at += len(label) + 1
    return None


def _label(label: str) -> tuple[int, Expect] | None:
    """The first fault of a label with characters outside ASCII."""
    for at, letter in enumerate(label):
        if letter != "-" and category(letter) not in _LETTERS:
            return at, _CHARACTER
    if label[2:4] == "--":
        return 2, _HYPHENS
    if category(label[0]).startswith("M"):
        return 0, _MARK
    composed = normalize("NFC", label)
    if composed != label:
        return next(at for at, letter in enumerate(label) if letter != composed[at : at + 1]), _COMPOSED
    return (0, _LONG) if len("xn--") + len(label.encode("punycode")) > _LABEL else None


def _bidi(label: str) -> tuple[int, Expect] | None:
    """Where a label breaks the bidi rule of a domain in which some label is written from right to left."""
    kinds = [bidirectional(letter) for letter in label]
    if kinds[0] not in ("L", "R", "AL"):
        return 0, _BIDI
    side = "L" if kinds[0] == "L" else "R"
    allowed = _EITHER | ({"L"} if side == "L" else _RIGHT)
    digits: set[str] = set()
    for at, kind in enumerate(kinds):
        digits |= {kind} & {"EN", "AN"}
        if kind not in allowed or len(digits) > 1:
            return at, _BIDI
    last = max(at for at, kind in enumerate(kinds) if kind != "NSM")
    return None if kinds[last] in _ENDS[side] else (last, _BIDI)
