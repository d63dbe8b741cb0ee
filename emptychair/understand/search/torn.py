"""What the engine says of files that are not whole: an error, or a panic of its own language."""

from collections.abc import Iterator
from contextlib import contextmanager


class TornError(ValueError):
    """A file of the index is missing, or shorter than it says; the index is made again."""


@contextmanager
def noticed() -> Iterator[None]:
    """What goes wrong inside with the files of an index is a TornError."""
    try:
        yield
    except (ValueError, OSError, RuntimeError) as error:
        raise TornError(f"a file of the index is not whole: {error}") from error
    except BaseException as error:
        # A panic is no Exception, so that nobody catches it by accident, and its class cannot be imported.
        if type(error).__name__ != "PanicException":
            raise
        raise TornError(f"a file of the index is not whole: {error}") from error
