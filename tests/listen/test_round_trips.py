"""Whatever table is written in whatever dialect, the same signals come back and the books balance."""

import csv
import gzip
import io
import json
from collections import Counter
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from emptychair.ledger.ledger import Ledger
from tests.listen.conftest import Door, at
from tests.listen.workbooks import workbook

NAMES = ["customer_id", "order_date", "total", "note"]
LETTERS = st.characters(
    codec="utf-8", exclude_categories=("Cc", "Cs", "Cn", "Co"), exclude_characters="\ufeff"
)
WORDS = st.text(LETTERS, max_size=20).map(lambda text: " ".join(text.split()))
PEOPLE = st.sampled_from(["k1", "k2", "Zoë", "ß 7", "; drop", '"q"', ""])
AMOUNTS = st.integers(-(10**9), 10**9).map(lambda cents: Decimal(cents) / 100)
MOMENTS = st.integers(0, 86_400 * 9_000).map(lambda s: at(2001, 1, 1) + timedelta(seconds=s))
ROWS = st.lists(st.tuples(PEOPLE, MOMENTS, AMOUNTS, WORDS), min_size=1, max_size=25)
FORMS = st.sampled_from([",", ";", "\t", "|", "json", "parquet", "xlsx"])


def written(rows: list[list[str]], form: str, quoting: int) -> bytes:
    """The rows in one form."""
    if form == "json":
        return "".join(json.dumps(dict(zip(NAMES, row, strict=True))) + "\n" for row in rows).encode()
    if form == "xlsx":
        return workbook([NAMES, *rows])
    if form == "parquet":
        out = io.BytesIO()
        pq.write_table(
            pa.table({name: [row[i] or None for row in rows] for i, name in enumerate(NAMES)}), out
        )
        return out.getvalue()
    text = io.StringIO()
    writer = csv.writer(text, delimiter=form, quoting=quoting, lineterminator="\n")  # type: ignore[arg-type]
    writer.writerows([NAMES, *rows])
    return text.getvalue().encode()


@settings(
    max_examples=30,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(
    rows=ROWS,
    form=FORMS,
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    packed=st.booleans(),
    broken=st.lists(st.integers(0, 24), max_size=3),
)
def test_what_is_written_comes_back(
    rows: list[tuple[str, datetime, Decimal, str]], form: str, quoting: int, packed: bool, broken: list[int]
) -> None:
    wrong = {place for place in broken if place < len(rows)}
    table = [
        [person, "never" if place in wrong else f"{at:%Y-%m-%d %H:%M:%S}", str(amount), note]
        for place, (person, at, amount, note) in enumerate(rows)
    ]
    content = written(table, form, quoting)
    maps = ["person=customer_id", "time=order_date:iso", "amount=total:point", "header=yes"]
    if len(form) == 1:
        maps.append(f"delimiter={form}")
    with TemporaryDirectory() as folder:
        ledger = Ledger.open(Path(folder))
        door = Door(Path(folder), ledger)
        path = door.write(gzip.compress(content) if packed else content, "rows")
        first, second = door.take(path, *maps), door.take(path, *maps)
        found = door.rows("person, occurred_at, value, properties::json->>'note'")
        ledger.close()
    sound = [row for place, row in enumerate(rows) if place not in wrong]
    assert (first.read, first.stored, first.parked) == (len(rows), len(sound), len(wrong))
    assert (second.stored, second.duplicate, second.parked) == (0, len(sound), len(wrong))
    assert first.parked_rows.column("row").to_pylist() == sorted(place + 1 for place in wrong)
    expected = Counter((person or None, at, amount, note or None) for person, at, amount, note in sound)
    assert Counter(found) == expected
