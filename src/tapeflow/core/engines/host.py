"""The host engine: an op's NumPy kernel, at once."""

from tapeflow.core.base.quiet import quiet


def run(record, values, attrs):
    """The outputs, as a tuple of arrays, of the op's host kernel on arrays."""
    call = record.kernel if record.reentrant else _quietly(record.kernel)
    result = call(*values, **attrs)
    return tuple(result) if isinstance(result, (tuple, list)) else (result,)


def _quietly(kernel):
    return lambda *values, **attrs: quiet.run(kernel, *values, **attrs)
