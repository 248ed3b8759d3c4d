"""The scenes that come with mailshell: transcripts in the folder of the lessons."""

from pathlib import Path

from mailshell.core import script
from mailshell.core.script import Script, ScriptError
from mailshell.demo.stops import stops
from mailshell.world.shipped import lessons_folder


def folder() -> Path:
    """Where the scenes are."""
    return Path(lessons_folder()) / "demos"


def scenes() -> dict[str, str]:
    """The title of each scene, by its name."""
    return {path.stem: _title(path) for path in sorted(folder().glob("*.txt"))}


def _title(path: Path) -> str:
    with open(path, encoding="utf-8") as file:
        return file.readline().removeprefix("#").strip()


def path_of(name: str) -> Path:
    """The file of a scene by its name, or any transcript by its path; raises ScriptError where there is none."""
    known = folder() / f"{name}.txt"
    if name in scenes():
        return known
    if Path(name).is_file():
        return Path(name)
    raise ScriptError(f"{name} is no scene and no file. There are: {' '.join(scenes())}.")


def load(name: str) -> Script:
    """A scene; raises ScriptError for one that is not there or cannot be read."""
    try:
        text = path_of(name).read_bytes().removeprefix(b"\xef\xbb\xbf").decode("utf-8", "surrogateescape")
    except OSError as error:
        raise ScriptError(f"{name}: {error.strerror}.") from None
    return script.read(text) if script.is_script(text) else script.plain(text)


def listing() -> list[str]:
    """A row a scene: its name, how many steps it has, its title."""
    found = {name: len(stops(load(name)).stops) for name in scenes()}
    width = max(map(len, found), default=0)
    return [f"{name:<{width}}  {found[name]:3} steps  {says}" for name, says in scenes().items()]
