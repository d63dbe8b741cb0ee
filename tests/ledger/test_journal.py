"""The journal: nothing is acknowledged before it is durable, and nothing durable is lost."""

import errno
import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from emptychair.ledger.errors import JournalFullError, JournalSyncError, LedgerClosedError
from emptychair.ledger.journal import Journal, Position


def everything(journal: Journal) -> list[bytes]:
    """All payloads, read in small steps."""
    found: list[bytes] = []
    position = Position(0, 0)
    while (chunk := journal.read(position, 64)).position != position:
        position = chunk.position
        found.extend(chunk.payloads)
    return found


def put(journal: Journal, *payloads: bytes) -> None:
    for payload in payloads:
        journal.submit(payload).result()


def segments(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.journal"))


def test_what_was_acknowledged_is_read_back_in_order_also_after_a_restart(tmp_path: Path) -> None:
    given = [b"%d" % n * (n % 50 + 1) for n in range(200)]
    journal = Journal(tmp_path, segment_bytes=1000)
    put(journal, *given)
    assert everything(journal) == given
    journal.close()
    assert len(segments(tmp_path)) > 3
    again = Journal(tmp_path)
    assert everything(again) == given
    put(again, b"more")
    assert everything(again) == [*given, b"more"]
    again.close()


def test_no_acknowledgement_precedes_the_sync(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []
    real_write, real_sync = os.writev, os.fdatasync

    def write(descriptor: int, pieces: list[bytes]) -> int:
        order.append("write")
        return real_write(descriptor, pieces)

    def sync(descriptor: int) -> None:
        real_sync(descriptor)
        order.append("sync")

    monkeypatch.setattr(os, "writev", write)
    monkeypatch.setattr(os, "fdatasync", sync)
    journal = Journal(tmp_path)
    for _ in range(20):
        done = journal.submit(b"payload")
        done.add_done_callback(lambda _: order.append("acknowledged"))
        done.result()
    journal.close()
    assert order.count("acknowledged") == 20
    for place, event in enumerate(order):
        if event == "acknowledged":
            assert order[place - 1] == "sync"
            assert order[place - 2] == "write"


def test_what_the_disk_takes_in_pieces_is_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.writev
    monkeypatch.setattr(os, "writev", lambda descriptor, pieces: real(descriptor, [b"".join(pieces)[:7]]))
    journal = Journal(tmp_path)
    given = [b"payload %d" % n * 3 for n in range(20)]
    waiting = [journal.submit(payload) for payload in given]
    for done in waiting:
        done.result()
    assert everything(journal) == given
    journal.close()
    assert everything(Journal(tmp_path)) == given


def test_all_who_wait_share_one_sync(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, held = threading.Event(), threading.Event()
    syncs = 0

    def sync(descriptor: int) -> None:
        nonlocal syncs
        syncs += 1
        first.set()
        held.wait()

    journal = Journal(tmp_path)
    put(journal, b"opened")
    monkeypatch.setattr(os, "fdatasync", sync)
    waiting = [journal.submit(b"one")]
    first.wait()
    waiting += [journal.submit(b"%d" % n) for n in range(100)]
    assert not any(done.done() for done in waiting)
    held.set()
    for done in waiting:
        done.result()
    assert syncs == 2
    journal.close()


def test_a_failed_sync_acknowledges_nobody_and_only_a_fresh_segment_may_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = Journal(tmp_path)
    put(journal, b"before")
    real = os.fdatasync
    monkeypatch.setattr(os, "fdatasync", failing(errno.EIO))
    with pytest.raises(JournalSyncError):
        put(journal, b"lost")
    with pytest.raises(JournalSyncError):
        put(journal, b"lost too")
    monkeypatch.setattr(os, "fdatasync", real)
    put(journal, b"after")
    assert everything(journal) == [b"before", b"after"]
    assert len(segments(tmp_path)) == 2
    assert b"lost" not in b"".join(path.read_bytes() for path in segments(tmp_path))
    journal.close()
    again = Journal(tmp_path)
    assert everything(again) == [b"before", b"after"]
    assert again.recovered.cut_bytes == 0
    again.close()


def test_a_full_disk_refuses_and_works_again_without_a_restart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = Journal(tmp_path)
    put(journal, b"before")
    real = os.writev
    left = 10

    def write(descriptor: int, pieces: list[bytes]) -> int:
        nonlocal left
        if left == 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        written = real(descriptor, [b"".join(pieces)[:left]])
        left -= written
        return written

    monkeypatch.setattr(os, "writev", write)
    with pytest.raises(JournalFullError, match="free some space"):
        put(journal, b"does not fit any more")
    monkeypatch.setattr(os, "writev", real)
    put(journal, b"after")
    assert everything(journal) == [b"before", b"after"]
    journal.close()
    again = Journal(tmp_path)
    assert everything(again) == [b"before", b"after"]
    assert again.recovered.cut_bytes == 0
    again.close()


def test_a_disk_that_is_full_from_the_start_refuses_and_works_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = Journal(tmp_path)
    real = os.writev
    monkeypatch.setattr(os, "writev", failing(errno.ENOSPC))
    with pytest.raises(JournalFullError):
        put(journal, b"lost")
    monkeypatch.setattr(os, "writev", real)
    put(journal, b"kept")
    assert everything(journal) == [b"kept"]
    journal.close()


def test_a_torn_tail_is_cut_and_counted_at_every_length(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "whole")
    put(journal, b"first", b"second", b"the third is the one that is torn")
    journal.close()
    whole = segments(tmp_path / "whole")[0].read_bytes()
    kept = whole.index(b"the third") - 12
    for length in range(len(whole)):
        folder = tmp_path / str(length)
        folder.mkdir()
        (folder / "0000000001.journal").write_bytes(whole[:length])
        again = Journal(folder)
        found = everything(again)
        assert found == [b"first", b"second", b"the third"][: len(found)]
        assert again.recovered.damaged == ()
        if length >= kept:
            assert len(found) == 2
            assert again.recovered.cut_bytes == length - kept
        put(again, b"more")
        assert everything(again) == [*found, b"more"]
        again.close()


@pytest.mark.parametrize("where", [b"second", b"third"])
def test_damage_in_the_middle_is_kept_aside_and_what_is_behind_it_is_read(
    tmp_path: Path, where: bytes
) -> None:
    journal = Journal(tmp_path)
    put(journal, b"first", b"second", b"third", b"fourth")
    journal.close()
    path = segments(tmp_path)[0]
    path.write_bytes(path.read_bytes().replace(where, b"x" * len(where)))
    again = Journal(tmp_path)
    assert everything(again) == [one for one in (b"first", b"second", b"third", b"fourth") if one != where]
    assert again.recovered.cut_bytes == 0
    aside = again.recovered.damaged
    assert len(aside) == 1
    assert b"x" * len(where) in aside[0].read_bytes()
    again.close()
    third = Journal(tmp_path)
    assert third.recovered.damaged == aside
    third.close()


def test_damage_at_the_end_of_an_older_segment_is_told_and_not_cut(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    put(journal, b"first", b"second")
    journal.rotate()
    put(journal, b"third")
    journal.close()
    path = segments(tmp_path)[0]
    spoiled = path.read_bytes().replace(b"second", b"xxxxxx")
    path.write_bytes(spoiled)
    again = Journal(tmp_path)
    assert everything(again) == [b"first", b"third"]
    assert len(again.recovered.damaged) == 1
    assert again.recovered.cut_bytes == 0
    assert path.read_bytes() == spoiled
    again.close()


def test_numbers_of_segments_never_come_back(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    put(journal, b"first")
    journal.rotate()
    journal.forget(1)
    journal.close()
    again = Journal(tmp_path, above=1)
    put(again, b"second")
    assert [path.name for path in segments(tmp_path)] == ["0000000002.journal"]
    again.close()


def test_a_closed_journal_takes_nothing(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.close()
    with pytest.raises(LedgerClosedError):
        journal.submit(b"late")


def failing(code: int) -> Callable[..., None]:
    """A system call that fails with this code."""

    def fail(*_: object) -> None:
        raise OSError(code, os.strerror(code))

    return fail


def test_a_record_larger_than_a_step_is_read_whole(tmp_path: Path) -> None:
    large = os.urandom(5000)
    journal = Journal(tmp_path)
    put(journal, b"small", large, b"small")
    assert everything(journal) == [b"small", large, b"small"]
    journal.close()
