"""Lines are cut at LF, and at nothing else."""

from hypothesis import given
from hypothesis import strategies as st

from mailshell.core.framer import Framer, lines

streams = st.lists(st.sampled_from([b"\n", b"\r\n", b"\r", b"a", b"bc", b"\0"])).map(b"".join)


def cut(framer: Framer) -> list[tuple[bytes, int]]:
    """Every whole line with the count of the octets that it lost."""
    found = []
    while (line := framer.line()) is not None:
        found.append((line, framer.lost))
    return found


@given(streams, st.integers(1, 9), st.sets(st.integers(0, 60)))
def test_cutting_the_input_changes_nothing(stream, limit, cuts):
    whole, pieces = Framer(limit), Framer(limit)
    whole.feed(stream)
    wanted, found = cut(whole), []
    points = sorted(at for at in cuts if at < len(stream))
    for start, end in zip([0, *points], [*points, len(stream)], strict=True):
        pieces.feed(stream[start:end])
        found += cut(pieces)
    assert found == wanted
    assert pieces.pending == whole.pending
    assert len(whole.pending[0]) <= limit


@given(streams)
def test_no_octet_is_lost_below_the_limit(stream):
    framer = Framer(1000)
    framer.feed(stream)
    assert b"".join(line for line, lost in cut(framer) if not lost) + framer.take() == stream
    assert b"".join(lines(stream)) == stream
    assert all(line.find(b"\n") in (-1, len(line) - 1) for line in lines(stream))


def test_a_line_over_the_limit_keeps_its_start_and_its_size():
    framer = Framer(4)
    framer.feed(b"abcdefgh")
    assert framer.line() is None
    assert framer.pending == (b"abcd", 4)
    framer.feed(b"ij\r\nk\n")
    assert cut(framer) == [(b"abcd", 8), (b"k\n", 0)]


@given(streams, st.integers(1, 9), st.integers(0, 3), st.integers(0, 60))
def test_a_line_over_the_limit_may_keep_its_end_too(stream, limit, tail, at):
    tail = min(tail, limit)
    framer = Framer(limit, tail)
    framer.feed(stream[:at])
    found = cut(framer)
    framer.feed(stream[at:])
    found += cut(framer)
    whole = [line for line in lines(stream) if line.endswith(b"\n")]
    for line, (kept, lost) in zip(whole, found, strict=True):
        over = len(line) > limit
        assert kept == (line[: limit - tail] + line[len(line) - tail :] if over else line)
        assert lost == len(line) - len(kept)


def test_what_was_taken_can_be_given_back():
    framer = Framer(10)
    framer.feed(b"one\ntwo")
    assert framer.take() == b"one\ntwo"
    framer.feed(b" three\n")
    framer.give_back(b"two")
    assert framer.line() == b"two three\n"


def test_pending_octets_can_be_set_and_cleared():
    framer = Framer(10)
    framer.pending = (b"ab", 0)
    framer.feed(b"c\nd")
    assert framer.line() == b"abc\n"
    framer.clear()
    assert framer.pending == (b"", 0)
    assert framer.line() is None
