"""Anonymous pages compressed ahead, each coding with an ETag of its own, and what caches are told of their life."""

import gzip
from datetime import timedelta

import brotli
import pytest

from api import clock
from api.edge.codings import coding_of
from tests.make import Made, shelve
from tests.site import Site

LIFE = "public, max-age=0, s-maxage=30"
STALE = "stale-while-revalidate=30, stale-if-error=600"


@pytest.fixture
def made(site: Site) -> Made:
    return shelve(site)


def raw(site: Site, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    with site.program().stream("GET", path, headers={"accept-encoding": "identity"} | given) as answer:
        return answer.status_code, dict(answer.headers), b"".join(answer.iter_raw())


def test_a_page_comes_in_each_coding_with_the_same_words(site: Site, made: Made) -> None:
    plain, zipped, small = (raw(site, made.path, accept_encoding=each) for each in ("identity", "gzip", "gzip, br"))
    assert "content-encoding" not in plain[1]
    assert (zipped[1]["content-encoding"], small[1]["content-encoding"]) == ("gzip", "br")
    assert gzip.decompress(zipped[2]) == brotli.decompress(small[2]) == plain[2]
    assert len(small[2]) < len(zipped[2]) < len(plain[2]) / 2
    for _, headers, body in (plain, zipped, small):
        assert headers["vary"] == "Accept, Accept-Encoding, Accept-Language, Cookie"
        assert headers["content-length"] == str(len(body))
    etags = [each[1]["etag"] for each in (plain, zipped, small)]
    assert len(set(etags)) == 3
    for coding, etag in zip(("identity", "gzip", "br"), etags, strict=True):
        known = raw(site, made.path, accept_encoding=coding, if_none_match=etag)
        assert (known[0], known[2], known[1]["etag"]) == (304, b"", etag)
    assert raw(site, made.path, accept_encoding="br", if_none_match=etags[0])[0] == 200


def test_who_is_signed_in_gets_nothing_compressed(site: Site, made: Made) -> None:
    """A page that holds something of its reader is not compressed, so its size tells nobody what."""
    answer = raw(site, made.path, accept_encoding="br", cookie="gatefold=anything")
    assert "content-encoding" not in answer[1]
    assert answer[1]["cache-control"] == "private, no-store"


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        (b"", ""),
        (b"gzip, deflate, br, zstd", "br"),
        (b"gzip", "gzip"),
        (b"GZIP;q=0.5, br;q=0.1", "br"),
        (b"br;q=0, gzip;q=1.0", "gzip"),
        (b"br;q=0.000", ""),
        (b"*", "br"),
        (b"br;q=0, *", "gzip"),
        (b"identity", ""),
        (b";;,=\xff", ""),
    ],
)
def test_the_coding_is_one_that_was_asked_for(accepted: bytes, coding: str) -> None:
    assert coding_of(accepted) == coding


def test_only_shared_caches_are_told_that_a_page_may_be_old(site: Site, made: Made) -> None:
    browsers, caches = raw(site, made.path)[1], raw(site, made.path, x_shared_cache="stale")[1]
    assert browsers["cache-control"] == LIFE
    assert browsers["cdn-cache-control"] == f"public, max-age=30, {STALE}"
    assert caches["cache-control"] == f"{LIFE}, {STALE}"


def test_a_page_that_an_opening_date_ends_is_never_old(site: Site) -> None:
    with clock.frozen(clock.now()):
        made = shelve(site, opens_at=clock.now() + timedelta(seconds=20))
        headers = raw(site, made.path, x_shared_cache="stale")[1]
    assert "stale" not in headers["cache-control"] + headers["cdn-cache-control"]
    assert int(headers["cache-control"].rpartition("=")[2]) <= 20
