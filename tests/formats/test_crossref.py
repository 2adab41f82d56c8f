"""Crossref's file: valid by its own schema whatever the record, editors as editors, and no DOI in it but ours."""

import re
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from api.formats import crossref
from api.formats.crossref import Head
from api.formats.record import Affiliation, ContentsLine, Funding, Person, TitleRecord, Worded
from api.formats.works import Work
from api.tables import Contribution
from tests.formats.samples import CHAPTERS, EVERY_WORK, HERE, MONOGRAPH, REPORT, VOLUME
from tests.formats.test_library_readers import PYTHON, faults

LONG = "W" * 400
RICH = replace(
    VOLUME,
    language="de-AT",
    edition_number=3,
    contributors=(
        Person(
            given=LONG,
            family=LONG,
            suffix="the Eleventh of them",
            role=Contribution.EDITOR,
            affiliations=(Affiliation("Example University", "02mhbdp94"), Affiliation(LONG * 4)),
        ),
        Person(name="Ministry of Records", is_organisation=True, role=Contribution.TRANSLATOR),
        Person(name="Sukarno", role=Contribution.AUTHOR),
        Person(given="Ser", family="Ies", role=Contribution.SERIES_EDITOR),
        Person(given="Fo", family="Reword", role=Contribution.FOREWORD),
    ),
    wordings=(Worded("en", "Rivers", None, "In *English*."), Worded("fr", "Fleuves")),
    funding=(
        Funding("A fund", "02mhbdp94", award="A-1"),
        Funding("A fund", None, "10.13039/100000001", "B-2"),
        Funding("By name"),
    ),
    contents=(
        *CHAPTERS,
        ContentsLine("No pages & <none>", doi="10.5555/gf.3", doi_is_ours=True, id=3, address=3, language="zz"),
    ),
)
BARE = replace(MONOGRAPH, published=None, isbn=None, identifiers=(), publisher=None, place="L", series_issn=None)
IN_SERIES = replace(REPORT, series="Papers", series_issn="2049-3630", edition_number=2, publisher=None, pages=3)


def text(record: TitleRecord, **more: bool) -> str:
    return crossref.written([Work(record, HERE, **more)]).decode()  # type: ignore[arg-type]


def test_it_is_valid_whatever_the_record(tmp_path: Path) -> None:
    if not PYTHON.exists() or subprocess.run([PYTHON, "-c", "import xmlschema"], capture_output=True).returncode:
        pytest.skip("the validators are not installed; `make validators` does it")
    records = {"rich": RICH, "bare": BARE, "series": IN_SERIES, "many": EVERY_WORK["many"].record}
    files = [*(Path(__file__).parent / "golden").glob("*.crossref.xml")]
    for name, record in records.items():
        files.append(tmp_path / f"{name}.crossref.xml")
        files[-1].write_text(text(record, is_open=True))
    assert len(files) == 8
    wrong = tmp_path / "wrong.crossref.xml"
    wrong.write_text(text(VOLUME).replace("edited_book", "edited_volume"))
    [found] = faults([*files, wrong]).splitlines()  # all at once: reading the schema is what takes its time
    assert found.startswith(str(wrong))
    assert "edited_volume" in found


def test_only_our_dois_are_named() -> None:
    found = re.findall(r"<doi>([^<]+)</doi><resource>([^<]+)", text(VOLUME))
    assert found == [
        ("10.5555/gf.rivers", f"{HERE}/books/edited/rivers"),
        ("10.5555/gf.rivers.2", f"{HERE}/books/edited/rivers/chapters/2"),
    ]
    foreign = text(MONOGRAPH)
    assert MONOGRAPH.doi not in foreign  # type: ignore[operator]
    assert "doi_data" not in foreign


def test_editors_are_editors_and_who_has_no_role_is_nobody() -> None:
    assert 'contributor_role="author"' not in text(VOLUME).partition("<content_item")[0]
    rich = text(RICH)
    assert "Reword" not in rich
    assert '<series_metadata><contributors><person_name sequence="first" contributor_role="editor">' in rich


def test_free_is_said_only_of_what_is_open_to_all() -> None:
    assert "free_to_read" not in text(VOLUME)
    assert "free_to_read" in text(VOLUME, is_open=True)


def test_the_body_stays_the_same_under_another_head() -> None:
    content = crossref.body(Work(VOLUME, HERE))
    files = [crossref.deposit(content, Head(f"b{n}xx", n, "P", "a@b.example")) for n in (1, 2)]
    assert files[0] != files[1]
    assert {file.partition(b"</head>")[2] for file in files} == {f"{content}</doi_batch>\n".encode()}
