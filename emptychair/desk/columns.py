"""Column types that mean the same on SQLite and on PostgreSQL."""

import json
from dataclasses import fields
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import BigInteger, Column, DateTime, Integer, MetaData, RowMapping, String, Table, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from emptychair.desk.refusal import Reason, Refused

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite numbers rows by itself only in a column that is exactly INTEGER.
RowNumber = BigInteger().with_variant(Integer, "sqlite")

Thing = TypeVar("Thing")
Choices = TypeVar("Choices", bound=StrEnum)


def columns(table: Table, thing: type[Any]) -> list[Column[Any]]:
    """The columns of `table` that a dataclass has fields for, in the order of its fields."""
    return [table.c[field.name] for field in fields(thing)]


def made(thing: type[Thing], row: RowMapping) -> Thing:
    """The dataclass with the row's values; the row has exactly its fields."""
    return thing(**row)


class Instant(TypeDecorator[datetime]):
    """An instant: with a zone in Python (UTC when read), UTC without zone in the store, microseconds."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """UTC without zone; an instant without zone is a mistake of the caller."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"an instant needs a time zone: {value!r}")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The same instant in UTC."""
        return None if value is None else value.replace(tzinfo=UTC)


class Words(TypeDecorator[str]):
    """Text of at most `limit` characters that both databases can hold.

    PostgreSQL refuses NUL and counts characters, SQLite does neither, so both are checked here.
    """

    impl = String
    cache_ok = True

    def __init__(self, limit: int) -> None:
        super().__init__(limit)
        self.limit = limit

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """The text as it is, or a refusal that says what is wrong with it."""
        return None if value is None else whole(value, self.limit)


class Json(TypeDecorator[Any]):
    """A JSON value as text, with sorted keys so that equal values are equal text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """Its text; NUL leaves as an escape, which both databases hold."""
        if value is None:
            return None
        return _unicode(json.dumps(value, ensure_ascii=False, sort_keys=True, allow_nan=False))

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """The value again."""
        return None if value is None else json.loads(value)


class Exact(TypeDecorator[Decimal]):
    """A decimal with `places` places, kept as a whole number because SQLite has no decimals."""

    impl = BigInteger
    cache_ok = True

    def __init__(self, places: int) -> None:
        super().__init__()
        self.places = places

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        """The whole number; a value that needs more places is a mistake of the caller, never rounded."""
        if value is None:
            return None
        scaled = value.scaleb(self.places)
        if scaled != scaled.to_integral_value():
            raise ValueError(f"{value} has more than {self.places} decimal places")
        return int(scaled)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        """The decimal again, with its places."""
        return None if value is None else Decimal(value).scaleb(-self.places)


class Choice(TypeDecorator[Choices]):
    """One member of an enum, kept as its value."""

    impl = String
    cache_ok = True

    def __init__(self, choices: type[Choices]) -> None:
        super().__init__(20)
        self.choices = choices

    def process_bind_param(self, value: Choices | None, dialect: Dialect) -> str | None:
        """Its value; anything that is no member is a mistake of the caller."""
        return None if value is None else self.choices(value).value

    def process_result_value(self, value: str | None, dialect: Dialect) -> Choices | None:
        """The member again."""
        return None if value is None else self.choices(value)


def whole(text: str, limit: int) -> str:
    """The text as it is. Raises `Refused` for NUL, half a surrogate pair, or more than `limit` characters."""
    if len(text) > limit:
        raise Refused(
            Reason.TEXT_IS_TOO_LONG, f"this text has {len(text):,} characters; at most {limit:,} fit"
        )
    if "\0" in text:
        raise Refused(Reason.TEXT_HAS_NUL, "this text holds a NUL character; remove it")
    return _unicode(text)


def shown(text: str, limit: int) -> str:
    """The text made fit to be kept as evidence: NUL and broken characters visible, the end cut with `…`."""
    text = text[: limit + 1].replace("\0", "␀").encode("utf-8", "replace").decode()
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _unicode(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise Refused(
            Reason.TEXT_IS_NOT_UNICODE, "this text holds half a character (a lone surrogate); type it again"
        ) from None
    return text
