"""`lexicord conflict`: found, shown with both meanings, assigned, decided, reopened."""

from __future__ import annotations

import json
from pathlib import Path

from cli import exits
from cli.main import run
from tests.cli.test_mapping import Capture, folder

__all__ = ["folder"]


def account(capsys: Capture) -> str:
    capsys.readouterr()
    assert run(["-o", "json", "conflict", "list", "--kind", "homonym"]) == exits.DONE
    found = json.loads(capsys.readouterr().out)["conflicts"]
    return str(next(one["id"] for one in found if one["label_key"] == "account"))


def test_a_conflict_is_decided_and_reopened(folder: Path, capsys: Capture) -> None:
    assert run(["conflict", "find"]) == exits.DONE
    name = account(capsys)
    assert run(["conflict", "assign", name, "--due", "2030-01-31"]) == exits.DONE
    assert "assigned" in capsys.readouterr().out
    decide = ["conflict", "decide", name, "--reason", "Nothing in common."]
    assert run([*decide, "--how", "keep-both", "--dry-run"]) == exits.DONE
    assert run([*decide, "--how", "one-governs"]) == exits.USAGE
    assert "--governs" in capsys.readouterr().err
    assert run([*decide, "--how", "never"]) == exits.USAGE
    assert run([*decide, "--how", "keep-both"]) == exits.DONE
    said = capsys.readouterr()
    assert "Homonym account: accepted as different." in said.out
    assert "Everybody's wording stays as it is." in said.err
    assert run([*decide, "--how", "merge"]) == exits.STALE
    assert run(["conflict", "show", name]) == exits.DONE
    shown = capsys.readouterr().out
    assert "A record in the general ledger." in shown
    assert "A person's access to a system." in shown
    assert "keep-both" in shown
    assert run(["conflict", "reopen", name, "--reason", "New facts."]) == exits.DONE
    assert "open." in capsys.readouterr().out
    assert run(["conflict", "decide", "none", "--how", "merge", "--reason", "x"]) == exits.MISSING
