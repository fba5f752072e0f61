"""`lexicord principal`, `role`, `token`, `audit`, `doctor`, `migrate`: what people and scripts see."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from cli.main import run
from registry.services.migration import _back_up, migrate_registry


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Path:
    """A registry with one department, named by the environment."""
    monkeypatch.setenv("LEXICORD_REGISTRY", str(tmp_path / "r"))
    assert run(["init", "--base-iri", "https://vocab.acme.org"]) == 0
    assert run(["department", "add", "hr", "--name", "HR"]) == 0
    capsys.readouterr()
    return tmp_path / "r"


def told(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> str:
    assert run(list(arguments)) == code, capsys.readouterr().err
    return capsys.readouterr().out


def answered(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> Any:
    return json.loads(told(capsys, "--output", "json", *arguments, code=code))


def test_from_a_person_to_a_token(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "Registered person ada" in told(capsys, "principal", "add", "ada", "--kind", "person", "--name", "Ada")
    assert (
        told(capsys, "role", "grant", "ada", "steward", "--department", "hr")
        == "ada is now steward in department hr.\n"
    )
    assert told(capsys, "role", "grant", "ada", "steward", "--department", "hr").startswith("ada is already")
    assert "steward" in told(capsys, "role", "list", "ada")
    issued = answered(capsys, "token", "issue", "ada", "--scopes", "read,propose", "--expires", "7")
    assert issued["token"]["scopes"] == ["propose", "read"]
    assert issued["text"].startswith("lxc_")
    assert issued["text"] not in told(capsys, "token", "list")
    assert "is revoked" in told(capsys, "token", "revoke", issued["token"]["id"])
    assert "is disabled" in told(capsys, "principal", "disable", "ada")
    assert "is enabled" in told(capsys, "principal", "enable", "ada")
    assert (
        told(capsys, "role", "revoke", "ada", "steward", "--department", "hr")
        == "ada is no longer steward in department hr.\n"
    )


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("principal", "add", "ada", "--kind", "robot"), 2), (("principal", "add", "a b", "--kind", "person"), 2),
        (("principal", "disable", "nobody"), 3), (("role", "grant", "nobody", "reader", "--everywhere"), 3),
        (("token", "revoke", "abc"), 3), (("token", "issue", "nobody"), 3), (("role", "list", "nobody"), 3),
        (("--as", "nobody", "principal", "list"), 3), (("audit", "list", "--limit", "0"), 2),
        (("audit", "verify", "--anchor", "/nowhere"), 2), (("source", "show", "nowhere"), 3),
    ],
)  # fmt: skip
def test_what_goes_wrong_has_its_exit_code(
    folder: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], code: int
) -> None:
    assert run(list(arguments)) == code
    assert capsys.readouterr().err


def test_erasing_is_tried_first_and_the_log_verifies_after(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told(capsys, "principal", "add", "ada", "--kind", "person", "--name", "Ada Lovelace")
    assert told(capsys, "principal", "erase", "ada", "--dry-run").startswith("Would destroy 2 payloads")
    assert "Ada Lovelace" in told(capsys, "principal", "list")
    assert told(capsys, "principal", "erase", "ada").startswith("Destroyed 2 payloads")
    assert "Lovelace" not in told(capsys, "principal", "list") + told(capsys, "-o", "json", "audit", "list")
    assert "intact: 3 records" in told(capsys, "audit", "verify")


def test_the_log_is_listed_anchored_verified_and_exported(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "department hr" in told(capsys, "audit", "list")
    assert [r["operation"] for r in answered(capsys, "audit", "list", "--operation", "department.add")["records"]] == [
        "department.add"
    ]
    assert told(capsys, "audit", "list", "--receipts") == "No receipts yet.\n"
    assert "Anchored record 1" in told(capsys, "audit", "anchor")
    kept = folder.with_name("anchors.log")
    kept.write_bytes((folder / "anchors.log").read_bytes())
    verified = answered(capsys, "audit", "verify", "--anchor", str(kept), "--receipts")
    assert (verified["intact"], verified["anchored_until"], verified["receipts"]["intact"]) == (True, 1, True)
    assert len(told(capsys, "audit", "export").splitlines()) == 1
    told(capsys, "audit", "export", "--to", str(folder.with_name("log.jsonl")))
    assert json.loads(folder.with_name("log.jsonl").read_text())["seq"] == 1
    kept.write_text(json.dumps({"seq": 9, "hash": "x", "recorded_at": ""}) + "\n")
    assert "NOT intact" in told(capsys, "audit", "verify", "--anchor", str(kept), code=1)


def test_a_changed_log_is_not_intact(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with sqlite3.connect(folder / "registry.db") as connection:
        connection.execute("UPDATE record SET recorded_at = '2020'")
    connection.close()
    assert answered(capsys, "audit", "verify", code=1)["first_bad"] == 1


def test_the_doctor_and_what_breaks_its_heart(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "never anchored" in told(capsys, "doctor")
    (folder / "secret.key").unlink()
    assert not answered(capsys, "doctor", code=1)["healthy"]


def test_migration_has_nothing_to_do_or_refuses(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "already" in told(capsys, "migrate")
    done = answered(capsys, "migrate")
    assert (done["before"] == done["after"], done["backup"]) == (True, None)
    with sqlite3.connect(folder / "registry.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    assert run(["migrate"]) == 6
    assert run(["--registry", str(folder.parent), "migrate"]) == 6
    assert run(["--registry", "https://registry.acme.org", "migrate"]) == 2


def test_a_backup_holds_what_was_written_and_never_overwrites(folder: Path) -> None:
    first, second = (Path(_back_up(folder / "registry.db", "0000")) for _ in range(2))
    assert first != second
    assert migrate_registry(folder).backup is None
    connection = sqlite3.connect(second)
    assert connection.execute("SELECT COUNT(*) FROM record").fetchone() == (1,)
    connection.close()
