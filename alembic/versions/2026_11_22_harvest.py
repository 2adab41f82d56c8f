"""the order in which harvesters page

Old code goes on running while this is applied, and for a while after. So: add before you use, stop using
before you drop, never rename in one step, and give new columns a default that old code can live with.

Revision: harvest
Follows: drafts_at_desk
"""

from alembic import op

revision = "harvest"
down_revision = "drafts_at_desk"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":  # whose dates are texts: those by default were of another form
        op.execute("UPDATE title SET modified_at = '2026-01-01 00:00:00.000000' WHERE modified_at LIKE '%+00:00'")
    with op.batch_alter_table("title", schema=None) as batch_op:
        batch_op.create_index("ix_title_harvest", ["modified_at", "id"], unique=False)
        batch_op.drop_index(batch_op.f("ix_title_modified_at"))


def downgrade() -> None:
    with op.batch_alter_table("title", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_title_modified_at"), ["modified_at"], unique=False)
        batch_op.drop_index("ix_title_harvest")
