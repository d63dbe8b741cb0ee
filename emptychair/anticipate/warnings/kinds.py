"""What warnings are of: kinds of trouble, the series that are counted, and the cells they are counted in."""

import re
from dataclasses import dataclass
from enum import StrEnum

from emptychair.anticipate.features.vocabulary import FAILURE

_PAYMENT = re.compile(r"pay|charge|invoice|billing|renewal|card|debit|transfer", re.IGNORECASE)


class Kind(StrEnum):
    """FAILURE: a name that tells of one. SEARCH: found nothing, twice and more in a day. RAGE: the same thing
    over and over within minutes. PROMISE: due and not kept. USAGE: fewer who do anything than usual.
    """

    FAILURE = "failure"
    PAYMENT = "payment"
    SEARCH = "search"
    RAGE = "rage"
    PROMISE = "promise"
    USAGE = "usage"


class Stream(StrEnum):
    """Who could have shown it: did anything, tried to pay, searched, had something due, was here lately."""

    ACTIVE = "active"
    PAYING = "paying"
    SEARCHING = "searching"
    DUE = "due"
    KNOWN = "known"


STREAM_OF = {
    Kind.FAILURE: Stream.ACTIVE,
    Kind.PAYMENT: Stream.PAYING,
    Kind.SEARCH: Stream.SEARCHING,
    Kind.RAGE: Stream.ACTIVE,
    Kind.PROMISE: Stream.DUE,
    Kind.USAGE: Stream.KNOWN,
}


@dataclass(frozen=True, slots=True, order=True)
class Series:
    """One kind of trouble that is counted by day; `key` is the name of its signals, where it has one."""

    kind: Kind
    key: str = ""


@dataclass(frozen=True, slots=True, order=True)
class Cell:
    """Where it is counted: (field, value) that all of them have, in order of fields; none: everybody."""

    terms: tuple[tuple[str, str], ...] = ()

    def with_term(self, name: str, value: str) -> "Cell":
        """The part of it that has this value too."""
        return Cell(tuple(sorted({*self.terms, (name, value)})))

    def without(self, name: str) -> "Cell":
        """The cell whatever this field says."""
        return Cell(tuple(term for term in self.terms if term[0] != name))

    def is_in(self, other: "Cell") -> bool:
        """Whether it is a part of the other, or the same."""
        return set(other.terms) <= set(self.terms)


EVERYBODY = Cell()


def trouble_of(name: str) -> Kind | None:
    """The kind of trouble that a signal's name tells of; None for none.

    >>> trouble_of("sign_in_failed"), trouble_of("payment_declined"), trouble_of("storage_opened")
    (<Kind.FAILURE: 'failure'>, <Kind.PAYMENT: 'payment'>, None)
    """
    if not FAILURE.search(name):
        return None
    return Kind.PAYMENT if _PAYMENT.search(name) else Kind.FAILURE
