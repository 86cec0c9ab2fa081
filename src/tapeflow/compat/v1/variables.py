"""`tf.compat.v1.Variable`: the variables of version 2, made with version 1's arguments."""

from tapeflow.core.values.variable import Variable as _Variable
from tapeflow.core.values.variable import VariableAggregation, VariableSynchronization


class _AsVersion1(type(_Variable)):
    """Every variable is one of version 1; making one takes more arguments."""

    def __instancecheck__(cls, value):
        return isinstance(value, _Variable)

    def __subclasscheck__(cls, other):
        return issubclass(other, _Variable)

    def __call__(
        cls, initial_value=None, trainable=None, collections=None, validate_shape=True, caching_device=None, name=None,
        variable_def=None, dtype=None, expected_shape=None, import_scope=None, constraint=None, use_resource=None,
        synchronization=VariableSynchronization.AUTO, aggregation=VariableAggregation.NONE, shape=None,
        experimental_enable_variable_lifting=True,
    ):  # fmt: skip
        return _Variable(
            initial_value, trainable, validate_shape, caching_device, name, variable_def, dtype, import_scope,
            constraint, synchronization, aggregation, shape,
        )  # fmt: skip


class Variable(_Variable, metaclass=_AsVersion1):
    """A `tf.Variable`.

    Args:
        collections, expected_shape, use_resource: Accepted: there are no collections outside of graphs, and every
            variable is a resource.
        initial_value, trainable, ...: As of `tf.Variable`.
    """
