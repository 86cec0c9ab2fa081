"""Reading variables: how a tape and a graph see it."""

import numpy as np

from tapeflow.core.base.errors import FailedPreconditionError, InvalidArgumentError
from tapeflow.core.ops.op import op
from tapeflow.core.values.variable import Storage


def storage_of(resource):
    """What the handle of a variable points to."""
    storage = resource[()] if isinstance(resource, np.ndarray) else resource
    if not isinstance(storage, Storage):
        raise InvalidArgumentError("Trying to access a handle's resource using the wrong type: it is no variable's")
    return storage


def value_of(resource):
    """The value of the variable that a handle points to, a NumPy array.

    Raises:
        FailedPreconditionError: It has none yet.
    """
    storage = storage_of(resource)
    if storage.value is None:
        name = storage.name.rpartition("/")[0]
        raise FailedPreconditionError(
            f"Could not find variable {name}. This could mean that the variable has been deleted or was never "
            f"initialized. (Resource {name} does not exist.)"
        )
    return storage.value.host


read_variable = op(
    "ReadVariableOp", "resource: resource, *, dtype: type -> value: dtype", dtype="any",
    kernel=lambda resource, *, dtype: value_of(resource),
    grad=lambda c, dy: dy,
    stateful=True, samples=lambda draw: (draw.resource(), draw.dtype),
)  # fmt: skip
