"""docs/record.md: its example is a whole record, and it names every field there is."""

import re
from dataclasses import fields
from pathlib import Path

from api.formats.accessible import Pictures, Said
from api.formats.record import About, Affiliation, ContentsLine, Funding, Identified, Person, Worded
from api.intake.recordfile import read_records
from api.shelf.drafts import FACTS, LISTS
from api.shelf.record_json import loaded, pieces
from api.tables import Contribution, IdentifierKind, Kind, SubjectScheme

DOCS = (Path(__file__).parents[2] / "docs/record.md").read_text("utf-8")


def test_the_example_is_a_record(tmp_path: Path) -> None:
    example = re.findall(r"```json\n(.*?)```", DOCS, re.DOTALL)[0]
    (tmp_path / "example.json").write_text(example, encoding="utf-8")
    (draft,) = read_records(tmp_path / "example.json")
    assert loaded("".join(pieces([draft]))) == [draft]
    assert draft == loaded(example)[0]


def test_every_field_and_word_is_named() -> None:
    parts = (About, Affiliation, ContentsLine, Funding, Identified, Person, Said, Worded)
    names = {field.name for part in parts for field in fields(part) if field.compare}
    for name in (*FACTS, *LISTS, *names, *Kind, *Contribution, *IdentifierKind, *SubjectScheme, *Pictures):
        assert f"`{name}`" in DOCS or f'"{name}"' in DOCS, name
