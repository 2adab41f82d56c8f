"""Every form of every sample work is what its golden file holds. `WRITE_GOLDEN=1` writes the files afresh."""

import os
from pathlib import Path

import pytest

from api.formats.forms import FORMS, Form, forms_of
from tests.formats.samples import EVERY_WORK, WORKS

GOLDEN = Path(__file__).parent / "golden"
EACH = [(form, name) for form in FORMS for name, work in WORKS.items() if form in forms_of(work)]


@pytest.mark.parametrize(("form", "name"), EACH, ids=[f"{name}{form.suffix}" for form, name in EACH])
def test_is_as_its_golden_file_has_it(form: Form, name: str) -> None:
    file = GOLDEN / f"{name}{form.suffix}"
    written = form.written([WORKS[name]])
    if os.environ.get("WRITE_GOLDEN"):
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(written)
    assert written == file.read_bytes()


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_names_everyone_of_400(form: Form) -> None:
    written = form.written([EVERY_WORK["many"]]).decode()
    assert "Family1" in written
    assert "Family400" in written


@pytest.mark.parametrize("form", [form for form in FORMS if form.of_lists], ids=lambda form: form.name)
def test_many_works_are_one_file(form: Form) -> None:
    works = [work for work in WORKS.values() if form in forms_of(work)]
    written = form.written(works).decode()
    assert all(work.url in written or work.link in written for work in works)


def test_no_two_forms_are_called_the_same() -> None:
    for names in ([form.name for form in FORMS], [form.suffix for form in FORMS]):
        assert len(set(names)) == len(names)
