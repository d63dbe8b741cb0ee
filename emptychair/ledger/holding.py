"""One process at a time: the lock of a ledger's folder."""

import fcntl
import os
from pathlib import Path

from emptychair.ledger.errors import LedgerInUseError


def hold(path: Path) -> int:
    """The descriptor that holds the lock until it is closed. Raises LedgerInUseError when another has it."""
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise LedgerInUseError(f"{path.parent} is in use by another process") from None
    return descriptor
