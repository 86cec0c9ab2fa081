"""`tf.train.ExponentialMovingAverage`."""

from tapeflow.core.base import dtypes
from tapeflow.core.base.errors import UnimplementedError
from tapeflow.core.ops.compose.array import cast, group
from tapeflow.core.ops.registry import get
from tapeflow.core.trace.function import init_scope
from tapeflow.core.values.convert import convert
from tapeflow.core.values.tensor import Tensor
from tapeflow.core.values.variable import Variable

_FLOATS = (dtypes.bfloat16, dtypes.float16, dtypes.float32, dtypes.float64)


class ExponentialMovingAverage:
    """Keeps averages of variables that forget the past: `average -= (1 - decay) * (average - variable)`.

    Args:
        decay: A number below 1, or a tensor or variable with it.
        num_updates: The number of updates so far: with few, `(1 + num_updates) / (10 + num_updates)` is the decay
            if that is less.
        zero_debias: Accepted; averages of variables start at their value.
        name: A name for the averages.

    >>> v = tf.Variable(0.0)
    >>> average = tf.train.ExponentialMovingAverage(0.9)
    >>> _ = average.apply([v])
    >>> _ = v.assign(1.0)
    >>> _ = average.apply([v])
    >>> round(float(average.average(v)), 4)
    0.1
    """

    def __init__(self, decay, num_updates=None, zero_debias=False, name="ExponentialMovingAverage"):
        self._decay, self._num_updates, self._zero_debias, self._name = decay, num_updates, zero_debias, name
        self._averages = {}

    @property
    def name(self):
        """The name."""
        return self._name

    def apply(self, var_list=None):
        """Updates the averages of variables; on the first call they are made.

        Args:
            var_list: Variables of a float dtype.

        Returns:
            The op that updates them; None eagerly.

        Raises:
            TypeError: One is a tensor, or not of a float dtype.
        """
        var_list = [] if var_list is None else var_list
        for var in var_list:
            if isinstance(var, Tensor):
                raise TypeError(
                    "tf.train.ExponentialMovingAverage does not support non-Variable tensors when eager execution is "
                    "enabled."
                )
            if var.dtype not in _FLOATS:
                raise TypeError(f"The variables must be half, float, or double: {var.name}")
            if var.ref() not in self._averages:
                with init_scope():
                    name = f"{var.name.removesuffix(':0')}/{self._name}"
                    self._averages[var.ref()] = Variable(var.read_value(), trainable=False, name=name)
        rest = 1.0 - self._decay_now()
        return group(*(self._update(var, rest) for var in var_list))

    def _decay_now(self):
        decay = convert(self._decay, dtype=dtypes.float32)
        if self._num_updates is None:
            return decay
        count = cast(self._num_updates, dtypes.float32)
        return get("Minimum")(decay, (1.0 + count) / (10.0 + count))

    def _update(self, var, rest):
        average = self._averages[var.ref()]
        return average.assign_sub((average - var) * cast(rest, var.dtype))

    def average(self, var):
        """Returns the variable that holds the average of `var`, or None."""
        return self._averages.get(var.ref())

    def average_name(self, var):
        """Returns the name of the variable that holds the average of `var`, or will."""
        average = self.average(var)
        return f"{var.name.removesuffix(':0')}/{self._name}" if average is None else average.name.removesuffix(":0")

    def variables_to_restore(self, moving_avg_variables=None):
        """Returns name in a checkpoint -> variable: averages under their variables, for evaluation.

        Args:
            moving_avg_variables: Variables that have averages; those given to `apply` by default.
        """
        given = [ref.deref() for ref in self._averages] if moving_avg_variables is None else moving_avg_variables
        return {self.average_name(var): var for var in given}


def assign_moving_average(variable, value, decay, zero_debias=True, name=None):
    """Moves a variable towards a value: `variable -= (1 - decay) * (variable - value)`.

    Args:
        variable: The variable.
        value: A tensor of its shape.
        decay: How slowly it forgets, a number below 1.
        zero_debias: Not supported: variables start at their values.
        name: Accepted.

    Returns:
        The variable.

    Raises:
        UnimplementedError: `zero_debias` is true.
    """
    if zero_debias:
        raise UnimplementedError(
            "moving averages that make up for a start at zero",
            hint="pass zero_debias=False, or divide by 1 - decay ** n",
        )
    return variable.assign_sub((variable - value) * cast(1.0 - decay, variable.dtype))
