"""What a validation answers: reports, results, SHACL paths and repair advice, as frozen values.

Terms are pyoxigraph's and keep the lexical forms that were sent. The names are those of SHACL, section 3.6
(Validation Report), and of RFC 6902 (JSON Patch).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal, TypeAlias

import pyoxigraph as ox

Term: TypeAlias = "ox.NamedNode | ox.BlankNode | ox.Literal"


@dataclass(frozen=True, slots=True)
class InversePath:
    """The path walked from object to subject (sh:inversePath)."""

    path: Path

    def __str__(self) -> str:
        return f"^{_grouped(self.path)}"


@dataclass(frozen=True, slots=True)
class SequencePath:
    """The paths walked one after the other (an RDF list)."""

    paths: tuple[Path, ...]

    def __str__(self) -> str:
        return "/".join(_grouped(path) for path in self.paths)


@dataclass(frozen=True, slots=True)
class AlternativePath:
    """Any one of the paths (sh:alternativePath)."""

    paths: tuple[Path, ...]

    def __str__(self) -> str:
        return "|".join(_grouped(path) for path in self.paths)


@dataclass(frozen=True, slots=True)
class RepeatedPath:
    """The path walked repeatedly: `*` (sh:zeroOrMorePath), `+` (sh:oneOrMorePath) or `?` (sh:zeroOrOnePath)."""

    path: Path
    modifier: Literal["*", "+", "?"]

    def __str__(self) -> str:
        return f"{_grouped(self.path)}{self.modifier}"


Path: TypeAlias = "ox.NamedNode | InversePath | SequencePath | AlternativePath | RepeatedPath"


def path_text(path: Path) -> str:
    """Return the path in the syntax of SPARQL property paths, with full IRIs in angle brackets."""
    return str(path)


def _grouped(path: Path) -> str:
    return str(path) if isinstance(path, ox.NamedNode) else f"({path})"


@dataclass(frozen=True, slots=True)
class PatchOperation:
    """One operation of a JSON Patch (RFC 6902); `path` and `from_` are JSON Pointers (RFC 6901)."""

    op: Literal["add", "remove", "replace", "move", "copy", "test"]
    path: str
    value: Any = None
    from_: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the operation as RFC 6902 writes it: without the members its kind does not have."""
        body: dict[str, Any] = {"op": self.op, "path": self.path}
        if self.from_ is not None:
            body["from"] = self.from_
        if self.op in ("add", "replace", "test"):
            body["value"] = self.value
        return body


@dataclass(frozen=True, slots=True)
class Repair:
    """Advice that makes a result disappear: a patch, how sure it is (0 to 1) and whether a person must look first."""

    patch: tuple[PatchOperation, ...]
    repair_class: Literal["auto", "review"]
    confidence: float
    explanation: str


@dataclass(frozen=True, slots=True)
class ValidationResult:
    """One result of a validation (sh:ValidationResult), with a JSON Pointer where the data was a JSON record.

    `severity`, `source_constraint_component` and `source_shape` are terms, as the specification has them;
    `expected` says in words what would have been accepted.
    """

    focus_node: Term
    result_path: Path | None
    value: Term | None
    source_constraint_component: ox.NamedNode
    severity: ox.NamedNode
    source_shape: ox.NamedNode | ox.BlankNode
    messages: tuple[str, ...] = ()
    pointer: str | None = None
    expected: str | None = None
    repair: Repair | None = None


@dataclass(frozen=True, slots=True)
class ValidationReport:
    """The verdict (sh:conforms) and every result, in the order they were found.

    `total` is the true number of results where a cap shortened `results`; without a cap the two agree.
    """

    conforms: bool
    results: tuple[ValidationResult, ...] = ()
    total: int = field(default=-1)

    def __post_init__(self) -> None:
        if self.total < 0:
            object.__setattr__(self, "total", len(self.results))

    @property
    def counts(self) -> Mapping[str, int]:
        """Return the number of results by severity: violation, warning, info, and others by their IRI."""
        named = Counter(_SEVERITY_NAMES.get(result.severity.value, result.severity.value) for result in self.results)
        return MappingProxyType({"violation": 0, "warning": 0, "info": 0} | named)


_SH = "http://www.w3.org/ns/shacl#"
_SEVERITY_NAMES: Mapping[str, str] = MappingProxyType(
    {f"{_SH}Violation": "violation", f"{_SH}Warning": "warning", f"{_SH}Info": "info"}
)
