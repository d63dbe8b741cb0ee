"""segment-analytics-python: arguments are host, key and how many events."""

import sys

import segment.analytics as analytics

host, key, n = sys.argv[1], sys.argv[2], int(sys.argv[3])
analytics.write_key, analytics.host = key, host
analytics.gzip, analytics.max_queue_size = True, n + 100
failures = []
analytics.on_error = lambda error, items: failures.append((error, len(items)))
for number in range(n):
    analytics.track(f"u{number % 100}", f"e{number}", {"n": number})
analytics.flush()
analytics.shutdown()
sys.exit(str(failures) if failures else 0)
