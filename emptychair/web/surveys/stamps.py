"""When a page of a survey was first shown: carried by the page itself, signed, so that nothing is stored."""

import hmac
import secrets
from datetime import UTC, datetime
from hashlib import blake2b


class Stamps:
    """Signs instants with a key of this process; after a restart nothing is known of earlier pages."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)

    def of(self, slug: str, at: datetime) -> str:
        """The stamp of a page of this survey, shown at this instant."""
        moment = f"{at.timestamp():.1f}"
        return f"{moment}.{self._signature(slug, moment)}"

    def shown_at(self, slug: str, stamp: str) -> datetime | None:
        """When the page was shown; None for a stamp that is not ours."""
        moment, _, signature = stamp.rpartition(".")
        given = signature.encode("utf-8", "replace")
        if not hmac.compare_digest(self._signature(slug, moment).encode(), given):
            return None
        return datetime.fromtimestamp(float(moment), UTC)

    def _signature(self, slug: str, moment: str) -> str:
        text = f"{slug} {moment}".encode("utf-8", "replace")
        return blake2b(text, key=self._key, digest_size=16).hexdigest()
