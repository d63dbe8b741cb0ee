"""The process that understands envelopes: questions on standard input, answers on standard output."""

import os
import signal
import sys

import msgspec

from emptychair.listen.intake.beside import Question, as_answer, receive, send
from emptychair.listen.intake.keys import terms_by_source
from emptychair.listen.intake.terms import USUAL, Terms
from emptychair.listen.intake.translating import Translator


def main() -> None:
    """Answer until the server closes the pipe, also when it was killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server, which then closes the pipe
    questions = msgspec.msgpack.Decoder(Question)
    terms: dict[str, Terms] = {}
    translator = Translator(lambda source: terms.get(source, USUAL))
    while True:
        try:
            question = questions.decode(receive(sys.stdin.buffer))
        except EOFError:
            return
        if question.said is not None:
            terms = terms_by_source(question.said)
        understood = translator(question.payloads)
        try:
            send(sys.stdout.buffer, msgspec.msgpack.encode(as_answer(understood)))
        except BrokenPipeError:  # nobody waits for the answer any more
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return


if __name__ == "__main__":
    main()
