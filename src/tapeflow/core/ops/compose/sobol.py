"""`tf.math.sobol_sample`."""

from tapeflow.core.base import dtypes
from tapeflow.core.ops.defs import sobol


def sobol_sample(dim, num_results, skip=0, dtype=dtypes.float32, name=None):
    """Points of the Sobol sequence: they fill the unit cube more evenly than random ones.

    Args:
        dim: How many dimensions, at most 21200.
        num_results: How many points.
        skip: How many points of the sequence to leave out first.
        dtype: float32 or float64.
        name: Optional name.

    Returns:
        A tensor of shape [num_results, dim].

    Raises:
        InvalidArgumentError: A number is out of range.

    >>> tf.math.sobol_sample(2, 3).numpy()
    array([[0.5 , 0.5 ],
           [0.75, 0.25],
           [0.25, 0.75]], dtype=float32)
    """
    return sobol.sobol_sample(dim, num_results, skip, dtype)
