"""Control flow: `cond`, `case`, `switch_case`, `while_loop`.

On eager values a branch is a Python call, and tapes see what it does. On symbols it becomes a graph, see `staged.py`.
"""

from tapeflow.core.base import nest
from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.base.mode import current
from tapeflow.core.values.convert import convert
from tapeflow.core.values.symbol import Symbol, constant_value
from tapeflow.core.values.tensor import Tensor, TensorLike


def cond(pred, true_fn=None, false_fn=None, name=None):
    """Calls `true_fn` if `pred` is true, else `false_fn`.

    Args:
        pred: Scalar bool tensor, or a Python value.
        true_fn, false_fn: Functions without arguments.
        name: Optional name.

    Returns:
        What the called function returns.

    Raises:
        TypeError: A branch is not callable.
    """
    if not callable(true_fn):
        raise TypeError("'true_fn' must be callable.")
    if not callable(false_fn):
        raise TypeError("'false_fn' must be callable.")
    pred = _value(pred)
    if isinstance(pred, Symbol):
        from tapeflow.core.trace.staged import cond as staged_cond

        return staged_cond(pred, true_fn, false_fn)
    return true_fn() if pred else false_fn()


def smart_cond(pred, true_fn=None, false_fn=None, name=None):
    """Like `cond`, but a predicate that is known while a graph is captured picks its branch then.

    Args:
        pred: Scalar bool tensor, or a Python bool or number.
        true_fn, false_fn: Functions without arguments.
        name: Optional name.

    Raises:
        TypeError: A branch is not callable, or `pred` is neither a tensor nor a bool.
    """
    if not callable(true_fn):
        raise TypeError(f"Argument `true_fn` must be callable. Received {true_fn}")
    if not callable(false_fn):
        raise TypeError(f"Argument `false_fn` must be callable. Received {false_fn}")
    known = smart_constant_value(pred)
    if known is None:
        return cond(pred, true_fn, false_fn)
    return true_fn() if known else false_fn()


def smart_constant_value(pred):
    """Returns the Python bool that a predicate is, None if it is not known yet.

    Args:
        pred: Scalar bool tensor, or a Python bool or number.
    """
    if isinstance(pred, TensorLike):
        value = constant_value(_value(pred))
        return None if value is None else bool(value)
    if pred in (0, 1):
        return bool(pred)
    raise TypeError(
        f"Argument `pred` must be a Tensor, or a Python bool, or 1 or 0. Received: {pred} of type {type(pred)}"
    )


def case(pred_fn_pairs, default=None, exclusive=False, strict=False, name="case"):
    """Calls the function of the first predicate that is true.

    Args:
        pred_fn_pairs: Pairs (scalar bool, function without arguments).
        default: Called if none is true.
        exclusive, strict: Accepted; eagerly only the first true one is looked at.
        name: Optional name.

    Raises:
        InvalidArgumentError: No predicate is true, and there is no default.
        TypeError: `pred_fn_pairs` is not a list of pairs.
    """
    if not isinstance(pred_fn_pairs, (list, tuple)):
        raise TypeError(f"'pred_fn_pairs' must be a list or tuple. Received: {pred_fn_pairs}")
    for pair in pred_fn_pairs:
        if not isinstance(pair, tuple) or len(pair) != 2 or not callable(pair[1]):
            raise TypeError(f"Each entry in 'pred_fn_pairs' must be a (pred, callable) tuple. Received {pair}")
    if current.graph is not None and any(isinstance(_value(pred), Symbol) for pred, _ in pred_fn_pairs):
        return _case_of_symbols(list(pred_fn_pairs), default)
    for pred, fn in pred_fn_pairs:
        if pred:
            return fn()
    if default is None:
        raise InvalidArgumentError(
            "case: none of the conditions is true and there is no default",
            got={"pred_fn_pairs": [pred for pred, _ in pred_fn_pairs]},
            hint="pass default=",
        )
    return default()


def _value(pred):
    """A predicate without its variable: what decides whether it is known now."""
    return convert(pred) if isinstance(pred, TensorLike) and not isinstance(pred, Tensor) else pred


def _case_of_symbols(pairs, default):
    """A chain of `cond`s; without a default the last function is called if nothing else was."""
    if default is None:
        (_, default) = pairs.pop()
        if not pairs:
            return default()
    (pred, fn), *rest = pairs
    if not rest:
        return cond(pred, fn, default)
    return cond(pred, fn, lambda: _case_of_symbols(rest, default))


def switch_case(branch_index, branch_fns, default=None, name="switch_case"):
    """Calls the function number `branch_index`.

    Args:
        branch_index: Scalar int32.
        branch_fns: List of functions, or of pairs (index, function), or a dictionary.
        default: Called for any other index; the function with the highest index if None.
        name: Optional name.
    """
    if not isinstance(branch_index, TensorLike):
        raise TypeError(f"'branch_index' must be a Tensor, got {type(branch_index)}")
    branch_index = _value(branch_index)
    if not branch_index.dtype.is_integer:
        raise TypeError(f"'branch_index' must be an integer Tensor, got {branch_index.dtype}")
    branches = _branches(branch_fns)
    if isinstance(branch_index, Symbol):
        from tapeflow.core.trace.staged import switch_case as staged_switch

        return staged_switch(branch_index, branches, default)
    chosen = branches.get(int(branch_index), default)
    return (chosen or branches[max(branches)])()


def _branches(branch_fns):
    """Index -> function."""
    if not isinstance(branch_fns, (list, tuple, dict)) or not branch_fns:
        raise TypeError(f"branch_fns must be a list, tuple, or dict. Received: {branch_fns}")
    pairs = list(branch_fns.items()) if isinstance(branch_fns, dict) else list(branch_fns)
    if all(callable(one) for one in pairs):
        return dict(enumerate(pairs))
    for key, _ in pairs:
        if not isinstance(key, int):
            raise TypeError(f"key must be a Python `int`, got {type(key)}")
    if {key for key, _ in pairs} != set(range(len(pairs))):
        found = ",".join(map(str, sorted(key for key, _ in pairs)))
        raise ValueError(
            f"branch indices (keys) must form contiguous range of [0 to {len(pairs)}) but found {{{found}}}"
        )
    return dict(pairs)


def while_loop(
    cond, body, loop_vars, shape_invariants=None, parallel_iterations=10, back_prop=True, swap_memory=False,
    maximum_iterations=None, name=None,
):  # fmt: skip
    """Repeats `body` while `cond` holds.

    Args:
        cond: Function of the loop variables, returns a bool.
        body: Function of the loop variables, returns the next ones in the same structure.
        loop_vars: List or tuple of tensors or structures of them.
        shape_invariants, parallel_iterations, back_prop, swap_memory: Accepted.
        maximum_iterations: Upper bound of the repetitions, or None.
        name: Optional name.

    Returns:
        The loop variables after the last repetition, in the structure of `loop_vars`.

    Raises:
        TypeError: `cond` or `body` is not callable.
        ValueError: There are no loop variables, or `body` changes their structure.
    """
    if not callable(cond):
        raise TypeError("'cond' must be callable.")
    if not callable(body):
        raise TypeError("'body' must be callable.")
    if isinstance(loop_vars, TensorLike) or not loop_vars:
        raise ValueError("'loop_vars' must be provided.")
    if current.graph is not None:
        from tapeflow.core.trace.staged import while_loop as staged_loop

        return staged_loop(cond, body, loop_vars, shape_invariants, maximum_iterations)
    count, single, kind = 0, len(loop_vars) == 1, type(loop_vars)
    variables = loop_vars
    while cond(*variables):
        if maximum_iterations is not None and count >= int(maximum_iterations):
            break
        after = body(*variables)
        if single and not (isinstance(after, (list, tuple)) and len(after) == 1):
            after = kind([after])
        nest.assert_same_structure(list(loop_vars), list(after))
        variables = after
        count += 1
    return nest.map_structure(lambda x: x if hasattr(x, "_type_spec") or x is None else _tensor(x), variables)


def _tensor(x):
    from tapeflow.core.trace.tensor_array import TensorArray

    return x if isinstance(x, TensorArray) else convert(x)
