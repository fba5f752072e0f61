"""The demo: it runs from nothing, tells the main job, and can be run again; no other folder is touched."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.main import run
from registry.store.store import open_store
from registry.store.verification import verify


def test_the_demo_tells_the_main_job_and_can_be_told_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    where = str(tmp_path / "demo-registry")
    assert run(["--registry", where, "demo"]) == 0
    first = capsys.readouterr().out
    for said in ("bring their words", "opposite hierarchy", "one sided", "no longer offers", "NEEDS_CONTEXT",
                 "AGREED, safe to use", "repair:", "= 535", "audit verify"):  # fmt: skip
        assert said in first
    store = open_store(Path(where))
    with store.reading() as reader:
        assert verify(reader.connection).intact
    store.close()
    assert run(["--registry", where, "demo"]) == 0
    assert capsys.readouterr().out == first


def test_all_ten_departments_can_be_built(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    where = str(tmp_path / "nordhaven-registry")
    assert run(["--registry", where, "demo", "--all"]) == 0
    told = " ".join(capsys.readouterr().out.split())
    for said in ("underwriting department", "regulator external", "Where they disagree", "NEEDS_CONTEXT"):
        assert said in told
    assert run(["--registry", where, "resolve", "capacity", "--department", "hr"]) == 0
    assert "Capacity  (hr)" in capsys.readouterr().out


def test_another_folder_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "letter.txt").write_text("dear")
    assert run(["--registry", str(tmp_path), "demo"]) == 4
    assert "not a demo registry" in capsys.readouterr().err
    assert (tmp_path / "letter.txt").read_text() == "dear"
