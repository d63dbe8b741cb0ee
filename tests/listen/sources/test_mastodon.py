"""Mastodon, over a server that pages as Mastodon does: `min_id` gives what comes next, newest first."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from emptychair.desk.fetching import Condition
from emptychair.listen.sources.asked import SettingsRefused
from tests.listen.sources.conftest import NOON, House
from tests.serving import Reply, Request, as_json, serving

MINUTE = timedelta(minutes=1)


def snowflake(at: datetime, n: int = 0) -> str:
    return str((int(at.timestamp() * 1000) << 16) + n)


def status(at: datetime, n: int = 0, **more: Any) -> dict[str, Any]:
    return {
        "id": snowflake(at, n),
        "created_at": at.isoformat().replace("+00:00", "Z"),
        "uri": f"https://other.example/users/ada/statuses/{snowflake(at, n)}",
        "url": f"https://other.example/@ada/{n}",
        "content": f"<p>I like <a href='#'>#<span>pourwell</span></a> {n}</p>",
        "spoiler_text": "",
        "visibility": "public",
        "language": "en",
        "account": {"id": "1", "acct": "Ada@other.example", "display_name": "Ada", "bot": False},
        "tags": [{"name": "pourwell", "url": "#"}],
    } | more


class Mastodon:
    """Statuses by hashtag, notifications, and how many requests are left."""

    def __init__(self) -> None:
        self.tags: dict[str, list[dict[str, Any]]] = {}
        self.notifications: list[dict[str, Any]] = []
        self.token: str | None = None
        self.left = 300

    def __call__(self, request: Request) -> Reply:
        if self.token and request.headers.get("authorization") != f"Bearer {self.token}":
            return as_json({"error": "This method requires an authenticated user"}, 401)
        if self.left <= 0:
            return as_json({"error": "Too many requests"}, 429, retry_after="120")
        self.left -= 1
        if request.path == "/api/v1/notifications":
            assert request.query["types[]"] == "mention"
            found = self.notifications
        else:
            found = self.tags.get(request.path.rpartition("/")[2], [])
        behind, limit = int(request.query["min_id"]), int(request.query["limit"])
        after = sorted((one for one in found if int(one["id"]) > behind), key=lambda one: int(one["id"]))
        page = list(reversed(after[:limit]))
        return as_json(
            page,
            x_ratelimit_remaining=str(self.left),
            x_ratelimit_reset=(NOON + timedelta(minutes=5)).isoformat().replace("+00:00", "Z"),
        )


@pytest.fixture
def mastodon() -> Mastodon:
    return Mastodon()


def test_posts_with_a_hashtag_become_words_with_their_authors(house: House, mastodon: Mastodon) -> None:
    local = {"acct": "ben", "display_name": "Ben", "bot": True}
    mastodon.tags["pourwell"] = [
        status(NOON - MINUTE),
        status(NOON, 1, account=local, spoiler_text="Coffee", content="<p>Hm.</p>", uri=None),
    ]
    with serving(mastodon) as server:
        source = house.source("mastodon", server=f"{server.url}/", hashtags="#PourWell")
        house.run(source)
    first, second = house.signals(source)
    assert (first["kind"], first["name"], first["channel"]) == ("said", "post", "mastodon")
    assert (first["person"], first["text"]) == ("mastodon:ada@other.example", "I like #pourwell 0")
    assert (second["person"], second["text"]) == ("mastodon:ben@127.0.0.1", "Coffee\n\nHm.")
    assert '"is_robot":true' in second["properties"]


def test_every_page_of_every_hashtag_is_read_and_each_post_stored_once(
    house: House, mastodon: Mastodon
) -> None:
    many = [status(NOON - timedelta(days=10) + n * MINUTE, n) for n in range(250)]
    mastodon.tags = {"coffee": many, "pourwell": [*many[100:180], status(NOON, 999)]}
    with serving(mastodon) as server:
        source = house.source("mastodon", server=server.url, hashtags="coffee, pourwell")
        how = house.run(source)
        assert how.condition is Condition.WELL
        assert house.books(source).stored == 251
        late = status(NOON - timedelta(hours=1), 5)
        mastodon.tags["coffee"].append(late)
        house.run(source, how.due_at - house.now)
    assert house.books(source).stored == 252, "what came late from another server is found"


def test_it_begins_as_far_back_as_was_told(house: House, mastodon: Mastodon) -> None:
    mastodon.tags["x"] = [status(NOON - timedelta(days=8)), status(NOON - timedelta(days=6))]
    with serving(mastodon) as server:
        source = house.source("mastodon", server=server.url, hashtags="x", back="7")
        house.run(source)
    assert len(house.signals(source)) == 1


def test_the_same_post_on_two_servers_is_one_signal(house: House, mastodon: Mastodon) -> None:
    mastodon.tags["x"] = [status(NOON)]
    with serving(mastodon) as one, serving(mastodon) as two:
        first = house.source("mastodon", server=one.url, hashtags="x")
        house.source("mastodon", server=two.url, hashtags="x")
        house.run(first)
    assert len(house.signals()) == 1


def test_mentions_come_from_notifications_and_need_the_token(house: House, mastodon: Mastodon) -> None:
    mastodon.token = "t-secret"
    mastodon.notifications = [
        {"id": str(n), "type": "mention", "created_at": "", "account": {}, "status": status(NOON, n)}
        for n in range(1, 101)
    ] + [{"id": "200", "type": "mention", "status": None}]
    with serving(mastodon) as server:
        source = house.source("mastodon", server=server.url, what="mentions", token="t-secret")
        how = house.run(source)
        assert (how.brought, len(server.asked)) == (100, 3)
        assert house.signals(source)[0]["name"] == "mention"
        without = house.source("mastodon", server=server.url, hashtags="x")
        assert house.run(without).condition is Condition.STOPPED
        assert "access token" in str(house.how(without).error)


def test_when_no_request_is_left_it_waits_until_they_are_renewed(house: House, mastodon: Mastodon) -> None:
    mastodon.tags["x"] = [status(NOON - timedelta(days=1) + n * MINUTE, n) for n in range(100)]
    mastodon.left = 1
    with serving(mastodon) as server:
        source = house.source("mastodon", server=server.url, hashtags="x")
        how = house.run(source)
        assert (how.condition, how.brought) == (Condition.WELL, 40)
        assert how.due_at == NOON + timedelta(minutes=5)
        how = house.run(source, timedelta(minutes=5))
        assert how.condition is Condition.TROUBLED, "429"
        assert how.due_at - house.now == timedelta(seconds=132), "not before it was asked to"
        mastodon.left = 300
        how = house.run(source, how.due_at - house.now)
    assert how.brought == 100


def test_authors_are_left_out_by_name_or_by_name_and_server(house: House, mastodon: Mastodon) -> None:
    mastodon.tags["x"] = [
        status(NOON),
        status(NOON, 2, account={"acct": "company"}),
        status(NOON, 3, account={"acct": "ben"}),
    ]
    with serving(mastodon) as server:
        source = house.source(
            "mastodon", server=server.url, hashtags="x", leave_out="@ada@other.example, company@127.0.0.1"
        )
        house.run(source)
    assert [row["person"] for row in house.signals(source)] == ["mastodon:ben@127.0.0.1"]


def test_what_is_no_status_is_parked(house: House, mastodon: Mastodon) -> None:
    mastodon.tags["x"] = [status(NOON), {"id": snowflake(NOON, 7), "content": 5}]
    with serving(mastodon) as server:
        source = house.source("mastodon", server=server.url, hashtags="x")
        house.run(source)
    assert (house.books(source).stored, house.books(source).parked) == (1, 1)


@pytest.mark.parametrize(
    ("fields", "faulty"),
    [
        ({"server": "x y", "hashtags": "a"}, "server"),
        ({"server": "https://m.example"}, "hashtags"),
        ({"server": "https://m.example", "hashtags": "two words"}, "hashtags"),
        ({"server": "https://me:secret@m.example", "hashtags": "a"}, "server"),
        ({"server": "https://m.example", "what": "everything"}, "what"),
    ],
)
def test_a_form_says_what_is_wrong(house: House, fields: dict[str, str], faulty: str) -> None:
    with pytest.raises(SettingsRefused) as refusal:
        house.source("mastodon", **fields)
    assert faulty in refusal.value.faults


def test_the_instant_of_a_post_is_its_own(house: House, mastodon: Mastodon) -> None:
    at = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)
    mastodon.tags["x"] = [status(at)]
    with serving(mastodon) as server:
        source = house.source("mastodon", server=server.url, hashtags="x")
        house.run(source)
    assert house.signals(source)[0]["occurred_at"].isoformat() == "2026-11-20T08:30:00"
