"""What a batch of records adds to a day's figures, in the dimensions of the Data Quality Vocabulary (DQV).

Completeness and conformance for each property, conformance and uniqueness of records, volume, the use of vocabularies
(preferred, alternative, deprecated, ambiguous, unknown), and how often each value of a short list occurs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from registry.rdf.text import fold_label
from registry.services.taxonomies import Taxonomy
from registry.store.submitted import Measure

if TYPE_CHECKING:
    from registry.services.checking import Checker

MOST_VALUES = 50
"""Different values of a property in one batch up to which they are counted one by one."""
USES = ("preferred", "alternative", "deprecated", "ambiguous", "unknown")
_LONGEST = 200


class Meter:
    """Adds up what records of one source show."""

    def __init__(self, checker: Checker) -> None:
        self._checker = checker
        self._records = 0
        self._conforming = 0
        self._nodes: set[str] = set()
        self._present: Counter[str] = Counter()
        self._wrong: Counter[str] = Counter()
        self._values: dict[str, Counter[str]] = {}
        context = checker.context
        self._fields = {name: rule.property.value for name, rule in context.fields.items()
                        if name not in context.prefixes}  # fmt: skip

    def add(self, record: Mapping[str, Any], found: Mapping[str, Any]) -> None:
        """Take one record and its report."""
        self._records += 1
        self._conforming += bool(found["conforms"])
        self._nodes.add(found["focus_node"])
        present = {iri for name, iri in self._fields.items() if record.get(name) not in (None, "", [], {})}
        self._present.update(present)
        self._wrong.update({result["path"] for result in found["results"] if result["path"]})
        for name, iri in self._fields.items():
            counted = self._values.setdefault(iri, Counter())
            if len(counted) <= MOST_VALUES * 4:
                counted.update(_texts(record.get(name)))

    def measures(self) -> dict[Measure, tuple[int, int]]:
        """What was found: how many of how many."""
        if not self._records:
            return {}
        found = {
            Measure("", "volume"): (self._records, self._records),
            Measure("", "conformance"): (self._conforming, self._records),
            Measure("", "uniqueness"): (len(self._nodes), self._records),
        }
        for iri in sorted(set(self._fields.values())):
            found[Measure(iri, "completeness")] = (self._present[iri], self._records)
            found[Measure(iri, "conformance")] = (self._records - self._wrong[iri], self._records)
        found.update(self._uses())
        found.update(self._distribution())
        return found

    def _distribution(self) -> Iterator[tuple[Measure, tuple[int, int]]]:
        for iri, values in self._values.items():
            if 0 < len(values) <= MOST_VALUES:
                total = sum(values.values())
                yield from ((Measure(iri, "values", text[:_LONGEST]), (count, total)) for text, count in values.items())

    def _uses(self) -> Iterator[tuple[Measure, tuple[int, int]]]:
        """How the values of properties that cite concepts stand in the vocabularies."""
        for iri, values in self._values.items():
            uses: Counter[str] = Counter()
            for text, count in values.items():
                uses[use_of(self._checker.context.expand(text) or text, self._checker.taxonomy)] += count
            total = sum(uses.values())
            if self._cites(values) or total >= 2 * uses["unknown"] > 0:
                yield from ((Measure(iri, f"use-{use}"), (uses[use], total)) for use in USES)
                yield from self._unknown(iri, values)

    def _cites(self, values: Counter[str]) -> bool:
        """Whether any value is a concept's IRI: then all of them should be."""
        expand, titles = self._checker.context.expand, self._checker.taxonomy.titles
        return any((expand(text) or text) in titles for text in values)

    def _unknown(self, iri: str, values: Counter[str]) -> Iterator[tuple[Measure, tuple[int, int]]]:
        """The terms that are not used as they should be, each with its use: the stewards' worklist."""
        total = sum(values.values())
        for text, count in values.most_common(MOST_VALUES):
            use = use_of(self._checker.context.expand(text) or text, self._checker.taxonomy)
            if use in ("deprecated", "ambiguous", "unknown"):
                yield Measure(iri, f"term-{use}", text[:_LONGEST]), (count, total)


def use_of(text: str, taxonomy: Taxonomy) -> str:
    """How a value stands in the vocabularies: one of USES."""
    if text in taxonomy.retired:
        return "deprecated"
    if text in taxonomy.titles:
        return "preferred"
    cited = taxonomy.labels.get(fold_label(text), ())
    if not cited:
        return "unknown"
    if len({one.iri for one in cited if one.rank == cited[0].rank}) > 1:
        return "ambiguous"
    if cited[0].iri in taxonomy.retired:
        return "deprecated"
    return "preferred" if cited[0].rank == 0 else "alternative"


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for each in value:
            yield from _texts(each)
    elif isinstance(value, dict):
        if len(value) == 1:
            yield from _texts(next(iter(value.values())))
    elif isinstance(value, bool):
        yield str(value).lower()
    elif isinstance(value, str | int | float) and value != "":
        yield str(value)
