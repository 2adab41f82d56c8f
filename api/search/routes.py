"""`/search`: the search page, for everyone, each with what they may find."""

from fastapi import Request
from fastapi.responses import HTMLResponse
from starlette.responses import Response

from api import clock
from api.access.policy import Reader
from api.access.whom import open_to
from api.edge import limits, words
from api.edge.deps import ThePortal
from api.edge.doors import open_to_all
from api.edge.network import network_of
from api.edge.portal import Portal
from api.edge.problems import PRIVATE
from api.search.asked import LONGEST, MINE, OPEN, Asked
from api.shelf import search
from api.shelf.search import NOTHING, Choices, Results, Wanted
from api.signin.door import Router
from api.signin.next_path import sign_in_url
from api.signin.reader import CurrentReader
from api.tables import EventKind, Kind
from api.usage.record import Caller, Sighting

router = Router()


@router.api_route("/search", methods=["GET", "HEAD"])
@open_to_all("everyone searches what is public, and inside what they may read")
def search_page(request: Request, portal: ThePortal, reader: CurrentReader) -> Response:
    asked = Asked.of(request.query_params)
    if asked.is_too_long:
        return _page(portal, reader, asked, Wanted(), NOTHING, 422)
    wanted = asked.wanted(is_signed_in=reader is not None)
    if wanted.is_nothing:
        return _page(portal, reader, asked, wanted, NOTHING)
    return _page(portal, reader, asked, wanted, looked_for(request, portal, reader, asked, wanted))


def looked_for(request: Request, portal: Portal, reader: Reader | None, asked: Asked, wanted: Wanted) -> Results:
    """What this reader finds, for people and programs alike: within the limits, and counted as one search."""
    _count(request, portal, reader)
    now = clock.now()
    with portal.database.reading() as db:
        results = search.find(db, wanted, reader, now, asked.page)
    if asked.page == 1:  # the further pages are of the same search
        caller = Caller.of(request.scope)
        portal.journal.later(Sighting(now, EventKind.SEARCH, caller, 200, reader=reader, what=asked.address()))
    return results


def _count(request: Request, portal: Portal, reader: Reader | None) -> None:
    """Against those who would take the shelf apart word by word."""
    network = network_of(request)
    with portal.database.writing() as db:
        if reader is None:
            limits.count(db, portal.seal, limits.SEARCHES_OF_NOBODY, network=network)
        else:
            limits.count(db, portal.seal, limits.SEARCHES, network=network, account=reader.user_id)


def _options(asked: Asked, found: Choices) -> dict[str, list[tuple[str, str]]]:
    """What can be chosen, each value with its words: what was found, and what is chosen already."""
    chosen = asked.choices
    kinds = dict.fromkeys([*found.kinds, *([Kind(chosen["kind"])] if chosen["kind"] in list(Kind) else [])])
    languages = dict.fromkeys([*found.languages, *filter(None, [chosen["language"]])])
    subjects = dict.fromkeys([*found.subjects, *filter(None, [chosen["subject"]])])
    return {
        "kinds": [(kind, words.kind_name(kind)) for kind in kinds],
        "languages": [(language, words.language_name(language)) for language in languages],
        "subjects": [(subject, subject) for subject in subjects],
    }


def _page(
    portal: Portal, reader: Reader | None, asked: Asked, wanted: Wanted, results: Results, status: int = 200
) -> Response:
    page = portal.pages.render(
        "search/search.html",
        reader=reader,
        here="search",
        sign_in_url=sign_in_url(asked.address()),
        asked=asked,
        wanted=wanted,
        results=results,
        finds=[(find, open_to(find.shelved.rungs, portal.provider_names)) for find in results.finds],
        at_a_time=search.AT_A_TIME,
        options=_options(asked, results.choices),
        is_narrowed=any(asked.choices.values()),
        longest=LONGEST,
        access_open=OPEN,
        access_mine=MINE,
        most_found=search.MOST_FOUND,
    )
    return HTMLResponse(page, status, headers=PRIVATE)
