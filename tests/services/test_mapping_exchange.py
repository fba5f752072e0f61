"""Mappings in from files and out again: nothing lost, nothing approved by a file, every row accounted for."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import fields
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from registry.contract import mapping_exchange as exchange
from registry.contract import mapping_review as review
from registry.contract import mappings as rows
from registry.contract import schemes
from registry.contract.mapping_exchange import ImportMappings, MappingsImported
from registry.contract.mappings import ExportMappings, ListMappings
from registry.errors import NotPermittedError, SyntaxFaultError
from registry.matching.exchange import read_mappings, write_mappings
from registry.matching.mapping_set import NO_TERM_FOUND, SEMAPV, Mapping, MappingSet, is_set
from registry.rdf.syntax import parse_document
from registry.rdf.terms import SKOS
from tests.adapters.registries import Registry
from tests.services.worlds import fill, iri


@pytest.fixture
def world(registry: Registry) -> Registry:
    return fill(registry)


def row(subject: str, object_: str, predicate: str = "exactMatch", **more: Any) -> Mapping:
    target = object_ if ":" in object_ else iri(object_)
    return Mapping(subject_id=iri(subject), predicate_id=SKOS.iri + predicate, object_id=target,
                   mapping_justification=SEMAPV + "LexicalMatching", **more)  # fmt: skip


def bring(
    world: Registry, *given: Mapping, who: str | None = None, form: Any = "sssom", **how: Any
) -> MappingsImported:
    text = write_mappings(MappingSet(mapping_set_id="https://x.example/set", mappings=given), form)
    client = world.acting(who, **how) if who else world
    more = {} if who else how
    found = client.call(exchange.IMPORT, ImportMappings(), BytesIO(text.encode()), **more)
    assert isinstance(found, MappingsImported)
    return found


def take(world: Registry, **asked: Any) -> list[Mapping]:
    document = world.call(rows.EXPORT, ExportMappings(scheme="fin", other="hub", **asked))
    return list(read_mappings(document.read().decode()).mappings)


def test_rows_wait_for_both_sides_with_everything_they_said(world: Registry) -> None:
    given = row("fin/customer", "hub/customer", confidence=0.8, mapping_tool="A tool", match_string=("customer",),
                author_id=("https://orcid.org/0000-0000-0000-0001",), see_also=("https://x.example/",),
                mapping_date="2025-12-31", subject_match_field=(SKOS.iri + "prefLabel",))  # fmt: skip
    found = bring(world, given)
    assert (found.rows, found.suggested, found.left_out) == (1, 1, [])
    (only,) = take(world, state="suggested")
    for slot in fields(Mapping):
        if is_set(getattr(given, slot.name)):
            assert getattr(only, slot.name) == getattr(given, slot.name)
    assert take(world) == []
    assert bring(world, given).unchanged == 1


@pytest.mark.parametrize("form", ["sssom", "sssom-json", "jskos"])
def test_every_format_comes_in(world: Registry, form: str) -> None:
    assert bring(world, row("fin/customer", "hub/customer", "closeMatch"), form=form).suggested == 1
    assert [one.predicate_id for one in take(world, state="suggested")] == [SKOS.iri + "closeMatch"]


def test_negated_unsure_and_missing_are_told_apart(world: Registry) -> None:
    found = bring(
        world,
        row("fin/account", "hub/customer", predicate_modifier="Not", comment="No."),
        row("fin/customer", "hub/purchaser", reviewer_agreement=0.0, reviewer_id=("https://x.example/me",)),
        row("fin/write-off", NO_TERM_FOUND, object_source="https://registry.example/hub"),
    )
    assert (found.rejected, found.unsure, found.no_match, found.left_out) == (1, 1, 1, [])
    states = {m.subject: (m.state, m.rejection_reason) for m in world.call(rows.LIST, ListMappings()).mappings}
    assert states == {"fin/account": ("rejected", "No."), "fin/customer": ("unsure", None)}
    assert [one.object_id for one in take(world)] == [NO_TERM_FOUND]
    (negative,) = take(world, negatives=True)
    assert (negative.is_negative, negative.comment, negative.reviewer_agreement) == (True, "No.", -1.0)


def test_rows_that_cannot_stand_are_left_out_with_their_line(world: Registry) -> None:
    world.call(rows.REJECT, rows.RejectMapping(subject="fin/customer", object="hub/customer", reason="No."))
    found = bring(
        world,
        row("fin/customer", "hub/purchaser"),
        row("fin/customer", "hub/nothing"),
        row("fin/customer", "fin/account"),
        row("fin/bad-debt", "hub/customer"),
        row("fin/customer", "hub/customer"),
        row("fin/customer", "hub/purchaser", "broadMatch"),
        row("fin/account", "hub/customer", "seeAlso"),
    )
    assert found.suggested == 1
    lines = [one.line for one in found.left_out]
    assert lines == list(range(lines[0], lines[0] + 6))
    said = [one.reason for one in found.left_out]
    for reason, part in zip(said, ("in no vocabulary", "both lie in fin", "deprecated", "rejected here", "S46",
                                   "five mapping predicates"), strict=True):  # fmt: skip
        assert part in reason


def test_only_who_may_propose_imports_and_only_approvers_reject(world: Registry) -> None:
    with pytest.raises(NotPermittedError):
        bring(world, row("fin/customer", "hub/customer"), who="rita")
    assert bring(world, row("fin/customer", "hub/customer"), who="rita", dry_run=True).suggested == 1
    assert bring(world, row("fin/customer", "hub/customer"), who="carl").suggested == 1
    negated = row("fin/account", "hub/customer", predicate_modifier="Not")
    assert "may not approve" in bring(world, negated, who="carl").left_out[0].reason
    assert bring(world, negated, who="fiona").rejected == 1
    assert "may not propose" in bring(world, row("it/buyer", "hub/customer"), who="carl").left_out[0].reason


def test_an_imported_mapping_is_approved_like_any_other(world: Registry) -> None:
    bring(world, row("fin/customer", "hub/customer", mapping_tool="A tool"))
    world.call(rows.APPROVE, rows.ApproveMapping(subject="fin/customer", object="hub/customer"))
    (only,) = take(world)
    assert (only.mapping_tool, only.reviewer_agreement) == ("A tool", 1.0)
    assert only.mapping_justification == SEMAPV + "LexicalMatching"


def test_what_is_no_file_of_mappings_is_refused_with_its_line(world: Registry) -> None:
    with pytest.raises(SyntaxFaultError):
        world.call(exchange.IMPORT, ImportMappings(), BytesIO(b'[{"from": '))
    with pytest.raises(SyntaxFaultError):
        world.call(exchange.IMPORT, ImportMappings(), BytesIO(b"\xff\xfe"))


def test_approved_mappings_go_out_as_jskos_and_rdf(world: Registry) -> None:
    world.call(rows.APPROVE, rows.ApproveMapping(subject="fin/customer", object="hub/customer", predicate="close"))
    world.call(review.NO_MATCH, review.NoMatch(concept="fin/account", scheme="hub"))
    ours = {(one.subject_id, one.object_id) for one in take(world)}
    assert ours == {(iri("fin/customer"), iri("hub/customer")), (iri("fin/account"), NO_TERM_FOUND)}
    for form in ("sssom-json", "jskos"):
        assert {(one.subject_id, one.object_id) for one in take(world, format=form)} == ours
    document = world.call(rows.EXPORT, ExportMappings(scheme="fin", other="hub", format="rdf"))
    quads = list(parse_document(document.read(), "turtle"))
    assert [(q.subject.value, q.object.value) for q in quads if q.predicate == SKOS.closeMatch] == [  # type: ignore[union-attr]
        (iri("fin/customer"), iri("hub/customer"))
    ]


def stub(registry: Registry, key: str, concepts: dict[str, str]) -> None:
    """A vocabulary of these concepts with these labels."""
    scheme = f"https://registry.example/{key}"
    lines = [f"<{scheme}> a <{SKOS.iri}ConceptScheme> ."]
    for concept, label in concepts.items():
        escaped = label.replace("\\", "\\\\").replace('"', '\\"')
        lines.append(f'<{concept}> a <{SKOS.iri}Concept> ; <{SKOS.iri}inScheme> <{scheme}> ; '
                     f'<{SKOS.iri}prefLabel> "{escaped}"@en .')  # fmt: skip
    request = schemes.ImportScheme(key=key, format="turtle")
    registry.call(schemes.IMPORT, request, BytesIO("\n".join(lines).encode()))


@pytest.mark.shared
@pytest.mark.parametrize(("name", "state"), [("positive", "suggested"), ("negative", "rejected"), ("unsure", "unsure")])
def test_published_curation_goes_in_and_out_equal(
    sqlite_registry: Registry, shared: Path, name: str, state: str
) -> None:
    published = read_mappings((shared / "mappings" / "biomappings" / f"{name}.sssom.tsv").read_text(encoding="utf-8"))
    spaces = {"mesh": "https://meshb.nlm.nih.gov/record/ui?ui=", "doid": "http://purl.obolibrary.org/obo/DOID_"}
    concepts: dict[str, dict[str, str]] = defaultdict(dict)
    wanted = []
    for one in published.mappings:
        ends = [(key, end) for end in (one.subject_id, one.object_id) for key, space in spaces.items()
                if end.startswith(space)]  # fmt: skip
        if len({key for key, _ in ends}) == 2 and one.predicate_id.startswith(SKOS.iri):
            wanted.append(one)
            for (key, end), label in zip(ends, (one.subject_label, one.object_label), strict=True):
                concepts[key].setdefault(end, label)
    for key, labels in concepts.items():
        stub(sqlite_registry, key, labels)
    text = write_mappings(MappingSet(mapping_set_id="https://x.example/set", mappings=tuple(wanted)), "sssom")
    found = sqlite_registry.call(exchange.IMPORT, ImportMappings(), BytesIO(text.encode()))
    assert (found.rows, getattr(found, state), found.left_out) == (len(wanted), len(wanted), [])
    out: dict[tuple[str, str], Mapping] = {}
    for scheme, other in (("mesh", "doid"), ("doid", "mesh")):
        request = ExportMappings(scheme=scheme, other=other, state=state)
        back = read_mappings(sqlite_registry.call(rows.EXPORT, request).read().decode())
        out |= {(one.subject_id, one.object_id): one for one in back.mappings}
    ignored = {"subject_label", "object_label"}
    for one in wanted:
        mine = out[one.subject_id, one.object_id]
        said = {slot.name: getattr(one, slot.name) for slot in fields(Mapping) if slot.name not in ignored}
        assert {name: getattr(mine, name) for name, value in said.items() if is_set(value)} == {
            name: value for name, value in said.items() if is_set(value)
        }
