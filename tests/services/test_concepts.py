"""Concepts through the gate: shown, found, edited within SKOS, taken through their life, with their history."""

from __future__ import annotations

from typing import Any

import pytest

from registry.contract import concepts as rows
from registry.contract import principals
from registry.contract.concepts import Concept, ConceptWritten, FindConcepts, FoundConcept
from registry.errors import (
    AlreadyExistsError,
    InvalidInputError,
    NotFoundError,
    NotPermittedError,
    RefusedError,
    RegistryError,
    StaleError,
)
from tests.adapters.registries import BASE, Registry
from tests.services.vocabulary import FIN, concept, load, owned


def create(registry: Registry, *labels: str, **fields: Any) -> Concept:
    """A new concept of the finance vocabulary."""
    written: ConceptWritten = registry.call(rows.CREATE, rows.CreateConcept(scheme="fin", label=labels, **fields))
    return written.concept


def revise(registry: Registry, reference: str, **fields: Any) -> Concept:
    """A concept after a revision."""
    request = rows.ReviseConcept(concept=reference, **{"reason": "clearer", **fields})
    written: ConceptWritten = registry.call(rows.REVISE, request)
    return written.concept


def find(registry: Registry, text: str, **fields: Any) -> list[FoundConcept]:
    """What a search finds."""
    found: list[FoundConcept] = registry.call(rows.FIND, FindConcepts(text=text, **fields)).concepts
    return found


def deprecate(registry: Registry, reference: str, *replaced_by: str) -> Concept:
    """A concept after it was retired."""
    request = rows.DeprecateConcept(concept=reference, replaced_by=replaced_by, reason="no longer used")
    written: ConceptWritten = registry.call(rows.DEPRECATE, request)
    return written.concept


def locals_of(refs: Any) -> list[str]:
    """The local names of concepts."""
    return [ref.local for ref in refs]


def test_a_page_holds_everything_around_a_concept(registry: Registry) -> None:
    done = owned(registry)
    page = concept(registry, "fin/customer")
    assert page == concept(registry, "https://vocab.example/fin/customer")
    assert (page.label, page.scheme, page.local, page.owner) == ("Customer", "fin", "customer", "finance")
    assert (page.status, page.version) == ("approved", done.seq)
    assert page.pref_label == {"en": "Customer", "de": "Kunde"}
    assert page.alt_label == {"en": ["Client"]}
    assert page.definition == {"en": "Who buys."}
    assert (locals_of(page.broader), locals_of(page.narrower)) == (["party"], ["debtor"])
    assert locals_of(concept(registry, "fin/invoice").related) == ["debtor"]
    assert concept(registry, "fin/party").top_concept_of == ["fin"]
    assert [(r.local, r.label, r.status) for r in concept(registry, "fin/bill").replaced_by] == [
        ("invoice", "Invoice", "approved")
    ]


@pytest.mark.parametrize("reference", ["fin/nowhere", "nowhere/customer", "https://e.example/x", "fin/~zz", "x"])
def test_what_is_not_there_is_not_found(registry: Registry, reference: str) -> None:
    owned(registry)
    with pytest.raises((NotFoundError, InvalidInputError)):
        concept(registry, reference)


def test_a_name_without_its_second_part_is_not_the_vocabulary(sqlite_registry: Registry) -> None:
    owned(sqlite_registry)
    with pytest.raises(NotFoundError):
        concept(sqlite_registry, "fin/")


def test_words_find_exact_before_prefix_before_part(registry: Registry) -> None:
    owned(registry)
    create(registry, "Customer account@en", alt=("Invoice customer@en",))
    create(registry, "New customer@en")
    found = find(registry, "customer")
    assert [(c.label, c.match, c.kind) for c in found] == [
        ("Customer", "exact", "pref_label"),
        ("Customer account", "prefix", "pref_label"),
        ("New customer", "part", "pref_label"),
    ]
    assert [c.label for c in find(registry, "CLIENT")] == ["Customer"]
    assert [c.matched for c in find(registry, "kunde", language="de")] == ["Kunde"]
    assert find(registry, "kunde", language="en") == []
    assert [c.local for c in find(registry, "bill", status="deprecated")] == ["bill"]
    assert find(registry, "customer", status="rejected") == []
    assert find(registry, "nested") == []
    assert find(registry, "zzz") == []
    with pytest.raises(NotFoundError):
        find(registry, "customer", scheme="nowhere")


def test_pages_of_a_search_join_without_a_gap(registry: Registry) -> None:
    owned(registry)
    for number in range(5):
        create(registry, f"Account {number}@en")
    whole = [c.iri for c in find(registry, "account")]
    walked, cursor = [], None
    for _ in range(3):
        answer = registry.call(rows.FIND, FindConcepts(text="account", limit=2, cursor=cursor))
        assert answer.total == 5
        walked += [c.iri for c in answer.concepts]
        cursor = answer.next
    assert (walked, cursor) == (whole, None)


def test_a_concept_is_created_where_it_belongs(registry: Registry) -> None:
    owned(registry)
    made = create(registry, "Ledger@en", "Hauptbuch@de", alt=("General ledger@en",), broader=("fin/party",),
                  related=("fin/invoice",), definition=("All accounts.@en",), notation=("F1",))  # fmt: skip
    assert made.iri.startswith(f"{BASE}/id/fin/")
    assert made.pref_label == {"en": "Ledger", "de": "Hauptbuch"}
    assert (made.status, made.notation, locals_of(made.broader)) == ("draft", ["F1"], ["party"])
    assert made.local in locals_of(concept(registry, "fin/invoice").related)
    assert concept(registry, f"fin/{made.local}") == made
    top = create(registry, "Asset@en", status="approved", iri="https://vocab.example/fin/asset")
    assert (top.status, top.top_concept_of, top.local) == ("approved", ["fin"], "asset")


@pytest.mark.parametrize(
    ("labels", "fields", "error", "said"),
    [
        (("A@en", "B@en"), {}, RefusedError, "S14"),
        (("A@en",), {"alt": ("A@en",)}, RefusedError, "S13"),
        (("A@en",), {"alt": ("B@en",), "hidden": ("B@en",)}, RefusedError, "S13"),
        (("customer@en",), {}, AlreadyExistsError, "fin/customer"),
        (("A@en",), {"iri": "https://vocab.example/fin/customer"}, AlreadyExistsError, "exists"),
        (("A@en",), {"iri": "relative"}, InvalidInputError, "relative"),
        (("A@en",), {"broader": ("fin/nowhere",)}, NotFoundError, "nowhere"),
        (("A@en",), {"broader": ("fin/bill",)}, RefusedError, "no longer"),
        (("A@en",), {"broader": ("fin/debtor",), "related": ("fin/party",)}, RefusedError, "S27"),
        (("@en",), {}, InvalidInputError, "text"),
        (("A\x00@en",), {}, InvalidInputError, "text"),
    ],
)
def test_what_skos_forbids_is_refused(
    sqlite_registry: Registry, labels: tuple[str, ...], fields: dict[str, Any], error: type[RegistryError], said: str
) -> None:
    owned(sqlite_registry)
    before = sqlite_registry.store.head()
    with pytest.raises(error, match=said):
        create(sqlite_registry, *labels, **fields)
    assert sqlite_registry.store.head() == before


def test_a_former_name_stays_findable(registry: Registry) -> None:
    owned(registry)
    renamed = revise(registry, "fin/customer", label=("Client@en",))
    assert renamed.pref_label == {"en": "Client", "de": "Kunde"}
    assert renamed.alt_label == {"en": ["Customer"]}
    assert "'Customer' to 'Client'" in renamed.notes[0].text
    assert [c.local for c in find(registry, "customer")] == ["customer"]
    wrong = revise(registry, "fin/customer", label=("Purchaser@en",), not_a_synonym=True)
    assert wrong.alt_label == {"en": ["Customer"]}
    assert revise(registry, "fin/customer", label=("Purchaser@en",)) == wrong


def test_every_part_of_a_concept_can_be_revised(registry: Registry) -> None:
    owned(registry)
    page = revise(
        registry, "fin/customer", add_alt=("Buyer@en", "Abnehmer@de"), remove_alt=("Client@en",),
        add_hidden=("custmer@en",), definition=("Who pays.@en", "Wer zahlt.@de"), scope_note=("Not a lead.@en",),
        notation=("C1", "C2"), broader=(), add_related=("fin/invoice",),
    )  # fmt: skip
    assert page.alt_label == {"en": ["Buyer"], "de": ["Abnehmer"]}
    assert page.hidden_label == {"en": ["custmer"]}
    assert page.definition == {"en": "Who pays.", "de": "Wer zahlt."}
    assert (page.notation, page.scope_note) == (["C1", "C2"], {"en": "Not a lead."})
    assert (page.broader, locals_of(page.related)) == ([], ["invoice"])
    back = revise(registry, "fin/customer", add_broader=("fin/party",), remove_related=("fin/invoice",))
    assert (locals_of(back.broader), back.related) == (["party"], [])
    with pytest.raises(NotFoundError):
        revise(registry, "fin/customer", remove_alt=("Nobody@en",))


def test_a_move_closes_no_loop(registry: Registry) -> None:
    owned(registry)
    with pytest.raises(RefusedError, match="Party → Debtor → Customer → Party"):
        registry.call(rows.MOVE, rows.MoveConcept(concept="fin/party", to="fin/debtor"))
    with pytest.raises(RefusedError, match="own"):
        registry.call(rows.MOVE, rows.MoveConcept(concept="fin/party", to="fin/party"))
    with pytest.raises(RefusedError, match="S27"):
        registry.call(rows.MOVE, rows.MoveConcept(concept="fin/customer", to="fin/invoice"))
    moved = registry.call(rows.MOVE, rows.MoveConcept(concept="fin/debtor", to="fin/party")).concept
    assert locals_of(moved.broader) == ["party"]
    assert locals_of(concept(registry, "fin/customer").narrower) == []


def test_a_top_concept_that_is_moved_is_none_any_more(registry: Registry) -> None:
    owned(registry)
    top = create(registry, "Thing@en")
    moved = registry.call(rows.MOVE, rows.MoveConcept(concept=top.iri, to="fin/party")).concept
    assert (top.top_concept_of, moved.top_concept_of) == (["fin"], [])


def test_a_stale_change_is_refused(registry: Registry) -> None:
    owned(registry)
    base = concept(registry, "fin/customer").version
    revise(registry, "fin/customer", add_alt=("Buyer@en",), base=base)
    with pytest.raises(StaleError):
        revise(registry, "fin/customer", add_alt=("Other@en",), base=base)
    revise(registry, "fin/invoice", add_alt=("Faktura@en",), base=base)


def test_a_retired_concept_names_its_replacement(registry: Registry) -> None:
    owned(registry)
    page = deprecate(registry, "fin/debtor", "fin/customer")
    assert (page.status, locals_of(page.replaced_by), page.reason) == ("deprecated", ["customer"], None)
    alone = deprecate(registry, "fin/party")
    assert (alone.replaced_by, alone.reason) == ([], "no longer used")


@pytest.mark.parametrize(
    ("reference", "replaced_by", "said"),
    [
        ("fin/debtor", ("fin/debtor",), "itself"),
        ("fin/debtor", ("fin/bill",), "no longer in use"),
        ("fin/bill", (), "deprecated"),
        ("fin/invoice", ("fin/loop",), "circle"),
    ],
)
def test_an_unsound_replacement_is_refused(
    sqlite_registry: Registry, reference: str, replaced_by: tuple[str, ...], said: str
) -> None:
    owned(sqlite_registry)
    loop = 'f:loop a skos:Concept ; skos:inScheme f: ; skos:prefLabel "Loop"@en ; dcterms:isReplacedBy f:invoice .'
    load(sqlite_registry, FIN + loop)
    if said == "circle":
        sqlite_registry.call(rows.REOPEN, rows.ReopenConcept(concept="fin/loop", reason="in use again"))
        load(sqlite_registry, FIN)
        load(sqlite_registry, FIN + loop)
    with pytest.raises(RefusedError, match=said):
        deprecate(sqlite_registry, reference, *replaced_by)


def test_a_concept_lives_by_the_table(registry: Registry) -> None:
    owned(registry)
    iri = create(registry, "Ledger@en").iri

    def step(row: Any, request: Any, **fields: Any) -> str:
        return str(registry.call(row, request(concept=iri, **fields)).concept.status)

    with pytest.raises(RefusedError, match="draft"):
        step(rows.APPROVE, rows.ApproveConcept)
    assert step(rows.SUBMIT, rows.SubmitConcept) == "in_review"
    assert step(rows.REJECT, rows.RejectConcept, reason="a twin") == "rejected"
    assert step(rows.REOPEN, rows.ReopenConcept, reason="no twin") == "draft"
    assert step(rows.SUBMIT, rows.SubmitConcept) == "in_review"
    assert step(rows.APPROVE, rows.ApproveConcept) == "approved"
    assert step(rows.DEPRECATE, rows.DeprecateConcept, replaced_by=("fin/party",), reason="merged") == "deprecated"
    assert step(rows.REOPEN, rows.ReopenConcept, reason="needed again") == "draft"
    assert concept(registry, iri).replaced_by == []


def test_an_error_keeps_a_concept_from_approval(registry: Registry) -> None:
    load(registry, FIN + 'f:invoice skos:prefLabel "Faktura"@en .')
    registry.call(rows.SUBMIT, rows.SubmitConcept(concept="fin/invoice"))
    with pytest.raises(RefusedError, match="inconsistent-pref-labels"):
        registry.call(rows.APPROVE, rows.ApproveConcept(concept="fin/invoice"))


def test_a_mirror_is_not_edited(registry: Registry) -> None:
    load(registry)
    with pytest.raises(RefusedError, match="mirrors"):
        create(registry, "Ledger@en")
    with pytest.raises(RefusedError, match="mirrors"):
        revise(registry, "fin/customer", add_alt=("Buyer@en",))
    with pytest.raises(RefusedError, match="mirrors"):
        deprecate(registry, "fin/customer")


def test_roles_decide_who_edits_and_who_approves(registry: Registry) -> None:
    owned(registry)
    for handle, role in (("sam", "steward"), ("anna", "approver"), ("rita", "reader")):
        registry.call(principals.ADD, principals.AddPrincipal(handle=handle, kind="person"))
        registry.call(principals.GRANT, principals.GrantRole(principal=handle, role=role, department="finance"))
    sam, anna, rita = (registry.acting(handle) for handle in ("sam", "anna", "rita"))
    made = sam.call(rows.CREATE, rows.CreateConcept(scheme="fin", label=("Ledger@en",))).concept
    with pytest.raises(NotPermittedError):
        sam.call(rows.CREATE, rows.CreateConcept(scheme="fin", label=("Asset@en",), status="approved"))
    sam.call(rows.SUBMIT, rows.SubmitConcept(concept=made.iri))
    for refused in (sam, rita):
        with pytest.raises(NotPermittedError):
            refused.call(rows.APPROVE, rows.ApproveConcept(concept=made.iri))
    with pytest.raises(NotPermittedError):
        anna.call(rows.REVISE, rows.ReviseConcept(concept=made.iri, add_alt=("X@en",), reason="r"))
    assert anna.call(rows.APPROVE, rows.ApproveConcept(concept=made.iri)).concept.status == "approved"
    assert rita.call(rows.SHOW, rows.ShowConcept(concept=made.iri)).status == "approved"


def test_history_tells_what_when_who_and_why(registry: Registry) -> None:
    done = owned(registry)
    revise(registry, "fin/customer", label=("Buyer@en",), reason="what sales says")
    found = registry.call(rows.HISTORY, rows.ShowHistory(concept="fin/customer"))
    newest, oldest = found.changes
    assert (newest.operation, newest.reason, newest.who.startswith("os:")) == (
        "concept.revise",
        "what sales says",
        True,
    )
    assert "preferred label: Buyer @en" in newest.added
    assert newest.removed == ["preferred label: Customer @en"]
    assert (oldest.seq, oldest.operation, oldest.reason) == (done.seq, "scheme.import", None)
    assert "broader: Party" in oldest.added
    one = registry.call(rows.HISTORY, rows.ShowHistory(concept="fin/customer", limit=1))
    assert (one.changes, one.next) == ([newest], "1")
    then = registry.call(rows.HISTORY, rows.ShowHistory(concept="fin/customer"), as_of=str(done.seq))
    assert then.changes == [oldest]
