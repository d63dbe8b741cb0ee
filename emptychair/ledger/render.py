"""Questions as text: one small override table per engine over the portable subset."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from sqlglot import exp
from sqlglot.errors import ErrorLevel
from sqlglot.generator import Generator
from sqlglot.generators.clickhouse import ClickHouseGenerator
from sqlglot.generators.duckdb import DuckDBGenerator
from sqlglot.generators.postgres import PostgresGenerator
from sqlglot.generators.spark import SparkGenerator

from emptychair.ledger.portable import FUNCTIONS, Dialect
from emptychair.ledger.question import Part, Question

__all__ = ["Dialect", "render"]

_Said = Callable[[Any, Any], str]


def render(question: Question, dialect: Dialect) -> str:
    """The question as this engine reads it; every name is quoted, every order says where NULL stands."""
    parts = ", ".join(f"{_called(part, dialect)} AS ({_text(part, dialect)})" for part in question.parts)
    text = f"WITH {parts} {_text(question.body, dialect)}" if parts else _text(question.body, dialect)
    return text + _CLICKHOUSE_SETTINGS if dialect is Dialect.CLICKHOUSE else text


@lru_cache(maxsize=8192)
def _text(part: Part, dialect: Dialect) -> str:
    generator, name = _GENERATORS[dialect]
    writer = generator(dialect=name, identify=True, comments=False, unsupported_level=ErrorLevel.RAISE)
    return writer.generate(part.query)


def _called(part: Part, dialect: Dialect) -> str:
    return f"`{part.name}`" if dialect is Dialect.SPARK else f'"{part.name}"'


def _portable(dialect: Dialect) -> _Said:
    def said(writer: Generator, node: exp.Anonymous) -> str:
        arguments = [writer.sql(argument.unnest()) for argument in node.expressions]
        function = FUNCTIONS[node.name.lower()]
        return function.said(dialect, [f"({text})" if _is_compound(text) else text for text in arguments])

    return said


def _is_compound(text: str) -> bool:
    """True when the text may fall apart next to an operator, so that it needs parentheses."""
    return not text.replace(".", "").replace('"', "").replace("`", "").replace("_", "").isalnum()


def _divided(double: str) -> _Said:
    """Everything divides as doubles: engines differ in the scale of a decimal quotient."""

    def said(writer: Generator, node: exp.Div) -> str:
        above, below = writer.sql(node, "this"), writer.sql(node, "expression")
        return f"(CAST({above} AS {double}) / CAST({below} AS {double}))"

    return said


def _ordered(writer: Generator, node: exp.Ordered) -> str:
    way = " DESC" if node.args.get("desc") else ""
    nulls = "FIRST" if node.args.get("nulls_first") else "LAST"
    return f"{writer.sql(node, 'this')}{way} NULLS {nulls}"


def _of_text(name: str) -> _Said:
    """A column that is a list of few values in the projection takes no other one as the default."""

    def said(writer: Generator, node: exp.Lag | exp.Lead) -> str:
        default = node.args.get("default")
        is_text = isinstance(default, exp.Literal) and default.is_string
        what = writer.sql(node, "this")
        arguments = [writer.sql(node, part) for part in ("offset", "default") if node.args.get(part)]
        return writer.func(name, f"CAST({what} AS TEXT)" if is_text else what, *arguments)

    return said


class _DuckDB(DuckDBGenerator):
    TRANSFORMS = {  # noqa: RUF012 - the library's own name and shape
        **DuckDBGenerator.TRANSFORMS,
        exp.Anonymous: _portable(Dialect.DUCKDB),
        exp.Div: _divided("DOUBLE"),
        exp.Lag: _of_text("LAG"),
        exp.Lead: _of_text("LEAD"),
        exp.Ordered: _ordered,
    }


class _Spark(SparkGenerator):
    TRANSFORMS = {  # noqa: RUF012
        **SparkGenerator.TRANSFORMS,
        exp.Anonymous: _portable(Dialect.SPARK),
        exp.Div: _divided("DOUBLE"),
        exp.Ordered: _ordered,
    }


def _collated(writer: Generator, node: exp.Literal) -> str:
    """PostgreSQL compares text by the database's locale; the others by bytes, as collation C does."""
    text = Generator.literal_sql(writer, node)
    parent = node.parent
    typed = isinstance(parent, exp.Cast) and parent.args["to"].this != exp.DType.TEXT
    return f'({text} COLLATE "C")' if node.is_string and not typed else text


def _truncated(writer: Generator, node: exp.IntDiv) -> str:
    return f"DIV({writer.sql(node, 'this')}, {writer.sql(node, 'expression')})"


class _PostgreSQL(PostgresGenerator):
    TRANSFORMS = {  # noqa: RUF012
        **PostgresGenerator.TRANSFORMS,
        exp.Anonymous: _portable(Dialect.POSTGRESQL),
        exp.Div: _divided("DOUBLE PRECISION"),
        exp.IntDiv: _truncated,
        exp.Literal: _collated,
        exp.Ordered: _ordered,
    }


# Standard answers to outer joins, to an alias that hides a column, and to a bare UNION.
_CLICKHOUSE_SETTINGS = (
    " SETTINGS join_use_nulls = 1, prefer_column_name_to_alias = 1, union_default_mode = 'DISTINCT'"
)
_PLAIN_NUMBERS = (
    exp.Limit,
    exp.Offset,
    exp.DataTypeParam,
    exp.Ordered,
    exp.Group,
    exp.WindowSpec,
    exp.Anonymous,
)
_CLICKHOUSE_TYPES = {
    exp.DType.BIGINT: "Nullable(Int64)",
    exp.DType.DOUBLE: "Nullable(Float64)",
    exp.DType.TEXT: "Nullable(String)",
    exp.DType.TIMESTAMPNTZ: "Nullable(DateTime64(6, 'UTC'))",
}


def _wide_literal(writer: Generator, node: exp.Literal) -> str:
    """ClickHouse types 1 as UInt8, so that 0 and -1 have no common type with a 64-bit number."""
    text = Generator.literal_sql(writer, node)
    return text if node.is_string or isinstance(node.parent, _PLAIN_NUMBERS) else f"toInt64({text})"


def _wide_cast(writer: Generator, node: exp.Cast) -> str:
    """Decimals have 38 digits, because ClickHouse computes products in the width of its operands."""
    to = node.args["to"]
    if to.this == exp.DType.DECIMAL:
        kind = f"Nullable(Decimal(38, {to.expressions[1].name}))"
    else:
        kind = _CLICKHOUSE_TYPES[to.this]
    return f"CAST({writer.sql(node, 'this')} AS {kind})"


def _signed_count(writer: Generator, node: exp.Count) -> str:
    counted = Generator.function_fallback_sql(writer, node)
    return counted if isinstance(node.parent, exp.Window) else f"toInt64({counted})"


def _signed_window(writer: Generator, node: exp.Window) -> str:
    text = ClickHouseGenerator.window_sql(writer, node)
    unsigned = isinstance(node.this, (exp.Count, exp.RowNumber, exp.Rank, exp.DenseRank))
    return f"toInt64({text})" if unsigned else text


def _call(name: str) -> _Said:
    def said(writer: Generator, node: exp.Expression) -> str:
        return writer.func(name, node.this, *([node.expression] if node.args.get("expression") else []))

    return said


def _absolute(writer: Generator, node: exp.Abs) -> str:
    text = writer.sql(node, "this")
    return f"(CASE WHEN {text} < 0 THEN -({text}) ELSE {text} END)"


def _neighbour(name: str) -> _Said:
    """ClickHouse answers 0 or '' beyond the edge unless the value may be NULL."""

    def said(writer: Generator, node: exp.Lag | exp.Lead) -> str:
        arguments = [writer.sql(node, part) for part in ("offset", "default") if node.args.get(part)]
        return writer.func(name, f"toNullable({writer.sql(node, 'this')})", *arguments)

    return said


class _ClickHouse(ClickHouseGenerator):
    TRANSFORMS = {  # noqa: RUF012
        **ClickHouseGenerator.TRANSFORMS,
        exp.Abs: _absolute,
        exp.Anonymous: _portable(Dialect.CLICKHOUSE),
        exp.Cast: _wide_cast,
        exp.Count: _signed_count,
        exp.Div: _divided("Nullable(Float64)"),
        exp.IntDiv: _call("intDiv"),
        exp.Lag: _neighbour("lag"),
        exp.Lead: _neighbour("lead"),
        exp.Literal: _wide_literal,
        # Of no rows, the plain ones answer 0 or the year 1970 instead of NULL.
        exp.Max: _call("maxOrNull"),
        exp.Min: _call("minOrNull"),
        exp.Ordered: _ordered,
        exp.Window: _signed_window,
    }


_GENERATORS: dict[Dialect, tuple[type[Generator], str]] = {
    Dialect.DUCKDB: (_DuckDB, "duckdb"),
    Dialect.SPARK: (_Spark, "spark"),
    Dialect.CLICKHOUSE: (_ClickHouse, "clickhouse"),
    Dialect.POSTGRESQL: (_PostgreSQL, "postgres"),
}
