"""`lexicord token`."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.output import line, note, table
from cli.session import answer, call
from registry.contract import principals as rows
from registry.contract.principals import TokenIssued, TokenRevoked, Tokens

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Access tokens for a server.")


@app.command()
def issue(
    handle: str,
    label: Annotated[str | None, typer.Option(help="What it is for.")] = None,
    scopes: Annotated[str | None, typer.Option(metavar="VERB,…", help="Limit it, such as read,propose.")] = None,
    expires: Annotated[str | None, typer.Option(metavar="DAYS|TIME", help="When it stops to work; 90 days.")] = None,
) -> None:
    """Issue an access token; its text is shown once."""
    verbs = None if scopes is None else tuple(verb.strip() for verb in scopes.split(",") if verb.strip())
    answer(call(rows.ISSUE, principal=handle, label=label, scopes=verbs, expires=expires), _issued)


@app.command("list")
def find(handle: Annotated[str | None, typer.Argument(help="Only this principal's.")] = None) -> None:
    """List access tokens, never their text."""
    answer(call(rows.TOKENS, principal=handle), _listed)


@app.command()
def revoke(token: Annotated[str, typer.Argument(metavar="ID", help="Its id, as the list shows it.")]) -> None:
    """Revoke an access token; the very next request with it is refused."""
    answer(call(rows.REVOKE_TOKEN, token=token), _revoked)


def _issued(done: TokenIssued) -> None:
    line(done.text)
    limits = f", limited to {', '.join(done.token.scopes)}" if done.token.scopes else ""
    note(f"Token {done.token.id} for {done.token.principal}, until {done.token.expires_at}{limits}.")
    note("Keep it now: it is shown this once and stored nowhere. Send it as Authorization: Bearer …")


def _listed(found: Tokens) -> None:
    table(
        ("id", "principal", "label", "scopes", "expires", "state"),
        [
            (t.id, t.principal, t.label, t.scopes or "all", t.expires_at, "revoked" if t.revoked else "")
            for t in found.tokens
        ],
        empty="No tokens. Issue one with: lexicord token issue HANDLE",
    )


def _revoked(done: TokenRevoked) -> None:
    line(f"Token {done.id} is revoked." if done.changed else f"Token {done.id} was revoked before.")
