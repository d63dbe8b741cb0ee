"""Sessions live as long as they should and not an instant longer."""

from datetime import datetime, timedelta

import pytest

from emptychair.desk import sessions, users
from emptychair.desk.desk import Desk
from emptychair.desk.sessions import LIFETIME, Session
from emptychair.desk.users import Role, User
from tests.desk.people import HOUR, NOW, made_hash

TICK = timedelta(microseconds=1)


def start(desk: Desk, user: User, now: datetime = NOW, replacing: str | None = None) -> tuple[str, Session]:
    with desk.begin() as tx:
        return sessions.start(tx, user, now=now, address="192.0.2.7", agent="Firefox", replacing=replacing)


def find(desk: Desk, token: str, now: datetime = NOW) -> Session | None:
    with desk.read() as tx:
        return sessions.find(tx, token, now)


def test_a_session_is_found_by_its_token_with_its_person(desk: Desk, ada: User) -> None:
    token, session = start(desk, ada)
    assert find(desk, token) == session
    assert session.user == ada
    assert session.id.startswith("ses_")


def test_the_token_is_long_and_nowhere_stored(desk: Desk, ada: User) -> None:
    token, _session = start(desk, ada)
    assert len(token) == 43  # 256 bits in base64
    with desk.read() as tx:
        stored = tx.exec_driver_sql("select * from sessions").one()
    assert token not in str(stored)


@pytest.mark.parametrize("token", ["", "x", "\0", "\ud800", "' or 1=1 --", "x" * 1_000_000])
def test_a_token_that_was_never_given_opens_nothing(desk: Desk, ada: User, token: str) -> None:
    start(desk, ada)
    assert find(desk, token) is None


def test_a_session_that_is_not_used_dies(desk: Desk, ada: User) -> None:
    token, _session = start(desk, ada)
    assert find(desk, token, NOW + LIFETIME.idle - TICK) is not None
    assert find(desk, token, NOW + LIFETIME.idle) is None


def test_a_session_that_is_used_dies_in_the_end(desk: Desk, ada: User) -> None:
    token, session = start(desk, ada)
    now = NOW
    while now + HOUR * 24 < NOW + LIFETIME.absolute:
        now += HOUR * 24
        with desk.begin() as tx:
            sessions.touch(tx, session, now)
        found = find(desk, token, now)
        assert found is not None
        assert found.seen_at == now
    assert find(desk, token, NOW + LIFETIME.absolute - TICK) is not None
    assert find(desk, token, NOW + LIFETIME.absolute) is None


def test_use_is_written_once_a_minute_and_never_backwards(desk: Desk, ada: User) -> None:
    token, session = start(desk, ada)
    assert not sessions.is_due_to_touch(session, NOW + timedelta(seconds=59))
    assert sessions.is_due_to_touch(session, NOW + timedelta(seconds=60))
    with desk.begin() as tx:
        sessions.touch(tx, session, NOW + 2 * HOUR)
        sessions.touch(tx, session, NOW + HOUR)
    found = find(desk, token)
    assert found is not None
    assert found.seen_at == NOW + 2 * HOUR


def test_signing_in_again_ends_the_session_before(desk: Desk, ada: User) -> None:
    before, _session = start(desk, ada)
    after, _session = start(desk, ada, replacing=before)
    assert find(desk, before) is None
    assert find(desk, after) is not None


def test_signing_out_ends_one_session_once(desk: Desk, ada: User) -> None:
    token, other = start(desk, ada)[0], start(desk, ada)[0]
    with desk.begin() as tx:
        assert sessions.end(tx, token)
        assert not sessions.end(tx, token)
    assert find(desk, token) is None
    assert find(desk, other) is not None


@pytest.mark.parametrize("what", ["role", "password", "disable", "enable again"])
def test_a_change_of_standing_ends_all_sessions_of_that_person_alone(
    desk: Desk, ada: User, ben: User, what: str
) -> None:
    mine, theirs = start(desk, ada)[0], start(desk, ben)[0]
    with desk.begin() as tx:
        if what == "role":
            users.change_role(tx, ben.id, Role.LEAD)
        elif what == "password":
            users.change_password(tx, ben.id, made_hash())
        else:
            users.disable(tx, ben.id, NOW)
        if what == "enable again":
            users.enable(tx, ben.id)
    assert find(desk, theirs) is None
    assert find(desk, mine) is not None


def test_a_session_for_a_person_as_read_before_a_change_is_dead_at_once(desk: Desk, ben: User) -> None:
    with desk.begin() as tx:
        users.change_password(tx, ben.id, made_hash())
    token, _session = start(desk, ben)
    assert find(desk, token) is None


def test_a_person_sees_and_ends_their_own_devices_only(desk: Desk, ada: User, ben: User) -> None:
    first, second = start(desk, ada)[1], start(desk, ada, NOW + HOUR)[1]
    other = start(desk, ben)[1]
    with desk.begin() as tx:
        assert sessions.living(tx, ada.id, NOW + HOUR) == [second, first]
        assert not sessions.end_one(tx, ada.id, other.id)
        assert sessions.end_one(tx, ada.id, first.id)
        assert sessions.living(tx, ada.id, NOW + HOUR) == [second]
        assert sessions.end_all(tx, ada.id, besides=second.id) == 0
        assert sessions.end_all(tx, ada.id) == 1
        assert sessions.living(tx, ben.id, NOW) == [other]


def test_only_dead_sessions_are_removed(desk: Desk, ada: User, ben: User) -> None:
    alive = start(desk, ada, NOW + HOUR)[1]
    start(desk, ada, NOW - LIFETIME.idle)
    start(desk, ben, NOW)
    with desk.begin() as tx:
        users.disable(tx, ben.id, NOW)
        assert sessions.purge(tx, NOW + HOUR) == 2
        assert sessions.purge(tx, NOW + HOUR) == 0
        assert sessions.living(tx, ada.id, NOW + HOUR) == [alive]


def test_a_hostile_user_agent_is_kept_as_evidence(desk: Desk, ada: User) -> None:
    with desk.begin() as tx:
        token, _session = sessions.start(tx, ada, now=NOW, address="\0", agent="<script>\0" * 1_000)
    found = find(desk, token)
    assert found is not None
    assert found.agent is not None
    assert len(found.agent) == 300
