"""Where a request goes over HTTP, and that the server finds in it what the client put in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.contract import concepts, schemes
from registry.contract.addressing import address, gather

PARTS = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=20)


@pytest.mark.parametrize(
    ("reference", "path"),
    [
        ("finance/account", "/v1/concepts/finance/account"),
        ("finance/~00ff", "/v1/concepts/finance/~00ff"),
        ("finance/", "/v1/concepts/-/-"),
        ("finance/a/b", "/v1/concepts/-/-"),
        ("https://v.example/finance/account", "/v1/concepts/-/-"),
        ("account", "/v1/concepts/-/-"),
    ],
)
def test_a_whole_iri_never_stands_in_a_path(reference: str, path: str) -> None:
    where = address(concepts.SHOW, concepts.ShowConcept(concept=reference))
    assert where.path == path
    assert where.query == ({} if path.endswith("account") or "~" in path else {"concept": reference})


@given(PARTS, PARTS)
def test_the_server_finds_the_concept_that_was_named(scheme: str, local: str) -> None:
    reference = f"{scheme}/{local}"
    where = address(concepts.SHOW, concepts.ShowConcept(concept=reference))
    in_path = {} if where.query else {"scheme": scheme, "local": local}
    found = gather(concepts.SHOW, in_path or {"scheme": "-", "local": "-"}, where.query)
    assert found["concept"] == reference or (scheme, local) == ("-", "-")


def test_a_document_leaves_the_query_to_the_fields() -> None:
    where = address(schemes.IMPORT, schemes.ImportScheme(key="stw", kind="external", name="stw.ttl"))
    assert (where.path, where.query, where.body) == (
        "/v1/schemes/stw/import", {"kind": "external", "name": "stw.ttl"}, None,
    )  # fmt: skip


def test_a_change_goes_in_the_body() -> None:
    request = concepts.ReviseConcept(concept="https://v.example/a", add_alt=("x@en",), reason="r")
    where = address(concepts.REVISE, request)
    assert where.path == "/v1/concepts/-/-"
    assert where.query == {}
    assert where.body is not None
    assert where.body["concept"] == "https://v.example/a"
