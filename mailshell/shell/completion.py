"""Scripts with which bash, zsh and fish complete the command line, made from its parser."""

import argparse
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from mailshell.lesson.shipped import lessons
from mailshell.shell.options import CHOICES
from mailshell.world.start import build


class Value(NamedTuple):
    """What may stand in a place of the command line: one of some words, a file, or what nobody can guess."""

    name: str
    words: tuple[str, ...] = ()
    files: bool = False
    many: bool = False


class Option(NamedTuple):
    """An option: its names, what it does, and its value where it has one."""

    names: tuple[str, ...]
    says: str
    value: Value | None

    def long(self) -> list[str]:
        """The names that begin with two hyphens."""
        return [name for name in self.names if name.startswith("--")]


class Part(NamedTuple):
    """A command, or the command line before one, whose name is empty; `places` are what stands there in order."""

    name: str
    says: str
    options: list[Option]
    places: list[Value]


def script(shell: str, parser: argparse.ArgumentParser) -> str:
    """The script for `bash`, `zsh` or `fish`."""
    parts = list(_parts(parser))
    lines = {"bash": _bash, "zsh": _zsh, "fish": _fish}[shell](parts)
    return "\n".join(lines) + "\n"


def _parts(parser: argparse.ArgumentParser) -> Iterator[Part]:
    yield _part("", "", parser)
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            says = {choice.dest: choice.help or "" for choice in action._choices_actions}
            for name, command in action.choices.items():
                yield _part(name, says[name], command)


def _part(name: str, says: str, parser: argparse.ArgumentParser) -> Part:
    options, places = [], []
    for action in parser._actions:
        if action.option_strings:
            value = None if action.nargs == 0 else _value(action)
            options.append(Option(tuple(action.option_strings), action.help or "", value))
        else:
            places.append(_value(action))
    return Part(name, says, options, places)


def _value(action: argparse.Action) -> Value:
    words = tuple(map(str, action.choices or ()))
    if action.dest == "host":
        words = tuple(build("empty").hosts)
    if action.dest == "world":
        words = CHOICES["world"][0]
    if action.dest == "lesson":
        words = tuple(lessons())
    name = action.metavar if isinstance(action.metavar, str) else action.dest
    return Value(name, words, "FILE" in name or action.dest == "lesson", action.nargs == "+")


def _valued(parts: Sequence[Part]) -> dict[str, Value]:
    """The options with a value; one name means the same in every command."""
    return {name: one.value for part in parts for one in part.options if one.value for name in one.names}


_BASH = """\
# Completion for bash. Now: source <(mailshell completion bash)
# For good: mailshell completion bash > ~/.local/share/bash-completion/completions/mailshell
_mailshell() {
    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
    local command="" place=0 words="" files="" found i
    # bash cuts --depth=2 into three words
    if [[ $current == = ]]; then
        current=""
    elif [[ $previous == = ]]; then
        previous=${COMP_WORDS[COMP_CWORD - 2]}
    fi
    for ((i = 1; i < COMP_CWORD; i++)); do
        case ${COMP_WORDS[i]} in
            @VALUED@)
                [[ ${COMP_WORDS[i + 1]} == = ]] && ((i++))
                ((i++))
                ;;
            -?*) ;;
            *) if [[ -z $command ]]; then command=${COMP_WORDS[i]}; else ((place++)); fi ;;
        esac
    done
    case $previous in
@VALUES@
        *)
            case $command:$current in
@OPTIONS@
                *)
                    case $command:$place in
@PLACES@
                    esac
                    ;;
            esac
            ;;
    esac
    COMPREPLY=()
    while IFS= read -r found; do
        COMPREPLY+=("$found")
    done < <(compgen -W "$words" -- "$current"; if [[ $files ]]; then compgen -f -- "$current"; fi)
    if [[ $files ]]; then compopt -o filenames 2> /dev/null; fi
}
complete -F _mailshell mailshell"""


def _bash(parts: Sequence[Part]) -> list[str]:
    valued = _valued(parts)
    values = [f"        {name}) {_bash_set(value)} ;;" for name, value in valued.items()]
    names = {part.name: " ".join(name for one in part.options for name in one.long()) for part in parts}
    options = [f'                {name}:-*) words="{words}" ;;' for name, words in names.items()]
    places = []
    for part in parts:
        for number, value in enumerate(part.places):
            place = "*" if value.many else number
            places.append(f"                        {part.name}:{place}) {_bash_set(value)} ;;")
    return (
        _BASH.replace("@VALUED@", " | ".join(valued))
        .replace("@VALUES@", "\n".join(values))
        .replace("@OPTIONS@", "\n".join(options))
        .replace("@PLACES@", "\n".join(places))
        .splitlines()
    )


def _bash_set(value: Value) -> str:
    words = f'words="{" ".join(value.words)}"'
    return f"{words} files=yes" if value.files and value.words else "files=yes" if value.files else words


def _zsh(parts: Sequence[Part]) -> list[str]:
    first, *commands = parts
    lines = [
        "#compdef mailshell",
        "# Completion for zsh. Now: source <(mailshell completion zsh)",
        '# For good: mailshell completion zsh > "${fpath[1]}/_mailshell"',
        "_mailshell() {",
        "    local curcontext=$curcontext state line",
        "    local -A opt_args",
        "    local -a commands=(",
        *(f"        {_quoted(f'{part.name}:{part.says}')}" for part in commands),
        "    )",
        "    _arguments -C \\",
        *(f"        {spec} \\" for spec in _zsh_options(first)),
        "        '1: :->command' \\",
        "        '*:: :->argument' && return",
        "    case $state in",
        "        command) _describe command commands ;;",
        "        argument)",
        "            case $line[1] in",
    ]
    for part in commands:
        specs = [*_zsh_options(part), *_zsh_places(part)]
        lines += [f"                {part.name})", "                    _arguments \\"]
        lines += [f"                        {spec} \\" for spec in specs[:-1]]
        lines += [f"                        {specs[-1]}", "                    ;;"]
    lines += ["            esac", "            ;;", "    esac", "}"]
    # Sourced, it registers itself; found by name in a folder of fpath, its first call is already one to complete.
    return [
        *lines,
        'if [[ ${funcstack[1]} == _mailshell ]]; then _mailshell "$@"; else compdef _mailshell mailshell; fi',
    ]


def _zsh_options(part: Part) -> Iterator[str]:
    for one in part.options:
        says = re.sub(r"([][\\:])", r"\\\1", one.says)
        for name in one.names:
            yield _quoted(f"{name}=[{says}]{_zsh_value(one.value)}" if one.value else f"{name}[{says}]")


def _zsh_places(part: Part) -> Iterator[str]:
    for number, value in enumerate(part.places, 1):
        yield _quoted(f"{'*' if value.many else number}{_zsh_value(value)}")


def _zsh_value(value: Value) -> str:
    found = "_files" if value.files else f"({' '.join(value.words)})" if value.words else " "
    if value.files and value.words:
        found = f"{{compadd {' '.join(value.words)}; _files}}"
    name = value.name.replace(":", "\\:")
    return f":{name}:{found}"


def _fish(parts: Sequence[Part]) -> list[str]:
    first, *commands = parts
    names = " ".join(part.name for part in commands)
    lines = [
        "# Completion for fish. Now: mailshell completion fish | source",
        "# For good: mailshell completion fish > ~/.config/fish/completions/mailshell.fish",
        "function __mailshell_no_command",
        f"    not __fish_seen_subcommand_from {names}",
        "end",
        "complete -c mailshell -f",
    ]
    for part in parts:
        seen = f"__fish_seen_subcommand_from {part.name}" if part.name else "__mailshell_no_command"
        start = f"complete -c mailshell -n {_quoted(seen)}"
        for one in part.options:
            value = f"{_fish_value(one.value)} " if one.value else ""
            for name in one.names:
                flag = f"-l {name[2:]}" if name.startswith("--") else f"-s {name[1:]}"
                lines.append(f"{start} {flag} {value}-d {_quoted(one.says)}")
        if part is first:
            lines += [f"{start} -a {each.name} -d {_quoted(each.says)}" for each in commands]
        else:
            lines += [
                f"{start} {_fish_value(value, place=True)}" for value in part.places if value.words or value.files
            ]
    return lines


def _fish_value(value: Value, place: bool = False) -> str:
    """What may stand there; after an option, that something must (-r), and files where nothing else is said."""
    words = f"-a {_quoted(' '.join(value.words))}" if value.words else ""
    if value.files:
        return f"{'-F' if place else '-r -F'} {words}".rstrip()
    return words if place else f"-x {words}".rstrip()


def _quoted(text: str) -> str:
    """For zsh and fish in single quotes; the texts have no backslash before a quote, which fish reads otherwise."""
    return "'" + text.replace("'", "'\\''") + "'"
