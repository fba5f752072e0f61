"""How often the index is right on noise made from real labels: a floor below what the benchmark measures."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from benchmarks.resolution_index import NOISE, accuracy
from benchmarks.resolution_labels import entries_of, real_entries
from registry.resolution.index import LabelIndex

SHARED = Path(os.environ.get("LEXICORD_SHARED", Path(__file__).resolve().parents[3] / ".." / "shared"))


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.is_dir(), reason="the real vocabularies are not beside the repository")
def test_noise_is_seen_through_on_twenty_thousand_real_labels() -> None:
    entries = entries_of(20_000, real_entries())
    rows = accuracy(LabelIndex.build(entries), entries)
    assert rows.keys() >= NOISE.keys()
    whole = rows["all (top1 without dropped word)"]
    assert whole["top1"] >= 95
    assert whole["top5"] >= 96
    assert all(row["top1"] >= 90 for kind, row in rows.items() if kind != "dropped word")
