"""The demo's account: three departments, one word, and what the registry does about it, a screen a chapter.

Every step is an operation that a steward, a pipeline or an AI system would call; nothing is prepared but the files.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from textwrap import fill, shorten
from typing import Any

import orjson

from cli.demo_organisation import (
    SOURCES,
    VOCABULARIES,
    Story,
    add_departments,
    import_all,
    import_vocabulary,
    register_source,
)
from cli.output import heading, line, table
from cli.validate_text import Findings, Group
from registry.contract import conflicts, coordination, mappings, principals, resolution, validation
from registry.contract.schemes import SchemeImported
from registry.resources import bundled

TOLD = ("finance", "it", "sales")
"""The departments of the account."""

STEWARDS = {"fiona": "finance", "ivan": "it", "sally": "sales", "helen": "nordhaven"}
"""Who speaks for which department."""

AGREED = (
    ("finance/claim", "enterprise/insurance-claim", "exact", "One demand, followed from notice to closure."),
    ("sales/policy", "enterprise/insurance-contract", "exact", "Sales says policy for the contract and its document."),
    ("sales/policyholder", "enterprise/policyholder", "exact", "The party named in the contract."),
    ("sales/complaint", "enterprise/complaint", "exact", "Sales prefers to say grievance, and counts the same."),
    ("it/account", "enterprise/user-account", "exact", "The record by which a system knows its user."),
    ("sales/client", "enterprise/customer", "close", "Sales counts from the signature, the hub from the contract."),
    ("finance/loss-ratio", "enterprise/loss-ratio", "broad", "The financial year is one of the periods of the hub."),
    ("finance/intermediary", "enterprise/intermediary", "broad", "Finance means only brokers who collect premium."),
)
NOT_THE_SAME = (
    ("sales/account", "finance/account", "A company that is looked after is not a record in the ledger."),
    ("it/policy", "enterprise/insurance-contract", "IT's policy is a rule a system enforces."),
    ("it/claim", "enterprise/insurance-claim", "IT's claim is a statement in a security token."),
    ("sales/claim", "enterprise/insurance-claim", "Sales' claim is made in advertising."),
    ("finance/premium", "enterprise/insurance-premium", "Revenue earned by the day is not what is owed for a year."),
)
"""As the gold of the example organisation argues it."""


def tell(where: Path) -> None:
    """Build three departments and the hub, and print the account."""
    _tell(where, CHAPTERS)


def tell_all(where: Path) -> None:
    """Build the whole organisation, ten departments and their supervisor, and print where they disagree."""
    _tell(where, WHOLE)


def _tell(where: Path, chapters: Sequence[Callable[[Story], None]]) -> None:
    story = Story(where)
    try:
        for number, chapter in enumerate(chapters, 1):
            title = (chapter.__doc__ or "").partition(".")[0]
            line()
            heading(f"{number}. {title}")
            line()
            chapter(story)
    finally:
        story.close()


def _words(story: Story) -> None:
    """Three departments and a hub bring their words."""
    add_departments(story, TOLD)
    _people(story)
    _imported({one.key: import_vocabulary(story, one) for one in VOCABULARIES if one.key in ("enterprise", *TOLD)})


def _imported(reports: dict[str, SchemeImported]) -> None:
    rows = []
    for one in VOCABULARIES:
        if one.key in reports:
            done = reports[one.key]
            kept = f"{done.quads_kept:,} of {done.quads_read:,}"
            rows.append((one.key, one.kind, one.owner or "-", done.concepts, done.statuses.get("deprecated", 0), kept))
    table(("vocabulary", "kind", "owner", "concepts", "deprecated", "triples kept"), rows)


def _people(story: Story) -> None:
    for handle, department in STEWARDS.items():
        story.call(principals.ADD, handle=handle, kind="person", name=f"{handle.capitalize()}, steward of {department}")
        for role in ("steward", "approver"):
            story.call(principals.GRANT, principal=handle, role=role, department=department)


def _disagreements(story: Story) -> None:
    """Where they disagree, found by comparing the vocabularies."""
    _found(story)
    wanted = (("homonym", "account"), ("opposite_hierarchy", "tariff"), ("synonym_without_mapping", "intermediary"))
    for kind, label in wanted:
        listed = story.call(conflicts.LIST, kind=kind, limit=500).conflicts
        matching = [one for one in listed if label in (None, one.label_key)]
        if matching:
            line()
            _conflict(matching[0])


def _found(story: Story) -> None:
    found = story.call(conflicts.FIND)
    kinds = ", ".join(f"{count} {kind.replace('_', ' ')}" for kind, count in found.kinds.items())
    said = f"{found.standing} conflicts between {found.pairs} pairs of vocabularies: {kinds}."
    line(fill(said, 96, initial_indent="  ", subsequent_indent="  "))


def _conflict(found: Any) -> None:
    heading(f"  {found.kind.replace('_', ' ')}: {found.label_key}")
    for side in found.sides:
        name = f"{side.pref_label} ({side.owner or side.scheme})"
        line(
            fill(f"{name}: {side.definition or 'no definition'}", 96, initial_indent="    ", subsequent_indent="      ")
        )


def _mapped(story: Story) -> None:
    """Suggestions, decided by both sides."""
    for subject, object_, predicate, reason in AGREED:
        _agree(story, subject, object_, predicate, reason)
    line()
    for subject, object_, reason in NOT_THE_SAME:
        story.call(mappings.REJECT, _sides(subject, object_)[0], subject=subject, object=object_, reason=reason)
        line(f"  not the same  {subject} and {object_}: {reason}")
    line()
    offered = story.call(mappings.SUGGEST, scheme="sales", other="finance", limit=1000)
    pairs = {(one.subject, one.object) for one in offered.candidates}
    again = ("sales/account", "finance/account") in pairs
    line(f"  Asked again, {'it offers' if again else 'it no longer offers'} sales/account for finance/account.")


def _agree(story: Story, subject: str, object_: str, predicate: str, reason: str) -> None:
    evidence = _evidence(story, subject, object_)
    left, right = _sides(subject, object_)
    one = {"subject": subject, "object": object_, "predicate": predicate, "reason": reason}
    first = story.call(mappings.APPROVE, left, **one).mapping
    second = story.call(mappings.APPROVE, right, **one).mapping
    line(f"  {predicate:<6} {subject} = {object_}  ({evidence})")
    line(f"         {left}: {first.state.replace('_', ' ')}, {right}: {second.state}. {reason}")


def _evidence(story: Story, subject: str, object_: str) -> str:
    scheme, other = subject.partition("/")[0], object_.partition("/")[0]
    offered = story.call(mappings.SUGGEST, scheme=scheme, other=other, limit=1000).candidates
    for one in offered:
        if (one.subject, one.object) == (subject, object_):
            said = one.evidence
            matched = f"“{said.subject_match.text}” ~ “{said.object_match.text}”"
            return "; ".join([f"{one.confidence:.2f}: {matched}, {said.rule}", *said.warnings])
    return "not suggested"


def _sides(subject: str, object_: str) -> tuple[str, str]:
    spoken = {department: handle for handle, department in STEWARDS.items()}
    of = {"enterprise": "nordhaven"}
    ends = [reference.partition("/")[0] for reference in (subject, object_)]
    return spoken[of.get(ends[0], ends[0])], spoken[of.get(ends[1], ends[1])]


def _resolved(story: Story) -> None:
    """One word, asked by three departments."""
    for department in (*TOLD, None):
        _answer(story, "account", department)
    line()
    _answer(story, "policy", "sales")
    _answer(story, "loss ratio", None)
    _answer(story, "Schadenquote", "finance")


def _answer(story: Story, term: str, department: str | None) -> None:
    fields = {"term": term, **({"department": department} if department else {})}
    found = story.call(resolution.RESOLVE, **fields)
    asked = f"“{term}” asked by {department}" if department else f"“{term}” asked by nobody in particular"
    heading(f"  {asked}: {found.outcome.value}, {'safe to use' if found.safe_to_use else 'not safe to use'}")
    if found.winner:
        said = f"{found.winner.pref_label} ({found.winner.scheme}): {found.winner.definition}"
        line(fill(said, 96, initial_indent="    ", subsequent_indent="    "))
    elif found.question:
        line(fill(found.question.text, 96, initial_indent="    ", subsequent_indent="    "))
    line(fill(f"because {found.because[-1]}", 96, initial_indent="    ", subsequent_indent="    "))


def _validated(story: Story) -> None:
    """Three content sources against one profile, with repairs."""
    rows, worst = [], Findings()
    for key in SOURCES:
        findings = _feed(story, key, register_source(story, key, ("enterprise", *TOLD)), worst)
        counts = findings.counts
        auto = sum(group.auto for group in findings.groups.values())
        rows.append((key, findings.records, findings.conforming, counts["violation"], counts["warning"], auto))
    table(("source", "records", "conform", "violations", "warnings", "repaired without a person"), rows)
    for group in _telling(worst)[:4]:
        _problem(group)


def _feed(story: Story, key: str, file: Path, worst: Findings) -> Findings:
    findings = Findings()
    with file.open("rb") as stream:
        answered = story.call(validation.STREAM, None, stream, source=key)
        for text in answered.read().splitlines():
            report = orjson.loads(text)
            if "summary" not in report:
                findings.add(report)
                worst.add(report)
    return findings


def _telling(found: Findings) -> list[Group]:
    """The worst problems that can be repaired, one for each thing that is wrong."""
    told: dict[str, Group] = {}
    for group in found.worst_first():
        if group.example.get("repair"):
            told.setdefault(str(group.example["message"]), group)
    return list(told.values())


def _problem(group: Group) -> None:
    said = group.example
    line()
    heading(f"  {said['severity']} at {said['pointer'] or said['path']}, {group.count} times")
    line(fill(str(said["message"]), 96, initial_indent="    ", subsequent_indent="    "))
    line(f"    found: {shorten(str(said['value']), 80)}")
    if said.get("repair"):
        line(fill(f"repair: {said['repair']['explanation']}", 96, initial_indent="    ", subsequent_indent="    "))
        for step in said["repair"]["patch"]:
            line(f"      {orjson.dumps(step).decode()}")


def _covered(story: Story) -> None:
    """How much of the integration arithmetic is covered."""
    report = story.call(coordination.REPORT)
    table(
        ("departments", "shared meanings", "agreed", "settled as different", "discussed", "nobody looked", "covered"),
        [
            (f"{p.one} - {p.other}", p.shared, p.agreed, p.different, p.disputed, p.untouched, _share(p.coverage))
            for p in report.pairs
        ],
    )
    line()
    line(f"  {report.open_conflicts} conflicts are open; {report.sources_bound} of {report.sources} sources are bound.")
    whole = story.call(coordination.MODEL, departments=10, use_cases=25, sources=20)
    parts = (whole.alignment_pairs, whole.source_pairs, whole.use_case_points, whole.governance_touchpoints)
    line("  With ten departments, 25 use cases and 20 sources the points to integrate would be "
         f"{' + '.join(map(str, parts))} = {whole.total}.")  # fmt: skip


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.0%}"


def _next(story: Story) -> None:
    """Go on yourself."""
    records = bundled("examples") / "sources" / "crm" / "records.ndjson"
    _commands(story.where, (
        "conflict list --department sales",
        "mapping suggest it enterprise",
        "concept show finance/account",
        "resolve churn --department sales",
        f"validate {_near(records)} --source crm",
        "audit verify",
        "serve",
    ))  # fmt: skip
    line()
    line("  These were three departments; all ten, and what they disagree on, are built by")
    line()
    _commands(Path("nordhaven-registry"), ("demo --all",))


def _everybody(story: Story) -> None:
    """Ten departments, a hub and a supervisor bring their words."""
    _imported(import_all(story))


def _most_disputed(story: Story) -> None:
    """Where they disagree, and about which words most."""
    _found(story)
    counted: dict[str, set[str]] = {}
    listed = story.call(conflicts.LIST, kind="homonym", limit=1000).conflicts
    for one in listed:
        counted.setdefault(one.label_key or "", set()).update(side.scheme for side in one.sides)
    line()
    most = sorted(counted.items(), key=lambda item: (-len(item[1]), item[0]))[:10]
    table(("word", "vocabularies", "which"), [(label, len(keys), ", ".join(sorted(keys))) for label, keys in most])
    line()
    _definitions(story, most[0][0])


def _definitions(story: Story, term: str) -> None:
    """What a word means to each, from the one answer that asks back."""
    asked = story.call(resolution.RESOLVE, term=term)
    heading(f"  “{term}” asked by nobody in particular: {asked.outcome.value}")
    for one in asked.alternatives:
        said = f"{one.pref_label} ({one.scheme}): {one.definition}"
        line(fill(said, 96, initial_indent="    ", subsequent_indent="      "))


def _next_of_all(story: Story) -> None:
    """Go on yourself."""
    _commands(story.where, (
        "conflict list --department underwriting --kind homonym",
        "mapping suggest claims underwriting",
        "resolve capacity --department hr",
        "coordination report",
        "serve",
    ))  # fmt: skip


def _commands(where: Path, commands: Sequence[str]) -> None:
    for command in commands:
        line(f"  lexicord --registry {where} {command}")


def _near(path: Path) -> Path:
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


CHAPTERS: tuple[Callable[[Story], None], ...] = (
    _words, _disagreements, _mapped, _resolved, _validated, _covered, _next,
)  # fmt: skip
"""The account, in order."""

WHOLE: tuple[Callable[[Story], None], ...] = (_everybody, _most_disputed, _next_of_all)
"""The account of all ten."""
