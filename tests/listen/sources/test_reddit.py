"""Reddit, over a server that lends tokens, counts requests and pages behind a post as its own does."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from emptychair.desk.fetching import Condition
from emptychair.listen.sources.asked import SettingsRefused
from tests.listen.sources.conftest import NOON, House
from tests.serving import Reply, Request, Server, as_json, serving

NOW = NOON.timestamp()


def post(n: int, age: float = 100, **more: Any) -> dict[str, Any]:
    return {
        "id": f"p{n}",
        "name": f"t3_p{n}",
        "title": f"Post {n}",
        "selftext": "About Pourwell.",
        "author": "Ada",
        "created_utc": NOW - age,
        "permalink": f"/r/coffee/comments/p{n}/post/",
        "url": f"https://www.reddit.com/r/coffee/comments/p{n}/post/",
        "subreddit": "coffee",
        "score": 5,
        "num_comments": 2,
        "over_18": False,
    } | more


class Reddit:
    """Posts newest first, a hundred behind another; a token works until it is taken back."""

    def __init__(self) -> None:
        self.posts: list[dict[str, Any]] = []
        self.lent = 0
        self.left = 100.0
        self.path = "/search"

    def __call__(self, request: Request) -> Reply:
        if request.path == "/token":
            if request.headers["authorization"] != "Basic aWQ6c2VjcmV0":  # id:secret
                return as_json({"message": "Unauthorized", "error": 401}, 401)
            assert request.form() == {"grant_type": "client_credentials"}
            self.lent += 1
            return as_json({"access_token": f"t{self.lent}", "expires_in": 86_400, "token_type": "bearer"})
        if request.headers["authorization"] != f"Bearer t{self.lent}":
            return as_json({"message": "Unauthorized", "error": 401}, 401)
        assert request.headers["user-agent"].startswith("EmptyChair/")
        if request.path != self.path:
            return as_json({"message": "Not Found", "error": 404}, 404)
        found = sorted(self.posts, key=lambda one: -float(one["created_utc"]))
        names = [one["name"] for one in found]
        after = request.query.get("after")
        at = names.index(after) + 1 if after in names else 0
        page = found[at : at + int(request.query["limit"])]
        more = at + len(page) < len(found)
        self.left -= 1
        return as_json(
            {
                "kind": "Listing",
                "data": {
                    "after": page[-1]["name"] if page and more else None,
                    "children": [{"kind": "t3", "data": one} for one in page],
                },
            },
            x_ratelimit_remaining=str(self.left),
            x_ratelimit_reset="42",
        )


@pytest.fixture
def reddit() -> Reddit:
    return Reddit()


@pytest.fixture
def server(reddit: Reddit, house: House) -> Iterator[Server]:
    with serving(reddit) as server:
        house.at(reddit=server.url, reddit_tokens=f"{server.url}/token")
        yield server


def source_of(house: House, **more: str) -> str:
    return house.source(
        "reddit", **{"query": "pourwell", "client_id": "id", "client_secret": "secret"} | more
    )


def test_posts_become_words(house: House, reddit: Reddit, server: Server) -> None:
    gone = {"author": "[deleted]", "selftext": "[removed]"}
    reddit.posts = [post(1), post(2, 50, **gone)]
    source = source_of(house)
    house.run(source)
    first, second = house.signals(source)
    assert (first["id"], first["person"]) == ("reddit.t3_p1", "reddit:ada")
    assert first["text"] == "Post 1\n\nAbout Pourwell."
    assert '"url":"https://www.reddit.com/r/coffee/comments/p1/post/"' in first["properties"]
    assert (second["person"], second["text"]) == (None, "Post 2")


def test_every_page_is_read_with_one_token_and_each_post_stored_once(
    house: House, reddit: Reddit, server: Server
) -> None:
    reddit.posts = [post(n, n * 60) for n in range(330)]
    source = source_of(house)
    how = house.run(source)
    assert (how.brought, reddit.lent) == (330, 1)
    asked = len(server.asked)
    reddit.posts.append(post(999, -30))
    how = house.run(source, how.due_at - house.now)
    assert (how.brought, len(server.asked) - asked) == (331, 1), "not everything is read again"
    assert house.books(source).stored == 331


def test_pages_stop_where_the_beginning_is(house: House, reddit: Reddit, server: Server) -> None:
    reddit.posts = [post(n, n * 3_600) for n in range(400)]
    source = source_of(house, back="7")
    house.run(source)
    assert len(house.signals(source)) == 168
    assert len(server.asked) == 3


def test_subreddits_are_searched_together(house: House, reddit: Reddit, server: Server) -> None:
    reddit.path, reddit.posts = "/r/coffee+espresso/search", [post(1)]
    source = source_of(house, subreddits="r/coffee, /r/espresso")
    assert house.run(source).brought == 1
    assert server.asked[-1].query["restrict_sr"] == "1"
    reddit.path = "/elsewhere"
    how = house.run(source, timedelta(hours=1))
    assert how.condition is Condition.STOPPED
    assert "no such subreddit" in str(how.error)


def test_when_no_request_is_left_the_rest_comes_later(house: House, reddit: Reddit, server: Server) -> None:
    reddit.left, reddit.posts = 1, [post(n, n) for n in range(150)]
    source = source_of(house)
    how = house.run(source)
    assert (how.brought, how.due_at - NOON) == (100, timedelta(seconds=42))
    assert house.run(source, timedelta(seconds=42)).brought == 150


def test_a_token_that_was_taken_back_is_asked_for_again(house: House, reddit: Reddit, server: Server) -> None:
    source = source_of(house)
    how = house.run(source)
    reddit.lent = 7
    how = house.run(source, how.due_at - house.now)
    assert (how.condition, reddit.lent) == (Condition.WELL, 8)


def test_a_secret_that_is_not_taken_stops_it(house: House, server: Server) -> None:
    how = house.run(source_of(house, client_secret="wrong"))
    assert how.condition is Condition.STOPPED
    assert "prefs/apps" in str(how.error)


def test_names_of_subreddits_are_names(house: House) -> None:
    with pytest.raises(SettingsRefused):
        source_of(house, subreddits="coffee/../admin")
