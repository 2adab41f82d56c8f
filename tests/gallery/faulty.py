"""Addresses that go wrong on purpose, so that the pages which say so can be seen."""

from collections.abc import Callable
from datetime import timedelta

from fastapi import FastAPI
from sqlalchemy.exc import OperationalError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api import clock, errors
from api.edge.limits import TICKETS
from api.spoken import N_
from storage.store import Full

FAULTS: dict[str, Callable[[], Exception]] = {
    "403": lambda: errors.Denied("Your account has been closed by the press."),
    "410": lambda: errors.Gone(heading="That link has run out"),
    "429": lambda: errors.TooMany(
        TICKETS[0].refusal,
        heading=N_("Please wait until {time}", time="14:40"),
        limit="tickets",
        until=clock.now() + timedelta(minutes=18),
        facts=[(N_("Limit"), TICKETS[0].in_words), (N_("Next one from"), "14:40 UTC")],
    ),
    "500": lambda: RuntimeError("made up for a picture"),
    "503": lambda: OperationalError("", None, Exception("made up for a picture")),
    "507": lambda: Full("made up for a picture"),
}


def put_up(app: FastAPI) -> None:
    def goes_wrong(request: Request) -> Response:
        raise FAULTS[request.path_params["name"]]()

    app.router.routes.insert(0, Route("/faults/{name}", goes_wrong))
