"""The process that reads: questions on standard input, answers on standard output."""

import os
import signal
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pyarrow as pa

from emptychair.channels.outside import Outside, networks
from emptychair.ledger.words import MENTIONS
from emptychair.listen.intake.piped import receive, send
from emptychair.understand.language.embedding import Model, Tier, reached
from emptychair.understand.language.endpoint_model import EndpointModel
from emptychair.understand.language.own import READING_KEY, Endpoint, heard
from emptychair.understand.reading.messages import (
    QUESTIONS,
    Answer,
    Forget,
    Learn,
    Part,
    Question,
    Read,
    Settle,
    Theme,
    written,
)
from emptychair.understand.reading.reader import Reader, Text
from emptychair.understand.reading.theming import Finding, Spoken


def main() -> None:
    """Answer until the server closes the pipe, also when it was killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server, which then closes the pipe
    folder, model = Path(sys.argv[1]), _model(sys.argv[2])
    reader: Reader | None = None
    while True:
        try:
            question = QUESTIONS.decode(receive(sys.stdin.buffer))
        except EOFError:
            return
        try:
            # A model elsewhere that does not answer now is a problem, and not the end of the process.
            reader = reader or Reader(folder, model)
            answer = answered(reader, question)
        except OSError as error:
            answer = Answer(problem=f"{type(error).__name__}: {error}")
        try:
            send(sys.stdout.buffer, msgspec.msgpack.encode(answer))
        except BrokenPipeError:  # nobody waits for the answer any more
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return


def _model(told: str) -> Model:
    """The tier of this name, or the model of the company's own that is told."""
    if told in set(Tier):
        return Tier(told)
    own = heard(told, os.environ.get(READING_KEY, ""))
    if isinstance(own, Endpoint):
        outside = Outside(clock=_clock, allowed=networks(own.allowed))
        reached(own, EndpointModel(own, outside))
    return own


def _clock() -> datetime:
    """The present instant: this process is an edge, and only dates of Retry-After are held against it."""
    return datetime.fromtimestamp(time.time(), UTC)


def answered(reader: Reader, question: Question) -> Answer:
    """What the reader says, or what was wrong: a full disk must not end the process."""
    try:
        if isinstance(question, Read):
            return _read(reader, question)
        if isinstance(question, Forget):
            reader.forget(question.signals)
            return Answer()
        if isinstance(question, Learn):
            scores = list(zip(question.scales, question.values, strict=True))
            quality = reader.learn(question.texts, scores).quality
            return Answer(learned=None if quality is None else {
                "labels": quality.labels, "macro_f1": quality.macro_f1, "coverage": quality.coverage,
                "accuracy": quality.accuracy, "calibration_error": quality.calibration_error,
            })  # fmt: skip
        if isinstance(question, Settle):
            return Answer(mark=reader.settle(question.languages, question.texts))
        columns = zip(question.signals, question.people, question.texts, question.languages, strict=True)
        spoken = [
            Spoken(signal=one, person=person, text=text, language=language)
            for one, person, text, language in columns
        ]
        return _found(reader.find(question.audience, spoken, question.changes))
    except OSError as error:
        return Answer(problem=f"{type(error).__name__}: {error}")


def _read(reader: Reader, question: Read) -> Answer:
    columns = zip(question.signals, question.audiences, question.texts, question.origins, strict=True)
    texts = [
        Text(signal=one, audience=audience, text=text, origin=origin)
        for one, audience, text, origin in columns
    ]
    readings, mentions = reader.read(texts)
    return Answer(tables={"readings": written(readings), "mentions": written(mentions)})


def _found(finding: Finding) -> Answer:
    mentions = written(pa.Table.from_pylist(list(finding.mentions), MENTIONS))
    if finding.themes is None:
        few = finding.few
        return Answer(
            tables={"mentions": mentions}, have=few.have if few else 0, fewest=few.need if few else 0
        )
    areas = {area.id: area.name for area in finding.themes.areas}
    return Answer(
        tables={"mentions": mentions},
        themed=finding.themed,
        agreement=finding.agreement,
        parted={
            place: [Part(one.theme, one.name, list(one.examples)) for one in parts]
            for place, parts in finding.parted.items()
        },
        themes=[
            Theme(
                id=one.id,
                name=one.name,
                area=areas.get(one.area, ""),
                phrases=list(one.phrases),
                quoted=finding.quotes[one.id],
                texts=finding.sizes[one.id],
            )
            for one in finding.themes.themes
        ],
    )


if __name__ == "__main__":
    main()
