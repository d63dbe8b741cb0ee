"""Every setting of an installation, read once from the environment into one frozen value."""

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from urllib.parse import urlsplit

from emptychair.understand.language.own import Endpoint, Folder, Own

PREFIX = "EMPTYCHAIR_"
READING = ("auto", "small", "fast", "off")
_WEB = ("https://", "http://")
_WHOLE = {"port": 65_535, "threads": 1_000_000, "max_upload_mb": 1_000_000, "reading_width": 65_536}
_MEMORY = re.compile(r"[1-9]\d{0,5}(\.\d+)? ?[MG]i?B", re.IGNORECASE)


class ConfigError(Exception):
    """A setting that cannot be used; the text says which one, why, and what is expected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """The settings of one installation; each field is `EMPTYCHAIR_<NAME>` in the environment."""

    home: Path = Path("home")
    host: str = "127.0.0.1"
    port: int = 8080
    base_url: str = ""
    desk: str = ""
    engine: str = "duckdb"
    memory: str = ""
    threads: int = 2
    max_upload_mb: int = 4096
    log_level: str = "info"
    allowed_networks: str = ""
    folders: str = ""
    dialects: str = ""
    reading: str = "auto"
    transcription_url: str = ""
    transcription_model: str = "whisper-1"
    transcription_key: str = field(default="", repr=False)
    reading_model: str = ""
    reading_width: int = 0
    reading_key: str = field(default="", repr=False)

    @property
    def url(self) -> str:
        """Where people reach the pages: the configured base URL, or this machine's own."""
        return (
            self.base_url.rstrip("/")
            or f"http://{'localhost' if self.host == '127.0.0.1' else self.host}:{self.port}"
        )

    @property
    def drop_folders(self) -> tuple[Path, ...]:
        """Folders outside the home in which sources may look for files."""
        return tuple(Path(part.strip()) for part in self.folders.split(",") if part.strip())

    @property
    def allowed_dialects(self) -> frozenset[str]:
        """Databases beyond PostgreSQL and SQLite that sources may connect to."""
        return frozenset(part.strip() for part in self.dialects.split(",") if part.strip())

    @property
    def own_model(self) -> Own | None:
        """The model of the company's own with which words are read: a folder, an endpoint, or None."""
        if self.reading in READING:
            return None
        if not self.reading.startswith(_WEB):
            return Folder(path=Path(self.reading).expanduser())
        return Endpoint(
            address=self.reading.rstrip("/"),
            model=self.reading_model,
            width=self.reading_width,
            key=self.reading_key,
            allowed=self.allowed_networks,
        )

    @property
    def desk_url(self) -> str:
        """Where the desk lives: the configured database, or a SQLite file in the home folder."""
        return self.desk or f"sqlite:///{(self.home / 'desk.sqlite3').absolute()}"


NAMES: tuple[str, ...] = tuple(PREFIX + field.name.upper() for field in fields(Config))


def read(environment: Mapping[str, str], **given: object) -> Config:
    """The settings from the environment, overridden by what the command line gave (None: not given).

    An unknown `EMPTYCHAIR_` name stops the start, so that a misspelt one never goes unnoticed.
    `EMPTYCHAIR_DATA` belongs to the tests and is left alone.
    """
    ours = {name: value for name, value in environment.items() if name.startswith(PREFIX)}
    unknown = sorted(set(ours) - set(NAMES) - {PREFIX + "DATA"})
    if unknown:
        raise ConfigError(f"{', '.join(unknown)} is not a setting. Known are: {', '.join(NAMES)}")
    values: dict[str, object] = {
        name.removeprefix(PREFIX).lower(): ours[name] for name in NAMES if name in ours
    }
    values |= {name: value for name, value in given.items() if value is not None}
    return _checked(values)


def _field(name: str) -> str:
    return name.removeprefix(PREFIX).lower()


def _checked(values: dict[str, object]) -> Config:
    for name, most in _WHOLE.items():
        if name in values:
            values[name] = _whole(name, values[name], most)
    if "home" in values:
        values["home"] = Path(str(values["home"])).expanduser()
    memory = str(values.get("memory", ""))
    if memory and not _MEMORY.fullmatch(memory):
        raise ConfigError(f"{PREFIX}MEMORY must be an amount such as 500MB or 2GB, not {memory!r}")
    _check_reading(values)
    base_url = str(values.get("base_url", ""))
    if base_url and (urlsplit(base_url).scheme not in {"http", "https"} or not urlsplit(base_url).hostname):
        raise ConfigError(
            f"{PREFIX}BASE_URL must be a full address such as https://chair.example.com, not {base_url!r}"
        )
    _check_transcription(str(values.get("transcription_url", "")))
    for part in filter(None, (part.strip() for part in str(values.get("folders", "")).split(","))):
        if not Path(part).is_absolute():
            raise ConfigError(f"{PREFIX}FOLDERS must be whole paths such as /srv/exports, not {part!r}")
    _check_networks(str(values.get("allowed_networks", "")))
    return Config(**values)  # type: ignore[arg-type]  # each value was made to its field's type above


def _check_transcription(url: str) -> None:
    parts = urlsplit(url)
    if url and (parts.scheme not in {"http", "https"} or not parts.hostname or parts.username):
        raise ConfigError(
            f"{PREFIX}TRANSCRIPTION_URL must be an address such as https://api.example.com/v1,"
            " without a password in it"
        )


def _check_reading(values: Mapping[str, object]) -> None:
    reading = str(values.get("reading", "auto"))
    is_endpoint = reading.startswith(_WEB)
    if is_endpoint and not (values.get("reading_model") and values.get("reading_width")):
        raise ConfigError(
            f"{PREFIX}READING is an address, so {PREFIX}READING_MODEL has to name the model there and "
            f"{PREFIX}READING_WIDTH how many numbers its vectors have"
        )
    if is_endpoint and not urlsplit(reading).hostname:
        raise ConfigError(f"{PREFIX}READING is no address such as https://models.example.com/v1: {reading!r}")
    if reading not in READING and not is_endpoint and not reading.startswith(("/", "~")):
        raise ConfigError(
            f"{PREFIX}READING must be one of {', '.join(READING)}, the whole path of a folder with a model, "
            f"or an address that begins with https://, not {reading!r}"
        )


def _check_networks(text: str) -> None:
    for part in filter(None, (part.strip() for part in text.split(","))):
        try:
            ipaddress.ip_network(part)
        except ValueError as problem:
            raise ConfigError(
                f"{PREFIX}ALLOWED_NETWORKS must be networks such as 10.0.0.0/8, fd00::/8: {problem}"
            ) from None


def _whole(name: str, value: object, most: int) -> int:
    try:
        number = int(str(value))
    except ValueError:
        number = 0
    if not 1 <= number <= most:
        raise ConfigError(f"{PREFIX}{name.upper()} must be a whole number from 1 to {most}, not {value!r}")
    return number
