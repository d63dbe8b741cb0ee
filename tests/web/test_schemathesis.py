"""Nothing that a program sends by the description of the routes is answered with a 5xx, whoever it is."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import SearchStrategy
from schemathesis import Case

from emptychair.channels.email.blocks import Letter, Prose
from emptychair.channels.email.letters import put
from emptychair.channels.outside import Outside, networks
from emptychair.desk import board_posts, sessions, sources, users
from emptychair.desk import settings as decided
from emptychair.desk.board_posts import Standing
from emptychair.desk.board_settings import BOARD, BoardAccess
from emptychair.desk.desk import Desk
from emptychair.desk.users import Role
from emptychair.desk.write_keys import WriteKey
from emptychair.domain.contact import Channel, Contact, Purpose, What
from emptychair.domain.signal import Audience
from emptychair.ledger.ledger import Ledger
from emptychair.listen.intake.reception import Reception
from emptychair.web.access import Who
from emptychair.web.site import ROUTERS, site
from emptychair.web.visitor import COOKIE
from tests.web.conftest import NAMES, TOKEN, Client, Clock
from tests.web.test_customers import AT, STORY
from tests.web.visiting import BASE, visitor

WEB = Path(__file__).parents[2] / "emptychair" / "web"
# Whose doors the others have too: those are asked by `make test-all`, and each door by test_access.
SELDOM = (Who.LEAD, Who.AGENT, Who.VIEWER)
EVERYBODY = [pytest.param(who, marks=pytest.mark.slow) if who in SELDOM else who for who in Who]
TEXT = {"type": "string"}
PARTS = ("method", "url", "params", "json", "data", "content")


@pytest.fixture
def reception(desk: Desk, clock: Clock) -> Reception:
    return Reception(desk, clock)


@pytest.fixture
def ledger(tmp_path: Path, reception: Reception) -> Iterator[Ledger]:
    ledger = Ledger.open(tmp_path / "home", translate=reception.translate, park=reception.park)
    ledger.append(STORY)
    ledger.load(AT)
    yield ledger
    ledger.close()


@pytest.fixture
def app(ledger: Ledger, desk: Desk, reception: Reception, tmp_path: Path, clock: Clock) -> FastAPI:
    return site(
        ledger=ledger,
        desk=desk,
        home=tmp_path,
        base_url=BASE,
        clock=clock,
        version="0.1.0",
        reception=reception,
        outside=Outside(clock=clock, allowed=networks("127.0.0.0/8")),
        local_token=TOKEN,
    )


def fields() -> list[str]:
    """The names of all fields that any route reads."""
    found: set[str] = set()
    for module in ROUTERS:
        text = Path(str(module.__file__)).read_text()
        found |= set(re.findall(r'(?:fields\.(?:text|secret)|_needed\(fields), ?\(?"([a-z_]+)"', text))
        found |= set(re.findall(r'fields\.(?:text|secret)\("([a-z_]+)"', text))
    return sorted(found)


def described(owner: httpx.Client, ids: list[str]) -> dict[str, Any]:
    """The document, with ids that there are, and bodies of fields that there are."""
    document: dict[str, Any] = owner.get("/api/openapi.json").raise_for_status().json()
    value = {"anyOf": [{"enum": ids}, TEXT, {"type": "integer"}, {"type": "boolean"}, {"type": "null"}]}
    body = {"type": "object", "properties": dict.fromkeys(fields(), value), "additionalProperties": value}
    for methods in document["paths"].values():
        for method, operation in methods.items():
            for parameter in operation.get("parameters", ()):
                if parameter["in"] in ("path", "query"):
                    parameter["schema"] = {"anyOf": [{"enum": ids}, parameter.get("schema", TEXT)]}
            if method == "post" and "requestBody" not in operation:
                kinds = ("application/json", "application/x-www-form-urlencoded")
                operation["requestBody"] = {"content": {kind: {"schema": body} for kind in kinds}}
    return document


def on_the_board(desk: Desk, clock: Clock) -> list[str]:
    """A board for everybody, with a post; its id, and that of a letter that waits."""
    letter = Letter(title="News", preview="", sender="Pourwell", blocks=[Prose("Hello")])
    contact = Contact(
        people=("ada",),
        audience=Audience.CUSTOMER,
        address="ada@example.com",
        channel=Channel.EMAIL,
        purpose=Purpose.UPDATES,
        what=What.MAIL,
        thing="pst_1",
    )
    now = clock()
    with desk.begin() as tx:
        decided.change(tx, BOARD, BoardAccess.PUBLIC, by="cli", now=now)
        post = board_posts.create(tx, "Dark mode", "", standing=Standing.SHOWN, by="cli", now=now)
        message = put(tx, letter, contact, dedupe_key="k", base_url=BASE, due_at=now, by="cli", now=now)
    assert message is not None
    assert message.unsubscribe is not None
    return [post.id, message.id, message.unsubscribe.rpartition("/")[2]]


def renewed(app: FastAPI, desk: Desk, clock: Clock, who: Who, client: Client) -> httpx.Client:
    """Somebody as they were at the beginning, whatever was done to them meanwhile."""
    if who not in NAMES:
        return client(who)
    with desk.begin() as tx:
        person = users.find_by_email(tx, f"{NAMES[who]}@example.com")
        assert person is not None
        users.enable(tx, person.id)
        users.change_role(tx, person.id, Role(who.value))
        token, _ = sessions.start(tx, person, now=clock(), address="203.0.113.7", agent="a browser")
    browser = visitor(app, Origin=BASE)
    browser.cookies.set(COOKIE, token)
    return browser


def asked(strategy: SearchStrategy[Case], someone: httpx.Client, examples: int) -> Counter[int]:
    """Ask what the strategy gives; how often each status was answered. No answer may be a 5xx."""
    answers = Counter[int]()

    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def is_answered(case: Case) -> None:
        sent = case.as_transport_kwargs(base_url=BASE)
        answer = someone.request(**{name: sent[name] for name in PARTS if sent.get(name) is not None})
        assert answer.status_code < 500, f"{case.as_curl_command()} -> {answer.text[:500]}"
        answers[answer.status_code] += 1

    is_answered()
    return answers


@pytest.mark.parametrize(
    "examples", [2, pytest.param(60, marks=[pytest.mark.slow, pytest.mark.timeout(3_000)])]
)
@pytest.mark.parametrize("who", EVERYBODY)
def test_no_request_by_the_description_is_answered_with_a_5xx(
    app: FastAPI, client: Client, desk: Desk, clock: Clock, write_key: WriteKey, who: Who, examples: int
) -> None:
    with desk.read() as tx:
        ids = [user.id for user in users.everyone(tx)] + [source.id for source in sources.every(tx)]
    ids += [
        write_key.key,
        *on_the_board(desk, clock),
        "ada",
        "anon:dev1",
        "acme",
        "customer",
        "paid",
        "nps",
        "owner",
    ]
    schema = schemathesis.openapi.from_dict(described(client(Who.TOKEN), ids))
    operations = [found.ok() for found in schema.get_all_operations()]
    assert len(operations) > 60
    answered = Counter[int]()
    for operation in operations:
        someone = renewed(app, desk, clock, who, client)
        answered += asked(operation.as_strategy(), someone, examples)
    assert answered.total() > len(operations)
    if who in (Who.OWNER, Who.TOKEN):  # and it is no row of doors that are shut
        assert answered[200] + answered[303] > len(operations) / 4
