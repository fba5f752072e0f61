"""The first schema: log, state at every seq, labels, payloads, principals, tokens."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create every table and the trigram index of the dialect."""
    op.create_table(
        "head",
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("scope"),
    )
    op.create_table(
        "idempotency",
        sa.Column("principal", sa.String(), nullable=False),
        sa.Column("operation", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("request_digest", sa.String(), nullable=False),
        sa.Column("response", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("principal", "operation", "key"),
    )
    op.create_index(op.f("ix_idempotency_recorded_at"), "idempotency", ["recorded_at"], unique=False)
    op.create_table(
        "label",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("concept", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("graph", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.Column("since_seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("until_seq", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_label_concept", "label", ["concept"], unique=False)
    op.create_index("ix_label_until", "label", ["until_seq"], unique=False)
    op.create_table(
        "meta",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_table(
        "patch",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("seq"),
    )
    op.create_table(
        "payload",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("payload_class", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("principal", sa.String(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=True),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("erased_seq", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.PrimaryKeyConstraint("seq", "name"),
    )
    op.create_index(op.f("ix_payload_payload_class"), "payload", ["payload_class"], unique=False)
    op.create_index(op.f("ix_payload_principal"), "payload", ["principal"], unique=False)
    op.create_table(
        "principal",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("handle", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=True),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("handle"),
    )
    op.create_table(
        "quad",
        sa.Column("subject", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("predicate", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("object", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("graph", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("since_seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("until_seq", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.PrimaryKeyConstraint("subject", "predicate", "object", "graph", "since_seq"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_quad_graph", "quad", ["graph"], unique=False)
    op.create_index("ix_quad_predicate", "quad", ["predicate", "object"], unique=False)
    op.create_index("ix_quad_since", "quad", ["since_seq"], unique=False)
    op.create_index(
        "ix_quad_until",
        "quad",
        ["until_seq"],
        unique=False,
        sqlite_where=sa.text("until_seq IS NOT NULL"),
        postgresql_where=sa.text("until_seq IS NOT NULL"),
    )
    op.create_table(
        "record",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("operation", sa.String(), nullable=False),
        sa.Column("principal", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.String(), nullable=False),
        sa.Column("header", sa.Text(), nullable=False),
        sa.Column("previous", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("seq"),
    )
    op.create_index(op.f("ix_record_operation"), "record", ["operation"], unique=False)
    op.create_index(op.f("ix_record_principal"), "record", ["principal"], unique=False)
    op.create_index(op.f("ix_record_recorded_at"), "record", ["recorded_at"], unique=False)
    op.create_table(
        "record_graph",
        sa.Column("graph", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("graph", "seq"),
    )
    op.create_index(op.f("ix_record_graph_seq"), "record_graph", ["seq"], unique=False)
    op.create_table(
        "role_assignment",
        sa.Column("principal", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("since_seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("until_seq", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.PrimaryKeyConstraint("principal", "role", "scope", "since_seq"),
    )
    op.create_table(
        "term",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column("datatype", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "token",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("principal", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("scopes", sa.String(), nullable=False),
        sa.Column("audience", sa.String(), nullable=False),
        sa.Column("expires_at", sa.String(), nullable=False),
        sa.Column("revoked", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("digest"),
    )
    op.create_index(op.f("ix_token_principal"), "token", ["principal"], unique=False)
    op.execute("INSERT INTO head (scope, seq, hash, recorded_at) VALUES ('*', 0, '" + "0" * 64 + "', '')")
    if op.get_bind().dialect.name != "sqlite":
        op.execute('ALTER TABLE label ALTER COLUMN folded TYPE text COLLATE "C"')
    op.create_index("ix_label_folded", "label", ["folded"])
    if op.get_bind().dialect.name == "sqlite":
        op.execute("CREATE VIRTUAL TABLE label_fts USING fts5(folded, content='', tokenize='trigram')")
    else:
        op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        op.execute("CREATE INDEX ix_label_trigrams ON label USING gin (folded gin_trgm_ops)")


def downgrade() -> None:
    """Not offered: a registry goes back by restoring a backup."""
    raise RuntimeError("restore the backup taken before the migration")
