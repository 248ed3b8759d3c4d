"""What a lesson may ask about an SMTP session."""

from collections.abc import Callable

from mailshell.core.session import Fact, Scalar, Sort
from mailshell.core.session import State as AnyState
from mailshell.smtp.desk import Envelope, State


def _session(name: str, sort: Sort, says: str, read: Callable[[State], Scalar]) -> Fact:
    def of(state: AnyState) -> Scalar:
        assert isinstance(state, State), "a state of another protocol"
        return read(state)

    return Fact(name, sort, says, of)


def _envelope(name: str, sort: Sort, says: str, none: Scalar, read: Callable[[Envelope], Scalar]) -> Fact:
    return _session(name, sort, says, lambda state: none if state.envelope is None else read(state.envelope))


FACTS = (
    _session("session.greeted", "flag", "the client has said its name", lambda state: bool(state.hello)),
    _session("session.hello", "text", "the name that the client has said", lambda state: state.hello),
    _session("session.extended", "flag", "it said it with EHLO", lambda state: state.extended),
    _session("envelope.open", "flag", "a sender was accepted", lambda state: state.envelope is not None),
    _envelope(
        *("envelope.sender", "text", "the sender; <> is the null reverse-path", ""),
        lambda envelope: envelope.reverse_path.address or "<>",
    ),
    _envelope(
        *("envelope.recipients", "texts", "the recipients that were accepted", ()),
        lambda envelope: tuple(path.address for path in envelope.recipients),
    ),
    _envelope(
        *("envelope.refused", "number", "how many recipients were refused", 0),
        lambda envelope: envelope.refused,
    ),
    _envelope(
        *("envelope.parameters", "texts", "the parameters of MAIL, as in SIZE=500", ()),
        lambda envelope: tuple(f"{key}={value}" if value else key for key, value in envelope.parameters.items()),
    ),
)
"""What there is, in the order in which people read it."""
