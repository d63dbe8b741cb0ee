"""The process that reads: questions on standard input, answers on standard output."""

import os
import signal
import sys
from pathlib import Path

import msgspec
import pyarrow as pa

from emptychair.listen.intake.piped import receive, send
from emptychair.understand.language.embedding import Tier
from emptychair.understand.reading.reader import Origin, Reader, Text


class Read(msgspec.Struct, tag=True):
    """Asks what is in texts: columns of the same length."""

    signals: list[str]
    audiences: list[str]
    texts: list[str]
    origins: list[Origin]


class Forget(msgspec.Struct, tag=True):
    """Asks to forget the words of signals that are gone."""

    signals: list[str]


class Answer(msgspec.Struct):
    """Tables as Arrow, by name; `problem` is what went wrong, empty when nothing did."""

    tables: dict[str, bytes]
    problem: str = ""


QUESTIONS = msgspec.msgpack.Decoder(Read | Forget)


def main() -> None:
    """Answer until the server closes the pipe, also when it was killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server, which then closes the pipe
    reader = Reader(Path(sys.argv[1]), Tier(sys.argv[2]))
    while True:
        try:
            question = QUESTIONS.decode(receive(sys.stdin.buffer))
        except EOFError:
            return
        try:
            send(sys.stdout.buffer, msgspec.msgpack.encode(answered(reader, question)))
        except BrokenPipeError:  # nobody waits for the answer any more
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return


def answered(reader: Reader, question: Read | Forget) -> Answer:
    """What the reader says, or what was wrong: a full disk must not end the process."""
    try:
        if isinstance(question, Forget):
            reader.forget(question.signals)
            return Answer({})
        columns = (question.signals, question.audiences, question.texts, question.origins)
        readings, mentions = reader.read(
            [
                Text(signal=one, audience=audience, text=text, origin=origin)
                for one, audience, text, origin in zip(*columns, strict=True)
            ]
        )
    except OSError as error:
        return Answer({}, f"{type(error).__name__}: {error}")
    return Answer({"readings": written(readings), "mentions": written(mentions)})


def written(table: pa.Table) -> bytes:
    """The table as a stream of Arrow."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    found: bytes = sink.getvalue().to_pybytes()
    return found


def read_back(data: bytes) -> pa.Table:
    """The table of a stream."""
    return pa.ipc.open_stream(data).read_all()


if __name__ == "__main__":
    main()
