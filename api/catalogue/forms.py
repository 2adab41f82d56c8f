"""A title or a chapter as an answer in one of its forms, whether asked for by its address or by what is accepted."""

from fastapi import Request
from starlette.responses import Response

from api.edge.made import made
from api.edge.portal import Portal
from api.errors import NotFound, NotOffered
from api.formats import links
from api.formats.citation import cite
from api.formats.forms import Form
from api.formats.negotiation import CITATION, offered
from api.formats.works import Work, work_at
from api.shelf import gates
from api.shelf.queries import Shelved
from api.spoken import N_

NOT_FOR_INDEXES = {"x-robots-tag": "noindex"}


def work_of(portal: Portal, shelved: Shelved, address: int | None = None) -> Work:
    """The title, or with an `address` that chapter of it. Raises NotFound where there is none."""
    whole = gates.work_of(shelved, portal.settings.public_url)
    found = whole if address is None else work_at(whole, address)
    if found is None:
        raise NotFound
    return found


def in_form(request: Request, form: Form, work: Work, headers: dict[str, str]) -> Response:
    return _about(request, form.written([work]), form.media_type, work, headers)


def as_linkset(request: Request, work: Work, headers: dict[str, str]) -> Response:
    return _about(request, links.linkset(work), links.LINKSET, work, headers)


def cited(request: Request, work: Work, style: str, headers: dict[str, str]) -> Response:
    return _about(request, f"{cite(work, style).text}\n".encode(), CITATION, work, headers)


def not_offered(work: Work) -> NotOffered:
    there_is = ", ".join(offered(work.chapter is not None))
    return NotOffered(N_("It can be had as {there_is}.", there_is=there_is), members={"alternatives": there_is})


def _about(request: Request, body: bytes, media_type: str, work: Work, headers: dict[str, str]) -> Response:
    about = {"link": links.describes(work), **NOT_FOR_INDEXES}
    return made(request, body, media_type, headers | about, work.record.modified_at)
