"""`python -m glimpse`, and the program `glimpse`."""

from __future__ import annotations

import signal
from typing import NoReturn


def run() -> NoReturn:
    """The command. Ctrl-C while Python still imports it ends it without a word, too."""
    interrupted = signal.getsignal(signal.SIGINT)
    if interrupted == signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from glimpse.cli import main

    signal.signal(signal.SIGINT, interrupted)
    main()


if __name__ == "__main__":
    run()
