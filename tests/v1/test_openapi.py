"""The description of the API, against what the API really answers."""

from typing import Any

import pytest
from pydantic import BaseModel

from api.tables import RuleKind
from api.v1 import shapes
from api.v1.routes import ADDRESSES
from tests.cast import CLEO
from tests.make import shelve
from tests.site import Site
from tests.v1.conftest import WithKey

Document = dict[str, Any]
SHAPES: dict[str, type[BaseModel]] = {"titles": shapes.Leaf, "title": shapes.Title, "new_ticket": shapes.Ticket}


@pytest.fixture
def engine() -> str:
    """The database's make plays no part here."""
    return "sqlite"


@pytest.fixture
def document(site: Site) -> Document:
    answer = site.program().get("/api/v1/openapi.json")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    found: Document = answer.json()
    return found


def operations(document: Document) -> dict[tuple[str, str], Document]:
    return {
        (method.upper(), path): operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }


def test_it_describes_exactly_the_apis_addresses(site: Site, document: Document) -> None:
    assert set(operations(document)) == {(method, path) for method, path, _, _ in ADDRESSES}
    assert document["openapi"].startswith("3.1")
    assert document["servers"] == [{"url": site.url}]


def test_every_reference_leads_somewhere(document: Document) -> None:
    names: set[str] = set()

    def walk(part: Any) -> None:
        if isinstance(part, dict):
            if "$ref" in part:
                names.add(part["$ref"].removeprefix("#/components/schemas/"))
            for each in part.values():
                walk(each)
        elif isinstance(part, list):
            for each in part:
                walk(each)

    walk(document)
    assert names == set(document["components"]["schemas"])


def test_the_examples_have_the_shapes_they_stand_for(document: Document) -> None:
    for operation in operations(document).values():
        shape = SHAPES[operation["operationId"]]
        for status, answer in operation["responses"].items():
            for media_type, content in answer.get("content", {}).items():
                if status < "300":
                    shape.model_validate(content["example"])
                    assert content["schema"] == {"$ref": f"#/components/schemas/{shape.__name__}"}
                else:
                    assert media_type == "application/problem+json"
                    assert str(shapes.Problem.model_validate(content["example"]).status) == status


def test_programs_may_show_a_key_or_none(document: Document) -> None:
    (name,) = document["components"]["securitySchemes"]
    assert document["components"]["securitySchemes"][name]["scheme"] == "bearer"
    for operation in operations(document).values():
        assert operation["security"] == [{}, {name: []}]


def test_answers_are_among_those_described(site: Site, document: Document, with_key: WithKey) -> None:
    shelve(site)
    shelve(site, "listed", rules=[RuleKind.LISTED])
    shelve(site, "opened", rules=[RuleKind.EVERYONE])
    described = {key: set(operation["responses"]) for key, operation in operations(document).items()}
    seen: dict[tuple[str, str], set[str]] = {key: set() for key in described}
    wrong = site.program()
    wrong.headers["authorization"] = "Bearer gf_wrong"
    for asker in (site.program(), with_key(CLEO), wrong):
        for method, path, _, _ in ADDRESSES:
            for slug in ("rivers-of-paper", "listed", "opened", "nothing"):
                answer = asker.request(method, path.replace("{slug}", slug))
                seen[method, path].add(str(answer.status_code))
                if answer.status_code >= 400:
                    assert answer.headers["content-type"] == "application/problem+json"
                    shapes.Problem.model_validate_json(answer.text)
    assert all(seen[key] <= described[key] for key in described), seen
    assert seen["POST", "/api/v1/titles/{slug}/tickets"] == {"201", "303", "401", "403", "404"}
