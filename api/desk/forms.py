"""What was sent by a form of the desk, read only after it is known to be staff who sends; numbers in its addresses."""

from collections.abc import AsyncIterator, Callable
from typing import Annotated, Any

from fastapi import Depends, Path
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request

from api.errors import NotFound
from api.signin.reader import Staff

MOST_FIELDS = 200
LARGEST_ID = 2**31 - 1
Id = Annotated[int, Path(ge=1, le=LARGEST_ID)]  # of a row, in an address


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
    return int(value) if _is_number(value) else None


def mark(text: str) -> int | None:
    """Where the leaf before ended, as the address of the next one says it; None for the first leaf.

    Raises NotFound for what no leaf's link says.
    """
    if text and not _is_number(text):
        raise NotFound
    return int(text) if text else None


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10


def file(form: FormData, name: str) -> UploadFile | None:
    value = form.get(name)
    return value if isinstance(value, UploadFile) and value.filename else None
