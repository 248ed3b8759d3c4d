"""The language of predicates: read and written again, its mistakes with their places, what is missing in words."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailshell.lesson.expression import (
    Compare,
    Count,
    Every,
    Items,
    Name,
    Not,
    Number,
    Some,
    Text,
    Vary,
    holds,
    missing,
    names,
    value,
    words,
    written,
)
from mailshell.lesson.predicate import LONGEST, PredicateError, Terms, read, read_prediction
from mailshell.lesson.schema import schema

VARY: dict[str, tuple[str | int, ...]] = {"sender": ("alice@lancs.uk", "erin@books.test"), "many": (1, 2)}
VALUES: dict[str, str | int] = {"sender": "alice@lancs.uk", "many": 2}
TERMS = Terms(schema(), VARY)

STATE = {
    ("last", "code"): 503,
    ("last", "verb"): "MAIL",
    ("last", "text"): "503 Need HELO first",
    ("session", "greeted"): False,
    ("session", "open"): True,
    ("envelope", "sender"): "Alice@Lancs.UK",
    ("envelope", "recipients"): ("bob@nyu.edu", "carol@nyu.edu"),
    ("drop", "marked"): (1, 3),
    ("transcript", "lines"): (),
    ("mailbox", "*", "count"): 2,
}


def ask(path, keys):
    assert path.count("*") == len(keys)
    return STATE[path]


@pytest.mark.parametrize(
    ("text", "true"),
    [
        ("last.code == 503", True),
        ("last.code != 503", False),
        ("last.code < 500", False),
        ("last.code > 500 and last.code >= 503 and last.code <= 503", True),
        ("last.code == 503 and not session.greeted", True),
        ("not (session.open and last.verb == MAIL)", False),
        ("session.greeted or session.open", True),
        ("session.greeted or last.code == 1 and session.open", False),
        ("last.verb == mail", True),
        ("last.verb in [RCPT, mail]", True),
        ("last.verb in [RCPT, DATA]", False),
        ("last.verb in []", False),
        ('last.text contains "need helo"', True),
        ('"helo" in last.text', True),
        ("envelope.sender == {sender}", True),
        ("envelope.sender == alice@lancs.uk", True),
        ("envelope.recipients == [carol@nyu.edu, bob@nyu.edu]", True),
        ("envelope.recipients == [bob@nyu.edu]", False),
        ("envelope.recipients contains BOB@nyu.edu", True),
        ("count(envelope.recipients) == {many}", True),
        ("count(transcript.lines) == 0 and transcript.lines == []", True),
        ("3 in drop.marked", True),
        ("drop.marked == [3, 1]", True),
        ("2 in drop.marked", False),
        ("mailbox.bob.count == 2", True),
        ('mailbox["nyu.edu/bob"].count == 2', True),
        ("mailbox[{sender}].count == 2", True),
        ("session.open != session.greeted", True),
    ],
)
def test_what_holds(text, true):
    expression = read(text, TERMS)
    assert holds(expression, ask, VALUES) is true
    assert bool(missing(expression, ask, VALUES)) is not true


@pytest.mark.parametrize(
    ("text", "mark", "says"),
    [
        ("", "^", "something is missing here"),
        ("last.code ==", "            ^", "something is missing here"),
        ("last.cod == 1", "     ^", "Did you mean last.code?"),
        ("lst.code == 1", "^", "Did you mean last?"),
        ("envelope.from == x", "         ^", "There are: envelope.open, envelope.sender"),
        ("envelope == x", "^", "has parts, and one is wanted: open, sender"),
        ("mailbox == x", "^", "has parts, and one is wanted: a name in its place"),
        ("faults.count == 1", "       ^", "faults has no parts"),
        ("nyu.edu == last.host", "^", 'A text with a dot in it stands in quotes: "nyu.edu"'),
        ("last.code == MAIL", "          ^", "a number is never equal to a text"),
        ("session.open == 1", "             ^", "true or false is never equal to a number"),
        ("envelope.recipients == bob", "                    ^", "a list of texts is never equal to a text"),
        ("drop.marked == [a]", "            ^", "a list of numbers is never equal to a list of texts"),
        ("last.text < 3", "          ^", "< wants numbers on both sides, and a text stands there"),
        ("last.code contains 5", "          ^", "a number never contains a number"),
        ("[] contains []", "   ^", "an empty list never contains an empty list"),
        ("last.code", "^", "this is a number, and something that is true or false is wanted"),
        ("[]", "^", "this is an empty list, and"),
        ("count(last.code) == 1", "      ^", "count() wants a list, and this is a number"),
        ("count last.code", "      ^", "( is wanted here"),
        ("(session.open", "             ^", ") is wanted here"),
        ("session.open and last.code", "                 ^", "and joins what is true or false, and this is a number"),
        ("not last.code", "    ^", "not joins what is true or false"),
        ("session.open session.open", "             ^", "session.open does not fit here; and, or, or the end"),
        ("last.verb == and", "             ^", "and does not fit here"),
        ("last.verb == .x", "             ^", ".x does not fit here"),
        ("last.verb in [a, 1]", "                 ^", "texts alone, or numbers alone"),
        ("last.verb in [a b]", "                ^", ", is wanted here"),
        ("last.verb in [a,", "                ^", "something is missing here"),
        ("{sendr} == a", "^", "{sendr} is no name of this lesson. Did you mean sender?"),
        ("{zzz} == a", "^", "The table [vary] of the lesson has the names"),
        ('last.text == "x', "             ^", "the quotes are not closed"),
        ("last.text == 'x'", "             ^", '"\'" has no meaning here. Did you mean "?'),
        ("last.verb = HELO", "          ^", "'=' has no meaning here. Did you mean ==?"),
        ("session.open && session.inside", "             ^", "'&' has no meaning here. Did you mean and?"),
        ("mailbox[bob].count == 1", "        ^", "a text in quotes is wanted here"),
        ('mailbox["bob".count == 1', "             ^", "] is wanted here"),
        ('last["code"] == 1', "     ^", 'last["code"] is no name of the state'),
        ("session.open and " * 70 + "session.open", "^", f"{LONGEST} characters at most"),
        ("(" * 30 + "session.open", " " * 20 + "^", "more than 20 deep"),
        ("not " * 30 + "session.open", " " * 80 + "^", "more than 20 deep"),
    ],
)
def test_mistakes_have_places(text, mark, says):
    with pytest.raises(PredicateError) as error:
        read(text, TERMS)
    assert says in error.value.says
    assert error.value.offset == len(mark) - 1


def test_a_key_may_be_no_good():
    def strange(path, key):
        return f"no {key} after {'.'.join(path)}." if key in ("bbo", "erin@books.test") else ""

    terms = Terms(schema(), VARY, strange)
    read("mailbox.bob.newest.header.bbo2 == x", terms)
    for text, says in [
        ("mailbox.bbo.count == 1", "no bbo after mailbox."),
        ("mailbox[{sender}].count == 1", "no erin@books.test after mailbox."),
        ("mailbox.bob.newest.header.bbo == x", "no bbo after mailbox.*.newest.header."),
    ]:
        with pytest.raises(PredicateError) as error:
            read(text, terms)
        assert error.value.says == says


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("last.code == 250", "last.code is 503, wanted 250."),
        ("last.code != 503", "last.code is 503, wanted is anything but 503."),
        ("last.code < 500", "last.code is 503, wanted is less than 500."),
        ("last.code > 600", "last.code is 503, wanted is more than 600."),
        ("last.code <= 500", "last.code is 503, wanted is at most 500."),
        ("last.code >= 600", "last.code is 503, wanted is at least 600."),
        ("last.verb in [RCPT, DATA]", "last.verb is MAIL, wanted is one of [RCPT, DATA]."),
        ("last.text contains bob", "last.text is 503 Need HELO first, wanted in it is bob."),
        ("mailbox.bob.count == {many} and session.greeted", "session.greeted is false, wanted true."),
        ("not session.open", "session.open is true, wanted false."),
        ("not last.code == 503", "last.code is 503, wanted is anything but 503."),
        ("not last.code > 1", "last.code is 503, wanted is at most 1."),
        ("count(transcript.lines) == 1", "count(transcript.lines) is 0, wanted 1."),
        ("transcript.lines contains x", "transcript.lines is empty, wanted in it is x."),
        (
            "last.code == last.code and last.verb == last.text",
            "last.verb is MAIL, wanted last.text, 503 Need HELO first.",
        ),
        (
            "session.greeted or last.code == 1",
            "session.greeted is false, wanted true, and last.code is 503, wanted 1. One of these must change.",
        ),
        ("not (session.open or session.greeted)", "session.open or session.greeted is true, wanted false."),
        ("envelope.sender == bob@nyu.edu", "envelope.sender is Alice@Lancs.UK, wanted bob@nyu.edu."),
    ],
)
def test_what_is_missing(text, says):
    assert missing(read(text, TERMS), ask, VALUES) == [says]


def test_each_part_that_fails_is_told():
    found = missing(read("last.code == 1 and session.open and last.verb == DATA", TERMS), ask, VALUES)
    assert found == ["last.code is 503, wanted 1.", "last.verb is MAIL, wanted DATA."]


def test_values_in_words():
    assert words("") == "empty"
    assert words("a\nb") == "a·b"
    assert words("x" * 200) == "x" * 120 + "…"
    assert words((1, 2)) == "[1, 2]"
    assert words(True) == "true"


def test_a_prediction():
    text = 'last.code after "RCPT TO:<dave@nyu.edu>", ":wait 30m"'
    what, sort, lines = read_prediction(text, TERMS, 0, len(text))
    assert value(what, ask, VALUES) == 503
    assert (sort, lines) == ("number", ("RCPT TO:<dave@nyu.edu>", ":wait 30m"))


@pytest.mark.parametrize(
    ("text", "offset", "says"),
    [
        ("session.open after x", 0, "this is true or false, and a text or a number is predicted"),
        ("last.code", 9, "after is wanted here"),
        ("last.code after DATA", 16, "a line in quotes is wanted here"),
        ('last.code after "DATA",', 23, "a line in quotes is wanted here"),
        ('last.code after "DATA" x', 23, "x does not fit here"),
    ],
)
def test_mistakes_in_a_prediction(text, offset, says):
    with pytest.raises(PredicateError) as error:
        read_prediction(text, TERMS, 0, len(text))
    assert says in error.value.says
    assert error.value.offset == offset


# Whatever can be said can be written down and read again.

texts = st.text(string.printable.replace('"', "").replace("\n", ""), max_size=8).map(Text)
numbers = st.integers(0, 10**14).map(Number)
keys = st.sampled_from(["bob", "nyu.edu/bob", "b-b", "a b"]).map(Text) | st.just(Vary("sender"))
text_values = (
    texts
    | st.just(Vary("sender"))
    | st.just(Name(("last", "verb")))
    | keys.map(lambda key: Name(("mailbox", "*", "newest", "header", "*"), (key, Text("subject"))))
)
number_values = numbers | st.just(Vary("many")) | keys.map(lambda key: Name(("mailbox", "*", "count"), (key,)))
lists = st.lists(texts, min_size=1, max_size=3).map(lambda items: Items(tuple(items))) | st.just(
    Name(("envelope", "recipients"))
)
comparisons = (
    st.builds(
        Compare, st.sampled_from(["==", "!=", "<", ">", "<=", ">="]), number_values | lists.map(Count), number_values
    )
    | st.builds(Compare, st.sampled_from(["==", "!=", "in", "contains"]), text_values, text_values)
    | st.builds(Compare, st.just("contains"), lists, text_values)
    | st.builds(Compare, st.just("in"), text_values, lists)
)
predicates = st.recursive(
    comparisons | st.just(Name(("session", "open"))),
    lambda inner: (
        inner.map(Not)
        | st.lists(inner, min_size=2, max_size=3).map(lambda parts: Every(tuple(parts)))
        | st.lists(inner, min_size=2, max_size=3).map(lambda parts: Some(tuple(parts)))
    ),
    max_leaves=5,
)


@given(predicates)
def test_written_and_read_again(expression):
    text = written(expression)
    if len(text) <= LONGEST:
        assert read(text, TERMS) == expression
        assert names(expression) == {name for name in VARY if f"{{{name}}}" in text}


@given(
    st.text(st.sampled_from("abl.@\"{}[]()=<>! 19,'") | st.characters(), max_size=40)
    | st.lists(
        st.sampled_from(
            ["last", ".code", "last.code", "(", ")", "[", "]", "not", "and", "or", "==", "in", "count", "1", '"a"', ","]
        )
    ).map(" ".join)
)
def test_no_text_crashes_the_reader(text):
    error = mistake(text)
    if error is not None:
        assert 0 <= error.offset <= len(text)
        assert error.says.endswith((".", "?"))


def mistake(text):
    try:
        read(text, TERMS)
    except PredicateError as error:
        return error
    return None
