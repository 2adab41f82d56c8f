"""Each route stands behind the one door, by the router it is declared on."""

import pytest
from fastapi import APIRouter
from fastapi.routing import APIRoute

from api.app import create_app
from api.settings import Settings
from api.signin.door import Router
from api.signin.reader import closed_by_default


def test_nobody_comes_past_the_door(settings: Settings) -> None:
    routes = [route for route in create_app(settings).routes if isinstance(route, APIRoute)]
    assert len(routes) > 200
    assert {route.dependencies[0].dependency for route in routes} == {closed_by_default}
    assert all(route.max_body_size is not None for route in routes)


def test_a_router_without_the_door_is_not_taken_in() -> None:
    with pytest.raises(TypeError, match="no door"):
        Router().take_in(APIRouter())  # type: ignore[arg-type]
