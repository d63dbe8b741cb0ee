"""One line of a history in words: what somebody did, with its icon and what belongs to it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from hashlib import blake2b

from markupsafe import Markup

from emptychair.domain.scale import scale_of
from emptychair.domain.signal import Kind
from emptychair.understand.language.sentences import sentences
from emptychair.understand.person.details import details, instant, word
from emptychair.understand.person.history import Happening
from emptychair.understand.person.said import Read
from emptychair.web.customers import phrases
from emptychair.web.formats import Formats
from emptychair.web.texts import Texts

LONGEST_QUOTE = 4_000
LONGEST_DETAILS = 20_000
NOTHING_READ = Read()


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A signal as it is shown: `what` is said of it, `quote` in their words, `aside` what else is worth it.

    `themes` are ids and names; `raw` the properties, laid out; `is_quiet` what stands back.
    """

    id: str
    anchor: str
    person: str
    at: datetime
    icon: str
    kind: str
    channel: str
    source: str
    what: str
    aside: str
    quote: Markup
    tone: str
    themes: Sequence[tuple[str, str]]
    raw: str
    is_quiet: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Teller:
    """Tells happenings to one reader, who knows themes and colleagues by these names."""

    write: Formats
    texts: Texts
    read: Mapping[str, Read]
    themes: Mapping[str, str]
    colleagues: Mapping[str, str]

    def told(self, one: Happening) -> Told:
        """The line of a happening."""
        found, read = details(one.properties), self.read.get(one.id, NOTHING_READ)
        return Told(
            id=one.id,
            anchor=anchor(one.id),
            person=one.person,
            at=one.occurred_at,
            icon=_icon(one),
            kind=one.kind.value,
            channel=one.channel,
            source=one.source,
            what=self.what(one),
            aside=self._aside(one, found),
            quote=quoted(one.text or "", read.themes[0][1] if read.themes else -1),
            tone=read.tone or "",
            themes=[(theme, self.themes[theme]) for theme, _ in read.themes if theme in self.themes],
            raw="" if one.properties == "{}" else _laid_out(one.properties),
            is_quiet=one.name in phrases.QUIET or one.kind is Kind.TOLD,
        )

    def what(self, one: Happening) -> str:
        """What happened, as the end of a sentence that begins with the person."""
        if one.kind is Kind.SAID:
            told = phrases.SAID.get(one.name) or phrases.SAID_BY.get(one.channel.lower())
            return self._in_words(told, one.name)
        if one.kind is Kind.RATED:
            return self._rated(one)
        if one.kind is Kind.PAID:
            return self._paid(one)
        if one.kind is Kind.DID:
            return self.done(one.name, 1)
        if one.kind is Kind.MET:
            return self._in_words(phrases.MET.get(one.name), one.name)
        if one.kind is Kind.TOLD:
            return self._known(one)
        return self.texts.gettext("joined") if one.kind is Kind.JOINED else self.texts.gettext("left")

    def done(self, name: str, times: int) -> str:
        """Something that was done so many times."""
        if name in phrases.FAILED:
            told = self.texts.gettext(phrases.FAILED[name])
        elif name in phrases.DID:
            return self.texts.ngettext(*phrases.DID[name], times, n=self.write.count(times))
        else:
            told = plainly(name)
        return told if times == 1 else f"{told} × {self.write.count(times)}"

    def score(self, name: str, score: Decimal) -> str:
        """A score in words, on its scale where that is known."""
        shown, scale = self.number(score), scale_of(name)
        if scale is None or name not in phrases.RATED:
            return f"{plainly(name)}: {shown}"
        return self.texts.gettext(phrases.RATED[name], score=shown, highest=scale.highest)

    def number(self, score: Decimal) -> str:
        """A score without places that say nothing."""
        return self.write.decimal(score, 0 if score == int(score) else 1)

    def colleague(self, employee: str) -> str:
        """What a colleague is called; the id where nobody told a name."""
        return self.colleagues.get(employee) or employee

    def _rated(self, one: Happening) -> str:
        if one.score is None:
            return self.texts.gettext("rated %(name)s", name=plainly(one.name))
        return self.score(one.name, one.score)

    def _paid(self, one: Happening) -> str:
        if one.value is None:
            return self._in_words(None, one.name)
        amount = self.write.money(abs(one.value), one.currency)
        if one.value < 0:
            return self.texts.gettext("got %(amount)s back", amount=amount)
        return self.texts.gettext("paid %(amount)s", amount=amount)

    def _known(self, one: Happening) -> str:
        names = [plainly(name) for name in details(one.properties) if not name.startswith("$")][:8]
        if one.name in ("account", "group"):
            return self.texts.gettext("was told to belong to an account")
        return self.texts.gettext("is known by: %(names)s", names=", ".join(names) or plainly(one.name))

    def _aside(self, one: Happening, found: Mapping[str, object]) -> str:
        """What of the properties is worth a glance."""
        parts = [
            word(
                found,
                "plan",
                "product",
                "title",
                "path",
                "query",
                "issue",
                "account",
                "site",
                "place",
                "what",
            )
        ]
        if one.kind is Kind.PAID and not parts[0]:
            parts = [plainly(one.name)]
        if one.kind in (Kind.RATED, Kind.MET):
            parts.append(word(found, "survey"))
        due = instant(found, "due_at") if one.name == "promise_made" else None
        if due is not None:
            parts.append(self.texts.gettext("by %(day)s", day=self.write.day(due)))
        if one.kind is Kind.MET and (by := word(found, "by", "agent")):
            parts.append(self.texts.gettext("from %(name)s", name=self.colleague(by)))
        parts.append(word(found, "error", "reason"))
        return " · ".join(part for part in parts if part)

    def _in_words(self, told: str | None, name: str) -> str:
        return self.texts.gettext(told) if told else plainly(name)


def anchor(signal: str) -> str:
    """What a signal is called on a page: its id may be anything.

    >>> anchor("a 'b'")
    's-835dfd57c84c'
    """
    return f"s-{blake2b(signal.encode(), digest_size=6).hexdigest()}"


def plainly(name: str) -> str:
    """A name that a program gave, as words.

    >>> plainly("brew_logged"), plainly("Order Completed"), plainly("")
    ('brew logged', 'Order Completed', '?')
    """
    return " ".join(name.replace("_", " ").split())[:120] or "?"


def quoted(text: str, place: int) -> Markup:
    """The words with the sentence at `place` marked, where it is one of several; the end cut off with `…`."""
    shown = text[:LONGEST_QUOTE]
    end = "…" if len(text) > LONGEST_QUOTE else ""
    parts = sentences(text) if place >= 0 else []
    if len(parts) < 2 or not place < len(parts) or parts[place].end > LONGEST_QUOTE:
        return Markup("{}{}").format(shown, end)
    here = parts[place]
    return Markup("{}<mark>{}</mark>{}{}").format(shown[: here.begin], here.text, shown[here.end :], end)


def _icon(one: Happening) -> str:
    if one.kind is Kind.DID and one.name.endswith("_failed"):
        return "triangle-alert"
    if one.name in phrases.ICONS_BY_NAME:
        return phrases.ICONS_BY_NAME[one.name]
    if one.kind in (Kind.SAID, Kind.DID) and one.channel.lower() in phrases.ICONS_BY_CHANNEL:
        return phrases.ICONS_BY_CHANNEL[one.channel.lower()]
    return phrases.ICONS[one.kind.value]


def _laid_out(properties: str) -> str:
    if len(properties) > LONGEST_DETAILS:
        return properties[:LONGEST_DETAILS] + "…"
    found = details(properties)
    return json.dumps(found, indent=1, ensure_ascii=False) if found else properties
