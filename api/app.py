"""One portal, built from its settings: the parts, the middleware, and routes in the order a reader meets them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from fastapi import Depends, FastAPI
from starlette.concurrency import run_in_threadpool

from api.account import routes as account
from api.account import ways
from api.admission import routes as admission
from api.catalogue import routes as catalogue
from api.catalogue.memory import FromMemory, PublicPages
from api.comments import routes as comments
from api.counter import library
from api.counter import routes as counter
from api.database import Database
from api.delivery import routes as delivery
from api.delivery.fair_use import FairUse
from api.delivery.stamper import Stamper
from api.deposits.registrar import registrar_of
from api.desk import routes as desk
from api.edge import problems
from api.edge.figures import Figures
from api.edge.front import FrontDoor
from api.edge.headers import SafeHeaders, safe_headers
from api.edge.hosts import allowed_hosts
from api.edge.language import InLanguage
from api.edge.network import Proxies
from api.edge.origin import RefuseCrossSiteWrites
from api.edge.pages import Pages
from api.edge.portal import Portal
from api.edge.static import StaticFolder
from api.edge.threads import Threads
from api.feeds import covers
from api.feeds import routes as feeds
from api.formats.cover import cover, ink, strip
from api.harvest import lists
from api.harvest import routes as harvest
from api.house import routes as house
from api.house.keeping import HouseMemory
from api.intake.checker import Checker
from api.jobs import Runner
from api.keys import routes as keys
from api.notices import routes as notices
from api.notices.sending import post_office_of
from api.opds import routes as opds
from api.opds import sign_in as opds_sign_in
from api.ops import routes as ops
from api.ops.housekeeping import periodic_jobs
from api.ops.logs import RequestLog
from api.ops.telemetry import Traces
from api.ops.visits import Visits
from api.postgresql import SILENCE
from api.reading import routes as reading
from api.seal import Seal
from api.search import routes as search
from api.settings import Settings
from api.signin import backchannel
from api.signin import routes as signin
from api.signin.door import LARGEST_BODY, Router
from api.signin.providers import providers_from
from api.signin.reader import closed_by_default, session_cookie
from api.timekeeping import Timekeeper
from api.usage.journal import Journal
from api.v1 import routes as v1
from storage.store import LinkingStore
from storage.stores import store_of

if TYPE_CHECKING:
    from api.signin.devprovider import DemoProvider

WEB = Path(__file__).parent.parent / "web"
STORE_CALLS = 40  # at once, for all readers together


def create_app(settings: Settings, log: RequestLog | None = None, *, with_jobs: bool = False) -> FastAPI:
    """The portal as an ASGI application. Nothing is shared between two of them.

    `log` takes a line for each request; `with_jobs` it does the periodic jobs and checks the files that come in.
    """
    database = Database(settings.database_url, pool=settings.database_pool, patience=SILENCE)
    house_memory = HouseMemory(database)
    pages = Pages(WEB, {"cover": cover, "ink": ink, "strip": strip, "origin": settings.public_url}, house_memory.face)
    demos = _demo_providers(settings, pages) if settings.demo else {}
    given = {provider_id: demo.provider_settings() for provider_id, demo in demos.items()}
    settings = settings.model_copy(update={"providers": given | settings.providers})
    providers = providers_from(settings, {provider_id: demo.transport for provider_id, demo in demos.items()})
    seal = Seal(settings.secret_key.get_secret_value())
    fair_use = FairUse(database, seal, settings.fair_use)
    journal = Journal(database, seal, settings.public_url)
    store = store_of(**settings.storage.model_dump(exclude={"delivery"}))
    is_redirect = settings.storage.delivery == "redirect"
    portal = Portal(
        settings=settings,
        database=database,
        seal=seal,
        store=store,
        store_threads=Threads(STORE_CALLS, "store"),
        picture_threads=Threads(1, "pictures"),
        links=store if is_redirect and isinstance(store, LinkingStore) else None,
        pages=pages,
        renew_face=house_memory.look,
        figures=Figures(),
        providers=providers,
        journal=journal,
        stamper=Stamper(database, store),
        fair_use=fair_use,
    )

    office = post_office_of(settings, seal)
    runner = (
        Runner(
            database,
            periodic_jobs(
                portal.store, seal, office, registrar_of(settings), use_kept=timedelta(days=settings.usage.raw_days)
            ),
        )
        if with_jobs
        else None
    )
    checker = Checker(database, store) if with_jobs else None
    timekeeper = Timekeeper(database)
    traces = Traces(settings.telemetry_url) if settings.telemetry_url is not None else None

    @asynccontextmanager
    async def life(_app: FastAPI) -> AsyncIterator[None]:
        database.agree_on_time()
        timekeeper.start()
        house_memory.start()
        journal.start()
        fair_use.start()
        if runner is not None:
            runner.start()
        if checker is not None:
            checker.start()
        yield
        if checker is not None:
            await run_in_threadpool(checker.stop)
        if runner is not None:
            await run_in_threadpool(runner.stop)
        await run_in_threadpool(fair_use.stop)
        await run_in_threadpool(journal.stop)
        await run_in_threadpool(house_memory.stop)
        await run_in_threadpool(timekeeper.stop)
        portal.store_threads.close()
        portal.picture_threads.close()
        if traces is not None:
            await run_in_threadpool(traces.close)
        database.close()

    app = FastAPI(
        title="Gatefold",
        openapi_url=None,
        redirect_slashes=False,
        lifespan=life,
        dependencies=[Depends(closed_by_default)],
        max_body_size=LARGEST_BODY,
    )
    app.state.portal = portal
    headers = safe_headers(https=settings.is_https)
    app.state.languages = lambda: house_memory.offered
    app.state.public_pages = PublicPages(database, headers, house_memory.look)
    problems.install(app)
    app.mount("/static", StaticFolder(directory=WEB / "static"))
    for demo in demos.values():
        app.mount(demo.house.path, demo.app)
    ops.add_to(app)
    journey = Router()
    readers = (signin, backchannel, account, ways, notices, keys)
    for step in (
        delivery,
        reading,
        feeds,
        covers,
        catalogue,
        comments,
        search,
        admission,
        *readers,
        house,
        harvest,
        lists,
        opds,
        opds_sign_in,
        desk,
        v1,
        counter,
        library,
    ):
        journey.take_in(step.router)
    app.router.routes.extend(journey.routes)
    app.add_api_route("/{anything:path}", problems.nothing_here, methods=["GET", "HEAD"])

    app.add_middleware(RefuseCrossSiteWrites, public_url=settings.public_url)
    app.middleware_stack = _front(app, portal, headers, Visits(portal.figures, log, traces))
    return app


def _front(app: FastAPI, portal: Portal, headers: dict[str, str], note: Visits) -> FrontDoor:
    """What stands before the routes and before the pages of faults, from the outside in."""
    settings = portal.settings
    safe = SafeHeaders(app.build_middleware_stack(), headers)
    pages = FromMemory(safe, app.state.public_pages, session_cookie(settings), portal.journal)
    return FrontDoor(
        InLanguage(pages, app.state.languages),
        hosts=allowed_hosts(settings.public_url, settings.operator_port),
        proxies=Proxies(settings.trusted_proxies),
        headers=headers,
        note=note,
    )


def _demo_providers(settings: Settings, pages: Pages) -> "dict[str, DemoProvider]":
    from api.signin.devpeople import HOUSES
    from api.signin.devprovider import DemoProvider

    return {house.provider_id: DemoProvider(house, settings.public_url, pages) for house in HOUSES}
