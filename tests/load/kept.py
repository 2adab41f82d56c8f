"""What readers were told is so has to stand in the database, once: links, downloads, comments, requests, answers."""

from collections import Counter
from collections.abc import Sequence

from sqlmodel import col, select

from api.database import Database
from api.delivery.tickets import PURPOSE
from api.seal import Seal
from api.tables import AccessRequest, Audit, Comment, Event, EventKind, Holding, Identity, Ticket
from api.usage.counting import Seen, count
from tests.load.journey import Journey


def nothing_is_lost(database: Database, seal: Seal, journeys: Sequence[Journey], answered: Sequence[str]) -> None:
    """`answered` are the subjects of the readers whom an editor was told to have let in."""
    with database.reading() as db:
        subjects = dict(db.exec(select(Identity.user_id, Identity.subject)).all())
        digests = set(db.exec(select(Ticket.digest)).all())
        holders = Counter(subjects[user_id] for user_id in db.exec(select(Holding.user_id)).all())
        comments = Counter(db.exec(select(Comment.text)).all())
        sentences = Counter(db.exec(select(AccessRequest.sentence)).all())
        approvals = db.exec(select(Audit.user_id).where(Audit.action == "request-approved")).all()
        let_in = Counter(subjects[user_id] for user_id in approvals if user_id is not None)
        columns = [col(getattr(Event, name)) for name in ("user_key", "kind", "happened_at", *Seen._fields[3:])]
        requests = db.connection().execute(
            select(*columns).where(Event.kind == EventKind.REQUEST).order_by(Event.user_key, col(Event.happened_at))
        )
        counted = sum(each.total_item_requests for each in count((Seen(*row) for row in requests.all()), {}).values())
    assert {seal.digest(PURPOSE, link.split("/")[2]) for each in journeys for link in each.links} <= digests
    with_file = {each.subject for each in journeys if each.has_file}
    assert with_file <= holders.keys()
    assert counted == len(holders), "each download is counted, and once, however often its link was followed"
    _each_once({each.comment for each in journeys} - {""}, comments)
    _each_once({each.sentence for each in journeys} - {""}, sentences)
    _each_once(set(answered), let_in)


def _each_once(told: set[str], found: Counter[str]) -> None:
    assert told, "nobody was told anything, so this would prove nothing"
    assert told <= found.keys()
    assert set(found.values()) == {1}, [each for each, many in found.items() if many > 1]
