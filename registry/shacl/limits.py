"""Validation in a child process that can be killed: queries of a shapes graph may never end, and cannot be stopped.

Oxigraph's queries cannot be cancelled inside a process. Shapes without SPARQL need no child: they always end.
"""

from __future__ import annotations

from collections.abc import Iterable
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any

import pyoxigraph as ox

from registry.errors import EnvironmentFaultError, RegistryError
from registry.model.validation import ValidationReport
from registry.shacl.background import Background
from registry.shacl.compile import Version, compile_shapes
from registry.shacl.errors import ValidationTimeoutError


def validate_within(
    seconds: float,
    data: Iterable[ox.Quad],
    shapes: Iterable[ox.Quad],
    background: Iterable[ox.Quad] = (),
    *,
    version: Version = "1.0",
) -> ValidationReport:
    """Return the report on the data, as `compile_shapes(...).validate_graph(...)` gives it, or kill the attempt.

    The time starts when the child has its work, so that starting it (a quarter of a second) is not counted. Raises
    ValidationTimeoutError after `seconds`, EnvironmentFaultError when the child dies, and what validation raises.
    """
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    child = context.Process(target=_serve, args=(theirs,), daemon=True)
    child.start()
    theirs.close()
    try:
        ours.send((list(data), list(shapes), list(background), version))
        return _answer(ours, seconds)
    finally:
        child.kill()
        child.join()
        ours.close()


def _answer(ours: Connection[Any, Any], seconds: float) -> ValidationReport:
    try:
        ours.recv()  # the child has its work
        if not ours.poll(seconds):
            raise ValidationTimeoutError(
                f"Validation did not end within {seconds:g} s.", advice="Simplify the shapes' queries.", limit=seconds
            )
        answer = ours.recv()
    except EOFError as error:
        raise EnvironmentFaultError("The validating process died.", advice="It may have run out of memory.") from error
    if isinstance(answer, ValidationReport):
        return answer
    raise answer


def _serve(theirs: Connection[Any, Any]) -> None:
    data, shapes, background, version = theirs.recv()
    theirs.send("ready")
    try:
        frozen = Background(background) if background else None
        theirs.send(compile_shapes(shapes, version=version).validate_graph(data, frozen))
    except RegistryError as error:
        theirs.send(error)
