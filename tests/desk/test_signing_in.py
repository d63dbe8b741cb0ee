"""Signing in: one door, the same answer for everybody, and few guesses."""

from datetime import timedelta

import pytest
from argon2 import PasswordHasher

from emptychair.desk import attempts, passwords, sessions, signing_in, users
from emptychair.desk.attempts import FORGOTTEN_AFTER, FREE
from emptychair.desk.desk import Desk
from emptychair.desk.passwords import Strength
from emptychair.desk.signing_in import SignedIn, Visit, Wait, sign_in
from emptychair.desk.users import User
from tests.desk.people import NOW, PASSWORD, WEAK, at_once, made_hash

HERE = Visit(address="192.0.2.7", agent="Firefox")


def attempt(
    desk: Desk, email: str, password: str = PASSWORD, visit: Visit = HERE, seconds: float = 0
) -> object:
    return sign_in(desk, email, password, visit, NOW + timedelta(seconds=seconds), strength=WEAK)


def test_the_right_password_opens_a_session(desk: Desk, ada: User) -> None:
    signed_in = attempt(desk, "ADA@example.com")
    assert isinstance(signed_in, SignedIn)
    assert signed_in.session.user == ada
    assert signed_in.session.address == "192.0.2.7"
    with desk.read() as tx:
        assert sessions.find(tx, signed_in.token, NOW) == signed_in.session


def test_signing_in_rotates_the_session_that_the_browser_had(desk: Desk, ada: User) -> None:
    first = attempt(desk, ada.email)
    assert isinstance(first, SignedIn)
    second = attempt(desk, ada.email, visit=Visit(address="192.0.2.7", token=first.token))
    assert isinstance(second, SignedIn)
    assert second.token != first.token
    with desk.read() as tx:
        assert sessions.find(tx, first.token, NOW) is None


@pytest.fixture
def checks(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What every check of a password cost, as the parameters of the hash it was held against."""
    seen: list[str] = []
    verify = PasswordHasher.verify

    def counted(hasher: PasswordHasher, against: str, password: bytes) -> bool:
        seen.append(against.rsplit("$", 2)[0])
        return verify(hasher, against, password)

    monkeypatch.setattr(PasswordHasher, "verify", counted)
    return seen


def test_nobody_learns_whether_an_account_exists(desk: Desk, ada: User, ben: User, checks: list[str]) -> None:
    with desk.begin() as tx:
        users.disable(tx, ben.id, NOW)
    answers = [
        attempt(desk, ada.email, "wrong password"),
        attempt(desk, "nobody@example.com", "wrong password"),
        attempt(desk, ben.email, PASSWORD),
        attempt(desk, "not an address\0", PASSWORD),
        attempt(desk, "\ud800" * 1_000, PASSWORD),
        attempt(desk, ada.email, "x" * 1_000_000),
    ]
    assert answers == [None] * 6
    # The same work for each, which is what takes the time.
    assert checks == ["$argon2id$v=19$m=64,t=1,p=1"] * 6


def test_a_password_stored_with_another_strength_is_renewed_and_sessions_live_on(
    desk: Desk, ada: User
) -> None:
    before = attempt(desk, ada.email)
    assert isinstance(before, SignedIn)
    stronger = Strength(passes=2, memory_kib=128)
    assert isinstance(sign_in(desk, ada.email, PASSWORD, HERE, NOW, strength=stronger), SignedIn)
    with desk.read() as tx:
        stored = users.password_of(tx, ada.id)
        assert sessions.find(tx, before.token, NOW) is not None
    assert stored is not None
    assert "m=128,t=2" in stored.text
    assert passwords.is_right(PASSWORD, stored, stronger)
    assert isinstance(sign_in(desk, ada.email, PASSWORD, HERE, NOW, strength=stronger), SignedIn)


def test_a_password_that_is_changed_meanwhile_is_not_renewed_over(desk: Desk, ada: User) -> None:
    changed = made_hash("another good one")
    with desk.begin() as tx:
        users.change_password(tx, ada.id, changed)
        assert not users.renew_password(tx, ada.id, made_hash(), made_hash())
        assert users.password_of(tx, ada.id) == changed


def test_an_account_guessed_at_waits_longer_each_time_even_from_many_places(desk: Desk, ada: User) -> None:
    for number in range(FREE["account"]):
        assert attempt(desk, ada.email, "wrong", Visit(address=f"192.0.2.{number}")) is None
    assert attempt(desk, "ADA@EXAMPLE.COM", PASSWORD) == Wait(seconds=15)
    assert attempt(desk, ada.email, "wrong", seconds=14.5) == Wait(seconds=1)
    assert attempt(desk, ada.email, "wrong", seconds=15) is None
    assert attempt(desk, ada.email, "wrong", seconds=15) == Wait(seconds=30)


def test_an_unknown_account_waits_just_the_same(desk: Desk) -> None:
    answers = [attempt(desk, "nobody@example.com", "wrong") for _ in range(FREE["account"] + 1)]
    assert answers == [None] * FREE["account"] + [Wait(seconds=15)]


def test_the_wait_ends_at_a_quarter_of_an_hour_and_is_forgotten_after_an_hour(desk: Desk, ada: User) -> None:
    seconds = 0
    for _ in range(20):
        answer = attempt(desk, ada.email, "wrong", Visit(address=f"198.51.100.{seconds % 250}"), seconds)
        seconds += answer.seconds if isinstance(answer, Wait) else 0
    assert answer is None or (isinstance(answer, Wait) and answer.seconds <= 900)
    later = seconds + FORGOTTEN_AFTER / timedelta(seconds=1)
    for _ in range(FREE["account"]):
        assert attempt(desk, ada.email, "wrong", Visit(address="203.0.113.1"), later) is None


def test_an_address_that_guesses_at_many_accounts_waits_and_others_do_not(desk: Desk, ada: User) -> None:
    for number in range(FREE["address"]):
        assert attempt(desk, f"{number}@example.com", "wrong") is None
    assert isinstance(attempt(desk, ada.email), Wait)
    assert isinstance(attempt(desk, ada.email, visit=Visit(address="192.0.2.8")), SignedIn)


def test_an_ipv6_neighbourhood_is_one_address_and_a_mapped_ipv4_is_itself(desk: Desk) -> None:
    def take(address: str, number: int) -> int:
        with desk.begin() as tx:
            return attempts.take(tx, f"{address}{number}@example.com", address, NOW)

    assert [take(f"2001:db8::{number:x}", number) for number in range(FREE["address"])] == [0] * FREE[
        "address"
    ]
    assert take("2001:db8:0:0:ffff::1", 0) > 0
    assert take("2001:db8:0:1::1", 0) == 0
    assert [take("::ffff:192.0.2.7", number) for number in range(FREE["address"])] == [0] * FREE["address"]
    assert take("192.0.2.7", 1) > 0


def test_the_right_password_clears_the_account_but_not_the_address(desk: Desk, ada: User) -> None:
    for _ in range(FREE["address"] // 2):
        assert attempt(desk, ada.email, "wrong") is None
        assert isinstance(attempt(desk, ada.email), SignedIn)
    for number in range(FREE["address"] // 2):
        assert attempt(desk, f"{number}@example.com", "wrong") is None
    assert isinstance(attempt(desk, ada.email), Wait)


def test_many_guesses_at_once_are_many_guesses(desk: Desk, ada: User) -> None:
    answers = at_once(lambda number: attempt(desk, ada.email, f"wrong {number}"), threads=FREE["account"] + 6)
    assert answers.count(None) == FREE["account"]
    assert sum(isinstance(answer, Wait) for answer in answers) == 6


def test_old_attempts_are_removed(desk: Desk, ada: User) -> None:
    attempt(desk, ada.email, "wrong")
    with desk.begin() as tx:
        assert attempts.purge(tx, NOW + FORGOTTEN_AFTER - timedelta(seconds=1)) == 0
        assert attempts.purge(tx, NOW + FORGOTTEN_AFTER) == 2


def test_no_address_or_account_can_be_read_from_the_attempts(desk: Desk, ada: User) -> None:
    attempt(desk, ada.email, "wrong")
    with desk.read() as tx:
        stored = str(tx.exec_driver_sql("select * from attempts").all()).lower()
    assert "ada@" not in stored
    assert "192.0.2" not in stored


def test_a_person_who_is_signed_in_can_be_asked_again(desk: Desk, ada: User) -> None:
    assert signing_in.authenticate(desk, ada.email, PASSWORD, WEAK) == ada
    assert signing_in.authenticate(desk, ada.email, "wrong", WEAK) is None
