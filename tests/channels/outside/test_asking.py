"""What is asked over HTTP: never redirected, never for ever, never more than is taken."""

import gzip
import itertools
import os
import ssl
import time
import zlib
from collections.abc import Iterator
from datetime import timedelta

import pytest
import trustme

from emptychair.channels.outside import (
    Answered,
    Garbled,
    Limits,
    Moved,
    NotAnAddress,
    NotReached,
    NotTrusted,
    Outside,
    OutsideError,
    TooLong,
    TooSlow,
)
from tests.channels.outside.conftest import HERE, clock, known
from tests.serving import Reply, as_json, serving

SHORT = Limits(connect=0.5, seconds=0.5, most=100_000)


def test_an_answer_comes_whole_with_what_was_asked(allowed: Outside) -> None:
    with serving(lambda request: as_json({"path": request.path, **request.query})) as server:
        answer = allowed.ask(
            "GET", f"{server.url}/a?b=1", params={"c": "ü&"}, headers={"accept": "application/json"}
        )
    assert answer.json() == {"path": "/a", "b": "1", "c": "ü&"}
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/json")
    assert server.asked[0].headers["user-agent"].startswith("EmptyChair/")


def test_a_form_json_and_a_password_are_sent(allowed: Outside) -> None:
    with serving(lambda request: Reply(body=request.body)) as server:
        allowed.ask("POST", server.url, form={"grant_type": "client_credentials"}, auth=("ada", "s3cret"))
        allowed.ask("POST", server.url, json={"a": 1})
    first, second = server.asked
    assert first.form() == {"grant_type": "client_credentials"}
    assert first.headers["authorization"] == "Basic YWRhOnMzY3JldA=="
    assert second.body == b'{"a":1}'


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_told_and_never_followed(status: int, allowed: Outside) -> None:
    def answer(request: object) -> Reply:
        return Reply(status=status, headers={"location": "http://169.254.169.254/latest/meta-data/"})

    with serving(answer) as server, pytest.raises(Moved, match=r"points to http://169\.254") as moved:
        allowed.ask("GET", f"{server.url}/feed")
    assert moved.value.location == "http://169.254.169.254/latest/meta-data/"
    assert not moved.value.is_temporary
    assert len(server.asked) == 1


def test_a_library_that_follows_redirects_does_not_get_inside_either() -> None:
    import httpx

    from emptychair.channels.outside import NotAllowed, networks

    door = Outside(clock=clock, allowed=networks("127.0.0.1"))
    with (
        serving(lambda request: Reply(status=302, headers={"location": "http://169.254.169.254/"})) as server,
        httpx.Client(transport=door.transport, follow_redirects=True, trust_env=False) as client,
        pytest.raises(NotAllowed),
    ):
        client.get(server.url)


@pytest.mark.parametrize(
    ("status", "is_temporary"),
    [(400, False), (401, False), (403, False), (404, False), (408, True), (410, False), (425, True),
     (429, True), (500, True), (502, True), (503, True), (599, True)],
)  # fmt: skip
def test_a_refusal_says_whether_it_is_worth_to_try_again(
    status: int, is_temporary: bool, allowed: Outside
) -> None:
    with (
        serving(lambda request: Reply(status=status, body=b"no  such\nthing")) as server,
        pytest.raises(Answered) as told,
    ):
        allowed.ask("GET", f"{server.url}/x")
    assert (told.value.status, told.value.is_temporary) == (status, is_temporary)
    assert str(told.value).endswith(": no such thing")
    assert f"127.0.0.1/x answered {status}" in str(told.value)


@pytest.mark.parametrize(
    ("header", "wait"),
    [
        ("120", timedelta(minutes=2)),
        ("Sun, 22 Nov 2026 12:05:00 GMT", timedelta(minutes=5)),
        ("Sun, 22 Nov 2020 12:05:00 GMT", timedelta(0)),
        ("99999999999", timedelta(days=1)),
        ("soon", None),
        ("-5", None),
    ],
)
def test_how_long_the_other_side_asks_to_wait_is_kept(
    header: str, wait: timedelta | None, allowed: Outside
) -> None:
    with (
        serving(lambda request: Reply(status=429, headers={"retry-after": header})) as server,
        pytest.raises(Answered) as told,
    ):
        allowed.ask("GET", server.url)
    assert told.value.retry_after == wait


def test_a_page_of_html_is_not_quoted_and_a_secret_in_the_address_is_not_told(allowed: Outside) -> None:
    def answer(request: object) -> Reply:
        return Reply(status=500, body=b"<html>sorry</html>", headers={"content-type": "text/html"})

    with serving(answer) as server, pytest.raises(Answered) as told:
        allowed.ask("GET", f"{server.url}/x?token=s3cret")
    assert "sorry" not in str(told.value)
    assert "s3cret" not in str(told.value)


def endless() -> Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n\r\n"
    yield from itertools.repeat(b"x" * 10_000)


def dripping() -> Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\n\r\n"
    for _ in range(100):
        time.sleep(0.05)
        yield b"x"


def dripping_head() -> Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\n"
    for _ in range(100):
        time.sleep(0.05)
        yield b"x-a: b\r\n"


def silent() -> Iterator[bytes]:
    time.sleep(2)
    yield b""


def test_an_answer_without_end_is_not_taken(allowed: Outside) -> None:
    with serving(lambda request: Reply(raw=endless)) as server, pytest.raises(TooLong, match="100,000 bytes"):
        allowed.ask("GET", server.url, limits=SHORT)


@pytest.mark.parametrize("slow", [dripping, dripping_head, silent])
def test_an_answer_that_takes_for_ever_is_cut(slow: object, allowed: Outside) -> None:
    with (
        serving(lambda request: Reply(raw=slow)) as server,  # type: ignore[arg-type]
        pytest.raises(TooSlow) as told,
    ):
        allowed.ask("GET", server.url, limits=SHORT)
    assert told.value.is_temporary


def test_a_head_without_end_is_not_taken(allowed: Outside) -> None:
    def head() -> Iterator[bytes]:
        yield b"HTTP/1.1 200 OK\r\n"
        yield from itertools.repeat(b"x-a: " + b"b" * 1_000 + b"\r\n")

    with serving(lambda request: Reply(raw=head)) as server, pytest.raises(Garbled):
        allowed.ask("GET", server.url, limits=Limits(seconds=5))


def packed(name: str, text: bytes) -> bytes:
    if name == "gzip":
        return gzip.compress(text)
    return zlib.compress(text) if name == "deflate" else zlib.compress(text)[2:-4]


@pytest.mark.parametrize("name", ["gzip", "deflate", "raw deflate"])
def test_a_packed_answer_is_unpacked(name: str, allowed: Outside) -> None:
    text = os.urandom(30_000) + b"0" * 30_000

    def answer(request: object) -> Reply:
        return Reply(body=packed(name, text), headers={"content-encoding": name.split()[-1]})

    with serving(answer) as server:
        assert allowed.ask("GET", server.url, limits=SHORT).body == text


@pytest.mark.parametrize("name", ["gzip", "deflate"])
def test_a_bomb_is_not_unpacked(name: str, allowed: Outside) -> None:
    bomb = packed(name, b"\0" * 50_000_000)
    with (
        serving(lambda request: Reply(body=bomb, headers={"content-encoding": name})) as server,
        pytest.raises(TooLong),
    ):
        allowed.ask("GET", server.url, limits=Limits(most=1_000_000))


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (gzip.compress(b"x" * 10_000, mtime=0)[:-20], {"content-encoding": "gzip"}),
        (b"this is not gzip", {"content-encoding": "gzip"}),
        (b"?", {"content-encoding": "br"}),
    ],
)
def test_what_cannot_be_unpacked_is_garbled(body: bytes, headers: dict[str, str], allowed: Outside) -> None:
    with serving(lambda request: Reply(body=body, headers=headers)) as server, pytest.raises(Garbled) as told:
        allowed.ask("GET", server.url)
    assert told.value.is_temporary


@pytest.mark.parametrize(
    "raw",
    [
        b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nonly this",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhel",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/1.1 200",
        b"",
        b"\x00\x01\x02\x03" * 100,
        b"HTTP/1.1 200 OK\r\nbad header\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: -5\r\n\r\n",
        b"HTTP/1.1 999999 OK\r\n\r\n",
    ],
)
def test_an_answer_that_is_cut_or_is_no_http_is_garbled(raw: bytes, allowed: Outside) -> None:
    with serving(lambda request: Reply(raw=lambda: iter([raw]))) as server, pytest.raises(Garbled):
        allowed.ask("GET", server.url, limits=Limits(seconds=5))


def test_an_answer_that_is_no_json_is_garbled_and_quoted(allowed: Outside) -> None:
    with serving(lambda request: Reply(body=b"<html>Are you a robot?")) as server:
        answer = allowed.ask("GET", server.url)
    with pytest.raises(Garbled, match="Are you a robot"):
        answer.json()


def test_nobody_there_is_temporary(allowed: Outside) -> None:
    with serving(lambda request: Reply()) as server:
        gone = server.url
    with pytest.raises(NotReached, match=r"127\.0\.0\.1, port \d+, cannot be reached: Connection refused"):
        allowed.ask("GET", gone)


@pytest.mark.parametrize(
    "url",
    ["ftp://example.com/", "file:///etc/passwd", "gopher://x/", "http://", "https:///x", "example.com", "/x",
     "", "http://user:secret@example.com/", "http://[::1", "http://exa mple.com/", "javascript:alert(1)",
     "http://a\x00b/", "http://" + "a" * 70_000, "//example.com/"],
)  # fmt: skip
def test_what_is_no_address_is_refused(url: str, door: Outside) -> None:
    with pytest.raises(NotAnAddress):
        door.ask("GET", url)


def test_the_proxies_of_the_environment_are_not_asked(
    monkeypatch: pytest.MonkeyPatch, allowed: Outside
) -> None:
    with (
        serving(lambda request: Reply(body=b"proxy")) as proxy,
        serving(lambda request: Reply(body=b"server")) as server,
    ):
        for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url)
        door = Outside(clock=clock, allowed=HERE)
        assert door.ask("GET", server.url).body == b"server"
        assert proxy.asked == []


class Certified:
    """An authority of its own, and servers that it vouches for."""

    def __init__(self) -> None:
        self._authority = trustme.CA()
        self.trusting = ssl.create_default_context()
        self._authority.configure_trust(self.trusting)

    def server(self, *names: str) -> ssl.SSLContext:
        """The TLS of a server of these names."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._authority.issue_cert(*names).configure_cert(context)
        return context


def test_tls_is_verified_against_the_name_although_an_address_is_connected_to() -> None:
    made = Certified()
    book = known(shop_example="127.0.0.1", other_example="127.0.0.1")
    door = Outside(clock=clock, allowed=HERE, resolve=book, tls=made.trusting)
    with serving(lambda request: Reply(body=b"safe"), made.server("shop.example")) as server:
        assert door.ask("GET", f"https://shop.example:{server.port}/").body == b"safe"
        with pytest.raises(NotTrusted, match=r"other\.example did not prove who it is"):
            door.ask("GET", f"https://other.example:{server.port}/")
        plain = door.connected("shop.example", server.port)
        with door.secured(plain, "shop.example") as safe:
            assert safe.version() in ("TLSv1.2", "TLSv1.3")
        with pytest.raises(NotTrusted):
            door.secured(door.connected("other.example", server.port), "other.example")


def test_a_certificate_that_nobody_vouches_for_is_not_trusted() -> None:
    book = known(shop_example="127.0.0.1")
    door = Outside(clock=clock, allowed=HERE, resolve=book)
    with (
        serving(lambda request: Reply(), Certified().server("shop.example")) as server,
        pytest.raises(NotTrusted),
    ):
        door.ask("GET", f"https://shop.example:{server.port}/")


def test_the_name_is_sent_so_that_a_server_of_many_names_knows_which() -> None:
    made = Certified()
    context = made.server("shop.example")
    names: list[str | None] = []
    context.sni_callback = lambda connection, name, own: names.append(name)
    door = Outside(clock=clock, allowed=HERE, resolve=known(shop_example="127.0.0.1"), tls=made.trusting)
    with serving(lambda request: Reply(), context) as server:
        door.ask("GET", f"https://shop.example:{server.port}/")
    assert names == ["shop.example"]


def test_a_server_without_tls_is_said_to_have_none(allowed: Outside) -> None:
    with serving(lambda request: Reply()) as server, pytest.raises(OutsideError, match="TLS") as told:
        allowed.ask("GET", server.url.replace("http:", "https:"), limits=Limits(seconds=5))
    assert isinstance(told.value, NotReached)


def test_a_handshake_that_takes_for_ever_is_cut() -> None:
    """A server that takes the connection and never says a word."""
    import socket

    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        door = Outside(clock=clock, allowed=HERE)
        port = listener.getsockname()[1]
        with pytest.raises(TooSlow):
            door.ask("GET", f"https://127.0.0.1:{port}/", limits=SHORT)
        with pytest.raises(TooSlow):
            door.secured(door.connected("127.0.0.1", port), "127.0.0.1", seconds=0.3)
