"""`lexicord mapping` and `lexicord resolve`: what people read, and what scripts get."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli import exits
from cli.main import run
from registry.store.store import create
from tests.services.worlds import FINANCE, HUB, IT, PREFIXES

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> Path:
    create(tmp_path / "r", base_iri="https://registry.example").close()
    monkeypatch.setenv("LEXICORD_REGISTRY", str(tmp_path / "r"))
    for key, turtle, kind in (("fin", FINANCE, "department"), ("it", IT, "department"), ("hub", HUB, "hub")):
        (tmp_path / f"{key}.ttl").write_text(PREFIXES + turtle)
        assert run(["department", "add", f"{key}-dept", "--name", key]) == 0
        assert run(["scheme", "import", str(tmp_path / f"{key}.ttl"), "--key", key, "--owner", f"{key}-dept",
                    "--kind", kind]) == 0  # fmt: skip
    capsys.readouterr()
    return tmp_path


def test_a_pair_is_suggested_approved_listed_and_answers(folder: Path, capsys: Capture) -> None:
    assert run(["mapping", "suggest", "fin", "hub"]) == 0
    assert "fin/customer  skos:exactMatch  hub/customer" in capsys.readouterr().out
    assert run(["mapping", "approve", "fin/customer", "hub/customer"]) == 0
    assert "fin/customer skos:exactMatch hub/customer: approved." in capsys.readouterr().out
    assert run(["mapping", "list", "--scheme", "fin", "--with", "hub"]) == 0
    assert "approved" in capsys.readouterr().out
    assert run(["--output", "json", "resolve", "client", "--department", "fin-dept"]) == exits.DONE
    answer = json.loads(capsys.readouterr().out)
    assert answer["winner"]["concept"] == "https://registry.example/hub/customer"
    assert set(answer) >= {"outcome", "match", "alternatives", "because", "safe_to_use", "decision_id"}


def test_exit_codes_of_resolve(folder: Path, capsys: Capture) -> None:
    assert run(["resolve", "write-off"]) == exits.DONE
    assert run(["resolve", "account"]) == exits.NEGATIVE
    assert run(["resolve", "no such thing"]) == exits.MISSING
    assert run(["resolve", ""]) == exits.USAGE
    assert run(["resolve", "x", "--language", "??"]) == exits.USAGE
    assert run(["resolve", "x", "--department", "nowhere"]) == exits.MISSING
    assert run(["--valid-at", "2020-01-01", "resolve", "write-off"]) == exits.USAGE


def test_resolve_speaks_to_people(folder: Path, capsys: Capture) -> None:
    run(["resolve", "account"])
    said = capsys.readouterr()
    assert 'Whose "account" is meant' in said.out
    assert "A person's access to a system." in said.out
    assert "Ask again with --department" in said.err


def test_rejecting_says_why_and_a_dry_run_changes_nothing(folder: Path, capsys: Capture) -> None:
    args = ["mapping", "reject", "fin/customer", "hub/customer", "--reason", "Former customers count."]
    assert run([*args, "--dry-run"]) == 0
    assert run(["--output", "json", "mapping", "list"]) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["total"] == 0
    assert run(args) == 0
    assert "Former customers count." in capsys.readouterr().out
    assert run(["mapping", "approve", "fin/customer", "hub/customer"]) == exits.STALE
    assert "--reconsider" in capsys.readouterr().err


def test_exit_codes_of_mapping(folder: Path, capsys: Capture) -> None:
    assert run(["mapping", "add", "fin/customer", "fin/account"]) == exits.NEGATIVE
    assert run(["mapping", "add", "fin/customer", "hub/none"]) == exits.MISSING
    assert run(["mapping", "add", "fin/customer", "hub/customer", "--predicate", "equal"]) == exits.USAGE
    assert run(["mapping", "add", "fin/customer", "hub/customer"]) == exits.DONE
    assert run(["mapping", "add", "fin/customer", "hub/customer"]) == exits.STALE
    assert run(["mapping", "reject", "fin/customer", "hub/customer"]) == exits.USAGE


GOLD = """#curie_map:
#  e: https://registry.example/
#  skos: http://www.w3.org/2004/02/skos/core#
#  semapv: https://w3id.org/semapv/vocab/
#mapping_set_id: https://registry.example/gold
#license: https://w3id.org/sssom/license/unspecified
subject_id	predicate_id	predicate_modifier	object_id	mapping_justification
e:fin/customer	skos:exactMatch		e:hub/customer	semapv:ManualMappingCuration
e:fin/account	skos:exactMatch	Not	e:hub/customer	semapv:ManualMappingCuration
"""


def test_suggestions_are_measured_without_a_registry(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    (folder / "gold.sssom.tsv").write_text(GOLD)
    files = [
        "--from",
        str(folder / "fin.ttl"),
        "--to",
        str(folder / "hub.ttl"),
        "--gold",
        str(folder / "gold.sssom.tsv"),
    ]
    assert run(["-o", "json", "mapping", "eval", "--from", "fin", "--to", "hub", *files[4:]]) == exits.DONE
    by_key = json.loads(capsys.readouterr().out)
    monkeypatch.setenv("LEXICORD_REGISTRY", str(folder / "none"))
    assert run(["-o", "json", "mapping", "eval", *files]) == exits.DONE
    found = json.loads(capsys.readouterr().out)
    assert (found["recall"], found["recall_at"], found["gold"]) == (1.0, {"1": 1.0, "5": 1.0}, 1)
    measured = {"precision", "recall", "f1", "recall_at", "threshold", "bands"}
    assert {name: found[name] for name in measured} == {name: by_key[name] for name in measured}
    assert run(["mapping", "eval", *files, "--threshold", "high"]) == exits.USAGE
    assert run(["mapping", "eval", *files, "--threshold", "2"]) == exits.USAGE
    assert run(["mapping", "eval", *files, "--cardinality", "any"]) == exits.USAGE
    assert run(["mapping", "eval", *files[:4], "--gold", str(folder / "none.tsv")]) == exits.MISSING
    assert run(["mapping", "eval", *files[:4], "--gold", str(folder / "fin.ttl")]) == exits.USAGE


def test_mappings_are_exported_to_a_file(folder: Path, capsys: Capture) -> None:
    run(["mapping", "approve", "fin/customer", "hub/customer"])
    to = folder / "out.tsv"
    assert run(["mapping", "export", "--scheme", "fin", "--with", "hub", "--to", str(to)]) == exits.DONE
    assert "skos:exactMatch" in to.read_text()
    assert run(["mapping", "export", "--scheme", "fin", "--with", "none"]) == exits.MISSING
