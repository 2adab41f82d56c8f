"""The addresses of the desk, page by page."""

from fastapi import APIRouter

from api.desk import (
    access,
    access_readers,
    access_trial,
    access_vouchers,
    audit,
    contents,
    fair_use,
    file,
    house,
    institutions,
    parts,
    reader,
    readers,
    record,
    requests,
    titles,
    uploads,
)

router = APIRouter()
OF_A_TITLE = (record, contents, file, uploads, parts, access, access_readers, access_vouchers, access_trial)
OF_READERS = (requests, institutions, readers, reader, audit, fair_use)
for page in (titles, *OF_A_TITLE, *OF_READERS, house):
    router.include_router(page.router)
