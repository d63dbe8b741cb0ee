"""What the fields of items mean: paths, forms, proposals, and what items become by them."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emptychair.domain.signal import Audience
from emptychair.listen.intake.mapped import came
from emptychair.listen.intake.paths import NotAPath, at, leaves, steps, written
from emptychair.listen.sources.asked import SettingsRefused
from emptychair.listen.sources.mapping import kept, proposed, typed
from emptychair.listen.sources.previewing import Previewed, previewed

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
NAMES = st.text(min_size=1, max_size=12).filter(lambda text: text.strip())
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(NAMES, inside, max_size=3),
    max_leaves=12,
)


def one(item: object, key: str | None = None, **fields: str) -> Previewed:
    """What an item becomes under a form with one case."""
    form = {f"case.0.{name}": text for name, text in fields.items()}
    return several(item, form, key)


def several(item: object, form: dict[str, str], key: str | None = None) -> Previewed:
    raw = came(json.dumps(item).encode(), key)
    (found,) = previewed(kept(form), [raw], Audience.CUSTOMER, NOW)
    return found


@given(st.lists(NAMES | st.integers(0, 999), min_size=1, max_size=12))
def test_a_path_is_read_as_it_was_written(way: list[str | int]) -> None:
    assert steps(written(tuple(way))) == tuple(way)


@given(st.text(max_size=40))
def test_any_text_is_a_path_or_told_not_to_be_one(text: str) -> None:
    try:
        way = steps(text)
    except NotAPath:
        return
    assert steps(written(way)) == way


@given(JSON)
def test_every_leaf_is_found_at_its_path(item: Any) -> None:
    for path, value in leaves(item):
        assert at(item, steps(path)) == (None if value is None else value)


@given(JSON)
def test_every_proposal_can_be_kept_and_shown_again(item: Any) -> None:
    mapping = proposed(item)
    if mapping is not None:
        assert kept(typed(mapping)) == mapping
        previewed(mapping, [came(json.dumps(item).encode(), None)], Audience.CUSTOMER, NOW)


def test_a_payment_in_coins_is_money_of_its_currency() -> None:
    order = {"data": {"amount": 1250, "currency": "eur", "customer": {"email": "ada@example.com"}}}
    found = one(
        order,
        kind="paid",
        value="data.amount",
        currency="data.currency",
        unit="minor",
        person="data.customer.email",
    )
    (signal,) = found.signals
    assert (signal["kind"], signal["value"], signal["currency"]) == ("paid", Decimal("12.5"), "EUR")
    assert signal["person"] == "ada@example.com"
    yen = one({"amount": 1250}, kind="paid", value="amount", currency="= JPY", unit="minor")
    assert yen.signals[0]["value"] == 1250
    back = one({"amount": 5}, kind="paid", value="amount", currency="= EUR", is_refund="yes")
    assert back.signals[0]["value"] == -5


def test_the_first_path_that_holds_something_counts_and_then_the_constant() -> None:
    fields = {"kind": "said", "text": "a.text, b.text, = (no words)"}
    assert one({"b": {"text": "hello"}}, **fields).signals[0]["text"] == "hello"
    assert one({"a": {"text": ""}}, **fields).signals[0]["text"] == "(no words)"


def test_the_first_case_that_is_meant_counts() -> None:
    form = {
        "case.0.kind": "paid",
        "case.0.when": "type",
        "case.0.is": "charge.succeeded, charge.paid",
        "case.0.value": "amount",
        "case.1.kind": "none",
        "case.1.when": "type",
        "case.1.is": "ping",
        "case.2.kind": "did",
        "case.2.name": "type",
    }
    assert several({"type": "charge.paid", "amount": 1}, form).signals[0]["kind"] == "paid"
    assert several({"type": "ping"}, form).refused == 1
    assert several({"type": "other"}, form).signals[0]["name"] == "other"
    assert typed(kept(form))["case.0.is"] == "charge.succeeded, charge.paid"


def test_a_list_in_a_message_is_one_signal_an_item_and_a_bad_one_spoils_no_other() -> None:
    form = {"items": "events", "case.0.kind": "rated", "case.0.name": "= nps", "case.0.score": "score"}
    message = {"events": [{"score": 9}, {"score": 11}, {"score": 3}]}
    found = several(message, form, key="msg_1")
    assert [signal["score"] for signal in found.signals] == [9, 3]
    assert [signal["id"] for signal in found.signals] == ["preview.msg_1.0", "preview.msg_1.2"]
    assert found.unheard == ("score: expected a whole number from 0 to 10, the scale of nps",)
    whole = several([{"score": 1}], form | {"items": "$"})
    assert len(whole.signals) == 1
    assert several({"events": []}, form) == Previewed(signals=(), unheard=(), refused=0)


@pytest.mark.parametrize(
    ("fields", "faulty"),
    [
        ({}, "case.0.kind"),
        ({"kind": "sold"}, "case.0.kind"),
        ({"kind": "paid"}, "case.0.value"),
        ({"kind": "rated", "score": "s", "name": "= love"}, "case.0.name"),
        ({"kind": "said"}, "case.0.text"),
        ({"kind": "did", "when": "type"}, "case.0.is"),
        ({"kind": "did", "person": "a..b"}, "case.0.person"),
        ({"kind": "did", "person": "a b"}, "case.0.person"),
    ],
)
def test_a_form_says_what_is_wrong_with_it(fields: dict[str, str], faulty: str) -> None:
    with pytest.raises(SettingsRefused) as refusal:
        kept({f"case.0.{name}": text for name, text in fields.items()})
    assert faulty in refusal.value.faults


def test_a_proposal_knows_what_fields_are_usually_called() -> None:
    review = {
        "id": "r1",
        "createdAt": "2026-11-01T10:00:00Z",
        "customer": {"id": 7, "email": "ada@example.com"},
        "rating": 4,
        "comment": "Good.",
    }
    (found,) = previewed(proposed(review), [came(json.dumps(review).encode(), None)], Audience.CUSTOMER, NOW)
    (signal,) = found.signals
    assert (signal["kind"], signal["name"], signal["score"], signal["text"]) == ("rated", "stars", 4, "Good.")
    assert signal["id"] == "preview.r1"
    assert signal["occurred_at"].isoformat() == "2026-11-01T10:00:00"


@pytest.mark.parametrize("item", [1, "text", None, [], [1], True])
def test_what_is_no_object_is_not_understood_and_says_so(item: object) -> None:
    found = one(item, kind="did", name="= x")
    assert found.signals == ()
    assert len(found.unheard) == 1
