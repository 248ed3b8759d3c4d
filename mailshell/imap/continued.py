"""Values of parameters that are cut into several: name*0=a; name*1=b is name=ab (RFC 2231 sections 3 and 4.1)."""

import re

Parameters = tuple[tuple[str, str], ...]
"""Names in lower case, and values."""

_PIECE = re.compile(r"(.+)\*(0|[1-9][0-9]{0,5})(\*?)", re.S)
_NO_ATTRIBUTE_CHAR = re.compile(r"[^A-Za-z0-9!#$&+.^_`{|}~-]")


def joined(parameters: Parameters) -> Parameters:
    """Each value in one piece, where its first piece stood; what does not fit together stays as it is.

    A value with a charset has a name that ends in an asterisk.
    """
    pieces: dict[str, list[tuple[int, bool, str]]] = {}
    for name, value in parameters:
        if (found := _PIECE.fullmatch(name)) is not None:
            pieces.setdefault(found[1], []).append((int(found[2]), bool(found[3]), value))
    whole = {name: one for name, some in pieces.items() if (one := _whole(name, sorted(some))) is not None}
    result: list[tuple[str, str]] = []
    for name, value in parameters:
        found = _PIECE.fullmatch(name)
        if found is None or found[1] not in whole:
            result.append((name, value))
        elif found[2] == "0":
            result.append(whole[found[1]])
    return tuple(result)


def _whole(name: str, pieces: list[tuple[int, bool, str]]) -> tuple[str, str] | None:
    if [number for number, _, _ in pieces] != list(range(len(pieces))):
        return None
    if not any(coded for _, coded, _ in pieces):
        return name, "".join(value for _, _, value in pieces)
    _, coded, first = pieces[0]
    if not coded or first.count("'") < 2:  # the first piece says the charset and the language
        return None
    return f"{name}*", "".join(value if coded else _encoded(value) for _, coded, value in pieces)


def _encoded(value: str) -> str:
    return _NO_ATTRIBUTE_CHAR.sub(lambda found: f"%{ord(found[0]):02X}", value)
