"""A name becomes addresses once, all of them are checked, and no other is ever connected to."""

import socket
from collections.abc import Sequence

import pytest

from emptychair.channels.outside import (
    NotAllowed,
    NotAnAddress,
    NotReached,
    Outside,
    OutsideError,
    TooSlow,
    networks,
    resolving,
)
from tests.channels.outside.conftest import HERE, clock, known
from tests.serving import Reply, serving

# All of them are this machine, for the resolver of the C library.
DISGUISES = ("localhost", "127.0.0.1", "127.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1",
             "[::1]", "::1", "::ffff:127.0.0.1", "[::ffff:7f00:1]", "0.0.0.0", "0", "localhost.",
             "LOCALHOST")  # fmt: skip


@pytest.mark.parametrize("host", DISGUISES)
def test_this_machine_is_not_reached_under_any_of_its_names(host: str, door: Outside) -> None:
    with pytest.raises(OutsideError) as refused:
        door.address(host, 80)
    assert not refused.value.is_temporary or isinstance(refused.value, NotReached)
    with pytest.raises(OutsideError):
        door.ask("GET", f"http://{host}/" if host != "::1" else "http://[::1]/")


@pytest.mark.parametrize("host", [host for host in DISGUISES if "." in host or host.isdigit() or "x" in host])
def test_a_server_here_is_not_asked_even_though_it_would_answer(host: str, door: Outside) -> None:
    with serving(lambda request: Reply(body=b"secrets")) as server:
        with pytest.raises(OutsideError):
            door.ask("GET", f"http://{host.strip('[]') if ':' not in host else '[::1]'}:{server.port}/")
        assert server.asked == []


def test_one_address_inside_is_enough_to_refuse_a_name() -> None:
    door = Outside(clock=clock, resolve=known(both_example=["8.8.8.8", "10.0.0.5"]))
    with pytest.raises(NotAllowed, match=r"10\.0\.0\.5: a private network.*EMPTYCHAIR_ALLOWED_NETWORKS"):
        door.address("both.example", 443)


def test_a_network_that_the_operator_allowed_is_reached() -> None:
    door = Outside(clock=clock, allowed=networks("10.0.0.0/24"), resolve=known(intranet_example="10.0.0.5"))
    assert [str(each) for each in door.address("intranet.example", 443).addresses] == ["10.0.0.5"]


def test_a_name_that_changes_its_address_between_check_and_use_leads_nowhere_else() -> None:
    """Rebinding: the first look finds an address outside, the second one finds this machine."""
    looks: list[str] = []

    def rebinding(host: str, port: int) -> Sequence[str]:
        looks.append(host)
        return ["192.0.2.1"] if len(looks) == 1 else ["127.0.0.1"]

    with serving(lambda request: Reply(body=b"secrets")) as server:
        # The address of the first look is one for examples, which nobody has: reaching it fails.
        door = Outside(clock=clock, allowed=networks("192.0.2.0/24"), resolve=rebinding)
        with pytest.raises(OutsideError):
            door.connected("rebinding.example", server.port, seconds=0.2)
        assert looks == ["rebinding.example"]
        with pytest.raises(NotAllowed):
            door.ask("GET", f"http://rebinding.example:{server.port}/")
        assert server.asked == []


def test_a_request_looks_the_name_up_exactly_once() -> None:
    looks: list[str] = []

    def counting(host: str, port: int) -> Sequence[str]:
        looks.append(host)
        return ["127.0.0.1"] if len(looks) == 1 else ["169.254.169.254"]

    with serving(lambda request: Reply(body=b"here")) as server:
        door = Outside(clock=clock, allowed=HERE, resolve=counting)
        assert door.ask("GET", f"http://once.example:{server.port}/").body == b"here"
    assert looks == ["once.example"]
    assert server.asked[0].headers["host"] == f"once.example:{server.port}"


def test_the_next_address_is_tried_when_the_first_does_not_answer() -> None:
    with serving(lambda request: Reply(body=b"here")) as server:
        resolve = known(two_example=["127.0.0.9", "127.0.0.1"])
        door = Outside(clock=clock, allowed=HERE, resolve=resolve)
        assert door.ask("GET", f"http://two.example:{server.port}/").body == b"here"
        with door.connected("two.example", server.port) as connection:
            assert connection.getpeername() == ("127.0.0.1", server.port)


@pytest.mark.parametrize(
    "host",
    ["", "a b", "a/b", "user@host", "a" * 300, "host#x", "host?x", "a\\b", "a\nb", "a%00b", "fe80::1%eth0"],
)
def test_what_is_no_name_is_refused_before_anybody_is_asked(host: str) -> None:
    def never(host: str, port: int) -> Sequence[str]:
        raise AssertionError(host)

    with pytest.raises(NotAnAddress):
        Outside(clock=clock, resolve=never).address(host, 443)


@pytest.mark.parametrize("port", [0, -1, 65_536])
def test_a_port_that_is_none_is_refused(port: int, door: Outside) -> None:
    with pytest.raises(NotAnAddress, match="no port"):
        door.address("example.com", port)


def test_a_name_that_nobody_knows_is_temporary_and_said(
    monkeypatch: pytest.MonkeyPatch, door: Outside
) -> None:
    def unknown(*_: object, **__: object) -> object:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(NotReached, match=r"nowhere\.example is not known") as told:
        door.address("nowhere.example", 443)
    assert told.value.is_temporary


def test_a_resolver_that_does_not_answer_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch, door: Outside
) -> None:
    import threading

    forever = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [None for _ in range(forever.wait(5) - 1)])
    monkeypatch.setattr(resolving, "RESOLVE_SECONDS", 0.05)
    with pytest.raises(TooSlow):
        door.address("slow.example", 443)
    forever.set()


def test_a_name_without_addresses_and_one_with_a_wrong_one_are_said() -> None:
    with pytest.raises(NotReached, match="has no address"):
        Outside(clock=clock, resolve=known(none_example=[])).address("none.example", 443)
    with pytest.raises(NotReached, match="is no address"):
        Outside(clock=clock, resolve=known(odd_example="not an ip")).address("odd.example", 443)
