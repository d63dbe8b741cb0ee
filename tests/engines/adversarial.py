"""Signals made to be answered differently: ties, edges of time, text that looks alike, decimals, odd JSON."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path

import duckdb
import pyarrow as pa

from emptychair.ledger.known import NOTHING, Known
from emptychair.ledger.schema import COLUMNS, SIGNALS
from emptychair.ledger.words import MENTIONS, READINGS

# Of all these only equal bytes are the same person or name.
LOOK_ALIKES = ("Ada", "ada", "ADA", "Аda", "Ada ", " Ada", "A\u0301da", "Áda", "Ada\u200b", "A\u00addа")
TEXTS = (
    None,
    "",
    " ",
    "it's",
    'say "hi"',
    "back\\slash",
    "\\'",
    "\\n",
    "line\nbreak",
    "tab\there",
    "\r\n",
    "%",
    "_",
    "a%b",
    "emoji 😀👩‍👩‍👧",
    "שלום עולם",
    "مرحبا",
    "\u202eright to left",
    "straße",
    "STRASSE",
    "İstanbul",
    "ıI",
    "ﬁ",
    "Ǆ",
    "zażółć",
    "日本語",
    "NULL",
    "null",
    "\\N",
    "--",
    ";drop table signals",
    "$1",
    ":name",
    "{0}",
    "${x}",
    "a,b",
    "\x01",
    "𝔘𝔫𝔦",
    "é",
    "e\u0301",
    "\uffff",
    "\U0010ffff",
    "B",
    "a",
    "_x",
    "Z",
    "z",
    "ä",
    'O\'Brien \\ "x"',
)
INSTANTS = (
    "1969-12-31T23:59:59.999999",
    "1970-01-01T00:00:00",
    "1969-02-28T12:00:00",
    "1960-02-29T01:02:03.000004",
    "1999-12-31T23:59:59.999999",
    "2000-02-29T00:00:00",
    "2023-12-31T23:59:59.999999",
    "2024-01-01T00:00:00",
    "2024-01-29T10:00:00",
    "2024-01-30T10:00:00",
    "2024-01-31T10:00:00.000001",
    "2024-02-28T23:59:59.999999",
    "2024-02-29T00:00:00",
    "2024-02-29T10:00:00",
    "2024-02-29T10:00:00.000001",
    "2024-03-01T00:00:00",
    "2024-03-10T02:30:00",
    "2024-03-10T07:00:00",
    "2024-03-31T00:59:59.999999",
    "2024-03-31T01:00:00",
    "2024-03-31T01:30:00",
    "2024-03-31T02:30:00",
    "2024-04-30T10:00:00",
    "2024-10-27T00:30:00",
    "2024-10-27T01:00:00",
    "2024-10-27T01:30:00",
    "2024-11-03T05:59:59.999999",
    "2024-11-03T06:30:00",
    "2024-12-29T23:59:59.999999",
    "2024-12-30T00:00:00",
    "2024-12-31T23:59:59.999999",
    "2025-01-01T00:00:00",
    "2025-02-28T10:00:00",
    "2025-06-15T12:34:56.789012",
    "2099-12-31T23:59:59.999999",
    "2100-02-28T10:00:00",
    "2100-03-01T00:00:00",
)
VALUES = (
    None,
    "0.0000",
    "-0.0001",
    "0.0001",
    "0.1000",
    "0.2000",
    "0.3000",
    "2.5000",
    "-2.5000",
    "3.5000",
    "2.7000",
    "-2.7000",
    "19.9900",
    "-19.9900",
    "100.0000",
    "99999999999999.9999",
    "-99999999999999.9999",
    "12345678901.2345",
    "1.0050",
    "0.3333",
    "0.6667",
    "33.3300",
)
SCORES = (
    None,
    "0.0000",
    "1.0000",
    "5.0000",
    "6.0000",
    "7.0000",
    "8.0000",
    "9.0000",
    "10.0000",
    "8.5000",
    "-1.0000",
    "99999.9999",
)
PROPERTIES = (
    "{}",
    '{"plan":"gold"}',
    '{"plan":null}',
    '{"plan":""}',
    '{"plan":"it\'s \\"x\\" \\\\ \\u00e9\\ud83d\\ude00\\n"}',
    '{"plan":true}',
    '{"plan":false}',
    '{"plan":1}',
    '{"plan":-5}',
    '{"plan":1.10}',
    '{"plan":20.0}',
    '{"plan":0.1}',
    '{"plan":123456789.125}',
    '{"plan":1e5}',
    '{"plan":0.0001}',
    '{"plan":{"a":1, "b" : [2]}}',
    '{"plan":[1, 2]}',
    '{"plan":12345678901234567}',
    '{"Plan":"other"}',
    '{"a.b":"dot"}',
    '{"q\'t":"quote"}',
    '{"x":{"plan":"deep"}}',
    '{"a.b":1,"plan":"both","q\'t":"x"}',
    '{"plan":"first","plan":"second"}',
    '{ "plan" : "spaced" }',
    '{"plan":"שלום"}',
    '{"plan":"null"}',
    '{"plan":"1.10"}',
)
PROMOTED = {"plan": "p_plan", "a.b": "p_a_b", "q't": "p_q_t", "nobody": "p_nobody"}
KINDS = ("did", "said", "rated", "paid", "joined", "left", "told", "met")
PEOPLE = (None, "per_1", "per_2", "per_3", "per_4", "per_5", *LOOK_ALIKES, "", "o'neil\\", "😀")


def signals() -> pa.Table:
    """1,900 rows: every list cycled against the others in other steps, plus long lives."""
    rows = [_row(number) for number in range(1_400)]
    rows += [_life(number) for number in range(500)]
    return pa.Table.from_pylist(rows, SIGNALS)


@cache
def read() -> Known:
    """What was read in every fourth text: every tone and none, themes said twice and look-alikes."""
    told = [row["id"] for row in signals().to_pylist() if row["text"]][::4]
    tones = (None, "negative", "neutral", "positive", "unsure")
    readings = [
        {"signal": one, "language": (None, "en", "ar")[n % 3], "tone": tones[n % 5],
         "tone_score": _decimal((None, "-1.0000", "0.3333")[n % 3])}
        for n, one in enumerate(told)
    ]  # fmt: skip
    mentions = [
        {"signal": one, "place": place, "theme": ("thm_1", "it's \\", "Ada", "ada")[(n + place) % 4],
         "confidence": Decimal("0.9999") - n % 7}
        for n, one in enumerate(told) for place in range(n % 6)
    ]  # fmt: skip
    return replace(
        NOTHING,
        mark="read",
        readings=pa.Table.from_pylist(readings, READINGS),
        mentions=pa.Table.from_pylist(mentions, MENTIONS),
    )


def _row(number: int) -> dict[str, object]:
    occurred = datetime.fromisoformat(INSTANTS[(number * 7) % len(INSTANTS)])
    kind = KINDS[(number // 3) % len(KINDS)]
    return {
        "id": f"sig_{number:05d}",
        "audience": "employee" if number % 3 == 0 else "customer",
        "person": PEOPLE[(number * 5) % len(PEOPLE)],
        "kind": kind,
        "name": _asked(number) if kind == "rated" else TEXTS[number % len(TEXTS)] or "none",
        "channel": LOOK_ALIKES[number % len(LOOK_ALIKES)],
        "source": f"imp_{number % 2}",
        "occurred_at": occurred,
        "received_at": occurred + timedelta(microseconds=number % 4),
        "text": TEXTS[(number * 11) % len(TEXTS)],
        "score": _decimal(SCORES[(number * 5) % len(SCORES)]),
        "value": _decimal(VALUES[(number * 13) % len(VALUES)]),
        "currency": ("EUR", "USD", None)[number % 3],
        "properties": PROPERTIES[number % len(PROPERTIES)],
    }


def _asked(number: int) -> str:
    return ("nps", "enps", "csat", "ces", "stars", "NPS", "nps ")[number % 7]


def _life(number: int) -> dict[str, object]:
    """People with ten years of months, with gaps: both masks of a card and their end are reached."""
    person, step = number % 4, number // 4
    month = datetime(2010 + step // 12, step % 12 + 1, 1, 8, tzinfo=UTC).replace(tzinfo=None)
    occurred = month + timedelta(days=27 if step % 12 == 1 else 27 + person % 3)
    return {
        "id": f"sig_life_{number:05d}",
        "audience": "customer",
        "person": f"per_long_{person}",
        "kind": ("did", "paid", "said", "paid")[(step * 3 + person) % 4],
        "name": "life",
        "channel": "web",
        "source": "imp_2",
        "occurred_at": occurred,
        "received_at": occurred,
        "text": None,
        "score": None,
        "value": _decimal(VALUES[step % len(VALUES)]),
        "currency": "EUR",
        "properties": json.dumps({"plan": f"plan {person}"}),
    }


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def write_lake(folder: Path, table: pa.Table) -> Path:
    """The rows as a lake: `month=YYYY-MM/*.parquet`, as the ledger lays it out."""
    with duckdb.connect() as connection:
        connection.register("rows", table)
        months = connection.sql(
            "select distinct strftime(occurred_at, '%Y-%m') as month from rows"
        ).fetchall()
        for (month,) in months:
            target = folder / f"month={month}"
            target.mkdir()
            connection.execute(f"""copy (select {", ".join(COLUMNS)} from rows
                where strftime(occurred_at, '%Y-%m') = '{month}' order by person, occurred_at)
                to '{target}/0000000001.parquet' (format parquet, compression zstd)""")
    return folder


def rows() -> list[dict[str, object]]:
    """The same signals as plain Python, for expected values computed without an engine."""
    found: list[dict[str, object]] = signals().to_pylist()
    for row in found:
        for name in ("occurred_at", "received_at"):
            moment = row[name]
            assert isinstance(moment, datetime)
            row[name] = moment.replace(tzinfo=UTC)
    return found
