"""Elementwise ops: arithmetic, functions of one variable, comparisons, choices, casts."""

import math

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.files.onnx.layouts import aligned, viewed
from tapeflow.core.files.onnx.table import Converter, converters, converts, dtype_of
from tapeflow.core.files.onnx.values import Refused, Value, element_type

# The dtypes that runtimes compute with. Others are cast to one that holds them, and the result back.
_FLOATS = "float32 float64 float16"
_NUMBERS = f"{_FLOATS} int32 int64"
_WIDER = {
    "int8": dtypes.int32, "int16": dtypes.int32, "uint8": dtypes.int32, "uint16": dtypes.int32,
    "uint32": dtypes.int64, "uint64": dtypes.int64, "bool": dtypes.int32, "int32": dtypes.float64,
    "int64": dtypes.float64, "bfloat16": dtypes.float32,
}  # fmt: skip


def through(dtype, allowed):
    """The dtype to compute with for tensors of a dtype."""
    while dtype.name not in allowed.split():
        if dtype.name not in _WIDER:
            raise Refused(f"ONNX has no such op for {dtype.name}")
        dtype = _WIDER[dtype.name]
    return dtype


def elementwise(name, formula, allowed=_NUMBERS, result=None):
    """Puts an op into the table: `formula(b, *inputs)` writes it, on inputs that have their axes in the same places.

    Args:
        name: TensorFlow's name.
        formula: What to write.
        allowed: The dtypes that it is written for.
        result: The dtype of the output, that of the inputs if None.
    """

    def write(c, *inputs):
        rank = c.out.shape.rank
        inputs, perm = aligned(c.b, inputs, [s.shape.rank for s in c.node.args], rank)
        dtype = dtype_of(inputs[0])
        inside = through(dtype, allowed)
        y = formula(c.b, *(c.b.cast(x, inside) if dtype_of(x) is dtype else x for x in inputs))
        return viewed(c.b.cast(y, result or dtype), perm)

    write.__module__ = formula.__module__  # the family that it belongs to
    converters[name] = Converter(write, takes_views=True)


# -- ops that ONNX has -----------------------------------------------------------------------------

_SAME = {
    _NUMBERS: "Abs Neg Sign",
    _FLOATS: (
        "Sqrt Exp Log Sin Cos Tan Asin Acos Atan Sinh Cosh Asinh Acosh Atanh Tanh Sigmoid Erf Ceil Floor Reciprocal "
        "Softplus Softsign Round"
    ),
    "bool": "LogicalNot:Not",
    f"{_NUMBERS} uint32 uint64": (
        "AddV2:Add Add Sub Mul Div RealDiv:Div TruncateDiv:Div Maximum:Max Minimum:Min Pow"
    ),
    "bool ": "LogicalAnd:And LogicalOr:Or",
}  # fmt: skip
for _allowed, _names in _SAME.items():
    for _pair in _names.split():
        _ours, _, _theirs = _pair.partition(":")
        elementwise(_ours, lambda b, *x, op=_theirs or _ours: b.node(op, x), _allowed)
elementwise("Inv", lambda b, x: b.node("Reciprocal", [x]), _FLOATS)
elementwise("Rint", lambda b, x: b.node("Round", [x]), _FLOATS)

for _ours, _theirs in [
    ("Less", "Less"), ("LessEqual", "LessOrEqual"), ("Greater", "Greater"), ("GreaterEqual", "GreaterOrEqual"),
]:  # fmt: skip
    elementwise(
        _ours, lambda b, x, y, op=_theirs: b.node(op, [x, y], dtypes.bool), f"{_NUMBERS} uint32 uint64", dtypes.bool
    )


def _equal(b, x, y):
    if dtype_of(x) is dtypes.string and b.opset < 19:
        raise Refused("ONNX compares strings from opset 19 on")
    return b.node("Equal", [x, y], dtypes.bool)


elementwise("Equal", _equal, f"{_NUMBERS} bool string", dtypes.bool)
elementwise("NotEqual", lambda b, x, y: b.node("Not", [_equal(b, x, y)]), f"{_NUMBERS} bool string", dtypes.bool)

@converts("ApproximateEqual")
def _approximate_equal(c, x, y):
    distance = c.b.node("Abs", [c.b.node("Sub", [x, y])])
    return c.b.binary("Less", distance, float(c.attr("tolerance")), dtypes.bool)


# -- made of several -------------------------------------------------------------------------------


def _add(b, x, y):
    return b.binary("Add", x, y)


def _sub(b, x, y):
    return b.binary("Sub", x, y)


def _mul(b, x, y):
    return b.binary("Mul", x, y)


def _div(b, x, y):
    return b.binary("Div", x, y)


def _less(b, x, y):
    return b.binary("Less", x, y, dtypes.bool)


def _zero(b, x):
    return b.binary("Equal", x, 0, dtypes.bool)


def _is_integer(x):
    return dtype_of(x).is_integer


def _signs_differ(b, x, y):
    return b.node("Xor", [_less(b, x, 0), _less(b, y, 0)])


def floor_div(b, x, y):
    """The quotient, rounded down."""
    q = _div(b, x, y)
    if not _is_integer(x):
        return b.node("Floor", [q])
    r = _sub(b, x, _mul(b, q, y))
    wrong = b.node("And", [b.node("Not", [_zero(b, r)]), _signs_differ(b, x, y)])
    return _sub(b, q, b.cast(wrong, q.dtype))


def _floor_mod(b, x, y):
    if _is_integer(x):
        return b.node("Mod", [x, y])
    r = b.node("Mod", [x, y], fmod=1)
    wrong = b.node("And", [b.node("Not", [_zero(b, r)]), _signs_differ(b, x, y)])
    return b.where(wrong, _add(b, r, y), r)


def _log1p(b, x):
    # log(1 + x) with the error of 1 + x divided out: Kahan's formula.
    u = _add(b, x, 1)
    ratio = _div(b, _mul(b, b.node("Log", [u]), x), _sub(b, u, 1))
    plain = b.node("Or", [b.binary("Equal", u, 1, dtypes.bool), b.node("IsInf", [u], dtypes.bool)])
    return b.where(plain, x, ratio)


def _expm1(b, x):
    # Near 0, 2 t / (1 - t) with t = tanh(x / 2): nothing cancels.
    t = b.node("Tanh", [_mul(b, x, 0.5)])
    near = _div(b, _mul(b, t, 2), b.binary("Sub", 1, t))
    return b.where(_less(b, b.node("Abs", [x]), 0.5), near, _sub(b, b.node("Exp", [x]), 1))


def atan2(b, y, x):
    """The angle of a point, from its coordinates."""
    # atan(y / x), half a turn further where x < 0; on the axis x = 0 a quarter turn; signs of zeros count.
    quotient = b.node("Atan", [_div(b, y, x)])
    is_up = b.node("Not", [_less(b, y, 0)])
    left = b.where(is_up, _add(b, quotient, math.pi), _sub(b, quotient, math.pi))
    upright = b.where(_zero(b, y), y, _mul(b, b.node("Sign", [y]), math.pi / 2))
    return b.where(_zero(b, x), upright, b.where(_less(b, x, 0), left, quotient))


def _where_zero(b, condition, y):
    """0 where the condition holds."""
    return b.where(condition, 0, y)


def _is_finite(b, x):
    return b.node("Not", [b.node("Or", [b.node("IsNaN", [x], dtypes.bool), b.node("IsInf", [x], dtypes.bool)])])


def _rsqrt(b, x):
    return b.node("Reciprocal", [b.node("Sqrt", [x])])


elementwise("Square", lambda b, x: _mul(b, x, x))
elementwise("SquaredDifference", lambda b, x, y: (lambda d: _mul(b, d, d))(_sub(b, x, y)))
elementwise("Rsqrt", _rsqrt, _FLOATS)
elementwise("FloorDiv", floor_div)
elementwise("FloorMod", _floor_mod)
elementwise("Mod", lambda b, x, y: b.node("Mod", [x, y], fmod=1))
elementwise("TruncateMod", lambda b, x, y: b.node("Mod", [x, y], fmod=1))
elementwise("Log1p", _log1p, _FLOATS)
elementwise("Expm1", _expm1, _FLOATS)
elementwise("Atan2", atan2, _FLOATS)
elementwise("Erfc", lambda b, x: b.binary("Sub", 1, b.node("Erf", [x])), _FLOATS)
elementwise("DivNoNan", lambda b, x, y: _where_zero(b, _zero(b, y), _div(b, x, y)))
elementwise("MulNoNan", lambda b, x, y: _where_zero(b, _zero(b, y), _mul(b, x, y)))
elementwise("Xlogy", lambda b, x, y: _where_zero(b, _zero(b, x), _mul(b, x, b.node("Log", [y]))), _FLOATS)
elementwise("Xlog1py", lambda b, x, y: _where_zero(b, _zero(b, x), _mul(b, x, _log1p(b, y))), _FLOATS)
elementwise("Xdivy", lambda b, x, y: _where_zero(b, _zero(b, x), _div(b, x, y)), _FLOATS)
elementwise("IsNan", lambda b, x: b.node("IsNaN", [x], dtypes.bool), _FLOATS, dtypes.bool)
elementwise("IsInf", lambda b, x: b.node("IsInf", [x], dtypes.bool), "float32 float64", dtypes.bool)
elementwise("IsFinite", _is_finite, "float32 float64", dtypes.bool)

# -- activations -----------------------------------------------------------------------------------

elementwise("Relu", lambda b, x: b.node("Relu", [x]))
elementwise("Relu6", lambda b, x: b.node("Clip", [x, b.scalar(0, x.dtype), b.scalar(6, x.dtype)]))
elementwise("Elu", lambda b, x: b.node("Elu", [x]), _FLOATS)
elementwise("Selu", lambda b, x: b.node("Selu", [x]), _FLOATS)
elementwise("ClipByValue", lambda b, x, low, high: b.node("Min", [b.node("Max", [x, low]), high]))


@converts("LeakyRelu", views=True)
def _leaky_relu(c, x):
    y = c.b.node("LeakyRelu", [Value(x.name, x.dtype)], alpha=float(c.attr("alpha", 0.2)))
    return viewed(y, x.perm)


@converts("Bucketize")
def _bucketize(c, x):
    boundaries = np.array(c.attr("boundaries"), np.float32)
    x = c.b.cast(x, dtypes.float32 if dtype_of(x).name in ("float32", "int32") else dtypes.float64)
    above = c.b.node("GreaterOrEqual", [c.b.unsqueeze(x, [-1]), boundaries.astype(x.dtype.np)], dtypes.bool)
    return c.b.reduce("ReduceSum", c.b.cast(above, dtypes.int32), [-1])


# -- several inputs --------------------------------------------------------------------------------


@converts("AddN", "AccumulateNV2", views=True)
def _add_n(c, values):
    rank = c.out.shape.rank
    values, perm = aligned(c.b, values, [rank] * len(values), rank)
    dtype = dtype_of(values[0])
    inside = through(dtype, _NUMBERS)
    total = c.b.cast(values[0], inside)
    for x in values[1:]:
        total = c.b.node("Add", [total, c.b.cast(x, inside)])
    return viewed(c.b.cast(total if isinstance(total, Value) else c.b.plain(total), dtype), perm)


@converts("SelectV2", views=True)
def _select(c, condition, x, y):
    ranks = [s.shape.rank for s in c.node.args]
    (condition, x, y), perm = aligned(c.b, [condition, x, y], ranks, c.out.shape.rank)
    return viewed(choose(c.b, condition, x, y), perm)


@converts("Select")
def _select_v1(c, condition, x, y):
    rank, whole = c.rank(0), c.rank(1)
    if rank == 1 and whole > 1:
        condition = c.b.unsqueeze(condition, list(range(1, whole)))
    return choose(c.b, condition, x, y)


def choose(b, condition, x, y):
    """Elements of `x` where the condition holds, else of `y`."""
    dtype = dtype_of(x)
    allowed = f"{_NUMBERS} string uint8"
    inside = dtype if dtype is dtypes.string else through(dtype, allowed)
    return b.cast(b.node("Where", [condition, b.cast(x, inside), b.cast(y, inside)], inside), dtype)


@converts("Cast", views=True)
def _cast(c, x):
    dtype, kind = c.out.dtype, dtype_of(x)
    if dtypes.string in (dtype, kind):
        raise Refused("casts of strings differ")
    element_type(dtype)
    if kind.is_floating and dtype.is_integer and dtype.size < 4:
        # Numbers that do not fit: TensorFlow goes by way of int32, the standard does not say.
        x = c.b.cast(x, dtypes.int32)
    return c.b.cast(x, dtype) if kind is not dtype else x
