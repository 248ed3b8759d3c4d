"""Every reply that the server can give, named once: code, enhanced code, text, meaning, what to do next.

`text` is the modern voice; `classic` the words of the lecture's slides where a slide shows the reply. Braces are
filled in when the reply is given.
"""

from typing import NamedTuple

from mailshell.core.record import Card, Cite


class Wording(NamedTuple):
    """One named reply; `off_slide` says that the classic voice sends a line which no slide shows."""

    card: Card
    code: int
    enhanced: str
    text: tuple[str, ...]
    classic: str = ""
    off_slide: bool = True

    def __call__(
        self, because: str = "", lines: tuple[str, ...] = (), *, tolerated: bool = False, **fields: str
    ) -> "Reply":
        """The reply, with `fields` put into its text and `lines` after it."""
        return Reply(self, because, lines, fields, tolerated)


class Reply(NamedTuple):
    """The one final answer to a command, or the request for more (3yz); `tolerated`: in spite of a slip."""

    wording: Wording
    because: str
    more: tuple[str, ...]
    fields: dict[str, str]
    tolerated: bool

    @property
    def asks(self) -> bool:
        """Whether the reply asks for more before the command is done."""
        return 300 <= self.wording.code < 400

    @property
    def refuses(self) -> bool:
        """Whether the command was refused."""
        return self.wording.code >= 400

    def lines(self, *, classic: bool, enhanced: bool) -> tuple[bytes, ...]:
        """The reply as it is sent, a whole line each (RFC 5321 section 4.2.1, RFC 2034 section 3)."""
        wording = self.wording
        texts = (wording.classic,) if classic and wording.classic else wording.text
        if self.fields:
            texts = tuple(text.format_map(self.fields) for text in texts)
        texts += self.more
        head = f" {wording.enhanced} " if enhanced and wording.enhanced and not classic else " "
        code = wording.code
        if len(texts) == 1:
            return (f"{code}{head}{texts[0]}\r\n".encode("ascii"),)
        dashed = f"{code}-{head[1:]}"
        rows = [f"{dashed}{text}\r\n".encode("ascii") for text in texts[:-1]]
        return (*rows, f"{code}{head}{texts[-1]}\r\n".encode("ascii"))


def _wording(
    name: str,
    code: int,
    enhanced: str,
    text: str,
    says: str,
    section: str,
    *,
    more: str,
    next: str,
    classic: str = "",
    rfc: int = 5321,
    off_slide: bool = True,
) -> Wording:
    card = Card(name, says, Cite(rfc, section), more=more, next=next)
    return Wording(card, code, enhanced, tuple(text.split("\n")), classic, off_slide and not classic)


_NEXT_COMMAND = "the next command"
_FIX = "correct the line and send it again"

GREETING = _wording(
    "greeting", 220, "", "{host} ESMTP mailshell", "service ready", "4.2.3",
    more="The connection stands and the server is ready. The first word is the server's own name.",
    next="EHLO your.host.name", classic="{host}",
)  # fmt: skip
EHLO_OK = _wording(
    "EHLO accepted", 250, "", "{host} greets {client}", "hello, and the list of extensions", "4.1.1.1",
    more="The server knows the client's name and lists one service extension a line.",
    next="MAIL FROM:<you@example.org>",
)  # fmt: skip
HELO_OK = _wording(
    "HELO accepted", 250, "", "{host}", "hello", "4.1.1.1",
    more="The server knows the client's name. No extension is offered after HELO.",
    next="MAIL FROM:<you@example.org>", classic="Hello {client}, pleased to meet you",
)  # fmt: skip
SENDER_OK = _wording(
    "sender accepted", 250, "2.1.0", "Sender ok", "return path accepted", "4.1.1.2",
    more="A mail transaction is open. The server keeps the return path and waits for recipients.",
    next="RCPT TO:<somebody@example.org>", classic="{address}... Sender ok",
)  # fmt: skip
RECIPIENT_OK = _wording(
    "recipient accepted", 250, "2.1.5", "Recipient ok", "recipient accepted", "4.1.1.3",
    more="The mailbox is one of this server. The message will be put into it once it is here.",
    next="DATA, or one more RCPT", classic="{address} ... Recipient ok",
)  # fmt: skip
WILL_RELAY = _wording(
    "recipient will be relayed", 250, "2.1.5", "Recipient ok, will relay", "recipient elsewhere, accepted", "3.6.1",
    more="The mailbox is on another server. You are inside this server's network, so it will pass the message on.",
    next="DATA, or one more RCPT", classic="{address} ... Recipient ok",
)  # fmt: skip
START_INPUT = _wording(
    "start of message", 354, "", "Start mail input; end with <CRLF>.<CRLF>", "go on: the message now", "4.1.1.4",
    more="The server takes every line as message text until a line holds a single dot.",
    next="the message, then a line with one dot", classic='Enter mail, end with "." on a line by itself',
)  # fmt: skip
MESSAGE_OK = _wording(
    "message accepted", 250, "2.0.0", "Message accepted, id {id}",
    "taken, responsible from now on", "4.2.5",
    more="The message is stored. From now on the server must deliver it or report a failure.",
    next="MAIL for another message, or QUIT", classic="Message accepted for delivery",
)  # fmt: skip
RESET = _wording(
    "reset", 250, "2.0.0", "Reset", "transaction dropped", "4.1.1.5",
    more="Sender, recipients and message of the open transaction are forgotten. The connection stays.",
    next="MAIL FROM:<you@example.org>",
)  # fmt: skip
NOTHING_DONE = _wording(
    "nothing done", 250, "2.0.0", "Nothing done", "the server is alive", "4.1.1.9",
    more="NOOP changes nothing. It shows that the server still answers.", next=_NEXT_COMMAND,
)  # fmt: skip
VERIFIED = _wording(
    "mailbox verified", 250, "2.1.5", "{name} <{address}>", "one mailbox matches", "3.5.1",
    more="The name belongs to one mailbox of this server; the text gives its address.", next=_NEXT_COMMAND,
)  # fmt: skip
CANNOT_VERIFY = _wording(
    "cannot verify", 252, "2.5.0", "Cannot verify, but will take mail for it", "not checked", "3.5.3",
    more="The mailbox would be on another server, so this server cannot tell whether it exists.", next=_NEXT_COMMAND,
)  # fmt: skip
AMBIGUOUS = _wording(
    "ambiguous name", 553, "5.1.4", "Ambiguous; possibilities are", "more than one mailbox matches", "3.5.1",
    more="The name fits several mailboxes. The reply lists them.", next="VRFY with one of the addresses",
)  # fmt: skip
HELP_TEXT = _wording(
    "help", 214, "2.0.0", "{first}", "help text for a person", "4.1.1.8",
    more="Help is written for people. A program does not read it.", next=_NEXT_COMMAND,
)  # fmt: skip
NO_HELP = _wording(
    "no such help", 504, "5.5.4", "No help for that word", "help does not know the word", "4.2.2",
    more="HELP knows the names of the commands.", next="HELP",
)  # fmt: skip
CLOSING = _wording(
    "closing", 221, "2.0.0", "{host} closing connection", "goodbye, the server closes", "4.1.1.10",
    more="The session ends in good order. A message without its final dot is dropped.",
    next="nothing: the connection is closed", classic="{host} closing connection",
)  # fmt: skip
TIMED_OUT = _wording(
    "timed out", 421, "4.4.2", "{host} no command for {minutes} minutes, closing connection",
    "the server gave up waiting", "4.5.3.2.7",
    more="A server may close a connection on which nothing arrives. It says 421 first.",
    next="connect again",
)  # fmt: skip
UNKNOWN_COMMAND = _wording(
    "unknown command", 500, "5.5.2", "Command not recognized", "permanent: no such command", "4.2.2",
    more="The first word of the line is no command that this server knows.", next=_FIX,
)  # fmt: skip
LINE_END = _wording(
    "wrong line end", 500, "5.5.2", "Line must end in CR LF", "permanent: bare LF", "2.3.8",
    more="A line of SMTP ends in two octets, CR and LF. This one ended in LF alone, so it was not carried out.",
    next=_FIX,
)  # fmt: skip
LINE_TOO_LONG = _wording(
    "line too long", 500, "5.5.2", "Line too long", "permanent: over the limit", "4.5.3.1.9",
    more="A command line has a largest length. The line was read to its end and not carried out.", next=_FIX,
)  # fmt: skip
BAD_SYNTAX = _wording(
    "bad argument", 501, "5.5.4", "Syntax error in argument", "permanent: argument not understood", "4.2.2",
    more="The command is known, what follows it does not fit the grammar.", next=_FIX,
)  # fmt: skip
BAD_SENDER = _wording(
    "bad sender address", 501, "5.1.7", "Bad sender address syntax",
    "permanent: bad sender address", "4.2.2",
    more="What stands after MAIL FROM: is not a path by the grammar.", next="MAIL FROM:<you@example.org>",
)  # fmt: skip
BAD_RECIPIENT = _wording(
    "bad recipient address", 501, "5.1.3", "Bad recipient address syntax",
    "permanent: bad recipient address", "4.2.2",
    more="What stands after RCPT TO: is not a path by the grammar.", next="RCPT TO:<somebody@example.org>",
)  # fmt: skip
PARAMETER_UNKNOWN = _wording(
    "unknown parameter", 555, "5.5.4", "Parameter not recognized", "permanent: parameter not offered", "4.1.1.11",
    more="A parameter may be used only when the server has offered its extension in the EHLO reply.",
    next="the command without the parameter",
)  # fmt: skip
NOT_IMPLEMENTED = _wording(
    "not implemented", 502, "5.5.1", "Command not implemented", "permanent: known, but not offered here", "4.2.4",
    more="The server recognizes the command and does not offer it.", next="a command that the server has",
)  # fmt: skip
WRONG_ORDER = _wording(
    "wrong order", 503, "5.5.1", "{need}", "permanent: wrong order", "4.1.4",
    more="The command exists and is not allowed in this phase.", next="",
)  # fmt: skip
NO_SUCH_USER = _wording(
    "no such user", 550, "5.1.1", "No such user here", "permanent: no such mailbox", "3.3",
    more="The domain is this server's own, and it has no mailbox of that name.", next="RCPT with another address",
)  # fmt: skip
NOT_LOCAL = _wording(
    "not a user of this server", 550, "5.1.2", "Not a user of this server",
    "permanent: the domain is not ours", "3.5.3",
    more="The server verifies only its own mailboxes.", next=_NEXT_COMMAND,
)  # fmt: skip
RELAY_DENIED = _wording(
    "relaying denied", 550, "5.7.1", "Relaying denied", "permanent: not for strangers", "3.6.2",
    more="A server that passed on mail from anyone to anyone would be used to send spam. So it does that only for "
    "computers of its own network (and, on real servers, for users who gave a password).",
    next="RCPT with a user of this server, or send through your own server",
)  # fmt: skip
TOO_MANY_RECIPIENTS = _wording(
    "too many recipients", 452, "4.5.3", "Too many recipients", "for now: send in two parts", "4.5.3.1.10",
    more="One transaction has room for so many recipients. Those already accepted still get the message.",
    next="DATA now, the other recipients in a new transaction",
)  # fmt: skip
TOO_BIG = _wording(
    "message too big", 552, "5.3.4", "Message too big, the limit is {limit} octets",
    "permanent: over the size limit", "6.1",
    more="The server states its largest message in the SIZE line of its EHLO reply.",
    next="a smaller message", rfc=1870,
)  # fmt: skip
NO_ROOM = _wording(
    "no room", 452, "4.3.1", "Insufficient system storage", "for now: the server has no room", "4.2.2",
    more="The server could not store what it would have to promise, so it promises nothing. Nothing was kept.",
    next="the same message again, later",
)  # fmt: skip
BAD_CONTENT = _wording(
    "message not acceptable", 554, "5.6.0", "{problem}", "permanent: the message breaks a rule", "2.3.8",
    more="The message was read to its end and not stored.", next="MAIL, and the message with the mistake mended",
)  # fmt: skip
LOOP = _wording(
    "routing loop", 554, "5.4.6", "Too many Received fields, this is a loop", "permanent: mail goes in a circle", "6.3",
    more="Each server adds one Received field. So many of them mean that servers hand the message round in a circle.",
    next="look at the Received fields of the message",
)  # fmt: skip

REPLIES = (
    GREETING, EHLO_OK, HELO_OK, SENDER_OK, RECIPIENT_OK, WILL_RELAY, START_INPUT, MESSAGE_OK, RESET, NOTHING_DONE,
    VERIFIED, CANNOT_VERIFY, AMBIGUOUS, HELP_TEXT, NO_HELP, CLOSING, TIMED_OUT, UNKNOWN_COMMAND, LINE_END,
    LINE_TOO_LONG, BAD_SYNTAX, BAD_SENDER, BAD_RECIPIENT, PARAMETER_UNKNOWN, NOT_IMPLEMENTED, WRONG_ORDER,
    NO_SUCH_USER, NOT_LOCAL, RELAY_DENIED, TOO_MANY_RECIPIENTS, TOO_BIG, NO_ROOM, BAD_CONTENT, LOOP,
)  # fmt: skip
"""The list that tests walk: no reply stands outside it."""
