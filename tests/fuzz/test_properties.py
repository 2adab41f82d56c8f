"""What must hold for any text at all: of links, of ways back, of ranges, of the names of files."""

import re
import unicodedata
from datetime import UTC, datetime
from urllib.parse import quote, unquote, urljoin, urlsplit

from hypothesis import example, given
from hypothesis import strategies as st

from api.delivery.ranges import may_be_use, part_of
from api.edge.disposition import attachment
from api.formats.filename import LONGEST, readable
from api.signin.next_path import HOME, safe_next
from tests.cast import CLEO, sign_in
from tests.make import shelve
from tests.site import Site

ORIGIN = "https://press.example"
CHANGED = datetime(2026, 3, 1, tzinfo=UTC)
NUMBERS = st.one_of(st.just(""), st.integers(0, 10**20).map(str), st.integers(0, 40).map(str))
ASKED = st.one_of(
    st.builds("bytes={}-{}".format, NUMBERS, NUMBERS),
    st.text(max_size=30),
    st.sampled_from(["bytes=0-0,2-3", "items=0-4", "BYTES=1-", "bytes = 0-1", "bytes=--1", "bytes=1-2-3"]),
)
FIELDS = ["if-range", "if-match", "if-none-match", "if-modified-since", "if-unmodified-since"]
CONDITIONS = st.dictionaries(st.sampled_from(FIELDS), st.sampled_from(['"a"', 'W/"a"', "*", '"b"', "never", ""]))


@given(st.text())
@example("//evil.example")
@example("/\\evil.example")
@example("/%2f%2fevil.example")
@example("/a/../..//evil.example")
@example("/\t/evil.example")
@example("/sign-out")
def test_a_way_back_never_leaves_the_portal(text: str) -> None:
    kept = safe_next(text)
    for way in (kept, unquote(kept)):
        assert urlsplit(urljoin(f"{ORIGIN}/sign-in", way)).netloc == "press.example"
        assert not re.search(r"[\x00-\x20\\\x7f]", way)
        assert not way.startswith("//")
    assert kept in (text, HOME)
    assert safe_next(kept) == kept


@given(ASKED, CONDITIONS, st.integers(1, 10**12))
def test_a_part_always_lies_within_the_file(asked: str, conditions: dict[str, str], size: int) -> None:
    headers = conditions | {"range": asked}
    part = part_of(size, '"a"', CHANGED, headers)
    assert part.status in (200, 206, 304, 412, 416)
    if part.status in (200, 206):
        assert 0 <= part.start < size
        assert 0 < part.length <= size - part.start
        assert part.status == 206 or (part.start, part.length) == (0, size)
    else:
        assert (part.start, part.length) == (0, 0)
    if part.is_use:
        assert may_be_use(headers)  # or a use would be free


@given(st.text(), st.text(alphabet="abc -", max_size=10))
@example("a\ud800b", "")
def test_a_name_fits_any_disk_and_its_header_says_it(text: str, after: str) -> None:
    name = readable(text, after=after, otherwise="rivers")
    assert name.endswith(f"{after}.pdf")
    assert len(name.encode()) <= LONGEST
    assert not re.search(r'[\x00-\x1f\x7f"<>*?/\\:|]', name)
    assert not any(unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Zl", "Zp") for sign in name)
    assert unicodedata.normalize("NFC", name) == name
    header = attachment(name, "rivers.pdf")
    header.encode("ascii")
    assert unquote(header.rpartition("''")[2]) == name
    assert header.count(";") == 2


def test_no_text_is_a_link_of_anybody(site: Site) -> None:
    made = shelve(site)
    reader = site.browser()
    sign_in(reader, CLEO)
    real = reader.post(f"{made.path}/tickets", headers={"accept": "application/json"}).json()["url"]
    secret = urlsplit(real).path.split("/")[2]
    program = site.program()

    anything = st.text(st.characters(codec="utf-8"), min_size=1, max_size=60)
    alike = st.text(sorted(set(secret)), min_size=len(secret), max_size=len(secret))

    @given(st.one_of(anything, alike).filter(lambda text: text != secret))
    @example(secret[:-1])
    @example(f"{secret}A")
    @example(secret.swapcase())
    @example(f"{secret}%00")
    @example("../../account")
    def ask(text: str) -> None:
        address = f"/t/{quote(text, safe='')}/rivers.pdf"
        assert program.get(address).status_code == 404, text

    ask()
    assert program.get(real).status_code == 200  # nobody's guesses took anything from it
