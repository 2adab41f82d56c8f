"""Pre-signed links attacked field by field, against the server that verifies them; the true link is good all along."""

import hashlib
import io
from collections.abc import Iterator
from http.client import HTTPConnection
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import pytest

from storage.s3 import S3Store
from tests.patience import PATIENCE
from tests.s3 import S3Server
from tests.site import free_port

BYTES, OTHER = b"%PDF-1.7 the file" * 1000, b"%PDF-1.7 another file" * 1000
KEY, OTHER_KEY = (hashlib.sha256(data).hexdigest() for data in (BYTES, OTHER))
LINK = {"disposition": 'attachment; filename="rivers-of-paper.pdf"', "media_type": "application/pdf", "lifetime": 120}
REFUSED = (400, 401, 403)
Fields = list[tuple[str, str]]


@pytest.fixture(scope="module")
def buckets(s3_server: S3Server, s3_keys: None) -> tuple[str, str]:
    """Both have both files."""
    names = s3_server.bucket(), s3_server.bucket()
    for name in names:
        for data, key in ((BYTES, KEY), (OTHER, OTHER_KEY)):
            S3Store(name, endpoint_url=s3_server.url).put(io.BytesIO(data), key, len(data))
    return names


@pytest.fixture(scope="module")
def store(s3_server: S3Server, buckets: tuple[str, str]) -> S3Store:
    return S3Store(buckets[0], endpoint_url=s3_server.url)


@pytest.fixture
def link(store: S3Store) -> Iterator[str]:
    """A link that is good before and after whatever is done to it."""
    link = store.link(KEY, **LINK)
    address, fields = taken_apart(link)
    assert asked(put_together(address, fields)) == (200, BYTES), "taken apart and put together, it has to hold"
    yield link
    assert asked(link) == (200, BYTES)


def taken_apart(link: str) -> tuple[str, Fields]:
    address, _, query = link.partition("?")
    return address, parse_qsl(query, keep_blank_values=True, strict_parsing=True)


def put_together(address: str, fields: Fields) -> str:
    return f"{address}?{urlencode(fields, quote_via=quote)}"


def asked(url: str, method: str = "GET", content: bytes | None = None, host: str | None = None) -> tuple[int, bytes]:
    """Status and body. The address goes out as it is written, where a client would put its dots in order."""
    netloc, target = urlsplit(url).netloc, url.partition(urlsplit(url).netloc)[2]
    line = HTTPConnection(netloc, timeout=PATIENCE)
    try:
        line.request(method, target, content, {"host": host or netloc})
        answer = line.getresponse()
        return answer.status, answer.read()
    finally:
        line.close()


def assert_refused(url: str, method: str = "GET", content: bytes | None = None, host: str | None = None) -> None:
    status, body = asked(url, method, content, host)
    assert status in REFUSED, f"{method} {url} was answered {status}"
    assert BYTES not in body
    assert OTHER not in body


def names_in(link: str) -> list[str]:
    return [name for name, _ in taken_apart(link)[1]]


FIELDS = (
    "X-Amz-Algorithm",
    "X-Amz-Credential",
    "X-Amz-Date",
    "X-Amz-Expires",
    "X-Amz-SignedHeaders",
    "X-Amz-Signature",
    "response-content-disposition",
    "response-content-type",
)


def test_these_are_all_the_fields_of_a_link(link: str) -> None:
    assert sorted(names_in(link)) == sorted(FIELDS)


def changed(value: str) -> Iterator[str]:
    """The value bent in small ways and large ones."""
    for position in (0, len(value) // 2, len(value) - 1):
        other = "0" if value[position] != "0" else "1"
        yield value[:position] + other + value[position + 1 :]
    yield from (value[:-1], value + "0", value + " ", "", value[::-1], value.swapcase(), f"{value},{value}")


@pytest.mark.parametrize("name", FIELDS)
def test_a_field_that_is_changed(link: str, name: str) -> None:
    address, fields = taken_apart(link)
    at = names_in(link).index(name)
    value = fields[at][1]
    bent = {other: None for other in changed(value) if other != value}
    if name == "X-Amz-Signature":
        del bent[f"{value} "]  # the server reads it without spaces around it; it is the same signature
    assert len(bent) >= 7
    for other in bent:
        assert_refused(put_together(address, [*fields[:at], (name, other), *fields[at + 1 :]]))


@pytest.mark.parametrize("name", FIELDS)
def test_a_field_that_is_left_out_or_renamed(link: str, name: str) -> None:
    address, fields = taken_apart(link)
    at = names_in(link).index(name)
    assert_refused(put_together(address, fields[:at] + fields[at + 1 :]))
    for other in (f"{name}x", f"x{name}", name.upper()):
        assert_refused(put_together(address, [*fields[:at], (other, fields[at][1]), *fields[at + 1 :]]))


@pytest.mark.parametrize("name", FIELDS)
def test_a_field_that_stands_twice(link: str, name: str) -> None:
    address, fields = taken_apart(link)
    value = fields[names_in(link).index(name)][1]
    for second in (value + "0", "inline", "604800"):
        assert_refused(put_together(address, [(name, second), *fields]))
        if name != "X-Amz-Signature":  # which can't be signed itself; the server reads the first and no other
            assert_refused(put_together(address, [*fields, (name, second)]))
            assert_refused(put_together(address, [*fields, (name, value)]))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X-Amz-Expires", "900"),
        ("X-Amz-Expires", "604800"),
        ("X-Amz-Expires", "604801"),
        ("X-Amz-Expires", "-1"),
        ("X-Amz-Expires", "0"),
        ("X-Amz-Expires", "120.5"),
        ("X-Amz-Expires", "99999999999999999999"),
        ("X-Amz-Date", "20361122T120000Z"),
        ("X-Amz-Date", "20161122T120000Z"),
        ("X-Amz-Date", "now"),
        ("X-Amz-Algorithm", "AWS4-HMAC-SHA1"),
        ("X-Amz-Algorithm", "none"),
        ("X-Amz-SignedHeaders", "host;range"),
        ("X-Amz-SignedHeaders", "range"),
        ("X-Amz-Signature", "0" * 64),
        ("response-content-disposition", "inline"),
        ("response-content-disposition", 'attachment; filename="evil.exe"'),
        ("response-content-type", "text/html"),
    ],
)
def test_a_field_with_what_somebody_would_like_there(link: str, name: str, value: str) -> None:
    address, fields = taken_apart(link)
    at = names_in(link).index(name)
    assert_refused(put_together(address, [*fields[:at], (name, value), *fields[at + 1 :]]))


@pytest.mark.parametrize("part", range(5))
def test_a_credential_of_another_scope(link: str, part: int) -> None:
    address, fields = taken_apart(link)
    at = names_in(link).index("X-Amz-Credential")
    scope = fields[at][1].split("/")
    assert scope[2:] == ["us-east-1", "s3", "aws4_request"]
    others = ("AKOTHER", "20361122", "eu-central-1", "iam", "aws4_reply")
    scope[part] = others[part]
    assert_refused(put_together(address, [*fields[:at], ("X-Amz-Credential", "/".join(scope)), *fields[at + 1 :]]))


def test_each_digit_of_the_signature(link: str) -> None:
    address, fields = taken_apart(link)
    at = names_in(link).index("X-Amz-Signature")
    signature = fields[at][1]
    for position in range(64):
        other = "0" if signature[position] != "0" else "1"
        bent = signature[:position] + other + signature[position + 1 :]
        assert_refused(put_together(address, [*fields[:at], ("X-Amz-Signature", bent), *fields[at + 1 :]]))


@pytest.mark.parametrize(
    "more",
    [
        "response-cache-control=public",
        "response-content-encoding=gzip",
        "versionId=1",
        "partNumber=1",
        "acl",
        "uploads",
        "list-type=2",
        "x-id=GetObject",
        "X-Amz-Security-Token=token",
    ],
)
def test_a_field_more(link: str, more: str) -> None:
    assert_refused(f"{link}&{more}")
    assert_refused(link.replace("?", f"?{more}&"))


def test_another_path(link: str, buckets: tuple[str, str]) -> None:
    home, other_home = (f"/{key[:2]}/{key[2:4]}/{key}" for key in (KEY, OTHER_KEY))
    bucket, other_bucket = (f"/{name}/" for name in buckets)
    for old, new in (
        (home, other_home),
        (home, f"{home}/"),
        (home, f"{home}x"),
        (home, f"/.{home}"),
        (home, f"/x/..{home}"),
        (home, f"/%2e%2e/{buckets[0]}{home}"),
        (home, f"/%2E{home}"),
        (home, home.replace(KEY, KEY.upper())),
        (home, ""),
        (home, "/"),
        (bucket, other_bucket),
        (bucket, f"/{buckets[0]}//"),
        (bucket, f"/{other_bucket}/..{bucket}"),
    ):
        assert old in link
        assert_refused(link.replace(old, new))


@pytest.mark.parametrize("method", ["HEAD", "PUT", "POST", "DELETE", "PATCH"])
def test_another_method(store: S3Store, link: str, method: str) -> None:
    assert_refused(link, method, None if method == "HEAD" else b"mine now")
    assert store.stat(KEY).size == len(BYTES)


def test_another_host(link: str) -> None:
    host = urlsplit(link).netloc
    for other in ("files.example.org", "localhost:" + host.partition(":")[2], f"127.0.0.1:{free_port()}", f"x.{host}"):
        assert_refused(link, host=other)


def test_a_link_made_with_another_secret(
    s3_server: S3Server, buckets: tuple[str, str], link: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "SKWRONGSECRET")
    assert_refused(S3Store(buckets[0], endpoint_url=s3_server.url).link(KEY, **LINK))
