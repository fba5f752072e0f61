"""`lexicord demo`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.session import session

app = typer.Typer(add_completion=False)

MARK = ".lexicord-demo"
"""In a folder that the demo made, and may make anew."""


@app.command()
def demo(
    keep: Annotated[bool, typer.Option("--keep", help="Stop when the folder holds a demo registry already.")] = False,
    whole: Annotated[
        bool, typer.Option("--all", help="Build all ten departments, and say where they disagree.")
    ] = False,
) -> None:
    """Build the example organisation in the folder that --registry names, and walk through the main job.

    Repeatable: a folder that the demo made is made anew; any other is left alone.
    """
    where = Path(session().registry or "demo-registry")
    if _clear(where, keep):
        from cli.demo_story import tell, tell_all
        from registry.store.store import create

        create(where, base_iri="https://vocab.nordhaven.example").close()
        (where / MARK).touch()
        (tell_all if whole else tell)(where)


def _clear(where: Path, keep: bool) -> bool:
    """Whether the demo is to be built: the folder is free, or held one."""
    if not where.exists() or not any(where.iterdir()):
        return True
    if not (where / MARK).exists():
        from registry.errors import AlreadyExistsError

        raise AlreadyExistsError(f"{where} is not a demo registry.", advice="Name another folder with --registry.")
    if keep:
        typer.echo(f"{where} holds the demo registry.")
        return False
    import shutil

    shutil.rmtree(where)
    return True
