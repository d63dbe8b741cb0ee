"""Attempts to sign in, counted by account and by address, so that guessing takes years."""

import hashlib
import ipaddress
import math
from datetime import datetime, timedelta

from sqlalchemy import Column, Connection, Integer, RowMapping, Table, delete, select, update

from emptychair.desk.adding import added
from emptychair.desk.columns import METADATA, Instant, Words
from emptychair.desk.users import email_key

# So many attempts are free; each further one doubles the wait. An office shares one address, a person has one
# account.
FREE = {"account": 8, "address": 40}
FIRST_WAIT = timedelta(seconds=15)
LONGEST_WAIT = timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(hours=1)

attempts = Table(
    "attempts",
    METADATA,
    Column("key", Words(80), primary_key=True),
    Column("count", Integer, nullable=False),
    Column("last_at", Instant, nullable=False),
    Column("blocked_until", Instant, nullable=False),
)


def take(tx: Connection, email: str, address: str, now: datetime) -> int:
    """Ask for one attempt: 0 when it may be made (and is counted), else the seconds to wait (and it is not).

    It is counted before the password is looked at, so that a thousand at once are a thousand attempts. The
    answer does not depend on whether the account exists.
    """
    keys = _keys(email, address)
    for key in keys:
        added(tx, attempts, {"key": key, "count": 0, "last_at": now, "blocked_until": now})
    query = select(attempts).where(attempts.c.key.in_(keys)).order_by(attempts.c.key)
    rows = tx.execute(query.with_for_update()).mappings().all()
    wait: timedelta = max(row["blocked_until"] - now for row in rows)
    if wait > timedelta(0):
        return math.ceil(wait / timedelta(seconds=1))
    for row in rows:
        _count(tx, row, now)
    return 0


def succeeded(tx: Connection, email: str, address: str) -> None:
    """The attempt was the right person's: the account starts afresh, the address gets one back."""
    account, place = _account(email), _place(address)
    tx.execute(delete(attempts).where(attempts.c.key == account))
    # Not afresh: else somebody with one account could guess at all others for ever from the same address.
    used = (attempts.c.key == place) & (attempts.c.count > 0)
    tx.execute(
        update(attempts).where(used).values(count=attempts.c.count - 1, blocked_until=attempts.c.last_at)
    )


def purge(tx: Connection, now: datetime) -> int:
    """Remove what is forgotten; how many."""
    return tx.execute(delete(attempts).where(attempts.c.last_at <= now - FORGOTTEN_AFTER)).rowcount


def _count(tx: Connection, row: RowMapping, now: datetime) -> None:
    count = 1 if row["last_at"] <= now - FORGOTTEN_AFTER else row["count"] + 1
    over = count - FREE[row["key"].partition(":")[0]]
    wait = min(FIRST_WAIT * 2 ** min(over, 10), LONGEST_WAIT) if over >= 0 else timedelta(0)
    values = {"count": count, "last_at": now, "blocked_until": now + wait}
    tx.execute(update(attempts).where(attempts.c.key == row["key"]).values(**values))


def _keys(email: str, address: str) -> list[str]:
    return sorted((_account(email), _place(address)))


def _account(email: str) -> str:
    # A hash: people type their password into the wrong field.
    return "account:" + hashlib.sha256(email_key(email).encode("utf-8", "replace")).hexdigest()


def _place(address: str) -> str:
    return "address:" + hashlib.sha256(_network(address).encode("utf-8", "replace")).hexdigest()


def _network(address: str) -> str:
    """An IPv6 customer is given a /64 at least, so its last 64 bits cost nothing to change."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped is None:
        return str(ipaddress.ip_network((int(ip) >> 64 << 64, 64)))
    return str(ip.ipv4_mapped if isinstance(ip, ipaddress.IPv6Address) else ip)
