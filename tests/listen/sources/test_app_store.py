"""Reviews of the App Store, over a server that answers as Apple's feed does."""

from collections.abc import Mapping

import pytest

from emptychair.desk.fetching import Condition
from emptychair.listen.sources.app_store import app_number
from emptychair.listen.sources.asked import SettingsRefused
from tests.listen.sources.conftest import House
from tests.serving import Reply, Request, as_json, serving

APP = {"im:name": {"label": "Pourwell"}, "id": {"label": "https://apps.apple.com/us/app/id1234567890"}}


def review(n: int, stars: object = 5, text: str = "Great.") -> dict[str, object]:
    return {
        "author": {
            "uri": {"label": f"https://itunes.apple.com/us/reviews/id{900 + n}"},
            "name": {"label": "Ada"},
            "label": "",
        },
        "updated": {"label": "2026-11-01T10:00:00-07:00"},
        "im:rating": {"label": str(stars)},
        "im:version": {"label": "2.1"},
        "id": {"label": str(n)},
        "title": {"label": f"Review {n}"},
        "content": {"label": text, "attributes": {"type": "text"}},
        "link": {"attributes": {"rel": "related", "href": "https://itunes.apple.com/us/review?id=1"}},
        "im:voteSum": {"label": "0"},
        "im:contentType": {"attributes": {"term": "Application", "label": "Application"}},
        "im:voteCount": {"label": "3"},
    }


def apple(reviews: Mapping[str, list[dict[str, object]]]) -> object:
    """Pages of fifty by country; one review alone is no list, and page eleven is refused."""

    def answer(request: Request) -> Reply:
        _, country, _, _, page, app, order, form = request.path.split("/")
        assert (app, order, form) == ("id=1234567890", "sortby=mostrecent", "json")
        n = int(page.removeprefix("page="))
        if n > 10:
            return Reply(status=400, body=b"CustomerReviews RSS page depth is limited to 10")
        found: object = reviews.get(country, [])[(n - 1) * 50 : n * 50]
        feed: dict[str, object] = {"author": {"name": {"label": "iTunes Store"}}}
        if isinstance(found, list) and found:
            feed["entry"] = found[0] if len(found) == 1 else found
        return as_json({"feed": feed})

    return answer


def test_reviews_become_stars_with_words(house: House) -> None:
    with serving(apple({"us": [APP, review(1, 4, "Slow mail.")]})) as server:  # type: ignore[arg-type]
        house.at(app_store=server.url)
        source = house.source("app_store", app="1234567890", countries="us")
        house.run(source)
    (signal,) = house.signals(source)
    assert (signal["kind"], signal["name"], signal["score"]) == ("rated", "stars", 4)
    assert signal["text"] == "Review 1\n\nSlow mail."
    assert signal["person"] == "appstore:901"
    assert signal["occurred_at"].isoformat() == "2026-11-01T17:00:00"
    assert '"country":"us"' in signal["properties"]
    assert house.books(source).refusals == {"not_a_review": 1}


def test_every_page_of_every_country_is_read_and_each_review_stored_once(house: House) -> None:
    reviews = {
        "us": [review(n) for n in range(720)],
        "de": [review(n) for n in range(1_000, 1_120)],
        "jp": [review(5_000)],
    }
    with serving(apple(reviews)) as server:  # type: ignore[arg-type]
        house.at(app_store=server.url)
        source = house.source("app_store", app="1234567890", countries="US, de, jp")
        how = house.run(source)
        # Ten pages, no more, and of others up to the one without reviews.
        assert len(server.asked) == 10 + 4 + 2
        assert how.brought == 500 + 120 + 1
        reviews["de"].insert(0, review(2_000))  # every page has another one at its end now
        del reviews["de"][60]
        how = house.run(source, how.due_at - house.now)
    assert how.brought == 622
    assert house.books(source).stored == 622


def test_an_app_that_is_not_known_stops_it(house: House) -> None:
    with serving(lambda request: Reply(status=404)) as server:
        house.at(app_store=server.url)
        how = house.run(house.source("app_store", app="1234567890", countries="us"))
    assert how.condition is Condition.STOPPED
    assert how.error is not None
    assert "knows no app with this number" in how.error


def test_stars_that_are_none_are_parked(house: House) -> None:
    with serving(apple({"us": [review(1, 9), review(2)]})) as server:  # type: ignore[arg-type]
        house.at(app_store=server.url)
        source = house.source("app_store", app="1234567890", countries="us")
        house.run(source)
    books = house.books(source)
    assert (books.stored, books.parked) == (1, 1)


def test_the_address_of_an_app_is_as_good_as_its_number() -> None:
    assert app_number("https://apps.apple.com/us/app/pour-well-2/id1234567890?mt=8") == "1234567890"
    with pytest.raises(ValueError, match="number of the app"):
        app_number("pourwell")


def test_countries_are_two_letters(house: House) -> None:
    with pytest.raises(SettingsRefused) as refusal:
        house.source("app_store", app="x", countries="Germany")
    assert set(refusal.value.faults) == {"app", "countries"}
