"""The API described in OpenAPI's terms: what FastAPI knows of the routes, with the refusals as they really are."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel

from api.v1.shapes import Problem

ABOUT = """The titles of this portal for programs: what the title pages say, and links to the files.

Everything public is open without a key. With a reader's access key (made at `/account/keys`, shown as
`Authorization: Bearer gf_…`, never in an address) a program is admitted as that reader is, and the answers are
private. A key that is wrong or has ended is always refused, never taken for nobody. The same key opens the stable
address of a PDF. Unknown parameters are ignored.
"""
KEY = "AccessKey"
SECURITY = {KEY: {"type": "http", "scheme": "bearer", "description": "A reader's access key; without one, nobody."}}

_PERSON = {
    "role": "author",
    "name": "Ana Sample",
    "given": "Ana",
    "particle": None,
    "family": "Sample",
    "suffix": None,
    "is_organisation": False,
    "orcid": "0000-0002-1825-0097",
    "ror": None,
    "affiliations": [{"name": "Example University", "ror": None}],
    "note": None,
}
_ACCESS = {"allowed": False, "reason": "sign-in-needed", "next_step": "sign-in", "opens_at": None}
_SUMMARY = {
    "slug": "rivers-of-paper",
    "kind": "report",
    "title": "Rivers of Paper",
    "subtitle": "What Archives Carry",
    "full_title": "Rivers of Paper – What Archives Carry",
    "language": "en",
    "contributors": [_PERSON],
    "publisher": "Sample Press",
    "published": "2026-05",
    "posted_at": "2026-06-01T09:00:00Z",
    "identifiers": {"doi": "10.1000/182", "doi_is_ours": True, "isbn": None, "others": []},
    "access": _ACCESS,
    "links": {
        "record": "https://books.example.org/api/v1/titles/rivers-of-paper",
        "page": "https://books.example.org/reports/rivers-of-paper",
        "pdf": "https://books.example.org/reports/rivers-of-paper.pdf",
    },
}
_FILE = {
    "size": 4183022,
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "media_type": "application/pdf",
}
EXAMPLES: dict[str, dict[str, Any]] = {
    "titles": {
        "titles": [_SUMMARY],
        "finds": None,
        "next": "https://books.example.org/api/v1/titles?after=rivers-of-paper",
    },
    "title": {
        **_SUMMARY,
        "state": "published",
        "kicker": None,
        "standfirst": "How paper moves, and what it leaves behind.",
        "abstract": ["What archives carry.", "And what they leave behind."],
        "place": "Sampleton",
        "series": "Studies in Record Keeping",
        "in_series": {"name": "Studies in Record Keeping", "issn": "2049-3630", "number": "7"},
        "imprint": None,
        "institution": "Sample Institute",
        "genre": "Policy report",
        "edition_number": None,
        "edition_statement": None,
        "volume": None,
        "pages": 300,
        "front_pages": "xii",
        "licence": "CC BY 4.0",
        "licence_uri": "https://creativecommons.org/licenses/by/4.0/",
        "rights_holder": "Sample Press",
        "copyright_year": 2026,
        "wordings": [{"language": "de", "title": "Flüsse aus Papier", "subtitle": None, "abstract": []}],
        "subjects": [{"scheme": "keyword", "code": None, "heading": "archives"}],
        "funding": [],
        "modified_at": "2026-06-01T09:00:00Z",
        "withdrawn_at": None,
        "contents": [
            {
                "name": "Upstream",
                "is_part": False,
                "number": "1",
                "first_page": "1",
                "last_page": "24",
                "doi": None,
                "doi_is_ours": False,
                "language": None,
                "abstract": [],
                "authors": ["Ana Sample"],
                "contributors": [_PERSON],
                "licence": None,
                "licence_uri": None,
            }
        ],
        "edition": {"number": 1, "made_at": "2026-06-01T09:00:00Z", "pages": 312, **_FILE},
    },
    "new_ticket": {
        "url": "https://books.example.org/t/b0hX4PWmAhbQ1r7cJ2nZk8vT3sYfD6eLg9uR5oI_iKM/rivers-of-paper.pdf",
        "expires_at": "2026-11-22T14:42:00+00:00",
        "uses_left": 5,
        "filename": "rivers-of-paper.pdf",
        **_FILE,
    },
}
WORDS = {
    "titles": ("The published titles, or a search among them", "Some of the titles, and where the rest follows."),
    "title": ("The whole public record of a title", "The record; of a withdrawn title, without its file."),
    "new_ticket": ("A new time-limited link to a title's PDF", "The link. It is shown only here."),
}
REFUSALS = {
    400: ("`after` names no title that was ever published here, or `q` has no word in it or too many.", {}),
    401: ("The access key is wrong or has ended (the challenge then says `invalid_token`), or one is needed.", {}),
    403: (
        "The reader is known and not admitted, or has the terms of use still to accept.",
        {"reason": "not-listed", "next_step": "none"},
    ),
    404: ("There is no such title, or its PDF is not here yet.", {"reason": "in-preparation", "next_step": "wait"}),
    410: ("The title has been withdrawn.", {"reason": "withdrawn", "next_step": "none"}),
    429: ("There were very many links or searches lately; `Retry-After` says when there can be more.", {}),
}
REFUSED_BY = {"titles": (400, 401, 429), "title": (401, 404), "new_ticket": (401, 403, 404, 410, 429)}
UNCHANGED = {304: {"description": "Nothing has changed since the ETag in `If-None-Match`."}}
OPEN_TO_ALL = {303: {"description": "The title is open to everyone: `Location` is the stable address of its PDF."}}


def described(name: str, shape: type[BaseModel]) -> dict[str, Any]:
    """What `add_api_route` is told about the route `name`, whose good answer has this shape."""
    summary, outcome = WORDS[name]
    makes = name.startswith("new_")
    more = OPEN_TO_ALL if makes else UNCHANGED
    return {
        "operation_id": name,
        "summary": summary,
        "status_code": HTTPStatus.CREATED if makes else HTTPStatus.OK,
        "response_model": shape,
        "response_description": outcome,
        "responses": more | {each: _refusal(each) for each in REFUSED_BY[name]},
        "openapi_extra": {"security": [{}, {KEY: []}]},
    }


def _refusal(status: int) -> dict[str, Any]:
    words, members = REFUSALS[status]
    phrase = HTTPStatus(status).phrase
    example = {"type": "about:blank", "title": phrase, "status": status, "detail": words, **members}
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": words, "content": {"application/problem+json": {"schema": schema, "example": example}}}


def description(public_url: str, routes: Sequence[Any]) -> dict[str, Any]:
    """The OpenAPI document of these routes."""
    document = get_openapi(
        title="Gatefold", version="1", description=ABOUT, routes=routes, servers=[{"url": public_url}]
    )
    for operations in document["paths"].values():
        for operation in operations.values():
            operation["responses"].pop("422", None)  # FastAPI's own; what can't be read is 400 here
            # only now: FastAPI would take the nulls out of it
            good = operation["responses"].get("200") or operation["responses"]["201"]
            good["content"]["application/json"]["example"] = EXAMPLES[operation["operationId"]]
    schemas = document["components"]["schemas"]
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    schemas["Problem"] = Problem.model_json_schema()
    document["components"]["securitySchemes"] = SECURITY
    return document
