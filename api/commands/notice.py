"""`gatefold notice`: telling those who hold a title, and what became of the mails."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from api.commands.output import answer, json_option
from api.commands.start import load_settings, open_database

if TYPE_CHECKING:
    from api.notices.announce import Announced, Reach
    from api.settings import Settings
    from api.tables import NoticeKind, OutgoingMail

STATES = ("waiting", "sending", "sent", "given-up")


@click.group()
def notice() -> None:
    """Notices to those who hold a title: on their account page, and by mail to who wants it."""


@notice.command()
@click.argument("slug")
@click.option("--erratum", metavar="WORDS", help="What is wrong, and what is right.")
@click.option("--new-edition", is_flag=True, help="A newer edition is here than the one they have taken.")
@click.option("--words", default="", help="With --new-edition: what has changed.")
@click.option("--dry-run", is_flag=True, help="Say whom it would reach, and tell nobody.")
@json_option
def send(slug: str, erratum: str | None, new_edition: bool, words: str, dry_run: bool, as_json: bool) -> None:
    """Tell all who hold the title SLUG. The same words about the same edition are told once."""
    from api.notices import announce
    from api.tables import NoticeKind

    if (erratum is None) != new_edition:
        raise click.UsageError("Say what it is: --erratum or --new-edition.")
    if erratum is not None and words:
        raise click.UsageError("--words goes with --new-edition; an erratum has its own.")
    kind = NoticeKind.NEW_EDITION if new_edition else NoticeKind.ERRATUM
    said = announce.clean(erratum or words, kind)
    settings = load_settings()
    if dry_run:
        _preview(settings, slug, kind, as_json)
        return
    done = _announce(settings, slug, kind, said)
    result = {"slug": slug, "kind": kind, "dry_run": False, "notice": done.notice_id, "is_new": done.is_new}
    opening = "Told" if done.is_new else "Nothing was done: these words were told before, to"
    answer(as_json, result | asdict(done.reach), f"{opening} {_in_words(done.reach, settings)}")


def _preview(settings: "Settings", slug: str, kind: "NoticeKind", as_json: bool) -> None:
    from api.notices import announce
    from api.shelf.shelving import find_title

    with open_database(settings) as database, database.reading() as db:
        reach = announce.preview(db, find_title(db, slug), kind, has_mail=settings.mail.host is not None)
    result = {"slug": slug, "kind": kind, "dry_run": True} | asdict(reach)
    answer(as_json, result, f"It would tell {_in_words(reach, settings)}\nNobody was told: this was a dry run.")


def _announce(settings: "Settings", slug: str, kind: "NoticeKind", said: str) -> "Announced":
    from api import clock
    from api.notices import announce
    from api.shelf.shelving import find_title

    has_mail = settings.mail.host is not None
    with open_database(settings) as database, database.writing() as db:
        title = find_title(db, slug)
        return announce.announce(db, title, kind, said, by=None, has_mail=has_mail, now=clock.now())


def _in_words(reach: "Reach", settings: "Settings") -> str:
    readers = f"{reach.readers} reader{'' if reach.readers == 1 else 's'} on their account page"
    if settings.mail.host is None:
        return f"{readers}; there is no mail server, so nobody by mail."
    return f"{readers}, and {reach.by_mail} of them by mail too."


@notice.command()
@click.option("--state", type=click.Choice(STATES), help="Only mails in this state.")
@click.option("--limit", default=50, type=click.IntRange(1, 1000), show_default=True, help="How many to list.")
@json_option
def outbox(state: str | None, limit: int, as_json: bool) -> None:
    """The mails of the last 90 days, the newest first: by number of account, never with an address."""
    from api.notices import outbox

    with open_database(load_settings()) as database, database.reading() as db:
        counts = outbox.counts(db)
        mails = [_described(each) for each in outbox.listed(db, state, limit)]
    lines = [", ".join(f"{count} {name}" for name, count in counts.items()) + "."]
    lines += [
        f"{each['id']}  {each['state']}  account {each['account']}  {each['what']}  tries {each['tries']}"
        + (f"  {each['fault']}" if each["fault"] else "")
        for each in mails
    ]
    answer(as_json, {"counts": counts, "mails": mails}, "\n".join(lines))


def _described(mail: "OutgoingMail") -> dict[str, Any]:
    return {
        "id": mail.id,
        "account": mail.user_id,
        "kind": mail.kind,
        "what": mail.key,
        "state": mail.state,
        "made_at": mail.made_at,
        "due_at": mail.due_at,
        "tries": mail.tries,
        "fault": mail.fault,
        "sent_at": mail.sent_at,
    }
