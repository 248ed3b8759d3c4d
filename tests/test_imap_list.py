"""LIST against slow models: wildcards as regular expressions, and the options of RFC 5258 by its own table."""

import re

from hypothesis import given
from hypothesis import strategies as st

from mailshell.core.record import Exchange
from mailshell.imap import names
from mailshell.mail.store import BoxKey
from mailshell.world.seat import Seat
from mailshell.world.start import STUDENT, build

_NAMES = ["a", "a/b", "a/b/c", "a/c", "b", "b/a", "c/a/b", "INBOX/a"]
_PATTERNS = ["*", "%", "a", "a/%", "%/%", "*b", "a*", "%/b", "b/*", "iNbox*", "c", "c/%", "in%"]
_LINE = re.compile(r'\* LIST \(([^)]*)\) "/" ([^ ]+)( \("CHILDINFO" \("SUBSCRIBED"\)\))?\r\n')

some_names = st.sets(st.sampled_from(_NAMES))


def fits(pattern: str, name: str) -> bool:
    """RFC 3501 section 6.3.8, as a regular expression; INBOX has no case, and a mailbox of it has no other letters."""
    expression = re.escape(pattern).replace(r"\*", ".*").replace("%", "[^/]*")
    if name.startswith("INBOX"):
        return re.fullmatch(expression, name, re.IGNORECASE) is not None
    return re.fullmatch(expression, name) is not None


@given(st.text("ab/%*", max_size=8), st.text("ab/", max_size=8))
def test_a_pattern_fits_what_its_wildcards_say(pattern, name):
    assert names.matcher(pattern)(name) is fits(pattern, name)


def test_a_long_pattern_takes_no_time():
    for pattern in ("%" * 8000, "*%" * 4000, "%a" * 4000, "a%" * 4000):
        assert names.matcher(pattern)("a" * 255) is ("a" not in pattern)
    assert names.matcher("%a" * 200)("a" * 255)


def listed(line: str, made: set[str], subscribed: set[str]) -> dict[str, tuple[set[str], bool]]:
    """The names that a server with some mailboxes and subscriptions lists: attributes, and whether CHILDINFO came."""
    seat = Seat(build("lecture"), STUDENT, "script")
    store = seat.world.store
    for box in store.mailboxes("nyu.edu", "bob"):
        store.subscribe(box.key, wanted=False)
        if box.key.name != "INBOX":
            store.delete(box.key)
    for name in sorted(made):
        store.create(BoxKey("nyu.edu", "bob", name))
    for name in subscribed:
        store.subscribe(BoxKey("nyu.edu", "bob", name))
    seat.connect("nyu.edu", "imap")
    seat.send(b"a LOGIN bob hungry\r\n")
    seat.send(f"b {line}\r\n".encode())
    record = seat.world.transcript.entries[-1].record
    assert isinstance(record, Exchange)
    assert record.replies[-1].startswith(b"b OK")
    block = b"".join(record.replies[:-1]).decode()
    found = {one[2]: (set(one[1].split()), bool(one[3])) for one in _LINE.finditer(block)}
    assert len(found) == block.count("\r\n")
    return found


def test_an_item_and_a_pattern_count_once():
    """The numbers of a big mailbox take time, so a line must not ask for them a thousand times."""
    seat = Seat(build("lecture"), STUDENT, "script")
    seat.connect("nyu.edu", "imap")
    seat.send(b"a LOGIN bob hungry\r\nb STATUS INBOX (SIZE UNSEEN SIZE)\r\n")
    seat.send(b'c LIST "" (INBOX % INBOX) RETURN (STATUS (SIZE SIZE))\r\n')
    *_, status, listing = [one.record for one in seat.world.transcript.entries]
    assert isinstance(status, Exchange)
    assert isinstance(listing, Exchange)
    assert status.replies[0] == b"* STATUS INBOX (SIZE 1410 UNSEEN 2)\r\n"
    assert listing.replies[0].count(b" INBOX") == 2


def below(name: str, every: set[str]) -> set[str]:
    return {one for one in every if one.startswith(name + "/")}


@given(some_names, some_names, st.lists(st.sampled_from(_PATTERNS), min_size=1, max_size=3), st.booleans())
def test_subscribed_names_are_listed_as_the_table_says(made, subscribed, patterns, recursive):
    """RFC 5258 section 3.5: which of eight cases a name is, and that no redundant line comes."""
    boxes = made | {"INBOX"}
    options = "SUBSCRIBED RECURSIVEMATCH" if recursive else "SUBSCRIBED"
    found = listed(f'LIST ({options}) "" ({" ".join(patterns)})', made, subscribed)
    for name in {*_NAMES, "INBOX", "c", "c/a"}:
        matches = any(fits(pattern, name) for pattern in patterns)
        hidden = {one for one in below(name, subscribed) if not any(fits(pattern, one) for pattern in patterns)}
        wanted = matches and (name in subscribed or (recursive and bool(hidden)))
        assert (name in found) is wanted, name
        if wanted:
            attributes, child = found[name]
            assert ("\\Subscribed" in attributes) is (name in subscribed)
            assert ("\\NonExistent" in attributes) is (name not in boxes)
            assert ("\\HasChildren" in attributes) is bool(below(name, boxes))
            assert ("\\HasNoChildren" in attributes) is not bool(below(name, boxes))
            assert child is (recursive and bool(below(name, subscribed)))


@given(some_names, some_names, st.lists(st.sampled_from(_PATTERNS), min_size=1, max_size=3))
def test_mailboxes_are_listed_once_and_levels_above_where_they_are_needed(made, subscribed, patterns):
    boxes = made | {"INBOX"}
    found = listed(f'LIST "" ({" ".join(patterns)}) RETURN (SUBSCRIBED)', made, subscribed)
    for name in {*_NAMES, "INBOX", "c", "c/a"}:
        matches = any(fits(pattern, name) for pattern in patterns)
        hidden = {one for one in below(name, boxes) if not any(fits(pattern, one) for pattern in patterns)}
        assert (name in found) is (matches and (name in boxes or bool(hidden))), name
        if name in found:
            attributes, child = found[name]
            assert ("\\Subscribed" in attributes) is (name in subscribed)
            assert not child


@given(some_names, st.sampled_from(["", "a/", "inbox", "c"]), st.sampled_from(_PATTERNS))
def test_a_plain_list_puts_the_reference_before_the_pattern(made, reference, pattern):
    boxes = made | {"INBOX"}
    every = boxes | {name[:at] for name in boxes for at, one in enumerate(name) if one == "/"}
    found = listed(f'LIST "{reference}" {pattern}', made, set())
    wanted = (reference.replace("inbox", "INBOX") + pattern).replace("//", "/")
    assert set(found) == {name for name in every if fits(wanted, name)}
    assert {name for name, (attributes, _) in found.items() if "\\Noselect" in attributes} == set(found) - boxes
