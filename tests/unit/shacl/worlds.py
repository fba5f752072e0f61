"""Small graphs and the words tests read results in."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pyoxigraph as ox

from registry.model.validation import Term, ValidationReport, ValidationResult
from registry.shacl import Background, RecordContext, RecordValidator, compile_shapes
from registry.shacl.compile import CompiledShapes, Version

PREFIXES = """
@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix lex: <https://w3id.org/lexicord/ns#> . @prefix ex: <https://example.org/> .
"""
EX = "https://example.org/"
XSD = "http://www.w3.org/2001/XMLSchema#"

TAXONOMY = """
ex:leave a skos:Concept ; skos:inScheme ex:hr . ex:annual a skos:Concept ; skos:broader ex:leave ; skos:inScheme ex:hr .
ex:summer a skos:Concept ; skos:broader ex:annual ; skos:inScheme ex:hr .
ex:pay a skos:Concept ; skos:inScheme ex:hr .
ex:Policy rdfs:subClassOf ex:Document .
"""

CONTEXT: dict[str, Any] = {
    "ex": EX,
    "Document": EX + "Document",
    "Policy": EX + "Policy",
    "id": "@id",
    "title": {"@id": "ex:title", "@container": "@language"},
    "code": "ex:code",
    "tags": {"@id": "ex:tag", "@container": "@set"},
    "topic": {"@id": "ex:topic", "@type": "@id"},
    "issued": {"@id": "ex:issued", "@type": XSD + "date"},
    "changed": {"@id": "ex:changed", "@type": XSD + "date"},
    "pages": {"@id": "ex:pages", "@type": XSD + "integer"},
    "size": "ex:size",
    "author": "ex:author",
    "name": "ex:name",
    "steps": {"@id": "ex:steps", "@container": "@list"},
    "parent": {"@reverse": "ex:child"},
    "more": "@nest",
    "note": "ex:note",
}


def quads(turtle: str) -> list[ox.Quad]:
    """Return the Turtle's quads, with the prefixes of this module."""
    return list(ox.parse(PREFIXES + turtle, format=ox.RdfFormat.TURTLE))


def compiled(turtle: str, *, version: Version = "1.0") -> CompiledShapes:
    """Return the shapes compiled."""
    return compile_shapes(quads(turtle), version=version)


def report(shapes: str, data: str, background: str | None = None) -> ValidationReport:
    """Return the report of the graph tier."""
    frozen = None if background is None else Background(quads(background))
    return compiled(shapes).validate_graph(quads(data), frozen)


def records(shapes: str, context: dict[str, Any] | None = None, background: str | None = TAXONOMY) -> RecordValidator:
    """Return a validator of records in the shape of CONTEXT."""
    frozen = None if background is None else Background(quads(background))
    return compiled(shapes).for_records(RecordContext.from_json_ld(context or CONTEXT), frozen)


def term(value: Term | None) -> str | None:
    """Return the term's last part: a local name, or the lexical form."""
    if isinstance(value, ox.BlankNode):
        return "_"
    return None if value is None else value.value.removeprefix(EX)


def component(result: ValidationResult) -> str:
    """Return the short name of the result's constraint component."""
    name = result.source_constraint_component.value.replace("#", "/").rsplit("/", 1)[-1]
    return name.removesuffix("ConstraintComponent")


def found(result: ValidationReport) -> list[tuple[str | None, str, str | None]]:
    """Return focus node, component and value of every result, sorted."""
    rows = [(term(each.focus_node), component(each), term(each.value)) for each in result.results]
    return sorted(rows, key=str)


def pointed(result: ValidationReport) -> set[tuple[str | None, str]]:
    """Return pointer and component of every result."""
    return {(each.pointer, component(each)) for each in result.results}


def signature(result: ValidationReport) -> Counter[tuple[object, ...]]:
    """Return what two tiers have to agree on, blank nodes apart."""

    def plain(value: Term | None) -> str | None:
        return "_" if isinstance(value, ox.BlankNode) else None if value is None else str(value)

    return Counter(
        (
            plain(each.focus_node),
            str(each.result_path),
            plain(each.value),
            each.source_constraint_component.value,
            each.severity.value,
            plain(each.source_shape),
            each.messages if not isinstance(each.value, ox.BlankNode) else (),
        )
        for each in result.results
    )
