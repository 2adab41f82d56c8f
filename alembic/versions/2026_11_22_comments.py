"""comments

Old code goes on running while this is applied, and for a while after. So: add before you use, stop using
before you drop, never rename in one step, and give new columns a default that old code can live with.

Revision: comments
Follows: reading
"""

import sqlalchemy as sa
from alembic import op

revision = "comments"
down_revision = "reading"
branch_labels = None
depends_on = None


NEEDS_PRESS = sa.text("needs_press")


def upgrade() -> None:
    with op.batch_alter_table("user") as batch_op:
        batch_op.add_column(sa.Column("comments_stay", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "discussion",
        sa.Column("title_id", sa.Integer(), nullable=False),
        sa.Column("moderation", sa.String(20), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=True),
        _belongs_to("title", "discussion"),
        sa.PrimaryKeyConstraint("title_id", name=op.f("pk_discussion")),
    )
    op.create_index(op.f("ix_discussion_closes_at"), "discussion", ["closes_at"])
    op.create_table(
        "comment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title_id", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=True),
        sa.Column("standing", sa.String(20), nullable=False),
        sa.Column("reason", sa.String(300), nullable=True),
        sa.Column("needs_press", sa.Boolean(), nullable=False),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        _belongs_to("title", "comment"),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["comment.id"], name=op.f("fk_comment_parent_id_comment"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_comment_user_id_user"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment")),
        sa.UniqueConstraint("user_id", "title_id", "digest", name=op.f("uq_comment_user_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_comment_parent_id"), "comment", ["parent_id"])
    op.create_index("ix_comment_read", "comment", ["title_id", "thread_id", "id"])
    for name, columns in (("ix_comment_to_do", ["id"]), ("ix_comment_to_do_of_title", ["title_id", "id"])):
        op.create_index(name, "comment", columns, sqlite_where=NEEDS_PRESS, postgresql_where=NEEDS_PRESS)
    op.create_table(
        "comment_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("comment_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(20), nullable=False),
        sa.Column("words", sa.String(300), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        _belongs_to("comment", "comment_report"),
        _belongs_to("user", "comment_report"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment_report")),
        sa.UniqueConstraint("comment_id", "user_id", name=op.f("uq_comment_report_comment_id")),
    )
    op.create_index(op.f("ix_comment_report_user_id"), "comment_report", ["user_id"])
    op.create_table(
        "comment_mark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("part", sa.String(20), nullable=False),
        _belongs_to("title", "comment_mark"),
        _belongs_to("user", "comment_mark"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment_mark")),
        sa.UniqueConstraint("title_id", "user_id", name=op.f("uq_comment_mark_title_id")),
    )
    op.create_index(op.f("ix_comment_mark_user_id"), "comment_mark", ["user_id"])
    op.create_table(
        "typed_comment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("title_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(20), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        _belongs_to("title", "typed_comment"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_typed_comment")),
        sa.UniqueConstraint("digest", name=op.f("uq_typed_comment_digest")),
    )
    for column in ("title_id", "expires_at"):
        op.create_index(op.f(f"ix_typed_comment_{column}"), "typed_comment", [column])


def _belongs_to(table: str, of: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [f"{table}_id"], [f"{table}.id"], name=op.f(f"fk_{of}_{table}_id_{table}"), ondelete="CASCADE"
    )


def downgrade() -> None:
    for table in ("typed_comment", "comment_mark", "comment_report", "comment", "discussion"):
        op.drop_table(table)
    with op.batch_alter_table("user") as batch_op:
        batch_op.drop_column("comments_stay")
