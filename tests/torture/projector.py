"""A process for the torture tests: `projector.py DIR` keeps an on-disk projection up to date until it is killed."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from registry.store.journal import JournalFeed
from registry.store.projection.disk import open_projection
from registry.store.store import open_store


def main(directory: str) -> None:
    """Catch up for ever."""
    store = open_store(Path(directory))
    projection = open_projection(Path(directory) / "projection")
    while True:
        before = projection.cursor
        if projection.catch_up(JournalFeed(store.database)) == before:
            time.sleep(0.005)
        elif before % 7 == 0:
            projection.checkpoint()


if __name__ == "__main__":
    main(*sys.argv[1:])
