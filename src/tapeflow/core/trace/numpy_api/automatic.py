"""The modes `"safe"` and `"all"`: TensorFlow's functions convert their arguments, and their results may be weak.

When one of the modes is first chosen, the functions named here are given a new code object that looks at the arguments
first; a program that never chooses one pays nothing.
"""

import functools
import importlib
import inspect
import types

from tapeflow.core.base import nest
from tapeflow.core.base.composite import CompositeTensor
from tapeflow.core.ops.compose.array import cast
from tapeflow.core.ops.op import Op
from tapeflow.core.trace.numpy_api import weak
from tapeflow.core.trace.numpy_api.settings import is_automatic
from tapeflow.core.values.convert import convert
from tapeflow.core.values.tensor import Tensor
from tapeflow.core.values.variable import ResourceVariable, Variable

# Module below `tapeflow.core` -> its functions and op records of one argument, and of two.
_UNARY = {
    "ops.compose.math": (
        "abs softplus sign real imag angle round sigmoid log_sigmoid conj reciprocal_no_nan erfinv ndtri erfcinv square"
    ),
    "ops.compose.array": "reshape expand_dims identity squeeze stop_gradient transpose",
    "ops.compose.creation": "zeros_like ones_like",
    "ops.compose.clip": "clip_by_value",
    "ops.compose.linalg": "trace diag diag_part matrix_transpose",
    "ops.compose.reduce": (
        "reduce_euclidean_norm reduce_logsumexp reduce_max reduce_mean reduce_min reduce_prod reduce_std reduce_sum "
        "reduce_variance"
    ),
    "ops.compose.activation": "leaky_relu gelu log_softmax relu6",
    "ops.defs.elementwise": (
        "acos acosh asin asinh atan atanh ceil cos cosh expm1 floor log1p reciprocal rint rsqrt sin sinh tan"
    ),
    "ops.defs.math": "exp log negative sqrt tanh",
    "ops.defs.special": "digamma erf erfc lgamma",
    "ops.defs.bitwise": "invert",
    "ops.defs.check": "check_numerics",
    "trace.numpy_api.create": (
        "arange array asanyarray asarray ascontiguousarray copy diag diagflat empty_like full_like ones_like vander "
        "zeros_like"
    ),
    "trace.numpy_api.elementwise": (
        "abs absolute angle arccos arcsin arcsinh arctan arctanh around bitwise_not cbrt ceil conj conjugate cos cosh "
        "deg2rad diff exp exp2 expm1 fabs fix floor imag log log10 log1p log2 negative positive rad2deg real "
        "reciprocal round sin sinc sinh sqrt square tan tanh"
    ),
    "trace.numpy_api.reduction": ("amax amin average cumprod cumsum max mean min nanmean prod sort std sum trace var"),
    "trace.numpy_api.shape": (
        "diagonal expand_dims flatten flip fliplr flipud moveaxis ravel repeat reshape rot90 squeeze swapaxes "
        "transpose triu"
    ),
}
_BINARY = {
    "ops.compose.math": ("add subtract multiply multiply_no_nan divide divide_no_nan truediv floordiv pow equal"),
    "ops.compose.linear": "matmul",
    "ops.defs.math": "floor_mod real_div",
    "ops.defs.division": "truncate_div truncate_mod",
    "ops.defs.binary": "maximum minimum",
    "trace.numpy_api.linear": "matmul",
}
_NEVER_WEAK = frozenset({"maximum", "minimum", "equal"})


def as_type(x, dtype):
    """An argument as a tensor of a dtype."""
    if isinstance(x, Variable):
        x = x._read()
    if isinstance(x, (Tensor, CompositeTensor)):
        return cast(weak.strong(x) if isinstance(x, Tensor) else x, dtype)
    try:
        return convert(x, dtype=dtype)
    except (TypeError, ValueError):
        return cast(convert(x), dtype)


def pair(x, y):
    """Two arguments as tensors of their common dtype, and whether that is weak."""
    dtype, weakness = weak.result_type(x, y)
    return (as_type(x, dtype), as_type(y, dtype)), weakness


def _unary(before, parameters, name):
    first = parameters[0]

    def call(*args, **kwargs):
        if not is_automatic() or not (args or first in kwargs):
            return before(*args, **kwargs)
        x = args[0] if args else kwargs[first]
        if weak.is_plain(x) or kwargs.get("dtype") is not None:
            return before(*args, **kwargs)
        try:
            dtype, weakness = weak.result_type(x)
        except NotImplementedError:
            return before(*args, **kwargs)
        x = as_type(x, dtype)
        result = before(x, *args[1:], **kwargs) if args else before(**{**kwargs, first: x})
        return nest.map_structure(weak.weakened, result) if weakness else result

    return call


def _binary(before, parameters, name):
    first, second = parameters[:2]

    def call(*args, **kwargs):
        if not is_automatic():
            return before(*args, **kwargs)
        given = dict(zip((first, second), args, strict=False)) | {k: kwargs[k] for k in (first, second) if k in kwargs}
        if len(given) < 2:
            return before(*args, **kwargs)
        x, y = given[first], given[second]
        if isinstance(x, Tensor) and isinstance(y, Tensor) and x.dtype is y.dtype:
            result = before(*args, **kwargs)
            both = weak.is_weak(x) and weak.is_weak(y) and name not in _NEVER_WEAK
            return weak.weakened(result) if both else result
        try:
            (x, y), weakness = pair(x, y)
        except NotImplementedError:
            return before(*args, **kwargs)
        rest = {key: value for key, value in kwargs.items() if key not in (first, second)}
        result = before(x, y, *args[2:], **rest)
        return weak.weakened(result) if weakness and name not in _NEVER_WEAK else result

    return call


def _constant(before, parameters, name):
    def call(value, dtype=None, *args, **kwargs):
        if not is_automatic() or (dtype is None and weak.is_plain(value)):
            return before(value, dtype, *args, **kwargs)
        if dtype is None:
            dtype, weakness = weak.result_type(value)
            if isinstance(value, Tensor):
                value = cast(weak.strong(value), dtype)
            result = before(value, dtype, *args, **kwargs)
            return weak.weakened(result) if weakness else result
        if isinstance(value, Tensor):
            value = as_type(value, weak.result_type(value, dtype)[0])
        return before(value, dtype, *args, **kwargs)

    return call


def _assign(before, parameters, name):
    def call(self, value, *args, **kwargs):
        if is_automatic():
            dtype, _ = weak.result_type(self, value)
            if dtype is not self.dtype:
                raise TypeError(
                    f"Variable dtype is immutable. Calling {name} of Variable (with dtype {self.dtype}) on {value} "
                    f"requires converting {value} to {self.dtype}. This is disabled in the current promotion semantics."
                )
            value = as_type(value, dtype)
        return before(self, value, *args, **kwargs)

    return call


@functools.cache
def install():
    """Opens the functions, once."""
    for table, make in ((_UNARY, _unary), (_BINARY, _binary)):
        for module, names in table.items():
            home = importlib.import_module(f"tapeflow.core.{module}")
            for name in names.split():
                _open(getattr(home, name), name, make)
    _open(importlib.import_module("tapeflow.core.ops.compose.constant").constant, "constant", _constant)
    for name in ("assign", "assign_add", "assign_sub"):
        _open(getattr(ResourceVariable, name), name, _assign)


def _open(function, name, make):
    if isinstance(function, Op):
        _open_record(function, name, make)
        return
    parameters = list(inspect.signature(function).parameters)
    before = types.FunctionType(
        function.__code__, function.__globals__, function.__name__, function.__defaults__, function.__closure__
    )
    before.__kwdefaults__ = function.__kwdefaults__
    signature = inspect.signature(function)
    call = make(before, parameters, name)
    old, new = function.__code__, _template.__code__
    function.__signature__ = signature
    function.__code__ = new.replace(
        co_consts=tuple(call if one == "the call" else one for one in new.co_consts), co_freevars=old.co_freevars,
        co_filename=old.co_filename, co_firstlineno=old.co_firstlineno, co_name=old.co_name,
    )  # fmt: skip
    function.__defaults__ = function.__kwdefaults__ = None


def _template(*args, **kwargs):
    call = "the call"
    return call(*args, **kwargs)  # type: ignore[operator]


def _open_record(record, name, make):
    plain, fast = record.call, record.fast
    parameters = [arg.name for arg in (*record.inputs, *record.attrs)]
    call = make(lambda *args, **kwargs: plain(args, kwargs), parameters, name)
    record.call = lambda args, kwargs: call(*args, **kwargs)
    if fast is not None:  # what its own fast path cannot do comes to `call`
        record.fast = make(fast, parameters, name)
