"""account

Old code goes on running while this is applied, and for a while after. So: add before you use, stop using
before you drop, never rename in one step, and give new columns a default that old code can live with.

Revision: account
Follows: rules
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.schema import SchemaItem

revision = "account"
down_revision = "rules"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    # `user` and `title` are never made anew in SQLite: dropping the old table would empty those that point to it.
    op.add_column("user", sa.Column("closing_at", INSTANT, nullable=True))
    op.create_index(op.f("ix_user_closing_at"), "user", ["closing_at"])

    with op.batch_alter_table("session") as batch_op:
        batch_op.add_column(sa.Column("device", sa.String(60), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("provider_session", sa.String(64), nullable=True))
        batch_op.add_column(sa.Column("authenticated_at", INSTANT, nullable=False, server_default=sa.func.now()))
        batch_op.add_column(sa.Column("last_seen_at", INSTANT, nullable=False, server_default=sa.func.now()))
    op.execute("UPDATE session SET authenticated_at = created_at")

    with op.batch_alter_table("attempt") as batch_op:
        batch_op.add_column(sa.Column("purpose", sa.String(20), nullable=False, server_default="sign-in"))
        batch_op.add_column(sa.Column("link_session_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("link_user_id", sa.Integer(), nullable=True))
        batch_op.create_index(op.f("ix_attempt_link_session_id"), ["link_session_id"])
        batch_op.create_index(op.f("ix_attempt_link_user_id"), ["link_user_id"])
        for column, table in (("link_session_id", "session"), ("link_user_id", "user")):
            name = op.f(f"fk_attempt_{column}_{table}")
            batch_op.create_foreign_key(name, table, [column], ["id"], ondelete="CASCADE")

    op.create_table(
        "holding",
        sa.Column("id", sa.Integer(), nullable=False),
        *_pointers("holding", {"user_id": "user", "edition_id": "edition"}),
        sa.Column("taken_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holding")),
        sa.UniqueConstraint("user_id", "edition_id", name=op.f("uq_holding_user_id")),
    )
    _indexes("holding", "edition_id")

    op.create_table(
        "sign_in",
        sa.Column("id", sa.Integer(), nullable=False),
        *_pointers("sign_in", {"user_id": "user"}),
        *_pointers("sign_in", {"identity_id": "identity"}, nullable=True),
        sa.Column("provider", sa.String(40), nullable=False),
        sa.Column("device", sa.String(60), nullable=False),
        sa.Column("outcome", sa.String(20), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in")),
    )
    _indexes("sign_in", "user_id", "identity_id", "at")

    points_to = {"session_id": "session", "user_id": "user", "identity_id": "identity", "other_user_id": "user"}
    op.create_table(
        "merge_offer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        *_pointers("merge_offer", points_to),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merge_offer")),
        sa.UniqueConstraint("digest", name=op.f("uq_merge_offer_digest")),
    )
    _indexes("merge_offer", *points_to, "expires_at")

    op.create_table(
        "logout_token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_logout_token")),
        sa.UniqueConstraint("digest", name=op.f("uq_logout_token_digest")),
    )
    _indexes("logout_token", "expires_at")

    op.create_table(
        "erasure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("erased_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure")),
    )
    _indexes("erasure", "digest", "erased_at")

    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), nullable=False),
        *_pointers("audit", {"actor_user_id": "user", "user_id": "user"}, nullable=True),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("object", sa.String(200), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    _indexes("audit", "actor_user_id", "user_id", "at")


def downgrade() -> None:
    for table in ("audit", "erasure", "logout_token", "merge_offer", "sign_in", "holding"):
        op.drop_table(table)
    op.execute("DELETE FROM attempt WHERE purpose <> 'sign-in'")
    with op.batch_alter_table("attempt") as batch_op:
        batch_op.drop_constraint(op.f("fk_attempt_link_user_id_user"), type_="foreignkey")
        batch_op.drop_constraint(op.f("fk_attempt_link_session_id_session"), type_="foreignkey")
        batch_op.drop_index(op.f("ix_attempt_link_user_id"))
        batch_op.drop_index(op.f("ix_attempt_link_session_id"))
        for column in ("link_user_id", "link_session_id", "purpose"):
            batch_op.drop_column(column)
    for column in ("last_seen_at", "authenticated_at", "provider_session", "device"):
        op.drop_column("session", column)
    op.drop_index(op.f("ix_user_closing_at"), "user")
    op.drop_column("user", "closing_at")


def _pointers(table: str, columns: dict[str, str], *, nullable: bool = False) -> list[SchemaItem]:
    """Columns that point to rows of other tables: the row goes with what it points to, or forgets it."""
    after = "SET NULL" if nullable else "CASCADE"
    return [
        item
        for column, other in columns.items()
        for item in (
            sa.Column(column, sa.Integer(), nullable=nullable),
            sa.ForeignKeyConstraint(
                [column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"), ondelete=after
            ),
        )
    ]


def _indexes(table: str, *columns: str) -> None:
    for column in columns:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])
