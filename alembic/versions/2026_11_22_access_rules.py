"""access rules

Old code goes on running while this is applied, and for a while after. So: add before you use, stop using
before you drop, never rename in one step, and give new columns a default that old code can live with.

Revision: rules
Follows: people
"""

import sqlalchemy as sa
from alembic import op

revision = "rules"
down_revision = "people"
branch_labels = None
depends_on = None


GRANT_BEFORE = ["title_id", "issuer", "subject"]


def upgrade() -> None:
    with op.batch_alter_table("identity", schema=None) as batch_op:
        batch_op.add_column(sa.Column("email", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("email_verified", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("claims", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("vouched_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("rule", schema=None) as batch_op:
        batch_op.add_column(sa.Column("argument", sa.String(300), nullable=True))

    op.create_table(
        "institution",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(120), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("ror", sa.String(40), nullable=True),
        sa.Column("domains", sa.JSON(), nullable=False),
        sa.Column("networks", sa.JSON(), nullable=False),
        sa.Column("issuer", sa.String(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_institution")),
        sa.UniqueConstraint("slug", name=op.f("uq_institution_slug")),
    )
    op.create_table(
        "invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["title_id"], ["title.id"], name=op.f("fk_invitation_title_id_title"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("title_id", "email", name=op.f("uq_invitation_title_id")),
    )
    op.create_index(op.f("ix_invitation_email"), "invitation", ["email"], unique=False)
    op.create_table(
        "voucher",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("uses", sa.Integer(), nullable=False),
        sa.Column("uses_left", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["title_id"], ["title.id"], name=op.f("fk_voucher_title_id_title"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voucher")),
        sa.UniqueConstraint("digest", name=op.f("uq_voucher_digest")),
    )
    op.create_index(op.f("ix_voucher_title_id"), "voucher", ["title_id"], unique=False)
    op.create_table(
        "redemption",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("voucher_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("redeemed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_redemption_user_id_user"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["voucher_id"], ["voucher.id"], name=op.f("fk_redemption_voucher_id_voucher"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_redemption")),
        sa.UniqueConstraint("voucher_id", "user_id", name=op.f("uq_redemption_voucher_id")),
    )
    op.create_index(op.f("ix_redemption_user_id"), "redemption", ["user_id"], unique=False)
    op.create_table(
        "access_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("issuer", sa.String(), nullable=False),
        sa.Column("subject", sa.String(255), nullable=False),
        sa.Column("sentence", sa.String(500), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.String(20), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["title_id"], ["title.id"], name=op.f("fk_access_request_title_id_title"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_access_request_user_id_user"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_request")),
        sa.UniqueConstraint("title_id", "user_id", name=op.f("uq_access_request_title_id")),
    )
    op.create_index(op.f("ix_access_request_user_id"), "access_request", ["user_id"], unique=False)

    with op.batch_alter_table("grant", schema=None) as batch_op:
        batch_op.add_column(sa.Column("source", sa.String(20), server_default="listed", nullable=False))
        batch_op.add_column(sa.Column("voucher_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_grant_voucher_id_voucher"), "voucher", ["voucher_id"], ["id"], ondelete="SET NULL"
        )
        batch_op.create_index(batch_op.f("ix_grant_voucher_id"), ["voucher_id"], unique=False)
        batch_op.drop_constraint(batch_op.f("uq_grant_title_id"), type_="unique")
        batch_op.create_unique_constraint(batch_op.f("uq_grant_title_id"), [*GRANT_BEFORE, "source"])


def downgrade() -> None:
    """Only the named readers stay; who came by a voucher or a request is not one of them."""
    op.execute("""DELETE FROM "grant" WHERE source <> 'listed'""")
    with op.batch_alter_table("grant", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_grant_title_id"), type_="unique")
        batch_op.create_unique_constraint(batch_op.f("uq_grant_title_id"), GRANT_BEFORE)
        batch_op.drop_index(batch_op.f("ix_grant_voucher_id"))
        batch_op.drop_constraint(batch_op.f("fk_grant_voucher_id_voucher"), type_="foreignkey")
        batch_op.drop_column("voucher_id")
        batch_op.drop_column("source")
    for table in ("access_request", "redemption", "voucher", "invitation", "institution"):
        op.drop_table(table)
    op.execute("DELETE FROM rule WHERE argument IS NOT NULL OR kind IN ('voucher', 'on-request')")
    with op.batch_alter_table("rule", schema=None) as batch_op:
        batch_op.drop_column("argument")
    with op.batch_alter_table("identity", schema=None) as batch_op:
        batch_op.drop_column("vouched_at")
        batch_op.drop_column("claims")
        batch_op.drop_column("email_verified")
        batch_op.drop_column("email")
