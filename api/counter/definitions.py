"""The reports there are: what each counts, by what, and what can be asked of it. The names are the Code's."""

from dataclasses import dataclass, field
from enum import Enum


class Level(Enum):
    PLATFORM = "Platform"
    TITLE = "Title"
    ITEM = "Item"


ITEM_METRICS = (
    "Total_Item_Investigations",
    "Total_Item_Requests",
    "Unique_Item_Investigations",
    "Unique_Item_Requests",
)
TITLE_METRICS = ("Unique_Title_Investigations", "Unique_Title_Requests")
DENIALS = ("Limit_Exceeded", "No_License")
NEVER = ("Limit_Exceeded",)  # there are no seats
ACCESS_TYPES = ("Controlled", "Free_To_Read", "Open")
ACCESS_METHODS = ("Regular", "TDM")
TITLE_TYPES = (
    "Book",
    "Conference",
    "Journal",
    "Newspaper_or_Newsletter",
    "Other",
    "Patent",
    "Reference_Work",
    "Report",
    "Standard",
    "Thesis_or_Dissertation",
    "Unspecified",
)
ITEM_TYPES = (
    "Article",
    "Audiovisual",
    "Book_Segment",
    "Conference_Item",
    "Database_Full_Item",
    "Dataset",
    "Image",
    "Interactive_Resource",
    "Multimedia",
    "News_Item",
    "Other",
    "Patent",
    "Reference_Item",
    "Report",
    "Software",
    "Sound",
    "Standard",
    "Thesis_or_Dissertation",
    "Unspecified",
)
BOOKS = ("Book", "Reference_Work")
Filters = dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class Definition:
    """A report. `fixed` are the filters of a Standard View, which takes no others; `shown` what it always breaks
    down by, `may_show` what can be asked for besides."""

    id: str
    name: str
    about: str
    level: Level
    metrics: tuple[str, ...]
    data_types: tuple[str, ...]
    shown: tuple[str, ...] = ()
    may_show: tuple[str, ...] = ()
    fixed: Filters = field(default_factory=dict)

    @property
    def is_view(self) -> bool:
        return bool(self.fixed)

    @property
    def choices(self) -> Filters:
        """The filters that can be asked for, each with its values."""
        if self.is_view:
            return {}
        found: Filters = {
            "Metric_Type": self.metrics,
            "Data_Type": self.data_types,
            "Access_Method": ACCESS_METHODS,
        }
        return found if self.level is Level.PLATFORM else found | {"Access_Type": ACCESS_TYPES}


def _view(
    id: str, name: str, about: str, metrics: tuple[str, ...], shown: tuple[str, ...], **fixed: tuple[str, ...]
) -> Definition:
    return Definition(
        id,
        name,
        about,
        Level.TITLE,
        metrics,
        BOOKS,
        shown,
        fixed={"Data_Type": BOOKS, **fixed, "Access_Method": ("Regular",), "Metric_Type": metrics},
    )


_OF_PLATFORM = ("Searches_Platform", "Total_Item_Requests", "Unique_Item_Requests", "Unique_Title_Requests")
_ATTRIBUTES = ("YOP", "Access_Type", "Access_Method")
REPORTS = {
    each.id: each
    for each in (
        Definition(
            "PR",
            "Platform Report",
            "Use of the whole portal.",
            Level.PLATFORM,
            ("Searches_Platform", *ITEM_METRICS, *TITLE_METRICS),
            tuple(sorted({*TITLE_TYPES, *ITEM_TYPES, "Platform"})),
            may_show=("Access_Method",),
        ),
        Definition(
            "PR_P1",
            "Platform Usage",
            "Requests on the whole portal.",
            Level.PLATFORM,
            _OF_PLATFORM,
            (),
            fixed={"Access_Method": ("Regular",), "Metric_Type": _OF_PLATFORM},
        ),
        Definition(
            "TR",
            "Title Report",
            "Use by title.",
            Level.TITLE,
            (*ITEM_METRICS, *TITLE_METRICS, *DENIALS),
            TITLE_TYPES,
            may_show=_ATTRIBUTES,
        ),
        _view(
            "TR_B1",
            "Book Requests (Controlled)",
            "Requests for books that are not open to everyone.",
            ("Total_Item_Requests", "Unique_Title_Requests"),
            ("YOP",),
            Access_Type=("Controlled",),
        ),
        _view("TR_B2", "Book Access Denied", "Readers of an institution who were refused a book.", DENIALS, ("YOP",)),
        _view(
            "TR_B3",
            "Book Usage by Access Type",
            "Use of books, open ones and others apart.",
            (*ITEM_METRICS, *TITLE_METRICS),
            ("YOP", "Access_Type"),
        ),
        Definition(
            "IR",
            "Item Report",
            "Use by chapter and report.",
            Level.ITEM,
            (*ITEM_METRICS, *DENIALS),
            ITEM_TYPES,
            may_show=("Authors", "Publication_Date", "Article_Version", *_ATTRIBUTES),
        ),
    )
}
