"""Knows what is counted of requests, for each process, and how Prometheus reads it; must not know any page."""

import time
from collections.abc import Callable, Iterator, Mapping

from flask import Flask, Response, g, request
from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import GaugeMetricFamily

Figures = Mapping[str, tuple[str, Mapping[str, float]]]
"""By name: what it means, and the value for each state; the state "" for a figure without states."""

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Watched:
    """Figures that are read from the database when somebody asks."""

    def __init__(self, read: Callable[[], Figures]) -> None:
        self.read = read

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield each figure."""
        for name, (meaning, values) in self.read().items():
            family = GaugeMetricFamily(name, meaning, labels=["state"] if "" not in values else [])
            for state, value in values.items():
                family.add_metric([state] if state else [], value)
            yield family


class Requests:
    """Counts requests by route and status, and how long they took. The registry is safe for many threads."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.total = Counter("qms_requests", "Requests answered", ("method", "route", "status"),
                             registry=self.registry)
        self.duplicates = Counter("qms_duplicates", "Records of tablets that came again and got their first receipt",
                                  registry=self.registry)
        self.seconds = Histogram("qms_request_seconds", "Time to answer a request", ("method",), buckets=BUCKETS,
                                 registry=self.registry)

    def answered(self, route: str, response: Response) -> float:
        """Count a request by its route, never by its address; return how many milliseconds it took."""
        seconds: float = time.perf_counter() - g.get("began", time.perf_counter())
        self.total.labels(request.method, route, str(response.status_code)).inc()
        self.seconds.labels(request.method).observe(seconds)
        return round(seconds * 1000, 1)


def register(app: Flask) -> None:
    """Begin to count."""
    app.extensions["qms.requests"] = Requests()
