"""The addresses of the desk, page by page."""

from api.desk import (
    access,
    access_readers,
    access_trial,
    access_vouchers,
    accessibility,
    audit,
    comments,
    contents,
    copies,
    cover,
    deposits,
    exports,
    fair_use,
    file,
    house,
    imports,
    institutions,
    notices,
    outbox,
    parts,
    preview,
    publishing,
    reader,
    readers,
    readiness,
    record,
    requests,
    self_check,
    title,
    title_comments,
    titles,
    uploads,
    usage,
)
from api.signin.door import Router

router = Router()
OF_TITLES = (
    titles,
    record,
    readiness,
    imports,
    exports,
    outbox,
    deposits,
    usage,
)  # `record` has /titles/new, no title's name
OF_A_TITLE = (title, preview, publishing, notices, contents, file, accessibility, cover, uploads, parts)
OF_ACCESS = (access, access_readers, access_vouchers, access_trial, requests, copies, institutions)
OF_READERS = (readers, reader, audit, fair_use)
OF_TALK = (comments, title_comments)
for page in (*OF_TITLES, *OF_A_TITLE, *OF_ACCESS, *OF_READERS, *OF_TALK, house, self_check):
    router.take_in(page.router)
