"""Vocabularies: made, imported with a loss report, shown, checked, compared, exported, rolled back."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from registry.contract.operation import (
    AnyOperation,
    Document,
    Http,
    Key,
    Need,
    NonEmptyStr,
    Operation,
    Page,
    Reference,
    Request,
    Response,
    Written,
)

Kind = Literal["department", "hub", "external"]
Severity = Literal["error", "warning", "info"]
Format = Literal["turtle", "ntriples", "nquads", "trig", "rdfxml", "jsonld", "csv", "tsv"]


class SchemeSummary(Response):
    """A vocabulary in a list."""

    key: str
    iri: str
    kind: Kind
    title: str
    owner: str | None = Field(None, description="Key of the department that owns it.")
    audience: str | None = Field(None, description="Key of the department whose members alone may read it.")
    edition: str | None = None
    concepts: int = Field(0, description="Resources typed skos:Concept.")


class Scheme(SchemeSummary):
    """A vocabulary with its counts."""

    entries: int = Field(description="The concepts, and what is only skos:inScheme.")
    labels: int
    languages: dict[str, int] = Field(description="Labels in each language, most first; untagged ones under ``.")
    statuses: dict[str, int] = Field(default_factory=dict, description="Concepts in each status.")
    namespace: str = ""
    publisher: str | None = None
    license: str | None = None
    release: int | None = Field(None, description="Number of the newest release.")
    quads: int = Field(0, description="Triples of its content.")
    version: int = Field(0, description="The last seq that touched its content or curation.")


class Schemes(Response):
    """Vocabularies in view, by key."""

    schemes: list[SchemeSummary]
    next: str | None = None


class SchemeWritten(Written):
    """A vocabulary after a change."""

    scheme: SchemeSummary


class PropertyCount(Response):
    """What became of the triples of one property."""

    property: str
    read: int
    kept: int
    changed: int = Field(0, description="Kept in canonical form: language tags in lower case, numbers and dates.")
    left_out: int = 0


class Example(Response):
    """One concept that a warning is about."""

    concept: str | None
    label: str
    message: str


class GroupedFinding(Response):
    """A kind of finding with its true count; the first is spelt out, a few more stand in `examples`."""

    check: str
    severity: Severity
    concept: str | None = None
    label: str = ""
    message: str
    fix: str = ""
    count: int
    examples: list[Example] = Field(default_factory=list)


class SchemeImported(Written):
    """What an import did: the loss report. `quads_read` = kept + changed + left out."""

    key: str
    iri: str
    title: str
    kind: Kind
    owner: str | None = None
    created: bool = Field(description="Whether the vocabulary is new here.")
    dry_run: bool = False
    concepts: int
    entries: int
    quads_read: int
    quads_kept: int
    quads_changed: int
    quads_left_out: int
    added: int = Field(description="Triples the vocabulary gains.")
    removed: int = Field(description="Triples the vocabulary loses: what the new edition lacks.")
    statuses: dict[str, int] = Field(default_factory=dict)
    properties: list[PropertyCount]
    warnings: list[GroupedFinding]


class TreeItem(Response):
    """A concept and those below it. `more` counts children that the depth left out, `cycle` cuts a loop."""

    concept: str
    local: str
    label: str
    deprecated: bool = False
    cycle: bool = False
    more: int = 0
    children: list[TreeItem] = Field(default_factory=list)


class SchemeTree(Response):
    """The hierarchy, and the live concepts that stand outside it."""

    key: str
    roots: list[TreeItem]
    orphans: list[TreeItem]


class LanguageCoverage(Response):
    """How far a language reaches."""

    language: str
    labels: int
    pref_labels: int
    share: float = Field(description="Part of the live concepts that have a prefLabel in it, from 0 to 1.")


class SchemeStats(Response):
    """A vocabulary in figures."""

    key: str
    concepts: int
    entries: int
    live: int
    deprecated: int
    top_concepts: int
    depth: int = Field(description="Levels of the hierarchy below its roots, as far as 100.")
    orphans: int = Field(description="Live concepts that stand in no hierarchy.")
    definitions: int = Field(description="Live concepts with a definition.")
    notations: int = Field(description="Live concepts with a notation.")
    broader: int
    related: int
    mappings: int = Field(description="Mapping relations stated in the vocabulary itself.")
    collections: int
    statuses: dict[str, int]
    languages: list[LanguageCoverage]
    quads: int


class CheckResult(Response):
    """One finding."""

    check: str
    severity: Severity
    concept: str | None
    label: str
    message: str
    fix: str


class SchemeChecked(Response):
    """What the checks found: true counts by severity, and the findings, errors first."""

    key: str
    counts: dict[str, int]
    checks: dict[str, int] = Field(description="Findings of each check that found any.")
    results: list[CheckResult]
    next: str | None = None


class ChangedValue(Response):
    """A value before or after a change; `label` names a concept."""

    text: str
    language: str | None = None
    label: str | None = None


class SchemeChange(Response):
    """One change of one concept."""

    kind: str
    concept: str
    label: str
    property: str | None = None
    language: str | None = None
    before: list[ChangedValue]
    after: list[ChangedValue]


class SchemeDiff(Response):
    """What changed between two states of the log."""

    key: str
    since: int
    until: int
    counts: dict[str, int]
    changes: list[SchemeChange]


class RolledBack(Written):
    """What a rollback restored."""

    key: str
    to: int
    added: int
    removed: int
    dry_run: bool = False


class CreateScheme(Request):
    """Register a new, empty vocabulary."""

    key: Key = Field(description="Its key: a lower-case letter, then lower-case letters, digits, hyphens.")
    title: NonEmptyStr
    owner: Key | None = Field(None, description="Key of the department that owns it.")
    kind: Kind = "department"
    audience: Key | None = Field(None, description="Key of the department whose members alone may read it.")
    iri: str | None = Field(None, max_length=4_096, description="IRI of the concept scheme; made when left away.")


class ListSchemes(Page):
    """List the vocabularies."""

    kind: Kind | None = None
    owner: Key | None = None


class ShowScheme(Request):
    """Show a vocabulary with its counts, languages and owner."""

    key: Key


class ImportScheme(Request):
    """Import a document into a vocabulary, new or standing, and report what became of every triple."""

    key: Key
    owner: Key | None = Field(None, description="Key of the department that owns it (for a new vocabulary).")
    kind: Kind | None = Field(None, description="For a new one: department when it has an owner, else external.")
    title: NonEmptyStr | None = None
    audience: Key | None = Field(None, description="Key of the department whose members alone may read it.")
    status: Literal["approved", "draft"] | None = Field(
        None, description="How live concepts arrive; approved for who may approve, draft for others."
    )
    format: Format | None = Field(None, description="Told from the name or the media type when left away.")
    base_iri: str | None = Field(None, max_length=4_096, description="What relative IRIs are resolved against.")
    name: str = Field("", max_length=4_096, description="File name of the document.")
    media_type: str = Field("", max_length=255)


class ExportScheme(Request):
    """Export a vocabulary as a document that imports back without a change."""

    key: Key
    format: Format = "turtle"
    curation: bool = Field(False, description="With our status, owner and provenance (TriG or N-Quads).")


class ShowTree(Request):
    """Show a vocabulary's hierarchy."""

    key: Key
    root: Reference | None = Field(None, description="Only what is below this concept.")
    depth: int | None = Field(None, ge=0, le=100, description="Levels below the roots.")
    language: str | None = Field(None, max_length=35)


class ShowStats(Request):
    """Show a vocabulary in figures."""

    key: Key


class CheckScheme(Page):
    """Check a vocabulary against the catalogue of SKOS checks."""

    key: Key
    only: tuple[str, ...] = Field((), description="Ids of the checks to run; all when left away.")
    severity: Severity | None = Field(None, description="Only findings of this severity.")
    language: str | None = Field(None, max_length=35, description="The vocabulary's main language.")


class DiffScheme(Request):
    """Show what changed in a vocabulary between two states of the log."""

    key: Key
    since: int = Field(ge=0, description="Seq of the state before.")
    until: int | None = Field(None, ge=0, description="Seq of the state after; now when left away.")
    language: str | None = Field(None, max_length=35)


class RollbackScheme(Request):
    """Restore a vocabulary to what it was at a seq, as a new change."""

    key: Key
    to: int = Field(ge=1, description="Seq of the state to restore.")


_ONE = "/v1/schemes/{key}"
CREATE = Operation("scheme.create", CreateScheme, SchemeWritten, Need("edit", "anything"),
                   Http("POST", "/v1/schemes"), "registry.services.schemes:create", writes=True)  # fmt: skip
LIST = Operation("scheme.list", ListSchemes, Schemes, Need("read"),
                 Http("GET", "/v1/schemes"), "registry.services.schemes:find")  # fmt: skip
SHOW = Operation("scheme.show", ShowScheme, Scheme, Need("read", "scheme", "key"),
                 Http("GET", _ONE), "registry.services.schemes:show")  # fmt: skip
IMPORT = Operation("scheme.import", ImportScheme, SchemeImported, Need("import", "anything"),
                   Http("POST", _ONE + "/import"), "registry.services.importing:import_document",
                   writes=True, document=True, optimistic=True)  # fmt: skip
EXPORT = Operation("scheme.export", ExportScheme, Document, Need("read", "scheme", "key"),
                   Http("GET", _ONE + "/export"), "registry.services.exporting:export")  # fmt: skip
TREE = Operation("scheme.tree", ShowTree, SchemeTree, Need("read", "scheme", "key"),
                 Http("GET", _ONE + "/tree"), "registry.services.scheme_views:tree")  # fmt: skip
STATS = Operation("scheme.stats", ShowStats, SchemeStats, Need("read", "scheme", "key"),
                  Http("GET", _ONE + "/stats"), "registry.services.scheme_views:stats")  # fmt: skip
CHECK = Operation("scheme.check", CheckScheme, SchemeChecked, Need("read", "scheme", "key"),
                  Http("GET", _ONE + "/check"), "registry.services.scheme_views:check")  # fmt: skip
DIFF = Operation("scheme.diff", DiffScheme, SchemeDiff, Need("read", "scheme", "key"),
                 Http("GET", _ONE + "/diff"), "registry.services.scheme_views:compare")  # fmt: skip
ROLLBACK = Operation("scheme.rollback", RollbackScheme, RolledBack, Need("import", "scheme", "key"),
                     Http("POST", _ONE + "/rollback"), "registry.services.rollback:roll_back",
                     writes=True, optimistic=True)  # fmt: skip

OPERATIONS: tuple[AnyOperation, ...] = (CREATE, LIST, SHOW, IMPORT, EXPORT, TREE, STATS, CHECK, DIFF, ROLLBACK)
