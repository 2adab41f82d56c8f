"""What COUNTER's audit counts: the sequences of the Code of Practice, with the figures it expects."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

import pytest

from api.tables import EventKind
from api.usage.counting import THE_WORLD, Counts, Known, Seen, Sums, Where, count, with_the_world

NOON = datetime(2026, 1, 14, 12, tzinfo=UTC)
BOOK, REPORT = 1, 100
CHAPTERS = tuple(range(11, 23))  # twelve
SHELF = {BOOK: Known("2024", CHAPTERS), REPORT: Known("2025")}
VIEW, FETCH, REFUSAL = EventKind.INVESTIGATION, EventKind.REQUEST, EventKind.NO_LICENSE


def seen(
    kind: EventKind,
    after: float = 0,
    *,
    title: int = BOOK,
    chapter: int | None = None,
    items: int = 1,
    reader: str = "rea",
    data_type: str | None = None,
    institution: str | None = "uni",
    provider: str | None = "demo",
    method: str = "Regular",
    access: str = "Controlled",
) -> Seen:
    usual = "Report" if title == REPORT else "Book" if chapter is None else "Book_Segment"
    at = NOON + timedelta(seconds=after)
    return Seen(reader, kind, at, title, chapter, data_type or usual, items, access, method, institution, provider)


def total(sums: Sums) -> Sequence[int]:
    """TII, UII, UTI, TIR, UIR, UTR, as the tables of the Code have them."""
    all_of_it = Counts()
    for counts in sums.values():
        all_of_it.add(counts)
    return (
        all_of_it.total_item_investigations,
        all_of_it.unique_item_investigations,
        all_of_it.unique_title_investigations,
        all_of_it.total_item_requests,
        all_of_it.unique_item_requests,
        all_of_it.unique_title_requests,
    )


def counted(*events: Seen) -> Sequence[int]:
    return total(count(events, SHELF))


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (seen(VIEW), (1, 1, 1, 0, 0, 0)),
        (seen(VIEW, chapter=11), (1, 1, 1, 0, 0, 0)),
        (seen(FETCH, chapter=11), (1, 1, 1, 1, 1, 1)),
        (seen(FETCH, items=12), (12, 12, 1, 12, 12, 1)),
        (seen(FETCH, title=5), (1, 1, 1, 1, 1, 1)),  # chapters not known
        (seen(VIEW, title=REPORT), (1, 1, 0, 0, 0, 0)),
        (seen(FETCH, title=REPORT), (1, 1, 0, 1, 1, 0)),
    ],
)
def test_what_one_event_counts(event: Seen, expected: Sequence[int]) -> None:
    assert counted(event) == expected


def test_fifteen_pairs_within_thirty_seconds_are_fifteen() -> None:
    pairs = [seen(FETCH, 120 * pair + click, chapter=11) for pair in range(15) for click in (0, 29)]
    assert counted(*pairs) == (15, 1, 1, 15, 1, 1)


def test_fifteen_pairs_further_apart_are_thirty_and_fifteen_unique() -> None:
    pairs = [
        seen(FETCH, 3600 * pair + click, chapter=11, reader=f"rea {pair:02}") for pair in range(15) for click in (0, 31)
    ]
    assert counted(*pairs) == (30, 15, 15, 30, 15, 15)


def test_seventy_chapters_of_seven_books() -> None:
    clicks = [
        seen(FETCH, book * 100 + n, title=200 + book, chapter=1000 + book * 10 + n)
        for book in range(7)
        for n in range(10)
    ]
    assert counted(*clicks) == (70, 70, 7, 70, 70, 7)


def test_fifty_whole_books_of_twelve_chapters() -> None:
    clicks = [seen(FETCH, items=12, reader=f"rea {n:02}") for n in range(50)]
    assert counted(*clicks) == (600, 600, 50, 600, 600, 50)


def test_fifty_refusals() -> None:
    sums = count([seen(REFUSAL, 31 * n) for n in range(50)], SHELF)
    assert [counts.no_license for counts in sums.values()] == [50]
    assert total(sums) == (0,) * 6


def test_thirty_seconds_exactly_are_a_double_click_and_clicks_chain() -> None:
    assert counted(seen(FETCH, 0, chapter=11), seen(FETCH, 30, chapter=11), seen(FETCH, 60, chapter=11))[3] == 1
    assert counted(seen(FETCH, 0, chapter=11), seen(FETCH, 30.5, chapter=11))[3] == 2


def test_of_a_double_click_the_last_counts() -> None:
    """It falls into the session of the later hour."""
    late = [seen(VIEW, 3590, chapter=11), seen(VIEW, 3605, chapter=11), seen(VIEW, 3700, chapter=11)]
    assert counted(*late) == (2, 1, 1, 0, 0, 0)


def test_a_page_and_its_file_are_no_double_click() -> None:
    assert counted(seen(VIEW, 0, title=REPORT), seen(FETCH, 5, title=REPORT)) == (2, 1, 0, 1, 1, 0)


def test_another_hour_and_another_reader_are_other_sessions() -> None:
    hours = [seen(FETCH, 3600 * n, chapter=11) for n in range(3)]
    assert counted(*hours) == (3, 3, 3, 3, 3, 3)
    assert counted(seen(FETCH, chapter=11), seen(FETCH, chapter=11, reader="sam")) == (2, 2, 2, 2, 2, 2)


def test_a_chapter_and_then_its_whole_book_share_that_chapter() -> None:
    both = counted(seen(FETCH, chapter=11), seen(FETCH, 60, items=12))
    assert both == (13, 12, 1, 13, 12, 1)


def test_a_whole_book_counts_for_each_of_its_chapters() -> None:
    sums = count([seen(FETCH, items=12)], SHELF)
    by_chapter = {where.chapter_id: counts.total_item_requests for where, counts in sums.items()}
    assert by_chapter == dict.fromkeys(CHAPTERS, 1) | {0: 0}
    assert {where.yop for where in sums} == {"2024"}
    assert {where.data_type for where in sums} == {"Book"}


def test_chapters_that_are_gone_by_now_still_count() -> None:
    sums = count([seen(FETCH, items=14), seen(FETCH, 60, items=14)], SHELF)
    unknown = sums[Where("uni", BOOK, 0, "Book", "Controlled", "Regular", "2024")]
    assert (unknown.total_item_requests, unknown.unique_item_requests) == (4, 2)
    assert total(sums)[3:] == (28, 14, 1)


def test_a_title_of_no_known_year_has_the_year_0001() -> None:
    assert {where.yop for where in count([seen(VIEW, title=5)], SHELF)} == {"0001"}


def test_text_mining_and_open_use_stand_apart() -> None:
    sums = count([seen(FETCH, chapter=11), seen(FETCH, 60, chapter=11, method="TDM", access="Open")], SHELF)
    kinds = {(where.access_type, where.access_method) for where in sums}
    assert kinds == {("Controlled", "Regular"), ("Open", "TDM")}
    assert total(sums)[3:] == (2, 2, 2)


def test_whoever_is_only_asked_to_sign_in_is_not_turned_away() -> None:
    assert not any(counts.no_license for counts in count([seen(REFUSAL, provider=None)], SHELF).values())


def test_the_world_is_everyone() -> None:
    events: Iterable[Seen] = [
        seen(VIEW, title=REPORT, reader="a"),
        seen(VIEW, title=REPORT, reader="b", institution="school"),
        seen(VIEW, title=REPORT, reader="c", institution=None),
    ]
    sums = with_the_world(count(events, SHELF))
    found = {where.institution: counts.total_item_investigations for where, counts in sums.items()}
    assert found == {"uni": 1, "school": 1, THE_WORLD: 3}
