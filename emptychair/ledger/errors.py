"""What the ledger refuses, and why."""


class LedgerError(Exception):
    """Something the ledger could not do; the text says what to do about it."""


class NotASignalError(LedgerError, ValueError):
    """A batch holds a value that the columns of the ledger cannot hold; nothing of it was stored."""


class JournalFullError(LedgerError):
    """The disk is full: nothing of this batch is stored, and it works again when space is free."""


class JournalSyncError(LedgerError):
    """The disk refused to make this batch durable: it is not acknowledged and must be sent again."""


class LedgerClosedError(LedgerError):
    """The ledger was closed."""


class LedgerInUseError(LedgerError):
    """Another process has this ledger open; only one may."""


class LedgerDegradedError(LedgerError):
    """Questions have to wait: the projection is being rebuilt. Signals are still taken in."""
