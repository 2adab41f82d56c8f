"""Everything that is kept about one reader, as plain values for JSON."""

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlmodel import Session as Db
from sqlmodel import col, select

from api.access import keys, librarians, requests
from api.account.kept import KEPT
from api.admission import copies
from api.comments import taking
from api.intake import pipeline
from api.notices import choice, outbox, shown, summaries
from api.shelf import holdings, reading_places, typed_kept
from api.signin import linking, log, sessions, terms
from api.tables import (
    Audit,
    Chapter,
    ChapterFile,
    Edition,
    FairUseNote,
    Grant,
    Identity,
    Redemption,
    StampedCopy,
    Ticket,
    Title,
    User,
    Voucher,
)
from api.uploads import arrivals


def takeout(db: Db, user_id: int, now: datetime) -> dict[str, Any]:
    """Instants are ISO 8601 in UTC. Secrets and their digests are nobody's, so they are left out."""
    user = db.get_one(User, user_id)
    return {
        "made_at": _at(now),
        "account": {
            "name": user.name,
            "email": user.email,
            "role": user.role,
            "language": user.language,
            "since": _at(user.created_at),
            "closing_at": _at(user.closing_at),
        },
        "ways_to_sign_in": [
            {
                "provider": identity.provider,
                "issuer": identity.issuer,
                "subject": identity.subject,
                "since": _at(identity.created_at),
                "email": identity.email,
                "email_verified": identity.email_verified,
                "vouched_for": json.loads(identity.claims) if identity.claims else None,
                "vouched_at": _at(identity.vouched_at),
            }
            for identity in linking.of_user(db, user_id)
        ],
        "sessions": [
            {
                "device": session.device,
                "since": _at(session.created_at),
                "signed_in_at": _at(session.authenticated_at),
                "last_seen_at": _at(session.last_seen_at),
                "ends_at": _at(session.expires_at),
            }
            for session in sessions.of_user(db, user_id)
        ],
        "access_keys": [
            {
                "name": key.name,
                "for": key.scope,
                "made_at": _at(key.made_at),
                "ends_at": _at(key.expires_at),
                "last_used_on": key.last_used_on.isoformat() if key.last_used_on else None,
            }
            for key in keys.of_user(db, user_id)
        ],
        "librarian_of": [library.name for library in librarians.of_reader(db, user_id)],
        "month_by_mail": summaries.said(db, user_id),
        "sign_in_log": [
            {"at": _at(line.at), "what": line.outcome, "provider": line.provider, "device": line.device}
            for line in log.of_user(db, user_id)
        ],
        "titles": [
            {**_title(db, edition), "taken_at": _at(holding.taken_at)}
            for holding, edition in holdings.of_user(db, user_id)
        ],
        "links": _links(db, user_id),
        "reading": [
            {"title": title.full_title, "page": place.page, "printed": place.label, "at": _at(place.at)}
            for place, title in reading_places.all_of(db, user_id)
        ],
        "stamped_copies": _stamped_copies(db, user_id),
        "fair_use": [
            {"day": note.day.isoformat(), "what": note.what, "allowance": note.allowance, "stage": note.stage}
            for note in db.exec(
                select(FairUseNote).where(FairUseNote.user_id == user_id).order_by(col(FairUseNote.id))
            ).all()
        ],
        "lists": _lists(db, user_id),
        "codes_used": _codes_used(db, user_id),
        "terms_accepted": [
            {"version": each.version, "accepted_at": _at(each.accepted_at)} for each in terms.accepted_by(db, user_id)
        ],
        "asked": [
            {
                "title": each.full_title,
                "sentence": each.sentence,
                "asked_at": _at(each.asked_at),
                "answer": each.answer,
                "decided_at": _at(each.decided_at),
            }
            for each in requests.requests_of(db, user_id)
        ],
        "accessible_copies": [
            {
                "title": each.full_title,
                "words": each.words,
                "asked_at": _at(each.asked_at),
                "answer": each.answer,
                "reply": each.reply,
                "address": each.address,
                "answered_at": _at(each.answered_at),
            }
            for each in copies.of_user(db, user_id)
        ],
        "files_sent": [
            {
                "file_name": sent.file_name,
                "size": sent.size,
                "received_at": _at(sent.received_at),
                "state": sent.state,
                "reason": sent.reason,
            }
            for sent in pipeline.sent_by(db, user_id)
        ],
        "uploads": [
            {
                "file_name": upload.file_name,
                "size": upload.size,
                "began_at": _at(upload.began_at),
                "finished_at": _at(upload.finished_at),
            }
            for upload in arrivals.begun_by(db, user_id)
        ],
        "notices": _notices(db, user_id),
        "mail": _mail(db, user_id),
        **taking.of_user(db, user_id, _at),
        "typed_and_not_saved": [
            {"form": typed.place.split()[0], "title": slug, "at": _at(typed.at), "fields": typed.fields}
            for typed, slug in typed_kept.of_user(db, user_id)
        ],
        "acts": _acts(db, user_id),
        "what_is_kept": [asdict(each) for each in KEPT],
    }


def _links(db: Db, user_id: int) -> list[dict[str, Any]]:
    made = (
        select(Ticket, Edition, Chapter.name)
        .join(Edition, col(Edition.id) == col(Ticket.edition_id))
        .outerjoin(ChapterFile, col(ChapterFile.id) == col(Ticket.chapter_file_id))
        .outerjoin(Chapter, col(Chapter.id) == col(ChapterFile.chapter_id))
    )
    return [
        {
            **_title(db, edition),
            "chapter": chapter,
            "made_at": _at(ticket.made_at),
            "ends_at": _at(ticket.expires_at),
            "uses_left": None if ticket.is_inline else ticket.uses_left,
            "for_reading_in_the_browser": ticket.is_inline,
            "revoked_at": _at(ticket.revoked_at),
        }
        for ticket, edition, chapter in db.exec(made.where(Ticket.user_id == user_id).order_by(col(Ticket.id))).all()
    ]


def _stamped_copies(db: Db, user_id: int) -> list[dict[str, Any]]:
    theirs = select(StampedCopy, Edition).join(Edition, col(Edition.id) == col(StampedCopy.edition_id))
    return [
        {
            **_title(db, edition),
            "number": copy.number,
            "made_at": _at(copy.made_at),
            "size": copy.size,
            "sha256": copy.sha256,
        }
        for copy, edition in db.exec(theirs.where(StampedCopy.user_id == user_id).order_by(col(StampedCopy.id))).all()
    ]


def _lists(db: Db, user_id: int) -> list[dict[str, Any]]:
    by_identity = (col(Identity.issuer) == col(Grant.issuer)) & (col(Identity.subject) == col(Grant.subject))
    named = select(Grant, Title).join(Identity, by_identity).join(Title, col(Title.id) == col(Grant.title_id))
    return [
        {"title": title.full_title, "by": grant.source, "since": _at(grant.granted_at)}
        for grant, title in db.exec(named.where(Identity.user_id == user_id).order_by(col(Grant.id))).all()
    ]


def _codes_used(db: Db, user_id: int) -> list[dict[str, Any]]:
    used = (
        select(Redemption, Title)
        .join(Voucher, col(Voucher.id) == col(Redemption.voucher_id))
        .join(Title, col(Title.id) == col(Voucher.title_id))
        .where(Redemption.user_id == user_id)
    )
    return [
        {"title": title.full_title, "at": _at(redemption.redeemed_at)}
        for redemption, title in db.exec(used.order_by(col(Redemption.id))).all()
    ]


def _notices(db: Db, user_id: int) -> list[dict[str, Any]]:
    return [
        {
            "title": title.full_title,
            "kind": notice.kind,
            "edition": notice.edition,
            "words": notice.words,
            "at": _at(notice.made_at),
            "seen_at": _at(copy.seen_at),
        }
        for notice, copy, title in shown.everything_of(db, user_id)
    ]


def _mail(db: Db, user_id: int) -> dict[str, Any]:
    return {
        "wanted_since": _at(choice.allowed_at(db, user_id)),
        "sent_or_to_be_sent": [
            {
                "kind": mail.kind,
                "made_at": _at(mail.made_at),
                "state": mail.state,
                "tries": mail.tries,
                "fault": mail.fault,
                "sent_at": _at(mail.sent_at),
            }
            for mail in outbox.of_user(db, user_id)
        ],
    }


def _acts(db: Db, user_id: int) -> list[dict[str, Any]]:
    about = (col(Audit.actor_user_id) == user_id) | (col(Audit.user_id) == user_id)
    return [
        {
            "at": _at(act.at),
            "action": act.action,
            "object": act.object,
            "words": act.words,
            "by_you": act.actor_user_id == user_id,
            "to_you": act.user_id == user_id,
        }
        for act in db.exec(select(Audit).where(about).order_by(col(Audit.id))).all()
    ]


def _title(db: Db, edition: Edition) -> dict[str, Any]:
    return {"title": db.get_one(Title, edition.title_id).full_title, "edition": edition.number}


def _at(instant: datetime | None) -> str | None:
    return instant.isoformat(timespec="seconds").replace("+00:00", "Z") if instant is not None else None
