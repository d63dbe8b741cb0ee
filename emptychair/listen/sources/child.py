"""The process that reads what strangers wrote: a reader's name and bytes come in, JSON goes out."""

import resource
import signal
import sys

import msgspec

from emptychair.listen.intake.piped import receive, send
from emptychair.listen.sources.documents import read_feed
from emptychair.listen.sources.mails import read_mail

_READERS = {"feed": read_feed, "mail": read_mail}
LONGEST_ANSWER = 32 << 20


def main() -> None:
    """Answer until the server closes the pipe, also when it was killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    cpu, memory = int(sys.argv[1]), int(sys.argv[2])
    _limit(resource.RLIMIT_AS, memory)
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_FSIZE, 0)
    while True:
        try:
            what, raw = receive(sys.stdin.buffer).decode(), receive(sys.stdin.buffer)
        except EOFError:
            return
        used = resource.getrusage(resource.RUSAGE_SELF)
        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + cpu + 1, hard))
        send(sys.stdout.buffer, _answer(what, raw))


def _limit(what: int, most: int) -> None:
    resource.setrlimit(what, (most, most))


def _answer(what: str, raw: bytes) -> bytes:
    """`+` and JSON, or `-` and why it cannot be read."""
    # Whatever a reader stumbles over is the fault of what it reads: it is told, and the next one is read.
    try:
        answer = msgspec.json.encode(_READERS[what](raw))
    except MemoryError:
        return b"-it needs more memory than it may have"
    except BaseException as problem:
        return f"-it cannot be read ({type(problem).__name__}: {str(problem)[:200]})".encode(
            "utf-8", "replace"
        )
    if len(answer) > LONGEST_ANSWER:
        return b"-it is too long"
    return b"+" + answer


if __name__ == "__main__":
    main()
