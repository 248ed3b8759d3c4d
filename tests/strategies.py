"""What clients send, for hypothesis: valid commands, commands gone wrong, raw octets, messages."""

from hypothesis import strategies as st

ATEXT = "abcXYZ019!#$%&'*+-/=?^_`{|}~"
PHRASES = (b"NOOP\r\n", b"\r\n", b".\r\n", b"\n", b"\r", b"DATA\r\n", b"QUIT\r\n", b"RSET\r\n")

atoms = st.text(ATEXT, min_size=1, max_size=6)
dot_strings = st.lists(atoms, min_size=1, max_size=3).map(".".join)
quoted_pairs = (st.sampled_from('"\\') | st.characters(min_codepoint=32, max_codepoint=126)).map("\\".__add__)
quoted_text = st.characters(min_codepoint=32, max_codepoint=126, exclude_characters='"\\')
quoted_strings = st.lists(quoted_text | quoted_pairs, max_size=8).map(lambda letters: f'"{"".join(letters)}"')
local_parts = dot_strings | quoted_strings
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
unknown = st.builds("{}={}".format, st.sampled_from(["AUTH", "X-A", "RET"]), values) | st.just("SMTPUTF8")
sizes = st.integers(0, 10**20 - 1).map("SIZE={}".format)
bodies = st.sampled_from(["BODY=7BIT", "body=8bitmime"])
mail_parameters = st.lists(sizes | bodies | unknown, max_size=3, unique_by=lambda text: text.split("=")[0].upper())
rcpt_parameters = st.lists(unknown, max_size=2, unique_by=lambda text: text.split("=")[0])


def _with(before: str, path: st.SearchStrategy[str], parameters: st.SearchStrategy[list[str]]):
    return st.builds(lambda path, parameters: " ".join([before + path, *parameters]), path, parameters)


def _verb(*words: str, argument: st.SearchStrategy[str] | None = None) -> st.SearchStrategy[str]:
    verbs = st.sampled_from(words)
    return verbs if argument is None else st.builds("{} {}".format, verbs, argument)


smtp_commands = st.one_of(
    _verb("EHLO", "HELO", "ehlo", argument=hosts),
    _with("MAIL FROM:", reverse_paths, mail_parameters),
    _with("rcpt to:", forward_paths, rcpt_parameters),
    _verb("VRFY", argument=mailboxes | local_parts),
    _verb("NOOP", "HELP", argument=atoms | quoted_strings),
    _verb("NOOP", "HELP", "DATA", "RSET", "QUIT", "quit"),
).map(str.encode)
"""Lines that fit the grammar of SMTP, line end left out."""

COMMANDS = {"smtp": smtp_commands}
"""For each protocol its valid commands."""

SCENES = {
    "smtp": [
        [],
        [b"EHLO lancs.uk"],
        [b"EHLO lancs.uk", b"MAIL FROM:<alice@lancs.uk>"],
        [b"HELO lancs.uk", b"MAIL FROM:<>", b"RCPT TO:<bob@nyu.edu>"],
        [b"EHLO lancs.uk", b"MAIL FROM:<a@lancs.uk> BODY=8BITMIME", b"RCPT TO:<bob@nyu.edu>", b"DATA"],
    ]
}
"""For each protocol lines that lead into each of its phases."""

MESSAGES = {"smtp": [b"DATA\r\n", b".\r\n"]}


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


def conversation(protocol: str) -> st.SearchStrategy[bytes]:
    """Octets of a whole session: lines right and wrong, with right and wrong line ends, and pieces of messages."""
    commands = COMMANDS[protocol]
    ends = st.sampled_from([b"\r\n"] * 6 + [b"\n", b"\r", b"\0\r\n", b"\r\r\n"])
    lines = st.builds(bytes.__add__, commands | mutated(commands), ends)
    scenes = st.sampled_from(SCENES[protocol]).map(lambda lines: b"".join(line + b"\r\n" for line in lines))
    messages = st.builds(
        b"%b%b%b".__mod__,
        st.tuples(
            *map(st.just, MESSAGES[protocol][:1]),
            message_octets,
            st.sampled_from([b"", b"\r\n.\r\n", b"\n.\n", b".\r\n"]),
        ),
    )
    pieces = lines | messages | st.sampled_from(PHRASES) | st.binary(max_size=20)
    return st.builds(lambda scene, rest: scene + b"".join(rest), scenes, st.lists(pieces, max_size=8))
