"""Values as typed literals: exact, in UTC, and never read as SQL."""

from datetime import UTC, date, datetime
from decimal import Decimal

from sqlglot import exp

from emptychair.ledger.subset import OutsideSubsetError

_TYPES = "an aware datetime, date, int, Decimal, str, bool or a sequence of str or int"


def literal(value: datetime | date | int | Decimal | str | bool) -> exp.Expression:
    """The value as a typed literal that every engine reads alike."""
    if isinstance(value, bool):
        return exp.true() if value else exp.false()
    if isinstance(value, int):
        number = exp.Literal.number(abs(value))
        return exp.Paren(this=exp.Neg(this=number)) if value < 0 else number
    if isinstance(value, Decimal):
        return _decimal(value)
    if isinstance(value, str):
        return _text(value)
    return _instant(value)


def _decimal(value: Decimal) -> exp.Expression:
    if not value.is_finite():
        raise OutsideSubsetError(f"{value} is not a number")
    text = format(value, "f")
    whole, _, places = text.lstrip("-").partition(".")
    scale = max(len(places), 1)
    precision = max(len(whole) + scale, 18)
    if precision > 38:
        raise OutsideSubsetError(f"{value} has more than 38 digits")
    kind = exp.DataType.build(f"DECIMAL({precision}, {scale})")
    return exp.Cast(this=exp.Literal.string(text), to=kind)


def _text(value: str) -> exp.Expression:
    if "\0" in value:
        raise OutsideSubsetError("a text with a NUL character is not a value of the ledger")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise OutsideSubsetError("a text with half a character (lone surrogate) is not a value") from error
    return exp.Literal.string(value)


def _instant(value: date) -> exp.Expression:
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise OutsideSubsetError(f"an instant needs a zone: {value}")
        moment = value.astimezone(UTC).replace(tzinfo=None)
    elif isinstance(value, date):
        moment = datetime(value.year, value.month, value.day)  # noqa: DTZ001 - stores hold UTC without zone
    else:
        raise OutsideSubsetError(f"a parameter is {_TYPES}, not {type(value).__name__}")
    text = moment.isoformat(sep=" ", timespec="microseconds")
    return exp.Cast(this=exp.Literal.string(text), to=exp.DataType.build("TIMESTAMPNTZ"))
