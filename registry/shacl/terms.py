"""The check that a shapes graph uses only what this engine evaluates or knowingly keeps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import pyoxigraph as ox

from registry.model.validation import Term
from registry.shacl.errors import ShapesError, UnsupportedShapesError
from registry.shacl.graph import DataGraph, Terms
from registry.shacl.vocabulary import (
    KNOWN,
    PARAMETERS,
    PARAMETERS_1_2,
    PATHS,
    RDF,
    RDF_TYPE,
    RDFS,
    SH,
    SPARQL,
    TARGETS,
    TERMS_1_2,
    UNSUPPORTED,
    sh,
)

_UNSUPPORTED_TYPES = frozenset(
    {"SPARQLFunction", "SPARQLTargetType", "SPARQLRule", "TripleRule", "Rule", "JSConstraint", "JSFunction"}
    | {"JSLibrary", "JSRule", "JSTarget", "JSTargetType", "JSValidator", "NodeExpression"}
)
_OF_1_2 = PARAMETERS_1_2 | TERMS_1_2
_MARKERS = PARAMETERS | TARGETS | SPARQL | PATHS | _OF_1_2 | {"path"}
_SHAPE_TYPES = frozenset({sh("NodeShape"), sh("PropertyShape"), sh("ConstraintComponent"), sh("SPARQLConstraint")})
_SEVERITIES = frozenset({sh("Violation"), sh("Warning"), sh("Info")})
_SEVERITIES_1_2 = _SEVERITIES | {sh("Debug"), sh("Trace")}


def check_terms(graph: DataGraph, version: Literal["1.0", "1.2"]) -> None:
    """Raise ShapesError for a misspelt `sh:` term, UnsupportedShapesError for one that is not evaluated here."""
    known = KNOWN | _OF_1_2 if version == "1.2" else KNOWN
    severities = _SEVERITIES_1_2 if version == "1.2" else _SEVERITIES
    for node, about in graph.forward.items():
        for type_ in about.get(RDF_TYPE, ()):
            _check_type(node, type_)
        if not _speaks_shacl(about):
            continue
        for predicate in about:
            if predicate.value.startswith(SH):
                _check_predicate(node, predicate.value[len(SH) :], known)
        for severity in about.get(sh("severity"), ()):
            _check_severity(node, severity, severities)


def _speaks_shacl(about: Mapping[ox.NamedNode, Terms]) -> bool:
    """Say whether a node is the shapes' own, not data in the same file that happens to use one of their terms."""
    names = {predicate.value[len(SH) :] for predicate in about if predicate.value.startswith(SH)}
    if not names or names & _MARKERS or any(each in _SHAPE_TYPES for each in about.get(RDF_TYPE, ())):
        return bool(names)
    return all(predicate.value.startswith((SH, RDF, RDFS)) for predicate in about)


def _check_predicate(node: Term, name: str, known: frozenset[str]) -> None:
    if name in known:
        return
    if name in _OF_1_2:
        raise UnsupportedShapesError(
            f"{node} uses sh:{name}, which SHACL 1.0 does not have.", advice="Ask for version 1.2."
        )
    if name in UNSUPPORTED:
        raise UnsupportedShapesError(
            f"{node} uses sh:{name}, which is not evaluated here.", advice="Express it in SHACL Core or sh:sparql."
        )
    raise ShapesError(f"{node} uses sh:{name}, which is not a term of SHACL.", advice="Check its spelling.")


def _check_type(node: Term, type_: Term) -> None:
    if isinstance(type_, ox.NamedNode) and type_.value.removeprefix(SH) in _UNSUPPORTED_TYPES:
        raise UnsupportedShapesError(f"{node} is a {type_}, which is not evaluated here.", advice="Remove it.")


def _check_severity(node: Term, severity: Term, severities: frozenset[ox.NamedNode]) -> None:
    if isinstance(severity, ox.NamedNode) and severity.value.startswith(SH) and severity not in severities:
        raise ShapesError(
            f"{node} has the severity {severity}, which SHACL does not have.", advice="Check its spelling."
        )
