"""The service extensions, in the order of the EHLO reply."""

from collections.abc import Mapping

from mailshell.smtp.extensions import (
    binarymime,
    chunking,
    deliverby,
    dsn,
    eightbitmime,
    enhancedstatuscodes,
    etrn,
    expn,
    futurerelease,
    help,
    limits,
    mtpriority,
    pipelining,
    requiretls,
    size,
    smtputf8,
)
from mailshell.smtp.extensions.extension import Extension, Known

EXTENSIONS: tuple[Extension, ...] = (
    size.EXTENSION,
    eightbitmime.EXTENSION,
    pipelining.EXTENSION,
    enhancedstatuscodes.EXTENSION,
    expn.EXTENSION,
    etrn.EXTENSION,
    help.EXTENSION,
    chunking.EXTENSION,
    binarymime.EXTENSION,
    dsn.EXTENSION,
    deliverby.EXTENSION,
    futurerelease.EXTENSION,
    mtpriority.EXTENSION,
    requiretls.EXTENSION,
    limits.EXTENSION,
    smtputf8.EXTENSION,
)

MAIL: Known = {parameter.keyword: (one, parameter) for one in EXTENSIONS for parameter in one.mail}
"""The parameters of MAIL, each with the extension that brings it."""

RCPT: Known = {parameter.keyword: (one, parameter) for one in EXTENSIONS for parameter in one.rcpt}
"""The parameters of RCPT."""

BRINGS: Mapping[str, Extension] = {
    word: extension
    for known in (MAIL, RCPT)
    for keyword, (one, parameter) in known.items()
    for word, extension in ((keyword, one), *parameter.values.items())
}
"""Each word that may stand in MAIL or RCPT only where an extension is offered, with that extension."""
