"""`lexicord coordination`."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.output import fields, heading, line, note, table
from cli.session import answer, call
from registry.contract import coordination as rows
from registry.contract.coordination import CoordinationReport, IntegrationPoints, ModelCoordination, PairCoverage
from registry.contract.operation import parse

app = typer.Typer(add_completion=False, no_args_is_help=True, help="How much of the integration arithmetic is covered.")


@app.command()
def model(
    departments: Annotated[int, typer.Option(help="How many departments.")],
    use_cases: Annotated[int, typer.Option(help="How many AI use cases.")],
    sources: Annotated[int, typer.Option(help="How many content sources.")],
    relevance: Annotated[float | None, typer.Option(help="Share of the sources that a use case touches.")] = None,
) -> None:
    """Count the integration points of an organisation; needs no registry."""
    from registry.services.integration_points import model as count

    given = {"departments": departments, "use_cases": use_cases, "sources": sources, "relevance": relevance}
    answer(count(None, parse(ModelCoordination, given)), _modelled)


@app.command()
def report() -> None:
    """Report which concepts that two departments both use are agreed, disputed or untouched."""
    answer(call(rows.REPORT), _reported)


def _modelled(found: IntegrationPoints) -> None:
    named = (("alignment pairs", "alignment_pairs"), ("source pairs", "source_pairs"),
             ("use-case points", "use_case_points"), ("governance touchpoints", "governance_touchpoints"))  # fmt: skip
    table(
        ("integration points", "count", "formula"),
        [(name, f"{getattr(found, key):,}", found.formulas[key]) for name, key in named],
    )
    line()
    line(f"In total {found.total:,}: {' + '.join(f'{getattr(found, key):,}' for _, key in named)} = {found.total:,}")
    line(f"Relevance {found.relevance:g}. With every department mapped to one hub, {found.with_hub:,} alignments "
         f"instead of {found.alignment_pairs:,}.")  # fmt: skip


def _reported(found: CoordinationReport) -> None:
    heading("Do the departments mean the same?")
    line(f"  {_sentence(found)}")
    line()
    table(
        ("departments", "shared", "agreed", "by hub", "settled as different", "in discussion", "untouched", "covered"),
        [_row(pair) for pair in found.pairs],
        empty="  No two departments use a label in common yet.",
    )
    if found.pairs_without_overlap:
        note(f"{found.pairs_without_overlap} pairs of departments share no label and no mapping yet.")
    line()
    fields([
        ("departments", f"{found.departments}, {found.departments_with_vocabulary} with a vocabulary of their own "
                        f"({found.points.alignment_pairs} pairs that have to agree)"),
        ("sources bound", f"{found.sources_bound} of {found.sources} have a profile and a vocabulary"),
        ("mappings", [f"{count} {state.replace('_', ' ')}" for state, count in found.mappings.items()]),
        ("open conflicts", found.open_conflicts),
        ("  by age", [f"{age.conflicts} {age.age}" for age in found.ages]),
    ])  # fmt: skip
    _what_next(found)


def _sentence(found: CoordinationReport) -> str:
    if not found.shared:
        return "Nothing can be said yet: no two departments share a label or a mapping."
    return (
        f"Of {found.shared} meanings that two departments share, {found.agreed} are agreed, {found.different} settled "
        f"as different, {found.disputed} in discussion, {found.untouched} untouched: "
        f"{_percent(found.coverage)} covered."
    )


def _row(pair: PairCoverage) -> tuple[object, ...]:
    return (f"{pair.one} - {pair.other}", pair.shared, pair.agreed, pair.through_hub, pair.different, pair.disputed,
            pair.untouched, _percent(pair.coverage))  # fmt: skip


def _percent(share: float | None) -> str:
    return "" if share is None else f"{share:.0%}"


def _what_next(found: CoordinationReport) -> None:
    if found.untouched > found.open_conflicts:
        note("Put what nobody has looked at on the register with: lexicord conflict find")
    elif found.untouched or found.disputed:
        note("See what is open with: lexicord conflict list")
