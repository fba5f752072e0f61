"""A process for the torture tests: `writer.py DIR ACKS` registers departments until killed, noting each answer."""

from __future__ import annotations

import os
import sys
import uuid

from registry.client import connect
from registry.contract.departments import ADD, AddDepartment


def main(directory: str, acks: str) -> None:
    """Write until killed: an acknowledged seq is in the file before the next write begins."""
    noted = os.open(acks, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    client = connect(directory)
    while True:
        key = f"d{uuid.uuid4().hex[:12]}"
        written = client.call(ADD, AddDepartment(key=key, name=f"Department {key}"))
        os.write(noted, f"{written.seq} {key}\n".encode())


if __name__ == "__main__":
    main(*sys.argv[1:])
