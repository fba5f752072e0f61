"""`lexicord authority`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from cli.output import fields, heading, line, note, table
from cli.session import answer, call
from registry.contract import authority as rows
from registry.contract.authority import (
    AreaWritten,
    AuthorityGrant,
    AuthorityGrants,
    AuthorityMap,
    DecidedValue,
    Drilled,
    Endorsed,
    GrantWritten,
    Linted,
    OverrideWritten,
    PolicyWritten,
    Scope,
    WhatIfAnswer,
)  # fmt: skip

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Authority: who is right about terms and values.")

Name = Annotated[str, typer.Argument(help="The grant's IRI or short id.")]
Concept = Annotated[str | None, typer.Option(help="Only this concept and those below it.")]
Property = Annotated[str | None, typer.Option("--property", metavar="IRI", help="Only this property.")]
EntityType = Annotated[str | None, typer.Option(metavar="IRI", help="Only things of this class.")]
Subject = Annotated[str | None, typer.Option("--subject", metavar="AREA", help="Only this subject area.")]
Jurisdiction = Annotated[str | None, typer.Option(metavar="IRI", help="Only where this law applies.")]
Usage = Annotated[str | None, typer.Option(metavar="DEPARTMENT", help="Only in this department's usage.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Check it, and record nothing.")]


@app.command()
def grant(
    holder: Annotated[str, typer.Argument(help="The department that decides; for values the content source.")],
    basis: Annotated[str, typer.Option(metavar="IRI", help="The document that says so.")],
    basis_class: Annotated[
        str, typer.Option(metavar="law|regulation|board_decision|policy|agreement", help="Its kind.")
    ],
    kind: Annotated[str | None, typer.Option(metavar="term|value", help="Over meanings or values; term.")] = None,
    tier: Annotated[str | None, typer.Option(metavar="mandate|normal|fallback", help="normal.")] = None,
    rank: Annotated[int | None, typer.Option(help="The smaller goes first among equals; 100.")] = None,
    concept: Concept = None,
    property_: Property = None,
    entity_type: EntityType = None,
    subject: Subject = None,
    jurisdiction: Jurisdiction = None,
    usage: Usage = None,
    valid_from: Annotated[str | None, typer.Option(metavar="TIME", help="With time zone.")] = None,
    valid_until: Annotated[str | None, typer.Option(metavar="TIME", help="With time zone; without grace.")] = None,
    review_by: Annotated[str | None, typer.Option(metavar="DATE", help="When somebody looks at it again.")] = None,
    delegated_from: Annotated[str | None, typer.Option(metavar="GRANT", help="The grant it is passed on from.")] = None,
    delegable: Annotated[bool, typer.Option("--delegable", help="The holder may pass it on.")] = False,
    max_depth: Annotated[int | None, typer.Option(help="How often in a row; 1.")] = None,
    arbiter: Annotated[str | None, typer.Option(metavar="DEPARTMENT", help="Who decides ties.")] = None,
    amends: Annotated[str | None, typer.Option(metavar="GRANT", help="Say this grant anew.")] = None,
    dry_run: DryRun = False,
) -> None:
    """Grant authority over terms or values, on the basis of a document."""
    made = call(
        rows.GRANT, holder=holder, basis=basis, basis_class=basis_class, kind=kind, tier=tier, rank=rank,
        concept=concept,
        property=property_, entity_type=entity_type, subject_area=subject, jurisdiction=jurisdiction, usage=usage,
        valid_from=valid_from, valid_until=valid_until, review_by=review_by, delegated_from=delegated_from,
        delegable=delegable, max_depth=max_depth, arbiter=arbiter, amends=amends, dry_run=dry_run,
    )  # fmt: skip
    answer(made, _written)


@app.command()
def revoke(grant: Name, dry_run: DryRun = False) -> None:
    """Take a grant back for good; what was passed on from it is void at once."""
    answer(call(rows.REVOKE, grant=grant, dry_run=dry_run), _written)


@app.command()
def suspend(
    grant: Name,
    resume: Annotated[bool, typer.Option("--resume", help="Let it count again.")] = False,
    dry_run: DryRun = False,
) -> None:
    """Suspend a grant, or let a suspended one count again."""
    answer(call(rows.SUSPEND, grant=grant, resume=resume, dry_run=dry_run), _written)


@app.command("list")
def find(
    holder: Annotated[str | None, typer.Option(help="Only those of this department or source.")] = None,
    kind: Annotated[
        str | None, typer.Option(metavar="term|value", help="Only over terms, or only over values.")
    ] = None,
    status: Annotated[
        str | None, typer.Option(metavar="draft|active|suspended|revoked", help="Only those in this status.")
    ] = None,
    limit: Annotated[int, typer.Option(help="How many at most.")] = 50,
    cursor: Annotated[str | None, typer.Option(help="Where to go on.")] = None,
) -> None:
    """List the authority grants."""
    answer(call(rows.LIST, holder=holder, kind=kind, status=status, limit=limit, cursor=cursor), _listed)


@app.command()
def area(
    key: str,
    label: str,
    broader: Annotated[str | None, typer.Option(metavar="AREA", help="The area above.")] = None,
    hub: Annotated[str | None, typer.Option(metavar="SCHEME", help="The hub of this area.")] = None,
    dry_run: DryRun = False,
) -> None:
    """Add a subject area, or place one below another."""
    answer(call(rows.AREA, key=key, label=label, broader=broader, hub=hub, dry_run=dry_run), _area)


@app.command()
def policy(
    strategy: Annotated[list[str] | None, typer.Option(help="In order: authority, trust, recency …")] = None,
    margin: Annotated[list[str] | None, typer.Option(metavar="STRATEGY=LEAD", help="The lead it needs.")] = None,
    property_: Property = None,
    entity_type: EntityType = None,
    subject: Subject = None,
    jurisdiction: Jurisdiction = None,
    usage: Usage = None,
    max_age_days: Annotated[int | None, typer.Option(help="Older values do not count.")] = None,
    authority_required: Annotated[
        bool, typer.Option("--authority-required", help="Only a granted source wins.")
    ] = False,
    dimension: Annotated[list[str] | None, typer.Option(help="Order that compares what is else incomparable.")] = None,
    safe_when_provisional: Annotated[bool, typer.Option("--safe-when-provisional", help="Use fallbacks.")] = False,
    safe_when_unowned: Annotated[bool, typer.Option("--safe-when-unowned", help="Use what nobody owns.")] = False,
    dry_run: DryRun = False,
) -> None:
    """Say how competing answers are decided in a scope; it replaces the policy of that scope."""
    leads = dict(one.partition("=")[::2] for one in margin or ())
    made = call(
        rows.POLICY, strategies=strategy, margins=leads or None, property=property_, entity_type=entity_type,
        subject_area=subject, jurisdiction=jurisdiction, usage=usage, max_age_days=max_age_days,
        authority_required=authority_required, dimension_order=dimension, safe_when_provisional=safe_when_provisional,
        safe_when_unowned=safe_when_unowned, dry_run=dry_run,
    )  # fmt: skip
    answer(made, _policy)


@app.command()
def endorse(
    concept: str,
    department: Annotated[str, typer.Option(help="The department that adopts it.")],
    withdraw: Annotated[bool, typer.Option("--withdraw", help="Take that back.")] = False,
    dry_run: DryRun = False,
) -> None:
    """Adopt another department's concept as one's own meaning."""
    answer(call(rows.ENDORSE, concept=concept, department=department, withdraw=withdraw, dry_run=dry_run), _endorsed)


@app.command()
def override(
    entity: str,
    property_: Annotated[str, typer.Argument(metavar="PROPERTY")],
    value: str,
    reason: Annotated[str, typer.Option(help="Why, in a sentence.")],
    until: Annotated[str, typer.Option(metavar="TIME", help="When it ends, with time zone.")],
    source: Annotated[str, typer.Option(help="The source whose claim is overridden.")],
    claimed: Annotated[str | None, typer.Option(help="What that source claims now.")] = None,
    approved_by: Annotated[str | None, typer.Option(metavar="PRINCIPAL", help="The second person.")] = None,
    break_glass: Annotated[bool, typer.Option("--break-glass", help="An emergency; reviewed within 72 hours.")] = False,
    dry_run: DryRun = False,
) -> None:
    """Pin a value for a limited time against what the sources claim."""
    made = call(
        rows.OVERRIDE, entity=entity, property=property_, value=value, reason=reason, valid_until=until,
        overridden_source=source, overridden_value=claimed, approved_by=approved_by, break_glass=break_glass,
        dry_run=dry_run,
    )  # fmt: skip
    answer(made, _overridden)


@app.command("map")
def show_map(
    kind: Annotated[
        str | None, typer.Option(metavar="term|value", help="Only over terms, or only over values.")
    ] = None,
) -> None:
    """Show who decides where, and where nobody does."""
    answer(call(rows.MAP, kind=kind), _mapped)


@app.command()
def lint() -> None:
    """Check the grants and the map; exit code 1 when there is an error."""
    found = call(rows.LINT)
    answer(found, _linted)
    if not found.healthy:
        raise typer.Exit(1)


@app.command()
def drill() -> None:
    """Try every escalation path; exit code 1 when one ends in nobody."""
    found = call(rows.DRILL)
    answer(found, _drilled)
    if found.dead_ends:
        raise typer.Exit(1)


@app.command()
def decide(
    entity: str,
    property_: Annotated[str, typer.Argument(metavar="PROPERTY")],
    claims: Annotated[Path, typer.Option(exists=True, dir_okay=False, help="A JSON list of claims.")],
    valid_at: Annotated[str, typer.Option(metavar="TIME", help="The moment the answer is for, with time zone.")],
    entity_type: EntityType = None,
    subject: Subject = None,
    jurisdiction: Jurisdiction = None,
    usage: Usage = None,
    canonical: Annotated[str | None, typer.Option(metavar="exact|text|number", help="When values are equal.")] = None,
) -> None:
    """Decide which of several claimed values is right; exit code 1 when none may be used."""
    import json

    from registry.errors import InvalidInputError

    try:
        said: Any = json.loads(claims.read_bytes())
    except ValueError as error:
        raise InvalidInputError(f"{claims} is no JSON: {error}.", advice="Give a list of claims.") from error
    found = call(
        rows.DECIDE, entity=entity, property=property_, claims=said, valid_at=valid_at, entity_type=entity_type,
        subject_area=subject, jurisdiction=jurisdiction, usage=usage, canonical=canonical,
    )  # fmt: skip
    answer(found, _decided)
    if not found.safe_to_use:
        raise typer.Exit(1)


@app.command("what-if")
def what_if(
    revoke: Annotated[str, typer.Option(metavar="GRANT", help="The grant that would be revoked.")],
    term: Annotated[list[str] | None, typer.Option(help="Terms to ask; those of the holder's concepts.")] = None,
    department: Annotated[str | None, typer.Option(help="The department that is asking.")] = None,
    subject: Subject = None,
    jurisdiction: Jurisdiction = None,
) -> None:
    """Say which answers would change if a grant were revoked."""
    answer(call(rows.WHAT_IF, revoke=revoke, terms=term, department=department, subject_area=subject,
                jurisdiction=jurisdiction), _compared)  # fmt: skip


def _written(found: GrantWritten) -> None:
    one = found.grant
    heading(f"{one.holder}: {one.tier} authority over {one.kind}s  ({one.status})")
    fields([("grant", one.id), ("scope", _scope(one.scope)), ("basis", one.basis), ("from", one.valid_from),
            ("until", one.valid_until), ("review by", one.review_by), ("passed on from", one.delegated_from),
            ("arbiter", one.arbiter)])  # fmt: skip


def _listed(found: AuthorityGrants) -> None:
    table(("id", "holder", "over", "scope", "tier", "rank", "until", "status"), [_row(one) for one in found.grants],
          empty="No grants. Owning a vocabulary is authority over its concepts for one's own usage.")  # fmt: skip
    if found.next:
        note(f"{len(found.grants)} of {found.total}; go on with --cursor {found.next}")


def _row(one: AuthorityGrant) -> tuple[Any, ...]:
    until = one.valid_until.date() if one.valid_until else None
    return (one.id, one.holder, f"{one.kind}s", _scope(one.scope), one.tier, one.rank, until, one.status)


def _area(found: AreaWritten) -> None:
    line(f"Subject area {found.key}: {found.label}{f', below {found.broader}' if found.broader else ''}.")


def _policy(found: PolicyWritten) -> None:
    line(f"For {_scope(found.scope)}: {', then '.join(_words(name) for name in found.strategies)}.")


def _endorsed(found: Endorsed) -> None:
    line(f"{found.concept} is endorsed by {', '.join(found.endorsed_by) or 'nobody'}.")


def _overridden(found: OverrideWritten) -> None:
    line(f"Pinned until {found.valid_until.isoformat()}.")
    if found.review_by:
        note(f"One person made it: it is to be reviewed by {found.review_by}.")


def _mapped(found: AuthorityMap) -> None:
    table(("over", "where", "who", "state", "until"),
          [(f"{c.kind}s", _scope(c.scope), c.holders, _words(c.state), c.until.date() if c.until else None)
           for c in found.cells], empty="Neither subject areas nor grants.")  # fmt: skip
    note(", ".join(f"{count} {_words(state)}" for state, count in found.counts.items()))


def _linted(found: Linted) -> None:
    said = [(one.severity, _words(one.rule), one.about, one.message) for one in found.findings]
    table(("severity", "rule", "about", "what"), said,
          empty="Nothing to look at.")  # fmt: skip


def _drilled(found: Drilled) -> None:
    paths = [(path.one, path.other, path.arbiter, path.people or "nobody") for path in found.paths]
    table(("between", "and", "arbiter", "people"), paths,
          empty="Fewer than two departments have a vocabulary.")  # fmt: skip
    if found.dead_ends:
        note(f"{found.dead_ends} of {len(found.paths)} paths end in nobody.")


def _decided(found: DecidedValue) -> None:
    heading(f"{found.outcome}{f': {found.value}' if found.value is not None else ''}")
    for reason in found.because:
        line(f"  {reason}")
    fields([("sources", found.sources), ("decided by", found.decided_by), ("silent", found.silent),
            ("left out", [f"{one.about} ({_words(one.reason)})" for one in found.dropped]),
            ("a sharper answer needs", [_words(name) for name in found.sharper_answer_needs]),
            ("holds until", found.valid_until), ("safe to use", found.safe_to_use),
            ("decision", found.decision_id)])  # fmt: skip
    if len(found.groups) > 1:
        table(("value", "sources", "score"), [(g.value, g.sources, g.score) for g in found.groups])


def _compared(found: WhatIfAnswer) -> None:
    table(("term", "now", "then"),
          [(o.term, _outcome(o.before, o.before_winner), _outcome(o.after, o.after_winner)) for o in found.answers],
          empty="No answer would change.")  # fmt: skip
    note(f"{found.asked} terms asked, {found.changed} answers change, {found.unresolved} become unresolved.")


def _outcome(outcome: str, winner: str | None) -> str:
    return f"{outcome} {winner}" if winner else outcome


def _scope(scope: Scope) -> str:
    said = [f"{_words(name)} {value}" for name, value in scope if value is not None]
    return ", ".join(said) or "everything"


def _words(name: str) -> str:
    return name.replace("_", " ")
