"""Validation in a child process that can be killed: queries of a shapes graph may never end, and cannot be stopped.

Oxigraph's queries cannot be cancelled inside a process. Shapes without SPARQL need no child: they always end.
"""

from __future__ import annotations

from collections.abc import Iterable
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from types import TracebackType
from typing import Any, NamedTuple, Self

import pyoxigraph as ox

from registry.errors import EnvironmentFaultError, RegistryError
from registry.model.validation import ValidationReport
from registry.shacl.background import Background
from registry.shacl.compile import CompiledShapes, Version, compile_shapes
from registry.shacl.errors import ValidationTimeoutError
from registry.shacl.graph import DataGraph
from registry.shacl.shapes import Query, Validator
from registry.shacl.unique_register import keys_of
from registry.shacl.unique_values import UniqueKey


class Judgement(NamedTuple):
    """The report on one graph, and what the graph adds to a register of unique values."""

    report: ValidationReport
    keys: list[UniqueKey]


def asks_queries(shapes: CompiledShapes) -> bool:
    """Say whether the shapes hold SPARQL, so that validating may never end."""
    arguments = (each.argument for shape in shapes.shapes.values() for each in shape.constraints)
    targets = (target for shape in shapes.shapes.values() for target in shape.targets)
    return any(isinstance(each, Query | Validator) for each in arguments) or any(each.query for each in targets)


def judge(shapes: CompiledShapes, data: Iterable[ox.Quad], background: Background | None) -> Judgement:
    """Return what the shapes say about the data, in this process."""
    graph = DataGraph.of(data, background)
    report = shapes.validate_data(graph)
    return Judgement(report, keys_of(shapes, graph))


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
    with KillableValidator(seconds, shapes, background, version=version) as validator:
        return validator.judge(data).report


class KillableValidator:
    """Validates graph after graph in one child process, each in a limited time; a killed child is replaced.

    The child is started by the first graph. To be closed, or used in a `with` statement; for one thread.
    """

    def __init__(
        self,
        seconds: float,
        shapes: Iterable[ox.Quad],
        background: Iterable[ox.Quad] = (),
        *,
        version: Version = "1.0",
    ) -> None:
        self.seconds = seconds
        self._work = (list(shapes), list(background), version)
        self._child: tuple[SpawnProcess, Connection[Any, Any]] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def judge(self, data: Iterable[ox.Quad]) -> Judgement:
        """Return what the shapes say about the data.

        Raises ValidationTimeoutError when it takes longer than the limit, EnvironmentFaultError when the child dies,
        and what validation raises.
        """
        pipe = self._pipe()
        try:
            pipe.send(list(data))
            pipe.recv()  # the child has its work
            if not pipe.poll(self.seconds):
                raise _timeout(self.seconds)
            answer = pipe.recv()
        except (EOFError, BrokenPipeError) as error:
            self.close()
            raise EnvironmentFaultError(
                "The validating process died.", advice="It may have run out of memory."
            ) from error
        except BaseException:
            self.close()
            raise
        if isinstance(answer, RegistryError):
            raise answer
        return Judgement(*answer)

    def close(self) -> None:
        """End the child, whatever it is doing."""
        if self._child is not None:
            child, pipe = self._child
            self._child = None
            child.kill()
            child.join()
            pipe.close()

    def _pipe(self) -> Connection[Any, Any]:
        if self._child is None:
            context = get_context("spawn")
            ours, theirs = context.Pipe()
            child = context.Process(target=_serve, args=(theirs,), daemon=True)
            child.start()
            theirs.close()
            self._child = child, ours
            ours.send(self._work)
        return self._child[1]


def _timeout(seconds: float) -> ValidationTimeoutError:
    return ValidationTimeoutError(
        f"Validation did not end within {seconds:g} s.", advice="Simplify the shapes' queries.", limit=seconds
    )


def _serve(theirs: Connection[Any, Any]) -> None:
    shape_quads, background, version = theirs.recv()
    frozen = Background(background) if background else None
    shapes: CompiledShapes | None = None
    while True:
        try:
            data = theirs.recv()
        except EOFError:
            return
        theirs.send("ready")
        try:
            shapes = shapes or compile_shapes(shape_quads, version=version)
            theirs.send(tuple(judge(shapes, data, frozen)))
        except RegistryError as error:
            theirs.send(error)
