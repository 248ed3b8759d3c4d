"""ENVELOPE and BODYSTRUCTURE: lists in lists, in which only its place says what a word is (RFC 3501 section 7.4.2).

So are the answers to NAMESPACE (RFC 2342 section 5) and ID (RFC 2971 section 3.2).
"""

from collections.abc import Callable, Sequence

Named = tuple[str, str]
"""A rule of the grammar, and what it is."""

_ADDRESS = (
    ("addr-name", "the name of the person"),
    ("addr-adl", "a route to the host, no longer used"),
    ("addr-mailbox", "what stands before the @, or the name of a group"),
    ("addr-host", "what stands after the @"),
)
_GROUP = "none: a group of addresses begins here, or ends"

_ENVELOPE = (
    ("env-date", "the Date field, as it is written"),
    ("env-subject", "the Subject field, as it is written"),
    ("env-from", "From"),
    ("env-sender", "Sender, or else From"),
    ("env-reply-to", "Reply-To, or else From"),
    ("env-to", "To"),
    ("env-cc", "Cc"),
    ("env-bcc", "Bcc"),
    ("env-in-reply-to", "the In-Reply-To field"),
    ("env-message-id", "the Message-ID field"),
)
_SUBTYPE = ("media-subtype", "the subtype")
_PARAMETERS = ("body-fld-param", "the parameters of the type")
_FIELDS = (
    _SUBTYPE,
    _PARAMETERS,
    ("body-fld-id", "the Content-ID of the part"),
    ("body-fld-desc", "the Content-Description of the part"),
    ("body-fld-enc", "its transfer encoding"),
    ("body-fld-octets", "its size in octets, as it is encoded"),
)
_LINES = ("body-fld-lines", "its size in lines")
_INSIDE = (("envelope", "the envelope of the message inside"), ("body", "the structure of the message inside"), _LINES)
_MD5 = ("body-fld-md5", "its Content-MD5, a checksum")
_MORE = (
    ("body-fld-dsp", "its Content-Disposition"),
    ("body-fld-lang", "its Content-Language"),
    ("body-fld-loc", "its Content-Location"),
)
_EXTENSION = ("body-extension", "something that later RFCs may add")
_TYPES = {"TEXT": "media-text", "MESSAGE": "media-message"}


class _List:
    """A list that is open: what the words in it are, in their order; the `last` one may come again and again."""

    def __init__(self, fields: Sequence[Named], last: Sequence[Named] = ()) -> None:
        self.fields, self.last, self.at = list(fields), last, 0

    def next(self) -> Named:
        """What comes next."""
        at, self.at = self.at, self.at + 1
        if at < len(self.fields):
            return self.fields[at]
        return self.last[(at - len(self.fields)) % len(self.last)] if self.last else _EXTENSION

    def take(self, text: str) -> Named:
        """What a word is."""
        return self.next()

    def open(self) -> "_List":
        """The list that begins where the next word would stand."""
        return _INNER.get(self.next()[0], lambda: _List(()))()


class _Address(_List):
    """One address of a field."""

    def __init__(self, field: str) -> None:
        super().__init__([(f"{field} {rule}", f"{_SHORT[field]}: {says}") for rule, says in _ADDRESS])

    def take(self, text: str) -> Named:
        rule, says = self.next()
        if text.upper() == "NIL" and rule.endswith("addr-host"):
            return f"{rule} NIL", _GROUP
        return rule, says


class _Addresses(_List):
    """The addresses of a field."""

    def __init__(self, field: str) -> None:
        super().__init__(())
        self._field = field

    def open(self) -> _List:
        return _Address(self._field)


class _Envelope(_List):
    """env-date to env-message-id."""

    def __init__(self) -> None:
        super().__init__(_ENVELOPE)

    def open(self) -> _List:
        field = self.next()[0]
        return _Addresses(field) if field in _SHORT else _List(())


class _Body(_List):
    """A part: other parts first where it is a multipart, else its type."""

    def __init__(self) -> None:
        super().__init__(())
        self._parts, self._type = 0, ""

    def take(self, text: str) -> Named:
        word = text.strip('"').upper()
        if self.fields:
            if self.at == 0 and self._type:  # the subtype tells what else comes
                inside = _INSIDE if (self._type, word) == ("MESSAGE", "RFC822") else ()
                lines = (_LINES,) if self._type == "TEXT" else ()
                self.fields += [*lines, *inside, _MD5, *_MORE]
            return self.next()
        if self._parts:
            self.fields = [_SUBTYPE, _PARAMETERS, *_MORE]
            return self.next()
        self.fields, self._type = list(_FIELDS), word
        return _TYPES.get(word, "media-basic"), "the type"

    def open(self) -> _List:
        if self.fields:
            return super().open()
        self._parts += 1
        return _Body()


_SHORT = {rule: says.partition(",")[0] for rule, says in _ENVELOPE}
_PAIRS = (("body-fld-param name", "the name of a parameter"), ("body-fld-param value", "its value"))
_INNER: dict[str, Callable[[], _List]] = {
    "body-fld-param": lambda: _List((), _PAIRS),
    "body-fld-dsp": lambda: _List([("body-fld-dsp type", "inline: shown with the text; attachment: not"), _PARAMETERS]),
    "body-fld-lang": lambda: _List((), [("body-fld-lang", "a language of the part")]),
    "envelope": _Envelope,
    "body": _Body,
}
_NAMESPACES = (
    ("personal namespaces", "the user's own names"),
    ("other users' namespaces", "names of other users"),
    ("shared namespaces", "names for all users"),
)
_PREFIX = (
    ("namespace prefix", "what the names begin with"),
    ("namespace delimiter", "what stands between their levels"),
)
_FIELD = (("id field", "what is told"), ("id value", "its value"))


class _Namespaces(_List):
    """One of the three lists: its entries are lists of a prefix and a delimiter."""

    def open(self) -> _List:
        return _List(_PREFIX)


_INNER |= {rule: lambda: _Namespaces(()) for rule, _ in _NAMESPACES}
_WHOLE: dict[str, Callable[[], _List]] = {"NAMESPACE": lambda: _List(_NAMESPACES)}
_STARTS: dict[str, Callable[[], _List]] = {
    "ENVELOPE": _Envelope,
    "BODYSTRUCTURE": _Body,
    "BODY": _Body,
    "ID": lambda: _List((), _FIELD),
}
"""What begins with the next parenthesis, by the word before it."""


class Shapes:
    """Follows the words of one response, which may itself be a list without parentheses."""

    def __init__(self, response: str = "") -> None:
        self._open = [_WHOLE[response]()] if response in _WHOLE else list[_List]()
        self._coming = _STARTS.get(response)

    def begin(self, item: str) -> None:
        """The name of an item was read: its list may come next."""
        self._coming = _STARTS.get(item)

    def marks(self, text: str) -> None:
        """Spaces and parentheses."""
        for mark in text:
            if mark == "(" and self._open:
                self._open.append(self._open[-1].open())
            elif mark == "(" and self._coming is not None:
                self._open.append(self._coming())
                self._coming = None
            elif mark == ")" and self._open:
                self._open.pop()

    def word(self, text: str) -> Named | None:
        """What a word is; None outside of the lists."""
        self._coming = None
        if not self._open:
            return None
        rule, says = self._open[-1].take(text)
        if text.upper() == "NIL" and not rule.endswith(" NIL"):
            return f"{rule} NIL", f"{says}: none"
        return rule, says
