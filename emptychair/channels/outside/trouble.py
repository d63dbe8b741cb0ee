"""What can go wrong outside, told apart by whether it is worth to try again."""

from datetime import timedelta


class OutsideError(Exception):
    """Something outside did not work; the text is for a person and says what to do where that is known.

    `is_temporary`: the same may work later. `retry_after` is how long the other side asked to wait, or None.
    """

    is_temporary = True

    def __init__(self, text: str, *, retry_after: timedelta | None = None) -> None:
        super().__init__(text)
        self.retry_after = retry_after


class NotAnAddress(OutsideError):
    """What was given is no address that could be called."""

    is_temporary = False


class NotAllowed(OutsideError):
    """The name leads into a network that is not outside, and that the operator did not allow."""

    is_temporary = False


class NotReached(OutsideError):
    """Nobody answers there, or the name is not known (now)."""


class NotTrusted(OutsideError):
    """The other side did not prove who it is: its certificate is not valid for this name."""


class TooSlow(OutsideError):
    """It took longer than it may."""


class TooLong(OutsideError):
    """The answer is longer than what is taken."""


class Garbled(OutsideError):
    """What came is cut off, or not in the form that was expected."""


class Moved(OutsideError):
    """The answer points to another address. It is never followed: a person has to say that it is right."""

    is_temporary = False

    def __init__(self, text: str, *, status: int, location: str) -> None:
        super().__init__(text)
        self.status, self.location = status, location


class Answered(OutsideError):
    """The answer is a refusal; `status` is that of HTTP and `body` its first bytes.

    Whether it is temporary depends on the status: 408, 425, 429 and 5xx are.
    """

    def __init__(
        self, text: str, *, status: int, body: bytes = b"", retry_after: timedelta | None = None
    ) -> None:
        super().__init__(text, retry_after=retry_after)
        self.status, self.body = status, body
        self.is_temporary = status in (408, 425, 429) or status >= 500
