"""TensorFlow's runtime context as its users see it: there is nothing to wait for, and little to clear."""

import contextlib

from tapeflow.core.base.mode import current
from tapeflow.core.base.settings import settings
from tapeflow.core.engines import hardware
from tapeflow.core.graph.graph import Graph, Outside
from tapeflow.core.trace.function import executing_eagerly


class Context:
    """The process's only context."""

    def executing_eagerly(self):
        """Returns whether ops run at once."""
        return executing_eagerly()

    @property
    def device_name(self):
        """The device that the innermost scope asks for, None outside of all."""
        return self.device_spec.to_string() or None

    @property
    def device_spec(self):
        """The same, as a `tf.DeviceSpec`."""
        from tapeflow.core.run.placement import wanted

        return wanted()

    def clear_kernel_cache(self):
        """Accepted: what is compiled for an op depends on its arguments only, so it stays right."""

    def async_wait(self):
        """Returns at once: eager ops have finished when their call returns."""

    def ensure_initialized(self):
        """Accepted: everything starts when it is needed."""


_context = Context()


def context():
    """Returns the process's context."""
    return _context


def _reset_context():
    """Lets tests start anew: settings that were fixed by the first use may be changed again."""
    settings.change(started=False)


def async_wait():
    """Returns at once: eager ops have finished when their call returns."""


def eager_mode():
    """Returns the context in which ops run at once, even inside a function that is being captured."""
    return Outside()


@contextlib.contextmanager
def graph_mode():
    """Context in which ops become nodes: of the graph that is being captured, or of a new one."""
    with contextlib.nullcontext() if current.graph is not None else Graph():
        yield


def tf2_enabled():
    """Returns True: there is no TensorFlow 1 here."""
    return True


def is_op_determinism_enabled():
    """Returns whether results must repeat exactly."""
    return settings.deterministic


def disable_op_determinism():
    """Undoes `tf.config.experimental.enable_op_determinism`."""
    hardware.change_numerics(deterministic=False)
