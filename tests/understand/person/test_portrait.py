"""A person of few signals is told by one look, one of many by three: both tell the same."""

from datetime import timedelta
from decimal import Decimal

import pytest

from emptychair.domain.signal import Audience, Kind
from emptychair.ledger.ledger import Ledger
from emptychair.understand.person import portrait as portraits
from emptychair.understand.person.history import Wanted
from emptychair.understand.person.portrait import portrait
from tests.understand.histories import did, keep, on, paid, rated

NOW = on("2026-06-01")
LIFE = [
    did("ada", "2025-01-01", "joined"),
    did("ada", "2025-02-01", "said", text="Late again", channel="email"),
    did("ada", "2025-02-02", "did", name="sign_in_failed"),
    did("ada", "2025-02-02", "did", name="sign_in_failed_over", id="no failure"),
    did("ada", "2025-02-02", "did", name="return_requested"),
    did("ada", "2025-02-03", "met", name="promise_made"),
    did("ada", "2025-02-03", "met", name="newsletter"),
    did("ada", "2025-02-03", "told", name="traits"),
    paid("ada", "2025-03-01", "12.50"),
    paid("ada", "2025-03-02", "-2.50"),
    paid("ada", "2025-03-02", "0", id="free"),
    did("ada", "2025-03-03", "paid", name="odd", value=Decimal(3), currency=None),
    did("ada", "2025-03-04", "paid", name="none"),
    rated("ada", "2025-04-01", 3),
    did("ben", "2025-04-01", "said", text="Not ada"),
    *(did("ada", on("2025-05-01") + timedelta(hours=n), name="page", id=f"page{n:02}") for n in range(20)),
]
PLACES = [
    Wanted(),
    Wanted(kinds=[Kind.PAID]),
    Wanted(channel="email"),
    Wanted(kinds=[Kind.DID], channel="test", before=(on("2025-05-01 10:00"), "page10")),
]


@pytest.mark.parametrize("wanted", PLACES)
@pytest.mark.parametrize("people", [["ada"], ["ada", "ben"], ["nobody"]])
def test_few_and_many_are_told_alike(
    people: list[str], wanted: Wanted, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(ledger, LIFE)
    few = portrait(ledger, Audience.CUSTOMER, people, wanted, limit=10, now=NOW)
    monkeypatch.setattr(portraits, "FEW", 5)
    many = portrait(ledger, Audience.CUSTOMER, people, wanted, limit=10, now=NOW)
    assert few == many
    assert (few is None) == (people == ["nobody"])
