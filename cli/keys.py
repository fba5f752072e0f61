"""Single keys: from the terminal without waiting for Enter, or from a pipe, so that a recorded session can be run."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

END = ""
"""What is read when no key will come any more."""


@contextmanager
def single_keys() -> Iterator[None]:
    """Keys arrive one by one meanwhile; the terminal is as it was afterwards, whatever happens."""
    if not sys.stdin.isatty():
        yield
        return
    try:
        import termios
        import tty
    except ImportError:  # Windows has no termios: Enter follows each key there
        yield
        return
    descriptor = sys.stdin.fileno()
    before = termios.tcgetattr(descriptor)
    try:
        tty.setcbreak(descriptor)
        yield
    finally:
        termios.tcsetattr(descriptor, termios.TCSADRAIN, before)


def next_key() -> str:
    """The next key that is no blank; END when there is none."""
    while (key := sys.stdin.read(1)) != END:
        if key == "\x04":
            return END
        if not key.isspace():
            return key
    return END
