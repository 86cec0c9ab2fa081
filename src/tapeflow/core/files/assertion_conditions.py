"""What the assertions of `tf.debugging` hold when they were deferred in a graph, as ops: for files."""

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.ops import registry
from tapeflow.core.ops.compose.constant import constant
from tapeflow.core.values.convert import convert


def _all(condition):
    get = registry.get
    return get("All")(condition, get("Range")(constant(0), get("Rank")(condition), constant(1)), keep_dims=False)


def _same(args, options):
    _, op, x, y = args
    x = convert(x, hint=getattr(y, "dtype", None))
    return _all(op(x, convert(y, hint=x.dtype)))


def _sign(args, options):
    _, function, x = args
    return _all(convert(function(convert(x))))


def _near(args, options):
    get, (x, y) = registry.get, args
    x = convert(x, hint=getattr(y, "dtype", None))
    y = convert(y, dtype=x.dtype)
    kind = x.dtype.real_dtype
    epsilon = 10 * (2.0**-7 if kind is dtypes.bfloat16 else float(np.finfo(kind.np).eps))
    rtol, atol = (constant(epsilon if options.get(k) is None else float(options[k]), kind) for k in ("rtol", "atol"))
    size = (lambda t: get("ComplexAbs")(t)) if x.dtype.is_complex else get("Abs")
    return _all(get("LessEqual")(size(x - y), atol + rtol * size(y)))


def _rank(compare):
    def condition(args, options):
        x, wanted = args
        rank = registry.get("Rank")(convert(x))
        wanted = wanted if isinstance(wanted, (list, tuple)) else [wanted]
        ranks = [convert(one, dtype=dtypes.int32) for one in wanted]
        found = registry.get(compare)(rank, ranks[0])
        for one in ranks[1:]:
            found = registry.get("LogicalOr")(found, registry.get(compare)(rank, one))
        return found

    return condition


# Name of the deferred function -> function(its arguments, its options) that gives a bool scalar.
conditions = {
    "_static": _same, "_sign": _sign, "assert_near": _near, "assert_rank": _rank("Equal"),
    "assert_rank_at_least": _rank("GreaterEqual"), "assert_rank_in": _rank("Equal"),
}  # fmt: skip


def text_of(kind, args, options):
    """What to say when an assertion fails."""
    if options.get("message"):
        return options["message"]
    if kind == "_static":
        return f"Condition x {args[0]} y did not hold."
    return f"Condition x {args[0]} did not hold element-wise" if kind == "_sign" else f"{kind} failed"
