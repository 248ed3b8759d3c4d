"""Servers side by side: rounds in which each is started afresh and measured in turn, and the table of the medians."""

import argparse
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from servers import US, Server, StartError, Wants, missing, running
from wire import MeterError

FILES = 4096  # open files wanted: the idle connections, and some
Results = dict[tuple[str, str], list[float]]  # (row, server) -> a value for each round


class Row(NamedTuple):
    """A line of the table, and whether more or less of it is better."""

    label: str
    better: str


class Figure(NamedTuple):
    """What is measured on one fresh server: a value for each row; `once`: one round is enough."""

    rows: tuple[Row, ...]
    run: Callable[[Server], tuple[float, ...]]
    wants: Wants
    servers: tuple[str, ...]
    once: bool = False


def may_open(files: int) -> bool:
    """Raise the bound on open files, for us and the servers that we start."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < files and hard != resource.RLIM_INFINITY:
        files = min(files, hard)
    if soft < files:
        resource.setrlimit(resource.RLIMIT_NOFILE, (files, hard))
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0] >= files


def one(name: str, figure: Figure, folder: Path) -> tuple[float, ...] | None:
    """The figure of one server; None, with a line why, where it cannot be had."""
    try:
        with tempfile.TemporaryDirectory(dir=folder) as own, running(name, figure.wants, Path(own)) as server:
            return figure.run(server)
    except (StartError, MeterError, OSError) as error:
        say(f"{name}: {figure.rows[0].label}: {error}")
        return None


def rounds(figures: Mapping[str, Figure], servers: Sequence[str], count: int, folder: Path, results: Results) -> None:
    """Everything, in turn. What failed once is not tried again."""
    failed: set[tuple[str, str]] = set()
    for number in range(count):
        for key, figure in figures.items():
            if figure.once and number:
                continue
            for name in servers:
                if name not in figure.servers or (key, name) in failed:
                    continue
                say(f"round {number + 1} of {count}: {key}: {name}", passing=True)
                values = one(name, figure, folder)
                if values is None:
                    failed.add((key, name))
                    continue
                for row, value in zip(figure.rows, values, strict=True):
                    results.setdefault((row.label, name), []).append(value)


def say(text: str, passing: bool = False) -> None:
    """To stderr; what is passing only where somebody watches it pass."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[K{text}" + ("" if passing else "\n"))
        sys.stderr.flush()
    elif not passing:
        print(text, file=sys.stderr, flush=True)


def number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def ratio(ours: list[float], theirs: list[float]) -> str:
    """Of the medians, and from the lowest to the highest of any round; none for figures that are about nothing."""
    if not ours or not theirs or min(*ours, *theirs) < 0.05:
        return "-"
    each = [us / them for us, them in zip(ours, theirs, strict=False)]
    text = f"{statistics.median(ours) / statistics.median(theirs):.2f}"
    return text if len(each) == 1 else f"{text} ({min(each):.2f}-{max(each):.2f})"


def table(results: Results, figures: Mapping[str, Figure], servers: Sequence[str]) -> list[str]:
    """Medians of each server, and the ratio of ours to each other's."""
    peers = [name for name in servers if name != US] if US in servers else []
    cells = [["", "better", *servers, *(f"{US} / {peer}" for peer in peers)]]
    for row in (row for figure in figures.values() for row in figure.rows):
        values = [results.get((row.label, name), []) for name in servers]
        medians = [number(statistics.median(some)) if some else "-" for some in values]
        ours = results.get((row.label, US), [])
        ratios = [ratio(ours, results.get((row.label, peer), [])) for peer in peers]
        cells.append([row.label, row.better, *medians, *ratios])
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return [
        "  ".join(
            [line[0].ljust(widths[0]), *(cell.rjust(wide) for cell, wide in zip(line[1:], widths[1:], strict=True))]
        )
        for line in cells
    ]


def parser(doc: str | None) -> argparse.ArgumentParser:
    """The options that every comparison has."""
    out = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    out.add_argument("--quick", action="store_true", help="one small round")
    out.add_argument("--only", default="", metavar="NAMES", help="servers, figures, or both, with commas")
    out.add_argument("--rounds", type=int, help="how many; the medians count")
    out.add_argument(
        "--folder",
        type=Path,
        default=tempfile.gettempdir(),
        help="where durable mail goes: a disk, not memory (default: the temporary folder)",
    )
    return out


def chosen(only: str, names: Collection[str], others: Collection[str]) -> list[str]:
    """Of the names those that were asked for; all where only others were, or nothing."""
    wanted = {name for name in only.split(",") if name}
    if unknown := wanted.difference(names, others):
        raise SystemExit(f"no such server or figure: {', '.join(sorted(unknown))}")
    return [name for name in names if name in wanted or wanted.isdisjoint(names)]


def there(servers: Sequence[str]) -> list[str]:
    """The servers that are installed; a line for each other."""
    for name in filter(missing, servers):
        say(f"{name}: not installed, left out")
    return [name for name in servers if not missing(name)]


def show(figures: Mapping[str, Figure], servers: Sequence[str], results: Results, count: int, start: float) -> int:
    """Print the table; the exit status."""
    say("", passing=True)
    print("\n".join(table(results, figures, servers)))
    print(f"{count} round{'s'[: count > 1]}, {time.perf_counter() - start:.0f} s")
    return 0 if results else 1
