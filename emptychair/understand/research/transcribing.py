"""Audio made into a transcript by an endpoint that speaks as OpenAI's does, if somebody set one up."""

import secrets
from dataclasses import dataclass, field

import msgspec

from emptychair.channels.outside import Limits, Outside
from emptychair.understand.research.transcript import DAY_MS, NotATranscript, Turn, bounded, joined

# What the endpoint of OpenAI takes, and half an hour of speech in any usual format.
LARGEST = 25 << 20
KINDS = {
    ".flac": "audio/flac", ".m4a": "audio/mp4", ".mp3": "audio/mpeg", ".mp4": "audio/mp4",
    ".oga": "audio/ogg", ".ogg": "audio/ogg", ".wav": "audio/wav", ".webm": "audio/webm",
}  # fmt: skip
LIMITS = Limits(seconds=900.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcriber:
    """Where audio is sent to be written down, and with which model; the key is never shown."""

    url: str
    model: str
    key: str = field(repr=False, default="")


class _Segment(msgspec.Struct, frozen=True):
    text: str
    start: float = 0.0
    end: float = 0.0


class _Answer(msgspec.Struct, frozen=True):
    text: str = ""
    segments: list[_Segment] = []


_ANSWERS = msgspec.json.Decoder(_Answer)


def is_audio(name: str) -> bool:
    """Whether a file of this name is to be listened to."""
    return _kind(name) is not None


def transcribed(outside: Outside, transcriber: Transcriber, name: str, audio: bytes) -> list[Turn]:
    """What is said in the audio, without speakers. It is passed on and never kept.

    Raises OutsideError when the endpoint cannot be asked, NotATranscript when nothing is said.
    """
    kind = _kind(name)
    if kind is None or len(audio) > LARGEST:
        raise NotATranscript(f"Audio is one of {', '.join(sorted(KINDS))}, of at most {LARGEST:,} bytes.")
    boundary = secrets.token_hex(16)
    headers = {"content-type": f"multipart/form-data; boundary={boundary}", "accept": "application/json"}
    if transcriber.key:
        headers["authorization"] = f"Bearer {transcriber.key}"
    answer = outside.ask(
        "POST",
        f"{transcriber.url.rstrip('/')}/audio/transcriptions",
        headers=headers,
        content=_form(boundary, transcriber.model, *kind, audio),
        limits=LIMITS,
    )
    return bounded(joined(_turns(answer.decoded(_ANSWERS))))


def _turns(told: _Answer) -> list[Turn]:
    said = [
        Turn(
            speaker="",
            text=" ".join(one.text.split()),
            begins_ms=_milliseconds(one.start),
            ends_ms=_milliseconds(one.end),
        )
        for one in told.segments
    ]
    return said or [Turn(speaker="", text=" ".join(told.text.split()))]


def _milliseconds(seconds: float) -> int:
    return max(0, min(int(1000 * seconds), DAY_MS))


def _kind(name: str) -> tuple[str, str] | None:
    """The ending and the media type of a file of this name: the sender's name itself goes nowhere."""
    lower = name.lower()
    return next(((ending, kind) for ending, kind in KINDS.items() if lower.endswith(ending)), None)


def _form(boundary: str, model: str, ending: str, kind: str, audio: bytes) -> bytes:
    fields = {"model": model, "response_format": "verbose_json"}
    head = "".join(
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    )
    head += (
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="interview{ending}"\r\n'
        f"Content-Type: {kind}\r\n\r\n"
    )
    return head.encode() + audio + f"\r\n--{boundary}--\r\n".encode()
