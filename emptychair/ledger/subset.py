"""The portable subset of SQL that questions are written in, and the refusal of everything outside it."""

import re
from collections.abc import Callable
from functools import lru_cache

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from emptychair.ledger.portable import FUNCTIONS

TABLES: frozenset[str] = frozenset({"signals", "person_cards", "memberships", "readings", "mentions"})


class OutsideSubsetError(ValueError):
    """The question uses a construct that not every engine answers alike; the message names it."""


_CLAUSES: tuple[type[exp.Expr], ...] = (
    exp.Select, exp.Union, exp.With, exp.CTE, exp.From, exp.Join, exp.Where, exp.Group, exp.Having,
    exp.Order, exp.Ordered, exp.Limit, exp.Offset, exp.Subquery, exp.Table, exp.TableAlias,
    exp.Distinct,
)  # fmt: skip
_VALUES: tuple[type[exp.Expr], ...] = (
    exp.Column, exp.Identifier, exp.Alias, exp.Star, exp.Literal, exp.Boolean, exp.Null,
    exp.Placeholder, exp.Paren, exp.Cast, exp.DataType, exp.DataTypeParam, exp.Case, exp.If, exp.And,
    exp.Or, exp.Not, exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Is, exp.In, exp.Between,
    exp.NullSafeEQ, exp.NullSafeNEQ, exp.Add, exp.Sub, exp.Mul, exp.Div, exp.IntDiv, exp.Mod, exp.Neg,
    exp.DPipe,
)  # fmt: skip
_CALLS: tuple[type[exp.Expr], ...] = (
    exp.Coalesce, exp.Nullif, exp.Least, exp.Greatest, exp.Abs, exp.Floor, exp.Ceil, exp.Sum, exp.Count,
    exp.Min, exp.Max, exp.Window, exp.WindowSpec, exp.RowNumber, exp.Rank, exp.DenseRank, exp.Lag,
    exp.Lead,
)  # fmt: skip
_OVER = (exp.Sum, exp.Count, exp.Min, exp.Max, exp.RowNumber, exp.Rank, exp.DenseRank, exp.Lag, exp.Lead)
ALLOWED: frozenset[type[exp.Expr]] = frozenset(_CLAUSES + _VALUES + _CALLS)
_NAME = re.compile(r"[a-z_][a-z0-9_]{0,59}")
# DuckDB 2.0 refuses both as bare names.
_REFUSED_NAMES = frozenset({"at", "week"})


@lru_cache(maxsize=512)
def checked(sql: str) -> exp.Query:
    """The parsed text when every node of it is in the subset; shared, so copy before changing."""
    try:
        trees = sqlglot.parse(sql, read="duckdb")
    except SqlglotError as error:
        raise OutsideSubsetError(f"not SQL: {error}") from error
    if len(trees) != 1 or not isinstance(trees[0], exp.Query):
        raise OutsideSubsetError("a question is one SELECT")
    tree = trees[0]
    # The parser knows this function of ours by its own name and would write another engine's text for it.
    for call in list(tree.find_all(exp.AddMonths)):
        call.replace(exp.Anonymous(this="add_months", expressions=[call.this, call.expression]))
    for node in tree.walk():
        _check(node)
    return tree


def _check(node: exp.Expr) -> None:
    if isinstance(node, exp.Anonymous):
        _check_portable(node)
    elif type(node) not in ALLOWED:
        raise _refusal(node, f"{_word(node)} is not in the portable subset")
    rule = _RULES.get(type(node))
    if rule is not None and (why := rule(node)) is not None:
        raise _refusal(node, why)


def _refusal(node: exp.Expr, why: str) -> OutsideSubsetError:
    return OutsideSubsetError(f"{why}: {node.sql(dialect='duckdb')[:120]}")


def _word(node: exp.Expr) -> str:
    return node.sql_name() if isinstance(node, exp.Func) else type(node).__name__.upper()


def _check_portable(node: exp.Anonymous) -> None:
    name = str(node.name).lower()
    function = FUNCTIONS.get(name)
    if function is None:
        raise _refusal(node, f"{name}() is not in the portable subset")
    if len(node.expressions) != function.takes:
        raise _refusal(node, f"{name}() takes {function.takes} arguments")
    if name == "percentile" and not isinstance(node.expressions[1], exp.Literal):
        raise _refusal(node, "the share of percentile() is a literal number")


def _literal(node: exp.Expr) -> str | None:
    share = isinstance(node.parent, exp.Anonymous) and node.parent.name == "percentile"
    if node.is_string or node.is_int or share:
        return None
    return "a bare float literal differs between engines; pass a Decimal parameter"


def _identifier(node: exp.Expr) -> str | None:
    if node.name in _REFUSED_NAMES:
        return f"the name {node.name} is refused by DuckDB 2.0"
    return None if _NAME.fullmatch(node.name) else "names are lower-case letters, digits and underscores"


def _divisor(node: exp.Expr) -> str | None:
    divisor = node.expression.unnest()
    if isinstance(divisor, exp.Nullif) or (divisor.is_int and int(divisor.name) != 0):
        return None
    return "an unguarded division is infinite on one engine and an error on another; write nullif(divisor, 0)"


def _cast(node: exp.Expr) -> str | None:
    kind, operand = node.args["to"].this, node.this.unnest()
    if isinstance(operand, exp.Null) and kind in _CASTS:
        return None
    if kind == exp.DType.BIGINT:
        whole = isinstance(operand, (exp.Floor, exp.Ceil, exp.Sum, exp.Count, exp.Neg)) or operand.is_int
        return None if whole else "a cast to an integer rounds differently; write cast(floor(...) as bigint)"
    if kind == exp.DType.DECIMAL:
        return _decimal_cast(node, operand)
    if kind == exp.DType.TIMESTAMPNTZ:
        return None if operand.is_string else "only a literal is cast to a timestamp"
    if kind == exp.DType.DOUBLE:
        return None
    return f"a cast to {node.args['to'].sql(dialect='duckdb')} is not in the portable subset"


_CASTS = (exp.DType.BIGINT, exp.DType.DECIMAL, exp.DType.TIMESTAMPNTZ, exp.DType.DOUBLE, exp.DType.TEXT)


def _decimal_cast(node: exp.Expr, operand: exp.Expr) -> str | None:
    scale = node.args["to"].expressions
    if len(scale) != 2 or int(scale[1].name) < (8 if operand.find(exp.Mul) else 4):
        return "a cast that drops decimals rounds differently; keep 4 places, 8 after a product"
    return "a quotient is a double and rounds differently as a decimal" if operand.find(exp.Div) else None


def _sum(node: exp.Expr) -> str | None:
    if any(isinstance(part, exp.Div) or _is_double(part) for part in node.this.walk()):
        return "a sum of doubles differs with the order of rows; sum decimals or integers, then divide"
    return "sum(distinct) is not in the portable subset" if isinstance(node.this, exp.Distinct) else None


def _is_double(node: exp.Expr) -> bool:
    return isinstance(node, exp.Cast) and node.args["to"].this == exp.DType.DOUBLE


def _count(node: exp.Expr) -> str | None:
    several = isinstance(node.this, exp.Distinct) and len(node.this.expressions) != 1
    return "count takes one argument" if several or node.args.get("expressions") else None


def _group(node: exp.Expr) -> str | None:
    extras = [name for name in ("all", "cube", "rollup", "grouping_sets", "totals") if node.args.get(name)]
    return f"GROUP BY {extras[0].upper()} is not in the portable subset" if extras else None


def _join(node: exp.Expr) -> str | None:
    side, kind, method = (node.args.get(name, "") for name in ("side", "kind", "method"))
    if side not in ("", "LEFT") or kind not in ("", "INNER", "OUTER", "CROSS") or method:
        return "joins are INNER, LEFT or CROSS"
    comma = not (node.args.get("on") or node.args.get("using") or kind == "CROSS")
    return "a join says ON, USING or CROSS" if comma else None


def _star(node: exp.Expr) -> str | None:
    return None if isinstance(node.parent, exp.Count) else "columns are named, * is only for count(*)"


def _in(node: exp.Expr) -> str | None:
    if any(isinstance(item, exp.Null) for item in node.expressions):
        return "NULL in a list is unknown on one engine and absent on another; write OR ... IS NULL"
    parent = node.parent.parent if isinstance(node.parent, exp.Paren) else node.parent
    negated = isinstance(parent, exp.Not) and node.args.get("query") is not None
    return "NOT IN (SELECT ...) differs with NULL; use a LEFT JOIN ... IS NULL" if negated else None


def _select(node: exp.Expr) -> str | None:
    clauses = ("qualify", "windows", "laterals", "sample", "kind", "into")
    extra = [name for name in clauses if node.args.get(name)]
    if extra:
        return f"{extra[0].upper()} is not in the portable subset"
    distinct = node.args.get("distinct")
    if distinct is not None and distinct.args.get("on"):
        return "DISTINCT ON is not in the portable subset; use row_number()"
    if node.args.get("with_") and node.parent is not None:
        return "WITH stands only at the top of a question"
    unordered = node.args.get("limit") and not node.args.get("order")
    return "LIMIT without ORDER BY is any rows" if unordered else None


def _window(node: exp.Expr) -> str | None:
    known = isinstance(node.this, _OVER)
    return None if known and not node.args.get("alias") else f"{_word(node.this)} OVER is not in the subset"


def _with(node: exp.Expr) -> str | None:
    return "WITH RECURSIVE is not in the portable subset" if node.args.get("recursive") else None


def _table(node: exp.Expr) -> str | None:
    if node.args.get("db") or not isinstance(node.this, exp.Identifier):
        return "tables are signals, person_cards and the sources that were passed"
    return None


_RULES: dict[type[exp.Expr], Callable[[exp.Expr], str | None]] = {
    exp.Cast: _cast,
    exp.Count: _count,
    exp.Div: _divisor,
    exp.Group: _group,
    exp.Identifier: _identifier,
    exp.In: _in,
    exp.IntDiv: _divisor,
    exp.Join: _join,
    exp.Literal: _literal,
    exp.Mod: _divisor,
    exp.Select: _select,
    exp.Star: _star,
    exp.Sum: _sum,
    exp.Table: _table,
    exp.Window: _window,
    exp.With: _with,
}
