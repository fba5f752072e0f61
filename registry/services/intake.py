"""A document's triples as they can be journalled, and an account of each that was changed or left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple

from registry.rdf.skolem import skolemize
from registry.rdf.terms import LEX, XSD, canonical_literal
from registry.skos import Finding, Severity

DESCRIPTIVE = (LEX.facet, LEX.effectiveFrom, LEX.effectiveUntil)
"""Those of our own terms that describe a concept; all others say who governs it, which no document decides."""
_DATES = frozenset({XSD.date, XSD.dateTime})


@dataclass(slots=True)
class Intake:
    """What a document brings. `content` is canonical and without blank nodes; a `sheet` was laid over what stands.

    For each property: `read` = kept + `changed` + `left_out`. `graphs` counts the graphs it came in.
    """

    content: frozenset[Quad] = frozenset()
    read: Counter[NamedNode] = field(default_factory=Counter)
    changed: Counter[NamedNode] = field(default_factory=Counter)
    left_out: Counter[NamedNode] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)
    graphs: int = 0
    sheet: bool = False


def take_in(quads: Iterable[Quad], graph: NamedNode, curation: NamedNode, skolem: str) -> Intake:
    """The intake of a document's quads for one content graph; InvalidInputError for blank nodes that tangle.

    Literals are made canonical before blank nodes are named by hash, so that an export comes back the same; what an
    export says in the curation graph governs, and is left out like any other such statement.
    """
    distinct = list(dict.fromkeys(quads))
    intake = Intake(read=Counter([quad.predicate for quad in distinct]))
    ours = {predicate for predicate in intake.read if predicate in LEX}
    graphs = {quad.graph_name for quad in distinct}
    intake.graphs = len(graphs - {curation})
    if curation in graphs:
        distinct = _without_curation(intake, distinct, curation)
    plain: list[Quad] = []
    blank: list[Quad] = []
    for quad in distinct:
        subject, predicate, value, _ = quad
        if isinstance(value, Literal):
            if "\x00" in value.value:
                _leave_out(intake, quad, "null-character", "holds the character U+0000, which no database stores")
                continue
            form = canonical_literal(value)
            if form != value:
                intake.changed[predicate] += 1
                value = form
        if isinstance(value, Triple) or isinstance(subject, Triple):
            _leave_out(intake, quad, "triple-term", "uses a triple term; Lexicord holds RDF 1.1: reify it")
        elif predicate in ours and not _describes(predicate, value):
            _leave_out(intake, quad, "governing-term", "says who governs it, which is decided here, not in a document")
        elif isinstance(subject, BlankNode) or isinstance(value, BlankNode):
            blank.append(Quad(subject, predicate, value, graph))
        else:
            plain.append(Quad(subject, predicate, value, graph))
    intake.content = frozenset(plain + skolemize(blank, skolem) if blank else plain)
    return intake


def _without_curation(intake: Intake, quads: list[Quad], curation: NamedNode) -> list[Quad]:
    content = []
    for quad in quads:
        if quad.graph_name == curation:
            _leave_out(intake, quad, "governing-term", "says who governs it, which is decided here, not in a document")
        else:
            content.append(quad)
    return content


def _describes(predicate: NamedNode, value: object) -> bool:
    if predicate not in DESCRIPTIVE:
        return False
    if predicate == LEX.facet:
        return isinstance(value, NamedNode)
    return isinstance(value, Literal) and value.datatype in _DATES


def _leave_out(intake: Intake, quad: Quad, check: str, why: str) -> None:
    intake.left_out[quad.predicate] += 1
    concept = quad.subject if isinstance(quad.subject, (NamedNode, BlankNode)) else None
    intake.findings.append(
        Finding(check, Severity.WARNING, concept, "", f"A value of {quad.predicate} {why}: left out.", _FIXES[check])
    )


_FIXES = {
    "null-character": "Remove the character.",
    "triple-term": "Write it as triples of its own.",
    "governing-term": "Use the options of the import, or the registry's own commands.",
}
