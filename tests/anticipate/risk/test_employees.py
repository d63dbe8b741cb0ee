"""What employees said or answered is not looked at (docs/decisions/0179)."""

from datetime import timedelta
from decimal import Decimal

import pyarrow as pa
import pytest

from emptychair.anticipate.features.declared import OF_WORDS, declared
from emptychair.anticipate.features.vocabulary import vocabulary
from emptychair.domain.signal import Audience, Kind, Signal
from emptychair.ledger.ledger import Ledger
from emptychair.ledger.words import MENTIONS, READINGS
from emptychair.understand.arrival import Arrivals
from tests.anticipate.risk.companies import NOW


@pytest.mark.parametrize("audience", Audience)
def test_words_and_scores_are_features_of_customers_alone(ledger: Ledger, audience: Audience) -> None:
    at = NOW - timedelta(days=5)
    said = [
        Signal(
            id=f"{audience}{number}", audience=audience, person=f"p{number}", kind=Kind.SAID, name="comment",
            channel="pulse", source="src_1", occurred_at=at, received_at=at, text="Tired of it.",
        )
        for number in range(3)
    ]  # fmt: skip
    ledger.append(said)
    ledger.load(NOW)
    mentions = [{"signal": one.id, "place": 0, "theme": "thm_rota", "confidence": Decimal(1)} for one in said]
    read = [{"signal": one.id, "language": "en", "tone": None, "tone_score": None} for one in said]
    ledger.readings.keep(pa.Table.from_pylist(read, READINGS), pa.Table.from_pylist(mentions, MENTIONS))
    words = vocabulary(ledger, audience, NOW, Arrivals(), {"thm_rota": "rotas"})
    names = {one.name for one in declared(words)}
    heard = OF_WORDS | {"theme:thm_rota"}
    assert names & heard == (heard if audience is Audience.CUSTOMER else set())
