"""The JSON API is asked whatever its own description allows, and more: it never breaks, and answers as it says."""

from contextlib import nullcontext, suppress

import pytest
import schemathesis
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from api.tables import RuleKind
from api.v1.routes import ADDRESSES
from tests.make import shelve
from tests.patience import PATIENCE
from tests.site import Site
from tests.v1.conftest import new_key

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


@pytest.fixture
def engine() -> str:
    """The database's make plays no part here."""
    return "sqlite"


def test_what_the_description_allows_and_what_it_does_not(site: Site) -> None:
    shelve(site)
    shelve(site, "listed", rules=[RuleKind.LISTED])
    with_key = {"authorization": f"Bearer {new_key(site)}"}
    schema = schemathesis.openapi.from_url(f"{site.url}/api/v1/openapi.json", headers={"accept": "application/json"})
    schema.config.update(request_timeout=PATIENCE)
    asked: list[str] = []
    for operation in (each.ok() for each in schema.get_all_operations()):
        for mode in GenerationMode:

            @given(operation.as_strategy(generation_mode=mode), st.sampled_from([{}, with_key]))
            def ask(case: Case, headers: dict[str, str]) -> None:
                case.call_and_validate(headers=headers, checks=CHECKS)
                asked.append(case.operation.label)

            with nullcontext() if mode is GenerationMode.POSITIVE else suppress(Unsatisfiable):  # any text will do
                ask()
    assert len(set(asked)) == len(ADDRESSES)
