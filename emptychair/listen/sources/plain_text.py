"""Words without their markup."""

import html
import re

import nh3

LONGEST = 65_536
# Elements inside elements cost the parser the square of their depth: 20,000 of them some 0.4 s.
LONGEST_MARKUP = 100_000
_BLOCKS = {
    "blockquote",
    "br",
    "dd",
    "div",
    "dt",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "li",
    "p",
    "pre",
    "td",
    "tr",
}
# What is in these is no text that somebody wrote to be read.
_SILENT = {"script", "style", "head", "title", "template", "noscript", "svg", "math"}
# Paragraphs begin without another one that ends, where people left the end out.
_PARAGRAPH = re.compile(r"</?(?:p|h[1-6]|blockquote|pre)>")
_BREAK = re.compile(r"<(?:br|/?(?:div|li|tr|dd|dt))>")
_TAG = re.compile(r"<[^<>]*>")
_BLANKS = re.compile(r"[^\S\n]+")
_LINES = re.compile(r" ?\n ?(?:\n ?)+")


def plain_text(markup: str, longest: int = LONGEST_MARKUP) -> str:
    r"""The text of a piece of HTML, blocks on lines of their own; of a longer piece that of its beginning.

    >>> plain_text("<p>Great <b>coffee</b>,<br>slow&nbsp;mail</p><script>alert(1)</script>")
    'Great coffee,\nslow mail'
    """
    # What comes back is well-formed, without attributes, and every < that is text is an entity.
    clean = nh3.clean(
        markup[:longest].replace("\0", ""), tags=_BLOCKS, clean_content_tags=_SILENT, attributes={}
    )
    text = _BREAK.sub("\n", _PARAGRAPH.sub("\n\n", clean.replace("\n", " ")))
    text = html.unescape(_TAG.sub(" " if "<td>" in clean else "", text))
    text = _BLANKS.sub(" ", text.replace("\xa0", " "))
    return _LINES.sub("\n\n", text.replace(" \n", "\n").replace("\n ", "\n")).strip()


def cut(text: str, longest: int = LONGEST) -> str:
    """The text, or its beginning with a mark that something is missing."""
    return text if len(text) <= longest else text[: longest - 1] + "…"
