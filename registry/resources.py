"""Where the data that ships with Lexicord lies, in a checkout and in a wheel."""

from __future__ import annotations

from pathlib import Path

from registry.errors import EnvironmentFaultError


def bundled(name: str) -> Path:
    """The folder `ontologies`, `shapes` or `examples`: in a wheel beside this file, else at the repository's top."""
    here = Path(__file__).resolve().parent
    for folder in (here / name, here.parent / name):
        if folder.is_dir():
            return folder
    raise EnvironmentFaultError(f"The folder {name!r} that ships with Lexicord is missing.", advice="Install it again.")
