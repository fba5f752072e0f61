"""`lexicord scheme` as it is typed: answers on stdout, notes on stderr, exit codes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cli.main import run
from tests.adapters.registries import Registry
from tests.services.vocabulary import FIN, HEAD


@pytest.fixture
def at(sqlite_registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a document, and a registry with a department."""
    monkeypatch.setenv("LEXICORD_REGISTRY", str(sqlite_registry.directory))
    (tmp_path / "fin.ttl").write_text(HEAD + FIN)
    assert run(["department", "add", "finance", "--name", "Finance"]) == 0
    return tmp_path


def imported(at: Path, *options: str) -> int:
    """The exit code of importing the document."""
    return run(["scheme", "import", str(at / "fin.ttl"), "--key", "fin", "--owner", "finance", *options])


def test_an_import_tells_a_steward_what_happened(at: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert imported(at, "--dry-run") == 0
    assert "Would import Finance words as new vocabulary fin." in capsys.readouterr().out
    assert run(["scheme", "show", "fin"]) == 3
    capsys.readouterr()
    assert imported(at) == 0
    told = capsys.readouterr().out
    assert "Imported Finance words as new vocabulary fin." in told
    assert "4 approved, 1 deprecated" in told
    assert imported(at) == 0
    assert "it says what stands already" in capsys.readouterr().out


def test_json_is_what_the_interface_answers(at: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert run(["--output", "json", "scheme", "import", str(at / "fin.ttl"), "--key", "fin"]) == 0
    done = json.loads(capsys.readouterr().out)
    wanted = {"concepts", "entries", "quads_read", "quads_kept", "quads_changed", "quads_left_out", "added", "removed",
              "properties", "warnings", "seq"}  # fmt: skip
    assert wanted <= done.keys()
    assert {"property", "read", "kept", "changed", "left_out"} == done["properties"][0].keys()
    assert run(["--output", "json", "scheme", "show", "fin"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert {
        "key",
        "iri",
        "kind",
        "title",
        "owner",
        "concepts",
        "entries",
        "labels",
        "languages",
        "release",
    } <= shown.keys()
    assert run(["--output", "json", "scheme", "check", "fin"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert set(found["counts"]) == {"error", "warning", "info"}
    assert {"check", "severity", "concept", "label", "message", "fix"} == found["results"][0].keys()


def test_every_view_of_a_vocabulary_prints(at: Path, capsys: pytest.CaptureFixture[str]) -> None:
    imported(at)
    capsys.readouterr()
    for command, said in (
        (["list"], "Finance words"),
        (["show", "fin"], "https://vocab.example/fin/"),
        (["tree", "fin"], "    Debtor  [debtor]"),
        (["tree", "fin", "--depth", "0"], "1 below"),
        (["stats", "fin"], "top concepts"),
        (["check", "fin"], "0 errors"),
        (["diff", "fin", "--since", "1"], "5 added"),
        (["rollback", "fin", "--to", "2", "--dry-run"], "0 triples added"),
    ):
        assert run(["scheme", *command]) == 0, command
        assert said in capsys.readouterr().out, command


def test_a_check_with_errors_exits_one(at: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (at / "fin.ttl").write_text(HEAD + FIN + 'f:invoice skos:prefLabel "Faktura"@en .')
    imported(at)
    assert run(["scheme", "check", "fin"]) == 1
    assert "1 errors" in capsys.readouterr().out


def test_an_export_is_written_whole(at: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    imported(at)
    capsysbinary.readouterr()
    assert run(["scheme", "export", "fin"]) == 0
    out = capsysbinary.readouterr().out
    assert run(["scheme", "export", "fin", "--to", str(at / "out.ttl")]) == 0
    assert (at / "out.ttl").read_bytes() == out
    assert run(["scheme", "export", "fin", "--to", str(at / "nowhere" / "out.ttl")]) == 6
    assert sorted(path.name for path in at.glob("*.part")) == []


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["import", "missing.ttl", "--key", "fin"], 3),
        (["import", "broken.ttl", "--key", "fin"], 2),
        (["import", "broken.ttl", "--key", "Fin"], 2),
        (["import", ".", "--key", "fin"], 6),
        (["show", "nowhere"], 3),
        (["export", "nowhere"], 3),
        (["create", "it", "--title", "IT", "--owner", "nowhere"], 3),
        (["create", "it", "--title", "IT"], 2),
        (["list", "--limit", "0"], 2),
    ],
)
def test_errors_have_their_exit_codes(
    at: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int
) -> None:
    monkeypatch.chdir(at)
    (at / "broken.ttl").write_text("@prefix a: <urn:a> .\na:b a:c")
    assert run(["scheme", *arguments]) == code
    assert "Error" in capsys.readouterr().err


def test_standard_input_is_a_document(at: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with (at / "fin.ttl").open() as stream:
        monkeypatch.setattr(sys, "stdin", stream)
        assert run(["scheme", "import", "-", "--key", "fin", "--format", "turtle"]) == 0


def _hear_interrupts() -> None:
    """A shell starts what runs in its background deaf to Ctrl-C: there the tests may run, and the command must not."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_an_interrupted_import_changes_nothing(at: Path, sqlite_registry: Registry) -> None:
    lines = "".join(f'f:c{n} a skos:Concept ; skos:inScheme f: ; skos:prefLabel "C {n}"@en .\n' for n in range(60_000))
    (at / "large.ttl").write_text(HEAD + FIN + lines)
    before = sqlite_registry.store.head()
    command = [sys.executable, "-c", "from cli.main import main; main()", "scheme", "import", str(at / "large.ttl")]
    started = subprocess.Popen(
        [*command, "--key", "large"], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, preexec_fn=_hear_interrupts
    )
    assert started.stderr is not None
    assert b"Reading" in started.stderr.readline()
    time.sleep(0.3)
    os.kill(started.pid, signal.SIGINT)
    _, said = started.communicate()
    assert (started.returncode, b"Interrupted" in said) == (130, True)
    assert sqlite_registry.store.head() == before
