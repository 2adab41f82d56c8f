"""`/account/reports`: what an institution's readers use here, for its librarians, to look at and to download."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import Query
from fastapi.responses import HTMLResponse
from sqlmodel import Session as Db
from starlette.responses import Response

from api import clock
from api.access import keys, librarians
from api.access.librarians import Library
from api.counter import customers
from api.counter.asked import Available, read
from api.counter.definitions import REPORTS
from api.counter.document import document
from api.counter.faults import Fault
from api.counter.report import Report, available, make
from api.counter.tabular import tabular
from api.edge.deps import Reading, ThePortal
from api.edge.portal import Portal
from api.edge.problems import PRIVATE
from api.errors import Invalid, NotFound
from api.signin.door import Router
from api.signin.reader import SignedIn
from api.spoken import N_

router = Router()
HERE = "/account/reports"
SHOWN_AT_FIRST = 12  # months
METRICS = ("Total_Item_Investigations", "Total_Item_Requests", "Unique_Title_Requests", "No_License")
FORMS = {
    "json": "application/json",
    "tsv": "text/tab-separated-values; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
}
Counts = Mapping[str, int]


@dataclass(frozen=True)
class Glance:
    """The title report in two small tables: by month, and by title, the most fetched first."""

    by_month: Mapping[str, Counts]
    by_title: list[tuple[str, Counts]]


@router.get(HERE)
def overview(
    portal: ThePortal, db: Reading, held: SignedIn, institution: str = "", begin: str = "", end: str = ""
) -> Response:
    """Of several institutions the first, until another is chosen."""
    libraries = librarians.of_reader(db, held.reader.user_id)
    library = _own(libraries, institution or next((each.slug for each in libraries), ""))
    months = available(db)
    begin, end = _period(months, begin, end)
    page = portal.pages.render(
        "keys/reports.html",
        reader=held.reader,
        here="account",
        libraries=libraries,
        library=library,
        months=list(months.first.to(months.last))[::-1] if months.first and months.last else [],
        begin=begin,
        end=end,
        glance=_glance(_report(portal, db, library, "TR", begin, end)) if begin else None,
        metrics=METRICS,
        reports=REPORTS.values(),
        forms=FORMS,
        api=f"{portal.settings.public_url}/counter/r51",
        keys_page=keys.PAGE,
        now=clock.now(),
    )
    return HTMLResponse(page, headers=PRIVATE)


@router.get(f"{HERE}/{{institution}}/{{report_id}}.{{form}}")
def download(
    portal: ThePortal,
    db: Reading,
    held: SignedIn,
    institution: str,
    report_id: str,
    form: str,
    begin: Annotated[str, Query()],
    end: Annotated[str, Query()],
) -> Response:
    library = _own(librarians.of_reader(db, held.reader.user_id), institution)
    if report_id.upper() not in REPORTS or form not in FORMS:
        raise NotFound
    made = _report(portal, db, library, report_id.upper(), begin, end)
    own = portal.settings.usage.platform, portal.settings.usage.registry_record
    if form == "json":
        content = json.dumps(document(made, *own), ensure_ascii=False)
    else:
        content = tabular(made, *own, delimiter="\t" if form == "tsv" else ",")
    name = f"{library.slug}-{report_id.lower()}-{made.asked.begin}-{made.asked.end}.{form}"
    headers = PRIVATE | {"content-disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=FORMS[form], headers=headers)


def _own(libraries: Sequence[Library], slug: str) -> Library:
    """Whoever is no librarian, or not that institution's, finds nothing here."""
    for each in libraries:
        if each.slug == slug:
            return each
    raise NotFound


def _period(months: Available, begin: str, end: str) -> tuple[str, str]:
    """What was asked for, or else the last year there is; nothing where no month is closed yet."""
    if months.first is None or months.last is None:
        return "", ""
    usual = months.last
    for _ in range(SHOWN_AT_FIRST - 1):
        usual = max(months.first, usual.before)
    return begin or str(usual), end or str(months.last)


def _report(portal: Portal, db: Db, library: Library, report_id: str, begin: str, end: str) -> Report:
    given = {"begin_date": begin, "end_date": end}
    try:
        customer = customers.allowed(db, library.slug, library.slug)
        asked = read(REPORTS[report_id], given, portal.settings.usage.platform, available(db), clock.now())
    except Fault as fault:
        way_on = (HERE, N_("Back to the reports"))
        raise Invalid(f"{fault.notice}.", heading=N_("There is no such report"), way_on=way_on) from fault
    return make(db, asked, customer, portal.settings.public_url)


def _glance(report: Report) -> Glance:
    by_month: dict[str, dict[str, int]] = {str(month): dict.fromkeys(METRICS, 0) for month in report.asked.months}
    by_title: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(METRICS, 0))
    for entry in report.entries:
        assert entry.item is not None
        for performance in entry.figures.values():
            for metric in METRICS:
                for month, number in performance.get(metric, {}).items():
                    by_month[month][metric] += number
                    by_title[entry.item.name][metric] += number
    return Glance(by_month, sorted(by_title.items(), key=lambda each: (-each[1][METRICS[1]], each[0])))
