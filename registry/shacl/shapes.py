"""The intermediate form: shapes as they were read and checked, before anything is compiled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

import pyoxigraph as ox

from registry.model.validation import Path, Term

ShapeNode: TypeAlias = "ox.NamedNode | ox.BlankNode"


@dataclass(frozen=True, slots=True)
class Query:
    """A SPARQL query of the shapes graph, its prefixes resolved, with the messages declared beside it."""

    node: Term
    form: Literal["select", "ask"]
    text: str
    messages: tuple[ox.Literal, ...] = ()


@dataclass(frozen=True, slots=True)
class Constraint:
    """One constraint of a shape: its component, the parameter that declares it, and the parameter's parsed value.

    The argument is an IRI, a term, a number, a tuple of terms, a Pattern, a Query, or a dataclass below, as the
    parameter demands; shapes referred to are given by their nodes.
    """

    component: ox.NamedNode
    name: str
    argument: Any


@dataclass(frozen=True, slots=True)
class Qualified:
    """The parameters of sh:qualifiedValueShape, and the sibling shapes where they have to be disjoint."""

    shape: ShapeNode
    low: int | None
    high: int | None
    siblings: tuple[ShapeNode, ...]


@dataclass(frozen=True, slots=True)
class PropertiesByTypes:
    """What sh:closed sh:ByTypes permits: the properties declared for each type, and those permitted for all."""

    declared: Mapping[Term, frozenset[ox.NamedNode]]
    always: frozenset[ox.NamedNode]


@dataclass(frozen=True, slots=True)
class Validator:
    """A SPARQL-based constraint component applied to one shape: its query and the values of its parameters."""

    query: Query
    bindings: Mapping[str, Term]


@dataclass(frozen=True, slots=True)
class Target:
    """What selects focus nodes: a class, a node, the subjects or objects of a predicate, or a SPARQL query."""

    kind: Literal["class", "node", "subjects_of", "objects_of", "sparql"]
    value: Term
    query: Query | None = None


@dataclass(frozen=True, slots=True)
class Shape:
    """A node shape (path None) or property shape. `about` keeps what describes it: name, description, order, group,
    defaultValue."""

    node: ShapeNode
    path: Path | None = None
    targets: tuple[Target, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    properties: tuple[ShapeNode, ...] = ()
    severity: ox.NamedNode = field(default_factory=lambda: ox.NamedNode("http://www.w3.org/ns/shacl#Violation"))
    messages: tuple[ox.Literal, ...] = ()
    deactivated: bool = False
    about: Mapping[str, tuple[Term, ...]] = field(default_factory=dict)
