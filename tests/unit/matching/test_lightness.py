"""Importing matching costs nothing heavy, and asking for more than is installed says what to install."""

import subprocess
import sys

import pytest

from registry.errors import EnvironmentFaultError
from registry.matching import Vocabulary, suggest

HEAVY = "numpy", "scipy", "sparse_dot_topn", "snowballstemmer", "rapidfuzz"


def test_importing_matching_imports_no_heavy_library() -> None:
    code = (
        "import sys, registry.matching, registry.matching.conflicts, registry.matching.sssom, registry.matching.reason,"
        "registry.matching.load, registry.matching.alignment, registry.matching.evaluate;"
        f"print(sorted(set(sys.modules) & set({HEAVY!r})))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("registry.matching.extra.LIBRARIES", ("numpy", "no_such_library_at_all"))
    with pytest.raises(EnvironmentFaultError, match=r"no_such_library_at_all.*lexicord\[matching\]"):
        suggest(Vocabulary("a"), Vocabulary("b"))
