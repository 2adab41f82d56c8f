"""`docs/asvs.md` leaves no requirement of level 2 out, and what it names as proof is there."""

import re
from collections import Counter
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "asvs.md").read_text()
ROWS = [[cell.strip() for cell in row.split("|")[1:-1]] for row in PAGE.splitlines() if re.match(r"\| \d", row)]
BY_CHAPTER = {  # requirements of levels 1 and 2 in version 5.0.0
    **{1: 27, 2: 11, 3: 19, 4: 10, 5: 9, 6: 35, 7: 18, 8: 7, 9: 7},
    **{10: 29, 11: 14, 12: 9, 13: 13, 14: 9, 15: 13, 16: 16, 17: 7},
}
AT_LEVEL_1 = 70
STATES = ("met", "**partly**", "**not met**", "n/a")


def requirements() -> list[tuple[str, list[str]]]:
    return [(number, row) for row in ROWS if len(row) == 6 for number in row[0].split(", ")]


@cache
def named_in(path: Path) -> frozenset[str]:
    return frozenset(re.findall(r"^(?:async )?def (test_\w+)\(", path.read_text(), re.MULTILINE))


def test_each_requirement_stands_there_once() -> None:
    numbers = [number for number, _ in requirements()]
    assert Counter(int(number.partition(".")[0]) for number in numbers) == BY_CHAPTER
    assert [number for number, times in Counter(numbers).items() if times > 1] == []
    assert sum(row[1] == "1" for _, row in requirements()) == AT_LEVEL_1
    assert {row[1] for _, row in requirements()} == {"1", "2"}


def test_each_has_its_state_and_the_sum_is_right() -> None:
    states = Counter(row[3] for _, row in requirements())
    assert set(states) == set(STATES)
    [summed] = [row for row in ROWS if len(row) == 5]
    assert [int(each) for each in summed] == [*(states[state] for state in STATES), len(requirements())]
    assert [number for number, row in requirements() if not row[4]] == []


def test_each_proof_is_a_test() -> None:
    named = re.findall(r"`([\w/]+\.py)::(test_\w+)`", PAGE)
    assert len(named) > 200
    assert [(path, name) for path, name in named if name not in named_in(ROOT / "tests" / path)] == []


def test_what_is_met_has_a_proof_or_a_page() -> None:
    bare = [number for number, row in requirements() if row[3] == "met" and "::" not in row[5] and "](" not in row[4]]
    assert bare == ["6.4.2"]  # that there is no secret question is seen by its absence


def test_its_links_lead_somewhere() -> None:
    for page in ("docs/asvs.md", "docs/security.md", "SECURITY.md"):
        here = ROOT / page
        for link, heading in re.findall(r"\]\(((?!https?:)[^)#]*)(?:#([\w-]+))?\)", here.read_text()):
            there = (here.parent / link).resolve() if link else here
            assert there.exists(), (page, link)
            headings = re.findall(r"^#+ (.+)$", there.read_text(), re.MULTILINE) if heading else []
            assert not heading or heading in {_anchor(each) for each in headings}, (page, link, heading)


def _anchor(heading: str) -> str:
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")
