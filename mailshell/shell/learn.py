"""`mailshell learn`: a lesson in a terminal or from a script, or the map of all lessons."""

import argparse
import re
import sys

_MORE = """\
A lesson brings its own world: --world, --state, --voice, --policy and --era mean nothing here. Lines on standard input
are played from the first step on, and nothing is kept: exit status 0 when the lesson is passed, 4 when it is not.
"""


def add_options(parser: argparse.ArgumentParser) -> None:
    """What `mailshell learn` takes."""
    parser.epilog = _MORE
    says = "each by name or number, or a lesson file; else where you were, or the first lesson"
    parser.add_argument("lesson", nargs="?", default="", metavar="LESSON[#STEP]", help=says)
    parser.add_argument("--list", action="store_true", help="the map: which steps are done, helped and open")
    parser.add_argument("--panes", action="store_true", help="begin with the wire and its meaning side by side")
    parser.add_argument("--seed", type=_whole, metavar="N", help="which values a lesson has that begins anew")


def _whole(text: str) -> int:
    if not re.fullmatch(r"\d{1,9}", text, re.ASCII):
        raise argparse.ArgumentTypeError("wants a number from 0 on")
    return int(text)


def main(args: argparse.Namespace) -> int:
    """Exit status 0, 2 for a lesson that is not there, 4 for a script that does not pass it; raises OptionError."""
    if not args.list:
        from mailshell.shell.practise import main as practise

        return practise(args)
    from mailshell.shell.roadmap import drawn
    from mailshell.shell.setup import view

    print("\n".join(drawn(view(args, sys.stdout))))
    return 0
