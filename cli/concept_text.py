"""What `lexicord concept` says to people."""

from __future__ import annotations

from collections.abc import Iterable

from cli.output import fields, heading, line, note, table
from registry.contract.concepts import (
    Concept,
    ConceptHistory,
    ConceptMapping,
    ConceptRef,
    Concepts,
    ConceptWritten,
)

SHOWN = 20
"""Neighbours of a kind that are listed; the rest is counted."""


def shown(found: Concept) -> None:
    """One concept: name, standing, meaning, then what is around it."""
    heading(f"{found.label}  ({(found.status or 'no status').replace('_', ' ')})")
    line(f"  {found.scheme}/{found.local}  in {found.scheme_title}, owned by {found.owner or 'nobody here'}")
    for language, text in found.definition.items():
        line(f"  {text}{_tag(language)}")
    for language, text in found.scope_note.items():
        line(f"  Scope: {text}{_tag(language)}")
    if found.replaced_by:
        line(f"  Use instead: {_refs(found.replaced_by, found.scheme)}")
    if found.reason:
        line(f"  Retired because: {found.reason}")
    line()
    fields([*_labels(found), ("notation", found.notation), ("broader", _refs(found.broader, found.scheme)),
            ("narrower", _refs(found.narrower, found.scheme)), ("related", _refs(found.related, found.scheme)),
            ("top concept of", found.top_concept_of), ("facet", found.facet),
            ("in force from", found.effective_from), ("in force until", found.effective_until),
            *(("mapping", _mapping(mapping)) for mapping in found.mappings),
            *((note.kind, note.text + _tag(note.language)) for note in found.notes),
            ("iri", found.iri), ("version", found.version)])  # fmt: skip


def _labels(found: Concept) -> list[tuple[str, str]]:
    named = [("preferred", text + _tag(language)) for language, text in found.pref_label.items()]
    also = [("also", ", ".join(texts) + _tag(language)) for language, texts in found.alt_label.items()]
    hidden = [("found by", ", ".join(texts) + _tag(language)) for language, texts in found.hidden_label.items()]
    return [*named, *also, *hidden]


def _tag(language: str) -> str:
    return f" @{language}" if language else ""


def _refs(refs: list[ConceptRef], home: str) -> str:
    named = [_ref(item, home) for item in refs[:SHOWN]]
    return ", ".join([*named, *([f"and {len(refs) - SHOWN:,} more"] if len(refs) > SHOWN else [])])


def _ref(item: ConceptRef, home: str) -> str:
    place = item.local if item.scheme == home else f"{item.scheme}/{item.local}" if item.scheme else item.iri
    return f"{item.label} [{place}]" + (" (deprecated)" if item.status == "deprecated" else "")


def _mapping(mapping: ConceptMapping) -> str:
    where = f"{mapping.label} in {mapping.scheme}" if mapping.scheme else mapping.iri
    return f"{mapping.predicate} {where} ({mapping.state.replace('_', ' ')})"


def found(answer: Concepts) -> None:
    """Concepts, best first."""
    table(("concept", "label", "matched", "as", "status", "definition"),
          [(f"{c.scheme}/{c.local}", c.label, c.matched, f"{c.match} {c.kind.replace('_', ' ')} {c.language}".rstrip(),
            (c.status or "").replace("_", " "), _short(c.definition)) for c in answer.concepts],
          empty="No concept has a label with these words.")  # fmt: skip
    if answer.next:
        note(f"{answer.total:,}{' or more' if answer.more else ''} in all; go on with --cursor {answer.next}")


def _short(text: str | None, length: int = 60) -> str:
    return "" if not text else text if len(text) <= length else text[: length - 1] + "…"


def written(done: ConceptWritten, verb: str) -> None:
    """A concept after a change."""
    line(f"{verb} {done.concept.label} [{done.concept.scheme}/{done.concept.local}], seq {done.seq}.")
    line()
    shown(done.concept)


def history(found: ConceptHistory) -> None:
    """Every change, newest first."""
    heading(found.label)
    for change in found.changes:
        line(f"  {change.seq}  {change.at[:19].replace('T', ' ')}  {change.who}  {change.operation}")
        if change.reason:
            line(f"      because: {change.reason}")
        _lines("+", change.added)
        _lines("-", change.removed)
    if found.next:
        note(f"There are more: --cursor {found.next}")


def _lines(mark: str, texts: Iterable[str]) -> None:
    for text in texts:
        line(f"      {mark} {text}")
