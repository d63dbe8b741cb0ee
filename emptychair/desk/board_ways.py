"""Ways in to the board: links sent to an address, which work once and show that it is theirs."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Column, Connection, Index, Table, UniqueConstraint, func, select, update

from emptychair.desk.columns import METADATA, Instant, columns, made
from emptychair.desk.ids import Id, Key, key, new_id, new_token

LIFETIME = timedelta(hours=2)
HOUR = timedelta(hours=1)
# So many links an hour to one address, and for one network: nobody's mailbox is filled through us.
FOR_ADDRESS, FOR_NETWORK = 3, 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """Who came by a link, and the post for which they wanted to vote (None: they wanted to write one)."""

    id: str
    voter_id: str
    post_id: str | None


ways = Table(
    "board_ways",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("key", Key, nullable=False),
    Column("voter_id", Id, nullable=False),
    Column("post_id", Id),
    Column("network", Key, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("used_at", Instant),
    UniqueConstraint("key"),
    Index(None, "voter_id", "created_at"),
    Index(None, "network", "created_at"),
)


def open_way(tx: Connection, voter_id: str, post_id: str | None, network: str, now: datetime) -> str | None:
    """The token of a link that works once; None when there were too many for this address or network."""
    place = hashlib.sha256(network.encode("utf-8", "replace")).hexdigest()
    lately = ways.c.created_at > now - HOUR
    for mine, most in ((ways.c.voter_id == voter_id, FOR_ADDRESS), (ways.c.network == place, FOR_NETWORK)):
        query = select(func.count()).select_from(ways).where(mine, lately)
        if tx.execute(query).scalar_one() >= most:
            return None
    token = new_token()
    row = {"id": new_id("way"), "key": key(token), "voter_id": voter_id, "post_id": post_id}
    tx.execute(ways.insert().values(**row, network=place, created_at=now, expires_at=now + LIFETIME))
    return token


def look(tx: Connection, token: str, now: datetime) -> Opened | None:
    """What a link would open; None when it was used, is over, or never was."""
    good = (ways.c.key == key(token)) & ways.c.used_at.is_(None) & (ways.c.expires_at > now)
    row = tx.execute(select(*columns(ways, Opened)).where(good)).mappings().first()
    return None if row is None else made(Opened, row)


def use(tx: Connection, token: str, now: datetime) -> Opened | None:
    """What the link opens, which is used up by it; of two who use it at once one gets it."""
    found = look(tx, token, now)
    if found is None:
        return None
    unused = (ways.c.id == found.id) & ways.c.used_at.is_(None)
    return found if tx.execute(update(ways).where(unused).values(used_at=now)).rowcount == 1 else None
