"""What a file is wrapped in: gzip, bzip2 or Zstandard around text, JSON Lines, Parquet or a workbook."""

import bz2
import gzip
import lzma
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO, cast

import pyarrow as pa
from isal import igzip
from isal.igzip_lib import IsalError

from emptychair.listen.imports.problem import ImportRefused

BLOCK = 1 << 20
# A bomb expands a thousandfold; the densest real export we know (repeated rows) expands less than 120-fold.
LARGEST_FREE_EXPANSION = 256 << 20
LARGEST_RATIO = 250


class Compression(StrEnum):
    """How the bytes of the file are packed."""

    NONE = "none"
    GZIP = "gzip"
    BZIP2 = "bzip2"
    ZSTD = "zstd"


class Container(StrEnum):
    """What the unpacked bytes are."""

    TEXT = "text"
    JSON_LINES = "json lines"
    PARQUET = "parquet"
    WORKBOOK = "xlsx"


_MAGIC = {b"\x1f\x8b": Compression.GZIP, b"BZh": Compression.BZIP2, b"\x28\xb5\x2f\xfd": Compression.ZSTD}
_NO_TABLE = {
    b"%PDF": "is a PDF: export the table as CSV or XLSX",
    b"\x89PNG": "is a picture: export the table as CSV or XLSX",
    b"\xff\xd8\xff": "is a picture: export the table as CSV or XLSX",
    b"\x7fELF": "is a program, not a table",
    b"SQLite format 3": "is a SQLite database: export one table as CSV",
    b"7z\xbc\xaf": "is a 7z archive: unpack it and import the table inside",
    b"Rar!": "is a RAR archive: unpack it and import the table inside",
}


def compression_of(path: Path) -> Compression:
    """How the file is packed, by its first bytes; refuses what is no regular, readable, non-empty file."""
    if path.is_dir():
        raise ImportRefused(f"{path.name} is a folder: name the files in it")
    if not path.is_file():
        raise ImportRefused(f"{path.name} does not exist or is not a regular file")
    try:
        with path.open("rb") as file:
            head = file.read(8)
    except OSError as error:
        raise ImportRefused(f"{path.name} cannot be read: {error.strerror}") from error
    if not head:
        raise ImportRefused(f"{path.name} is empty: there is nothing to import")
    return next((kind for magic, kind in _MAGIC.items() if head.startswith(magic)), Compression.NONE)


def container_of(path: Path, head: bytes) -> Container:
    """What the unpacked bytes are, by their beginning; refuses what is known to be no table."""
    if head.startswith(b"PAR1"):
        return Container.PARQUET
    if head.startswith(b"PK\x03\x04"):
        return Container.WORKBOOK
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise ImportRefused(
            f"{path.name} is an old or password-protected Excel file: "
            "open it in Excel and save it as .xlsx without a password"
        )
    for magic, what in _NO_TABLE.items():
        if head.startswith(magic):
            raise ImportRefused(f"{path.name} {what}")
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith(b"{"):
        return Container.JSON_LINES
    if text.startswith(b"["):
        raise (
            _array_refused(path)
            if text[1:].lstrip()[:1] in (b"{", b"]")
            else ImportRefused(f"{path.name} is not a table: its first line begins with '['")
        )
    return Container.TEXT


def _array_refused(path: Path) -> ImportRefused:
    return ImportRefused(
        f"{path.name} is one JSON array: write one object per line instead "
        f"(`jq -c '.[]' {path.name}` does it)"
    )


@contextmanager
def unpacked(path: Path, compression: Compression) -> Iterator[BinaryIO]:
    """The unpacked bytes as a stream; damage while reading becomes a sentence."""
    try:
        with _stream(path, compression) as stream:
            yield stream
    except (EOFError, IsalError, gzip.BadGzipFile, lzma.LZMAError) as error:  # type: ignore[misc]
        raise _damaged(path, compression) from error
    except OSError as error:
        if compression is Compression.NONE:
            raise ImportRefused(f"{path.name} cannot be read: {error.strerror or error}") from error
        raise _damaged(path, compression) from error


def _stream(path: Path, compression: Compression) -> BinaryIO:
    if compression is Compression.GZIP:
        # A third of the time of the standard library, from the same bytes.
        return cast("BinaryIO", igzip.open(path, "rb"))  # type: ignore[no-untyped-call]
    if compression is Compression.BZIP2:
        return cast("BinaryIO", bz2.open(path, "rb"))
    if compression is Compression.ZSTD:
        stream: BinaryIO = pa.CompressedInputStream(pa.OSFile(str(path)), "zstd")
        return stream
    return path.open("rb")


def _damaged(path: Path, compression: Compression) -> ImportRefused:
    return ImportRefused(f"{path.name} is a damaged or cut {compression} file: copy or download it again")


def blocks(path: Path, compression: Compression) -> Iterator[bytes]:
    """The unpacked bytes, a block at a time; refuses a decompression bomb."""
    limit = max(LARGEST_FREE_EXPANSION, path.stat().st_size * LARGEST_RATIO)
    total = 0
    with unpacked(path, compression) as stream:
        while block := stream.read(BLOCK):
            total += len(block)
            if total > limit and compression is not Compression.NONE:
                raise ImportRefused(
                    f"{path.name} unpacks to more than {LARGEST_RATIO} times its size: "
                    "unpack it yourself and import the plain file if you trust it"
                )
            yield bytes(block)


def head_of(path: Path, compression: Compression, size: int = BLOCK) -> bytes:
    """The first `size` unpacked bytes."""
    with unpacked(path, compression) as stream:
        return bytes(stream.read(size))


def unpack_to(path: Path, compression: Compression, target: Path) -> Path:
    """The plain file at `target` (workbooks and Parquet need to seek): unpacked, linked, or copied."""
    if compression is Compression.NONE:
        try:
            target.hardlink_to(path)
        except OSError:
            shutil.copyfile(path, target)
        return target
    with target.open("wb") as out:
        for block in blocks(path, compression):
            out.write(block)
    return target
