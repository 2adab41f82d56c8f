"""The language that readers choose for their pages and mails."""

import sqlalchemy as sa
from sqlmodel import Session as Db
from sqlmodel import col

from api.edge.language import Offered
from api.errors import Invalid
from api.spoken import N_
from api.tables import User


def choose(db: Db, user_id: int, tag: str, offered: Offered) -> None:
    """Keep the choice; an empty one leaves it to the browser again. Invalid for a language the house does not speak."""
    if tag and tag not in offered.tags:
        raise Invalid(N_("This language is not spoken here."))
    db.exec(sa.update(User).where(col(User.id) == user_id).values(language=tag or None))
