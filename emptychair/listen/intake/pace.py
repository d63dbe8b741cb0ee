"""How fast each source may send: a bucket that fills at a constant pace."""

import math
from dataclasses import dataclass


@dataclass(slots=True)
class _Bucket:
    left: float
    at: float


class Pace:
    """Buckets of events, one a source; a burst of a few seconds is let through."""

    def __init__(self, burst_seconds: float = 5.0) -> None:
        self._burst = burst_seconds
        self._buckets: dict[str, _Bucket] = {}

    def wait(self, source: str, events: int, per_second: int, now: float) -> int:
        """0 when these events may come now, and they are counted; else the whole seconds to wait.

        `now` is a clock that never goes back. A request that is larger than a bucket is let through when
        the bucket is full.
        """
        most = per_second * self._burst
        bucket = self._buckets.get(source)
        if bucket is None:
            bucket = self._buckets[source] = _Bucket(most, now)
        bucket.left = min(most, bucket.left + (now - bucket.at) * per_second)
        bucket.at = now
        needed = min(events, most)
        if bucket.left >= needed:
            bucket.left -= events
            return 0
        return max(1, math.ceil((needed - bucket.left) / per_second))
