"""The one label under which a concept of an index is shown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pyoxigraph import Literal, NamedNode

from registry.model.labels import best_label
from registry.rdf.terms import local_name
from registry.skos import names
from registry.skos.index import SchemeIndex
from registry.skos.values import Resource, literals, name_of


def display_label(index: SchemeIndex, concept: Resource, languages: Sequence[str] = ("en",)) -> str:
    """Return the label to show for a concept to a reader of these languages, best first; never empty.

    In order: a prefLabel in one of the languages, a prefLabel in any language (English, then by tag), an altLabel by
    the same rules, an rdfs:label, a notation, and the IRI's local name. A wanted `en` accepts `en-gb` and a wanted
    `en-gb` accepts `en` (RFC 4647 lookup). Blank labels are passed over.
    """
    for labels in _by_preference(index, concept):
        if chosen := best_label(labels, languages):
            return chosen.value
    return local_name(concept.value) if isinstance(concept, NamedNode) else name_of(concept)


def _by_preference(index: SchemeIndex, concept: Resource) -> Iterable[Sequence[Literal]]:
    yield index.labels[names.PREF_LABEL].get(concept, ())
    yield index.labels[names.ALT_LABEL].get(concept, ())
    yield literals(index.objects(concept, names.RDFS_LABEL))
    yield literals(index.objects(concept, names.NOTATION))
