"""The one door for every connection that goes out: resolved once, checked, pinned, never redirected."""

from emptychair.channels.outside.answer import Answer
from emptychair.channels.outside.door import Outside
from emptychair.channels.outside.limits import Limits
from emptychair.channels.outside.networks import Network, networks
from emptychair.channels.outside.resolving import Checked, Resolve
from emptychair.channels.outside.trouble import (
    Answered,
    Garbled,
    Moved,
    NotAllowed,
    NotAnAddress,
    NotReached,
    NotTrusted,
    OutsideError,
    TooLong,
    TooSlow,
)

__all__ = [
    "Answer",
    "Answered",
    "Checked",
    "Garbled",
    "Limits",
    "Moved",
    "Network",
    "NotAllowed",
    "NotAnAddress",
    "NotReached",
    "NotTrusted",
    "Outside",
    "OutsideError",
    "Resolve",
    "TooLong",
    "TooSlow",
    "networks",
]
