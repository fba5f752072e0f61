"""Whatever a caller sends, the answer is never a 500: every operation, with fields of any shape."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.app import create_app
from registry.bootstrap import gate_of, os_user
from registry.contract.addressing import steps
from registry.contract.operation import AnyOperation, operations
from registry.settings import Settings
from tests.adapters.registries import copy
from tests.adapters.server import serving
from tests.conftest import LONG
from tests.properties.world import build

ROWS = sorted(operations(), key=lambda row: row.name)
NAMES = [
    "finance",
    "it",
    "finance/account",
    "https://v.example/finance/account",
    "wiki",
    "olga",
    "nowhere",
    "",
    "-",
    "~zz",
]
TEXTS = st.one_of(
    st.sampled_from(NAMES), st.text(max_size=30), st.sampled_from(["\x00", "💥" * 9, "a" * 5000, "..", "%2F"])
)
VALUES = st.recursive(
    st.one_of(
        TEXTS, st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.just(2)
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)),
    max_leaves=5,
)
DOCUMENTS = st.one_of(
    st.binary(max_size=60),
    st.sampled_from(
        [b"<urn:a> <urn:b> <urn:c> .", b'{"@id": "urn:x"}', b"[]", b'{"a":' * 500, b"{}\n{}\n", b'{"a": NaN}']
    ),
)


@pytest.fixture(scope="module")
def web(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A client of a server that trusts it, with a small world behind it."""
    made = copy(sqlite_template, tmp_path_factory.mktemp("fuzz") / "registry")
    build(made)
    app = create_app(gate_of(made.store, Settings(), serving=True), trusted_user=os_user())
    with serving(app) as url, httpx.Client(base_url=url, timeout=60) as client:
        yield client
    made.close()


@st.composite
def requests(draw: st.DrawFn) -> tuple[AnyOperation, str, dict[str, Any], dict[str, Any], bytes | None]:
    """An operation, a path, a query, a body, a document."""
    row = draw(st.sampled_from(ROWS))
    path = row.http.path
    for step in steps(row):
        path = path.replace("{" + step + "}", quote(draw(TEXTS) or "x", safe=""))
    fields = draw(st.dictionaries(st.sampled_from([*row.request.model_fields, "unknown"]), VALUES, max_size=6))
    controls = draw(
        st.dictionaries(st.sampled_from(["as_of", "min_seq"]), st.sampled_from(["1", "0", "x"]), max_size=1)
    )
    document = draw(DOCUMENTS) if row.document else None
    return row, path, fields, controls, document


@settings(max_examples=3_000 if LONG else 250)
@given(asked=requests())
def test_no_request_is_the_servers_fault(
    web: httpx.Client, asked: tuple[AnyOperation, str, dict[str, Any], dict[str, Any], bytes | None]
) -> None:
    row, path, fields, controls, document = asked
    if row.writes:
        controls = {**controls, "dry_run": "true"}
    in_query = row.http.method == "GET" or row.document
    query = {name: value for name, value in fields.items() if isinstance(value, (str, int, float, bool))}
    answer = web.request(
        row.http.method,
        path,
        params={**(query if in_query else {}), **controls},
        content=document,
        json=None if in_query else fields,
    )
    assert answer.status_code < 500, (row.name, path, fields, controls, document, answer.text)
    if answer.status_code >= 400:
        assert answer.headers["content-type"] == "application/problem+json"
