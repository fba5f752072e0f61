"""Departments: registered, listed, shown with what they own."""

from __future__ import annotations

from collections.abc import Callable

from pyoxigraph import Literal, NamedNode, Quad

from registry.contract.departments import (
    AddDepartment,
    Department,
    Departments,
    DepartmentWritten,
    ListDepartments,
    ShowDepartment,
)
from registry.errors import AlreadyExistsError
from registry.model.names import valid_key
from registry.rdf.terms import LEX, ORG, RDF, SKOS
from registry.services.references import first, require_department
from registry.store.quads import Description
from registry.store.work import Work


def add(work: Work, request: AddDepartment) -> Callable[[Work], DepartmentWritten]:
    """Register a department; AlreadyExistsError when the key is taken."""
    key = valid_key(request.key, "department")
    node, graph = work.names.thing("department", key), work.names.graph("organisation")
    if work.reader.description(node):
        raise AlreadyExistsError(f"There is a department {key!r} already.", advice="Choose another key.")
    kind = ORG.FormalOrganization if request.formal else ORG.OrganizationalUnit
    facts: list[tuple[NamedNode, NamedNode | Literal]] = [
        (RDF.type, kind),
        (LEX.key, Literal(key)),
        (SKOS.prefLabel, Literal(request.name)),
    ]
    if request.part_of:
        above = require_department(work.reader, work.names, request.part_of)
        facts.append((ORG.subOrganizationOf if request.formal else ORG.unitOf, above))
    work.add(Quad(node, predicate, value, graph) for predicate, value in facts)
    work.summary = f"department {key}"
    return lambda after: DepartmentWritten(department=_department(after, node))


def find(work: Work, request: ListDepartments) -> Departments:
    """All departments, by key."""
    graph = work.names.graph("organisation")
    nodes = work.reader.subjects(LEX.key, None, graph)
    return Departments(departments=sorted((_department(work, node) for node in nodes), key=lambda d: d.key))


def show(work: Work, request: ShowDepartment) -> Department:
    """One department with what it owns; NotFoundError when there is none."""
    return _department(work, require_department(work.reader, work.names, request.key))


def _department(work: Work, node: NamedNode) -> Department:
    said = work.reader.description(node)
    above = first(said, ORG.unitOf) or first(said, ORG.subOrganizationOf)
    owned = [quad.subject for quad in work.reader.pointing([LEX.owner], [node])]
    keys = {str(item): first(work.reader.description(item), LEX.key) for item in owned if isinstance(item, NamedNode)}
    sources = sorted(key for item, key in keys.items() if key and "/id/source/" in item)
    return Department(
        key=first(said, LEX.key) or "",
        iri=node.value,
        name=first(said, SKOS.prefLabel) or "",
        kind="formal" if _is_formal(said) else "unit",
        part_of=work.names.key_of(above) if above else None,
        arbiter=first(said, LEX.arbiter),
        schemes=sorted(key for item, key in keys.items() if key and "/id/source/" not in item),
        sources=sources,
        version=work.reader.version(node),
    )


def _is_formal(said: Description) -> bool:
    return ORG.FormalOrganization in said.get(RDF.type, ())
