"""Single sentences of RFC 3501 and of those beside it, each by a command and the octets of its answer."""

import pytest

from mailshell.core.record import Exchange
from mailshell.imap import limits
from mailshell.imap import names as names_of
from mailshell.imap.replies import OVER_QUOTA
from mailshell.imap.responses import mark_reply
from mailshell.world.seat import Seat
from tests.imap import SENT, by, last, said, sessions, told, uids

# Numbers (section 9)


@pytest.mark.parametrize("line", ["UID FETCH {} FLAGS", "UID FETCH 1:{} FLAGS", "SEARCH UID {}", "UID EXPUNGE {}"])
def test_a_number_has_32_bits(line):
    made = sessions()
    assert last(said(made, "x " + line.format(2**32 - 1))).startswith(b"x OK ")
    assert last(said(made, "x " + line.format(2**32))).startswith(b"x BAD ")


# BAD is for what the grammar does not have, NO for what cannot be (sections 6.3.3, 6.3.5, 6.3.11, 6.4.4, 6.4.6, 7.1)


@pytest.mark.parametrize(
    "line",
    [
        'CREATE "&Jjo!"', 'CREATE "&U,BTFw-&ZeVnLIqe-"', "CREATE &AGE-", 'CREATE "é"', 'CREATE "a\tb"',
        'RENAME "&Jjo!" Old', 'RENAME Sent "&Jjo!"', 'COPY 1 "&Jjo!"', 'STATUS "&Jjo!" (MESSAGES)', 'LIST "" "&Jjo!"',
        'APPEND "&Jjo!" {1+}\r\na', 'SUBSCRIBE "&Jjo!"',
        'APPEND Sent "31-Feb-2015 10:00:00 +0000" {3+}\r\nabc', 'APPEND Sent "01-Feb-2015 25:00:00 +0000" {3+}\r\nabc',
        'APPEND Sent "01-Feb-2015 10:00:00 +2400" {3+}\r\nabc', "APPEND Sent (\\Odd) {3+}\r\nabc",
        "SEARCH SINCE 31-Feb-2015", "SEARCH SENTON 0-Feb-2015", "STORE 1 +FLAGS (\\Odd)",
    ],
)  # fmt: skip
def test_what_has_the_right_form_and_cannot_be_gets_no(line):
    made = sessions()
    assert last(said(made, f"x {line}")).startswith(b"x NO [CANNOT] ")
    assert last(said(made, "x CHECK")) == b"x OK CHECK completed\r\n"


@pytest.mark.parametrize(
    "line",
    [
        "CREATE foo%", 'APPEND Sent "1-Feb-2015 10:00:00 +0000" {3+}\r\nabc', "STORE 1 +FLAGS (\\Recent)",
        "APPEND Sent (\\Recent) {3+}\r\nabc", "SEARCH SINCE 1-Fun-2015", "SEARCH SINCE 001-Feb-2015",
    ],
)  # fmt: skip
def test_what_has_the_wrong_form_gets_bad(line):
    assert last(said(sessions(), f"x {line}")).startswith(b"x BAD ")


@pytest.mark.parametrize("verb", ["SELECT", "EXAMINE"])
def test_a_select_that_cannot_be_read_leaves_the_mailbox_open(verb):
    made = sessions()
    assert last(said(made, f'x {verb} "&Jjo!"')).startswith(b"x BAD ")
    assert last(said(made, "x CHECK")) == b"x OK CHECK completed\r\n"


def test_a_name_has_a_limit_of_letters():
    made = sessions()
    assert last(said(made, f"x CREATE {'a' * 256}")).startswith(b"x NO [LIMIT] ")
    assert last(said(made, f"x RENAME Sent {'a' * 256}")).startswith(b"x NO [LIMIT] ")
    assert last(said(made, f"x CREATE {'a' * 255}")).startswith(b"x OK ")
    said(made, "x CREATE b/cc")
    assert last(said(made, f"x RENAME b {'b' * 253}")).startswith(b"x NO [LIMIT] ")
    assert last(said(made, f"x RENAME b {'b' * 252}")).startswith(b"x OK ")


@pytest.mark.parametrize("name", ["", "a//b", "/a", "a%", "a/"])
def test_create_is_proposed_only_where_it_can_help(name):
    made = sessions()
    for line in (f'x APPEND "{name}" {{1+}}\r\na', f'x COPY 1 "{name}"', f'x MOVE 1 "{name}"'):
        assert last(said(made, line)).startswith(b"x NO [NONEXISTENT] ")


# Keywords (section 9, the first note: letters have no case)


def test_a_keyword_has_one_spelling_in_a_mailbox():
    made = sessions()
    known, *_, found = told(said(made, "x STORE 1 +FLAGS ($Done $DONE)"))
    assert known == b"* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft $DONE)"
    assert found == b"* 1 FETCH (FLAGS ($DONE \\Recent))"
    assert told(said(made, "x STORE 2 +FLAGS ($done)")) == [b"* 2 FETCH (FLAGS ($DONE \\Recent))"]
    assert told(said(made, "x STORE 1 FLAGS ($done \\Seen)")) == [b"* 1 FETCH (FLAGS (\\Seen $DONE \\Recent))"]
    assert told(said(made, "x STORE 1:2 -FLAGS ($Done)")) == [
        b"* 1 FETCH (FLAGS (\\Seen \\Recent))",
        b"* 2 FETCH (FLAGS (\\Recent))",
    ]
    said(made, b"x APPEND INBOX ($dOnE) {1+}\r\na")
    assert told(said(made, "x FETCH 3 FLAGS")) == [b"* 3 FETCH (FLAGS ($DONE \\Recent))"]


def test_copies_take_the_spelling_of_their_mailbox():
    made = sessions()
    said(made, b"x APPEND Sent ($done) {1+}\r\na {1+}\r\nb")
    said(made, "x STORE 1:2 +FLAGS ($DONE)")
    said(made, "x COPY 1:2 Sent")
    assert b"$done)" in told(said(made, "x SELECT Sent"))[1]
    assert told(said(made, "x SEARCH KEYWORD $Done")) == [b"* SEARCH 1 3 4"]
    assert told(said(made, "x FETCH 4 FLAGS")) == [b"* 4 FETCH (FLAGS ($done \\Recent))"]


def test_a_mailbox_has_a_limit_of_keywords():
    """RFC 5530 section 3, LIMIT; PERMANENTFLAGS ends in \\* as long as there may be more."""
    made, many = sessions(), [f"k{number}" for number in range(limits.KEYWORDS)]
    said(made, f"x STORE 1 +FLAGS.SILENT ({' '.join(many[1:])})")
    assert b" \\*)] " in said(made, "x SELECT INBOX")
    assert last(said(made, "x STORE 1 +FLAGS.SILENT (a b)")).startswith(b"x NO [LIMIT] ")
    assert last(said(made, f"x STORE 2 +FLAGS.SILENT ({many[0]} K5)")).startswith(b"x OK ")
    assert b" \\*)] " not in said(made, "x SELECT INBOX")
    for line in ("x STORE 2 FLAGS (a)", "x APPEND INBOX (a) {1+}\r\na"):
        assert last(said(made, line)).startswith(b"x NO [LIMIT] ")
    for line in (
        "x STORE 2 -FLAGS.SILENT (a)",
        "x STORE 2 FLAGS.SILENT (K7 \\Seen)",
        "x COPY 1 INBOX",
        "x COPY 1 Sent",
    ):
        assert last(said(made, line)).startswith(b"x OK ")
    said(made, b"x APPEND Drafts (a) {1+}\r\na")
    said(made, "x SELECT Drafts")
    assert last(said(made, "x COPY 1 INBOX")).startswith(b"x NO [LIMIT] ")
    assert last(said(made, "x MOVE 1 INBOX")).startswith(b"x NO [LIMIT] ")


# Names (sections 6.3.4, 6.3.5, 6.3.8; RFC 2683 section 3.4.9)


def names(answer: bytes) -> list[bytes]:
    return [line.rsplit(b" ", 1)[1] for line in told(answer)]


def test_a_name_that_is_no_mailbox_takes_the_names_below_it_along():
    made = sessions()
    for line in ("CREATE foo/bar/zap", "DELETE foo", "CREATE other"):
        said(made, f"x {line}")
    assert last(said(made, "x RENAME foo zowie/x")) == b"x OK RENAME completed\r\n"
    assert told(said(made, 'x LIST "" zow*')) == [
        b'* LIST (\\HasChildren) "/" zowie',
        b'* LIST (\\Noselect \\HasChildren) "/" zowie/x',
        b'* LIST (\\HasChildren) "/" zowie/x/bar',
        b'* LIST (\\HasNoChildren) "/" zowie/x/bar/zap',
    ]
    assert last(said(made, "x RENAME zowie/x zowie/x/y")).startswith(b"x NO [CANNOT] ")
    assert last(said(made, "x RENAME zowie/x other")).startswith(b"x NO [ALREADYEXISTS] ")
    assert last(said(made, "x RENAME other zowie/x")) == b"x OK RENAME completed\r\n"


@pytest.mark.parametrize("line", ["SELECT a", "STATUS a (MESSAGES)", "DELETE a", "SUBSCRIBE a"])
def test_a_name_that_is_a_level_alone_is_told_as_such(line):
    made = sessions()
    said(made, "x CREATE a/b")
    said(made, "x DELETE a")
    said(made, f"x {line}")
    record = made.world.transcript.entries[-1].record
    assert isinstance(record, Exchange)
    assert record.because == "a is no mailbox: there are only names below it."


def test_nothing_is_renamed_where_a_name_below_is_taken():
    made = sessions()
    for line in ("CREATE a/b", "DELETE a", "CREATE c/b", "DELETE c"):
        said(made, f"x {line}")
    assert last(said(made, "x RENAME a c")).startswith(b"x NO [ALREADYEXISTS] ")
    assert names(said(made, 'x LIST "" a*')) == [b"a", b"a/b"]


def test_what_was_in_inbox_may_go_below_it():
    made = sessions()
    assert last(said(made, "x RENAME INBOX inbox/2015")) == b"x OK RENAME completed\r\n"
    assert told(said(made, "x STATUS INBOX/2015 (MESSAGES)")) == [b"* STATUS INBOX/2015 (MESSAGES 2)"]
    assert last(said(made, "x RENAME INBOX INBOX")).startswith(b"x NO [ALREADYEXISTS] ")


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        ("a *", [b"a", b"a/b", b"a/b/c", b"abc"]),
        ("a %", [b"a", b"abc"]),
        ("a/ %", [b"a/b"]),
        ("a/ /b", [b"a/b"]),
        ("a /%", [b"a/b"]),
        ("a/b/ %", [b"a/b/c"]),
        ('"" a/%', [b"a/b"]),
        ("ab c", [b"abc"]),
        ("a b", []),
        ("inbox %", [b"INBOX"]),
        ("inbox *", [b"INBOX", b"INBOX/x"]),
        ('a ""', [b'""']),
    ],
)
def test_a_reference_stands_before_the_pattern_and_no_separator_comes_twice(arguments, wanted):
    made = sessions()
    for name in ("a/b/c", "abc", "INBOX/x"):
        said(made, f"x CREATE {name}")
    assert names(said(made, f"x LIST {arguments}")) == wanted


@pytest.mark.parametrize("name", ["a\u3000b", "a\u00a0b", "\U0001f469\u200d\U0001f4bb", "\u0645\u06cc\u200c\u062e"])
def test_spaces_and_joiners_of_other_languages_may_stand_in_names(name):
    made, octets = sessions(), names_of.encoded(name)
    assert last(said(made, b"x CREATE " + octets)) == b"x OK CREATE completed\r\n"
    assert names(said(made, b'x LIST "" ' + octets)) == [octets]


@pytest.mark.parametrize("name", ["a\u202eb", "a\u2028b", "a\x07b"])
def test_what_turns_the_text_around_may_not(name):
    assert last(said(sessions(), b"x CREATE " + names_of.encoded(name))).startswith(b"x NO [CANNOT] ")


# FETCH (sections 6.4.5 and 7.4.2)


@pytest.mark.parametrize(
    ("message", "wanted"),
    [
        (b"Subject: s\r\nTo: t\r\n", b"Subject: s\r\n"),
        (b"Subject: s\r\nTo: t\r\n\r\n", b"Subject: s\r\n\r\n"),
        (b"Subject: s\r\n\r\nbody", b"Subject: s\r\n\r\n"),
        (b"Subject: s", b"Subject: s"),
        (b"To: t", b""),
        (b"no field is here\r\n", b"\r\n"),
        (b"\r\n", b"\r\n"),
    ],
)
def test_the_empty_line_after_a_header_is_left_out_where_a_message_has_none(message, wanted):
    made = sessions()
    said(made, b"x APPEND INBOX {%d+}\r\n%b" % (len(message), message))
    answer = said(made, "x FETCH 3 BODY.PEEK[HEADER.FIELDS (Subject)]")
    assert answer.startswith(b"* 3 FETCH (BODY[HEADER.FIELDS (Subject)] {%d}\r\n%b)\r\n" % (len(wanted), wanted))


def test_the_name_of_a_field_comes_back_as_a_string_that_may_hold_it():
    answer = said(sessions(), b"x FETCH 1 BODY.PEEK[HEADER.FIELDS ({1+}\r\n\xe9 NIL)]")
    assert answer.startswith(b"* 1 FETCH (BODY[HEADER.FIELDS ({1}\r\n\xe9 NIL)] {2}\r\n\r\n)\r\n")


# SEARCH (section 6.4.4)


@pytest.mark.parametrize(
    ("key", "wanted"),
    [('BCC ""', b"3"), ('CC ""', b""), ('SUBJECT ""', b"1 2"), ('HEADER bcc ""', b"3"), ('TEXT ""', b"1 2 3"),
     ('NOT SUBJECT ""', b"3")],
)  # fmt: skip
def test_the_empty_string_is_in_each_field_that_there_is(key, wanted):
    made = sessions()
    said(made, b"x APPEND INBOX {10+}\r\nBcc:\r\n\r\nhi")
    assert told(said(made, f"x SEARCH {key}")) == [b"* SEARCH " + wanted if wanted else b"* SEARCH"]


@pytest.mark.parametrize("name", [b'""', b'"x y"', b"{1+}\r\n\xe9", b"KOI8-R", b"NIL"])
@pytest.mark.parametrize("line", [b"SEARCH CHARSET %b ALL", b"SORT (DATE) %b ALL", b"THREAD REFERENCES %b ALL"])
def test_a_charset_that_the_server_does_not_know_gets_no(line, name):
    answer = said(sessions(), b"x " + line % name)
    assert answer.startswith(b"x NO [BADCHARSET (US-ASCII UTF-8)] ")


# Several commands at once (section 5.5)


def rushed(*commands: str) -> list[int]:
    """Which of some commands, sent at once, the client should have waited for."""
    session = sessions().link.session
    octets = "".join(f"x{number} {line}\r\n" for number, line in enumerate(commands))
    return [at for at, note in session.rushed(session.receive(octets.encode())) if "EXPUNGE" in note]


@pytest.mark.parametrize(
    ("commands", "early"),
    [
        (["FETCH 1 FLAGS", "STORE 1 +FLAGS (a)", "SEARCH ALL", "CHECK"], []),
        (["STORE 1 +FLAGS (a)", "COPY 1 Sent", "EXPUNGE"], []),
        (["FETCH 1 FLAGS", "NOOP", "STORE 1 +FLAGS (a)"], [1]),
        (["STORE 1 +FLAGS (a)", "COPY 1 Sent", "FETCH 1 FLAGS"], [1]),
        (["COPY 1 Sent", "COPY 1 Sent"], [0]),
        (["CHECK", "FETCH 1 FLAGS"], [0]),
        (["UID SEARCH ALL", "UID SEARCH UID 1"], []),
        (["UID SEARCH ALL", "UID SEARCH 1"], [0]),
        (["UID FETCH 1 FLAGS", "SEARCH ALL", "UID STORE 1 +FLAGS (a)"], []),
        (["NOOP", "UID FETCH 1 FLAGS", "FETCH 1 FLAGS"], [0, 1]),
        (["WHAT", "FETCH 1 FLAGS"], []),
        (["SEARCH RETURN (SAVE) ALL", "NOOP", "FETCH $ FLAGS"], []),
        (["NOOP", "SELECT Sent", "FETCH 1 FLAGS"], []),
        (["NOOP", "STORE 1 +FLAGS (a)", "EXAMINE Sent", "CHECK", "SEARCH 1"], [0, 3]),
    ],
)
def test_who_may_hear_of_expunge_waits_before_it_sends_a_number(commands, early):
    assert rushed(*commands) == early


# Several sessions (RFC 2180 sections 4.2 and 4.4)


def removed() -> Seat:
    """Two sessions; the second one has removed message 1, and the first one has not been told."""
    made = sessions(2)
    by(made, 2, "x STORE 1 +FLAGS.SILENT (\\Deleted)")
    by(made, 2, "x EXPUNGE")
    made.switch(1)
    return made


def test_a_silent_store_is_done_where_all_that_is_left_was_changed():
    made = removed()
    assert said(made, "x STORE 1:2 +FLAGS.SILENT (\\Seen)") == b"x OK STORE completed\r\n"
    assert told(said(made, "x STORE 1:2 +FLAGS (\\Flagged)")) == [b"* 2 FETCH (FLAGS (\\Flagged \\Seen))"]
    assert last(said(made, "x STORE 1 +FLAGS (\\Flagged)")).startswith(b"x NO [EXPUNGEISSUED] ")


@pytest.mark.parametrize("verb", ["COPY", "MOVE"])
def test_a_copy_of_what_is_gone_tells_what_is_gone(verb):
    made = removed()
    assert said(made, f"x {verb} 1:2 Sent").startswith(b"* 1 EXPUNGE\r\nx NO [EXPUNGEISSUED] ")
    assert uids(made, SENT) == []
    assert said(made, "x COPY 1 Sent").endswith(b"x OK [COPYUID 22 2 1] COPY completed\r\n")


@pytest.mark.parametrize("first", [True, False])
def test_a_reader_has_no_message_as_recent_of_which_another_session_was_told_first(first):
    """RFC 3501 section 2.3.2; what only readers were told of stays recent for the next one."""
    made = sessions(2)
    by(made, 2, "x EXAMINE INBOX")
    by(made, 1, b"x APPEND INBOX {1+}\r\na" if first else "x CLOSE")
    if not first:
        by(made, 1, b"x APPEND INBOX {1+}\r\na")
    wanted = b"0" if first else b"1"
    assert told(by(made, 2, "x NOOP")) == [b"* 3 EXISTS", b"* " + wanted + b" RECENT"]
    assert (b"\\Recent" in by(made, 2, "x FETCH 3 FLAGS")) is not first
    assert b"* " + wanted + b" RECENT" in told(by(made, 2, "x EXAMINE INBOX"))


# ID (RFC 2971 section 3.3)


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ('"' + "n" * 30 + '" "' + "v" * 1024 + '"', b"OK"),
        ('"' + "n" * 31 + '" "v"', b"BAD"),
        ('"name" "' + "v" * 1025 + '"', b"BAD"),
        ('"name" "a" "Name" "b"', b"BAD"),
        ('"name" NIL "version" "1"', b"OK"),
    ],
)
def test_the_fields_of_id_have_limits(fields, status):
    assert last(said(sessions(), f"x ID ({fields})")).startswith(b"x " + status)


# What lines of servers say (section 7.1)


@pytest.mark.parametrize(
    ("line", "gloss"),
    [
        (b"* NO Disk is nearly full", "NO: a warning; the command may still be done"),
        (b"a NO Disk is full", "x the mailboxes of this user are full"),
        (b"* BAD Empty line", "x the mailboxes of this user are full"),
        (b"* BYE Full", "BYE: the server closes the connection"),
    ],
)
def test_no_without_a_tag_is_a_warning(line, gloss):
    assert mark_reply(line, OVER_QUOTA.card, 0).gloss == gloss


# What is told of a mailbox that is open for reading (section 6.3.2)


def test_examine_says_that_no_flag_lasts():
    assert b"* OK [PERMANENTFLAGS ()] No flag can be changed" in told(said(sessions(), "x EXAMINE INBOX"))
