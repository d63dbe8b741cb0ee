"""posthog (Python): arguments are host, key and how many events."""

import sys

from posthog import Posthog

host, key, n = sys.argv[1], sys.argv[2], int(sys.argv[3])
failures = []
client = Posthog(
    key,
    host=host,
    gzip=True,
    max_queue_size=n + 100,
    max_retries=10,
    on_error=lambda error, items: failures.append((error, len(items))),
)
for number in range(n):
    client.capture(f"e{number}", distinct_id=f"u{number % 100}", properties={"n": number})
client.flush()
client.shutdown()
sys.exit(str(failures) if failures else 0)
