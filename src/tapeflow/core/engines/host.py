"""The host engine: an op's NumPy kernel, at once."""

from tapeflow.core.base.quiet import quiet
from tapeflow.core.engines import parallel


def run(record, values, attrs, dtypes=None):
    """The outputs, as a tuple of arrays, of the op's host kernel on arrays.

    Args:
        record: The op.
        values: NumPy arrays and scalars; lists as tuples of them.
        attrs: Its attributes.
        dtypes: The `tf.DType`s of the outputs, if they are known.
    """
    if record.elementwise and dtypes is not None and parallel.fits(record.kernel, values):
        return (parallel.run(record.kernel, values, dtypes[0].np),)
    if record.reentrant:
        result = record.kernel(*values, **attrs)
    else:
        result = quiet.run(record.kernel, *values, **attrs)
    return tuple(result) if isinstance(result, (tuple, list)) else (result,)
