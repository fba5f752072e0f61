"""Receipts of a process: nothing is lost between two short commands, and a lost folder costs no request."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from registry.store.noting import Noting
from registry.store.receipts import ReceiptLimits, ReceiptWriter, read_receipts
from registry.store.verification import verify
from tests.adapters.registries import Registry


def test_short_commands_follow_each_other(sqlite_registry: Registry, tmp_path: Path) -> None:
    folder = tmp_path / "receipts"
    for n in range(3):
        noting = Noting(sqlite_registry.store, folder, background=False)
        noting.write({"kind": "answer", "number": n})
        noting.close()
    kinds = [(receipt["kind"], receipt.get("number")) for receipt in read_receipts(folder)]
    assert [number for kind, number in kinds if kind == "answer"] == [0, 1, 2]
    assert "torn" not in dict(kinds)


def test_a_folder_that_cannot_be_written_costs_the_receipt_only(
    sqlite_registry: Registry, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "file"
    file.write_text("in the way")
    noting = Noting(sqlite_registry.store, file / "receipts", background=False)
    with caplog.at_level(logging.ERROR):
        noting.write({"kind": "answer", "operation": "resolve.term"})
    assert [record.message for record in caplog.records] == ["receipt lost"]
    noting.close()


def test_a_closed_segment_is_a_record_of_the_log(
    sqlite_registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def tiny(*arguments: object, **named: object) -> ReceiptWriter:
        return ReceiptWriter(*arguments, **named, limits=ReceiptLimits(segment_bytes=200))  # type: ignore[arg-type]

    monkeypatch.setattr("registry.store.receipts.ReceiptWriter", tiny)
    noting = Noting(sqlite_registry.store, tmp_path / "receipts", background=False)
    for n in range(20):
        noting.write({"kind": "answer", "number": n})
        noting.flush()
    noting.close()
    with sqlite_registry.store.reading() as reader:
        assert verify(reader.connection).intact
        assert sqlite_registry.store.head() >= 1
