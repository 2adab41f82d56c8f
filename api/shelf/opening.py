"""From when on and by which rules a title is read: changed as one, by those who saw what they replace."""

from sqlmodel import Session as Db

from api.access.asked import AskedRule
from api.access.losing import Opening
from api.access.proposed import rules_of
from api.access.rules import set_ladder
from api.errors import Conflict
from api.shelf.shelving import hold_title, id_of
from api.spoken import N_
from api.tables import Audit, RuleKind, Title


class OpeningChanged(Conflict):
    """Somebody else has changed it since; `now` is how it stands."""

    def __init__(self, slug: str, now: Opening) -> None:
        self.now = now
        super().__init__(N_("Who may read “{slug}” has been changed since you began.", slug=slug))


def opening_of(db: Db, title: Title) -> Opening:
    return Opening(title.opens_at, rules_of(db, id_of(title)))


def seen(opening: Opening) -> str:
    """An opening as one line, by which a form knows what it was filled in from."""
    return " | ".join([opening.opens_at.isoformat() if opening.opens_at else "", *map(str, opening.rules)])


def change(db: Db, slug: str, wanted: Opening, was_seen: str, by: int | None) -> bool:
    """Put this opening in the place of the one that was seen. False where it stands so already.

    Raises OpeningChanged where another stands by now, NotFound for an institution that is not there any more.
    """
    title = hold_title(db, slug)
    now = opening_of(db, title)
    wanted = Opening(wanted.opens_at, tuple(dict.fromkeys(wanted.rules)))
    if wanted == now:
        return False
    if seen(now) != was_seen:
        raise OpeningChanged(slug, now)
    if wanted.rules != now.rules:
        set_ladder(db, id_of(title), wanted.rules)
    title.opens_at = wanted.opens_at
    db.add(title)
    words = f"{_in_short(now)} → {_in_short(wanted)}"
    db.add(Audit(actor_user_id=by, action="access-changed", object=f"title {slug}", words=words))
    return True


def _in_short(opening: Opening) -> str:
    rules = ", ".join(map(_rule, opening.rules)) or "closed"
    return f"{rules}, from {opening.opens_at.isoformat(timespec='minutes')}" if opening.opens_at else rules


def _rule(rule: AskedRule) -> str:
    """Without the ORCID iD, which is a person's."""
    is_person = rule.kind is RuleKind.CLAIM and (rule.argument or "").startswith("orcid=")
    return "claim:orcid=one" if is_person else str(rule)
