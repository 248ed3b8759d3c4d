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
            --depth | --wire | --color | --theme | --world | --voice | --policy | --era | --log | --state | --config | --seed | --auto | --protocol | --host | --bind | --smtp | --pop3 | --imap | --user | --network | --to | -o | --output | --width)
                [[ ${COMP_WORDS[i + 1]} == = ]] && ((i++))
                ((i++))
                ;;
            -?*) ;;
            *) if [[ -z $command ]]; then command=${COMP_WORDS[i]}; else ((place++)); fi ;;
        esac
    done
    case $previous in
        --depth) words="0 1 2" ;;
        --wire) words="off marks hex" ;;
        --color) words="auto always never" ;;
        --theme) words="ansi16 dark light mono projector" ;;
        --world) words="lecture discard empty big hostile" files=yes ;;
        --voice) words="modern classic" ;;
        --policy) words="tolerant strict" ;;
        --era) words="1982 1995 2008 today" ;;
        --log) files=yes ;;
        --state) files=yes ;;
        --config) files=yes ;;
        --seed) words="" ;;
        --auto) words="" ;;
        --protocol) words="smtp pop3 imap" ;;
        --host) words="lancs.uk nyu.edu someschool.edu" ;;
        --bind) words="" ;;
        --smtp) words="" ;;
        --pop3) words="" ;;
        --imap) words="" ;;
        --user) words="" ;;
        --network) words="" ;;
        --to) words="svg html md txt cast json" ;;
        -o) files=yes ;;
        --output) files=yes ;;
        --width) words="" ;;
        *)
            case $command:$current in
                :-*) words="--help --depth --wire --color --theme --world --voice --policy --era --plain --no-plain --ascii --no-ascii --log --state --config --no-config --version" ;;
                learn:-*) words="--help --depth --wire --color --theme --world --voice --policy --era --plain --no-plain --ascii --no-ascii --log --state --config --no-config --list --panes --seed" ;;
                smtp:-*) words="--help --depth --wire --color --theme --world --voice --policy --era --plain --no-plain --ascii --no-ascii --log --state --config --no-config --panes" ;;
                pop3:-*) words="--help --depth --wire --color --theme --world --voice --policy --era --plain --no-plain --ascii --no-ascii --log --state --config --no-config --panes" ;;
                imap:-*) words="--help --depth --wire --color --theme --world --voice --policy --era --plain --no-plain --ascii --no-ascii --log --state --config --no-config --panes" ;;
                demo:-*) words="--help --depth --wire --color --theme --world --voice --policy --era --plain --no-plain --ascii --no-ascii --log --state --config --no-config --panes --list --auto" ;;
                run:-*) words="--help --depth --wire --color --theme --world --voice --policy --era --plain --no-plain --ascii --no-ascii --log --state --config --no-config --protocol --host --fail-on-refusal --json" ;;
                serve:-*) words="--help --depth --wire --color --theme --world --voice --policy --era --plain --no-plain --ascii --no-ascii --log --state --config --no-config --bind --smtp --pop3 --imap --host --user --network --json" ;;
                explain:-*) words="--help --depth --wire --color --theme --world --voice --policy --era --plain --no-plain --ascii --no-ascii --log --state --config --no-config" ;;
                export:-*) words="--help --depth --wire --color --theme --world --voice --policy --era --plain --no-plain --ascii --no-ascii --log --state --config --no-config --to --output --width --secrets --protocol --host" ;;
                table:-*) words="--help --depth --wire --color --theme --world --voice --policy --era --plain --no-plain --ascii --no-ascii --log --state --config --no-config" ;;
                world:-*) words="--help" ;;
                lesson:-*) words="--help --watch --world --protocol --host" ;;
                paths:-*) words="--help" ;;
                config:-*) words="--help --depth --wire --color --theme --world --voice --policy --era --plain --no-plain --ascii --no-ascii --log --state --config --no-config" ;;
                doctor:-*) words="--help --depth --wire --color --theme --world --voice --policy --era --plain --no-plain --ascii --no-ascii --log --state --config --no-config --json" ;;
                completion:-*) words="--help" ;;
                help:-*) words="--help" ;;
                *)
                    case $command:$place in
                        :0) words="learn smtp pop3 imap demo run serve explain export table world lesson paths config doctor completion help" ;;
                        learn:0) words="mail-01-servers mail-02-conversation mail-03-codes mail-04-envelope mail-05-failure mail-06-pop3" files=yes ;;
                        smtp:0) words="lancs.uk nyu.edu someschool.edu" ;;
                        pop3:0) words="lancs.uk nyu.edu someschool.edu" ;;
                        imap:0) words="lancs.uk nyu.edu someschool.edu" ;;
                        demo:0) files=yes ;;
                        run:0) files=yes ;;
                        explain:*) files=yes ;;
                        export:0) files=yes ;;
                        table:0) words="smtp pop3 imap" ;;
                        world:0) words="list show check new" ;;
                        world:1) files=yes ;;
                        lesson:0) words="list check new record" ;;
                        lesson:1) files=yes ;;
                        config:0) words="show init" ;;
                        completion:0) words="bash zsh fish" ;;
                        help:0) words="learn smtp pop3 imap demo run serve explain export table world lesson paths config doctor completion help world-file lessons lesson-names" ;;
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
complete -F _mailshell mailshell
