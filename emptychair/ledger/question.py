"""A ledger question: SQL in the portable subset, with its parameters bound and its sources folded in."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from hashlib import sha256

from sqlglot import exp

from emptychair.ledger.literal import literal
from emptychair.ledger.subset import TABLES, OutsideSubsetError, checked

Parameter = datetime | date | int | Decimal | str | bool | Sequence[str] | Sequence[int]


@dataclass(frozen=True, slots=True)
class Part:
    """One SELECT of a question, known by a key made of its text, parameters and sources."""

    key: str
    query: exp.Query = field(compare=False, repr=False)

    @property
    def name(self) -> str:
        """What it is called as a CTE: the same wherever it is used, and no other's name."""
        return f"q_{self.key[:16]}"


@dataclass(frozen=True, slots=True)
class Question:
    """One question about the ledger, ready for any engine: its body, and the parts that the body reads.

    Its trees are shared with other questions and with a cache: never change them.
    """

    body: Part
    parts: tuple[Part, ...] = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class _Asked:
    """The arguments of `question`, compared by their key."""

    key: str
    sql: str = field(compare=False)
    sources: Mapping[str, Question] = field(compare=False)
    parameters: Mapping[str, Parameter] = field(compare=False)


def question(sql: str, sources: Mapping[str, Question] | None = None, /, **parameters: Parameter) -> Question:
    """A question: `sql` with its `:name` placeholders as typed literals and its named `sources` as CTEs.

    Raises OutsideSubsetError, naming the construct, for SQL that engines answer differently. A sum of no
    rows is 0. A date means the midnight at which it begins. Nothing is in an empty sequence. A source that is
    used twice, at any depth, is one CTE; two different ones never share a name.
    """
    named = sources or {}
    told = [(name, type(value).__name__, repr(value)) for name, value in sorted(parameters.items())]
    made_of = (sql, [(name, source.body.key) for name, source in named.items()], told)
    key = sha256(repr(made_of).encode()).hexdigest()
    return _made(_Asked(key, sql, named, parameters))


@lru_cache(maxsize=4096)
def _made(asked: _Asked) -> Question:
    """The question; a page asks the same ones again and again, and composing one costs milliseconds."""
    tree = _bound(checked(asked.sql).copy(), asked.parameters)
    return _composed(asked, _with_names(_with_sums_of_nothing(tree)))


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


def _composed(asked: _Asked, tree: exp.Query) -> Question:
    """The body without its CTEs, every table of it that is a source or a CTE called by its part's name."""
    own = _split(tree)
    used = {table.name for query in (tree, *own.values()) for table in query.find_all(exp.Table)}
    _refuse_names(asked.sources.keys(), own.keys(), used)
    parts: dict[str, Part] = {}
    called: dict[str, str] = {}
    for name, source in asked.sources.items():
        parts |= {part.key: part for part in (*source.parts, source.body)}
        called[name] = source.body.name
    for name, query in own.items():
        _rename(query, called)
        part = Part(sha256(f"{asked.key} {name}".encode()).hexdigest(), query)
        parts[part.key] = part
        called[name] = part.name
    _rename(tree, called)
    return Question(Part(asked.key, tree), tuple(parts.values()))


def _refuse_names(sources: Set[str], own: Set[str], used: Set[str]) -> None:
    twice = (sources & own) | (TABLES & (sources | own))
    if twice:
        raise OutsideSubsetError(f"the name {min(twice)} is used twice")
    if sources - used:
        raise OutsideSubsetError(f"the source {min(sources - used)} is not used")


def _split(tree: exp.Query) -> dict[str, exp.Query]:
    """The CTEs of the tree by name, in order, taken out of it."""
    clause = tree.args.get("with_")
    if clause is None:
        return {}
    tree.set("with_", None)
    return {cte.alias: cte.this for cte in clause.expressions}


def _rename(query: exp.Query, called: Mapping[str, str]) -> None:
    for table in query.find_all(exp.Table):
        if table.name in called:
            if not table.alias:
                table.set("alias", exp.TableAlias(this=exp.to_identifier(table.name)))
            table.set("this", exp.to_identifier(called[table.name]))
        elif table.name not in TABLES:
            known = ", ".join(sorted(TABLES))
            raise OutsideSubsetError(f"unknown table {table.name}; tables are {known} and the sources")
