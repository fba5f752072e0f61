"""Labels: what people cannot read, find or tell apart."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator

from pyoxigraph import Literal

from registry.rdf.terms import local_name
from registry.skos import names
from registry.skos.checks.catalogue import Check, Policy, Problem, Scope
from registry.skos.languages import is_language
from registry.skos.values import Resource, Severity, in_name_order, literals

_EXTRA_SPACE = re.compile(r"\A\s|\s\Z|\s\s")
# Joiners are letters' business in Indic and Persian writing, and a soft hyphen is a typesetter's.
_HARMLESS = frozenset("\u200c\u200d\u00ad")
_UNPRINTABLE = frozenset({"Cc", "Cf", "Co", "Cn", "Cs", "Zl", "Zp"})
_NAMED_AT_MOST = 3


def _empty_label(scope: Scope) -> Iterator[Problem]:
    for concept, kind, label in _all_labels(scope):
        if not label.value.strip():
            yield concept, f"has an empty {kind}", "Remove it, or write the label."


def _missing_label(scope: Scope) -> Iterator[Problem]:
    labelled = set().union(*scope.index.labels.values())
    for concept in scope.index.live - labelled:
        known = [label.value for label in literals(scope.index.objects(concept, names.RDFS_LABEL))]
        hint = f", only the rdfs:label {min(known)!r}" if known else ""
        yield concept, f"has no SKOS label{hint}", "Give it a prefLabel."
    for scheme in scope.index.schemes - labelled:
        if not _has_title(scope, scheme):
            yield scheme, "is a concept scheme without a label or title", "Give it a dcterms:title."


def _only_alt_label(scope: Scope) -> Iterator[Problem]:
    labels = scope.index.labels
    other = labels[names.ALT_LABEL].keys() | labels[names.HIDDEN_LABEL].keys()
    for concept in (other - labels[names.PREF_LABEL].keys()) & scope.index.live:
        yield concept, "has alternative labels but no prefLabel", "Say which label is preferred."


def _no_main_language_label(scope: Scope) -> Iterator[Problem]:
    language = scope.main_language
    if not scope.policy.main_language and not scope.pref_languages:
        return
    for concept, labels in scope.index.labels[names.PREF_LABEL].items():
        if concept in scope.index.live and all(label.language != language for label in labels):
            yield concept, f"has no prefLabel in the main language {language!r}", f"Add a prefLabel in {language!r}."


def _no_language_tag(scope: Scope) -> Iterator[Problem]:
    for concept, kind, label in _all_labels(scope):
        if label.language is None:
            yield concept, f"has the {kind} {label.value!r} without a language", "Say in which language it is."


def _invalid_language_tag(scope: Scope) -> Iterator[Problem]:
    for concept, kind, label in _all_labels(scope):
        if label.language is not None and not is_language(label.language):
            message = f"has the {kind} {label.value!r} in {label.language!r}, which is no language tag"
            yield concept, message, "Use a tag of BCP 47, such as en, de or pt-BR."


def _incomplete_language_coverage(scope: Scope) -> Iterator[Problem]:
    usual = {language for language, count in scope.pref_languages.items() if 2 * count >= len(scope.index.live)}
    usual.discard(scope.main_language)
    for concept, labels in scope.index.labels[names.PREF_LABEL].items():
        missing = usual - {label.language for label in labels}
        if missing and concept in scope.index.live:
            message = f"has no prefLabel in {', '.join(sorted(missing))}, as most concepts have"
            yield concept, message, "Add the missing labels."


def _no_common_language(scope: Scope) -> Iterator[Problem]:
    if scope.pref_languages and max(scope.pref_languages.values()) < len(scope.index.live):
        best, count = next(iter(scope.pref_languages.items()))
        message = f"no language has a prefLabel for every live concept; {best!r} has {count} of {len(scope.index.live)}"
        yield None, message, "Complete one language."


def _same_pref_label(scope: Scope) -> Iterator[Problem]:
    for (language, _), concepts in scope.same_pref_labels.items():
        for concept in concepts:
            yield concept, f"{_shares(scope, concept, concepts)} in {language!r}", "Qualify the labels, or merge."


def _overlapping_labels(scope: Scope) -> Iterator[Problem]:
    for key, concepts in scope.same_labels.items():
        if scope.same_pref_labels.get(key) != concepts:
            for concept in concepts:
                message = f"has the label {key[1]!r} in {key[0]!r} in common with {_others(scope, concept, concepts)}"
                yield concept, message, "Check that the concepts are not the same, and qualify the labels."


def _same_label_among_siblings(scope: Scope) -> Iterator[Problem]:
    parents = scope.index.parents
    for (language, _), concepts in scope.same_pref_labels.items():
        below: dict[Resource, set[Resource]] = defaultdict(set)
        for concept in concepts:
            for parent in parents.get(concept, ()):
                below[parent].add(concept)
        for parent, siblings in below.items():
            for concept in siblings if len(siblings) > 1 else ():
                message = f"{_shares(scope, concept, siblings)} in {language!r}, under {scope.quoted(parent)}"
                yield concept, message, "Merge the two, or tell them apart."


def _unprintable_characters(scope: Scope) -> Iterator[Problem]:
    for concept, kind, label in _all_labels(scope):
        if not label.value.isprintable() and (found := _first_unprintable(label.value)):
            yield concept, f"has the {kind} {label.value!r} with the character U+{ord(found):04X}", "Remove it."


def _extra_space(scope: Scope) -> Iterator[Problem]:
    for concept, kind, label in _all_labels(scope):
        if label.value.strip() and _EXTRA_SPACE.search(label.value):
            yield concept, f"has the {kind} {label.value!r} with extra space", "Remove the extra space."


def _mis_encoded_label(scope: Scope) -> Iterator[Problem]:
    named = (
        (subject, "rdfs:label", label)
        for subject, values in scope.index.subjects(names.RDFS_LABEL).items()
        for label in literals(values)
    )
    for concept, kind, label in (*_all_labels(scope), *named):
        if not label.value.isascii() and (meant := _meant(label.value)):
            message = f"has the {kind} {label.value!r}, which is {meant!r} read in the wrong encoding"
            yield concept, message, f"Write {meant!r}."


def _ambiguous_notation(scope: Scope) -> Iterator[Problem]:
    holders: dict[tuple[Literal, frozenset[object]], list[Resource]] = defaultdict(list)
    for concept, values in scope.index.subjects(names.NOTATION).items():
        if concept in scope.index.live:
            schemes = frozenset(scope.index.objects(concept, names.IN_SCHEME))
            for notation in literals(values):
                holders[notation, schemes].append(concept)
    for (notation, _), concepts in holders.items():
        for concept in concepts if len(concepts) > 1 else ():
            message = f"has the notation {notation.value!r} in common with {_others(scope, concept, concepts)}"
            yield concept, message, "Give each its own notation."


def _notation_pattern(scope: Scope) -> Iterator[Problem]:
    if scope.policy.notation_pattern is None:
        return
    pattern = re.compile(scope.policy.notation_pattern)
    for concept, values in scope.index.subjects(names.NOTATION).items():
        for notation in literals(values):
            if not pattern.fullmatch(notation.value):
                message = f"has the notation {notation.value!r}, which does not fit {pattern.pattern}"
                yield concept, message, "Correct the notation."


def _all_labels(scope: Scope) -> Iterator[tuple[Resource, str, Literal]]:
    for kind, subjects in scope.index.labels.items():
        name = local_name(kind.value)
        for subject, labels in subjects.items():
            for label in labels:
                yield subject, name, label


def _shares(scope: Scope, concept: Resource, concepts: Iterable[Resource]) -> str:
    return f"has the same prefLabel as {_others(scope, concept, concepts)}"


def _others(scope: Scope, concept: Resource, concepts: Iterable[Resource]) -> str:
    # A label that thousands share is named with a few of them, so that findings stay as many as concepts.
    others = in_name_order(other for other in concepts if other != concept)
    more = f" and {len(others) - _NAMED_AT_MOST} more" if len(others) > _NAMED_AT_MOST else ""
    return ", ".join(scope.quoted(other) for other in others[:_NAMED_AT_MOST]) + more


def _first_unprintable(text: str) -> str | None:
    return next((at for at in text if at not in _HARMLESS and unicodedata.category(at) in _UNPRINTABLE), None)


def _meant(text: str) -> str | None:
    """Return what a text says when its UTF-8 was once read as Windows-1252 or Latin-1, else None."""
    for encoding in ("cp1252", "latin-1"):
        try:
            return text.encode(encoding).decode("utf-8")
        except UnicodeError:
            continue
    return None


def _has_title(scope: Scope, scheme: Resource) -> bool:
    return any(scope.index.objects(scheme, title) for title in names.TITLES)


CHECKS = (
    Check(
        id="empty-label",
        severity=Severity.ERROR,
        explanation="A label has no text.",
        qskos="Empty Labels",
        fixable=True,
        run=_empty_label,
        example='ex:a a skos:Concept ; skos:prefLabel " "@en .',
        repaired='ex:a a skos:Concept ; skos:prefLabel "Account"@en .',
    ),
    Check(
        id="missing-label",
        severity=Severity.ERROR,
        explanation="A live concept or a concept scheme has no label at all.",
        qskos="Missing Labels",
        run=_missing_label,
        example="ex:a a skos:Concept .",
        repaired='ex:a a skos:Concept ; skos:prefLabel "Account"@en .',
    ),
    Check(
        id="only-alt-label",
        severity=Severity.WARNING,
        explanation="A live concept has alternative or hidden labels but no prefLabel.",
        run=_only_alt_label,
        example='ex:a a skos:Concept ; skos:altLabel "Account"@en .',
        repaired='ex:a a skos:Concept ; skos:prefLabel "Account"@en .',
    ),
    Check(
        id="no-main-language-label",
        severity=Severity.WARNING,
        explanation="A live concept has prefLabels, but none in the vocabulary's main language.",
        run=_no_main_language_label,
        example='ex:a a skos:Concept ; skos:prefLabel "Konto"@de .',
        repaired='ex:a a skos:Concept ; skos:prefLabel "Konto"@de , "Account"@en .',
        policy=Policy(main_language="en"),
    ),
    Check(
        id="no-language-tag",
        severity=Severity.WARNING,
        explanation="A label does not say in which language it is.",
        qskos="Omitted or Invalid Language Tags",
        run=_no_language_tag,
        example='ex:a a skos:Concept ; skos:prefLabel "Account" .',
        repaired='ex:a a skos:Concept ; skos:prefLabel "Account"@en .',
    ),
    Check(
        id="invalid-language-tag",
        severity=Severity.WARNING,
        explanation="A label's language tag is not well-formed, or its two letters are no language (BCP 47).",
        qskos="Omitted or Invalid Language Tags",
        run=_invalid_language_tag,
        example='ex:a a skos:Concept ; skos:prefLabel "Account"@uu .',
        repaired='ex:a a skos:Concept ; skos:prefLabel "Account"@en-gb .',
    ),
    Check(
        id="incomplete-language-coverage",
        severity=Severity.INFO,
        explanation="A live concept lacks a prefLabel in a language that at least half of the concepts have.",
        qskos="Incomplete Language Coverage",
        run=_incomplete_language_coverage,
        example='ex:a a skos:Concept ; skos:prefLabel "Account"@en , "Konto"@de . '
        'ex:b a skos:Concept ; skos:prefLabel "Lead"@en .',
        repaired='ex:a a skos:Concept ; skos:prefLabel "Account"@en , "Konto"@de . '
        'ex:b a skos:Concept ; skos:prefLabel "Lead"@en , "Kontakt"@de .',
        policy=Policy(main_language="en"),
    ),
    Check(
        id="no-common-language",
        severity=Severity.INFO,
        explanation="No language has a prefLabel for every live concept; one finding says how far the best one is.",
        qskos="No Common Languages",
        run=_no_common_language,
        example='ex:a a skos:Concept ; skos:prefLabel "Account"@en . ex:b a skos:Concept ; skos:prefLabel "Fall"@de .',
        repaired='ex:a a skos:Concept ; skos:prefLabel "Account"@en . '
        'ex:b a skos:Concept ; skos:prefLabel "Fall"@de , "Case"@en .',
    ),
    Check(
        id="same-pref-label",
        severity=Severity.WARNING,
        explanation="Two live concepts have the same prefLabel in a language; case and spacing do not count.",
        qskos="Overlapping Labels",
        run=_same_pref_label,
        example='ex:a a skos:Concept ; skos:prefLabel "Account"@en . '
        'ex:b a skos:Concept ; skos:prefLabel "account"@en .',
        repaired='ex:a a skos:Concept ; skos:prefLabel "Account (ledger)"@en . '
        'ex:b a skos:Concept ; skos:prefLabel "account"@en .',
    ),
    Check(
        id="overlapping-labels",
        severity=Severity.INFO,
        explanation="A live concept's alternative label is also a label of another.",
        qskos="Overlapping Labels",
        run=_overlapping_labels,
        example='ex:a a skos:Concept ; skos:altLabel "Client"@en . ex:b a skos:Concept ; skos:prefLabel "client"@en .',
        repaired='ex:a a skos:Concept ; skos:altLabel "Client"@en . ex:b a skos:Concept ; skos:prefLabel "Lead"@en .',
    ),
    Check(
        id="same-label-among-siblings",
        severity=Severity.WARNING,
        explanation="Two concepts under the same broader concept have the same prefLabel.",
        run=_same_label_among_siblings,
        example='ex:a a skos:Concept ; skos:broader ex:p ; skos:prefLabel "Fee"@en . '
        'ex:b a skos:Concept ; skos:broader ex:p ; skos:prefLabel "Fee"@en .',
        repaired='ex:a a skos:Concept ; skos:broader ex:p ; skos:prefLabel "Fee"@en . '
        'ex:b a skos:Concept ; skos:broader ex:q ; skos:prefLabel "Fee"@en .',
    ),
    Check(
        id="unprintable-characters",
        severity=Severity.WARNING,
        explanation="A label has control characters or others that cannot be seen.",
        qskos="Unprintable Characters in Labels",
        fixable=True,
        run=_unprintable_characters,
        example='ex:a a skos:Concept ; skos:prefLabel "Acc\\u0007ount"@en .',
        repaired='ex:a a skos:Concept ; skos:prefLabel "Account"@en .',
    ),
    Check(
        id="extra-space",
        severity=Severity.WARNING,
        explanation="A label begins or ends with space, or has several spaces in a row.",
        fixable=True,
        run=_extra_space,
        example='ex:a a skos:Concept ; skos:prefLabel "Account "@en .',
        repaired='ex:a a skos:Concept ; skos:prefLabel "Account"@en .',
    ),
    Check(
        id="mis-encoded-label",
        severity=Severity.WARNING,
        explanation="A label's letters are those of another text whose UTF-8 was read in the wrong encoding.",
        fixable=True,
        run=_mis_encoded_label,
        example='ex:a a skos:Concept ; skos:prefLabel "FlÃ¤che"@de .',
        repaired='ex:a a skos:Concept ; skos:prefLabel "Fläche"@de .',
    ),
    Check(
        id="ambiguous-notation",
        severity=Severity.WARNING,
        explanation="Two live concepts of a scheme have the same notation.",
        qskos="Ambiguous Notation References",
        run=_ambiguous_notation,
        example='ex:a a skos:Concept ; skos:notation "10" . ex:b a skos:Concept ; skos:notation "10" .',
        repaired='ex:a a skos:Concept ; skos:notation "10" . ex:b a skos:Concept ; skos:notation "11" .',
    ),
    Check(
        id="notation-pattern",
        severity=Severity.WARNING,
        explanation="A notation does not fit the pattern that the vocabulary's policy gives.",
        run=_notation_pattern,
        example='ex:a a skos:Concept ; skos:notation "10-A" .',
        repaired='ex:a a skos:Concept ; skos:notation "10.1" .',
        policy=Policy(notation_pattern=r"\d+(\.\d+)*"),
    ),
)
