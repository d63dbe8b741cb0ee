"""People: who they are, what they may do, and that somebody always may do everything."""

import pytest
from sqlalchemy import Connection

from emptychair.desk import passwords, users
from emptychair.desk.desk import Desk
from emptychair.desk.passwords import Hashed
from emptychair.desk.refusal import Reason, Refused
from emptychair.desk.users import Role, User
from tests.desk.people import NOW, PASSWORD, WEAK, at_once, made_hash


def create(desk: Desk, email: str, name: str = "Cyd", role: Role = Role.VIEWER) -> User:
    with desk.begin() as tx:
        return users.create(tx, email=email, name=name, role=role, password=made_hash(), now=NOW)


def found(desk: Desk, email: str) -> User | None:
    with desk.read() as tx:
        return users.find_by_email(tx, email)


def test_a_person_is_found_whatever_the_capitals_and_shown_as_typed(desk: Desk, ada: User) -> None:
    assert ada.email == "Ada@Example.com"
    assert found(desk, " aDA@exAMPLE.COM ") == ada
    with desk.read() as tx:
        assert users.find(tx, ada.id) == ada
        assert users.find(tx, "usr_nobody") is None


def test_an_address_is_taken_whatever_its_capitals(desk: Desk, ada: User) -> None:
    with pytest.raises(Refused, match="has an account already") as refused:
        create(desk, "ADA@EXAMPLE.COM")
    assert refused.value.reason is Reason.EMAIL_IS_TAKEN
    with desk.read() as tx:
        assert users.everyone(tx) == [ada]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("strasse@example.com", "straße@example.com"),
        ("kim@example.com", "\u212aim@example.com"),  # Kelvin sign
        ("ilker@example.com", "ılker@example.com"),
        ("ada@example.com", "ａda@example.com"),  # full width
        ("sam@example.com", "\u017fam@example.com"),  # long s
        ("caf\u00e9@example.com", "cafe\u0301@example.com"),
        ("İ@example.com", "i\u0307@example.com"),
    ],
)
def test_lookalikes_are_two_people(desk: Desk, one: str, other: str) -> None:
    first, second = create(desk, one), create(desk, other)
    for email in (one, other):
        found_one = found(desk, email)
        assert found_one is not None
        assert found_one.id == (first if email == one else second).id


@pytest.mark.parametrize(
    ("email", "reason"),
    [
        ("", Reason.EMAIL_IS_NOT_ONE),
        ("ada", Reason.EMAIL_IS_NOT_ONE),
        ("@example.com", Reason.EMAIL_IS_NOT_ONE),
        ("ada@", Reason.EMAIL_IS_NOT_ONE),
        ("ada@b@c", Reason.EMAIL_IS_NOT_ONE),
        ("ada b@example.com", Reason.EMAIL_IS_NOT_ONE),
        ("ada@example.com\r\nBcc: all@example.com", Reason.EMAIL_IS_NOT_ONE),
        ("ada\0@example.com", Reason.TEXT_HAS_NUL),
        ("\ud800@example.com", Reason.TEXT_IS_NOT_UNICODE),
        ("a" * 1_000_000 + "@example.com", Reason.TEXT_IS_TOO_LONG),
        ("@" * 254, Reason.EMAIL_IS_NOT_ONE),
    ],
)
def test_what_is_no_address_is_refused_by_name_and_never_found(
    desk: Desk, email: str, reason: Reason
) -> None:
    with pytest.raises(Refused) as refused:
        create(desk, email)
    assert refused.value.reason is reason
    assert found(desk, email) is None


def test_names_may_be_anything_that_people_are_called(desk: Desk) -> None:
    for number, name in enumerate(("李", "O'Brien; drop table users", "👩‍🚀", "x" * 200)):
        assert create(desk, f"{number}@example.com", name).name == name
    for name, reason in ((" ", Reason.NAME_IS_EMPTY), ("x" * 1_000_000, Reason.TEXT_IS_TOO_LONG)):
        with pytest.raises(Refused) as refused:
            create(desk, "cyd@example.com", name)
        assert refused.value.reason is reason


def test_of_many_who_create_the_same_account_at_once_one_does(desk: Desk) -> None:
    def attempt(_number: int) -> bool:
        try:
            create(desk, "cyd@example.com")
        except Refused:
            return False
        return True

    assert sum(at_once(attempt)) == 1


def test_set_up_may_run_until_somebody_is_there(desk: Desk) -> None:
    with desk.read() as tx:
        assert users.is_empty(tx)
    create(desk, "cyd@example.com")
    with desk.read() as tx:
        assert not users.is_empty(tx)


def test_the_last_owner_stays(desk: Desk, ada: User, ben: User) -> None:
    for act in (
        lambda: change(desk, ada, Role.LEAD),
        lambda: disable(desk, ada),
    ):
        with pytest.raises(Refused, match="make somebody else an owner first") as refused:
            act()
        assert refused.value.reason is Reason.LAST_OWNER
    assert change(desk, ben, Role.OWNER)
    assert disable(desk, ada)
    with pytest.raises(Refused):
        change(desk, ben, Role.LEAD)


def test_a_disabled_owner_does_not_count_as_one(desk: Desk, ada: User, ben: User) -> None:
    change(desk, ben, Role.OWNER)
    disable(desk, ben)
    with pytest.raises(Refused):
        disable(desk, ada)


def test_two_owners_who_demote_each_other_at_once_leave_one(desk: Desk, ada: User, ben: User) -> None:
    change(desk, ben, Role.OWNER)
    both = (ada, ben)

    def demote(number: int) -> bool:
        try:
            return change(desk, both[number], Role.VIEWER)
        except Refused:
            return False

    assert sorted(at_once(demote, threads=2)) == [False, True]
    with desk.read() as tx:
        assert [user.role for user in users.everyone(tx)].count(Role.OWNER) == 1


def test_every_change_of_standing_begins_an_epoch_and_nothing_else_does(
    desk: Desk, ben: User, ada: User
) -> None:
    with desk.begin() as tx:
        assert users.rename(tx, ben.id, "Benjamin")
        assert not users.change_role(tx, ben.id, Role.AGENT)
        assert epoch(tx, ben) == 1
        assert users.change_role(tx, ben.id, Role.LEAD)
        assert epoch(tx, ben) == 2
        assert users.change_password(tx, ben.id, Hashed("another"))
        assert epoch(tx, ben) == 3
        assert users.disable(tx, ben.id, NOW)
        assert not users.disable(tx, ben.id, NOW)
        assert users.enable(tx, ben.id)
        assert not users.enable(tx, ben.id)
        assert epoch(tx, ben) == 5
        assert not users.change_role(tx, "usr_nobody", Role.LEAD)


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("short", Reason.PASSWORD_IS_TOO_SHORT),
        ("x" * 1_001, Reason.PASSWORD_IS_TOO_LONG),
        ("ADA@example.com", Reason.PASSWORD_IS_GUESSABLE),
        ("Ada Lovelace", Reason.PASSWORD_IS_GUESSABLE),
        ("aaaaaaaaaaaa", Reason.PASSWORD_IS_GUESSABLE),
    ],
)
def test_a_weak_password_is_refused_with_what_to_do(password: str, reason: Reason) -> None:
    with pytest.raises(Refused) as refused:
        passwords.hashed(password, email="ada@example.com", name="Ada Lovelace", strength=WEAK)
    assert refused.value.reason is reason


def test_a_password_is_kept_as_argon2id_and_never_shown() -> None:
    stored = passwords.hashed(PASSWORD, email="ada@example.com")
    assert stored.text.startswith("$argon2id$v=19$m=47104,t=2,p=1$")
    assert "argon2" not in repr(stored)
    assert passwords.is_right(PASSWORD, stored)
    assert not passwords.is_right(PASSWORD + " ", stored)


def test_a_password_is_the_same_however_its_accents_were_typed() -> None:
    stored = passwords.hashed("caf\u00e9 caf\u00e9 caf\u00e9", email="a@b", strength=WEAK)
    assert passwords.is_right("cafe\u0301 cafe\u0301 cafe\u0301", stored, WEAK)


@pytest.mark.parametrize("password", ["", "\0", "\ud800", "x" * 1_000_000])
def test_hostile_passwords_are_only_wrong(password: str) -> None:
    assert not passwords.is_right(password, made_hash(), WEAK)
    assert not passwords.is_right(password, None, WEAK)
    assert not passwords.is_right(password, Hashed("not a hash"), WEAK)


def change(desk: Desk, user: User, role: Role) -> bool:
    with desk.begin() as tx:
        return users.change_role(tx, user.id, role)


def disable(desk: Desk, user: User) -> bool:
    with desk.begin() as tx:
        return users.disable(tx, user.id, NOW)


def epoch(tx: Connection, user: User) -> int:
    now = users.find(tx, user.id)
    assert now is not None
    return now.epoch
