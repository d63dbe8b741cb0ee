"""The description for programs, and that it is true."""

import httpx

from emptychair.web.access import RULES, Who
from tests.web.conftest import Client

HIDDEN = {"/", "/static/{path:path}", "/api/openapi.json", "/sign-in/link", "/invitation", "/setup"}


def test_the_description_has_every_route_for_programs(client: Client) -> None:
    document = client(Who.TOKEN).get("/api/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    described = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}
    expected = {(rule.method, rule.route) for rule in RULES if rule.route not in HIDDEN}
    assert described == expected - {("GET", "/sign-in")}


def test_the_twin_of_a_page_has_the_same_address(client: Client) -> None:
    ada = client(Who.OWNER)
    by_suffix = ada.get("/users.json")
    by_header = ada.get("/users", headers={"Accept": "application/json"})
    assert by_suffix.json() == by_header.json()
    assert by_suffix.headers["content-type"] == "application/json"


def test_the_process_says_how_it_is(stranger: httpx.Client) -> None:
    assert stranger.get("/livez").json() == {"status": "alive"}
    assert stranger.get("/readyz").json() == {"status": "ready"}
