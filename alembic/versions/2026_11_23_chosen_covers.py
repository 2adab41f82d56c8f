"""pictures that editors chose for covers

Old code goes on running while this is applied, and for a while after. So: add before you use, stop using
before you drop, never rename in one step, and give new columns a default that old code can live with.

Revision: chosen_covers
Follows: fair_use_listed
"""

import sqlalchemy as sa
from alembic import op

revision = "chosen_covers"
down_revision = "fair_use_listed"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "chosen_cover",
        sa.Column("title_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("picture", sa.LargeBinary(), nullable=False),
        sa.Column("small", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["title_id"], ["title.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("title_id"),
    )
    op.add_column("title", sa.Column("cover_digest", sa.String(length=16), nullable=True))


def downgrade() -> None:
    op.drop_column("title", "cover_digest")
    op.drop_table("chosen_cover")
