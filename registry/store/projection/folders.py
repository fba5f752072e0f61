"""The folders of a disk projection: generations of a slot's store, and the checkpoints that slots share.

    slot-0.lock        who holds the slot
    slot-0/store-7     the live store: the highest number; lower ones serve readers that still hold them
    slot-0/building    a store being made, never read: renamed to the next generation when it is whole
    checkpoint-1234    a whole store at seq 1234, never opened, only copied from

A RocksDB store must keep its path while it is open, so a new generation gets a new name instead of the old one's.
"""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from pyoxigraph import Store

_KEPT_CHECKPOINTS = 2
_log = logging.getLogger(__name__)


class SlotFolder:
    """The generations of one leased slot."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def prepare(self) -> None:
        """Make the folder, and clear what a crash left half-made."""
        self.path.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(self._building, ignore_errors=True)

    def generations(self) -> list[Path]:
        """The whole stores, newest first."""
        return _numbered(self.path, "store-")

    def build(self, fill: Callable[[Path], None]) -> Path:
        """The next generation, which `fill` wrote, whole or not at all. `fill` leaves the store closed."""
        self.prepare()
        fill(self._building)
        target = self.path / f"store-{next((_number(path) for path in self.generations()), 0) + 1}"
        self._building.rename(target)
        return target

    def copy_newest(self, target: Path) -> None:
        """Copy the newest generation, which nobody is writing to: one that refuses writes, or is closed."""
        _copy(self.generations()[0], target)

    def keep_only(self, generation: Path) -> None:
        """Remove all other generations: call it only while no reader can hold one, at opening."""
        for path in self.generations():
            if path != generation:
                shutil.rmtree(path, ignore_errors=True)

    def keep_newest(self, count: int) -> None:
        """Remove all but the newest generations."""
        for path in self.generations()[count:]:
            shutil.rmtree(path, ignore_errors=True)

    @property
    def _building(self) -> Path:
        return self.path / "building"


class Checkpoints:
    """Whole stores that slots copy instead of rebuilding. Many processes publish and copy at the same time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def newest_first(self) -> list[Path]:
        """The published checkpoints, by seq, newest first."""
        return _numbered(self.folder, "checkpoint-")

    def publish(self, store: Store, seq: int, publisher: str) -> Path:
        """Flush the store and publish it as the checkpoint of `seq`; the two newest are kept. OSError on a full disk.

        `publisher` is a name that nobody else uses at the same time: the slot's.
        """
        target = self.folder / f"checkpoint-{seq}"
        if not target.exists():
            draft = self.folder / f"draft-{publisher}"
            shutil.rmtree(draft, ignore_errors=True)
            store.flush()
            store.backup(draft)
            try:
                draft.rename(target)
            except OSError:
                shutil.rmtree(draft, ignore_errors=True)
                if not target.exists():
                    raise
        for old in self.newest_first()[_KEPT_CHECKPOINTS:]:
            self._remove(old, publisher)
        return target

    def discard_all(self, publisher: str) -> None:
        """Remove every checkpoint: they belong to a history that is no more."""
        for path in self.newest_first():
            self._remove(path, publisher)

    def copies(self, slot: SlotFolder) -> Iterator[Path]:
        """Generations of `slot` made from a checkpoint each, newest first, for as long as the caller asks for more."""
        for checkpoint in self.newest_first():
            try:
                yield slot.build(partial(_copy, checkpoint))
            except FileNotFoundError:
                _log.info("checkpoint was removed while it was copied", extra={"checkpoint": checkpoint.name})

    def _remove(self, path: Path, publisher: str) -> None:
        # Renamed first, so that nobody starts to copy what is half removed.
        doomed = self.folder / f"doomed-{publisher}"
        shutil.rmtree(doomed, ignore_errors=True)
        try:
            path.rename(doomed)
        except FileNotFoundError:
            return
        shutil.rmtree(doomed, ignore_errors=True)


def _copy(source: Path, target: Path) -> None:
    target.mkdir()
    for path in source.iterdir():
        # A RocksDB table file is never changed once written, so a second name for it is as good as a copy.
        duplicate = os.link if path.suffix == ".sst" else shutil.copyfile
        duplicate(path, target / path.name)


def _numbered(folder: Path, prefix: str) -> list[Path]:
    found = [path for path in folder.glob(f"{prefix}*") if path.name.removeprefix(prefix).isdecimal()]
    return sorted(found, key=_number, reverse=True)


def _number(path: Path) -> int:
    return int(path.name.rpartition("-")[2])
