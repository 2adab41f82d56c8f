"""COUNTER's exceptions: their codes, the exact words that go with each, and the status that an answer has for it."""

from dataclasses import dataclass

MESSAGES = {
    1010: "Service Busy",
    1020: "Client has made too many requests",
    1030: "Insufficient Information to Process Request",
    2000: "Requestor Not Authorized to Access Service",
    2010: "Requestor is Not Authorized to Access Usage for Institution",
    2020: "APIKey Invalid",
    3020: "Invalid Date Arguments",
    3030: "No Usage Available for Requested Dates",
    3031: "Usage Not Ready for Requested Dates",
    3032: "Usage No Longer Available for Requested Dates",
    3050: "Parameter Not Recognized in this Context",
    3060: "Invalid ReportFilter Value",
    3061: "Incongruous ReportFilter Value",
    3062: "Invalid ReportAttribute Value",
    3063: "Components Not Supported",
}
STATUS = {1010: 503, 1020: 429, 1030: 400, 2000: 401, 2020: 401, 2010: 403, 3020: 400}  # the others stand in a report


@dataclass(frozen=True)
class Notice:
    """One exception, in a report's header or alone. `data` says which parameter, month or value it is about."""

    code: int
    data: str = ""

    @property
    def as_json(self) -> dict[str, object]:
        said: dict[str, object] = {"Code": self.code, "Message": MESSAGES[self.code]}
        return said | {"Data": self.data} if self.data else said

    def __str__(self) -> str:
        return f"{self.code}: {MESSAGES[self.code]}" + (f" ({self.data})" if self.data else "")


class Fault(Exception):
    """There is no report at all, and this is why."""

    def __init__(self, code: int, data: str = "") -> None:
        super().__init__(f"{code} {data}")
        self.notice = Notice(code, data)

    @property
    def status(self) -> int:
        return STATUS[self.notice.code]
