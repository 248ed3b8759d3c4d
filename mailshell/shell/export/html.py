"""A page (HTML, well-formed as XML too): phases as sections, each exchange with an address of its own, no script."""

from collections.abc import Iterator
from html import escape

from mailshell.shell.export.cells import CONTROL, control
from mailshell.shell.export.chapters import Block, Document, Remark, Wire
from mailshell.shell.export.sheet import FONT, Sheet, sheets, style
from mailshell.shell.render import GLOSS_COLUMN
from mailshell.shell.text import width
from mailshell.shell.theme import LIGHT, Role
from mailshell.shell.view import View

_ROLES: tuple[Role, ...] = ("client", "server", "notice", "refusal", "note", "rule", "mark")
_WORDS = {"client": "client", "server": "server", "notice": "server, unasked", "refusal": "server refuses"}
# What a reader copies is the wire: the gutter and the marks of line ends cannot be selected.
_LAYOUT = """
*{box-sizing:border-box}
body{margin:0;padding:2.5rem 1.5rem 4rem;font:15px/1.6 FONT}
header,main{max-width:104ch;margin:0 auto}
h1{font-size:1.35rem;font-weight:600;margin:0 0 2rem}
h2{display:flex;align-items:center;gap:2ch;font-size:1rem;font-weight:400;margin:2rem 0 .5rem}
h2::after{content:"";flex:1;border-top:1px solid var(--line)}
.exchange{position:relative;padding:.3rem 0 .3rem 5ch;scroll-margin-top:1rem;break-inside:avoid}
.exchange:target{background:var(--line)}
.address{position:absolute;left:0;width:3.5ch;text-align:right;text-decoration:none;opacity:.55}
.address:hover,.address:focus{opacity:1;text-decoration:underline}
.wire{display:grid;grid-template-columns:COLUMNch minmax(0,1fr)}
.wire.long{display:block}
.said{display:block;padding-left:3ch;text-indent:-3ch}
code{font:inherit;white-space:pre-wrap;overflow-wrap:anywhere;unicode-bidi:isolate}
i{display:inline-block;width:1ch;font-style:normal;text-indent:0;line-height:1}
.n2{font-size:.5em;width:2ch}
.n3{font-size:.34em;width:3ch}
.gutter{white-space:pre}
.gutter,.mark,.address{user-select:none;-webkit-user-select:none}
.long>.gloss{display:block;padding-left:5ch}
.fields{list-style:none;margin:.1rem 0 .5rem;padding:0 0 0 5ch}
.fields li{padding-left:2ch;text-indent:-2ch}
.fields code{border-bottom:1px solid currentColor}
.place{margin-left:1ch}
.remark{margin:0;padding-left:3ch}
pre{font:inherit;margin:0;padding-left:3ch;white-space:pre-wrap}
.hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
@media (max-width:70ch){.wire{display:block}.gloss{display:block;padding-left:5ch}.exchange{padding-left:0}
.address{position:static}}
@media print{body{padding:0;font-size:10pt}.address{display:none}.exchange{padding-left:0}}
"""


def write(document: Document, view: View) -> str:
    """The transcript as a page."""
    light, dark = sheets(view.theme)
    title = escape(document.title)
    return "\n".join(
        [
            "<!DOCTYPE html>",
            '<html lang="en">',
            '<head><meta charset="utf-8"/><meta name="viewport" content="width=device-width"/>',
            f"<title>{title}</title>",
            f"<style>{_style(light, dark)}</style></head>",
            f"<body><header><h1>{title}</h1></header>",
            "<main>",
            *_sections(document),
            "</main></body></html>\n",
        ]
    )


def _style(light: Sheet, dark: Sheet) -> str:
    paper, _ = sheets(LIGHT)
    rules = [_LAYOUT.replace("FONT", FONT).replace("COLUMN", str(GLOSS_COLUMN)).strip(), *_colours(light)]
    if dark != light:
        rules.append(f"@media screen and (prefers-color-scheme:dark){{{''.join(_colours(dark))}}}")
    elif light.back != paper.back:
        rules.append(f"@media print{{{''.join(_colours(paper))}}}")
    return "\n".join(rules)


def _colours(sheet: Sheet) -> Iterator[str]:
    scheme = "dark" if sheet.back < sheet.front else "light"
    yield f":root{{--line:{sheet.line};color-scheme:{scheme}}}"
    yield f"body{{background:{sheet.back};color:{sheet.front}}}a{{color:inherit}}"
    yield from style(sheet, "color", _ROLES)


def _sections(document: Document) -> Iterator[str]:
    number = 0
    for at, chapter in enumerate(document.chapters, 1):
        if chapter.title:
            yield f'<section aria-labelledby="phase-{at}">'
            yield f'<h2 class="rule" id="phase-{at}">{escape(chapter.title)}</h2>'
        else:
            yield '<section aria-label="transcript">'
        for block in chapter.blocks:
            number += 1
            yield from _exchange(block, number)
        yield "</section>"


def _exchange(block: Block, number: int) -> Iterator[str]:
    link = f'<a class="address" href="#x{number}" aria-label="exchange {number}">{number}</a>'
    yield f'<div class="exchange" id="x{number}">{link}'
    for piece in block:
        yield from [_remark(piece)] if isinstance(piece, Remark) else _wire(piece)
    yield "</div>"


def _remark(remark: Remark) -> str:
    head = f"{remark.head}:" if remark.head else "=="
    return f'<p class="remark"><b>{head}</b> {escape(remark.text)}</p>'


def _wire(wire: Wire) -> Iterator[str]:
    who = f'<span class="gutter" aria-hidden="true">{escape(wire.gutter)}</span>'
    who += f'<span class="hidden gutter">{_WORDS[wire.role]}: </span>'
    mark = f'<span class="mark" aria-hidden="true">{_text(wire.mark)}</span>' if wire.mark else ""
    said = f'<span class="said {wire.role}">{who}<code>{_text(wire.text)}</code>{mark}</span>'
    tone = "refusal" if wire.role == "refusal" else "note"
    gloss = "" if wire.fields or not wire.gloss else f'<span class="gloss {tone}">{escape(wire.gloss)}</span>'
    long = " long" if width(wire.gutter + wire.text + wire.mark) > GLOSS_COLUMN - 2 else ""
    yield f'<div class="wire{long}">{said}{gloss}</div>'
    if wire.dump:
        yield f'<pre class="mark">{escape(chr(10).join(wire.dump))}</pre>'
    if wire.fields:
        yield '<ul class="fields note">'
        for field in wire.fields:
            place = f' <cite class="place">{escape(field.place)}</cite>' if field.place else ""
            yield f"<li><code>{_text(field.shown)}</code> {escape(field.says)}{place}</li>"
        yield "</ul>"


def _text(text: str) -> str:
    """Text of the wire; a control character is written out in small letters, as not every font has its symbol."""
    return CONTROL.sub(lambda found: f'<i class="n{len(control(found[0]))}">{control(found[0])}</i>', escape(text))
