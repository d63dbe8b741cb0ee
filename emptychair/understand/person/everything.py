"""Everything about one person as one ZIP, written while it is read: JSON, CSV and a page to read."""

import csv
import io
import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from html import escape
from pathlib import Path
from typing import Any

from emptychair.desk import answer_files
from emptychair.desk import themes as themes_desk
from emptychair.desk.about import Who, about
from emptychair.desk.addresses import address_key
from emptychair.desk.desk import Desk
from emptychair.domain.signal import Audience
from emptychair.ledger.ledger import Ledger
from emptychair.listen.surveys.attaching import path_of
from emptychair.understand import accounts, identity, profile
from emptychair.understand.person.history import Happening, Wanted, history
from emptychair.understand.person.said import Read, read_of
from emptychair.understand.person.totals import totals

# So many signals are in memory at once, and so many bytes of the ZIP.
BATCH = 5_000
PIECE = 64 << 10
_HEAD = (*Happening.__dataclass_fields__, "language", "tone", "tone_score", "themes")


class Everything:
    """What there is about one customer; `is_known` is False for an id of nobody."""

    def __init__(self, ledger: Ledger, desk: Desk, home: Path, person: str) -> None:
        self._ledger, self._desk, self._home, self._person = ledger, desk, home, person
        self._known = totals(ledger, Audience.CUSTOMER, [person])

    @property
    def is_known(self) -> bool:
        """Whether any signal is of them."""
        return self._known is not None

    def zip(self, now: datetime) -> Iterator[bytes]:
        """The pieces of the ZIP file. O(signals of the person), in memory O(1)."""
        sink = _Sink()
        with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as packed:
            for name, pieces in self._files(now):
                entry = zipfile.ZipInfo(name, date_time=now.timetuple()[:6])
                entry.compress_type = zipfile.ZIP_DEFLATED
                with packed.open(entry, "w", force_zip64=True) as file:
                    for piece in pieces:
                        file.write(piece)
                        if sink.size() > PIECE:
                            yield sink.taken()
        yield sink.taken()

    def _files(self, now: datetime) -> Iterator[tuple[str, Iterator[bytes]]]:
        ids = identity.ids_of(self._ledger, Audience.CUSTOMER, self._person)
        links = identity.links_of(self._ledger, Audience.CUSTOMER, self._person)
        told = {link.other for link in links if link.what == "email"}
        who = Who(audience=Audience.CUSTOMER, ids=ids, addresses={address_key(one) for one in told})
        with self._desk.read() as tx:
            named = {one.id: one.name for one in themes_desk.every(tx, Audience.CUSTOMER, with_gone=True)}
        yield "README.txt", iter([_README.format(person=self._person, now=now.isoformat()).encode()])
        yield "person.json", iter([_json(self._facts(ids, links)).encode()])
        yield "signals.json", self._signals_json(named)
        yield "signals.csv", self._signals_csv(named)
        yield "read.html", self._page(named)
        files: list[str] = []
        for table, rows in about(self._desk, who):
            if table == "answer_files":
                rows = _noted(rows, files)
            yield f"desk/{table}.json", _array(rows)
        for one in files:
            yield from self._attached(one)

    def _facts(self, ids: Sequence[str], links: Sequence[identity.Link]) -> Mapping[str, Any]:
        traits = profile.traits(self._ledger, Audience.CUSTOMER, self._person)
        return {
            "person": self._person,
            "name": profile.called(traits),
            "ids": ids,
            "links": links,
            "accounts": accounts.accounts_of(self._ledger, Audience.CUSTOMER, self._person),
            "traits": {name: {"value": value, "told_at": at} for name, (value, at) in traits.items()},
            "totals": None if self._known is None else _totals(asdict(self._known)),
        }

    def _signals(self) -> Iterator[tuple[Happening, Read]]:
        """Every signal with what was read in it, newest first, a batch at a time."""
        before: tuple[datetime, str] | None = None
        while True:
            wanted = Wanted(before=before)
            found = history(self._ledger, Audience.CUSTOMER, [self._person], wanted, limit=BATCH)
            read = read_of(self._ledger, [one.id for one in found if one.text])
            yield from ((one, read.get(one.id, Read())) for one in found)
            if len(found) < BATCH:
                return
            before = found[-1].occurred_at, found[-1].id

    def _signals_json(self, named: Mapping[str, str]) -> Iterator[bytes]:
        return _array(dict(zip(_HEAD, _row(one, read, named), strict=True)) for one, read in self._signals())

    def _signals_csv(self, named: Mapping[str, str]) -> Iterator[bytes]:
        yield b"\xef\xbb\xbf" + _csv_line(_HEAD)
        for one, read in self._signals():
            row = _row(one, read, named)
            yield _csv_line([*row[:-1], "; ".join(row[-1])])

    def _page(self, named: Mapping[str, str]) -> Iterator[bytes]:
        yield _TOP.format(person=escape(self._person)).encode()
        for one, read in self._signals():
            yield _line(one, read, named).encode()
        yield b"</table></body></html>\n"

    def _attached(self, file_id: str) -> Iterator[tuple[str, Iterator[bytes]]]:
        with self._desk.read() as tx:
            found = answer_files.find(tx, file_id)
        path = None if found is None else path_of(self._home, found)
        if found is not None and path is not None and path.exists():
            yield f"files/{found.id}-{_plain_name(found.name)}", _content(path)


class _Sink(io.RawIOBase):
    """Where the ZIP is written to: what was written is taken away piece by piece."""

    def __init__(self) -> None:
        super().__init__()
        self._held = bytearray()

    def writable(self) -> bool:
        """It is written to, and never sought in."""
        return True

    def write(self, data: Any) -> int:
        """Keep these bytes until they are taken."""
        self._held += data
        return len(data)

    def size(self) -> int:
        """How many bytes wait."""
        return len(self._held)

    def taken(self) -> bytes:
        """The bytes that wait, which are forgotten."""
        held, self._held = bytes(self._held), bytearray()
        return held


def _row(one: Happening, read: Read, named: Mapping[str, str]) -> list[Any]:
    themes = [named.get(theme, theme) for theme, _ in read.themes]
    return [*asdict(one).values(), read.language, read.tone, read.tone_score, themes]


def _array(rows: Iterator[Mapping[str, Any]]) -> Iterator[bytes]:
    yield b"["
    for number, row in enumerate(rows):
        yield (b",\n" if number else b"\n") + _json(row).encode()
    yield b"\n]\n"


def _noted(rows: Iterator[dict[str, Any]], ids: list[str]) -> Iterator[dict[str, Any]]:
    for row in rows:
        ids.append(str(row["id"]))
        yield row


def _csv_line(values: Sequence[Any]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerow([_cell(value) for value in values])
    return text.getvalue().encode()


def _cell(value: Any) -> Any:
    """No cell is taken for a formula by a spreadsheet."""
    if isinstance(value, str) and value[:1] in {"=", "+", "-", "@", "\t", "\r"}:
        return f"'{value}"
    return _plain(value)


def _line(one: Happening, read: Read, named: Mapping[str, str]) -> str:
    amount = "" if one.value is None else f"{one.value.normalize():f} {one.currency or ''}"
    score = "" if one.score is None else f"{one.score.normalize():f}"
    themes = ", ".join(named.get(theme, theme) for theme, _ in read.themes)
    cells = (
        one.occurred_at.isoformat(sep=" ", timespec="minutes"), one.kind.value, one.name, one.channel,
        " ".join(part for part in (score, amount) if part), one.text or "",
        " · ".join(part for part in (read.tone or "", themes) if part),
    )  # fmt: skip
    return f"<tr>{''.join(f'<td dir=auto>{escape(cell)}</td>' for cell in cells)}</tr>\n"


def _content(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            yield piece


def _plain_name(name: str) -> str:
    """A file's name without anything that a folder could be made of."""
    return "".join(letter if letter.isalnum() or letter in "._- " else "_" for letter in name)[-100:]


def _totals(found: dict[str, Any]) -> dict[str, Any]:
    paid = [{"currency": name, "total": total} for name, total in found["paid"].items()]
    return {**found, "kinds": {kind.value: n for kind, n in found["kinds"].items()}, "paid": paid}


def _json(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False, default=_plain)


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else value


_README = """Everything that is kept about {person}, as of {now}.

read.html      what happened, newest first, to be read in a browser
person.json    ids and what tells that they are one person, accounts, traits with the day they were told
signals.json   every signal, with the language, the tone and the themes that were read in its words
signals.csv    the same as a table
desk/*.json    consents, contacts, mails, survey invitations and answers, board, interviews, stops, judgements
files/         files that were attached to answers

Instants are in UTC. Who of the company did something, and secrets of links, are left out.
"""
_TOP = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{person}</title>
<style>body{{font:15px/1.5 system-ui,sans-serif;margin:2em}}td{{vertical-align:top;padding:.3em .7em;\
border-top:1px solid #ddd;white-space:pre-wrap}}</style></head><body><h1 dir="auto">{person}</h1>
<table><tr><th>When (UTC)<th>What<th>Name<th>Channel<th>Score, money<th>Words<th>Tone and themes</tr>
"""
