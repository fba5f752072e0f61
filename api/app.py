"""The ASGI application: every operation's route, health, metrics, and documentation made from the same rows."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from api.limits import RateLimiter
from api.openapi import describe, page, route_facts
from api.problems import plain_problem, problem
from api.routes import Endpoint, Surface
from registry import __version__
from registry.bootstrap import gate_of, os_user
from registry.contract.operation import AnyOperation, operations
from registry.errors import RegistryError
from registry.gate import Gate
from registry.settings import Settings
from registry.store.store import open_store

logger = logging.getLogger(__name__)


def from_environment() -> FastAPI:
    """The application on the registry that LEXICORD_REGISTRY names: what each worker process calls for itself."""
    settings = Settings()
    store = open_store(Path(settings.registry), database_url=settings.database_url)
    trusted = os_user() if os.environ.get("LEXICORD_TRUST_LOOPBACK") == "1" else None
    return create_app(gate_of(store, settings, serving=True), trusted_user=trusted)


def create_app(gate: Gate, *, trusted_user: str | None = None) -> FastAPI:
    """The application on an open gate. `trusted_user` is whom requests without a token act as, on loopback only."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        gate.receipts.close()
        gate.store.close()

    app = FastAPI(title="Lexicord", version=__version__, lifespan=lifespan, docs_url=None, redoc_url=None)
    surface = Surface(gate, trusted_user, RateLimiter(gate.settings.rate_limit))
    rows = list(operations())
    for operation in sorted(rows, key=lambda row: row.http.path.count("{")):
        _add_route(app, surface, operation, _by_iri(rows, operation))
    for path, operation in _iri_only(rows).items():
        app.add_api_route(path, _typed(surface.endpoint(operation)), methods=["GET"], include_in_schema=False)
    _add_health(app, gate)
    _add_metrics(app, gate)
    _add_errors(app)
    app.openapi = lambda: describe(app, rows)  # type: ignore[method-assign]
    return app


def _add_route(app: FastAPI, surface: Surface, operation: AnyOperation, by_iri: AnyOperation | None) -> None:
    endpoint = surface.endpoint(operation)
    if by_iri is not None:
        endpoint = _choosing(endpoint, surface.endpoint(by_iri))
    app.add_api_route(operation.http.path, _typed(endpoint), methods=[operation.http.method], **route_facts(operation))


def _by_iri(rows: list[AnyOperation], operation: AnyOperation) -> AnyOperation | None:
    """The operation that a collection's path answers instead, when the query holds `iri`."""
    found = [row for row in rows if row.http.iri_path == operation.http.path and operation.http.method == "GET"]
    return found[0] if found else None


def _iri_only(rows: list[AnyOperation]) -> dict[str, AnyOperation]:
    """Paths that read one thing by `?iri=` and stand for nothing else."""
    taken = {row.http.path for row in rows if row.http.method == "GET"}
    return {row.http.iri_path: row for row in rows if row.http.iri_path and row.http.iri_path not in taken}


def _choosing(plain: Endpoint, by_iri: Endpoint) -> Endpoint:
    async def choose(request: Request) -> Response:
        return await (by_iri if "iri" in request.query_params else plain)(request)

    return choose


def _typed(endpoint: Endpoint) -> Endpoint:
    endpoint.__annotations__ = {"request": Request, "return": Response}
    return endpoint


def _add_health(app: FastAPI, gate: Gate) -> None:
    @app.get("/healthz", include_in_schema=False)
    def healthz() -> dict[str, str]:
        """Whether the process lives."""
        return {"status": "ok", "version": __version__}

    @app.get("/readyz", include_in_schema=False)
    def readyz(request: Request) -> Response:
        """Whether the database answers, and at which seq."""
        try:
            return JSONResponse({"status": "ready", "seq": gate.store.head()})
        except RegistryError as error:
            return problem(error, request.url.path)

    @app.get("/docs", include_in_schema=False)
    def docs() -> HTMLResponse:
        """Every operation, for people."""
        return HTMLResponse(page(list(operations())))


def _add_metrics(app: FastAPI, gate: Gate) -> None:
    collectors = CollectorRegistry()
    served = Counter("lexicord_requests", "Requests served.", ("route", "method", "status"), registry=collectors)
    seconds = Histogram("lexicord_request_seconds", "Time to the answer's first byte.", ("route",), registry=collectors)
    head = Gauge("lexicord_head_seq", "The newest seq.", registry=collectors)

    @app.middleware("http")
    async def measure(request: Request, follow: Callable[[Request], Awaitable[Response]]) -> Response:
        began = time.perf_counter()
        response = await follow(request)
        route = request.scope.get("route")
        path = getattr(route, "path", "other")
        served.labels(path, request.method, str(response.status_code)).inc()
        seconds.labels(path).observe(time.perf_counter() - began)
        return response

    @app.get("/metrics", include_in_schema=False)
    def metrics() -> Response:
        """Counters in Prometheus's text format."""
        head.set(gate.store.head())
        return Response(generate_latest(collectors), media_type=CONTENT_TYPE_LATEST)


def _add_errors(app: FastAPI) -> None:
    @app.exception_handler(HTTPException)
    async def refused(request: Request, error: HTTPException) -> Response:
        headers = dict(error.headers or {})
        return plain_problem(error.status_code, str(error.detail), request.url.path, headers)

    @app.exception_handler(Exception)
    async def failed(request: Request, error: Exception) -> Response:
        logger.error("request failed", exc_info=error, extra={"path": request.url.path})
        return plain_problem(500, "A bug: it is in the server's log under this time.", request.url.path)
