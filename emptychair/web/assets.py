"""Files for the browser: hashed names that may be kept for ever, compressed once at the start."""

import gzip
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable

from fastapi import Request, Response

FOR_EVER = "public, max-age=31536000, immutable"
TYPES = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
    "woff2": "font/woff2",
    "txt": "text/plain; charset=utf-8",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """One file as it is sent; `packed` is None where gzip would not help (fonts)."""

    path: str
    type: str
    body: bytes
    packed: bytes | None


@cache
def assets() -> "Assets":
    """The files that this program brings along, read and packed once a process."""
    return Assets()


class Assets:
    """All static files by their logical name, for instance `app.css`."""

    def __init__(self) -> None:
        root = resources.files("emptychair.web") / "static"
        self._by_name: dict[str, Asset] = {}
        for font in _files(root / "font"):
            self._add(f"font/{font.name}", font.read_bytes())
        self._add("app.css", self._styles(_files(root / "css")))
        # Respondents get the ground of all pages and one component more; who builds, that component alone.
        ground = [sheet for sheet in _files(root / "css") if sheet.name[0].isdigit() and sheet.name < "05"]
        self._add("survey.css", self._styles([*ground, root / "survey" / "asked.css"]))
        self._add("builder.css", self._styles(_files(root / "survey", ".css")))
        # What one kind of page needs alone: no other page carries it.
        self._add("person.css", self._styles(_files(root / "person", ".css")))
        self._add("live.js", (root / "person" / "live.js").read_bytes())
        self._add("upload.js", (root / "imports" / "upload.js").read_bytes())
        self._add("choosing.js", (root / "research" / "choosing.js").read_bytes())
        self._add("widget.js", (root / "widget" / "widget.js").read_bytes())
        self._add("survey.js", (root / "survey" / "asked.js").read_bytes())
        self._add("app.js", b"\n".join(script.read_bytes() for script in _files(root / "js" / "app")))
        self._add("htmx.js", (root / "js" / "htmx.min.js").read_bytes())
        self._add("favicon.svg", (root / "favicon.svg").read_bytes())
        self._by_path = {asset.path: asset for asset in self._by_name.values()}
        self.sprite = (
            (root / "icons.svg")
            .read_text("utf-8")
            .replace("<svg ", '<svg class="sprite" aria-hidden="true" ')
        )

    def url(self, name: str) -> str:
        """The address of a file, with the hash of its content; KeyError for a file that is not there."""
        return f"/static/{self._by_name[name].path}"

    def named(self, name: str, request: Request, headers: Mapping[str, str]) -> Response:
        """The file under its own name, with these headers; it may change with the next version."""
        asset = self._by_name[name]
        packed = asset.packed if "gzip" in request.headers.get("accept-encoding", "") else None
        told = {**headers, "Vary": "Accept-Encoding"} | ({"Content-Encoding": "gzip"} if packed else {})
        return Response(packed or asset.body, media_type=asset.type, headers=told)

    def respond(self, path: str, request: Request) -> Response | None:
        """The answer for a hashed path, or None when there is no such file."""
        asset = self._by_path.get(path)
        if asset is None:
            return None
        headers = {"Cache-Control": FOR_EVER, "Vary": "Accept-Encoding"}
        if asset.packed is not None and "gzip" in request.headers.get("accept-encoding", ""):
            return Response(
                asset.packed, media_type=asset.type, headers={**headers, "Content-Encoding": "gzip"}
            )
        return Response(asset.body, media_type=asset.type, headers=headers)

    def _add(self, name: str, body: bytes) -> None:
        stem, suffix = name.rsplit(".", 1)
        path = f"{stem}.{hashlib.sha256(body).hexdigest()[:12]}.{suffix}"
        # mtime 0: the same bytes on every start, so that several processes answer alike.
        packed = None if suffix == "woff2" else gzip.compress(body, 9, mtime=0)
        self._by_name[name] = Asset(path=path, type=TYPES[suffix], body=body, packed=packed)

    def _styles(self, sheets: Sequence[Traversable]) -> bytes:
        """One file per component is written, one file is sent; comments and indentation stay at home."""
        text = "\n".join(sheet.read_text("utf-8") for sheet in sheets)
        text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
        text = re.sub(r"\n\s*", "\n", text)
        return re.sub(r'url\("([^"]+)"\)', lambda found: f'url("{self.url(found[1])}")', text).encode()


def _files(folder: Traversable, suffix: str = "") -> list[Traversable]:
    found = (entry for entry in folder.iterdir() if entry.is_file() and entry.name.endswith(suffix))
    return sorted(found, key=lambda entry: entry.name)
