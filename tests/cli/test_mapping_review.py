"""Reviewing suggestions with keys from a pipe, and by a sheet."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from cli import exits
from cli.main import run
from tests.cli.test_mapping import Capture, folder
from tests.services.worlds import IT, PREFIXES

__all__ = ["folder"]


def keys(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(text))


def listed(capsys: Capture) -> dict[tuple[str, str], dict[str, Any]]:
    capsys.readouterr()
    assert run(["-o", "json", "mapping", "list"]) == exits.DONE
    found = json.loads(capsys.readouterr().out)["mappings"]
    return {(one["subject"], one["object"]): one for one in found}


def queue(capsys: Capture, *args: str) -> list[dict[str, Any]]:
    capsys.readouterr()
    assert run(["-o", "json", "mapping", "suggest", "fin", "it", "--order", "queue", "--min-confidence", "0.2",
                *args]) == exits.DONE  # fmt: skip
    return list(json.loads(capsys.readouterr().out)["candidates"])


def test_a_recorded_session_decides_one_after_the_other(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    first, second, *_ = queue(capsys)
    keys(monkeypatch, "? x h\n c q")
    assert run(["mapping", "suggest", "fin", "it", "--review", "--min-confidence", "0.2"]) == exits.DONE
    said = capsys.readouterr()
    assert "2 decided." in said.out
    assert "o other" in said.err
    known = listed(capsys)
    rejected = known[first["subject"], first["object"]]
    assert (rejected["state"], rejected["mismatch"]) == ("rejected", "homonym")
    approved = known[second["subject"], second["object"]]
    assert (approved["state"], approved["predicate_id"]) == ("approved", "skos:closeMatch")
    assert {(one["subject"], one["object"]) for one in queue(capsys)}.isdisjoint(known)


@pytest.mark.parametrize(("key", "predicate"), [("e", "exact"), ("b", "broad"), ("n", "narrow"), ("r", "related")])
def test_every_relation_has_a_key(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture, key: str, predicate: str
) -> None:
    keys(monkeypatch, key)
    assert run(["mapping", "suggest", "fin", "it", "--review", "--limit", "1"]) == exits.DONE
    assert [one["predicate_id"] for one in listed(capsys).values()] == [f"skos:{predicate}Match"]


def test_no_match_unsure_and_skip(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    before = queue(capsys)
    keys(monkeypatch, "0us")
    assert run(["mapping", "suggest", "fin", "it", "--review", "--min-confidence", "0.2"]) == exits.DONE
    assert "2 decided." in capsys.readouterr().out
    after = {(one["subject"], one["object"]) for one in queue(capsys)}
    assert before[0]["subject"] not in {subject for subject, _ in after}
    assert (before[1]["subject"], before[1]["object"]) not in after
    assert [one["state"] for one in listed(capsys).values()] == ["unsure"]


def test_what_is_refused_is_told_and_asked_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    first = queue(capsys)[0]
    run(["mapping", "approve", first["subject"], "hub/customer", "--predicate", "exact"])
    keys(monkeypatch, "zx?")
    assert run(["mapping", "suggest", "fin", "it", "--review", "--limit", "1"]) == exits.DONE
    said = capsys.readouterr()
    assert "'z' is no key here" in said.err
    assert "0 decided." in said.out


def test_an_interrupted_review_has_written_what_was_decided(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    class Interrupted(io.StringIO):
        def read(self, size: int | None = -1) -> str:
            found = super().read(size)
            if not found:
                raise KeyboardInterrupt
            return found

    monkeypatch.setattr("sys.stdin", Interrupted("c"))
    assert run(["mapping", "suggest", "fin", "it", "--review", "--min-confidence", "0.2"]) == exits.INTERRUPTED
    assert [one["state"] for one in listed(capsys).values()] == ["approved"]


def test_a_sheet_is_written_filled_in_and_read(folder: Path, capsys: Capture) -> None:
    to = folder / "review.csv"
    assert run(["mapping", "suggest", "fin", "it", "--to", str(to), "--min-confidence", "0.2"]) == exits.DONE
    table = list(csv.DictReader(io.StringIO(to.read_bytes().decode("utf-8-sig"))))
    assert len(table) >= 2
    table[0] |= {"decision": "not", "reason": "homonym"}
    table[1] |= {"decision": "Close"}
    table.append(dict(table[0], decision="perhaps"))
    table.append(dict(table[0], decision="exact", object="it/none"))
    with to.open("w", encoding="utf-8", newline="") as target:
        writer = csv.DictWriter(target, list(table[0]), delimiter=";")
        writer.writeheader()
        writer.writerows(table)
    capsys.readouterr()
    assert run(["mapping", "review", str(to), "--dry-run"]) == exits.NEGATIVE
    assert listed(capsys) == {}
    assert run(["mapping", "review", str(to)]) == exits.NEGATIVE
    said = capsys.readouterr()
    assert f"line {len(table)}: 'perhaps' is no decision" in said.err
    assert "it/none" in said.err
    known = listed(capsys)
    assert known[table[0]["subject"], table[0]["object"]]["mismatch"] == "homonym"
    assert known[table[1]["subject"], table[1]["object"]]["predicate_id"] == "skos:closeMatch"


def test_a_sheet_of_something_else_is_refused(folder: Path, capsys: Capture) -> None:
    (folder / "bad.csv").write_text("a,b\n1,2\n")
    assert run(["mapping", "review", str(folder / "bad.csv")]) == exits.USAGE
    assert run(["mapping", "review", str(folder / "none.csv")]) == exits.MISSING


def test_an_audit_judges_blind_and_shows_what_was_learnt(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    keys(monkeypatch, "y?nq")
    assert run(["mapping", "audit", "fin", "it", "--band", "0.2..1", "--sample", "5"]) == exits.DONE
    said = capsys.readouterr()
    assert "0.9" not in said.out.partition("SCORE")[0], "the score stays hidden"
    assert run(["-o", "json", "mapping", "audit", "fin", "it", "--show"]) == exits.DONE
    assert json.loads(capsys.readouterr().out)["judged"] == 2
    assert run(["mapping", "accept-band", "fin", "it", "--band", "0.2..1"]) == exits.NEGATIVE
    assert "50 prove at most 6 % error" in capsys.readouterr().err
    assert run(["mapping", "accept-band", "fin", "it", "--band", "high"]) == exits.USAGE


def test_what_follows_and_what_contradicts_is_shown(folder: Path, capsys: Capture) -> None:
    run(["mapping", "approve", "fin/customer", "hub/customer"])
    run(["mapping", "approve", "hub/customer", "it/buyer", "--predicate", "broad"])
    capsys.readouterr()
    assert run(["mapping", "infer", "--scheme", "fin", "--with", "it"]) == exits.DONE
    assert "from fin/customer exact hub/customer; hub/customer broad it/buyer" in capsys.readouterr().out
    assert run(["mapping", "check"]) == exits.DONE
    assert "2 mappings, 0 contradictions." in capsys.readouterr().out
    changed = PREFIXES + IT + "it:buyer <http://www.w3.org/2002/07/owl#deprecated> true .\n"
    (folder / "it2.ttl").write_text(changed)
    assert run(["scheme", "import", str(folder / "it2.ttl"), "--key", "it"]) == exits.DONE
    capsys.readouterr()
    assert run(["mapping", "check"]) == exits.NEGATIVE
    assert "deprecated end" in capsys.readouterr().out


def test_mappings_go_out_come_in_and_are_compared(folder: Path, capsys: Capture) -> None:
    run(["mapping", "approve", "fin/customer", "hub/customer"])
    first, second = folder / "first.tsv", folder / "second.json"
    export = ["mapping", "export", "--scheme", "fin", "--with", "hub", "--to"]
    assert run([*export, str(first)]) == exits.DONE
    assert run([*export, str(second), "--format", "sssom-json"]) == exits.DONE
    assert run(["mapping", "diff", str(first), str(second)]) == exits.DONE
    run(["mapping", "withdraw", "fin/customer", "hub/customer"])
    capsys.readouterr()
    assert run(["mapping", "import", str(first), "--dry-run"]) == exits.DONE
    assert [one["state"] for one in listed(capsys).values()] == ["withdrawn"]
    assert run(["mapping", "import", str(first)]) == exits.DONE
    assert [one["state"] for one in listed(capsys).values()] == ["suggested"]
    first.write_text(first.read_text().replace("skos:exactMatch", "skos:closeMatch"))
    assert run(["mapping", "diff", str(first), str(second)]) == exits.NEGATIVE
    assert "1 added, 1 removed, 0 changed." in capsys.readouterr().out
    broken = first.read_text() + "only\ttwo\n" + "x" * 3 + "\t" * 60 + "\n"
    first.write_text(broken)
    assert run(["mapping", "import", str(first)]) == exits.USAGE
    assert "Line " in capsys.readouterr().err
