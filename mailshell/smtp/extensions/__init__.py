"""The service extensions, in the order of the EHLO reply."""

from mailshell.smtp.extensions import eightbitmime, enhancedstatuscodes, help, pipelining, size
from mailshell.smtp.extensions.extension import Extension, Known

EXTENSIONS: tuple[Extension, ...] = (
    size.EXTENSION,
    eightbitmime.EXTENSION,
    pipelining.EXTENSION,
    enhancedstatuscodes.EXTENSION,
    help.EXTENSION,
)

MAIL: Known = {parameter.keyword: (one, parameter) for one in EXTENSIONS for parameter in one.mail}
"""The parameters of MAIL, each with the extension that brings it."""

RCPT: Known = {parameter.keyword: (one, parameter) for one in EXTENSIONS for parameter in one.rcpt}
"""The parameters of RCPT."""
