"""Answers of an IMAP server taken apart: what each word of a structure is, and what brought each untagged line."""

import pytest

from mailshell.imap import PROTOCOL
from mailshell.imap.causes import cause
from mailshell.imap.replies import FETCHED
from mailshell.shell.view import View
from tests.test_meta import Desk


def words(line):
    """Each part of a line: its octets, its rule, its gloss."""
    marked = PROTOCOL.mark_reply(line, FETCHED.card, 0)
    return [(line[part.start : part.end], part.rule, marked.glosses[part.rule]) for part in marked.parts]


def rules(line, start):
    """The rules of a line after a word."""
    found = [(octets, rule) for octets, rule, _ in words(line)]
    return found[[octets for octets, _ in found].index(start) + 1 :]


PERSON = b'(("Alice" NIL "alice" "lancs.uk"))'
GROUP = b'((NIL NIL "team" NIL)("Bob" NIL "bob" "nyu.edu")(NIL NIL NIL NIL))'


def test_an_envelope_is_ten_fields_and_its_addresses_have_four():
    line = b'* 1 FETCH (ENVELOPE ("today" "Lunch" ' + PERSON + b" NIL NIL " + GROUP + b' NIL NIL NIL "<1@x>") UID 5)'
    assert rules(line, b"ENVELOPE") == [
        (b'"today"', "env-date"),
        (b'"Lunch"', "env-subject"),
        (b'"Alice"', "env-from addr-name"),
        (b"NIL", "env-from addr-adl NIL"),
        (b'"alice"', "env-from addr-mailbox"),
        (b'"lancs.uk"', "env-from addr-host"),
        (b"NIL", "env-sender NIL"),
        (b"NIL", "env-reply-to NIL"),
        (b"NIL", "env-to addr-name NIL"),
        (b"NIL", "env-to addr-adl NIL"),
        (b'"team"', "env-to addr-mailbox"),
        (b"NIL", "env-to addr-host NIL"),
        (b'"Bob"', "env-to addr-name"),
        (b"NIL", "env-to addr-adl NIL"),
        (b'"bob"', "env-to addr-mailbox"),
        (b'"nyu.edu"', "env-to addr-host"),
        (b"NIL", "env-to addr-name NIL"),
        (b"NIL", "env-to addr-adl NIL"),
        (b"NIL", "env-to addr-mailbox NIL"),
        (b"NIL", "env-to addr-host NIL"),
        (b"NIL", "env-cc NIL"),
        (b"NIL", "env-bcc NIL"),
        (b"NIL", "env-in-reply-to NIL"),
        (b'"<1@x>"', "env-message-id"),
        (b"UID", "msg-att UID"),
        (b"5", "uniqueid"),
    ]


def test_a_part_that_is_not_there_and_the_size_of_one_are_named():
    found = words(b"* 1 FETCH (BODY[9] NIL BINARY.SIZE[1] 180 BINARY[2.1] NIL EMAILID NIL)")
    assert [gloss for octets, _, gloss in found if octets in (b"NIL", b"180")] == [
        "the message has no such part", "so many octets", "the message has no such part", "a word",
    ]  # fmt: skip


TEXT = b'("TEXT" "PLAIN" ("CHARSET" "utf-8") NIL NIL "7BIT" 18 4 NIL ("INLINE" NIL) ("en" "de") NIL "later")'
IMAGE = b'("IMAGE" "PNG" NIL "<id>" "a cat" "BASE64" 344 "sum" NIL "en" "http://x")'


def test_a_structure_is_a_tree_in_which_the_type_says_what_follows():
    line = b"* 1 FETCH (BODYSTRUCTURE (" + TEXT + IMAGE + b' "MIXED" ("BOUNDARY" "x") NIL NIL NIL))'
    assert [rule for _, rule in rules(line, b"BODYSTRUCTURE")] == [
        "media-text", "media-subtype", "body-fld-param name", "body-fld-param value", "body-fld-id NIL",
        "body-fld-desc NIL", "body-fld-enc", "body-fld-octets", "body-fld-lines", "body-fld-md5 NIL",
        "body-fld-dsp type", "body-fld-param NIL", "body-fld-lang", "body-fld-lang", "body-fld-loc NIL",
        "body-extension",
        "media-basic", "media-subtype", "body-fld-param NIL", "body-fld-id", "body-fld-desc", "body-fld-enc",
        "body-fld-octets", "body-fld-md5", "body-fld-dsp NIL", "body-fld-lang", "body-fld-loc",
        "media-subtype", "body-fld-param name", "body-fld-param value", "body-fld-dsp NIL", "body-fld-lang NIL",
        "body-fld-loc NIL",
    ]  # fmt: skip


def test_a_message_inside_has_an_envelope_and_a_structure_of_its_own():
    line = (
        b'* 1 FETCH (BODY ("MESSAGE" "RFC822" NIL NIL NIL "7BIT" 342 ("d" "s" NIL NIL NIL NIL NIL NIL NIL NIL) '
        b'("APPLICATION" "PDF" NIL NIL NIL "7BIT" 1) 9) FLAGS (\\Seen))'
    )
    found = [rule for _, rule in rules(line, b'"7BIT"')]
    assert found[:3] == ["body-fld-octets", "env-date", "env-subject"]
    assert found[11:] == [
        "media-basic", "media-subtype", "body-fld-param NIL", "body-fld-id NIL", "body-fld-desc NIL", "body-fld-enc",
        "body-fld-octets", "body-fld-lines", "msg-att FLAGS", "flag \\Seen",
    ]  # fmt: skip


def test_what_comes_after_the_last_field_of_an_envelope_is_an_extension():
    line = b"* 1 FETCH (ENVELOPE (" + b"NIL " * 10 + b'((NIL "a")) "b") UID 5)'
    assert [rule for _, rule in rules(line, b"ENVELOPE")][10:] == [
        "body-extension NIL", "body-extension", "body-extension", "msg-att UID", "uniqueid",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            b'* NAMESPACE (("" "/")("#x" ".")) NIL (("a" NIL))',
            [
                *("namespace prefix", "namespace delimiter", "namespace prefix", "namespace delimiter"),
                *("other users' namespaces NIL", "namespace prefix", "namespace delimiter NIL"),
            ],
        ),
        (b'* ID ("name" "x" "version" NIL)', ["id field", "id value", "id field", "id value NIL"]),
        (b"* ID NIL", ["atom"]),
        (b"* STATUS x (MESSAGES 3)", ["mailbox", "status-att MESSAGES", "status-att-val"]),
    ],
)
def test_other_lists_are_named_by_their_places(line, expected):
    assert [rule for _, rule, _ in words(line)][2:] == expected


@pytest.mark.parametrize(
    ("line", "section"), [(b"* BYE x", "7.1.5"), (b"* OK [CLOSED] x", "7.1"), (b"* 2 EXISTS", "7.3.1")]
)
def test_an_untagged_response_has_a_section_of_its_own(line, section):
    card = PROTOCOL.mark_reply(line, FETCHED.card, 0).card
    assert card is not None
    assert card.cite.section == section
    assert PROTOCOL.mark_reply(b"a1 OK x", FETCHED.card, 0).card == FETCHED.card


@pytest.mark.parametrize(
    ("section", "says"),
    [
        (b"BODY[]", "the whole message"),
        (b"BODY[]<0>", "the whole message, a piece of it"),
        (b"BODY[1.2]", "part 1.2"),
        (b"BODY[1.MIME]", "the MIME header of part 1"),
        (b"BODY[HEADER.FIELDS (From)]", "these fields of the header"),
        (b"BODY[2.TEXT]", "the body of a message, of part 2"),
    ],
)
def test_a_section_says_which_one_it_is(section, says):
    assert (section, f"section {section.decode()}", says) in words(b"* 1 FETCH (" + section + b" {3}")


@pytest.mark.parametrize(
    ("line", "glosses"),
    [
        (b"a1 FETCH 1 (FLAGS BODY.PEEK[])", ["a section of the message; \\Seen stays as it is"]),
        (b"a1 FETCH 1 FAST", ["short for FLAGS INTERNALDATE RFC822.SIZE"]),
        (b"a1 SEARCH NOT FROM alice", ["messages that do not fit the next key", "text in the From field"]),
        (b"a1 STORE 1 -FLAGS.SILENT (\\Seen)", ["take these flags away, and do not tell", "the message has been read"]),
        (b"a1 SORT (REVERSE DATE) UTF-8 ALL", ["by the Date field, from the last to the first", "all messages"]),
        (b"a1 STATUS x (MESSAGES)", ["how many messages"]),
    ],
)  # fmt: skip
def test_each_word_of_a_command_says_what_it_asks_for(line, glosses):
    marked = PROTOCOL.mark_command(line)
    assert set(glosses) <= {marked.glosses[part.rule] for part in marked.parts}


@pytest.mark.parametrize(
    ("line", "verb", "because", "says"),
    [
        (b"* 2 EXISTS", "SELECT", "", "SELECT brings it"),
        (b"* OK [UNSEEN 1] x", "EXAMINE", "", "EXAMINE brings it"),
        (b"* 1 FETCH (FLAGS ())", "UID STORE", "", "UID STORE brings it"),
        (b"* BYE x", "LOGOUT", "", "LOGOUT brings it"),
        (b"* BYE x", "", "", "it comes unasked"),
        (b"* 3 EXISTS", "NOOP", "EXISTS came because of mail. FLAGS came too.", "it comes because of mail"),
        (b"* 3 RECENT", "", "EXISTS came because of mail.", "it comes because of mail"),
        (b"* 1 RECENT", "EXPUNGE", "", "EXPUNGE brings it"),
        (b"* 1 RECENT", "NOOP", "EXPUNGE came because of another.", "it comes because of another"),
        (b"* 1 FETCH (FLAGS ())", "FETCH", "FETCH came because x.", "FETCH brings it, or it comes because x"),
        (b"* 1 FETCH (FLAGS ())", "NOOP", "", "it comes with the answer to NOOP"),
        (b"a1 OK done", "NOOP", "", ""),
    ],
)
def test_what_brings_an_untagged_line(line, verb, because, says):
    assert cause(line, verb, because) == says


def shown(depth, *lines):
    """What a shell shows of the last line."""
    desk = Desk(View(depth=depth, width=100))
    return "\n".join(desk.do(":connect nyu.edu imap", "a1 LOGIN bob hungry", "a2 SELECT INBOX", *lines))


def test_a_message_in_an_answer_is_explained_as_a_message():
    whole = shown(1, "a3 FETCH 1 BODY.PEEK[]")
    assert "S2: Subject: Lunch on Friday␍␊             the topic" in whole
    assert "the header ends, the body begins" in whole
    assert "octets of the literal" not in whole
    fields = shown(1, "a3 FETCH 1 BODY.PEEK[HEADER.FIELDS (Subject)]")
    assert "the topic" in fields
    assert "the header ends" in fields
    assert "the body begins" not in fields
    assert "the topic" not in shown(1, "a3 FETCH 1 BODY.PEEK[TEXT]")


def test_after_a_literal_a_word_is_what_it_is_by_its_place():
    letter = 'From: "K\u00f6ln" <k@x.test>\r\nTo: <y@y.test>\r\n\r\n'
    append = f"a3 APPEND INBOX {{{len(letter.encode())}+}}\r\n{letter}"
    _, _, after = shown(2, append, "a4 FETCH 3 (ENVELOPE UID)").rpartition("K\u00f6ln NIL")
    assert "To: what stands before the @" in after
    assert "In-Reply-To field: none" in after
    assert "the uid" in after


def test_why_says_of_each_untagged_response_what_brings_it():
    assert "* 2 EXISTS: how many messages there are; SELECT brings it" in shown(1, ":why")
    assert "* 1 EXPUNGE: this message is gone; higher numbers go down; EXPUNGE brings it" in shown(
        1, "a3 STORE 1 +FLAGS.SILENT (\\Deleted)", "a4 EXPUNGE", ":why"
    )
    many = shown(
        1, "a3 SEARCH ALL", *(f"a{at} APPEND INBOX {{1+}}\r\nx" for at in range(4, 14)), "a14 FETCH 1:* UID", ":why"
    )
    assert "4 more of them" in many


def test_depth_two_says_it_beside_the_star_with_the_section_of_the_response():
    found = shown(2, "a3 FETCH 1 FLAGS")
    assert "*: FETCH brings it" in found
    assert "RFC 3501, 7.4.2" in found


def test_a_phase_that_asks_ends_in_its_question_mark():
    desk = Desk(View(words=True))
    shown = desk.do(":connect nyu.edu imap") + desk.do(":why") + desk.do(":help ?") + desk.do(":try")
    text = " ".join(" ".join(shown).split())
    assert text.count("who are you?") == 4
    assert "who are you?." not in text


def test_of_many_commands_that_are_legal_why_names_each_once():
    text = " ".join(shown(1, ":why").split())
    assert "LSUB, CHECK, UID, SORT, THREAD, MOVE, IDLE" in text


def test_what_may_be_typed_has_the_next_tag_in_front():
    text = shown(1, ":help ?")
    assert "a3 UID THREAD algorithm charset keys  THREAD by uids" in text
    assert "type: a3 LIST" in shown(1, ":help LIST")
    assert shown(1, ":help LIST").index("IMAP command") < shown(1, ":help LIST").index("POP3 command")


def test_a_command_that_was_refused_in_part_says_so():
    desk = Desk(View())
    desk.do(":connect nyu.edu imap", "a1 LOGIN bob hungry", "a2 SELECT INBOX")
    desk.do(
        ":connect nyu.edu imap", "b1 LOGIN bob hungry", "b2 SELECT INBOX", "b3 STORE 1 +FLAGS (\\Deleted)", "b4 EXPUNGE"
    )
    desk.do(":switch 2", "a3 STORE 1:2 +FLAGS (\\Flagged)")
    assert "The command was refused, but a part of it was done." in "\n".join(desk.do(":why"))


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b"* OK [UNSEEN 3] x", [(b"[UNSEEN", "resp-text-code"), (b"3", "nz-number")]),
        (
            b"a1 OK [COPYUID 5 1:2 3:4] x",
            [
                *((b"[COPYUID", "resp-text-code"), (b"5", "nz-number")),
                *((b"1:2", "uid-set source"), (b"3:4", "uid-set copies")),
            ],
        ),
        (b"a1 NO [BADCHARSET (UTF-8)] x", [(b"[BADCHARSET", "resp-text-code"), (b"UTF-8", "charset")]),
        (
            b"* OK [CAPABILITY IMAP4rev1 IDLE] x",
            [
                *((b"[CAPABILITY", "resp-text-code"), (b"IMAP4rev1", "capability IMAP4rev1")),
                (b"IDLE", "capability IDLE"),
            ],
        ),
        (b"* OK [PERMANENTFLAGS ()] x", [(b"[PERMANENTFLAGS ()]", "resp-text-code")]),
        (b"a1 OK [READ-ONLY] x", [(b"[READ-ONLY]", "resp-text-code")]),
    ],
)
def test_a_response_code_is_taken_apart(line, expected):
    assert [(octets, rule) for octets, rule, _ in words(line)][2:-1] == expected


def test_a_list_of_fields_shows_what_each_of_them_is():
    text = " ".join(shown(2, "a3 FETCH 1 ENVELOPE").split())
    assert 'env-subject "Lunch on Friday": the Subject field' in text
    assert 'env-from addr-mailbox "alice": From:' in text
    assert "env-cc NIL: Cc: none" in text
    desk = Desk(View(depth=2, words=True))
    desk.do(":connect nyu.edu imap")
    assert "password: the password; it is not shown" in "\n".join(desk.do("a1 LOGIN bob hungry"))
