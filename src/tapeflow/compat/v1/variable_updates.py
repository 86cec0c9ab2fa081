"""`tf.compat.v1`: functions that write into parts of variables, and such as ask whether variables have values."""

from tapeflow.core.base import dtypes
from tapeflow.core.ops.compose.array import expand_dims, shape
from tapeflow.core.ops.compose.constant import constant
from tapeflow.core.ops.compose.joining import concat
from tapeflow.core.ops.defs.array import broadcast_to
from tapeflow.core.values.convert import convert
from tapeflow.core.values.indexed_slices import IndexedSlices


def _rows(name):
    def scatter(ref, indices, updates, use_locking=False, name=name):
        indices, updates = convert(indices), convert(updates, dtype=ref.dtype)
        if indices.shape.rank == 0:  # one row, by its number
            indices, updates = expand_dims(indices, 0), expand_dims(updates, 0)
        elif updates.shape.rank == 0:  # one number for all elements of the rows
            updates = broadcast_to(updates, concat([shape(indices), shape(ref)[1:]], 0))
        return getattr(ref, name)(IndexedSlices(updates, indices), use_locking, name)

    scatter.__name__ = scatter.__qualname__ = name
    scatter.__doc__ = f"`Variable.{name}` with rows `updates` at `indices`."
    return scatter


def _parts(name):
    def scatter(ref, indices, updates, use_locking=False, name=name):
        return getattr(ref, name)(indices, updates, name)

    scatter.__name__ = scatter.__qualname__ = name
    scatter.__doc__ = f"`Variable.{name}`."
    return scatter


scatter_add, scatter_sub, scatter_update = _rows("scatter_add"), _rows("scatter_sub"), _rows("scatter_update")
scatter_mul, scatter_div = _rows("scatter_mul"), _rows("scatter_div")
scatter_max, scatter_min = _rows("scatter_max"), _rows("scatter_min")
scatter_nd_add, scatter_nd_sub = _parts("scatter_nd_add"), _parts("scatter_nd_sub")
scatter_nd_update = _parts("scatter_nd_update")


def is_variable_initialized(variable):
    """Returns whether a variable has a value, as a tensor."""
    return convert(variable.is_initialized())


def report_uninitialized_variables(var_list=None, name="report_uninitialized_variables"):
    """Returns no names: variables are born with values."""
    return constant([], dtype=dtypes.string, shape=[0])
