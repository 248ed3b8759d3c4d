"""BDAT beyond the transcripts: what a chunk costs, what is shown of it, how it is written down (RFC 3030)."""

import pytest

from mailshell.core import script
from mailshell.core.explain import explain
from mailshell.core.record import Body, Exchange, Prompt
from mailshell.protocols import PROTOCOLS
from mailshell.shell.events import event
from mailshell.shell.render import Renderer
from mailshell.shell.view import View
from mailshell.smtp.commands.bdat import announced
from mailshell.smtp.desk import EMPTY, State
from mailshell.world.seat import Seat
from mailshell.world.start import STUDENT, build
from tests.goldens import played

OPEN = b"EHLO lancs.uk\r\nMAIL FROM:<alice@lancs.uk>\r\nRCPT TO:<bob@nyu.edu>\r\n"


def seat(octets: bytes) -> Seat:
    made = Seat(build("lecture"), STUDENT)
    made.connect("nyu.edu", "smtp")
    made.send(OPEN)
    made.send(octets)
    return made


def records(made: Seat) -> list[Exchange | Prompt | Body]:
    """What came after the recipient."""
    found = [entry.record for entry in made.world.transcript.entries][4:]
    return [record for record in found if isinstance(record, Exchange | Prompt | Body)]


def test_a_chunk_is_a_prompt_without_words_its_octets_and_one_answer():
    prompt, body, answer = records(seat(b"BDAT 7 LAST\r\nHello\r\n"))
    assert isinstance(prompt, Prompt)
    assert isinstance(answer, Exchange)
    assert (prompt.octets, prompt.replies, prompt.wants) == (b"BDAT 7 LAST\r\n", (), 7)
    assert body == Body(b"Hello\r\n")
    assert (answer.octets, answer.parsed) == (b"", prompt.parsed)
    assert answer.replies == (b"250 2.0.0 Message accepted, id 1\r\n",)


def test_a_chunk_of_no_octets_is_one_record():
    (answer,) = records(seat(b"BDAT 0\r\n"))
    assert isinstance(answer, Exchange)
    assert answer.octets == b"BDAT 0\r\n"


@pytest.mark.parametrize(
    "line", [b"BDAT 99999999999999999999 LAST\r\n", b"BDAT 10485761\r\n", b"BDAT 5\r\nHelloBDAT 10485757\r\n"]
)
def test_nothing_is_held_of_a_chunk_that_will_be_refused(line):
    made = seat(line)
    for _ in range(3):
        made.send(b"x" * 1000)
    state = made.link.session.state
    assert isinstance(state, State)
    assert state.content is EMPTY
    assert state.chunk is not None
    assert state.chunk.size - state.chunk.left == 3000


@pytest.mark.parametrize(
    ("line", "size"),
    [
        (b"BDAT 5\r\n", 5),
        (b"bdat 5 last\r\n", 5),
        (b"BDAT\t05 \r\n", 5),
        (b"BDAT 5 LAST now\r\n", 5),
        (b"BDAT 5 6\r\n", 5),
        (b"BDAT 5x\r\n", None),
        (b"BDAT -5\r\n", None),
        (b"BDAT 5", None),
        (b"BDAT\r\n", None),
        (b"BDAT " + b"0" * 506 + b"5\r\n", None),
    ],
)
def test_the_count_is_read_even_where_the_line_is_wrong(line, size):
    found = announced(line)
    assert (None if found is None else found.size) == size


def test_a_chunk_is_shown_with_what_is_still_to_come():
    made = seat(b"")
    renderer = Renderer(View(width=80, depth=1))
    shown: list[str] = []
    made.world.transcript.subscribe(lambda entry: shown.extend(renderer.lines(entry)))
    for line in (b"BDAT 1234\r\n", b".a\r\n", b"x" * 1230):
        renderer.typed = line
        made.send(line)
    text = "\n".join(shown)
    assert "-- chunk: counted octets, 1,234 to come --" in text
    assert "Octets still to come: 1,230." in text
    assert "stuffing" not in text
    assert text.count("still to come") == 1
    assert "250 chunk taken, more may follow" in text


def test_the_answer_to_a_chunk_has_no_command_line_of_its_own():
    answer = records(seat(b"BDAT 2\r\n\r\n"))[-1]
    assert isinstance(answer, Exchange)
    assert explain(answer, PROTOCOLS["smtp"]).command == ()


def test_a_chunk_is_written_down_and_played_again():
    made = seat(b"BDAT 3\r\na\x00bBDAT 4 LAST\r\nc\r\n.NOOP\r\n")
    written = script.write(made.story(), {made.link.wire.number: 1})
    assert "C: a\\x00bBDAT 4 LAST\n" in written
    again = played("# Shows a chunk.\n# protocol: smtp\n# world: lecture\n\n" + written)
    assert again.outcome.misses == ()
    assert b"".join(one.octets for one in again.records if isinstance(one, Body)) == b"a\x00bc\r\n."


def test_the_events_of_a_chunk_name_its_verb():
    made = seat(b"BDAT 2\r\n\r\n")
    found = [event(entry) for entry in made.world.transcript.entries][4:]
    assert [(one["event"], one.get("card"), one.get("code")) for one in found] == [
        ("prompt", "BDAT", None),
        ("body", None, None),
        ("exchange", "BDAT", 250),
    ]
