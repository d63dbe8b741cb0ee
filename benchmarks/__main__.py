"""Run the named benchmarks, or all of them, and print one table: `python -m benchmarks [name ...]`."""

import importlib
import pkgutil
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks import Ratio, Sense

ASKS = {Sense.TIMES_FASTER: "≥ {:g}x faster", Sense.AT_MOST: "≤ {:g}x", Sense.AT_LEAST: "≥ {:g}x"}


def names() -> list[str]:
    """Every module beside this file that offers `main() -> list[Ratio]`."""
    found = (module.name for module in pkgutil.iter_modules([str(Path(__file__).parent)]))
    return sorted(name for name in found if not name.startswith("_"))


def table(ratios: Sequence[Ratio]) -> Table:
    """One row per ratio."""
    drawn = Table("benchmark", "peer", title="Speed against peers, in one run")
    for heading in ("ours", "peer's", "ratio", "bar", ""):
        drawn.add_column(heading, justify="right")
    for ratio in ratios:
        drawn.add_row(
            ratio.name,
            ratio.peer_name,
            f"{ratio.ours:,.4g} {ratio.unit}",
            f"{ratio.peer:,.4g} {ratio.unit}",
            f"{ratio.value:.2f}",
            ASKS[ratio.sense].format(ratio.bar),
            "[green]pass[/]" if ratio.is_met else "[bold red]fail[/]",
        )
    return drawn


def main(asked: Sequence[str]) -> int:
    """0 when every bar is met, 1 when one is not, 2 when a name is unknown."""
    known = names()
    if unknown := [name for name in asked if name not in known]:
        print(f"no benchmark named {', '.join(unknown)}; there are: {', '.join(known)}", file=sys.stderr)
        return 2
    ratios: list[Ratio] = []
    for name in asked or known:
        print(f"{name} ...", file=sys.stderr, flush=True)
        ratios += importlib.import_module(f"benchmarks.{name}").main()
    Console(width=None if sys.stdout.isatty() else 140).print(table(ratios))
    return 0 if all(ratio.is_met for ratio in ratios) else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
