"""`tf.debugging`: assertions on tensors. Eagerly they raise at once and return None."""

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.base.composite import CompositeTensor
from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.base.mode import AtOnce
from tapeflow.core.ops.compose.printing import tensor_text
from tapeflow.core.ops.defs import math
from tapeflow.core.values.convert import convert
from tapeflow.core.values.symbol import deferred


def Assert(condition, data, summarize=None, name=None):
    """Raises unless `condition` holds.

    Args:
        condition: Scalar bool.
        data: Tensors to show.
        summarize: How many elements of each to show, 3 by default.
        name: Optional name.

    Raises:
        InvalidArgumentError: It does not hold.
    """
    node = deferred("Assert", Assert, (condition, data), {"summarize": summarize})
    if node is not None:
        return node
    if condition:
        return None
    shown = "\n".join(_summary(x, 3 if summarize is None else summarize) for x in data)
    raise InvalidArgumentError(f"Expected '{condition}' to be true. Summarized data: {shown}")


def _summary(x, count):
    values = np.ravel(convert(x).host).tolist()
    return ", ".join(map(str, values[:count])) + (", ..." if len(values) > count else "")


# -- comparisons of two tensors --------------------------------------------------------------------


def _static(symbol, op, x, y, message, summarize):
    """Raises InvalidArgumentError, with TensorFlow's account of the differences, unless `op(x, y)` holds everywhere."""
    x = convert(x)  # before it is asked whether there are values: an object may stand for a tensor of a graph
    y = convert(y, hint=x.dtype)
    node = deferred("Assert", _static, (symbol, op, x, y), {"message": message, "summarize": summarize})
    if node is not None:
        return node
    with AtOnce():
        holds = np.asarray(op(x, y).host)
    if holds.all():
        return None
    summarize = 3 if summarize is None else summarize
    lines = ([] if message is None else [message]) + [f"Condition x {symbol} y did not hold."]
    if x.shape.as_list() == y.shape.as_list() and holds.ndim:
        wrong = np.argwhere(~holds)
        count = len(wrong) if summarize < 0 else min(summarize, len(wrong))
        lines += [f"Indices of first {count} different values:", str(wrong[:count])]
        lines += ["Corresponding x values:", str(np.asarray(x.host)[~holds][:count])]
        lines += ["Corresponding y values:", str(np.asarray(y.host)[~holds][:count])]
    for name, tensor in (("x", x), ("y", y)):
        flat = np.ravel(tensor.host)
        count = len(flat) if summarize < 0 else min(summarize, len(flat))
        lines += [f"First {count} elements of {name}:", str(flat[:count])]
    raise InvalidArgumentError("\n".join(lines), got={"x": x, "y": y})


def assert_equal(x, y, message=None, summarize=None, name=None):
    """Raises InvalidArgumentError unless `x == y` everywhere, after broadcasting."""
    return _static("==", math.equal, x, y, message, summarize)


def assert_none_equal(x, y, summarize=None, message=None, name=None):
    """Raises InvalidArgumentError unless `x != y` everywhere, after broadcasting."""
    return _static("!=", math.not_equal, x, y, message, summarize)


def assert_less(x, y, message=None, summarize=None, name=None):
    """Raises InvalidArgumentError unless `x < y` everywhere, after broadcasting."""
    return _static("<", math.less, x, y, message, summarize)


def assert_less_equal(x, y, message=None, summarize=None, name=None):
    """Raises InvalidArgumentError unless `x <= y` everywhere, after broadcasting."""
    return _static("<=", math.less_equal, x, y, message, summarize)


def assert_greater(x, y, message=None, summarize=None, name=None):
    """Raises InvalidArgumentError unless `x > y` everywhere, after broadcasting."""
    return _static(">", math.greater, x, y, message, summarize)


def assert_greater_equal(x, y, message=None, summarize=None, name=None):
    """Raises InvalidArgumentError unless `x >= y` everywhere, after broadcasting."""
    return _static(">=", math.greater_equal, x, y, message, summarize)


def assert_near(x, y, rtol=None, atol=None, message=None, summarize=None, name=None):
    """Raises InvalidArgumentError unless `|x - y| <= atol + rtol * |y|` everywhere.

    Args:
        x, y: Float or complex tensors.
        rtol, atol: Tolerances, 10 times the dtype's epsilon by default.
        message: Put before the error's text.
        summarize: How many elements to show, 3 by default.
        name: Optional name.
    """
    x = convert(x)
    y = convert(y, dtype=x.dtype)
    options = {"rtol": rtol, "atol": atol, "message": message, "summarize": summarize}
    node = deferred("Assert", assert_near, (x, y), options)
    if node is not None:
        return node
    epsilon = 10 * float(np.finfo(x.dtype.real_dtype.np).eps) if x.dtype.name != "bfloat16" else 10 * 2.0**-7
    rtol, atol = (epsilon if one is None else float(one) for one in (rtol, atol))
    a, b = (np.asarray(t.host).astype(np.complex128 if x.dtype.is_complex else np.float64) for t in (x, y))
    if np.all(np.abs(a - b) <= atol + rtol * np.abs(b)):
        return None
    count = 3 if summarize is None else summarize
    raise InvalidArgumentError(
        f"{message or ''}\nx and y not equal to tolerance rtol = {rtol:g}, atol = {atol:g}\n"
        f"x (shape={x.shape} dtype={x.dtype.name}) = {_summary(x, count)}\n"
        f"y (shape={y.shape} dtype={y.dtype.name}) = {_summary(y, count)}".strip(),
        got={"x": x, "y": y},
    )


# -- signs -----------------------------------------------------------------------------------------


def _sign(condition, function, x, message, summarize):
    x = convert(x)
    node = deferred("Assert", _sign, (condition, function, x), {"message": message, "summarize": summarize})
    if node is not None:
        return node
    if np.all(function(np.asarray(x.host))):
        return None
    raise InvalidArgumentError(
        f"{message or ''}\nCondition x {condition} did not hold element-wise:\n"
        f"x (shape={x.shape} dtype={x.dtype.name}) = \n{tensor_text(x, 3 if summarize is None else summarize)}",
        got={"x": x},
    )


def assert_positive(x, message=None, summarize=None, name=None):
    """Raises InvalidArgumentError unless `x > 0` everywhere."""
    return _sign("> 0", lambda a: a > 0, x, message, summarize)


def assert_negative(x, message=None, summarize=None, name=None):
    """Raises InvalidArgumentError unless `x < 0` everywhere."""
    return _sign("< 0", lambda a: a < 0, x, message, summarize)


def assert_non_negative(x, message=None, summarize=None, name=None):
    """Raises InvalidArgumentError unless `x >= 0` everywhere."""
    return _sign(">= 0", lambda a: a >= 0, x, message, summarize)


def assert_non_positive(x, message=None, summarize=None, name=None):
    """Raises InvalidArgumentError unless `x <= 0` everywhere."""
    return _sign("<= 0", lambda a: a <= 0, x, message, summarize)


# -- ranks and shapes ------------------------------------------------------------------------------


def _rank_error(x, message, expected):
    before = f"{message}. " if message else ""
    return ValueError(f"{before}Tensor  must have rank {expected}.  Received rank {x.shape.rank}, shape {x.shape}")


def assert_rank(x, rank, message=None, name=None):
    """Raises ValueError unless `x` has `rank` dimensions."""
    x = convert(x)
    if x.shape.rank is None:
        return deferred("Assert", assert_rank, (x, rank), {"message": message})
    if x.shape.rank != _rank_of(rank):
        raise _rank_error(x, message, _rank_of(rank))
    return None


def assert_rank_at_least(x, rank, message=None, name=None):
    """Raises ValueError unless `x` has at least `rank` dimensions."""
    x = convert(x)
    if x.shape.rank is None:
        return deferred("Assert", assert_rank_at_least, (x, rank), {"message": message})
    if x.shape.rank < _rank_of(rank):
        raise _rank_error(x, message, f"at least {_rank_of(rank)}")
    return None


def assert_rank_in(x, ranks, message=None, name=None):
    """Raises ValueError unless the rank of `x` is one of `ranks`."""
    x = convert(x)
    if x.shape.rank is None:
        return deferred("Assert", assert_rank_in, (x, ranks), {"message": message})
    known = tuple(_rank_of(rank) for rank in ranks)
    if x.shape.rank not in known:
        raise _rank_error(x, message, f"in {known}")
    return None


def _rank_of(rank):
    """A rank as a Python int; it must be a scalar integer."""
    tensor = convert(rank)
    if tensor.shape.rank != 0:
        raise ValueError(f"Rank must be a scalar. Received rank with shape {tensor.shape}")
    if not tensor.dtype.is_integer:
        raise TypeError(f"Must be of integer type.  Received: {tensor.dtype!r}")
    return int(tensor)


def assert_scalar(tensor, message=None, name=None):
    """Raises ValueError unless `tensor` is a scalar."""
    tensor = convert(tensor)
    if tensor.shape.rank != 0:
        raise ValueError(f"{message or ''}Expected scalar shape, saw shape: {tensor.shape}.")


def assert_shapes(shapes, data=None, summarize=None, message=None, name=None):
    """Raises ValueError unless tensors have the given shapes, in which equal symbols stand for equal sizes.

    Args:
        shapes: Dictionary or list of pairs, tensor -> shape: a tuple of ints, symbols, None or "." (any size), or
            with "..." or "*" first, last or alone for any number of dimensions.
        data, summarize: Accepted.
        message: Put before the error's text.
        name: Optional name.
    """
    pairs = shapes.items() if isinstance(shapes, dict) else shapes
    pairs = [(convert(value), spec) for value, spec in pairs]
    if any(value.static_shape is None or None in value.static_shape for value, _ in pairs):
        specs = [spec for _, spec in pairs]
        return deferred(
            "Assert", lambda values: assert_shapes(list(zip(values, specs, strict=True)), message=message),
            ([value for value, _ in pairs],), {},
        )  # fmt: skip
    sizes = {}
    before = f"{message}.  " if message else ""
    for value, spec in pairs:
        tensor = convert(value)
        shown = f"Tensor shape={tensor.shape} dtype={tensor.dtype.name}"
        if not hasattr(spec, "__iter__") and not hasattr(spec, "__getitem__"):
            raise ValueError(
                f"{before}{shown}.  Specified shape must be an iterable.  An iterable has the attribute `__iter__` or "
                f"`__getitem__`.  Received specified shape: {spec}"
            )
        symbols, actual, offset = list(spec), tensor.shape.as_list(), 0
        if symbols and symbols[0] in ("...", "*"):
            symbols = symbols[1:]
            offset = len(actual) - len(symbols)
            fits = offset >= 0
        elif symbols and symbols[-1] in ("...", "*"):
            symbols = symbols[:-1]
            fits = len(actual) >= len(symbols)
        else:
            fits = len(actual) == len(symbols)
        if not fits:
            raise ValueError(
                f"{before}{shown}.  Received rank {len(actual)} where the specified shape {tuple(spec)} has rank "
                f"{len(symbols)}"
            )
        for i, symbol in enumerate(symbols):
            size = actual[i + offset]
            if symbol is None or symbol == ".":
                continue
            known, origin = (symbol, "explicitly") if isinstance(symbol, int) else sizes.setdefault(
                symbol, (size, f"by tensor shape={tensor.shape} dtype={tensor.dtype.name} dimension {i + offset}")
            )  # fmt: skip
            if size != known:
                raise ValueError(
                    f"{before}Specified {origin}.  {shown} dimension {i + offset} must have size {known}.  "
                    f"Received size {size}, shape {tensor.shape}"
                )
    return None


# -- dtypes ----------------------------------------------------------------------------------------


def assert_type(tensor, tf_type, message=None, name=None):
    """Raises TypeError unless `tensor` has the dtype `tf_type`."""
    tf_type = dtypes.as_dtype(tf_type)
    found = (tensor if isinstance(tensor, CompositeTensor) else convert(tensor)).dtype
    if found is not tf_type:
        raise TypeError(f"{message or ''}tensor must be of type {tf_type!r}; got {found!r}")


def assert_integer(x, message=None, name=None):
    """Raises TypeError unless `x` is of an integer dtype."""
    x = convert(x)
    if not x.dtype.is_integer:
        raise TypeError(f'{message or ""}Expected "x" to be integer type.  Found: tensor of dtype {x.dtype}')


def assert_same_float_dtype(tensors=None, dtype=None):
    """Returns the one float dtype of `tensors`; float32 if there are none.

    Raises:
        ValueError: They differ, or are not floating.
    """
    expected = None if dtype is None else dtypes.as_dtype(dtype)
    first = None
    for tensor in tensors or ():
        if tensor is None:
            continue
        if expected is None:
            expected, first = tensor.dtype, tensor
        elif tensor.dtype != expected:
            by = f" as {first}" if first is not None else ""
            raise ValueError(f"{tensor}, type={tensor.dtype}, must be of the same type ({expected}){by}.")
    expected = expected or dtypes.float32
    if not expected.is_floating:
        raise ValueError(f"Expected floating point type, got {expected}.")
    return expected


def is_numeric_tensor(tensor):
    """Returns whether `tensor` is a tensor of numbers."""
    return hasattr(tensor, "static_shape") and tensor.dtype.is_numeric


def assert_proper_iterable(values):
    """Raises TypeError unless `values` is iterable and is not itself a tensor, array or string."""
    if hasattr(values, "dtype") or isinstance(values, (str, bytes)):
        raise TypeError(f"Expected argument \"values\" to be a 'proper' iterable.  Found: {type(values)}")
    if not hasattr(values, "__iter__"):
        raise TypeError(f'Expected argument "values" to be iterable.  Found: {type(values)}')
