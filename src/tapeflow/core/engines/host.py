"""The host engine: an op's NumPy kernel, at once."""

from tapeflow.core.base.quiet import quiet


def run(record, values, attrs):
    """The outputs, as a tuple of arrays, of the op's host kernel on arrays."""
    if record.reentrant:
        result = record.kernel(*values, **attrs)
    else:
        result = quiet.run(record.kernel, *values, **attrs)
    return tuple(result) if isinstance(result, (tuple, list)) else (result,)
