"""Vocabularies through the gate: registered, listed, exported, checked, compared, rolled back."""

from __future__ import annotations

from typing import Any

import pytest

from registry.contract import principals, schemes
from registry.contract.concepts import CREATE as CREATE_CONCEPT
from registry.contract.concepts import DEPRECATE, REVISE, CreateConcept, DeprecateConcept, ReviseConcept
from registry.contract.departments import ADD, AddDepartment
from registry.contract.schemes import Scheme, SchemeTree, TreeItem
from registry.errors import AlreadyExistsError, InvalidInputError, NotFoundError, NotPermittedError
from registry.model.names import Names
from registry.rdf.syntax import parse_document
from tests.adapters.registries import BASE, Registry
from tests.services.vocabulary import FIN, concept, exported, load, load_bytes, owned


def create(registry: Registry, key: str = "it", **fields: Any) -> schemes.SchemeWritten:
    """A new, empty vocabulary of the IT department."""
    request = schemes.CreateScheme(**{"key": key, "title": "IT words", "owner": "it", **fields})
    written: schemes.SchemeWritten = registry.call(schemes.CREATE, request)
    return written


def show(registry: Registry, key: str = "fin", **how: Any) -> Scheme:
    """A vocabulary with its counts."""
    found: Scheme = registry.call(schemes.SHOW, schemes.ShowScheme(key=key), **how)
    return found


def test_a_vocabulary_is_registered_and_listed(registry: Registry) -> None:
    registry.call(ADD, AddDepartment(key="it", name="IT"))
    made = create(registry)
    assert (made.scheme.iri, made.scheme.kind, made.scheme.owner) == (f"{BASE}/id/scheme/it", "department", "it")
    create(registry, "hub", kind="hub", title="Shared words")
    found = registry.call(schemes.LIST, schemes.ListSchemes())
    assert [(s.key, s.title, s.concepts) for s in found.schemes] == [("hub", "Shared words", 0), ("it", "IT words", 0)]
    only = registry.call(schemes.LIST, schemes.ListSchemes(kind="hub", limit=1))
    assert ([s.key for s in only.schemes], only.next) == (["hub"], None)
    first = registry.call(schemes.LIST, schemes.ListSchemes(limit=1))
    rest = registry.call(schemes.LIST, schemes.ListSchemes(limit=1, cursor=first.next))
    assert [s.key for s in (*first.schemes, *rest.schemes)] == ["hub", "it"]


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"key": "It"}, InvalidInputError),
        ({"key": "department"}, InvalidInputError),
        ({"owner": None}, InvalidInputError),
        ({"owner": "nowhere"}, NotFoundError),
        ({"iri": "no iri"}, InvalidInputError),
        ({"audience": "nowhere"}, NotFoundError),
    ],
)
def test_a_malformed_vocabulary_is_refused(
    sqlite_registry: Registry, fields: dict[str, Any], error: type[Exception]
) -> None:
    sqlite_registry.call(ADD, AddDepartment(key="it", name="IT"))
    with pytest.raises(error):
        create(sqlite_registry, **fields)
    assert sqlite_registry.store.head() == 1


def test_keys_and_iris_are_taken_once(sqlite_registry: Registry) -> None:
    sqlite_registry.call(ADD, AddDepartment(key="it", name="IT"))
    made = create(sqlite_registry)
    with pytest.raises(AlreadyExistsError):
        create(sqlite_registry)
    with pytest.raises(AlreadyExistsError):
        create(sqlite_registry, "other", iri=made.scheme.iri)


def test_a_vocabulary_is_shown_as_it_was(registry: Registry) -> None:
    first = owned(registry)
    load(registry, FIN + 'f:new a skos:Concept ; skos:inScheme f: ; skos:prefLabel "New"@fr .')
    assert (show(registry).concepts, show(registry).languages) == (6, {"en": 6, "de": 1, "fr": 1})
    then = show(registry, as_of=str(first.seq))
    assert (then.concepts, then.languages, then.version) == (5, {"en": 6, "de": 1}, first.seq)
    with pytest.raises(NotFoundError):
        show(registry, as_of="1")


def test_an_export_with_curation_keeps_the_two_apart(registry: Registry) -> None:
    owned(registry)
    names = Names(BASE)
    quads = list(parse_document(exported(registry, "trig", curation=True), "trig"))
    assert {quad.graph_name for quad in quads} == {names.scheme_graph("fin"), names.curation_graph("fin")}
    assert sum(quad.graph_name == names.scheme_graph("fin") for quad in quads) == show(registry).quads
    with pytest.raises(InvalidInputError):
        exported(registry, "turtle", curation=True)


def test_an_export_tells_what_is_deprecated(registry: Registry) -> None:
    owned(registry)
    registry.call(DEPRECATE, DeprecateConcept(concept="fin/debtor", replaced_by=("fin/customer",), reason="same"))
    document = exported(registry).decode()
    assert document.count("owl:deprecated true") == 2
    assert "dcterms:isReplacedBy fin:customer" in document
    assert load_bytes(registry, document.encode()).added == 0


def test_an_export_holds_the_past(registry: Registry) -> None:
    first = owned(registry)
    before = exported(registry)
    load(registry, FIN.replace("Invoice", "Bill of sale"))
    request = schemes.ExportScheme(key="fin")
    assert registry.call(schemes.EXPORT, request, as_of=str(first.seq)).read() == before != exported(registry)


def test_a_sheet_has_a_row_for_each_concept(registry: Registry) -> None:
    owned(registry)
    lines = exported(registry, "csv").decode().splitlines()
    assert lines[0].startswith("iri,")
    assert len(lines) == 6
    assert "\t" in exported(registry, "tsv").decode().splitlines()[0]


def outline(found: SchemeTree) -> list[str]:
    """The tree's labels, indented."""

    def lines(item: TreeItem, depth: int) -> list[str]:
        return ["." * depth + item.label, *(line for child in item.children for line in lines(child, depth + 1))]

    return [line for root in found.roots for line in lines(root, 0)]


def test_a_tree_stands_on_its_roots(registry: Registry) -> None:
    owned(registry)
    whole = registry.call(schemes.TREE, schemes.ShowTree(key="fin"))
    assert outline(whole) == ["Party", ".Customer", "..Debtor"]
    assert [orphan.local for orphan in whole.orphans] == ["invoice"]
    cut = registry.call(schemes.TREE, schemes.ShowTree(key="fin", root="fin/customer", depth=0, language="de"))
    assert (outline(cut), cut.roots[0].more) == (["Kunde"], 1)
    with pytest.raises(NotFoundError):
        registry.call(schemes.TREE, schemes.ShowTree(key="fin", root="fin/nowhere"))


def test_figures_are_counted(registry: Registry) -> None:
    owned(registry)
    found = registry.call(schemes.STATS, schemes.ShowStats(key="fin"))
    assert (found.concepts, found.live, found.deprecated, found.depth, found.orphans) == (5, 4, 1, 2, 1)
    assert (found.broader, found.related, found.definitions, found.top_concepts) == (2, 1, 1, 1)
    assert [(c.language, c.pref_labels, c.share) for c in found.languages] == [("en", 4, 1.0), ("de", 1, 0.25)]


def test_checks_count_everything_and_page_the_findings(registry: Registry) -> None:
    load(registry, FIN + 'f:invoice skos:prefLabel "Faktura"@en .')
    found = registry.call(schemes.CHECK, schemes.CheckScheme(key="fin"))
    assert found.counts["error"] == 1
    assert (found.results[0].severity, found.results[0].label) == ("error", "Faktura")
    assert sum(found.checks.values()) == sum(found.counts.values()) == len(found.results)
    one = registry.call(schemes.CHECK, schemes.CheckScheme(key="fin", limit=1))
    assert (one.results, one.counts, one.next) == (found.results[:1], found.counts, "1")
    errors = registry.call(schemes.CHECK, schemes.CheckScheme(key="fin", severity="error"))
    assert errors.results == found.results[:1]
    with pytest.raises(InvalidInputError):
        registry.call(schemes.CHECK, schemes.CheckScheme(key="fin", only=("no-such-check",)))


def test_checks_know_the_neighbours_that_the_registry_holds(registry: Registry) -> None:
    owned(registry)
    links = "h:a a skos:Concept ; skos:inScheme h: ; skos:exactMatch f:bill , f:gone , <https://elsewhere.example/x> ."
    hub = f'@prefix h: <https://vocab.example/hub/> . h: a skos:ConceptScheme . {links} h:a skos:prefLabel "A"@en .'
    load(registry, hub, key="hub")
    found = registry.call(schemes.CHECK, schemes.CheckScheme(key="hub"))
    told = {check: count for check, count in found.checks.items() if check.startswith("mapping-to")}
    assert told == {"mapping-to-deprecated": 1, "mapping-to-missing": 1}


def test_a_difference_is_told_in_types(registry: Registry) -> None:
    first = owned(registry)
    load(registry, FIN.replace('"Invoice"@en', '"Sales invoice"@en').replace("skos:broader f:party ;", ""))
    request = schemes.DiffScheme(key="fin", since=first.seq)
    found = registry.call(schemes.DIFF, request)
    assert found.counts == {"pref_label_changed": 1, "moved": 1}
    renamed = found.changes[0]
    assert ([v.text for v in renamed.before], [v.text for v in renamed.after]) == (["Invoice"], ["Sales invoice"])
    nothing = registry.call(schemes.DIFF, schemes.DiffScheme(key="fin", since=first.seq, until=first.seq))
    assert nothing.changes == []
    for since, until in ((3, 2), (1, 99)):
        with pytest.raises((InvalidInputError, NotFoundError)):
            registry.call(schemes.DIFF, schemes.DiffScheme(key="fin", since=since, until=until))


def test_a_rollback_restores_and_is_a_change_itself(registry: Registry) -> None:
    first = owned(registry)
    before, page = exported(registry), concept(registry, "fin/customer")
    registry.call(REVISE, ReviseConcept(concept="fin/customer", label=("Buyer@en",), reason="clearer"))
    registry.call(CREATE_CONCEPT, CreateConcept(scheme="fin", label=("Ledger@en",)))
    request = schemes.RollbackScheme(key="fin", to=first.seq)
    dry = registry.call(schemes.ROLLBACK, request, dry_run=True)
    head = registry.store.head()
    done = registry.call(schemes.ROLLBACK, request)
    assert (dry.added, dry.removed) == (done.added, done.removed)
    assert done.seq == head + 1
    assert exported(registry) == before
    assert concept(registry, "fin/customer").model_copy(update={"version": page.version}) == page
    with pytest.raises(NotFoundError):
        registry.call(schemes.ROLLBACK, schemes.RollbackScheme(key="fin", to=1))


def test_a_rollback_of_governance_needs_a_registrar(registry: Registry) -> None:
    first = owned(registry)
    registry.call(principals.ADD, principals.AddPrincipal(handle="sam", kind="person"))
    registry.call(principals.GRANT, principals.GrantRole(principal="sam", role="steward", scheme="fin"))
    registry.call(ADD, AddDepartment(key="it", name="IT"))
    load(registry, owner="it")
    with pytest.raises(NotPermittedError):
        registry.acting("sam").call(schemes.ROLLBACK, schemes.RollbackScheme(key="fin", to=first.seq))
    registry.call(schemes.ROLLBACK, schemes.RollbackScheme(key="fin", to=first.seq))
    assert show(registry).owner == "finance"
