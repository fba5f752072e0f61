"""The terms the engine reads and writes, and which `sh:` terms it knows, keeps or refuses."""

from __future__ import annotations

from typing import Final

import pyoxigraph as ox

SH: Final = "http://www.w3.org/ns/shacl#"
RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS: Final = "http://www.w3.org/2000/01/rdf-schema#"
XSD: Final = "http://www.w3.org/2001/XMLSchema#"
OWL: Final = "http://www.w3.org/2002/07/owl#"
SKOS: Final = "http://www.w3.org/2004/02/skos/core#"
LEX: Final = "https://w3id.org/lexicord/ns#"

RDF_TYPE: Final = ox.NamedNode(RDF + "type")
RDF_FIRST: Final = ox.NamedNode(RDF + "first")
RDF_REST: Final = ox.NamedNode(RDF + "rest")
RDF_NIL: Final = ox.NamedNode(RDF + "nil")
RDFS_CLASS: Final = ox.NamedNode(RDFS + "Class")
RDFS_SUBCLASS_OF: Final = ox.NamedNode(RDFS + "subClassOf")
SKOS_BROADER: Final = ox.NamedNode(SKOS + "broader")
XSD_STRING: Final = ox.NamedNode(XSD + "string")
RDF_LANG_STRING: Final = ox.NamedNode(RDF + "langString")


def sh(name: str) -> ox.NamedNode:
    """Return the SHACL term of that local name."""
    return ox.NamedNode(SH + name)


def component(name: str) -> ox.NamedNode:
    """Return the IRI of the SHACL constraint component of that short name: "MinCount" gives that of sh:minCount."""
    return ox.NamedNode(f"{SH}{name}ConstraintComponent")


VIOLATION: Final = sh("Violation")
BY_TYPES: Final = sh("ByTypes")
# What keeps data from conforming in SHACL 1.2, where nothing else is said; in 1.0 every result does.
DISALLOWED: Final = frozenset({sh("Violation"), sh("Warning"), sh("Info")})
IN_BRANCH: Final = ox.NamedNode(LEX + "inBranch")
IN_BRANCH_COMPONENT: Final = ox.NamedNode(LEX + "InBranchConstraintComponent")

TARGETS: Final = frozenset({"targetClass", "targetNode", "targetSubjectsOf", "targetObjectsOf", "target"})

# Parameters whose presence makes a node a shape (SHACL, sections 4.1 to 4.8 and 5).
PARAMETERS: Final = frozenset(
    [
        "class",
        "datatype",
        "nodeKind",
        "minCount",
        "maxCount",
        "minExclusive",
        "minInclusive",
        "maxExclusive",
        "maxInclusive",
        "minLength",
        "maxLength",
        "pattern",
        "flags",
        "languageIn",
        "uniqueLang",
        "equals",
        "disjoint",
        "lessThan",
        "lessThanOrEquals",
        "not",
        "and",
        "or",
        "xone",
        "node",
        "property",
        "qualifiedValueShape",
        "qualifiedMinCount",
        "qualifiedMaxCount",
        "qualifiedValueShapesDisjoint",
        "closed",
        "ignoredProperties",
        "hasValue",
        "in",
        "sparql",
    ]
)

# Parameters of the SHACL 1.2 draft, evaluated when that version is asked for.
PARAMETERS_1_2: Final = frozenset(["singleLine", "rootClass", "uniqueValuesFor"])

# Terms of the SHACL 1.2 draft that are no parameters and change the verdict.
TERMS_1_2: Final = frozenset(["conformanceDisallows"])

# What describes a shape without validating anything (SHACL, sections 2.1.5 and 2.3.2), or annotates a constraint.
DESCRIPTIVE: Final = frozenset(
    [
        "path",
        "deactivated",
        "message",
        "severity",
        "name",
        "description",
        "order",
        "group",
        "defaultValue",
        "shapesGraph",
        "suggestedShapesGraph",
        "labelTemplate",
        "resultAnnotation",
        "annotationProperty",
        "annotationValue",
        "annotationVarName",
    ]
)

PATHS: Final = frozenset(["inversePath", "alternativePath", "zeroOrMorePath", "oneOrMorePath", "zeroOrOnePath"])

SPARQL: Final = frozenset(
    [
        "select",
        "ask",
        "prefixes",
        "declare",
        "prefix",
        "namespace",
        "parameter",
        "optional",
        "validator",
        "nodeValidator",
        "propertyValidator",
    ]
)

# Terms of a validation report: they may stand in the same file as the shapes and say nothing to the engine.
REPORT: Final = frozenset(
    [
        "conforms",
        "result",
        "focusNode",
        "resultPath",
        "resultSeverity",
        "resultMessage",
        "value",
        "sourceShape",
        "sourceConstraint",
        "sourceConstraintComponent",
        "detail",
        "shapesGraphWellFormed",
    ]
)

KNOWN: Final = TARGETS | PARAMETERS | DESCRIPTIVE | PATHS | SPARQL | REPORT

# Terms of SHACL Advanced Features, SHACL-JS and SHACL 1.2 that would change the verdict and are not evaluated.
UNSUPPORTED: Final = frozenset(
    [
        "entailment",
        "rule",
        "condition",
        "subject",
        "predicate",
        "object",
        "construct",
        "js",
        "jsFunctionName",
        "jsLibrary",
        "jsLibraryURL",
        "expression",
        "filterShape",
        "nodes",
        "intersection",
        "union",
        "returnType",
        "update",
        "values",
        "distinct",
        "limit",
        "offset",
        "orderBy",
        "desc",
        "shape",
        "targetWhere",
        "reifierShape",
        "reificationRequired",
        "nodeByExpression",
        "minListLength",
        "maxListLength",
        "memberShape",
        "uniqueMembers",
        "someValue",
        "subsetOf",
        "only",
        "nodeExpression",
        "codeIdentifier",
    ]
)

NODE_KINDS: Final = {
    SH + "IRI": (True, False, False),
    SH + "BlankNode": (False, True, False),
    SH + "Literal": (False, False, True),
    SH + "BlankNodeOrIRI": (True, True, False),
    SH + "BlankNodeOrLiteral": (False, True, True),
    SH + "IRIOrLiteral": (True, False, True),
}
