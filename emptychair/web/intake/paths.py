"""Where clients send to, and how what they send there is written."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from types import MappingProxyType

from emptychair.listen.intake.splitting import Door

_SEGMENT = {
    "identify": "i", "track": "t", "page": "p", "screen": "s", "group": "g", "alias": "a", "batch": "b",
}  # fmt: skip


LONGEST = 500_000


@dataclass(frozen=True, slots=True)
class Place:
    """An address that takes events. `type` is what an event there is when it does not say so itself.

    `longest` is how much it takes at once, in bytes after unpacking. `busy` is what is answered to who has to
    wait.
    """

    door: Door
    type: str | None = None
    longest: int = LONGEST
    busy: HTTPStatus = HTTPStatus.TOO_MANY_REQUESTS


def _places() -> Mapping[str, Place]:
    found: dict[str, Place] = {}
    for name, letter in _SEGMENT.items():
        place = Place(Door.SEGMENT, None if name == "batch" else name)
        found[f"/v1/{name}"] = found[f"/v1/{letter}"] = place
    found["/beacon/v1/batch"] = Place(Door.SEGMENT)
    for path in ("/capture", "/batch", "/track", "/engage"):
        found[path] = Place(Door.POSTHOG)
    # posthog-js drops a batch after any 4xx, also 413 and 429; after 503 it comes again (decision 0103).
    patient = Place(Door.POSTHOG, longest=4 * LONGEST, busy=HTTPStatus.SERVICE_UNAVAILABLE)
    found |= dict.fromkeys(("/e", "/i/v0/e"), patient)
    found["/v1/signals"] = Place(Door.PLAIN)
    found["/v1/cloudevents"] = Place(Door.CLOUDEVENTS)
    return MappingProxyType(found)


# Clients write some of them with a slash at the end, and all are taken both ways.
PLACES = _places()
SETTINGS = ("/v1/projects/{key}/settings", "/sourceConfig")
CONFIGS = ("/array/{key}/config", "/array/{key}/config.js")
FLAGS = ("/flags", "/decide")
DEFINITIONS = ("/flags/definitions", "/api/feature_flag/local_evaluation")


def is_asked_before(path: str) -> bool:
    """Whether clients ask this before they send."""
    plain = path.rstrip("/")
    if plain in FLAGS or plain in DEFINITIONS or plain == SETTINGS[1]:
        return True
    parts = plain.split("/")
    if len(parts) == 5 and parts[1:3] == ["v1", "projects"] and parts[4] == "settings":
        return True
    return len(parts) == 4 and parts[1] == "array" and parts[3] in ("config", "config.js")


def taking() -> list[tuple[str, str]]:
    """Method and path of everything that takes events, as the table of rules names them."""
    return [("POST", path) for path in PLACES]


def telling() -> list[tuple[str, str]]:
    """Method and path of everything that clients ask before they send."""
    asked = [("GET", path) for path in (*SETTINGS, *CONFIGS, *DEFINITIONS, *FLAGS)]
    return [("POST", path) for path in FLAGS] + asked
