"""What a shapes graph says in SPARQL: constraints, targets, and the declarations of constraint components."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import pyoxigraph as ox

from registry.model.validation import Term
from registry.shacl.background import reachable
from registry.shacl.errors import ShapesError, UnsupportedShapesError
from registry.shacl.graph import DataGraph
from registry.shacl.shapes import Constraint, Query, Validator
from registry.shacl.sparql_text import check_query
from registry.shacl.vocabulary import IN_BRANCH_COMPONENT, OWL, XSD, sh

Form = Literal["select", "ask"]
_IMPORTS = ox.NamedNode(OWL + "imports")
_TRUE = ox.Literal("true", datatype=ox.NamedNode(XSD + "boolean"))


@dataclass(frozen=True, slots=True)
class SparqlComponent:
    """A SPARQL-based constraint component (SHACL, section 6): its parameters by name, and its validators."""

    node: ox.NamedNode
    parameters: Mapping[str, ox.NamedNode]
    mandatory: frozenset[str]
    declarations: frozenset[Term]
    general: Query | None
    for_nodes: Query | None
    for_properties: Query | None

    def constraint(self, values: Mapping[str, Term], *, property_shape: bool) -> Constraint:
        """Return the constraint those values of the parameters declare on a shape."""
        query = (self.for_properties if property_shape else self.for_nodes) or self.general
        if query is None:
            raise UnsupportedShapesError(
                f"{self.node} has no validator for {'property' if property_shape else 'node'} shapes.",
                advice="Declare a sh:validator, sh:nodeValidator or sh:propertyValidator.",
            )
        return Constraint(self.node, "validator", Validator(query, values))


def read_components(graph: DataGraph) -> tuple[SparqlComponent, ...]:
    """Return the constraint components the shapes graph declares. Raises ShapesError for an ill-formed one.

    The declaration of lex:inBranch is left out: it is for other engines, here the component is built in.
    """
    nodes = [node for node in graph.instances(sh("ConstraintComponent")) if node != IN_BRANCH_COMPONENT]
    declared = [node for node in nodes if graph.objects(node, sh("parameter"))]
    return tuple(_component(graph, node) for node in declared)


def _component(graph: DataGraph, node: Term) -> SparqlComponent:
    if not isinstance(node, ox.NamedNode):
        raise ShapesError(f"The constraint component {node} has no IRI.", advice="Give it one.")
    declarations = graph.objects(node, sh("parameter"))
    parameters: dict[str, ox.NamedNode] = {}
    mandatory: set[str] = set()
    for declaration in declarations:
        path = _single(graph, declaration, sh("path"))
        if not isinstance(path, ox.NamedNode):
            raise ShapesError(f"A parameter of {node} has no IRI as its sh:path.", advice="Give it one.")
        name = _variable_name(path)
        parameters[name] = path
        if _TRUE not in graph.objects(declaration, sh("optional")):
            mandatory.add(name)
    prebound = frozenset(parameters)
    return SparqlComponent(
        node,
        parameters,
        frozenset(mandatory),
        frozenset(declarations),
        _validator(graph, node, "validator", prebound),
        _validator(graph, node, "nodeValidator", prebound),
        _validator(graph, node, "propertyValidator", prebound),
    )


def _variable_name(path: ox.NamedNode) -> str:
    name = path.value.replace("#", "/").rsplit("/", 1)[-1]
    if not name.isidentifier() or name in {"this", "shapesGraph", "currentShape", "path", "PATH", "value"}:
        raise ShapesError(f"The parameter {path} has no local name that SPARQL could use.", advice="Rename it.")
    return name


def _validator(graph: DataGraph, node: Term, name: str, prebound: frozenset[str]) -> Query | None:
    value = _single(graph, node, sh(name), required=False)
    if value is None:
        return None
    form: Form = "ask" if graph.objects(value, sh("ask")) else "select"
    extra = frozenset({"this", "value"}) if form == "ask" else frozenset({"this"})
    return read_query(graph, value, form=form, prebound=prebound | extra)


def query_active(graph: DataGraph, node: Term) -> bool:
    """Say whether the SPARQL constraint is not deactivated."""
    return _TRUE not in graph.objects(node, sh("deactivated"))


def read_query(graph: DataGraph, node: Term, *, form: Form, prebound: frozenset[str]) -> Query:
    """Return the checked query of a SPARQL constraint, validator or target. Raises ShapesError."""
    value = _single(graph, node, sh(form))
    if not isinstance(value, ox.Literal):
        raise ShapesError(f"sh:{form} of {node} is not a string.", advice="Give it a SPARQL query.")
    text = _prologue(graph, node) + value.value
    check_query(text, form, prebound)
    messages = tuple(each for each in graph.objects(node, sh("message")) if isinstance(each, ox.Literal))
    return Query(node, form, text, messages)


def _prologue(graph: DataGraph, node: Term) -> str:
    """Return the PREFIX declarations of sh:prefixes, and of what that owl:imports within the shapes graph."""
    declared: dict[str, str] = {}
    for start in graph.objects(node, sh("prefixes")):
        for ontology in sorted(reachable(start, lambda each: graph.objects(each, _IMPORTS)), key=str):
            for prefix, namespace in _declarations(graph, ontology):
                if declared.setdefault(prefix, namespace) != namespace:
                    raise ShapesError(f"The prefix {prefix!r} is declared for two namespaces.", advice="Keep one.")
    return "".join(f"PREFIX {prefix}: <{namespace}>\n" for prefix, namespace in declared.items())


def _declarations(graph: DataGraph, ontology: Term) -> Iterator[tuple[str, str]]:
    for declaration in graph.objects(ontology, sh("declare")):
        prefix = _single(graph, declaration, sh("prefix"))
        namespace = _single(graph, declaration, sh("namespace"))
        if not isinstance(prefix, ox.Literal) or not isinstance(namespace, ox.Literal):
            raise ShapesError(f"The prefix declaration {declaration} of {ontology} is ill-formed.")
        yield prefix.value, namespace.value


def _single(graph: DataGraph, node: Term, predicate: ox.NamedNode, *, required: bool = True) -> Term | None:
    values: Iterable[Term] = graph.objects(node, predicate)
    found = list(values)
    if len(found) > 1 or (required and not found):
        raise ShapesError(f"{node} has {len(found)} values of {predicate}.", advice="Give it exactly one.")
    return found[0] if found else None
