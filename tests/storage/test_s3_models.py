"""What boto3 keeps in mind about S3: less than all of AWS, and still everything a store and its credentials need."""

import json
import re
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore import xform_name

import storage
from storage.s3_models import REQUESTS, SERVICES, lean_session
from tests.s3 import KEY, KEY_ID

HOUSE = Path(storage.__file__).parent
KEYS = {"aws_access_key_id": KEY_ID, "aws_secret_access_key": KEY}


def model_of(client: Any) -> dict[str, Any]:
    return dict(client.meta.service_model._service_description)


@pytest.fixture
def lean() -> Any:
    return lean_session().client("s3", region_name="eu-central-1", **KEYS)


def test_every_request_the_store_makes_is_known_and_no_other(lean: Any) -> None:
    said = "".join(file.read_text() for file in HOUSE.glob("s3*.py"))
    known = set(boto3.Session().client("s3", region_name="eu-central-1", **KEYS).meta.method_to_api_mapping)
    made = {name for name in known if re.search(rf"\b{name}\b", said)}
    assert {xform_name(name) for name in REQUESTS} == made == set(lean.meta.method_to_api_mapping)


def test_what_they_send_and_bring_is_as_it_was(lean: Any) -> None:
    whole = boto3.Session().client("s3", region_name="eu-central-1", **KEYS).meta.service_model
    for name in REQUESTS:
        narrow, wide = lean.meta.service_model.operation_model(name), whole.operation_model(name)
        assert set(narrow.input_shape.members) == set(wide.input_shape.members)
        assert {each.name for each in narrow.error_shapes} == {each.name for each in wide.error_shapes}
        assert (narrow.output_shape is None) == (wide.output_shape is None)
        assert narrow.output_shape is None or set(narrow.output_shape.members) == set(wide.output_shape.members)


def test_it_keeps_a_quarter_of_what_boto3_would(lean: Any) -> None:
    whole = boto3.Session().client("s3", region_name="eu-central-1", **KEYS)
    assert len(json.dumps(model_of(lean))) < len(json.dumps(model_of(whole))) / 4


@pytest.mark.parametrize("region", ["eu-central-1", "cn-north-1"])
def test_services_are_where_they_were_in_every_part_of_the_world(region: str) -> None:
    sessions = lean_session(), boto3.Session()
    for service in SERVICES - {"oidc", "portal.sso"} | {"sso", "sso-oidc"}:  # as boto3 calls the latter two
        lean, whole = (each.client(service, region_name=region, **KEYS) for each in sessions)
        assert lean.meta.endpoint_url == whole.meta.endpoint_url
