"""What clients send, for hypothesis: valid commands, commands gone wrong, raw octets, messages."""

from hypothesis import strategies as st

ATEXT = "abcXYZ019!#$%&'*+-/=?^_`{|}~"
PHRASES = (b"NOOP\r\n", b"\r\n", b".\r\n", b"\n", b"\r", b"DATA\r\n", b"QUIT\r\n", b"RSET\r\n", b"BDAT 3\r\n")

atoms = st.text(ATEXT, min_size=1, max_size=6)
dot_strings = st.lists(atoms, min_size=1, max_size=3).map(".".join)
quoted_pairs = (st.sampled_from('"\\') | st.characters(min_codepoint=32, max_codepoint=126)).map("\\".__add__)
quoted_text = st.characters(min_codepoint=32, max_codepoint=126, exclude_characters='"\\')
quoted_strings = st.lists(quoted_text | quoted_pairs, max_size=8).map(lambda letters: f'"{"".join(letters)}"')
scripts = st.text("\xfc\xe9\u0416\u4e2d\U00020000", min_size=1, max_size=4)
"""Letters outside ASCII, of two, three and four octets in UTF-8."""
local_parts = dot_strings | quoted_strings | scripts | scripts.map('"{}"'.format)
labels = st.from_regex(r"[a-zA-Z0-9]([a-z0-9-]{0,4}[a-z0-9])?", fullmatch=True)
domains = st.sampled_from(["nyu.edu", "NYU.edu", "lancs.uk"]) | st.lists(labels, min_size=1, max_size=3).map(".".join)
ipv4 = st.ip_addresses(v=4).map(str)
ipv6 = st.ip_addresses(v=6).map(lambda address: f"IPv6:{address.exploded}") | st.sampled_from(
    ["IPv6:::", "ipv6:::1", "IPv6:2001:db8::1", "IPv6:::ffff:192.0.2.1", "IPv6:1:2:3:4:5:6:192.0.2.1"]
)
literals = (ipv4 | ipv6).map(lambda text: f"[{text}]")
hosts = domains | literals
mailboxes = st.builds("{}@{}".format, local_parts, hosts) | st.sampled_from(["bob@nyu.edu", "alice@lancs.uk"])
routes = st.lists(domains.map("@".__add__), min_size=1, max_size=2).map(lambda route: ",".join(route) + ":")
paths = st.builds("<{}{}>".format, st.just("") | routes, mailboxes)
reverse_paths = paths | st.just("<>")
forward_paths = paths | st.sampled_from(["<Postmaster>", "<pOSTmaster>"])

values = st.text("abc019!#<>{}", min_size=1, max_size=5)
unknown = st.builds("{}={}".format, st.sampled_from(["AUTH", "X-A", "X"]), values) | st.just("X-B")
sizes = st.integers(0, 10**20 - 1).map("SIZE={}".format)
bodies = st.sampled_from(["BODY=7BIT", "body=8bitmime", "BODY=BINARYMIME"])
chunk_sizes = st.builds(
    "{}{}".format, st.integers(0, 9) | st.integers(0, 10**22), st.sampled_from(["", " LAST", " last"])
)
xtext = st.lists(st.sampled_from(["a", "Z", "~", "<", "+2B", "+20", "+3D"]), min_size=1, max_size=5).map("".join)
wishes = st.one_of(
    st.sampled_from(["RET=FULL", "ret=hdrs", "SMTPUTF8", "smtputf8", "REQUIRETLS", "MT-PRIORITY=0"]),
    xtext.map("ENVID={}".format),
    st.builds(
        "BY={}{};{}".format, st.sampled_from(["", "-", "+"]), st.integers(0, 999), st.sampled_from(["N", "r", "RT"])
    ),
    st.integers(1, 10**9 - 1).map("HOLDFOR={}".format),
    st.sampled_from(["HOLDUNTIL=2015-03-09T11:00:00Z", "holduntil=2016-02-29t23:59:59.25z"]),
    st.integers(1, 9).map("mt-priority={}".format) | st.integers(1, 9).map("MT-PRIORITY=-{}".format),
)
reports = st.one_of(
    st.sampled_from(["NOTIFY=NEVER", "notify=Success,DELAY", "NOTIFY=FAILURE"]),
    xtext.map("ORCPT=rfc822;{}".format),
    scripts.map("ORCPT=utf-8;{}".format) | st.just("ORCPT=utf-8;j\\x{FC}rgen@nyu.edu"),
)
mail_parameters = st.lists(
    sizes | bodies | unknown | wishes, max_size=3, unique_by=lambda text: text.split("=")[0].upper()
)
rcpt_parameters = st.lists(unknown | reports, max_size=2, unique_by=lambda text: text.split("=")[0].upper())


def _with(before: str, path: st.SearchStrategy[str], parameters: st.SearchStrategy[list[str]]):
    return st.builds(lambda path, parameters: " ".join([before + path, *parameters]), path, parameters)


def _verb(*words: str, argument: st.SearchStrategy[str] | None = None) -> st.SearchStrategy[str]:
    verbs = st.sampled_from(words)
    return verbs if argument is None else st.builds("{} {}".format, verbs, argument)


nodes = st.builds("{}{}.{}".format, st.sampled_from(["", "@"]), labels, domains) | values.map("#".__add__)

smtp_commands = st.one_of(
    _verb("EHLO", "HELO", "ehlo", argument=hosts),
    _with("MAIL FROM:", reverse_paths, mail_parameters),
    _with("rcpt to:", forward_paths, rcpt_parameters),
    _verb("VRFY", "EXPN", argument=mailboxes | local_parts | st.sampled_from(["friends", "Staff@nyu.edu"])),
    _verb("ETRN", argument=nodes),
    _verb("SEND", "soml", argument=st.sampled_from(["FROM:<alice@lancs.uk>", "from:<>", "what you want"])),
    _verb("TURN", "XCLIENT ADDR=192.0.2.10", "SOML", "saml"),
    _verb("VRFY", argument=local_parts.map("{} SMTPUTF8".format)),
    _verb("NOOP", "HELP", argument=atoms | quoted_strings),
    _verb("NOOP", "HELP", "DATA", "RSET", "QUIT", "quit"),
    _verb("BDAT", "bdat", argument=chunk_sizes),
).map(str.encode)
"""Lines that fit the grammar of SMTP, line end left out."""

numbers = (st.integers(0, 4) | st.integers(0, 10**30)).map(str) | st.sampled_from(["01", "002"])
users = st.sampled_from(["bob", "BOB", "carol", "postmaster", "zo\xeb", "nobody"]) | scripts | values
passwords = st.sampled_from(["hungry", "garden", "hungry ", "violet", "a b"]) | scripts

pop3_commands = st.one_of(
    _verb("USER", "user", argument=users),
    _verb("PASS", argument=passwords),
    _verb("LIST", "RETR", "DELE", "uidl", argument=numbers),
    st.builds("TOP {} {}".format, numbers, numbers),
    st.builds("APOP {} {:032x}".format, users, st.integers(0, 2**128 - 1)),
    _verb("LANG", argument=st.sampled_from(["de", "EN", "*", "de-AT", "mul", "x-klingon"])),
    st.sampled_from(["AUTH", "AUTH PLAIN", "auth X-A =", "AUTH PLAIN AGJvYgBodW5ncnk=", "AUTH cram-md5 YQ=="]),
    _verb("LAST", "RPOP bob", "XTND BBOARDS", "rpop"),
    _verb("STAT", "LIST", "UIDL", "NOOP", "RSET", "QUIT", "quit", "CAPA", "UTF8", "LANG"),
).map(str.encode)
"""Lines that fit the grammar of POP3, line end left out."""

tags = st.sampled_from(["a1", "A2", "zz", "1", ".x]"])
strings = st.sampled_from(["bob", "hungry", '"hungry"', '"a b"', '"\\"x\\\\"', "&AOk-", "]", "~a", "#b!"])
boxes = st.sampled_from(["INBOX", "inbox", "Sent", '"Trash"', "new", "a/b", "&AOk-", "INBOX/x", "nowhere"])
sets = st.sampled_from(["1", "2", "*", "1:*", "2:1", "1,2", "9", "*:9", "$"])
flag_names = st.sampled_from(["\\Seen", "\\deleted", "$x", "\\Answered", "Junk"])
flag_lists = st.lists(flag_names, max_size=3).map(lambda found: f"({' '.join(found)})")
items = st.sampled_from(
    [
        *(
            "FLAGS",
            "uid",
            "INTERNALDATE",
            "RFC822.SIZE",
            "ENVELOPE",
            "BODYSTRUCTURE",
            "BODY",
            "BODY[]",
            "RFC822.HEADER",
        ),
        *("BODY.PEEK[HEADER]", "BODY[TEXT]<0.10>", "BODY[1]", "BODY.PEEK[1.MIME]", "BODY[HEADER.FIELDS (To Subject)]"),
        *(
            "RFC822",
            "RFC822.TEXT",
            "BINARY[]",
            "BINARY.PEEK[1]<0.5>",
            "binary.size[1]",
            "BINARY[1.2]",
            'BODY.PEEK[2.1.HEADER.FIELDS.NOT ("X")]<5.1>',
        ),
    ]
)
keys = st.recursive(
    st.sampled_from(["ALL", "UNSEEN", "NEW", "OLD", "1:2", "*", "UID 1:*", "LARGER 500", "SUBJECT lunch", "KEYWORD $x"])
    | st.sampled_from(
        [
            "SINCE 1-Mar-2015",
            "MODSEQ 3",
            'MODSEQ "/flags/\\\\draft" all 4',
            'BEFORE "09-Mar-2015"',
            "HEADER Subject Notes",
            'BODY "soup"',
            "TEXT x",
        ]
    )
    | st.sampled_from(["OLDER 60", "younger 1", "$", "UID $", "SENTON 1-Mar-2015", 'FROM "é"']),
    lambda inner: (
        st.builds("({})".format, inner) | st.builds("NOT {}".format, inner) | st.builds("OR {} {}".format, inner, inner)
    ),
    max_leaves=4,
)
orders = st.sampled_from(["ARRIVAL", "cc", "DATE", "FROM", "SIZE", "SUBJECT", "REVERSE TO"])
stores = st.builds(
    "STORE {} {}FLAGS{} {}".format, sets, st.sampled_from(["", "+", "-"]), st.sampled_from(["", ".SILENT"]), flag_lists
)
on_messages = st.one_of(
    st.builds("FETCH {} {}".format, sets, items | st.sampled_from(["ALL", "fast", "FULL"])),
    st.builds("FETCH {} ({} {})".format, sets, items, items),
    stores,
    st.builds("SORT ({}{}) us-ascii {}".format, st.sampled_from(["", "SIZE ", "reverse date "]), orders, keys),
    st.builds("THREAD {} UTF-8 {}".format, st.sampled_from(["REFERENCES", "orderedsubject"]), keys),
    st.builds("SEARCH RETURN ({}) {}".format, st.sampled_from(["", "MIN", "count ALL", "SAVE", "SAVE MAX"]), keys),
    st.builds("{} {} {}".format, st.sampled_from(["COPY", "MOVE"]), sets, boxes),
    st.builds("SEARCH {}".format, keys) | st.builds("SEARCH CHARSET utf-8 {} {}".format, keys, keys),
)
imap_commands = st.builds(
    "{} {}".format,
    tags,
    st.one_of(
        st.builds("LOGIN {} {}".format, strings, strings) | st.just("LOGIN bob hungry"),
        _verb("SELECT", "EXAMINE", "CREATE", "DELETE", "SUBSCRIBE", "unsubscribe", argument=boxes),
        st.builds("RENAME {} {}".format, boxes, boxes),
        st.builds("{} {} {}".format, st.sampled_from(["LIST", "lsub"]), boxes | st.just('""'), boxes | st.just("*")),
        st.builds(
            "LIST {}{} {}{}".format,
            st.sampled_from(["", "(SUBSCRIBED recursivematch) ", "(special-use REMOTE) ", "() ", "(SUBSCRIBED) "]),
            boxes | st.just('""'),
            st.sampled_from(["*", "(INBOX %)", '("" S*)', '"a/%"']),
            st.sampled_from(["", " RETURN ()", " return (CHILDREN STATUS (MESSAGES size))", " RETURN (SUBSCRIBED)"]),
        ),
        st.builds("CREATE {} (USE ({}))".format, boxes, st.sampled_from(["", "\\Archive", "\\sent \\All"])),
        st.builds(
            "STATUS {} ({})".format,
            boxes,
            st.sampled_from(["MESSAGES", "UIDNEXT unseen", "RECENT UIDVALIDITY", "APPENDLIMIT size"]),
        ),
        on_messages,
        on_messages.map("UID {}".format),
        st.builds("UID EXPUNGE {}".format, sets),
        _verb("CAPABILITY", "NOOP", "LOGOUT", "CHECK", "CLOSE", "EXPUNGE", "IDLE", "UNSELECT", "NAMESPACE", "noop"),
        st.sampled_from(["ID NIL", 'ID ("name" "x" "version" NIL)', "ENABLE CONDSTORE X", "AUTHENTICATE PLAIN"]),
    ),
).map(str.encode)
"""Lines that fit the grammar of IMAP and have no literal, line end left out."""

COMMANDS = {"smtp": smtp_commands, "pop3": pop3_commands, "imap": imap_commands}
"""For each protocol its valid commands."""

SCENES = {
    "smtp": [
        [],
        [b"EHLO lancs.uk"],
        [b"EHLO lancs.uk", b"MAIL FROM:<alice@lancs.uk>"],
        [b"HELO lancs.uk", b"MAIL FROM:<>", b"RCPT TO:<bob@nyu.edu>"],
        [b"EHLO lancs.uk", b"MAIL FROM:<a@lancs.uk> BODY=BINARYMIME", b"RCPT TO:<bob@nyu.edu>", b"BDAT 0"],
        [b"EHLO lancs.uk", b"MAIL FROM:<a@lancs.uk>", b"RCPT TO:<bob@nyu.edu>", b"BDAT x"],
        [b"EHLO lancs.uk", b"MAIL FROM:<a@lancs.uk>", b"RCPT TO:<bob@nyu.edu>", b"BDAT 9 LAST"],
        [b"EHLO lancs.uk", b"MAIL FROM:<a@lancs.uk> BODY=8BITMIME", b"RCPT TO:<bob@nyu.edu>", b"DATA"],
    ],
    "pop3": [
        [],
        [b"USER bob"],
        [b"USER bob", b"PASS hungry"],
        [b"USER bob", b"PASS hungry", b"DELE 1"],
        [b"UTF8", b"LANG de", b"USER carol", b"PASS garden"],
    ],
    "imap": [
        [],
        [b"a1 LOGIN bob hungry"],
        [b"a1 LOGIN bob hungry", b"a2 SELECT INBOX"],
        [b"a1 LOGIN bob hungry", b"a2 EXAMINE INBOX"],
        [b"a1 LOGIN bob hungry", b"a2 SELECT inbox", b"a3 STORE 1 +FLAGS (\\Deleted $x)"],
        [b"a1 LOGIN bob hungry", b"a2 SELECT INBOX", b"a3 IDLE"],
        [b"a1 LOGIN bob hungry", b"a2 APPEND Sent (\\Seen) {40}", b"Subject: a", b"", b"hello"],
        [b"a1 LOGIN {3}"],
        [b"a1 LOGIN {3}", b"bob {6}"],
    ],
}
"""For each protocol lines that lead into each of its phases; those of TEXT into phases that read no commands."""

TEXT = {"smtp": SCENES["smtp"][-2:], "pop3": [], "imap": SCENES["imap"][-4:]}

MESSAGES = {"smtp": b"DATA\r\n", "pop3": b"RETR 1\r\n", "imap": b"a9 IDLE\r\n"}


@st.composite
def mutated(draw, lines: st.SearchStrategy[bytes]) -> bytes:
    """A valid line with a few octets lost, doubled or replaced."""
    line = bytearray(draw(lines))
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(line)))
        octet = draw(st.sampled_from(b' \t<>@:."\\[],;=\0\r\n\x7f\xffa0') | st.integers(0, 255))
        line[at : at + draw(st.integers(0, 2))] = bytes([octet] * draw(st.integers(0, 2)))
    return bytes(line)


message_octets = st.lists(
    st.sampled_from([b"\r\n", b"\r\n.", b".", b"\r", b"\n", b"\0", b"hello", b"Subject: a\r\n", b"\xe9", b" " * 999]),
    max_size=12,
).map(b"".join)
"""Messages as nobody should send them."""

clean_messages = st.lists(
    st.sampled_from([b"", b".", b"..", b".a", b"a.", b"Subject: hello", b"\xe9t\xe9", b"x" * 998, b" .", b"QUIT"]),
    max_size=8,
).map(lambda lines: b"".join(line + b"\r\n" for line in lines))
"""Messages that a server takes."""


def chunks(octets: st.SearchStrategy[bytes]) -> st.SearchStrategy[bytes]:
    """BDAT with its chunk; the count is a little wrong now and then."""
    ends = st.sampled_from([b"\r\n", b" LAST\r\n", b" LAST\r\n", b" LAST \r\n", b" LST\r\n"])
    return st.builds(
        lambda chunk, end, wrong: b"BDAT %d%b%b" % (max(len(chunk) + wrong, 0), end, chunk),
        octets,
        ends,
        st.sampled_from([0] * 8 + [-1, 1, 10**20]),
    )


def counted(octets: st.SearchStrategy[bytes]) -> st.SearchStrategy[bytes]:
    """Commands of IMAP with literals; the count is a little wrong now and then."""
    heads = st.sampled_from(
        [
            *(
                b"a4 APPEND Sent ",
                b"a5 APPEND INBOX (\\Seen $y) ",
                b"a6 APPEND nowhere ",
                b"a7 LOGIN bob ",
                b"a8 SELECT ",
            ),
            *(
                b"a9 SEARCH SUBJECT ",
                b"b1 FOO ",
                b"b2 NOOP ",
                b"b3 STATUS ",
                b"",
                b"b4 UID SEARCH CHARSET ",
                b"b5 APPEND Sent ~",
            ),
        ]
    )
    return st.builds(
        lambda head, chunk, sign, wrong, end: (
            b"%b{%d%b}\r\n%b%b" % (head, max(len(chunk) + wrong, 0), sign, chunk, end)
        ),
        heads,
        octets,
        st.sampled_from([b"", b"+"]),
        st.sampled_from([0] * 8 + [-1, 1, 10**12]),
        st.sampled_from([b"\r\n"] * 3 + [b" (MESSAGES)\r\n", b" {2+}\r\nab\r\n", b"\n", b""]),
    )


CHUNKS = {
    "smtp": chunks(message_octets | st.binary(max_size=20)),
    "pop3": st.nothing(),
    "imap": counted(message_octets | st.binary(max_size=20) | st.sampled_from([b"hungry", b"INBOX", b"lunch"])),
}
"""For each protocol commands with a counted body."""


def conversation(protocol: str) -> st.SearchStrategy[bytes]:
    """Octets of a whole session: lines right and wrong, with right and wrong line ends, and pieces of messages."""
    commands = COMMANDS[protocol]
    ends = st.sampled_from([b"\r\n"] * 6 + [b"\n", b"\r", b"\0\r\n", b"\r\r\n"])
    lines = st.builds(bytes.__add__, commands | mutated(commands), ends)
    scenes = st.sampled_from(SCENES[protocol]).map(lambda lines: b"".join(line + b"\r\n" for line in lines))
    messages = st.builds(
        b"%b%b%b".__mod__,
        st.tuples(
            st.just(MESSAGES[protocol]),
            message_octets,
            st.sampled_from([b"", b"\r\n.\r\n", b"\n.\n", b".\r\n"]),
        ),
    )
    pieces = lines | messages | CHUNKS[protocol] | st.sampled_from(PHRASES) | st.binary(max_size=20)
    return st.builds(lambda scene, rest: scene + b"".join(rest), scenes, st.lists(pieces, max_size=8))
