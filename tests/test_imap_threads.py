"""SORT and THREAD against slow models, written from RFC 5256 a second time, with lists and without cleverness."""

import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailshell.core.clock import Instant
from mailshell.imap import compared, envelope, msgids
from mailshell.imap.compared import Facts
from mailshell.imap.forest import Place
from mailshell.imap.subjects import based
from mailshell.imap.threads import Post, by_references, written
from mailshell.mail.store import StateError
from tests.test_imap_search import answer, mailbox, numbers

START = datetime(2030, 3, 9, 10, tzinfo=UTC)
"""Later than any message arrives."""


# Base subjects


def model_subject(text: str) -> tuple[str, bool]:
    """Section 2.1, step by step; whether a mark of a reply or a forward was taken off."""
    blob = r"\[[^\[\]]*\][ \t]*"
    text, marked = re.sub(r"[ \t]+", " ", text), False
    while True:
        while found := re.search(r"(\(fwd\)|[ \t])\Z", text, re.I):  # step 2
            marked |= len(found[0]) > 1
            text = text[: found.start()]
        while True:
            before = text
            while found := re.match(rf"((?:{blob})*(?:re|fwd?)[ \t]*(?:{blob})?:)|[ \t]", text, re.I):  # step 3
                marked |= found[1] is not None
                text = text[found.end() :]
            if (found := re.match(blob, text)) and text[found.end() :]:  # step 4
                text = text[found.end() :]
            if text == before:
                break
        if not (text.lower().startswith("[fwd:") and len(text) > 5 and text.endswith("]")):  # step 6
            return text, marked
        text, marked = text[5:-1], True


pieces = st.sampled_from(
    [
        "Re:",
        "re",
        "FW:",
        "fwd",
        "Fwd :",
        "[fwd:",
        "]",
        "[",
        "[x]",
        "(fwd)",
        "(FWD)",
        " ",
        "\t",
        "lunch",
        "a",
        ":",
        "[re]",
    ]
)


@settings(max_examples=500)
@given(st.lists(pieces, max_size=10).map("".join))
def test_the_base_subject_is_that_of_the_procedure(text):
    assert based(text.encode()) == model_subject(text)


@pytest.mark.parametrize(
    ("value", "base"),
    [
        (b"=?utf-8?q?Re:_caf=C3=A9?= (fwd)", "caf\u00e9"),
        (b"Re: one\r\n\ttwo", "one two"),
        (b"[foo] Fwd: [bar] Re: fw: b (fWd)  (fwd)", "b"),
        (b"[only]", "[only]"),
        (b"re: \xc5\xbf", "\u017f"),
    ],
)
def test_base_subjects(value, base):
    assert based(value).base == base


@pytest.mark.parametrize("piece", [b"[a]", b"Re:", b"(fwd)", b"[fwd:", b"[a]Re:", b"["])
def test_a_long_subject_takes_no_time(piece):
    assert len(based(piece * 20_000).base) <= 100_000


# Message ids and addresses


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (b'<"01KF8JCEOCBS0045PS"@xxx.yyy.com>', [b"01KF8JCEOCBS0045PS@xxx.yyy.com"]),
        (b"<a@b> <c.d@[192.0.2.1]>\t<e@f>", [b"a@b", b"c.d@[192.0.2.1]", b"e@f"]),
        (b'Your note of Monday <"a\\"b c"@d> bob@nyu.edu', [b'a"b c@d']),
        (b"<nothing> <@b> <a@> a@b <a b@c>", []),
    ],
)
def test_message_ids_have_one_spelling(value, wanted):
    assert msgids.ids(value) == wanted


@pytest.mark.parametrize(
    ("value", "wanted"),
    [(b"Bob <bob@nyu.edu>, x@y", b"bob"), (b"Friends: a@b;", b"Friends"), (b"", b""), (b"x y", b"x y")],
)
def test_the_first_mailbox_is_that_of_the_envelope(value, wanted):
    assert envelope.first_mailbox(value) == wanted


def test_in_reply_to_stands_in_for_references_without_ids():
    def references(fields: bytes) -> tuple[bytes, ...]:
        return compared.read(compared.digest(fields + b"\r\n\r\n")).references

    assert references(b"References: <a@x> <b@x>\r\nIn-Reply-To: <c@x>") == (b"a@x", b"b@x")
    assert references(b"References: none\r\nIn-Reply-To: Bob's <c@x> of <d@x>") == (b"c@x",)
    assert references(b"In-Reply-To: bob") == ()


# Mailboxes

subjects = st.sampled_from(["lunch", "Re: lunch", "LUNCH", "Fwd: soup", "soup", "", "[x] re: soup (fwd)"])
names = st.sampled_from(["a", "b", "c", "d", "e", "f"])
letters = st.fixed_dictionaries(
    {
        "subject": subjects,
        "id": st.none() | names,
        "refs": st.lists(names, max_size=4),
        "hours": st.none() | st.integers(0, 5),
        "from": st.sampled_from(["", "zoe", "Bob", "alice"]),
        "size": st.integers(0, 2),
        "came": st.integers(0, 2),
    }
)
mailboxes = st.lists(letters, min_size=1, max_size=8)


def octets(letter):
    lines = [f"Subject: {letter['subject']}"] if letter["subject"] else []
    if letter["id"]:
        lines.append(f"Message-ID: <{letter['id']}@x>")
    if letter["refs"]:
        lines.append("References: " + " ".join(f"<{one}@x>" for one in letter["refs"]))
    if letter["hours"] is not None:
        zone = letter["hours"] % 3 * 5  # so that clocks alone say nothing of the order
        lines.append(f"Date: {START + timedelta(hours=letter['hours'] - zone):%d %b %Y %H:%M:%S} -{zone:02}00")
    if letter["from"]:
        lines.append(f"From: <{letter['from']}@x>")
    return ("\r\n".join(lines) + "\r\n\r\n" + "x" * letter["size"]).encode()


def sent(letter, at):
    """When a letter was sent; what has no date goes by its arrival, which is earlier."""
    return (letter["came"] - 10 if letter["hours"] is None else letter["hours"]), at


def base(letter):
    return model_subject(letter["subject"])[0].upper()


ORDERS = {
    "SUBJECT": lambda letter, size: base(letter),
    "DATE": lambda letter, size: sent(letter, 0)[0],
    "FROM": lambda letter, size: letter["from"].upper(),
    "SIZE": lambda letter, size: size,
    "TO": lambda letter, size: "",
    "ARRIVAL": lambda letter, size: letter["came"],
}


@settings(max_examples=80, deadline=None)
@given(mailboxes, st.lists(st.tuples(st.sampled_from(sorted(ORDERS)), st.booleans()), min_size=1, max_size=3))
def test_messages_are_sorted(found, criteria):
    messages = [octets(one) for one in found]
    made = mailbox(*messages, came=[one["came"] for one in found])
    wanted = " ".join(f"{'REVERSE ' * reverse}{name}" for name, reverse in criteria)
    left = list(range(1, len(found) + 1))

    def before(first: int, second: int) -> bool:
        """Whether the first one stands before the second: the first criterion that tells them apart says so."""
        for name, reverse in criteria:
            one, other = (ORDERS[name](found[at - 1], len(messages[at - 1])) for at in (first, second))
            if one != other:
                return (one < other) is not reverse
        return first < second

    model: list[int] = []
    while left:  # the least one of those that are left, again and again
        least = left[0]
        for one in left:
            least = one if before(one, least) else least
        left.remove(least)
        model.append(least)
    assert numbers(made, f"SORT ({wanted}) UTF-8 ALL") == model
    assert numbers(made, f"uid sort ({wanted}) us-ascii all") == model


def test_texts_are_sorted_without_case_and_accents_after_their_letters():
    made = mailbox(*(f"Subject: {one}\r\n\r\n".encode() for one in ("f", "\u00e9a", "E", "eb", "\u00c9")))
    assert numbers(made, "SORT (SUBJECT) UTF-8 ALL") == [3, 4, 5, 2, 1]


# Threads, as nested lists: [number or None, child, child...]


def model_references(found):
    """Steps 1 to 6 of REFERENCES; a message is a key, its parent stands in one table."""
    parents: dict[str | int, str | int | None] = {}
    owners = {}
    for at, letter in enumerate(found, 1):
        if letter["id"] and letter["id"] not in owners:
            owners[letter["id"]] = at

    def key(name):
        return owners.get(name, name)

    def link(parent, child):
        above = parent
        while above is not None:
            if above == child:
                return
            above = parents.get(above)
        parents[child] = parent

    for at, letter in enumerate(found, 1):
        keys = [key(one) for one in letter["refs"]]
        for one in keys:
            parents.setdefault(one, None)
        parents.setdefault(at, None)
        for parent, child in pairwise(keys):
            if parents.get(child) is None:
                link(parent, child)
        parents[at] = None
        if keys:
            link(keys[-1], at)

    def tree(one):
        return [one if isinstance(one, int) else None, *(tree(child) for child in parents if parents[child] == one)]

    roots = [tree(one) for one in parents if parents[one] is None]
    roots = [one for root in roots for one in pruned(root, top=True)]
    return merged(found, roots)


def pruned(node, *, top):
    number, *children = node
    children = [one for child in children for one in pruned(child, top=False)]
    if number is not None or (top and len(children) > 1):
        return [[number, *children]]
    return children


def merged(found, roots):
    def order(node):
        at = node[0] if node[0] is not None else min(node[1:], key=order)[0]
        return sent(found[at - 1], at)

    def subject(node):
        at = node[0] if node[0] is not None else min(node[1:], key=order)[0]
        return base(found[at - 1])

    def reply(node):
        return model_subject(found[node[0] - 1]["subject"])[1]

    roots = sorted(roots, key=order)
    told = {id(one): subject(one) for one in roots}
    table: dict[str, list[object]] = {}
    for node in roots:
        known = table.setdefault(told[id(node)], node)
        if known[0] is not None and (node[0] is None or (reply(known) and not reply(node))):
            table[told[id(node)]] = node
    for node in list(roots):
        text = told[id(node)]
        known = table[text]
        if not text or known is node:
            continue
        roots = [one for one in roots if one is not node]
        if known[0] is None and node[0] is None:
            known.extend(node[1:])
        elif known[0] is None or (reply(node) and not reply(known)):
            known.append(node)
        else:
            roots = [one for one in roots if one is not known]
            table[text] = [None, known, node]
            roots.append(table[text])
    return ordered(roots, order)


def ordered(nodes, order):
    return [[one[0], *ordered(one[1:], order)] for one in sorted(nodes, key=order)]


def model_subjects(found):
    """ORDEREDSUBJECT: sorted by subject and date, split, and the threads sorted by date."""
    rows = sorted((base(one), sent(one, at), at) for at, one in enumerate(found, 1))
    threads: dict[str, list[list[int]]] = {}
    for text, _, at in rows:
        threads.setdefault(text, []).append([at])
    found_first = sorted(threads.values(), key=lambda one: sent(found[one[0][0] - 1], one[0][0]))
    return [[*first, *others] for first, *others in found_first]


def read(text):
    """The trees of an answer, by the grammar of section 5."""
    tokens = re.findall(r"\d+|[()]", text)

    def threads():
        found: list[list[object]] = []
        while tokens and tokens[0] == "(":
            tokens.pop(0)
            members: list[list[object]] = []
            while tokens[0].isdigit():
                members.append([int(tokens.pop(0))])
            nested = threads()
            assert tokens.pop(0) == ")"
            for upper, lower in pairwise(members):
                upper.append(lower)
            if members:
                assert len(nested) != 1, "a thread that does not split is no nested one"
                members[-1] += nested
                found.append(members[0])
            else:
                assert len(nested) > 1
                found.append([None, *nested])
        return found

    found = threads()
    assert not tokens
    return found


@settings(max_examples=300, deadline=None)
@given(mailboxes)
def test_messages_are_threaded(found):
    made = mailbox(*map(octets, found), came=[one["came"] for one in found])
    for algorithm, model in (("REFERENCES", model_references), ("ORDEREDSUBJECT", model_subjects)):
        first, last = answer(made, f"THREAD {algorithm} UTF-8 ALL")
        assert last.startswith(b"a3 OK")
        assert re.fullmatch(rb"\* THREAD (\((\d+( \d+)*( \(.*\))?|\(.*\))\))+", first)
        assert read(first.decode()[9:]) == model(found)
        assert answer(made, f"uid thread {algorithm} us-ascii all")[0] == first


@pytest.mark.parametrize("backward", [False, True])
def test_a_thread_may_be_as_long_as_the_mailbox(backward):
    count = 3000
    lines = [f"Message-ID: <{at}@x>\r\nReferences: <{at - 1}@x>\r\n\r\n".encode() for at in range(count)]
    made = mailbox(*(reversed(lines) if backward else lines))
    first, _ = answer(made, "THREAD REFERENCES UTF-8 ALL")
    wanted = range(count, 0, -1) if backward else range(1, count + 1)
    assert first == b"* THREAD (" + b" ".join(b"%d" % one for one in wanted) + b")"
    lines = [
        f"Message-ID: <{at}@x>\r\nReferences: <{at // 2 * 2 - 2}@x>\r\n\r\n".encode() for at in range(count)
    ]  # each second one has two answers
    assert read_flat(answer(mailbox(*lines), "THREAD REFERENCES UTF-8 ALL")[0]) == count


def post(number: int, *references: str) -> Post:
    """A message without a Message-ID of its own."""
    facts = Facts(None, b"", False, b"", b"", b"", b"", tuple(one.encode() for one in references))
    return Post(number, (Instant(0), number), facts)


DEEP = [f"a{at}" for at in range(20_000)]


@pytest.mark.parametrize(
    "after",
    [
        # Places with places below them are put below the deepest one, one by one.
        [pair for at in range(10_000) for pair in ((f"b{at}", f"c{at}"), (DEEP[-1], f"b{at}"))],
        # The deepest one is to be above the first one, which would make a loop.
        [(DEEP[-1], DEEP[0])] * 20_000,
        # There are no messages but at the end.
        [(DEEP[-1],)] * 20_000,
    ],
    ids=["below", "loops", "empty"],
)
def test_a_deep_thread_takes_no_time(after):
    found = by_references([post(1, *DEEP), *(post(number, *one) for number, one in enumerate(after, 2))])
    assert read_flat(written(found)) == 1 + len(after)


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9))))
def test_a_forest_knows_the_tops_of_its_trees(steps):
    """What is a top is put below another place, where that makes no loop; what is none is parted."""
    places, above = [Place() for _ in range(10)], dict[int, int]()

    def top(at: int) -> int:
        while at in above:
            at = above[at]
        return at

    for one, other in steps:
        if one in above:
            del above[one]
            places[one].part()
        elif top(other) != one:
            above[one] = other
            places[one].hang(places[other])
        assert [places.index(place.top) for place in places] == [top(at) for at in range(10)]


def read_flat(line: bytes) -> int:
    assert line.count(b"(") == line.count(b")")
    return len(re.findall(rb"\d+", line))


@pytest.mark.parametrize("command", ["SORT (DATE)", "UID SORT (SUBJECT)", "THREAD REFERENCES", "THREAD ORDEREDSUBJECT"])
def test_what_cannot_be_read_cannot_be_put_in_order(command, monkeypatch):
    made = mailbox(b"Subject: a\r\n\r\n")

    def damaged(body: int) -> bytes:
        raise StateError("The file is damaged.")

    monkeypatch.setattr(made.world.store, "octets", damaged)
    assert answer(made, f"{command} UTF-8 ALL")[-1].startswith(b"a3 NO [SERVERBUG]")
    assert numbers(made, "SORT (SIZE REVERSE ARRIVAL) UTF-8 ALL") == [1]  # nobody has to read it for that
