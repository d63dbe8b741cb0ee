"""What the other side answered, whole and unpacked."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from emptychair.channels.outside.trouble import Garbled


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Status, headers by their names in small letters, and the body."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON. Raises Garbled, naming the host, when it is none."""
        return self.decoded(msgspec.json.Decoder())

    def decoded(self, decoder: msgspec.json.Decoder[Any]) -> Any:
        """The body as the decoder reads it. Raises Garbled, naming the host, when it does not fit."""
        try:
            return decoder.decode(self.body)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            begin = self.body[:60].decode("utf-8", "replace")
            raise Garbled(f"{self.url} answered with what is not expected ({error}): {begin!r}") from None
