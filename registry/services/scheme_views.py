"""Ways to look at a whole vocabulary: as a tree, in figures, through the checks, and between two states."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from pyoxigraph import NamedNode

from registry.contract.schemes import (
    ChangedValue,
    CheckResult,
    CheckScheme,
    DiffScheme,
    LanguageCoverage,
    SchemeChange,
    SchemeChecked,
    SchemeDiff,
    SchemeStats,
    SchemeTree,
    ShowStats,
    ShowTree,
    TreeItem,
)
from registry.errors import InvalidInputError, NotFoundError
from registry.rdf.terms import DCTERMS, SKOS
from registry.services.concepts import described
from registry.services.lifecycle import Status, status_of
from registry.services.paging import page
from registry.services.references import local_of, require_concept
from registry.services.scheme_facts import SchemeFacts, all_facts, require_at, scheme_facts
from registry.services.schemes import status_counts
from registry.skos import Finding, Neighbour, Policy, SchemeIndex, TreeNode, TypedChange, run_checks
from registry.skos import diff as differences
from registry.skos import tree as grow
from registry.skos.diff import Value
from registry.skos.values import name_of
from registry.store.quads import Description, Reader
from registry.store.work import Work

_MAPPINGS = (SKOS.exactMatch, SKOS.closeMatch, SKOS.broadMatch, SKOS.narrowMatch, SKOS.relatedMatch)


def index_of(work: Work, key: str, *, curated: bool = True) -> SchemeIndex:
    """A vocabulary's index; with its curation, so that what is deprecated here counts as deprecated."""
    graphs = [work.names.scheme_graph(key), *([work.names.curation_graph(key)] if curated else [])]
    return SchemeIndex.of(quad for graph in graphs for quad in work.reader.quads(graph=graph))


def tree(work: Work, request: ShowTree) -> SchemeTree:
    """The hierarchy; NotFoundError when the root is not in the vocabulary."""
    facts = scheme_facts(work.reader, work.names, request.key)
    root = require_concept(work.reader, work.names, request.root) if request.root else None
    language = request.language or work.settings.languages[0]
    grown = grow(index_of(work, facts.key), root, request.depth, language)
    roots, orphans = ([_item(node, facts) for node in nodes] for nodes in (grown.roots, grown.orphans))
    return SchemeTree(key=facts.key, roots=roots, orphans=orphans)


def _item(node: TreeNode, facts: SchemeFacts) -> TreeItem:
    local = local_of(node.concept, facts.namespace) if isinstance(node.concept, NamedNode) else ""
    return TreeItem(
        concept=name_of(node.concept), local=local, label=node.label, deprecated=node.deprecated, cycle=node.cycle,
        more=node.more, children=[_item(child, facts) for child in node.children],
    )  # fmt: skip


def stats(work: Work, request: ShowStats) -> SchemeStats:
    """Counts of everything a steward asks about."""
    facts = scheme_facts(work.reader, work.names, request.key)
    index = index_of(work, facts.key)
    grown = grow(index)
    levels = max((level for root in grown.roots for level, _ in root.lines()), default=0)
    live = index.live
    return SchemeStats(
        key=facts.key, concepts=len(index.concepts), entries=len(index.entries), live=len(live),
        deprecated=len(index.entries & index.deprecated), top_concepts=len(index.top_concepts), depth=levels,
        orphans=len(grown.orphans), definitions=len(live & index.subjects(SKOS.definition).keys()),
        notations=len(live & index.subjects(SKOS.notation).keys()),
        broader=sum(map(len, index.parents.values())), related=sum(map(len, index.related.values())) // 2,
        mappings=sum(1 for _ in index.pairs(*_MAPPINGS)), collections=len(index.collections),
        statuses=status_counts(work, facts.key), languages=_coverage(index),
        quads=len(work.reader.quads(graph=work.names.scheme_graph(facts.key))),
    )  # fmt: skip


def _coverage(index: SchemeIndex) -> list[LanguageCoverage]:
    live = index.live
    named = Counter(
        language
        for concept, labels in index.labels[SKOS.prefLabel].items()
        if concept in live
        for language in {label.language or "" for label in labels}
    )
    return [
        LanguageCoverage(language=language, labels=count, pref_labels=named[language],
                         share=round(named[language] / len(live), 4) if live else 0.0)
        for language, count in index.languages.items()
    ]  # fmt: skip


def check(work: Work, request: CheckScheme) -> SchemeChecked:
    """What the checks find, errors first; counts are of all findings, results of the page asked for."""
    facts = scheme_facts(work.reader, work.names, request.key)
    index = index_of(work, facts.key)
    policy = Policy(today=work.now.date(), neighbours=_neighbours(work, index))
    found = run_checks(index, only=request.only or None, main_language=request.language, policy=policy)
    wanted = [finding for finding in found if request.severity in (None, finding.severity.value)]
    shown, following = page(wanted, request)
    counted = Counter(finding.severity.value for finding in found)
    return SchemeChecked(
        key=facts.key,
        counts={severity: counted[severity] for severity in ("error", "warning", "info")},
        checks=dict(sorted(Counter(finding.check for finding in found).items())),
        results=[_result(finding) for finding in shown],
        next=following,
    )


def _neighbours(work: Work, index: SchemeIndex) -> dict[NamedNode, Neighbour]:
    """What the registry knows of the concepts elsewhere that a vocabulary links to; nothing of those it cannot know."""
    linked = {end for _, end in index.pairs(*_MAPPINGS, DCTERMS.isReplacedBy)} - index.entries
    ends = sorted((end for end in linked if isinstance(end, NamedNode)), key=lambda end: end.value)
    about = described(work.reader.about(ends))
    spaces = tuple(facts.namespace for facts in all_facts(work.reader, work.names).values() if facts.namespace)
    known = [end for end in ends if end in about or end.value.startswith(spaces)]
    return {end: Neighbour(exists=end in about, deprecated=_is_retired(about.get(end, {}))) for end in known}


def _is_retired(said: Description) -> bool:
    return status_of(said) in (Status.DEPRECATED, Status.ARCHIVED)


def _result(finding: Finding) -> CheckResult:
    return CheckResult.model_validate(finding.as_dict())


def compare(work: Work, request: DiffScheme) -> SchemeDiff:
    """What changed between two seqs; NotFoundError when the vocabulary did not stand at the later one."""
    names = work.names
    until = work.seq if request.until is None else request.until
    if request.since > until:
        raise InvalidInputError(f"Seq {request.since} is after {until}.", advice="Give the earlier one as --since.")
    if until > work.seq:
        raise NotFoundError(f"There is no seq {until}; the newest is {work.seq}.", advice="Give a past seq.")
    before, after = (replace(work.reader, at=seq) for seq in (request.since, until))
    require_at(after, names, request.key, until)
    language = request.language or work.settings.languages[0]
    changes = differences(_at(before, work, request.key), _at(after, work, request.key), language=language)
    counts = Counter(change.kind.value for change in changes)
    return SchemeDiff(key=request.key, since=request.since, until=until, counts=dict(counts),
                      changes=[_change(change) for change in changes])  # fmt: skip


def _at(reader: Reader, work: Work, key: str) -> SchemeIndex:
    graphs = (work.names.scheme_graph(key), work.names.curation_graph(key))
    return SchemeIndex.of(quad for graph in graphs for quad in reader.quads(graph=graph))


def _change(change: TypedChange) -> SchemeChange:
    return SchemeChange(
        kind=change.kind.value, concept=name_of(change.concept), label=change.label, property=change.property or None,
        language=change.language, before=[_value(value) for value in change.before],
        after=[_value(value) for value in change.after],
    )  # fmt: skip


def _value(value: Value) -> ChangedValue:
    return ChangedValue(text=value.text, language=value.language, label=value.label)
