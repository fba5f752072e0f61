"""`lexicord resolve`."""

from __future__ import annotations

from typing import Annotated

import typer

from cli import exits
from cli.output import fields, heading, line, note
from cli.session import answer, call, session
from registry.contract import resolution as rows
from registry.contract.resolution import Chosen, Other, Resolution
from registry.errors import InvalidInputError

app = typer.Typer(add_completion=False)

_MEANING = {
    "UNCONTESTED": "one concept answers",
    "AGREED": "the departments agree",
    "RESOLVED": "decided by authority",
    "PROVISIONAL": "decided by a fallback only",
    "AGREED_UNOWNED": "the departments agree, and nobody's concept stands for all",
    "NEEDS_CONTEXT": "it has more than one meaning",
    "NO_CANDIDATE": "nothing answers to it",
}


@app.command()
def resolve(
    term: str,
    department: Annotated[str | None, typer.Option(help="Key of the department that is asking.")] = None,
    language: Annotated[str | None, typer.Option(help="The term's language, such as en or de.")] = None,
    scheme: Annotated[list[str] | None, typer.Option(help="Only concepts of this vocabulary (repeatable).")] = None,
    include_drafts: Annotated[bool, typer.Option(help="Consider concepts not approved yet.")] = False,
) -> None:
    """Resolve a term (label, notation, IRI or SCHEME/LOCAL) to its authoritative concept, with the reason.

    Exit code 0: an answer that is safe to use; 1: none is safe; 3: nothing answers to the term.
    """
    if session().valid_at is not None:
        raise InvalidInputError(
            "Terms are resolved by what is in force at the recorded state only.",
            advice="Leave --valid-at away, or ask with --as-of what was answered then.",
        )
    found = call(rows.RESOLVE, term=term, department=department, language=language, scheme=scheme,
                 include_drafts=include_drafts)  # fmt: skip
    answer(found, _shown)
    if found.outcome == "NO_CANDIDATE":
        raise typer.Exit(exits.MISSING)
    if not found.safe_to_use:
        raise typer.Exit(exits.NEGATIVE)


def _shown(found: Resolution) -> None:
    if found.winner is not None:
        _winner(found, found.winner)
    else:
        heading(f"{found.term}: {_MEANING.get(found.outcome, found.outcome.lower())}")
    if found.question is not None:
        line()
        line(found.question.text)
        _how_to_go_on(found)
    if found.alternatives:
        line()
        heading("Agreed to be one" if found.outcome == "AGREED_UNOWNED" else "Also considered")
        for other in found.alternatives:
            _other(other)
    line()
    heading("Why")
    for reason in found.because:
        line(f"  - {reason}")
    line()
    fields([("outcome", found.outcome.value), ("safe to use", found.safe_to_use), ("decision", found.decision_id)])


def _winner(found: Resolution, winner: Chosen) -> None:
    heading(f"{winner.pref_label}  ({winner.scheme})")
    match = f"{found.match.kind.replace('_', ' ')}: {found.match.label}" if found.match else ""
    fields([("definition", winner.definition), ("owner", winner.owner), ("concept", winner.concept), ("match", match)])


def _other(other: Other) -> None:
    owner = f", {other.owner}" if other.owner not in (None, other.scheme) else ""
    line(f"  {other.pref_label}  ({other.scheme}{owner}): {other.reason}")
    fields([("  definition", other.definition), ("  concept", other.concept)])


def _how_to_go_on(found: Resolution) -> None:
    assert found.question is not None
    if found.question.about == "concept":
        note("Ask again with the concept's IRI instead of the term.")
    else:
        note(
            f"Ask again with --{found.question.about} and one of: {', '.join(o.value for o in found.question.options)}"
        )
