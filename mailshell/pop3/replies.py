"""Every reply that the server can give, named once: status, response code, text, meaning, what to do next.

The first text is English, the second German, for LANG; `classic` are the words of the lecture's slides where a slide
shows the reply. Braces are filled in when the reply is given. Where `next` is empty the phase says what is next.
"""

from mailshell.pop3.wording import FIRST_LINE, named

_FIX = "correct the line and send it again"
_NUMBER = "LIST, which shows the numbers"

GREETING = named(
    "greeting", "+OK", "{host} POP3 mailshell ready{stamp}", "{host} POP3 mailshell bereit{stamp}",
    "server ready", "4",
    more="The connection stands and the server is ready. A timestamp in angle brackets says that APOP is there.",
    next="", classic="POP3 server ready",
)  # fmt: skip
NO_SERVER = named(
    "no post office yet", "-ERR", "no post office protocol here before 1984", "vor 1984 gibt es hier kein POP",
    "this host is too old for POP3", "1",
    more="The first Post Office Protocol came in 1984 (RFC 918), and POP3 in 1988 (RFC 1081). Before that a user "
    "logged in on the server and read the mail there.",
    next="a server of a later year",
)  # fmt: skip
USER_OK = named(
    "user named", "+OK", "Send the password", "Bitte das Passwort", "go on: the password now", "7",
    more="The server has heard the name. It says +OK to any name, so that nobody finds out which users there are.",
    next="", classic="",
)  # fmt: skip
LOGGED_IN = named(
    "logged in", "+OK", "Maildrop locked, {messages}, {octets} octets",
    "Postfach gesperrt, {nachrichten}, {octets} Oktette", "it is you; the maildrop is open", "4",
    more="The server has opened the maildrop and locked it for this session. The numbers of the messages stay the same "
    "until QUIT, and what arrives from now on is shown in the next session.",
    next="STAT or LIST", classic="user successfully logged on",
)  # fmt: skip
BAD_LOGIN = named(
    "login refused", "-ERR", "Invalid user name or password", "Benutzername oder Passwort falsch",
    "no: name or password is wrong", "7",
    more="The server does not say which of the two is wrong. With [AUTH] a program knows that it must ask its user.",
    next="", code="AUTH",
)  # fmt: skip
IN_USE = named(
    "maildrop in use", "-ERR", "Maildrop is in use by another session",
    "Das Postfach ist in einer anderen Sitzung offen",
    "right password, but it is locked", "8.1.2",
    more="One session at a time may open a maildrop. Another one has it now: it must QUIT, or its connection must end.",
    next="the same again, later", code="IN-USE", rfc=2449,
)  # fmt: skip
TOO_SOON = named(
    "login too soon", "-ERR", "Wait {seconds} seconds between logins", "Zwischen Anmeldungen {seconds} Sekunden warten",
    "right password, but too early", "8.1.1",
    more="The server wants some time between two logins of a user, because opening a maildrop is work. The LOGIN-DELAY "
    "line of CAPA says how much.",
    next="the same again, later", code="LOGIN-DELAY", rfc=2449,
)  # fmt: skip
NO_MAILDROP = named(
    "no maildrop", "-ERR", "The maildrop cannot be opened", "Das Postfach kann nicht ge\u00f6ffnet werden",
    "right password, but no maildrop", "4",
    more="The password was right, but the server has no mailbox for this user. Trying again does not help.",
    next="ask the people who run the server", code="SYS/PERM", rfc=3206,
)  # fmt: skip
NO_LOGIN_NOW = named(
    "no login now", "-ERR", "The server has no room, try later", "Der Server hat keinen Platz, bitte sp\u00e4ter",
    "right password, but no room", "4",
    more="The server must write down the moment of a login, and could not. It is likely to work later.",
    next="the same again, later", code="SYS/TEMP", rfc=3206,
)  # fmt: skip
DROP_LISTING = named(
    "drop listing", "+OK", "{count} {octets}", "{count} {octets}", "messages, and octets together", "5",
    more="The first number counts the messages, the second their octets. What is marked as deleted is not counted.",
    next="LIST, or RETR with a number",
)  # fmt: skip
SCAN_LISTING = named(
    "scan listing", "+OK", "{messages} ({octets} octets)", "{nachrichten} ({octets} Oktette)",
    "a line for each message follows", "5",
    more="Each line has the number of a message and its size in octets, stuffed dots not counted. A line with one dot "
    "ends the list.",
    next="RETR with a number", off_slide=FIRST_LINE,
)  # fmt: skip
SCAN_LINE = named(
    "scan listing of one message", "+OK", "{number} {octets}", "{number} {octets}", "number and size in octets", "5",
    more="The number of the message and its size in octets, stuffed dots not counted.", next="RETR with the number",
)  # fmt: skip
UNIQUE_LISTING = named(
    "unique-id listing", "+OK", "Unique-id listing follows", "Eindeutige Kennungen folgen",
    "a line for each message follows", "7",
    more="Each line has the number of a message and its unique-id. Numbers change from session to session, the "
    "unique-id stays. So a client that leaves mail on the server knows what it has seen.",
    next="RETR with a number that is new",
)  # fmt: skip
UNIQUE_LINE = named(
    "unique-id of one message", "+OK", "{number} {id}", "{number} {id}", "number and unique-id", "7",
    more="The number of the message and its unique-id, which stays the same in every session.",
    next="RETR with the number",
)  # fmt: skip
MESSAGE = named(
    "message follows", "+OK", "{octets} octets", "{octets} Oktette", "the message, then a line with one dot", "5",
    more="The message follows as it was stored. A line of it that begins with a dot gets one dot more, and the client "
    "takes it off. A line with one dot ends the answer.",
    next="DELE with the number, or the next RETR", off_slide=FIRST_LINE,
)  # fmt: skip
TOP_OF_MESSAGE = named(
    "top of message follows", "+OK", "Top of message follows", "Anfang der Nachricht folgt",
    "header and first lines follow", "7",
    more="The header follows, the empty line after it, and as many lines of the body as were asked for.",
    next="RETR with the number, for all of it",
)  # fmt: skip
MARKED = named(
    "marked as deleted", "+OK", "Message {number} marked for deletion", "Nachricht {number} zum L\u00f6schen markiert",
    "marked, gone after QUIT", "5",
    more="The message is still there. QUIT removes it, RSET takes the mark off, and a connection that breaks removes "
    "nothing.",
    next="",
)  # fmt: skip
NO_SUCH_MESSAGE = named(
    "no such message", "-ERR", "No such message, the maildrop has {messages}",
    "Keine solche Nachricht, das Postfach hat {nachrichten}", "there is no message of that number", "5",
    more="Messages have the numbers that they got at login, from 1 without a gap.", next=_NUMBER,
)  # fmt: skip
ALREADY_MARKED = named(
    "message is marked", "-ERR", "Message {number} is marked for deletion",
    "Nachricht {number} ist zum L\u00f6schen markiert", "marked as deleted in this session", "5",
    more="A message that is marked as deleted cannot be used in this session. RSET takes all marks off.",
    next="RSET, or another number",
)  # fmt: skip
UNREADABLE = named(
    "message unreadable", "-ERR", "The message cannot be read", "Die Nachricht kann nicht gelesen werden",
    "the server cannot read its own file", "4",
    more="The message is in the list, but the server cannot read its octets. Trying again does not help.",
    next="ask the people who run the server", code="SYS/PERM", rfc=3206,
)  # fmt: skip
NEEDS_UTF8 = named(
    "message needs UTF-8", "-ERR", "The message needs UTF-8 mode", "Die Nachricht braucht den UTF-8-Modus",
    "say UTF8 before you log in", "5",
    more="The header of the message has characters outside ASCII. A server sends it only to a client that has said "
    "UTF8, because an old client could not read it.",
    next="QUIT, then UTF8 before USER", code="UTF8", rfc=6856,
)  # fmt: skip
NOTHING_DONE = named(
    "nothing done", "+OK", "Nothing done", "Nichts getan", "the server is alive", "5",
    more="NOOP changes nothing. It shows that the server still answers, and the clock of the autologout starts anew.",
    next="",
)  # fmt: skip
UNMARKED = named(
    "marks taken off", "+OK", "Maildrop has {messages} ({octets} octets)",
    "Das Postfach hat {nachrichten} ({octets} Oktette)", "nothing is marked any more", "5",
    more="RSET takes the marks off all messages of the session. It does not end the session.", next="",
)  # fmt: skip
CLOSING = named(
    "closing", "+OK", "{host} POP3 server signing off", "{host} POP3-Server meldet sich ab",
    "goodbye, the server closes", "4",
    more="No maildrop was open, so there was nothing to remove.", next="nothing: the connection is closed",
    classic="POP3 server signing off",
)  # fmt: skip
UPDATED = named(
    "maildrop updated", "+OK", "{host} POP3 server signing off ({messages} left)",
    "{host} POP3-Server meldet sich ab (noch {nachrichten})", "what was marked is gone, goodbye", "6",
    more="The server has removed what was marked as deleted, and has given the lock back. With this +OK the removal is "
    "safe on the disk of the server.",
    next="nothing: the connection is closed", classic="POP3 server signing off",
)  # fmt: skip
NOT_REMOVED = named(
    "nothing removed", "-ERR", "Deleted messages not removed", "Gel\u00f6schte Nachrichten nicht entfernt",
    "the maildrop is as it was", "6",
    more="The server could not write the change down. It has removed no message and closes all the same.",
    next="the same in a new session", code="SYS/TEMP",
)  # fmt: skip
CAPABILITIES = named(
    "capability list", "+OK", "Capability list follows", "Liste der F\u00e4higkeiten folgt",
    "what the server can do, a line each", "5",
    more="One capability a line, with its arguments. A line with one dot ends the list.", next="", rfc=2449,
)  # fmt: skip
UTF8_ON = named(
    "UTF-8 mode", "+OK", "UTF-8 mode on", "UTF-8-Modus an", "messages may come in UTF-8", "2.1",
    more="From now on the server sends messages whose header has characters outside ASCII as they are.",
    next="", rfc=6856,
)  # fmt: skip
LANGUAGE = named(
    "language changed", "+OK", "en Language changed to English", "de Sprache ist jetzt Deutsch",
    "texts come in that language", "3.2",
    more="The text after +OK and -ERR is in the language that the reply names, this reply included. It is for people: "
    "a program reads the status and the code.",
    next="", rfc=6856,
)  # fmt: skip
LANGUAGES = named(
    "language listing", "+OK", "Language listing follows", "Liste der Sprachen folgt",
    "the languages of the server", "3.2",
    more="Each line has a language tag and the name of the language in that language. A line with one dot ends it.",
    next="LANG with one of the tags", rfc=6856,
)  # fmt: skip
NO_SUCH_LANGUAGE = named(
    "no such language", "-ERR", "The server does not speak that language", "Der Server spricht diese Sprache nicht",
    "the language stays as it was", "3.2",
    more="The server has no texts in that language.", next="LANG, which lists the languages", rfc=6856,
)  # fmt: skip
CHALLENGE = named(
    "challenge", "+", "{challenge}", "{challenge}", "go on: an answer in BASE64", "4",
    more="The mechanism wants an answer from the client. What stands after + is its question in BASE64, or nothing.",
    next="the answer in BASE64, or *", rfc=5034,
)  # fmt: skip
CANCELLED = named(
    "authentication given up", "-ERR", "Authentication cancelled", "Anmeldung abgebrochen",
    "the client gave up", "4",
    more="A line with one * gives an exchange up. The session is where it was before AUTH.", next="", rfc=5034,
)  # fmt: skip
BAD_BASE64 = named(
    "answer is no BASE64", "-ERR", "Invalid BASE64, authentication cancelled",
    "Ung\u00fcltiges BASE64, Anmeldung abgebrochen",
    "the answer cannot be read", "4",
    more="An answer has the letters of BASE64 only, in groups of four, and = at its end only.", next="AUTH again",
    rfc=5034,
)  # fmt: skip
NO_MECHANISM = named(
    "no such mechanism", "-ERR", "The server has no such mechanism", "Der Server hat keinen solchen Mechanismus",
    "the way to log in is not offered", "4",
    more="The SASL line of CAPA lists the mechanisms of a server. A server without that line has none.",
    next="", rfc=5034,
)  # fmt: skip
UNKNOWN_COMMAND = named(
    "unknown command", "-ERR", "Unknown command", "Unbekannter Befehl", "no such command", "3",
    more="The first word of the line is no command that this server knows.", next=_FIX,
)  # fmt: skip
NOT_YET = named(
    "of a later year", "-ERR", "Unknown command", "Unbekannter Befehl", "this server is too old", "3",
    more="The server speaks the POP3 of an earlier year, in which the command did not exist.",
    next="a command of that year",
)  # fmt: skip
NOT_OFFERED = named(
    "not offered", "-ERR", "Command not offered", "Befehl nicht angeboten", "known, not offered", "3",
    more="The server recognizes the command, but does not offer it.", next="a command that the server has",
)  # fmt: skip
LINE_END = named(
    "wrong line end", "-ERR", "Line must end in CR LF", "Die Zeile muss mit CR LF enden", "bare LF", "3",
    more="A line of POP3 ends in two octets, CR and LF. This one ended in LF alone, so the server ignored it.",
    next=_FIX,
)  # fmt: skip
LINE_TOO_LONG = named(
    "line too long", "-ERR", "Line too long", "Zeile zu lang", "over the limit", "4",
    more="A command line has 255 octets at most, CR LF included. The server ignored this one.", next=_FIX, rfc=2449,
)  # fmt: skip
BAD_SYNTAX = named(
    "bad argument", "-ERR", "Syntax error in argument", "Fehler im Argument", "argument not understood", "3",
    more="The server knows the command, but what follows it does not fit the grammar.", next=_FIX,
)  # fmt: skip
LOG_IN_FIRST = named(
    "not logged in", "-ERR", "Log in first", "Bitte zuerst anmelden", "wrong order: no maildrop is open", "4",
    more="The command needs an open maildrop, and nobody has logged in on this connection.", next="",
)  # fmt: skip
NAME_FIRST = named(
    "no user named", "-ERR", "USER first", "Zuerst USER", "wrong order: no user is named", "7",
    more="PASS is legal right after USER was accepted, and at no other time.", next="",
)  # fmt: skip
PASSWORD_FIRST = named(
    "password expected", "-ERR", "PASS or QUIT expected", "PASS oder QUIT erwartet",
    "wrong order: PASS comes next", "7",
    more="After USER was accepted the server waits for PASS, or for QUIT.", next="",
)  # fmt: skip
ALREADY_IN = named(
    "already logged in", "-ERR", "Already logged in", "Schon angemeldet", "wrong order: the maildrop is open", "5",
    more="The command belongs to the time before the login. Another user needs another session.",
    next="QUIT, then connect again",
)  # fmt: skip
FAULT_NOW = named(
    "fault for now", "-ERR", "A fault was put in here, try again later",
    "Hier ist eine St\u00f6rung eingebaut, bitte sp\u00e4ter", "for now: a fault put in", "4",
    more="Somebody wants the server to answer so. [SYS/TEMP] says that the same may work later.",
    next="the same again, later", code="SYS/TEMP", rfc=3206,
)  # fmt: skip
FAULT_FOR_GOOD = named(
    "fault for good", "-ERR", "A fault was put in here", "Hier ist eine St\u00f6rung eingebaut",
    "permanent: a fault put in", "4",
    more="Somebody wants the server to answer so. [SYS/PERM] says that somebody must mend the server first.",
    next="something else", code="SYS/PERM", rfc=3206,
)  # fmt: skip

REPLIES = (
    FAULT_NOW, FAULT_FOR_GOOD,
    GREETING, NO_SERVER, USER_OK, LOGGED_IN, BAD_LOGIN, IN_USE, TOO_SOON, NO_MAILDROP, NO_LOGIN_NOW, DROP_LISTING,
    SCAN_LISTING, SCAN_LINE, UNIQUE_LISTING, UNIQUE_LINE, MESSAGE, TOP_OF_MESSAGE, MARKED, NO_SUCH_MESSAGE,
    ALREADY_MARKED, UNREADABLE, NEEDS_UTF8, NOTHING_DONE, UNMARKED, CLOSING, UPDATED, NOT_REMOVED, CAPABILITIES,
    UTF8_ON, LANGUAGE, LANGUAGES, NO_SUCH_LANGUAGE, CHALLENGE, CANCELLED, BAD_BASE64, NO_MECHANISM, UNKNOWN_COMMAND,
    NOT_YET, NOT_OFFERED, LINE_END, LINE_TOO_LONG, BAD_SYNTAX, LOG_IN_FIRST, NAME_FIRST, PASSWORD_FIRST, ALREADY_IN,
)  # fmt: skip
"""The list that tests walk: no reply stands outside it."""
