"""What stands before every route."""

import pytest
from fastapi import FastAPI

from emptychair.web.access import Who
from tests.web.conftest import Client
from tests.web.visiting import BASE, visitor


def test_every_answer_keeps_foreign_code_out(app: FastAPI, client: Client) -> None:
    for path in ("/sign-in", "/nowhere", "/static/nothing", "/livez"):
        headers = client(Who.STRANGER).get(path).headers
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["content-security-policy"].startswith("default-src 'self'")
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["strict-transport-security"]


def test_pages_are_not_kept_by_anybody(client: Client) -> None:
    assert client(Who.OWNER).get("/me").headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": BASE},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "https://evil.example.com"},
        {"Origin": "null"},
        {"Origin": "http://["},
        {},
    ],
)
def test_another_sites_page_changes_nothing(headers: dict[str, str], client: Client) -> None:
    ada = client(Who.OWNER)
    del ada.headers["Sec-Fetch-Site"]
    assert ada.post("/me/name", data={"name": "Eve"}, headers=headers).status_code == 403
    assert "Eve" not in ada.get("/me").text


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "same-origin"}, {"Origin": BASE}])
def test_the_own_page_changes_things(headers: dict[str, str], client: Client) -> None:
    ada = client(Who.OWNER)
    del ada.headers["Sec-Fetch-Site"]
    assert ada.post("/me/name", data={"name": "Ada King"}, headers=headers).status_code == 303
    assert "Ada King" in ada.get("/me").text


def test_a_giant_body_is_refused_before_it_is_kept(client: Client) -> None:
    ada = client(Who.OWNER)
    assert ada.post("/settings", data={"company_name": "x" * 300_000}).status_code == 413

    def chunks():  # type: ignore[no-untyped-def]
        for _ in range(100):
            yield b"x" * 10_000

    answer = ada.post(
        "/settings", content=chunks(), headers={"Content-Type": "application/x-www-form-urlencoded"}
    )
    assert answer.status_code == 413


@pytest.mark.parametrize(
    "query",
    [
        "%00",
        "audience=%00",
        "from=%ff%fe",
        "from=9999-99-99",
        "audience=all",
        "by=%F0%9F%98%80",
        "next=//evil",
        "period=" + "9" * 5000,
    ],
)
@pytest.mark.parametrize(
    "path",
    [
        "/scorecard",
        "/imports",
        "/settings",
        "/users",
        "/me",
        "/sign-in",
        "/setup",
        "/imports/x",
        "/imports/x/parked",
    ],
)
@pytest.mark.parametrize("form", ["", ".json", ".csv"])
def test_a_hostile_address_is_no_failure_of_ours(path: str, query: str, form: str, client: Client) -> None:
    assert client(Who.OWNER).get(f"{path}{form}?{query}").status_code < 500


BODIES = [
    (b"name=%00", "application/x-www-form-urlencoded"),
    (b"\xff\xfe", "application/x-www-form-urlencoded"),
    (b"name=%ff", "application/x-www-form-urlencoded"),
    (b"&" * 5000, "application/x-www-form-urlencoded"),
    (b"[" * 50_000, "application/json"),
    (b'{"name": ' + b"9" * 5000 + b"}", "application/json"),
    (b'{"name": "\\ud800"}', "application/json"),
    (b'{"\\ud800": "x"}', "application/json"),
    (b'{"name": NaN}', "application/json"),
    (b'{"name": {"a": {"b": 1}}}', "application/json"),
    (b"\xff", "application/json"),
    (b"null", "application/json"),
    (b"x", "text/plain"),
    (b"x", "multipart/form-data"),
    (b"--x\r\n\r\n", "multipart/form-data; boundary=x"),
]
CHANGES = [
    "/me/name",
    "/me/password",
    "/settings",
    "/users",
    "/users/usr_x/role",
    "/sign-in",
    "/setup",
    "/imports",
    "/imports/x/plan",
    "/imports/x/start",
    "/imports/x/withdrawal",
    "/sign-in/link",
    "/invitation",
    "/me/sessions/x/end",
]


@pytest.mark.parametrize("path", CHANGES)
def test_a_hostile_body_is_no_failure_of_ours(path: str, client: Client) -> None:
    ada = client(Who.OWNER)
    for body, kind in BODIES:
        for accept in ("text/html", "application/json"):
            answer = ada.post(path, content=body, headers={"Content-Type": kind, "Accept": accept})
            assert answer.status_code < 500, (body[:40], kind)


def test_what_goes_wrong_is_said_to_programs_as_problem_json(client: Client) -> None:
    answer = client(Who.TOKEN).post("/settings", json={"gap_days": {"customer": "soon"}})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["errors"] == [
        {"field": "gap_days.customer", "detail": "Expected a whole number from 1 to 3,650."}
    ]


def test_an_unknown_address_is_answered_in_style(app: FastAPI) -> None:
    answer = visitor(app).get("/nowhere")
    assert answer.status_code == 404
    assert "Nobody sits here" in answer.text
    assert visitor(app, Accept="application/json").get("/nowhere").json()["status"] == 404
