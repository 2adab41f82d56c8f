"""Files of records that wait between their dry run and the editor's choice: in the store's staging, for a day.

The id of one is its capability. What stands under it says itself that it is such a file, and as what it is read.
"""

import io
from contextlib import suppress

from api.errors import Invalid, NotFound, TooLarge
from api.intake.readers.found import Found
from api.intake.reading import NAMES, Form, read
from api.spoken import N_
from storage.keys import staged_id
from storage.store import BadKey, Missing, Store

LARGEST = 10_000_000  # bytes
MOST_TITLES = 500  # on one page with a tick each
_MARK = b"gatefold import as "


def keep(store: Store, content: bytes, form: Form | None) -> str:
    """Keep a file that can be read; its id. Raises Invalid, or TooLarge, for one that can't."""
    if len(content) > LARGEST:
        raise TooLarge(N_("The file has more than 10 MB. Part it into several."))
    known, found = read(content, form)
    if not found:
        raise Invalid(N_("There is no record in it."))
    if len(found) > MOST_TITLES:
        words = N_(
            "The file has {n} titles; {most} can be taken at a time here. Part it into several, or use the command "
            "line: gatefold title import.",
            n=len(found),
            most=MOST_TITLES,
        )
        raise Invalid(words)
    kept = staged_id()
    store.stage(kept, io.BytesIO(_MARK + known.encode() + b"\n" + content))
    return kept


def fetch(store: Store, kept: str) -> tuple[Form, list[Found]]:
    """The format and the records of a kept file. NotFound where there is none, or none any more."""
    content = _content(store, kept)
    first, _, content = content.partition(b"\n")
    if not first.startswith(_MARK):
        raise NotFound
    return read(content, Form(first.removeprefix(_MARK).decode()))


def _content(store: Store, kept: str) -> bytes:
    with suppress(BadKey, Missing), store.open_staged(kept) as file:
        longest = LARGEST + len(_MARK) + max(map(len, NAMES)) + 1
        if file.size <= longest:
            return file.read_at(0, file.size)
    raise NotFound
