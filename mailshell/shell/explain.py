"""`mailshell explain`: what a word, a line or a whole conversation means, offline.

Exit status 0, 1 where nothing is known about it, 2 for a file that cannot be read.
"""

import argparse
import os
import re
import sys
from collections.abc import Iterator
from contextlib import nullcontext

from mailshell.core.explain import masked
from mailshell.mail.host import Traits
from mailshell.shell import setup
from mailshell.shell.known import TODAY, fact_lines, facts, nearest
from mailshell.shell.log import Log
from mailshell.shell.text import safe
from mailshell.shell.view import View

_GUTTER = re.compile(r"([CS][0-9]*[:*!]|(client|server)[ a-z0-9]*:) ")


def main(args: argparse.Namespace) -> int:
    """Explain the words, or the conversation in a file."""
    with Log(args.log) as log:
        words = args.words
        text = " ".join(words)
        if not text.strip():
            print("mailshell: explain wants words or a file, as in mailshell explain 452", file=sys.stderr)
            return 2
        if len(words) == 1 and (text == "-" or _is_file(text)):
            return _file(args, text, log)
        lines = explained(text, setup.view(args, sys.stdout), setup.traits(args))
        if not lines:
            _unknown(text)
            return 1
        _out(lines, log)
        return 0


def _is_file(word: str) -> bool:
    """Whether a word is a file, or was meant as one; a dot is a folder, and ends a message."""
    meant = word.startswith(("/", "./", "../", "~")) or word.endswith((".txt", ".log"))
    return meant or (os.path.exists(word) and not os.path.isdir(word))


def _out(lines: list[str], log: Log) -> None:
    sys.stdout.writelines(line + "\n" for line in lines)
    log.write(lines)


def _unknown(text: str) -> None:
    near = nearest(text)
    text = masked(text.encode("utf-8", "surrogateescape")).decode("utf-8", "surrogateescape")
    hint = f" Near it: {', '.join(near)}." if near else ""
    print(safe(f"mailshell: nothing is known about {text[:60]}.{hint}"), file=sys.stderr)


def _file(args: argparse.Namespace, name: str, log: Log) -> int:
    """A conversation, line by line, so that a long one needs no more memory than a short one."""
    # Imported here because a word is explained without them, and quickly.
    from mailshell.shell import logs
    from mailshell.shell.annotate import Annotator

    try:
        opened = nullcontext(sys.stdin.buffer) if name == "-" else open(name, "rb")  # noqa: SIM115
    except OSError as error:
        print(safe(f"mailshell: {name}: {error.strerror}"), file=sys.stderr)
        return 2
    with opened as file:
        head, lines = logs.peek(logs.cut(file))
        reader = logs.reader(head)
        if reader is None:
            return _single(args, name, lines, log)
        annotator = Annotator(setup.view(args, sys.stdout))
        for said in reader(lines):
            _out(annotator.said(said), log)
        _out(annotator.end(), log)
    return 0


def _single(args: argparse.Namespace, name: str, lines: Iterator[bytes], log: Log) -> int:
    """A file that is no conversation: a command, a code or a header field a line, each explained on its own."""
    view, traits, known = setup.view(args, sys.stdout), setup.traits(args), False
    from mailshell.shell.logs import whole

    for line in whole(lines):
        text = line.decode("utf-8", "surrogateescape").strip()
        told = explained(text, view, traits) if text else []
        known = known or bool(told)
        _out(told, log)
    if known:
        return 0
    print(safe(f"mailshell: {name} is no conversation in a form that is known here."), file=sys.stderr)
    print(
        "mailshell: known are C:/S: files, telnet, nc, openssl s_client, swaks, msmtp, mpop, fetchmail, curl -v, "
        "mutt, mbsync, smtplib, poplib, imaplib, mailshell.",
        file=sys.stderr,
    )
    return 1


def explained(text: str, view: View, traits: Traits = TODAY, protocol: str = "") -> list[str]:
    """A word or a line in the depth of the view; empty where nothing is known. What a `protocol` says comes first."""
    text = text.strip()
    if _GUTTER.match(text):
        from mailshell.shell.logs import on_screen

        said = on_screen(text, marked=True)
        text = text if said is None else said.octets.rstrip(b"\r\n").decode("utf-8", "surrogateescape")
    known = facts(text, traits, protocol)
    if known:
        return [line for fact in known for line in fact_lines(fact, view)]
    from mailshell.shell.single import line_lines

    return line_lines(text, view, traits)
