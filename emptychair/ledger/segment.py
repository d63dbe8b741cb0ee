"""The file format of the journal: a header, then records that each prove themselves with a checksum."""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from isal import isal_zlib

# magic, version, number of the segment, sequence of its first record, checksum of the four
_HEADER = struct.Struct("<8sHQQI")
_RECORD = struct.Struct("<4sII")
_MAGIC = b"EMPTYCHR"
# Every record begins with this, so that reading can go on behind a damaged one.
_MARK = b"\xecRc\n"
VERSION = 1
HEADER_BYTES = _HEADER.size


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One batch of the journal: its payload and the offset behind it."""

    payload: bytes
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """Bytes of a segment that prove nothing: from `start` up to `end`."""

    start: int
    end: int


def header(number: int, first_sequence: int) -> bytes:
    """The first bytes of a segment."""
    fields = _HEADER.pack(_MAGIC, VERSION, number, first_sequence, 0)[:-4]
    return fields + struct.pack("<I", zlib.crc32(fields))


def first_sequence(data: bytes) -> int | None:
    """The sequence of the segment's first record, or None when the header is torn or not ours."""
    if len(data) < HEADER_BYTES:
        return None
    magic, version, _, sequence, checksum = _HEADER.unpack_from(data)
    if magic != _MAGIC or version != VERSION or zlib.crc32(data[: HEADER_BYTES - 4]) != checksum:
        return None
    return int(sequence)


def prefix(payload: bytes) -> bytes:
    """What stands before a payload in the file: mark, length, checksum."""
    return _RECORD.pack(_MARK, len(payload), isal_zlib.crc32(payload))


def record(payload: bytes) -> bytes:
    """A payload as it lies in the file."""
    return prefix(payload) + payload


def records(data: bytes, start: int, base: int = 0) -> Iterator[Record | Damage]:
    """The records of `data` from index `start`, with the damage between them; offsets count from `base`."""
    at = start
    while at < len(data):
        payload = _payload(data, at)
        if payload is not None:
            at += _RECORD.size + len(payload)
            yield Record(payload=payload, end=base + at)
            continue
        behind = _next_record(data, at + 1)
        yield Damage(start=base + at, end=base + behind)
        at = behind


def needed(data: bytes) -> int:
    """How many bytes the record at the start of `data` takes in all; 0 when no record begins there."""
    if len(data) < _RECORD.size:
        return _RECORD.size
    mark, length, _ = _RECORD.unpack_from(data)
    return _RECORD.size + int(length) if mark == _MARK else 0


def _payload(data: bytes, at: int) -> bytes | None:
    if at + _RECORD.size > len(data):
        return None
    mark, length, checksum = _RECORD.unpack_from(data, at)
    payload = data[at + _RECORD.size : at + _RECORD.size + length]
    if mark != _MARK or len(payload) != length or zlib.crc32(payload) != checksum:
        return None
    return payload


def _next_record(data: bytes, at: int) -> int:
    while (at := data.find(_MARK, at)) >= 0:
        if _payload(data, at) is not None:
            return at
        at += 1
    return len(data)
