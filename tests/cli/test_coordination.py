"""`lexicord conflict` and `lexicord coordination`: what people read, and what scripts get."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli import exits
from cli.main import run
from registry.store.store import create
from tests.services.worlds import FINANCE, IT, PREFIXES

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> Path:
    create(tmp_path / "r", base_iri="https://registry.example").close()
    monkeypatch.setenv("LEXICORD_REGISTRY", str(tmp_path / "r"))
    for key, turtle in (("fin", FINANCE), ("it", IT)):
        (tmp_path / f"{key}.ttl").write_text(PREFIXES + turtle)
        assert run(["department", "add", f"{key}-dept", "--name", key]) == 0
        assert run(["scheme", "import", str(tmp_path / f"{key}.ttl"), "--key", key, "--owner", f"{key}-dept"]) == 0
    capsys.readouterr()
    return tmp_path


def test_conflicts_are_found_listed_and_shown(folder: Path, capsys: Capture) -> None:
    assert run(["conflict", "list"]) == exits.DONE
    assert "Look for them with" in capsys.readouterr().out
    assert run(["conflict", "find"]) == exits.DONE
    assert "conflicts stand between 1 pairs of vocabularies" in capsys.readouterr().out
    assert run(["-o", "json", "conflict", "list", "--kind", "homonym"]) == exits.DONE
    found = json.loads(capsys.readouterr().out)["conflicts"]
    assert run(["conflict", "show", next(c["id"] for c in found if c["label_key"] == "account")]) == exits.DONE
    said = capsys.readouterr().out
    assert "A record in the general ledger." in said
    assert "A person's access to a system." in said
    assert run(["conflict", "show", "none"]) == exits.MISSING


def test_the_model_needs_no_registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    monkeypatch.setenv("LEXICORD_REGISTRY", str(tmp_path / "none"))
    size = ["--departments", "10", "--use-cases", "25", "--sources", "20"]
    assert run(["coordination", "model", *size]) == exits.DONE
    assert "45 + 190 + 200 + 100 = 535" in capsys.readouterr().out
    assert run(["-o", "json", "coordination", "model", *size]) == exits.DONE
    assert json.loads(capsys.readouterr().out)["total"] == 535
    assert run(["coordination", "model", "--departments", "-1", "--use-cases", "1", "--sources", "1"]) == exits.USAGE


def test_the_report_reads_as_a_sentence(folder: Path, capsys: Capture) -> None:
    run(["conflict", "find"])
    run(["mapping", "approve", "fin/customer", "it/buyer"])
    capsys.readouterr()
    assert run(["coordination", "report"]) == exits.DONE
    said = capsys.readouterr().out
    assert "Of 3 meanings that two departments share, 1 are agreed" in said
    assert "fin-dept - it-dept" in said
