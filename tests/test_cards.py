"""Everything that a student reads beside the wire: cards, glosses, reasons, citations."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailshell.core.record import Body, Card, Closed, Exchange, Expect, Fault, Opened, Prompt
from mailshell.core.session import Marked
from mailshell.mail.host import ERAS, Traits
from mailshell.protocols import PROTOCOLS
from mailshell.smtp.commands import COMMANDS
from mailshell.smtp.commands.data import END_CARD
from mailshell.smtp.eras import CARDS as ERA_CARDS
from mailshell.smtp.extensions import EXTENSIONS
from mailshell.smtp.grammar import TOLERATED
from mailshell.smtp.phases import CARDS
from mailshell.smtp.replies import REPLIES
from mailshell.smtp.responses import CATEGORIES, CLASSES, SUBJECTS, mark_reply
from mailshell.world.seat import Seat
from mailshell.world.start import STUDENT, build
from tests.goldens import PATHS, all_played
from tests.sections import SECTIONS
from tests.strategies import COMMANDS as LINES
from tests.strategies import mutated

ROOT = Path(__file__).parents[1]
CITATION = re.compile(r"RFC (\d+) (?:section|sections|appendix) ([0-9A-Z]+(?:\.[0-9]+)*)(?: and ([0-9.]*[0-9]))?")
PREACHING = re.compile(
    r"\b(simply|just|easy|easily|obviously|of course|great|well done|congratulations|good (job|work))\b|!", re.I
)

replies = {wording.card.name: wording for wording in REPLIES}
parameters = [one for extension in EXTENSIONS for one in (*extension.mail, *extension.rcpt)]
cards: list[Card] = [
    *(command.card for command in COMMANDS),
    END_CARD,
    *(extension.card for extension in EXTENSIONS),
    *(parameter.card for parameter in parameters),
    *CARDS.values(),
    *ERA_CARDS,
    *(wording.card for wording in REPLIES),
]
"""Every card of SMTP."""

each_card = pytest.mark.parametrize("card", cards, ids=lambda card: card.name)


@cache
def goldens():
    return all_played()


def lines_of_goldens() -> Iterator[bytes]:
    """Every command line of the golden transcripts, line end left out."""
    for golden in goldens().values():
        for record in golden.records:
            if isinstance(record, Exchange | Prompt):
                yield record.octets.rstrip(b"\r\n")


def marked_lines() -> Iterator[Marked]:
    mark = PROTOCOLS["smtp"].mark_command
    yield from (mark(example.encode()) for command in COMMANDS for example in command.examples)
    yield from map(mark, lines_of_goldens())


def test_every_rule_that_the_grammar_marks_has_a_gloss():
    for marked in marked_lines():
        for part in marked.parts:
            assert marked.glosses[part.rule]


@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow])
@given(LINES["smtp"] | mutated(LINES["smtp"]))
def test_every_rule_that_any_line_marks_has_a_gloss(line):
    marked = PROTOCOLS["smtp"].mark_command(line)
    assert {part.rule for part in marked.parts} <= set(marked.glosses)


def test_every_gloss_of_a_command_is_marked_somewhere():
    found: dict[str, set[str]] = {card.name: set() for card in (*(one.card for one in COMMANDS), END_CARD)}
    for marked in marked_lines():
        if marked.card is not None:
            found[marked.card.name] |= {part.rule for part in marked.parts}
    assert found == {card.name: set(card.parts) for card in (*(one.card for one in COMMANDS), END_CARD)}


def test_every_reply_is_given_in_some_transcript_and_nothing_else_is_ever_sent():
    found = set()
    for golden in goldens().values():
        for record in golden.records:
            if not isinstance(record, Body | Closed) and record.replies:
                wording = replies[record.card.name]
                assert record.replies[0].startswith(str(wording.code).encode())
                found.add(wording.card.name)
    # A transcript cannot stop its server: test_net shows that reply.
    assert found == set(replies) - {"shutting down"}
    assert len(replies) == len(REPLIES), "no two replies have the same name"


def test_every_slip_is_let_pass_in_some_transcript_and_refused_in_another():
    for slip in TOLERATED:
        assert any(
            slip.says in record.because
            for golden in goldens().values()
            for record in golden.records
            if isinstance(record, Exchange | Prompt)
        )
    strict = [golden for golden in goldens().values() if golden.header.get("policy") == "strict"]
    reasons = [r.because for golden in strict for r in golden.records if isinstance(r, Exchange) and r.because]
    for words in ("between the colon", "no white space stands before it", "octet above 127", "longer than 1000"):
        assert any(words in reason for reason in reasons)


def test_every_line_of_every_reply_is_taken_apart():
    for golden in goldens().values():
        for record in golden.records:
            if isinstance(record, Body | Closed):
                continue
            for line in (reply.removesuffix(b"\r\n") for reply in record.replies):
                marked = mark_reply(line, record.card)
                assert marked.card is record.card
                assert marked.gloss
                assert marked.parts[0].rule == "Reply-code"
                assert [part for part in marked.parts if not marked.glosses[part.rule]] == []
                ends = [(part.start, part.end) for part in marked.parts]
                assert ends == sorted(ends)
                assert ends[-1][1] == len(line)


@given(line=st.binary(max_size=40), card=st.sampled_from(cards))
def test_any_line_from_a_server_can_be_taken_apart(line, card):
    marked = mark_reply(line, card)
    end = 0
    for part in marked.parts:
        assert end <= part.start < part.end <= len(line)
        assert marked.glosses[part.rule]
        end = part.end


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        (b"250", [("Reply-code", b"250")]),
        (b"250 ", [("Reply-code", b"250")]),
        (b"250-2.0.0", [("Reply-code", b"250"), ("enhanced", b"2.0.0")]),
        (b"250 2.0.0 ok", [("Reply-code", b"250"), ("enhanced", b"2.0.0"), ("textstring", b"ok")]),
        (b"250 9.0.0 ok", [("Reply-code", b"250"), ("textstring", b"9.0.0 ok")]),
        (b"250 SIZE 5", [("Reply-code", b"250"), ("SIZE", b"SIZE 5")]),
        (b"250 XFOO", [("Reply-code", b"250"), ("textstring", b"XFOO")]),
        (b"+OK", [("text", b"+OK")]),
        (b"", []),
    ],
)
def test_a_reply_line_has_a_code_perhaps_an_enhanced_code_and_text(line, parts):
    marked = mark_reply(line, replies["EHLO accepted"].card)
    assert [(part.rule, line[part.start : part.end]) for part in marked.parts] == parts


def test_reply_codes_are_explained_digit_by_digit():
    assert {str(wording.code)[0] for wording in REPLIES} <= set(CLASSES)
    assert {str(wording.code)[1] for wording in REPLIES} <= set(CATEGORIES)
    for wording in REPLIES:
        if wording.enhanced:
            kind, subject, _ = wording.enhanced.split(".")
            assert kind == str(wording.code)[0]
            assert subject in SUBJECTS


def test_the_replies_of_the_slides_are_told_from_the_others():
    golden = goldens()["smtp/lecture.txt"]
    names = {record.card.name for record in golden.records if isinstance(record, Opened | Exchange | Prompt)}
    on_slide = {wording.card.name for wording in REPLIES if not wording.off_slide}
    # A recipient elsewhere gets the words of the slide as well.
    assert on_slide == names | {"recipient will be relayed"}


@each_card
def test_a_card_says_something_short_and_something_longer(card):
    assert 0 < len(card.says) <= 60
    assert not card.says.endswith((".", "!"))
    assert card.more.endswith(".")
    assert card.more[0].isupper() or card.more[0].isdigit() or card.more.startswith("EHLO")
    assert card.cite.section
    assert str(card.cite) == f"RFC {card.cite.rfc} section {card.cite.section}"


@each_card
def test_a_card_cites_a_section_that_exists(card):
    assert card.cite.section in SECTIONS[card.cite.rfc].split()


def test_every_citation_in_the_sources_and_transcripts_exists():
    paths = [*(ROOT / "mailshell").rglob("*.py"), *(ROOT / "mailshell").rglob("*.tsv"), *PATHS.values()]
    cited = {
        (path.name, int(rfc), section)
        for path in paths
        for rfc, *sections in CITATION.findall(path.read_text(encoding="utf-8"))
        for section in sections
        if section
    }
    assert len(cited) > 100
    assert [one for one in sorted(cited) if one[2] not in SECTIONS[one[1]].split()] == []


@pytest.mark.parametrize("name", PATHS)
def test_the_first_line_of_a_transcript_says_what_it_shows_and_where_that_stands(name):
    first = PATHS[name].read_text(encoding="utf-8").splitlines()[0]
    assert re.fullmatch(r"# \S.*\(RFC \d+ (section|appendix) \S+(, RFC \d+ section \S+)?\)", first)


def texts() -> Iterator[str]:
    """Everything that a student can read, but for the wire."""
    for card in cards:
        yield from (card.name, card.says, card.more, card.next, *card.parts.values())
    for slip in TOLERATED:
        yield from (slip.name, slip.says, slip.expect.what, slip.expect.why)
    for wording in REPLIES:
        yield from (*wording.text, wording.classic)
    for golden in goldens().values():
        for record in golden.records:
            if not isinstance(record, Body | Opened):
                yield record.because
            if isinstance(record, Exchange) and isinstance(record.parsed, Fault):
                yield from (text for expect in record.parsed.expected for text in (expect.what, expect.why))


def test_the_texts_are_calm():
    """No praise, no "simply", no exclamation mark; plain quotes, and no white space that nobody sees."""
    for text in set(texts()):
        assert not PREACHING.search(text), text
        assert text == text.strip() or text.startswith(" ")
        assert "  " not in text
        assert text.isascii() or " is no command of this server." in text  # it quotes what was typed


def test_the_tolerated_slips_are_published():
    hosts = [build("empty", traits=Traits(era=era)).hosts["nyu.edu"] for era in ERAS]
    table = "\n".join(line for host in hosts for line in PROTOCOLS["smtp"].matrix(host))
    for slip in TOLERATED:
        assert f"{slip.name} ({slip.cite})" in table
        assert slip.says.endswith(".")
        assert slip.cite.section in SECTIONS[slip.cite.rfc].split()
        assert isinstance(slip.expect, Expect)


def test_every_topic_can_be_found_by_its_name():
    topics = PROTOCOLS["smtp"].topics
    names = [topic.card.name for topic in topics]
    assert len({(topic.card.name, topic.syntax) for topic in topics}) == len(topics), (
        "SIZE is a keyword and a parameter, all else is one thing"
    )
    assert {command.card.name for command in COMMANDS} <= set(names)
    assert {card.name for card in CARDS.values()} <= set(names)
    assert {extension.keyword for extension in EXTENSIONS} <= set(names)
    assert {parameter.keyword for parameter in parameters} <= set(names)


def test_a_refusal_in_the_classic_voice_says_that_no_slide_has_it():
    """Also where the command was refused because of its order or its grammar."""
    made = Seat(build("lecture", traits=Traits(voice="classic")), STUDENT)
    made.connect("nyu.edu", "smtp")
    for line in (b"MAIL FROM:<a@b>", b"HELO", b"FOO", b"EHLO a", b"RCPT TO:<bob@nyu.edu>"):
        made.send(line + b"\r\n")
        record = made.world.transcript.entries[-1].record
        assert isinstance(record, Exchange)
        assert record.because.endswith("This reply is not on the slide.")
