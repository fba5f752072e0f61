"""The HTTP surface beside the operations: who may in, what is malformed, what a cache may keep."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from api.app import create_app
from registry.bootstrap import gate_of, os_user
from registry.contract.concepts import CREATE, CreateConcept
from registry.contract.departments import ADD, AddDepartment
from registry.contract.operation import operations
from registry.contract.schemes import CREATE as CREATE_SCHEME
from registry.contract.schemes import CreateScheme
from registry.settings import Settings
from tests.adapters.registries import Registry, issue
from tests.adapters.server import serving

IRI = "https://vocab.example/finance/account"


@pytest.fixture
def web(sqlite_registry: Registry) -> Iterator[httpx.Client]:
    """A client with a registrar's token of a server whose bodies are limited to 20,000 bytes."""
    sqlite_registry.call(ADD, AddDepartment(key="finance", name="Finance"))
    sqlite_registry.call(CREATE_SCHEME, CreateScheme(key="finance", owner="finance", title="Finance"))
    sqlite_registry.call(CREATE, CreateConcept(scheme="finance", label=("Account@en",), iri=IRI))
    token = issue(sqlite_registry.store, os_user())
    settings = Settings(max_body=20_000)
    app = create_app(gate_of(sqlite_registry.store, settings, serving=True))
    with serving(app) as url, httpx.Client(base_url=url, headers={"Authorization": f"Bearer {token}"}) as client:
        yield client


def expect_problem(response: httpx.Response, status: int) -> dict[str, object]:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    body: dict[str, object] = response.json()
    assert body["status"] == status
    assert {"type", "title", "detail", "instance"} <= body.keys()
    return body


@pytest.mark.parametrize(
    "token", [None, "", "Bearer", "Bearer nonsense", "Bearer lxc_000000000000_guess", "Bearer lxc__"]
)
def test_without_a_valid_token_nothing_is_said(web: httpx.Client, token: str | None) -> None:
    headers = {} if token is None else {"Authorization": token}
    response = httpx.get(f"{web.base_url}/v1/departments", headers=headers)
    body = expect_problem(response, 401)
    assert "Finance" not in response.text
    assert response.headers["www-authenticate"].startswith("Bearer")
    assert body["advice"]


def test_other_authorization_is_refused(web: httpx.Client) -> None:
    expect_problem(web.get("/v1/departments", headers={"Authorization": "Basic YTpi"}), 400)


@pytest.mark.parametrize("name", ["token", "access_token", "api_key"])
def test_a_token_in_the_address_is_refused(web: httpx.Client, name: str) -> None:
    assert "logged" in str(expect_problem(web.get("/v1/departments", params={name: "x"}), 400)["detail"])


def test_an_unknown_query_parameter_is_named(web: httpx.Client) -> None:
    body = expect_problem(web.get("/v1/departments", params={"colour": "red"}), 400)
    assert body["errors"] == [{"pointer": "/colour", "detail": "Extra inputs are not permitted"}]


@pytest.mark.parametrize(
    "query",
    [{"min_seq": "soon"}, {"min_seq": "-1"}, {"dry_run": "perhaps"}, {"as_of": "yesterday"}, {"as_of": "99999"}],
)
def test_malformed_controls_are_told(web: httpx.Client, query: dict[str, str]) -> None:
    expect_problem(web.get("/v1/departments", params=query), 404 if "as_of" in query else 400)


@pytest.mark.parametrize(
    ("body", "media"),
    [(b'{"key": "x', "application/json"), (b"[1]", "application/json"), (b"{}", "application/json"),
     (b"x", "text/plain"), (b'{"key": "hr", "name": 7}', "application/json"), (b"\xff\xfe", "application/json"),
     (b"", "application/json")],
)  # fmt: skip
def test_a_malformed_body_is_told(web: httpx.Client, body: bytes, media: str) -> None:
    expect_problem(web.post("/v1/departments", content=body, headers={"Content-Type": media}), 400)
    assert web.get("/readyz").json()["seq"] == 3


def test_a_body_over_the_limit(web: httpx.Client) -> None:
    def blocks() -> Iterator[bytes]:
        for _ in range(30):
            yield b"# " + b"x" * 998

    body = expect_problem(web.post("/v1/schemes/big/import", params={"name": "big.ttl"}, content=blocks()), 413)
    assert "20000" in str(body["detail"])
    expect_problem(
        web.post("/v1/departments", content=b" " * 20_001, headers={"Content-Type": "application/json"}), 413
    )


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/nothing", 404), ("DELETE", "/v1/departments", 405)])
def test_what_is_not_offered(web: httpx.Client, method: str, path: str, status: int) -> None:
    expect_problem(web.request(method, path), status)


def test_a_concept_by_path_and_by_iri(web: httpx.Client) -> None:
    by_path = web.get("/v1/concepts/finance/account")
    if by_path.status_code == 404:
        local = web.get("/v1/concepts", params={"iri": IRI}).json()["local"]
        by_path = web.get(f"/v1/concepts/finance/{local}")
    assert by_path.json()["iri"] == IRI
    assert web.get("/v1/concepts", params={"iri": IRI}).content == by_path.content
    assert web.get("/v1/concepts/-/-", params={"iri": IRI}).content == by_path.content
    expect_problem(web.get("/v1/concepts", params={"iri": "relative"}), 400)
    expect_problem(web.get("/v1/concepts", params={"iri": "https://vocab.example/none"}), 404)


def test_an_etag_is_a_version(web: httpx.Client) -> None:
    shown = web.get("/v1/concepts", params={"iri": IRI})
    tag = shown.headers["etag"]
    assert tag == f'"{shown.json()["version"]}"'
    unchanged = web.get("/v1/concepts", params={"iri": IRI}, headers={"If-None-Match": tag})
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    change = {"concept": IRI, "add_alt": ["Ledger@en"], "reason": "said so"}
    done = web.patch("/v1/concepts/-/-", json=change, headers={"If-Match": tag})
    assert done.status_code == 200, done.text
    assert done.headers.get("etag", tag) != tag or done.json()["seq"] == 4
    stale = {**change, "add_alt": ["Book@en"]}
    expect_problem(web.patch("/v1/concepts/-/-", json=stale, headers={"If-Match": tag}), 412)
    expect_problem(web.patch("/v1/concepts/-/-", json={**stale, "base": int(tag.strip('"'))}), 409)
    expect_problem(web.patch("/v1/concepts/-/-", json=stale, headers={"If-Match": "*x"}), 400)


def test_an_idempotency_key_belongs_to_one_request(web: httpx.Client) -> None:
    headers = {"Idempotency-Key": "k-1"}
    first = web.post("/v1/departments", json={"key": "hr", "name": "HR"}, headers=headers)
    again = web.post("/v1/departments", json={"key": "hr", "name": "HR"}, headers=headers)
    assert first.content == again.content
    expect_problem(web.post("/v1/departments", json={"key": "it", "name": "IT"}, headers=headers), 422)


def test_a_dry_run_changes_nothing(web: httpx.Client) -> None:
    dry = web.post("/v1/departments", params={"dry_run": "true"}, json={"key": "hr", "name": "HR"})
    assert dry.json()["department"]["key"] == "hr"
    expect_problem(web.get("/v1/departments/hr"), 404)


def test_health_metrics_and_documentation_need_no_token(web: httpx.Client) -> None:
    plain = httpx.Client(base_url=web.base_url)
    assert plain.get("/healthz").json()["status"] == "ok"
    assert plain.get("/readyz").json() == {"status": "ready", "seq": 3}
    web.get("/v1/departments")
    assert 'lexicord_requests_total{method="GET",route="/v1/departments",status="200"}' in plain.get("/metrics").text
    page = plain.get("/docs")
    assert page.headers["content-type"].startswith("text/html")
    assert all(row.name in page.text for row in operations())
    assert "http://" not in page.text.replace("http://www.w3.org", "")
    assert "src=" not in page.text
    plain.close()


def test_the_openapi_document_tells_every_operation(web: httpx.Client) -> None:
    document = web.get("/openapi.json").json()
    for row in operations():
        entry = document["paths"][row.http.path][row.http.method.lower()]
        assert entry["operationId"] == row.name
        assert "200" in entry["responses"]
    assert '"$defs"' not in web.get("/openapi.json").text


def test_requests_are_limited_by_the_settings(sqlite_registry: Registry) -> None:
    token = issue(sqlite_registry.store, os_user())
    app = create_app(gate_of(sqlite_registry.store, Settings(rate_limit=3), serving=True))
    with serving(app) as url, httpx.Client(base_url=url, headers={"Authorization": f"Bearer {token}"}) as client:
        answers = [client.get("/v1/departments") for _ in range(12)]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert refused
    assert refused[0].headers["retry-after"] == "1"
    assert answers[0].status_code == 200


def test_a_loopback_server_trusts_its_user_until_a_token_is_issued(sqlite_registry: Registry) -> None:
    app = create_app(gate_of(sqlite_registry.store, Settings(), serving=True), trusted_user=os_user())
    with serving(app) as url, httpx.Client(base_url=url) as client:
        assert client.get("/v1/departments").status_code == 200
        token = issue(sqlite_registry.store, os_user())
        expect_problem(client.get("/v1/departments"), 401)
        assert client.get("/v1/departments", headers={"Authorization": f"Bearer {token}"}).status_code == 200
