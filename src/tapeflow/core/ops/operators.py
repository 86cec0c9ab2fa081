"""Hangs the operators on tensors and variables: `x + y` is the op `AddV2`, `x[i]` is `StridedSlice`.

Python scalars are the hot case, so an operand is converted here, by hand, before the op sees it.
"""

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.ops import slicing
from tapeflow.core.ops.compose import arithmetic
from tapeflow.core.ops.compose.linear import at
from tapeflow.core.ops.defs import math
from tapeflow.core.ops.fast import fast_binary
from tapeflow.core.ops.hooks import hooks
from tapeflow.core.ops.op import Op
from tapeflow.core.values.convert import convert, scalar
from tapeflow.core.values.tensor import EagerTensor, Tensor, TensorLike
from tapeflow.core.values.variable import Variable

_PYTHON_NUMBERS = frozenset({int, float})


_BUILTIN = (str, bytes, list, tuple, dict, int, float, complex)
# What operators take without asking anybody.
_OWN = (TensorLike, Variable, np.ndarray, np.generic, type(None), *_BUILTIN)


def _asked(name, *operands):
    """What an operator of values of any other kind is, where a program answers for them (Keras 2 does)."""
    if not hooks.asks or all(isinstance(x, _OWN) for x in operands):
        return NotImplemented
    return hooks.operator(name, operands)


def _operand(value, partner, reflected, soft):
    """The other side of an operator, as a tensor of the partner's dtype (if it can, where `soft`)."""
    try:
        if soft or hasattr(value, "dtype"):
            return convert(value, hint=partner.dtype)
        return convert(value, dtype=partner.dtype)
    except (TypeError, ValueError):
        own = getattr(type(value), reflected, None)
        foreign = value is not None and own is not None and own is not getattr(object, reflected, None)
        if foreign and not isinstance(value, _BUILTIN):
            return NotImplemented
        raise


# Where the op alone is not the whole answer: `bool * bool` is their conjunction.
_GENERAL = {"__add__": arithmetic.add, "__mul__": arithmetic.multiply}


def _binary(function, forward, backward):
    """The four methods of a binary operator: forward and reflected, for tensors and for variables.

    `function` is an op's record or a function of two tensors; `_GENERAL` has what stands behind a record.
    """
    apply = _GENERAL.get(forward, function.fast) if isinstance(function, Op) else function
    soft = (isinstance(function, Op) and function.soft) or function is at
    counts = function is math.multiply  # bool * number: the number's truth

    def converting(x, y):
        answer = _asked(forward, x, y)
        if answer is not NotImplemented:
            return answer
        if type(y) is EagerTensor:
            return apply(x, y)
        if type(y) in _PYTHON_NUMBERS:
            y = bool(y) if counts and x.dtype is dtypes.bool else y
            return apply(x, scalar(y, x.dtype, strict=not soft))
        y = _operand(y, x, backward, soft)
        return y if y is NotImplemented else apply(x, y)

    # An op's record gets a method with the fast path in it: one Python call less.
    operator = fast_binary(function, converting) if isinstance(function, Op) else converting

    def reflected(y, x):
        answer = _asked(forward, x, y)
        if answer is not NotImplemented:
            return answer
        if type(x) is not EagerTensor:
            x = scalar(x, y.dtype) if type(x) in _PYTHON_NUMBERS else _operand(x, y, forward, soft=False)
            if x is NotImplemented:
                return x
        return apply(x, y)

    def of_variable(x, y):
        return operator(x.value(), y)

    def reflected_of_variable(y, x):
        return reflected(y.value(), x)

    return operator, reflected, of_variable, reflected_of_variable


def _install(name, function, reflected_name=None):
    forward = f"__{name}__"
    backward = reflected_name or f"__r{name}__"
    methods = _binary(function, forward, backward)
    for method, spelled in zip(methods, (forward, backward, forward, backward), strict=True):
        method.__name__ = method.__qualname__ = spelled
    setattr(Tensor, forward, methods[0])
    setattr(Variable, forward, methods[2])
    if reflected_name is None:
        setattr(Tensor, backward, methods[1])
        setattr(Variable, backward, methods[3])


for _name, _function in {
    "add": math.add, "sub": math.subtract, "mul": math.multiply,
    "truediv": arithmetic.truediv, "div": arithmetic.truediv, "floordiv": math.floor_div,
    "mod": math.floor_mod, "pow": math.pow, "matmul": at,
    "and": arithmetic.and_, "or": arithmetic.or_, "xor": arithmetic.xor,
}.items():  # fmt: skip
    _install(_name, _function)
for _name, _function, _mirror in (
    ("lt", math.less, "__gt__"), ("le", math.less_equal, "__ge__"),
    ("gt", math.greater, "__lt__"), ("ge", math.greater_equal, "__le__"),
):  # fmt: skip
    _install(_name, _function, _mirror)


def _install_unary(name, function):
    setattr(Tensor, name, lambda self, name=None: function(self))
    setattr(Variable, name, lambda self, name=None: function(self.value()))


def _abs(x):
    answer = _asked("__abs__", x)
    return arithmetic.abs(x) if answer is NotImplemented else answer


_install_unary("__neg__", math.negative.fast)
_install_unary("__abs__", _abs)
_install_unary("__invert__", arithmetic.invert)


def _hang(cls, **methods):
    """Sets special methods that the class cannot define itself, being a room below."""
    for name, method in methods.items():
        setattr(cls, f"__{name}__", method)


def _equality(name, function):
    def compare(self, other):
        answer = NotImplemented if other is None else _asked(name, self, other)
        return function(self, other) if answer is NotImplemented else answer

    return compare


_hang(
    Tensor, eq=_equality("__eq__", arithmetic.tensor_equals), ne=_equality("__ne__", arithmetic.tensor_not_equals),
    getitem=slicing.getitem, iter=slicing.iterate,
)  # fmt: skip
_hang(
    Variable, eq=lambda self, other: arithmetic.tensor_equals(self._read(), other),
    ne=lambda self, other: arithmetic.tensor_not_equals(self._read(), other),
    getitem=slicing.variable_getitem, iter=lambda self: slicing.iterate(self._read()),
)  # fmt: skip
