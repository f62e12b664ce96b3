"""The process that reads mails for an import: batches come on standard input, answers go to standard output.

It ends when its input ends, so that it outlives neither the command nor a `kill -9` of it. Started as
`python -m syncline.gateways.imports.worker`.
"""

import gc
import os
import signal
from collections.abc import Iterable

import msgspec

from syncline.gateways.imports.batches import Asked, Prepared
from syncline.gateways.imports.noted import noted
from syncline.gateways.imports.pipes import read, write
from syncline.gateways.mime.mail import read_mail


def prepared(asked: Asked, raws: Iterable[bytes]) -> list[Prepared]:
    """The mails of a batch, read."""
    answer = []
    for raw, place in zip(raws, asked.places, strict=True):
        known = noted(raw, place, labels=asked.labels, inbox=asked.inbox)
        answer.append(Prepared(read_mail(raw), known.labels, known.state or ()))
    return answer


def main() -> None:
    """Answer until the input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the command, which ends us
    # whatever prints by mistake must not stand between answers
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    asked_type = msgspec.msgpack.Decoder(Asked)
    # mails make no cycles that stay, and looking for them takes a tenth of the time
    gc.disable()
    with os.fdopen(0, "rb") as questions:
        while (message := read(questions)) is not None:
            asked = asked_type.decode(message)
            # one mail at a time is in memory
            raws = (questions.read(size) for size in asked.sizes)
            answer = msgspec.msgpack.encode(prepared(asked, raws))
            try:
                write(answers, answer)
            except BrokenPipeError:
                break
            gc.collect(0)
    os._exit(0)  # nothing is left to do, and an interpreter that takes leave costs 10 ms


if __name__ == "__main__":
    main()
