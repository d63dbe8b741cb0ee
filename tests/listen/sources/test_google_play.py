"""Reviews of Google Play, over a server that lends tokens and pages as Google's do."""

import json
from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from google.auth import jwt

from emptychair.desk.fetching import Condition
from emptychair.listen.sources.asked import SettingsRefused
from tests.listen.sources.conftest import NOON, House
from tests.serving import Reply, Request, Server, as_json, serving


def review(n: int, stars: int = 4) -> dict[str, object]:
    comment = {
        "text": f"Title {n}\tThe words.",
        "lastModified": {"seconds": str(int(NOON.timestamp()) - n), "nanos": 5},
        "starRating": stars,
        "reviewerLanguage": "en",
        "appVersionName": "2.1",
        "thumbsUpCount": 1,
    }
    answer = {"developerComment": {"text": "Thanks!", "lastModified": {"seconds": "1"}}}
    return {"reviewId": f"r{n}", "authorName": "Ada", "comments": [{"userComment": comment}, answer]}


@pytest.fixture(scope="module")
def private() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65_537, key_size=2_048)


class Google:
    """Lends a token for a signed text, and shows two reviews a page to whoever has it."""

    def __init__(self, private: rsa.RSAPrivateKey) -> None:
        self.private, self.lent, self.status = private, 0, 200
        self.reviews = [review(n) for n in range(5)]

    def __call__(self, request: Request) -> Reply:
        if request.path == "/token":
            public = self.private.public_key().public_bytes(
                serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
            )
            told = jwt.decode(request.form()["assertion"], certs=public, verify=False)
            assert told["scope"] == "https://www.googleapis.com/auth/androidpublisher"
            assert told["iss"] == "reader@project.iam.example.com"
            self.lent += 1
            return as_json({"access_token": f"t{self.lent}", "expires_in": 3599, "token_type": "Bearer"})
        assert request.path == "/androidpublisher/v3/applications/com.example.app/reviews"
        assert request.headers["authorization"] == f"Bearer t{self.lent}"
        if self.status != 200:
            return as_json({"error": {"code": self.status, "message": "no"}}, self.status)
        at = int(request.query.get("token", "0"))
        page: dict[str, object] = {"reviews": self.reviews[at : at + 2]}
        if at + 2 < len(self.reviews):
            page["tokenPagination"] = {"nextPageToken": str(at + 2)}
        return as_json(page)


@pytest.fixture
def google(private: rsa.RSAPrivateKey) -> Google:
    return Google(private)


@pytest.fixture
def server(google: Google, house: House) -> Iterator[Server]:
    with serving(google) as server:
        house.at(google_play=server.url)
        yield server


def key(google: Google, server: Server) -> str:
    pem = google.private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    told = {
        "type": "service_account",
        "client_email": "reader@project.iam.example.com",
        "private_key": pem.decode(),
        "token_uri": f"{server.url}/token",
    }
    return json.dumps(told)


def test_reviews_become_stars_page_by_page_with_one_token(
    house: House, google: Google, server: Server
) -> None:
    source = house.source("google_play", app="com.example.app", key=key(google, server))
    how = house.run(source)
    assert (how.condition, how.brought, google.lent) == (Condition.WELL, 5, 1)
    signal = house.signals(source)[-1]
    assert (signal["id"], signal["score"], signal["text"]) == ("googleplay.r0", 4, "Title 0\n\nThe words.")
    google.reviews.insert(0, review(9))
    how = house.run(source, how.due_at - house.now)
    assert (how.brought, google.lent) == (6, 2), "six hours later another token"
    assert house.books(source).stored == 6


def test_without_the_right_it_stops_and_says_what_to_do(house: House, google: Google, server: Server) -> None:
    google.status = 403
    how = house.run(house.source("google_play", app="com.example.app", key=key(google, server)))
    assert how.condition is Condition.STOPPED
    assert how.error is not None
    assert "Play Console" in how.error


@pytest.mark.parametrize(
    "text", ["", "{}", "no json", '{"client_email": "a", "private_key": "b", "token_uri": "c"}']
)
def test_a_key_that_is_none_is_refused(house: House, text: str) -> None:
    with pytest.raises(SettingsRefused) as refusal:
        house.source("google_play", app="com.example.app", key=text)
    assert "key" in refusal.value.faults
    assert "BEGIN" not in str(refusal.value)
