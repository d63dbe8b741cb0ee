"""What a file is, told by how it begins; its name alone decides nothing."""

from codecs import getincrementaldecoder
from collections.abc import Collection

from emptychair.listen.surveys.definition import FileKind

# So much of the beginning is looked at.
HEAD = 4_096
OTHER = "other"
_PLAIN = ((b"\xff\xd8\xff", "jpeg"), (b"\x89PNG\r\n\x1a\n", "png"), (b"GIF87a", "gif"), (b"GIF89a", "gif"),
          (b"II*\0", "tiff"), (b"MM\0*", "tiff"), (b"%PDF-", "pdf"), (b"{\\rtf", "rtf"), (b"OggS", "ogg"),
          (b"fLaC", "flac"), (b"ID3", "mp3"), (b"\x1aE\xdf\xa3", "webm"),
          (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "office"))  # fmt: skip
# The first member of an Office Open XML file, as its many writers put it.
_OFFICE = (b"[Content_Types].xml", b"_rels/", b"docProps/", b"customXml/", b"word/", b"xl/", b"ppt/")
_OPEN = b"mimetypeapplication/vnd.oasis.opendocument."
_PICTURES = (b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"avif")
# What each type may be called at its end; a picture that calls itself a page is none.
_ENDINGS = {
    FileKind.IMAGE: (
        "jpg", "jpeg", "jpe", "jfif", "png", "gif", "webp", "tif", "tiff", "heic", "heif", "avif",
    ),
    FileKind.PDF: ("pdf",),
    FileKind.DOCUMENT: (
        "docx", "xlsx", "pptx", "odt", "ods", "odp", "doc", "xls", "ppt", "rtf", "txt", "csv", "tsv", "md",
    ),
    FileKind.RECORDING: (
        "mp3", "m4a", "wav", "ogg", "oga", "opus", "flac", "aac", "mp4", "m4v", "mov", "webm", "mkv", "3gp",
    ),
}  # fmt: skip
_KINDS = {
    FileKind.IMAGE: {"jpeg", "png", "gif", "tiff", "webp", "heic"},
    FileKind.PDF: {"pdf"},
    FileKind.DOCUMENT: {"rtf", "office", "ooxml", "opendocument", "text"},
    FileKind.RECORDING: {"ogg", "flac", "mp3", "webm", "wav", "mp4"},
}


def sniffed(head: bytes) -> str:
    r"""The type of a file by its first bytes, `text` for what is only that, `other` for everything else.

    >>> sniffed(b"\xff\xd8\xff\xe0..."), sniffed(b"<!doctype html>"), sniffed(b"Dear all")
    ('jpeg', 'other', 'text')
    """
    for start, name in _PLAIN:
        if head.startswith(start):
            return name
    if head[:4] == b"RIFF":
        return {b"WEBP": "webp", b"WAVE": "wav"}.get(head[8:12], OTHER)
    if head[4:8] == b"ftyp":
        return "heic" if head[8:12] in _PICTURES else "mp4"
    if len(head) > 1 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2:  # MPEG audio, layer III
        return "mp3"
    if head[:4] == b"PK\x03\x04":
        if head[30:].startswith(_OPEN):
            return "opendocument"
        return "ooxml" if head[30:].startswith(_OFFICE) else OTHER
    return "text" if _is_text(head) else OTHER


def is_taken(types: Collection[FileKind], type_: str, name: str) -> bool:
    """Whether a file of this type and name is of one of these kinds (none: any file is).

    >>> is_taken([FileKind.IMAGE], "png", "shot.png"), is_taken([FileKind.IMAGE], "png", "shot.html")
    (True, False)
    """
    if not types:
        return True
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    return any(type_ in _KINDS[kind] and (not ending or ending in _ENDINGS[kind]) for kind in types)


def endings(types: Collection[FileKind]) -> str:
    """What a browser offers to choose from, as its attribute `accept` wants it; '' for everything."""
    wide = {FileKind.IMAGE: ["image/*"], FileKind.RECORDING: ["audio/*", "video/*"]}
    found = [one for kind in types for one in (*wide.get(kind, []), *(f".{end}" for end in _ENDINGS[kind]))]
    return ",".join(found)


def _is_text(head: bytes) -> bool:
    """Whether it is words, and nothing that a browser would take for a page or a script."""
    if not head or b"\0" in head:
        return False
    try:
        # A letter may be cut in two at the end of what is looked at.
        text = getincrementaldecoder("utf-8-sig")().decode(head, final=len(head) < HEAD)
    except UnicodeDecodeError:
        text = head.decode("latin-1")
    return not text.lstrip().startswith(("<", "#!"))
