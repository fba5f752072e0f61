"""Anchors show a log that was cut, cut and regrown, or written anew; appending survives crashes and company."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.errors import EnvironmentFaultError, SyntaxFaultError
from registry.store.anchors import Anchor, append_anchor, check, read_anchors

SPAWN = multiprocessing.get_context("spawn")


def history(records: list[str]) -> list[str]:
    """The chained hash of every record, the genesis hash at index 0."""
    hashes = ["0" * 64]
    for record in records:
        hashes.append(sha256(f"{hashes[-1]}{record}".encode()).hexdigest())
    return hashes


def chain_of(hashes: list[str]) -> Callable[[int], str | None]:
    return lambda seq: hashes[seq] if seq < len(hashes) else None


def anchor_many(path: Path, process: int) -> None:
    for number in range(50):
        append_anchor(path, process * 1000 + number, f"hash-{process}-{number}", "2026-01-01T00:00:00.000000Z")


def test_what_is_appended_is_read_in_order(tmp_path: Path) -> None:
    path = tmp_path / "anchors.log"
    assert read_anchors(path) == ()
    append_anchor(path, 1, "a", "2026-01-01T00:00:00.000000Z")
    append_anchor(path, 7, "b", "2026-01-02T00:00:00.000000Z")
    assert read_anchors(path) == (
        Anchor(1, "a", "2026-01-01T00:00:00.000000Z"),
        Anchor(7, "b", "2026-01-02T00:00:00.000000Z"),
    )


def test_processes_append_whole_lines(tmp_path: Path) -> None:
    path = tmp_path / "anchors.log"
    processes = [SPAWN.Process(target=anchor_many, args=(path, number)) for number in (1, 2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert {anchor.seq for anchor in read_anchors(path)} == {p * 1000 + n for p in (1, 2) for n in range(50)}


@given(cut=st.integers(min_value=0, max_value=200))
def test_a_torn_line_is_left_out_and_what_follows_is_kept(tmp_path_factory: pytest.TempPathFactory, cut: int) -> None:
    path = tmp_path_factory.mktemp("anchors") / "anchors.log"
    append_anchor(path, 1, "a" * 64, "2026-01-01T00:00:00.000000Z")
    whole = path.stat().st_size
    append_anchor(path, 2, "b" * 64, "2026-01-01T00:00:01.000000Z")
    line = path.read_bytes()[whole:]
    kept = min(cut, len(line))
    path.write_bytes(path.read_bytes()[: whole + kept])
    append_anchor(path, 3, "c" * 64, "2026-01-01T00:00:02.000000Z")
    second_is_whole = kept >= len(line) - 1
    assert [anchor.seq for anchor in read_anchors(path)] == ([1, 2, 3] if second_is_whole else [1, 3])


@pytest.mark.parametrize("line", ['{"seq": 1}', '{"seq": "1", "hash": "a", "recorded_at": "b"}', '["a", {}]}', "null}"])
def test_a_changed_line_is_refused(tmp_path: Path, line: str) -> None:
    path = tmp_path / "anchors.log"
    append_anchor(path, 1, "a", "b")
    with path.open("a") as stream:
        stream.write(line + "\n")
    with pytest.raises(SyntaxFaultError, match="Line 2") as caught:
        read_anchors(path)
    assert caught.value.facts["line"] == 2


def test_an_unwritable_place_is_the_environments_fault(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFaultError, match="anchor of record 3"):
        append_anchor(tmp_path / "absent" / "anchors.log", 3, "a", "b")
    with pytest.raises(EnvironmentFaultError, match="cannot be read"):
        read_anchors(tmp_path)


records = st.lists(st.text(max_size=3), min_size=1, max_size=12)


@given(records=records, data=st.data())
def test_an_honest_log_agrees_with_its_anchors(records: list[str], data: st.DataObject) -> None:
    hashes = history(records)
    seqs = data.draw(st.lists(st.integers(0, len(records))))
    assert check([Anchor(seq, hashes[seq], "") for seq in seqs], chain_of(hashes)) is None


@given(records=records, data=st.data())
def test_truncation_is_seen(records: list[str], data: st.DataObject) -> None:
    hashes = history(records)
    kept = data.draw(st.integers(0, len(records) - 1))
    found = check([Anchor(len(records), hashes[-1], "now")], chain_of(hashes[: kept + 1]))
    assert found is not None
    assert found.found is None
    assert "ends before" in found.reason


@given(records=records, data=st.data())
def test_cut_and_regrown_and_rewritten_from_genesis_are_seen(records: list[str], data: st.DataObject) -> None:
    before = history(records)
    kept = data.draw(st.integers(0, len(records) - 1))
    after = history([*records[:kept], records[kept] + "!", *records[kept + 1 :], "more"])
    found = check([Anchor(seq, hash_, "now") for seq, hash_ in enumerate(before)], chain_of(after))
    assert found is not None
    assert found.anchor.seq == kept + 1
    assert found.found == after[kept + 1]
    assert "not the one" in found.reason
