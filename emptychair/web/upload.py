"""A file that is sent, streamed to a folder and a name of ours; the sender's name is only remembered."""

import hashlib
import os
import shutil
from dataclasses import dataclass, field
from email.message import Message
from pathlib import Path
from secrets import token_hex
from typing import BinaryIO, Protocol

from fastapi import Request
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser

from emptychair.web.problem import bad_request

SPARE_BYTES = 256 * 1024 * 1024
LONGEST_NAME = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class Uploaded:
    """The file in its own folder; `name` is what the sender called it, `size` is in bytes."""

    folder: Path
    path: Path
    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A file that is held in memory alone; `name` is what the sender called it."""

    name: str
    data: bytes = field(repr=False)


class DiskIsFull(Exception):
    """There is no room for the file."""


async def received(request: Request, imports: Path) -> Uploaded:
    """The one file of the body: the body itself with its name in `?name=`, or the part `file` of a form.

    Nothing is left behind when it fails. Raises a `Problem` for a body without a file.
    """
    folder = imports / "incoming" / token_hex(8)
    folder.mkdir(parents=True)
    try:
        with (folder / "file").open("wb") as out:
            sink = _Sink(out, imports)
            name = await _read(request, sink)
            out.flush()
            os.fsync(out.fileno())
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    path = (folder / "file").rename(folder / f"file{_suffix(name)}")
    return Uploaded(folder=folder, path=path, name=name, size=sink.size, sha256=sink.digest.hexdigest())


async def sent_file(request: Request) -> Sent:
    """The one file of the body, as `received` takes it, without a copy on disk that could stay behind."""
    memory = _Memory()
    name = await _read(request, memory)
    return Sent(name=name, data=bytes(memory.data))


class _Taking(Protocol):
    """Takes a file piece by piece, and knows how large it was."""

    size: int

    def write(self, data: bytes) -> None:
        """Take some."""


class _Memory:
    """Takes bytes; how many they may be is up to the limit of the path."""

    def __init__(self) -> None:
        self.data = bytearray()
        self.size = 0

    def write(self, data: bytes) -> None:
        """Take some."""
        self.data += data
        self.size = len(self.data)


class _Sink:
    """Takes bytes, counts and hashes them."""

    def __init__(self, out: BinaryIO, imports: Path) -> None:
        self._out = out
        self._imports = imports
        self._checked = 0
        self.size = 0
        self.digest = hashlib.sha256()

    def write(self, data: bytes) -> None:
        """Take some; raises `DiskIsFull` while there is still room for the rest of the system to work."""
        if self.size >= self._checked:
            if shutil.disk_usage(self._imports).free < SPARE_BYTES:
                raise DiskIsFull
            self._checked = self.size + SPARE_BYTES // 4
        self._out.write(data)
        self.digest.update(data)
        self.size += len(data)


async def _read(request: Request, sink: _Taking) -> str:
    kind = request.headers.get("content-type", "")
    if kind.lower().startswith("multipart/form-data"):
        name = await _from_form(request, kind, sink)
    else:
        name = request.query_params.get("name", "")
        async for chunk in request.stream():
            sink.write(chunk)
    if not name.strip() or sink.size == 0:
        raise bad_request("Choose a file: nothing, or an empty file, has arrived.")
    return _plain_name(name)


@dataclass(slots=True)
class _Form:
    """What the parser of a form tells: whether it is inside of the first file, and that file's name."""

    sink: _Taking
    name: str = ""
    is_inside: bool = False
    is_done: bool = False
    header: bytearray = field(default_factory=bytearray)
    value: bytearray = field(default_factory=bytearray)
    disposition: str = ""

    def parser(self, boundary: str) -> MultipartParser:
        """A parser that tells this form."""
        return MultipartParser(
            boundary,
            {
                "on_part_begin": self._begin,
                "on_header_field": lambda data, start, end: self.header.extend(data[start:end]),
                "on_header_value": lambda data, start, end: self.value.extend(data[start:end]),
                "on_header_end": self._header,
                "on_headers_finished": self._headers,
                "on_part_data": self._data,
                "on_part_end": self._end,
            },
        )

    def _begin(self) -> None:
        self.disposition = ""

    def _header(self) -> None:
        if self.header.lower() == b"content-disposition":
            self.disposition = self.value.decode("utf-8", "replace")
        self.header.clear()
        self.value.clear()

    def _headers(self) -> None:
        message = Message()
        message["Content-Disposition"] = self.disposition.replace("\r", "").replace("\n", "")
        name = message.get_filename()
        if name and not self.is_done:
            self.name, self.is_inside = name, True

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self.is_inside:
            self.sink.write(data[start:end])

    def _end(self) -> None:
        if self.is_inside:
            self.is_inside, self.is_done = False, True


async def _from_form(request: Request, kind: str, sink: _Taking) -> str:
    message = Message()
    message["Content-Type"] = kind
    boundary = message.get_param("boundary")
    if not isinstance(boundary, str) or not 1 <= len(boundary) <= 70:
        raise bad_request("This form cannot be read: it has no boundary.")
    form = _Form(sink)
    try:
        parser = form.parser(boundary)
        async for chunk in request.stream():
            parser.write(chunk)
        parser.finalize()
    except FormParserError:
        raise bad_request("This form cannot be read.") from None
    return form.name


def _plain_name(name: str) -> str:
    """The last part of a path, without characters that nobody can see."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(letter for letter in last if letter.isprintable())[:LONGEST_NAME].strip() or "file"


def _suffix(name: str) -> str:
    """The endings that tell a kind of file, from a list of ours: the sender decides no part of a path."""
    known = (".csv", ".tsv", ".txt", ".xlsx", ".parquet", ".jsonl", ".ndjson", ".json")
    lower, packed = name.lower(), ""
    for ending in (".gz", ".zst"):
        if lower.endswith(ending):
            lower, packed = lower.removesuffix(ending), ending
    return next((ending for ending in known if lower.endswith(ending)), "") + packed
