"""The plan of an import as a page shows it, and as a form states another one."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from emptychair.desk.imports import Import
from emptychair.domain.signal import Audience
from emptychair.listen.imports.asking import SNAPSHOT
from emptychair.listen.imports.dates import Order
from emptychair.listen.imports.fields import EXTRA, FIELDS
from emptychair.listen.imports.plan import FieldPlan, Plan, Scale, Shape, Unit
from emptychair.listen.imports.preview import Preview, preview
from emptychair.listen.imports.problem import ImportRefused
from emptychair.listen.imports.reading import Reading
from emptychair.listen.imports.stated import Stated, from_json, from_texts, read_as
from emptychair.listen.imports.styles import DATES, NUMBERS
from emptychair.web.fields import Fields
from emptychair.web.parts import Parts
from emptychair.web.readings import Readings

ABOUT_FILE = ("sheet", "encoding", "delimiter", "header")
RAW_ROWS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketch:
    """What is kept of a plan once its reading is closed; `shape` is empty when none fits."""

    shape: str
    audience: Audience
    questions: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One field: the column it comes from (empty: none), how its values are written, and why."""

    field: str
    column: str
    constant: str
    style: str
    styles: tuple[tuple[str, str], ...]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """Everything on the page of a plan; `error` stands alone when the file cannot be read as stated."""

    error: str | None = None
    shapes: tuple[str, ...] = tuple(Shape)
    shape: str = ""
    audience: str = ""
    as_of: str = ""
    facts: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    questions: tuple[tuple[str, str], ...] = ()
    choices: tuple[Choice, ...] = ()
    columns: tuple[tuple[str, str], ...] = ()
    kept: tuple[str, ...] = ()
    about_file: Mapping[str, str] = field(default_factory=dict)
    raw: Sequence[Sequence[str | None]] = ()
    preview: Preview | None = None

    def as_data(self) -> dict[str, Any]:
        """The plan and the preview for programs."""
        names = (
            "shape",
            "audience",
            "as_of",
            "facts",
            "reasons",
            "warnings",
            "choices",
            "kept",
            "error",
            "preview",
        )
        plan = {name: getattr(self, name) for name in names}
        return {
            "plan": plan | {"questions": [{"field": name, "question": text} for name, text in self.questions]}
        }


def path_of(home: Path, one: Import) -> Path:
    """Where the file of an import lies."""
    return home / "imports" / one.id / str(one.plan.get("file", "file"))


def first_look(path: Path, name: str, stated: Stated) -> Sketch:
    """The plan of a file that has just arrived. Raises ImportRefused when it is no table."""
    reading = read_as(path, name, path.parent / "parts", stated)
    try:
        return _sketch(stated.plan(reading))
    finally:
        reading.close()


def sketch(parts: Parts, one: Import, stated: Stated) -> Sketch:
    """The plan of an import as stated. Raises ImportRefused for what does not exist in its file."""
    with parts.readings.of(one.id, path_of(parts.home, one), one.file_name, stated) as reading:
        return _sketch(stated.plan(reading))


def _sketch(plan: Plan) -> Sketch:
    questions = tuple(problem.question for problem in plan.problems)
    return Sketch(shape=plan.shape or "", audience=plan.audience, questions=questions)


def shown(parts: Parts, one: Import) -> Shown:
    """The page of an import that has not been started."""
    stated = from_json(one.plan)
    about_file = {name: stated.mapping.get(name, "") for name in ABOUT_FILE}
    try:
        with parts.readings.of(one.id, path_of(parts.home, one), one.file_name, stated) as reading:
            plan = stated.plan(reading)
            seen = preview(plan, now=parts.clock(), rows=RAW_ROWS) if plan.is_ready else None
            return replace(_shown(plan, reading, stated), about_file=about_file, preview=seen)
    except ImportRefused as refusal:
        return Shown(error=str(refusal), about_file=about_file, shape=stated.shape or "")


def _shown(plan: Plan, reading: Reading, stated: Stated) -> Shown:
    names = _names(plan.shape) if plan.shape else ()
    raw = reading.sample.slice(0, RAW_ROWS)
    return Shown(
        shape=plan.shape or "",
        audience=plan.audience.value,
        as_of=plan.as_of.isoformat() if plan.as_of else "",
        facts=(_format(reading), *reading.notes),
        reasons=plan.reasons,
        warnings=tuple(_for_a_page(text) for text in plan.warnings),
        questions=tuple((problem.field, _for_a_page(problem.question)) for problem in plan.problems),
        choices=tuple(_choice(name, plan.fields.get(name), stated) for name in names),
        columns=tuple((column.name, column.evidence) for column in reading.columns),
        kept=tuple(column.name for column in plan.kept),
        raw=tuple(zip(*(column.to_pylist() for column in raw.columns), strict=True)),
    )


def _names(shape: Shape) -> tuple[str, ...]:
    """The fields of a shape; only a snapshot was drawn on some day."""
    extra = tuple(name for name in EXTRA if name != "as_of" or shape in SNAPSHOT)
    return (*FIELDS[shape], *extra)


def _for_a_page(text: str) -> str:
    """The sentences that are not about the command line: here the selects say the same."""
    return " ".join(part for part in re.split(r"(?<=[.!?]) ", text) if "--" not in part)


def _format(reading: Reading) -> str:
    found = [str(reading.container), "" if str(reading.compression) == "none" else str(reading.compression)]
    if reading.encoding is not None:
        found.append(reading.encoding.name)
    if reading.dialect is not None:
        found.append(f"separated by {_sign(reading.dialect.delimiter)}")
    if reading.sheet is not None:
        found.append(f"sheet {reading.sheet}")
    return f"{', '.join(part for part in found if part)}; {len(reading.columns)} columns."


def _sign(delimiter: str) -> str:
    return {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars", " ": "blanks"}.get(
        delimiter, repr(delimiter)
    )


def _choice(name: str, plan: FieldPlan | None, stated: Stated) -> Choice:
    said = stated.mapping.get(name, "")
    column = plan.column.name if plan and plan.column else ""
    style = said.removeprefix(f"{column}:") if column and said.startswith(f"{column}:") else ""
    return Choice(
        field=name,
        column=column,
        constant=plan.constant or "" if plan else "",
        style=style,
        styles=_styles(name, plan),
        reason=plan.reason if plan else "",
    )


def _styles(name: str, plan: FieldPlan | None) -> tuple[tuple[str, str], ...]:
    """The ways in which the values of a field may be written, by the word that states each; none for text."""
    if plan is None or plan.column is None or name not in DATES | NUMBERS:
        return ()
    found = ("", f"as found: {plan.written}" if plan.written else "as found")
    if name in DATES:
        orders = (
            Order.ISO,
            Order.YMD,
            Order.DMY,
            Order.MDY,
            Order.COMPACT,
            Order.EPOCH,
            Order.EPOCH_MS,
            Order.EXCEL,
        )
        return (found, *((order.value, order.value) for order in orders))
    words: tuple[str, ...] = ("point", "comma")
    words += tuple(Unit) if name == "tenure" else tuple(Scale) if name == "score" else ()
    return (found, *((word, word) for word in words))


def stated_by(fields: Fields, readings: Readings, one: Import, path: Path) -> Stated:
    """What a form or a program states: what it leaves as proposed stays proposed, with its reason.

    Programs send `map.FIELD` as `--map` takes it; the page sends `column.FIELD`, `style.FIELD` and
    `constant.FIELD`.
    """
    kept = from_json(one.plan)
    mapping = {name: value for name, value in fields.under("map").items() if value or name not in ABOUT_FILE}
    if not fields.under("column"):
        mapping = {**kept.mapping, **mapping}
    base = from_texts(
        shape=fields.text("shape", kept.shape or ""),
        audience=fields.text("audience", kept.audience or ""),
        as_of=fields.text("as_of", kept.as_of.isoformat() if kept.as_of else ""),
        mapping=mapping,
    )
    if base.shape != (kept.shape or one.shape or None):
        return replace(base, audience=None if "audience" not in fields.values else base.audience)
    columns = fields.under("column")
    if not columns:
        return base
    with readings.of(one.id, path, one.file_name, base) as reading:
        proposed = base.plan(reading).fields
    return replace(base, mapping=mapping | _differences(columns, fields, proposed))


def _differences(
    columns: Mapping[str, str], fields: Fields, proposed: Mapping[str, FieldPlan]
) -> dict[str, str]:
    styles, constants = fields.under("style"), fields.under("constant")
    found = {}
    for name, column in columns.items():
        style, constant = styles.get(name, ""), constants.get(name, "")
        plan = proposed.get(name)
        before = plan.column.name if plan and plan.column else ""
        if constant and not column:
            found[name] = f"={constant}"
        elif column != before or style:
            found[name] = f"{column}:{style}" if style and column else column
    return found
