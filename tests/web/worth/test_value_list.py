"""What customers are worth, over HTTP: together, by which model, and one by one."""

import csv
import io
import re
from html import unescape
from typing import Any

import httpx
import pytest
from sqlalchemy import delete, update

from emptychair.desk import customer_values, segments, settings
from emptychair.desk.customer_values import KeptPart
from emptychair.desk.desk import Desk
from emptychair.desk.risk_settings import MARGIN_PERCENT
from emptychair.domain.signal import Audience
from emptychair.web.access import Who
from emptychair.web.routes import values
from emptychair.web.wanted import Form
from tests.anticipate.risk.companies import NOW
from tests.web.conftest import Client
from tests.web.worth.conftest import GOLD, XSS

PATH = "/customers/value"


def told(browser: httpx.Client, **asked: str) -> Any:
    answer = browser.get(f"{PATH}.json", params=asked)
    assert answer.status_code == 200
    return answer.json()


def words(browser: httpx.Client, **asked: str) -> str:
    """The page as a reader sees it."""
    answer = browser.get(PATH, params=asked)
    assert answer.status_code == 200
    assert XSS not in answer.text
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def kept(desk: Desk) -> dict[str, KeptPart]:
    with desk.read() as tx:
        return customer_values.parts(tx)


def test_the_sum_of_each_currency_stands_in_its_interval_beside_what_they_paid(
    client: Client, desk: Desk
) -> None:
    found = told(bob := client(Who.AGENT))
    assert [one["currency"] for one in found["sums"]] == ["EUR", "USD", "JPY"]
    for one in found["sums"][:2]:
        everybody = told(bob, currency=one["currency"])["people"]
        assert one["low"] < one["value"] < one["high"]
        assert one["value"] == pytest.approx(sum(row["value"] for row in everybody))
        assert one["paid_in_a_year"] == pytest.approx(sum(row["paid_in_a_year"] for row in everybody))
        assert one["n"] == len(everybody)
    yen = found["sums"][2]
    assert (yen["value"], yen["low"], yen["n"], yen["not_told"]) == (None, None, 0, 12)
    euro = kept(desk)["EUR"]
    page = words(bob)
    between = f"(€{euro.total_low:,.0f} – €{euro.total_high:,.0f})"
    assert f"expected to bring in €{euro.total:,.0f} {between} by 400 of them" in page
    assert f"€{euro.naive_known:,.0f} at their plain rate" in page
    assert "Of 12 who paid nothing is told." in page
    assert "At least 30 customers are needed; there are 12." in page, "and what it takes"
    assert "currencies are not added up" in page


def test_the_list_is_by_value_unless_asked_otherwise_and_within_one_currency(client: Client) -> None:
    ann = client(Who.ANALYST)
    assert {one["currency"] for one in told(ann)["people"]} == {"EUR"}
    assert {one["currency"] for one in told(ann, currency="USD")["people"]} == {"USD"}
    for sort, name in (("value", "value"), ("naive", "paid_in_a_year"), ("alive", "alive"), ("x", "value")):
        numbers = [one[name] for one in told(ann, sort=sort, currency="EUR")["people"]]
        assert numbers == sorted(numbers, reverse=True)
        assert len(set(numbers)) > 100
    everybody = told(ann, sort="alive")
    assert everybody["total"] == 490
    assert {one["currency"] for one in everybody["people"]} == {"EUR", "USD"}
    for odd in ({"page": "99999"}, {"currency": "€€€€€€€€€€€€"}, {"currency": "JPY"}):
        assert ann.get(PATH, params=odd).status_code == 200


def test_of_whom_nothing_is_told_is_last_and_counted(client: Client, desk: Desk) -> None:
    bob, table = client(Who.AGENT), customer_values.customer_values
    first = told(bob)["people"][0]["person"]
    with desk.begin() as tx:
        gone = {"value": None, "low": None, "high": None}
        tx.execute(update(table).where(table.c.person == first).values(gone))
        parts = customer_values.value_parts
        tx.execute(update(parts).where(parts.c.currency == "EUR").values(known=399))
    people = told(bob)["people"]
    assert (people[-1]["person"], people[-1]["value"]) == (first, None)
    assert "399 customers, 1 not told" in words(bob)
    assert "not told" in words(bob, page="8")


def test_pages_go_on_where_the_last_one_ended(client: Client) -> None:
    bob = client(Who.AGENT)
    every = [one["person"] for one in told(bob)["people"]]
    assert len(every) == 400
    seen: list[str] = []
    for page in range(1, 9):
        text = bob.get(PATH, params={"page": str(page)}).text
        seen += re.findall(r'<th scope="row"><a class="mono"[^>]*>([^<]*)</a>', text)
    assert [unescape(one) for one in seen] == every
    assert 'rel="next"' not in text
    assert 'rel="prev"' in text


def test_a_segment_keeps_those_who_are_in_it_everywhere(client: Client, desk: Desk) -> None:
    ann = client(Who.ANALYST)
    with desk.begin() as tx:
        made = segments.create(
            tx, audience=Audience.CUSTOMER, name="Gold", description="",
            definition={"trait": "plan", "is": ["gold"]}, by="u", now=NOW,
        )  # fmt: skip
        staff = segments.create(
            tx, audience=Audience.EMPLOYEE, name="Staff", description="",
            definition={"trait": "plan", "is": ["gold"]}, by="u", now=NOW,
        )  # fmt: skip
    golden = told(ann, segment=made.id)
    assert golden["total"] == GOLD
    numbers = [one["value"] for one in golden["people"]]
    assert numbers == sorted(numbers, reverse=True)
    assert "40 customers in this list" in words(ann, segment=made.id)
    rows = csv.reader(io.StringIO(ann.get(f"{PATH}.csv", params={"segment": made.id}).text))
    assert len(list(rows)) == 1 + GOLD
    assert "Nobody here" in words(ann, segment=made.id, currency="USD")
    for none in ("seg_none", staff.id):
        assert ann.get(PATH, params={"segment": none}).status_code == 422


def test_a_search_keeps_who_fits_it_in_the_order_of_the_list(client: Client) -> None:
    ann = client(Who.ANALYST)
    everybody = told(ann)["people"]
    part = everybody[0]["person"][-2:].upper()
    found = told(ann, search=part)
    fits = [one["person"] for one in everybody if part.lower() in one["person"].lower()]
    assert [one["person"] for one in found["people"]] == fits
    assert 0 < found["total"] < len(everybody)
    assert "Nobody here" in words(ann, search="100 % nobody_")
    assert f'value="{XSS}"' not in ann.get(PATH, params={"search": XSS}).text


def test_csv_has_all_that_is_filtered(client: Client, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    ann = client(Who.ANALYST)
    monkeypatch.setitem(values.MOST, Form.JSON, 10)
    text = ann.get(f"{PATH}.csv", params={"sort": "naive"}).text.lstrip("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == 400
    assert rows[0]["by"] == kept(desk)["EUR"].by
    assert float(rows[0]["low"]) <= float(rows[0]["value"]) <= float(rows[0]["high"])
    assert f"c0{XSS}" in {row["person"] for row in rows}
    assert [row["person"] for row in rows[10:20]] == [
        one["person"] for one in told(ann, sort="naive", page="2")["people"]
    ]


def test_a_margin_is_taken_on_the_page_and_named_elsewhere(client: Client, desk: Desk) -> None:
    bob = client(Who.AGENT)
    before = told(bob)
    assert before["margin"] is None
    assert "Expected in a year" in words(bob)
    with desk.begin() as tx:
        settings.change(tx, MARGIN_PERCENT, 40, by="cli", now=NOW)
    after, page = told(bob), words(bob)
    assert (after["margin"], after["people"][0]) == (0.4, before["people"][0])
    assert f"€{before['people'][0]['value'] * 0.4:,.2f}" in page
    assert f"€{before['sums'][0]['high'] * 0.4:,.0f}" in page
    assert "Expected margin in a year" in page
    assert "0.4" in bob.get(f"{PATH}.csv").text.splitlines()[1]


def test_how_good_it_is_is_drawn_and_told_as_a_table(client: Client, desk: Desk) -> None:
    judged = kept(desk)["EUR"].held_out
    assert judged is not None
    assert sum(one["people"] for one in judged["groups"]) == judged["people"]
    text = client(Who.AGENT).get(PATH).text
    assert "Purchases that came, by how often customers had bought again before" in text
    page = words(client(Who.AGENT))
    assert f"{judged['expected']:,.0f} purchases were foreseen and {judged['actual']:,} came" in page
    assert "7+" in page
    for one in judged["groups"]:
        assert f"{one['actual']:.2f}" in page
        assert f"{one['naive']:.2f}" in page
    for remark in kept(desk)["EUR"].remarks:
        assert remark in page


def test_a_sum_without_an_interval_says_why(client: Client, desk: Desk) -> None:
    parts = customer_values.value_parts
    with desk.begin() as tx:
        none = {"total_low": None, "total_high": None, "total_said": "No variance here."}
        tx.execute(update(parts).where(parts.c.currency == "EUR").values(none))
    page = words(client(Who.AGENT))
    assert "no interval" in page
    assert "No variance here." in page
    assert told(client(Who.AGENT))["sums"][0]["low"] is None


def test_payments_without_a_currency_have_a_name_of_their_own(client: Client, desk: Desk) -> None:
    with desk.begin() as tx:
        for table in (customer_values.customer_values, customer_values.value_parts):
            tx.execute(update(table).where(table.c.currency == "USD").values(currency=""))
    found = told(client(Who.AGENT), currency="none")
    assert (found["total"], {one["currency"] for one in found["people"]}) == (90, {""})
    assert "No currency told" in words(client(Who.AGENT), currency="none")


@pytest.mark.parametrize("form", ["", ".json", ".csv"])
def test_who_may_see_customers_at_risk_may_see_this_and_nobody_else(client: Client, form: str) -> None:
    for who in Who:
        asked = [client(who).get(f"{path}{form}").status_code for path in (PATH, "/customers/risk")]
        assert asked[0] == asked[1]
    assert client(Who.AGENT).get(f"{PATH}{form}").status_code == 200
    assert client(Who.VIEWER).get(f"{PATH}{form}").status_code == 403


def test_pages_of_customers_lead_to_it(client: Client) -> None:
    bob = client(Who.AGENT)
    for path in ("/customers", "/customers/risk", "/accounts", "/customers/person?id=c0001"):
        assert f'href="{PATH}"' in bob.get(path).text
    assert 'href="/customers/person?id=c0001"' in "".join(
        bob.get(PATH, params={"page": str(page)}).text for page in range(1, 9)
    )


def test_where_nothing_is_told_of_anybody_it_says_what_it_takes(client: Client, desk: Desk) -> None:
    parts = customer_values.value_parts
    with desk.begin() as tx:
        tx.execute(delete(parts).where(parts.c.currency != "JPY"))
        tx.execute(delete(customer_values.customer_values))
    found, page = told(client(Who.AGENT)), words(client(Who.AGENT))
    assert found["lack"] == kept(desk)["JPY"].lack
    assert found["people"] == []
    assert "Nothing can be told yet" in page
    assert "At least 30 customers are needed; there are 12." in page


def test_before_the_first_look_it_says_so(client: Client, desk: Desk) -> None:
    with desk.begin() as tx:
        for table in (customer_values.customer_values, customer_values.value_parts):
            tx.execute(delete(table))
    assert "Values have not been told yet" in words(client(Who.AGENT))
    assert told(client(Who.AGENT))["lack"].startswith("Values have not been told yet")
