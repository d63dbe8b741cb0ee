"""A file opened for import: what it is made of, shown before anything is stored."""

import shutil
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkdtemp

import pyarrow as pa

from emptychair.listen.imports import text
from emptychair.listen.imports.container import (
    Compression,
    Container,
    compression_of,
    container_of,
    head_of,
    unpack_to,
)
from emptychair.listen.imports.dialect import Dialect
from emptychair.listen.imports.encoding import Encoding
from emptychair.listen.imports.engine import engine, engine_when_asked
from emptychair.listen.imports.parts import Part
from emptychair.listen.imports.problem import ImportRefused
from emptychair.listen.imports.profile import Column
from emptychair.listen.imports.sample import Sample, sampled
from emptychair.listen.imports.tables import json_lines, parquet, workbook


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the caller states about the file; everything is found where None."""

    sheet: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    header: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The format that was found, the columns with their evidence, and the rows as parts in `folder`.

    `notes` are sentences on what was found or stated about the format. `dialect` and `encoding` are None for
    workbooks and Parquet. Close it to remove the parts. `zone` is the time zone in which it says that its
    dates are written, empty for none.
    """

    name: str
    compression: Compression
    container: Container
    encoding: Encoding | None
    dialect: Dialect | None
    sheet: str | None
    columns: tuple[Column, ...]
    notes: tuple[str, ...]
    parts: tuple[Part, ...]
    folder: Path
    sample: pa.Table = field(repr=False)
    zone: str = ""

    def close(self) -> None:
        """Remove the temporary parts; the original file is never touched."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def column(self, name: str) -> Column | None:
        """The column of that name (as it is, or else ignoring case), or None."""
        exact = [column for column in self.columns if column.name == name]
        folded = [column for column in self.columns if column.name.casefold() == name.casefold()]
        return next(iter(exact + folded), None)


def read(path: Path, *, folder: Path, options: Options | None = None) -> Reading:
    """The file as it is: container, encoding, delimiter, header, columns. O(bytes of the file).

    The rows are laid out as plain parts in a new folder inside `folder`, which the ledger's staging must be
    allowed to read. Raises ImportRefused, with a sentence, for whatever is no table.
    """
    options = options or Options()
    compression = compression_of(path)
    head = head_of(path, compression)
    if not head:
        raise ImportRefused(f"{path.name} is empty inside: there is nothing to import")
    folder.mkdir(parents=True, exist_ok=True)
    place = Path(mkdtemp(prefix="import-", dir=folder))
    try:
        return _read(path, compression, head, place, options)
    except BaseException:
        shutil.rmtree(place, ignore_errors=True)
        raise


def _read(
    path: Path,
    compression: Compression,
    head: bytes,
    place: Path,
    options: Options,
) -> Reading:
    container = Container.TEXT if options.encoding else container_of(path, head)
    encoding, dialect, sheet, zone = None, None, None, ""
    sample: Sample | None = None
    if container is Container.TEXT:
        laid = text.laid_out(
            path, compression, head, place, options.encoding, options.delimiter, options.header
        )
        encoding, dialect, zone = laid.encoding, laid.dialect, laid.zone
        names, parts, notes, sample = laid.names, laid.parts, laid.notes, laid.sample
    elif container is Container.JSON_LINES:
        with engine() as connection:
            encoding, names, parts, notes = json_lines(path, compression, head, place, connection)
    else:
        plain = unpack_to(path, compression, place / "plain")
        if container is Container.PARQUET:
            with engine() as connection:
                names, parts, notes = parquet(plain, path.name, connection)
        else:
            names, parts, notes, sheet = workbook(plain, path.name, place, options.sheet, options.header)
    if sample is None:
        with engine_when_asked(len(names)) as asked:
            sample = sampled(parts, names, asked)
    if sample.rows.num_rows == 0 and not any(part.damage for part in parts):
        raise ImportRefused(f"{path.name} has a header and no rows: there is nothing to import")
    return Reading(
        name=path.name,
        compression=compression,
        container=container,
        encoding=encoding,
        dialect=dialect,
        sheet=sheet,
        columns=sample.columns,
        notes=tuple(notes),
        parts=tuple(parts),
        folder=place,
        sample=sample.rows,
        zone=zone,
    )
