"""Webhooks: proven, kept before they are answered, and understood by what a person says on a sample."""

import base64
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from standardwebhooks import Webhook

from emptychair.desk import samples, source_secrets, sources
from emptychair.desk.desk import Desk
from emptychair.ledger.ledger import Ledger
from emptychair.ledger.question import question
from emptychair.listen.intake import replay
from emptychair.listen.intake.reception import Reception
from emptychair.web.access import Who
from tests.web.conftest import Client, Clock
from tests.web.visiting import visitor

SECRET = "whsec_" + base64.b64encode(b"a secret of twenty-four!").decode()
SHARED = "a shared secret, long enough"
SAID = {"case.0.kind": "said", "case.0.text": "text", "case.0.person": "email", "case.0.id": "id"}


@pytest.fixture
def reception(desk: Desk, clock: Clock) -> Reception:
    return Reception(desk, clock)


@pytest.fixture
def ledger(tmp_path: Path, reception: Reception) -> Iterator[Ledger]:
    ledger = Ledger.open(tmp_path, translate=reception.translate, park=reception.park)
    yield ledger
    ledger.close()


@pytest.fixture
def empty_ledger(ledger: Ledger) -> Ledger:
    return ledger


@pytest.fixture
def lea(client: Client) -> httpx.Client:
    return client(Who.LEAD)


@pytest.fixture
def sender(app: FastAPI) -> httpx.Client:
    """Another system: no cookie, no origin."""
    other = visitor(app, Accept="*/*")
    del other.headers["Sec-Fetch-Site"]
    return other


def made(lea: httpx.Client, **fields: str) -> str:
    told = {"name": "Shop", "scheme": "standard", "secret": SECRET} | fields
    answer = lea.post("/sources/kinds/webhook.json", json=told)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def signed(clock: Clock, body: str, key: str = "msg_1", secret: str = SECRET) -> dict[str, str]:
    now = clock()
    return {
        "content-type": "application/json",
        "webhook-id": key,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(secret).sign(key, now, body),
    }


def stored(ledger: Ledger, reception: Reception, clock: Clock) -> list[dict[str, Any]]:
    """What questions see."""
    reception.keys.forget()
    ledger.load(clock())
    asked = question("select id, kind, person, text, source from signals order by id")
    found: list[dict[str, Any]] = ledger.ask(asked).to_pylist()
    return found


def test_a_signed_message_is_kept_once_however_often_it_is_sent(
    lea: httpx.Client, sender: httpx.Client, ledger: Ledger, reception: Reception, clock: Clock
) -> None:
    source = made(lea)
    assert lea.post(f"/sources/{source}/mapping.json", json=SAID | {"case.0.id": ""}).status_code == 200
    body = '{"email": "ada@example.com", "text": "It works."}'
    for _ in range(3):
        answer = sender.post(f"/webhooks/{source}", content=body, headers=signed(clock, body))
        assert (answer.status_code, answer.json()) == (200, {"success": True})
    other = sender.post(f"/webhooks/{source}", content=body, headers=signed(clock, body, "msg_2"))
    assert other.status_code == 200
    found = stored(ledger, reception, clock)
    assert [row["id"] for row in found] == [f"{source[4:]}.msg_1", f"{source[4:]}.msg_2"]
    assert found[0]["text"] == "It works."


@pytest.mark.parametrize(
    "change",
    [
        {"webhook-signature": "v1,AAAA"},
        {"webhook-signature": "v1a,AAAA v2,BBBB"},
        {"webhook-id": "msg_2"},
        {"webhook-timestamp": "1"},
        {"webhook-timestamp": "soon"},
        {"webhook-id": ""},
        {"webhook-signature": "\u00e9".encode("latin-1").decode("latin-1")},
    ],
)
def test_a_message_that_proves_nothing_is_turned_away_and_counted(
    lea: httpx.Client, sender: httpx.Client, reception: Reception, clock: Clock, change: dict[str, str]
) -> None:
    source = made(lea)
    headers = {name: text.encode("latin-1") for name, text in (signed(clock, "{}") | change).items()}
    answer = sender.post(f"/webhooks/{source}", content="{}", headers=headers)
    assert answer.status_code == 401
    assert answer.json()["error"]["type"] == "key_is_unknown"


def test_another_body_under_the_same_signature_is_turned_away(
    lea: httpx.Client, sender: httpx.Client, clock: Clock
) -> None:
    source = made(lea)
    assert sender.post(f"/webhooks/{source}", content="[]", headers=signed(clock, "{}")).status_code == 401


def test_a_recorded_message_is_worth_nothing_after_five_minutes(
    lea: httpx.Client, sender: httpx.Client, clock: Clock
) -> None:
    source = made(lea)
    headers = signed(clock, "{}")
    clock.move(timedelta(minutes=5, seconds=1))
    answer = sender.post(f"/webhooks/{source}", content="{}", headers=headers)
    assert answer.status_code == 401
    assert "five minutes" in answer.json()["error"]["message"]


def test_one_of_several_signatures_is_enough(lea: httpx.Client, sender: httpx.Client, clock: Clock) -> None:
    source = made(lea)
    headers = signed(clock, "{}")
    old = signed(clock, "{}", secret="whsec_" + base64.b64encode(b"the secret that was befo").decode())
    headers["webhook-signature"] = f"{old['webhook-signature']} {headers['webhook-signature']}"
    assert sender.post(f"/webhooks/{source}", content="{}", headers=headers).status_code == 200


@pytest.mark.parametrize(
    "way",
    [
        {"headers": {"X-Webhook-Secret": SHARED}},
        {"headers": {"Authorization": f"Bearer {SHARED}"}},
        {"auth": ("anybody", SHARED)},
        {"params": {"secret": SHARED}},
    ],
)
def test_a_shared_secret_may_be_shown_where_senders_can_put_it(
    lea: httpx.Client, sender: httpx.Client, way: dict[str, Any]
) -> None:
    source = made(lea, scheme="secret", secret=SHARED)
    assert sender.post(f"/webhooks/{source}", json={"a": 1}, **way).status_code == 200
    assert sender.post(f"/webhooks/{source}", json={"a": 1}).status_code == 401
    wrong = sender.post(f"/webhooks/{source}", json={"a": 1}, headers={"X-Webhook-Secret": "another"})
    assert wrong.status_code == 401


def test_what_came_before_its_fields_were_known_waits_and_is_heard_then(
    lea: httpx.Client,
    sender: httpx.Client,
    ledger: Ledger,
    reception: Reception,
    desk: Desk,
    clock: Clock,
) -> None:
    source = made(lea, scheme="secret", secret=SHARED)
    item = {"id": 7, "email": "ada@example.com", "text": "<script>alert(1)</script>"}
    sender.post(f"/webhooks/{source}", json=item, params={"secret": SHARED})
    assert stored(ledger, reception, clock) == []
    assert lea.get(f"/sources/{source}.json").json()["parked"]["waiting"] == 1
    page = lea.get(f"/sources/{source}/mapping").text
    assert "proposal" in page
    assert "<script>alert" not in page
    preview = lea.post(f"/sources/{source}/mapping/preview", data=SAID, headers={"HX-Request": "true"})
    assert preview.text.lstrip().startswith("<section")
    assert "&lt;script&gt;" in preview.text
    assert lea.post(f"/sources/{source}/mapping", data=SAID).status_code == 303
    reception.keys.forget()
    replay.run_queued(ledger, desk, reception.translate, clock)
    (row,) = stored(ledger, reception, clock)
    assert (row["person"], row["id"]) == ("ada@example.com", f"{source[4:]}.7")
    assert lea.get(f"/sources/{source}.json").json()["parked"]["replayed"] == 1
    assert lea.get(f"/sources/{source}/mapping.json").json()["mapping"]["cases"][0]["kind"] == "said"


def test_a_form_is_taken_as_an_object(
    lea: httpx.Client, sender: httpx.Client, ledger: Ledger, reception: Reception, clock: Clock
) -> None:
    source = made(lea, scheme="secret", secret=SHARED)
    lea.post(f"/sources/{source}/mapping", data=SAID)
    sender.post(
        f"/webhooks/{source}", data={"text": "data=hello & bye", "id": "1"}, params={"secret": SHARED}
    )
    assert [row["text"] for row in stored(ledger, reception, clock)] == ["data=hello & bye"]


@pytest.mark.parametrize(
    "body", [b"", b"no", b"{", b"\xff\xfe", b"[" * 20_000, b'{"a": NaN}', b"{}" * 2, b'{"a":1}\n{"b":2}']
)
def test_what_is_no_json_is_answered_400(lea: httpx.Client, sender: httpx.Client, body: bytes) -> None:
    source = made(lea, scheme="secret", secret=SHARED)
    answer = sender.post(
        f"/webhooks/{source}",
        content=body,
        headers={"X-Webhook-Secret": SHARED, "content-type": "application/json"},
    )
    assert answer.status_code == 400


def test_more_than_is_taken_is_answered_413(lea: httpx.Client, sender: httpx.Client) -> None:
    source = made(lea, scheme="secret", secret=SHARED)
    answer = sender.post(
        f"/webhooks/{source}",
        content=json.dumps(["x" * 600_000]),
        headers={"X-Webhook-Secret": SHARED},
    )
    assert answer.status_code == 413


def test_while_it_is_paused_senders_are_asked_to_come_again(
    lea: httpx.Client, sender: httpx.Client, clock: Clock
) -> None:
    source = made(lea)
    lea.post(f"/sources/{source}/pausing")
    answer = sender.post(f"/webhooks/{source}", content="{}", headers=signed(clock, "{}"))
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "600")
    lea.post(f"/sources/{source}/resuming")
    assert sender.post(f"/webhooks/{source}", content="{}", headers=signed(clock, "{}")).status_code == 200
    lea.post(f"/sources/{source}/removal")
    assert sender.post(f"/webhooks/{source}", content="{}", headers=signed(clock, "{}")).status_code == 404


@pytest.mark.parametrize(
    "path", ["/webhooks/", "/webhooks/src_none", "/webhooks/a/b", "/webhooks/" + "x" * 300]
)
def test_nothing_listens_at_other_addresses(sender: httpx.Client, path: str) -> None:
    assert sender.post(path, json={}).status_code == 404
    assert sender.get(path).status_code == 405


def test_a_secret_that_we_make_is_shown_once(lea: httpx.Client, desk: Desk) -> None:
    answer = lea.post("/sources/kinds/webhook", data={"name": "Shop", "scheme": "standard", "secret": ""})
    assert answer.status_code == 200
    (source,) = [one for one in lea.get("/sources.json").json()["sources"] if one["kind"] == "webhook"]
    with desk.read() as tx:
        secret = source_secrets.reveal(tx, source["id"]).values["secret"]
    assert secret in answer.text
    assert secret not in lea.get(f"/sources/{source['id']}").text
    told = lea.post("/sources/kinds/webhook.json", json={"name": "B", "scheme": "secret"}).json()
    assert told["secret"].startswith("whsec_")


@pytest.mark.parametrize(
    ("scheme", "secret"), [("standard", "short"), ("standard", "whsec_!!"), ("secret", "short")]
)
def test_a_secret_that_is_none_is_refused(lea: httpx.Client, scheme: str, secret: str) -> None:
    answer = lea.post("/sources/kinds/webhook.json", json={"name": "A", "scheme": scheme, "secret": secret})
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == ["secret"]


def test_few_samples_are_kept_and_they_are_the_newest(
    lea: httpx.Client, sender: httpx.Client, desk: Desk, clock: Clock
) -> None:
    source = made(lea, scheme="secret", secret=SHARED)
    for n in range(8):
        clock.move(timedelta(minutes=2))
        sender.post(f"/webhooks/{source}", json={"id": n}, params={"secret": SHARED})
    found = lea.get(f"/sources/{source}/mapping.json").json()["samples"]
    assert [one["id"] for one in found] == [7, 6, 5, 4, 3]
    with desk.begin() as tx:
        assert samples.purge(tx, clock() + timedelta(days=31)) == 5
        assert sources.find(tx, source) is not None


def test_the_editor_says_what_is_wrong_and_keeps_what_was_typed(lea: httpx.Client) -> None:
    source = made(lea)
    answer = lea.post(f"/sources/{source}/mapping", data={"case.0.kind": "paid", "case.0.person": "a..b"})
    assert answer.status_code == 422
    assert 'value="a..b"' in answer.text
    assert "This is needed for its kind." in answer.text
    problem = lea.post(f"/sources/{source}/mapping.json", json={"case.0.kind": "paid"})
    assert [error["field"] for error in problem.json()["errors"]] == ["case.0.value"]
    feed = lea.get("/sources/src_none/mapping")
    assert feed.status_code == 404


def test_what_still_waits_says_why_now(
    lea: httpx.Client,
    sender: httpx.Client,
    ledger: Ledger,
    reception: Reception,
    desk: Desk,
    clock: Clock,
) -> None:
    source = made(lea, scheme="secret", secret=SHARED)
    sender.post(f"/webhooks/{source}", json={"id": 1, "text": ""}, params={"secret": SHARED})
    stored(ledger, reception, clock)
    (event,) = lea.get(f"/sources/{source}/parked.json").json()["parked"]
    assert event["reason"] == "no_mapping"
    lea.post(f"/sources/{source}/mapping", data=SAID)
    reception.keys.forget()
    replay.run_queued(ledger, desk, reception.translate, clock)
    (event,) = lea.get(f"/sources/{source}/parked.json").json()["parked"]
    assert (event["reason"], event["field"]) == ("field_is_missing", "text")
