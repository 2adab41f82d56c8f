"""What one running portal counts, for the operator's graphs. No figure names a person, an address or a title."""

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"})
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
MEDIA_TYPE = CONTENT_TYPE_LATEST


class Figures:
    """Counters in a registry of their own, so that two portals in one process never mix."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = self._counter(
            "gatefold_requests", "Requests by route, method and class of status", "route", "method", "status"
        )
        self._answer_times = Histogram(
            "gatefold_answer_seconds",
            "Seconds until an answer begins",
            ["route", "method"],
            registry=self._registry,
            buckets=SECONDS,
        )
        self._of_route: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}
        self.tickets_issued = self._counter("gatefold_tickets_issued", "Download links made")
        self.transfers_started = self._counter("gatefold_transfers_started", "Transfers of a PDF begun at byte 0")
        self.sign_ins = self._counter(
            "gatefold_sign_ins", "Sign-ins by provider and outcome: signed-in, or why not", "provider", "outcome"
        )
        self.store_faults = self._counter(
            "gatefold_store_faults", "Faults of the store that a request met: missing, away, full, broken-off", "fault"
        )
        for fault in ("missing", "away", "full", "broken-off"):
            self.store_faults.labels(fault)  # there from the first look on, so that its first rise is seen
        self.rate_limited = self._counter("gatefold_rate_limited", "Requests refused by a rate limit", "limit")

    def request(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count a request by its route's template, and the `seconds` until its answer began."""
        key = (route, method, status // 100)
        found = self._of_route.get(key)
        if found is None:
            known = method if method in METHODS else "other"
            found = (
                self._requests.labels(route, known, f"{status // 100}xx"),
                self._answer_times.labels(route, known),
            )
            if known == method:
                self._of_route[key] = found
        found[0].inc()
        found[1].observe(seconds)

    def text(self) -> bytes:
        """All figures as Prometheus reads them."""
        return generate_latest(self._registry)

    def _counter(self, name: str, meaning: str, *labels: str) -> Counter:
        return Counter(name, meaning, labels, registry=self._registry)
