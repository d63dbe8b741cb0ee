"""What the server asks the process that reads, and what it answers."""

from typing import Any

import msgspec
import pyarrow as pa

from emptychair.understand.reading.origin import Origin


class Read(msgspec.Struct, tag=True):
    """Asks what is in texts: columns of the same length."""

    signals: list[str]
    audiences: list[str]
    texts: list[str]
    origins: list[Origin]


class Forget(msgspec.Struct, tag=True):
    """Asks to forget the words of signals that are gone."""

    signals: list[str]


class Learn(msgspec.Struct, tag=True):
    """Asks to learn tones from texts and their scores: the names of the scales, and the values."""

    texts: list[str]
    scales: list[str]
    values: list[float]


class Settle(msgspec.Struct, tag=True):
    """Asks to make the spaces of own words anew, from texts and the language that each is in."""

    languages: list[str]
    texts: list[str]


class Find(msgspec.Struct, tag=True):
    """Asks for the themes of an audience in texts, who said them (None: nobody knows) and in which language
    (None: it could not be told).

    `changes` are those of people: their kinds and what they say, in their order.
    """

    audience: str
    signals: list[str]
    people: list[str | None]
    texts: list[str]
    languages: list[str | None]
    changes: list[tuple[str, dict[str, Any]]] = []


class Theme(msgspec.Struct):
    """A theme that was found; `quoted` names the sentence that shows it ("place signal")."""

    id: str
    name: str
    area: str
    phrases: list[str]
    quoted: str
    texts: int


class Part(msgspec.Struct):
    """A part of a theme that was parted, and the sentences that show it ("place signal")."""

    theme: str
    name: str
    examples: list[str]


class Answer(msgspec.Struct):
    """Tables as Arrow by name, what was found; `problem` is what went wrong, empty when nothing did.

    `fewest` is the number of different sentences that themes need, where there were only `have` of them.
    `parted` has the parts of themes that people asked to part, by the place of the change; none where a
    theme is one thing. `learned` tells, of tones that were learned, how good they are on labels that were
    held out, None where that is unknown. `agreement` is that of themes in two halves of the texts, `mark` of
    spaces of own words that were made.
    """

    tables: dict[str, bytes] = {}
    themes: list[Theme] = []
    themed: int = 0
    agreement: float | None = None
    have: int = 0
    fewest: int = 0
    parted: dict[int, list[Part]] = {}
    learned: dict[str, float] | None = None
    mark: str = ""
    problem: str = ""


Question = Read | Forget | Learn | Settle | Find
QUESTIONS = msgspec.msgpack.Decoder(Question)
ANSWERS = msgspec.msgpack.Decoder(Answer)


def written(table: pa.Table) -> bytes:
    """The table as a stream of Arrow."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    found: bytes = sink.getvalue().to_pybytes()
    return found


def read_back(data: bytes) -> pa.Table:
    """The table of a stream."""
    return pa.ipc.open_stream(data).read_all()
