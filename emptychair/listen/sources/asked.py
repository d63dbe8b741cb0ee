"""What is told about a source, made sure of: each check gives back what is kept, or raises ValueError."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit, urlunsplit

from emptychair.listen.sources.system import Ask, System, Want

Check = Callable[[str], str]
# How often a source may be looked at, in minutes.
OFTEN = ("5", "15", "60", "360", "1440")
# How many days back a source that is new begins.
BACK = ("0", "7", "30", "365", "all")
_HOST = re.compile(r"(?=.{1,253}$)[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|\[?[0-9A-Fa-f:.]{2,45}\]?")


class SettingsRefused(ValueError):
    """What was told is not enough, or not so; `faults` by the name of the field."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__(" ".join(faults.values()))
        self.faults = dict(faults)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What was told about a source: `settings` for everybody to see, `secrets` for nobody."""

    settings: Mapping[str, str]
    secrets: Mapping[str, str] = field(repr=False)


def told(system: System, fields: Mapping[str, str], *, has: frozenset[str] = frozenset()) -> Told:
    """What is kept of the fields of a form; `has` are secrets that are there already, and may be left empty.

    Raises SettingsRefused with every fault.
    """
    faults: dict[str, str] = {}
    settings: dict[str, str] = {}
    secrets: dict[str, str] = {}
    for ask in asks(system):
        given = fields.get(ask.name, "" if ask.want is Want.CHECK else ask.default)
        text = given if ask.is_secret else given.replace("\r\n", "\n").strip()
        try:
            found = _checked(ask, text, is_there=ask.name in has)
        except ValueError as fault:
            faults[ask.name] = _sentence(str(fault))
            continue
        if found and ask.is_secret:
            secrets[ask.name] = found
        elif found:
            settings[ask.name] = found
    faults = faults or dict(system.faults(settings, secrets))
    if faults:
        raise SettingsRefused(faults)
    return Told(settings=settings, secrets=secrets)


def asks(system: System) -> tuple[Ask, ...]:
    """Everything that is asked about a source of this system."""
    if system.step is None:
        return system.asks
    minutes = str(int(system.every.total_seconds()) // 60)
    return (*system.asks, Ask(name="every", want=Want.CHOICE, choices=OFTEN, default=minutes))


def _checked(ask: Ask, text: str, *, is_there: bool) -> str:
    if len(text) > ask.longest:
        raise ValueError(f"at most {ask.longest:,} characters")
    if ask.want is Want.CHECK:
        return "yes" if text.lower() in ("yes", "on", "true", "1") else ""
    if not text.strip():
        if ask.is_needed and not is_there:
            raise ValueError("this is needed")
        return ""
    if ask.want is Want.CHOICE and text not in ask.choices:
        raise ValueError(f"choose one of {', '.join(ask.choices)}")
    if ask.want in (Want.LINE, Want.SECRET) and re.search(r"[\x00-\x1f\x7f]", text):
        raise ValueError("expected one line of text")
    return ask.check(text)


def needed(what: str) -> Check:
    """Any text; `what` says of which kind."""

    def check(text: str) -> str:
        if not text.strip():
            raise ValueError(f"expected {what}")
        return text

    return check


def matching(pattern: str, expected: str) -> Check:
    """A text that fits a pattern as a whole."""
    compiled = re.compile(pattern)

    def check(text: str) -> str:
        if not compiled.fullmatch(text):
            raise ValueError(f"expected {expected}")
        return text

    return check


def web_address(text: str) -> str:
    """An address that begins with https:// or http://, without user, password and fragment."""
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        port = parts.port
    except ValueError:
        raise ValueError("expected an address such as https://example.com/feed") from None
    if parts.scheme not in ("https", "http") or not _HOST.fullmatch(parts.hostname or ""):
        raise ValueError("expected an address such as https://example.com/feed")
    if parts.username or parts.password:
        raise ValueError("write the address without user and password: they have fields of their own")
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname or ""
    place = host if port is None else f"{host}:{port}"
    return urlunsplit((parts.scheme, place, parts.path, parts.query, ""))


def server_address(text: str) -> str:
    """The address of a server: as `web_address`, without a path."""
    parts = urlsplit(web_address(text))
    return f"{parts.scheme}://{parts.netloc}"


def host_name(text: str) -> str:
    """The name or the address of a host, without port."""
    if not _HOST.fullmatch(text):
        raise ValueError("expected the name of a server such as imap.example.com")
    return text.lower()


def port_number(text: str) -> str:
    """A port from 1 to 65535."""
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 65_535 and len(text) <= 5):
        raise ValueError("expected a port from 1 to 65535")
    return str(int(text))


def begins_at(back: str, now: datetime) -> datetime | None:
    """Where a new source begins: so many days back; None for everything that there is."""
    return None if back == "all" else now - timedelta(days=int(back or "30"))


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + ("" if text.endswith(".") else ".")
