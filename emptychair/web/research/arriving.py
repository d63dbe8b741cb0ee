"""A transcript as it arrives: a file of a form, held in memory alone, or words that were pasted."""

from http import HTTPStatus

from fastapi import Request
from starlette.concurrency import run_in_threadpool

from emptychair.channels.outside import OutsideError
from emptychair.understand.research import transcribing
from emptychair.understand.research.files import from_text, transcript
from emptychair.understand.research.transcript import NotATranscript, Turn
from emptychair.web.fields import LONGEST_BODY, sent_fields
from emptychair.web.parts import Parts, parts_of
from emptychair.web.problem import Problem, refused
from emptychair.web.upload import Sent, sent_file

MOST_OF_TRANSCRIPT = transcribing.LARGEST + LONGEST_BODY
_FIELDS = ("application/x-www-form-urlencoded", "application/json")


async def sent_turns(request: Request) -> list[Turn]:
    """What is said in the file or the `text` that was sent. Raises a `Problem` for what cannot be read."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    try:
        if kind in _FIELDS:
            return await run_in_threadpool(from_text, (await sent_fields(request)).text("text"))
        return await run_in_threadpool(_turns, parts_of(request), await sent_file(request))
    except NotATranscript as problem:
        raise refused({"file": str(problem)}) from None


def _turns(parts: Parts, sent: Sent) -> list[Turn]:
    if not transcribing.is_audio(sent.name):
        return transcript(sent.data)
    if parts.transcriber is None:
        raise NotATranscript("No audio is taken here: EMPTYCHAIR_TRANSCRIPTION_URL is not set.")
    try:
        return transcribing.transcribed(parts.outside, parts.transcriber, sent.name, sent.data)
    except OutsideError as problem:
        raise Problem(
            status=HTTPStatus.BAD_GATEWAY, detail=f"The audio could not be written down: {problem}"
        ) from None
