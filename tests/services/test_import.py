"""Import through the gate: the loss report, statuses, second editions, what people decided, and broken documents."""

from __future__ import annotations

import gzip
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import BlankNode, Literal, NamedNode, Quad

from registry.contract import departments, principals
from registry.contract.concepts import APPROVE, CREATE, REVISE, SUBMIT, CreateConcept, ReviseConcept, SubmitConcept
from registry.contract.concepts import ApproveConcept as Approve
from registry.contract.schemes import CREATE as CREATE_SCHEME
from registry.contract.schemes import IMPORT, SHOW, TREE, CreateScheme, ImportScheme, ShowScheme, ShowTree
from registry.errors import (
    AlreadyExistsError,
    InvalidInputError,
    NotFoundError,
    NotPermittedError,
    RegistryError,
    SyntaxFaultError,
)
from registry.rdf.syntax import serialize_document
from registry.rdf.terms import RDF, SKOS
from tests.adapters.registries import Registry
from tests.services.vocabulary import FIN, HEAD, concept, exported, load, load_bytes, owned


def checks(answer: object) -> dict[str, int]:
    """The findings of an import by check."""
    return {warning.check: warning.count for warning in answer.warnings}  # type: ignore[attr-defined]


def test_every_triple_is_accounted_for(registry: Registry) -> None:
    done = owned(registry)
    assert (done.concepts, done.entries, done.created, done.title) == (5, 5, True, "Finance words")
    assert done.quads_read == done.quads_kept + done.quads_changed + done.quads_left_out == done.added
    assert done.statuses == {"approved": 4, "deprecated": 1}
    assert sum(row.read for row in done.properties) == done.quads_read
    assert all(row.read == row.kept + row.changed + row.left_out for row in done.properties)
    shown = registry.call(SHOW, ShowScheme(key="fin"))
    assert (shown.concepts, shown.owner, shown.kind, shown.version) == (5, "finance", "department", done.seq)
    assert shown.namespace == "https://vocab.example/fin/"


def test_the_same_document_again_is_no_change(registry: Registry) -> None:
    first = owned(registry)
    again = load(registry)
    assert (again.added, again.removed, again.seq, again.created) == (0, 0, first.seq, False)
    assert registry.store.head() == first.seq


def test_a_new_edition_is_a_difference(registry: Registry) -> None:
    owned(registry)
    edition = FIN.replace('"Invoice"@en', '"Invoice"@en , "Rechnung"@de').replace('skos:altLabel "Client"@en ;', "")
    done = load(registry, edition)
    assert (done.added, done.removed) == (1, 1)
    assert concept(registry, "fin/invoice").pref_label == {"en": "Invoice", "de": "Rechnung"}
    assert concept(registry, "fin/customer").alt_label == {}


def test_a_dry_run_tells_the_same_and_changes_nothing(registry: Registry) -> None:
    dry = load(registry, dry_run=True)
    assert dry.dry_run
    assert registry.store.head() == 0
    done = load(registry)
    assert dry.model_copy(update={"dry_run": False, "seq": done.seq}) == done


def test_statuses_follow_the_document_and_the_asker(registry: Registry) -> None:
    done = load(registry, status="draft")
    assert done.statuses == {"draft": 4, "deprecated": 1}
    assert load(registry, status="approved").statuses == {"approved": 4, "deprecated": 1}
    assert load(registry, status="draft").statuses == {"approved": 4, "deprecated": 1}
    retired = load(registry, FIN + "f:debtor owl:deprecated true .")
    assert retired.statuses == {"approved": 3, "deprecated": 2}
    assert load(registry).statuses == {"approved": 4, "deprecated": 1}


def test_a_concept_with_an_error_arrives_as_a_draft(registry: Registry) -> None:
    done = load(registry, FIN + 'f:invoice skos:prefLabel "Faktura"@en .')
    assert done.statuses == {"draft": 1, "approved": 3, "deprecated": 1}
    assert concept(registry, "fin/invoice").status == "draft"
    assert any(warning.severity == "error" and warning.concept for warning in done.warnings)


def test_what_people_edited_survives_a_new_edition(registry: Registry) -> None:
    owned(registry)
    registry.call(REVISE, ReviseConcept(concept="fin/customer", label=("Buyer@en",), reason="clearer"))
    made = registry.call(CREATE, CreateConcept(scheme="fin", label=("Ledger@en",)))
    done = load(registry, FIN.replace('"Invoice"@en', '"Invoice"@en , "Rechnung"@de'))
    assert (done.added, done.removed) == (1, 0)
    assert concept(registry, "fin/customer").pref_label["en"] == "Buyer"
    assert concept(registry, made.concept.iri).status == "draft"


def test_a_name_that_both_changed_stays_as_people_gave_it(registry: Registry) -> None:
    owned(registry)
    registry.call(REVISE, ReviseConcept(concept="fin/customer", label=("Buyer@en",), reason="clearer"))
    done = load(registry, FIN.replace('"Customer"@en', '"Purchaser"@en'))
    assert checks(done)["kept-edit"] == 1
    assert concept(registry, "fin/customer").pref_label["en"] == "Buyer"


def test_a_status_that_people_gave_survives(registry: Registry) -> None:
    load(registry, FIN.replace("f:bill ", "f:bill2 "), status="draft")
    registry.call(SUBMIT, SubmitConcept(concept="fin/invoice"))
    registry.call(APPROVE, Approve(concept="fin/invoice"))
    load(registry, FIN + "f:invoice owl:deprecated true .", status="draft")
    assert concept(registry, "fin/invoice").status == "approved"


def test_what_cannot_be_held_is_left_out_and_said(registry: Registry) -> None:
    dirty = FIN + 'f:invoice skos:note "a\\u0000b" , "ok" ; lex:owner f:me ; lex:status lex:Approved .'
    done = load(registry, dirty)
    assert checks(done)["null-character"] == 1
    assert checks(done)["governing-term"] == 2
    assert done.quads_left_out == 3 == sum(row.left_out for row in done.properties)
    assert done.quads_read == done.quads_kept + done.quads_changed + done.quads_left_out
    assert [note.text for note in concept(registry, "fin/invoice").notes] == ["ok"]


def test_dirt_that_our_own_shapes_would_refuse_is_no_obstacle(registry: Registry) -> None:
    day = "<http://www.w3.org/2001/XMLSchema#date>"
    dirty = f"""f: dcterms:title "A"@en , "" .
        f:invoice lex:effectiveFrom "2020-01-01"^^{day} , "2021-01-01"^^{day} ; lex:facet "thing" .
        f:party lex:effectiveFrom "2020-01-01"^^{day} ; lex:effectiveUntil "2019-01-01"^^{day} .
        f:customer lex:effectiveFrom "2020-01-01"^^{day} ; lex:effectiveUntil "2021-01-01"^^{day} ."""
    found = checks(load(registry, FIN + dirty))
    assert (found["false-period"], found["governing-term"]) == (4, 1)
    page = concept(registry, "fin/customer")
    assert (page.effective_from, page.effective_until) == ("2020-01-01", "2021-01-01")
    assert concept(registry, "fin/party").effective_from is None


def test_literals_are_kept_in_canonical_form(registry: Registry) -> None:
    typed = "<http://www.w3.org/2001/XMLSchema#integer>"
    done = load(registry, FIN + f'f:invoice skos:notation "007"^^{typed} .')
    assert done.quads_changed == 1
    assert concept(registry, "fin/invoice").notation == ["7"]


def test_a_document_does_not_decide_who_governs_another_vocabulary(registry: Registry) -> None:
    owned(registry)
    load(registry, "f:x a skos:Concept ; skos:inScheme <https://e.example/s> . f: lex:owner f:me .", key="other")
    assert registry.call(SHOW, ShowScheme(key="fin")).owner == "finance"


def test_a_concept_of_another_vocabulary_gets_no_second_status(registry: Registry) -> None:
    owned(registry)
    stub = (
        "<https://e.example/s> a skos:ConceptScheme . f:invoice a skos:Concept ; skos:inScheme <https://e.example/s> ."
    )
    done = load(registry, stub, key="other", status="draft")
    assert done.statuses == {}
    shown = concept(registry, "other/invoice")
    assert (shown.scheme, shown.status) == ("fin", "approved")


@pytest.mark.parametrize(
    ("document", "fields", "error"),
    [
        (b"", {}, InvalidInputError),
        (b"<broken", {}, SyntaxFaultError),
        ((HEAD + "f:a skos:prefLabel 'x'@en ;; .\nf:b nonsense").encode(), {}, SyntaxFaultError),
        (b"\xff\xfea\x00", {}, SyntaxFaultError),
        ((HEAD + FIN).encode(), {"name": "fin.doc"}, InvalidInputError),
        ((HEAD + FIN).encode(), {"key": "Fin"}, InvalidInputError),
        ((HEAD + FIN).encode(), {"key": "source"}, InvalidInputError),
        ((HEAD + FIN).encode(), {"owner": "nowhere"}, NotFoundError),
        ((HEAD + FIN).encode(), {"kind": "hub"}, InvalidInputError),
        (b'<a> <b> "relative" .', {}, SyntaxFaultError),
        (b'{"@context": "https://remote.example/c.jsonld"}', {"name": "x.jsonld"}, SyntaxFaultError),
        (gzip.compress((HEAD + FIN).encode())[:-20], {"name": "fin.ttl.gz"}, InvalidInputError),
    ],
)
def test_a_broken_document_changes_nothing(
    registry: Registry, document: bytes, fields: dict[str, Any], error: type[RegistryError]
) -> None:
    with pytest.raises(error):
        load_bytes(registry, document, **fields)
    assert registry.store.head() == 0


def test_a_fault_is_told_with_its_line(sqlite_registry: Registry) -> None:
    with pytest.raises(SyntaxFaultError, match="line 7"):
        load_bytes(sqlite_registry, (HEAD + "f:a f:b f:c .\nf:d nonsense .").encode())


def test_packed_documents_are_unpacked(sqlite_registry: Registry) -> None:
    assert load_bytes(sqlite_registry, gzip.compress((HEAD + FIN).encode()), name="fin.ttl.gz").concepts == 5


def test_without_a_scheme_one_is_minted(sqlite_registry: Registry) -> None:
    done = load(sqlite_registry, 'f:a a skos:Concept ; skos:prefLabel "A"@en .')
    assert done.iri == "https://registry.example/id/scheme/fin"
    assert "scheme-minted" in checks(done)
    assert concept(sqlite_registry, "fin/a").status == "approved"


def test_of_several_schemes_the_fullest_is_chosen(sqlite_registry: Registry) -> None:
    small = "f:small a skos:ConceptScheme . f:p a skos:Concept ; skos:inScheme f:small ."
    done = load(sqlite_registry, FIN + small)
    assert done.iri == "https://vocab.example/fin/"
    assert "scheme-chosen" in checks(done)


def test_one_scheme_has_one_key(registry: Registry) -> None:
    owned(registry)
    with pytest.raises(AlreadyExistsError, match="fin"):
        load(registry, key="twin")


def test_who_may_not_import_is_refused(registry: Registry) -> None:
    owned(registry)
    registry.call(principals.ADD, principals.AddPrincipal(handle="sam", kind="person"))
    registry.call(principals.GRANT, principals.GrantRole(principal="sam", role="steward", department="finance"))
    before = registry.store.head()
    sam = registry.acting("sam")
    for fields in ({"key": "new"}, {"key": "fin", "status": "approved"}, {"key": "fin", "kind": "hub"}):
        with pytest.raises(NotPermittedError):
            sam.call(IMPORT, ImportScheme(name="fin.ttl", **fields), _stream(FIN))
    assert registry.store.head() == before
    done = sam.call(
        IMPORT, ImportScheme(name="fin.ttl", key="fin"), _stream(FIN + "f:n a skos:Concept ; skos:inScheme f: .")
    )
    assert done.statuses == {"draft": 1, "approved": 4, "deprecated": 1}


def test_a_restricted_vocabulary_hides_and_keeps_its_key(registry: Registry) -> None:
    owned(registry)
    registry.call(CREATE_SCHEME, CreateScheme(key="secret", title="Secret", owner="finance", audience="finance"))
    registry.call(departments.ADD, departments.AddDepartment(key="it", name="IT"))
    registry.call(principals.ADD, principals.AddPrincipal(handle="olga", kind="person"))
    registry.call(principals.GRANT, principals.GrantRole(principal="olga", role="steward", department="it"))
    olga = registry.acting("olga")
    with pytest.raises(NotFoundError):
        olga.call(SHOW, ShowScheme(key="secret"))
    before = registry.store.head()
    with pytest.raises(AlreadyExistsError):
        olga.call(IMPORT, ImportScheme(name="fin.ttl", key="secret", owner="it"), _stream(FIN))
    assert registry.store.head() == before


def test_an_import_is_exported_and_imported_without_a_change(registry: Registry) -> None:
    first = owned(registry)
    for name in ("turtle", "ntriples", "nquads", "trig", "rdfxml", "jsonld"):
        document = exported(registry, name)
        assert exported(registry, name) == document
        again = load_bytes(registry, document, format=name)
        assert (again.added, again.removed, again.seq) == (0, 0, first.seq), name


def test_an_export_with_curation_imports_without_a_change(registry: Registry) -> None:
    first = owned(registry)
    again = load_bytes(registry, exported(registry, "trig", curation=True), format="trig")
    assert (again.added, again.removed, again.seq) == (0, 0, first.seq)
    assert checks(again)["governing-term"] == again.quads_left_out > 0


@pytest.mark.parametrize("name", ["csv", "tsv"])
def test_a_sheet_comes_back_without_a_change_and_edits_in_place(registry: Registry, name: str) -> None:
    first = owned(registry)
    sheet = exported(registry, name)
    again = load_bytes(registry, sheet, name=f"fin.{name}")
    assert (again.added, again.removed, again.seq) == (0, 0, first.seq)
    done = load_bytes(registry, sheet.replace(b"Invoice", b"Sales invoice"), name=f"fin.{name}")
    assert (done.added, done.removed) == (1, 1)
    assert concept(registry, "fin/invoice").pref_label == {"en": "Sales invoice"}
    media = {"csv": "text/csv", "tsv": "text/tab-separated-values"}[name]
    assert load_bytes(registry, sheet, name="", media_type=media).added == 1


def test_a_vocabulary_can_start_as_a_sheet(registry: Registry) -> None:
    done = load_bytes(registry, "iri,prefLabel@en,broader\n,Thing,\n,Ämter,Thing\n".encode(), name="new.csv")
    assert (done.concepts, done.created) == (2, True)
    tree = registry.call(TREE, ShowTree(key="fin"))
    assert [child.label for child in tree.roots[0].children] == ["Ämter"]
    with pytest.raises(SyntaxFaultError):
        load_bytes(registry, b"iri,prefLabel@en\n,\xff\n", name="new.csv")


def test_several_graphs_are_taken_together(sqlite_registry: Registry) -> None:
    quads = "<urn:a> <urn:p> <urn:b> <urn:g> .\n<urn:a> <urn:p> <urn:c> <urn:h> .\n"
    assert checks(load_bytes(sqlite_registry, quads.encode(), name="x.nq"))["several-graphs"] == 1


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "concepts", "entries", "quads"),
    [
        ("stw-9.06-2018.ttl", 6244, 7394, 109_659),
        pytest.param("unesco-thesaurus-2019-10.ttl", 4420, 4420, 75_156, marks=pytest.mark.long),
        ("naics-2012.ttl", 0, 2212, 35_390),
    ],
)
def test_real_vocabularies_come_in_whole_and_go_out_unchanged(
    sqlite_registry: Registry, shared: Path, name: str, concepts: int, entries: int, quads: int
) -> None:
    document = (shared / "vocabularies" / name).read_bytes()
    done = load_bytes(sqlite_registry, document, key="real", name=name)
    assert (done.concepts, done.entries, done.quads_read) == (concepts, entries, quads)
    assert done.quads_left_out == 0
    out = exported(sqlite_registry, "ntriples", key="real")
    again = load_bytes(sqlite_registry, out, key="real", format="ntriples")
    assert (again.added, again.removed, again.seq) == (0, 0, done.seq)


def _stream(text: str) -> BytesIO:
    return BytesIO((HEAD + text).encode())


TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12)
NODES = st.sampled_from([NamedNode(f"https://e.example/{n}#{n}") for n in "abcd"] + [BlankNode(n) for n in "xyz"])
LITERALS = st.one_of(
    st.builds(Literal, TEXTS),
    st.builds(lambda text, tag: Literal(text, language=tag), TEXTS, st.sampled_from(["en", "de-CH", "zh-Hant"])),
    st.builds(
        lambda text, kind: Literal(text, datatype=NamedNode(f"http://www.w3.org/2001/XMLSchema#{kind}")),
        st.sampled_from(["1", "01", "1.0", "true", "x", "2020-01-01", "2020-01-01T00:00:00.0Z", ""]),
        st.sampled_from(["integer", "decimal", "double", "boolean", "date", "dateTime", "string"]),
    ),
)
PREDICATES = st.sampled_from([SKOS.prefLabel, SKOS.broader, SKOS.inScheme, SKOS.note, NamedNode("https://e.example/p")])
GRAPHS = st.lists(st.builds(Quad, NODES, PREDICATES, st.one_of(NODES, LITERALS)), max_size=14)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(quads=GRAPHS, name=st.sampled_from(["turtle", "ntriples", "nquads", "trig", "jsonld"]))
def test_any_graph_goes_out_and_in_without_a_change(sqlite_registry: Registry, quads: list[Quad], name: str) -> None:
    key = f"k{sqlite_registry.store.head()}x"
    document = serialize_document([*quads, Quad(NamedNode(f"urn:{key}"), RDF.type, SKOS.ConceptScheme)], "ntriples")
    done = load_bytes(sqlite_registry, document, key=key, format="ntriples")
    assert done.quads_left_out == 0
    out = exported(sqlite_registry, name, key=key)
    again = load_bytes(sqlite_registry, out, key=key, format=name)
    assert (again.added, again.removed, again.quads_changed, again.seq) == (0, 0, 0, done.seq)
