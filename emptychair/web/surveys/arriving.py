"""A page of a survey as it arrives: its fields, and its files streamed to disk under names of ours."""

import errno
import os
import shutil
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from email.message import Message
from pathlib import Path
from secrets import token_hex
from typing import Annotated, BinaryIO

from fastapi import Depends, Request
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser
from starlette.concurrency import run_in_threadpool

from emptychair.desk import survey_versions, surveys
from emptychair.desk.answer_files import LONGEST_NAME
from emptychair.listen.surveys.asking import version_of
from emptychair.listen.surveys.attaching import FOLDER, INCOMING, MOST_OF_ANSWER, Arrived
from emptychair.listen.surveys.definition import MOST_FILES
from emptychair.listen.surveys.filling import Why
from emptychair.listen.surveys.sniffing import HEAD
from emptychair.web.fields import LONGEST_BODY, MOST_FIELDS, Fields, checked, sent_fields
from emptychair.web.parts import Parts, parts_of
from emptychair.web.problem import bad_request
from emptychair.web.upload import SPARE_BYTES

# Files, and around them the fields of the form.
MOST_OF_PAGE = MOST_OF_ANSWER + LONGEST_BODY
MULTIPART = "multipart/form-data"
Limits = Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What was sent: fields, and by question the files that were attached."""

    fields: Fields
    files: Mapping[str, tuple[Arrived, ...]] = field(default_factory=dict)


async def sent_page(request: Request, slug: str) -> AsyncIterator[Page]:
    """The page; its files lie there until it is answered. Raises a `Problem` for what cannot be read."""
    kind = request.headers.get("content-type", "")
    if not kind.lower().startswith(MULTIPART):
        yield Page(fields=await sent_fields(request))
        return
    parts = parts_of(request)
    limits = await run_in_threadpool(_limits, parts, slug)
    folder = parts.home / FOLDER / INCOMING / token_hex(8)
    try:
        yield await _read(request, kind, _Form(folder, limits))
    finally:
        await run_in_threadpool(shutil.rmtree, folder, ignore_errors=True)


SentPage = Annotated[Page, Depends(sent_page)]


def _limits(parts: Parts, slug: str) -> Limits:
    """How many bytes a file of each question has at most, in whichever version it is asked."""
    found: dict[str, int] = {}
    with parts.desk.read() as tx:
        survey = surveys.find_by_slug(tx, slug)
        versions = [] if survey is None else [one.version for one in survey_versions.every(tx, survey.id)]
        for number in versions:
            asked = None if survey is None else version_of(tx, survey, number)
            for one in () if asked is None else asked.definition.file_questions:
                found[one.id] = max(found.get(one.id, 0), one.most_bytes)
    return found


async def _read(request: Request, kind: str, form: "_Form") -> Page:
    head = Message()
    head["Content-Type"] = kind
    boundary = head.get_param("boundary")
    if not isinstance(boundary, str) or not 1 <= len(boundary) <= 70:
        raise bad_request("This form cannot be read: it has no boundary.")
    try:
        parser = form.parser(boundary)
        async for chunk in request.stream():
            parser.write(chunk)
        parser.finalize()
        if not form.is_over:
            raise bad_request("This form is broken off.")
    except FormParserError:
        raise bad_request("This form cannot be read.") from None
    finally:
        form.close()
    return Page(fields=checked(form.values), files={name: tuple(one) for name, one in form.files.items()})


@dataclass(slots=True)
class _Incoming:
    """One file while it comes. What is not taken is read and not kept, so that the form goes on."""

    question: str
    name: str
    path: Path
    limit: int
    size: int = 0
    head: bytearray = field(default_factory=bytearray)
    why: Why | None = None
    out: BinaryIO | None = None

    def write(self, data: bytes) -> None:
        """Take some of it."""
        self.size += len(data)
        if self.why is not None:
            return
        if self.size > self.limit:
            self.refuse(Why.FILE_TOO_LARGE)
            return
        self.head += data[: HEAD - len(self.head)]
        try:
            if self.out is None:
                self._open()
            assert self.out is not None  # noqa: S101
            self.out.write(data)
        except OSError as problem:
            if problem.errno not in (errno.ENOSPC, errno.EDQUOT):
                raise
            self.refuse(Why.NO_ROOM)

    def refuse(self, why: Why) -> None:
        """It is not taken; nothing of it stays."""
        self.why = why
        self.close()
        self.path.unlink(missing_ok=True)

    def end(self) -> Arrived:
        """All of it is there, and on disk before anybody is told so."""
        if self.out is not None:
            self.out.flush()
            os.fsync(self.out.fileno())
        self.close()
        return Arrived(path=self.path, name=self.name, size=self.size, head=bytes(self.head), why=self.why)

    def close(self) -> None:
        """Nothing more comes."""
        if self.out is not None:
            self.out.close()
            self.out = None

    def _open(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        if shutil.disk_usage(self.path.parent).free < SPARE_BYTES:
            raise OSError(errno.ENOSPC, "the rest of the system needs what is left")
        self.out = self.path.open("wb")


@dataclass(slots=True)
class _Form:
    """What the parser of a form tells, kept in memory for fields and on disk for files."""

    folder: Path
    limits: Limits
    values: dict[str, str] = field(default_factory=dict)
    files: dict[str, list[Arrived]] = field(default_factory=dict)
    name: str = ""
    taken: int = 0
    count: int = 0
    text: bytearray = field(default_factory=bytearray)
    header: bytearray = field(default_factory=bytearray)
    value: bytearray = field(default_factory=bytearray)
    disposition: str = ""
    incoming: _Incoming | None = None
    is_file: bool = False
    is_over: bool = False

    def parser(self, boundary: str) -> MultipartParser:
        """A parser that tells this form."""
        return MultipartParser(
            boundary,
            {
                "on_part_begin": self._begin,
                "on_header_field": self._collect(self.header),
                "on_header_value": self._collect(self.value),
                "on_header_end": self._header,
                "on_headers_finished": self._headers,
                "on_part_data": self._data,
                "on_part_end": self._end,
                "on_end": self._over,
            },
        )

    def close(self) -> None:
        """The form is over, or broken off."""
        if self.incoming is not None:
            self.incoming.close()

    def _collect(self, into: bytearray) -> Callable[[bytes, int, int], None]:
        def collect(data: bytes, start: int, end: int) -> None:
            self._count(end - start)
            into.extend(data[start:end])

        return collect

    def _count(self, size: int) -> None:
        """Fields and heads are held in memory, so all of them together are bounded."""
        self.taken += size
        if self.taken > LONGEST_BODY:
            raise bad_request("The fields of this form are too long.")

    def _begin(self) -> None:
        self.count += 1
        if self.count > MOST_FIELDS:
            raise bad_request("This form has too many fields.")
        self.disposition, self.name, self.incoming, self.is_file = "", "", None, False
        self.text.clear()

    def _header(self) -> None:
        if self.header.lower() == b"content-disposition":
            self.disposition = self.value.decode("utf-8", "replace")
        self.header.clear()
        self.value.clear()

    def _headers(self) -> None:
        told = Message()
        told["Content-Disposition"] = self.disposition.replace("\r", "").replace("\n", "")
        name, file = told.get_param("name", header="content-disposition"), told.get_filename()
        self.name = name if isinstance(name, str) else ""
        self.is_file = file is not None
        question = self.name.removeprefix("f.")
        if file and self.name.startswith("f.") and question in self.limits:
            have = self.files.setdefault(question, [])
            if len(have) <= MOST_FILES:  # one more than can be taken is enough to say so
                path = self.folder / f"{question}.{len(have)}"
                limit = self.limits[question]
                self.incoming = _Incoming(question=question, name=_plain_name(file), path=path, limit=limit)

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self.incoming is not None:
            self.incoming.write(data[start:end])
        elif not self.is_file:
            self._count(end - start)
            self.text += data[start:end]

    def _end(self) -> None:
        one = self.incoming
        if one is not None:
            self.files[one.question].append(one.end())
            self.incoming = None
        elif self.name and not self.is_file:
            self.values[self.name] = self.text.decode("utf-8", "surrogateescape")

    def _over(self) -> None:
        self.is_over = True


def _plain_name(name: str) -> str:
    """The last part of a path without what nobody can see, short, with its ending."""
    last = name.encode("utf-8", "replace").decode().replace("\\", "/").rsplit("/", 1)[-1]
    plain = "".join(letter for letter in last if letter.isprintable()).strip(" .") or "file"
    stem, dot, ending = plain.rpartition(".")
    if len(plain) <= LONGEST_NAME or not dot or len(ending) > 10:
        return plain[:LONGEST_NAME]
    return f"{stem[: LONGEST_NAME - len(ending) - 1]}.{ending}"
