"""The command line. Each subcommand imports what it needs when it runs, so that `--help` is quick."""

import argparse
import os
import re
import sys
from collections.abc import Callable, Mapping

from mailshell import __version__
from mailshell.shell import options
from mailshell.shell.options import OptionError
from mailshell.shell.parsing import Parser, Parts

PROTOCOLS = ("smtp", "pop3", "imap")
"""The names of `protocols.PROTOCOLS`, which takes too long to import for --help; the first is the usual one."""

_EXAMPLES = """\
examples:
  mailshell                         talk SMTP to nyu.edu, each line explained
  mailshell learn                   a lesson, step by step: begins, or goes on where you were
  mailshell smtp lancs.uk           the same with another server of the world
  mailshell smtp --voice classic    the server speaks as on the lecture's slides
  mailshell pop3                    fetch bob's mail with POP3: USER bob, PASS hungry
  mailshell imap                    read it where it lies: a1 LOGIN bob hungry, a2 SELECT INBOX
  mailshell demo                    the lecture's session, one line at each key
  mailshell run session.txt         play a file of C: and S: lines, or of commands
  mailshell export a.txt --to html  the same as a page, a picture, notes, a recording
  mailshell serve                   real mail programs reach the same servers over TCP
  mailshell explain 452             what a code, a line or a whole log means
  mailshell table smtp              which command is legal when
  mailshell lesson new my.md        a lesson of your own: mailshell lesson check my.md
  mailshell world new my.toml       a world of your own: mailshell smtp --world my.toml

MAILSHELL_DEPTH=2 in the environment stands for --depth 2, and so on.
A flag wins over the environment, the environment over the config file (mailshell config).
exit status: 0 ok, 1 an expectation failed, 2 usage, 3 state file or server start,
  4 lesson not passed, 130 interrupted
"""

_EXPLAIN = """\
FILE, or - for standard input, is a log of SMTP or POP3: a file of C: and S: lines, the screen of telnet, nc or openssl
s_client, what swaks, msmtp -d, mpop -d, fetchmail -v -v, curl -v, smtplib and poplib print, or what mailshell --log
keeps. Any other file is explained line by line.

--era says which words came later than that year, and both --era and --voice choose the server whose replies are
quoted at --depth 2. A log is explained as it is: they change nothing there. --world, --policy and --state are for
servers only and mean nothing here.
"""

_FORMS = {
    "svg": "a picture",
    "html": "a page",
    "md": "notes in Markdown",
    "txt": "the lines of the screen",
    "cast": "a recording for asciinema",
    "json": "one object a line",
}
"""The forms of an export, and what they are."""


_PAGES = ("world-file", "lessons", "lesson-names")
"""What `mailshell help` explains besides the commands."""


_SESSION: Mapping[str, object] = {
    "protocol": "smtp",
    "host": None,
    "alone": True,
    "panes": False,
    "scene": "",
    "auto": None,
    "lesson": None,
    "record": "",
    "seed": None,
}
"""What a session is that nothing was said about."""


def main(argv: list[str] | None = None) -> int:
    """Run the command line, and return the exit status: 0, 1, 2, 3 or 130."""
    argv = sys.argv[1:] if argv is None else argv
    _streams()
    try:
        # A word of POP3 that looks like an option; argparse takes what has a space in it for a word.
        args = _parser(argv).parse_args([f" {word}" if word.upper() == "-ERR" else word for word in argv])
        if args.settled:
            options.settle(args)
        run: Callable[[argparse.Namespace], int] = args.run
        status = run(args)
        sys.stdout.flush()
        return status
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else 2
    except OptionError as error:
        print(f"mailshell: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Whoever read our output has gone; there is nobody left to tell.
        _discard()
        return 0
    except OSError as error:
        where = f"{error.filename}: " if error.filename is not None else ""
        _complain(f"{where}{error.strerror or error}")
        _discard()
        return 3
    except Exception as error:
        if os.environ.get("MAILSHELL_DEBUG"):
            raise
        _complain(f"internal error: {type(error).__name__}: {error}")
        _complain("please report it; MAILSHELL_DEBUG=1 shows where it happened.")
        return 1


def _complain(text: str) -> None:
    """Say on stderr what went wrong; a terminal obeys nothing that stands in a file name."""
    from mailshell.shell.text import safe

    print(safe(f"mailshell: {text}"), file=sys.stderr)


def _streams() -> None:
    """Whoever started us may have closed a standard stream: then nothing is read from it, nor written to it."""
    sys.stdin = sys.stdin or open(os.devnull, encoding="utf-8")  # noqa: SIM115
    sys.stdout = sys.stdout or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    sys.stderr = sys.stderr or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115


def _discard() -> None:
    """Drop what cannot be written, so that the end of the process does not fail at it again."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _parser(argv: list[str] | None) -> Parser:
    """The parser for a command line; with None the whole of it, for those who list what there is."""
    common = _common()
    parser = Parser(
        prog="mailshell",
        description="Talk raw SMTP, POP3 and IMAP to mail servers in a closed world.\nEvery octet explains itself.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        parents=[common],
    )
    parser.add_argument("--version", action="version", version=f"mailshell {__version__}")
    parser.set_defaults(run=_practise, settled=True, **_SESSION)
    parts = Parts(parser, common, argv)

    _add_learn(parts)
    _add_practice(parts)
    _add_demo(parts)

    _add_run(parts)

    serve = parts.add("serve", "offer the same servers over TCP")
    if parts.named("serve"):
        from mailshell.shell.serve import add_options

        add_options(serve)
    serve.set_defaults(run=_serve)

    _add_explain(parts)
    _add_export(parts)
    table = parts.add("table", "print which command is legal in which phase")
    table.add_argument("protocol", choices=PROTOCOLS)
    table.set_defaults(run=_table)
    _add_own(parts)
    helps = parts.add("help", "what there is, or the options of one command", bare=True)
    helps.add_argument("command", nargs="?", choices=[*parts.all.choices, *_PAGES], metavar="COMMAND")
    helps.set_defaults(run=lambda args: _help(args.command), settled=False)
    return parser.knowing(parts.all.choices, argv or ())


def _help(command: str | None) -> int:
    if command in _PAGES:
        from mailshell.shell.pages import fitted, page

        text = page(command)
        print(fitted(text, os.get_terminal_size().columns or 80) if sys.stdout.isatty() else text, end="")
        return 0
    parser = _parser([command or ""])
    (parser if command is None else parser.parts[command]).print_help()
    return 0


def _add_run(parts: Parts) -> None:
    run = parts.add("run", "play a file of C: and S: lines, or of plain commands")
    run.add_argument("file", metavar="FILE", help="- reads standard input; C: lines in a row go out in one write")
    run.add_argument("--protocol", default="smtp", choices=PROTOCOLS, help="of plain commands (default smtp)")
    run.add_argument("--host", metavar="HOST", help="the server (default nyu.edu)")
    run.add_argument("--fail-on-refusal", action="store_true", help="exit 1 when the server refuses a command")
    run.add_argument("--json", action="store_true", help="one JSON object a line")
    run.set_defaults(run=_run)


def _add_learn(parts: Parts) -> None:
    learn = parts.add("learn", "a guided lesson: begins, or goes on where you were")
    if parts.named("learn"):
        from mailshell.shell.learn import add_options

        add_options(learn)
    learn.set_defaults(run=_learn, alone=False)


def _add_practice(parts: Parts) -> None:
    for name in PROTOCOLS:
        talk = parts.add(name, f"practise {name.upper()} with a server of the world")
        talk.add_argument("host", nargs="?", metavar="HOST", help="default nyu.edu")
        talk.add_argument("--panes", action="store_true", help="begin with the wire and its meaning side by side")
        talk.set_defaults(run=_practise, protocol=name, alone=False)


def _add_demo(parts: Parts) -> None:
    demo = parts.add("demo", "a scene that is played for you, a line at each key")
    demo.add_argument("scene", nargs="?", default="lecture", metavar="NAME|FILE", help="default lecture")
    demo.add_argument("--panes", action="store_true", help="begin with the wire and its meaning side by side")
    demo.add_argument("--list", action="store_true", help="list the scenes")
    auto = "play by itself with so many seconds between the steps; exit 1 where anything comes otherwise"
    demo.add_argument("--auto", type=_seconds, metavar="SECONDS", help=auto)
    demo.set_defaults(run=_demo, alone=False)


def _add_explain(parts: Parts) -> None:
    explain = parts.add("explain", "what a code, a line or a whole log means")
    explain.epilog, explain.formatter_class = _EXPLAIN, argparse.RawDescriptionHelpFormatter
    explain.add_argument("words", nargs="+", metavar="WORDS|FILE|-", help="452, 5.7.1, EHLO, a line, or a log")
    explain.set_defaults(run=_explain)


def _add_own(parts: Parts) -> None:
    """The commands about mailshell itself. Those that report on the options settle them themselves, or need none."""
    world = parts.add("world", "list, show and check worlds, or begin a world file", bare=True)
    if parts.named("world"):
        from mailshell.shell.worlds import add_options

        add_options(world)
    world.set_defaults(run=_world, settled=False)
    lesson = parts.add("lesson", "list and prove lessons, begin or record a lesson file", bare=True)
    lesson.add_argument("action", choices=["list", "check", "new", "record"])
    lesson.add_argument("names", nargs="*", metavar="NAME|FILE", help="lessons, or lesson files")
    lesson.add_argument("--watch", action="store_true", help="check again whenever a file changes; Ctrl-C ends it")
    says = "of record: begin there (default lecture)"
    lesson.add_argument("--world", default=argparse.SUPPRESS, metavar="NAME|FILE", help=says)
    lesson.add_argument("--protocol", default="smtp", choices=PROTOCOLS, help="of record (default smtp)")
    lesson.add_argument("--host", metavar="HOST", help="of record: the server (default nyu.edu)")
    lesson.set_defaults(run=_lesson, settled=False)
    paths = parts.add("paths", "print the folders and files that mailshell uses", bare=True)
    paths.set_defaults(run=_paths, settled=False)
    config = parts.add("config", "print what holds and why, or write a config file")
    config.add_argument("action", nargs="?", default="show", choices=["show", "init"], help="default show")
    config.set_defaults(run=_config, settled=False)
    doctor = parts.add("doctor", "look for what may go wrong on this machine")
    doctor.add_argument("--json", action="store_true", help="one JSON object a line")
    doctor.set_defaults(run=_doctor, settled=False)
    completion = parts.add("completion", "print a script with which your shell completes with Tab", bare=True)
    completion.add_argument("shell", choices=["bash", "zsh", "fish"])
    completion.set_defaults(run=_completion, settled=False)


def _add_export(parts: Parts) -> None:
    export = parts.add("export", "a file or a log as a picture, a page or notes")
    export.add_argument("file", metavar="FILE", help="C: and S: lines, commands, or a log; - reads standard input")
    export.add_argument("--to", required=True, choices=_FORMS, help=", ".join(map(" ".join, _FORMS.items())))
    export.add_argument("-o", "--output", metavar="FILE", help="write there (default standard output)")
    export.add_argument("--width", type=_columns, default=80, metavar="N", help="columns, 40 to 400 (default 80)")
    export.add_argument("--secrets", action="store_true", help="show passwords")
    export.add_argument("--protocol", default="smtp", choices=PROTOCOLS, help="of plain commands (default smtp)")
    export.add_argument("--host", metavar="HOST", help="the server (default nyu.edu)")
    export.set_defaults(run=_export, fail_on_refusal=False)


def _columns(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and 40 <= int(text) <= 400):
        raise argparse.ArgumentTypeError("wants a number from 40 to 400")
    return int(text)


def _seconds(text: str) -> float:
    if not re.fullmatch(r"\d{1,4}(\.\d{1,3})?", text, re.ASCII):
        raise argparse.ArgumentTypeError("wants seconds, as 0, 1.5 or 10")
    return float(text)


def _common() -> Parser:
    common = Parser(add_help=False)
    options.add(common)
    return common


def _practise(args: argparse.Namespace) -> int:
    from mailshell.shell.practise import main as practise

    return practise(args)


def _learn(args: argparse.Namespace) -> int:
    from mailshell.shell.learn import main as learn

    return learn(args)


def _demo(args: argparse.Namespace) -> int:
    if not args.list:
        return _practise(args)
    from mailshell.demo.scenes import listing

    print("\n".join(listing()))
    return 0


def _run(args: argparse.Namespace) -> int:
    from mailshell.shell.run import main as run

    return run(args)


def _serve(args: argparse.Namespace) -> int:
    from mailshell.shell.serve import main as serve

    return serve(args)


def _explain(args: argparse.Namespace) -> int:
    from mailshell.shell.explain import main as explain

    return explain(args)


def _export(args: argparse.Namespace) -> int:
    from mailshell.shell.export.command import main as export

    return export(args)


def _table(args: argparse.Namespace) -> int:
    from mailshell.protocols import PROTOCOLS
    from mailshell.shell.setup import traits
    from mailshell.world.start import DEFAULT_HOST, build

    host = build("empty", traits=traits(args)).hosts[DEFAULT_HOST]
    print("\n".join(PROTOCOLS[args.protocol].matrix(host)))
    return 0


def _world(args: argparse.Namespace) -> int:
    from mailshell.shell.worlds import main as world

    return world(args)


def _lesson(args: argparse.Namespace) -> int:
    from mailshell.shell.lessons import main as lesson

    return lesson(args)


def _paths(args: argparse.Namespace) -> int:
    from mailshell.protocols import PROTOCOLS
    from mailshell.shell.paths import files, paths

    found = paths() | files(PROTOCOLS)
    width = max(map(len, found))
    for name, path in found.items():
        print(f"{name:<{width}}  {path}")
    return 0


def _config(args: argparse.Namespace) -> int:
    from mailshell.shell.configure import main as configure

    return configure(args)


def _doctor(args: argparse.Namespace) -> int:
    from mailshell.shell.doctor import main as doctor

    return doctor(args)


def _completion(args: argparse.Namespace) -> int:
    from mailshell.shell.completion import script

    print(script(args.shell, _parser(None)), end="")
    return 0
