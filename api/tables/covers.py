"""Pictures that editors chose for covers. A title without one has its cover drawn from its record."""

import sqlalchemy as sa
from sqlmodel import Field, SQLModel


class ChosenCover(SQLModel, table=True):
    """One picture as WebP in two sizes, drawn anew by the portal; the title's row has the digest of the larger."""

    __tablename__ = "chosen_cover"

    title_id: int = Field(
        primary_key=True, foreign_key="title.id", ondelete="CASCADE", sa_column_kwargs={"autoincrement": False}
    )
    picture: bytes = Field(sa_type=sa.LargeBinary)
    small: bytes = Field(sa_type=sa.LargeBinary)  # as pages show it
