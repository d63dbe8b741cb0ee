"""Ways in and out: set-up, password, links, invitations, sessions."""

from datetime import timedelta

import httpx
import pytest
from fastapi import FastAPI, Request

from emptychair.desk import links
from emptychair.desk.desk import Desk
from emptychair.web.access import NobodyToSignIn, Who, first_link, sign_in_link
from emptychair.web.cookie import is_kept
from emptychair.web.visitor import COOKIE
from tests.web.conftest import PASSWORD, Client, Clock
from tests.web.visiting import BASE, visitor

OWNER = {"company": "Alder & Finch", "name": "Ada King", "email": "ada@example.com"}
PASSWORDS = {"password": PASSWORD, "password_again": PASSWORD}


def token_of(link: str) -> str:
    return link.partition("token=")[2]


def session_of(answer: httpx.Response) -> str:
    return answer.headers["set-cookie"].partition(f"{COOKIE}=")[2].partition(";")[0]


def set_up(desk: Desk, clock: Clock, stranger: httpx.Client) -> httpx.Response:
    link = first_link(desk, BASE, clock())
    assert link is not None
    return stranger.post("/setup", data={**OWNER, **PASSWORDS, "token": token_of(link)})


def test_before_set_up_every_page_leads_there_and_says_where_the_link_is(stranger: httpx.Client) -> None:
    assert stranger.get("/scorecard").headers["location"] == "/setup"
    assert stranger.get("/sign-in").headers["location"] == "/setup"
    assert "emptychair link" in stranger.get("/setup").text
    assert "<form" not in stranger.get("/setup").text


def test_the_link_creates_the_owner_once_and_set_up_closes(
    desk: Desk, clock: Clock, stranger: httpx.Client
) -> None:
    answer = set_up(desk, clock, stranger)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert stranger.get("/me").status_code == 200
    assert first_link(desk, BASE, clock()) is None
    assert stranger.get("/setup").status_code == 410
    assert stranger.post("/setup", data={**OWNER, **PASSWORDS, "token": "x"}).status_code == 410


@pytest.mark.parametrize("token", ["", "wrong"])
def test_nobody_sets_up_without_the_link(token: str, desk: Desk, stranger: httpx.Client) -> None:
    assert stranger.post("/setup", data={**OWNER, **PASSWORDS, "token": token}).status_code == 410


def test_the_set_up_link_is_over_after_a_day(desk: Desk, clock: Clock, stranger: httpx.Client) -> None:
    link = first_link(desk, BASE, clock())
    assert link is not None
    clock.move(timedelta(hours=25))
    assert stranger.get(link).status_code == 410


def test_what_is_wrong_with_a_password_is_said_beside_it(
    desk: Desk, clock: Clock, stranger: httpx.Client
) -> None:
    link = first_link(desk, BASE, clock())
    assert link is not None
    sent = {**OWNER, "token": token_of(link), "password": "short", "password_again": "short"}
    answer = stranger.post("/setup", data=sent)
    assert answer.status_code == 422
    assert "A password needs at least" in answer.text
    assert "short" not in answer.text.partition("<form")[2].replace("shortcuts", "")
    sent |= {"password": PASSWORD, "password_again": "another one here"}
    assert "not the same" in stranger.post("/setup", data=sent).text


def test_the_cookie_is_for_this_host_over_https_and_not_for_scripts(
    desk: Desk, clock: Clock, stranger: httpx.Client
) -> None:
    cookie = set_up(desk, clock, stranger).headers["set-cookie"]
    assert cookie.startswith("__Host-session=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=lax"} <= {part.strip() for part in cookie.split(";")}
    assert "Domain" not in cookie


def test_known_and_unknown_accounts_get_the_same_answer(client: Client, stranger: httpx.Client) -> None:
    client(Who.OWNER)
    known = stranger.post("/sign-in", data={"email": "ada@example.com", "password": "wrong words here"})
    unknown = stranger.post("/sign-in", data={"email": "eve@example.com", "password": "wrong words here"})
    assert known.status_code == unknown.status_code == 401
    assert known.text.replace("ada@", "eve@") == unknown.text


def test_guessing_is_slowed_down(client: Client, stranger: httpx.Client) -> None:
    client(Who.OWNER)
    sent = {"email": "ada@example.com", "password": "wrong words here"}
    answers = [stranger.post("/sign-in", data=sent) for _ in range(10)]
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["retry-after"]) > 0


def test_a_person_signs_in_and_out(client: Client, stranger: httpx.Client) -> None:
    client(Who.OWNER)
    sent = {"email": "ADA@example.com", "password": PASSWORD, "next": "/imports?status=done"}
    answer = stranger.post("/sign-in", data=sent)
    assert answer.headers["location"] == "/imports?status=done"
    token = session_of(answer)
    stranger.post("/sign-out")
    stranger.cookies.set(COOKIE, token)
    assert stranger.get("/me").status_code == 303, "a copied cookie is dead after signing out"


@pytest.mark.parametrize(
    "path", ["//evil.example.com", "/\\evil", "https://evil.example.com", "evil", "/a\nb"]
)
def test_signing_in_leads_nowhere_else(path: str, client: Client, stranger: httpx.Client) -> None:
    client(Who.OWNER)
    sent = {"email": "ada@example.com", "password": PASSWORD, "next": path}
    assert stranger.post("/sign-in", data=sent).headers["location"] == "/"


def test_a_sign_in_link_works_once_and_only_on_a_click(
    desk: Desk, clock: Clock, client: Client, stranger: httpx.Client
) -> None:
    client(Who.OWNER)
    link = sign_in_link(desk, BASE, clock(), "ben@example.com")
    assert stranger.get(link).status_code == 200
    assert stranger.get(link).status_code == 200, "opening it uses nothing up"
    assert stranger.post("/sign-in/link", data={"token": token_of(link)}).headers["location"] == "/me"
    assert "ben@example.com" in stranger.get("/me").text
    assert stranger.post("/sign-in/link", data={"token": token_of(link)}).status_code == 410


def test_a_link_for_nobody_is_refused(desk: Desk, clock: Clock) -> None:
    with pytest.raises(NobodyToSignIn):
        sign_in_link(desk, BASE, clock(), "nobody@example.com")


def test_an_invited_person_joins_with_the_offered_role(app: FastAPI, client: Client) -> None:
    ada = client(Who.OWNER)
    answer = ada.post("/users.json", json={"email": "eva@example.com", "role": "analyst"}).json()
    eva = visitor(app)
    joined = {"token": token_of(answer["link"]), "name": "Eva", "role": "owner", **PASSWORDS}
    assert eva.post("/invitation", data=joined).status_code == 303
    assert eva.get("/me.json").json()["user"]["role"] == "analyst"
    assert eva.post("/invitation", data=joined).status_code == 410


def test_an_invitation_signs_nobody_in_and_sets_nothing_up(
    desk: Desk, clock: Clock, app: FastAPI, client: Client
) -> None:
    ben_id = _id_of(client, "Ben")
    with desk.begin() as tx:
        token = links.for_sign_in(tx, ben_id, clock(), by="system")
    assert (
        visitor(app).post("/invitation", data={"token": token, "name": "x", **PASSWORDS}).status_code == 410
    )


def _id_of(client: Client, name: str) -> str:
    people = client(Who.OWNER).get("/users.json").json()["users"]
    return str(next(person["id"] for person in people if person["name"] == name))


def test_a_new_password_signs_the_other_devices_out(app: FastAPI, client: Client) -> None:
    ben, elsewhere = client(Who.VIEWER), client(Who.VIEWER)
    sent = {
        "current": PASSWORD,
        "password": "other words this time",
        "password_again": "other words this time",
    }
    assert ben.post("/me/password", data={**sent, "current": "wrong"}).status_code == 422
    assert ben.post("/me/password", data=sent).status_code == 303
    assert ben.get("/me").status_code == 200
    assert elsewhere.get("/me").status_code == 303


def test_the_last_owner_stays(client: Client) -> None:
    ada = client(Who.OWNER)
    answer = ada.post(f"/users/{_id_of(client, 'Ada')}/role", data={"role": "viewer"})
    assert answer.status_code == 422
    assert "last owner" in answer.text


def test_a_changed_role_ends_the_sessions(client: Client) -> None:
    ben = client(Who.VIEWER)
    client(Who.OWNER).post(f"/users/{_id_of(client, 'Ben')}/role", data={"role": "lead"})
    assert ben.get("/me").status_code == 303


def test_nobody_ends_another_persons_session(client: Client) -> None:
    session = client(Who.OWNER).get("/me.json").json()["sessions"][0]["id"]
    assert client(Who.VIEWER).post(f"/me/sessions/{session}/end").status_code == 404
    assert client(Who.OWNER).post(f"/me/sessions/{session}/end").status_code == 303


@pytest.mark.parametrize(
    ("host", "is_said"),
    [
        ("192.168.1.5:8080", True),
        ("localhost:8080", False),
        ("127.0.0.1", False),
        ("[::1]:80", False),
        ("[bad", True),
    ],
)
def test_plain_http_elsewhere_is_explained(host: str, is_said: bool) -> None:
    scope = {
        "type": "http",
        "scheme": "http",
        "path": "/",
        "query_string": b"",
        "headers": [(b"host", host.encode())],
    }
    assert is_kept(Request(scope), "http://localhost:8080") is not is_said
