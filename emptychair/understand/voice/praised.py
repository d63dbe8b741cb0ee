"""What is good and what is bad: the aspects that people speak of, and how many praise or blame each."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from emptychair.domain.period import Period
from emptychair.domain.signal import Audience
from emptychair.ledger.ledger import Ledger
from emptychair.ledger.question import Question, question
from emptychair.stats.intervals import MINIMUM_N, Estimate, wilson
from emptychair.understand.language.aspects import unit_at, units
from emptychair.understand.language.embedding import Vectors
from emptychair.understand.language.sentences import sentences
from emptychair.understand.language.terms import Term, Wording, terms, wording
from emptychair.understand.language.tone.head import Head
from emptychair.understand.language.tone.mood import Mood
from emptychair.understand.language.tone.opinions import tones_of_parts
from emptychair.understand.language.tongue import SMALL_KNOWS, tongue
from emptychair.understand.voice.spoken import mentioned, spoken

# So many texts are looked at, evenly over the period; of one without a theme its first sentences.
MOST_TEXTS, MOST_SENTENCES = 400, 4
MOST_ASPECTS = 40
# Nobody alone makes an aspect, as nobody alone makes a theme.
FEWEST = 3
CLEAR = ("good", "bad", "mixed")
SIDES = (*CLEAR, "unclear")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where an aspect is spoken of: a sentence with the place of the aspect in it, who said it, and its mood.

    `voice` is the person, or the text where nobody is named; `mood` is None where it is unsure.
    """

    signal: str
    voice: str
    person: str | None
    channel: str
    name: str
    occurred_at: datetime
    sentence: str
    begin: int
    end: int
    mood: Mood | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Aspect:
    """One aspect: the voices that praise it, blame it, do both (`mixed`), or neither clearly.

    A voice is a person, or a text that names nobody (`nameless` of them). `shares` are those of good, bad and
    mixed among the three, each None below n.
    """

    key: str
    name: str
    people: int
    nameless: int
    good: int
    bad: int
    mixed: int
    unclear: int
    shares: Mapping[str, Estimate | None]
    places: tuple[Place, ...]

    @property
    def voices(self) -> int:
        """People, and texts that name nobody."""
        return self.people + self.nameless

    def of(self, side: str) -> tuple[Place, ...]:
        """The places of the voices on one side; all of them for any other word."""
        if side not in SIDES:
            return self.places
        sides = _sides(self.places)
        return tuple(place for place in self.places if sides[place.voice] == side)


@dataclass(frozen=True, slots=True, kw_only=True)
class Praised:
    """The aspects of which most voices speak, in `looked_at` of `texts`."""

    aspects: tuple[Aspect, ...]
    looked_at: int
    texts: int

    def aspect(self, key: str) -> Aspect | None:
        """The aspect with this key; None when too few speak of it."""
        return next((one for one in self.aspects if one.key == key), None)


@dataclass(frozen=True, slots=True)
class _Said:
    """A sentence that names an aspect."""

    row: Mapping[str, object]
    sentence: str
    term: Term


def looked_of(audience: Audience, period: Period, theme: str, among: Question | None = None) -> Question:
    """One row per text that is looked at: who said it, text, place (its sentence of the theme), n (of all).

    Of every theme and none when `theme` is empty; `place` is -1 then.
    """
    chosen = (
        "select id, occurred_at, -1 as place from said"
        if not theme
        else "select id, occurred_at, place from said where theme = :theme"
    )
    source = mentioned if theme else spoken
    return question(
        f"""
        with chosen as ({chosen}), numbered as (
            select id, place, row_number() over (order by occurred_at, id) as nth, count(*) over () as n
            from chosen
        )
        select signals.id, signals.person, signals.channel, signals.name, signals.occurred_at, signals.text,
               numbered.place, numbered.n
        from numbered inner join signals on signals.id = numbered.id
        where numbered.nth * :most % nullif(numbered.n, 0) < :most
        order by numbered.nth
        """,
        {"said": source(audience, period, among)},
        most=MOST_TEXTS,
        **({"theme": theme} if theme else {}),
    )


def company_wording(ledger: Ledger, audience: Audience, period: Period) -> Wording:
    """How words stand in what the audience says of anything: a theme alone tells too little of them."""
    rows = ledger.ask(looked_of(audience, period, "")).to_pylist()
    return wording([part for row in rows if _is_known(row["text"]) for part in _parts(row["text"], -1)])


def praised(
    ledger: Ledger,
    asked: Question,
    how: Wording,
    embed: Callable[[Sequence[str]], Vectors],
    head: Head,
    *,
    fewest: int = FEWEST,
    minimum_n: int = MINIMUM_N,
) -> Praised:
    """The aspects in the texts that `looked_of` asks for, of which `fewest` voices speak or more.

    `how` is told by `company_wording`. Texts in other languages than English name none. O(400 texts), and
    what `embed` takes for their sentences and the parts of these.
    """
    rows = ledger.ask(asked).to_pylist()
    total = int(rows[0]["n"]) if rows else 0
    said = _named(rows, how)
    voices: dict[str, set[str]] = defaultdict(set)
    for one in said:
        voices[one.term.key].add(_voice(one.row))
    ranked = sorted((-len(who), key) for key, who in voices.items() if len(who) >= fewest)
    kept = {key for _, key in ranked[:MOST_ASPECTS]}
    chosen = [one for one in said if one.term.key in kept]
    places = defaultdict(list)
    names: dict[str, Counter[str]] = defaultdict(Counter)
    for one, place in zip(chosen, _places(chosen, embed, head), strict=True):
        places[one.term.key].append(place)
        names[one.term.key][one.term.said] += 1
    aspects = [
        _aspect(key, names[key].most_common(1)[0][0], places[key], minimum_n)
        for _, key in ranked[:MOST_ASPECTS]
    ]
    return Praised(aspects=tuple(aspects), looked_at=len(rows), texts=total)


def _named(rows: Sequence[Mapping[str, object]], how: Wording) -> list[_Said]:
    """The sentences of the texts that name something, once for each thing."""
    known = [row for row in rows if _is_known(str(row["text"]))]
    parts = [(row, part) for row in known for part in _parts(str(row["text"]), int(str(row["place"])))]
    texts = [part for _, part in parts]
    found = terms(texts, wording(texts, how))
    return [
        _Said(row, part, term)
        for (row, part), some in zip(parts, found, strict=True)
        for term in {term.key: term for term in reversed(some)}.values()
    ]


def _is_known(text: str) -> bool:
    spoken_in = tongue(text)
    return spoken_in is None or spoken_in.code in SMALL_KNOWS


def _parts(text: str, place: int) -> list[str]:
    parts = [part.text for part in sentences(text)]
    return parts[:MOST_SENTENCES] if place < 0 else parts[place : place + 1]


def _places(said: Sequence[_Said], embed: Callable[[Sequence[str]], Vectors], head: Head) -> list[Place]:
    if not said:
        return []
    whole = [one.sentence for one in said]
    parts = []
    for one in said:
        unit = unit_at(units(one.sentence), one.term.begin)
        parts.append(one.sentence if unit is None else unit.text)
    # Two aspects of one sentence share its vector.
    different = list(dict.fromkeys(whole))
    at = {text: row for row, text in enumerate(different)}
    vectors = embed(different)[[at[text] for text in whole]]
    tones = tones_of_parts(whole, parts, vectors, embed, head)
    return [
        Place(
            signal=str(one.row["id"]),
            voice=_voice(one.row),
            person=None if one.row["person"] is None else str(one.row["person"]),
            channel=str(one.row["channel"]),
            name=str(one.row["name"]),
            occurred_at=_instant(one.row["occurred_at"]),
            sentence=one.sentence,
            begin=one.term.begin,
            end=one.term.end,
            mood=tone.mood,
        )
        for one, tone in zip(said, tones, strict=True)
    ]


def _aspect(key: str, name: str, places: Sequence[Place], minimum_n: int) -> Aspect:
    counted = Counter(_sides(places).values())
    clear = sum(counted[side] for side in CLEAR)
    people = len({place.person for place in places if place.person is not None})
    return Aspect(
        key=key,
        name=name,
        people=people,
        nameless=sum(counted.values()) - people,
        good=counted["good"],
        bad=counted["bad"],
        mixed=counted["mixed"],
        unclear=counted["unclear"],
        shares={side: wilson(counted[side], clear, minimum_n=minimum_n) for side in CLEAR},
        places=tuple(places),
    )


def _sides(places: Sequence[Place]) -> dict[str, str]:
    """The side of each voice: both good and bad is mixed, neither is unclear."""
    moods: dict[str, set[Mood | None]] = defaultdict(set)
    for place in places:
        moods[place.voice].add(place.mood)
    return {voice: _side(told) for voice, told in moods.items()}


def _side(told: set[Mood | None]) -> str:
    is_good, is_bad = Mood.POSITIVE in told, Mood.NEGATIVE in told
    if is_good and is_bad:
        return "mixed"
    return "good" if is_good else "bad" if is_bad else "unclear"


def _voice(row: Mapping[str, object]) -> str:
    return str(row["id"] if row["person"] is None else row["person"])


def _instant(value: object) -> datetime:
    assert isinstance(value, datetime)  # noqa: S101
    return value.replace(tzinfo=UTC)
