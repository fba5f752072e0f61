"""Documents that operations answer with, written to a file or to stdout."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from cli.output import note
from registry.errors import EnvironmentFaultError


def write_document(document: Any, to: Path | None) -> None:
    """Write a document piece by piece; EnvironmentFaultError when the file cannot be written."""
    if to is None:
        for chunk in document.chunks:
            sys.stdout.buffer.write(chunk)
        sys.stdout.buffer.flush()
        return
    try:
        with to.open("wb") as target:
            size = sum(target.write(chunk) for chunk in document.chunks)
    except OSError as error:
        raise EnvironmentFaultError(f"{to} cannot be written: {error.strerror}.") from error
    note(f"Wrote {size} bytes to {to}.")
