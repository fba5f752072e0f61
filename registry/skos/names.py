"""The IRIs the engine speaks of, as pyoxigraph nodes: SKOS, SKOS-XL, and the few terms that travel with them."""

from __future__ import annotations

from pyoxigraph import NamedNode

from registry.rdf.terms import DCTERMS, LEX, OWL, RDF, RDFS, SKOS, SKOSXL, SSSOM

RDF_TYPE = RDF["type"]
RDF_VALUE = RDF["value"]
RDFS_LABEL = RDFS.label
OWL_DEPRECATED = OWL.deprecated
ANNOTATED_SOURCE = OWL.annotatedSource
ANNOTATED_TARGET = OWL.annotatedTarget
IS_REPLACED_BY = DCTERMS.isReplacedBy
MODIFIED = DCTERMS.modified
MAPPING_DATE = SSSOM.mapping_date

CONCEPT = SKOS.Concept
CONCEPT_SCHEME = SKOS.ConceptScheme
COLLECTION = SKOS.Collection
ORDERED_COLLECTION = SKOS.OrderedCollection

IN_SCHEME = SKOS.inScheme
HAS_TOP_CONCEPT = SKOS.hasTopConcept
TOP_CONCEPT_OF = SKOS.topConceptOf

PREF_LABEL = SKOS.prefLabel
ALT_LABEL = SKOS.altLabel
HIDDEN_LABEL = SKOS.hiddenLabel
NOTATION = SKOS.notation

DEFINITION = SKOS.definition
SCOPE_NOTE = SKOS.scopeNote
EXAMPLE = SKOS.example
CHANGE_NOTE = SKOS.changeNote
HISTORY_NOTE = SKOS.historyNote
EDITORIAL_NOTE = SKOS.editorialNote
NOTE = SKOS.note

BROADER = SKOS.broader
NARROWER = SKOS.narrower
RELATED = SKOS.related
BROADER_TRANSITIVE = SKOS.broaderTransitive
NARROWER_TRANSITIVE = SKOS.narrowerTransitive
SEMANTIC_RELATION = SKOS.semanticRelation

EXACT_MATCH = SKOS.exactMatch
CLOSE_MATCH = SKOS.closeMatch
BROAD_MATCH = SKOS.broadMatch
NARROW_MATCH = SKOS.narrowMatch
RELATED_MATCH = SKOS.relatedMatch
MAPPING_RELATION = SKOS.mappingRelation

MEMBER = SKOS.member
MEMBER_LIST = SKOS.memberList

XL_PREF_LABEL = SKOSXL.prefLabel
XL_ALT_LABEL = SKOSXL.altLabel
XL_HIDDEN_LABEL = SKOSXL.hiddenLabel
XL_LITERAL_FORM = SKOSXL.literalForm

STATUS = LEX.status
FACET = LEX.facet
REVIEW_BY = LEX.reviewBy
CHANGE_REASON = LEX.changeReason


TITLES = (DCTERMS["title"], NamedNode("http://purl.org/dc/elements/1.1/title"), RDFS_LABEL)

# The order in which a concept's lexical labels are tried and listed.
LABEL_KINDS = (PREF_LABEL, ALT_LABEL, HIDDEN_LABEL)
# SKOS-XL appendix B, S55 to S57: which plain label an XL label stands for.
XL_PLAIN = {XL_PREF_LABEL: PREF_LABEL, XL_ALT_LABEL: ALT_LABEL, XL_HIDDEN_LABEL: HIDDEN_LABEL}

NOTE_KINDS = (DEFINITION, SCOPE_NOTE, EXAMPLE, CHANGE_NOTE, HISTORY_NOTE, EDITORIAL_NOTE, NOTE)
HIERARCHY = (BROADER, NARROWER, BROADER_TRANSITIVE, NARROWER_TRANSITIVE)
MAPPINGS = (EXACT_MATCH, CLOSE_MATCH, BROAD_MATCH, NARROW_MATCH, RELATED_MATCH)
SEMANTIC_RELATIONS = (*HIERARCHY, RELATED)
RELATIONS = (*SEMANTIC_RELATIONS, *MAPPINGS)

# Every term the two W3C namespaces define; anything else that starts with them is a misspelling or was withdrawn.
DEFINED = frozenset(
    {
        *(CONCEPT, CONCEPT_SCHEME, COLLECTION, ORDERED_COLLECTION, IN_SCHEME, HAS_TOP_CONCEPT, TOP_CONCEPT_OF),
        *(*LABEL_KINDS, NOTATION, *NOTE_KINDS, *RELATIONS, SEMANTIC_RELATION, MAPPING_RELATION, MEMBER, MEMBER_LIST),
        *(*XL_PLAIN, XL_LITERAL_FORM, SKOSXL.Label, SKOSXL.labelRelation),
    }
)
