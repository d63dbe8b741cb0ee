"""The board: votes counted once for each person, merged and taken apart again exactly."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from emptychair.desk import (
    board_deeds,
    board_lists,
    board_posts,
    board_told,
    board_voters,
    board_votes,
    board_ways,
)
from emptychair.desk.board_deeds import Deed
from emptychair.desk.board_lists import Sort
from emptychair.desk.board_posts import Post, Standing, Status
from emptychair.desk.board_voters import Voter
from emptychair.desk.desk import Desk
from emptychair.desk.refusal import Refused
from tests.desk.people import at_once

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def post(tx: Connection, title: str, standing: Standing = Standing.SHOWN, minutes: int = 0) -> Post:
    return board_posts.create(tx, title, "", standing=standing, by="usr_1", now=NOON + minutes * MINUTE)


def voter(tx: Connection, name: str) -> Voter:
    return board_voters.at(tx, f"{name}@example.com", NOON)


def cast(tx: Connection, to: Post, *names: str) -> None:
    for name in names:
        one = voter(tx, name)
        board_votes.cast(tx, to.id, one, by=one.id, now=NOON)


def count(tx: Connection, *of: Post) -> list[int]:
    found = board_votes.count(tx, [one.id for one in of])
    return [found.get(one.id, 0) for one in of]


def test_who_votes_twice_is_counted_once_and_can_take_it_back(desk: Desk) -> None:
    with desk.begin() as tx:
        dark = post(tx, "Dark mode")
        ada = voter(tx, "ada")
        assert voter(tx, "ADA") == ada, "capitals do not matter"
        assert board_votes.cast(tx, dark.id, ada, by=ada.id, now=NOON)
        assert not board_votes.cast(tx, dark.id, ada, by=ada.id, now=NOON)
        assert count(tx, dark) == [1]
        assert board_votes.withdraw(tx, dark.id, ada, by=ada.id, now=NOON)
        assert not board_votes.withdraw(tx, dark.id, ada, by=ada.id, now=NOON)
        assert count(tx, dark) == [0]
        assert {done.deed for done in board_deeds.waiting(tx, 9)} == {Deed.VOTED, Deed.UNVOTED}


def test_many_votes_of_one_person_at_once_are_one(desk: Desk) -> None:
    with desk.begin() as tx:
        dark = post(tx, "Dark mode")

    def vote(_number: int) -> bool:
        with desk.begin() as tx:
            ada = voter(tx, "ada")
            return board_votes.cast(tx, dark.id, ada, by=ada.id, now=NOON)

    assert sum(at_once(vote)) == 1
    with desk.read() as tx:
        assert count(tx, dark) == [1]


def test_two_voters_who_turn_out_to_be_one_person_are_counted_once(desk: Desk) -> None:
    with desk.begin() as tx:
        dark = post(tx, "Dark mode")
        cast(tx, dark, "ada", "ben")
        by_hand = board_voters.of_person(tx, "person 1", NOON)
        board_votes.cast_for(tx, dark.id, "signal 1", by_hand, by="usr_1", now=NOON)
        assert count(tx, dark) == [3]
        assert board_voters.link(tx, voter(tx, "ada").id, "person 1")
        assert count(tx, dark) == [2]
        assert board_voters.of_person(tx, "person 1", NOON) == voter(tx, "ada"), "who has an address"
        ada = voter(tx, "ada")
        assert board_votes.withdraw(tx, dark.id, ada, by=ada.id, now=NOON), "both are theirs"
        assert count(tx, dark) == [1]


def test_a_merge_counts_each_person_once_and_its_undo_restores_both_exactly(desk: Desk) -> None:
    with desk.begin() as tx:
        dark, night = post(tx, "Dark mode"), post(tx, "Night theme")
        cast(tx, dark, "ada", "ben")
        cast(tx, night, "ben", "cyd", "dan")
        board_posts.move(tx, night.id, Status.PLANNED, "soon", by="usr_1", now=NOON)
        night = board_posts.find(tx, night.id) or night
        both = board_posts.merge(tx, night.id, dark.id, NOON + MINUTE)
        assert both == dark
        assert count(tx, dark, night) == [4, 0]
        assert [one.title for one in board_posts.merged(tx, dark.id)] == ["Night theme"]
        assert board_posts.merge(tx, night.id, dark.id, NOON) is None, "it is merged already"
        assert board_posts.merge(tx, dark.id, night.id, NOON) is None, "that would be a circle"
        assert board_posts.merge(tx, dark.id, dark.id, NOON) is None
        assert board_posts.unmerge(tx, night.id, NOON + MINUTE)
        assert not board_posts.unmerge(tx, night.id, NOON)
        assert count(tx, dark, night) == [2, 3]
        again = board_posts.find(tx, night.id)
        assert again is not None
        assert (again.status, again.root_id, again.merged_into) == (Status.PLANNED, night.id, None)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=8),
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 5)), max_size=12),
    st.data(),
)
def test_any_merges_undone_in_any_order_leave_all_as_it_was(
    desk: Desk, merges: list[tuple[int, int]], ballots: list[tuple[int, int]], data: st.DataObject
) -> None:
    with desk.begin() as tx:
        posts = [post(tx, f"Post {n}") for n in range(5)]
        for to, by in ballots:
            cast(tx, posts[to], f"person{by}")
        before = count(tx, *posts)
        for one, into in merges:
            board_posts.merge(tx, posts[one].id, posts[into].id, NOON)
            by_root: dict[str, set[int]] = {}
            for to, by in ballots:
                now = board_posts.find(tx, posts[to].id)
                assert now is not None
                by_root.setdefault(now.root_id, set()).add(by)
            roots = [found for found in (board_posts.find(tx, one.id) for one in posts) if found]
            alone = [one for one in roots if one.merged_into is None]
            assert count(tx, *alone) == [len(by_root.get(one.id, ())) for one in alone]
        for one in data.draw(st.permutations(posts)):
            board_posts.unmerge(tx, one.id, NOON)
        assert count(tx, *posts) == before
        assert all((found := board_posts.find(tx, one.id)) and found.root_id == one.id for one in posts)


def test_words_behind_a_post_vote_and_take_their_vote_with_them(desk: Desk) -> None:
    with desk.begin() as tx:
        dark, night = post(tx, "Dark mode"), post(tx, "Night theme")
        ada, ben = board_voters.of_person(tx, "ada", NOON), board_voters.of_person(tx, "ben", NOON)
        assert board_votes.cast_for(tx, night.id, "s1", ada, by="usr_1", now=NOON)
        assert not board_votes.cast_for(tx, night.id, "s1", ada, by="usr_1", now=NOON)
        assert board_votes.cast_for(tx, night.id, "s2", ada, by="usr_1", now=NOON)
        assert board_votes.cast_for(tx, night.id, "s3", ben, by="usr_1", now=NOON)
        board_votes.cast(tx, night.id, ben, by=ben.id, now=NOON)
        assert board_votes.used(tx, ["s1", "s2", "s9"]) == {"s1": night.id, "s2": night.id}
        board_posts.merge(tx, night.id, dark.id, NOON)
        assert {one.signal_id for one in board_votes.behind(tx, dark.id)} == {"s1", "s2", "s3"}
        assert board_votes.drop_evidence(tx, dark.id, "s1", by="usr_1", now=NOON)
        assert not board_votes.drop_evidence(tx, dark.id, "s1", by="usr_1", now=NOON)
        assert count(tx, dark) == [2], "they said it twice"
        board_votes.drop_evidence(tx, dark.id, "s2", by="usr_1", now=NOON)
        assert count(tx, dark) == [1]


def test_who_voted_themselves_keeps_the_vote_when_words_are_taken_away(desk: Desk) -> None:
    with desk.begin() as tx:
        dark, ada = post(tx, "Dark mode"), voter(tx, "ada")
        board_votes.cast(tx, dark.id, ada, by=ada.id, now=NOON)
        board_votes.cast_for(tx, dark.id, "s1", ada, by="usr_1", now=NOON)
        board_votes.drop_evidence(tx, dark.id, "s1", by="usr_1", now=NOON)
        assert count(tx, dark) == [1]


def test_lists_are_sorted_searched_and_paged(desk: Desk) -> None:
    with desk.begin() as tx:
        many = [post(tx, f"Post {n}", minutes=n) for n in range(5)]
        post(tx, "Not looked at", Standing.PENDING)
        other = post(tx, "Night theme, 100%")
        cast(tx, many[2], "ada", "ben")
        cast(tx, many[0], "ada")
        board_posts.merge(tx, other.id, many[4].id, NOON)
        listed = board_lists.page(tx)
        assert [(one.post.title, one.votes) for one in listed][:3] == [
            ("Post 2", 2),
            ("Post 0", 1),
            ("Post 4", 0),
        ]
        assert len(listed) == 5
        newest = board_lists.page(tx, sort=Sort.NEWEST, limit=2, offset=1)
        assert [one.post.title for one in newest] == ["Post 3", "Post 2"]
        assert [one.post.title for one in board_lists.page(tx, search="NIGHT")] == ["Post 4"]
        assert [one.post.title for one in board_lists.page(tx, search="100%")] == ["Post 4"]
        assert board_lists.page(tx, search="_") == []
        assert board_lists.page(tx, statuses=[Status.SHIPPED]) == []


def test_a_status_changes_once_and_every_change_is_kept(desk: Desk) -> None:
    with desk.begin() as tx:
        dark = post(tx, "Dark mode")
        assert board_posts.move(tx, dark.id, Status.SHIPPED, "In 2.0", by="usr_1", now=NOON)
        assert not board_posts.move(tx, dark.id, Status.SHIPPED, "again", by="usr_1", now=NOON)
        assert board_posts.move(tx, dark.id, Status.OPEN, "", by="usr_1", now=NOON)
        kept = board_posts.history(tx, dark.id)
    assert [(one.before, one.after, one.note) for one in kept] == [
        (Status.SHIPPED, Status.OPEN, ""),
        (Status.OPEN, Status.SHIPPED, "In 2.0"),
    ]


@pytest.mark.parametrize("title", ["", " \n ", "x" * 141, "half \ud800"])
def test_what_is_no_title_is_refused(desk: Desk, title: str) -> None:
    with desk.begin() as tx, pytest.raises(Refused):
        post(tx, title)


def test_a_way_in_works_once_and_for_a_while(desk: Desk) -> None:
    with desk.begin() as tx:
        ada = voter(tx, "ada")
        token = board_ways.open_way(tx, ada.id, "pst_1", "203.0.113.7", NOON)
        assert token is not None
        assert board_ways.look(tx, token, NOON) is not None
        opened = board_ways.use(tx, token, NOON)
        assert opened is not None
        assert (opened.voter_id, opened.post_id) == (ada.id, "pst_1")
        assert board_ways.use(tx, token, NOON) is None
        late = board_ways.open_way(tx, ada.id, None, "203.0.113.7", NOON)
        assert late is not None
        assert board_ways.use(tx, late, NOON + board_ways.LIFETIME) is None
        assert board_ways.use(tx, "made up", NOON) is None


def test_nobody_s_mailbox_is_filled_with_ways_in(desk: Desk) -> None:
    with desk.begin() as tx:
        ada = voter(tx, "ada")
        opened = [board_ways.open_way(tx, ada.id, None, f"net {n}", NOON) for n in range(5)]
        assert [token is not None for token in opened] == [True, True, True, False, False]
        assert board_ways.open_way(tx, ada.id, None, "net 9", NOON + timedelta(hours=1)) is not None
        names = [voter(tx, f"person{n}") for n in range(25)]
        one_network = [board_ways.open_way(tx, one.id, None, "net", NOON) for one in names]
        assert sum(token is not None for token in one_network) == 20


def test_who_was_told_is_told_whatever_is_merged_later(desk: Desk) -> None:
    with desk.begin() as tx:
        dark, ada = post(tx, "Dark mode"), voter(tx, "ada")
        board_told.write(tx, [dark.id], ada.id, "msg_1", NOON)
        board_told.write(tx, [dark.id], ada.id, "msg_2", NOON)
        assert board_told.people(tx, [dark.id]) == {ada.id}
        board_voters.link(tx, ada.id, "person 1")
        assert board_told.people(tx, [dark.id, "pst_2"]) == {"person 1"}
        assert board_told.people(tx, ["pst_2"]) == frozenset()
