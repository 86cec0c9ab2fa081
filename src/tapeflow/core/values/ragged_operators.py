"""The operators of ragged tensors: `x + y` is `tf.add(x, y)`."""

from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.values.late import ops


def _binary(name):
    def forward(self, y, name=None):
        return ops.operator(name_)(self, y)

    def backward(self, x):
        return ops.operator(name_)(x, self)

    name_ = name
    return forward, backward


def _compared(name):
    return _binary(name)[0]


def _unary(name):
    return lambda self, name=None, name_=name: ops.operator(name_)(self)


class RaggedOperators:
    """What `tf.RaggedTensor` answers to `+`, `==`, `~` and their like."""

    __slots__ = ()

    __add__, __radd__ = _binary("add")
    __sub__, __rsub__ = _binary("subtract")
    __mul__, __rmul__ = _binary("multiply")
    __truediv__, __rtruediv__ = _binary("truediv")
    __div__, __rdiv__ = _binary("truediv")
    __floordiv__, __rfloordiv__ = _binary("floordiv")
    __mod__, __rmod__ = _binary("floormod")
    __pow__, __rpow__ = _binary("pow")
    __and__, __rand__ = _binary("logical_and")
    __or__, __ror__ = _binary("logical_or")
    __xor__, __rxor__ = _binary("logical_xor")
    __lt__, __le__ = _compared("less"), _compared("less_equal")
    __gt__, __ge__ = _compared("greater"), _compared("greater_equal")
    __neg__, __abs__, __invert__ = _unary("negative"), _unary("abs"), _unary("logical_not")

    def __eq__(self, other):
        if other is None:
            return False
        try:
            return ops.operator("equals")(self, other)
        except (InvalidArgumentError, ValueError):  # they do not fit: not an error of this operator, in TensorFlow
            return False

    def __ne__(self, other):
        if other is None:
            return True
        try:
            return ops.operator("not_equals")(self, other)
        except (InvalidArgumentError, ValueError):
            return True

    __hash__ = None  # type: ignore[assignment]  # the class says why
