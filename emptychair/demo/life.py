"""What happens to the customers, week by week: leaving, returns, contacts, surveys, the broken release."""

from dataclasses import dataclass

import numpy as np

from emptychair.demo.clock import WEEK, Clock, Flags, Floats, Ints
from emptychair.demo.customers import NEVER, Customers
from emptychair.demo.happenings import Contacts, Cues, Failures, Life, Log, Returns, Spells, Surveys
from emptychair.demo.hazard import State, attitude, burden, daily_hazard
from emptychair.demo.staff import Staff
from emptychair.demo.themes import ORDINARY, Theme
from emptychair.demo.truths import Truths

REJOIN_SHARE = 0.08
WEEKLY_CONTACTS = 0.022
FIRST_SURVEY, SURVEY_EVERY = 45.0, 91.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Week:
    """One step: the active people, and each one's [begin, stop) inside [start, end)."""

    number: int
    start: float
    end: float
    who: Ints
    begin: Floats
    stop: Floats

    def chance(self, weekly: Floats | float) -> Floats:
        """The chance of at least one event of a weekly rate."""
        none: Floats = np.exp(-np.asarray(weekly) * (self.stop - self.begin) / WEEK)
        return 1.0 - none

    def moments(self, rng: np.random.Generator, picked: Ints) -> Floats:
        """A moment inside the step for each picked position of `who`."""
        begin = self.begin[picked]
        moment: Floats = begin + rng.random(picked.size) * (self.stop[picked] - begin)
        return moment


def life(rng: np.random.Generator, clock: Clock, people: Customers, staff: Staff, truths: Truths) -> Life:
    """Every customer's life to the end of the time; effects begin with the week after their cause."""
    run = _Run(rng, clock, people, staff, truths)
    for number in range(clock.weeks):
        run.step(number)
    return run.result()


class _Run:
    """The state of the simulation and what was logged so far."""

    def __init__(
        self, rng: np.random.Generator, clock: Clock, people: Customers, staff: Staff, truths: Truths
    ) -> None:
        self.rng, self.clock, self.people, self.staff, self.truths = rng, clock, people, staff, truths
        self.state = State.fresh(people)
        self.meets_failure = rng.random(people.count) < truths.broken_release.attempt_share
        self.spells = Log("person", "start", "end", "theme")
        self.returns = Log("person", "at", "is_slow", "paid_at")
        self.contacts = Log("person", "at", "theme", "loss", "due_at", "resolved_at")
        self.failures = Log("person", "at")
        self.surveys = Log("person", "at", "score", "is_answered", "theme")
        self.cues = Log("person", "at", "is_search")

    def step(self, number: int) -> None:
        """One week: leave first, then everything else happens to those who are there."""
        start, end = number * WEEK, min((number + 1) * WEEK, float(self.clock.days))
        self._rejoin(end)
        week = self._leave(number, start, end)
        self._return_goods(week)
        self._fail_to_sign_in(week)
        self._feel_a_need(week)
        self._contact(week)
        self._survey(week)

    def result(self) -> Life:
        """Everything that happened; the spells still open end never."""
        state = self.state
        self._close(np.arange(self.people.count))
        spells = self.spells.columns()
        return Life(
            spells=Spells(
                person=spells["person"].astype(np.int64),
                start=spells["start"],
                end=spells["end"],
                theme=spells["theme"].astype(np.int64),
            ),
            returns=Returns.of(self.returns),
            contacts=Contacts.of(self.contacts),
            failures=Failures.of(self.failures),
            surveys=Surveys.of(self.surveys),
            cues=Cues.of(self.cues),
            failed_at=state.failed_at,
        )

    def _rejoin(self, end: float) -> None:
        state = self.state
        back = np.flatnonzero(state.rejoins_at < end)
        self._close(back)
        state.start[back], state.end[back] = state.rejoins_at[back], NEVER
        state.rejoins_at[back] = NEVER

    def _close(self, who: Ints) -> None:
        state = self.state
        self.spells.add(person=who, start=state.start[who], end=state.end[who], theme=state.left_for[who])

    def _leave(self, number: int, start: float, end: float) -> _Week:
        state, rng = self.state, self.rng
        who = np.flatnonzero((state.start < end) & (state.end > start))
        begin = np.maximum(state.start[who], start)
        hazard = daily_hazard(state, self.people, self.clock, self.truths, who, start)
        moment = begin + rng.exponential(1.0, who.size) / hazard
        leaves = moment < end
        gone = who[leaves]
        state.end[gone] = moment[leaves]
        state.left_for[gone] = burden(rng, state, self.people, self.truths, gone, start)
        returns = (rng.random(gone.size) < REJOIN_SHARE) & ~state.has_rejoined[gone]
        back = moment[leaves] + rng.uniform(45, 240, gone.size)
        state.rejoins_at[gone] = np.where(returns & (back < self.clock.days - 1), back, NEVER)
        state.has_rejoined[gone] |= returns
        stop = np.minimum(state.end[who], end)
        return _Week(number=number, start=start, end=end, who=who, begin=begin, stop=stop)

    def _picked(self, week: _Week, weekly: Floats | float) -> Ints:
        return np.flatnonzero(self.rng.random(week.who.size) < week.chance(weekly))

    def _return_goods(self, week: _Week) -> None:
        truth, rng, state = self.truths.slow_refunds, self.rng, self.state
        picked = self._picked(week, truth.weekly_returns)
        person, at = week.who[picked], week.moments(rng, picked)
        by_bank = self.people.pays_by_bank[person]
        after = np.where(by_bank, truth.slow_bank_after, truth.slow_card_after)
        slow = rng.random(person.size) < np.where(at < truth.switch_day, truth.slow_before, after)
        delay = np.where(slow, rng.uniform(14, 32, person.size), rng.uniform(1.5, 5, person.size))
        self.returns.add(person=person, at=at, is_slow=slow, paid_at=at + delay)
        state.slow_refund_at[person[slow]] = at[slow] + truth.noticed_days

    def _fail_to_sign_in(self, week: _Week) -> None:
        truth, people, state = self.truths.broken_release, self.people, self.state
        if week.end <= truth.day or week.start >= truth.day + truth.days:
            return
        who = week.who
        first = np.maximum(week.begin, truth.day)
        last = np.minimum(week.stop, truth.day + truth.days)
        hit = self.meets_failure[who] & np.isinf(state.failed_at[who]) & (first < last)
        hit &= people.is_hit(who, truth.plan, truth.platform)
        at = first[hit] + self.rng.random(int(hit.sum())) ** 2 * (last - first)[hit]
        person = who[hit]
        state.failed_at[person] = at
        state.failed_new[person] = at - state.start[person] < truth.new_days
        self.failures.add(person=person, at=at)

    def _feel_a_need(self, week: _Week) -> None:
        truth = self.truths.emerging_need
        if week.end <= truth.day:
            return
        grown = (1 + truth.weekly_growth) ** ((week.start - truth.day) / WEEK)
        picked = self._picked(week, truth.start_rate / 1000 * grown)
        at = week.moments(self.rng, picked)
        searches = self.rng.random(picked.size) < truth.search_share
        kept = at >= truth.day
        self.cues.add(person=week.who[picked][kept], at=at[kept], is_search=searches[kept])
        self._speak(week, picked[kept & ~searches], at[kept & ~searches], Theme.HALF_CAF)

    def _contact(self, week: _Week) -> None:
        state, people, rng, who = self.state, self.people, self.rng, week.who
        fades = people.fades_at[who] <= week.start
        quiet = np.where(fades, self.truths.silent_unhappy.contacts, 1.0)
        bitter = people.hard_water[who] & (people.guide_at[who] > week.start)
        failed = (state.failed_at[who] >= week.start) & (state.failed_at[who] < week.end)
        waits = (state.slow_refund_at[who] < week.end) & (state.slow_refund_at[who] >= week.start - WEEK)
        for weekly, theme in (
            (np.where(failed, 0.6, 0.0) * quiet, Theme.SIGN_IN),
            (np.where(waits, 0.6, 0.0) * quiet, Theme.SLOW_REFUND),
            (np.where(bitter, 0.007, 0.0) * quiet, Theme.BITTER),
            (0.003 * quiet * state.season(self.clock, week.start, "iced"), Theme.ICED),
            (0.003 * quiet * state.season(self.clock, week.start, "gifts"), Theme.GIFT),
            (np.where(state.is_raised(self.truths, week.start), 0.012, 0.0) * quiet, Theme.PRICE),
        ):
            picked = self._picked(week, weekly)
            at = week.moments(rng, picked)
            late = state.failed_at[who[picked]] if theme is Theme.SIGN_IN else at
            self._speak(week, picked, np.minimum(np.maximum(at, late), week.stop[picked] - 1e-4), theme)
        picked = self._picked(week, WEEKLY_CONTACTS * quiet)
        themes = rng.choice(np.array(list(ORDINARY)), picked.size, p=np.array(list(ORDINARY.values())))
        self._speak(week, picked, week.moments(rng, picked), themes)

    def _speak(self, week: _Week, picked: Ints, at: Floats, theme: Ints | Theme) -> None:
        rng, state, truth = self.rng, self.state, self.truths.promises
        person = week.who[picked]
        loss = self.staff.loss[self.people.care_team[person], week.number]
        state.strained_at[person], state.strain[person] = at, loss
        promised = rng.random(person.size) < truth.share
        due = np.where(promised, np.floor(at) + rng.choice([2, 3, 5, 7], person.size) + 17 / 24, NEVER)
        kept = rng.random(person.size) < truth.kept + truth.kept_per_loss * loss
        done = at + (due - at) * rng.uniform(0.2, 0.95, person.size) if person.size else due
        late = rng.random(person.size) < truth.resolved_late
        tardy = np.where(late, due + rng.uniform(1, 9, person.size), NEVER)
        broken = promised & ~kept
        state.broken_at[person[broken]] = due[broken]
        resolved = np.where(kept, done, tardy)
        themes = np.broadcast_to(np.asarray(theme, dtype=np.int64), person.shape)
        self.contacts.add(person=person, at=at, theme=themes, loss=loss, due_at=due, resolved_at=resolved)

    def _survey(self, week: _Week) -> None:
        rng, who, truth = self.rng, week.who, self.truths.silent_unhappy
        age_begin = week.begin - self.state.start[who] - FIRST_SURVEY
        age_stop = week.stop - self.state.start[who] - FIRST_SURVEY
        turn = np.floor(age_stop / SURVEY_EVERY)
        due: Flags = (turn > np.floor(age_begin / SURVEY_EVERY)) & (turn >= 0)
        person = who[due]
        at = self.state.start[person] + FIRST_SURVEY + turn[due] * SURVEY_EVERY
        mean = attitude(self.state, self.people, self.clock, self.truths, person, week.start)
        fades = self.people.fades_at[person] <= week.start
        spread = np.where(fades, truth.spread, 1.1)
        score = np.clip(np.rint(mean + spread * rng.standard_normal(person.size)), 0, 10)
        answered = rng.random(person.size) < np.where(fades, truth.answers, truth.others_answer)
        theme = burden(rng, self.state, self.people, self.truths, person, week.start)
        self.surveys.add(person=person, at=at, score=score, is_answered=answered, theme=theme)
