"""What the registry knows of vocabularies as wholes: key, kind, title, owner, audience, namespace.

Our own facts are read from each vocabulary's curation graph alone, whatever other documents may say of its IRI.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode, Quad

from registry.contract.schemes import Kind, SchemeSummary
from registry.errors import AlreadyExistsError, InvalidInputError, NotFoundError
from registry.model.names import Names
from registry.rdf.terms import DCTERMS, LEX, OWL, RDFS, SKOS, VOID
from registry.services.references import key_is_taken, require_scheme
from registry.store.quads import Reader, Value
from registry.store.work import Work

KINDS: Mapping[Kind, NamedNode] = {
    "department": LEX.DepartmentVocabulary,
    "hub": LEX.Hub,
    "external": LEX.ExternalVocabulary,
}
"""How each kind is written, as a value of lex:kind."""
_KIND_NAMES: dict[object, Kind] = {node: name for name, node in KINDS.items()}
_TITLE = DCTERMS["title"]
TITLES = (_TITLE, NamedNode("http://purl.org/dc/elements/1.1/title"), SKOS.prefLabel, RDFS.label)
"""Where a document names its concept scheme, the most fitting property first."""

Said = Mapping[NamedNode, Sequence[Value]]


@dataclass(frozen=True, slots=True)
class SchemeFacts:
    """One vocabulary: `own` is what its curation graph says of it, `published` what its content graph says."""

    key: str
    node: NamedNode
    own: Said
    published: Said

    @property
    def kind(self) -> Kind:
        """The part it plays."""
        return next((_KIND_NAMES[value] for value in self.own.get(LEX.kind, ()) if value in _KIND_NAMES), "department")

    @property
    def namespace(self) -> str:
        """What the IRIs of most of its concepts start with."""
        return self._first(VOID.uriSpace) or ""

    def title(self, languages: Sequence[str] = ("en",)) -> str:
        """Its title: ours, else the published one in the preferred language, else its key."""
        return title_in(self.own, languages) or title_in(self.published, languages) or self.key

    def owner(self, names: Names) -> str | None:
        """Key of the department that owns it."""
        return _key(names, self._first(LEX.owner))

    def audience(self, names: Names) -> str | None:
        """Key of the department whose members alone may read it."""
        return _key(names, self._first(LEX.audience))

    def text(self, *predicates: NamedNode) -> str | None:
        """The first value of the first of these properties that is stated, ours before published."""
        said = ((part, predicate) for predicate in predicates for part in (self.own, self.published))
        return next((part[predicate][0].value for part, predicate in said if part.get(predicate)), None)

    def summary(self, names: Names, concepts: int, languages: Sequence[str]) -> SchemeSummary:
        """It as a row of a list."""
        return SchemeSummary(
            key=self.key, iri=self.node.value, kind=self.kind, title=self.title(languages), owner=self.owner(names),
            audience=self.audience(names), edition=self.text(OWL.versionInfo), concepts=concepts,
        )  # fmt: skip

    def _first(self, predicate: NamedNode) -> str | None:
        values = self.own.get(predicate)
        return values[0].value if values else None


def title_in(said: Said, languages: Sequence[str]) -> str | None:
    """The title that a description states, in the first of these languages that it has."""
    from registry.model.labels import best_label

    for predicate in TITLES:
        best = best_label([value for value in said.get(predicate, ()) if isinstance(value, Literal)], languages)
        if best is not None:
            return best.value
    return None


def scheme_facts(reader: Reader, names: Names, key: str) -> SchemeFacts:
    """One vocabulary by its key; NotFoundError when there is none in view."""
    node = require_scheme(reader, names, key)
    return _facts(names, {key: node}, reader.quads(node))[key]


def all_facts(reader: Reader, names: Names) -> dict[str, SchemeFacts]:
    """Every vocabulary in view by its key, in order of keys; two queries however many there are."""
    nodes = {}
    for quad in reader.pointing([LEX.kind], list(KINDS.values())):
        key = curated_key(names, quad.graph_name)
        if key is not None and isinstance(quad.subject, NamedNode):
            nodes[key] = quad.subject
    return _facts(names, dict(sorted(nodes.items())), reader.about(nodes.values()))


def curated_key(names: Names, graph: object) -> str | None:
    """The key of the vocabulary whose curation graph this is; None for any other graph."""
    keys = names.schemes_of(graph.value) if isinstance(graph, NamedNode) else ()
    return keys[0] if len(keys) == 1 and graph == names.curation_graph(keys[0]) else None


RESERVED = frozenset({"department", "scheme", "source", "principal", "mapping", "conflict", "decision", "shape"})
"""Keys that IRIs of other things are made with."""


def require_new(work: Work, key: str) -> None:
    """Nothing, when a new vocabulary may have this key; AlreadyExistsError when one has it, in view or not."""
    if key in RESERVED:
        raise InvalidInputError(f"{key!r} cannot be the key of a vocabulary.", advice="Choose another key.")
    if key_is_taken(work.reader, work.names, key):
        raise AlreadyExistsError(f"The key {key!r} is taken.", advice="Choose another key.")


def require_at(reader: Reader, names: Names, key: str, seq: int) -> None:
    """Nothing, when the vocabulary stood at the reader's seq; NotFoundError otherwise."""
    if not reader.subjects(LEX.key, Literal(key), names.curation_graph(key)):
        raise NotFoundError(f"There was no vocabulary {key!r} at seq {seq}.", advice="Give a later seq.")


def _facts(names: Names, nodes: Mapping[str, NamedNode], quads: Iterable[Quad]) -> dict[str, SchemeFacts]:
    said: dict[tuple[object, object], dict[NamedNode, list[Value]]] = defaultdict(lambda: defaultdict(list))
    for quad in sorted(quads, key=str):
        said[quad.subject, quad.graph_name][quad.predicate].append(quad.object)  # type: ignore[arg-type]
    return {
        key: SchemeFacts(key, node, said[node, names.curation_graph(key)], said[node, names.scheme_graph(key)])
        for key, node in nodes.items()
    }


def _key(names: Names, iri: str | None) -> str | None:
    return None if iri is None else names.key_of(iri)
