"""Answers that come at once: places of quotas are never oversold, and a link answers once."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from emptychair.desk import ballots, invitations, responses, sealed_answers, survey_quotas, surveys
from emptychair.desk.desk import Desk
from emptychair.desk.invitations import Invited
from emptychair.desk.responses import Delivery, Mark, Progress
from emptychair.desk.surveys import Standing
from emptychair.domain.signal import Audience
from emptychair.ledger.ledger import Ledger
from emptychair.listen.surveys import answering, asking, editing, sealing
from emptychair.listen.surveys.answer import Answer
from emptychair.listen.surveys.answering import Way
from emptychair.listen.surveys.asking import Asked
from emptychair.listen.surveys.definition import Definition, Full, Quota
from emptychair.listen.surveys.marking import Evidence
from emptychair.listen.surveys.tending import tend
from tests.desk.people import at_once
from tests.ledger.making import rows
from tests.listen.surveys.making import K, O, asked, survey, when

NOON = datetime(2026, 3, 31, 12, tzinfo=UTC)
LINK = Way(delivery=Delivery.LINK, language="en", hidden={})
HUMAN = Evidence(delivery=Delivery.LINK, answers=1, seconds=30)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    ledger = Ledger.open(tmp_path / "ledger")
    yield ledger
    ledger.close()


def opened(desk: Desk, definition: Definition, audience: Audience = Audience.CUSTOMER) -> Asked:
    with desk.begin() as tx:
        made = editing.create(tx, definition, name="Asked", audience=audience, by="cli", now=NOON)
        editing.open_up(tx, made.id, by="cli", now=NOON)
        found = asking.at(tx, made.slug)
    assert found is not None
    return found


def answered(desk: Desk, ledger: Ledger, asked: Asked, score: int, way: Way = LINK) -> Progress | None:
    with desk.begin() as tx:
        _, response = answering.begin(tx, asked, way, NOON)
        answers = {"q1": Answer(number=score)}
        answering.save(tx, asked, response.id, answers, page=0, language="en", now=NOON)
    ended = answering.end(desk, ledger, asked, response.id, HUMAN, NOON)
    return None if ended is None else ended.response.progress


@pytest.mark.parametrize("then", list(Full))
def test_of_many_who_come_at_once_no_more_are_counted_than_a_quota_has_places(
    then: Full, desk: Desk, ledger: Ledger
) -> None:
    low = Quota(id="low", name="Low", most=3, when=when("q1", O.AT_MOST, "6"), then=then)
    asked_for = opened(desk, replace(survey(asked("q1", K.NPS)), quotas=(low,)))
    found = Counter(at_once(lambda n: answered(desk, ledger, asked_for, n % 4)))
    assert found == {Progress.COMPLETED: 3, Progress.SCREENED_OUT: 5}
    ledger.load(NOON)
    assert [row["kind"] for row in rows(ledger)].count("rated") == 3
    with desk.read() as tx:
        assert survey_quotas.taken(tx, asked_for.survey.id) == {"low": 3}
        survey_now = surveys.find(tx, asked_for.survey.id)
    assert survey_now is not None
    assert survey_now.standing is (Standing.CLOSED if then is Full.CLOSE else Standing.OPEN)
    if then is Full.SCREEN_OUT:
        assert answered(desk, ledger, asked_for, 9) is Progress.COMPLETED, "others are counted"


def test_a_refused_place_takes_none_in_another_quota(desk: Desk) -> None:
    asked_for = opened(desk, survey(asked("q1", K.NPS)))
    with desk.begin() as tx:
        assert survey_quotas.take(tx, asked_for.survey.id, {"a": 2, "b": 1}) is None
        assert survey_quotas.take(tx, asked_for.survey.id, {"a": 2, "b": 1}) == "b"
        assert survey_quotas.taken(tx, asked_for.survey.id) == {"a": 1, "b": 1}


def test_a_personal_link_opened_by_many_at_once_is_one_response(desk: Desk, ledger: Ledger) -> None:
    asked_for = opened(desk, survey(asked("q1", K.NPS)))
    with desk.begin() as tx:
        (name,) = invitations.invite(tx, asked_for.survey.id, [Invited(person="ada")], by="cli", now=NOON)
        invitation = invitations.find(tx, name)
    way = replace(LINK, delivery=Delivery.PERSONAL, invitation=invitation)
    at_once(lambda n: answered(desk, ledger, asked_for, n, way))
    ledger.load(NOON)
    rated = [row for row in rows(ledger) if row["kind"] == "rated"]
    assert (len(rated), rated[0]["person"]) == (1, "ada")


def test_a_ballot_used_by_many_at_once_seals_one_answer(desk: Desk) -> None:
    asked_for = opened(desk, survey(asked("q1", K.ENPS)), Audience.EMPLOYEE)
    survey_id = asked_for.survey.id
    with desk.begin() as tx:
        tokens = ballots.issue(tx, survey_id, 8)
        ballot = ballots.find(tx, survey_id, tokens[0])
    at_once(lambda n: sealing.end(desk, asked_for, {"q1": Answer(number=n)}, ballot, "", HUMAN))
    with desk.read() as tx:
        assert ballots.counts(tx, survey_id) == (8, 1)
        assert len(sealed_answers.waiting(tx, survey_id)) == 1


def test_anonymous_answers_that_come_at_once_are_all_kept_and_those_sent_twice_once(desk: Desk) -> None:
    asked_for = opened(desk, survey(asked("q1", K.ENPS)), Audience.EMPLOYEE)
    survey_id = asked_for.survey.id
    with desk.begin() as tx:
        tokens = ballots.issue(tx, survey_id, 8)
        found = [ballots.find(tx, survey_id, token) for token in tokens]
    once = [sealing.new_once() for _ in range(4)]
    at_once(lambda n: sealing.end(desk, asked_for, {"q1": Answer(number=n)}, found[n], "", HUMAN))
    at_once(lambda n: sealing.end(desk, asked_for, {"q1": Answer(number=9)}, None, once[n % 4], HUMAN))
    with desk.read() as tx:
        sealed = sealed_answers.waiting(tx, survey_id)
        assert ballots.counts(tx, survey_id) == (8, 8)
    scores = Counter(one.answers["q1"]["number"] for one in sealed)
    assert scores == {**dict.fromkeys(range(8), 1), 9: 4}


def test_on_postgresql_no_row_tells_by_its_transaction_which_ballot_brought_which_answer(desk: Desk) -> None:
    asked_for = opened(desk, survey(asked("q1", K.ENPS)), Audience.EMPLOYEE)
    survey_id = asked_for.survey.id
    with desk.begin() as tx:
        tokens = ballots.issue(tx, survey_id, 8)
        found = [ballots.find(tx, survey_id, token) for token in tokens]
    for number in range(6):
        sealing.end(desk, asked_for, {"q1": Answer(number=number)}, found[number], "", HUMAN)
    with desk.read() as tx:
        if tx.dialect.name != "postgresql":
            pytest.skip("rows of SQLite have no transaction")
        of = [tx.execute(text(f"select distinct xmin::text from {name}")).all()
              for name in ("ballots", "sealed_answers")]  # fmt: skip
    assert [len(found) for found in of] == [1, 1]


def test_one_response_ended_by_many_at_once_is_told_once(desk: Desk, ledger: Ledger) -> None:
    asked_for = opened(desk, survey(asked("q1", K.NPS)))
    with desk.begin() as tx:
        _, response = answering.begin(tx, asked_for, LINK, NOON)
        answering.save(tx, asked_for, response.id, {"q1": Answer(number=7)}, page=0, language="en", now=NOON)
    at_once(lambda n: answering.end(desk, ledger, asked_for, response.id, HUMAN, NOON))
    ledger.load(NOON)
    assert [row["kind"] for row in rows(ledger)].count("rated") == 1


def test_what_a_dead_process_did_not_write_is_written_later_and_once(desk: Desk, ledger: Ledger) -> None:
    asked_for = opened(desk, survey(asked("q1", K.NPS)))
    with desk.begin() as tx:
        _, response = answering.begin(tx, asked_for, LINK, NOON)
        data = {"q1": {"number": 4}}
        responses.end(tx, response.id, Progress.COMPLETED, answers=data, now=NOON)
        _, marked = answering.begin(tx, asked_for, LINK, NOON)
        responses.end(tx, marked.id, Progress.COMPLETED, answers=data, mark=Mark.TOO_FAST, now=NOON)
    for _ in range(2):
        tend(desk, ledger, NOON)
    ledger.load(NOON)
    assert sorted(str(row["kind"]) for row in rows(ledger)) == ["did", "rated"]
