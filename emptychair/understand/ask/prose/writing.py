"""An answer written by a model behind an OpenAI-compatible endpoint; without it the evidence stands alone."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec

from emptychair.channels.outside import Limits, Outside, OutsideError
from emptychair.understand.ask.prose.checking import Sentence, Why, checked
from emptychair.understand.ask.prose.message import Message

_MOST_BYTES = 2_000_000
# Some models tell what they think before they answer.
_THOUGHTS = re.compile(r"<think(?:ing)?>.*?(?:</think(?:ing)?>|\Z)", re.DOTALL | re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Where a model answers: `address` ends before `/chat/completions`; the key is in no text of it."""

    address: str
    model: str
    key: str = field(default="", repr=False)
    seconds: int = 60
    tokens: int = 700


@dataclass(frozen=True, slots=True, kw_only=True)
class Prose:
    """What holds of what was written, and how many sentences were taken out for which reason.

    `problem` is why there is none, for a person; empty where there is some.
    """

    sentences: tuple[Sentence, ...] = ()
    removed: Mapping[Why, int] = field(default_factory=dict)
    problem: str = ""


class _Spoken(msgspec.Struct):
    content: str | None = None


class _Choice(msgspec.Struct):
    message: _Spoken


class _Reply(msgspec.Struct):
    choices: list[_Choice]


_REPLIES = msgspec.json.Decoder(_Reply)


def written(told: Message, endpoint: Endpoint, outside: Outside) -> Prose:
    """The prose, checked; or why there is none. One try: who asked is waiting, and may ask again."""
    try:
        text = answered(told.system, told.data, endpoint, outside)
    except OutsideError as error:
        return Prose(problem=f"The model could not be asked: {error}.")
    found = checked(text, told.sources, told.counts)
    if not found.sentences:
        removed = sum(found.removed.values())
        why = "nothing of what it wrote could be checked" if removed else "it wrote nothing"
        return Prose(removed=found.removed, problem=f"The model was asked, and {why}.")
    return Prose(sentences=found.sentences, removed=found.removed)


def answered(system: str, data: str, endpoint: Endpoint, outside: Outside) -> str:
    """What the model says, without its thoughts; empty when it says nothing. Raises OutsideError."""
    answer = outside.ask(
        "POST",
        f"{endpoint.address.rstrip('/')}/chat/completions",
        headers={"authorization": f"Bearer {endpoint.key}"} if endpoint.key else {},
        json={
            "model": endpoint.model,
            "messages": [{"role": "system", "content": system}, {"role": "user", "content": data}],
            "temperature": 0,
            "max_tokens": endpoint.tokens,
        },
        limits=Limits(seconds=float(endpoint.seconds), most=_MOST_BYTES),
    )
    reply: _Reply = answer.decoded(_REPLIES)
    text = (reply.choices[0].message.content or "") if reply.choices else ""
    return _THOUGHTS.sub(" ", text)
