"""Links work once, for one purpose, for a while."""

from datetime import timedelta

import pytest

from emptychair.desk import links
from emptychair.desk.desk import Desk
from emptychair.desk.links import LIFETIMES, Link, Purpose
from emptychair.desk.refusal import Refused
from emptychair.desk.users import Role, User
from tests.desk.people import HOUR, NOW, at_once


def setup(desk: Desk) -> str:
    with desk.begin() as tx:
        return links.for_setup(tx, NOW)


def claim(desk: Desk, token: str, purpose: Purpose = Purpose.SETUP, now: timedelta = HOUR) -> Link | None:
    with desk.begin() as tx:
        return links.claim(tx, token, purpose, NOW + now)


def test_a_link_works_once(desk: Desk) -> None:
    token = setup(desk)
    with desk.read() as tx:
        assert links.find(tx, token, Purpose.SETUP, NOW) is not None
        assert token not in str(tx.exec_driver_sql("select * from links").all())
    claimed = claim(desk, token)
    assert claimed is not None
    assert claimed.claimed_at == NOW + HOUR
    assert claim(desk, token) is None
    with desk.read() as tx:
        assert links.find(tx, token, Purpose.SETUP, NOW) is None


def test_of_many_who_claim_at_once_one_gets_it(desk: Desk) -> None:
    token = setup(desk)
    assert sum(link is not None for link in at_once(lambda _number: claim(desk, token))) == 1


def test_a_link_is_bound_to_its_purpose(desk: Desk, ada: User) -> None:
    with desk.begin() as tx:
        token = links.for_invitation(tx, "cyd@example.com", Role.VIEWER, NOW, by=ada.id)
    assert claim(desk, token, Purpose.SETUP) is None
    assert claim(desk, token, Purpose.SIGN_IN) is None
    claimed = claim(desk, token, Purpose.INVITATION)
    assert claimed is not None
    assert (claimed.email, claimed.role, claimed.by) == ("cyd@example.com", Role.VIEWER, ada.id)


@pytest.mark.parametrize("purpose", Purpose)
def test_a_link_ends(desk: Desk, ada: User, purpose: Purpose) -> None:
    with desk.begin() as tx:
        token = {
            Purpose.SETUP: lambda: links.for_setup(tx, NOW),
            Purpose.SIGN_IN: lambda: links.for_sign_in(tx, ada.id, NOW, by="cli"),
            Purpose.INVITATION: lambda: links.for_invitation(tx, "c@d", Role.LEAD, NOW, by=ada.id),
        }[purpose]()
    assert claim(desk, token, purpose, LIFETIMES[purpose]) is None
    claimed = claim(desk, token, purpose, LIFETIMES[purpose] - timedelta(microseconds=1))
    assert claimed is not None
    assert claimed.user_id == (ada.id if purpose is Purpose.SIGN_IN else None)


def test_a_new_link_withdraws_the_one_before_and_no_other(desk: Desk, ada: User, ben: User) -> None:
    first, second = setup(desk), setup(desk)
    with desk.begin() as tx:
        old, new = (links.for_sign_in(tx, ada.id, NOW, by="cli") for _ in range(2))
        other = links.for_sign_in(tx, ben.id, NOW, by="cli")
    assert claim(desk, first) is None
    assert claim(desk, second) is not None
    minute = timedelta(minutes=1)
    assert claim(desk, old, Purpose.SIGN_IN, minute) is None
    assert claim(desk, new, Purpose.SIGN_IN, minute) is not None
    assert claim(desk, other, Purpose.SIGN_IN, minute) is not None


def test_an_invitation_can_be_seen_and_withdrawn(desk: Desk, ada: User) -> None:
    with desk.begin() as tx:
        token = links.for_invitation(tx, "cyd@example.com", Role.AGENT, NOW, by=ada.id)
        (pending,) = links.pending(tx, Purpose.INVITATION, NOW)
        assert links.withdraw(tx, pending.id, NOW)
        assert not links.withdraw(tx, pending.id, NOW)
        assert links.pending(tx, Purpose.INVITATION, NOW) == []
    assert claim(desk, token, Purpose.INVITATION) is None


def test_nobody_is_invited_to_what_is_no_address(desk: Desk) -> None:
    with pytest.raises(Refused), desk.begin() as tx:
        links.for_invitation(tx, "cyd\r\n@example.com", Role.AGENT, NOW, by="cli")


@pytest.mark.parametrize("token", ["", "\0", "\ud800", "x" * 1_000_000])
def test_a_token_that_was_never_given_opens_nothing(desk: Desk, token: str) -> None:
    setup(desk)
    assert claim(desk, token) is None
