"""What a company said about a source: whose signals it brings, and what its events mean."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from emptychair.domain.signal import Audience, Kind
from emptychair.listen.intake.mapping import Mapped


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What events of one name are, and which of their properties say how much.

    `value`, `currency`, `score` and `text` are names of properties, tried in their order; `sign` is -1 for
    money that went back. `name` is what the signal is called.
    """

    kind: Kind
    name: str
    value: tuple[str, ...] = ()
    currency: tuple[str, ...] = ()
    score: tuple[str, ...] = ()
    text: tuple[str, ...] = ()
    sign: int = 1


# Events whose names and properties are agreed on (Segment's specification of commerce events, version 2).
AGREED: Mapping[str, Meaning] = MappingProxyType(
    {
        "Order Completed": Meaning(
            kind=Kind.PAID, name="order", value=("total", "revenue", "value"), currency=("currency",)
        ),
        "Order Refunded": Meaning(
            kind=Kind.PAID,
            name="refund",
            value=("total", "revenue", "value"),
            currency=("currency",),
            sign=-1,
        ),
        "Product Reviewed": Meaning(
            kind=Kind.RATED, name="stars", score=("rating",), text=("review_body", "review")
        ),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The audience of a source and the meanings of its events by name; others are what a person did.

    `settings` are those that its kind asks for, `mapping` says what the fields of its items mean.
    """

    audience: Audience = Audience.CUSTOMER
    meanings: Mapping[str, Meaning] = field(default_factory=lambda: AGREED)
    settings: Mapping[str, str] = field(default_factory=dict)
    mapping: Mapped | None = None

    def names(self, name: str) -> frozenset[str]:
        """A list in the settings, written with commas or line by line, in small letters."""
        text = self.settings.get(name) or ""
        return frozenset(part.strip().lower() for part in text.replace("\n", ",").split(",") if part.strip())


TermsOf = Callable[[str], Terms]
USUAL = Terms()


def usual(source: str) -> Terms:
    """The terms of a source of which nothing was said."""
    return USUAL
