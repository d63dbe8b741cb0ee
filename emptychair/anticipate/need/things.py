"""What people may need next, and how the ledger tells who had which of it on which day."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from emptychair.domain.signal import Audience
from emptychair.ledger.ledger import Ledger
from emptychair.ledger.question import Parameter, Question, question
from emptychair.understand.arrival import Arrivals, arrived
from emptychair.understand.fields import Field

# The newest rows that are learnt from, so that a long history costs no more than this.
MOST_ROWS = 2_000_000
MOST_ITEMS = 4_000
# So many people have to have something before it is told of anybody else.
FEWEST = 5
# How programs call what is bought, the most usual first, and what it is called in words.
PRODUCTS = ("product", "product_id", "sku", "product_sku", "item", "item_id", "stock_code", "article")
LABELS = ("product_name", "product_title", "item_name", "title", "description")
# What is told of people by which newcomers are looked at: few, and those that most companies have.
TRAITS = ("plan", "country", "language", "platform", "segment", "industry")
_NO_FEATURE = re.compile(
    r"fail|error|declin|crash|denied|rejected|timeout|rage|^page|screen|sign.?(in|out|up)|log.?(in|out)$|"
    r"session|_opened$|^search$|return_|cancel|unsubscri",
    re.IGNORECASE,
)


class Goal(StrEnum):
    """What is foretold: what is bought next, new or again; bought for the first time; used for the first
    time; spoken of for the first time.
    """

    PRODUCT = "product"
    NEW_PRODUCT = "new_product"
    FEATURE = "feature"
    THEME = "theme"

    @property
    def may_repeat(self) -> bool:
        """Whether what somebody had already is a good suggestion."""
        return self is Goal.PRODUCT


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """How this company calls things: the field of products and that of what they are called (None: there is
    none), the names of doing that are features, the themes by their ids, and what is told of people.
    """

    product: Field | None
    label: Field | None = None
    features: tuple[str, ...] = ()
    themes: Mapping[str, str] = field(default_factory=dict)
    traits: tuple[Field, ...] = ()

    def has(self, goal: Goal) -> bool:
        """Whether there can be anything of this kind."""
        if goal is Goal.FEATURE:
            return bool(self.features)
        return bool(self.themes) if goal is Goal.THEME else True


def words(ledger: Ledger, audience: Audience, as_of: datetime, themes: Mapping[str, str]) -> Words:
    """The words of this company. O(signals): keys of properties are looked for."""
    known = {_plain(key): key for key in sorted(ledger.keys(), reverse=True)}
    product = next((known[_plain(key)] for key in PRODUCTS if _plain(key) in known), None)
    label = next((known[_plain(key)] for key in LABELS if _plain(key) in known), None)
    done = ledger.ask(names_done(audience, as_of)).to_pylist()
    return Words(
        product=None if product is None else Field(name=product, column=ledger.promote(product)),
        label=None if label is None or product is None else Field(name=label, column=ledger.promote(label)),
        features=tuple(row["name"] for row in done if is_feature(row["name"])),
        themes=dict(themes),
        traits=tuple(
            Field(name=known[key], column=ledger.promote(known[key])) for key in TRAITS if key in known
        ),
    )


def words_of(goal: Goal, known: Words, items: Sequence[str]) -> Words:
    """The words that are needed to ask for these items alone."""
    return replace(
        known,
        features=tuple(items) if goal is Goal.FEATURE else (),
        themes=dict.fromkeys(items, "") if goal is Goal.THEME else {},
    )


def is_feature(name: str) -> bool:
    """Whether something done is a use of something: no failure, no page seen, no coming and going.

    >>> [is_feature(name) for name in ("export", "export_failed", "page", "sign_in")]
    [True, False, False, False]
    """
    return _NO_FEATURE.search(name) is None


def names_done(audience: Audience, as_of: datetime) -> Question:
    """One row per name of what at least five people did, the commonest first: name, people."""
    return question(
        """
        select name, count(distinct person) as people from signals
        where audience = :audience and kind = 'did' and person is not null and occurred_at < :as_of
        group by name having count(distinct person) >= :fewest order by people desc, name limit :most
        """,
        audience=audience.value,
        as_of=as_of,
        fewest=FEWEST,
        most=MOST_ITEMS,
    )


def had(
    goal: Goal,
    audience: Audience,
    as_of: datetime,
    believed: Arrivals,
    known: Words,
    among: Sequence[str] = (),
) -> Question:
    """One row per person, item and day of what had arrived: person, item, day, times; the newest first.

    Of features and themes the row is the first day. `among` limits the people (none: everybody).
    """
    which, asked = "", dict[str, Parameter]()
    if among:
        which, asked = "and arrived.person in (:among)", {"among": list(among)}
    more = [known.product] if known.product else []
    sources = {"arrived": arrived(audience, as_of, believed, more)}
    if goal is Goal.FEATURE:
        return question(_first(_USED.format(which)), sources, features=list(known.features), **_limits(asked))
    if goal is Goal.THEME:
        return question(_first(_SPOKEN.format(which)), sources, themes=list(known.themes), **_limits(asked))
    item = known.product.column if known.product else "name"
    return question(_bought(item, which), sources, **_limits(asked))


def told_of(audience: Audience, place: Field, people: Sequence[str]) -> Question:
    """One row per person of whom a trait is told: person, value, the newest."""
    return question(
        f"""
        with told as (
            select person, {place.column} as value,
                   row_number() over (partition by person order by occurred_at desc, id desc) as nth
            from signals
            where audience = :audience and person in (:people) and kind in ('told', 'joined')
              and {place.column} <> ''
        )
        select person, value from told where nth = 1
        """,
        audience=audience.value,
        people=list(people),
    )


def labels(audience: Audience, known: Words) -> Question:
    """One row per product: item, label, what it is called the last."""
    item = known.product.column if known.product else "name"
    label = known.label.column if known.label else "name"
    return question(
        f"""
        with told as (
            select {item} as item, {label} as label,
                   row_number() over (partition by {item} order by occurred_at desc, id desc) as nth
            from signals
            where audience = :audience and kind = 'paid' and {item} <> '' and {label} <> '' and value > 0
        )
        select item, label from told where nth = 1
        """,
        audience=audience.value,
    )


_USED = "select person, name as item, occurred_at from arrived where kind = 'did' and name in (:features) {}"
_SPOKEN = """
select arrived.person as person, mentions.theme as item, arrived.occurred_at as occurred_at
from arrived inner join mentions on mentions.signal = arrived.id
where arrived.kind <> 'met' and mentions.theme in (:themes) {}
"""


def _first(rows: str) -> str:
    return f"""
        with had as ({rows})
        select person, item, day_number(min(occurred_at)) as day, 1 as times from had
        group by person, item order by day desc, person, item limit :most
    """


def _bought(item: str, which: str) -> str:
    return f"""
        with had as (
            select person, {item} as item, day_number(occurred_at) as day from arrived
            where kind = 'paid' and value > 0 and {item} <> '' {which}
        )
        select person, item, day, count(*) as times from had
        group by person, item, day order by day desc, person, item limit :most
    """


def _limits(asked: Mapping[str, Parameter]) -> dict[str, Parameter]:
    return {**asked, "most": MOST_ROWS}


def _plain(key: str) -> str:
    return re.sub(r"[^a-z0-9]", "", key.lower())
