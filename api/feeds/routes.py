"""The addresses of a title in other forms, of its links, of many titles in one file, and of unAPI."""

import re
from contextlib import suppress
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Query, Request
from starlette.responses import Response

from api import clock
from api.access.policy import Reader
from api.catalogue.forms import NOT_FOR_INDEXES, as_linkset, in_form, work_of
from api.catalogue.routes import NUMBER, caching
from api.edge.deps import ThePortal
from api.edge.doors import open_to_all
from api.edge.made import made, with_charset
from api.edge.portal import Portal
from api.edge.problems import PRIVATE
from api.errors import Invalid, Moved, NotFound, NotOffered
from api.feeds import unapi
from api.formats import calendar
from api.formats.forms import BY_NAME, FORMS
from api.formats.record import WORK_PATHS, kind_of
from api.formats.works import Work, last_change
from api.shelf import harvest, queries
from api.shelf.queries import Shelved
from api.signin.door import Router
from api.signin.reader import CurrentReader
from api.spoken import N_
from api.tables import State

router = Router()
BY_SUFFIX = {form.suffix: form for form in FORMS}
AT_MOST = 500  # works in one file
WORK = re.compile(
    rf"(?P<title>(?:{'|'.join(WORK_PATHS.values())})/(?P<slug>[a-z0-9-]+))(?:/chapters/(?P<number>[^/]+))?"
)
IN_LIST = re.compile(r"([a-z0-9-]{1,120})(?:/([1-9][0-9]{0,5}))?")


@open_to_all("what is public of a title, in other forms; a draft is the common 404")
def title_in_form(request: Request, portal: ThePortal, reader: CurrentReader, slug: str, suffix: str) -> Response:
    return _in_form(request, portal, reader, f"{slug}.{suffix}", None)


@open_to_all("a chapter's forms are as public as its title's")
def chapter_in_form(
    request: Request, portal: ThePortal, reader: CurrentReader, slug: str, number: str, suffix: str
) -> Response:
    return _in_form(request, portal, reader, f"{number}.{suffix}", slug)


def _in_form(request: Request, portal: Portal, reader: Reader | None, last: str, slug: str | None) -> Response:
    """`last` is the last part of the address: a slug, or a chapter's number where the slug came before."""
    name, dot, suffix = last.partition(".")
    form = BY_SUFFIX.get(dot + suffix)
    if form is None or (slug is not None and not form.of_chapters):
        raise NotFound
    shelved, work = _found(request, portal, reader, slug or name, name if slug is not None else None)
    return in_form(request, form, work, caching(request, portal, shelved, "Cookie"))


@open_to_all("the day a title opens is as public as the title")
def title_opening(request: Request, portal: ThePortal, reader: CurrentReader, slug: str) -> Response:
    """The day as an entry for a calendar; nothing where the title is open, or has no day."""
    shelved, work = _found(request, portal, reader, slug)
    opens_at, record = shelved.record.opens_at, shelved.record
    if opens_at is None or opens_at <= clock.now() or record.state is not State.PUBLISHED:
        raise NotFound
    saved_as = {"content-disposition": f'attachment; filename="{slug}{calendar.SUFFIX}"'}
    headers = {**caching(request, portal, shelved, "Accept-Language, Cookie"), **NOT_FOR_INDEXES, **saved_as}
    return made(request, calendar.opening(work, opens_at, portal.pages.house_name), calendar.MEDIA_TYPE, headers)


@open_to_all("the typed links of a title are as public as the title")
def title_links(request: Request, portal: ThePortal, reader: CurrentReader, slug: str) -> Response:
    shelved, work = _found(request, portal, reader, slug)
    return as_linkset(request, work, caching(request, portal, shelved, "Cookie"))


@open_to_all("the typed links of a chapter are as public as its title")
def chapter_links(request: Request, portal: ThePortal, reader: CurrentReader, slug: str, number: str) -> Response:
    shelved, work = _found(request, portal, reader, slug, number)
    return as_linkset(request, work, caching(request, portal, shelved, "Cookie"))


@router.api_route("/unapi", methods=["GET", "HEAD"])
@open_to_all("reference managers read public titles here")
def unapi_address(
    request: Request,
    portal: ThePortal,
    work_id: Annotated[str, Query(alias="id", max_length=500)] = "",
    name: Annotated[str, Query(alias="format", max_length=50)] = "",
) -> Response:
    if not work_id:
        return Response(unapi.formats(), media_type=with_charset(unapi.MEDIA_TYPE))
    shelved, path = None, WORK.fullmatch(urlsplit(work_id).path)
    if path is None or not work_id.startswith(("/", f"{portal.settings.public_url}/")):
        raise NotFound
    with portal.database.reading() as db, suppress(Moved):  # an old address is no name of anything
        shelved = queries.find(db, kind_of(path["title"]), path["slug"], None, clock.now())
    work = _work(portal, shelved, path["number"])
    if not name:
        return Response(unapi.formats(work), 300, media_type=with_charset(unapi.MEDIA_TYPE))
    form = unapi.form_called(name, work)
    if form is None:
        raise NotOffered(N_("There is no format “{name}” here.", name=name))
    assert shelved is not None
    return in_form(request, form, work, caching(request, portal, shelved, "Cookie"))


@router.api_route("/export", methods=["GET", "HEAD"])
@open_to_all("several public titles in one file; a draft is the common 404")
def export(
    request: Request,
    portal: ThePortal,
    ids: Annotated[str, Query(max_length=AT_MOST * 130)],
    name: Annotated[str, Query(alias="format", max_length=50)] = "bibtex",
) -> Response:
    """`ids` are slugs, or a slug, a stroke and a chapter's number, with commas between; asked for twice is once."""
    wanted = list(dict.fromkeys(part for part in ids.split(",") if part))
    form = BY_NAME.get(name)
    if form is None:
        raise Invalid(N_("There is no format “{name}”. There are: {names}.", name=name, names=", ".join(BY_NAME)))
    if not 1 <= len(wanted) <= AT_MOST:
        n = len(wanted)
        raise Invalid(
            N_("From 1 to {most} titles or chapters fit into one file; this list has {n}.", most=AT_MOST, n=n)
        )
    if len(wanted) > 1 and not form.of_lists:
        raise Invalid(N_("A file in {format} holds one title; ask for one after the other.", format=form.label))
    works = _listed(portal, wanted)
    if any(work.chapter is not None for work in works) and not form.of_chapters:
        raise Invalid(N_("Chapters by themselves have no form in {format}; ask for their titles.", format=form.label))
    saved_as = {"content-disposition": f'attachment; filename="titles{form.suffix}"'}
    headers = {**PRIVATE, **NOT_FOR_INDEXES, **saved_as}
    return made(request, form.written(works), form.media_type, headers, last_change(works))


def _listed(portal: Portal, wanted: list[str]) -> list[Work]:
    parts = [IN_LIST.fullmatch(each) for each in wanted]
    slugs = {each[1] for each in parts if each is not None}
    with portal.database.reading() as db:
        shelved = harvest.by_slug(db, slugs, clock.now())
    works = []
    for name, part in zip(wanted, parts, strict=True):
        if part is None or part[1] not in shelved:
            raise NotFound(N_("“{name}” is the name of no title or chapter here.", name=name))
        works.append(work_of(portal, shelved[part[1]], int(part[2]) if part[2] else None))
    return works


def _found(
    request: Request, portal: Portal, reader: Reader | None, slug: str, number: str | None = None
) -> tuple[Shelved, Work]:
    with portal.database.reading() as db:
        shelved = queries.find(db, kind_of(request.scope["path"]), slug, reader, clock.now())
    work = _work(portal, shelved, number)
    assert shelved is not None
    return shelved, work


def _work(portal: Portal, shelved: Shelved | None, number: str | None) -> Work:
    if shelved is None or (number is not None and not NUMBER.fullmatch(number)):
        raise NotFound
    return work_of(portal, shelved, int(number) if number is not None else None)


for base in WORK_PATHS.values():
    title, chapter = f"{base}/{{slug}}", f"{base}/{{slug}}/chapters/{{number}}"
    for path, endpoint in (
        (f"{title}/linkset", title_links),
        (f"{chapter}/linkset", chapter_links),
        (f"{title}{calendar.SUFFIX}", title_opening),
        (f"{chapter}.{{suffix}}", chapter_in_form),
        (f"{title}.{{suffix}}", title_in_form),
    ):
        router.add_api_route(path, endpoint, methods=["GET", "HEAD"])
