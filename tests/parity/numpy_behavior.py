"""Cases that run while tensors behave like NumPy's arrays."""

import contextlib
import sys

from tests.parity.case import Family


@contextlib.contextmanager
def numpy_behavior(tf, **options):
    """`experimental_enable_numpy_behavior`, taken back at the end (from TensorFlow's tensors only in part)."""
    enable = tf.experimental.numpy.experimental_enable_numpy_behavior
    enable(**options)
    try:
        yield
    finally:
        enable(dtype_conversion_mode="off")
        ours = sys.modules.get("tapeflow.core.trace.numpy_api.methods")
        if ours is not None:
            ours.disable()


class BehavingFamily(Family):
    """A family whose cases all run so.

    Attributes:
        options: What `experimental_enable_numpy_behavior` is given.
    """

    def __init__(self, module, **options):
        super().__init__(module)
        self.options = options

    def _add(self, outcome, name, function, args, options):
        if function is None:
            return lambda decorated: self._add(outcome, name, decorated, args, options)

        def behaving(tf, *given):
            with numpy_behavior(tf, **self.options):
                return function(tf, *given)

        super()._add(outcome, name, behaving, args, options)
        return function
