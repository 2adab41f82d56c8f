"""Static files: compressed for who takes that, kept for a year where the address says what is in them."""

import gzip

import brotli
import pytest

from tests.site import Site

CODINGS = {"gzip": gzip.decompress, "br": brotli.decompress}


@pytest.mark.parametrize("path", ["/static/css/base.css", "/static/js/gatefold.js", "/static/mark.svg"])
def test_texts_come_in_each_coding(site: Site, path: str) -> None:
    program = site.program()
    plain = program.get(path, headers={"accept-encoding": "identity"})
    assert plain.headers["vary"] == "Accept-Encoding"
    etags = {plain.headers["etag"]}
    for coding, opened in CODINGS.items():
        with program.stream("GET", path, headers={"accept-encoding": coding}) as answer:
            body = b"".join(answer.iter_raw())
        assert answer.headers["content-encoding"] == coding
        assert answer.headers["content-type"] == plain.headers["content-type"]
        assert answer.headers["vary"] == "Accept-Encoding"
        assert opened(body) == plain.content
        etags.add(answer.headers["etag"])
        known = {"accept-encoding": coding, "if-none-match": answer.headers["etag"]}
        assert program.get(path, headers=known).status_code == 304
    assert len(etags) == 3


def test_fonts_and_parts_of_files_come_as_they_are(site: Site) -> None:
    program = site.program()
    assert "content-encoding" not in program.get("/static/fonts/newsreader-base.woff2").headers
    part = program.get("/static/css/base.css", headers={"range": "bytes=0-9"})
    assert (part.status_code, len(part.content)) == (206, 10)
    assert "content-encoding" not in part.headers


def test_only_what_can_not_change_is_kept_for_a_year(site: Site) -> None:
    program = site.program()
    for path, is_fixed in (("css/base.css?v=1", True), ("fonts/OFL.txt", True), ("css/base.css", False)):
        assert ("immutable" in program.get(f"/static/{path}").headers["cache-control"]) == is_fixed
    assert program.get("/static/css/no-such.css").status_code == 404
