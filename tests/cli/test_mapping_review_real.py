"""Two published thesauri reviewed: a recorded session decides, teaches and is remembered; a new label asks again."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from cli import exits
from cli.main import run
from registry.store.store import create
from tests.cli.test_mapping import Capture

SESSION = "eeexhceexfbnruxs0eeexpueece0xceeebnuu"
"""Thirty decisions: a rejection is two keys, and the next key answers where an exact mapping was refused."""


@pytest.mark.shared
@pytest.mark.long
def test_a_recorded_session_on_two_thesauri(
    tmp_path: Path, shared: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    create(tmp_path / "r", base_iri="https://registry.example").close()
    monkeypatch.setenv("LEXICORD_REGISTRY", str(tmp_path / "r"))
    for key, name in (("stw", "stw-9.06-2018.ttl"), ("unesco", "unesco-thesaurus-2019-10.ttl")):
        assert run(["department", "add", f"{key}-dept", "--name", key]) == exits.DONE
        assert run(["scheme", "import", str(shared / "vocabularies" / name), "--key", key,
                    "--owner", f"{key}-dept"]) == exits.DONE  # fmt: skip

    def suggested() -> dict[tuple[str, str], dict[str, Any]]:
        capsys.readouterr()
        assert run(["-o", "json", "mapping", "suggest", "stw", "unesco", "--limit", "5000"]) == exits.DONE
        found = json.loads(capsys.readouterr().out)
        return {(one["subject"], one["object"]): one for one in found["candidates"]}

    before = suggested()
    monkeypatch.setattr("sys.stdin", io.StringIO(SESSION))
    assert run(["mapping", "suggest", "stw", "unesco", "--review", "--limit", "100"]) == exits.DONE
    assert "30 decided." in capsys.readouterr().out
    run(["-o", "json", "mapping", "list", "--limit", "100"])
    decided = json.loads(capsys.readouterr().out)["mappings"]
    assert len(decided) == 28, "two findings of no match are no mappings"

    monkeypatch.setattr("sys.stdin", io.StringIO("nynnq"))
    assert run(["mapping", "audit", "stw", "unesco", "--band", "0.85..0.9", "--sample", "10"]) == exits.DONE
    after = suggested()
    assert not [one for one in decided if (one["subject"], one["object"]) in after]
    moved = [pair for pair in before.keys() & after.keys()
             if after[pair]["score"] == before[pair]["score"] and 0.85 <= after[pair]["score"] < 0.9
             and after[pair]["confidence"] != before[pair]["confidence"]]  # fmt: skip
    assert moved, "what was judged is what confidence says now"

    rejected = next(one for one in decided if one["state"] == "rejected")
    assert run(["concept", "revise", rejected["subject"], "--add-alt", "A label nobody had thought of@en",
                "--reason", "A test."]) == exits.DONE  # fmt: skip
    assert (rejected["subject"], rejected["object"]) in suggested()
