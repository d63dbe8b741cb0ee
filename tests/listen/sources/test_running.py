"""How sources are run: claimed, one step after the other, put off, stopped, and never lost or doubled."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from emptychair.desk import fetching, source_secrets, sources
from emptychair.desk.fetching import Condition
from emptychair.ledger.errors import LedgerError
from emptychair.listen.sources import running
from tests.listen.sources.conftest import NOON, House
from tests.serving import Reply, Request, as_json, serving

HOUR = timedelta(hours=1)


def hits(*ids: int) -> dict[str, object]:
    """Comments as Algolia has them; the higher the number, the later."""
    return {
        "hits": [
            {
                "objectID": str(n),
                "created_at_i": 1_700_000_000 + n,
                "author": "ada",
                "comment_text": f"number {n}",
            }
            for n in sorted(ids, reverse=True)
        ]
    }


def test_a_source_that_is_due_is_fetched_and_rests_until_its_next_look(house: House) -> None:
    with serving(lambda request: as_json(hits(1, 2))) as server:
        house.at(hacker_news=server.url)
        source = house.source("hacker_news", query="pourwell", every="60")
        how = house.run(source)
        assert (how.condition, how.brought, how.succeeded_at) == (Condition.WELL, 2, NOON)
        assert how.due_at == NOON + HOUR
        house.run(source, timedelta(minutes=59))
        assert len(server.asked) == 1
        how = house.run(source, timedelta(minutes=1))
        assert len(server.asked) == 2
    assert (how.brought, how.brought_at) == (2, NOON)
    assert [row["text"] for row in house.signals(source)] == ["number 1", "number 2"]
    assert house.books(source).stored == 2


def test_trouble_puts_it_off_longer_each_time_and_success_forgets_it(house: House) -> None:
    is_broken = True
    with serving(lambda request: Reply(status=500) if is_broken else as_json(hits(1))) as server:
        house.at(hacker_news=server.url)
        source = house.source("hacker_news", query="pourwell")
        waits = []
        for _ in range(4):
            how = house.run(source, house.how(source).due_at - house.now)
            waits.append(how.due_at - house.now)
        # Chance is the middle: three quarters of 1, 2, 4 and 8 minutes.
        assert waits == [timedelta(seconds=45 * 2**n) for n in range(4)]
        assert (how.condition, how.failures) == (Condition.TROUBLED, 4)
        assert how.error is not None
        assert "500" in how.error
        is_broken = False
        how = house.run(source, how.due_at - house.now)
    assert (how.condition, how.failures, how.error, how.brought) == (Condition.WELL, 0, None, 1)


def test_what_the_other_side_asks_to_wait_is_waited(house: House) -> None:
    busy = Reply(status=429, headers={"retry-after": "3600"})
    with serving(lambda request: busy) as server:
        house.at(hacker_news=server.url)
        how = house.run(house.source("hacker_news", query="pourwell"))
    # An hour, and a little more by chance: never less.
    assert how.due_at - NOON == timedelta(minutes=66)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_what_trying_again_does_not_mend_stops_it_until_somebody_says_so(house: House, status: int) -> None:
    answer = Reply(status=status)
    with serving(lambda request: answer) as server:
        source = house.source("feed", address=f"{server.url}/feed.xml")
        how = house.run(source)
        assert how.condition is Condition.STOPPED
        assert how.error is not None
        assert str(status) in how.error
        house.run(source, timedelta(days=30))
        assert len(server.asked) == 1
        answer = Reply(body=b"<rss version='2.0'><channel><title>T</title></channel></rss>")
        with house.desk.begin() as tx:
            assert fetching.hurry(tx, source, house.now)
        assert house.run(source).condition is Condition.WELL


def test_an_answer_that_points_elsewhere_is_not_followed_and_says_where(house: House) -> None:
    moved = Reply(status=301, headers={"location": "http://169.254.169.254/latest/meta-data"})
    with serving(lambda request: moved) as server:
        how = house.run(house.source("feed", address=server.url))
    assert how.condition is Condition.STOPPED
    assert how.error is not None
    assert "169.254.169.254" in how.error
    assert len(server.asked) == 1


def test_a_paused_or_removed_source_is_left_alone(house: House) -> None:
    with serving(lambda request: as_json(hits(1))) as server:
        house.at(hacker_news=server.url)
        source = house.source("hacker_news", query="pourwell")
        with house.desk.begin() as tx:
            sources.pause(tx, source, house.now)
        house.run(source)
        assert server.asked == []
        with house.desk.begin() as tx:
            sources.resume(tx, source)
        house.run(source)
        assert len(server.asked) == 1
        with house.desk.begin() as tx:
            sources.remove(tx, source, house.now)
        house.run(source, timedelta(days=1))
        assert len(server.asked) == 1


def test_the_cursor_moves_only_when_the_journal_has_what_came(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(lambda request: as_json(hits(1, 2))) as server:
        house.at(hacker_news=server.url)
        source = house.source("hacker_news", query="pourwell")

        def full(*_: object) -> None:
            raise LedgerError("the disk is full")

        with monkeypatch.context() as patch:
            patch.setattr(type(house.ledger), "put", full)
            how = house.run(source)
        assert (how.condition, how.cursor, how.brought) == (Condition.TROUBLED, {}, 0)
        assert how.error is not None
        assert "could not be stored" in how.error
        house.run(source, how.due_at - house.now)
    assert len(house.signals(source)) == 2


def test_what_a_process_left_when_it_died_is_fetched_again_and_stored_once(house: House) -> None:
    with serving(lambda request: as_json(hits(1, 2, 3))) as server:
        house.at(hacker_news=server.url)
        source = house.source("hacker_news", query="pourwell")
        house.run(source)
        # The journal had acknowledged everything, and the process died before it wrote that down.
        with house.desk.begin() as tx:
            fetching.restart(tx, source, house.now)
            assert fetching.claim(tx, source, house.now, running.HOLD) is not None
        assert house.run(source).turn == 3
        assert len(server.asked) == 1, "it is the other's"
        house.run(source, running.HOLD)
    assert len(server.asked) == 2
    books = house.books(source)
    assert (books.heard, books.stored, books.duplicate) == (6, 3, 3)


def test_of_several_that_run_at_once_one_has_the_source(house: House) -> None:
    began, go_on = threading.Event(), threading.Event()

    def slowly(request: Request) -> Reply:
        began.set()
        go_on.wait(20)
        return as_json(hits(1))

    with serving(slowly) as server, ThreadPoolExecutor(4) as workers:
        house.at(hacker_news=server.url)
        source = house.source("hacker_news", query="pourwell")
        first = workers.submit(running.run_one, house.fetchers, source)
        began.wait(20)
        others = [workers.submit(running.run_one, house.fetchers, source) for _ in range(3)]
        assert [other.result() for other in others] == [False] * 3
        go_on.set()
        assert first.result() is True
    assert len(server.asked) == 1


def test_who_was_paused_in_the_middle_writes_no_cursor(house: House) -> None:
    def pausing(request: Request) -> Reply:
        with house.desk.begin() as tx:
            sources.pause(tx, source, house.now)
        return as_json(hits(1))

    with serving(pausing) as server:
        house.at(hacker_news=server.url)
        source = house.source("hacker_news", query="pourwell")
        assert house.run(source).cursor == {}
        with house.desk.begin() as tx:
            sources.resume(tx, source)
            fetching.resume(tx, source, house.now)
        assert house.how(source).held_until is None


def test_one_that_fails_does_not_keep_the_others_from_running(house: House) -> None:
    good = b"<rss version='2.0'><channel><item><guid>1</guid><title>Hello</title></item></channel></rss>"
    with serving(
        lambda request: Reply(body=good) if request.path == "/good" else Reply(status=500)
    ) as server:
        bad = house.source("feed", address=f"{server.url}/bad")
        fine = house.source("feed", address=f"{server.url}/good")
        house.run(fine)
    assert house.how(bad).condition is Condition.TROUBLED
    assert house.how(fine).condition is Condition.WELL


def test_a_server_that_stops_begins_no_step_any_more_and_goes_on_later(house: House) -> None:
    def stopping(request: Request) -> Reply:
        fetchers.stopping.set()
        return as_json(hits(*range(1, 201)) if len(server.asked) == 1 else hits(1))

    with serving(stopping) as server:
        house.at(hacker_news=server.url)
        source = house.source("hacker_news", query="pourwell", back="all")
        fetchers = house.fetchers
        assert running.run_due(fetchers) == 1
        assert len(server.asked) == 1, "a whole page, behind which there are more"
        assert house.how(source).due_at == NOON
        assert running.run_due(fetchers) == 0
        assert house.run(source).brought == 200
        assert len(server.asked) == 2


def test_an_address_inside_is_refused_unless_the_operator_allows_it(house: House) -> None:
    how = house.run(house.source("feed", address="http://169.254.169.254/feed"))
    assert how.condition is Condition.STOPPED
    assert how.error is not None
    assert "EMPTYCHAIR_ALLOWED_NETWORKS" in how.error


def test_secrets_are_in_no_text_and_in_no_terms(house: House) -> None:
    source = house.source("feed", address="https://example.com")
    with house.desk.begin() as tx:
        source_secrets.keep(tx, source, "password", "hunter2-hunter2", by="usr_1", now=NOON)
        known = source_secrets.known(tx, source)
        secrets = source_secrets.reveal(tx, source)
        assert "hunter2" not in repr(known) + repr(secrets) + repr(sources.find(tx, source))
        assert secrets.values == {"password": "hunter2-hunter2"}
        source_secrets.keep(tx, source, "password", "another", by="usr_1", now=NOON)
        assert source_secrets.reveal(tx, source).values == {"password": "another"}
        assert source_secrets.forget(tx, source) == 1
        assert source_secrets.known(tx, source) == {}
