"""Hacker News: a search that is paged by time, over a server that searches as Algolia does."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from emptychair.desk import sources
from emptychair.desk.fetching import Condition
from tests.listen.sources.conftest import NOON, House
from tests.serving import Reply, Request, as_json, serving

NOW = int(NOON.timestamp())
STORY = {
    "objectID": "100",
    "created_at_i": NOW - 100,
    "author": "ada",
    "title": "Show HN: Pourwell",
    "url": "https://pourwell.example.com",
    "story_text": "We <i>pour</i> well.<p>Ask us.",
    "points": 12,
    "num_comments": 3,
    "_tags": ["story", "author_ada", "story_100"],
}
COMMENT = {
    "objectID": "101",
    "created_at_i": NOW - 50,
    "author": "Ben",
    "comment_text": "I like &quot;Pourwell&quot;.",
    "story_title": "Show HN: Pourwell",
    "story_id": 100,
    "_tags": ["comment", "author_ben", "story_100"],
}


@dataclass
class Algolia:
    """Items newest first, filtered by time, so many at once."""

    items: list[Mapping[str, object]] = field(default_factory=list)

    def __call__(self, request: Request) -> Reply:
        assert request.path == "/api/v1/search_by_date"
        found = sorted(self.items, key=lambda item: -int(str(item["created_at_i"])))
        for part in request.query["numericFilters"].split(","):
            name, sign, number = part.partition("<=") if "<=" in part else part.partition(">")
            assert name == "created_at_i"
            kept = (lambda at, n: at <= n) if sign == "<=" else (lambda at, n: at > n)
            found = [item for item in found if kept(int(str(item["created_at_i"])), int(number))]
        return as_json({"hits": found[: int(request.query["hitsPerPage"])], "nbHits": len(found)})


def item(n: int, at: int) -> dict[str, object]:
    return {"objectID": str(n), "created_at_i": at, "author": "ada", "comment_text": f"number {n}"}


def test_stories_and_comments_become_words_with_their_authors(house: House) -> None:
    with serving(Algolia([STORY, COMMENT])) as server:
        house.at(hacker_news=server.url)
        source = house.source("hacker_news", query='"pourwell"', what="both")
        house.run(source)
        assert server.asked[0].query["query"] == '"pourwell"'
        assert server.asked[0].query["tags"] == "(story,comment)"
    story, comment = house.signals(source)
    assert story["id"] == "hackernews.100"
    assert (story["kind"], story["name"], story["person"]) == ("said", "post", "hackernews:ada")
    assert story["text"] == "Show HN: Pourwell\n\nWe pour well.\n\nAsk us."
    assert (comment["name"], comment["person"], comment["text"]) == (
        "comment",
        "hackernews:ben",
        'I like "Pourwell".',
    )
    assert "item?id=101" in comment["properties"]


def test_a_thousand_items_come_page_by_page_and_once_each(house: House) -> None:
    # Many in one second, at the border of a page too.
    algolia = Algolia([item(n, NOW - 2_000 + n // 7) for n in range(1_000)])
    with serving(algolia) as server:
        house.at(hacker_news=server.url)
        source = house.source("hacker_news", query="x", back="all")
        how = house.run(source)
        assert len(server.asked) >= 5
    assert how.condition is Condition.WELL
    books = house.books(source)
    assert books.stored == 1_000


def test_it_begins_as_far_back_as_was_told(house: House) -> None:
    old, new = item(1, NOW - 8 * 86_400), item(2, NOW - 6 * 86_400)
    with serving(Algolia([old, new])) as server:
        house.at(hacker_news=server.url)
        source = house.source("hacker_news", query="x", back="7")
        house.run(source)
    assert [row["id"] for row in house.signals(source)] == ["hackernews.2"]


def test_what_is_put_up_again_late_under_an_older_time_is_found(house: House) -> None:
    algolia = Algolia([item(1, NOW)])
    with serving(algolia) as server:
        house.at(hacker_news=server.url)
        source = house.source("hacker_news", query="x")
        house.run(source)
        algolia.items.append(item(2, NOW - 1_800))
        house.run(source, house.how(source).due_at - house.now)
    assert house.books(source).stored == 2


def test_an_odd_item_is_parked_and_does_not_stop_the_others(house: House) -> None:
    odd = {"objectID": 7, "created_at_i": NOW - 1, "comment_text": "x"}
    with serving(Algolia([odd, COMMENT])) as server:
        house.at(hacker_news=server.url)
        source = house.source("hacker_news", query="x")
        house.run(source)
    books = house.books(source)
    assert (books.stored, books.parked) == (1, 1)
    assert books.faults == {"field_is_wrong": 1}


def test_garbage_and_cut_answers_are_trouble_and_nothing_is_lost(house: House) -> None:
    answers = [
        Reply(body=b"<html>oops</html>"),
        Reply(body=b'{"hits": [{"objectID": "1"'),
        Reply(raw=lambda: iter([b'HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{"hits":'])),
        as_json({"hits": [COMMENT]}),
    ]
    with serving(lambda request: answers[min(len(server.asked), 4) - 1]) as server:
        house.at(hacker_news=server.url)
        source = house.source("hacker_news", query="x")
        how = house.run(source)
        for _ in range(2):
            assert how.condition is Condition.TROUBLED
            how = house.run(source, how.due_at - house.now)
        how = house.run(source, how.due_at - house.now)
    assert (how.condition, how.brought) == (Condition.WELL, 1)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ages=st.lists(st.integers(0, 400), max_size=60), later=st.lists(st.integers(0, 400), max_size=40))
def test_whatever_comes_when_is_stored_once(house: House, ages: list[int], later: list[int]) -> None:
    """Items that appear between looks with times of the last hour are all found, and none twice."""
    begin = int(house.now.timestamp())
    start = len(house.signals())
    first = [item(start + n, begin - age) for n, age in enumerate(ages)]
    second = [item(start + len(ages) + n, begin + age) for n, age in enumerate(later)]
    algolia = Algolia(list(first))
    with serving(algolia) as server:
        house.at(hacker_news=server.url)
        source = house.source("hacker_news", query="x")
        house.run(source)
        algolia.items.extend(second)
        house.run(source, house.how(source).due_at - house.now)
    assert house.books(source).stored == len(first) + len(second)
    with house.desk.begin() as tx:  # or it would find what the next example has
        sources.remove(tx, source, house.now)
