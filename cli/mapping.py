"""`lexicord mapping`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from cli import mapping_text
from cli.documents import write_document
from cli.output import note
from cli.session import answer, call
from registry.contract import mapping_exchange as exchange_rows
from registry.contract import mapping_reasoning as reasoning_rows
from registry.contract import mapping_review as review_rows
from registry.contract import mappings as rows

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Mappings between vocabularies.")

Subject = Annotated[
    str, typer.Argument(metavar="SUBJECT", help="A concept (SCHEME/LOCAL or IRI), or the mapping's IRI.")
]
Object = Annotated[str | None, typer.Argument(metavar="[OBJECT]", help="The other concept.")]
Predicate = Annotated[str | None, typer.Option(metavar="exact|close|broad|narrow|related", help="How they match.")]
Reason = Annotated[str | None, typer.Option(help="Why.")]
Reconsider = Annotated[bool, typer.Option("--reconsider", help="Although it was rejected.")]
Subjects = Annotated[str, typer.Argument(metavar="SCHEME", help="Key of the subjects' vocabulary.")]
Objects = Annotated[str, typer.Argument(metavar="OTHER", help="Key of the objects' vocabulary.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would change, and change nothing.")]


@app.command()
def suggest(
    scheme: Subjects,
    other: Objects,
    limit: Annotated[int, typer.Option(help="How many at most.")] = 50,
    min_confidence: Annotated[float, typer.Option(help="Leave out what scores less.")] = 0.5,
    order: Annotated[
        str | None, typer.Option(metavar="confidence|queue", help="queue: by debt removed × use × confidence.")
    ] = None,
    review: Annotated[bool, typer.Option("--review", help="Decide one after the other, a key each.")] = False,
    to: Annotated[Path | None, typer.Option(metavar="FILE.csv", help="Write them as a sheet to be filled in.")] = None,
) -> None:
    """Suggest mappings between two vocabularies, each with its evidence; decide them with --review."""
    chosen = order or ("queue" if review or to else "confidence")
    found = call(rows.SUGGEST, scheme=scheme, other=other, limit=limit, min_confidence=min_confidence, order=chosen)
    if to is not None:
        from cli.mapping_review import write_sheet
        from cli.reading import write_whole

        write_sheet(found, to, write_whole)
    elif review:
        from cli import mapping_review

        mapping_review.tell(mapping_review.review(found, other))
    else:
        answer(found, mapping_text.suggested)


@app.command("review")
def review_file(
    file: Annotated[
        str, typer.Argument(metavar="FILE.csv", help="A sheet of mapping suggest --to, filled in; - stdin.")
    ],
    dry_run: DryRun = False,
) -> None:
    """Write the decisions of a sheet; rows that cannot be written are told with their line."""
    from cli import mapping_review
    from cli.reading import opened

    with opened(file) as (document, name):
        counted, faults = mapping_review.review_sheet(document.read(), name, dry_run=dry_run)
    mapping_review.tell(counted)
    for fault in faults:
        note(fault)
    if faults:
        raise typer.Exit(1)


@app.command("audit")
def audit_band(
    scheme: Subjects,
    other: Objects,
    band: Annotated[str, typer.Option(metavar="LOW..HIGH", help="The band of scores to draw from.")] = "0.95..1",
    sample: Annotated[int, typer.Option(help="How many to draw.")] = 50,
    seed: Annotated[str | None, typer.Option(help="Another seed draws another sample.")] = None,
    show: Annotated[bool, typer.Option("--show", help="Only show what has been learnt so far.")] = False,
) -> None:
    """Judge a random sample of suggestions blind; what is learnt becomes their confidence."""
    from cli import mapping_audit

    if not show:
        low, high = mapping_audit.band_ends(band)
        drawn = call(review_rows.SAMPLE, scheme=scheme, other=other, low=low, high=high, sample=sample, seed=seed)
        mapping_audit.judge(drawn)
    answer(call(review_rows.CALIBRATION, scheme=scheme, other=other), mapping_audit.calibrated)


@app.command("accept-band")
def accept_band(
    scheme: Subjects,
    other: Objects,
    band: Annotated[str, typer.Option(metavar="LOW..HIGH", help="The band of scores to accept.")],
    target: Annotated[float, typer.Option(help="The least share that has to be right, with 95 % assurance.")] = 0.95,
    dry_run: DryRun = False,
) -> None:
    """Approve a whole band of suggestions, if judged samples prove that it is right often enough."""
    from cli import mapping_audit

    low, high = mapping_audit.band_ends(band)
    answer(call(review_rows.ACCEPT_BAND, scheme=scheme, other=other, low=low, high=high, target=target,
                dry_run=dry_run), mapping_audit.accepted)  # fmt: skip


@app.command("list")
def find(
    scheme: Annotated[str | None, typer.Option(help="One end lies in this vocabulary.")] = None,
    other: Annotated[str | None, typer.Option("--with", help="The other end lies in that one.")] = None,
    state: Annotated[
        str | None,
        typer.Option(
            metavar="suggested|one_sided|approved|needs_review|rejected|unsure|withdrawn", help="Only in this state."
        ),
    ] = None,
    limit: Annotated[int, typer.Option(help="How many at most.")] = 50,
    cursor: Annotated[str | None, typer.Option(help="Where to go on.")] = None,
) -> None:
    """List mappings."""
    answer(call(rows.LIST, scheme=scheme, other=other, state=state, limit=limit, cursor=cursor), mapping_text.listed)


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
                reconsider=reconsider, dry_run=dry_run), mapping_text.written)  # fmt: skip


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
                reconsider=reconsider, dry_run=dry_run), mapping_text.written)  # fmt: skip


@app.command()
def reject(
    subject: Subject,
    reason: Annotated[str, typer.Option(help="Why the two do not match.")],
    object_: Object = None,
    mismatch: Annotated[
        str | None,
        typer.Option(
            metavar="homonym|broader|narrower|sibling|part|facet|unit|scope|unclear|other", help="How they differ."
        ),
    ] = None,
    predicate: Predicate = None,
    dry_run: DryRun = False,
) -> None:
    """Reject a mapping or a suggested pair; it is not offered again."""
    answer(call(rows.REJECT, **_named(subject, object_), predicate=predicate, reason=reason, mismatch=mismatch,
                dry_run=dry_run), mapping_text.written)  # fmt: skip


@app.command()
def unsure(
    subject: Subject,
    object_: Object = None,
    predicate: Predicate = None,
    reason: Reason = None,
    dry_run: DryRun = False,
) -> None:
    """Leave a pair open that you cannot tell; it is not offered again until an end changes."""
    answer(call(rows.UNSURE, **_named(subject, object_), predicate=predicate, reason=reason, dry_run=dry_run),
           mapping_text.written)  # fmt: skip


@app.command("no-match")
def no_match(
    concept: Annotated[str, typer.Argument(help="A concept: SCHEME/LOCAL or IRI.")],
    scheme: Annotated[str, typer.Argument(metavar="SCHEME", help="The vocabulary that was searched.")],
    reason: Reason = None,
    dry_run: DryRun = False,
) -> None:
    """Record that a vocabulary holds no match for a concept; it is not offered any there."""
    from cli import mapping_audit

    answer(call(review_rows.NO_MATCH, concept=concept, scheme=scheme, reason=reason, dry_run=dry_run),
           mapping_audit.no_match_written)  # fmt: skip


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
           mapping_text.written)  # fmt: skip


@app.command("import")
def import_file(
    file: Annotated[str, typer.Argument(help="SSSOM (TSV or JSON), JSKOS or an alignment; - for standard input.")],
    format_name: Annotated[
        str | None,
        typer.Option("--format", metavar="sssom|sssom-json|jskos|alignment", help="Told from the file when left away."),
    ] = None,
    dry_run: DryRun = False,
) -> None:
    """Import mappings from a file: each row is put forward, or left out with its line and the reason."""
    from cli.reading import opened

    with opened(file) as (document, _):
        imported = call(exchange_rows.IMPORT, document, format=format_name, dry_run=dry_run)
    answer(imported, mapping_text.imported)


@app.command("diff")
def compare(
    before: Annotated[str, typer.Argument(metavar="FILE", help="Mappings in any format that import reads.")],
    after: Annotated[str, typer.Argument(metavar="FILE", help="Mappings to compare with them.")],
) -> None:
    """Compare two files of mappings; needs no registry, exit 1 when they differ."""
    from cli.mapping_diff import differences, shown

    found = differences(before, after)
    answer(found, shown)
    if found.added or found.removed or found.changed:
        raise typer.Exit(1)


@app.command()
def export(
    scheme: Annotated[str, typer.Option(help="Key of the subjects' vocabulary.")],
    other: Annotated[str, typer.Option("--with", help="Key of the objects' vocabulary.")],
    negatives: Annotated[bool, typer.Option("--negatives", help="The rejected ones instead.")] = False,
    state: Annotated[str | None, typer.Option(help="The ones in this state; approved.")] = None,
    format_name: Annotated[
        str, typer.Option("--format", metavar="sssom|sssom-json|jskos|rdf", help="The format.")
    ] = "sssom",
    to: Annotated[Path | None, typer.Option(help="The file to write; stdout when left away.")] = None,
) -> None:
    """Export the approved mappings between two vocabularies as SSSOM, JSKOS or RDF."""
    document = call(rows.EXPORT, scheme=scheme, other=other, negatives=negatives, state=state, format=format_name)
    write_document(document, to)


@app.command()
def infer(
    scheme: Annotated[str | None, typer.Option(help="The subject lies in this vocabulary.")] = None,
    other: Annotated[str | None, typer.Option("--with", help="The object lies in that one.")] = None,
    weak: Annotated[bool, typer.Option("--weak", help="Let close and related mappings take part.")] = False,
    limit: Annotated[int, typer.Option(help="How many at most.")] = 50,
    cursor: Annotated[str | None, typer.Option(help="Where to go on.")] = None,
) -> None:
    """Show what follows from approved mappings, each with its path; nothing is stored."""
    answer(call(reasoning_rows.INFER, scheme=scheme, other=other, weak=weak, limit=limit, cursor=cursor),
           mapping_text.inferred)  # fmt: skip


@app.command()
def check(
    scheme: Annotated[str | None, typer.Option(help="Only what concerns this vocabulary.")] = None,
    other: Annotated[str | None, typer.Option("--with", help="And that one.")] = None,
) -> None:
    """Check that mappings can all be right together; exit 1 when they cannot."""
    found = call(reasoning_rows.CHECK, scheme=scheme, other=other)
    answer(found, mapping_text.checked)
    if found.results:
        raise typer.Exit(1)


@app.command("eval")
def evaluate(
    source: Annotated[str, typer.Option("--from", metavar="FILE|SCHEME", help="The subjects' vocabulary.")],
    target: Annotated[str, typer.Option("--to", metavar="FILE|SCHEME", help="The objects' vocabulary.")],
    gold: Annotated[str, typer.Option(metavar="FILE", help="What is right: SSSOM TSV or Alignment API.")],
    cardinality: Annotated[
        str, typer.Option(metavar="one-to-one|many-to-one", help="How many one may match.")
    ] = "one-to-one",
    threshold: Annotated[str, typer.Option(metavar="auto|X", help="The least confidence that counts.")] = "auto",
) -> None:
    """Measure suggested mappings against ones known to be right; files need no registry."""
    from cli.evaluating import evaluated

    answer(evaluated(source, target, gold, cardinality, threshold), mapping_text.evaluated)


def _named(subject: str, object_: str | None) -> dict[str, Any]:
    return {"mapping": subject} if object_ is None else {"subject": subject, "object": object_}
