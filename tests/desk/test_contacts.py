"""Who may be contacted: consents, stopped addresses, the one fatigue rule, quiet hours; claimed once."""

import multiprocessing
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import Connection

from emptychair.desk import consents, contacts, contacts_refused, settings, stops, touches
from emptychair.desk.desk import Desk
from emptychair.desk.settings import OPT_IN, QUIET_HOURS, SURVEY_PAUSE_DAYS, TIME_ZONE, WEEKLY_CONTACTS
from emptychair.desk.stops import Cause
from emptychair.domain.consent import Standing
from emptychair.domain.contact import Channel, Contact, Purpose, Refusal, Touch, What, WhyNot
from emptychair.domain.signal import Audience
from tests.desk.people import at_once

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def wished(
    *people: str,
    address: str | None = "Ada@Example.com",
    purpose: Purpose | None = Purpose.SURVEYS,
    what: What = What.SURVEY_INVITATION,
    channel: Channel = Channel.EMAIL,
    audience: Audience = Audience.CUSTOMER,
    zone: str | None = None,
) -> Contact:
    return Contact(
        people=people or ("ada",),
        audience=audience,
        address=address,
        channel=channel,
        purpose=purpose,
        what=what,
        thing="inv_1",
        zone=zone,
    )


MAIL = partial(wished, purpose=Purpose.UPDATES, what=What.MAIL)


def reason(answer: Touch | Refusal | None) -> WhyNot | None:
    return answer.reason if isinstance(answer, Refusal) else None


def say(tx: Connection, person: str, standing: Standing, purpose: Purpose = Purpose.SURVEYS) -> bool:
    return consents.record(
        tx, [person], Audience.CUSTOMER, purpose, standing, evidence="said so", by="usr_ada", now=NOON
    )


def halt(tx: Connection, address: str, cause: Cause, purpose: Purpose | None = None) -> bool:
    return stops.stop(tx, address, cause, purpose=purpose, evidence="a mail", by="system", now=NOON)


def test_a_claim_is_a_contact_that_counts(desk: Desk) -> None:
    with desk.begin() as tx:
        touch = contacts.claim(tx, wished(), NOON)
        assert isinstance(touch, Touch)
        assert touches.since(tx, ["ada"], None, NOON - DAY) == [touch]
        again = contacts.claim(tx, wished(), NOON + DAY)
    assert again == Refusal(reason=WhyNot.ASKED_LATELY, until=NOON + 30 * DAY)


def test_a_claim_that_came_to_nothing_counts_no_more(desk: Desk) -> None:
    with desk.begin() as tx:
        touch = contacts.claim(tx, wished(), NOON)
        assert isinstance(touch, Touch)
        assert contacts.release(tx, touch.id)
        assert not contacts.release(tx, touch.id)
        assert isinstance(contacts.claim(tx, wished(), NOON), Touch)


def test_a_question_what_may_be_writes_nothing(desk: Desk) -> None:
    with desk.read() as tx:
        assert contacts.why_not(tx, wished(), NOON) is None
        assert contacts.why_not(tx, wished(), NOON.replace(hour=22)) is not None
        assert contacts_refused.since(tx, date.min) == {}


def test_the_widget_and_mail_share_one_rule_by_person_and_by_address(desk: Desk) -> None:
    widget = wished("ada", address=None, channel=Channel.WIDGET, what=What.WIDGET_SURVEY)
    with desk.begin() as tx:
        assert isinstance(contacts.claim(tx, widget, NOON), Touch)
        assert reason(contacts.claim(tx, wished("ada"), NOON)) is WhyNot.ASKED_LATELY
        # Somebody else by id, the same by address, whatever its capitals.
        assert isinstance(contacts.claim(tx, wished("eve"), NOON), Touch)
        other = wished("bob", address="ADA@example.COM", audience=Audience.EMPLOYEE)
        assert reason(contacts.claim(tx, other, NOON)) is WhyNot.ASKED_LATELY
        assert isinstance(contacts.claim(tx, wished("bob", address="ada+x@example.com"), NOON), Touch)


def test_two_ids_that_turn_out_to_be_one_person_are_counted_together(desk: Desk) -> None:
    with desk.begin() as tx:
        assert isinstance(contacts.claim(tx, MAIL("ada", address="a@example.com"), NOON), Touch)
        assert isinstance(contacts.claim(tx, MAIL("anon:1", address="b@example.com"), NOON), Touch)
        both = MAIL("ada", "anon:1", address="c@example.com")
        assert contacts.claim(tx, both, NOON + DAY) == Refusal(
            reason=WhyNot.CONTACTED_OFTEN, until=NOON + 7 * DAY
        )


def test_a_service_message_is_owed_and_neither_counts_nor_waits(desk: Desk) -> None:
    receipt = wished(purpose=None, what=What.MAIL)
    night = NOON.replace(hour=23)
    with desk.begin() as tx:
        for _ in range(3):
            halt(tx, "ada@example.com", Cause.COMPLAINED)
            assert contacts.why_not(tx, receipt, night) is None
        halt(tx, "ada@example.com", Cause.BOUNCED)
        assert reason(contacts.why_not(tx, receipt, night)) is WhyNot.ADDRESS_BOUNCES


@pytest.mark.parametrize(
    ("address", "why"),
    [
        (None, WhyNot.NO_ADDRESS),
        ("", WhyNot.NO_ADDRESS),
        ("ada", WhyNot.ADDRESS_IS_NOT_ONE),
        ("ada@example.com\r\nBcc: eve@example.com", WhyNot.ADDRESS_IS_NOT_ONE),
        ("Ada <ada@example.com>", WhyNot.ADDRESS_IS_NOT_ONE),
        ("ada@localhost", WhyNot.ADDRESS_IS_NOT_ONE),
        ("ada@10.0.0.1", WhyNot.ADDRESS_IS_NOT_ONE),
        ("ada@ｅxample.com", WhyNot.ADDRESS_IS_NOT_ONE),
        ("x" * 65 + "@example.com", WhyNot.ADDRESS_IS_NOT_ONE),
        ("a\u202eda@example.com", WhyNot.ADDRESS_IS_NOT_ONE),
    ],
)
def test_what_cannot_be_written_to_has_its_reason(desk: Desk, address: str | None, why: WhyNot) -> None:
    with desk.read() as tx:
        assert reason(contacts.why_not(tx, wished(address=address), NOON)) is why
        # The widget finds people without an address.
        assert contacts.why_not(tx, wished(address=address, channel=Channel.WIDGET), NOON) is None


def test_the_latest_word_holds_and_every_word_is_kept(desk: Desk) -> None:
    with desk.begin() as tx:
        assert contacts.why_not(tx, wished(), NOON) is None
        assert say(tx, "ada", Standing.WITHDRAWN)
        assert not say(tx, "ada", Standing.WITHDRAWN), "said already"
        assert reason(contacts.why_not(tx, wished(), NOON)) is WhyNot.CONSENT_WITHDRAWN
        assert contacts.why_not(tx, MAIL(), NOON) is None, "another purpose"
        assert say(tx, "ada", Standing.GIVEN)
        assert contacts.why_not(tx, wished(), NOON) is None
        kept = consents.history(tx, ["ada"], Audience.CUSTOMER)
    assert [(one.standing, one.evidence, one.by) for one in kept] == [
        (Standing.GIVEN, "said so", "usr_ada"),
        (Standing.WITHDRAWN, "said so", "usr_ada"),
    ]


def test_of_two_ids_that_are_one_person_the_stricter_word_holds_whatever_its_age(desk: Desk) -> None:
    with desk.begin() as tx:
        say(tx, "old", Standing.WITHDRAWN)
        say(tx, "new", Standing.GIVEN)
        assert contacts.why_not(tx, wished("new"), NOON) is None
        assert reason(contacts.why_not(tx, wished("new", "old"), NOON)) is WhyNot.CONSENT_WITHDRAWN
        # Who says yes again says it for all that they are.
        given = {"evidence": "their page", "by": "person", "now": NOON}
        people = ["new", "old"]
        consents.record(tx, people, Audience.CUSTOMER, Purpose.SURVEYS, Standing.GIVEN, **given)  # type: ignore[arg-type]
        assert contacts.why_not(tx, wished("new", "old"), NOON) is None


def test_what_needs_a_yes_waits_for_it(desk: Desk) -> None:
    offer = wished(purpose=Purpose.MARKETING, what=What.MAIL)
    with desk.begin() as tx:
        assert reason(contacts.why_not(tx, offer, NOON)) is WhyNot.CONSENT_MISSING
        say(tx, "ada", Standing.GIVEN, Purpose.MARKETING)
        assert contacts.why_not(tx, offer, NOON) is None
        wanted = frozenset({Purpose.SURVEYS})
        settings.change(tx, OPT_IN, wanted, audience=Audience.CUSTOMER, by="cli", now=NOON)
        assert reason(contacts.why_not(tx, wished(), NOON)) is WhyNot.CONSENT_MISSING
        assert contacts.why_not(tx, wished(audience=Audience.EMPLOYEE), NOON) is None


def test_a_stop_holds_for_the_address_whoever_has_it_and_for_its_purpose(desk: Desk) -> None:
    with desk.begin() as tx:
        assert halt(tx, "ADA@example.com", Cause.UNSUBSCRIBED, Purpose.SURVEYS)
        assert not halt(tx, "ada@EXAMPLE.com", Cause.UNSUBSCRIBED, Purpose.SURVEYS)
        for person in ("ada", "somebody else"):
            assert reason(contacts.why_not(tx, wished(person), NOON)) is WhyNot.UNSUBSCRIBED
            assert contacts.why_not(tx, MAIL(person), NOON) is None
        halt(tx, "ada@example.com", Cause.COMPLAINED)
        assert reason(contacts.why_not(tx, MAIL(), NOON)) is WhyNot.UNSUBSCRIBED


@pytest.mark.parametrize(
    ("stopped", "other"),
    [("\u212adada@example.com", "kdada@example.com"), ("grüße@example.com", "gruesse@example.com")],
)
def test_look_alikes_are_others(desk: Desk, stopped: str, other: str) -> None:
    with desk.begin() as tx:
        halt(tx, stopped, Cause.UNSUBSCRIBED)
        assert reason(contacts.why_not(tx, wished(address=stopped), NOON)) is WhyNot.UNSUBSCRIBED
        assert contacts.why_not(tx, wished(address=other), NOON) is None


def test_one_domain_in_two_spellings_is_one(desk: Desk) -> None:
    with desk.begin() as tx:
        halt(tx, "ada@bücher.example", Cause.UNSUBSCRIBED)
        named = wished(address="ada@xn--bcher-kva.example")
        assert reason(contacts.why_not(tx, named, NOON)) is WhyNot.UNSUBSCRIBED


def test_who_wants_one_purpose_again_gets_that_one_alone(desk: Desk) -> None:
    with desk.begin() as tx:
        halt(tx, "ada@example.com", Cause.COMPLAINED)
        again = stops.lift_purpose(tx, "ada@example.com", Purpose.SURVEYS, by="person", now=NOON)
        assert again == 1
        assert contacts.why_not(tx, wished(), NOON) is None
        assert reason(contacts.why_not(tx, MAIL(), NOON)) is WhyNot.UNSUBSCRIBED


def test_an_address_that_bounced_works_again_only_when_somebody_says_so(desk: Desk) -> None:
    with desk.begin() as tx:
        halt(tx, "ada@example.com", Cause.BOUNCED)
        stops.lift_purpose(tx, "ada@example.com", Purpose.SURVEYS, by="person", now=NOON)
        assert reason(contacts.why_not(tx, wished(), NOON)) is WhyNot.ADDRESS_BOUNCES
        (held,) = stops.page(tx, search="ADA@", cause=Cause.BOUNCED)
        assert stops.lift(tx, held.id, by="usr_ada", now=NOON)
        assert not stops.lift(tx, held.id, by="usr_ada", now=NOON)
        assert contacts.why_not(tx, wished(), NOON) is None


def test_it_is_quiet_where_the_person_is_and_where_the_company_is_when_nobody_knows(desk: Desk) -> None:
    with desk.begin() as tx:
        settings.change(tx, TIME_ZONE, "Europe/Berlin", by="cli", now=NOON)
        # 12:00 UTC is 14:00 in Berlin, 21:00 in Tokyo, 05:00 in Los Angeles.
        for zone, until in {
            "Asia/Tokyo": NOON + timedelta(hours=11),
            "America/Los_Angeles": NOON + timedelta(hours=3),
        }.items():
            refusal = contacts.why_not(tx, wished(zone=zone), NOON)
            assert refusal == Refusal(reason=WhyNot.QUIET_HOURS, until=until)
        for zone in (None, "", "Mars/Base", "../../etc/passwd", "Tokyo\0", "x" * 5000, " Europe/Berlin "):
            assert contacts.why_not(tx, wished(zone=zone), NOON) is None
            night = contacts.why_not(tx, wished(zone=zone), NOON.replace(hour=18))
            assert reason(night) is WhyNot.QUIET_HOURS
        in_the_product = wished(zone="Asia/Tokyo", channel=Channel.WIDGET)
        assert contacts.why_not(tx, in_the_product, NOON) is None, "who is there is awake"
        settings.change(tx, QUIET_HOURS, None, by="cli", now=NOON)
        assert contacts.why_not(tx, wished(zone="Asia/Tokyo"), NOON) is None


def test_the_rule_is_the_company_s_for_each_audience(desk: Desk) -> None:
    with desk.begin() as tx:
        for setting, value in ((SURVEY_PAUSE_DAYS, 7), (WEEKLY_CONTACTS, 5)):
            settings.change(tx, setting, value, audience=Audience.EMPLOYEE, by="cli", now=NOON)
        pulse = wished("eve", address="eve@example.com", audience=Audience.EMPLOYEE)
        for week in range(3):
            assert isinstance(contacts.claim(tx, pulse, NOON + 7 * week * DAY), Touch)


def test_refusals_are_counted_by_their_reason(desk: Desk) -> None:
    with desk.begin() as tx:
        contacts.claim(tx, wished(), NOON)
        for _ in range(2):
            contacts.claim(tx, wished(), NOON)
        contacts.claim(tx, wished("bob", address="bob"), NOON + DAY)
        counted = contacts_refused.since(tx, NOON.date())
        later = contacts_refused.since(tx, NOON.date() + DAY)
    mail = (Channel.EMAIL, What.SURVEY_INVITATION)
    assert counted == {(*mail, WhyNot.ASKED_LATELY): 2, (*mail, WhyNot.ADDRESS_IS_NOT_ONE): 1}
    assert later == {(*mail, WhyNot.ADDRESS_IS_NOT_ONE): 1}


def test_of_many_who_claim_one_person_at_once_one_gets_it(desk: Desk) -> None:
    def claim(number: int) -> bool:
        # Each knows the person by another id; the address is what they have in common.
        with desk.begin() as tx:
            return isinstance(contacts.claim(tx, wished(f"id_{number}"), NOON), Touch)

    assert sum(at_once(claim)) == 1


def test_of_many_who_claim_overlapping_ids_at_once_none_waits_for_ever(desk: Desk) -> None:
    def claim(number: int) -> bool:
        ids = ["p1", "p2", "p3", "p4"]
        turned = ids[number % 4 :] + ids[: number % 4]
        with desk.begin() as tx:
            wish = MAIL(*turned, address=f"{number}@example.com")
            return isinstance(contacts.claim(tx, wish, NOON), Touch)

    assert sum(at_once(claim, threads=8)) == 2, "as many as a week allows"


def _claim_elsewhere(place: str, begin: Callable[[], object], won: "multiprocessing.Queue[bool]") -> None:
    desk = Desk.open(place)
    begin()
    for number in range(20):
        with desk.begin() as tx:
            answer = contacts.claim(tx, wished(f"p{number}", address=f"{number}@example.com"), NOON)
        won.put(isinstance(answer, Touch))
    desk.close()


def test_two_processes_that_claim_the_same_people_contact_each_once(place: str) -> None:
    Desk.open(place).close()
    spawn = multiprocessing.get_context("spawn")
    gate, won = spawn.Barrier(2), spawn.Queue()
    processes = [spawn.Process(target=_claim_elsewhere, args=(place, gate.wait, won)) for _ in range(2)]
    for process in processes:
        process.start()
    answers = [won.get(timeout=60) for _ in range(40)]
    for process in processes:
        process.join(timeout=60)
        assert process.exitcode == 0
    assert sum(answers) == 20
