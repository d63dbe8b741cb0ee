"""Research on the desk: what is told to the ledger and taken back, and one slot for one person."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from emptychair.desk import (
    outbox,
    research_highlights,
    research_insights,
    research_sessions,
    research_turns,
    studies,
    study_people,
    study_slots,
)
from emptychair.desk.desk import Desk
from emptychair.desk.invitations import Sending
from emptychair.desk.outbox import Draft
from emptychair.desk.research_insights import Side
from emptychair.desk.research_sessions import Gone
from emptychair.desk.research_turns import Speaks, Told, Utterance
from emptychair.desk.studies import About
from emptychair.desk.study_people import Drawn, Stage
from emptychair.domain.contact import Channel, Contact, Purpose, What
from emptychair.domain.signal import Audience
from tests.desk.people import NOW

LATER = NOW + timedelta(days=30)
CUSTOMER = Audience.CUSTOMER


def session(desk: Desk, *, consented: bool = True) -> str:
    with desk.begin() as tx:
        made = research_sessions.add(
            tx, audience=CUSTOMER, title="Straße", held_at=NOW, person="per_1", participant="Ünal",
            interviewer="Ada", expires_at=LATER, by="usr_1", now=NOW,
        )  # fmt: skip
        if consented:
            research_sessions.consent(tx, made.id, to="", how="by mail", until=None, by="usr_1", now=NOW)
        research_turns.add(tx, [turn(made.id, 0, Speaks.INTERVIEWER), turn(made.id, 1), turn(made.id, 2)])
        return made.id


def turn(session_id: str, place: int, speaks: Speaks = Speaks.PARTICIPANT) -> Utterance:
    return Utterance(
        session_id=session_id, place=place, speaker=speaks.value, speaks=speaks, begins_ms=None, ends_ms=None,
        text=f"SCHÖN 100% n_{place}", told=Told.NO,
    )  # fmt: skip


def to_tell(desk: Desk) -> list[int]:
    with desk.read() as tx:
        return [one.place for _, one in research_turns.to_tell(tx, NOW, 10)]


def to_take_back(desk: Desk) -> list[int]:
    with desk.read() as tx:
        return sorted(place for _, place in research_turns.to_take_back(tx, 10))


def test_a_turn_is_told_until_it_surely_is_and_taken_back_until_it_surely_is(desk: Desk) -> None:
    session_id = session(desk)
    assert to_tell(desk) == [1, 2]
    with desk.begin() as tx:
        research_turns.mark(tx, [(session_id, 1), (session_id, 2)], Told.BEGUN)
    assert to_tell(desk) == [1, 2], "who began may have died before the ledger had it"
    with desk.begin() as tx:
        research_turns.mark(tx, [(session_id, 1)], Told.YES)
        assert research_turns.assign(tx, session_id, {"participant": Speaks.UNKNOWN}) == 2
    assert (to_tell(desk), to_take_back(desk)) == ([], [1, 2])
    with desk.begin() as tx:
        research_turns.mark(tx, [(session_id, 1), (session_id, 2)], Told.NO)
        assert len(research_turns.of_session(tx, session_id)) == 3, "they are here still"
    assert to_take_back(desk) == []


def test_what_is_taken_back_keeps_its_place_until_the_ledger_let_it_go(desk: Desk) -> None:
    session_id = session(desk)
    with desk.begin() as tx:
        research_turns.mark(tx, [(session_id, 2)], Told.YES)
        research_turns.blank(tx, session_id)
        assert research_turns.of_session(tx, session_id) == []
        assert research_turns.next_place(tx, session_id) == 3
    assert to_take_back(desk) == [2]
    with desk.begin() as tx:
        research_turns.mark(tx, [(session_id, 2)], Told.NO)
        assert research_turns.next_place(tx, session_id) == 0


def test_without_a_consent_nothing_is_told_and_at_its_end_it_is_over(desk: Desk) -> None:
    session_id = session(desk, consented=False)
    assert to_tell(desk) == []
    with desk.begin() as tx:
        until = NOW + timedelta(days=1)
        research_sessions.consent(tx, session_id, to="", how="by mail", until=until, by="usr_1", now=NOW)
        assert research_sessions.over(tx, until - timedelta(microseconds=1)) == []
        assert [one.id for one in research_sessions.over(tx, until)] == [session_id]
        assert research_sessions.end(tx, session_id, Gone.EXPIRED, until)
        assert not research_sessions.end(tx, session_id, Gone.REMOVED, until), "it is gone once"
        assert not research_sessions.consent(tx, session_id, to="", how="x", until=None, by="u", now=NOW)
        found = research_sessions.find(tx, session_id)
    assert found is not None
    assert (found.title, found.person, found.participant, found.gone) == ("", None, "", Gone.EXPIRED)


def test_words_are_found_in_any_case_and_signs_are_signs(desk: Desk) -> None:
    session(desk)
    with desk.read() as tx:
        for words, found in ((["schön"], 3), (["100%", "N_1"], 1), (["n_"], 3), (["n__"], 0), (["1%0"], 0)):
            assert len(research_turns.having(tx, CUSTOMER, words, NOW, 10)) == found, words
            assert research_turns.having(tx, Audience.EMPLOYEE, words, NOW, 10) == []


def test_the_same_evidence_is_there_once(desk: Desk) -> None:
    session_id = session(desk)
    with desk.begin() as tx:
        mark = research_highlights.add(tx, session_id, 1, 0, 3, note="", tags=("a",), by="u", now=NOW)
        insight = research_insights.add(tx, CUSTOMER, "So it is", "", by="u", now=NOW)
        for side, changed in ((Side.FOR, True), (Side.FOR, False), (Side.AGAINST, True)):
            done = research_insights.rest(tx, insight.id, side, highlight_id=mark.id, by="u", now=NOW)
            assert done is changed
        assert [one.side for one in research_insights.evidence_of(tx, [insight.id])] == [Side.AGAINST]
        assert research_insights.resting_on(tx, [mark.id]) == {mark.id: 1}


def drawn(desk: Desk) -> tuple[str, list[str]]:
    with desk.begin() as tx:
        made = studies.add(
            tx, title="Why", about=About.NOTHING, about_id="", about_name="", themes=(), method={}, seed="s",
            framed={}, guide="", by="u", now=NOW,
        )  # fmt: skip
        people = [Drawn(person=f"per_{n}", stratum="", probability=0.5, why={}) for n in range(6)]
        study_people.add(tx, made.id, people, by="u", now=NOW)
        study_slots.add(tx, made.id, [NOW + timedelta(days=1), NOW - timedelta(days=1)], NOW)
        return made.id, [one.id for one in study_people.of_study(tx, made.id)]


def test_of_many_who_want_a_slot_at_once_one_gets_it(desk: Desk) -> None:
    study_id, people = drawn(desk)
    with desk.read() as tx:
        past, slot = study_slots.of_study(tx, study_id)

    def taken(person: str) -> bool:
        with desk.begin() as tx:
            return study_slots.take(tx, slot.id, study_id, person, NOW)

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(taken, people)) == [False] * 5 + [True]
    with desk.begin() as tx:
        assert not study_slots.take(tx, past.id, study_id, people[0], NOW), "it is over"
        (holder,) = [one.participant_id for one in study_slots.of_study(tx, study_id) if one.participant_id]
        assert not study_slots.withdraw(tx, slot.id, study_id)
        assert study_slots.leave(tx, holder, NOW)
        assert study_slots.withdraw(tx, slot.id, study_id)


def test_nobody_is_asked_twice_and_what_became_of_a_letter_is_noted_once(desk: Desk) -> None:
    _, (first, second, *_) = drawn(desk)
    with desk.begin() as tx:
        assert study_people.ask(tx, first, NOW)
        assert not study_people.ask(tx, first, NOW)
        assert not study_people.ask_elsewhere(tx, first, "survey", NOW)
        assert study_people.handed(tx, first, "token")
        assert study_people.ask_elsewhere(tx, second, "survey", NOW)
        assert not study_people.ask(tx, second, NOW)
        found = study_people.find_by_token(tx, "token")
        assert found is not None
        assert found.id == first
        contact = Contact(
            people=("per_0",), audience=CUSTOMER, address="a@example.com", channel=Channel.EMAIL,
            purpose=Purpose.SURVEYS, what=What.INTERVIEW_INVITATION, thing=first,
        )  # fmt: skip
        outbox.write(
            tx,
            Draft(
                dedupe_key="k", contact=contact, subject="", html="", text="", unsubscribe=None, due_at=NOW
            ),
            by="u",
            now=NOW,
        )
        assert study_people.under_way(tx, 10) == [], "it waits"
        assert study_people.settle(tx, first, Sending.SENT, "", NOW)
        assert not study_people.settle(tx, first, Sending.NOT_SENT, "late", NOW)
        assert study_people.forget(tx, [str(found.person)], NOW) == [first]
        assert study_people.find_by_token(tx, "token") is None
        one = study_people.find(tx, first)
    assert one is not None
    assert (one.person, one.stage) == (None, Stage.ASKED)
