"""A body unpacked while it arrives, and never to more than is taken."""

import zlib

from emptychair.channels.outside.trouble import Garbled, TooLong

# What is asked for, and what is understood.
ACCEPTED = "gzip, deflate"
_WINDOWS = {"gzip": 31, "x-gzip": 31, "deflate": 15}


class Unpacking:
    """Takes the bytes of a body one piece after the other. Raises TooLong and Garbled."""

    def __init__(self, host: str, encoding: str, most: int) -> None:
        self._host, self._most = host, most
        self._pieces: list[bytes] = []
        self._size = 0
        name = encoding.strip().lower()
        if name not in ("", "identity", *_WINDOWS):
            raise Garbled(f"{host} answered packed as {name[:40]!r}, which was not asked for")
        self._name = name
        self._unpacker = zlib.decompressobj(_WINDOWS[name]) if name in _WINDOWS else None
        self._is_first = True

    def take(self, piece: bytes) -> None:
        """The next bytes as they came."""
        if self._unpacker is None:
            self._keep(piece)
            return
        if self._name == "deflate" and self._is_first and piece and piece[0] & 0x0F != 8:
            # "deflate" means zlib (RFC 9110, 8.4.1.2); some send it without its head.
            self._unpacker = zlib.decompressobj(-15)
        self._is_first = self._is_first and not piece
        try:
            while piece and not self._unpacker.eof:
                self._keep(self._unpacker.decompress(piece, self._most + 1 - self._size))
                piece = self._unpacker.unconsumed_tail
        except zlib.error:
            raise Garbled(f"{self._host} answered with what cannot be unpacked") from None

    def whole(self) -> bytes:
        """All of it."""
        if self._unpacker is not None and not self._unpacker.eof and self._size:
            raise Garbled(f"{self._host} answered with what ends too early to be unpacked")
        return b"".join(self._pieces)

    def _keep(self, piece: bytes) -> None:
        self._size += len(piece)
        if self._size > self._most:
            raise TooLong(f"{self._host} answered with more than the {self._most:,} bytes that are taken")
        self._pieces.append(piece)
