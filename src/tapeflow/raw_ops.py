"""`tf.raw_ops`: every op by TensorFlow's name, keyword arguments only."""

import inspect

from tapeflow.core.ops import registry
from tapeflow.core.trace.raw_forms import forms


class _Form:
    """A Python function in the place of an op's record."""

    def __init__(self, op_name, function):
        self.op_name, self._function = op_name, function
        self.__doc__, self.__signature__ = function.__doc__, inspect.signature(function)

    def __call__(self, **kwargs):
        return self._function(**kwargs)


class RawOp:
    """An op as `tf.raw_ops` offers it: the record, called with keywords only."""

    def __init__(self, record):
        self._record = record
        self.__name__ = record.op_name
        self.__doc__ = record.__doc__
        parameters = [p.replace(kind=p.KEYWORD_ONLY) for p in record.__signature__.parameters.values()]
        self.__signature__ = inspect.Signature(
            [p.replace(kind=p.POSITIONAL_OR_KEYWORD) for p in parameters], __validate_parameters__=False
        )

    def __call__(self, *args, **kwargs):
        if args:
            known = ", ".join(repr(name) for name in self.__signature__.parameters)
            raise TypeError(
                f"{self._record.op_name} only takes keyword args (possible keys: [{known}]). Please pass these args as "
                "kwargs instead."
            )
        return self._record(**kwargs)

    def __repr__(self):
        return f"<raw op {self.__name__}{self.__signature__}>"


def __getattr__(name):
    record = _Form(name, forms[name]) if name in forms else registry.get(name)
    if record is None or name.startswith("_"):
        raise AttributeError(f"tf.raw_ops.{name} is not part of TapeFlow yet")
    op = globals()[name] = RawOp(record)
    return op


def __dir__():
    return sorted(name for name in {**registry.load_all(), **forms} if not name.startswith("_"))
