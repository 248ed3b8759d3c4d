"""What a server of each era knows: which keywords it lists, which words it has never heard of."""

import re

import pytest

from mailshell.core.record import Exchange, Opened
from mailshell.mail.host import ERAS, Era, Traits
from mailshell.pop3.eras import SINCE as POP3_SINCE
from mailshell.protocols import PROTOCOLS
from mailshell.smtp.commands import COMMANDS
from mailshell.smtp.eras import CARDS, ELSEWHERE, SINCE, known
from mailshell.smtp.extensions import EXTENSIONS
from mailshell.smtp.replies import REPLIES
from mailshell.world.seat import Seat
from mailshell.world.start import STUDENT, build

FIRST = "HELO MAIL RCPT DATA RSET NOOP QUIT VRFY EXPN HELP SEND SOML SAML TURN"
"""The commands of RFC 821 section 4.1.2."""

LISTED = {
    "1982": None,
    "1995": "SIZE 8BITMIME PIPELINING EXPN HELP",
    "2008": "SIZE 8BITMIME PIPELINING ENHANCEDSTATUSCODES EXPN ETRN HELP CHUNKING BINARYMIME DSN DELIVERBY",
}
"""What a host of each era lists after EHLO, in the order of today, None where it does not know EHLO."""

each_era = pytest.mark.parametrize("era", ERAS)


def seat(era: Era, octets: bytes = b"") -> Seat:
    made = Seat(build("lecture", traits=Traits(era=era)), STUDENT)
    made.connect("nyu.edu", "smtp")
    made.send(octets)
    return made


def answer(made: Seat, line: str) -> Exchange:
    made.send(line.encode() + b"\r\n")
    record = made.world.transcript.entries[-1].record
    assert isinstance(record, Exchange)
    return record


def test_every_verb_and_keyword_has_its_year_and_nothing_else_has_one():
    names = {command.card.name for command in COMMANDS} | {extension.keyword for extension in EXTENSIONS}
    assert set(SINCE) == names
    assert not names & set(ELSEWHERE)
    assert [name for name, since in SINCE.items() if since.year == 1982] == FIRST.split()


@each_era
def test_an_era_knows_all_that_went_before(era):
    later = ERAS[ERAS.index(era) :]
    assert all(known(name, one) for name in SINCE if known(name, era) for one in later)


@pytest.mark.parametrize("era", LISTED)
def test_what_a_host_lists(era):
    replies = answer(seat(era), "EHLO lancs.uk").replies
    wanted = LISTED[era]
    if wanted is None:
        assert replies == (b"500 Command unrecognized\r\n",)
    else:
        assert [line[4:].split()[0].decode() for line in replies[1:]] == wanted.split()


@each_era
@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.card.name)
def test_a_command_of_a_later_year_is_unknown(era, command):
    """500, as for any other word (RFC 5321 section 4.2.4); what is known is never answered so."""
    made = seat(era, b"HELO lancs.uk\r\n")
    made.send(command.examples[0].encode() + b"\r\n")
    replies = [entry.record.replies[0] for entry in made.world.transcript.entries if isinstance(entry.record, Exchange)]
    young = not known(command.needs or command.card.name, era)
    assert (replies[-1][:3] == b"500" and len(replies) == 2) == young


@each_era
def test_help_and_the_legal_commands_name_only_what_the_host_has(era):
    made = seat(era)
    listed = answer(made, "HELP").replies[0].decode().split("Commands: ")[1].split()
    assert set(made.link.session.legal()) < set(listed)
    assert all(known(name, era) for name in listed)
    assert not {"SEND", "SOML", "SAML", "TURN", "XCLIENT"} & set(listed)
    because = answer(made, "FOO").because
    assert because.endswith(f"Legal now: {' '.join(made.link.session.legal())}.")


def test_a_server_of_1982_has_words_of_its_own():
    made = seat("1982", b"HELO lancs.uk\r\nMAIL FROM:<a@lancs.uk>\r\nRCPT TO:<bob@nyu.edu>\r\nRSET\r\nNOOP\r\n")
    records = [entry.record for entry in made.world.transcript.entries]
    said = [record.replies[0] for record in records if isinstance(record, Opened | Exchange)]
    assert said == [b"220 nyu.edu mail service ready\r\n", b"250 nyu.edu\r\n", *[b"250 OK\r\n"] * 4]
    assert all("{" not in one.early or one.early.startswith("{host}") for one in REPLIES)


def test_help_says_since_when_a_word_exists():
    more = {topic.card.name: topic.card.more for topic in PROTOCOLS["smtp"].topics}
    assert more["SIZE"].endswith(" Since RFC 1427, 1993.")
    assert more["TURN"].endswith(" Since RFC 821, 1982.")
    assert more["XCLIENT"].endswith(" Since Postfix 2.1, 2004.")
    assert all(more[name].endswith(str(since)) for name, since in SINCE.items())
    assert [card.name for card in CARDS] == ["era", *ERAS]
    assert {card.name for card in CARDS} <= set(more)


SENT = (
    *(
        "MAIL FROM:<a@b.c>",
        "NOPE",
        "HELO",
        "EXPN friends",
        "STARTTLS",
        "EHLO lancs.uk",
        "HELO lancs.uk",
        "RCPT",
        "DATA",
    ),
    *(
        "VRFY friends",
        "VRFY x@mars.test",
        "EXPN staff",
        "HELP x",
        "BDAT 9",
        "123456789",
        "MAIL FROM: a",
        "ETRN mars.test",
    ),
    *("MAIL FROM:<a@b.c> SIZE=99999999", "MAIL FROM:<a@b.c> X=1", "MAIL FROM:<a@b.c>", "DATA", "RCPT TO:<x@nyu.edu>"),
    *("RCPT TO:<x@mars.test>", "MAIL FROM:<a@b.c>", "RCPT TO:<bob@nyu.edu>", "BDAT 3 LAST X", "abc", "RSET", "NOOP"),
)


@each_era
@pytest.mark.parametrize("voice", ["modern", "classic"])
@pytest.mark.parametrize("off", [frozenset(), frozenset({"EHLO"}), frozenset({"EXPN", "HELP", "CHUNKING"})])
def test_what_comes_next_is_something_that_the_server_takes(era, voice, off):
    made = Seat(build("lecture", traits=Traits(era=era, voice=voice, off=off)), STUDENT)
    made.connect("nyu.edu", "smtp")
    engine = PROTOCOLS["smtp"]
    for line in SENT:
        before = made.world.transcript.count
        made.send(line.encode() + b"\r\n")
        legal = made.link.session.legal()
        for entry in made.world.transcript.since(before, made.world.transcript.count):
            if isinstance(entry.record, Exchange):
                following = entry.record.card.next or engine.phases[entry.record.after].next
                named = [word for word in re.findall(r"[A-Z]{4}", following) if word in SINCE]
                # After RSET the rest is legal as well.
                assert not named or set(named) <= {*legal, *(("MAIL",) if named[0] == "RSET" else ())}, (
                    line,
                    following,
                )


FETCHED = (
    *("CAPA", "UTF8", "NOOP", "STAT", "FOO", "LANG", "LANG *", "LANG fr", "APOP bob x", "AUTH X", "PASS x", "USER bob"),
    *("STAT", "FOO", "PASS wrong", "USER bob", "PASS hungry", "CAPA", "USER bob", "LIST", "LIST 9", "UIDL", "TOP 1 0"),
    *("RETR 1", "DELE 1", "DELE 1", "RSET", "NOOP", "LANG", "LIST x", "QUIT"),
)


@pytest.mark.parametrize("era", ERAS[1:])
@pytest.mark.parametrize("voice", ["modern", "classic"])
@pytest.mark.parametrize("off", [frozenset(), frozenset({"USER"}), frozenset({"USER", "APOP"}), frozenset({"LANG"})])
def test_what_comes_next_is_something_that_a_server_of_pop3_takes(era, voice, off):
    made = Seat(build("lecture", traits=Traits(era=era, voice=voice, off=off)), STUDENT)
    made.connect("nyu.edu", "pop3")
    first = 0  # the greeting too
    for line in FETCHED:
        made.send(line.encode() + b"\r\n")
        legal = made.link.session.legal()
        for entry in made.world.transcript.since(first, made.world.transcript.count):
            if isinstance(entry.record, Exchange | Opened):
                following = entry.record.card.next
                named = [word for word in re.findall(r"[A-Z0-9]{4}", following) if word in POP3_SINCE]
                # After QUIT there is another session.
                assert following, line
                assert not named or named[0] == "QUIT" or set(named) <= {*legal}, (line, following)
        first = made.world.transcript.count


@pytest.mark.parametrize(("voice", "era"), [("classic", "today"), ("modern", "1982")])
def test_a_server_without_ehlo_asks_for_helo(voice, era):
    made = Seat(build("lecture", traits=Traits(era=era, voice=voice)), STUDENT)
    made.connect("nyu.edu", "smtp")
    opened = made.world.transcript.entries[0].record
    assert isinstance(opened, Opened)
    assert opened.card.next == answer(made, "MAIL FROM:<a@b.c>").card.next == "HELO, and your host name"
