"""A file that gets everything that is shown, as it is shown, without colours."""

import re
from types import TracebackType
from typing import IO

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


class Log:
    """Appends to a file, or does nothing while there is none; raises OSError for a file that cannot be opened."""

    def __init__(self, path: str | None = None) -> None:
        self.path: str | None = None
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
        if self._file is not None:
            self._file.writelines(_COLOUR.sub("", line) + "\n" for line in lines)
            self._file.flush()

    def close(self) -> None:
        """Stop."""
        if self._file is not None:
            self._file.close()
        self._file = self.path = None

    def __enter__(self) -> "Log":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
