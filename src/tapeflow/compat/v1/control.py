"""`tf.compat.v1.cond` and `tf.compat.v1.while_loop`: one result alone comes without its list, as in TensorFlow 1."""

from tapeflow.core.base.mode import current
from tapeflow.core.trace import control


def cond(pred, true_fn=None, false_fn=None, strict=False, name=None, fn1=None, fn2=None):
    """As `tf.cond`.

    Args:
        pred: Scalar bool tensor.
        true_fn, false_fn: Functions of no arguments.
        strict: Whether a list or tuple of one result stays one.
        name: Accepted.
        fn1, fn2: Older names of `true_fn` and `false_fn`.

    >>> tf.compat.v1.cond(tf.constant(True), lambda: [1], lambda: [2])
    1
    """
    true_fn, false_fn = true_fn or fn1, false_fn or fn2
    result = control.cond(pred, true_fn, false_fn, name)
    is_single = isinstance(result, (list, tuple)) and len(result) == 1
    return result[0] if is_single and not strict else result


def while_loop(
    cond, body, loop_vars, shape_invariants=None, parallel_iterations=10, back_prop=True, swap_memory=False,
    name=None, maximum_iterations=None, return_same_structure=False,
):  # fmt: skip
    """As `tf.while_loop`.

    Args:
        cond: Function of the loop variables, returns a bool.
        body: Function of the loop variables, returns the next ones.
        loop_vars: List or tuple of tensors or structures of them.
        shape_invariants, parallel_iterations, back_prop, swap_memory, name: Accepted.
        maximum_iterations: Upper bound of the repetitions, or None.
        return_same_structure: Whether a single loop variable is returned in its list.

    >>> tf.compat.v1.while_loop(lambda i: i < 3, lambda i: i + 1, [tf.constant(0)]).numpy()
    np.int32(3)
    """
    is_listed = False

    def noted(*values):
        nonlocal is_listed
        result = body(*values)
        is_listed = isinstance(result, (list, tuple))
        return result

    result = control.while_loop(
        cond, noted, loop_vars, shape_invariants, parallel_iterations, back_prop, swap_memory, maximum_iterations, name
    )
    is_single = isinstance(result, (list, tuple)) and len(result) == 1
    # Eagerly a body that returns a list decides for one; in a graph it does not, as in TensorFlow.
    stays = return_same_structure or (is_listed and current.graph is None)
    return result[0] if is_single and not stays else result
