"""What a system of others is to us: what has to be told about it, how it is fetched, one step at a time."""

from collections.abc import Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from emptychair.domain.signal import Audience
from emptychair.listen.intake.splitting import Door

if TYPE_CHECKING:
    from emptychair.channels.outside import Outside
    from emptychair.desk.desk import Desk
    from emptychair.listen.sources.limited import Limited


class SourceTrouble(Exception):
    """A source cannot be fetched; the text says why and, where a person has to act, what to do.

    `is_temporary`: the same may work later.
    """

    def __init__(
        self, text: str, *, is_temporary: bool = False, retry_after: timedelta | None = None
    ) -> None:
        super().__init__(text)
        self.is_temporary, self.retry_after = is_temporary, retry_after


class Want(StrEnum):
    """How an answer is given in a form."""

    LINE = "line"
    LINES = "lines"
    CHOICE = "choice"
    CHECK = "check"
    SECRET = "secret"  # noqa: S105  # the name of a kind of field
    SECRET_LINES = "secret_lines"  # noqa: S105


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One thing that has to be told about a source. `check` gives back what is kept, or raises ValueError.

    `moves`: with another answer it looks elsewhere, and begins anew. What is wanted as a secret is kept apart
    and never shown again. The words of a field are the page's.
    """

    name: str
    want: Want = Want.LINE
    choices: tuple[str, ...] = ()
    default: str = ""
    is_needed: bool = False
    check: Callable[[str], str] = str
    longest: int = 2_000
    moves: bool = True

    @property
    def is_secret(self) -> bool:
        """Whether it is kept apart."""
        return self.want in (Want.SECRET, Want.SECRET_LINES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hosts:
    """Where the systems live that are the same for everybody."""

    app_store: str = "https://itunes.apple.com"
    google_play: str = "https://androidpublisher.googleapis.com"
    hacker_news: str = "https://hn.algolia.com"
    reddit: str = "https://oauth.reddit.com"
    reddit_tokens: str = "https://www.reddit.com/api/v1/access_token"  # an address


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What fetching may use. `folders` are those outside the home that the operator lets sources read.

    `dialects` are databases beyond the usual that the operator lets sources connect to.
    """

    outside: "Outside"
    limited: "Limited"
    desk: "Desk"
    home: Path
    clock: Callable[[], datetime]
    folders: tuple[Path, ...] = ()
    dialects: frozenset[str] = frozenset()
    hosts: Hosts = field(default_factory=Hosts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """One step for one source: what was told about it, how far it is, and what may be used.

    `tokens` is for what a system lent us for a while; it is kept in memory alone. `is_trial`: somebody wants
    to see whether it works; nothing outside or here may be changed by it.
    `is_mapped`: somebody has said what the fields of its items mean.
    """

    source: str
    settings: Mapping[str, str]
    secrets: Mapping[str, str] = field(repr=False)
    cursor: Mapping[str, Any]
    tokens: MutableMapping[str, Any] = field(repr=False)
    means: Means
    now: datetime
    is_trial: bool = False
    audience: Audience = Audience.CUSTOMER
    is_mapped: bool = False

    def setting(self, name: str, default: str = "") -> str:
        """What was told, or the default where nothing was."""
        return self.settings.get(name) or default

    def names(self, name: str) -> tuple[str, ...]:
        """A list that was told with commas or line by line."""
        text = self.settings.get(name) or ""
        return tuple(part.strip() for part in text.replace("\n", ",").split(",") if part.strip())


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What one step brought: items as they are kept, each one JSON value without line breaks, and the cursor
    behind them.

    `is_more`: the next step may follow at once, or after `wait`. `note` tells a person something about it.
    `brought` counts what came where that is not the items. `samples` are items for whoever says what
    they mean, where they are not taken yet.
    """

    items: Sequence[bytes] = ()
    cursor: Mapping[str, Any]
    is_more: bool = False
    wait: timedelta | None = None
    note: str | None = None
    brought: int | None = None
    samples: Sequence[bytes] = ()


Step = Callable[[Errand], Fetched]
Faults = Callable[[Mapping[str, str], Mapping[str, str]], Mapping[str, str]]


def no_faults(settings: Mapping[str, str], secrets: Mapping[str, str]) -> Mapping[str, str]:
    """Nothing is wrong with the fields together."""
    return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """A kind of source. `step` is None for one that sends by itself, `every` how often it is looked at.

    `is_mapped`: a person says what its fields mean. `door` is None where items go another way than the
    collector's. `makes` names a secret that we make up when none is given; `faults` looks at all fields
    together, when each by itself is right.
    """

    key: str
    asks: tuple[Ask, ...]
    door: Door | None
    step: Step | None = None
    every: timedelta = timedelta(minutes=15)
    is_mapped: bool = False
    makes: str | None = None
    faults: Faults = no_faults

    def ask(self, name: str) -> Ask | None:
        """The field of this name."""
        return next((each for each in self.asks if each.name == name), None)
