"""Everything that a student reads beside the wire: cards, glosses, reasons, citations."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailshell import imap, pop3
from mailshell.core.cursor import Slip
from mailshell.core.record import Body, Card, Closed, Exchange, Expect, Fault, Notice, Opened, Prompt, reply_lines
from mailshell.core.session import Marked
from mailshell.core.transcript import Entry
from mailshell.imap.capabilities import CAPABILITIES as IMAP_CAPABILITIES
from mailshell.imap.commands import COMMANDS as IMAP_COMMANDS
from mailshell.imap.grammar import TOLERATED as IMAP_TOLERATED
from mailshell.imap.items import ITEMS
from mailshell.imap.keys import KEYS
from mailshell.imap.ordering import ORDERS
from mailshell.imap.replies import REPLIES as IMAP_REPLIES
from mailshell.mail.host import ERAS, Traits
from mailshell.pop3.capabilities import CAPABILITIES
from mailshell.pop3.grammar import TOLERATED as POP3_TOLERATED
from mailshell.pop3.replies import REPLIES as POP3_REPLIES
from mailshell.pop3.responses import CODES as RESPONSE_CODES
from mailshell.pop3.responses import GLOSSES
from mailshell.pop3.session import TABLE
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
from tests.goldens import PATHS, Played, all_played
from tests.sections import SECTIONS
from tests.strategies import COMMANDS as LINES
from tests.strategies import mutated

ROOT = Path(__file__).parents[1]
EXCHANGE = {"challenge", "authentication given up", "answer is no BASE64"}
"""The replies of an AUTH exchange."""
CITATION = re.compile(r"RFC (\d+) (?:section|sections|appendix) ([0-9A-Z]+(?:\.[0-9]+)*)(?: and ([0-9.]*[0-9]))?")
PREACHING = re.compile(
    r"\b(simply|just|easy|easily|obviously|of course|great|well done|congratulations|good (job|work))\b|!", re.I
)

replies = {wording.card.name: wording for wording in REPLIES}
parameters = [one for extension in EXTENSIONS for one in (*extension.mail, *extension.rcpt)]


class Kit(NamedTuple):
    """What a protocol has for a student to read; `off` are the replies that no slide shows whole."""

    commands: dict[str, Card]
    examples: tuple[str, ...]
    replies: dict[str, Card]
    status: dict[str, str]
    off: set[str]
    others: tuple[Card, ...]
    slips: tuple[Slip, ...]
    unseen: set[str]
    first_rule: str

    @property
    def cards(self) -> list[Card]:
        """Every card."""
        return [*self.commands.values(), *self.replies.values(), *self.others]


KITS = {
    "smtp": Kit(
        {card.name: card for card in (*(one.card for one in COMMANDS), END_CARD)},
        tuple(example for one in COMMANDS for example in one.examples),
        {one.card.name: one.card for one in REPLIES},
        # A fault that was put in has the code that somebody chose.
        {one.card.name: str(one.code) for one in REPLIES} | {"fault for now": "4", "fault for good": "5"},
        {one.card.name for one in REPLIES if one.off_slide},
        (*(one.card for one in EXTENSIONS), *(one.card for one in parameters), *CARDS.values(), *ERA_CARDS),
        TOLERATED,
        {"shutting down"},  # A transcript cannot stop its server: test_net shows that reply.
        "Reply-code",
    ),
    "pop3": Kit(
        {one.card.name: one.card for one in TABLE.commands},
        tuple(example for one in TABLE.commands for example in one.examples),
        {one.card.name: one.card for one in POP3_REPLIES},
        {one.card.name: one.status for one in POP3_REPLIES},
        {one.card.name for one in POP3_REPLIES if one.off_slide},
        (*(one.card for one in CAPABILITIES), *pop3.phases.CARDS.values(), pop3.phases.UPDATE, *pop3.eras.CARDS),
        POP3_TOLERATED,
        # What a full disk, a damaged file and a mechanism bring: test_pop3 shows those.
        {"nothing removed", "no login now", "message unreadable", "no maildrop", *EXCHANGE},
        "status",
    ),
    "imap": Kit(
        {one.card.name: one.card for one in IMAP_COMMANDS},
        tuple(example for one in IMAP_COMMANDS for example in one.examples),
        {one.card.name: one.card for one in IMAP_REPLIES},
        {one.card.name: one.status for one in IMAP_REPLIES} | {"mailbox changed": "*"},
        set(),
        (
            *(one.card for one in (*IMAP_CAPABILITIES, *ITEMS, *KEYS, *ORDERS)),
            *imap.phases.CARDS.values(),
            *imap.eras.CARDS,
        ),
        IMAP_TOLERATED,
        # The last ones need a damaged file, a thousand keywords, a mechanism, the end of the server; the first ones
        # have no words.
        {
            "literal without a wait",
            "a piece of an answer",
            "message unreadable",
            "no mailboxes",
            "shutting down",
            "too many keywords",
            *EXCHANGE,
        },
        "",
    ),
}
each_kit = pytest.mark.parametrize("protocol", KITS)
each_card = pytest.mark.parametrize(
    "card", [card for kit in KITS.values() for card in kit.cards], ids=lambda card: card.name
)


@cache
def goldens() -> dict[str, Played]:
    return all_played()


def entries(protocol: str) -> Iterator[Entry]:
    """Everything that the golden transcripts have of a protocol."""
    for golden in goldens().values():
        yield from (entry for entry in golden.seat.world.transcript.entries if entry.wire.protocol == protocol)


def spoken(protocol: str) -> Iterator[Opened | Exchange | Prompt | Notice]:
    """All that has replies."""
    for entry in entries(protocol):
        if not isinstance(entry.record, Body | Closed):
            yield entry.record


def lines_of_goldens(protocol: str) -> Iterator[bytes]:
    """Every command line of the golden transcripts, line end left out."""
    for record in spoken(protocol):
        if isinstance(record, Exchange | Prompt):
            yield record.lead + record.octets.rstrip(b"\r\n")


def marked_lines(protocol: str) -> Iterator[Marked]:
    mark = PROTOCOLS[protocol].mark_command
    yield from (mark(example.encode()) for example in KITS[protocol].examples)
    yield from map(mark, lines_of_goldens(protocol))


@each_kit
def test_every_rule_that_the_grammar_marks_has_a_gloss(protocol):
    for marked in marked_lines(protocol):
        for part in marked.parts:
            assert marked.glosses[part.rule]


@each_kit
@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_every_rule_that_any_line_marks_has_a_gloss(protocol, data):
    marked = PROTOCOLS[protocol].mark_command(data.draw(LINES[protocol] | mutated(LINES[protocol])))
    assert {part.rule for part in marked.parts} <= set(marked.glosses)


@each_kit
def test_every_gloss_of_a_command_is_marked_somewhere(protocol):
    commands = KITS[protocol].commands
    found: dict[str, set[str]] = {name: set() for name in commands}
    for marked in marked_lines(protocol):
        if marked.card is not None:
            # One rule with many words, as fetch-att, has a name for each of them.
            parts = marked.card.parts
            found[marked.card.name] |= {
                part.rule if part.rule in parts else part.rule.split(" ")[0] for part in marked.parts
            }
    assert found == {name: set(card.parts) for name, card in commands.items()}


@each_kit
def test_every_reply_is_given_in_some_transcript_and_nothing_else_is_ever_sent(protocol):
    kit, found = KITS[protocol], set()
    for record in spoken(protocol):
        if record.replies:
            assert record.card.name in kit.replies
            status = kit.status[record.card.name].encode()
            assert (status in record.replies[-1]) if protocol == "imap" else record.replies[0].startswith(status)
            found.add(record.card.name)
    assert found == set(kit.replies) - kit.unseen


def test_no_two_replies_have_the_same_name():
    assert len(replies) == len(REPLIES)
    assert len(KITS["pop3"].replies) == len(POP3_REPLIES)


@each_kit
def test_every_slip_is_let_pass_in_some_transcript(protocol):
    for slip in KITS[protocol].slips:
        assert any(slip.says in record.because for record in spoken(protocol) if isinstance(record, Exchange | Prompt))


def test_every_slip_is_refused_in_some_transcript():
    strict = [golden for golden in goldens().values() if golden.header.get("policy") == "strict"]
    reasons = [r.because for golden in strict for r in golden.records if isinstance(r, Exchange) and r.because]
    for words in (
        "between the colon",
        "no white space stands before it",
        "octet above 127",
        "longer than 1000",
        "USER was accepted, so PASS comes next",
    ):
        assert any(words in reason for reason in reasons)


@each_kit
def test_every_line_of_every_reply_is_taken_apart(protocol):
    for record in spoken(protocol):
        for at, line in enumerate(line.removesuffix(b"\r\n") for line in reply_lines(record)):
            marked = PROTOCOLS[protocol].mark_reply(line, record.card, at)
            assert marked.card is not None
            assert marked.card._replace(cite=record.card.cite) == record.card
            assert [part for part in marked.parts if not marked.glosses[part.rule]] == []
            ends = [(part.start, part.end) for part in marked.parts]
            assert ends == sorted(ends)
            if protocol == "imap":
                continue  # parentheses are no part, and lines of a literal have no gloss
            assert not line or ends[-1][1] == len(line)
            if not at or protocol == "smtp":
                assert marked.gloss
                assert marked.parts[0].rule == KITS[protocol].first_rule


@each_kit
@given(line=st.binary(max_size=40), data=st.data())
def test_any_line_from_a_server_can_be_taken_apart(protocol, line, data):
    marked = PROTOCOLS[protocol].mark_reply(
        line, data.draw(st.sampled_from(KITS[protocol].cards)), data.draw(st.integers(0, 2))
    )
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


@pytest.mark.parametrize(
    ("protocol", "more"),
    # A recipient elsewhere gets the words of the slide as well; so does QUIT before the login.
    [("smtp", {"recipient will be relayed"}), ("pop3", {"closing"})],
)
def test_the_replies_of_the_slides_are_told_from_the_others(protocol, more):
    golden = goldens()[f"{protocol}/lecture.txt"]
    names = {one.card.name for one in golden.records if isinstance(one, Opened | Exchange | Prompt)}
    off = KITS[protocol].off
    assert set(KITS[protocol].replies) - off == (names - off) | more
    assert names & off == (set() if protocol == "smtp" else {"scan listing", "message follows", "marked as deleted"})


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
    for kit in KITS.values():
        for card in kit.cards:
            yield from (card.name, card.says, card.more, card.next, *card.parts.values())
        for slip in kit.slips:
            yield from (slip.name, slip.says, slip.expect.what, slip.expect.why)
    for wording in REPLIES:
        yield from (*wording.text, wording.classic)
    for reply in POP3_REPLIES:
        yield from (reply.text, reply.classic or "")
    yield from (*RESPONSE_CODES.values(), *GLOSSES.values())
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
        assert text.isascii() or " is no command of this server." in text or "zo\xeb" in text  # what was typed


def test_german_says_what_english_says():
    """Both have the same fields, but for the words that count; only LANG and the numbers are the same in both."""
    for reply in POP3_REPLIES:
        english, german = (set(re.findall(r"{(\w+)}", text)) for text in (reply.text, reply.german))
        assert german == {"nachrichten" if field == "messages" else field for field in english}
        assert (reply.text != reply.german) == bool(re.sub(r"{\w+}| ", "", reply.text))


@each_kit
def test_the_tolerated_slips_are_published(protocol):
    hosts = [build("empty", traits=Traits(era=era)).hosts["nyu.edu"] for era in ERAS]
    table = "\n".join(line for host in hosts for line in PROTOCOLS[protocol].matrix(host))
    for slip in KITS[protocol].slips:
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


def test_every_topic_of_pop3_can_be_found_by_its_name():
    names = [topic.card.name for topic in PROTOCOLS["pop3"].topics]
    assert len(set(names)) == len(names)
    assert set(names) >= {card.name for card in KITS["pop3"].others} | set(KITS["pop3"].commands)
