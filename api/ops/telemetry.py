"""Requests as spans for an OpenTelemetry collector: by the template of their address, with nothing of who asked.

Only where GATEFOLD_TELEMETRY_URL is set; the packages come with `pip install gatefold[telemetry]`.
"""

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from api import clock

if TYPE_CHECKING:
    from api.edge.front import Visit

NANOSECONDS = 1_000_000_000
LAST_SPANS = 2_000  # milliseconds that a stopping portal gives them


def can_be_had() -> bool:
    """Whether the packages are there."""
    try:
        return find_spec("opentelemetry.sdk") is not None and find_spec("opentelemetry.exporter.otlp") is not None
    except ModuleNotFoundError:
        return False


class Traces:
    """Spans on their way to the collector, in batches from a thread of their own; what it can't take is lost."""

    def __init__(self, url: str) -> None:
        from opentelemetry import trace
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        self._server = trace.SpanKind.SERVER
        self._fault = trace.Status(trace.StatusCode.ERROR)
        self._context = TraceContextTextMapPropagator()
        self._provider: Any = TracerProvider(resource=Resource({"service.name": "gatefold"}), shutdown_on_exit=False)
        self._provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=f"{url}/v1/traces")))
        self._tracer = self._provider.get_tracer("gatefold")

    def __call__(self, visit: "Visit") -> None:
        ended, method = clock.now().timestamp(), visit.scope["method"]
        began = ended - (clock.ticks() - visit.began_at)
        given = {name.decode("latin-1"): value.decode("latin-1") for name, value in visit.scope["headers"]}
        span = self._tracer.start_span(
            f"{method} {visit.route}",
            context=self._context.extract({"traceparent": given.get("traceparent", "")}),
            kind=self._server,
            start_time=int(began * NANOSECONDS),
            attributes={
                "http.request.method": method,
                "http.route": visit.route,
                "http.response.status_code": visit.status,
                "gatefold.request": visit.number,
            },
        )
        if visit.status >= 500:
            span.set_status(self._fault)
        span.end(int(ended * NANOSECONDS))

    def close(self) -> None:
        self._provider.force_flush(LAST_SPANS)
        self._provider.shutdown()
