"""What was sent by a form of the desk, read only after it is known to be staff who sends."""

from collections.abc import AsyncIterator, Callable
from typing import Annotated, Any

from fastapi import Depends
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request

from api.signin.reader import Staff

MOST_FIELDS = 200


def form_of(longest_part: int) -> Callable[..., AsyncIterator[FormData]]:
    """A form whose fields have at most so many bytes each."""

    async def read(request: Request, _staff: Staff) -> AsyncIterator[FormData]:
        async with request.form(max_files=1, max_fields=MOST_FIELDS, max_part_size=longest_part) as form:
            yield form

    return read


Sent = Annotated[FormData, Depends(form_of(64 * 1024))]


def text(form: FormData, name: str) -> str:
    """What was typed into a field; nothing for a field that was not sent, or is a file."""
    value: Any = form.get(name)
    return value if isinstance(value, str) else ""


def number(form: FormData, name: str) -> int | None:
    """A whole number of at most nine digits, or None for anything else."""
    value = text(form, name).strip()
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else None


def file(form: FormData, name: str) -> UploadFile | None:
    value = form.get(name)
    return value if isinstance(value, UploadFile) and value.filename else None
