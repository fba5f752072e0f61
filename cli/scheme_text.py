"""What `lexicord scheme` says to people."""

from __future__ import annotations

from cli.output import fields, heading, line, note, table
from registry.contract.schemes import (
    ChangedValue,
    GroupedFinding,
    PropertyCount,
    RolledBack,
    Scheme,
    SchemeChange,
    SchemeChecked,
    SchemeDiff,
    SchemeImported,
    Schemes,
    SchemeStats,
    SchemeTree,
    SchemeWritten,
    TreeItem,
)

SHOWN_PROPERTIES = 12


def created(made: SchemeWritten) -> None:
    """A new vocabulary."""
    line(f"Registered vocabulary {made.scheme.key} ({made.scheme.title}).")
    note(f"Fill it: lexicord scheme import FILE --key {made.scheme.key}, or lexicord concept create.")


def listed(found: Schemes) -> None:
    """Vocabularies, one a row."""
    table(
        ("key", "title", "kind", "owner", "concepts", "edition", "only for"),
        [(s.key, s.title, s.kind, s.owner, f"{s.concepts:,}", s.edition, s.audience) for s in found.schemes],
        empty="No vocabularies yet. Import one with: lexicord scheme import FILE --key KEY --owner DEPARTMENT",
    )
    if found.next:
        note(f"There are more: --cursor {found.next}")


def shown(found: Scheme) -> None:
    """One vocabulary."""
    heading(found.title)
    fields([("key", found.key), ("iri", found.iri), ("kind", found.kind), ("owner", found.owner),
            ("only for", found.audience), ("edition", found.edition), ("publisher", found.publisher),
            ("licence", found.license), ("concepts", f"{found.concepts:,}"),
            ("entries", f"{found.entries:,}" if found.entries != found.concepts else None),
            ("labels", f"{found.labels:,}"), ("languages", counted(found.languages)),
            ("status", counted(found.statuses)), ("namespace", found.namespace),
            ("triples", f"{found.quads:,}"), ("version", found.version)])  # fmt: skip


def counted(counts: dict[str, int]) -> str:
    """Names with their counts, in words."""
    return ", ".join(f"{count:,} {name.replace('_', ' ') or 'without language'}" for name, count in counts.items())


def imported(done: SchemeImported) -> None:
    """The loss report."""
    tense = "Would import" if done.dry_run else "Imported"
    line(f"{tense} {done.title} as {'new ' if done.created else ''}vocabulary {done.key}.")
    more = f" ({done.entries:,} entries)" if done.entries != done.concepts else ""
    fields([("concepts", f"{done.concepts:,}{more}"), ("status", counted(done.statuses)),
            ("triples", f"{done.quads_read:,} read: {done.quads_kept:,} kept, {done.quads_changed:,} kept in "
                        f"canonical form, {done.quads_left_out:,} left out"),
            ("change", change(done)), ("seq", None if done.dry_run else done.seq)])  # fmt: skip
    lossy = [p for p in done.properties if p.left_out or p.changed]
    if lossy:
        line()
        _properties(lossy)
    if done.warnings:
        line()
        _warnings(done.warnings)


def change(done: SchemeImported) -> str:
    """What an import changes, in words."""
    if not done.added and not done.removed:
        return "none: it says what stands already"
    return f"{done.added:,} triples added, {done.removed:,} removed"


def _properties(lossy: list[PropertyCount]) -> None:
    table(("property", "read", "kept", "canonical", "left out"),
          [(p.property, p.read, p.kept, p.changed, p.left_out) for p in lossy[:SHOWN_PROPERTIES]])  # fmt: skip


def _warnings(warnings: list[GroupedFinding]) -> None:
    table(("severity", "finding", "count", "such as"),
          [(w.severity, w.check, f"{w.count:,}", _such_as(w)) for w in warnings])  # fmt: skip
    note("See every one with: lexicord scheme check KEY, or --output json.")


def _such_as(warning: GroupedFinding) -> str:
    return f"{warning.label}: {warning.message}" if warning.label else warning.message


def tree(found: SchemeTree) -> None:
    """The hierarchy, indented."""
    waiting = [(0, item) for item in reversed(found.roots)]
    while waiting:
        depth, item = waiting.pop()
        line("  " * depth + _item(item))
        waiting.extend((depth + 1, child) for child in reversed(item.children))
    if found.orphans:
        line()
        heading(f"In no hierarchy ({len(found.orphans):,})")
        for orphan in found.orphans:
            line("  " + _item(orphan))
    if not found.roots and not found.orphans:
        line("No concepts yet.")


def _item(item: TreeItem) -> str:
    marks = ["deprecated"] * item.deprecated + ["a loop, cut here"] * item.cycle
    if item.more:
        marks.append(f"{item.more:,} below")
    return f"{item.label}  [{item.local}]" + (f"  ({', '.join(marks)})" if marks else "")


def stats(found: SchemeStats) -> None:
    """A vocabulary in figures."""
    heading(found.key)
    names = ("concepts", "entries", "live", "deprecated", "top_concepts", "depth", "orphans", "definitions",
             "notations", "broader", "related", "mappings", "collections")  # fmt: skip
    fields([*((name.replace("_", " "), f"{getattr(found, name):,}") for name in names),
            ("status", counted(found.statuses)), ("triples", f"{found.quads:,}")])  # fmt: skip
    line()
    table(
        ("language", "labels", "named concepts", "coverage"),
        [(c.language or "none", f"{c.labels:,}", f"{c.pref_labels:,}", f"{c.share:.0%}") for c in found.languages],
    )


def checked(found: SchemeChecked) -> None:
    """Findings, worst first."""
    counts = found.counts
    line(f"{found.key}: {counts['error']:,} errors, {counts['warning']:,} warnings, {counts['info']:,} remarks.")
    if found.checks:
        line()
        table(("check", "found"), [(check, f"{count:,}") for check, count in found.checks.items()])
    if found.results:
        line()
        table(("severity", "check", "concept", "what", "fix"),
              [(r.severity, r.check, r.label or r.concept, r.message, r.fix) for r in found.results])  # fmt: skip
    if found.next:
        note(f"There are more: --cursor {found.next}")


def compared(found: SchemeDiff) -> None:
    """Changes, by kind."""
    line(f"{found.key}, seq {found.since} to {found.until}: {counted(found.counts) or 'no change'}.")
    if found.changes:
        line()
        table(("change", "concept", "what", "from", "to"),
              [(c.kind.replace("_", " "), c.label, _what(c), _values(c.before), _values(c.after))
               for c in found.changes])  # fmt: skip


def _what(found: SchemeChange) -> str:
    return f"{found.property or ''} {found.language or ''}".strip()


def _values(values: list[ChangedValue]) -> str:
    return ", ".join(value.label or value.text for value in values)


def rolled_back(done: RolledBack) -> None:
    """What a rollback restored."""
    tense = "Would restore" if done.dry_run else "Restored"
    line(f"{tense} {done.key} to seq {done.to}: {done.added:,} triples added, {done.removed:,} removed.")
