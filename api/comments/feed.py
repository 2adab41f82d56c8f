"""The newest comments on a title as an Atom feed; a reply says what it is to (RFC 4685)."""

from collections.abc import Sequence
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlmodel import Session as Db
from sqlmodel import col

from api.comments import text
from api.formats.atom import MEDIA_TYPE, instant, tag
from api.formats.record import TitleRecord
from api.formats.xml import NOTHING, Xml, document, element
from api.spoken import N_, language
from api.tables import Comment, Standing, User

NEWEST = 50
NAMELESS = N_("A reader")
_FIRST_DAY = datetime(2026, 1, 1, tzinfo=UTC)  # what a talk without comments was last changed on
Row = tuple[Comment, str | None]


def newest(db: Db, title_id: int) -> list[Row]:
    """The shown comments of a title, the newest first, each with its writer's name."""
    found = (
        sa.select(Comment, col(User.name))
        .outerjoin(User, col(User.id) == col(Comment.user_id))
        .where(col(Comment.title_id) == title_id, col(Comment.standing) == Standing.SHOWN)
    )
    return [(row[0], row[1]) for row in db.execute(found.order_by(col(Comment.id).desc()).limit(NEWEST))]


def atom(record: TitleRecord, said: Sequence[Row], *, house: str, public_url: str) -> bytes:
    changed = max((comment.edited_at or comment.posted_at for comment, _ in said), default=_FIRST_DAY)
    address = f"{record.path}/comments.atom"
    return document(
        element(
            "feed",
            {
                "xmlns": "http://www.w3.org/2005/Atom",
                "xmlns:thr": "http://purl.org/syndication/thread/1.0",
                "xml:lang": language(),
            },
            element("id", tag(public_url, address)),
            element("title", N_("Comments on {title}", title=record.full_title).told()),
            element("updated", instant(changed)),
            element("link", {"rel": "self", "type": MEDIA_TYPE, "href": f"{public_url}{address}"}),
            element("link", {"rel": "alternate", "type": "text/html", "href": f"{public_url}{record.path}"}),
            element("author", element("name", house)),
            (_entry(record, comment, name, public_url) for comment, name in said),
        )
    )


def _entry(record: TitleRecord, comment: Comment, name: str | None, public_url: str) -> Xml:
    by = text.seen(name or "") or NAMELESS.told()
    return element(
        "entry",
        element("id", _id(record, comment.id, public_url)),
        element("title", N_("{name} on {title}", name=by, title=record.full_title).told()),
        element(
            "link",
            {"rel": "alternate", "type": "text/html", "href": f"{public_url}{record.path}/comments/{comment.id}"},
        ),
        element("updated", instant(comment.edited_at or comment.posted_at)),
        element("published", instant(comment.posted_at)),
        element("author", element("name", by)),
        NOTHING if comment.parent_id is None else _answers(record, comment.parent_id, public_url),
        element("content", {"type": "html"}, str(text.shown(comment.text))),
    )


def _answers(record: TitleRecord, parent_id: int, public_url: str) -> Xml:
    href = f"{public_url}{record.path}/comments/{parent_id}"
    return element("thr:in-reply-to", {"ref": _id(record, parent_id, public_url), "href": href, "type": "text/html"})


def _id(record: TitleRecord, comment_id: int | None, public_url: str) -> str:
    return tag(public_url, f"{record.path}/comments/{comment_id}")
