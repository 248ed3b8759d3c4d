"""Every status reply that the server can give, named once: status, response code, text, meaning, what to do next.

Braces are filled in when the reply is given. Where `next` is empty the phase says what is next.
"""

from mailshell.imap.wording import named

_FIX = "correct the line and send it again"
_NAMES = "LIST, which shows the names"

GREETING = named(
    "greeting", "OK", "{host} IMAP mailshell ready", "server ready", "7.1.1",
    more="The connection stands and the server is ready. A code in brackets lists what the server can do.", next="",
)  # fmt: skip
NO_SERVER = named(
    "no IMAP yet", "BYE", "no IMAP here before 1988", "this host is too old for IMAP", "7.1.5",
    more="The first IMAP that was published is of 1988 (RFC 1064). Before that a user logged in on the server and read "
    "the mail there.",
    next="a server of a later year",
)  # fmt: skip
CAPABILITY_DONE = named(
    "capabilities listed", "OK", "CAPABILITY completed", "that is what the server can do", "6.1.1",
    more="The untagged CAPABILITY before it lists the capabilities, each one word.", next="",
)  # fmt: skip
NOOP_DONE = named(
    "nothing done", "OK", "NOOP completed", "the server is alive", "6.1.2",
    more="NOOP changes nothing. What has changed in the open mailbox came before it, if anything has.", next="",
)  # fmt: skip
LOGGED_OUT = named(
    "logged out", "OK", "LOGOUT completed", "goodbye; BYE came first", "6.1.3",
    more="The server has said BYE, and this is the answer to LOGOUT. It closes the connection. Messages with \\Deleted "
    "are still there.",
    next="nothing: the connection is closed",
)  # fmt: skip
LOGGED_IN = named(
    "logged in", "OK", "LOGIN completed", "it is you", "6.2.3",
    more="The user is known, and may list and open mailboxes. A code in brackets lists what the server can do now.",
    next="",
)  # fmt: skip
BAD_LOGIN = named(
    "login refused", "NO", "Invalid user name or password", "no: name or password is wrong", "3",
    more="The server does not say which of the two is wrong.", next="", code="AUTHENTICATIONFAILED", rfc=5530,
)  # fmt: skip
NO_MAIL = named(
    "no mailboxes", "NO", "No mailboxes for this user", "right password, but no mailboxes", "3",
    more="The password was right, but the server has no INBOX for this user.",
    next="ask the people who run the server", code="CONTACTADMIN", rfc=5530,
)  # fmt: skip
CHALLENGE = named(
    "challenge", "+", "{challenge}", "go on: an answer in BASE64", "6.2.2",
    more="The mechanism wants an answer from the client. What stands after + is its question in BASE64, or nothing.",
    next="the answer in BASE64, or * to give up",
)  # fmt: skip
CANCELLED = named(
    "authentication given up", "BAD", "AUTHENTICATE cancelled", "given up, as the client wanted", "6.2.2",
    more="The client answered with one *, so the exchange is over and nobody is logged in.", next="",
)  # fmt: skip
BAD_BASE64 = named(
    "answer is no BASE64", "BAD", "The answer is no BASE64", "the answer cannot be read", "6.2.2",
    more="An answer in an exchange is one line of BASE64. The exchange is over.", next="AUTHENTICATE again",
)  # fmt: skip
NO_MECHANISM = named(
    "no such mechanism", "NO", "Unsupported authentication mechanism", "that way in is not offered", "6.2.2",
    more="The server does not have the mechanism. The capabilities that begin with AUTH= name those that it has.",
    next="LOGIN with your name and password", code="CANNOT",
)  # fmt: skip
SELECTED = named(
    "mailbox selected", "OK", "{verb} completed", "the mailbox is open", "6.3.1",
    more="The untagged responses before it say what is in the mailbox. [READ-WRITE] lets the session change it, "
    "[READ-ONLY] does not. UIDs mean the same as long as UIDVALIDITY is the same.",
    next="FETCH, SEARCH or STORE",
)  # fmt: skip
NO_SUCH_MAILBOX = named(
    "no such mailbox", "NO", "No such mailbox", "there is no mailbox of that name", "3",
    more="The user has no mailbox of that name. Names have case, but INBOX has none.", next=_NAMES, code="NONEXISTENT",
    rfc=5530,
)  # fmt: skip
NAME_TAKEN = named(
    "name taken", "NO", "There is a mailbox of that name", "the name is taken", "3",
    more="Two mailboxes of a user cannot have one name.", next="another name", code="ALREADYEXISTS", rfc=5530,
)  # fmt: skip
NAME_CANNOT = named(
    "name not possible", "NO", "Not with that name", "that cannot be done with that name", "3",
    more="The server cannot do that with this name, now or later.", next="another name", code="CANNOT", rfc=5530,
)  # fmt: skip
USE_CANNOT = named(
    "use not possible", "NO", "Not with that use", "the mailbox cannot be for that", "3",
    more="The server cannot give this use to the mailbox, so it did not make one.", next="CREATE without that use",
    code="USEATTR", rfc=6154,
)  # fmt: skip
MAILBOX_DONE = named(
    "mailbox command done", "OK", "{verb} completed", "done", "6.3",
    more="The server has done with the name of the mailbox what the command asked for.", next="",
)  # fmt: skip
LISTED = named(
    "names listed", "OK", "{verb} completed", "those were the names that fit", "6.3.8",
    more="Each untagged line before it has the attributes, the separator of levels and the name of a mailbox.",
    next="SELECT with one of the names",
)  # fmt: skip
STATUS_DONE = named(
    "status given", "OK", "STATUS completed", "the numbers came before it", "6.3.10",
    more="The untagged STATUS before it has the numbers. The mailbox was not opened for it.", next="",
)  # fmt: skip
GO_ON = named(
    "go on", "+", "Ready for a literal, size {size}", "go on: the octets of the literal", "4.3",
    more="The server has read the number in braces and takes so many octets, whatever they are.",
    next="the octets of the literal",
)  # fmt: skip
COUNTED = named(
    "literal without a wait", "", "", "the octets follow without a wait", "3",
    more="A plus sign stands in the braces: the client sends the octets without waiting for the server.",
    next="the octets of the literal", rfc=7888,
)  # fmt: skip
APPENDED = named(
    "message appended", "OK", "APPEND completed", "the message is in the mailbox", "6.3.11",
    more="The message is the newest one of the mailbox. [APPENDUID] has the UIDVALIDITY of the mailbox and the "
    "uid that the message got, or the uids of all messages of the command.",
    next="",
)  # fmt: skip
EMPTY = named(
    "message is empty", "NO", "The message is empty", "given up: a message has no octets", "6.3.11",
    more="A message without octets is an error. A client that wants to give APPEND up sends one. Nothing was stored.",
    next="", rfc=3502,
)  # fmt: skip
TRY_CREATE = named(
    "make the mailbox first", "NO", "No such mailbox", "there is no mailbox of that name", "6.3.11",
    more="The mailbox that messages should go to does not exist. [TRYCREATE] says that CREATE may help.",
    next="CREATE with that name, then the same again", code="TRYCREATE",
)  # fmt: skip
TOO_BIG = named(
    "message too big", "NO", "The message is too big", "this server does not take so much", "4",
    more="The message has more octets than the server takes. It was not stored.", next="a smaller message",
    code="TOOBIG", rfc=7888,
)  # fmt: skip
NO_ROOM = named(
    "no room", "NO", "No room", "nothing was changed: there is no room", "3",
    more="The server cannot write the change down. Nothing was changed.", next="the same again, later",
    code="UNAVAILABLE", rfc=5530,
)  # fmt: skip
OVER_QUOTA = named(
    "over quota", "NO", "The user has no room left", "the mailboxes of this user are full", "3",
    more="All mailboxes of the user together may have so many octets and no more.", next="remove messages first",
    code="OVERQUOTA", rfc=5530,
)  # fmt: skip
CHECKED = named(
    "checkpoint", "OK", "CHECK completed", "everything is written down", "6.4.1",
    more="This server writes each change down before it answers, so CHECK has nothing to do.", next="",
)  # fmt: skip
CLOSED = named(
    "mailbox closed", "OK", "{verb} completed", "no mailbox is open any more", "6.4.2",
    more="CLOSE removes the messages with \\Deleted and does not tell which. UNSELECT removes nothing.", next="",
)  # fmt: skip
EXPUNGED = named(
    "expunged", "OK", "EXPUNGE completed", "what had \\Deleted is gone", "6.4.3",
    more="Each untagged EXPUNGE before it has the sequence number of a message that is gone. All higher numbers went "
    "down by one each time.",
    next="",
)  # fmt: skip
CROWDED = named(
    "too many keywords", "NO", "Too many keywords", "the mailbox takes no more keywords", "3",
    more="A mailbox knows each keyword for good that a message in it ever had. This server has a limit for them, and "
    "changed nothing.",
    next="keywords that FLAGS has named", code="LIMIT", rfc=5530,
)  # fmt: skip
READ_ONLY = named(
    "mailbox is read-only", "NO", "The mailbox is read-only", "EXAMINE opened it, nothing can change", "7.1",
    more="EXAMINE opens a mailbox so that nothing in it changes.", next="SELECT, which opens it for changes",
    code="READ-ONLY",
)  # fmt: skip
FETCHED = named(
    "fetched", "OK", "FETCH completed", "what was asked for came before it", "6.4.5",
    more="Each untagged FETCH before it has what was asked of one message.", next="",
)  # fmt: skip
PIECE = named(
    "a piece of an answer", "part", "", "the answer is long, and comes in pieces", "5.5",
    more="The server serves other clients between two pieces of a long answer. The line with the tag comes at the "
    "end of the last one.", next="",
)  # fmt: skip
STORED = named(
    "flags stored", "OK", "STORE completed", "the flags are changed", "6.4.6",
    more="The untagged FETCH responses before it have the flags as they are now. With .SILENT there are none.", next="",
)  # fmt: skip
MODIFIED = named(
    "some had changed", "OK", "STORE completed, but not for messages that had changed",
    "not done where flags had changed", "3.1.3",
    more="UNCHANGEDSINCE lets STORE work only on messages that nobody has changed since that mod-sequence. With +FLAGS "
    "and -FLAGS the flags in the command alone count. [MODIFIED] has the others. Their flags are as they were.",
    next="look at these messages, then STORE again", rfc=7162,
)  # fmt: skip
COPIED = named(
    "copied", "OK", "COPY completed", "the copies are in the other mailbox", "6.4.7",
    more="The messages are in both mailboxes now. [COPYUID] has the UIDVALIDITY of the other mailbox, the uids here, "
    "and the uids there.",
    next="",
)  # fmt: skip
MOVED = named(
    "moved", "OK", "MOVE completed", "the messages are in the other mailbox", "3.3",
    more="The messages are in the other mailbox alone. [COPYUID] came first, with the uids here and there, then "
    "EXPUNGE for each message that is gone here. [HIGHESTMODSEQ] is for a client that has asked for mod-sequences.",
    next="", rfc=6851,
)  # fmt: skip
SEARCHED = named(
    "searched", "OK", "SEARCH completed", "those are the messages that fit", "6.4.4",
    more="The untagged SEARCH before it has the numbers of the messages that fit all the keys.",
    next="FETCH with the numbers",
)  # fmt: skip
SORTED = named(
    "sorted", "OK", "SORT completed", "those fit, in that order", "3",
    more="The untagged SORT before it has the numbers of the messages that fit, in the order that was asked for.",
    next="FETCH with the numbers", rfc=5256,
)  # fmt: skip
THREADED = named(
    "threaded", "OK", "THREAD completed", "those fit, as trees", "3",
    more="The untagged THREAD before it has the numbers of the messages that fit, each thread in parentheses.",
    next="FETCH with the numbers", rfc=5256,
)  # fmt: skip
BAD_CHARSET = named(
    "charset not known", "NO", "The charset is not known", "this server cannot read that charset", "6.4.4",
    more="The strings of a search come in a charset. A code in brackets lists those that the server reads.",
    next="SEARCH CHARSET UTF-8", code="BADCHARSET (US-ASCII UTF-8)",
)  # fmt: skip
SOME_GONE = named(
    "some messages are gone", "NO", "Some of the messages are gone", "another session has removed some", "3",
    more="Some of the messages were removed by another session, and this one has not been told yet. What is left of "
    "the command was done.",
    next="NOOP, which tells what is gone", code="EXPUNGEISSUED", rfc=5530,
)  # fmt: skip
COPY_GONE = named(
    "copy given up", "NO", "Some of the messages are gone", "some were removed; nothing was copied", "4.4.1",
    more="Another session has removed some of the messages. COPY and MOVE take all messages or none, so nothing was "
    "copied. The untagged EXPUNGE before it says what is gone.",
    next="the same with the new numbers", code="EXPUNGEISSUED", rfc=2180,
)  # fmt: skip
UNREADABLE = named(
    "message unreadable", "NO", "A message cannot be read", "the server cannot read its own file", "3",
    more="The message is in the mailbox, but the server cannot read its octets.",
    next="ask the people who run the server", code="SERVERBUG", rfc=5530,
)  # fmt: skip
UNKNOWN_CTE = named(
    "encoding not known", "NO", "Unknown content transfer encoding", "the server cannot decode or keep that", "4.3",
    more="BINARY asks for a part without its transfer encoding, and the server does not know the encoding. Or APPEND "
    "brought octets that no encoding of the message allows.",
    next="FETCH BODY[...], and decode it", code="UNKNOWN-CTE", rfc=3516,
)  # fmt: skip
IDLING = named(
    "idling", "+", "idling", "the server tells what changes", "3",
    more="From now on the server says what happens in the mailbox as it happens.", next="DONE", rfc=2177,
)  # fmt: skip
IDLE_DONE = named(
    "idle ended", "OK", "IDLE completed", "the server reads commands again", "3",
    more="DONE ended IDLE. The tag is that of the IDLE command.", next="", rfc=2177,
)  # fmt: skip
NOT_DONE = named(
    "no DONE", "BAD", "Expected DONE", "only DONE may come in IDLE", "3",
    more="While IDLE lasts the client sends nothing but DONE. This line ended it.", next="the command again", rfc=2177,
)  # fmt: skip
NAMESPACES = named(
    "namespaces listed", "OK", "NAMESPACE completed", "where mailboxes have their names", "5",
    more="The untagged NAMESPACE has three lists: names of the user, of other users, and shared ones. NIL: none.",
    next="LIST", rfc=2342,
)  # fmt: skip
IDENTIFIED = named(
    "identified", "OK", "ID completed", "the programs know each other's names", "3.1",
    more="Client and server have told which programs they are. No program may behave otherwise because of it.", next="",
    rfc=2971,
)  # fmt: skip
ENABLED = named(
    "enabled", "OK", "ENABLE completed", "what ENABLED names is on now", "3.1",
    more="The untagged ENABLED names what is on now. A name that the server does not know is passed over.", next="",
    rfc=5161,
)  # fmt: skip
NO_TAG = named(
    "no tag", "BAD", "Missing or wrong tag", "the line has no tag", "2.2.1",
    more="Each command begins with a tag that the client makes up, as in a1. The answer has the same tag, so that "
    "answers and commands can be matched. The server answers with * where it found no tag.",
    next="a command with a tag before it, as in a1 NOOP",
)  # fmt: skip
UNKNOWN_COMMAND = named(
    "command unknown", "BAD", "Command unknown", "no such command", "7.1.3",
    more="The server does not know the word after the tag.", next=_FIX,
)  # fmt: skip
NOT_OFFERED = named(
    "command not offered", "BAD", "Command not offered", "known, but not offered here", "7.1.3",
    more="The server knows the command and does not carry it out. CAPABILITY lists what it can do.", next="CAPABILITY",
)  # fmt: skip
LINE_END = named(
    "bare line feed", "BAD", "Line ends in LF without CR", "the line ends in LF alone", "2.2",
    more="Every line of IMAP ends in CR LF. The server took the line and carried out nothing.", next=_FIX,
)  # fmt: skip
TOO_LONG = named(
    "command too long", "BAD", "Command too long", "more than the server takes", "3.2.1.5",
    more="The command with its literals is longer than the server takes. It carried out nothing.", next=_FIX, rfc=2683,
)  # fmt: skip
BAD_SYNTAX = named(
    "bad argument", "BAD", "Syntax error in arguments", "argument not understood", "7.1.3",
    more="The server knows the command, but what follows it does not fit the grammar.", next=_FIX,
)  # fmt: skip
VALUE_CANNOT = named(
    "value not possible", "NO", "An argument names what cannot be", "the form is right, but that cannot be", "7.1.2",
    more="The command has its right form, so the answer is not BAD. But one of its arguments names what cannot be: a "
    "day that no calendar has, a flag that nobody has defined, a name that is no modified UTF-7.",
    next=_FIX, code="CANNOT",
)  # fmt: skip
WITH_NUL = named(
    "NUL in a literal", "BAD", "A literal has no NUL", "the octet NUL is in no string of IMAP", "4.3.1",
    more="A literal may have any octet but NUL. With BINARY a message with NUL may come with a tilde: ~{310}.",
    next="the message without NUL",
)  # fmt: skip
LONE_LF = named(
    "LF without CR", "NO", "The message has lines that end in LF without CR", "the lines of a message end in CR LF",
    "6.3.11",
    more="APPEND brings a message by RFC 5322, in which each line ends in CR LF. A strict server takes no other.",
    next="the message with CR LF at the end of each line",
)  # fmt: skip
NO_SUCH_NUMBER = named(
    "no such message", "BAD", "No such sequence number", "there is no message of that number", "9",
    more="Sequence numbers go from 1 to the number of messages: what EXISTS said last, less one for each EXPUNGE after "
    "it. A command with another one is refused whole.",
    next="the numbers that there are",
)  # fmt: skip
LITERAL_REFUSED = named(
    "literal refused", "BAD", "Literal not accepted here", "the server does not take this literal", "7.5",
    more="Where the server does not want a literal it answers instead of asking for the octets.", next=_FIX,
)  # fmt: skip
ABSURD_LITERAL = named(
    "absurd literal", "BYE", "Literal is too big", "the server closes: too much announced", "4",
    more="The client announced more octets than a number of IMAP can say, and would send them without waiting.",
    next="connect again", code="TOOBIG", rfc=7888,
)  # fmt: skip
LOG_IN_FIRST = named(
    "not logged in", "BAD", "Log in first", "wrong order: nobody is logged in", "3.1",
    more="The command needs a user, and nobody has logged in on this connection.", next="",
)  # fmt: skip
SELECT_FIRST = named(
    "no mailbox open", "BAD", "No mailbox selected", "wrong order: no mailbox is open", "3.3",
    more="The command works on messages, so a mailbox must be open.", next="SELECT INBOX",
)  # fmt: skip
ALREADY_IN = named(
    "already logged in", "BAD", "Already logged in", "wrong order: the user is known", "3.1",
    more="The command belongs to the time before the login. Another user needs another connection.",
    next="LOGOUT, then connect again",
)  # fmt: skip
NOT_NOW = named(
    "not with a mailbox open", "BAD", "Not while a mailbox is selected", "wrong order: a mailbox is open", "3.1",
    more="The command comes after the login and before a mailbox is opened.", next="CLOSE first", rfc=5161,
)  # fmt: skip
FAULT_NOW = named(
    "fault for now", "NO", "A fault was put in here, try again later", "for now: a fault put in", "3",
    more="Somebody wants the server to answer so. [UNAVAILABLE] says that the same may work later.",
    next="the same again, later", code="UNAVAILABLE", rfc=5530,
)  # fmt: skip
FAULT_FOR_GOOD = named(
    "fault for good", "NO", "A fault was put in here", "permanent: a fault put in", "3",
    more="Somebody wants the server to answer so. [CONTACTADMIN] says that somebody must mend the server first.",
    next="something else", code="CONTACTADMIN", rfc=5530,
)  # fmt: skip
CHANGED = named(
    "mailbox changed", "OK", "", "the server tells what happened", "5.2",
    more="A server may say what happens in the open mailbox at any time when it may say something.", next="",
)  # fmt: skip
TIMED_OUT = named(
    "timed out", "BYE", "Autologout; idle for too long", "the server closes: nothing came", "5.4",
    more="Nothing came from the client for half an hour. Nothing was removed.", next="connect again",
)  # fmt: skip
SHUTTING_DOWN = named(
    "shutting down", "BYE", "Server shutting down", "the server closes: it is stopped", "7.1.5",
    more="The server is being stopped. What was answered with OK is safe.", next="connect again, later",
)  # fmt: skip

REPLIES = (
    GREETING, NO_SERVER, CAPABILITY_DONE, NOOP_DONE, LOGGED_OUT, LOGGED_IN, BAD_LOGIN, NO_MAIL, CHALLENGE, CANCELLED,
    BAD_BASE64, NO_MECHANISM, SELECTED, NO_SUCH_MAILBOX, NAME_TAKEN, NAME_CANNOT, MAILBOX_DONE, LISTED, STATUS_DONE,
    GO_ON, COUNTED, APPENDED, EMPTY, TRY_CREATE, TOO_BIG, NO_ROOM, OVER_QUOTA, CHECKED, CLOSED, EXPUNGED, READ_ONLY,
    FETCHED, PIECE, STORED, MODIFIED, COPIED, MOVED, SEARCHED, SORTED, THREADED, BAD_CHARSET, SOME_GONE, UNREADABLE,
    UNKNOWN_CTE, IDLING, IDLE_DONE, NOT_DONE, NAMESPACES, IDENTIFIED, ENABLED, NO_TAG, UNKNOWN_COMMAND, NOT_OFFERED,
    LINE_END, TOO_LONG, BAD_SYNTAX, VALUE_CANNOT, WITH_NUL, LONE_LF, NO_SUCH_NUMBER, LITERAL_REFUSED, ABSURD_LITERAL,
    LOG_IN_FIRST, SELECT_FIRST, ALREADY_IN, NOT_NOW, FAULT_NOW, FAULT_FOR_GOOD, CHANGED, TIMED_OUT, SHUTTING_DOWN,
    USE_CANNOT, COPY_GONE, CROWDED,
)  # fmt: skip
"""The list that tests walk: no reply stands outside it."""
