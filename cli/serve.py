"""`lexicord serve`."""

from __future__ import annotations

import ipaddress
import os
from pathlib import Path
from typing import Annotated

import typer

from cli.output import note
from cli.session import session

app = typer.Typer(add_completion=False)


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port.")] = 8000,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Server processes.")] = 1,
    log_level: Annotated[str, typer.Option(help="debug, info, warning or error.")] = "warning",
) -> None:
    """Serve the registry over HTTP.

    On a loopback address, and until a token is issued, requests act as you. Anywhere else a token is needed.
    """
    import uvicorn

    where = Path(session().where())
    trusted = _check(where, host)
    os.environ["LEXICORD_REGISTRY"] = str(where.resolve())
    os.environ["LEXICORD_TRUST_LOOPBACK"] = "1" if trusted else "0"
    note(f"Serving {where} on http://{host}:{port} (documentation: /docs). Stop with Ctrl-C.")
    if trusted:
        note("No token has been issued: whoever reaches this address acts as you. Issue one with: lexicord token issue")
    uvicorn.run("api.app:from_environment", factory=True, host=host, port=port, workers=workers, log_level=log_level,
                timeout_graceful_shutdown=5)  # fmt: skip


def _check(where: Path, host: str) -> bool:
    """Whether requests without a token act as this user; refuses an open server on an address others can reach."""
    from registry.errors import RefusedError
    from registry.settings import Settings
    from registry.store.principals import any_live_token
    from registry.store.store import open_store

    store = open_store(where, database_url=Settings().database_url)
    with store.database.reading() as connection:
        tokens = any_live_token(connection)
    store.close()
    loopback = host == "localhost" or _is_loopback(host)
    if not tokens and not loopback:
        raise RefusedError(
            f"{host} can be reached by others, and no token has been issued.",
            advice="Issue one first: lexicord token issue PRINCIPAL. Or listen on 127.0.0.1.",
        )
    return loopback


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
