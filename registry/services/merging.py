"""Three-way merge of a new edition into a vocabulary that people have edited since the last one."""

from __future__ import annotations

from pyoxigraph import Literal, NamedNode, Quad

from registry.rdf.patch import Patch, diff
from registry.rdf.terms import SKOS
from registry.skos import Finding, Severity

Slot = tuple[NamedNode, str]
"""Where SKOS allows one value only: a concept's prefLabel in a language (S14)."""


def merge(base: frozenset[Quad], current: frozenset[Quad], incoming: frozenset[Quad]) -> tuple[Patch, list[Finding]]:
    """The change from `base` to `incoming`, to be made on `current`; what people changed since `base` stays.

    Where both renamed a concept in one language, the name people gave stays and a finding tells both.
    """
    change, edits = diff(base, incoming), diff(base, current)
    edited = {slot(quad): quad for quad in edits.added if slot(quad) is not None}
    clashing = [quad for quad in change.added if (place := slot(quad)) in edited and edited[place] != quad]
    findings = [_clash(quad, edited[slot(quad)]) for quad in sorted(clashing, key=str)]
    return Patch(change.added - frozenset(clashing), change.removed), findings


def slot(quad: Quad) -> Slot | None:
    """The place of which a quad is the only value; None when its property takes many."""
    if quad.predicate != SKOS.prefLabel or not isinstance(quad.object, Literal):
        return None
    assert isinstance(quad.subject, NamedNode)
    return quad.subject, quad.object.language or ""


def _clash(incoming: Quad, kept: Quad) -> Finding:
    assert isinstance(incoming.subject, NamedNode)
    new, old = incoming.object, kept.object
    return Finding(
        "kept-edit",
        Severity.WARNING,
        incoming.subject,
        str(getattr(old, "value", "")),
        f"was renamed here to {getattr(old, 'value', '')!r}; the document calls it {getattr(new, 'value', '')!r}",
        "The name given here stays; revise the concept to take the document's.",
    )
