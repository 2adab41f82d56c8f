"""Files of records in the portal's own JSON, as `gatefold title export` writes them: read and checked as a whole."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from api.errors import Invalid
from api.shelf.drafts import TitleDraft
from api.shelf.record_json import loaded
from api.shelf.record_rules import Fault, FaultyRecord, examine

LONGEST_FILE = 200_000_000  # bytes


def read_records(path: Path) -> list[TitleDraft]:
    """The records in that file, checked. Any fault is an Invalid that names the file, and the field by its path."""
    try:
        if path.stat().st_size > LONGEST_FILE:
            raise Invalid(f"the file is larger than {LONGEST_FILE} bytes.")
        drafts = loaded(path.read_text("utf-8"))
        kept, faults = [], []
        for number, draft in enumerate(drafts, start=1):
            checked, found = examine(draft)
            kept.append(checked)
            faults += [_within(f"titles[{number}].", fault) for fault in found]
    except OSError as error:
        raise Invalid(f"{path.name} can't be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise Invalid(f"{path.name} is not UTF-8 text.") from error
    except FaultyRecord as faulty:
        raise Invalid("\n".join(_sentences(path, faulty.faults))) from faulty
    except Invalid as refusal:
        raise Invalid(f"{path.name}: {refusal.message}") from refusal
    if faults:
        raise Invalid("\n".join(_sentences(path, faults)))
    return kept


def _within(title: str, fault: Fault) -> Fault:
    return replace(fault, path=title + fault.path, other=title + fault.other if fault.other else None)


def _sentences(path: Path, faults: Iterable[Fault]) -> Iterator[str]:
    return (f"{path.name}: {fault.sentence()}" for fault in faults)
