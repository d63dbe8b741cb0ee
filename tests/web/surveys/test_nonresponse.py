"""Who of a sample did not answer: by any field of the person, and as a list."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from emptychair.domain.signal import Audience, Kind, Signal
from emptychair.ledger.ledger import Ledger
from emptychair.stats.intervals import wilson
from emptychair.web.access import Who
from tests.web.conftest import Client, Clock
from tests.web.surveys.conftest import Begin
from tests.web.surveys.test_answering import send
from tests.web.surveys.test_personal import DEFINITION, draw, links

Respondent = Callable[[], httpx.Client]
PLANS = ("pro", "free", "free", "")


def told(person: str, plan: str, when: datetime) -> Signal:
    traits = {"city": f"c{person}"} | ({"plan": plan} if plan else {})
    return Signal(
        id=f"{person}.{when.timestamp()}", audience=Audience.CUSTOMER, person=person, kind=Kind.TOLD,
        name="traits", channel="web", source="crm", occurred_at=when, received_at=when,
        properties=json.dumps(traits),
    )  # fmt: skip


@pytest.fixture
def customers(empty_ledger: Ledger, clock: Clock) -> dict[str, str]:
    """Forty customers by their plan; of every fourth it is not known."""
    found = {f"p{number:02}": PLANS[number % 4] for number in range(40)}
    at = clock() - timedelta(days=10)
    later = dict.fromkeys(found, "later")
    for when, plans in ((at, found), (clock() + timedelta(minutes=5), later)):
        empty_ledger.append([told(person, plan, when) for person, plan in plans.items()])
    empty_ledger.load(clock())
    return found


@pytest.fixture
def answered(
    begun: Begin, ann: httpx.Client, customers: dict[str, str], respondent: Respondent, clock: Clock
) -> dict[str, Any]:
    """All are given their links; all with a plan of "pro" answer, and one opens it only."""
    made = begun(definition=DEFINITION)
    drawn = draw(ann, made, since_days="30", size="40", deliver="links")
    given = links(ann, made, drawn)
    for person in (name for name, plan in customers.items() if plan == "pro"):
        browser = respondent()
        page = browser.get(given[person])
        clock.move(timedelta(seconds=30))
        assert "Thank you" in send(browser, made["slug"], page, q1="9").text
    half = respondent()
    to = given["p01"].partition("?to=")[2]
    half.post(f"/s/{made['slug']}/saving", data={"to": to, "v": "1", "page": "0", "a.q1": "3"})
    return {**made, "here": f"{made['path']}/draws/{drawn['id']}"}


def test_completion_is_told_by_what_was_known_when_they_were_drawn(
    answered: dict[str, Any], ann: httpx.Client, empty_ledger: Ledger, clock: Clock
) -> None:
    clock.move(timedelta(days=1))
    empty_ledger.load(clock())
    told = ann.get(f"{answered['here']}.json?by=plan").json()
    by = {one["label"]: one for one in told["groups"]}
    assert list(by) == ["free", "pro", "(unknown)"]
    assert by["pro"]["counts"] == {
        "drawn": 10, "waiting": 0, "not_sent": 0, "sent": 10, "seen": 10, "begun": 10, "completed": 10,
    }  # fmt: skip
    assert (
        by["free"]["counts"]["sent"],
        by["free"]["counts"]["begun"],
        by["free"]["counts"]["completed"],
    ) == (20, 1, 0)
    share = wilson(0, 20)
    assert share is not None
    assert (by["free"]["rate"]["low"], by["free"]["rate"]["high"]) == (share.low, share.high)
    assert told["total"]["counts"]["completed"] == 10
    page = ann.get(f"{answered['here']}?by=plan").text
    assert "25% of those who were sent it completed it" in page
    assert "30 have not" in page
    assert '<option value="city">' in page
    table = ann.get(f"{answered['here']}.csv?by=plan").text
    assert table.splitlines()[0].endswith(
        "value,merged,drawn,waiting,not_sent,sent,seen,begun,completed,share,low,high"
    )
    assert "pro,0,10,0,0,10,10,10,10,1.0" in table


def test_small_groups_are_put_together_and_get_no_share(answered: dict[str, Any], ann: httpx.Client) -> None:
    told = ann.get(f"{answered['here']}.json?by=city").json()
    assert len(told["groups"]) == 13
    assert [one["rate"] for one in told["groups"][:12]] == [None] * 12
    assert (told["groups"][12]["merged"], told["groups"][12]["counts"]["drawn"]) == (28, 28)
    assert "28 smaller groups" in ann.get(f"{answered['here']}?by=city").text
    refused = ann.get(f"{answered['here']}.json?by=zodiac")
    assert (refused.status_code, "there is no field" in refused.text) == (422, True)
    assert ann.get(f"{answered['path']}/draws/drw_nothing").status_code == 404


def test_who_did_not_answer_is_listed_filtered_and_leads_to_the_person(
    answered: dict[str, Any], ann: httpx.Client, customers: dict[str, str], client: Client
) -> None:
    path = f"{answered['here']}/people"

    def people(query: str = "") -> list[str]:
        return [one["person"] for one in ann.get(f"{path}.json{query}").json()["people"]]

    assert people() == [name for name, plan in customers.items() if plan != "pro"]
    assert people("?stage=completed") == [name for name, plan in customers.items() if plan == "pro"]
    assert people("?stage=begun") == ["p01"]
    assert people("?by=plan&value=pro") == []
    assert len(people("?by=plan&value=free")) == 20
    assert people("?by=plan&value=(unknown)") == [name for name, plan in customers.items() if not plan]
    page = client(Who.AGENT).get(f"{path}?by=plan&value=free").text
    assert 'href="/customers/person?id=p01"' in page
    assert "20 people" in page
    table = ann.get(f"{path}.csv?stage=begun&by=plan").text
    assert "p01,begun,,free,," in table
    assert ann.get(f"{path}?stage=asleep").status_code == 422
    viewer = client(Who.VIEWER)
    assert (viewer.get(path).status_code, viewer.get(answered["here"]).status_code) == (403, 403)


def test_a_long_list_is_paged(begun: Begin, ann: httpx.Client) -> None:
    made = begun(definition=DEFINITION)
    names = "\n".join(f"n{number:03}" for number in range(120))
    drawn = draw(ann, made, people=names, size="120", deliver="links")
    path = f"{made['path']}/draws/{drawn['id']}/people"
    assert "n000" not in ann.get(path).text, "nobody got it yet"
    assert "n000" in ann.get(f"{path}?stage=waiting").text
    links(ann, made, drawn)
    first, last = ann.get(path).text, ann.get(f"{path}?page=3").text
    assert ("n049" in first, "n050" in first, "page=2" in first) == (True, False, True)
    assert ("n099" in last, "n119" in last, "page=4" in last) == (False, True, False)
    assert "n119" in ann.get(f"{path}?page=99999999").text
