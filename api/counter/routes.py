"""`/counter/r51/…`: the COUNTER API, release 5.1. Its status is public, all else opens to a key for reports."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, NamedTuple

from fastapi import Request
from fastapi.responses import JSONResponse
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlmodel import Session as Db
from starlette.responses import Response

from api import clock
from api.access import keys
from api.counter import customers
from api.counter.asked import read
from api.counter.customers import Customer
from api.counter.definitions import REPORTS
from api.counter.document import RELEASE, document
from api.counter.faults import Fault
from api.counter.report import available, make
from api.edge import limits
from api.edge.deps import ThePortal
from api.edge.doors import open_to_all
from api.edge.network import network_of
from api.edge.portal import Portal
from api.edge.problems import PRIVATE, TRY_AGAIN_AFTER
from api.errors import NotFound, TooMany
from api.signin.door import Router
from api.signin.people import reader_of_user
from api.tables import KeyScope
from api.usage.months import Month

BASE = "/counter/r51"
OPEN_BECAUSE = "a key for reports, which is part of the request, says whose"
router = Router(prefix=BASE)
Answer = Callable[..., Response]


class Caller(NamedTuple):
    """Who asks, by their key: the account, and the one institution it is for (None: any)."""

    user_id: int
    only: str | None


def in_counters_words(answer: Answer) -> Answer:
    """Let refusals and an absent database answer as the API has it, with one exception in the body."""

    @wraps(answer)
    def answering(request: Request, portal: ThePortal, **path: str) -> Response:
        try:
            return answer(request, portal, **path)
        except Fault as fault:
            return _exception(fault)
        except TooMany as refusal:
            portal.figures.rate_limited.labels(refusal.limit).inc()
            wait = max(1, int((refusal.until - clock.now()).total_seconds()) + 1)
            return _exception(Fault(1020, refusal.message), {"retry-after": str(wait)})
        except (OperationalError, InterfaceError, PoolTimeout):
            return _exception(Fault(1010), {"retry-after": str(TRY_AGAIN_AFTER)})

    return answering


@open_to_all("libraries' programs look here whether the service runs")
@in_counters_words
def status(request: Request, portal: ThePortal) -> Response:
    known: dict[str, Any] = {"Description": f"COUNTER reports of {portal.settings.usage.platform}"}
    if record := portal.settings.usage.registry_record:
        known["Registry_Record"] = record
    return JSONResponse([known | {"Service_Active": True}], headers={"cache-control": "no-store"})


@open_to_all(OPEN_BECAUSE)
@in_counters_words
def members(request: Request, portal: ThePortal) -> Response:
    """The institution itself; for the world, everyone whose reports there are."""
    caller = _caller(request, portal)
    with portal.database.reading() as db:
        customer = customers.allowed(db, request.query_params["customer_id"], caller.only)
        everyone = customers.of_everyone(db) if customer == customers.WORLD else []
    return _json([_member(each) for each in (customer, *everyone)])


@open_to_all(OPEN_BECAUSE)
@in_counters_words
def reports(request: Request, portal: ThePortal) -> Response:
    caller = _caller(request, portal)
    with portal.database.reading() as db:
        customers.allowed(db, request.query_params["customer_id"], caller.only)
        first, last = available(db)
    latest = Month.of(clock.now()).before
    months = {"First_Month_Available": str(first or latest), "Last_Month_Available": str(last or latest)}
    return _json(
        [
            {
                "Report_Name": each.name,
                "Report_ID": each.id,
                "Release": RELEASE,
                "Report_Description": each.about,
                "Path": f"/r51/reports/{each.id.lower()}",
            }
            | months
            for each in REPORTS.values()
        ]
    )


@open_to_all(OPEN_BECAUSE)
@in_counters_words
def report(request: Request, portal: ThePortal, report_id: str) -> Response:
    definition = REPORTS.get(report_id.upper()) if report_id == report_id.lower() else None
    if definition is None:
        raise NotFound
    given, usage = dict(request.query_params), portal.settings.usage
    caller = _caller(request, portal, "begin_date", "end_date")
    with portal.database.reading() as db:
        customer = customers.allowed(db, given["customer_id"], caller.only)
        asked = read(definition, given, usage.platform, available(db), clock.now())
        made = make(db, asked, customer, portal.settings.public_url)
    return _json(document(made, usage.platform, usage.registry_record))


for path, endpoint in (
    ("/status", status),
    ("/members", members),
    ("/reports", reports),
    ("/reports/{report_id}", report),
):
    router.add_api_route(path, endpoint, methods=["GET"])


def _caller(request: Request, portal: Portal, *needed: str) -> Caller:
    """Whoever the key belongs to, after counting the request.

    The key stands in `api_key`, or in `requestor_id` for clients that know no other. Raises Fault 1030 where
    something needed is missing, 2020 or 2000 for a key that is not good, TooMany.
    """
    given = request.query_params
    missing = [name for name in ("customer_id", *needed) if not given.get(name)]
    if not given.get("api_key") and not given.get("requestor_id"):
        missing.append("api_key")
    if missing:
        raise Fault(1030, ", ".join(missing))
    shown, refused = (given["api_key"], 2020) if given.get("api_key") else (given["requestor_id"], 2000)
    with portal.database.reading() as db:
        caller = _of_key(db, portal, shown)
    if caller is None:
        raise Fault(refused)
    with portal.database.writing() as db:
        limits.count(db, portal.seal, limits.REPORTS, network=network_of(request), account=caller.user_id)
        key = keys.find(db, portal.seal, shown, (KeyScope.REPORTS,), clock.now())
        if key is not None and key.last_used_on != clock.now().date():
            keys.note_use(db, key, clock.now().date())
    return caller


def _of_key(db: Db, portal: Portal, shown: str) -> Caller | None:
    """A key outlives what its owner was, and opens nothing then."""
    key = keys.find(db, portal.seal, shown, (KeyScope.REPORTS,), clock.now())
    reader = reader_of_user(db, key.user_id) if key is not None else None
    if key is None or reader is None or not keys.opens_reports(db, key, reader):
        return None
    return Caller(reader.user_id, key.institution)


def _member(customer: Customer) -> dict[str, Any]:
    return {
        "Institution_Name": customer.name,
        "Institution_ID": customer.identifiers,
        "Customer_ID": customer.id,
    }


def _json(content: Any) -> Response:
    return JSONResponse(content, headers=PRIVATE)


def _exception(fault: Fault, headers: Mapping[str, str] | None = None) -> Response:
    return JSONResponse(fault.notice.as_json, fault.status, headers={**PRIVATE, **(headers or {})})
