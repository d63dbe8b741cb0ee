"""The words that features are made of at this company: what people do and meet, where, and what is told."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from emptychair.domain.signal import Audience, Kind
from emptychair.ledger.ledger import Ledger
from emptychair.ledger.question import Question, question
from emptychair.understand.arrival import Arrivals, arrived
from emptychair.understand.fields import Field

NAMES_DONE, NAMES_MET, CHANNELS, THEMES, TRAITS = 8, 6, 4, 8, 40
MOST_NAMES, MOST_VALUES, FEWEST_TOLD, FEWEST_WITH_VALUE = 62, 30, 0.05, 5
MOSTLY = 0.95
# Rage stands by itself: storage and average are none.
FAILURE = re.compile(r"fail|error|declin|crash|denied|rejected|timeout|(?<![a-z])rage", re.IGNORECASE)
_ASKED = ("survey_sent", "survey_shown")
REPLIES = ("reply", "message_sent", "answer")
# What names somebody tells nothing of anybody else.
_NAMING = re.compile(r"name|mail|phone|address|street|(^|_)id$|url|avatar|token|ip$", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trait:
    """What is told of people in one field, and its values (none: it is a number)."""

    field: Field
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """The commonest first. `every_name` are the names of all doing that breadth is counted by (`done` are the
    first of them), `answered_in` the channels in which people ever got an answer. Signals with a name that is
    `refused` count for nothing. `is_silent`: nothing that people said or answered is looked at.
    """

    done: tuple[str, ...]
    every_name: tuple[str, ...]
    failures: tuple[str, ...]
    met: tuple[str, ...]
    asked: tuple[str, ...]
    channels: tuple[str, ...]
    answered_in: tuple[str, ...]
    themes: Mapping[str, str] = field(default_factory=dict)
    traits: tuple[Trait, ...] = ()
    refused: tuple[str, ...] = ()
    is_silent: bool = False


def vocabulary(
    ledger: Ledger,
    audience: Audience,
    as_of: datetime,
    believed: Arrivals,
    themes: Mapping[str, str] | None = None,
    refused: Sequence[str] = (),
) -> Vocabulary:
    """The words as of an instant; `themes` are names of themes by their ids. O(signals), two passes.

    What employees said or answered is not looked at (docs/decisions/0179).
    """
    is_silent = audience is Audience.EMPLOYEE
    every = ledger.ask(names(audience, as_of, believed)).to_pylist()
    rows = [row for row in every if row["name"] not in refused]
    done = _commonest((row["name"], row["signals"]) for row in rows if row["kind"] == Kind.DID)
    met = _commonest((row["name"], row["signals"]) for row in rows if row["kind"] == Kind.MET)
    channels = _commonest((row["channel"], row["signals"]) for row in rows)
    return Vocabulary(
        done=done[:NAMES_DONE],
        every_name=done[:MOST_NAMES],
        failures=tuple(name for name in done if FAILURE.search(name)),
        met=tuple(name for name in met if name not in _ASKED)[:NAMES_MET],
        asked=tuple(name for name in met if name in _ASKED),
        channels=channels[:CHANNELS],
        answered_in=tuple(sorted({row["channel"] for row in rows if _is_reply(row)})),
        themes=_spoken(ledger, audience, as_of, believed, {} if is_silent else themes or {}),
        traits=traits(ledger, audience, as_of, believed),
        refused=tuple(refused),
        is_silent=is_silent,
    )


def at_hand(ledger: Ledger, words: Vocabulary) -> Vocabulary:
    """The same words with columns of this ledger for all traits: it may have been made anew since."""
    fields = [replace(one.field, column=ledger.promote(one.field.name)) for one in words.traits]
    held = [replace(one, field=of) for one, of in zip(words.traits, fields, strict=True)]
    return replace(words, traits=tuple(held))


def names(audience: Audience, as_of: datetime, believed: Arrivals) -> Question:
    """One row per kind, name and channel of what had arrived: how many signals."""
    return question(
        "select kind, name, channel, count(*) as signals from arrived group by kind, name, channel",
        {"arrived": arrived(audience, as_of, believed)},
    )


def spoken_themes(audience: Audience, as_of: datetime, believed: Arrivals) -> Question:
    """One row per theme that was spoken of: theme, how many people, most of them first."""
    return question(
        """
        select mentions.theme, count(distinct arrived.person) as people
        from arrived inner join mentions on mentions.signal = arrived.id
        where arrived.text <> '' group by mentions.theme order by people desc, theme
        """,
        {"arrived": arrived(audience, as_of, believed)},
    )


def traits(ledger: Ledger, audience: Audience, as_of: datetime, believed: Arrivals) -> tuple[Trait, ...]:
    """What is told of at least one in twenty people, but for names and addresses, in the order of keys."""
    found: list[Trait] = []
    told = ledger.keys()
    for key in told:
        if _NAMING.search(key) or len(found) == TRAITS:
            continue
        place = Field(name=key, column=ledger.promote(key))
        if trait := _trait(place, ledger.ask(values(audience, as_of, believed, place)).to_pylist()):
            found.append(trait)
    return tuple(found)


def values(audience: Audience, as_of: datetime, believed: Arrivals, place: Field) -> Question:
    """One row per value that is told in a field: value, number (null: none), people; commonest first.

    The row without a value has all people of whom anything is told.
    """
    return question(
        f"""
        with told as (
            select person, {place.column} as value from arrived where kind in ('told', 'joined')
        ), counted as (
            select value, number_of(value) as number, count(distinct person) as people
            from told where value <> '' group by value, number_of(value)
            union all
            select null, null, count(distinct person) from told
        )
        select value, number, people from counted order by people desc, value limit :most
        """,
        {"arrived": arrived(audience, as_of, believed, [place])},
        most=5_000,
    )


def _trait(place: Field, rows: list[dict[str, object]]) -> Trait | None:
    told = [row for row in rows if row["value"] is not None]
    everybody = max((int(str(row["people"])) for row in rows if row["value"] is None), default=0)
    people = sum(int(str(row["people"])) for row in told)
    if len(told) < 2 or people < FEWEST_TOLD * everybody:
        return None
    numbers = sum(int(str(row["people"])) for row in told if row["number"] is not None)
    if numbers >= MOSTLY * people and len(told) > MOST_VALUES // 3:
        return Trait(field=place)
    fewest = max(FEWEST_WITH_VALUE, people // 200)
    kept = [str(row["value"]) for row in told[:MOST_VALUES] if int(str(row["people"])) >= fewest]
    covered = sum(int(str(row["people"])) for row in told[: len(kept)])
    if len(kept) < 2 or covered < people / 2:
        return None  # most have one of their own
    return Trait(field=place, values=tuple(kept))


def _spoken(
    ledger: Ledger, audience: Audience, as_of: datetime, believed: Arrivals, known: Mapping[str, str]
) -> Mapping[str, str]:
    if not known:
        return {}
    rows = ledger.ask(spoken_themes(audience, as_of, believed)).to_pylist()
    spoken = [row["theme"] for row in rows if row["theme"] in known and row["people"] > 1]
    return {theme: known[theme] for theme in spoken[:THEMES]}


def _is_reply(row: dict[str, object]) -> bool:
    return row["kind"] == Kind.MET and row["name"] in REPLIES


def _commonest(counts: Iterable[tuple[str, int]]) -> tuple[str, ...]:
    summed: dict[str, int] = {}
    for name, signals in counts:
        summed[name] = summed.get(name, 0) + signals
    return tuple(sorted(summed, key=lambda name: (-summed[name], name)))
