"""The folders that mailshell uses, by the XDG Base Directory Specification. Nothing is written before it is needed."""

import os
from collections.abc import Iterable


def paths() -> dict[str, str]:
    """Each folder by its name: MAILSHELL_*_DIR first, then XDG, then the usual place below the home folder."""
    return {
        "config": _folder("CONFIG", "XDG_CONFIG_HOME", ".config"),
        "state": _folder("STATE", "XDG_STATE_HOME", ".local/state"),
        "data": _folder("DATA", "XDG_DATA_HOME", ".local/share"),
    }


def config_file() -> str:
    """The config file: MAILSHELL_CONFIG, else config.toml in its folder."""
    return os.environ.get("MAILSHELL_CONFIG") or os.path.join(paths()["config"], "config.toml")


def history_file(protocol: str) -> str:
    """The lines that were typed in a protocol."""
    return os.path.join(paths()["state"], f"history-{protocol}")


def progress_file() -> str:
    """How far the learner is in each lesson."""
    return os.path.join(paths()["data"], "progress.json")


def files(protocols: Iterable[str]) -> dict[str, str]:
    """Each file by its name, whether it is there or not."""
    found = {"config.toml": config_file()} | {f"history-{name}": history_file(name) for name in protocols}
    return found | {"progress.json": progress_file()}


def _folder(name: str, xdg: str, below_home: str) -> str:
    own = os.environ.get(f"MAILSHELL_{name}_DIR")
    if own:
        return own
    # The specification says that a relative path is to be ignored.
    base = os.environ.get(xdg, "")
    return os.path.join(
        base if base.startswith("/") else os.path.join(os.path.expanduser("~"), below_home), "mailshell"
    )
