"""Conditions on what is known of people: traits, themes, scores and relationships, as of an instant."""

from dataclasses import replace
from datetime import datetime

from emptychair.domain.scale import SCALES
from emptychair.domain.signal import Audience
from emptychair.ledger.question import Parameter, Question, question
from emptychair.understand.fields import Field, values_of_people
from emptychair.understand.segments.definition import Relationship, Scored, Spoke, State, Trait, Which
from emptychair.understand.segments.happened import during
from emptychair.understand.segments.told import Told
from emptychair.understand.signs import Columns, passes, within
from emptychair.understand.spells import Rule, Tenure, spells, unknown_beginnings

_DAY = 24 * 60 * 60 * 1_000_000
# The property that names an account in what was told of it.
ACCOUNT = "account"


def trait(one: Trait, audience: Audience, as_of: datetime, columns: Columns, name: str) -> Told:
    """What was told last of a person; of accounts, whether any of the person's passes."""
    if not one.is_of_account:
        found = passes(one.test, f"{name}.value", name)
        by = Field(name=one.name, column=columns[one.name])
        return Told(
            value=found.text,
            parameters=found.parameters,
            source=values_of_people(by, audience, as_of, as_of),
        )
    nothing = 1 if one.test.is_missing is None else 2 if one.test.is_missing else 0
    source = account_standings(one, audience, as_of, columns)
    return Told(value=f"coalesce({name}.standing, {nothing})", source=source)


def account_standings(one: Trait, audience: Audience, as_of: datetime, columns: Columns) -> Question:
    """One row per person with an account: person, standing of the one that passes best."""
    found = passes(one.test, "known.value", "t")
    values = question(
        f"""
        with told as (
            select {columns[ACCOUNT]} as account, {columns[one.name]} as value,
                   row_number() over (
                       partition by {columns[ACCOUNT]} order by occurred_at desc, id desc
                   ) as nth
            from signals
            where audience = :audience and kind = 'told' and name in ('group', 'account')
              and {columns[ACCOUNT]} <> ''
              and {columns[one.name]} <> '' and occurred_at < :as_of
        )
        select account, value from told where nth = 1
        """,
        audience=audience.value,
        as_of=as_of,
    )
    return question(
        f"""
        select memberships.person, max({found.text}) as standing
        from memberships left join known on known.account = memberships.account
        where memberships.audience = :audience and memberships.first_at < :as_of
        group by memberships.person
        """,
        {"known": values},
        audience=audience.value,
        as_of=as_of,
        **found.parameters,
    )


def spoke(one: Spoke, audience: Audience, as_of: datetime, name: str) -> Told:
    """In how many texts somebody spoke of a theme: of everybody it can be told, as far as texts are read."""
    clause = within(one.times, f"coalesce({name}.texts, 0)", name)
    when = during(one.span, as_of, "s")
    tone = "and readings.tone = :tone" if one.tone else ""
    told: dict[str, Parameter] = {**when.parameters, **({"tone": one.tone} if one.tone else {})}
    source = question(
        f"""
        select signals.person, count(distinct signals.id) as texts
        from mentions inner join signals on signals.id = mentions.signal
            inner join readings on readings.signal = mentions.signal
        where mentions.theme = :theme and signals.audience = :audience and signals.person is not null
          and signals.occurred_at < :as_of {tone}{when.text.replace("occurred_at", "signals.occurred_at")}
        group by signals.person
        """,
        theme=one.theme,
        audience=audience.value,
        as_of=as_of,
        **told,
    )
    return Told(
        value=f"case when {clause.text} then 2 else 0 end", parameters=clause.parameters, source=source
    )


def scored(one: Scored, audience: Audience, as_of: datetime, name: str) -> Told:
    """The last answer of a person, or the mean of all, on the scale; of who never answered it is not told."""
    if one.which is Which.LAST:
        clause = within(one.value, f"{name}.total", name)
        texts, parameters = clause.text, dict(clause.parameters)
    else:
        # total >= n * bound: exact, where a quotient would be a double.
        low = "" if one.value.least is None else f"{name}.total >= {name}.answers * :{name}_least"
        high = "" if one.value.most is None else f"{name}.total <= {name}.answers * :{name}_most"
        texts = " and ".join(part for part in (low, high) if part)
        parameters = dict(within(one.value, "", name).parameters)
    return Told(
        value=f"case when {name}.total is null then 1 when {texts} then 2 else 0 end",
        parameters=parameters,
        source=answers(one, audience, as_of),
    )


def answers(one: Scored, audience: Audience, as_of: datetime) -> Question:
    """One row per person who answered: person, total (of all answers, or the last one), answers."""
    scale = SCALES[one.score]
    whole = "and floor(score) = score" if scale.is_whole else ""
    when = during(one.span, as_of, "s")
    last = "where nth = 1" if one.which is Which.LAST else ""
    return question(
        f"""
        with ranked as (
            select person, score,
                   row_number() over (partition by person order by occurred_at desc, id desc) as nth
            from signals
            where audience = :audience and kind = 'rated' and person is not null and name in (:names)
              and score between :lowest and :highest {whole} and occurred_at < :as_of {when.text}
        )
        select person, sum(score) as total, count(*) as answers from ranked {last} group by person
        """,
        audience=audience.value,
        names=scale.names,
        lowest=scale.lowest,
        highest=scale.highest,
        as_of=as_of,
        **when.parameters,
    )


def related(one: Relationship, as_of: datetime, tenure: Tenure | None, name: str) -> Told:
    """Whether a relationship is open, ended or was never; where nothing tells them it cannot be told."""
    if tenure is None:
        return Told(value="1")
    since = {State.OPEN: f"{name}.open_since", State.ENDED: f"{name}.ended_at"}
    holds = {
        State.OPEN: f"{name}.open_since is not null",
        State.ENDED: f"{name}.open_since is null and {name}.ended_at is not null",
        State.NONE: f"{name}.open_since is null and {name}.ended_at is null",
    }[one.state]
    parameters: dict[str, Parameter] = {}
    if one.state is not State.NONE and (one.days.least is not None or one.days.most is not None):
        days = within(one.days, f"(micros_between({since[one.state]}, :{name}_at) // {_DAY})", name)
        holds += f" and {days.text}"
        parameters = {**days.parameters, f"{name}_at": as_of}
    return Told(
        value=f"case when {holds} then 2 else 0 end",
        parameters=parameters,
        source=relationships(replace(tenure, as_of=as_of)),
    )


def relationships(tenure: Tenure) -> Question:
    """One row per person with a relationship: person, open_since, ended_at (null: not open, never ended)."""
    if tenure.rule is not Rule.CONTRACT:
        return question(
            """
            select person, max(case when ended_at is null then started_at end) as open_since,
                   max(ended_at) as ended_at
            from spells group by person
            """,
            {"spells": spells(tenure)},
        )
    return question(
        """
        select person, max(case when ended_at is null then started_at end) as open_since,
               max(ended_at) as ended_at
        from (
            select person, started_at, ended_at from spells
            union all
            select person, ended_at as started_at, ended_at from endings
        ) as every
        group by person
        """,
        {"spells": spells(tenure), "endings": unknown_beginnings(tenure)},
    )
