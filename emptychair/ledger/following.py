"""The projection brought behind the lake: commits that it has not seen are loaded from their files."""

from emptychair.ledger import card, links, people, words
from emptychair.ledger.lake import Change, Commit
from emptychair.ledger.stores import Stores, parquet


def unseen(stores: Stores) -> list[Commit]:
    """The commits of the lake that are not in the projection, oldest first. Cheap when there are none."""
    lake, batch = stores.lake, stores.projection.batch()
    return [lake.record(number) for number in range(batch + 1, lake.head.number + 1)]


def is_in_line(stores: Stores) -> bool:
    """True when the projection has everything, or lacks admissions alone, which it can follow."""
    return all(commit.change is Change.ADMIT for commit in unseen(stores))


def follow(stores: Stores) -> int:
    """Load what was let into the lake since the projection looked last; how many commits. O(their rows).

    Every change but an admission brings the projection along in its own transaction, so that nothing but
    admissions can be unseen while the ledger is open.
    """
    commits = unseen(stores)
    if commits:
        load(stores, commits)
    return len(commits)


def load(stores: Stores, commits: list[Commit]) -> None:
    """Load the files of these admissions, in one transaction."""
    if any(commit.change is not Change.ADMIT for commit in commits):
        raise AssertionError("only an admission may be unseen: this is a fault of Empty Chair")
    files = {commit.number: [stores.lake.signals / name for name in commit.added] for commit in commits}
    with stores.projection.transaction() as writer:
        for number, paths in files.items():
            # Rows of a commit of the lake are marked by its number, negative; others by their segment.
            stores.write(writer, parquet(paths), -number)
        everything = parquet([path for paths in files.values() for path in paths])
        card.merge(writer, people.resolved(everything))
        links.learn(writer, everything)
        words.learn(writer, everything)
        people.settle(writer, stores.decisions)
        months = sorted({path.parent.name.removeprefix("month=") for each in files.values() for path in each})
        writer.execute("delete from sorted_months where month in (select unnest(?))", [months])
        writer.execute("update loaded set batch = ?", [commits[-1].number])
