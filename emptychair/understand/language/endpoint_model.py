"""Vectors from an OpenAI-compatible endpoint: texts leave redacted, a few at a time, and are tried again."""

import time
from collections.abc import Callable, Sequence
from datetime import timedelta

import msgspec
import numpy as np

from emptychair.channels.outside import Limits, Outside, OutsideError
from emptychair.understand.language.embedding import Vectors, unit
from emptychair.understand.language.own import Endpoint, ModelTrouble, host
from emptychair.understand.language.privacy.redaction import redacted

AT_ONCE = 64
TRIES = 5
FIRST_WAIT, LONGEST_WAIT = 1.0, 30.0
_LONGEST_TEXT = 8_000
_SECONDS = 60.0
_MOST_BYTES = 64 << 20


class _Row(msgspec.Struct):
    embedding: list[float]
    index: int = -1


class _Reply(msgspec.Struct):
    data: list[_Row]


_REPLIES = msgspec.json.Decoder(_Reply)


class EndpointModel:
    """As Embedder. A text has the vector of what it is without what tells who somebody is."""

    def __init__(
        self,
        endpoint: Endpoint,
        outside: Outside,
        *,
        tries: int = TRIES,
        rest: Callable[[float], None] = time.sleep,
    ) -> None:
        """Ask this endpoint through this door; nothing is asked yet. `rest` waits so many seconds."""
        self._endpoint, self._outside, self._tries, self._rest = endpoint, outside, tries, rest
        self.name, self.width = endpoint.name, endpoint.width

    def embed(self, texts: Sequence[str]) -> Vectors:
        """As Embedder. Raises ModelTrouble when the endpoint does not answer, or not as it should."""
        found = np.zeros((len(texts), self.width), np.float32)
        told = [redacted(text[:_LONGEST_TEXT]).text.strip() for text in texts]
        rows = [row for row, text in enumerate(told) if text]  # endpoints refuse empty texts
        for begin in range(0, len(rows), AT_ONCE):
            some = rows[begin : begin + AT_ONCE]
            found[some] = self._asked([told[row] for row in some])
        return unit(found)

    def _asked(self, texts: Sequence[str]) -> Vectors:
        wait = FIRST_WAIT
        for tried in range(1, self._tries + 1):
            try:
                return self._answer(texts)
            except OutsideError as error:
                if not error.is_temporary or tried == self._tries:
                    raise ModelTrouble(
                        f"the endpoint of EMPTYCHAIR_READING does not answer: {error}"
                    ) from None
                self._rest(_seconds(error.retry_after, wait))
                wait = min(2 * wait, LONGEST_WAIT)
        raise AssertionError("the last try raises")

    def _answer(self, texts: Sequence[str]) -> Vectors:
        key = self._endpoint.key
        reply: _Reply = self._outside.ask(
            "POST",
            f"{self._endpoint.address.rstrip('/')}/embeddings",
            headers={"authorization": f"Bearer {key}"} if key else {},
            json={"model": self._endpoint.model, "input": list(texts), "encoding_format": "float"},
            limits=Limits(seconds=_SECONDS, most=_MOST_BYTES),
        ).decoded(_REPLIES)
        rows = sorted(reply.data, key=lambda row: row.index)
        if [row.index for row in rows] != list(range(len(texts))):
            raise ModelTrouble(f"{host(self._endpoint)} did not answer with one vector for each text")
        widths = {len(row.embedding) for row in rows}
        if widths != {self.width}:
            raise ModelTrouble(
                f"vectors of {self._endpoint.model} at {host(self._endpoint)} have {max(widths)} numbers, "
                f"and EMPTYCHAIR_READING_WIDTH says {self.width}"
            )
        vectors = np.array([row.embedding for row in rows], np.float32)
        if not np.isfinite(vectors).all():
            raise ModelTrouble(f"{host(self._endpoint)} answered with what are no numbers")
        return vectors


def _seconds(asked: timedelta | None, usual: float) -> float:
    return usual if asked is None else min(max(asked.total_seconds(), usual), LONGEST_WAIT)
