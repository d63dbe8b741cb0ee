"""What a letter says, in parts, and the same as HTML that renders everywhere and as plain text."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from mjml import mjml2html

WIDTH = 72
_ADDRESS = re.compile(r"https?://[^\s<>\"']{1,500}")
_ACCENT, _INK, _MUTED, _GROUND, _PAPER, _LINE = (
    "#0c6b63",
    "#14201e",
    "#5b6865",
    "#f6f6f3",
    "#ffffff",
    "#e6e6e0",
)


@dataclass(frozen=True, slots=True)
class Heading:
    """One line that says what it is about."""

    text: str


@dataclass(frozen=True, slots=True)
class Prose:
    """Words as somebody wrote them: an empty line begins a paragraph; addresses become links."""

    text: str


@dataclass(frozen=True, slots=True)
class Quote:
    """Somebody's words, marked as such."""

    text: str


@dataclass(frozen=True, slots=True)
class Button:
    """One thing to do."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Choices:
    """Answers to choose from in the letter itself: label and address of each; what its ends mean."""

    options: Sequence[tuple[str, str]]
    low: str = ""
    high: str = ""


@dataclass(frozen=True, slots=True)
class Small:
    """A remark at the end."""

    text: str


Block = Heading | Prose | Quote | Button | Choices | Small


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A letter: its title, what a mailbox shows of it before it is opened, its blocks, and its foot.

    `sender` is the company's name. Every text is text: nothing in it is understood as HTML. `links` are
    the label and address of each link in the foot.
    """

    title: str
    preview: str
    sender: str
    blocks: Sequence[Block]
    foot: Sequence[str] = ()
    links: Sequence[tuple[str, str]] = ()
    language: str = "en"
    direction: str = "ltr"


def as_html(letter: Letter) -> str:
    """The letter as HTML, through MJML: tables for old programs, nothing that is fetched from anywhere."""
    blocks = "".join(_block(block) for block in letter.blocks)
    align = ' align="right"' if letter.direction == "rtl" else ""
    foot = "".join(f"<p>{_lines(text)}</p>" for text in letter.foot)
    links = " · ".join(_link(url, label, _MUTED) for label, url in letter.links)
    return mjml2html(f"""<mjml lang="{_plain(letter.language)}" dir="{_plain(letter.direction)}"><mj-head>
<mj-title>{_plain(letter.title)}</mj-title><mj-preview>{_plain(letter.preview)}</mj-preview>
<mj-attributes><mj-all font-family="Inter, Helvetica, Arial, sans-serif"/>
<mj-text font-size="15px" line-height="1.55" color="{_INK}" padding="6px 28px"{align}/>
<mj-button background-color="{_ACCENT}" color="#ffffff" border-radius="8px" font-size="15px" font-weight="600"
 padding="12px 28px" inner-padding="12px 22px"{align or ' align="left"'}/></mj-attributes>
</mj-head><mj-body background-color="{_GROUND}">
<mj-section padding="20px 0 8px"><mj-column><mj-text font-size="14px" font-weight="600">
{_plain(letter.sender)}</mj-text></mj-column></mj-section>
<mj-section background-color="{_PAPER}" border="1px solid {_LINE}" border-radius="12px" padding="18px 0 20px">
<mj-column>{blocks}</mj-column></mj-section>
<mj-section padding="8px 0 24px"><mj-column><mj-text font-size="12px" color="{_MUTED}">{foot}<p>{links}</p>
</mj-text></mj-column></mj-section></mj-body></mjml>""")


def as_text(letter: Letter) -> str:
    """The same as plain text, its addresses written out."""
    parts = [_block_text(block) for block in letter.blocks]
    end = ["-- ", letter.sender, *letter.foot, *(f"{label}: {url}" for label, url in letter.links)]
    return "\n\n".join(part for part in parts if part) + "\n\n" + "\n".join(end) + "\n"


def _block(block: Block) -> str:
    match block:
        case Heading(text):
            return f'<mj-text font-size="20px" font-weight="600" line-height="1.3">{_lines(text)}</mj-text>'
        case Prose(text):
            return "".join(f"<mj-text>{_linked(part)}</mj-text>" for part in _paragraphs(text))
        case Quote(text):
            style = f"border-inline-start:3px solid {_ACCENT};margin:0;padding:2px 14px;color:{_MUTED}"
            return f'<mj-text><blockquote style="{style}">{_lines(text)}</blockquote></mj-text>'
        case Button(label, url):
            return f'<mj-button href="{_plain(url)}">{_plain(label)}</mj-button>'
        case Choices(options, low, high):
            return _choices(options, low, high)
        case Small(text):
            return f'<mj-text font-size="12px" color="{_MUTED}">{_lines(text)}</mj-text>'


def _choices(options: Sequence[tuple[str, str]], low: str, high: str) -> str:
    style = (
        f"display:inline-block;min-width:22px;padding:8px 4px;margin:0 3px 6px 0;border:1px solid {_ACCENT};"
        f"border-radius:7px;text-align:center;text-decoration:none;font-weight:600;color:{_ACCENT}"
    )
    row = "".join(f'<a href="{_plain(url)}" style="{style}">{_plain(label)}</a>' for label, url in options)
    ends = f"{_plain(low)} → {_plain(high)}" if low or high else ""
    told = f'<mj-text font-size="12px" color="{_MUTED}">{ends}</mj-text>' if ends else ""
    return f"<mj-text>{row}</mj-text>{told}"


def _block_text(block: Block) -> str:
    match block:
        case Heading(text):
            return text.strip()
        case Prose(text) | Small(text):
            return "\n\n".join(part.strip() for part in _paragraphs(text))
        case Quote(text):
            return "\n".join(f"> {line}" for line in text.strip().splitlines())
        case Button(label, url):
            return f"{label}:\n{url}"
        case Choices(options, low, high):
            ends = f"({low} → {high})\n" if low or high else ""
            return ends + "\n".join(f"{label}: {url}" for label, url in options)


def _paragraphs(text: str) -> list[str]:
    return [part for part in re.split(r"\n[ \t]*\n", text.replace("\r\n", "\n").strip()) if part.strip()]


def _linked(text: str) -> str:
    """The text with its addresses as links; the sign that ends a sentence is no part of one."""
    parts: list[str] = []
    place = 0
    for found in _ADDRESS.finditer(text):
        url = found[0].rstrip(".,;:!?)]}")
        parts += [_lines(text[place : found.start()]), _link(url, url, _ACCENT)]
        place = found.start() + len(url)
    return "".join([*parts, _lines(text[place:])])


def _link(url: str, label: str, color: str) -> str:
    return f'<a href="{_plain(url)}" style="color:{color}">{_plain(label)}</a>'


def _lines(text: str) -> str:
    return "<br/>".join(_plain(line) for line in text.strip("\n").splitlines())


def _plain(text: str) -> str:
    """Text as text, for HTML and for attributes. Braces too: none of the ways through may understand them."""
    text = "".join(sign for sign in text if sign in "\n\t" or (sign >= " " and sign != "\x7f"))
    return escape(text, quote=True)
