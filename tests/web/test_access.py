"""The table of rules, and that every door keeps to it."""

from pathlib import Path

import httpx
import pytest

from emptychair.web.access import CLIENTS, RULES, RouteWithoutRule, Rule, Who, rule_for
from emptychair.web.site import routes
from tests.web.conftest import Client


def path_of(rule: Rule) -> str:
    path = rule.route.replace("{id}", "imp_0000000000000000").replace("{path:path}", "nothing.css")
    path = path.replace("{token}", "rcp_0.surveys-0").replace("{kind}", "none")
    return path.replace("{key}", "wk_0").replace("{event}", "prk_0")


def ask(client: httpx.Client, rule: Rule) -> int:
    return client.request(rule.method, path_of(rule)).status_code


def test_every_route_has_a_row_and_every_row_a_route() -> None:
    assert sorted((rule.method, rule.route) for rule in RULES) == sorted(routes())


def test_a_route_without_a_row_is_refused() -> None:
    with pytest.raises(RouteWithoutRule):
        rule_for("POST", "/nowhere")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.method} {rule.route}")
def test_the_door_lets_in_whom_the_table_names(rule: Rule, client: Client) -> None:
    """401 or the way to sign in for strangers, 403 for others; who is let in gets an answer of the route."""
    wrong = {}
    for who in Who:
        content = b"[]" if rule.who == CLIENTS else b""  # the collector takes nothing that is no JSON
        answer = client(who).request(rule.method, path_of(rule), content=content)
        if not is_right(answer, rule, who):
            wrong[who.value] = answer.status_code
    assert wrong == {}


def is_right(answer: httpx.Response, rule: Rule, who: Who) -> bool:
    if answer.status_code >= 500:
        return False
    if who in rule.who:
        return answer.status_code not in {401, 403} or rule.route == "/sign-in"
    if who is Who.WRITE_KEY or rule.who == CLIENTS:
        return answer.status_code == 401
    if who is Who.STRANGER:
        return (answer.status_code, answer.headers["location"].split("?")[0]) == (303, "/sign-in")
    return answer.status_code == 403


def test_a_wrong_token_is_nobody(client: Client) -> None:
    program = client(Who.TOKEN)
    program.headers["Authorization"] = "Bearer another"
    answers = {
        f"{rule.method} {rule.route}": program.request(rule.method, path_of(rule)).status_code
        for rule in RULES
        if Who.TOKEN in rule.who and Who.STRANGER not in rule.who
    }
    assert len(answers) > 100
    assert {route: status for route, status in answers.items() if status != 401} == {}


def test_the_token_does_not_open_pages(client: Client) -> None:
    program = client(Who.TOKEN)
    program.headers["Accept"] = "text/html"
    assert program.get("/scorecard").status_code == 303


def test_a_session_is_dead_when_its_person_is_disabled(client: Client) -> None:
    ada, ben = client(Who.OWNER), client(Who.VIEWER)
    assert ben.get("/me").status_code == 200
    people = ada.get("/users.json").json()["users"]
    (ben_id,) = [person["id"] for person in people if person["name"] == "Ben"]
    assert ada.post(f"/users/{ben_id}/disabling").status_code == 200
    assert ben.get("/me").status_code == 303


def test_every_route_is_told_in_the_documentation() -> None:
    text = (Path(__file__).parents[2] / "docs" / "api.md").read_text()
    assert [rule for rule in RULES if f"`{rule.method} {rule.route}`" not in text] == []
