"""`/desk/usage` and `/desk/titles/{slug}/usage`: how all titles, or one, are used; and the same as CSV."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Annotated

from fastapi import Form, Query
from sqlmodel import Session as Db
from starlette.responses import RedirectResponse, Response

from api import clock
from api.access.policy import Reader
from api.desk.file import title_of
from api.desk.page import DESK, FOR_STAFF, TITLE, desk_page
from api.desk.usage_chart import chart
from api.edge.deps import Reading, ThePortal
from api.edge.doors import open_to_all
from api.edge.portal import Portal
from api.edge.problems import PRIVATE
from api.formats.cells import csv_of
from api.notices import summaries
from api.shelf import overview
from api.shelf.overview import LONGEST_TEXT
from api.shelf.shelving import id_of
from api.signin.door import Router
from api.signin.reader import Staff
from api.tables import Title
from api.usage.daily import ALL_TITLES, By, Figures
from api.usage.periods import PERIODS, USUAL, WEEK
from api.usage.press import Use, use_of

router = Router()
HERE = f"{DESK}/usage"
OF_TITLE = f"{TITLE}/usage"
FOUND = 12  # titles that a search offers
Days = Annotated[int, Query()]
HEADINGS = ("part", "name", *Figures.NAMES, "figure", "per cent")


@router.get(HERE)
@open_to_all(FOR_STAFF)
def usage(portal: ThePortal, reader: Staff, db: Reading, days: Days = USUAL, q: str = "") -> Response:
    """Words that mean one title lead to its page; where several are meant they are offered."""
    found = overview.named(db, q.replace("\0", ""), FOUND) if q.strip() else None
    if found is not None and len(found) == 1:
        return RedirectResponse(f"{DESK}/titles/{found[0].slug}/usage?days={_known(days)}", 303, headers=PRIVATE)
    return _page(portal, db, reader, days, q=q, found=found)


@router.get(f"{HERE}.csv")
@open_to_all(FOR_STAFF)
def usage_as_csv(portal: ThePortal, _reader: Staff, db: Reading, days: Days = USUAL) -> Response:
    return _csv(portal, db, days, None)


@router.get(OF_TITLE)
@open_to_all(FOR_STAFF)
def usage_of_title(portal: ThePortal, reader: Staff, db: Reading, slug: str, days: Days = USUAL) -> Response:
    return _page(portal, db, reader, days, title_of(db, slug))


@router.get(f"{OF_TITLE}.csv")
@open_to_all(FOR_STAFF)
def usage_of_title_as_csv(portal: ThePortal, _reader: Staff, db: Reading, slug: str, days: Days = USUAL) -> Response:
    return _csv(portal, db, days, title_of(db, slug))


@router.post(f"{HERE}/summary")
@open_to_all(FOR_STAFF)
def summary(portal: ThePortal, reader: Staff, wants: Annotated[bool, Form()]) -> Response:
    """Whether the month's figures come to whoever asks by mail."""
    with portal.database.writing() as db:
        summaries.choose(db, reader.user_id, wants)
    return RedirectResponse(f"{HERE}#summary", 303, headers=PRIVATE)


def _page(
    portal: Portal,
    db: Db,
    reader: Reader,
    days: int,
    title: Title | None = None,
    *,
    q: str = "",
    found: Sequence[Title] | None = None,
) -> Response:
    use = _use(portal, db, days, title)
    return desk_page(
        portal,
        "desk/usage.html",
        reader,
        here="usage" if title is None else "titles",
        title=title,
        address=_address(title),
        use=use,
        before_from=use.first - timedelta(days=use.days),
        before_to=use.first - timedelta(days=1),
        chart=chart(use.columns, "downloads", "reads"),
        by_week=PERIODS[use.days] == WEEK,
        periods=PERIODS,
        by=By,
        sites_kept=portal.settings.usage.raw_days,
        q=q,
        found=found,
        longest=LONGEST_TEXT,
        mail=summaries.standing(db, reader) if portal.settings.mail.host is not None else None,
    )


def _use(portal: Portal, db: Db, days: int, title: Title | None) -> Use:
    title_id = id_of(title) if title is not None else ALL_TITLES
    return use_of(
        db,
        _known(days),
        clock.now().date(),
        title_id,
        sites_kept=portal.settings.usage.raw_days,
        providers=portal.provider_names,
    )


def _known(days: int) -> int:
    return days if days in PERIODS else USUAL


def _address(title: Title | None) -> str:
    return OF_TITLE.replace("{slug}", title.slug) if title is not None else HERE


def _csv(portal: Portal, db: Db, days: int, title: Title | None) -> Response:
    use = _use(portal, db, days, title)
    name = f"use-{title.slug if title is not None else 'all'}-{use.first}-{use.last}.csv"
    headers = PRIVATE | {"content-disposition": f'attachment; filename="{name}"'}
    return Response(csv_of(_rows(use)), media_type="text/csv; charset=utf-8", headers=headers)


def _rows(use: Use) -> Iterator[Sequence[str]]:
    """One table: by day or week with all figures, then each list with its own."""
    yield HEADINGS
    empty = ("",) * len(Figures.NAMES)
    for column in use.columns:
        yield ("by time", str(column.day), *(column.figures[name].text for name in Figures.NAMES), "", "")
    for headline in use.headlines:
        yield ("total", headline.name, *empty, headline.now.text, "")
        yield ("total of the period before", headline.name, *empty, headline.before.text, "")
    for part, lines in (("from page to file", use.funnel), *use.lists.items(), ("most used", use.most_used)):
        for line in lines:
            share = "" if line.share is None else str(line.share)
            yield (str(part), line.name or "none or others", *empty, line.shown.text, share)
