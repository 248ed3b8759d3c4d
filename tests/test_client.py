"""The SMTP client by itself: what it sends to servers good and bad, and what it concludes."""

import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailshell.core import dots
from mailshell.core.clock import SECOND, Instant
from mailshell.core.record import Body, Exchange, Fault, Opened, Prompt, Verdict
from mailshell.core.session import Peer
from mailshell.mail.host import ERAS, Traits
from mailshell.mail.queue import Recipient, Terms
from mailshell.mail.store import BoxKey
from mailshell.smtp import client as smtp
from mailshell.smtp.client import Client, Stage
from mailshell.smtp.errand import Errand, limit, mail, obstacle, rcpt, reports_end_here
from mailshell.smtp.extensions import EXTENSIONS
from mailshell.world.start import START, build
from tests.strategies import clean_messages

NOW = Instant(START)
BOB, CAROL = Recipient("bob@nyu.edu"), Recipient("carol@nyu.edu")
LETTER = Errand("alice@lancs.uk", (BOB,), b"Subject: a\r\n\r\n.b\r\n")
BOTH = LETTER._replace(recipients=(BOB, CAROL))
BINARY = BOTH._replace(octets=b"\r\n\0", terms=Terms(body="BINARYMIME"))
BROADBAND = b"250-nyu.edu\r\n250-PIPELINING\r\n250-BINARYMIME\r\n250-CHUNKING\r\n250 8BITMIME\r\n"


class Talk:
    """A client, and what it has sent since somebody looked."""

    def __init__(self, ehlo: bytes = b"250 nyu.edu\r\n") -> None:
        self.client = Client("lancs.uk", "nyu.edu")
        self.sent = b""
        self.hear(b"220 nyu.edu\r\n")
        self.hear(ehlo)
        self.sent = b""

    def turn(self, turn: smtp.Turn) -> "Talk":
        self.client, out = turn
        self.sent += out
        return self

    def hear(self, octets: bytes) -> "Talk":
        return self.turn(smtp.hear(self.client, octets))

    def begin(self, errand: Errand) -> "Talk":
        return self.turn(smtp.begin(self.client, errand, NOW))

    def lines(self) -> list[bytes]:
        """What was sent, a line each; it is forgotten then."""
        found, self.sent = self.sent.split(b"\r\n")[:-1], b""
        return found

    @property
    def said(self) -> list[tuple[str, int, str]]:
        """For each recipient the verb, code and status that decided about it."""
        answers = [one for one in self.client.answers if one is not None]
        assert len(answers) == len(self.client.answers)
        return [(one.verb, one.code, one.status) for one in answers]


def test_a_message_step_by_step():
    talk = Talk().begin(BOTH)
    assert talk.lines() == [b"MAIL FROM:<alice@lancs.uk>"]
    assert talk.hear(b"250 ok\r\n").lines() == [b"RCPT TO:<bob@nyu.edu>"]
    assert talk.hear(b"250 ok\r\n").lines() == [b"RCPT TO:<carol@nyu.edu>"]
    assert talk.hear(b"550 5.1.1 nobody\r\n").lines() == [b"DATA"]
    assert talk.hear(b"354 go on\r\n").lines() == [b"Subject: a", b"", b"..b", b"."]
    talk.hear(b"250 2.0.0 id 7\r\n")
    assert talk.said == [(".", 250, "2.0.0"), ("RCPT", 550, "5.1.1")]
    assert talk.client.answers[0] is not None
    assert talk.client.answers[0].text == "250 2.0.0 id 7"
    assert talk.client.stage is Stage.FREE
    talk.turn(smtp.leave(talk.client))
    assert talk.lines() == [b"QUIT"]
    assert talk.hear(b"221 bye\r\n").client.stage is Stage.OVER
    assert talk.client.trouble is None


def test_with_pipelining_all_up_to_data_goes_in_one_write():
    talk = Talk(BROADBAND).begin(BOTH)
    assert talk.lines() == [
        b"MAIL FROM:<alice@lancs.uk>",
        b"RCPT TO:<bob@nyu.edu>",
        b"RCPT TO:<carol@nyu.edu>",
        b"DATA",
    ]
    assert talk.hear(b"250 a\r\n250 b\r\n450 c\r\n354 d\r\n").lines()[-1] == b"."
    assert talk.hear(b"451 4.3.0 e\r\n").said == [(".", 451, "4.3.0"), ("RCPT", 450, "4.0.0")]


def test_binary_octets_go_in_one_chunk_after_the_recipients():
    talk = Talk(BROADBAND).begin(BINARY)
    assert b"".join(talk.lines()).endswith(b"BODY=BINARYMIMERCPT TO:<bob@nyu.edu>RCPT TO:<carol@nyu.edu>")
    talk.hear(b"250 a\r\n250 b\r\n550 c\r\n")
    assert talk.sent == b"BDAT 3 LAST\r\n\r\n\0"
    assert talk.hear(b"250 d\r\n").said == [("BDAT", 250, "2.0.0"), ("RCPT", 550, "5.0.0")]
    talk.sent = b""
    assert talk.begin(LETTER).lines()[0].startswith(b"MAIL")


@pytest.mark.parametrize(
    ("errand", "answers"),
    [
        (LETTER, [b"250 a\r\n550 b\r\n", b"503 c\r\n"]),  # DATA was sent along
        (LETTER, [b"250 a\r\n250 b\r\n451 c\r\n"]),
        (BINARY, [b"250 a\r\n550 b\r\n550 c\r\n"]),  # the chunk was not sent
        (BINARY, [b"250 a\r\n250 b\r\n250 c\r\n", b"554 d\r\n"]),
    ],
)
def test_a_transaction_that_is_still_open_is_reset_before_the_next(errand, answers):
    talk = Talk(BROADBAND).begin(errand)
    for octets in answers:
        talk.hear(octets)
    assert {status[0] for _, _, status in talk.said} <= {"4", "5"}
    talk.sent = b""
    assert talk.begin(LETTER).lines()[:2] == [b"RSET", b"MAIL FROM:<alice@lancs.uk>"]
    talk.hear(b"250 r\r\n250 a\r\n250 b\r\n354 c\r\n250 d\r\n")
    assert talk.said == [(".", 250, "2.0.0")]
    talk.sent = b""
    assert talk.begin(LETTER).lines()[0] == b"MAIL FROM:<alice@lancs.uk>"


def test_nobody_taken_and_a_server_that_wants_the_message_all_the_same_gets_none():
    talk = Talk(BROADBAND).begin(BOTH)
    talk.sent = b""
    assert talk.hear(b"250 a\r\n550 b\r\n450 c\r\n354 d\r\n").sent == b".\r\n"
    assert talk.hear(b"250 e\r\n").said == [("RCPT", 550, "5.0.0"), ("RCPT", 450, "4.0.0")]


def test_without_pipelining_nobody_taken_means_no_data():
    talk = Talk().begin(BOTH).hear(b"250 a\r\n").hear(b"550 b\r\n")
    talk.sent = b""
    assert talk.hear(b"551 c\r\n").sent == b""
    assert talk.client.stage is Stage.FREE


@pytest.mark.parametrize("ehlo", [b"250 nyu.edu\r\n", BROADBAND])
def test_a_refused_mail_decides_about_all(ehlo):
    talk = Talk(ehlo).begin(BOTH).hear(b"452 4.3.1 full\r\n")
    talk.hear(b"503 a\r\n503 b\r\n503 c\r\n" if ehlo is BROADBAND else b"")
    assert talk.said == [("MAIL", 452, "4.3.1")] * 2
    assert talk.client.stage is Stage.FREE
    talk.sent = b""
    assert talk.begin(LETTER).lines()[0].startswith(b"MAIL")


def test_too_many_recipients_in_the_words_of_1982_is_for_now():
    talk = Talk(BROADBAND).begin(BOTH).hear(b"250 a\r\n250 b\r\n552 too many\r\n354 c\r\n250 d\r\n")
    assert talk.said == [(".", 250, "2.0.0"), ("RCPT", 452, "4.5.3")]
    talk = Talk(BROADBAND).begin(BOTH).hear(b"250 a\r\n250 b\r\n552 5.2.2 quota\r\n354 c\r\n250 d\r\n")
    assert talk.said == [(".", 250, "2.0.0"), ("RCPT", 552, "5.2.2")]


def test_a_message_without_a_line_end_at_its_end_gets_one():
    talk = Talk(BROADBAND).begin(LETTER._replace(octets=b"a"))
    talk.sent = b""
    assert talk.hear(b"250 a\r\n250 b\r\n354 c\r\n").sent == b"a\r\n.\r\n"


@pytest.mark.parametrize("code", [b"500", b"502", b"554"])
def test_a_server_without_ehlo_hears_helo(code):
    talk = Talk(code + b" what?\r\n")
    assert talk.client.waits == ("HELO",)
    talk.hear(b"250-nyu.edu\r\n250 PIPELINING\r\n")
    assert talk.client.stage is Stage.FREE
    assert talk.client.offers == {}


@pytest.mark.parametrize(
    ("before", "answer", "status"),
    [
        ([], b"554 5.3.2 no mail here\r\n", "5.3.2"),
        ([], b"450 later\r\n", "4.0.0"),
        ([b"220 a\r\n"], b"451 later\r\n", "4.0.0"),
        ([b"220 a\r\n", b"500 a\r\n"], b"550 go away\r\n", "5.0.0"),
    ],
)
def test_a_server_that_wants_nobody_is_left_politely(before, answer, status):
    client = Client("lancs.uk", "nyu.edu")
    for octets in before:
        client, _ = smtp.hear(client, octets)
    client, out = smtp.hear(client, answer)
    assert out == b"QUIT\r\n"
    assert client.stage is Stage.LEAVING
    assert client.trouble is not None
    assert client.trouble.status == status
    client, _ = smtp.hear(client, b"500 what?\r\n")
    assert client.stage is Stage.OVER


STEPS = [b"220 a\r\n", b"250 b\r\n", b"250 c\r\n", b"250 d\r\n", b"250 e\r\n", b"354 f\r\n", b"250 g\r\n"]
"""The answers to the connection, EHLO, MAIL, two RCPT, DATA and the final dot."""
VERBS = ["connect", "EHLO", "MAIL", "RCPT", "RCPT", "DATA", "."]


def after(count: int) -> Client:
    """A client that has heard so many of the answers."""
    client = Client("lancs.uk", "nyu.edu")
    for octets in STEPS[:count]:
        client, _ = smtp.hear(client, octets)
        if client.stage is Stage.FREE and client.answers == ():
            client, _ = smtp.begin(client, BOTH, NOW)
    return client


BREAKS = {
    "421": (b"421 4.3.2 I am off\r\n", "4.3.2", "421 4.3.2 I am off"),
    "garbage": (b"hello\r\n", "4.5.0", "none by the grammar"),
    "no sign": (b"250ok\r\n", "4.5.0", "none by the grammar"),
    "endless line": (b"2" * 65537, "4.5.0", "does not end"),
    "endless reply": (b"250-more\r\n" * 7000, "4.5.0", "does not end"),
    "gone": (None, "4.4.2", "nyu.edu closed the connection"),
}


@pytest.mark.parametrize("count", range(len(STEPS)), ids=VERBS)
@pytest.mark.parametrize("how", BREAKS)
def test_a_connection_may_break_at_every_step(count, how):
    octets, status, text = BREAKS[how]
    client = after(count)
    client, out = (smtp.lost(client), b"") if octets is None else smtp.hear(client, octets)
    assert out == b""
    assert (client.stage, client.waits, client.unsent, client.pending) == (Stage.OVER, (), (), b"")
    assert client.trouble is not None
    assert client.trouble.status == status
    assert text in client.trouble.text
    assert [one is not None and (one.verb, one.status) for one in client.answers] == (
        [(VERBS[count], status)] * 2 if count > 1 else []
    )
    again, out = smtp.hear(client, b"250 ok\r\n")
    assert (again.stage, again.trouble, out) == (Stage.OVER, client.trouble, b"")


@pytest.mark.parametrize(
    ("count", "answer"),
    [(0, b"354"), (1, b"334"), (2, b"354"), (3, b"354"), (5, b"250"), (6, b"354")],
)
def test_an_answer_that_does_not_fit_breaks_the_connection_and_delivers_nothing(count, answer):
    client, out = smtp.hear(after(count), answer + b" what?\r\n")
    assert (client.stage, out) == (Stage.OVER, b"")
    assert client.trouble is not None
    assert client.trouble.status == "4.5.0"
    assert all(one is not None and one.status == "4.5.0" for one in client.answers)


@pytest.mark.parametrize("code", [b"250", b"354", b"550"])
def test_an_answer_that_nobody_asked_for_breaks_the_connection(code):
    talk = Talk().hear(code + b" by the way\r\n")
    assert talk.client.stage is Stage.OVER
    assert talk.client.trouble is not None
    assert talk.client.trouble.status == "4.5.0"


@pytest.mark.parametrize("code", [b"250 ok", b"450 no", b"500 no"])
def test_a_server_must_be_able_to_reset(code):
    talk = Talk(BROADBAND).begin(LETTER).hear(b"250 a\r\n550 b\r\n503 c\r\n").begin(LETTER)
    talk.hear(code + b"\r\n")
    assert (talk.client.stage is Stage.OVER) is (code != b"250 ok")


def test_one_message_after_the_other():
    talk = Talk().begin(LETTER)
    with pytest.raises(AssertionError):
        smtp.begin(talk.client, LETTER, NOW)


def test_a_reply_of_many_lines_says_what_its_last_line_says():
    talk = Talk().begin(LETTER).hear(b"550-5.1.1 one\r\n550-5.1.1 two\n550 5.1.2 three\r\n")
    assert talk.said == [("MAIL", 550, "5.1.2")]


def test_an_enhanced_code_of_another_class_does_not_count():
    assert Talk().begin(LETTER).hear(b"550 2.1.0 odd\r\n").said == [("MAIL", 550, "5.0.0")]
    assert Talk().begin(LETTER).hear(b"450\r\n").said == [("MAIL", 450, "4.0.0")]


SAYINGS = [
    *(b"220 a\r\n", b"250 ok\r\n", b"250-a\r\n250 b\r\n", BROADBAND, b"354 go\r\n", b"354 go\n", b"421 off\r\n"),
    *(b"450 4.2.0 no\r\n", b"550 no\r\n", b"503 x\r\n", b"221 bye\r\n", b"250-a\r\n550 b\r\n", b"hm\r\n", b"25\r\n"),
]
replies = st.lists(st.sampled_from(SAYINGS) | st.binary(max_size=8), max_size=12)


@given(replies, st.data())
def test_cutting_what_a_server_says_at_any_octet_changes_nothing(said, data):
    octets = b"".join([*STEPS[:2], *said])

    def run(pieces):
        client, out = Client("lancs.uk", "nyu.edu"), b""
        for piece in pieces:
            client, more = smtp.hear(client, piece)
            out += more
        return client, out

    cuts = sorted(data.draw(st.lists(st.integers(0, len(octets)), max_size=6)))
    edges = [0, *cuts, len(octets)]
    assert run([octets[a:b] for a, b in itertools.pairwise(edges)]) == run([octets])


@given(replies, st.sampled_from([b"250 nyu.edu\r\n", BROADBAND]), st.sampled_from([LETTER, BOTH, BINARY]))
def test_whatever_a_server_says_the_client_decides_about_everybody_or_waits(said, ehlo, errand):
    talk = Talk(ehlo).begin(errand)
    for octets in said:
        talk.hear(octets)
        client = talk.client
        assert len(client.pending) <= 64 * 1024
        if client.errand is None:
            assert None not in client.answers
            assert len(client.answers) == len(errand.recipients)
        assert (client.stage is Stage.OVER) <= (client.waits == ())
        taken = [one for one in client.answers if one is not None and one.status[0] == "2"]
        assert all(one.verb in (".", "BDAT") and 200 <= one.code < 300 for one in taken)
        assert {one.status[0] for one in client.answers if one is not None} <= set("245")
        assert client.trouble is None or client.trouble.status[0] in "45"


# Against our own server


@st.composite
def servers(draw):
    off = frozenset(draw(st.sets(st.sampled_from([one.keyword for one in EXTENSIONS]), max_size=4)))
    return Traits(
        voice=draw(st.sampled_from(["modern", "classic"])),
        policy=draw(st.sampled_from(["tolerant", "strict"])),
        era=draw(st.sampled_from(ERAS)),
        off=off,
        size=draw(st.sampled_from([None, 65_536])),
        recipients=draw(st.sampled_from([None, 2])),
    )


notifies = st.sampled_from([(), ("NEVER",), ("SUCCESS",), ("FAILURE", "DELAY"), ("SUCCESS", "FAILURE", "DELAY")])
addresses = st.sampled_from(
    [
        "bob@nyu.edu",
        "carol@nyu.edu",
        "Postmaster@NYU.edu",
        "nobody@nyu.edu",
        "zoë@nyu.edu",
        "x@lancs.uk",
        "b@[192.0.2.1]",
    ]
)


@st.composite
def errands(draw):
    reverse_path = draw(st.sampled_from(["", "alice@lancs.uk", "zoë@lancs.uk"]))
    recipients = tuple(
        Recipient(one, draw(notifies), draw(st.sampled_from(["", "rfc822;b+2Bc@a.example"])))
        for one in draw(st.lists(addresses, min_size=1, max_size=4, unique=True))
    )
    terms = Terms(
        body=draw(st.sampled_from(["", "7BIT", "8BITMIME", "BINARYMIME"])),
        utf8=not all(map(str.isascii, (reverse_path, *(one.address for one in recipients)))) or draw(st.booleans()),
        returns=draw(st.sampled_from(["", "FULL", "HDRS"])),
        envelope_id=draw(st.sampled_from(["", "a+2Bb"])),
        deliver_by=draw(st.sampled_from([None, Instant(NOW + 300 * SECOND), Instant(NOW + 30 * SECOND)])),
        late=draw(st.sampled_from("RN")),
        traced=draw(st.booleans()),
        priority=draw(st.sampled_from([None, -3, 4])),
    )
    terms = terms._replace(late="" if terms.deliver_by is None else terms.late)
    octets = draw(st.binary(max_size=40)) if terms.body == "BINARYMIME" else draw(clean_messages)
    return Errand(reverse_path, recipients, octets, terms)


class Server:
    """A server of ours with a client of ours."""

    def __init__(self, traits: Traits) -> None:
        self.world = build("lecture", traits=traits)
        self.out = b""
        peer = Peer("lancs.uk", "192.0.2.1", inside=False)
        self.link = self.world.open("nyu.edu", "smtp", peer, self._hear, "tcp")
        self.client = Client("lancs.uk", "nyu.edu")
        self.world.settle_turn()

    def _hear(self, octets: bytes, last: bool) -> None:
        self.client, out = smtp.hear(self.client, octets)
        self.out += out

    def turns(self) -> None:
        while self.out:
            out, self.out = self.out, b""
            self.world.feed(self.link, out)
            self.world.settle_turn()

    def send(self, errand: Errand) -> None:
        self.client, self.out = smtp.begin(self.client, errand, NOW)
        self.turns()

    def stored(self) -> dict[str, list[bytes]]:
        store = self.world.store
        found: dict[str, list[bytes]] = {}
        for account in store.accounts("nyu.edu"):
            box = store.mailbox(BoxKey("nyu.edu", account.user, "INBOX"))
            assert box is not None
            messages = [store.octets(one.body) for one in box.messages.values()]
            found[account.user] = [one for one in messages if one.startswith(b"Return-Path: ")]
        return found


@given(servers(), st.lists(errands(), min_size=1, max_size=3))
def test_what_the_client_concludes_is_what_our_server_has_done(traits, letters):
    server = Server(traits)
    server.turns()
    expected: dict[str, list[bytes]] = {user: list(found) for user, found in server.stored().items()}
    for errand in letters:
        assert server.client.stage is Stage.FREE
        server.send(errand)
        answers = [one for one in server.client.answers if one is not None]
        assert [one.recipient for one in answers] == list(errand.recipients)
        octets = errand.octets if errand.terms.body == "BINARYMIME" or not errand.octets else _ended(errand.octets)
        for answer in answers:
            if answer.status[0] == "2":
                expected[answer.recipient.address.partition("@")[0].lower()].append(octets)
    stored = server.stored()
    assert {user: len(found) for user, found in stored.items()} == {user: len(one) for user, one in expected.items()}
    for user, found in stored.items():
        assert all(one.endswith(octets) for one, octets in zip(found, expected[user], strict=True))
    for entry in server.world.transcript.entries:
        record = entry.record
        if isinstance(record, Exchange | Prompt):
            # A line that came too early, as an earlier one in the same write was refused, is not looked at.
            assert not isinstance(record.parsed, Fault) or record.parsed.rule == "Command", record
            assert record.verdict is not Verdict.TOLERATED or "octet" in record.because, record
        else:
            assert isinstance(record, Body | Opened)


def _ended(octets: bytes) -> bytes:
    return octets if octets.endswith(b"\r\n") else octets + b"\r\n"


# What an errand asks for


def test_parameters_go_only_to_servers_that_offer_them():
    terms = Terms("8BITMIME", True, "HDRS", "e+2B1", Instant(NOW + 90 * SECOND), "N", True, -3)
    recipient = Recipient("bob@nyu.edu", ("SUCCESS",), "rfc822;b@a.example")
    errand = Errand("zoë@lancs.uk", (recipient,), b"\xc3\xab\r\n", terms)
    assert mail(errand, {}, NOW) == "MAIL FROM:<zoë@lancs.uk>\r\n".encode()
    assert rcpt(recipient, errand, {}) == b"RCPT TO:<bob@nyu.edu>\r\n"
    offers = dict.fromkeys(["SIZE", "8BITMIME", "SMTPUTF8", "DSN", "DELIVERBY", "MT-PRIORITY"], "")
    words = "SIZE=4 BODY=8BITMIME SMTPUTF8 RET=HDRS ENVID=e+2B1 BY=90;NT MT-PRIORITY=-3"
    assert mail(errand, offers, NOW) == f"MAIL FROM:<zoë@lancs.uk> {words}\r\n".encode()
    assert rcpt(recipient, errand, offers).split()[2:] == [b"NOTIFY=SUCCESS", b"ORCPT=rfc822;b@a.example"]
    assert mail(errand._replace(terms=Terms()), offers, NOW).split()[2:] == [b"SIZE=4", b"BODY=8BITMIME"]
    plain = errand._replace(reverse_path="", octets=b"a\r\n", terms=Terms())
    assert mail(plain, offers, NOW) == b"MAIL FROM:<> SIZE=3\r\n"


@pytest.mark.parametrize(
    ("notify", "sent"),
    [((), b"NOTIFY=FAILURE,DELAY"), (("SUCCESS",), b"NOTIFY=SUCCESS,DELAY"), (("NEVER",), b"NOTIFY=NEVER")],
)
def test_a_notice_of_lateness_that_the_next_server_cannot_give_becomes_one_of_delay(notify, sent):
    recipient = BOB._replace(notify=notify)
    errand = LETTER._replace(terms=Terms(deliver_by=NOW, late="N"))
    assert rcpt(recipient, errand, {"DSN": ""}).split()[2:] == [sent]
    assert rcpt(recipient, errand, {"DSN": "", "DELIVERBY": ""}).split()[2:] == (
        [] if not notify else [b"NOTIFY=" + notify[0].encode()]
    )


UTF8 = Terms(utf8=True)
RETURN = Terms(deliver_by=Instant(NOW + 30 * SECOND), late="R")


@pytest.mark.parametrize(
    ("errand", "offers", "status"),
    [
        (LETTER, {}, ""),
        (LETTER, {"SIZE": "0"}, ""),
        (LETTER, {"SIZE": "big"}, ""),
        (LETTER, {"SIZE": "17"}, "5.3.4"),
        (LETTER._replace(reverse_path="zoë@lancs.uk", terms=UTF8), {}, "5.6.7"),
        (LETTER._replace(octets="Subject: ë\r\n\r\n".encode(), terms=UTF8), {}, "5.6.9"),
        (LETTER._replace(terms=UTF8), {}, ""),
        (LETTER._replace(octets=b"\r\n\xff"), {}, "5.6.3"),
        (LETTER._replace(octets=b"\r\n\xff"), {"8BITMIME": ""}, ""),
        (BINARY, {"BINARYMIME": ""}, "5.6.3"),
        (BINARY, {"BINARYMIME": "", "CHUNKING": ""}, ""),
        (LETTER._replace(terms=RETURN), {}, "5.3.3"),
        (LETTER._replace(terms=RETURN), {"DELIVERBY": ""}, ""),
        (LETTER._replace(terms=RETURN), {"DELIVERBY": "30"}, ""),
        (LETTER._replace(terms=RETURN), {"DELIVERBY": "31,x"}, "5.4.7"),
        (LETTER._replace(terms=RETURN._replace(late="N")), {}, ""),
    ],
)
def test_what_a_server_cannot_take_is_known_before_it_is_asked(errand, offers, status):
    found = obstacle(errand, offers, "nyu.edu", NOW)
    assert ("" if found is None else found.status) == status
    talk = Talk()
    talk.client = talk.client._replace(offers=offers)
    talk.begin(errand)
    assert bool(talk.sent) is (not status)
    assert (talk.client.stage is Stage.FREE) is bool(status)


@pytest.mark.parametrize(
    ("notify", "terms", "offers", "ends"),
    [
        ((), Terms(), {}, False),
        (("SUCCESS",), Terms(), {}, True),
        (("SUCCESS",), Terms(), {"DSN": ""}, False),
        (("NEVER",), Terms(traced=True), {}, False),
        ((), Terms(traced=True), {"DSN": "", "DELIVERBY": ""}, True),
        ((), Terms(late="N"), {}, True),
        ((), Terms(late="N"), {"DELIVERBY": ""}, False),
    ],
)
def test_who_sends_the_last_report(notify, terms, offers, ends):
    assert reports_end_here(BOB._replace(notify=notify), terms, offers) is ends


def test_limits_are_read_as_the_server_announced_them():
    offers = {"LIMITS": "RCPTMAX=3 mailmax=20 X RCPTDOMAINMAX=no OTHER=0"}
    assert [limit(offers, name) for name in ("RCPTMAX", "MAILMAX", "RCPTDOMAINMAX", "OTHER", "X")] == [3, 20, 0, 0, 0]
    assert limit({}, "MAILMAX") == 0


@given(clean_messages)
def test_what_goes_out_ends_where_the_message_ends(octets):
    talk = Talk(BROADBAND).begin(LETTER._replace(octets=octets))
    talk.sent = b""
    talk.hear(b"250 a\r\n250 b\r\n354 c\r\n")
    text, end = talk.sent[:-3], talk.sent[-3:]
    assert end == b".\r\n"
    assert dots.unstuff(text) == octets
    assert not re.search(rb"(^|\r\n)\.\r\n", text)
