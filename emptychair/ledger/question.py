"""A ledger question: SQL in the portable subset, with its parameters bound and its sources folded in."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

from sqlglot import exp

from emptychair.ledger.subset import TABLES, OutsideSubsetError, checked

_TYPES = "an aware datetime, date, int, Decimal, str, bool or a sequence of str or int"
Parameter = datetime | date | int | Decimal | str | bool | Sequence[str] | Sequence[int]


@dataclass(frozen=True, slots=True)
class Question:
    """One question about the ledger, ready for any engine; never change its tree."""

    tree: exp.Query


def question(sql: str, sources: Mapping[str, Question] | None = None, /, **parameters: Parameter) -> Question:
    """A question: `sql` with its `:name` placeholders as typed literals and its named `sources` as CTEs.

    Raises OutsideSubsetError, naming the construct, for SQL that engines answer differently. A sum of no
    rows is 0. A date means the midnight at which it begins. Nothing is in an empty sequence.
    """
    tree = checked(sql).copy()
    tree = _bound(tree, parameters)
    return Question(_composed(_with_names(_with_sums_of_nothing(tree)), sources or {}))


def _bound(tree: exp.Query, parameters: Mapping[str, Parameter]) -> exp.Query:
    """The tree with every placeholder replaced; a missing or an unused parameter is an error."""
    found = list(tree.find_all(exp.Placeholder))
    names = {node.name for node in found}
    if names != parameters.keys():
        raise OutsideSubsetError(
            f"parameters do not match: missing {sorted(names - parameters.keys())}, "
            f"unused {sorted(parameters.keys() - names)}"
        )
    for node in found:
        value = parameters[node.name]
        if isinstance(value, Sequence) and not isinstance(value, str):
            _bind_list(node, value)
        else:
            node.replace(literal(value))
    return tree


def _bind_list(node: exp.Placeholder, values: Sequence[str] | Sequence[int]) -> None:
    parent = node.parent
    if not isinstance(parent, exp.In) or len(parent.expressions) != 1:
        raise OutsideSubsetError(f"the list :{node.name} stands alone in IN (:{node.name})")
    if values:
        parent.set("expressions", [literal(value) for value in values])
    else:
        parent.replace(exp.false())


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


def _with_sums_of_nothing(tree: exp.Query) -> exp.Query:
    """Every sum coalesced to 0, because one engine says 0 and the others NULL."""
    for node in list(tree.find_all(exp.Sum)):
        whole = node.parent if isinstance(node.parent, exp.Window) else node
        if not isinstance(whole.parent, exp.Coalesce):
            inside = whole.copy()
            whole.replace(exp.Coalesce(this=inside, expressions=[exp.Literal.number(0)]))
    return tree


def _with_names(tree: exp.Query) -> exp.Query:
    """Every qualified column named, because one engine would call it by its table and its name."""
    for select in tree.find_all(exp.Select):
        named = [
            exp.alias_(column, column.name) if isinstance(column, exp.Column) and column.table else column
            for column in select.expressions
        ]
        select.set("expressions", named)
    return tree


def _composed(tree: exp.Query, sources: Mapping[str, Question]) -> exp.Query:
    """The tree with sources and its own CTEs hoisted under names made of their content.

    A source that is used twice, at any depth, is one CTE; two different ones never share a name.
    """
    hoisted: dict[str, exp.Query] = {}
    names: dict[str, str] = {}
    used = {table.name for table in tree.find_all(exp.Table)}
    own, body = _split(tree)
    clashes = (sources.keys() & own.keys()) | (TABLES & (sources.keys() | own.keys()))
    if clashes:
        raise OutsideSubsetError(f"the name {min(clashes)} is used twice")
    if sources.keys() - used:
        raise OutsideSubsetError(f"the source {min(sources.keys() - used)} is not used")
    for name, source in sources.items():
        theirs, query = _split(source.tree.copy())
        hoisted.update(theirs)
        names[name] = _hoist(name, query, hoisted)
    for name, query in own.items():
        _rename(query, names)
        names[name] = _hoist(name, query, hoisted)
    _rename(body, names)
    for name, query in hoisted.items():
        body = body.with_(f'"{name}"', query, copy=False, dialect="duckdb")
    return body


def _split(tree: exp.Query) -> tuple[dict[str, exp.Query], exp.Query]:
    """The CTEs by name, in order, and the query without them."""
    clause = tree.args.get("with_")
    if clause is None:
        return {}, tree
    tree.set("with_", None)
    return {cte.alias: cte.this for cte in clause.expressions}, tree


def _hoist(name: str, query: exp.Query, hoisted: dict[str, exp.Query]) -> str:
    digest = hashlib.sha256(query.sql(dialect="duckdb").encode()).hexdigest()[:10]
    hoisted[f"{name}_{digest}"] = query
    return f"{name}_{digest}"


def _rename(query: exp.Query, names: Mapping[str, str]) -> None:
    for table in query.find_all(exp.Table):
        if table.name in names:
            if not table.alias:
                table.set("alias", exp.TableAlias(this=exp.to_identifier(table.name)))
            table.set("this", exp.to_identifier(names[table.name]))
        elif table.name not in TABLES:
            raise OutsideSubsetError(
                f"unknown table {table.name}; tables are {', '.join(sorted(TABLES))} and sources"
            )
