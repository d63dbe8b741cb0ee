"""What a customer will bring, over HTTP: told once a day, with its interval."""

from datetime import timedelta

import pytest

from emptychair.anticipate.value import tending
from emptychair.desk import customer_values, settings
from emptychair.desk.customer_values import KeptValue
from emptychair.desk.desk import Desk
from emptychair.desk.risk_settings import MARGIN_PERCENT
from emptychair.web.access import Who
from tests.anticipate.risk.companies import NOW
from tests.web.conftest import Client, Given


@pytest.fixture
def best(given: Given, desk: Desk) -> KeptValue:
    """The customer who will bring most, after all values were told."""
    assert tending.run(given[0], desk, NOW) > 100
    with desk.read() as tx:
        people = [row.person for row in tx.execute(customer_values.customer_values.select())]
        known = [one for person in people for one in customer_values.of(tx, person) if one.value is not None]
    return max(known, key=lambda one: one.value or 0)


def test_the_page_of_a_customer_tells_what_they_will_bring(client: Client, best: KeptValue) -> None:
    bob = client(Who.AGENT)
    asked = {"id": best.person}
    told = bob.get("/customers/person.json", params=asked).json()["value"]
    (one,) = told["values"]
    assert one["low"] <= one["value"] <= one["high"]
    assert one["n"] > 100
    assert (one["currency"], one["by"]) == ("EUR", "survival of contracts")
    page = bob.get("/customers/person", params=asked).text
    assert "What they will bring in a year" in page
    assert f"€{one['value']:.2f}" in page
    assert "expected revenue" in page


def test_a_margin_is_taken_on_the_page_and_named_in_json(client: Client, desk: Desk, best: KeptValue) -> None:
    with desk.begin() as tx:
        settings.change(tx, MARGIN_PERCENT, 50, by="cli", now=NOW)
    bob = client(Who.AGENT)
    told = bob.get("/customers/person.json", params={"id": best.person}).json()["value"]
    assert told["margin"] == 0.5
    assert best.value is not None
    assert told["values"][0]["value"] == pytest.approx(best.value)
    page = bob.get("/customers/person", params={"id": best.person}).text
    assert "expected margin" in page
    assert f"€{best.value / 2:.2f}" in page


def test_contracts_in_sum_rest_on_the_curve_of_the_scorecard(
    client: Client, desk: Desk, best: KeptValue
) -> None:
    bob = client(Who.AGENT)
    (one,) = bob.get("/customers/value.json").json()["sums"]
    assert one["low"] < one["value"] < one["high"] < one["paid_in_a_year"]
    assert one["not_told"] == 0
    people = bob.get("/customers/value.json").json()["people"]
    assert people[0]["value"] == pytest.approx(best.value)
    assert one["n"] == len(people) > 100
    page = bob.get("/customers/value").text
    assert 'href="/scorecard#survival"' in page
    assert "endings are taken to go on as in the" in page
    assert "Buys again" not in page, "by contract that is not asked"
    assert 'id="survival"' in bob.get("/scorecard").text


def test_before_the_first_look_the_page_says_so(client: Client, given: Given) -> None:
    bob = client(Who.AGENT)
    page = bob.get("/customers/person", params={"id": "p00001"}).text
    assert "Values have not been told yet" in page


def test_values_are_told_once_a_day_and_in_place_of_those_before(
    given: Given, desk: Desk, best: KeptValue
) -> None:
    assert not tending.is_due(desk, NOW + timedelta(hours=23))
    assert tending.is_due(desk, NOW + timedelta(days=1))
    again = tending.run(given[0], desk, NOW + timedelta(days=1))
    with desk.read() as tx:
        (part,) = customer_values.parts(tx).values()
        last = customer_values.last(tx)
    assert last is not None
    assert last[1] == NOW + timedelta(days=1)
    assert (part.people, part.known) == (again, sum(1 for _ in _known(desk)))


def test_a_look_that_is_to_stop_keeps_nothing(given: Given, desk: Desk) -> None:
    assert tending.run(given[0], desk, NOW, lambda: True) == 0
    with desk.read() as tx:
        assert customer_values.last(tx) is None


def _known(desk: Desk) -> list[str]:
    table = customer_values.customer_values
    with desk.read() as tx:
        return list(
            tx.scalars(table.select().with_only_columns(table.c.person).where(table.c.value.is_not(None)))
        )
