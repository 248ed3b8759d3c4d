"""Reports about delivery, read by Python's own parser: their structure, their fields, what nobody can put into them."""

import email
import re
from email.message import Message

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailshell.core.clock import DAY, HOUR, Instant
from mailshell.mail import report
from mailshell.mail.queue import Recipient, Terms
from mailshell.mail.report import Case, Subject
from mailshell.world.start import START

NOW = Instant(START)
LETTER = b"Received: from a\r\nSubject: Lunch\r\nFrom: alice@lancs.uk\r\n\r\nHello.\r\n"
BOB = Recipient("bob@nyu.edu", original="rfc822;b+2Bob@old.example")
FAILED = Case(BOB, "failed", "5.1.1", "550 5.1.1 No such user", "mx.nyu.edu")
SUBJECT = Subject("alice@lancs.uk", LETTER, Instant(NOW - HOUR), Terms(envelope_id="QQ+3D1"), Instant(NOW + DAY))


def written(cases, subject=SUBJECT, to="alice@lancs.uk") -> bytes:
    return report.write("lancs.uk", "7", to, subject, cases, NOW)


def parts(octets: bytes) -> tuple[Message, Message, Message]:
    """The three parts of a report, after a look at what holds them."""
    message = email.message_from_bytes(octets)
    assert not message.defects
    assert message.get_content_type() == "multipart/report"
    assert message.get_param("report-type") == "delivery-status"
    payload = message.get_payload()
    assert isinstance(payload, list)
    first, second, third = payload
    assert isinstance(first, Message)
    assert isinstance(second, Message)
    assert isinstance(third, Message)
    for part in message.walk():
        assert not part.defects
    return first, second, third


def groups(part: Message) -> list[dict[str, str]]:
    """The fields of a delivery status: of the message, then of each recipient."""
    blocks = part.get_payload()
    assert isinstance(blocks, list)
    found = [block for block in blocks if isinstance(block, Message)]
    return [{key: str(value) for key, value in block.items()} for block in found if block.items()]


def test_a_report_of_failure_says_what_rfc_3464_wants():
    octets = written([FAILED])
    head = email.message_from_bytes(octets)
    assert list(head.keys()) == [
        *("Date", "From", "To", "Subject", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type")
    ]
    assert (head["To"], head["Subject"]) == ("<alice@lancs.uk>", "Not delivered: Lunch")
    first, second, third = parts(octets)
    assert "550 5.1.1 No such user" in str(first.get_payload())
    assert second.get_content_type() == "message/delivery-status"
    assert groups(second) == [
        {
            "Original-Envelope-Id": "QQ=1",
            "Reporting-MTA": "dns; lancs.uk",
            "Arrival-Date": "Mon, 09 Mar 2015 09:00:00 +0000",
        },
        {
            "Original-Recipient": "rfc822; b+ob@old.example",
            "Final-Recipient": "rfc822; bob@nyu.edu",
            "Action": "failed",
            "Status": "5.1.1",
            "Remote-MTA": "dns; mx.nyu.edu",
            "Diagnostic-Code": "smtp; 550 5.1.1 No such user",
            "Last-Attempt-Date": "Mon, 09 Mar 2015 10:00:00 +0000",
        },
    ]
    assert third.get_content_type() == "message/rfc822"
    assert LETTER in octets


@pytest.mark.parametrize(
    ("action", "returns", "size", "kind"),
    [
        ("failed", "", 10, "message/rfc822"),
        ("failed", "", 70_000, "text/rfc822-headers"),
        ("failed", "FULL", 70_000, "message/rfc822"),
        ("failed", "HDRS", 10, "text/rfc822-headers"),
        ("delayed", "FULL", 10, "text/rfc822-headers"),
        ("delivered", "", 10, "text/rfc822-headers"),
        ("relayed", "", 10, "text/rfc822-headers"),
    ],
)
def test_what_a_report_brings_back(action, returns, size, kind):
    subject = SUBJECT._replace(octets=LETTER + b"x" * size, terms=Terms(returns=returns))
    octets = written([FAILED._replace(action=action)], subject)
    _, second, third = parts(octets)
    assert third.get_content_type() == kind
    assert (b"x" * size in octets) is (kind == "message/rfc822")
    assert b"Subject: Lunch\r\n" in octets
    assert ("Will-Retry-Until" in groups(second)[1]) is (action == "delayed")


def test_a_message_that_is_all_header_does_not_come_back_whole():
    octets = written([FAILED], SUBJECT._replace(octets=b"a: b\r\n" * 20_000, terms=Terms(returns="HDRS")))
    parts(octets)
    assert len(octets) < 70_000
    parts(written([FAILED], SUBJECT._replace(octets=b"x" * 70_000)))


def test_binary_octets_do_not_get_into_a_report():
    binary = SUBJECT._replace(octets=b"Subject: a\0b\rc\nd\r\n\r\n\0\r\n", terms=Terms("BINARYMIME", returns="FULL"))
    octets = written([FAILED], binary)
    parts(octets)
    assert b"\0" not in octets
    assert octets.count(b"\r\n") == octets.count(b"\r") == octets.count(b"\n")
    assert b"Subject: a?b?c?d\r\n" in octets


def test_addresses_outside_ascii_make_a_report_of_rfc_6533():
    zoe = Recipient("zoë@nyu.edu", original="utf-8;zo\\x{EB}@nyu.edu")
    octets = written([FAILED._replace(recipient=zoe, text="550 Zoë?")])
    first, second, third = parts(octets)
    assert first.get_content_charset() == "utf-8"
    assert second.get_content_type() == "message/global-delivery-status"
    assert third.get_content_type() == "message/global"
    text = octets.decode()
    assert "Final-Recipient: utf-8; zoë@nyu.edu\r\n" in text
    assert "Original-Recipient: utf-8; zo\\x{EB}@nyu.edu\r\n" in text
    assert "550 Zo??" in text


def test_an_answer_outside_ascii_does_not_make_a_report_that_few_can_take():
    assert written([FAILED._replace(text="550 für immer\x07")]).isascii()
    assert b"550 f?r immer?\r\n" in written([FAILED._replace(text="550 für immer\x07")])


def test_a_letter_in_eight_bits_comes_back_as_it_is():
    octets = written([FAILED], SUBJECT._replace(octets=LETTER + b"\xe9\r\n"))
    _, _, third = parts(octets)
    assert third["Content-Transfer-Encoding"] == "8bit"
    assert LETTER + b"\xe9\r\n" in octets
    wide = written([FAILED], SUBJECT._replace(octets=b"Subject: \xc3\xa9\r\n\r\n"))
    assert parts(wide)[2].get_content_type() == "message/global"


def test_no_line_of_a_message_can_end_a_part():
    for count in range(3):
        octets = LETTER + b"--report.7.lancs.uk" + b"".join(b".%d" % one for one in range(1, count)) + b"--\r\n"
        parts(written([FAILED], SUBJECT._replace(octets=octets)))
    octets = written([FAILED], SUBJECT._replace(octets=LETTER + b"--report.7.lancs.uk--\r\n--report.7.lancs.uk.1\r\n"))
    assert email.message_from_bytes(octets).get_boundary() == "report.7.lancs.uk.2"


@pytest.mark.parametrize(
    ("action", "notify", "wanted"),
    [
        ("failed", (), True),
        ("failed", ("FAILURE",), True),
        ("failed", ("SUCCESS",), False),
        ("failed", ("NEVER",), False),
        ("delayed", (), True),
        ("delayed", ("FAILURE",), False),
        ("delayed", ("DELAY",), True),
        ("delivered", (), False),
        ("delivered", ("SUCCESS",), True),
        ("relayed", (), True),
    ],
)
def test_who_wants_which_report(action, notify, wanted):
    assert report.wanted(FAILED._replace(action=action, recipient=BOB._replace(notify=notify))) is wanted


nasty = st.text(st.sampled_from("a<>\r\n:;-\0\x1b\x85\u2028\u202e ë=+0D0A") | st.characters(codec="utf-8"), max_size=30)
words = st.text(st.sampled_from('ab.+-=/!#\x7f"\\ <>ë漢'), min_size=1, max_size=12)
letters = st.lists(
    st.sampled_from(
        [b"Subject: a\r\n", b"Subject: ", b"\r\n", b"--report.7.lancs.uk", b"--\r\n", b"\xc3\xa9", b"\0", b"\n"]
    )
    | st.binary(max_size=9),
    max_size=8,
).map(b"".join)
cases = st.builds(
    Case,
    st.builds(
        Recipient,
        st.builds("{}@nyu.edu".format, words),
        original=st.just("") | st.builds("{};{}".format, st.sampled_from(["rfc822", "utf-8", "x"]), words),
    ),
    st.just("failed"),
    st.sampled_from(["5.1.1", "4.4.7"]),
    st.just("") | st.builds("550 {}".format, nasty),
    st.sampled_from(["", "mx.nyu.edu"]),
)


@given(st.lists(cases, min_size=1, max_size=3), letters, st.sampled_from(["", "FULL", "HDRS"]), words)
def test_nobody_puts_fields_or_parts_into_a_report(some, letter, returns, envelope):
    binary = re.search(rb"\0|\r(?!\n)|(?<!\r)\n", letter) is not None
    terms = Terms("BINARYMIME" if binary else "8BITMIME", returns=returns, envelope_id=envelope)
    octets = written(some, SUBJECT._replace(octets=letter, terms=terms), to="zoë@lancs.uk")
    head, _, rest = octets.partition(b"\r\n\r\n")
    names = [line.partition(b":")[0] for line in head.split(b"\r\n") if not line.startswith(b"\t")]
    assert names[-3:] == [b"Auto-Submitted", b"MIME-Version", b"Content-Type"]
    assert len(names) == 8
    assert octets.count(b"\r\n") == octets.count(b"\r") == octets.count(b"\n")
    assert b"\0" not in octets
    assert max(map(len, rest.split(b"\r\n"))) <= 3300
    boundary = email.message_from_bytes(octets).get_boundary()
    assert boundary is not None
    lines = rest.split(b"\r\n")
    marks = [line for line in lines if line.startswith(b"--" + boundary.encode())]
    assert len(marks) == 4
    status = rest.split(b"--" + boundary.encode())[2]
    fields = [line for line in status.split(b"\r\n") if line]
    assert all(re.match(rb"[A-Z][A-Za-z-]+: |$", line) for line in fields[1:])
    assert sum(line.startswith(b"Action: ") for line in fields) == len(some)
    assert sum(line.startswith(b"Final-Recipient: ") for line in fields) == len(some)
