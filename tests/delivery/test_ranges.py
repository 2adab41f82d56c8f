"""One range per request, conditions, and what counts as a use."""

from datetime import UTC, datetime

import pytest

from api.delivery.ranges import Part, may_be_use, part_of

SIZE = 1000
ETAG = '"abc"'
MADE = datetime(2026, 11, 3, 10, 0, 0, 250_000, tzinfo=UTC)
MADE_HTTP = "Tue, 03 Nov 2026 10:00:00 GMT"
LATER_HTTP = "Wed, 04 Nov 2026 10:00:00 GMT"
EARLIER_HTTP = "Mon, 02 Nov 2026 10:00:00 GMT"
WHOLE = Part(200, 0, SIZE)


def part(**headers: str) -> Part:
    return part_of(SIZE, ETAG, MADE, {name.replace("_", "-"): value for name, value in headers.items()})


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("bytes=0-", Part(206, 0, 1000)),
        ("bytes=0-0", Part(206, 0, 1)),
        ("bytes=0-99", Part(206, 0, 100)),
        ("bytes=100-", Part(206, 100, 900)),
        ("bytes=999-", Part(206, 999, 1)),
        ("bytes=500-5000", Part(206, 500, 500)),
        ("bytes=-1", Part(206, 999, 1)),
        ("bytes=-5000", Part(206, 0, 1000)),
        ("Bytes=10-19", Part(206, 10, 10)),
        ("bytes=1000-", Part(416)),
        ("bytes=-0", Part(416)),
    ],
)
def test_one_range_is_honoured(asked, expected) -> None:
    assert part(range=asked) == expected


@pytest.mark.parametrize(
    "asked",
    ["", "bytes=", "bytes=-", "bytes=a-b", "bytes=5-2", "bytes=0-1,5-9", "lines=1-2", "0-5", "bytes=1--2",
     "bytes=" + "9" * 40 + "-", "bytes=" + ",".join(["0-0"] * 4000)],
)  # fmt: skip
def test_what_cannot_be_read_gets_the_whole(asked) -> None:
    assert part(range=asked) == WHOLE


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"if_none_match": ETAG}, 304),
        ({"if_none_match": f'"x", W/{ETAG}'}, 304),
        ({"if_none_match": "*"}, 304),
        ({"if_none_match": '"x"'}, 200),
        ({"if_none_match": '"x"', "if_modified_since": LATER_HTTP}, 200),
        ({"if_modified_since": MADE_HTTP}, 304),
        ({"if_modified_since": LATER_HTTP}, 304),
        ({"if_modified_since": EARLIER_HTTP}, 200),
        ({"if_modified_since": "yesterday"}, 200),
        ({"if_match": ETAG}, 200),
        ({"if_match": '"x"'}, 412),
        ({"if_unmodified_since": EARLIER_HTTP}, 412),
        ({"if_unmodified_since": MADE_HTTP}, 200),
    ],
)
def test_conditions(headers, status) -> None:
    assert part(**headers).status == status


@pytest.mark.parametrize(
    ("condition", "status"),
    [(ETAG, 206), ('"x"', 200), (f"W/{ETAG}", 200), (MADE_HTTP, 206), (LATER_HTTP, 200), ("nonsense", 200)],
)
def test_a_range_with_a_condition_applies_only_to_the_same_file(condition, status) -> None:
    assert part(range="bytes=10-", if_range=condition).status == status


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"range": "bytes=0-"},
        {"range": "bytes=00-5"},
        {"range": "bytes=-5000"},
        {"range": "bytes=5-2"},
        {"range": "bytes=7-", "if-range": '"x"'},
        {"range": "bytes=0-1,5-9"},
        {"range": "bytes=7-"},
        {"range": "bytes=7-9"},
        {"range": "bytes=-5"},
        {"if-none-match": ETAG},
    ],
)
def test_no_use_escapes_what_may_be_one(headers) -> None:
    assert may_be_use(headers) or not part_of(SIZE, ETAG, MADE, headers).is_use


def test_a_continuing_range_is_free() -> None:
    assert not may_be_use({"range": "bytes=7-"})
    assert not part(range="bytes=7-").is_use
    assert part().is_use
    assert part(range="bytes=0-0").is_use
    assert not part(if_none_match=ETAG).is_use
