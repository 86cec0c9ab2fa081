"""`tf.compat.v1.train`'s step of the program, and learning rates that fall with it."""

import math

from tapeflow.core.base import dtypes
from tapeflow.core.ops.compose.array import cast
from tapeflow.core.ops.registry import get
from tapeflow.core.trace.function import init_scope
from tapeflow.core.values.convert import convert
from tapeflow.core.values.variable import Variable

_steps = []


def get_global_step(graph=None):
    """Returns the program's step variable, or None.

    Args:
        graph: Accepted.
    """
    return _steps[0] if _steps else None


def create_global_step(graph=None):
    """Makes the program's step variable.

    Args:
        graph: Accepted.

    Raises:
        ValueError: There is one.
    """
    if _steps:
        raise ValueError('"global_step" already exists.')
    return get_or_create_global_step(graph)


def get_or_create_global_step(graph=None):
    """Returns the program's step variable, int64, and makes it if there is none.

    Args:
        graph: Accepted.
    """
    if not _steps:
        with init_scope():
            _steps.append(Variable(0, dtype=dtypes.int64, trainable=False, name="global_step"))
    return _steps[0]


def global_step(sess, global_step_tensor):
    """Returns the value of a step variable as a number.

    Args:
        sess: Accepted.
        global_step_tensor: The variable.
    """
    return int(global_step_tensor)


def assert_global_step(global_step_tensor):
    """Raises an exception unless a tensor can be a step: an integer scalar.

    Raises:
        TypeError: It cannot.
    """
    dtype = getattr(getattr(global_step_tensor, "dtype", None), "base_dtype", None)
    if dtype is None or not dtype.is_integer:
        raise TypeError(f'Existing "global_step" does not have integer type: {dtype}')
    if global_step_tensor.shape.rank not in (None, 0):
        raise TypeError(f'Existing "global_step" is not scalar: {global_step_tensor.shape}')


def forget():
    """Forgets the step variable, with the default graph."""
    _steps.clear()


# -- learning rates ------------------------------------------------------------------------------------


def exponential_decay(learning_rate, global_step, decay_steps, decay_rate, staircase=False, name=None):
    """Returns a function that gives `learning_rate * decay_rate ** (global_step / decay_steps)`.

    Args:
        learning_rate: The first rate.
        global_step: The step, a variable or a tensor.
        decay_steps: After how many steps the rate is multiplied by `decay_rate`.
        decay_rate: The factor.
        staircase: Whether it falls at once after so many steps, not bit by bit.
        name: Accepted.
    """

    def rate():
        first = convert(learning_rate)
        count = cast(global_step, first.dtype) / cast(decay_steps, first.dtype)
        return first * get("Pow")(cast(decay_rate, first.dtype), get("Floor")(count) if staircase else count)

    return rate


def polynomial_decay(
    learning_rate, global_step, decay_steps, end_learning_rate=0.0001, power=1.0, cycle=False, name=None
):
    """Returns a function that gives a rate which falls to `end_learning_rate` in `decay_steps` steps.

    Args:
        learning_rate: The first rate.
        global_step: The step, a variable or a tensor.
        decay_steps: How many steps it falls.
        end_learning_rate: The last rate.
        power: Of the polynomial; 1 is a line.
        cycle: Whether it begins again.
        name: Accepted.
    """

    def rate():
        first = convert(learning_rate)
        last, step, steps = (cast(x, first.dtype) for x in (end_learning_rate, global_step, decay_steps))
        if cycle:
            steps = steps * get("Maximum")(get("Ceil")(step / steps), cast(1, first.dtype))
        part = get("Minimum")(step, steps) / steps
        return (first - last) * get("Pow")(1 - part, cast(power, first.dtype)) + last

    return rate


def cosine_decay(learning_rate, global_step, decay_steps, alpha=0.0, name=None):
    """Returns a function that gives a rate which falls along half a cosine in `decay_steps` steps.

    Args:
        learning_rate: The first rate.
        global_step: The step, a variable or a tensor.
        decay_steps: How many steps it falls.
        alpha: The last rate as a part of the first.
        name: Accepted.
    """

    def rate():
        first = convert(learning_rate)
        step, steps = cast(global_step, first.dtype), cast(decay_steps, first.dtype)
        part = get("Minimum")(step, steps) / steps
        return first * ((1 - alpha) * (0.5 * (1 + get("Cos")(math.pi * part))) + alpha)

    return rate


def piecewise_constant(x, boundaries, values, name=None):
    """Returns a function that gives the value of the interval that the step lies in.

    Args:
        x: The step, a variable or a tensor.
        boundaries: The ends of the intervals, each belonging to the one before it.
        values: A value for each interval.
        name: Accepted.

    Raises:
        ValueError: There are not one more values than boundaries.
    """
    if len(boundaries) != len(values) - 1:
        raise ValueError("The length of boundaries should be 1 less than the length of values")

    def rate():
        step = convert(x)
        place = get("Sum")(cast(get("Greater")(step, cast(convert(boundaries), step.dtype)), dtypes.int32), [0])
        return get("GatherV2")(convert(values), place, 0)

    return rate
