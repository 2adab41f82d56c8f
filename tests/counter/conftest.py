"""Closed months to report on, a program that asks with a key, and the official description of what it is told.

`COUNTER_API.json` is COUNTER's own (Project-Counter/cop5 on GitHub, CC BY 4.0), without its examples.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import httpx2
import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from api import clock
from api.access import institutions, keys
from api.access.institutions import House
from api.database import Database
from api.signin.people import Profile, recognise
from api.tables import Contributor, KeyScope, Role, Title
from api.usage.closing import close
from api.usage.months import Month
from api.usage.robots import Robots
from tests.site import Site
from tests.usage.month import JANUARY, make_events, shelve_three

NOW = datetime(2026, 4, 10, 12, tzinfo=UTC)
WORLD = "0000000000000000"
MARCH = Month(2026, 3)
DESCRIPTION = Path(__file__).with_name("COUNTER_API.json")
Ask = Callable[..., httpx2.Response]


@cache
def _registry() -> "Registry[Any]":
    document = json.loads(DESCRIPTION.read_text("utf-8"))
    return Registry().with_resource("urn:counter", Resource.from_contents(document, DRAFT202012))


def faults(instance: object, part: str) -> list[str]:
    """What COUNTER's description has against this, as one of its `schemas` or `responses`."""
    pointer = f"schemas/{part}"
    if part.startswith("200_") or part.endswith("_Exception"):
        pointer = f"responses/{part}/content/application~1json/schema"
    validator = Draft202012Validator({"$ref": f"urn:counter#/components/{pointer}"}, registry=_registry())
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(instance)]


def shelve_used_titles(database: Database) -> list[tuple[int, list[int]]]:
    """Three titles with two closed months of use, and a third without any."""
    shelf = shelve_three(database)
    with database.writing() as db:
        volume = db.get_one(Title, shelf[0][0])
        volume.isbn, volume.doi, volume.publisher = "9783161484100", "10.5555/gf.rivers", "Gatefold Press"
        volume.publisher_ror = "03yrm5c26"
        volume.full_title = "=Rivers of Paper"
        db.add(volume)
        author = Contributor(position=1, role="author", given="Mo", family="Specimen", orcid="0000-0002-1825-0097")
        author.title_id, author.chapter_id = shelf[0][0], shelf[0][1][0]
        db.add(author)
        institutions.add(db, House("uni", "The University", ror="https://ror.org/03yrm5c26", domains=["uni.example"]))
        institutions.add(db, House("school", "The School", domains=["school.example"]))
    make_events(database, shelf, JANUARY, 400)
    make_events(database, shelf, JANUARY.next, 200)
    for month in JANUARY.to(MARCH):
        close(database, month, Robots())
    return shelf


@pytest.fixture
def shelf(site: Site) -> list[tuple[int, list[int]]]:
    return shelve_used_titles(site.portal.database)


def key_of(site: Site, role: Role, institution: str | None = None, scope: KeyScope = KeyScope.REPORTS) -> str:
    """A key that someone of this role has made."""
    with site.portal.database.writing() as db:
        identity = recognise(db, "demo", Profile("https://id.example.org", f"{role} of {institution}"))
        identity.user.role = role
        db.add(identity.user)
        db.flush()
        return keys.make(db, site.portal.seal, identity.user_id, "harvester", 90, NOW, scope, institution).secret


@pytest.fixture
def ask(site: Site, shelf: list[tuple[int, list[int]]]) -> Ask:
    """Asks the API as a program of the press, by default for the world's use from January to March."""
    program, key = site.program(), key_of(site, Role.EDITOR)

    def ask(path: str, **given: str | None) -> httpx2.Response:
        usual = {"customer_id": WORLD, "api_key": key, "begin_date": "2026-01", "end_date": "2026-03"}
        asked = {name: value for name, value in (usual | given).items() if value is not None}
        with clock.frozen(NOW):
            return program.get(f"/counter/r51/{path}", params=asked)

    return ask
