"""A document's triples as they can be journalled, and an account of each that was changed or left out."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple

from registry.rdf.skolem import skolemize
from registry.rdf.terms import LEX, XSD, canonical_literal, local_name
from registry.skos import Finding, Severity

DESCRIPTIVE = (LEX.facet, LEX.effectiveFrom, LEX.effectiveUntil)
"""Those of our own terms that describe a concept; all others say who governs it, which no document decides."""
LONGEST = 80
"""Characters of a value that a finding shows."""
_PERIOD = (LEX.effectiveFrom, LEX.effectiveUntil)
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
    if not ours.isdisjoint(_PERIOD):
        plain = _without_false_periods(intake, plain)
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


def _without_false_periods(intake: Intake, quads: list[Quad]) -> list[Quad]:
    """The quads without periods that are none: several starts or ends, an end that is not after the start."""
    stated: dict[object, list[Quad]] = defaultdict(list)
    for quad in quads:
        if quad.predicate in _PERIOD:
            stated[quad.subject].append(quad)
    false = {quad for period in stated.values() if not _is_period(period) for quad in period}
    for quad in sorted(false, key=str):
        _leave_out(intake, quad, "false-period", "is no period: one start before one end, both dates or both moments")
    return [quad for quad in quads if quad not in false]


def _is_period(quads: list[Quad]) -> bool:
    ends = {quad.predicate: quad.object for quad in quads}
    if len(ends) < len(quads):
        return False
    start, end = (ends.get(predicate) for predicate in _PERIOD)
    if not isinstance(start, Literal) or not isinstance(end, Literal):
        return True
    return start.datatype == end.datatype and start.value < end.value


def _leave_out(intake: Intake, quad: Quad, check: str, why: str) -> None:
    intake.left_out[quad.predicate] += 1
    concept = quad.subject if isinstance(quad.subject, (NamedNode, BlankNode)) else None
    shown = str(quad.object).replace("\x00", "\\u0000")
    shown = shown if len(shown) <= LONGEST else shown[:LONGEST] + "…"
    message = f"{local_name(quad.predicate.value)} {shown} {why}: left out."
    intake.findings.append(Finding(check, Severity.WARNING, concept, "", message, _FIXES[check]))


_FIXES = {
    "null-character": "Remove the character.",
    "triple-term": "Write it as triples of its own.",
    "false-period": "State one date from which the concept is in force, and one at which it ceases.",
    "governing-term": "Use the options of the import, or the registry's own commands.",
}
