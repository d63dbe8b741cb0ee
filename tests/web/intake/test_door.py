"""The collector's door over HTTP: what is taken, who may send, how much, and what is answered to the rest."""

import base64
import errno
import gzip
import json
import os
import zlib
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from cloudevents.core.bindings.http import to_binary, to_structured
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from fastapi import FastAPI

from emptychair.desk import parked_events, sources, write_keys
from emptychair.desk.desk import Desk
from emptychair.desk.write_keys import WriteKey
from emptychair.ledger.ledger import Ledger
from emptychair.ledger.question import question
from emptychair.listen.intake.reception import Reception
from tests.listen.intake.test_splitting import TORTURE
from tests.web.conftest import TOKEN, Clock
from tests.web.intake.sending import TRACK, away, stored, told
from tests.web.visiting import visitor

SENT = [
    ("/v1/batch", {"batch": [TRACK, TRACK]}, 2),
    ("/v1/b", {"batch": [TRACK]}, 1),
    ("/v1/track", {"event": "x", "userId": "u"}, 1),
    ("/v1/t/", {"event": "x", "userId": "u"}, 1),
    ("/v1/identify", {"userId": "u"}, 1),
    ("/v1/i", {"userId": "u"}, 1),
    ("/v1/page", {"userId": "u"}, 1),
    ("/v1/p", {"userId": "u"}, 1),
    ("/v1/screen", {"userId": "u"}, 1),
    ("/v1/s", {"userId": "u"}, 1),
    ("/v1/group", {"userId": "u", "groupId": "acme"}, 1),
    ("/v1/g", {"userId": "u", "groupId": "acme"}, 1),
    ("/v1/alias", {"userId": "u", "previousId": "d"}, 1),
    ("/v1/a", {"userId": "u", "previousId": "d"}, 1),
    ("/beacon/v1/batch", {"batch": [TRACK]}, 1),
    ("/batch/", {"batch": [{"event": "x", "distinct_id": "u"}]}, 1),
    ("/capture/", {"event": "x", "distinct_id": "u"}, 1),
    ("/e/", [{"event": "x", "properties": {"distinct_id": "u"}}], 1),
    ("/i/v0/e/", {"event": "x", "properties": {"distinct_id": "u"}}, 1),
    ("/track", {"event": "x", "distinct_id": "u"}, 1),
    ("/engage", {"event": "$set", "distinct_id": "u"}, 1),
    ("/v1/signals", {"signals": [{"kind": "did", "name": "x", "person": "u"}]}, 1),
    ("/v1/signals", {"kind": "did", "name": "x", "person": "u"}, 1),
    ("/v1/cloudevents", {"specversion": "1.0", "id": "1", "source": "/s", "type": "x"}, 1),
]


@pytest.mark.parametrize(("path", "body", "events"), SENT)
def test_every_address_takes_what_its_clients_write(
    sdk: httpx.Client, ledger: Ledger, clock: Clock, path: str, body: object, events: int
) -> None:
    answer = told(sdk, path, body)
    assert answer.status_code == 200
    assert answer.json().get("success", True) is True
    # Events without an id and without an instant that are alike to the letter are one.
    assert stored(ledger, clock) == len({json.dumps(one) for one in [body] * events}) >= 1


def test_what_is_acknowledged_is_in_the_ledger_once(sdk: httpx.Client, ledger: Ledger, clock: Clock) -> None:
    batch = {"batch": [TRACK | {"messageId": str(number)} for number in range(100)]}
    for _ in range(3):
        assert told(sdk, "/v1/batch", batch).status_code == 200
    assert stored(ledger, clock) == 100


@pytest.mark.parametrize("name", TORTURE)
def test_a_request_of_the_torture_list_is_answered_by_name(
    sdk: httpx.Client, ledger: Ledger, desk: Desk, clock: Clock, name: str
) -> None:
    for path in ("/v1/track", "/v1/batch", "/batch/", "/e/", "/v1/signals", "/v1/cloudevents"):
        alone = told(sdk, path, TORTURE[name])
        assert alone.status_code in (200, 400), path
        if alone.status_code == 400:
            assert alone.json()["error"]["type"] == "not_json"
    good = [json.dumps(TRACK | {"messageId": f"{name} {number}"}).encode() for number in range(99)]
    before = stored(ledger, clock)
    with desk.read() as tx:
        waiting = sum(parked_events.counts(tx).values())
    assert told(sdk, "/v1/batch", b'{"batch":[%s]}' % b",".join([*good, TORTURE[name]])).status_code == 200
    after = stored(ledger, clock)
    with desk.read() as tx:
        parked = sum(parked_events.counts(tx).values()) - waiting
    assert after - before in (99, 100)
    # Of one that was parked before, by itself, there is one.
    assert after - before + parked in (99, 100)


@pytest.mark.parametrize("shown", ["basic", "bearer", "writeKey", "api_key", "token", "body", "batch"])
def test_a_key_may_be_shown_wherever_libraries_show_it(
    nobody: httpx.Client, write_key: WriteKey, shown: str
) -> None:
    key, headers, query, body = write_key.key, {}, "", {"batch": [TRACK]}
    if shown == "basic":
        headers["Authorization"] = "Basic " + base64.b64encode(f"{key}:".encode()).decode()
    elif shown == "bearer":
        headers["Authorization"] = f"Bearer {key}"
    elif shown == "body":
        body["writeKey"] = key  # type: ignore[assignment]
    elif shown == "batch":
        assert told(nobody, "/batch/", {"api_key": key, "batch": []}).status_code == 200
        return
    else:
        query = f"?{shown}={quote(key)}"
    assert told(nobody, f"/v1/batch{query}", body, **headers).status_code == 200


@pytest.mark.parametrize("key", ["", "wk_nothing", "Bearer", "\x00", "wk_" + "x" * 5_000, "é"])
def test_nothing_is_taken_without_a_key_that_works(
    nobody: httpx.Client, desk: Desk, reception: Reception, key: str
) -> None:
    header = f"Basic {base64.b64encode(key.encode()).decode()}"
    answer = told(nobody, "/v1/batch", {"batch": [TRACK]}, Authorization=header)
    assert answer.status_code == 401
    assert answer.json()["error"]["type"] in ("no_key", "key_is_unknown")
    assert sum(away(desk, reception).values()) == 1


def test_a_key_ends_at_once_when_it_is_revoked_or_its_source_pauses(
    app: FastAPI, sdk: httpx.Client, write_key: WriteKey
) -> None:
    owner = visitor(app, Accept="application/json", Authorization=f"Bearer {TOKEN}")
    source = f"/sources/{write_key.source_id}"
    assert told(sdk, "/v1/t", TRACK).status_code == 200
    owner.post(f"{source}/pausing").raise_for_status()
    assert told(sdk, "/v1/t", TRACK).status_code == 401
    owner.post(f"{source}/resuming").raise_for_status()
    assert told(sdk, "/v1/t", TRACK).status_code == 200
    owner.post(f"{source}/keys/revocation", json={"key": write_key.key}).raise_for_status()
    assert told(sdk, "/v1/t", TRACK).status_code == 401


def test_a_key_that_was_revoked_elsewhere_ends_within_two_seconds(
    sdk: httpx.Client, desk: Desk, write_key: WriteKey, clock: Clock
) -> None:
    assert told(sdk, "/v1/t", TRACK).status_code == 200
    with desk.begin() as tx:
        write_keys.revoke(tx, write_key.key, clock())
    clock.move(timedelta(seconds=2))
    assert told(sdk, "/v1/t", TRACK).status_code == 401


def test_a_key_opens_nothing_but_what_appends(sdk: httpx.Client) -> None:
    for path in ("/scorecard", "/sources", "/customers", "/api/openapi.json", "/me"):
        assert sdk.get(path).status_code in (401, 403)


def test_a_browser_of_another_site_is_told_what_it_needs_and_sends_where_it_may(
    nobody: httpx.Client, desk: Desk, write_key: WriteKey, clock: Clock
) -> None:
    shop, other = {"Origin": "https://shop.example"}, {"Origin": "https://evil.example"}
    asked = nobody.request("OPTIONS", "/v1/batch", headers=shop)
    assert asked.status_code == 204
    assert asked.headers["access-control-allow-origin"] == "https://shop.example"
    allowed = asked.headers["access-control-allow-headers"].split(", ")
    assert {"authorization", "content-type", "anonymousid", "sentat"} <= set(allowed)
    assert "access-control-allow-credentials" not in asked.headers
    with desk.begin() as tx:
        sources.change_terms(tx, write_key.source_id, origins=["https://shop.example"])
    path = f"/v1/batch?writeKey={write_key.key}"
    taken = told(nobody, path, {"batch": [TRACK]}, **shop)
    assert taken.status_code == 200
    assert "retry-after" in taken.headers["access-control-expose-headers"]
    assert "etag" in taken.headers["access-control-expose-headers"]
    refused = told(nobody, path, {"batch": [TRACK]}, **other)
    assert (refused.status_code, refused.json()["error"]["type"]) == (403, "origin_is_not_allowed")
    assert told(nobody, path, {"batch": [TRACK]}).status_code == 200  # a server has no origin


PACKED = {
    "gzip": lambda body: gzip.compress(body),
    "zlib": lambda body: zlib.compress(body),
    "base64 in a form": lambda body: b"data=" + quote(base64.b64encode(body).decode()).encode(),
    "JSON in a form": lambda body: b"data=" + quote(body.decode()).encode(),
    "a byte order mark": lambda body: b"\xef\xbb\xbf" + body,
    "UTF-16": lambda body: body.decode().encode("utf-16"),
}


@pytest.mark.parametrize("how", PACKED)
@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "application/json", ""])
def test_a_body_is_unpacked_by_its_first_bytes_whatever_it_is_called(
    sdk: httpx.Client, ledger: Ledger, clock: Clock, how: str, kind: str
) -> None:
    body = PACKED[how](json.dumps({"batch": [{"event": "x", "distinct_id": "u"}]}).encode())
    assert told(sdk, "/batch/", body, **{"Content-Type": kind}).status_code == 200
    assert stored(ledger, clock) == 1


def test_too_much_is_refused_before_it_is_held(sdk: httpx.Client, desk: Desk, reception: Reception) -> None:
    event = json.dumps(TRACK | {"properties": {"a": "b" * 900}}).encode()
    large = b'{"batch":[%s]}' % b",".join([event] * 600)
    assert len(large) > 500_000
    for path, body, status in (
        ("/v1/batch", large, 413),
        ("/v1/batch", gzip.compress(large), 413),
        ("/e/", large, 200),
        ("/e/", gzip.compress(large * 5), 413),
        ("/v1/batch", b" " * 1_100_000, 413),
        ("/v1/batch", gzip.compress(b" " * 200_000_000, 9), 413),
        ("/v1/batch", gzip.compress(gzip.compress(b"x" * 200_000_000, 9), 9), 400),
        ("/v1/batch", gzip.compress(large[:1000])[:-9], 400),
        ("/v1/batch", b"\x1f\x8b\x08nonsense", 400),
        ("/batch/", b"data=%%%", 400),
    ):
        assert told(sdk, path, body).status_code == status
    assert away(desk, reception) == {"too_large": 5, "not_unpacked": 2, "not_json": 2}


def test_who_is_too_fast_is_told_when_to_come_again(
    sdk: httpx.Client, desk: Desk, write_key: WriteKey, clock: Clock
) -> None:
    with desk.begin() as tx:
        sources.change_terms(tx, write_key.source_id, events_per_second=10)
    clock.move(timedelta(seconds=3))
    batch = {"batch": [TRACK] * 10}
    answers = [told(sdk, "/v1/batch", batch) for _ in range(30)]
    slowed = [answer for answer in answers if answer.status_code == 429]
    assert slowed
    assert all(int(answer.headers["retry-after"]) >= 1 for answer in slowed)
    assert all(answer.status_code in (200, 429) for answer in answers)
    waiting = told(sdk, "/e/", [{"event": "x", "properties": {"distinct_id": "u"}}] * 10)
    assert (waiting.status_code, "retry-after" in waiting.headers) == (503, True)  # decision 0103


def test_a_full_disk_is_answered_503_and_works_again_by_itself(
    sdk: httpx.Client, ledger: Ledger, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = os.writev

    def full(handle: int, buffers: Sequence[Any]) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    assert told(sdk, "/v1/t", TRACK | {"messageId": "1"}).status_code == 200
    monkeypatch.setattr(os, "writev", full)
    refused = told(sdk, "/v1/t", TRACK | {"messageId": "2"})
    assert (refused.status_code, refused.json()["error"]["type"]) == (503, "disk_is_full")
    assert int(refused.headers["retry-after"]) >= 1
    monkeypatch.setattr(os, "writev", write)
    assert told(sdk, "/v1/t", TRACK | {"messageId": "3"}).status_code == 200
    assert stored(ledger, clock) == 2


def test_a_cloudevent_in_headers_is_one_too(sdk: httpx.Client, ledger: Ledger, clock: Clock) -> None:
    headers = {
        "ce-specversion": "1.0",
        "ce-id": "7",
        "ce-source": "/caf%C3%A9",
        "ce-type": "brewed",
        "Content-Type": "application/json",
    }
    assert told(sdk, "/v1/cloudevents", b'{"grams": 18}', **headers).status_code == 200
    assert stored(ledger, clock) == 1
    found = ledger.ask(question("select id, properties from signals")).to_pylist()[0]
    assert found["id"].endswith("./café 7")
    assert json.loads(found["properties"])["grams"] == 18


@pytest.mark.parametrize(
    "path",
    ["/v1/projects/wk_1/settings", "/sourceConfig", "/array/wk_1/config", "/array/wk_1/config.js", "/flags",
     "/flags/?v=2", "/decide", "/flags/definitions", "/v1/projects/%22%3Cscript%3E/settings",
     "/array/%22%3C/config.js"],
)  # fmt: skip
def test_what_clients_ask_first_is_answered_to_everybody(nobody: httpx.Client, path: str) -> None:
    answer = nobody.get(path, headers={"Origin": "https://shop.example"})
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "https://shop.example"
    if path.endswith(".js"):
        assert answer.headers["content-type"].startswith("text/javascript")
        assert "<" not in answer.text
    else:
        assert isinstance(answer.json(), dict)


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_other_methods_are_refused_with_those_that_work(sdk: httpx.Client, method: str) -> None:
    answer = sdk.request(method, "/v1/batch")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST, OPTIONS")


def test_events_of_the_cloudevents_package_arrive_in_every_mode(
    sdk: httpx.Client, ledger: Ledger, clock: Clock
) -> None:
    def event(number: int) -> CloudEvent:
        attributes = {
            "id": str(number),
            "source": "/käse & co",
            "type": "brewed",
            "specversion": "1.0",
            "subject": f"u_{number}",
            "datacontenttype": "application/json",
        }
        return CloudEvent(attributes, {"grams": 18, "words": "süß"})

    for message in (to_structured(event(1), JSONFormat()), to_binary(event(2), JSONFormat())):
        assert told(sdk, "/v1/cloudevents", bytes(message.body), **message.headers).status_code == 200
    batch = b"[%s]" % b",".join(to_structured(event(n), JSONFormat()).body for n in (1, 3))
    kind = {"Content-Type": "application/cloudevents-batch+json"}
    assert told(sdk, "/v1/cloudevents", batch, **kind).status_code == 200
    assert stored(ledger, clock) == 3
    found = ledger.ask(question("select person, properties from signals order by person")).to_pylist()
    assert [row["person"] for row in found] == ["u_1", "u_2", "u_3"]
    assert all(json.loads(row["properties"])["words"] == "süß" for row in found)
    assert all(json.loads(row["properties"])["$cloudevent"]["source"] == "/käse & co" for row in found)
