#compdef mailshell
# Completion for zsh. Now: source <(mailshell completion zsh)
# For good: mailshell completion zsh > "${fpath[1]}/_mailshell"
_mailshell() {
    local curcontext=$curcontext state line
    local -A opt_args
    local -a commands=(
        'learn:a guided lesson: begins, or goes on where you were'
        'smtp:practise SMTP with a server of the world'
        'pop3:practise POP3 with a server of the world'
        'imap:practise IMAP with a server of the world'
        'demo:a scene that is played for you, a line at each key'
        'run:play a file of C: and S: lines, or of plain commands'
        'serve:offer the same servers over TCP'
        'explain:what a code, a line or a whole log means'
        'export:a file or a log as a picture, a page or notes'
        'table:print which command is legal in which phase'
        'world:list, show and check worlds, or begin a world file'
        'lesson:list and prove lessons, begin or record a lesson file'
        'paths:print the folders and files that mailshell uses'
        'config:print what holds and why, or write a config file'
        'doctor:look for what may go wrong on this machine'
        'completion:print a script with which your shell completes with Tab'
        'help:what there is, or the options of one command'
    )
    _arguments -C \
        '-h[show this help message and exit]' \
        '--help[show this help message and exit]' \
        '--depth=[0 the wire alone, 1 a note beside each line, 2 every field named (default 1)]:depth:(0 1 2)' \
        '--wire=[line ends hidden, as marks, or with a hex dump of each line (default marks)]:wire:(off marks hex)' \
        '--color=[NO_COLOR is honoured (default auto)]:color:(auto always never)' \
        '--theme=[colours for your background, or for a bright room (default ansi16)]:theme:(ansi16 dark light mono projector)' \
        '--world=[lecture, discard, empty, big, hostile, or a file; mailshell world list tells what each is (default lecture)]:NAME|FILE:{compadd lecture discard empty big hostile; _files}' \
        '--voice=[classic speaks as on the lecture'\''s slides (default modern)]:voice:(modern classic)' \
        '--policy=[strict refuses all that the standard forbids (default tolerant)]:policy:(tolerant strict)' \
        '--era=[the year whose protocols the server speaks (default today)]:era:(1982 1995 2008 today)' \
        '--plain[append-only lines, roles in words\: for screen readers]' \
        '--no-plain[append-only lines, roles in words\: for screen readers]' \
        '--ascii[no character beyond ASCII]' \
        '--no-ascii[no character beyond ASCII]' \
        '--log=[append what is shown to a file]:FILE:_files' \
        '--state=[keep the mail in this file]:FILE:_files' \
        '--config=[read this instead of your config.toml]:FILE:_files' \
        '--no-config[read no config file]' \
        '--version[show program'\''s version number and exit]' \
        '1: :->command' \
        '*:: :->argument' && return
    case $state in
        command) _describe command commands ;;
        argument)
            case $line[1] in
                learn)
                    _arguments \
                        '-h[show this help message and exit]' \
                        '--help[show this help message and exit]' \
                        '--depth=[0 the wire alone, 1 a note beside each line, 2 every field named (default 1)]:depth:(0 1 2)' \
                        '--wire=[line ends hidden, as marks, or with a hex dump of each line (default marks)]:wire:(off marks hex)' \
                        '--color=[NO_COLOR is honoured (default auto)]:color:(auto always never)' \
                        '--theme=[colours for your background, or for a bright room (default ansi16)]:theme:(ansi16 dark light mono projector)' \
                        '--world=[lecture, discard, empty, big, hostile, or a file; mailshell world list tells what each is (default lecture)]:NAME|FILE:{compadd lecture discard empty big hostile; _files}' \
                        '--voice=[classic speaks as on the lecture'\''s slides (default modern)]:voice:(modern classic)' \
                        '--policy=[strict refuses all that the standard forbids (default tolerant)]:policy:(tolerant strict)' \
                        '--era=[the year whose protocols the server speaks (default today)]:era:(1982 1995 2008 today)' \
                        '--plain[append-only lines, roles in words\: for screen readers]' \
                        '--no-plain[append-only lines, roles in words\: for screen readers]' \
                        '--ascii[no character beyond ASCII]' \
                        '--no-ascii[no character beyond ASCII]' \
                        '--log=[append what is shown to a file]:FILE:_files' \
                        '--state=[keep the mail in this file]:FILE:_files' \
                        '--config=[read this instead of your config.toml]:FILE:_files' \
                        '--no-config[read no config file]' \
                        '--list[the map\: which steps are done, helped and open]' \
                        '--panes[begin with the wire and its meaning side by side]' \
                        '--seed=[which values a lesson has that begins anew]:N: ' \
                        '1:LESSON[#STEP]:{compadd mail-01-servers mail-02-conversation mail-03-codes mail-04-envelope mail-05-failure mail-06-pop3; _files}'
                    ;;
                smtp)
                    _arguments \
                        '-h[show this help message and exit]' \
                        '--help[show this help message and exit]' \
                        '--depth=[0 the wire alone, 1 a note beside each line, 2 every field named (default 1)]:depth:(0 1 2)' \
                        '--wire=[line ends hidden, as marks, or with a hex dump of each line (default marks)]:wire:(off marks hex)' \
                        '--color=[NO_COLOR is honoured (default auto)]:color:(auto always never)' \
                        '--theme=[colours for your background, or for a bright room (default ansi16)]:theme:(ansi16 dark light mono projector)' \
                        '--world=[lecture, discard, empty, big, hostile, or a file; mailshell world list tells what each is (default lecture)]:NAME|FILE:{compadd lecture discard empty big hostile; _files}' \
                        '--voice=[classic speaks as on the lecture'\''s slides (default modern)]:voice:(modern classic)' \
                        '--policy=[strict refuses all that the standard forbids (default tolerant)]:policy:(tolerant strict)' \
                        '--era=[the year whose protocols the server speaks (default today)]:era:(1982 1995 2008 today)' \
                        '--plain[append-only lines, roles in words\: for screen readers]' \
                        '--no-plain[append-only lines, roles in words\: for screen readers]' \
                        '--ascii[no character beyond ASCII]' \
                        '--no-ascii[no character beyond ASCII]' \
                        '--log=[append what is shown to a file]:FILE:_files' \
                        '--state=[keep the mail in this file]:FILE:_files' \
                        '--config=[read this instead of your config.toml]:FILE:_files' \
                        '--no-config[read no config file]' \
                        '--panes[begin with the wire and its meaning side by side]' \
                        '1:HOST:(lancs.uk nyu.edu someschool.edu)'
                    ;;
                pop3)
                    _arguments \
                        '-h[show this help message and exit]' \
                        '--help[show this help message and exit]' \
                        '--depth=[0 the wire alone, 1 a note beside each line, 2 every field named (default 1)]:depth:(0 1 2)' \
                        '--wire=[line ends hidden, as marks, or with a hex dump of each line (default marks)]:wire:(off marks hex)' \
                        '--color=[NO_COLOR is honoured (default auto)]:color:(auto always never)' \
                        '--theme=[colours for your background, or for a bright room (default ansi16)]:theme:(ansi16 dark light mono projector)' \
                        '--world=[lecture, discard, empty, big, hostile, or a file; mailshell world list tells what each is (default lecture)]:NAME|FILE:{compadd lecture discard empty big hostile; _files}' \
                        '--voice=[classic speaks as on the lecture'\''s slides (default modern)]:voice:(modern classic)' \
                        '--policy=[strict refuses all that the standard forbids (default tolerant)]:policy:(tolerant strict)' \
                        '--era=[the year whose protocols the server speaks (default today)]:era:(1982 1995 2008 today)' \
                        '--plain[append-only lines, roles in words\: for screen readers]' \
                        '--no-plain[append-only lines, roles in words\: for screen readers]' \
                        '--ascii[no character beyond ASCII]' \
                        '--no-ascii[no character beyond ASCII]' \
                        '--log=[append what is shown to a file]:FILE:_files' \
                        '--state=[keep the mail in this file]:FILE:_files' \
                        '--config=[read this instead of your config.toml]:FILE:_files' \
                        '--no-config[read no config file]' \
                        '--panes[begin with the wire and its meaning side by side]' \
                        '1:HOST:(lancs.uk nyu.edu someschool.edu)'
                    ;;
                imap)
                    _arguments \
                        '-h[show this help message and exit]' \
                        '--help[show this help message and exit]' \
                        '--depth=[0 the wire alone, 1 a note beside each line, 2 every field named (default 1)]:depth:(0 1 2)' \
                        '--wire=[line ends hidden, as marks, or with a hex dump of each line (default marks)]:wire:(off marks hex)' \
                        '--color=[NO_COLOR is honoured (default auto)]:color:(auto always never)' \
                        '--theme=[colours for your background, or for a bright room (default ansi16)]:theme:(ansi16 dark light mono projector)' \
                        '--world=[lecture, discard, empty, big, hostile, or a file; mailshell world list tells what each is (default lecture)]:NAME|FILE:{compadd lecture discard empty big hostile; _files}' \
                        '--voice=[classic speaks as on the lecture'\''s slides (default modern)]:voice:(modern classic)' \
                        '--policy=[strict refuses all that the standard forbids (default tolerant)]:policy:(tolerant strict)' \
                        '--era=[the year whose protocols the server speaks (default today)]:era:(1982 1995 2008 today)' \
                        '--plain[append-only lines, roles in words\: for screen readers]' \
                        '--no-plain[append-only lines, roles in words\: for screen readers]' \
                        '--ascii[no character beyond ASCII]' \
                        '--no-ascii[no character beyond ASCII]' \
                        '--log=[append what is shown to a file]:FILE:_files' \
                        '--state=[keep the mail in this file]:FILE:_files' \
                        '--config=[read this instead of your config.toml]:FILE:_files' \
                        '--no-config[read no config file]' \
                        '--panes[begin with the wire and its meaning side by side]' \
                        '1:HOST:(lancs.uk nyu.edu someschool.edu)'
                    ;;
                demo)
                    _arguments \
                        '-h[show this help message and exit]' \
                        '--help[show this help message and exit]' \
                        '--depth=[0 the wire alone, 1 a note beside each line, 2 every field named (default 1)]:depth:(0 1 2)' \
                        '--wire=[line ends hidden, as marks, or with a hex dump of each line (default marks)]:wire:(off marks hex)' \
                        '--color=[NO_COLOR is honoured (default auto)]:color:(auto always never)' \
                        '--theme=[colours for your background, or for a bright room (default ansi16)]:theme:(ansi16 dark light mono projector)' \
                        '--world=[lecture, discard, empty, big, hostile, or a file; mailshell world list tells what each is (default lecture)]:NAME|FILE:{compadd lecture discard empty big hostile; _files}' \
                        '--voice=[classic speaks as on the lecture'\''s slides (default modern)]:voice:(modern classic)' \
                        '--policy=[strict refuses all that the standard forbids (default tolerant)]:policy:(tolerant strict)' \
                        '--era=[the year whose protocols the server speaks (default today)]:era:(1982 1995 2008 today)' \
                        '--plain[append-only lines, roles in words\: for screen readers]' \
                        '--no-plain[append-only lines, roles in words\: for screen readers]' \
                        '--ascii[no character beyond ASCII]' \
                        '--no-ascii[no character beyond ASCII]' \
                        '--log=[append what is shown to a file]:FILE:_files' \
                        '--state=[keep the mail in this file]:FILE:_files' \
                        '--config=[read this instead of your config.toml]:FILE:_files' \
                        '--no-config[read no config file]' \
                        '--panes[begin with the wire and its meaning side by side]' \
                        '--list[list the scenes]' \
                        '--auto=[play by itself with so many seconds between the steps; exit 1 where anything comes otherwise]:SECONDS: ' \
                        '1:NAME|FILE:_files'
                    ;;
                run)
                    _arguments \
                        '-h[show this help message and exit]' \
                        '--help[show this help message and exit]' \
                        '--depth=[0 the wire alone, 1 a note beside each line, 2 every field named (default 1)]:depth:(0 1 2)' \
                        '--wire=[line ends hidden, as marks, or with a hex dump of each line (default marks)]:wire:(off marks hex)' \
                        '--color=[NO_COLOR is honoured (default auto)]:color:(auto always never)' \
                        '--theme=[colours for your background, or for a bright room (default ansi16)]:theme:(ansi16 dark light mono projector)' \
                        '--world=[lecture, discard, empty, big, hostile, or a file; mailshell world list tells what each is (default lecture)]:NAME|FILE:{compadd lecture discard empty big hostile; _files}' \
                        '--voice=[classic speaks as on the lecture'\''s slides (default modern)]:voice:(modern classic)' \
                        '--policy=[strict refuses all that the standard forbids (default tolerant)]:policy:(tolerant strict)' \
                        '--era=[the year whose protocols the server speaks (default today)]:era:(1982 1995 2008 today)' \
                        '--plain[append-only lines, roles in words\: for screen readers]' \
                        '--no-plain[append-only lines, roles in words\: for screen readers]' \
                        '--ascii[no character beyond ASCII]' \
                        '--no-ascii[no character beyond ASCII]' \
                        '--log=[append what is shown to a file]:FILE:_files' \
                        '--state=[keep the mail in this file]:FILE:_files' \
                        '--config=[read this instead of your config.toml]:FILE:_files' \
                        '--no-config[read no config file]' \
                        '--protocol=[of plain commands (default smtp)]:protocol:(smtp pop3 imap)' \
                        '--host=[the server (default nyu.edu)]:HOST:(lancs.uk nyu.edu someschool.edu)' \
                        '--fail-on-refusal[exit 1 when the server refuses a command]' \
                        '--json[one JSON object a line]' \
                        '1:FILE:_files'
                    ;;
                serve)
                    _arguments \
                        '-h[show this help message and exit]' \
                        '--help[show this help message and exit]' \
                        '--depth=[0 the wire alone, 1 a note beside each line, 2 every field named (default 1)]:depth:(0 1 2)' \
                        '--wire=[line ends hidden, as marks, or with a hex dump of each line (default marks)]:wire:(off marks hex)' \
                        '--color=[NO_COLOR is honoured (default auto)]:color:(auto always never)' \
                        '--theme=[colours for your background, or for a bright room (default ansi16)]:theme:(ansi16 dark light mono projector)' \
                        '--world=[lecture, discard, empty, big, hostile, or a file; mailshell world list tells what each is (default lecture)]:NAME|FILE:{compadd lecture discard empty big hostile; _files}' \
                        '--voice=[classic speaks as on the lecture'\''s slides (default modern)]:voice:(modern classic)' \
                        '--policy=[strict refuses all that the standard forbids (default tolerant)]:policy:(tolerant strict)' \
                        '--era=[the year whose protocols the server speaks (default today)]:era:(1982 1995 2008 today)' \
                        '--plain[append-only lines, roles in words\: for screen readers]' \
                        '--no-plain[append-only lines, roles in words\: for screen readers]' \
                        '--ascii[no character beyond ASCII]' \
                        '--no-ascii[no character beyond ASCII]' \
                        '--log=[append what is shown to a file]:FILE:_files' \
                        '--state=[keep the mail in this file]:FILE:_files' \
                        '--config=[read this instead of your config.toml]:FILE:_files' \
                        '--no-config[read no config file]' \
                        '--bind=[address to listen on (default 127.0.0.1)]:ADDR: ' \
                        '--smtp=[port for SMTP, 0 picks a free one (2525 where no port is asked for)]:PORT: ' \
                        '--pop3=[port for POP3, 0 picks a free one (1110 where no port is asked for)]:PORT: ' \
                        '--imap=[port for IMAP, 0 picks a free one (1143 where no port is asked for)]:PORT: ' \
                        '--host=[which server (default nyu.edu)]:NAME:(lancs.uk nyu.edu someschool.edu)' \
                        '--user=[add a user with mailboxes]:NAME\:PASSWORD: ' \
                        '--network=[its addresses count as the host'\''s own, such as 192.0.2.0/24]:CIDR: ' \
                        '--json[one JSON object a line]'
                    ;;
                explain)
                    _arguments \
                        '-h[show this help message and exit]' \
                        '--help[show this help message and exit]' \
                        '--depth=[0 the wire alone, 1 a note beside each line, 2 every field named (default 1)]:depth:(0 1 2)' \
                        '--wire=[line ends hidden, as marks, or with a hex dump of each line (default marks)]:wire:(off marks hex)' \
                        '--color=[NO_COLOR is honoured (default auto)]:color:(auto always never)' \
                        '--theme=[colours for your background, or for a bright room (default ansi16)]:theme:(ansi16 dark light mono projector)' \
                        '--world=[lecture, discard, empty, big, hostile, or a file; mailshell world list tells what each is (default lecture)]:NAME|FILE:{compadd lecture discard empty big hostile; _files}' \
                        '--voice=[classic speaks as on the lecture'\''s slides (default modern)]:voice:(modern classic)' \
                        '--policy=[strict refuses all that the standard forbids (default tolerant)]:policy:(tolerant strict)' \
                        '--era=[the year whose protocols the server speaks (default today)]:era:(1982 1995 2008 today)' \
                        '--plain[append-only lines, roles in words\: for screen readers]' \
                        '--no-plain[append-only lines, roles in words\: for screen readers]' \
                        '--ascii[no character beyond ASCII]' \
                        '--no-ascii[no character beyond ASCII]' \
                        '--log=[append what is shown to a file]:FILE:_files' \
                        '--state=[keep the mail in this file]:FILE:_files' \
                        '--config=[read this instead of your config.toml]:FILE:_files' \
                        '--no-config[read no config file]' \
                        '*:WORDS|FILE|-:_files'
                    ;;
                export)
                    _arguments \
                        '-h[show this help message and exit]' \
                        '--help[show this help message and exit]' \
                        '--depth=[0 the wire alone, 1 a note beside each line, 2 every field named (default 1)]:depth:(0 1 2)' \
                        '--wire=[line ends hidden, as marks, or with a hex dump of each line (default marks)]:wire:(off marks hex)' \
                        '--color=[NO_COLOR is honoured (default auto)]:color:(auto always never)' \
                        '--theme=[colours for your background, or for a bright room (default ansi16)]:theme:(ansi16 dark light mono projector)' \
                        '--world=[lecture, discard, empty, big, hostile, or a file; mailshell world list tells what each is (default lecture)]:NAME|FILE:{compadd lecture discard empty big hostile; _files}' \
                        '--voice=[classic speaks as on the lecture'\''s slides (default modern)]:voice:(modern classic)' \
                        '--policy=[strict refuses all that the standard forbids (default tolerant)]:policy:(tolerant strict)' \
                        '--era=[the year whose protocols the server speaks (default today)]:era:(1982 1995 2008 today)' \
                        '--plain[append-only lines, roles in words\: for screen readers]' \
                        '--no-plain[append-only lines, roles in words\: for screen readers]' \
                        '--ascii[no character beyond ASCII]' \
                        '--no-ascii[no character beyond ASCII]' \
                        '--log=[append what is shown to a file]:FILE:_files' \
                        '--state=[keep the mail in this file]:FILE:_files' \
                        '--config=[read this instead of your config.toml]:FILE:_files' \
                        '--no-config[read no config file]' \
                        '--to=[svg a picture, html a page, md notes in Markdown, txt the lines of the screen, cast a recording for asciinema, json one object a line]:to:(svg html md txt cast json)' \
                        '-o=[write there (default standard output)]:FILE:_files' \
                        '--output=[write there (default standard output)]:FILE:_files' \
                        '--width=[columns, 40 to 400 (default 80)]:N: ' \
                        '--secrets[show passwords]' \
                        '--protocol=[of plain commands (default smtp)]:protocol:(smtp pop3 imap)' \
                        '--host=[the server (default nyu.edu)]:HOST:(lancs.uk nyu.edu someschool.edu)' \
                        '1:FILE:_files'
                    ;;
                table)
                    _arguments \
                        '-h[show this help message and exit]' \
                        '--help[show this help message and exit]' \
                        '--depth=[0 the wire alone, 1 a note beside each line, 2 every field named (default 1)]:depth:(0 1 2)' \
                        '--wire=[line ends hidden, as marks, or with a hex dump of each line (default marks)]:wire:(off marks hex)' \
                        '--color=[NO_COLOR is honoured (default auto)]:color:(auto always never)' \
                        '--theme=[colours for your background, or for a bright room (default ansi16)]:theme:(ansi16 dark light mono projector)' \
                        '--world=[lecture, discard, empty, big, hostile, or a file; mailshell world list tells what each is (default lecture)]:NAME|FILE:{compadd lecture discard empty big hostile; _files}' \
                        '--voice=[classic speaks as on the lecture'\''s slides (default modern)]:voice:(modern classic)' \
                        '--policy=[strict refuses all that the standard forbids (default tolerant)]:policy:(tolerant strict)' \
                        '--era=[the year whose protocols the server speaks (default today)]:era:(1982 1995 2008 today)' \
                        '--plain[append-only lines, roles in words\: for screen readers]' \
                        '--no-plain[append-only lines, roles in words\: for screen readers]' \
                        '--ascii[no character beyond ASCII]' \
                        '--no-ascii[no character beyond ASCII]' \
                        '--log=[append what is shown to a file]:FILE:_files' \
                        '--state=[keep the mail in this file]:FILE:_files' \
                        '--config=[read this instead of your config.toml]:FILE:_files' \
                        '--no-config[read no config file]' \
                        '1:protocol:(smtp pop3 imap)'
                    ;;
                world)
                    _arguments \
                        '-h[show this help message and exit]' \
                        '--help[show this help message and exit]' \
                        '1:action:(list show check new)' \
                        '2:NAME|FILE:_files'
                    ;;
                lesson)
                    _arguments \
                        '-h[show this help message and exit]' \
                        '--help[show this help message and exit]' \
                        '--watch[check again whenever a file changes; Ctrl-C ends it]' \
                        '--world=[of record\: begin there (default lecture)]:NAME|FILE:{compadd lecture discard empty big hostile; _files}' \
                        '--protocol=[of record (default smtp)]:protocol:(smtp pop3 imap)' \
                        '--host=[of record\: the server (default nyu.edu)]:HOST:(lancs.uk nyu.edu someschool.edu)' \
                        '1:action:(list check new record)' \
                        '2:NAME|FILE:_files'
                    ;;
                paths)
                    _arguments \
                        '-h[show this help message and exit]' \
                        '--help[show this help message and exit]'
                    ;;
                config)
                    _arguments \
                        '-h[show this help message and exit]' \
                        '--help[show this help message and exit]' \
                        '--depth=[0 the wire alone, 1 a note beside each line, 2 every field named (default 1)]:depth:(0 1 2)' \
                        '--wire=[line ends hidden, as marks, or with a hex dump of each line (default marks)]:wire:(off marks hex)' \
                        '--color=[NO_COLOR is honoured (default auto)]:color:(auto always never)' \
                        '--theme=[colours for your background, or for a bright room (default ansi16)]:theme:(ansi16 dark light mono projector)' \
                        '--world=[lecture, discard, empty, big, hostile, or a file; mailshell world list tells what each is (default lecture)]:NAME|FILE:{compadd lecture discard empty big hostile; _files}' \
                        '--voice=[classic speaks as on the lecture'\''s slides (default modern)]:voice:(modern classic)' \
                        '--policy=[strict refuses all that the standard forbids (default tolerant)]:policy:(tolerant strict)' \
                        '--era=[the year whose protocols the server speaks (default today)]:era:(1982 1995 2008 today)' \
                        '--plain[append-only lines, roles in words\: for screen readers]' \
                        '--no-plain[append-only lines, roles in words\: for screen readers]' \
                        '--ascii[no character beyond ASCII]' \
                        '--no-ascii[no character beyond ASCII]' \
                        '--log=[append what is shown to a file]:FILE:_files' \
                        '--state=[keep the mail in this file]:FILE:_files' \
                        '--config=[read this instead of your config.toml]:FILE:_files' \
                        '--no-config[read no config file]' \
                        '1:action:(show init)'
                    ;;
                doctor)
                    _arguments \
                        '-h[show this help message and exit]' \
                        '--help[show this help message and exit]' \
                        '--depth=[0 the wire alone, 1 a note beside each line, 2 every field named (default 1)]:depth:(0 1 2)' \
                        '--wire=[line ends hidden, as marks, or with a hex dump of each line (default marks)]:wire:(off marks hex)' \
                        '--color=[NO_COLOR is honoured (default auto)]:color:(auto always never)' \
                        '--theme=[colours for your background, or for a bright room (default ansi16)]:theme:(ansi16 dark light mono projector)' \
                        '--world=[lecture, discard, empty, big, hostile, or a file; mailshell world list tells what each is (default lecture)]:NAME|FILE:{compadd lecture discard empty big hostile; _files}' \
                        '--voice=[classic speaks as on the lecture'\''s slides (default modern)]:voice:(modern classic)' \
                        '--policy=[strict refuses all that the standard forbids (default tolerant)]:policy:(tolerant strict)' \
                        '--era=[the year whose protocols the server speaks (default today)]:era:(1982 1995 2008 today)' \
                        '--plain[append-only lines, roles in words\: for screen readers]' \
                        '--no-plain[append-only lines, roles in words\: for screen readers]' \
                        '--ascii[no character beyond ASCII]' \
                        '--no-ascii[no character beyond ASCII]' \
                        '--log=[append what is shown to a file]:FILE:_files' \
                        '--state=[keep the mail in this file]:FILE:_files' \
                        '--config=[read this instead of your config.toml]:FILE:_files' \
                        '--no-config[read no config file]' \
                        '--json[one JSON object a line]'
                    ;;
                completion)
                    _arguments \
                        '-h[show this help message and exit]' \
                        '--help[show this help message and exit]' \
                        '1:shell:(bash zsh fish)'
                    ;;
                help)
                    _arguments \
                        '-h[show this help message and exit]' \
                        '--help[show this help message and exit]' \
                        '1:COMMAND:(learn smtp pop3 imap demo run serve explain export table world lesson paths config doctor completion help world-file lessons lesson-names)'
                    ;;
            esac
            ;;
    esac
}
if [[ ${funcstack[1]} == _mailshell ]]; then _mailshell "$@"; else compdef _mailshell mailshell; fi
