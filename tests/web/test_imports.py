"""A file from the drop zone to the ledger and back."""

import gzip
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from emptychair.desk.desk import Desk
from emptychair.ledger.ledger import Ledger
from emptychair.listen.imports.queue import run_queued
from emptychair.web.access import Who
from tests.web.conftest import Client, Clock

ORDERS = "customer,date,total\n" + "".join(
    f"c{number % 7},2026-0{1 + number % 9}-{10 + number % 18},{number}.50\n" for number in range(40)
)
BAD = ORDERS + "c1,soon,5\nc2,2026-01-02,much\n"


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    (tmp_path / "imports").mkdir()
    ledger = Ledger.open(tmp_path, readable=[tmp_path / "imports"])
    yield ledger
    ledger.close()


@pytest.fixture
def empty_ledger(ledger: Ledger) -> Ledger:
    return ledger


@pytest.fixture
def ann(client: Client) -> httpx.Client:
    return client(Who.ANALYST)


def send(client: httpx.Client, text: str | bytes, name: str = "orders.csv") -> str:
    """The id of the import of a file sent as the browser's script does."""
    body = text.encode() if isinstance(text, str) else text
    answer = client.post("/imports.json", params={"name": name}, content=body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["import"]["id"])


def take_in(
    client: httpx.Client, import_id: str, ledger: Ledger, desk: Desk, home: Path, clock: Clock
) -> dict[str, int]:
    """The books after the background has done its work."""
    assert client.post(f"/imports/{import_id}/start").status_code == 303
    run_queued(ledger, desk, home, clock)
    found: dict[str, int] = client.get(f"/imports/{import_id}.json").json()["import"]
    return found


def test_nothing_is_stored_before_it_is_started(ann: httpx.Client, ledger: Ledger) -> None:
    import_id = send(ann, ORDERS)
    page = ann.get(f"/imports/{import_id}").text
    assert "What it becomes" in page
    assert "column customer is called so" in page
    assert ledger.state().rows == 0


def test_the_books_balance_and_parked_rows_are_told(
    ann: httpx.Client, ledger: Ledger, desk: Desk, tmp_path: Path, clock: Clock
) -> None:
    import_id = send(ann, BAD)
    books = take_in(ann, import_id, ledger, desk, tmp_path, clock)
    assert (books["read"], books["stored"], books["parked"]) == (42, 40, 2)
    assert books["read"] == books["stored"] + books["duplicate"] + books["refused"] + books["parked"]
    assert "Every row is accounted for" in ann.get(f"/imports/{import_id}").text
    parked = ann.get(f"/imports/{import_id}/parked.json").json()["parked"]
    assert [(row["row"], row["value"]) for row in parked] == [(41, "soon"), (42, "much")]
    assert "soon" in ann.get(f"/imports/{import_id}/parked").text
    assert ann.get(f"/imports/{import_id}/parked.csv").text.splitlines()[1].startswith("41,")


def test_the_same_file_again_adds_nothing_and_is_recognised(
    ann: httpx.Client, ledger: Ledger, desk: Desk, tmp_path: Path, clock: Clock
) -> None:
    take_in(ann, send(ann, ORDERS), ledger, desk, tmp_path, clock)
    again = send(ann, ORDERS, "copy.csv")
    assert "has been imported before" in ann.get(f"/imports/{again}").text
    books = take_in(ann, again, ledger, desk, tmp_path, clock)
    assert (books["stored"], books["duplicate"]) == (0, 40)


def test_an_import_is_taken_back_as_a_whole(
    ann: httpx.Client, ledger: Ledger, desk: Desk, tmp_path: Path, clock: Clock
) -> None:
    import_id = send(ann, ORDERS)
    take_in(ann, import_id, ledger, desk, tmp_path, clock)
    ledger.load(clock.now)
    assert ledger.state().rows == 40
    assert ann.post(f"/imports/{import_id}/withdrawal").status_code == 303
    assert ledger.state().rows == 0
    assert "Taken back" in ann.get(f"/imports/{import_id}").text
    assert ann.post(f"/imports/{import_id}/withdrawal").status_code == 303, "twice is as once"


def test_a_form_with_a_file_is_taken_too(ann: httpx.Client) -> None:
    packed = gzip.compress(ORDERS.encode(), mtime=0)
    answer = ann.post(
        "/imports", files={"file": ("../../etc/ord\u00e9rs.csv.gz", packed, "application/gzip")}
    )
    assert answer.status_code == 303
    page = ann.get(answer.headers["location"]).text
    assert "ordérs.csv.gz" in page
    assert "etc/" not in page


def test_files_lie_in_our_folder_under_our_names(ann: httpx.Client, tmp_path: Path) -> None:
    import_id = send(ann, ORDERS, "../../../evil.sh")
    assert sorted(path.name for path in (tmp_path / "imports" / import_id).iterdir() if path.is_file()) == [
        "file"
    ]
    assert list((tmp_path / "imports" / "incoming").iterdir()) == []


@pytest.mark.parametrize(("body", "name"), [("", "a.csv"), ("a,b\n", "a.csv"), ("x", "")])
def test_what_is_no_table_is_refused_and_leaves_nothing(
    body: str, name: str, ann: httpx.Client, tmp_path: Path
) -> None:
    answer = ann.post("/imports.json", params={"name": name}, content=body.encode())
    assert answer.status_code in {400, 422}
    assert answer.headers["content-type"] == "application/problem+json"
    assert list((tmp_path / "imports" / "incoming").iterdir()) == []
    assert ann.get("/imports.json").json() == {"imports": []}


def test_a_file_that_is_too_large_is_refused(ann: httpx.Client, tmp_path: Path) -> None:
    assert ann.post("/imports", params={"name": "a.csv"}, content=b"x" * 1_100_000).status_code == 413
    assert not (tmp_path / "imports" / "incoming").exists() or not list(
        (tmp_path / "imports" / "incoming").iterdir()
    )


def test_a_mapping_is_changed_and_what_is_left_keeps_its_reason(ann: httpx.Client) -> None:
    text = "customer,date,total,net\n" + "".join(f"c{n},2026-01-{10 + n},{n}.5,{n}.1\n" for n in range(9))
    import_id = send(ann, text)
    sent = {"shape": "orders", "audience": "customer", "column.person": "customer", "column.time": "date"}
    sent |= {"column.amount": "net", "style.amount": "", "constant.currency": "EUR", "column.currency": ""}
    assert ann.post(f"/imports/{import_id}/plan", data=sent).status_code == 200
    plan = ann.get(f"/imports/{import_id}.json").json()["plan"]
    by_field = {choice["field"]: choice for choice in plan["choices"]}
    assert by_field["amount"]["column"] == "net"
    assert "called so" in by_field["person"]["reason"]
    assert plan["preview"]["rows"][0]["signals"][0]["currency"] == "EUR"


def test_open_questions_keep_it_from_starting(ann: httpx.Client) -> None:
    import_id = send(
        ann, "id,tenure,churned\n" + "".join(f"p{n},{n},{'Yes' if n % 3 else 'No'}\n" for n in range(20))
    )
    assert ann.post(f"/imports/{import_id}/start").status_code == 409
    assert ann.post(f"/imports/{import_id}/plan", data={"as_of": "2026-10-01"}).status_code == 200
    assert ann.post(f"/imports/{import_id}/start").status_code == 303


@pytest.mark.parametrize(
    "sent", [{"shape": "songs"}, {"as_of": "soon"}, {"map.person": "nothing"}, {"audience": "x"}]
)
def test_a_plan_that_cannot_be_is_refused(sent: dict[str, str], ann: httpx.Client) -> None:
    import_id = send(ann, ORDERS)
    answer = ann.post(f"/imports/{import_id}/plan.json", data=sent)
    assert answer.status_code == 422
    assert ann.get(f"/imports/{import_id}").status_code == 200


def test_an_import_whose_file_is_gone_fails_with_its_reason(
    ann: httpx.Client, ledger: Ledger, desk: Desk, tmp_path: Path, clock: Clock
) -> None:
    import_id = send(ann, ORDERS)
    ann.post(f"/imports/{import_id}/start")
    (tmp_path / "imports" / import_id / "file.csv").unlink()
    run_queued(ledger, desk, tmp_path, clock)
    assert ann.get(f"/imports/{import_id}.json").json()["import"]["status"] == "failed"
    assert "It did not work" in ann.get(f"/imports/{import_id}").text


def test_progress_is_asked_for_until_it_ends(
    ann: httpx.Client, ledger: Ledger, desk: Desk, tmp_path: Path, clock: Clock
) -> None:
    import_id = send(ann, ORDERS)
    ann.post(f"/imports/{import_id}/start")
    running = ann.get(f"/imports/{import_id}/progress", headers={"HX-Request": "true"})
    assert "hx-get" in running.text
    run_queued(ledger, desk, tmp_path, clock)
    ended = ann.get(f"/imports/{import_id}/progress", headers={"HX-Request": "true"})
    assert ended.headers["hx-refresh"] == "true"


def test_the_scorecard_speaks_of_what_was_imported(
    ann: httpx.Client, ledger: Ledger, desk: Desk, tmp_path: Path, clock: Clock
) -> None:
    answers = "person,score,date\n" + "".join(f"p{n},{n % 11},2026-10-{1 + n % 28}\n" for n in range(300))
    take_in(ann, send(ann, answers, "nps.csv"), ledger, desk, tmp_path, clock)
    page = ann.get("/scorecard").text
    assert "Net promoter score" in page
    assert "300 answers" in page
    metrics = {metric["name"]: metric for metric in ann.get("/scorecard.json").json()["metrics"]}
    assert metrics["nps"]["n"] == 300
    assert metrics["nps"]["low"] < metrics["nps"]["value"] < metrics["nps"]["high"]
    assert ann.get("/scorecard.csv").text.startswith("\ufeffname,audience")
    assert ann.get("/scorecard?part=trend-nps").status_code == 200
    rows = ann.get("/scorecard.json?part=trend-nps").json()["rows"]
    assert [row["n"] for row in rows if row["n"]] == [300]
    by = ann.get("/scorecard?by=channel").text
    assert "Everybody by channel" in by
    assert ann.get("/scorecard?by=nothing").status_code == 422
    assert ann.get("/scorecard?period=2027-Q1").status_code == 422
