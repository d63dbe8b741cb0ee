"""Words with what tells a need in them marked, and no more around it than can be read."""

from markupsafe import Markup

from emptychair.understand.language.sentences import sentences

LONGEST = 1_200


def cue(text: str, place: int) -> Markup:
    """The text with the sentence `place`, counted from 0, marked."""
    parts = sentences(text)
    if not 0 <= place < len(parts):
        return Markup("{}").format(text[:LONGEST])
    here = parts[place]
    begin, end = max(0, here.begin - LONGEST // 2), min(len(text), here.end + LONGEST // 2)
    return Markup("{}{}<mark>{}</mark>{}{}").format(
        "… " if begin else "",
        text[begin : here.begin],
        here.text,
        text[here.end : end],
        " …" if end < len(text) else "",
    )
