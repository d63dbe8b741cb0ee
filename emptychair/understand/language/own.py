"""Models of the company's own choice: a folder as Hugging Face has them, or an endpoint as OpenAI has it."""

from dataclasses import dataclass, field
from functools import cache
from hashlib import blake2b
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

# How its key is told to another process, and to this one.
READING_KEY = "EMPTYCHAIR_READING_KEY"


class ModelTrouble(OSError):
    """A model that cannot be used (now); the text is for whoever operates the installation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """A folder with a tokenizer and a model in ONNX, or static vectors."""

    path: Path

    @property
    def name(self) -> str:
        """What its vectors are known by: the folder's name, and what is in it. Raises ModelTrouble."""
        return _name_of(self.path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """An address that ends before `/embeddings`, a model there and how many numbers its vectors have.

    `allowed` are networks inside the house in which it may be.
    """

    address: str
    model: str
    width: int
    key: str = field(default="", repr=False, compare=False)
    allowed: str = field(default="", compare=False)

    @property
    def name(self) -> str:
        """What its vectors are known by: the model, the address and the width."""
        told = blake2b(f"{self.address} {self.model}".encode(), digest_size=4).hexdigest()
        return f"{_plain(self.model)}-{told}-{self.width}.1"


Own = Folder | Endpoint


class _Told(msgspec.Struct):
    """An own model as it is told to another process; never its key."""

    path: str = ""
    address: str = ""
    model: str = ""
    width: int = 0
    allowed: str = ""


def told(own: Own) -> str:
    """The model as text for another process, without its key."""
    if isinstance(own, Folder):
        return msgspec.json.encode(_Told(path=str(own.path))).decode()
    known = _Told(address=own.address, model=own.model, width=own.width, allowed=own.allowed)
    return msgspec.json.encode(known).decode()


def heard(text: str, key: str) -> Own:
    """The model that was told, with its key."""
    found = msgspec.json.decode(text, type=_Told)
    if found.path:
        return Folder(path=Path(found.path))
    return Endpoint(
        address=found.address, model=found.model, width=found.width, key=key, allowed=found.allowed
    )


def host(own: Endpoint) -> str:
    """Where texts go, without the path."""
    return urlsplit(own.address).hostname or own.address


@cache
def _name_of(path: Path) -> str:
    files = files_of(path)
    digest = blake2b(digest_size=6)
    for file in files:
        digest.update(f"{file.name} {file.stat().st_size}\0".encode())
        with file.open("rb") as content:
            # A model of gigabytes is known by both of its ends and its length.
            digest.update(content.read(1 << 20))
            content.seek(max(0, file.stat().st_size - (1 << 20)))
            digest.update(content.read())
    return f"{_plain(path.resolve().name)}-{digest.hexdigest()}.1"


def files_of(path: Path) -> list[Path]:
    """The files that make its vectors: tokenizer, model, and how it is pooled. Raises ModelTrouble."""
    if not path.is_dir():
        raise ModelTrouble(f"{path} is no folder that can be read")
    tokenizer = path / "tokenizer.json"
    if not tokenizer.is_file():
        raise ModelTrouble(f"{path} has no tokenizer.json: a fast tokenizer as the tokenizers library has it")
    model = model_of(path)
    beside = [path / "1_Pooling" / "config.json", path / "sentence_bert_config.json"]
    data = sorted(model.parent.glob(f"{model.name}_data*")) + sorted(model.parent.glob(f"{model.stem}.data"))
    return [tokenizer, model, *data, *(one for one in beside if one.is_file())]


_ONNX = ("model.onnx", "onnx/model.onnx", "onnx/model_quantized.onnx", "onnx/model_int8.onnx")


def model_of(path: Path) -> Path:
    """The model in ONNX, or the table of static vectors. Raises ModelTrouble where there is neither."""
    for name in _ONNX:
        if (path / name).is_file():
            return path / name
    table = path / "model.safetensors"
    if table.is_file() and _is_static(table):
        return table
    raise ModelTrouble(
        f"{path} has none of {', '.join(_ONNX)}, and no static vectors in model.safetensors: "
        "export it with `optimum-cli export onnx --task feature-extraction`"
    )


def _is_static(table: Path) -> bool:
    """Whether the file has one matrix that is called as static vectors are."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(table, framework="numpy") as file:
            return "embeddings" in set(file.keys())
    except (SafetensorError, OSError):
        return False


def _plain(name: str) -> str:
    """At most 40 letters that a file may be called by."""
    kept = "".join(sign if sign.isascii() and (sign.isalnum() or sign in "-_.") else "-" for sign in name)
    return kept.strip("-.")[:40] or "model"
