"""`/desk/comments`: what waits for the press or is reported, on all titles or one; and one comment by itself."""

from urllib.parse import urlencode

from starlette.responses import RedirectResponse, Response

from api.access.policy import Reader
from api.comments import moderating
from api.comments.moderating import Act
from api.comments.text import LONGEST_REASON
from api.desk import forms
from api.desk.file import title_of
from api.desk.forms import Id, Sent, mark
from api.desk.page import DESK, FOR_STAFF, desk_page
from api.edge.deps import Reading, ThePortal
from api.edge.doors import open_to_all
from api.edge.portal import Portal
from api.edge.problems import PRIVATE
from api.errors import Invalid
from api.shelf.shelving import id_of
from api.signin.door import Router
from api.signin.reader import Staff
from api.spoken import N_

router = Router()
HERE = f"{DESK}/comments"


@router.get(HERE)
@open_to_all(FOR_STAFF)
def to_read(portal: ThePortal, reader: Staff, db: Reading, title: str = "", after: str = "") -> Response:
    before = mark(after) or 0
    only = title_of(db, title) if title else None
    found, last = moderating.to_read(db, title_id=id_of(only) if only is not None else None, after=before)
    more = {"title": only.slug} if only is not None else {}
    return desk_page(
        portal,
        "desk/comments.html",
        reader,
        here="comments",
        comments=found,
        only=only,
        more=f"{HERE}?{urlencode({**more, 'after': last})}" if last is not None else None,
        is_first=not after,
        longest_reason=LONGEST_REASON,
    )


@router.get(f"{HERE}/{{comment_id}}")
@open_to_all(FOR_STAFF)
def one(portal: ThePortal, reader: Staff, comment_id: Id) -> Response:
    return _one(portal, reader, comment_id)


@router.post(f"{HERE}/{{comment_id}}")
@open_to_all(FOR_STAFF)
def decide(portal: ThePortal, reader: Staff, form: Sent, comment_id: Id) -> Response:
    """Show, hide or delete it, by the button that was pressed; then back to the list that the button stood on."""
    typed, slug, button = (forms.text(form, name) for name in ("reason", "title", "do"))
    if button not in set(Act):
        raise Invalid(N_("Nothing was done, because no button was named."))
    try:
        with portal.database.writing() as db:
            moderating.act(db, comment_id, Act(button), typed, reader.user_id)
            only = title_of(db, slug) if slug else None
    except Invalid as refusal:
        return _one(portal, reader, comment_id, typed=typed, slug=slug, fault=refusal.message)
    return RedirectResponse(f"{HERE}?title={only.slug}" if only is not None else HERE, 303, headers=PRIVATE)


def _one(
    portal: Portal, reader: Reader, comment_id: int, *, typed: str = "", slug: str = "", fault: str | None = None
) -> Response:
    with portal.database.reading() as db:
        comment = moderating.one(db, comment_id)
    page = desk_page(
        portal,
        "desk/comment.html",
        reader,
        here="comments",
        each=comment,
        typed=typed,
        slug=slug,
        fault=fault,
        longest_reason=LONGEST_REASON,
    )
    page.status_code = 422 if fault is not None else 200
    return page
