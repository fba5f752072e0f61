"""`lexicord mapping`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from cli.documents import write_document
from cli.output import fields, heading, line, note, table
from cli.session import answer, call
from registry.contract import mappings as rows
from registry.contract.mappings import Band, Candidate, Candidates, Evaluation, Mapping, Mappings, MappingWritten

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Mappings between vocabularies.")

Subject = Annotated[
    str, typer.Argument(metavar="SUBJECT", help="A concept (SCHEME/LOCAL or IRI), or the mapping's IRI.")
]
Object = Annotated[str | None, typer.Argument(metavar="[OBJECT]", help="The other concept.")]
Predicate = Annotated[str | None, typer.Option(metavar="exact|close|broad|narrow|related", help="How they match.")]
Reason = Annotated[str | None, typer.Option(help="Why.")]
Reconsider = Annotated[bool, typer.Option("--reconsider", help="Although it was rejected.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would change, and change nothing.")]


@app.command()
def suggest(
    scheme: Annotated[str, typer.Argument(metavar="SCHEME", help="Key of the subjects' vocabulary.")],
    other: Annotated[str, typer.Argument(metavar="OTHER", help="Key of the objects' vocabulary.")],
    limit: Annotated[int, typer.Option(help="How many at most.")] = 50,
    min_confidence: Annotated[float, typer.Option(help="Leave out what is less confident.")] = 0.5,
) -> None:
    """Suggest mappings between two vocabularies, each with its evidence."""
    answer(call(rows.SUGGEST, scheme=scheme, other=other, limit=limit, min_confidence=min_confidence), _suggested)


@app.command("list")
def find(
    scheme: Annotated[str | None, typer.Option(help="One end lies in this vocabulary.")] = None,
    other: Annotated[str | None, typer.Option("--with", help="The other end lies in that one.")] = None,
    state: Annotated[
        str | None,
        typer.Option(
            metavar="suggested|one_sided|approved|needs_review|rejected|withdrawn", help="Only in this state."
        ),
    ] = None,
    limit: Annotated[int, typer.Option(help="How many at most.")] = 50,
    cursor: Annotated[str | None, typer.Option(help="Where to go on.")] = None,
) -> None:
    """List mappings."""
    answer(call(rows.LIST, scheme=scheme, other=other, state=state, limit=limit, cursor=cursor), _listed)


@app.command()
def add(
    subject: Annotated[str, typer.Argument(help="A concept: SCHEME/LOCAL or IRI.")],
    object_: Annotated[str, typer.Argument(metavar="OBJECT", help="A concept of another vocabulary.")],
    predicate: Predicate = "exact",
    confidence: Annotated[float | None, typer.Option(help="From 0 to 1.")] = None,
    reason: Reason = None,
    reconsider: Reconsider = False,
    dry_run: DryRun = False,
) -> None:
    """Put a mapping forward."""
    answer(call(rows.ADD, subject=subject, object=object_, predicate=predicate, confidence=confidence, reason=reason,
                reconsider=reconsider, dry_run=dry_run), _written)  # fmt: skip


@app.command()
def approve(
    subject: Subject,
    object_: Object = None,
    predicate: Predicate = None,
    confidence: Annotated[float | None, typer.Option(help="From 0 to 1.")] = None,
    reason: Reason = None,
    reconsider: Reconsider = False,
    dry_run: DryRun = False,
) -> None:
    """Approve a mapping for every side you may approve for."""
    answer(call(rows.APPROVE, **_named(subject, object_), predicate=predicate, confidence=confidence, reason=reason,
                reconsider=reconsider, dry_run=dry_run), _written)  # fmt: skip


@app.command()
def reject(
    subject: Subject,
    reason: Annotated[str, typer.Option(help="Why the two do not match.")],
    object_: Object = None,
    predicate: Predicate = None,
    dry_run: DryRun = False,
) -> None:
    """Reject a mapping or a suggested pair; it is not offered again."""
    answer(call(rows.REJECT, **_named(subject, object_), predicate=predicate, reason=reason, dry_run=dry_run),
           _written)  # fmt: skip


@app.command()
def withdraw(
    subject: Subject,
    object_: Object = None,
    predicate: Predicate = None,
    reason: Reason = None,
    dry_run: DryRun = False,
) -> None:
    """Take a mapping back."""
    answer(call(rows.WITHDRAW, **_named(subject, object_), predicate=predicate, reason=reason, dry_run=dry_run),
           _written)  # fmt: skip


@app.command()
def export(
    scheme: Annotated[str, typer.Option(help="Key of the subjects' vocabulary.")],
    other: Annotated[str, typer.Option("--with", help="Key of the objects' vocabulary.")],
    negatives: Annotated[bool, typer.Option("--negatives", help="The rejected ones instead.")] = False,
    format_name: Annotated[str, typer.Option("--format", metavar="sssom")] = "sssom",
    to: Annotated[Path | None, typer.Option(help="The file to write; stdout when left away.")] = None,
) -> None:
    """Export the approved mappings between two vocabularies as SSSOM."""
    document = call(rows.EXPORT, scheme=scheme, other=other, negatives=negatives, format=format_name)
    write_document(document, to)


@app.command("eval")
def evaluate(
    source: Annotated[str, typer.Option("--from", metavar="FILE|SCHEME", help="The subjects' vocabulary.")],
    target: Annotated[str, typer.Option("--to", metavar="FILE|SCHEME", help="The objects' vocabulary.")],
    gold: Annotated[str, typer.Option(metavar="FILE", help="What is right: SSSOM TSV or Alignment API.")],
    cardinality: Annotated[str, typer.Option(metavar="one-to-one|many-to-one")] = "one-to-one",
    threshold: Annotated[str, typer.Option(metavar="auto|X", help="The least confidence that counts.")] = "auto",
) -> None:
    """Measure suggested mappings against ones known to be right; files need no registry."""
    from cli.evaluating import evaluated

    answer(evaluated(source, target, gold, cardinality, threshold), _evaluated)


def _named(subject: str, object_: str | None) -> dict[str, Any]:
    return {"mapping": subject} if object_ is None else {"subject": subject, "object": object_}


def _suggested(found: Candidates) -> None:
    if not found.common_languages:
        note("The two vocabularies have no language in common; only spelling can bring them together.")
    for candidate in found.candidates:
        _candidate(candidate)
    shown = len(found.candidates)
    if not shown:
        line("Nothing to suggest.")
    elif shown < found.total:
        note(f"{shown} of {found.total}; see more with --limit.")
    if shown:
        note("Decide with: lexicord mapping approve SUBJECT OBJECT, or reject SUBJECT OBJECT --reason WHY")


def _candidate(found: Candidate) -> None:
    said = found.evidence
    heading(f"{found.confidence:.2f}  {found.subject_label}  =  {found.object_label}")
    line(f"      {found.subject}  {found.predicate_id}  {found.object}")
    matched = (
        f"{said.subject_match.text} ({said.subject_match.kind}) ~ {said.object_match.text} ({said.object_match.kind})"
    )
    rivals = [f"{rival.object_label} {rival.confidence:.2f}" for rival in said.competing]
    fields([("    matched", f"{matched}, {said.rule}"), ("    here", said.subject_definition),
            ("    there", said.object_definition), ("    neighbours", said.structure and f"{said.structure:.2f}"),
            ("    rivals", rivals), ("    beware", said.warnings)])  # fmt: skip


def _listed(found: Mappings) -> None:
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


def _written(written: MappingWritten) -> None:
    mapping = written.mapping
    line(f"{mapping.subject} {mapping.predicate_id} {mapping.object}: {_state(mapping)}")
    fields([("mapping", mapping.iri), ("reason", mapping.rejection_reason)])


def _state(mapping: Mapping) -> str:
    if mapping.waiting_for:
        return f"{mapping.state.replace('_', ' ')}, waiting for {' and '.join(mapping.waiting_for)}."
    return f"{mapping.state.replace('_', ' ')}."


def _evaluated(found: Evaluation) -> None:
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
