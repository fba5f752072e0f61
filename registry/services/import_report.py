"""The loss report of an import: what became of every triple, and what was found, grouped with true counts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pyoxigraph import NamedNode

from registry.contract.schemes import Example, GroupedFinding, ImportScheme, PropertyCount, SchemeImported
from registry.rdf.patch import Patch
from registry.services.intake import Intake
from registry.services.scheme_facts import KINDS, TITLES, SchemeFacts, title_in
from registry.skos import CATALOGUE, Finding, SchemeIndex, Severity, inspect_import, run_checks
from registry.skos.values import in_order, name_of
from registry.store.work import Work

EXAMPLES = 5
"""How many concepts a warning names."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A document taken in: the vocabulary it is for, what it brings, and what was found in it."""

    key: str
    scheme: NamedNode
    intake: Intake
    index: SchemeIndex
    standing: SchemeFacts | None


def inspect(index: SchemeIndex, intake: Intake, remarks: Iterable[Finding]) -> tuple[Finding, ...]:
    """Everything found in a document, errors first; errors of the whole catalogue, so that they keep drafts."""
    errors = {check.id for check in CATALOGUE if check.severity is Severity.ERROR}
    found = {*inspect_import(index).findings, *run_checks(index, only=errors), *intake.findings, *remarks}
    return in_order(found)


def title(index: SchemeIndex, scheme: NamedNode, key: str) -> str:
    """What the document calls its scheme, else the key."""
    said = {predicate: index.objects(scheme, predicate) for predicate in TITLES}
    return title_in(said, ("en",)) or key  # type: ignore[arg-type]


def report(
    work: Work, request: ImportScheme, arrival: Arrival, found: Sequence[Finding], content: Patch,
    statuses: Mapping[str, int],
) -> SchemeImported:  # fmt: skip
    """The answer of an import."""
    intake, standing = arrival.intake, arrival.standing
    read, changed, left_out = (sum(counted.values()) for counted in (intake.read, intake.changed, intake.left_out))
    kind = request.kind or (standing.kind if standing else "department" if request.owner else "external")
    assert kind in KINDS
    return SchemeImported(
        key=arrival.key, iri=arrival.scheme.value, kind=kind, created=standing is None, dry_run=work.dry_run,
        title=request.title or title(arrival.index, arrival.scheme, arrival.key),
        owner=request.owner or (standing.owner(work.names) if standing else None),
        concepts=len(arrival.index.concepts), entries=len(arrival.index.entries),
        quads_read=read, quads_kept=read - changed - left_out, quads_changed=changed, quads_left_out=left_out,
        added=len(content.added), removed=len(content.removed), statuses=dict(statuses),
        properties=_properties(intake), warnings=warnings(found),
    )  # fmt: skip


def warnings(found: Iterable[Finding]) -> list[GroupedFinding]:
    """The findings by check, each with its first one spelt out, its true count and a few examples."""
    groups: dict[tuple[str, Severity], list[Finding]] = defaultdict(list)
    for finding in found:
        groups[finding.check, finding.severity].append(finding)
    return [_warning(group) for group in groups.values()]


def _warning(group: Sequence[Finding]) -> GroupedFinding:
    first = group[0]
    return GroupedFinding(
        check=first.check, severity=first.severity.value, concept=_named(first), label=first.label,
        message=first.message, fix=first.fix, count=len(group),
        examples=[Example(concept=_named(one), label=one.label, message=one.message) for one in group[:EXAMPLES]],
    )  # fmt: skip


def _named(finding: Finding) -> str | None:
    return None if finding.concept is None else name_of(finding.concept)


def _properties(intake: Intake) -> list[PropertyCount]:
    rows = []
    for predicate, read in sorted(intake.read.items(), key=lambda item: (-item[1], item[0].value)):
        changed, left_out = intake.changed[predicate], intake.left_out[predicate]
        rows.append(PropertyCount(property=predicate.value, read=read, kept=read - changed - left_out,
                                  changed=changed, left_out=left_out))  # fmt: skip
    return rows
