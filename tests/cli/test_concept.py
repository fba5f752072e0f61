"""`lexicord concept` as it is typed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli.main import run
from tests.adapters.registries import Registry
from tests.services.vocabulary import FIN, HEAD


@pytest.fixture(autouse=True)
def at(sqlite_registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A registry with the finance vocabulary."""
    monkeypatch.setenv("LEXICORD_REGISTRY", str(sqlite_registry.directory))
    (tmp_path / "fin.ttl").write_text(HEAD + FIN)
    assert run(["department", "add", "finance", "--name", "Finance"]) == 0
    assert run(["scheme", "import", str(tmp_path / "fin.ttl"), "--key", "fin", "--owner", "finance"]) == 0
    return tmp_path


def said(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> str:
    """What a command prints."""
    capsys.readouterr()
    assert run(list(arguments)) == code
    return capsys.readouterr().out


def test_a_page_says_first_what_matters(capsys: pytest.CaptureFixture[str]) -> None:
    lines = said(capsys, "concept", "show", "fin/customer").splitlines()
    assert lines[0] == "Customer  (approved)"
    assert lines[1] == "  fin/customer  in Finance words, owned by finance"
    assert lines[2] == "  Who buys. @en"
    assert any("broader" in line and "Party [party]" in line for line in lines)
    retired = said(capsys, "concept", "show", "fin/bill")
    assert "Use instead: Invoice [invoice]" in retired


def test_json_has_the_fields_that_scripts_rely_on(capsys: pytest.CaptureFixture[str]) -> None:
    page = json.loads(said(capsys, "--output", "json", "concept", "show", "fin/customer"))
    wanted = {"iri", "scheme", "status", "pref_label", "alt_label", "definition", "broader", "narrower", "mappings",
              "owner"}  # fmt: skip
    assert wanted <= page.keys()
    assert page["pref_label"] == {"en": "Customer", "de": "Kunde"}
    lines = said(capsys, "--output", "jsonl", "concept", "find", "customer").splitlines()
    assert [json.loads(line)["local"] for line in lines] == ["customer"]


def test_a_concept_from_its_creation_to_its_end(capsys: pytest.CaptureFixture[str]) -> None:
    made = said(capsys, "concept", "create", "--scheme", "fin", "--label", "Ledger@en", "--alt", "Books@en",
                "--broader", "fin/party", "--iri", "https://vocab.example/fin/ledger")  # fmt: skip
    assert made.startswith("Created Ledger [fin/ledger], seq ")
    assert "  also       Books @en" in made
    for verb, reason in (("submit", ()), ("approve", ())):
        said(capsys, "concept", verb, "fin/ledger", *reason)
    told = said(capsys, "concept", "revise", "fin/ledger", "--label", "General ledger@en", "--reason", "its full name")
    assert "Revised General ledger [fin/ledger]" in told
    said(capsys, "concept", "move", "fin/ledger", "--to", "fin/customer", "--dry-run")
    assert "Party [party]" in said(capsys, "concept", "show", "fin/ledger")
    said(capsys, "concept", "deprecate", "fin/ledger", "--replaced-by", "fin/party", "--reason", "merged")
    history = said(capsys, "concept", "history", "fin/ledger")
    assert "because: its full name" in history
    assert history.index("concept.deprecate") < history.index("concept.revise") < history.index("concept.create")
    assert said(capsys, "concept", "reopen", "fin/ledger", "--reason", "again").startswith("Reopened")
    said(capsys, "concept", "submit", "fin/ledger")
    said(capsys, "concept", "reject", "fin/ledger", "--reason", "a twin")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["show", "fin/nowhere"], 3),
        (["show", "nowhere/x"], 3),
        (["create", "--scheme", "fin", "--label", "Customer@en"], 4),
        (["create", "--scheme", "fin", "--label", "A@en", "--alt", "A@en"], 1),
        (["create", "--scheme", "fin"], 2),
        (["revise", "fin/customer", "--add-alt", "x@en", "--base", "1", "--reason", "r"], 4),
        (["revise", "fin/customer", "--add-alt", "x@en"], 2),
        (["move", "fin/party", "--to", "fin/debtor"], 1),
        (["approve", "fin/customer"], 1),
        (["find", "  "], 2),
    ],
)
def test_errors_have_their_exit_codes(
    capsys: pytest.CaptureFixture[str], sqlite_registry: Registry, arguments: list[str], code: int
) -> None:
    before = sqlite_registry.store.head()
    said(capsys, "concept", *arguments, code=code)
    assert sqlite_registry.store.head() == before


def test_nothing_found_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, "concept", "find", "zzz").strip() == "No concept has a label with these words."
