"""A file that gets everything that is shown, as it is shown, without colours."""

import re
import sys
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import IO

from mailshell.shell.text import safe

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def _complain(text: str) -> None:
    with suppress(OSError, ValueError, AttributeError):  # stderr need not be there
        print(safe(f"mailshell: {text}"), file=sys.stderr, flush=True)


class Log:
    """Appends to a file, or does nothing while there is none; raises OSError for a file that cannot be opened.

    A file that cannot be written any more is given up: `lost` hears of it, in words, and everything else goes on.
    """

    def __init__(self, path: str | None = None) -> None:
        self.path: str | None = None
        self.lost: Callable[[str], None] = _complain
        self._file: IO[str] | None = None
        if path is not None:
            self.open(path)

    def open(self, path: str) -> None:
        """Go on in this file."""
        file = open(path, "a", encoding="utf-8", errors="backslashreplace")  # noqa: SIM115
        self.close()
        self._file, self.path = file, path

    def write(self, lines: list[str]) -> None:
        """Append lines."""
        if self._file is None:
            return
        try:
            self._file.writelines(_COLOUR.sub("", line) + "\n" for line in lines)
            self._file.flush()
        except OSError as error:
            path = self.path
            self.close()
            self.lost(f"{path}: {error.strerror}; the log ends here")

    def close(self) -> None:
        """Stop."""
        file, self._file, self.path = self._file, None, None
        if file is not None:
            with suppress(OSError):  # each line was flushed, or its loss was told
                file.close()

    def __enter__(self) -> "Log":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
