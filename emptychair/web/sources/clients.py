"""The line that a developer changes, for each client that can be pointed here."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Client:
    """A library by its name, its page in the documentation, and the code that points it here."""

    name: str
    page: str
    code: str


def clients(url: str, key: str) -> tuple[Client, ...]:
    """Every client with this address and key in its code; `url` has no slash at its end."""
    host = url.partition("://")[2]
    words = {"URL": url, "HOST": host, "PROTOCOL": url.partition("://")[0], "KEY": key}
    return tuple(Client(name, page, _filled(code, words)) for name, page, code in _CLIENTS)


def _filled(code: str, words: dict[str, str]) -> str:
    for name, value in words.items():
        code = code.replace(f"<{name}>", value)
    return code


_CLIENTS = (
    (
        "analytics.js (Segment)",
        "segment-browser.md",
        """AnalyticsBrowser.load(
  { writeKey: "<KEY>", cdnURL: "<URL>" },
  { integrations: { "Segment.io": { apiHost: "<HOST>/v1", protocol: "<PROTOCOL>" } } },
)""",
    ),
    (
        "analytics-python (Segment)",
        "segment-python.md",
        """import segment.analytics as analytics

analytics.write_key = "<KEY>"
analytics.host = "<URL>"
""",
    ),
    (
        "analytics-node (Segment)",
        "segment-node.md",
        """const analytics = new Analytics({ writeKey: "<KEY>", host: "<URL>" })""",
    ),
    (
        "RudderStack, browser",
        "rudderstack-browser.md",
        """rudderanalytics.load("<KEY>", "<URL>", { configUrl: "<URL>" })""",
    ),
    (
        "RudderStack, Node",
        "rudderstack-node.md",
        """const analytics = new RudderAnalytics("<KEY>", { dataPlaneUrl: "<URL>" })""",
    ),
    (
        "posthog-js",
        "posthog-browser.md",
        """posthog.init("<KEY>", { api_host: "<URL>", disable_surveys: true })""",
    ),
    (
        "posthog (Python)",
        "posthog-python.md",
        """posthog = Posthog("<KEY>", host="<URL>")""",
    ),
    (
        "posthog-node",
        "posthog-node.md",
        """const posthog = new PostHog("<KEY>", { host: "<URL>" })""",
    ),
    (
        "CloudEvents",
        "cloudevents.md",
        """curl <URL>/v1/cloudevents -u <KEY>: -H 'Content-Type: application/cloudevents+json' -d '{
  "specversion": "1.0", "id": "1", "source": "/shop", "type": "cart opened", "subject": "u_1"
}'""",
    ),
    (
        "No library",
        "plain.md",
        """curl <URL>/v1/signals -u <KEY>: -d '{
  "id": "order-1", "kind": "paid", "person": "u_1", "value": "19.90", "currency": "EUR"
}'""",
    ),
)
