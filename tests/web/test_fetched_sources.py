"""Sources that are fetched, as people make them, try them and look after them."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from emptychair.channels.outside import Outside, networks
from emptychair.desk.desk import Desk
from emptychair.ledger.ledger import Ledger
from emptychair.listen.intake.reception import Reception
from emptychair.listen.sources import running
from emptychair.listen.sources.limited import Limited
from emptychair.listen.sources.running import Fetchers
from emptychair.listen.sources.system import Means
from emptychair.listen.sources.systems import SYSTEMS
from emptychair.web.access import Who
from emptychair.web.sources import words
from emptychair.web.sources.forms import form_of
from tests.serving import Reply, Request, Server, serving
from tests.web.conftest import Client, Clock

RSS = b"""<rss version='2.0'><channel><title>T</title>
<item><guid>1</guid><title>Hello &lt;script&gt;alert(1)&lt;/script&gt;</title></item></channel></rss>"""


@pytest.fixture
def ledger(tmp_path: Path, desk: Desk, clock: Clock) -> Iterator[Ledger]:
    reception = Reception(desk, clock)
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
def server() -> Iterator[Server]:
    def answer(request: Request) -> Reply:
        return Reply(body=RSS) if request.path == "/feed" else Reply(status=404)

    with serving(answer) as server:
        yield server


@pytest.fixture
def fetchers(ledger: Ledger, desk: Desk, tmp_path: Path, clock: Clock, limited: Limited) -> Fetchers:
    outside = Outside(clock=clock, allowed=networks("127.0.0.0/8"))
    means = Means(outside=outside, limited=limited, desk=desk, home=tmp_path, clock=clock)
    return Fetchers(ledger=ledger, means=means, chance=lambda: 0.5)


def made(lea: httpx.Client, address: str, **more: str) -> str:
    answer = lea.post("/sources/kinds/feed.json", json={"name": "Blog", "address": address, **more})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def fetched(lea: httpx.Client) -> list[dict[str, Any]]:
    """The sources that are there beside that of the write key."""
    found: list[dict[str, Any]] = lea.get("/sources.json").json()["sources"]
    return [source for source in found if source["kind"] != "collector"]


def test_every_kind_has_words_for_everything_that_is_asked() -> None:
    for system in SYSTEMS.values():
        assert words.KINDS[system.key].name
        page = Path(__file__).parents[2] / "docs" / "sources" / words.KINDS[system.key].page
        assert page.exists()
        for field in form_of(system, {}, {}):
            assert field.words.label
            assert all(text for _, text in field.choices)


@pytest.mark.parametrize("kind", SYSTEMS)
def test_every_kind_has_its_form_and_refuses_an_empty_one(lea: httpx.Client, kind: str) -> None:
    assert words.KINDS[kind].name in lea.get("/sources/kinds").text
    page = lea.get(f"/sources/kinds/{kind}")
    assert page.status_code == 200
    again = lea.post(f"/sources/kinds/{kind}", data={"name": ""})
    assert again.status_code == 422
    assert "A source needs a name." in again.text
    assert lea.get(f"/sources/kinds/{kind}.json").json()["kind"] == kind
    problem = lea.post(f"/sources/kinds/{kind}.json", json={})
    assert problem.status_code == 422
    assert "name" in {error["field"] for error in problem.json()["errors"]}


def test_it_is_tried_before_it_is_made(lea: httpx.Client, server: Server) -> None:
    fields = {"name": "Blog", "address": f"{server.url}/nowhere"}
    answer = lea.post("/sources/kinds/feed", data=fields)
    assert answer.status_code == 422
    assert "answered 404" in answer.text
    assert 'value="Blog"' in answer.text
    assert fetched(lea) == []
    assert lea.post("/sources/kinds/feed", data=fields | {"anyway": "yes"}).status_code == 303
    (source,) = fetched(lea)
    assert (source["name"], source["kind"]) == ("Blog", "feed")


def test_a_trial_shows_signals_with_what_strangers_wrote_as_text(lea: httpx.Client, server: Server) -> None:
    fields = {"address": f"{server.url}/feed"}
    answer = lea.post("/sources/kinds/feed/trial", data=fields)
    assert answer.status_code == 200
    assert "The first look brings 1 item." in answer.text
    assert "<script>alert" not in answer.text
    part = lea.post("/sources/kinds/feed/trial", data=fields, headers={"HX-Request": "true"})
    assert part.text.lstrip().startswith('<div id="trial"')
    told = lea.post("/sources/kinds/feed/trial.json", json=fields).json()
    assert (told["items"], told["trouble"], len(told["signals"])) == (1, None, 1)
    assert fetched(lea) == []


def test_its_page_tells_how_it_stands(
    lea: httpx.Client, server: Server, fetchers: Fetchers, ledger: Ledger, clock: Clock
) -> None:
    source = made(lea, f"{server.url}/feed")
    assert "not looked at yet" in lea.get(f"/sources/{source}").text
    running.run_due(fetchers)
    ledger.load(clock())
    page = lea.get(f"/sources/{source}").text
    assert "1 item" in page
    told = lea.get(f"/sources/{source}.json").json()
    assert told["fetching"]["condition"] == "well"
    assert told["books"]["stored"] == 1
    assert told["settings"]["address"].endswith("/feed")
    health = lea.get(f"/sources/{source}/health.json").json()["fetching"]
    assert health["due_at"] == (clock() + timedelta(hours=1)).isoformat()
    assert lea.get("/sources").status_code == 200


def test_trouble_is_on_its_page_and_on_the_list_and_a_look_can_be_asked_for(
    lea: httpx.Client, server: Server, fetchers: Fetchers, clock: Clock
) -> None:
    source = made(lea, f"{server.url}/gone", anyway="yes")
    running.run_due(fetchers)
    assert "answered 404" in lea.get(f"/sources/{source}").text
    assert "stopped" in lea.get("/sources").text
    told = lea.get(f"/sources/{source}/health.json").json()["fetching"]
    assert (told["condition"], told["due_at"]) == ("stopped", None)
    assert lea.post(f"/sources/{source}/run").status_code == 303
    assert "It is being looked at." in lea.get(f"/sources/{source}/health").text
    before = len(server.asked)
    running.run_due(fetchers)
    assert len(server.asked) == before + 1


def test_other_settings_are_tried_too_and_begin_anew(
    lea: httpx.Client, server: Server, fetchers: Fetchers
) -> None:
    source = made(lea, f"{server.url}/feed")
    running.run_due(fetchers)
    way = f"/sources/{source}/settings"
    assert lea.post(way, data={"name": "Blog", "address": f"{server.url}/x"}).status_code == 422
    assert lea.post(way, data={"name": "Blog", "address": "no address"}).status_code == 422
    answer = lea.post(way, data={"name": "News", "address": f"{server.url}/feed", "every": "5"})
    assert answer.status_code == 303
    told = lea.get(f"/sources/{source}.json").json()
    assert (told["name"], told["settings"]["every"]) == ("News", "5")
    running.run_due(fetchers)
    assert lea.get(f"/sources/{source}.json").json()["fetching"]["brought"] == 1, "nothing came twice"


def test_secrets_are_shown_to_nobody(lea: httpx.Client, client: Client, desk: Desk) -> None:
    from cryptography.hazmat.primitives.asymmetric import rsa

    from tests.listen.sources.test_google_play import Google, key  # the file of a key that is one

    google = Google(rsa.generate_private_key(public_exponent=65_537, key_size=2_048))
    with serving(google) as server:
        fields = {"name": "Play", "app": "com.example.app", "key": key(google, server), "anyway": "yes"}
        answer = lea.post("/sources/kinds/google_play.json", json=fields)
        assert answer.status_code == 201
        source = answer.json()["id"]
        pages = [answer.text]
        again = lea.post("/sources/kinds/google_play", data={**fields, "name": ""})
        assert again.status_code == 422
        pages += [again.text]
    pages += [lea.get(f"/sources/{source}{end}").text for end in ("", ".json", "/health", "/health.json")]
    pages += [lea.get(f"/sources{end}").text for end in ("", ".json", ".csv")]
    assert not any("PRIVATE" in page for page in pages)
    assert lea.get(f"/sources/{source}.json").json()["secrets"]["key"] is not None
    with desk.read() as tx:
        written = tx.exec_driver_sql("select * from audit").fetchall()
    assert "PRIVATE" not in str(written)


def test_a_removed_source_forgets_its_secrets_and_its_samples(
    lea: httpx.Client, server: Server, desk: Desk
) -> None:
    source = made(lea, f"{server.url}/feed")
    with desk.begin() as tx:
        tx.exec_driver_sql(
            'insert into source_secrets (source_id, name, value, "by", set_at)'
            " values (?, 'a', 'b', 'c', '2026-01-01 00:00:00')",
            (source,),
        )
    assert lea.post(f"/sources/{source}/removal").status_code == 303
    with desk.read() as tx:
        assert tx.exec_driver_sql("select count(*) from source_secrets").scalar() == 0
    assert lea.get(f"/sources/{source}").status_code == 404


def test_analysts_look_and_leads_change(client: Client, lea: httpx.Client, server: Server) -> None:
    source = made(lea, f"{server.url}/feed")
    ann = client(Who.ANALYST)
    page = ann.get(f"/sources/{source}")
    assert page.status_code == 200
    assert "Look now" not in page.text
    assert ann.post(f"/sources/{source}/run").status_code == 403
    assert ann.get("/sources/kinds").status_code == 200
    assert ann.get("/sources/kinds/feed").status_code == 403


def test_pausing_keeps_it_from_being_looked_at(lea: httpx.Client, server: Server, fetchers: Fetchers) -> None:
    source = made(lea, f"{server.url}/feed")
    assert lea.post(f"/sources/{source}/pausing").status_code == 303
    before = len(server.asked)
    assert running.run_due(fetchers) == 0
    assert lea.post(f"/sources/{source}/resuming").status_code == 303
    assert running.run_due(fetchers) == 1
    assert len(server.asked) == before + 1
