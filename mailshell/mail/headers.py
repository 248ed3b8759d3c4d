"""What the fields of a header are for, in one line each, and where that stands."""

from mailshell.core.record import Card, Cite

_FIELDS: tuple[tuple[str, str, int, str], ...] = (
    ("Return-Path", "the MAIL FROM address, at delivery", 5321, "4.4"),
    ("Received", "one hop; each server adds one on top", 5321, "4.4"),
    ("Delivered-To", "the address it was delivered to", 9228, "4"),
    ("Date", "when the author finished the message", 5322, "3.6.1"),
    ("From", "the author, as the message claims", 5322, "3.6.2"),
    ("Sender", "who sent it for the author", 5322, "3.6.2"),
    ("Reply-To", "where replies should go", 5322, "3.6.2"),
    ("To", "for readers; RCPT TO names recipients", 5322, "3.6.3"),
    ("Cc", "copy to: other recipients, for readers", 5322, "3.6.3"),
    ("Bcc", "recipients hidden from the others", 5322, "3.6.3"),
    ("Message-ID", "a name that no other message has", 5322, "3.6.4"),
    ("In-Reply-To", "the message that this one answers", 5322, "3.6.4"),
    ("References", "earlier messages of the thread", 5322, "3.6.4"),
    ("Subject", "the topic", 5322, "3.6.5"),
    ("Comments", "remarks on the text", 5322, "3.6.5"),
    ("Keywords", "important words of the message", 5322, "3.6.5"),
    ("Resent-Date", "sent on by a user: when", 5322, "3.6.6"),
    ("Resent-From", "sent on by a user: by whom", 5322, "3.6.6"),
    ("Resent-Sender", "sent on by a user: who sent it", 5322, "3.6.6"),
    ("Resent-To", "sent on by a user: to whom", 5322, "3.6.6"),
    ("Resent-Cc", "sent on by a user: copy to whom", 5322, "3.6.6"),
    ("Resent-Bcc", "sent on by a user: hidden recipients", 5322, "3.6.6"),
    ("Resent-Message-ID", "sent on by a user: its own name", 5322, "3.6.6"),
    ("MIME-Version", "the message is by the MIME rules", 2045, "4"),
    ("Content-Type", "what the body is", 2045, "5"),
    ("Content-Transfer-Encoding", "how the body is encoded for its way", 2045, "6"),
    ("Content-ID", "a name for this part", 2045, "7"),
    ("Content-Description", "what this part shows, in words", 2045, "8"),
    ("Content-Disposition", "show it, or keep it as a file", 2183, "2"),
    ("Content-Language", "the language of the text", 3282, "2"),
    ("Content-MD5", "a check sum of the part", 1864, "2"),
    ("Content-Location", "an address of the part", 4021, "2.2.7"),
    ("Content-Duration", "how many seconds sound or film last", 4021, "2.2.13"),
    ("List-Help", "mailing list: how to get help", 2369, "3.1"),
    ("List-Unsubscribe", "mailing list: how to leave", 2369, "3.2"),
    ("List-Subscribe", "mailing list: how to join", 2369, "3.3"),
    ("List-Post", "mailing list: how to post", 2369, "3.4"),
    ("List-Owner", "mailing list: how to reach the owner", 2369, "3.5"),
    ("List-Archive", "mailing list: where old mail is", 2369, "3.6"),
    ("List-ID", "the name of the mailing list", 2919, "3"),
    ("List-Unsubscribe-Post", "mailing list: leave by one click", 8058, "3.1"),
    ("DKIM-Signature", "a signature by the sending domain", 6376, "3.5"),
    ("Authentication-Results", "what the receiving side checked", 8601, "2.2"),
    ("Received-SPF", "may this server send for the domain?", 7208, "9.1"),
    ("ARC-Seal", "a forwarder signs its ARC fields", 8617, "4.1.3"),
    ("ARC-Message-Signature", "a forwarder signs the message", 8617, "4.1.2"),
    ("ARC-Authentication-Results", "what a forwarder checked", 8617, "4.1.1"),
    ("TLS-Required", "No: deliver even without TLS", 8689, "3"),
    ("Require-Recipient-Valid-Since", "only if the owner is still the same", 7293, "3.2"),
    ("MT-Priority", "the priority on the way", 6758, "4"),
    ("Auto-Submitted", "did a program write it by itself?", 3834, "5"),
    ("Disposition-Notification-To", "asks for a receipt when it is read", 8098, "2.1"),
    ("Disposition-Notification-Options", "options of the receipt", 8098, "2.2"),
    ("Original-Recipient", "the original address, for receipts", 8098, "2.3"),
    ("Solicitation", "what kind of advertisement it is", 3865, "4.3"),
    ("Expires", "when the message stops being valid", 4021, "2.1.50"),
    ("Importance", "how important, says the author", 4021, "2.1.52"),
    ("Priority", "how urgent, says the author", 4021, "2.1.54"),
    ("Sensitivity", "how private, says the author", 4021, "2.1.55"),
)

HEADERS = {name.lower().encode(): Card(name, says, Cite(rfc, section)) for name, says, rfc, section in _FIELDS}
"""A card for each field that has a known use, by its name in lower case."""

OPTIONAL = Card("optional-field", "a field of no standard known here", Cite(5322, "3.6.8"))
"""The card of every other field: anybody may make up a name."""


def card_of(name: bytes) -> Card:
    """The card of a field, whose name is in lower case."""
    return HEADERS.get(name, OPTIONAL)
