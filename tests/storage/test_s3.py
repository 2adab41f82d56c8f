"""What only the store on a bucket has to withstand: links that end, and a server that is away, slow or confused."""

import hashlib
import io
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from botocore import auth

from storage import s3_staging, s3_wire
from storage.keys import staged_id
from storage.s3 import S3Store
from storage.store import LinkingStore, Missing, Unreachable, WrongDigest
from tests.patience import PATIENCE
from tests.s3 import S3Server
from tests.site import free_port

BYTES = b"%PDF-1.7 not really" * 200_000
KEY = hashlib.sha256(BYTES).hexdigest()
OTHER = b"%PDF-1.7 another"
OTHER_KEY = hashlib.sha256(OTHER).hexdigest()
LINK = {"disposition": 'attachment; filename="rivers-of-paper.pdf"', "media_type": "application/pdf", "lifetime": 120}


@pytest.fixture(scope="module")
def bucket(s3_server: S3Server, s3_keys: None) -> str:
    return s3_server.bucket()


@pytest.fixture(scope="module")
def store(s3_server: S3Server, bucket: str) -> S3Store:
    store = S3Store(bucket, endpoint_url=s3_server.url)
    for data, key in ((BYTES, KEY), (OTHER, OTHER_KEY)):
        store.put(io.BytesIO(data), key, len(data))
    return store


def field(link: str, name: str) -> str:
    return parse_qs(urlsplit(link).query)[name][0]


def test_a_link_is_a_download_under_its_name(store: S3Store) -> None:
    assert isinstance(store, LinkingStore)
    answer = httpx2.get(store.link(KEY, **LINK), timeout=PATIENCE)
    assert (answer.status_code, answer.content) == (200, BYTES)
    assert answer.headers["content-disposition"] == 'attachment; filename="rivers-of-paper.pdf"'
    assert answer.headers["content-type"] == "application/pdf"
    part = httpx2.get(store.link(KEY, **LINK), headers={"range": "bytes=10-19"}, timeout=PATIENCE)
    assert part.content == BYTES[10:20]


def test_a_link_ends(store: S3Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server goes by the expiry that was signed, counted from the time that was signed."""
    now, life = datetime.now(UTC), timedelta(seconds=LINK["lifetime"])
    for signed_at, statuses in ((now, {200}), (now - 2 * life, {400, 403})):
        monkeypatch.setattr(auth, "get_current_datetime", lambda signed_at=signed_at: signed_at)
        link = store.link(KEY, **LINK)
        assert field(link, "X-Amz-Date") == f"{signed_at:%Y%m%dT%H%M%SZ}"
        assert httpx2.get(link, timeout=PATIENCE).status_code in statuses


@pytest.mark.parametrize("lifetime", [-1, 0, 119, 901, 604_800])
def test_a_link_lives_within_its_bounds(store: S3Store, lifetime: int) -> None:
    with pytest.raises(ValueError, match=str(lifetime)):
        store.link(KEY, **LINK | {"lifetime": lifetime})
    assert field(store.link(KEY, **LINK | {"lifetime": 900}), "X-Amz-Expires") == "900"


@pytest.mark.parametrize("name", ["", 'a".pdf', "a\r\nset-cookie: b", "../a.pdf", "ä.pdf", "a b.pdf"])
def test_a_download_has_a_plain_name(store: S3Store, name: str) -> None:
    for disposition in (f'attachment; filename="{name}"', f"attachment; filename=\"a.pdf\"; filename*=UTF-8''{name}"):
        with pytest.raises(ValueError, match="is not how"):
            store.link(KEY, **LINK | {"disposition": disposition})


@pytest.mark.parametrize("disposition", ["", "inline", "attachment", 'attachment; x="a"'])
def test_it_is_a_download_and_nothing_else(store: S3Store, disposition: str) -> None:
    with pytest.raises(ValueError, match="is not how"):
        store.link(KEY, **LINK | {"disposition": disposition})


def test_a_name_in_any_script_is_signed_as_it_is(store: S3Store) -> None:
    disposition = "attachment; filename=\"a.pdf\"; filename*=UTF-8''%E8%B7%AF%20%E2%80%93%20b.pdf"
    link = store.link(KEY, **LINK | {"disposition": disposition})
    assert httpx2.get(link, timeout=PATIENCE).headers["content-disposition"] == disposition


def test_links_are_signed_for_the_address_that_readers_reach(s3_server: S3Server, store: S3Store, bucket: str) -> None:
    outside = s3_server.url.replace("127.0.0.1", "localhost")
    public = S3Store(bucket, endpoint_url=s3_server.url, public_endpoint_url=outside)
    link = public.link(KEY, **LINK)
    assert link.startswith(f"{outside}/{bucket}/")
    assert httpx2.get(link, timeout=PATIENCE).content == BYTES
    inside = store.link(KEY, **LINK)
    assert httpx2.get(inside.replace(s3_server.url, outside), timeout=PATIENCE).status_code == 403


def test_links_name_the_region_and_the_bucket_where_there_is_no_endpoint(s3_keys: None) -> None:
    link = S3Store("titles", region="eu-central-1").link(KEY, **LINK)
    assert link.startswith(f"https://titles.s3.eu-central-1.amazonaws.com/{KEY[:2]}/")
    assert "eu-central-1/s3/aws4_request" in field(link, "X-Amz-Credential")


def test_what_is_refused_was_never_sent(s3_server: S3Server, s3_keys: None) -> None:
    bucket = s3_server.bucket()
    with pytest.raises(WrongDigest):
        S3Store(bucket, endpoint_url=s3_server.url).put(io.BytesIO(BYTES), OTHER_KEY, len(BYTES))
    assert s3_server.files(bucket) == []


def test_a_damaged_object_is_healed_by_the_next_put(s3_server: S3Server, store: S3Store, bucket: str) -> None:
    s3_server.client.put_object(Bucket=bucket, Key=f"{KEY[:2]}/{KEY[2:4]}/{KEY}", Body=BYTES[:100])
    assert store.stat(KEY).size == 100
    store.put(io.BytesIO(BYTES), KEY, len(BYTES))
    assert store.stat(KEY).size == len(BYTES)


def test_what_lies_about_in_a_bucket_is_not_listed(s3_server: S3Server, s3_keys: None) -> None:
    bucket = s3_server.bucket()
    store = S3Store(bucket, endpoint_url=s3_server.url)
    store.put(io.BytesIO(BYTES), KEY, len(BYTES))
    for stray in ("notes.txt", f"staging/{KEY}", f"ab/cd/{KEY}", f"{KEY[:2]}/{KEY[2:4]}/{KEY}.part"):
        s3_server.client.put_object(Bucket=bucket, Key=stray, Body=b"stray")
    assert [(found.key, found.size) for found in store.listing()] == [(KEY, len(BYTES))]


def test_a_listing_longer_than_a_page_is_whole(s3_server: S3Server, s3_keys: None) -> None:
    bucket = s3_server.bucket()
    keys = sorted(hashlib.sha256(b"%d" % number).hexdigest() for number in range(1003))
    home = s3_server.folder / bucket
    for key in keys:  # beside the server, which reads its folder: as many puts would take a while
        (home / key[:2] / key[2:4]).mkdir(parents=True, exist_ok=True)
        (home / key[:2] / key[2:4] / key).write_bytes(b"x")
    assert [found.key for found in S3Store(bucket, endpoint_url=s3_server.url).listing()] == keys


def test_a_bucket_that_is_not_there_is_no_missing_file(s3_server: S3Server, s3_keys: None) -> None:
    store = S3Store("nowhere", endpoint_url=s3_server.url)
    with pytest.raises(Unreachable, match="NoSuchBucket"), store.open(KEY):
        pass


def test_wrong_credentials_are_no_missing_file(
    store: S3Store, s3_server: S3Server, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "SKWRONGSECRET")
    stranger = S3Store(bucket, endpoint_url=s3_server.url)
    for use in (stranger.stat, stranger.delete, lambda key: stranger.open(key).__enter__()):
        with pytest.raises(Unreachable) as failure:
            use(KEY)
        assert "SKWRONG" not in str(failure.value)
    assert store.stat(KEY).size == len(BYTES)


def test_a_server_that_is_away_is_said_to_be(s3_keys: None) -> None:
    store = S3Store("titles", endpoint_url=f"http://127.0.0.1:{free_port()}")
    for use in (store.stat, store.delete, lambda key: store.open(key).__enter__()):
        with pytest.raises(Unreachable):
            use(KEY)


@contextmanager
def answering(*answers: bytes) -> Iterator[str]:
    """A server that gives one prepared answer to each connection, and then holds its tongue."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        taken: list[socket.socket] = []

        def serve() -> None:
            for answer in (*answers, b"", b""):
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                taken.append(connection)
                connection.recv(65_536)
                connection.sendall(answer)
                if answer:
                    connection.close()

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        listener.shutdown(socket.SHUT_RDWR)
    thread.join(PATIENCE)
    for connection in taken:
        connection.close()


def http(body: str) -> bytes:
    return f"HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()


def test_a_server_that_says_yes_with_a_fault_in_it_has_joined_nothing(s3_keys: None) -> None:
    """S3 begins its answer with 200 before the parts are put together, and may have to take it back in the body."""
    part = "<Part><PartNumber>1</PartNumber><Size>5</Size><ETag>x</ETag></Part>"
    listed = http(f"<ListPartsResult>{part}<IsTruncated>false</IsTruncated></ListPartsResult>")
    taken_back = http("<Error><Code>InternalError</Code><Message>We are sorry.</Message></Error>")
    done = http("<CompleteMultipartUploadResult><ETag>x</ETag></CompleteMultipartUploadResult>")
    for answers, is_joined in (([taken_back] * s3_wire.ATTEMPTS, False), ([taken_back, done], True)):
        with answering(listed, *answers) as url:
            store = S3Store("titles", endpoint_url=url)
            with nullcontext() if is_joined else pytest.raises(Unreachable, match="InternalError"):
                store.join_parts("0" * 32, "upload", [5])


def test_a_server_that_is_slow_is_not_waited_for(s3_keys: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s3_wire, "READ_TIMEOUT", 0.2)
    with answering() as url, pytest.raises(Unreachable, match="ReadTimeout"):  # it never answers
        S3Store("titles", endpoint_url=url).stat(KEY)


def test_a_transfer_that_breaks_goes_on_by_parts(s3_keys: None) -> None:
    whole = b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nabcd"  # and there it ends
    rest = b"HTTP/1.1 206 Partial Content\r\nContent-Length: 4\r\nContent-Range: bytes 4-7/8\r\n\r\nefgh"
    with answering(whole, rest) as url, S3Store("titles", endpoint_url=url).open(KEY) as file:
        assert file.read_at(0, 4) + file.read_at(4, 4) == b"abcdefgh"


def test_a_server_that_does_not_know_ranges_is_found_out(s3_keys: None) -> None:
    whole = b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nabcdefgh"
    with answering(whole, whole) as url:
        store = S3Store("titles", endpoint_url=url)
        with store.open(KEY) as file, pytest.raises(Unreachable, match="other bytes"):
            file.read_at(4, 4)


def test_an_object_that_goes_while_it_is_read_by_parts_is_missing(store: S3Store) -> None:
    with store.open(OTHER_KEY) as file:
        store.delete(OTHER_KEY)
        with pytest.raises(Missing):
            file.read_at(10, 3)


def test_a_transfer_in_parts_that_was_never_ended_is_swept(s3_server: S3Server, s3_keys: None) -> None:
    bucket = s3_server.bucket()
    store, key = S3Store(bucket, endpoint_url=s3_server.url), f"staging/{staged_id()}"
    for begun in (key, f"{KEY[:2]}/{KEY[2:4]}/{KEY}", "somebody/else"):
        upload = s3_server.client.create_multipart_upload(Bucket=bucket, Key=begun)["UploadId"]
        s3_server.client.upload_part(Bucket=bucket, Key=begun, UploadId=upload, PartNumber=1, Body=OTHER)
    assert store.sweep(timedelta(hours=1)) == 0
    assert store.sweep(timedelta(0)) == 2
    left = s3_server.client.list_multipart_uploads(Bucket=bucket)["Uploads"]
    assert [each["Key"] for each in left] == ["somebody/else"]


def test_what_is_too_large_for_one_copy_is_copied_in_parts(s3_keys: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server of these tests has no copy by parts, so only what it is asked can be looked at."""
    monkeypatch.setattr(s3_staging, "LARGEST_COPY", 10)
    monkeypatch.setattr(s3_staging, "COPIED_PART", 10)
    staged, asked = staged_id(), list[tuple[str, str, str | None]]()
    words = {"POST ?uploads": b"<UploadId>u</UploadId>", "PUT": b"<ETag>e</ETag>", "POST": b"<ETag>whole</ETag>"}
    answers = {"HEAD key": (404, b""), "HEAD staged": (200, bytes(25)), "DELETE": (204, b"")}

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0))).decode()
            where = "staged" if staged in self.path else "key"
            asked.append((self.command, self.path.partition("?")[2], self.headers.get("x-amz-copy-source-range", body)))
            status, data = answers.get(f"{self.command} {where}") or answers.get(self.command) or (200, b"")
            if status == 200 and self.command in ("PUT", "POST"):
                inner = words["POST ?uploads" if self.path.endswith("?uploads") else self.command]
                data = b"<Result>%s</Result>" % inner
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data if self.command != "HEAD" else b"")

        do_HEAD = do_PUT = do_POST = do_DELETE = answer

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        S3Store("titles", endpoint_url=f"http://127.0.0.1:{server.server_port}").keep(staged, KEY, 25)
        server.shutdown()
    copied = [(query, extent) for method, query, extent in asked if method == "PUT"]
    assert [extent for _, extent in copied] == ["bytes=0-9", "bytes=10-19", "bytes=20-24"]
    assert all(f"partNumber={number}" in query for number, (query, _) in enumerate(copied, start=1))
    completed = next(body for method, query, body in asked if method == "POST" and "uploadId=u" in query)
    assert completed is not None
    assert completed.count("<PartNumber>") == 3
    assert asked[-1][0] == "DELETE"
