"""Numbers as a person reads them in a terminal: value, interval, n, and who is missing."""

import re
from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table

from emptychair.domain.metric import Metric
from emptychair.domain.signal import Audience

TITLES = {
    ("retention_rate", "customer"): "Customer retention rate",
    ("retention_rate", "employee"): "Employee retention rate",
    ("retention_rate_net", "customer"): "  as (E - N) / S",
    ("retention_rate_net", "employee"): "  as (E - N) / S",
    ("nps", "customer"): "Net promoter score",
    ("enps", "employee"): "Employee net promoter score",
}
AGE = re.compile(r"survival_(\d+)m")


def print_metrics(console: Console, metrics: Sequence[Metric]) -> None:
    """One table per audience and segment, then who is missing and the definitions, each said once."""
    groups: dict[tuple[str, tuple[str, str] | None], list[Metric]] = {}
    for metric in metrics:
        groups.setdefault((metric.audience, metric.segment), []).append(metric)
    for (audience, segment), members in groups.items():
        console.print(_table(audience, segment, members))
    _print_notes(console, metrics)


def value_text(metric: Metric) -> str:
    """The value with its unit, or that there is not enough data."""
    return "not enough data" if metric.value is None else _amount(metric.value, metric.unit)


def interval_text(metric: Metric) -> str:
    """The 95 % interval in the unit of the value; the reason when there is none."""
    if metric.low is None or metric.high is None:
        return metric.reason or ""
    return f"{_amount(metric.low, metric.unit)} to {_amount(metric.high, metric.unit)}"


def title(metric: Metric) -> str:
    """What people call this number."""
    known = TITLES.get((metric.name, metric.audience))
    if known:
        return known
    months = AGE.match(metric.name)
    if months:
        return f"Still here after {months[1]} month{'' if months[1] == '1' else 's'}"
    return (
        metric.name.replace("_", " ").upper()
        if len(metric.name) <= 4
        else metric.name.replace("_", " ").capitalize()
    )


def _amount(value: float, unit: str) -> str:
    if unit == "share":
        return f"{value * 100:.1f} %"
    if unit == "points":
        return f"{value:+.1f}"
    return f"{value:.2f}"


def _table(audience: str, segment: tuple[str, str] | None, metrics: Sequence[Metric]) -> Table:
    heading = f"{audience.capitalize()}s" + (f", {segment[0]}: {segment[1]}" if segment else "")
    table = Table(
        title=heading, title_justify="left", title_style="bold", header_style="dim", box=None, pad_edge=False
    )
    for column, side in (
        ("", "left"),
        ("value", "right"),
        ("95 % interval", "left"),
        ("n", "right"),
        ("period", "left"),
    ):
        table.add_column(column, justify="right" if side == "right" else "left", overflow="fold")
    for metric in metrics:
        span = f"{metric.period.start:%Y-%m-%d} to {metric.period.end:%Y-%m-%d}"
        table.add_row(title(metric), value_text(metric), interval_text(metric), f"{metric.n:,}", span)
    return table


def _print_notes(console: Console, metrics: Sequence[Metric]) -> None:
    everybody = [metric for metric in metrics if metric.segment is None]
    absent = _told_once(
        (metric, f"{missing.count:,} {missing.why}") for metric in everybody for missing in metric.missing
    )
    definitions = _told_once((metric, metric.definition) for metric in everybody)
    for heading, lines in (("Who is missing", absent), ("How each number is defined", definitions)):
        if lines:
            console.print(f"\n[bold]{heading}[/]")
            for text, names in lines.items():
                console.print(f"  {', '.join(names)}: {text}", markup=False, highlight=False)


def _told_once(notes: Iterable[tuple[Metric, str]]) -> dict[str, list[str]]:
    """Each text with the names of the numbers it is about; the ages of one survival curve are one number."""
    found: dict[str, dict[str, None]] = {}
    for metric, text in notes:
        months = AGE.match(metric.name)
        if months:
            text = re.sub(rf"\b{months[1]} months?\b", "so many months", text)
        name = "Still here" if months else title(metric).strip()
        if metric.audience == Audience.EMPLOYEE and "mployee" not in name:
            name += " (employees)"
        found.setdefault(text, {})[name] = None
    return {text: list(names) for text, names in found.items()}
