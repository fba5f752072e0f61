"""A process for the torture tests: `reviser.py DIR CONCEPT TIMES MODE` adds labels to a concept, one write each.

MODE `blind` writes without a base; `based` reads the version first and tries again when it is stale. Prints one JSON
line: how many were written, how many were stale, and the longest wait for one write, in seconds.
"""

from __future__ import annotations

import json
import os
import sys
import time

from registry.client import connect
from registry.contract.concepts import REVISE, SHOW, ReviseConcept, ShowConcept
from registry.errors import StaleError


def main(directory: str, concept: str, times: str, mode: str) -> None:
    """Add `times` labels that no other process adds."""
    client = connect(directory)
    stale, longest, done = 0, 0.0, 0
    while done < int(times):
        base = client.call(SHOW, ShowConcept(concept=concept)).version if mode == "based" else None
        label = f"label {os.getpid()} {done}@en"
        began = time.monotonic()
        try:
            client.call(REVISE, ReviseConcept(concept=concept, add_alt=(label,), base=base, reason="torture"))
            done += 1
        except StaleError:
            stale += 1
        longest = max(longest, time.monotonic() - began)
    client.close()
    sys.stdout.write(json.dumps({"written": done, "stale": stale, "longest": round(longest, 3)}) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
