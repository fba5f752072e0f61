"""Our own graphs are stricter than vocabularies: what breaks their shapes does not commit."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, cast

from pyoxigraph import NamedNode, Quad

from registry.errors import Fault, RefusedError
from registry.model.names import Names
from registry.rdf.patch import Patch, apply
from registry.rdf.syntax import parse_document
from registry.resources import bundled
from registry.store.quads import Reader
from registry.store.work import Work

if TYPE_CHECKING:
    from registry.shacl import CompiledShapes

GUARDED: dict[str, str] = {
    "organisation": "organisation.ttl",
    "sources": "sources.ttl",
    "properties": "sources.ttl",
    "authority": "authority.ttl",
    "mappings": "mappings.ttl",
    "conflicts": "conflicts.ttl",
    "curation": "schemes.ttl",
}
"""Which shapes guard which graphs."""
LARGEST = 2_000
"""Subjects of one change that are checked by shapes; larger ones come from our own import, which makes no others."""


def guard(work: Work, patch: Patch) -> None:
    """Nothing, when every touched subject of our own graphs conforms; RefusedError with each fault otherwise."""
    touched: dict[str, set[NamedNode]] = {}
    guarded = {graph: shapes for graph in patch.graphs if (shapes := shapes_for(work.names, graph))}
    for quad in (*patch.added, *patch.removed) if guarded else ():
        shapes = guarded.get(cast("NamedNode", quad.graph_name))
        if shapes and isinstance(quad.subject, NamedNode):
            touched.setdefault(shapes, set()).add(quad.subject)
    for shapes, subjects in sorted(touched.items()):
        if len(subjects) <= LARGEST:
            _check(shapes, _after(work.reader, subjects, patch))


def shapes_for(names: Names, graph: object) -> str | None:
    """The file of the shapes that guard a graph; None for a graph that anything may be in."""
    if not isinstance(graph, NamedNode):
        return None
    parts = graph.value.removeprefix(f"{names.base}/graph/").split("/")
    return GUARDED.get("curation" if parts[-1] == "curation" else parts[0])


def _after(reader: Reader, subjects: set[NamedNode], patch: Patch) -> list[Quad]:
    present = reader.about(subjects)
    touched = Patch(
        frozenset(q for q in patch.added if q.subject in subjects),
        frozenset(q for q in patch.removed if q.subject in subjects),
    )
    after = apply(present, touched)
    linked = {q.object for q in after if isinstance(q.object, NamedNode)} - subjects
    return [*after, *reader.about(linked)]


@lru_cache(maxsize=8)
def _shapes(name: str) -> CompiledShapes:
    from registry.shacl import compile_shapes

    return compile_shapes(parse_document((bundled("shapes") / "registry" / name).read_bytes(), "turtle"))


def _check(shapes: str, data: Iterable[Quad]) -> None:
    report = _shapes(shapes).validate_graph(data)
    violations = [result for result in report.results if result.severity.value.endswith("Violation")]
    if violations:
        faults = [
            Fault(str(r.focus_node.value), " ".join(r.messages) or str(r.source_constraint_component))
            for r in violations
        ]
        said = "; ".join(dict.fromkeys(fault.detail for fault in faults))
        raise RefusedError(f"The registry's own shapes refuse this: {said}", faults=faults, shapes=shapes)
