"""The folders that mailshell uses, by the XDG Base Directory Specification. Nothing is written before it is needed."""

import os
from pathlib import Path


def paths() -> dict[str, Path]:
    """Each folder by its name: MAILSHELL_*_DIR first, then XDG, then the usual place below the home folder."""
    return {
        "config": _folder("CONFIG", "XDG_CONFIG_HOME", ".config"),
        "state": _folder("STATE", "XDG_STATE_HOME", ".local/state"),
        "data": _folder("DATA", "XDG_DATA_HOME", ".local/share"),
    }


def _folder(name: str, xdg: str, below_home: str) -> Path:
    own = os.environ.get(f"MAILSHELL_{name}_DIR")
    if own:
        return Path(own)
    # The specification says that a relative path is to be ignored.
    base = os.environ.get(xdg, "")
    return (Path(base) if base.startswith("/") else Path.home() / below_home) / "mailshell"
