"""Static files: texts compressed, and never asked for twice where the address says what is in them."""

from functools import lru_cache
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.responses import FileResponse, Response
from starlette.staticfiles import NotModifiedResponse, StaticFiles
from starlette.types import Scope

from api.edge.codings import CODINGS, PLAIN, coding_of

A_YEAR = 31_536_000  # seconds
TYPES = {  # of what is compressed; not every machine's list knows them all
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
PDF_WORKER = "/vendor/pdfjs/pdf.worker.min.mjs"
# It decodes scanned pages by WebAssembly, and a worker's own answer says what that worker may do.
WORKER_POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; base-uri 'none'"


class StaticFolder(StaticFiles):
    """A folder of them. A font, and an address with a fingerprint (`?v=`), never changes."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        asked = Headers(scope=scope)
        kind = TYPES.get(Path(path).suffix)
        if isinstance(response, FileResponse) and kind is not None:
            response.headers["content-type"] = kind
            coding = coding_of(asked.get("accept-encoding", "").encode("latin-1"))
            if coding != PLAIN and "range" not in asked:
                response = await _in_coding(response, coding, asked)
            response.headers["vary"] = "Accept-Encoding"
        if scope["path"].endswith(PDF_WORKER):
            response.headers["content-security-policy"] = WORKER_POLICY
        is_fixed = scope.get("query_string", b"").startswith(b"v=") or "/fonts/" in scope["path"]
        response.headers["cache-control"] = f"public, max-age={A_YEAR}, immutable" if is_fixed else "public, max-age=0"
        return response


async def _in_coding(plain: FileResponse, coding: str, asked: Headers) -> Response:
    """The same file compressed, under an ETag of its own; 304 to who has it in this coding."""
    etag = f'{plain.headers["etag"][:-1]}-{coding}"'
    if etag in asked.get("if-none-match", ""):
        return NotModifiedResponse(Headers({"etag": etag}))
    body = await run_in_threadpool(_coded, str(plain.path), etag, coding)
    kept = {name: plain.headers[name] for name in ("content-type", "last-modified")}
    return Response(body, headers=kept | {"etag": etag, "content-encoding": coding})


@lru_cache(maxsize=512)
def _coded(path: str, _etag: str, coding: str) -> bytes:
    return CODINGS[coding](Path(path).read_bytes())
