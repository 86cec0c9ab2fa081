"""Counters and histograms in Prometheus's text format, with TensorFlow Serving's names where it has them."""

import threading
import time
from bisect import bisect_left

_LATENCIES = [round(10 * 1.8**i, 3) for i in range(33)]  # microseconds: TensorFlow Serving's bounds
_ROWS = [float(1 << i) for i in range(13)]


class Histogram:
    """Counts of values up to each bound."""

    __slots__ = ("bounds", "counts", "total")

    def __init__(self, bounds):
        self.bounds, self.counts, self.total = bounds, [0] * (len(bounds) + 1), 0.0

    def add(self, value):
        """Counts a value."""
        self.counts[bisect_left(self.bounds, value)] += 1
        self.total += value

    def lines(self, name, labels):
        """The lines that tell of it."""
        so_far, found = 0, []
        for bound, count in zip([*self.bounds, "+Inf"], self.counts, strict=True):
            so_far += count
            found.append(f"{name}_bucket{_braces({**labels, 'le': str(bound)})} {so_far}")
        return [*found, f"{name}_sum{_braces(labels)} {self.total}", f"{name}_count{_braces(labels)} {so_far}"]


class Metrics:
    """What is counted."""

    def __init__(self):
        self._requests, self._latencies, self._batches = {}, {}, {}
        self._lock = threading.Lock()
        self._started = time.time()
        self.in_flight = 0

    def request(self, model, method, code, seconds):
        """Counts a request.

        Args:
            model: The model's name; empty if there is none such, or anybody could make up names for us to keep.
            method: `predict` and so on.
            code: The name of TensorFlow's code, `OK` for an answer.
            seconds: What it took.
        """
        key = (model, code)
        self._requests[key] = self._requests.get(key, 0) + 1
        if code == "OK":
            key = (model, method)
            if key not in self._latencies:
                self._latencies[key] = Histogram(_LATENCIES)
            self._latencies[key].add(seconds * 1e6)

    def batch(self, model, rows):
        """Counts a call of a model; many threads do."""
        with self._lock:
            if model not in self._batches:
                self._batches[model] = Histogram(_ROWS)
            self._batches[model].add(float(rows))

    def text(self, models):
        """All of it, and what the models say of themselves."""
        lines = _head(":tensorflow:serving:request_count", "counter", "Requests by model and status.")
        for (model, code), count in sorted(self._requests.items()):
            lines.append(f":tensorflow:serving:request_count{_braces({'model_name': model, 'status': code})} {count}")
        lines += _head(":tensorflow:serving:request_latency", "histogram", "Microseconds of answered requests.")
        for (model, method), histogram in sorted(self._latencies.items()):
            labels = {"model_name": model, "API": method, "entrypoint": "REST"}
            lines += histogram.lines(":tensorflow:serving:request_latency", labels)
        lines += _head("tapeflow_serving_batch_rows", "histogram", "Rows of each call of a model.")
        with self._lock:
            for model, histogram in sorted(self._batches.items()):
                lines += histogram.lines("tapeflow_serving_batch_rows", {"model_name": model})
        lines += _head("tapeflow_serving_requests_in_flight", "gauge", "Requests that are being worked on.")
        lines.append(f"tapeflow_serving_requests_in_flight {self.in_flight}")
        lines += _head("tapeflow_serving_queue_length", "gauge", "Requests that wait for their call.")
        for model in models:
            for number, version in model.available.items():
                labels = {"model_name": model.name, "version": str(number)}
                lines.append(f"tapeflow_serving_queue_length{_braces(labels)} {_waiting(version)}")
        lines += _head("tapeflow_serving_model_state", "gauge", "1 for the state that each version is in.")
        for model in models:
            for number, version in list(model.versions.items()):
                labels = {"model_name": model.name, "version": str(number), "state": version.state}
                lines.append(f"tapeflow_serving_model_state{_braces(labels)} 1")
        lines += _head("process_start_time_seconds", "gauge", "When the server started, seconds since 1970.")
        lines.append(f"process_start_time_seconds {self._started:.3f}")
        return "\n".join(lines) + "\n"


def _waiting(version):
    worker = version.worker
    return worker.waiting if worker is not None else 0


def _head(name, kind, text):
    return [f"# HELP {name} {text}", f"# TYPE {name} {kind}"]


def _braces(labels):
    inside = ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items())
    return f"{{{inside}}}"


def _escaped(value):
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
