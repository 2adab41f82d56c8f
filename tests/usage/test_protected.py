"""Figures of a few people are hidden, and no total gives them away."""

from itertools import product

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.usage.protected import SMALL, one, under_total


def shown(*numbers: int) -> list[str]:
    return [each.text for each in under_total(numbers)]


def test_small_figures_are_hidden() -> None:
    assert [one(number).text for number in (0, 1, 4, 5, 1284)] == ["0", "<5", "<5", "5", "1,284"]
    assert one(1).drawn == one(4).drawn


def test_one_that_the_total_would_tell_takes_the_next_with_it() -> None:
    assert shown(40, 12, 3) == ["40", "<15", "<5"]
    assert shown(40, 12, 3, 2) == ["40", "12", "<5", "<5"]
    assert shown(40, 12, 4, 4) == ["40", "<15", "<5", "<5"]  # eight of two below five can only be four and four
    assert shown(40, 12, 1, 1) == ["40", "<15", "<5", "<5"]
    assert shown(40, 0, 12) == ["40", "0", "12"]
    assert shown(1, 5) == ["–", "–"]
    assert shown(3, 0) == ["<5", "0"]  # so is the total


@settings(deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.integers(0, 12), min_size=2, max_size=5))
def test_every_small_figure_could_be_another(numbers: list[int]) -> None:
    cells = under_total(numbers)
    hidden = [number for number, cell in zip(numbers, cells, strict=True) if not cell.is_exact]
    ranges = [range(max(1, n // SMALL * SMALL), n // SMALL * SMALL + SMALL) for n in hidden]
    if sum(numbers) < SMALL or "–" in {cell.text for cell in cells}:
        return  # the total is hidden too, or nothing of the list is shown
    fitting = [each for each in product(*ranges) if sum(each) == sum(hidden)]
    for place, number in enumerate(hidden):
        if number < SMALL:
            assert len({each[place] for each in fitting}) > 1, (numbers, cells)
