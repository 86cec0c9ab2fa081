"""Functions of TensorFlow's insides that TensorFlow Probability calls."""

import functools
import math

from tapeflow.core.base.composite import CompositeTensor
from tapeflow.core.base.errors import UnimplementedError
from tapeflow.core.ops.compose.array import get_static_value, reshape
from tapeflow.core.ops.compose.constant import convert_to_tensor
from tapeflow.core.ops.compose.joining import concat
from tapeflow.core.ops.defs.array import broadcast_to, transpose
from tapeflow.core.trace.functional import vectorized_map


def try_evaluate_constant(tensor):
    """Returns the value of a tensor that is known while a graph is being built, as a NumPy array; None for others."""
    return get_static_value(tensor)


def _case_helper(cond_fn, pred_fn_pairs, default, exclusive, name, allow_python_preds=False, **cond_kwargs):
    """Calls the function of the first predicate that is true, by a `cond` of the caller's.

    Args:
        cond_fn: Like `tf.cond`.
        pred_fn_pairs: Pairs (scalar bool, function without arguments).
        default: Called if none is true; None: the last function is.
        exclusive, name, allow_python_preds: Accepted.
        **cond_kwargs: Passed to `cond_fn`.

    Returns:
        What the function returned.
    """
    pairs = list(pred_fn_pairs.items() if isinstance(pred_fn_pairs, dict) else pred_fn_pairs)
    if default is None:
        default = pairs.pop()[1]
    chosen = default
    for predicate, function in reversed(pairs):
        chosen = functools.partial(cond_fn, predicate, true_fn=function, false_fn=chosen, **cond_kwargs)
    return chosen()


def convert_to_tensor_or_composite(value, dtype=None, name=None):
    """Returns a composite as it is, and anything else as a tensor."""
    return value if isinstance(value, CompositeTensor) else convert_to_tensor(value, dtype=dtype, name=name)


class Convolution:
    """`tf.nn.convolution` with everything said but the input and the filter.

    Args:
        input_shape, filter_shape: Accepted.
        padding, strides, dilation_rate, name, data_format: As of `tf.nn.convolution`.
        num_spatial_dims: Accepted.
    """

    def __init__(self, input_shape, filter_shape, padding, strides=None, dilation_rate=None, name=None,
                 data_format=None, num_spatial_dims=None):  # fmt: skip
        self._options = {
            "padding": padding, "strides": strides, "dilations": dilation_rate, "name": name,
            "data_format": data_format,
        }  # fmt: skip

    def __call__(self, inp, filter):
        """Returns the convolution of an input with a filter."""
        from tapeflow.nn import convolution  # lazy: the names of `tf.nn`

        return convolution(inp, filter, **self._options)


def add_operators(operators, operator_name=None, addition_tiers=None, name=None):
    """Returns one linear operator that is the sum of others, in a list: a diagonal one if all of them are.

    Args:
        operators: `tf.linalg.LinearOperator`s.
        operator_name: The name of the sum.
        addition_tiers: Not supported.
        name: Accepted.

    Raises:
        UnimplementedError: `addition_tiers` are given.
    """
    from tapeflow import linalg  # lazy: the names of `tf.linalg`

    if addition_tiers is not None:
        raise UnimplementedError("add_operators with tiers of its own", hint="leave addition_tiers out")
    if len(operators) == 1:
        return list(operators)
    diagonal = (linalg.LinearOperatorDiag, linalg.LinearOperatorIdentity, linalg.LinearOperatorScaledIdentity)
    known = {
        hint: all(getattr(x, hint) for x in operators) or None for hint in ("is_self_adjoint", "is_positive_definite")
    }
    if all(isinstance(x, diagonal) for x in operators):
        total = functools.reduce(lambda a, b: a + b, [x.diag_part() for x in operators])
        return [linalg.LinearOperatorDiag(total, **known, name=operator_name or "Diag")]
    total = functools.reduce(lambda a, b: a + b, [x.to_dense() for x in operators])
    return [linalg.LinearOperatorFullMatrix(total, **known, name=operator_name or "Sum")]


def variadic_reduce(operands, init_values, dimensions_to_reduce, reducer, name=None):
    """Reduces several tensors of one shape at once, by halves: each half's elements with the other's.

    Args:
        operands: Tensors of one known shape.
        init_values: For each a scalar that changes nothing when it is reduced with.
        dimensions_to_reduce: Axes, not negative.
        reducer: Concrete function of scalars, first those on the left, then those on the right; gives one each.
        name: Accepted.

    Returns:
        The tuple of tensors without those axes.
    """
    operands = [convert_to_tensor(x) for x in operands]
    shape, axes = operands[0].shape.as_list(), list(dimensions_to_reduce)
    rest = [i for i in range(len(shape)) if i not in axes]
    count, width = math.prod(shape[i] for i in axes), math.prod(shape[i] for i in rest)
    rows = [reshape(transpose(x, axes + rest), [count, width]) for x in operands]
    first = [broadcast_to(convert_to_tensor(x), [1, width]) for x in init_values]
    while count != 1:
        if count % 2:
            rows, count = [concat([x, one], 0) for x, one in zip(rows, first, strict=True)], count + 1
        count //= 2
        halves = [reshape(x[a:b], [-1]) for a, b in ((None, count), (count, None)) for x in rows]
        found = vectorized_map(lambda parts: reducer(*parts), halves) if count else first
        rows = [reshape(x, [count or 1, width]) for x in found]
        count = count or 1
    return tuple(reshape(x, [shape[i] for i in rest]) for x in rows)
