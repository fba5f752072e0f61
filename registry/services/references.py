"""What people name in a request, found in the asker's view: schemes, concepts, departments, and who is responsible."""

from __future__ import annotations

from dataclasses import replace

from pyoxigraph import Literal, NamedNode

from registry.errors import NotFoundError
from registry.model.names import Names
from registry.model.principals import Resource
from registry.rdf.terms import LEX, RDF, SKOS, VOID, named_node
from registry.store.quads import Description, Reader, term_id

SHORT = "~"
"""What a short id starts with: the local name of a concept whose IRI lies outside its scheme's namespace."""


def first(description: Description, predicate: NamedNode) -> str | None:
    """The first value of a property, as text."""
    values = description.get(predicate)
    return values[0].value if values else None


def require_scheme(reader: Reader, names: Names, key: str) -> NamedNode:
    """The scheme with that key; NotFoundError when there is none in view."""
    found = reader.subjects(LEX.key, Literal(key), names.curation_graph(key))
    if not found:
        raise NotFoundError(f"There is no vocabulary {key!r}.", advice="List them with: lexicord scheme list")
    return found[0]


def key_is_taken(reader: Reader, names: Names, key: str) -> bool:
    """Whether a scheme has that key, in the asker's view or not: nothing may be written into one that is not."""
    return bool(replace(reader, hidden=frozenset()).quads(None, LEX.key, Literal(key), names.curation_graph(key)))


def require_department(reader: Reader, names: Names, key: str) -> NamedNode:
    """The department with that key; NotFoundError when there is none."""
    node = names.thing("department", key)
    if not reader.description(node):
        raise NotFoundError(f"There is no department {key!r}.", advice="List them with: lexicord department list")
    return node


def require_concept(reader: Reader, names: Names, reference: str) -> NamedNode:
    """The concept that an IRI or SCHEME/LOCAL names; NotFoundError when nothing in view says anything of it."""
    node = find_concept(reader, names, reference)
    if node is None:
        raise NotFoundError(
            f"There is no concept {reference!r}.", advice="Find it by its words with: lexicord concept find TEXT"
        )
    return node


def find_concept(reader: Reader, names: Names, reference: str) -> NamedNode | None:
    """The concept that an IRI or SCHEME/LOCAL names, or None."""
    key, slash, local = reference.partition("/")
    if slash and ":" not in key:
        return _local_concept(reader, names, key, local)
    node = named_node(reference)
    return node if scheme_keys(reader, names, node) else None


def _local_concept(reader: Reader, names: Names, key: str, local: str) -> NamedNode | None:
    scheme = require_scheme(reader, names, key)
    if not local:
        return None
    if local.startswith(SHORT):
        try:
            node = reader.term(int(local[1:], 16) - (1 << 63))
        except ValueError:
            return None
    else:
        node = named_node(_namespace(reader, names, key, scheme) + local)
    return node if isinstance(node, NamedNode) and key in scheme_keys(reader, names, node) else None


def _namespace(reader: Reader, names: Names, key: str, scheme: NamedNode) -> str:
    found = reader.quads(scheme, VOID.uriSpace, None, names.curation_graph(key))
    return str(found[0].object.value) if found else ""  # type: ignore[union-attr]


def home_key(reader: Reader, names: Names, reference: str, concept: NamedNode) -> str:
    """The key of the scheme a concept belongs to: the one that curates it, whoever else speaks of it.

    Where none does, it is the one its reference names, else the first that speaks of it.
    """
    graphs = [quad.graph_name for quad in reader.quads(concept, LEX.status)]
    curated = sorted(
        key
        for graph in graphs
        if isinstance(graph, NamedNode)
        for key in names.schemes_of(graph.value)
        if graph == names.curation_graph(key)
    )
    named, slash, _ = reference.partition("/")
    spoken = curated or scheme_keys(reader, names, concept)
    return named if slash and named in spoken else spoken[0]


def local_of(concept: NamedNode, namespace: str) -> str:
    """The name of a concept within its scheme, as it stands in a path: without slashes, or a short id."""
    iri = concept.value
    local = iri[len(namespace) :] if namespace and iri.startswith(namespace) else ""
    if local and not set(local) & set("/?#%~ "):
        return local
    return f"{SHORT}{term_id(concept) + (1 << 63):016x}"


def scheme_keys(reader: Reader, names: Names, subject: NamedNode) -> tuple[str, ...]:
    """The keys of the schemes whose content graphs speak of a subject, sorted."""
    graphs = {quad.graph_name.value for quad in reader.quads(subject) if isinstance(quad.graph_name, NamedNode)}
    found = {key for graph in graphs if "/graph/scheme/" in graph for key in names.schemes_of(graph)}
    return tuple(sorted(found))


def is_concept(description: Description) -> bool:
    """Whether a description is a concept's: typed, or in a scheme."""
    return SKOS.Concept in description.get(RDF.type, ()) or SKOS.inScheme in description


def scheme_resource(reader: Reader, names: Names, *keys: str) -> Resource:
    """The resource that schemes are: their keys and their owners' keys."""
    owners = []
    for key in keys:
        stated = reader.quads(require_scheme(reader, names, key), LEX.owner, None, names.curation_graph(key))
        owners += [names.key_of(quad.object.value) for quad in stated if isinstance(quad.object, NamedNode)]
    return Resource("vocabulary " + " and ".join(keys), tuple(keys), tuple(dict.fromkeys(owners)))


def locate(reader: Reader, names: Names, within: str, value: object) -> Resource:
    """The resource that a request is about, from the field its operation's row names."""
    if value is None or within in ("registry", "anything"):
        return Resource("the registry")
    text = str(value)
    if within == "scheme":
        return scheme_resource(reader, names, text)
    if within == "schemes":
        keys = value if isinstance(value, (tuple, list)) else text.split("~")
        return scheme_resource(reader, names, *map(str, keys))
    if within == "concept":
        return _concept_resource(reader, names, text)
    if within == "department":
        require_department(reader, names, text)
        return Resource("department " + text, (), (text,))
    return _thing_resource(reader, names, within, text)


def _concept_resource(reader: Reader, names: Names, reference: str) -> Resource:
    concept = require_concept(reader, names, reference)
    return scheme_resource(reader, names, home_key(reader, names, reference, concept))


def _thing_resource(reader: Reader, names: Names, noun: str, key: str) -> Resource:
    node = named_node(key) if ":" in key else names.thing(noun, key)
    quads = reader.quads(node)
    if not quads:
        raise NotFoundError(f"There is no {noun} {key!r}.", advice=f"List them with: lexicord {noun} list")
    graphs = {quad.graph_name.value for quad in quads if isinstance(quad.graph_name, NamedNode)}
    keys = sorted({key for graph in graphs for key in names.schemes_of(graph)})
    if keys:
        return scheme_resource(reader, names, *keys)
    owners = [
        names.key_of(q.object.value) for q in quads if q.predicate == LEX.owner and isinstance(q.object, NamedNode)
    ]
    return Resource(f"{noun} {key}", (), tuple(sorted(owners)))
