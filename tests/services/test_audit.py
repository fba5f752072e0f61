"""The log as auditors see it: listed within a view, verified against tampering and anchors, exported."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import orjson
import pytest
from pyoxigraph import Literal, NamedNode, Quad

from registry.bootstrap import os_user
from registry.contract import audit, principals
from registry.contract.audit import (
    AnchorLog,
    CheckHealth,
    ExportLog,
    ListReceipts,
    ListRecords,
    LogAnchor,
    VerifyLog,
)
from registry.contract.departments import ADD, AddDepartment
from registry.contract.principals import AddPrincipal, GrantRole
from registry.errors import InvalidInputError, NotPermittedError, RefusedError
from registry.rdf.patch import Patch
from registry.rdf.terms import LEX, SKOS
from registry.store import journal
from registry.store.database import execute
from tests.adapters.registries import BASE, Registry


def departments(registry: Registry, *keys: str) -> None:
    for key in keys:
        registry.call(ADD, AddDepartment(key=key, name=key.upper()))


def auditor(registry: Registry, handle: str, **where: Any) -> None:
    registry.call(principals.ADD, AddPrincipal(handle=handle, kind="person"))
    registry.call(principals.GRANT, GrantRole(principal=handle, role="auditor", **where))


def test_records_are_listed_newest_first_and_page_by_page(registry: Registry) -> None:
    departments(registry, "hr", "it", "finance")
    first = registry.call(audit.LIST, ListRecords(limit=2))
    assert [record.seq for record in first.records] == [3, 2]
    rest = registry.call(audit.LIST, ListRecords(limit=2, cursor=first.next))
    assert [record.seq for record in rest.records] == [1]
    assert rest.next is None
    newest = first.records[0]
    assert (newest.operation, newest.principal, newest.summary) == ("department.add", os_user(), "department finance")
    assert newest.request == {"key": "finance", "name": "FINANCE", "formal": False}
    assert newest.graphs == [f"{BASE}/graph/organisation"]
    assert (newest.added, newest.removed) == (3, 0)


def test_records_are_listed_by_what_was_done_and_by_whom(registry: Registry) -> None:
    departments(registry, "hr")
    auditor(registry, "ada", everywhere=True)
    assert [r.seq for r in registry.call(audit.LIST, ListRecords(operation="principal.add")).records] == [2]
    assert [r.seq for r in registry.call(audit.LIST, ListRecords(since=2)).records] == [3]
    assert registry.call(audit.LIST, ListRecords(principal="ada")).records == []
    assert len(registry.call(audit.LIST, ListRecords(principal=os_user())).records) == 3
    assert [r.seq for r in registry.call(audit.LIST, ListRecords(), as_of="1").records] == [1]
    with pytest.raises(InvalidInputError):
        registry.call(audit.LIST, ListRecords(cursor="x"))


def test_who_may_not_audit_is_refused(registry: Registry) -> None:
    departments(registry, "hr")
    registry.call(principals.ADD, AddPrincipal(handle="bob", kind="person"))
    registry.call(principals.GRANT, GrantRole(principal="bob", role="steward", everywhere=True))
    asked: list[tuple[Any, Any]] = [(audit.LIST, ListRecords()), (audit.EXPORT, ExportLog()),
                                    (audit.HEALTH, CheckHealth())]  # fmt: skip
    for operation, request in asked:
        with pytest.raises(NotPermittedError, match="audit"):
            registry.acting("bob").call(operation, request)


def test_who_audits_a_department_sees_the_records_of_its_vocabularies_only(backend: Registry) -> None:
    departments(backend, "hr", "it")
    names = backend.store.names
    with backend.store.writing() as connection:
        for key in ("hr", "it"):
            graph, node = names.curation_graph(f"{key}-terms"), NamedNode(f"https://{key}.example.org/")
            quads = [Quad(node, LEX.key, Literal(f"{key}-terms"), graph),
                     Quad(node, LEX.owner, names.thing("department", key), graph)]  # fmt: skip
            journal.append(connection, journal.Entry("scheme.create", "system", Patch(frozenset(quads))))
        both = [Quad(NamedNode("urn:x:a"), SKOS.prefLabel, Literal("a"), names.scheme_graph(f"{key}-terms"))
                for key in ("hr", "it")]  # fmt: skip
        journal.append(connection, journal.Entry("both", "system", Patch(frozenset(both))))
    auditor(backend, "ada", department="hr")
    seen = backend.acting("ada").call(audit.LIST, ListRecords()).records
    assert [(r.operation, r.added) for r in seen] == [("both", 1), ("scheme.create", 2)]
    assert seen[0].graphs == [f"{BASE}/graph/scheme/hr-terms"]
    assert seen[0].request is None
    with pytest.raises(NotPermittedError):
        backend.acting("ada").call(audit.VERIFY, VerifyLog())


def test_an_intact_log_says_how_far_it_is_anchored(registry: Registry) -> None:
    departments(registry, "hr")
    fresh = registry.call(audit.VERIFY, VerifyLog())
    assert (fresh.intact, fresh.records, fresh.anchored_until) == (True, 1, None)
    assert "no anchor" in fresh.tail
    anchored = registry.call(audit.ANCHOR, AnchorLog())
    assert (anchored.seq, anchored.hash, anchored.new) == (1, fresh.head, True)
    assert not registry.call(audit.ANCHOR, AnchorLog()).new
    assert registry.call(audit.VERIFY, VerifyLog()).tail == ""
    departments(registry, "it")
    later = registry.call(audit.VERIFY, VerifyLog())
    assert (later.anchors, later.anchored_until) == (1, 1)
    assert "since 1" in later.tail


def test_an_empty_log_is_intact_and_cannot_be_anchored(registry: Registry) -> None:
    assert registry.call(audit.VERIFY, VerifyLog()).records == 0
    with pytest.raises(RefusedError, match="empty"):
        registry.call(audit.ANCHOR, AnchorLog())


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE record SET principal = 'p-other' WHERE seq = 2",
        "UPDATE record SET header = REPLACE(header, 'department.add', 'department.del') WHERE seq = 2",
        "UPDATE payload SET body = REPLACE(body, 'IT', 'ITT') WHERE seq = 2",
        "UPDATE payload SET body = NULL, salt = NULL WHERE seq = 2",
        "DELETE FROM quad WHERE since_seq = 2",
        "DELETE FROM record WHERE seq = 2",
        "UPDATE patch SET body = (SELECT body FROM patch WHERE seq = 1) WHERE seq = 2",
    ],
)
def test_what_was_changed_behind_the_registrys_back_is_named(backend: Registry, sql: str) -> None:
    departments(backend, "hr", "it", "finance")
    with backend.store.writing() as connection:
        execute(connection, sql, {})
    found = backend.call(audit.VERIFY, VerifyLog())
    assert (found.intact, found.first_bad) == (False, 2)
    assert found.reason


def test_a_log_cut_at_its_end_shows_by_an_anchor_kept_elsewhere(backend: Registry) -> None:
    departments(backend, "hr", "it")
    kept = backend.call(audit.VERIFY, VerifyLog())
    with backend.store.writing() as connection:
        for table, column in (("record", "seq"), ("payload", "seq"), ("patch", "seq"), ("quad", "since_seq"),
                              ("label", "since_seq"), ("record_graph", "seq")):  # fmt: skip
            execute(connection, f"DELETE FROM {table} WHERE {column} = 2", {})
        last = journal.read(connection)[-1]
        execute(connection, "UPDATE head SET seq = 1, hash = :hash WHERE scope = '*'", {"hash": last.hash})
        execute(connection, "UPDATE head SET seq = 1 WHERE scope <> '*'", {})
    assert backend.call(audit.VERIFY, VerifyLog()).intact
    held = backend.call(audit.VERIFY, VerifyLog(anchors=(LogAnchor(seq=2, hash=kept.head),)))
    assert (held.intact, held.first_bad) == (False, 2)
    departments(backend, "finance")
    regrown = backend.call(audit.VERIFY, VerifyLog(anchors=(LogAnchor(seq=2, hash=kept.head),)))
    assert (regrown.intact, regrown.first_bad) == (False, 2)


def test_a_rewritten_log_is_not_anchored_over(backend: Registry) -> None:
    departments(backend, "hr")
    backend.store.anchors.write_text(json.dumps({"seq": 1, "hash": "0" * 64, "recorded_at": "2026-01-01"}) + "\n")
    with pytest.raises(RefusedError, match="earlier anchor"):
        backend.call(audit.ANCHOR, AnchorLog())
    assert not backend.call(audit.VERIFY, VerifyLog()).intact
    backend.store.anchors.write_text("{}\n")
    damaged = backend.call(audit.VERIFY, VerifyLog())
    assert not damaged.intact
    assert "not an anchor" in damaged.reason


def test_an_export_verifies_elsewhere(registry: Registry) -> None:
    departments(registry, "hr", "it")
    lines = [orjson.loads(line) for line in registry.call(audit.EXPORT, ExportLog(patches=True)).read().splitlines()]
    previous = "0" * 64
    for line in lines:
        header = orjson.dumps(line["header"], option=orjson.OPT_SORT_KEYS).decode()
        assert line["previous"] == previous
        assert hashlib.sha256(f"{previous}{header}".encode()).hexdigest() == line["hash"]
        patch = "".join(f"{text}\n" for text in line["patch"]).encode()
        assert hashlib.sha256(patch).hexdigest() == line["header"]["patch"]["sha256"]
        previous = line["hash"]
    assert previous == registry.call(audit.VERIFY, VerifyLog()).head
    [last] = registry.call(audit.EXPORT, ExportLog(since=1)).read().splitlines()
    assert orjson.loads(last) == {name: value for name, value in lines[1].items() if name != "patch"}


def test_refusals_leave_receipts_that_verify(backend: Registry) -> None:
    departments(backend, "hr")
    backend.call(principals.ADD, AddPrincipal(handle="bob", kind="person"))
    bob = backend.acting("bob")
    with pytest.raises(NotPermittedError):
        bob.call(principals.LIST, principals.ListPrincipals())
    bob.close()
    found = backend.call(audit.RECEIPTS, ListReceipts(operation="principal.list")).receipts
    assert [receipt.outcome for receipt in found] == ["refused"]
    assert found[0].principal == "bob"
    assert backend.call(audit.RECEIPTS, ListReceipts(until="2020-01-01")).receipts == []
    verified = backend.call(audit.VERIFY, VerifyLog(receipts=True))
    assert verified.receipts is not None
    assert verified.receipts.intact
    assert verified.receipts.receipts >= 1
    with pytest.raises(InvalidInputError):
        backend.call(audit.RECEIPTS, ListReceipts(since="yesterday"))


def test_the_doctor_tells_what_is_not_well(backend: Registry) -> None:
    departments(backend, "hr")
    found = backend.call(audit.HEALTH, CheckHealth())
    states = {one.check: one.state for one in found.findings}
    assert (found.healthy, found.head, found.counts["records"], found.counts["quads"]) == (True, 1, 1, 3)
    assert states["base IRI"] == "warning"
    assert states["anchors"] == "warning"
    backend.call(audit.ANCHOR, AnchorLog())
    (backend.directory / "secret.key").unlink()
    after = backend.call(audit.HEALTH, CheckHealth())
    states = {one.check: one.state for one in after.findings}
    assert (after.healthy, states["secret key"], states["anchors"]) == (False, "error", "ok")
    assert all(one.fix for one in after.findings if one.state != "ok")
