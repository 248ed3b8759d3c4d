"""Every reply that the server can give, named once: code, enhanced code, text, meaning, what to do next.

`text` is the modern voice; `classic` the words of the lecture's slides where a slide shows the reply; `early` the
words of a server of 1982 where they differ. Braces are filled in when the reply is given. Where `next` is empty the
phase says what is next.
"""

from mailshell.smtp.wording import named

_FIX = "correct the line and send it again"

GREETING = named(
    "greeting", 220, "", "{host} ESMTP mailshell", "service ready", "4.2.3",
    more="The connection stands and the server is ready. The first word is the server's own name.",
    next="", classic="{host}", early="{host} mail service ready",
)  # fmt: skip
EHLO_OK = named(
    "EHLO accepted", 250, "", "{host} greets {client}", "hello, and the list of extensions", "4.1.1.1",
    more="The server knows the client's name and lists one service extension a line.",
    next="MAIL FROM:<you@example.org>",
)  # fmt: skip
HELO_OK = named(
    "HELO accepted", 250, "", "{host}", "hello", "4.1.1.1",
    more="The server knows the client's name. No extension is offered after HELO.",
    next="MAIL FROM:<you@example.org>", classic="Hello {client}, pleased to meet you",
)  # fmt: skip
SENDER_OK = named(
    "sender accepted", 250, "2.1.0", "Sender ok", "return path accepted", "4.1.1.2",
    more="A mail transaction is open. The server keeps the return path and waits for recipients.",
    next="RCPT TO:<somebody@example.org>", classic="{address}... Sender ok", early="OK",
)  # fmt: skip
RECIPIENT_OK = named(
    "recipient accepted", 250, "2.1.5", "Recipient ok", "recipient accepted", "4.1.1.3",
    more="The server has this mailbox, and will put the message into it.",
    next="DATA, or one more RCPT", classic="{address} ... Recipient ok", early="OK",
)  # fmt: skip
WILL_RELAY = named(
    "recipient will be relayed", 250, "2.1.5", "Recipient ok, will relay", "recipient elsewhere, accepted", "3.6.2",
    more="The mailbox is on another server, and this one will pass the message on: you are inside its network, or it "
    "is a backup mail exchanger of that domain.",
    next="DATA, or one more RCPT", classic="{address} ... Recipient ok", early="OK",
)  # fmt: skip
START_INPUT = named(
    "start of message", 354, "", "Start mail input; end with <CRLF>.<CRLF>", "go on: the message now", "4.1.1.4",
    more="The server takes every line as message text until a line holds a single dot.",
    next="the message, then a line with one dot", classic='Enter mail, end with "." on a line by itself',
)  # fmt: skip
MESSAGE_OK = named(
    "message accepted", 250, "2.0.0", "Message accepted, id {id}",
    "taken, responsible from now on", "4.2.5",
    more="The message is stored. From now on the server must deliver it or report a failure.",
    next="MAIL for another message, or QUIT", classic="Message accepted for delivery", early="OK",
)  # fmt: skip
RESET = named(
    "reset", 250, "2.0.0", "Reset", "transaction dropped", "4.1.1.5",
    more="The server forgets sender, recipients and message of the open transaction. The connection stays.",
    next="", early="OK",
)  # fmt: skip
NOTHING_DONE = named(
    "nothing done", 250, "2.0.0", "Nothing done", "the server is alive", "4.1.1.9",
    more="NOOP changes nothing. It shows that the server still answers.", next="",
    early="OK",
)  # fmt: skip
VERIFIED = named(
    "mailbox verified", 250, "2.1.5", "{entry}", "one mailbox matches", "3.5.1",
    more="The name belongs to one mailbox of this server; the text gives its address.", next="",
)  # fmt: skip
CANNOT_VERIFY = named(
    "cannot verify", 252, "2.5.0", "Cannot verify, but will take mail for it", "not checked", "3.5.3",
    more="The domain belongs to another server, so this one cannot tell if the mailbox exists.", next="",
)  # fmt: skip
AMBIGUOUS = named(
    "ambiguous name", 553, "5.1.4", "Ambiguous; possibilities are", "more than one mailbox matches", "3.5.1",
    more="The name fits several mailboxes. The reply lists them.", next="VRFY with one of the addresses",
)  # fmt: skip
HELP_TEXT = named(
    "help", 214, "2.0.0", "{first}", "help text for a person", "4.1.1.8",
    more="Help is written for people. A program does not read it.", next="",
)  # fmt: skip
NO_HELP = named(
    "no such help", 504, "5.5.4", "No help for that word", "help does not know the word", "4.2.2",
    more="HELP knows the names of the commands.", next="HELP",
)  # fmt: skip
CLOSING = named(
    "closing", 221, "2.0.0", "{host} closing connection", "goodbye, the server closes", "4.1.1.10",
    more="The session ends in good order. The server drops an open transaction.",
    next="nothing: the connection is closed", classic="{host} closing connection",
    early="{host} closing the transmission channel",
)  # fmt: skip
TIMED_OUT = named(
    "timed out", 421, "4.4.2", "{host} no command for {minutes} minutes, closing connection",
    "the server gave up waiting", "4.5.3.2.7",
    more="A server may give up when no command comes for 5 minutes or more. This one says 421 before it closes.",
    next="connect again",
)  # fmt: skip
SHUTTING_DOWN = named(
    "shutting down", 421, "4.3.2", "{host} shutting down, closing connection", "the server was stopped", "3.8",
    more="A server that is stopped says 421 and closes. What it has not answered with 250, it has not taken.",
    next="connect again, later",
)  # fmt: skip
UNKNOWN_COMMAND = named(
    "unknown command", 500, "5.5.2", "Command not recognized", "permanent: no such command", "4.2.2",
    more="The first word of the line is no command that this server knows.", next=_FIX,
    early="Command unrecognized",
)  # fmt: skip
LINE_END = named(
    "wrong line end", 500, "5.5.2", "Line must end in CR LF", "permanent: bare LF", "2.3.8",
    more="A line of SMTP ends in two octets, CR and LF. This one ended in LF alone, so the server ignored it.",
    next=_FIX,
)  # fmt: skip
LINE_TOO_LONG = named(
    "line too long", 500, "5.5.2", "Line too long", "permanent: over the limit", "4.5.3.1.9",
    more="A command line has 512 octets at most, more with some parameters. The server ignored this one.", next=_FIX,
)  # fmt: skip
BAD_SYNTAX = named(
    "bad argument", 501, "5.5.4", "Syntax error in argument", "permanent: argument not understood", "4.2.2",
    more="The server knows the command, but what follows it does not fit the grammar.", next=_FIX,
)  # fmt: skip
BAD_SENDER = named(
    "bad sender address", 501, "5.1.7", "Bad sender address syntax",
    "permanent: bad sender address", "4.2.2",
    more="What stands after MAIL FROM: is no valid address in angle brackets.", next="MAIL FROM:<you@example.org>",
)  # fmt: skip
BAD_RECIPIENT = named(
    "bad recipient address", 501, "5.1.3", "Bad recipient address syntax",
    "permanent: bad recipient address", "4.2.2",
    more="What stands after RCPT TO: is no valid address in angle brackets.", next="RCPT TO:<somebody@example.org>",
)  # fmt: skip
PARAMETER_UNKNOWN = named(
    "unknown parameter", 555, "5.5.4", "Parameter not recognized", "permanent: parameter not offered", "4.1.1.11",
    more="A parameter may be used only when the server has offered its extension in the EHLO reply.",
    next="the command without the parameter",
)  # fmt: skip
NOT_YET = named(
    "of a later year", 500, "5.5.2", "Command not recognized", "permanent: this server is too old", "4.2.4",
    more="The server speaks the SMTP of an earlier year, in which the command did not exist. ? era says more.",
    next="a command of that year", early="Command unrecognized",
)  # fmt: skip
NOT_IMPLEMENTED = named(
    "not implemented", 502, "5.5.1", "Command not implemented", "permanent: known, not offered", "4.2.4",
    more="The server recognizes the command, but does not offer it.", next="a command that the server has",
)  # fmt: skip
WRONG_ORDER = named(
    "wrong order", 503, "5.5.1", "{reason}", "permanent: wrong order", "4.1.4",
    more="The server knows the command, but does not take it in this phase.", next="",
)  # fmt: skip
NO_SUCH_USER = named(
    "no such user", 550, "5.1.1", "No such user here", "permanent: no such mailbox", "3.3",
    more="The domain is this server's own, and it has no mailbox of that name.", next="another name or address",
)  # fmt: skip
NOT_LOCAL = named(
    "not a user of this server", 550, "5.1.2", "Not a user of this server",
    "permanent: the domain is not ours", "3.5.3",
    more="The server verifies only its own mailboxes.", next="",
)  # fmt: skip
RELAY_DENIED = named(
    "relaying denied", 550, "5.7.1", "Relaying denied", "permanent: not for strangers", "3.6.2",
    more="A server that passed on mail from anyone to anyone would be used to send spam. So it does that only for "
    "computers of its own network (and, on real servers, for users who gave a password).",
    next="RCPT with a user of this server, or send through your own server",
)  # fmt: skip
TOO_MANY_RECIPIENTS = named(
    "too many recipients", 452, "4.5.3", "Too many recipients", "for now: send in two parts", "4.5.3.1.10",
    more="One transaction has room for a limited number of recipients. Those accepted so far still get the message.",
    next="the other recipients in a new transaction",
)  # fmt: skip
TOO_BIG = named(
    "message too big", 552, "5.3.4", "Message too big, the limit is {limit} octets",
    "permanent: over the size limit", "6.1",
    more="The server states its largest message in the SIZE line of its EHLO reply.",
    next="a smaller message", rfc=1870,
)  # fmt: skip
NO_ROOM = named(
    "no room", 452, "4.3.1", "Insufficient system storage", "for now: the server has no room", "4.2.2",
    more="The server has no room for the message, so it does not take it. It keeps nothing of it.",
    next="the same message again, later",
)  # fmt: skip
BAD_CONTENT = named(
    "message not acceptable", 554, "5.6.0", "{problem}", "permanent: the message breaks a rule", "2.3.8",
    more="The server read the whole message, but did not store it.", next="MAIL, and the message without the mistake",
)  # fmt: skip
LOOP = named(
    "routing loop", 554, "5.4.0", "Too many Received fields, this is a loop", "permanent: mail goes in a circle", "6.3",
    more="Each server adds one Received field. So many of them mean that servers hand the message round in a circle.",
    next="look at the Received fields of the message",
)  # fmt: skip

CHUNK_OK = named(
    "chunk accepted", 250, "2.0.0", "Chunk taken, size {size}, message so far {total}", "chunk taken, more may follow",
    "2",
    more="The server has counted the octets. The message is not complete: it stores nothing before BDAT with LAST.",
    next="BDAT size, or BDAT size LAST", rfc=3030,
)  # fmt: skip

WILL_FORWARD = named(
    "not local, will forward", 251, "2.1.5", "User not local, will forward to <{address}>",
    "elsewhere; mail is passed on", "3.3",
    more="The mailbox is on another server, and this one passes mail on to it. It has not asked that server.",
    next="", rfc=821,
)  # fmt: skip
LIST_VERIFIED = named(
    "mailing list verified", 250, "2.1.5", "{name} <{address}>", "a mailing list, not one mailbox", "3.5.1",
    more="The name is a mailing list of this server. Mail to its address goes to all members. EXPN asks who they are.",
    next="",
)  # fmt: skip
EXPANDED = named(
    "members of a list", 250, "2.1.5", "{first}", "a member of the list", "3.5.1",
    more="The name is a mailing list of this server. Each line of the reply gives one mailbox that mail to it goes to.",
    next="",
)  # fmt: skip
USER_EXPANDED = named(
    "one user, no list", 250, "2.1.5", "{first}", "one mailbox: a user, no list", "3.5.1",
    more="The name is a user, not a mailing list. The standard lets a server answer with that mailbox, or with 550.",
    next="",
)  # fmt: skip
CANNOT_EXPAND = named(
    "lists are not shown", 252, "2.5.0", "Cannot expand lists here", "neither yes nor no", "7.3",
    more="The server does not show who is on a list, so that nobody collects addresses. It says neither that the list "
    "exists nor that it does not. The standard asks for 252 in this case.",
    next="mail to the address of the list, if there is some",
)  # fmt: skip
NO_SUCH_LIST = named(
    "no such list", 550, "5.1.1", "No such list here", "permanent: no list of that name", "3.5.1",
    more="The server has no mailing list of that name, and no user either.", next="EXPN with another name",
)  # fmt: skip
LIST_CLOSED = named(
    "list not for you", 550, "5.7.0", "Access to this list denied", "permanent: members are not shown", "3.5.1",
    more="The list exists, and the server does not tell strangers who is on it. Mail to the list is taken anyway.",
    next="mail to the address of the list, if there is some",
)  # fmt: skip
NONE_WAITING = named(
    "no mail waits", 251, "2.0.0", "OK, no messages waiting for node {node}", "done: nothing waits there", "5.1",
    more="The outgoing queue of the server holds no message for that node.", next="", rfc=1985,
)  # fmt: skip
WAITING = named(
    "queue started", 253, "2.0.0", "OK, {count} pending messages for node {node} started", "done: so many wait", "5.1",
    more="The server starts its queue for that node. The messages go out on a connection that the server opens itself, "
    "never on this one: so nobody gets mail by claiming a name.",
    next="", rfc=1985,
)  # fmt: skip
NO_SUCH_QUEUE = named(
    "no such queue", 458, "4.3.0", "Unable to queue messages for node {node}", "for now: no such queue", "5.3",
    more="The sign # names a queue of the server instead of a host. Which queues there are is up to each server.",
    next="ETRN with the name of a host", rfc=1985,
)  # fmt: skip
NODE_NOT_ALLOWED = named(
    "node not allowed", 459, "4.7.1", "Node {node} not allowed: {reason}", "for now: not for this client", "5.1",
    more="The server starts its queue only for hosts that the client may speak for.",
    next="ETRN with the client's own host name", rfc=1985,
)  # fmt: skip
PRIORITY_CHANGED = named(
    "sender accepted, priority changed", 250, "2.3.6", "{priority} is the priority, Sender ok",
    "accepted with another priority", "4.1",
    more="The server takes the message with the priority that the reply names. Only a client that it trusts may raise "
    "a priority.",
    next="RCPT TO:<somebody@example.org>", rfc=6710,
)  # fmt: skip
TIME_TOO_SHORT = named(
    "time too short", 555, "5.5.4", "Time for delivery too short", "permanent: time under the minimum", "3",
    more="The number after DELIVERBY in the EHLO reply is the least time that the server takes with mode R.",
    next="MAIL with more time, or with mode N", rfc=2852,
)  # fmt: skip
DELIVERY_LATE = named(
    "delivery would be late", 455, "4.4.5", "Cannot deliver within that time now", "for now: too slow for BY", "4",
    more="The server knows the parameter BY, but cannot promise that time at this moment.",
    next="the same later, or MAIL with more time", rfc=2852,
)  # fmt: skip
ASCII_SENDER = named(
    "sender outside ASCII", 550, "5.6.7", "Sender address must be ASCII without SMTPUTF8",
    "permanent: say SMTPUTF8", "3.5",
    more="The return path has characters outside ASCII. That needs the parameter SMTPUTF8 at MAIL.",
    next="MAIL FROM:<address> SMTPUTF8", rfc=6531,
)  # fmt: skip
ASCII_RECIPIENT = named(
    "recipient outside ASCII", 553, "5.6.7", "Recipient address must be ASCII without SMTPUTF8",
    "permanent: MAIL did not say SMTPUTF8", "3.5",
    more="The recipient has characters outside ASCII. That needs the parameter SMTPUTF8 at MAIL.",
    next="RSET, then MAIL FROM:<address> SMTPUTF8", rfc=6531,
)  # fmt: skip
UTF8_WANTED = named(
    "name outside ASCII", 252, "2.6.8", "The address needs UTF-8, and the command did not say SMTPUTF8",
    "exists, not shown without SMTPUTF8", "3.7.4.2",
    more="A reply may have characters outside ASCII only where the client said SMTPUTF8 in the same command.",
    next="the command again, with SMTPUTF8 after the name", rfc=6531,
)  # fmt: skip
PARAMETER_NOT_IMPLEMENTED = named(
    "parameter not implemented", 504, "5.5.4", "Parameter not implemented", "permanent: parameter not offered", "4.2.2",
    more="The server knows the command, but does not take this parameter with it.",
    next="the command without the parameter",
)  # fmt: skip
TOO_MANY_MESSAGES = named(
    "too many messages", 452, "4.5.0", "Too many messages in this session", "for now: on a new connection", "4.1",
    more="The server takes a limited number of MAIL commands on one connection, and counts refused ones too. The "
    "LIMITS line of its EHLO reply says how many.",
    next="QUIT, then connect again", rfc=9422,
)  # fmt: skip
QUEUE_FULL = named(
    "queue full", 452, "4.3.1", "Queue is full, try again later", "for now: no room in the queue", "4.5.4.1",
    more="The server has no room for one message more. The client keeps the message in its queue and tries again.",
    next="the same later",
)  # fmt: skip
MAILBOX_FULL = named(
    "mailbox full", 452, "4.2.2", "Mailbox is full, try again later", "for now: no room in this mailbox", "3.3",
    more="The mailbox is full. Its user can make room by deleting messages, so a later try may succeed.",
    next="another recipient, or the same later", rfc=3463,
)  # fmt: skip
OVER_QUOTA = named(
    "over quota", 552, "5.2.2", "Mailbox is over its quota", "permanent: the mailbox has its share", "3.3",
    more="The server gives each user so many octets, and this user has used them up. With 552 the client does not try "
    "again, and the sender gets a report.",
    next="another recipient", rfc=3463,
)  # fmt: skip
GREYLISTED = named(
    "greylisted", 451, "4.7.1", "Greylisted, try again later", "for now: not seen before", "2.4",
    more="The server has not seen this client, sender and recipient together before. When some minutes have passed, "
    "it takes the same mail. A real server tries again.",
    next="the same later, as after :wait 5m", rfc=6647,
)  # fmt: skip
SENDER_BLOCKED = named(
    "sender blocked", 550, "5.7.1", "Mail from this sender is refused", "permanent: sender not wanted", "7.9",
    more="The server takes no mail with this return path. A server may refuse mail for reasons of its own.",
    next="another sender",
)  # fmt: skip
CONTENT_REFUSED = named(
    "content refused", 554, "5.7.1", "Message refused because of its content", "permanent: content not wanted", "6.2",
    more="The server has read the message and does not want it. It has not taken it over.",
    next="RSET, or MAIL for another message",
)  # fmt: skip
FAULT_NOW = named(
    "fault for now", 450, "4.0.0", "A fault was put in here, try again later", "for now: a fault put in", "4.2.1",
    more="Somebody wants the server to answer so. The digit 4 says that the same may work later.",
    next="the same later",
)  # fmt: skip
FAULT_FOR_GOOD = named(
    "fault for good", 550, "5.0.0", "A fault was put in here", "permanent: a fault put in", "4.2.1",
    more="Somebody wants the server to answer so. The digit 5 says that the same will not work later.",
    next="something else",
)  # fmt: skip

REPLIES = (
    GREETING, EHLO_OK, HELO_OK, SENDER_OK, RECIPIENT_OK, WILL_RELAY, START_INPUT, MESSAGE_OK, RESET, NOTHING_DONE,
    VERIFIED, CANNOT_VERIFY, AMBIGUOUS, HELP_TEXT, NO_HELP, CLOSING, TIMED_OUT, SHUTTING_DOWN, UNKNOWN_COMMAND,
    LINE_END, LINE_TOO_LONG, BAD_SYNTAX, BAD_SENDER, BAD_RECIPIENT, PARAMETER_UNKNOWN, NOT_IMPLEMENTED, WRONG_ORDER,
    NO_SUCH_USER, NOT_LOCAL, RELAY_DENIED, TOO_MANY_RECIPIENTS, TOO_BIG, NO_ROOM, BAD_CONTENT, LOOP,
    CHUNK_OK, NOT_YET, WILL_FORWARD, LIST_VERIFIED, EXPANDED, USER_EXPANDED, CANNOT_EXPAND, NO_SUCH_LIST, LIST_CLOSED,
    NONE_WAITING, WAITING, NO_SUCH_QUEUE, NODE_NOT_ALLOWED,
    PRIORITY_CHANGED, TIME_TOO_SHORT, DELIVERY_LATE, ASCII_SENDER, ASCII_RECIPIENT, UTF8_WANTED,
    PARAMETER_NOT_IMPLEMENTED, TOO_MANY_MESSAGES,
    QUEUE_FULL, MAILBOX_FULL, OVER_QUOTA, GREYLISTED, SENDER_BLOCKED, CONTENT_REFUSED, FAULT_NOW, FAULT_FOR_GOOD,
)  # fmt: skip
"""The list that tests walk: no reply stands outside it."""
