"""The way from a title's page to its file: sign-in started, and back."""

from api.tables import EventKind
from tests.cast import CLEO, sign_in
from tests.make import Made
from tests.site import Site
from tests.usage.conftest import Events, person

STARTED, BACK = EventKind.SIGN_IN_STARTED, EventKind.SIGNED_IN


def test_the_steps_know_the_title_and_the_provider(site: Site, made: Made, events: Events) -> None:
    sign_in(person(site), CLEO, f"{made.path}?get=pdf")
    started, back = events(STARTED, BACK)
    assert (started.kind, back.kind) == (STARTED, BACK)
    assert {(step.title_id, step.provider, step.status) for step in (started, back)} == {(made.id, "demo", 303)}


def test_from_elsewhere_no_title_is_meant(site: Site, made: Made, events: Events) -> None:
    sign_in(person(site), CLEO, "/account")
    assert [(step.kind, step.title_id) for step in events()] == [(STARTED, None), (BACK, None)]


def test_who_turns_back_has_only_started(site: Site, made: Made, events: Events) -> None:
    client = person(site)
    client.post("/sign-in/demo", data={"next": made.path})
    client.get("/sign-in/demo/callback?error=access_denied&state=unknown")
    assert [step.kind for step in events()] == [STARTED]
