"""COinS: a work as an OpenURL context object, for the tools that look for one on every row of a list (Z39.88-2004)."""

from urllib.parse import urlencode

from api.formats.works import Work
from api.tables import Kind


def context_object(work: Work) -> str:
    """The title attribute of its span. Only authors have a place in it: an editor would be taken for one."""
    record = work.record
    genre = "report" if record.kind in (Kind.REPORT, Kind.PAPER) else "book"
    facts = [
        ("ctx_ver", "Z39.88-2004"),
        ("rft_val_fmt", "info:ofi/fmt:kev:mtx:book"),
        ("rft.genre", genre),
        ("rft.btitle", work.name),
        *(("rft.au", person.display) for person in work.authors[:3]),
        ("rft.pub", work.issuer),
        ("rft.place", record.place),
        ("rft.date", work.date),
        ("rft.isbn", record.isbn),
        ("rft.series", record.series),
        ("rft_id", f"info:doi/{work.doi}" if work.doi else None),
        ("rft_id", work.url),
    ]
    return urlencode([(name, fact) for name, fact in facts if fact])
