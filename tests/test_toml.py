"""TOML with positions: every key and value is found where it stands; a broken text is a mistake with a place."""

import tomllib

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mailshell.core.toml import LARGEST, Document, TomlError

TEXT = '''\
title = "one # two" # comment
"quoted \\u00e9" = 'x'
a . "b" = [1, [2, 3], # no end ]
  {c = "}", d.e = 1979-05-27 07:32:00}, """
end ] "" \\""""" ]

[table.'deep'] # [no]
key = """"two quotes""""
[[list]]
n = 1
[[list.inner]]
m = \'\'\'
'' [x]\'\'\'
[[list]]
n = 2
[list.sub]
last = true'''


def at(text, piece, nth=0):
    """Where a piece of a text stands."""
    start = -1
    for _ in range(nth + 1):
        start = text.index(piece, start + 1)
    return start


PLACES = [
    (("title",), "title", '"one'),
    (("quoted \u00e9",), '"quoted', "'x'"),
    (("a", "b"), '"b"', "[1,"),
    (("a", "b", 0), "1,", "1,"),
    (("a", "b", 1, 1), "3]", "3]"),
    (("a", "b", 2), "{c", "{c"),
    (("a", "b", 2, "c"), "c =", '"}"'),
    (("a", "b", 2, "d", "e"), "e = 1979", "1979"),
    (("a", "b", 3), '"""\nend', '"""\nend'),
    (("table", "deep"), "'deep'", "[table"),
    (("table", "deep", "key"), "key", '""""two'),
    (("list", 0), "list]]", "[[list]]"),
    (("list", 0, "inner", 0, "m"), "m = '''", "'''\n"),
    (("list", 1, "n"), "n = 2", "2\n[list.sub"),
    (("list", 1, "sub", "last"), "last", "true"),
    (("list", 1, "nothing"), "list]]\nn = 2", "[[list]]\nn = 2"),
]


@pytest.mark.parametrize(("path", "key", "value"), PLACES)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_key_and_its_value_are_found(path, key, value, end):
    document = Document(TEXT.replace("\n", end).encode())
    assert document.text == TEXT
    assert (document.key(path), document.value(path)) == (TEXT.index(key), TEXT.index(value))


def test_nothing_is_at_the_start():
    assert (Document(b"").key(("x",)), Document(b"a = 1").value(())) == (0, 0)


BROKEN = {
    b"a = 1\nb = \xff": (10, "this octet is no UTF-8."),
    b"a = 1\na = 2": (11, "cannot overwrite a value."),
    b"a = ": (4, "invalid value."),
    b"a = " + b"9" * 5000: (4, "a number of so many digits is not read."),
    b"x = 1\na = " + b"[" * 100_000: (70, "tables or lists inside one another, more than 60 deep, are not read."),
    b"a = " + b"[" * 61 + b"]" * 61: (64, "tables or lists inside one another, more than 60 deep, are not read."),
    b"\n" + b"a." * 100_000 + b"a = 1": (1, "a key of more than 60 parts is not read."),
    b"x" * (LARGEST + 1): (0, "the file has more than 16,777,216 octets, and is not read."),
    b'a = "\x1b"': (5, "illegal character '\\x1b'."),
    b'a = "x\nb = 1': (6, "the text that begins with a quote has no quote at its end in this line."),
}


@pytest.mark.parametrize(("octets", "wanted"), BROKEN.items(), ids=range(len(BROKEN)))
def test_a_broken_text_is_a_mistake_with_a_place(octets, wanted):
    with pytest.raises(TomlError) as raised:
        Document(octets)
    assert raised.value.problem[:2] == wanted


KEYS = st.text(st.characters(codec="ascii", exclude_categories=["Cc"]) | st.sampled_from("\u00e9\u65e5"), max_size=4)
PLAIN = st.integers(0, 99) | st.booleans() | st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
TREES = st.recursive(
    PLAIN, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3), max_leaves=12
)


def quoted(text):
    return '"' + "".join(f"\\U{ord(letter):08x}" for letter in text) + '"' if text else "''"


def written(value, gap):
    """A value in TOML, with a gap of white space where one may stand."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, list):
        return f"[{gap}" + f"{gap},{gap}".join(written(one, gap) for one in value) + f"{gap}]"
    return "{" + ", ".join(f"{quoted(key)} = {written(one, gap)}" for key, one in value.items()) + "}"


def values(tree, path=()):
    for key, value in tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ():
        yield (*path, key), value
        yield from values(value, (*path, key))


@given(st.dictionaries(KEYS, TREES, max_size=4), st.sampled_from(["", " ", " # ]\n\t"]))
def test_every_value_of_any_text_is_found(tree, gap):
    text = "".join(f"{quoted(key)} = {written(value, gap)}\n" for key, value in tree.items())
    document = Document(text.encode())
    assert document.tree == tree
    for path, value in values(tree):
        start = document.value(path)
        assert text.startswith(written(value, gap), start), path
        if isinstance(path[-1], str):
            assert text.startswith(quoted(path[-1]), document.key(path))


@given(st.text("[]{}=.,#\"'\n\\ abtrue019-:_\x1b\u00e9", max_size=40) | st.binary(max_size=40))
@example("[[a]]\n[a]")
@example("''=0")
def test_any_text_is_read_or_is_a_mistake_inside_it(text):
    octets = text if isinstance(text, bytes) else text.encode()
    found = read(octets)
    if isinstance(found, TomlError):
        offset, says, _ = found.problem
        assert 0 <= offset <= len(found.text)
        assert says.endswith(".")
    else:
        assert found.tree == tomllib.loads(octets.decode().replace("\r\n", "\n"))
        for path, _ in values(found.tree):
            assert 0 <= found.key(path) <= len(found.text)


def read(octets):
    try:
        return Document(octets)
    except TomlError as error:
        return error
