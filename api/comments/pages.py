"""The pages of a talk: what stands below a title, older leaves of it, and the forms to write, report and delete."""

from dataclasses import dataclass
from typing import Any

from api import clock
from api.access.policy import Reader
from api.comments import shown, writing
from api.comments.shown import Said, Talk
from api.comments.text import LONGEST, LONGEST_REASON
from api.edge.portal import Portal
from api.formats.record import TitleRecord
from api.signin.next_path import sign_in_url

BOX = "comment"  # the id of the place to write at


@dataclass(frozen=True)
class Form:
    """A form to write with: where it is sent, what is in it, and what is wrong with that.

    `kind` is `new`, `reply` or `edit`; `about` the comment that is replied to or edited. `is_given_back` is whether
    it was typed before the last sign-in.
    """

    kind: str
    action: str
    typed: str = ""
    fault: str | None = None
    about: Said | None = None
    is_given_back: bool = False


def shown_below(portal: Portal, record: TitleRecord, reader: Reader | None) -> dict[str, Any]:
    """What a title's page shows of the talk about it: the newest leaf."""
    with portal.database.reading() as db:
        talk = shown.talk(db, record.id, record.state, reader, clock.now())
    return {"talk": talk, **_words_of_box(portal, record)}


def leaf_page(
    portal: Portal,
    record: TitleRecord,
    reader: Reader | None,
    talk: Talk,
    *,
    is_thread: bool = False,
    is_newest: bool = False,
) -> str:
    """One leaf of comments, or one comment with its replies."""
    return portal.pages.render(
        "comments/comments.html",
        reader=reader,
        record=record,
        talk=talk,
        is_thread=is_thread,
        is_newest=is_newest,
        sign_in_url=sign_in_url(record.path),
        **_words_of_box(portal, record),
    )


def form_page(portal: Portal, record: TitleRecord, reader: Reader, talk: Talk, form: Form) -> str:
    return portal.pages.render(
        "comments/write.html", reader=reader, record=record, talk=talk, form=form, **_words_of_box(portal, record)
    )


def question_page(
    portal: Portal, record: TitleRecord, reader: Reader, said: Said, question: str, fault: str | None = None
) -> str:
    """Before a comment is deleted (`deletion`) or reported (`report`)."""
    return portal.pages.render(
        "comments/question.html",
        reader=reader,
        record=record,
        said=said,
        question=question,
        fault=fault,
        complaints=list(writing.Complaint),
        longest_reason=LONGEST_REASON,
    )


def _words_of_box(portal: Portal, record: TitleRecord) -> dict[str, Any]:
    return {
        "longest_comment": LONGEST,
        "sign_in_to_comment": sign_in_url(f"{record.path}#{BOX}"),
        "can_sign_in": bool(portal.providers),
        "editable_minutes": int(writing.EDITABLE.total_seconds()) // 60,
    }
