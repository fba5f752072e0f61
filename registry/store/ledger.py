"""The SQL tables, as SQLModel classes: rows are built only in this layer, values are validated in `registry.model`.

`record` is the log; `quad` and `term` are the state at every seq; `label` finds concepts by their words; the rest is
what no RDF graph should hold (principals, tokens, roles, payloads that can be erased). Reads and bulk writes go past
these classes in plain SQL, so that a short command need not import an ORM.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, LargeBinary, MetaData, Text, text
from sqlmodel import Field, SQLModel


class Ledger(SQLModel):
    """The base of all tables, with metadata of its own."""

    metadata = MetaData()


def _big(*, primary_key: bool = False, nullable: bool = False, index: bool = False) -> Column[int]:
    return Column(BigInteger, primary_key=primary_key, nullable=nullable, autoincrement=False, index=index)


class Meta(Ledger, table=True):
    """What is settled once: the base IRI, the registry's id."""

    key: str = Field(primary_key=True)
    value: str = Field(sa_column=Column(Text, nullable=False))


class Head(Ledger, table=True):
    """The last seq per scope: `*` for the whole log (its row is the lock), a graph's IRI for that graph."""

    scope: str = Field(primary_key=True)
    seq: int = Field(sa_column=_big())
    hash: str = ""
    recorded_at: str = ""


class Record(Ledger, table=True):
    """One committed write: its canonical header, and the hash that chains it to the one before."""

    seq: int = Field(sa_column=_big(primary_key=True))
    operation: str = Field(index=True)
    principal: str = Field(index=True)
    recorded_at: str = Field(index=True)
    header: str = Field(sa_column=Column(Text, nullable=False))
    previous: str
    hash: str


class PatchRow(Ledger, table=True):
    """The patch of a record: canonical lines, compressed."""

    __tablename__ = "patch"

    seq: int = Field(sa_column=_big(primary_key=True))
    body: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class RecordGraph(Ledger, table=True):
    """The graphs that a record touched."""

    __tablename__ = "record_graph"

    graph: int = Field(sa_column=_big(primary_key=True))
    seq: int = Field(sa_column=_big(primary_key=True, index=True))


class Payload(Ledger, table=True):
    """What stands beside the chain and can be erased: the chain holds only the salted digest."""

    seq: int = Field(sa_column=_big(primary_key=True))
    name: str = Field(primary_key=True)
    payload_class: str = Field(index=True)
    digest: str
    principal: str = Field(index=True)
    salt: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    body: str | None = Field(default=None, sa_column=Column(Text))
    erased_seq: int | None = Field(default=None, sa_column=_big(nullable=True))


class TermRow(Ledger, table=True):
    """The term dictionary. An IRI has neither language nor datatype. The id is a hash of the term."""

    __tablename__ = "term"

    id: int = Field(sa_column=_big(primary_key=True))
    value: str = Field(sa_column=Column(Text, nullable=False))
    language: str | None = None
    datatype: str | None = None


class QuadRow(Ledger, table=True):
    """A quad and the half-open range of seqs in which it stands; `until_seq` NULL: it stands now."""

    __tablename__ = "quad"
    __table_args__ = (
        Index("ix_quad_predicate", "predicate", "object"),
        Index("ix_quad_graph", "graph"),
        Index("ix_quad_since", "since_seq"),
        Index("ix_quad_until", "until_seq", sqlite_where=text("until_seq IS NOT NULL"),
              postgresql_where=text("until_seq IS NOT NULL")),
        {"sqlite_with_rowid": False},
    )  # fmt: skip

    subject: int = Field(sa_column=_big(primary_key=True))
    predicate: int = Field(sa_column=_big(primary_key=True))
    object: int = Field(sa_column=_big(primary_key=True))
    graph: int = Field(sa_column=_big(primary_key=True))
    since_seq: int = Field(sa_column=_big(primary_key=True))
    until_seq: int | None = Field(default=None, sa_column=_big(nullable=True))


class LabelRow(Ledger, table=True):
    """A label of a concept under its search key, in the range of seqs in which it stands."""

    __tablename__ = "label"
    __table_args__ = (
        Index("ix_label_concept", "concept"),
        Index("ix_label_until", "until_seq"),
        Index("ix_label_folded", "folded"),
    )

    id: int | None = Field(default=None, primary_key=True)
    concept: int = Field(sa_column=_big())
    graph: int = Field(sa_column=_big())
    kind: int
    language: str
    text: str = Field(sa_column=Column(Text, nullable=False))
    folded: str = Field(sa_column=Column(Text, nullable=False))
    since_seq: int = Field(sa_column=_big())
    until_seq: int | None = Field(default=None, sa_column=_big(nullable=True))


class PrincipalRow(Ledger, table=True):
    """A person, agent or service; `handle` and `name` are erasable."""

    __tablename__ = "principal"

    id: str = Field(primary_key=True)
    kind: str
    handle: str = Field(unique=True)
    name: str = ""
    owner: str | None = None
    disabled: bool = False


class RoleRow(Ledger, table=True):
    """A role of a principal in a scope, in the range of seqs in which it holds."""

    __tablename__ = "role_assignment"

    principal: str = Field(primary_key=True)
    role: str = Field(primary_key=True)
    scope: str = Field(primary_key=True)
    since_seq: int = Field(sa_column=_big(primary_key=True))
    until_seq: int | None = Field(default=None, sa_column=_big(nullable=True))


class TokenRow(Ledger, table=True):
    """An access token: only its keyed digest is kept."""

    __tablename__ = "token"

    id: str = Field(primary_key=True)
    principal: str = Field(index=True)
    digest: str = Field(unique=True)
    label: str = ""
    scopes: str = ""
    audience: str = ""
    expires_at: str = ""
    revoked: bool = False


class IdempotencyRow(Ledger, table=True):
    """An answer kept for 24 hours, so that a repeated request is not a repeated change."""

    __tablename__ = "idempotency"

    principal: str = Field(primary_key=True)
    operation: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    request_digest: str
    response: str = Field(sa_column=Column(Text, nullable=False))
    recorded_at: str = Field(index=True)


class QuarantineRow(Ledger, table=True):
    """A record that a source in enforce mode submitted and that was held back, with the reasons."""

    __tablename__ = "quarantine"
    __table_args__ = (Index("ix_quarantine_source", "source", "state"),)

    id: str = Field(primary_key=True)
    source: str
    state: str
    node: str
    reasons: str
    record: str = Field(sa_column=Column(Text, nullable=False))
    report: str = Field(sa_column=Column(Text, nullable=False))
    received_at: str
    settled_at: str = ""


class RecentRecordRow(Ledger, table=True):
    """One of the records that a source submitted last: what changed shapes are tried on."""

    __tablename__ = "recent_record"

    source: str = Field(primary_key=True)
    position: int = Field(sa_column=_big(primary_key=True))
    record: str = Field(sa_column=Column(Text, nullable=False))


class BaselineRow(Ledger, table=True):
    """A violation known of a record from before its source was enforced: tolerated until it is gone once."""

    __tablename__ = "baseline"

    source: str = Field(primary_key=True)
    node: str = Field(primary_key=True)
    reason: str = Field(primary_key=True)


class QualityRow(Ledger, table=True):
    """A measurement (dqv:QualityMeasurement) of a day: `good` of `total`, for a property, a dimension and a value."""

    __tablename__ = "quality"

    source: str = Field(primary_key=True)
    day: str = Field(primary_key=True)
    property: str = Field(primary_key=True)
    dimension: str = Field(primary_key=True)
    value: str = Field(primary_key=True)
    good: int = Field(sa_column=_big())
    total: int = Field(sa_column=_big())
