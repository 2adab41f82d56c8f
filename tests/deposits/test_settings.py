"""The settings of the account at Crossref, and what is wrong with them."""

import pytest
from pydantic import ValidationError

from api.settings_crossref import CrossrefSettings

ACCOUNT = {"username": "press/press", "password": "hush-hush", "prefix": "10.5555"}


def test_without_an_account_there_is_none() -> None:
    assert CrossrefSettings().username is None
    assert "hush" not in repr(CrossrefSettings(**ACCOUNT))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("password", {"password": None}),
        ("password", {"username": None}),
        ("prefix", {"prefix": None}),
        ("prefix", {"prefix": "10.5555/gf"}),
        ("address", {"address": "http://doi.crossref.org"}),
        ("address", {"address": "https://me:word@doi.crossref.org"}),
        ("email", {"email": "a@b.example\r\nBcc: x@y.example"}),
        ("timeout", {"timeout": 0}),
    ],
)
def test_a_wrong_setting_is_named(name: str, given: dict[str, object]) -> None:
    with pytest.raises(ValidationError) as failure:
        CrossrefSettings(**(ACCOUNT | given))  # type: ignore[arg-type]
    assert [problem["loc"][0] for problem in failure.value.errors()] == [name]
