"""Files that commands read and write: standard input as a file, progress on a terminal, whole files or none."""

from __future__ import annotations

import gc
import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, cast

from cli.output import note

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

LARGE = 1_000_000
"""Bytes from which a command says what it is reading."""


class _Watched(io.RawIOBase):
    """A file that shows how far it has been read."""

    def __init__(self, inner: IO[bytes], size: int, name: str) -> None:
        super().__init__()
        self._inner, self._size, self._name, self._shown = inner, size, name, -1

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        return self._inner.seek(offset, whence)

    def tell(self) -> int:
        return self._inner.tell()

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        view = memoryview(buffer)
        block = self._inner.read(len(view))
        view[: len(block)] = block
        self._show()
        return len(block)

    def _show(self) -> None:
        part = 100 * self._inner.tell() // max(self._size, 1)
        if part > self._shown:
            self._shown = part
            end = "\n" if part == 100 else ""
            print(f"\rReading {self._name}: {part} %", end=end, file=sys.stderr, flush=True)


@contextmanager
def opened(file: str) -> Iterator[tuple[IO[bytes], str]]:
    """The file, or standard input for `-`, as a stream that can be read twice, and its name.

    NotFoundError when there is no such file, EnvironmentFaultError when it cannot be read.
    """
    if file == "-":
        yield io.BytesIO(sys.stdin.buffer.read()), "standard input"
        return
    with _open(Path(file)) as stream:
        size = os.fstat(stream.fileno()).st_size
        if size >= LARGE and sys.stderr.isatty():
            yield cast("IO[bytes]", io.BufferedReader(_Watched(stream, size, file), 1 << 20)), Path(file).name
            return
        if size >= LARGE:
            note(f"Reading {file} ({size / 1e6:.1f} MB).")
        yield stream, Path(file).name


@contextmanager
def uncollected() -> Iterator[None]:
    """No looking for garbage meanwhile: a fifth of a long import would go into it, and it makes none worth finding."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def write_whole(path: Path, body: bytes) -> None:
    """Write a file whole or not at all; EnvironmentFaultError when that cannot be done."""
    from registry.errors import EnvironmentFaultError

    beside = path.with_name(f".{path.name}.part")
    try:
        beside.write_bytes(body)
        beside.replace(path)
    except OSError as error:
        raise EnvironmentFaultError(f"{path} cannot be written: {error.strerror}.") from error


def _open(path: Path) -> IO[bytes]:
    from registry.errors import EnvironmentFaultError, NotFoundError

    try:
        return path.open("rb")
    except FileNotFoundError as error:
        raise NotFoundError(f"There is no file {path}.", advice="Check the path.") from error
    except OSError as error:
        raise EnvironmentFaultError(f"{path} cannot be read: {error.strerror}.") from error
