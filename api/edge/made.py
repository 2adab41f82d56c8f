"""An answer that is made from what is public: it has an ETag and a date, and is not sent twice."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from email.utils import format_datetime

from fastapi import Request
from starlette.responses import Response


def made(
    request: Request, body: bytes, media_type: str, headers: Mapping[str, str], changed_at: datetime | None = None
) -> Response:
    """`body` as `media_type`, or 304 where the caller has it. Text is UTF-8."""
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    all_headers = {**headers, "etag": etag}
    if changed_at is not None:
        all_headers["last-modified"] = format_datetime(changed_at, usegmt=True)
    known = request.headers.get("if-none-match", "")
    if etag in known or known.strip() == "*":
        return Response(status_code=304, headers=all_headers)
    return Response(body, headers={**all_headers, "content-type": with_charset(media_type)})


def with_charset(media_type: str) -> str:
    """Text and XML say how they are written; all that is made here is UTF-8."""
    kind = media_type.partition(";")[0]
    return f"{media_type}; charset=utf-8" if kind.startswith("text/") or kind.endswith("xml") else media_type
