"""editions and chapter files

Old code goes on running while this is applied, and for a while after. So: add before you use, stop using
before you drop, never rename in one step, and give new columns a default that old code can live with.

Revision: editions
Follows: uploads
"""

import sqlalchemy as sa
from alembic import op

revision = "editions"
down_revision = "uploads"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("edition") as batch_op:
        batch_op.add_column(sa.Column("note", sa.String(200), nullable=True))
    with op.batch_alter_table("chapter") as batch_op:
        batch_op.add_column(sa.Column("address", sa.Integer(), nullable=True))
        batch_op.create_unique_constraint(batch_op.f("uq_chapter_address"), ["address", "title_id"])
    op.execute(
        """
        UPDATE chapter SET address = (
          SELECT count(*) FROM chapter AS earlier
          WHERE earlier.title_id = chapter.title_id AND NOT earlier.is_part AND earlier.position <= chapter.position
        ) WHERE NOT is_part
        """
    )
    op.create_table(
        "chapter_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("chapter_id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("origin", sa.String(20), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["chapter_id"], ["chapter.id"], name=op.f("fk_chapter_file_chapter_id_chapter"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["edition.id"], name=op.f("fk_chapter_file_edition_id_edition"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["file_id"], ["file.id"], name=op.f("fk_chapter_file_file_id_file")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chapter_file")),
        sa.UniqueConstraint("chapter_id", "edition_id", name=op.f("uq_chapter_file_chapter_id")),
    )
    with op.batch_alter_table("chapter_file") as batch_op:
        batch_op.create_index(batch_op.f("ix_chapter_file_edition_id"), ["edition_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_chapter_file_file_id"), ["file_id"], unique=False)
    with op.batch_alter_table("ticket") as batch_op:
        batch_op.add_column(sa.Column("chapter_file_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_ticket_chapter_file_id_chapter_file"),
            "chapter_file",
            ["chapter_file_id"],
            ["id"],
            ondelete="CASCADE",
        )
        batch_op.create_index(batch_op.f("ix_ticket_chapter_file_id"), ["chapter_file_id"], unique=False)
    with op.batch_alter_table("event") as batch_op:
        batch_op.add_column(sa.Column("chapter_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_event_chapter_id_chapter"), "chapter", ["chapter_id"], ["id"], ondelete="SET NULL"
        )


def downgrade() -> None:
    with op.batch_alter_table("event") as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_event_chapter_id_chapter"), type_="foreignkey")
        batch_op.drop_column("chapter_id")
    op.execute("DELETE FROM ticket WHERE chapter_file_id IS NOT NULL")  # or they would open the whole edition
    with op.batch_alter_table("ticket") as batch_op:
        batch_op.drop_index(batch_op.f("ix_ticket_chapter_file_id"))
        batch_op.drop_constraint(batch_op.f("fk_ticket_chapter_file_id_chapter_file"), type_="foreignkey")
        batch_op.drop_column("chapter_file_id")
    op.drop_table("chapter_file")
    with op.batch_alter_table("chapter") as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_chapter_address"), type_="unique")
        batch_op.drop_column("address")
    with op.batch_alter_table("edition") as batch_op:
        batch_op.drop_column("note")
