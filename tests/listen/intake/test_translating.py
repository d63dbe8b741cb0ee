"""What each way of writing says, as golden values; the sources are the clients' own specifications."""

import json
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from emptychair.domain.signal import Kind
from emptychair.ledger.envelope import Envelope, packed
from emptychair.ledger.understood import Outcome
from emptychair.listen.intake.splitting import Door
from emptychair.listen.intake.terms import AGREED, Meaning, Terms
from emptychair.listen.intake.translating import Translator

from .hearing import NOW, faults, one, rows, understood

SENT = "2026-11-22T12:00:05.000Z"  # five seconds before it was received, by the client's clock
HAPPENED = "2026-11-22T12:00:00.000Z"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=None)


def batch(*events: dict) -> dict:
    return {"batch": list(events), "sentAt": SENT, "writeKey": "wk_1"}


TRACK = {
    "type": "track",
    "event": "Beans Ground",
    "messageId": "m-1",
    "userId": "u_1",
    "anonymousId": "d_1",
    "timestamp": HAPPENED,
    "properties": {"grams": 18, "path": "/brew"},
    "context": {
        "ip": "203.0.113.9",
        "library": {"name": "analytics.js", "version": "npm:next-1.84.0"},
        "page": {"path": "/brew", "url": "https://shop.example/brew"},
        "locale": "de-CH",
        "timezone": "Europe/Zurich",
        "groupId": "acme",
    },
}


def test_a_track_of_segment_is_what_a_person_did() -> None:
    found = understood(Door.SEGMENT, batch(TRACK))
    (row,) = rows(found)
    assert (row["kind"], row["name"]) == ("did", "Beans Ground")
    assert (row["id"], row["person"], row["channel"], row["source"]) == ("web.m-1", "u_1", "web", "src_web")
    # received - (sent - timestamp): five seconds before it was received, whatever the client's clock says
    assert row["occurred_at"] == (NOW - timedelta(seconds=5)).replace(tzinfo=None)
    assert row["properties"]["grams"] == 18
    assert row["properties"]["$context"] == {
        "page": {"path": "/brew", "url": "https://shop.example/brew"},
        "locale": "de-CH",
        "timezone": "Europe/Zurich",
    }
    assert "203.0.113.9" not in str(row)


def test_an_event_tells_the_device_and_the_account_once_a_day() -> None:
    later = TRACK | {"messageId": "m-2"}
    found = understood(Door.SEGMENT, batch(TRACK, later))
    told = sorted(found.more.to_pylist(), key=lambda row: row["name"])
    assert [(row["kind"], row["name"], row["person"]) for row in told] == [
        ("told", "account", "u_1"),
        ("told", "device", "u_1"),
    ]
    assert [row["properties"] for row in told] == ['{"account":"acme"}', '{"anonymous_id":"d_1"}']
    assert {row["occurred_at"] for row in told} == {at("2026-11-22T00:00:00")}
    again = understood(Door.SEGMENT, batch(later)).more.to_pylist()
    assert {row["id"] for row in again} == {row["id"] for row in told}


def test_an_envelope_says_the_same_whenever_it_is_read() -> None:
    """A load that failed is done again, and a projection that was lost is made anew from the journal."""
    first, second = (
        packed(Envelope(door=Door.SEGMENT, source="src_web", received_at=NOW, client=None, body=body))
        for body in (
            json.dumps(batch(TRACK)).encode(),
            json.dumps(batch(TRACK | {"messageId": "m-2"})).encode(),
        )
    )
    translator = Translator()
    told = [translator([payload]).more.to_pylist() for payload in (first, second, first, second)]
    assert [len(rows) for rows in told] == [2, 0, 2, 0]
    assert told[0] == told[2]


@pytest.mark.parametrize(
    ("event", "kind", "name", "properties"),
    [
        ({"type": "page", "name": "Home", "category": "Shop"}, "did", "page",
         {"page_name": "Home", "category": "Shop"}),
        ({"type": "screen", "name": "Start"}, "did", "screen", {"page_name": "Start"}),
        ({"type": "identify", "traits": {"plan": "pro"}}, "told", "identify",
         {"anonymous_id": "d_1", "plan": "pro"}),
        ({"type": "group", "groupId": "acme", "traits": {"seats": 3}}, "told", "group",
         {"account": "acme", "traits": {"seats": 3}}),
        ({"type": "alias", "previousId": "d_0"}, "told", "alias", {"previous_id": "d_0"}),
    ],
)  # fmt: skip
def test_every_call_of_segment(event: dict, kind: str, name: str, properties: dict) -> None:
    row = one(Door.SEGMENT, {"messageId": "m", "userId": "u_1", "anonymousId": "d_1"} | event)
    assert (row["kind"], row["name"], row["person"], row["properties"]) == (kind, name, "u_1", properties)


def test_a_single_event_and_one_of_rudderstack_say_the_same() -> None:
    single = one(Door.SEGMENT, TRACK | {"sentAt": SENT})
    rudder = {**TRACK, "originalTimestamp": HAPPENED, "sentAt": SENT, "channel": "web"}
    del rudder["timestamp"]
    assert single == one(Door.SEGMENT, batch(TRACK)) == one(Door.SEGMENT, rudder)


@pytest.mark.parametrize(
    ("who", "person"),
    [
        ({"userId": "u_1"}, "u_1"),
        ({"userId": 17}, "17"),
        ({"userId": 17.0}, "17"),
        ({"userId": " u_1 "}, "u_1"),
        ({"anonymousId": "d_1"}, "anon:d_1"),
        ({"userId": "null", "anonymousId": "d_1"}, "anon:d_1"),
        ({"userId": "Undefined", "anonymousId": "d_1"}, "anon:d_1"),
        ({"userId": "0", "anonymousId": "[object Object]"}, None),
        ({"userId": "ℕull"}, "ℕull"),  # a look-alike is another one
        ({"userId": "U_1"}, "U_1"),
        ({}, None),
    ],
)
def test_who_it_is_about(who: dict, person: str | None) -> None:
    assert one(Door.SEGMENT, {"type": "track", "event": "x", "messageId": "m", **who})["person"] == person


def test_posthog_with_a_known_person() -> None:
    event = {
        "event": "$pageview",
        "uuid": "0192-a",
        "timestamp": HAPPENED,
        "properties": {
            "distinct_id": "u_1", "$device_id": "d_1", "$is_identified": True, "$lib": "web",
            "$lib_version": "1.449.0", "$groups": {"team": "red", "company": "acme"}, "$current_url": "/x",
        },
    }  # fmt: skip
    found = understood(Door.POSTHOG, {"api_key": "wk_1", "batch": [event], "sent_at": SENT})
    (row,) = rows(found)
    assert (row["kind"], row["name"], row["person"], row["channel"]) == ("did", "page", "u_1", "web")
    assert row["occurred_at"] == (NOW - timedelta(seconds=5)).replace(tzinfo=None)
    (told,) = found.more.to_pylist()
    assert (told["name"], told["properties"]) == ("account", '{"account":"company:acme"}')
    assert {line.client for line in found.counts} == {"posthog-web 1.449.0"}


@pytest.mark.parametrize(
    ("properties", "person"),
    [
        ({"distinct_id": "d", "$is_identified": False}, "anon:d"),
        ({"distinct_id": "d", "$process_person_profile": False}, "anon:d"),
        ({"distinct_id": "d", "$device_id": "d"}, "anon:d"),
        ({"distinct_id": "u", "$device_id": "d"}, "u"),
        ({"distinct_id": "u"}, "u"),
        ({"distinct_id": "anonymous"}, None),
    ],
)
def test_whether_a_distinct_id_is_a_person(properties: dict, person: str | None) -> None:
    assert one(Door.POSTHOG, {"event": "x", "uuid": "1", "properties": properties})["person"] == person


@pytest.mark.parametrize(
    ("event", "kind", "name"),
    [
        ("$autocapture", "did", "clicked"),
        ("$pageleave", "did", "page left"),
        ("$screen", "did", "screen"),
        ("$feature_flag_called", "met", "flag"),
        ("$exception", "met", "error"),
        ("$web_vitals", "met", "web_vitals"),
        ("brewed", "did", "brewed"),
    ],
)
def test_events_with_a_dollar(event: str, kind: str, name: str) -> None:
    row = one(Door.POSTHOG, {"event": event, "uuid": "1", "distinct_id": "u"})
    assert (row["kind"], row["name"]) == (kind, name)


def test_what_posthog_tells_of_people_and_groups() -> None:
    identify = {
        "event": "$identify", "uuid": "1", "distinct_id": "u_1", "$set": {"plan": "pro"},
        "properties": {"$anon_distinct_id": "d_1", "$set_once": {"first": 1}},
    }  # fmt: skip
    row = one(Door.POSTHOG, identify)
    assert (row["name"], row["person"]) == ("identify", "u_1")
    assert row["properties"]["anonymous_id"] == "d_1"
    assert (row["properties"]["plan"], row["properties"]["first"]) == ("pro", 1)
    alias = one(Door.POSTHOG, {"event": "$create_alias", "uuid": "2", "distinct_id": "u_1",
                               "properties": {"alias": "d_0"}})  # fmt: skip
    assert (alias["name"], alias["properties"]["previous_id"]) == ("alias", "d_0")
    group = one(Door.POSTHOG, {"event": "$groupidentify", "uuid": "3", "distinct_id": "u_1", "properties": {
        "$group_type": "company", "$group_key": "acme", "$group_set": {"seats": 3}}})  # fmt: skip
    assert (group["name"], group["person"], group["properties"]["account"]) == ("group", None, "company:acme")


def test_an_answer_to_a_survey_of_posthog_is_a_score_with_its_words() -> None:
    told = {"$survey_id": "s", "$survey_response": "9", "$survey_response_1": "Good beans"}
    row = one(Door.POSTHOG, {"event": "survey sent", "uuid": "1", "distinct_id": "u", "properties": told})
    assert (row["kind"], row["name"], row["score"], row["text"]) == ("rated", "nps", Decimal(9), "Good beans")
    words = one(Door.POSTHOG, {"event": "survey sent", "uuid": "1", "distinct_id": "u",
                               "properties": {"$survey_response": "Slow"}})  # fmt: skip
    assert (words["kind"], words["text"]) == ("said", "Slow")


CLOUD = {
    "specversion": "1.0", "id": "A-1", "source": "/orders", "type": "com.example.order.sent",
    "subject": "u_1", "time": HAPPENED, "data": {"parcel": 7},
}  # fmt: skip


def test_a_cloudevent_is_known_by_its_source_and_id() -> None:
    row = one(Door.CLOUDEVENTS, CLOUD)
    assert (row["kind"], row["name"], row["person"]) == ("did", "com.example.order.sent", "u_1")
    assert row["id"] == "web./orders A-1"
    assert row["occurred_at"] == at("2026-11-22T12:00:00")
    assert row["properties"] == {"parcel": 7, "$cloudevent": {"source": "/orders", "subject": "u_1"}}
    assert one(Door.CLOUDEVENTS, CLOUD | {"source": "/other"})["id"] != row["id"]
    assert one(Door.CLOUDEVENTS, CLOUD | {"person": "u_2"})["person"] == "u_2"
    data = CLOUD | {"data": [1, 2]}
    assert one(Door.CLOUDEVENTS, data)["properties"]["data"] == [1, 2]


def test_a_plain_signal_is_what_it_says() -> None:
    row = one(Door.PLAIN, {
        "id": "o-1", "kind": "paid", "person": "u_1", "value": "9.50", "currency": "eur",
        "occurred_at": HAPPENED, "channel": "store", "properties": {"till": 3},
    })  # fmt: skip
    assert (row["kind"], row["name"], row["value"], row["currency"]) == (
        "paid",
        "order",
        Decimal("9.5"),
        "EUR",
    )
    assert (row["channel"], row["properties"]) == ("store", {"till": 3})
    lines = b'{"kind":"did","name":"a","id":"1"}\n\n{"kind":"did","name":"b","id":"2"}\n'
    assert [row["name"] for row in rows(understood(Door.LINES, lines))] == ["a", "b"]


def test_events_of_commerce_are_money_and_stars() -> None:
    order = {"type": "track", "event": "Order Completed", "userId": "u", "messageId": "1",
             "properties": {"total": 27.5, "currency": "USD", "order_id": "x"}}  # fmt: skip
    row = one(Door.SEGMENT, order)
    assert (row["kind"], row["name"], row["value"], row["currency"]) == (
        "paid",
        "order",
        Decimal("27.5"),
        "USD",
    )
    refund = one(Door.SEGMENT, order | {"event": "Order Refunded"})
    assert (refund["name"], refund["value"]) == ("refund", Decimal("-27.5"))
    stars = one(
        Door.SEGMENT, order | {"event": "Product Reviewed", "properties": {"rating": 4, "review": "ok"}}
    )
    assert (stars["kind"], stars["name"], stars["score"], stars["text"]) == (
        "rated",
        "stars",
        Decimal(4),
        "ok",
    )
    assert faults(understood(Door.SEGMENT, order | {"properties": {}})) == [("field_is_missing", "total")]
    off = order | {"event": "Product Reviewed", "properties": {"rating": 7}}
    assert faults(understood(Door.SEGMENT, off)) == [("number_does_not_fit", "rating")]


def test_a_meaning_that_the_company_told_is_heeded() -> None:
    meant = Terms(meanings={**AGREED, "Bought": Meaning(kind=Kind.PAID, name="order", value=("sum",))})
    bought = {
        "type": "track",
        "event": "Bought",
        "userId": "u",
        "messageId": "1",
        "properties": {"sum": "12"},
    }
    assert one(Door.SEGMENT, bought)["kind"] == "did"
    row = one(Door.SEGMENT, bought, terms=lambda source: meant)
    assert (row["kind"], row["value"]) == ("paid", Decimal(12))


@pytest.mark.parametrize(
    ("told", "occurred"),
    [
        ({"timestamp": "2026-11-22T11:00:00Z"}, "2026-11-22T11:00:00"),
        ({"timestamp": "2026-11-22T11:00:00+02:00"}, "2026-11-22T09:00:00"),
        ({"timestamp": 1795345200}, "2026-11-22T11:00:00"),
        ({"timestamp": 1795345200000}, "2026-11-22T11:00:00"),
        ({"timestamp": "2999-01-01T00:00:00Z"}, "2026-11-22T12:00:10"),  # never after it was received
        ({"timestamp": "2027-11-22T12:00:00Z", "sentAt": "2027-11-22T12:00:04Z"}, "2026-11-22T12:00:06"),
        ({"timestamp": "1991-11-22T12:00:00Z", "sentAt": "1991-11-22T12:00:04Z"}, "2026-11-22T12:00:06"),
        ({}, "2026-11-22T12:00:10"),
    ],
)
def test_when_it_happened_by_our_clock(told: dict, occurred: str) -> None:
    row = one(Door.SEGMENT, {"type": "track", "event": "x", "userId": "u", "messageId": "1", **told})
    assert row["occurred_at"] == at(occurred)


@pytest.mark.parametrize(
    ("door", "event", "reason", "field"),
    [
        (Door.SEGMENT, {"type": "track"}, "field_is_missing", "event"),
        (Door.SEGMENT, {"type": "dance", "event": "x"}, "type_is_unknown", "type"),
        (Door.SEGMENT, {"type": "track", "event": 7}, "field_is_wrong", "event"),
        (Door.SEGMENT, {"type": "track", "event": "x", "properties": [1]}, "field_is_wrong", "properties"),
        (Door.SEGMENT, {"type": "track", "event": "x", "userId": {"a": 1}}, "field_is_wrong", "userId"),
        (Door.SEGMENT, {"type": "track", "event": "x", "userId": "u" * 201}, "id_is_not_one", "userId"),
        (Door.SEGMENT, {"type": "track", "event": "x", "userId": "a\0b"}, "id_is_not_one", "userId"),
        (Door.SEGMENT, {"type": "track", "event": "x", "timestamp": "soon"}, "time_is_not_one", "timestamp"),
        (Door.SEGMENT, {"type": "track", "event": "x", "timestamp": "1960-01-01"},
         "time_is_out_of_range", "timestamp"),
        (Door.SEGMENT, {"type": "group", "userId": "u"}, "field_is_missing", "groupId"),
        (Door.SEGMENT, {"type": "track", "event": "x", "properties": {"a": "b" * 33_000}},
         "too_large", "event"),
        (Door.SEGMENT, [7], "not_an_object", "event"),
        (Door.POSTHOG, {"uuid": "1"}, "field_is_missing", "event"),
        (Door.CLOUDEVENTS, CLOUD | {"specversion": "0.3"}, "field_is_wrong", "specversion"),
        (Door.CLOUDEVENTS, {**CLOUD, "id": ""}, "field_is_missing", "id"),
        (Door.PLAIN, {"kind": "sang"}, "type_is_unknown", "kind"),
        (Door.PLAIN, {"kind": "did", "name": "x", "nmae": "y"}, "field_is_wrong", "event"),
        (Door.PLAIN, {"kind": "paid", "person": "u"}, "field_is_missing", "value"),
        (Door.PLAIN, {"kind": "rated", "name": "nps", "score": 11}, "number_does_not_fit", "score"),
        (Door.PLAIN, {"kind": "paid", "value": "1e15"}, "number_does_not_fit", "value"),
    ],
)  # fmt: skip
def test_what_cannot_be_understood_is_parked_with_the_field(
    door: Door, event: object, reason: str, field: str
) -> None:
    found = understood(door, event)
    assert found.signals.num_rows == 0
    assert faults(found) == [(reason, field)]
    assert found.parked[0].expected
    assert sum(n for line, n in found.counts.items() if line.outcome is Outcome.HEARD) == 1


def test_a_replayed_event_is_not_counted_again() -> None:
    found = understood(Door.SEGMENT, TRACK, again=True)
    assert found.signals.num_rows == 0
    assert found.counts == {}
    assert "Beans Ground" in found.more["name"].to_pylist()


def test_an_event_without_an_id_is_known_by_its_content() -> None:
    plain = {"type": "track", "event": "x", "userId": "u", "timestamp": HAPPENED}
    assert one(Door.SEGMENT, plain)["id"] == one(Door.SEGMENT, plain, at=NOW + timedelta(hours=1))["id"]
    assert one(Door.SEGMENT, plain)["id"] != one(Door.SEGMENT, plain | {"userId": "v"})["id"]
    timeless = {"type": "track", "event": "x", "userId": "u"}
    assert one(Door.SEGMENT, timeless)["id"] != one(Door.SEGMENT, timeless, at=NOW + timedelta(hours=1))["id"]
