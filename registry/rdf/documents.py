"""Documents as they come: plain, gzip or zip, of any size, with a guard against archives that explode."""

from __future__ import annotations

import gzip
import io
import zipfile
from typing import IO, TYPE_CHECKING, cast

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

from registry.errors import InvalidInputError, SyntaxFaultError, TooLargeError

_GZIP, _ZIP = b"\x1f\x8b", b"PK\x03\x04"
_MARKS = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16", b"\x00\x00\xfe\xff": "UTF-32"}
BOMB_FROM = 64 * 1024 * 1024
"""Expanded bytes from which the ratio of expanded to packed is watched."""
BOMB_RATIO = 100
"""No honest RDF document packs tighter than this (Turtle and N-Triples: 10 to 40)."""


class _Guarded(io.RawIOBase):
    """A decompressing stream that stops at a bomb instead of filling the memory."""

    def __init__(self, inner: IO[bytes], packed: int, name: str) -> None:
        super().__init__()
        self._inner, self._packed, self._name, self._given = inner, max(packed, 1), name, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        view = memoryview(buffer)
        try:
            block = self._inner.read(len(view))
        except (OSError, EOFError, zipfile.BadZipFile) as error:
            raise InvalidInputError(f"{self._name} is damaged: {error}.", advice="Pack it again.") from error
        view[: len(block)] = block
        self._given += len(block)
        if self._given > BOMB_FROM and self._given > BOMB_RATIO * self._packed:
            raise TooLargeError(
                f"{self._name} expands to more than {BOMB_RATIO} times its packed size: it is refused unread.",
                advice="If it is genuine, unpack it first and import the plain file.",
                limit=BOMB_RATIO,
            )
        return len(block)


def open_document(stream: IO[bytes], name: str) -> tuple[IO[bytes], str]:
    """A readable stream of the plain document and its name without the packing's ending.

    Raises InvalidInputError for an empty document, a damaged archive or a zip with other than one file in it, and
    TooLargeError, while reading, for an archive that explodes.
    """
    stream = stream if stream.seekable() else io.BytesIO(stream.read())
    start = stream.read(4)
    stream.seek(0)
    if start.startswith(_GZIP):
        packed = _size(stream)
        return _buffered(cast("IO[bytes]", gzip.GzipFile(fileobj=stream, mode="rb")), packed, name), name.removesuffix(
            ".gz"
        )
    if start.startswith(_ZIP):
        return _unzip(stream, name)
    if not start:
        raise InvalidInputError(f"{name} is empty.", advice="Nothing was imported.")
    for mark, encoding in _MARKS.items():
        if start.startswith(mark):
            raise SyntaxFaultError(f"{name} is encoded in {encoding}.", advice="Save it as UTF-8.", line=1, column=1)
    if start.startswith(b"\xef\xbb\xbf"):
        stream.seek(3)
    return stream, name


def _unzip(stream: IO[bytes], name: str) -> tuple[IO[bytes], str]:
    try:
        archive = zipfile.ZipFile(stream)
    except zipfile.BadZipFile as error:
        raise InvalidInputError(f"{name} is a damaged zip: {error}.", advice="Pack it again.") from error
    members = [m for m in archive.infolist() if not m.is_dir() and not m.filename.startswith("__MACOSX/")]
    if len(members) != 1:
        raise InvalidInputError(f"{name} holds {len(members)} files.", advice="Pack one document in one zip.")
    return _buffered(archive.open(members[0]), members[0].compress_size, name), members[0].filename


def _buffered(inner: IO[bytes], packed: int, name: str) -> IO[bytes]:
    return io.BufferedReader(_Guarded(inner, packed, name), buffer_size=1 << 20)


def _size(stream: IO[bytes]) -> int:
    at = stream.tell()
    size = stream.seek(0, io.SEEK_END)
    stream.seek(at)
    return size
