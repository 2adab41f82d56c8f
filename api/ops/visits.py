"""What is kept of every request: a count and a time for the graphs, and one line for the log."""

from api import clock
from api.edge.figures import Figures
from api.edge.front import Visit
from api.ops.logs import RequestLog
from api.ops.telemetry import Traces


class Visits:
    """Told by the front door of each visit that is over. `log` and `traces` are None where nobody keeps them."""

    def __init__(self, figures: Figures, log: RequestLog | None, traces: Traces | None = None) -> None:
        self._figures = figures
        self._log = log
        self._traces = traces

    def __call__(self, visit: Visit) -> None:
        route, method = visit.route, visit.scope["method"]
        self._figures.request(route, method, visit.status, visit.answered_at - visit.began_at)
        if self._log is not None:
            reader = visit.scope.get("state", {}).get("reader")
            self._log.line(
                number=visit.number,
                method=method,
                route=route,
                status=visit.status,
                milliseconds=(clock.ticks() - visit.began_at) * 1000,
                size=visit.bytes_sent,
                role=reader.role if reader is not None else "nobody",
            )
        if self._traces is not None:
            self._traces(visit)
