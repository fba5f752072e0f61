"""How suggestions and mappings look to people."""

from __future__ import annotations

from cli.output import fields, heading, line, note, table
from registry.contract.mapping_exchange import MappingsImported
from registry.contract.mapping_reasoning import InferredMappings, MappingCheck, Step
from registry.contract.mappings import Band, Candidate, Candidates, Evaluation, Mapping, Mappings, MappingWritten


def suggested(found: Candidates) -> None:
    """Suggestions, each with its evidence."""
    if not found.common_languages:
        note("The two vocabularies have no language in common; only spelling can bring them together.")
    for candidate in found.candidates:
        show_candidate(candidate)
    shown = len(found.candidates)
    if not shown:
        line("Nothing to suggest.")
    elif shown < found.total:
        note(f"{shown} of {found.total}; see more with --limit.")
    if shown:
        note("Decide with: lexicord mapping suggest SCHEME OTHER --review, or mapping approve SUBJECT OBJECT")


def show_candidate(found: Candidate) -> None:
    """One suggestion: both ends side by side, what matched, what else was considered, what to beware of."""
    said = found.evidence
    heading(f"{found.confidence:.2f}  {found.subject_label}  =  {found.object_label}")
    line(f"      {found.subject}  {found.predicate_id}  {found.object}")
    matched = (
        f"{said.subject_match.text} ({said.subject_match.kind}) ~ {said.object_match.text} ({said.object_match.kind})"
    )
    rivals = [f"{rival.object_label} {rival.confidence:.2f}" for rival in said.competing]
    fields([("    matched", f"{matched}, {said.rule}"), ("    here", said.subject_definition),
            ("    there", said.object_definition), ("    above here", said.subject_broader),
            ("    above there", said.object_broader), ("    beside here", said.subject_siblings),
            ("    beside there", said.object_siblings), ("    neighbours", said.structure and f"{said.structure:.2f}"),
            ("    rivals", rivals), ("    margin", f"{said.margin:+.2f}" if rivals else None),
            ("    rules", said.token_rules), ("    beware", said.warnings)])  # fmt: skip


def listed(found: Mappings) -> None:
    """Mappings as a table."""
    table(
        ("subject", "label", "match", "object", "label", "state", "waiting for"),
        [
            (m.subject, m.subject_label, m.predicate_id.removeprefix("skos:").removesuffix("Match"), m.object,
             m.object_label, m.state.replace("_", " "), m.waiting_for)
            for m in found.mappings
        ],
        empty="No mappings. Find some with: lexicord mapping suggest SCHEME OTHER",
    )  # fmt: skip
    if found.next:
        note(f"{len(found.mappings)} of {found.total}; go on with --cursor {found.next}")


def written(answer: MappingWritten) -> None:
    """A mapping after a change."""
    mapping = answer.mapping
    line(f"{mapping.subject} {mapping.predicate_id} {mapping.object}: {_state(mapping)}")
    fields([("mapping", mapping.iri), ("reason", mapping.rejection_reason), ("mismatch", mapping.mismatch)])


def _state(mapping: Mapping) -> str:
    if mapping.waiting_for:
        return f"{mapping.state.replace('_', ' ')}, waiting for {' and '.join(mapping.waiting_for)}."
    return f"{mapping.state.replace('_', ' ')}."


def inferred(found: InferredMappings) -> None:
    """What follows from mappings, each with its path."""
    for one in found.mappings:
        line(f"{one.subject} ({one.subject_label}) {one.predicate_id} {one.object} ({one.object_label})")
        line(f"    from {'; '.join(map(_step, one.path))}")
    if not found.mappings:
        line("Nothing follows from the approved mappings.")
    if found.next:
        note(f"{len(found.mappings)} of {found.total}; go on with --cursor {found.next}")


def checked(found: MappingCheck) -> None:
    """Contradictions, each with the mappings behind it."""
    for result in found.results:
        heading(f"{result.kind.replace('_', ' ')}: {result.message}")
        for step in result.path:
            line(f"    {_step(step)}")
    line(f"{found.mappings} mappings, {len(found.results)} contradictions.")


def _step(step: Step) -> str:
    word = ("not " if step.negative else "") + step.predicate_id.removeprefix("skos:").removesuffix("Match")
    return f"{step.subject} {word} {step.object}"


LEFT_OUT_SHOWN = 20
"""Rows left out that are told one by one."""


def imported(found: MappingsImported) -> None:
    """What became of the rows of a file."""
    line(f"{found.rows} rows.")
    fields([("put forward", found.suggested), ("rejected", found.rejected or None), ("unsure", found.unsure or None),
            ("no match", found.no_match or None), ("unchanged", found.unchanged or None),
            ("left out", len(found.left_out) or None)])  # fmt: skip
    for row in found.left_out[:LEFT_OUT_SHOWN]:
        note(f"line {row.line}: {row.reason}")
    if len(found.left_out) > LEFT_OUT_SHOWN:
        note(f"and {len(found.left_out) - LEFT_OUT_SHOWN} more; see all with --output json.")


def evaluated(found: Evaluation) -> None:
    """Measures against mappings known to be right."""
    heading(f"{found.subjects:,} subjects, {found.objects:,} objects, {found.gold:,} right pairs")
    fields([
        ("precision", f"{found.precision:.3f}  ({found.correct} of {found.selected} selected)"),
        ("recall", f"{found.recall:.3f}"), ("F1", f"{found.f1:.3f}"),
        *((f"recall@{k}", f"{share:.3f}") for k, share in found.recall_at.items()),
        ("threshold", found.threshold), ("time", f"{found.cpu_seconds:.1f} s CPU, {found.peak_mb:.0f} MB at most"),
    ])  # fmt: skip
    line()
    table(
        ("confidence", "selected", "right", "precision"),
        [_band(band) for band in found.bands if band.candidates],
    )
    if found.gold_unknown:
        note(f"{found.gold_unknown} right pairs have an end in neither vocabulary; they count as missed.")


def _band(band: Band) -> tuple[object, ...]:
    share = "" if band.precision is None else f"{band.precision:.3f}"
    return f"{band.at_least:.2f} to {band.below:.2f}", band.candidates, band.correct, share
