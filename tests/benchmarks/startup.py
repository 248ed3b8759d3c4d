"""How long whole processes take, and how soon a shell is ready and answers a key, beside Python and other tools.

    python tests/benchmarks/startup.py             30 runs of each, in turn
    python tests/benchmarks/startup.py --runs 100

Prints the minimum and the median of each in milliseconds, and how many times as long as each peer ours takes (by the
minima: the rest is what else the machine does). Of a shell in a terminal: the first byte, the prompt, and how long a
key takes to be seen (60 keys, 30 ms apart; median and 95th percentile over all runs). Peers that are not installed are
left out (`pip install litecli ptpython`). Nothing here asserts a time.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping
from typing import NamedTuple

from prompt import Prompt, Times, measure, percentile
from servers import ROOT, missing

SESSION = (
    b"HELO lancs.uk\r\n"
    b"MAIL FROM:<alice@lancs.uk>\r\n"
    b"RCPT TO:<bob@nyu.edu>\r\n"
    b"RSET\r\n"
    b"QUIT\r\n"
)  # fmt: skip


class Run(NamedTuple):
    """A command line, and what is piped into it."""

    command: tuple[str, ...]
    stdin: bytes = b""


ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
PYTHON = sys.executable
OURS = (PYTHON, "-m", "mailshell")
RUNS: dict[str, Run] = {
    "mailshell --help": Run((*OURS, "--help")),
    "mailshell --version": Run((*OURS, "--version")),
    "mailshell smtp, five commands": Run((*OURS, "smtp"), SESSION),
}
PEERS: dict[str, Run] = {
    "python -c pass": Run((PYTHON, "-c", "pass")),
    "aiosmtpd --version": Run((PYTHON, "-m", "aiosmtpd", "--version")),
    "swaks --help": Run(("swaks", "--help")),
}
SHELLS: dict[str, Prompt] = {
    "mailshell smtp": Prompt((*OURS, "smtp"), b"nyu.edu>"),
    "litecli": Prompt((PYTHON, "-m", "litecli.main", ":memory:"), b":memory:>"),
    "ptpython": Prompt((PYTHON, "-m", "ptpython"), b">>>"),
    "python -q": Prompt((PYTHON, "-q"), b">>> "),
}
KEY_RUNS = 3
"""Runs of each shell in which keys are typed: each takes two seconds."""


def spend(run: Run) -> float:
    """Milliseconds from start to end; its output is read from a pipe. Compiled modules are kept, as when installed."""
    start = time.perf_counter()
    subprocess.run(run.command, input=run.stdin, cwd=ROOT, env=ENVIRONMENT, capture_output=True, check=True, timeout=60)
    return (time.perf_counter() - start) * 1000


def why_not(name: str, run: Run) -> str:
    """Why this command cannot be measured, or nothing; also warms the caches."""
    tool = name.split()[0]
    if missing(tool) if run.command[0] == PYTHON and "-m" in run.command else not shutil.which(run.command[0]):
        return "not installed"
    try:
        spend(run)
    except subprocess.CalledProcessError as error:
        lines = error.stderr.decode(errors="replace").strip().splitlines() or ["no word why"]
        return f"ended with {error.returncode}: {lines[-1]}"
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    return ""


def table(times: Mapping[str, list[float]]) -> list[str]:
    peers = [name for name in PEERS if name in times]
    cells = [["ms", "min", "median", *(f"/ {name}" for name in peers)]]
    for name, each in times.items():
        ratios = [f"{min(each) / min(times[peer]):.2f}" for peer in peers]
        cells.append([name, f"{min(each):.1f}", f"{statistics.median(each):.1f}", *ratios])
    return aligned(cells)


def shells(count: int) -> list[str]:
    """The table of the programs with a prompt."""
    times: dict[str, list[Times]] = {}
    for name, prompt in SHELLS.items():
        tool = name.split()[0]
        if prompt.command[1] == "-m" and tool != "mailshell" and missing(tool):
            print(f"{name}: not installed, left out", file=sys.stderr)
        else:
            times[name] = []
    for number in range(count):
        for name, each in times.items():
            each.append(measure(SHELLS[name], keys=number < KEY_RUNS))
    cells = [["ms", "first byte", "prompt min", "median", "key median", "key p95", "ours by prompt"]]
    for name, each in times.items():
        keys = [key for one in each for key in one.keys]
        prompts = [one.prompt for one in each]
        ours = min(one.prompt for one in times["mailshell smtp"])
        figures = (min(one.first for one in each), min(prompts), statistics.median(prompts))
        keyed = (statistics.median(keys), percentile(keys, 95))
        cells.append([name, *(f"{one:.1f}" for one in (*figures, *keyed)), f"{ours / min(prompts):.2f}"])
    return aligned(cells)


def aligned(cells: list[list[str]]) -> list[str]:
    """Rows with the columns below each other."""
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return ["  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]) for row in cells]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=30, help="of each command (default 30)")
    count = max(1, parser.parse_args().runs)
    times: dict[str, list[float]] = {}
    for name, run in (RUNS | PEERS).items():
        if reason := why_not(name, run):
            print(f"{name}: {reason}, left out", file=sys.stderr)
        else:
            times[name] = []
    for _ in range(count):
        for name, each in times.items():
            each.append(spend((RUNS | PEERS)[name]))
    print("\n".join(table(times)))
    print()
    print("\n".join(shells(count)))
    print(f"{count} runs of each, in turn; ratios are of the minima")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
