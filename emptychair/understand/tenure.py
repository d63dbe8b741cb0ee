"""Which rule tells the relationships of an audience, chosen from what its signals can show."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from emptychair.domain.period import midnight
from emptychair.domain.signal import Audience
from emptychair.ledger.ledger import Ledger
from emptychair.ledger.question import Question, question
from emptychair.understand.gap import proposed_gap
from emptychair.understand.spells import Rule, Tenure


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What the signals of an audience before an instant can show about relationships.

    `first_at` and `last_at` are None when there are no signals; `began_at` is the first joining or activity
    of anybody with a name, None without one.
    """

    first_at: datetime | None
    last_at: datetime | None
    began_at: datetime | None
    joinings: int
    leavings: int
    active: int
    unnamed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The rule of an audience and why; without a `tenure`, `reason` says what would be needed to tell one."""

    tenure: Tenure | None
    reason: str


def last_signal(audience: Audience, before: datetime) -> Question:
    """One row: last_at, when something last happened in this audience before an instant, or null."""
    return question(
        """
        select max(occurred_at) as last_at
        from signals
        where audience = :audience and occurred_at < :before
        """,
        audience=audience.value,
        before=before,
    )


def end_of_data(ledger: Ledger, audience: Audience, now: datetime) -> datetime | None:
    """The midnight (UTC) after the last signal of the audience, at most `now`; None without signals."""
    found = ledger.ask(last_signal(audience, now)).column("last_at").to_pylist()[0]
    if found is None:
        return None
    last_at: datetime = found.replace(tzinfo=UTC)
    return min(midnight(last_at.date() + timedelta(days=1)), now)


def signs(audience: Audience, as_of: datetime) -> Question:
    """One row: first_at, last_at, began_at, joinings, leavings, active, unnamed (of these, naming nobody)."""
    return question(
        """
        select min(occurred_at) as first_at, max(occurred_at) as last_at,
               min(case when sign in ('joined', 'active') then occurred_at end) as began_at,
               coalesce(sum(case when sign = 'joined' then 1 else 0 end), 0) as joinings,
               coalesce(sum(case when sign = 'left' then 1 else 0 end), 0) as leavings,
               coalesce(sum(case when sign = 'active' then 1 else 0 end), 0) as active,
               coalesce(sum(case when sign = 'unnamed' then 1 else 0 end), 0) as unnamed
        from (
            select occurred_at,
                   case when person is null and kind not in ('joined', 'left', 'did', 'paid') then 'other'
                        when person is null then 'unnamed'
                        when kind in ('joined', 'left') then kind
                        when kind = 'did' then 'active'
                        when kind = 'paid' and value > 0 then 'active'
                        else 'other' end as sign
            from signals
            where audience = :audience and occurred_at < :as_of
        ) as signed
        """,
        audience=audience.value,
        as_of=as_of,
    )


def evidence(ledger: Ledger, audience: Audience, as_of: datetime) -> Evidence:
    """What the signals before `as_of` can show. One scan of four columns."""
    row = ledger.ask(signs(audience, as_of)).to_pylist()[0]
    return Evidence(
        first_at=_instant(row["first_at"]),
        last_at=_instant(row["last_at"]),
        began_at=_instant(row["began_at"]),
        joinings=int(row["joinings"]),
        leavings=int(row["leavings"]),
        active=int(row["active"]),
        unnamed=int(row["unnamed"]),
    )


def rule_for(audience: Audience, seen: Evidence) -> Rule | None:
    """The rule that fits: None when neither joinings nor activity are known (docs/decisions/0060).

    Employment is always a contract. Customers go by contract when joinings are known, unless nobody was ever
    recorded as leaving while there is activity: then a sign-up is no contract, and silence has to speak.
    """
    if seen.joinings and (audience is Audience.EMPLOYEE or seen.leavings or not seen.active):
        return Rule.CONTRACT
    if seen.active and audience is Audience.CUSTOMER:
        return Rule.ACTIVITY
    return None


def choose(
    ledger: Ledger,
    audience: Audience,
    as_of: datetime,
    seen: Evidence,
    *,
    rule: Rule | None = None,
    gap_days: int | None = None,
) -> Chosen:
    """The tenure of an audience as of an instant; `rule` and `gap_days`, when given, are set by hand."""
    fits = rule or rule_for(audience, seen)
    if fits is None:
        return Chosen(tenure=None, reason=_nothing_tells(audience))
    if fits is Rule.CONTRACT:
        tenure = Tenure(audience=audience, rule=fits, as_of=as_of)
        return Chosen(
            tenure=tenure, reason=f"{seen.joinings:,} joinings and {seen.leavings:,} leavings are recorded"
        )
    if gap_days is not None:
        tenure = Tenure(audience=audience, rule=fits, as_of=as_of, gap_days=gap_days)
        return Chosen(tenure=tenure, reason=f"the gap of {gap_days} days is set by hand")
    gap = proposed_gap(ledger, audience, as_of)
    if gap.days is None:
        return Chosen(tenure=None, reason=gap.reason)
    return Chosen(
        tenure=Tenure(audience=audience, rule=fits, as_of=as_of, gap_days=gap.days), reason=gap.reason
    )


def _nothing_tells(audience: Audience) -> str:
    if audience is Audience.EMPLOYEE:
        return "Nobody's first day is known: import employees with the day they were hired."
    return "No joining, order or use with a named person is known: import contracts, orders or events."


def _instant(value: datetime | None) -> datetime | None:
    return None if value is None else value.replace(tzinfo=UTC)
