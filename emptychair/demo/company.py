"""Make the demo company in a ledger."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from emptychair.demo.systems import SYSTEMS, system_signals
from emptychair.demo.truths import TRUTHS, Truths
from emptychair.demo.world import World, world
from emptychair.ledger.ledger import Ledger
from emptychair.ledger.question import question

EMPLOYEES = 400


class AnotherCompanyError(Exception):
    """The ledger already holds a demo company that was made from other numbers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Generated:
    """What was made: `stored` signals are new, `duplicate` ones were there before."""

    people: int
    employees: int
    stored: int
    duplicate: int


def generate(
    ledger: Ledger,
    *,
    people: int,
    employees: int = EMPLOYEES,
    seed: int,
    until: date,
    progress: Callable[[float, str], None] | None = None,
    truths: Truths = TRUTHS,
) -> Generated:
    """Fill the ledger with the company as it was in the 24 months before `until`; a second time adds nothing.

    `progress` hears the share done (0..1) and what is being made. Other `truths`: for measuring. O(people).
    """
    tell = progress or _silent
    tell(0.0, "Living 24 months")
    made = world(people=people, employees=employees, seed=seed, until=until, truths=truths)
    _refuse_another(ledger, made)
    stored = duplicate = 0
    for number, source in enumerate(SYSTEMS):
        tell((number + 0.5) / (len(SYSTEMS) + 0.5), f"Writing {source.removeprefix('demo:')}")
        with ledger.staging(source) as staging:
            staging.register("made", system_signals(made, source))
            admitted = staging.admit("made")
        stored, duplicate = stored + admitted.stored, duplicate + admitted.duplicate
    tell(1.0, "Done")
    return Generated(people=people, employees=employees, stored=stored, duplicate=duplicate)


def _silent(share: float, what: str) -> None:
    """Nobody listens."""


def _refuse_another(ledger: Ledger, made: World) -> None:
    """Two companies in one ledger would share their customers' ids and spoil every planted truth."""
    known = ledger.ask(
        question(
            "select min(id) as first_id, max(id) as last_id from signals where source in (:sources)",
            sources=list(SYSTEMS),
        )
    ).to_pylist()[0]
    ids = [text for text in known.values() if text]
    if any(not text.startswith(f"{made.key}-") for text in ids):
        raise AnotherCompanyError(
            "this folder already holds a demo company of other people, seed or month; "
            "choose another --home, or delete the folder to begin again"
        )
