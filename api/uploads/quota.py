"""How much may be uploaded: one file, one editor in a day, all editors in a day."""

from datetime import datetime
from functools import partial

import sqlalchemy as sa
from sqlmodel import Session as Db
from sqlmodel import col

from api.database import hold
from api.edge import words
from api.errors import Invalid, TooLarge
from api.settings_parts import UploadSettings
from api.spoken import N_, Said
from api.tables import Upload

OWN = N_(
    "You have uploaded {sent} in the last 24 hours, and with this file it would be more than the {quota} that a day "
    "has room for. Try again later, or ask the operator."
)
EVERYONES = N_(
    "All editors together have uploaded {sent} in the last 24 hours, and with this file it would be more than the "
    "{quota} that a day has room for. Try again later, or ask the operator."
)


def must_fit(size: int, largest: int) -> None:
    """Raises TooLarge for a file above `largest` bytes, and Invalid for one that is empty."""
    if size < 1:
        raise Invalid(N_("There is nothing in it, so there is nothing to send."), heading=N_("The file is empty"))
    if size > largest:
        raise TooLarge(
            N_(
                "It has {size}; the largest file that is taken here has {largest}.",
                size=partial(words.size, size),
                largest=partial(words.size, largest),
            ),
            heading=N_("The file is too large"),
        )


def must_be_left(db: Db, user_id: int, size: int, limits: UploadSettings, since: datetime) -> None:
    """Raises TooLarge where `size` bytes more are above what the editor, or everyone, may upload in a day.

    Until the transaction ends nobody else's upload is counted.
    """
    hold(db, "the quota of uploads")
    everyone = sa.select(sa.func.coalesce(sa.func.sum(col(Upload.size)), 0)).where(col(Upload.began_at) > since)
    own = everyone.where(col(Upload.user_id) == user_id)
    for sent, quota, whose in (
        (db.connection().execute(own).scalar_one(), limits.editor_quota, OWN),
        (db.connection().execute(everyone).scalar_one(), limits.quota, EVERYONES),
    ):
        if sent + size > quota:
            raise TooLarge(
                Said(whose, sent=partial(words.size, int(sent)), quota=partial(words.size, quota)),
                heading=N_("There is no room for this file today"),
            )
