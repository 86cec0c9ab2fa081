"""Functions of TensorFlow's insides that TensorFlow Probability calls."""

import functools

from tapeflow.core.base.composite import CompositeTensor
from tapeflow.core.base.errors import UnimplementedError
from tapeflow.core.ops.compose.array import get_static_value
from tapeflow.core.ops.compose.constant import convert_to_tensor


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
