"""Bluesky, over a server that lends sessions and searches as its own does."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from emptychair.desk.fetching import Condition
from tests.listen.sources.conftest import NOON, House
from tests.serving import Reply, Request, Server, as_json, serving


def text_of(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def post(n: int, at: datetime, **more: Any) -> dict[str, Any]:
    return {
        "uri": f"at://did:plc:ada/app.bsky.feed.post/{n}",
        "cid": f"bafy{n}",
        "author": {"did": "did:plc:ada", "handle": "ada.example.com", "displayName": "Ada"},
        "record": {
            "$type": "app.bsky.feed.post",
            "text": f"Pourwell {n}",
            "createdAt": text_of(at),
            "langs": ["en"],
        },
        "indexedAt": text_of(at + timedelta(seconds=2)),
        "likeCount": 3,
    } | more


class Bluesky:
    """Posts newest first between two instants, a hundred at once, for whoever has a session that works."""

    def __init__(self) -> None:
        self.posts: list[dict[str, Any]] = []
        self.sessions = 0
        self.works = False
        self.is_down = False

    def __call__(self, request: Request) -> Reply:
        if self.is_down:
            return Reply(status=502, body=b"<html>Bad</html>", headers={"content-type": "text/html"})
        if request.path == "/xrpc/com.atproto.server.createSession":
            if b"app-password" not in request.body:
                told = {"error": "AuthenticationRequired", "message": "Invalid identifier or password"}
                return as_json(told, 401)
            self.sessions, self.works = self.sessions + 1, True
            return as_json({"accessJwt": f"jwt{self.sessions}", "refreshJwt": "r", "did": "did:plc:me"})
        assert request.path == "/xrpc/app.bsky.feed.searchPosts"
        if not self.works or request.headers["authorization"] != f"Bearer jwt{self.sessions}":
            return as_json({"error": "ExpiredToken", "message": "Token has expired"}, 400)
        until, since = request.query["until"], request.query.get("since", "")
        found = sorted(self.posts, key=lambda one: str(one["indexedAt"]), reverse=True)
        found = [one for one in found if since <= str(one["indexedAt"]) < until]
        at, limit = int(request.query.get("cursor", "0")), int(request.query["limit"])
        page: dict[str, Any] = {"posts": found[at : at + limit], "hitsTotal": len(found)}
        if at + limit < len(found):
            page["cursor"] = str(at + limit)
        return as_json(page)


@pytest.fixture
def bluesky() -> Bluesky:
    return Bluesky()


@pytest.fixture
def server(bluesky: Bluesky) -> Iterator[Server]:
    with serving(bluesky) as server:
        yield server


def source_at(house: House, server: Server, **more: str) -> str:
    fields = {"query": "pourwell", "handle": "@Me.example", "password": "app-password", "server": server.url}
    return house.source("bluesky", **fields | more)


def test_posts_become_words_of_an_account_that_keeps_its_id(
    house: House, bluesky: Bluesky, server: Server
) -> None:
    at = NOON - timedelta(hours=1)
    reply = {"text": "Yes.", "createdAt": "2030-01-01T00:00:00Z", "reply": {"root": {}}}
    bluesky.posts = [post(1, at), post(2, at, record=reply)]
    source = source_at(house, server)
    house.run(source)
    first, second = house.signals(source)
    assert (first["name"], first["person"], first["text"]) == ("post", "bluesky:did:plc:ada", "Pourwell 1")
    assert "https://bsky.app/profile/did:plc:ada/post/1" in first["properties"]
    assert second["name"] == "reply"
    assert second["occurred_at"].isoformat() == "2026-11-22T11:00:02", (
        "a clock that goes ahead is not believed"
    )


def test_every_page_is_read_and_each_post_stored_once(house: House, bluesky: Bluesky, server: Server) -> None:
    bluesky.posts = [post(n, NOON - timedelta(minutes=n + 1)) for n in range(450)]
    source = source_at(house, server)
    how = house.run(source)
    assert how.brought == 450
    bluesky.posts += [post(1_000, NOON + timedelta(minutes=3)), post(1_001, NOON - timedelta(minutes=30))]
    how = house.run(source, how.due_at - house.now)
    assert how.brought == 452
    assert house.books(source).stored == 452


def test_a_session_that_is_over_is_asked_for_again_and_otherwise_kept(
    house: House, bluesky: Bluesky, server: Server
) -> None:
    source = source_at(house, server)
    how = house.run(source)
    how = house.run(source, how.due_at - house.now)
    assert bluesky.sessions == 1
    bluesky.works = False
    how = house.run(source, how.due_at - house.now)
    assert (bluesky.sessions, how.condition) == (2, Condition.WELL)


def test_a_password_that_is_not_taken_stops_it(house: House, server: Server) -> None:
    how = house.run(source_at(house, server, password="another"))
    assert how.condition is Condition.STOPPED
    assert "app password" in str(how.error)
    assert "another" not in str(how.error)


def test_a_server_that_is_down_is_tried_again(house: House, bluesky: Bluesky, server: Server) -> None:
    bluesky.is_down = True
    bluesky.posts = [post(1, NOON - timedelta(hours=1))]
    source = source_at(house, server)
    how = house.run(source)
    assert how.condition is Condition.TROUBLED
    assert "<html>" not in str(how.error)
    bluesky.is_down = False
    assert house.run(source, how.due_at - house.now).brought == 1
