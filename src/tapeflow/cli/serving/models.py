"""The models that are served, and their versions: looked for, loaded, warmed, exchanged and unloaded."""

import logging
import threading
import traceback
from dataclasses import dataclass

from tapeflow.cli.serving import probe, servable
from tapeflow.cli.serving.refusal import code_name, message_of, not_found
from tapeflow.cli.serving.source import fingerprint
from tapeflow.cli.serving.worker import Worker

log = logging.getLogger("tapeflow.serve")
_ENDED_KEPT = 100  # versions that are gone but still told of


@dataclass(slots=True)
class Version:
    """A version of a model.

    Attributes:
        number: Its number.
        state: `LOADING`, `AVAILABLE`, `UNLOADING` or `END`, TensorFlow Serving's words.
        code, message: TensorFlow's code and the error that loading ended in, `OK` if in none.
        seen: The fingerprint of its files when it was loaded.
        servable: What was loaded.
        worker: What runs its calls.
    """

    number: int
    state: str = "LOADING"
    code: str = "OK"
    message: str = ""
    seen: tuple = ()
    servable: object = None
    worker: object = None

    @property
    def status(self):
        """The JSON object that tells of it."""
        return {
            "version": str(self.number),
            "state": self.state,
            "status": {"error_code": self.code, "error_message": self.message},
        }


class Model:
    """A model and its versions.

    Args:
        source: The `ModelSource`.
        batching: The `Batching`.
        warms: Whether versions are called before they take over.
        metrics: The `Metrics`.
        drain: Seconds that a version's last requests have.
    """

    def __init__(self, source, batching, warms, metrics, drain):
        self.source, self.name = source, source.name
        self._batching, self._warms, self._metrics, self._drain = batching, warms, metrics, drain
        self._pending = {}  # number -> fingerprint at the last look: files that still change are not loaded
        self.versions = {}

    # -- asking: in the event loop's thread ----------------------------------------------------------

    @property
    def available(self):
        """The versions that answer, by number."""
        return {n: v for n, v in list(self.versions.items()) if v.state == "AVAILABLE"}

    def version(self, number=None, label=None):
        """The version of a request: of that number or label, or the newest.

        Raises:
            Refusal: It is not available.
        """
        if label is not None:
            number = self.source.labels.get(label)
            if number is None:
                raise not_found(f"Unrecognized servable version label: {label}")
        available = self.available
        if number is None and available:
            return available[max(available)]
        if number not in available:
            which = "Latest" if number is None else "Specific"
            inside = self.name if number is None else f"{self.name}, {number}"
            raise not_found(f"Servable not found for request: {which}({inside})")
        return available[number]

    # -- looking: in one other thread at a time ------------------------------------------------------

    def refresh(self, at_once=False):
        """Looks for versions, loads the new ones, then unloads those that they replace.

        Args:
            at_once: Whether to load what was not there at the last look; else it must have stayed the same since.
        """
        try:
            found = self.source.versions()
        except OSError as error:
            log.warning("%s: %s", self.name, error)
            return
        if not found:
            return  # an empty directory takes no version away: it may just be being filled
        wanted = self.source.policy.wanted(found)
        for number in sorted(wanted - self.available.keys()):
            self._consider(number, found[number], at_once)
        self._pending = {n: seen for n, seen in self._pending.items() if n in found}
        available = self.available.keys()
        surplus = sorted(available - wanted)
        # As many old ones stay as new ones are missing.
        for number in surplus[: max(0, len(surplus) - len(wanted - available))]:
            self._unload(self.versions[number])

    def _consider(self, number, path, at_once):
        seen = fingerprint(path)
        known = self.versions.get(number)
        if known is not None and known.seen == seen and known.code != "OK":
            return  # it failed, and nothing has changed
        if not at_once and self._pending.get(number) != seen:
            self._pending[number] = seen
            return
        self._pending.pop(number, None)
        self._load(Version(number, seen=seen), path)

    def _load(self, version, path):
        self._put(version)
        try:
            loaded = servable.load(path)
            for signature in loaded.signatures.values():
                self._prepare(signature)
        except Exception as error:  # whatever is wrong with a model, the others are served; its status tells
            version.state, version.code, version.message = "END", code_name(error), message_of(error)
            log.error("%s version %d cannot be loaded: %s", self.name, version.number, version.message)
            if version.code == "INTERNAL":
                log.error("%s", traceback.format_exc())
            return
        version.servable = loaded
        version.worker = Worker(
            f"{self.name}-{version.number}", self._batching, lambda rows: self._metrics.batch(self.name, rows)
        )
        version.state = "AVAILABLE"
        log.info("%s version %d is available", self.name, version.number)

    def _prepare(self, signature):
        batching = self._batching
        if batching.mode == "always":
            signature.shares = signature.has_rows
        elif batching.mode == "auto" and batching.largest > 1:
            signature.shares = probe.shares_rows(signature)
        if self._warms:
            all_sizes = signature.shares and signature.name == "serving_default"
            probe.warm(signature, batching.sizes if all_sizes else (1,))

    def _put(self, version):
        """Adds a version; the dictionary is exchanged, since others read it meanwhile."""
        versions = {**self.versions, version.number: version}
        ended = [n for n, v in sorted(versions.items()) if v.state == "END"]
        for number in ended[:-_ENDED_KEPT]:
            del versions[number]
        self.versions = dict(sorted(versions.items()))

    def _unload(self, version):
        version.state = "UNLOADING"
        if not version.worker.close(self._drain):
            log.warning("%s version %d still computes after %g s", self.name, version.number, self._drain)
        version.state, version.servable, version.worker = "END", None, None
        log.info("%s version %d is unloaded", self.name, version.number)

    def close(self, seconds):
        """Unloads everything, in so many seconds for each version."""
        for version in self.available.values():
            version.state = "UNLOADING"
            version.worker.close(seconds)
            version.state = "END"


class Models:
    """All models, and the thread that looks for new versions.

    Args:
        models: The `Model`s.
        period: Seconds between two looks, 0 for none.
    """

    def __init__(self, models, period):
        self._by_name = {model.name: model for model in models}
        self._period = period
        self._stop = threading.Event()
        self._thread = None

    def __iter__(self):
        return iter(self._by_name.values())

    def __contains__(self, name):
        return name in self._by_name

    def get(self, name):
        """The model of a name.

        Raises:
            Refusal: There is none.
        """
        model = self._by_name.get(name)
        if model is None:
            raise not_found(f"Servable not found for request: Latest({name})")
        return model

    @property
    def not_ready(self):
        """The names of models of which no version answers."""
        return [model.name for model in self if not model.available]

    def load(self):
        """Loads what is there now."""
        for model in self:
            model.refresh(at_once=True)

    def watch(self):
        """Starts to look for new versions of the models that have a directory of them."""
        watched = [model for model in self if not model.source.is_single]
        if self._period and watched:
            self._thread = threading.Thread(target=self._look, args=(watched,), name="versions", daemon=True)
            self._thread.start()

    def _look(self, watched):
        while not self._stop.wait(self._period):
            for model in watched:
                try:
                    model.refresh()
                except Exception:  # the next look may go better; serving goes on
                    log.error("%s: looking for versions failed: %s", model.name, traceback.format_exc())

    def close(self, seconds):
        """Stops looking and unloads everything."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(seconds)
        for model in self:
            model.close(seconds)
