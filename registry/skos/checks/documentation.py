"""Documentation: concepts that do not say what they mean."""

from __future__ import annotations

from collections.abc import Iterator

from registry.rdf.text import fold_label
from registry.skos import names
from registry.skos.checks.catalogue import Check, Problem, Scope
from registry.skos.values import Severity, literals


def _undocumented_concept(scope: Scope) -> Iterator[Problem]:
    documented = set().union(*(scope.index.subjects(kind) for kind in names.NOTE_KINDS))
    for concept in scope.index.live - documented:
        yield concept, "has no definition and no note", "Write what it means, in one sentence."


def _no_definition(scope: Scope) -> Iterator[Problem]:
    defined = scope.index.subjects(names.DEFINITION)
    documented = set().union(*(scope.index.subjects(kind) for kind in names.NOTE_KINDS))
    for concept in (scope.index.live & documented) - defined.keys():
        yield concept, "has notes but no definition", "Write a definition, or make a note one."


def _circular_definition(scope: Scope) -> Iterator[Problem]:
    for concept, definitions in scope.index.subjects(names.DEFINITION).items():
        labels = scope.index.labels[names.PREF_LABEL].get(concept, ())
        for definition in literals(definitions):
            for label in labels:
                if label.language == definition.language and _explains_itself(definition.value, label.value):
                    message = f"is defined by its own label {label.value!r}: {definition.value!r}"
                    yield concept, message, "Define it in other words."


def _explains_itself(definition: str, label: str) -> bool:
    """Return whether a definition uses the whole label, not counting one that opens it ("An account is …")."""
    word, text = f" {fold_label(label)} ", f" {fold_label(definition)} "
    if not word.strip():
        return False
    opening, found, rest = text.partition(word)
    if not found:
        return False
    opens = len(opening.split()) <= 1
    return not rest.strip() or not opens or word in f" {rest}"


CHECKS = (
    Check(
        id="undocumented-concept",
        severity=Severity.INFO,
        explanation="A live concept has neither a definition nor a note of any kind.",
        qskos="Undocumented Concepts",
        run=_undocumented_concept,
        example="ex:a a skos:Concept .",
        repaired='ex:a a skos:Concept ; skos:scopeNote "Used by finance only."@en .',
    ),
    Check(
        id="no-definition",
        severity=Severity.INFO,
        explanation="A live concept has notes but no definition.",
        run=_no_definition,
        example='ex:a a skos:Concept ; skos:scopeNote "Used by finance only."@en .',
        repaired='ex:a a skos:Concept ; skos:definition "A record of what is owed."@en .',
    ),
    Check(
        id="circular-definition",
        severity=Severity.INFO,
        explanation="A definition explains the concept by its own label; a label that opens the sentence is no fault.",
        run=_circular_definition,
        example='ex:a skos:prefLabel "Account"@en ; skos:definition "The account of a customer with an account."@en .',
        repaired='ex:a skos:prefLabel "Account"@en ; skos:definition "An account is a record of what is owed."@en .',
    ),
)
