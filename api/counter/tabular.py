"""A report as COUNTER's table: 13 rows of header, an empty one, headings, and a row for each metric."""

import csv
import io
from collections.abc import Iterator, Sequence

from api.counter.definitions import Level
from api.counter.document import CREATED_BY, RELEASE
from api.counter.items import Author, Item
from api.counter.report import Entry, Report
from api.formats.cells import harmless

BYTE_ORDER_MARK = "\ufeff"  # spreadsheets take a file without one for something else than UTF-8
LEVEL_NAMES = {Level.TITLE: "Title", Level.ITEM: "Item"}
IDENTIFIERS = ("DOI", "Proprietary_ID", "ISBN", "Print_ISSN", "Online_ISSN", "URI")
OF_ITEM = ("Authors", "Publication_Date", "Article_Version")
PARENT = ("Title", "Authors", "Publication_Date", "Article_Version", "Data_Type", *IDENTIFIERS)
NAMES_OF_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def tabular(report: Report, platform: str, registry_record: str, delimiter: str = "\t") -> str:
    """The whole file, with its byte order mark; between columns a tab, or a comma for CSV."""
    text = io.StringIO()
    text.write(BYTE_ORDER_MARK)
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\r\n")
    writer.writerows(_header(report, registry_record))
    writer.writerow([])
    writer.writerow(_headings(report))
    for entry in report.entries:
        writer.writerows(_rows(report, entry, platform))
    return text.getvalue()


def _header(report: Report, registry_record: str) -> Iterator[tuple[str, str]]:
    asked, customer = report.asked, report.customer
    metrics = asked.filters.get("Metric_Type", ())
    filters = [f"{name}={'|'.join(values)}" for name, values in asked.filters.items() if name != "Metric_Type"]
    for name, value in (("Item_ID", asked.item_id), ("Author", asked.author), ("Platform", asked.platform)):
        filters += [f"{name}={value}"] if value is not None else []
    attributes = [f"Attributes_To_Show={'|'.join(asked.attributes)}"] if asked.attributes else []
    attributes += ["Include_Parent_Details=True"] if asked.with_parents else []
    attributes += ["Granularity=Total"] if asked.is_total else []
    yield "Report_Name", asked.definition.name
    yield "Report_ID", asked.definition.id
    yield "Release", RELEASE
    yield "Institution_Name", _harmless(customer.name)
    own = [value for values in (customer.identifiers["Proprietary"],) for value in values]
    yield "Institution_ID", "; ".join([*own, *(f"ROR:{ror}" for ror in customer.identifiers.get("ROR", ()))])
    yield "Metric_Types", "; ".join(metrics)
    yield "Report_Filters", "; ".join(filters)
    yield "Report_Attributes", "; ".join(attributes)
    yield "Exceptions", "; ".join(map(str, report.notices))
    yield "Reporting_Period", f"Begin_Date={asked.begin.first_day}; End_Date={asked.end.last_day}"
    yield "Created", f"{report.made_at:%Y-%m-%dT%H:%M:%SZ}"
    yield "Created_By", CREATED_BY
    yield "Registry_Record", registry_record


def _headings(report: Report) -> list[str]:
    asked = report.asked
    headings = ["Platform"]
    if (level := asked.definition.level) is not Level.PLATFORM:
        of_item = [name for name in OF_ITEM if name in asked.attributes]
        headings = [LEVEL_NAMES[level], "Publisher", "Publisher_ID", "Platform", *of_item, *IDENTIFIERS]
    if asked.with_parents:
        headings += [f"Parent_{name}" for name in PARENT]
    headings += ["Data_Type", *report.by, "Metric_Type", "Reporting_Period_Total"]
    if asked.is_total:
        return headings
    return headings + [f"{NAMES_OF_MONTHS[month.number - 1]}-{month.year}" for month in asked.months]


def _rows(report: Report, entry: Entry, platform: str) -> Iterator[list[str | int]]:
    asked = report.asked
    months = [] if asked.is_total else [str(month) for month in asked.months]
    about: list[str | int] = [platform]
    if entry.item is not None:
        publisher_id = f"ROR:{entry.item.publisher_ror}" if entry.item.publisher_ror else ""
        about = [_harmless(entry.item.name), _harmless(entry.item.publisher), publisher_id, platform]
        about += [_of_item(entry.item, name) for name in OF_ITEM if name in asked.attributes]
        about += _identifiers(entry.item)
    if asked.with_parents:
        about += _parent(entry.parent)
    for breakdown, performance in sorted(entry.figures.items()):
        for metric in sorted(performance):
            by_month = performance[metric]
            yield [*about, *breakdown, metric, sum(by_month.values()), *(by_month.get(month, 0) for month in months)]


def _of_item(item: Item, name: str) -> str:
    return {"Authors": _authors(item.authors), "Publication_Date": item.published or ""}.get(name, "")


def _parent(item: Item | None) -> Sequence[str]:
    if item is None:
        return [""] * len(PARENT)
    return [_harmless(item.name), _authors(item.authors), item.published or "", "", "Book", *_identifiers(item)]


def _identifiers(item: Item) -> Sequence[str]:
    return [item.doi or "", item.proprietary, item.isbn or "", "", "", item.uri]


def _authors(authors: tuple[Author, ...]) -> str:
    return _harmless("; ".join(f"{name} (ORCID:{orcid})" if orcid else name for name, orcid in authors))


def _harmless(text: str) -> str:
    """On one line, and never taken for a formula."""
    return harmless(" ".join(text.split()))
