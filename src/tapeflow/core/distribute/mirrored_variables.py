"""Variables of strategies with several replicas: one value for all of them, or one each that is put together when read.

All replicas compute the same, so a mirrored variable is one place, whose value lies on every device.
"""

import weakref

from tapeflow.core.base import dtypes
from tapeflow.core.distribute import traced
from tapeflow.core.distribute.context import get_replica_context, stack
from tapeflow.core.distribute.cross_device import reduced
from tapeflow.core.distribute.options import ReduceOp
from tapeflow.core.distribute.values import DistributedValues
from tapeflow.core.ops.compose import variable_scatter
from tapeflow.core.values.convert import convert
from tapeflow.core.values.indexed_slices import IndexedSlices
from tapeflow.core.values.tensor import EagerTensor
from tapeflow.core.values.variable import (
    ResourceVariable,
    Storage,
    VariableAggregation,
    VariableSynchronization,
    _box,
)

assert variable_scatter  # it hangs the scatters on variables, which are wrapped below


class DistributedVariable(ResourceVariable, DistributedValues):
    """What variables made in a strategy's scope have in common."""

    def _in_replica(self):
        """The context of the replica that the thread is in, if it is one of this variable's strategy."""
        replica = get_replica_context()
        if replica is None or stack.update_id is not None:
            return None
        return replica if replica.strategy is self._distribute_strategy else None

    @property
    def distribute_strategy(self):
        """The strategy whose scope the variable was made in."""
        return self._distribute_strategy

    @property
    def _primary(self):
        return self._values[0]

    @property
    def _devices(self):
        return self._distribute_strategy.extended.worker_devices

    def _as_graph_element(self):
        return self._read()

    def __repr__(self):
        lines = ",\n".join(f"  {i}: {value!r}" for i, value in enumerate(self._values))
        return f"{type(self).__name__}:{{\n{lines}\n}}"

    __str__ = __repr__

    def __reduce__(self):
        function, (_, options) = super().__reduce__()
        return function, (ResourceVariable, options)


class Component(ResourceVariable):
    """One replica's view of a mirrored variable. Changing it changes the variable."""

    def __init__(self, container, number):
        self.__dict__.update(
            {k: v for k, v in container.__dict__.items() if k not in ("_values", "_replica_components")}
        )
        self._distributed_container = weakref.ref(container)
        if number:
            self._name = f"{container._shared_name}/replica_{number}:0"


class MirroredVariable(DistributedVariable):
    """A variable that is the same on all replicas. Assignments in a replica are aggregated first."""

    def __init__(self, strategy, made):
        self.__dict__.update(made.__dict__)
        self._storage.owner = weakref.ref(self)
        self._distribute_strategy = strategy
        if self._synchronization == VariableSynchronization.AUTO:
            self._synchronization = VariableSynchronization.ON_WRITE
        self._make_components()

    def _make_components(self):
        self._values = tuple(Component(self, i) for i in range(self._distribute_strategy.extended._team.local))

    def _get(self):
        replica = get_replica_context()
        return self._values[replica._local_id if replica is not None else 0]

    def __deepcopy__(self, memo):
        memo[id(self)] = result = MirroredVariable(self._distribute_strategy, copied(self))
        return result

    def assign(self, value, use_locking=False, name=None, read_value=True):
        """Replaces the value; in a replica, by the aggregate of all replicas' values."""
        return self._change(ResourceVariable.assign, value, read_value)

    def assign_add(self, delta, use_locking=False, name=None, read_value=True):
        """Adds to the value; in a replica, the aggregate of all replicas' values."""
        return self._change(ResourceVariable.assign_add, delta, read_value)

    def assign_sub(self, delta, use_locking=False, name=None, read_value=True):
        """Subtracts from the value; in a replica, the aggregate of all replicas' values."""
        return self._change(ResourceVariable.assign_sub, delta, read_value)

    def _change(self, method, value, read_value=True):
        replica = self._in_replica()
        if replica is None:
            return method(self, value, read_value=read_value)
        if self.aggregation == VariableAggregation.NONE:
            return self._change_apart(replica, method, value, read_value)
        value = aggregated(self, replica, value)
        if traced.is_capturing():
            return method(self, value, read_value=read_value)
        return replica.merge_call(_assign_first, args=(self, method, value, read_value))

    def _change_apart(self, replica, method, value, read_value):
        """A change without aggregation: each replica changes its own copy, and the first one's is what others read."""
        # In a sharded program the copies on the devices differ from then on; eagerly there is only the first.
        if traced.is_capturing() or replica._local_id == 0:
            return method(self, value, read_value=read_value)
        return self if read_value else None


def _assign_first(strategy, variable, method, value, read_value):
    """In a merge call: the change, once; all replicas hand in the same value."""
    if isinstance(value, DistributedValues):
        value = value.values[0]
    return method(variable, value, read_value=read_value)


def aggregated(variable, replica, value):
    """A value for a variable, aggregated over all replicas as the variable says."""
    value = value if isinstance(value, IndexedSlices) else convert(value, dtype=variable.dtype)
    if variable.aggregation == VariableAggregation.ONLY_FIRST_REPLICA:
        if traced.is_capturing():
            return traced.from_first(value)
        return value  # the merge call takes the first
    return replica.all_reduce(ReduceOp[variable.aggregation.name], value)


def _scatter(name):
    method = getattr(ResourceVariable, name)

    def scatter(self, sparse_delta, use_locking=False, name=None):
        replica = self._in_replica()
        if replica is None:
            return method(self, sparse_delta)
        if self.aggregation == VariableAggregation.NONE:
            return method(self, sparse_delta) if traced.is_capturing() or replica._local_id == 0 else self
        if name_needs_first(method.__name__) and self.aggregation != VariableAggregation.ONLY_FIRST_REPLICA:
            raise NotImplementedError(
                f"MirroredVariable.{method.__name__} does not support the aggregation {self.aggregation}"
            )
        value = aggregated(self, replica, sparse_delta)
        if traced.is_capturing():
            return method(self, value)
        return replica.merge_call(_scatter_first, args=(self, method, value))

    scatter.__name__, scatter.__doc__ = name, method.__doc__
    return scatter


def name_needs_first(name):
    """Whether a scatter cannot be summed over replicas."""
    return name in ("scatter_min", "scatter_max", "scatter_mul", "scatter_div")


def _scatter_first(strategy, variable, method, value):
    return method(variable, value.values[0] if isinstance(value, DistributedValues) else value)


class SyncOnReadVariable(DistributedVariable):
    """A variable of which each replica has its own; read outside replicas, they are put together: metrics."""

    def __init__(self, strategy, components):
        first = components[0]
        self.__dict__.update(first.__dict__)
        self._distribute_strategy = strategy
        self._values = self._replica_components = tuple(components)
        for one in components:
            one._distributed_container = weakref.ref(self)
            one._distribute_strategy = strategy
            one._replica_components = self._values

    def __deepcopy__(self, memo):
        copies = [copied(one) for one in self._values]
        memo[id(self)] = result = SyncOnReadVariable(self._distribute_strategy, copies)
        return result

    def _get(self):
        """This replica's own variable; while all replicas' function is captured, the one that stands for them."""
        replica = get_replica_context()
        if traced.is_capturing():
            return self._values[0]
        if replica is not None and replica.strategy is self._distribute_strategy:
            return self._values[replica._local_id]
        return self._values[stack.update_id or 0]

    def _is_apart(self):
        """Whether the thread is where each replica sees its own."""
        replica = get_replica_context()
        return (replica is not None and replica.strategy is self._distribute_strategy) or stack.update_id is not None

    def _read(self):
        if self._is_apart():
            return self._get()._read()
        if self.aggregation == VariableAggregation.ONLY_FIRST_REPLICA:
            return self._values[0]._read()
        op = ReduceOp.from_variable_aggregation(self.aggregation)
        if traced.is_capturing():
            count = self._distribute_strategy.num_replicas_in_sync
            return traced.all_reduce(op, self._values[0]._read(), count)
        return self._distribute_strategy.extended._reduce_components(op, [one._read() for one in self._values])

    def assign(self, value, use_locking=False, name=None, read_value=True):
        """Replaces this replica's value; outside replicas all of them, by equal shares if they are summed up."""
        if self._is_apart():
            return self._get().assign(value, read_value=read_value)
        value = convert(value, dtype=self.dtype)
        if self.aggregation == VariableAggregation.SUM:
            value = reduced(ReduceOp.MEAN, [value], self._distribute_strategy.num_replicas_in_sync)
            value = value if value.dtype is self.dtype else _cast(value, self.dtype)
        return self._on_each("assign", value, read_value)

    def assign_add(self, delta, use_locking=False, name=None, read_value=True):
        """Adds to this replica's value; outside replicas to all of them, which sums do not allow."""
        return self._shift("assign_add", delta, read_value)

    def assign_sub(self, delta, use_locking=False, name=None, read_value=True):
        """Subtracts from this replica's value; outside replicas from all of them, which sums do not allow."""
        return self._shift("assign_sub", delta, read_value)

    def _shift(self, name, delta, read_value):
        if self._is_apart():
            return getattr(self._get(), name)(delta, read_value=read_value)
        if self.aggregation == VariableAggregation.SUM:
            raise ValueError(
                f"SyncOnReadVariable does not support `{name}` in cross-replica context when aggregation is set to "
                "`tf.VariableAggregation.SUM`."
            )
        return self._on_each(name, delta, read_value)

    def _on_each(self, name, value, read_value):
        if traced.is_capturing():
            return getattr(self._values[0], name)(value, read_value=read_value)
        for one in self._values:
            getattr(one, name)(value)
        return self if read_value else None


def _cast(value, dtype):
    from tapeflow.core.ops.compose.array import cast

    return cast(value, dtype)


def create(strategy, next_creator, kwargs):
    """Makes a variable in a strategy's scope: mirrored, or one a replica if it is synchronized when read.

    Raises:
        ValueError: The variable's synchronization is NONE.
    """
    synchronization = VariableSynchronization(kwargs.get("synchronization", VariableSynchronization.AUTO))
    if synchronization is VariableSynchronization.NONE:
        raise ValueError(
            "`NONE` variable synchronization mode is not supported with tf.distribute strategy. Please change the "
            f"`synchronization` for variable: {kwargs.get('name')}"
        )
    if synchronization is not VariableSynchronization.ON_READ:
        return MirroredVariable(strategy, next_creator(**kwargs))
    first = next_creator(**kwargs | {"trainable": bool(kwargs.get("trainable"))})
    local = strategy.extended._team.local
    return SyncOnReadVariable(strategy, [first, *(_copied(first, i) for i in range(1, local))])


def copied(variable):
    """Another variable with the same value."""
    result = ResourceVariable.__new__(ResourceVariable)
    result.__dict__.update(variable.__dict__)
    for name in ("_values", "_replica_components", "_distributed_container", "_distribute_strategy"):
        result.__dict__.pop(name, None)
    result._storage = Storage(variable._storage.value, variable._shared_name)
    result._storage.owner = weakref.ref(result)
    result._handle = EagerTensor(_box(result._storage), dtypes.resource)
    return result


def _copied(first, number):
    """Another variable like the first replica's."""
    result = copied(first)
    result._name = f"{first._shared_name}/replica_{number}:0"
    return result


for _name in "scatter_add scatter_sub scatter_update scatter_min scatter_max scatter_mul scatter_div".split():
    setattr(MirroredVariable, _name, _scatter(_name))
