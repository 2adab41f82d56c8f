"""rate limits

Old code goes on running while this is applied, and for a while after. So: add before you use, stop using
before you drop, never rename in one step, and give new columns a default that old code can live with.

Revision: limits
Follows: jobs
"""

import sqlalchemy as sa
from alembic import op

revision = "limits"
down_revision = "jobs"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "bucket",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_bucket")),
    )
    with op.batch_alter_table("bucket") as batch_op:
        batch_op.create_index(batch_op.f("ix_bucket_ends_at"), ["ends_at"], unique=False)


def downgrade() -> None:
    op.drop_table("bucket")
