"""`StrategyExtended`: the part of a strategy that libraries use, and that each strategy fills in."""

import copy
import weakref

from tapeflow.core.base import nest
from tapeflow.core.base.devices import full_name
from tapeflow.core.base.mode import current
from tapeflow.core.distribute import values as per_replica
from tapeflow.core.distribute.context import (
    get_replica_context,
    require_cross_replica,
    require_scope,
    stack,
    standing,
    standing_as,
)
from tapeflow.core.distribute.options import ReduceOp, ValueContext, reduce_op
from tapeflow.core.distribute.values import DistributedValues
from tapeflow.core.ops.compose import array, joining
from tapeflow.core.values.variable import Variable, creators


class StrategyExtended:
    """What libraries use of a strategy: where it runs, and how values and variables are reduced and updated.

    Args:
        container_strategy: The strategy that this is the extension of.
    """

    def __init__(self, container_strategy):
        self._strategy = weakref.ref(container_strategy)

    def _container_strategy(self):
        strategy = self._strategy()
        assert strategy is not None, "the strategy of this extension is gone"
        return strategy

    def __deepcopy__(self, memo):
        result = object.__new__(type(self))
        memo[id(self)] = result
        result.__dict__.update(
            {key: value if key == "_strategy" else copy.deepcopy(value, memo) for key, value in self.__dict__.items()}
        )
        return result

    # -- where ---------------------------------------------------------------------------------------

    @property
    def worker_devices(self):
        """The names of the devices that replicas run on, a tuple."""
        raise NotImplementedError("must be implemented in descendants")

    @property
    def parameter_devices(self):
        """The names of the devices that variables lie on, a tuple."""
        return self.worker_devices

    @property
    def _global_batch_size(self):
        """True: sizes of batches are those of all replicas together."""
        return True

    @property
    def _num_replicas_in_sync(self):
        return 1

    @property
    def num_hosts(self):
        """The number of processes."""
        return 1

    @property
    def num_replicas_per_host(self):
        """The number of replicas in each process."""
        return len(self.worker_devices)

    @property
    def experimental_require_static_shapes(self):
        """Whether shapes must be known: False."""
        return False

    @property
    def experimental_between_graph(self):
        """Whether each worker builds its own graph."""
        return False

    @property
    def experimental_should_init(self):
        """Whether this process initializes the variables."""
        return True

    @property
    def should_checkpoint(self):
        """Whether this process writes checkpoints."""
        return True

    @property
    def should_save_summary(self):
        """Whether this process writes summaries."""
        return True

    def _in_multi_worker_mode(self):
        return False

    def _local_id(self, replica_id):
        """The number of a replica among those of this process."""
        return replica_id

    def _use_merge_call(self):
        """Whether updates need a merge call; they do not: all replicas compute the same."""
        return False

    # -- scope and variables -------------------------------------------------------------------------

    def _scope(self, strategy):
        return _StrategyScope(strategy)

    def _create_variable(self, next_creator, **kwargs):
        return next_creator(**kwargs)

    def variable_created_in_scope(self, v):
        """Returns whether a variable was made in a scope of this strategy."""
        return getattr(v, "_distribute_strategy", None) is self._container_strategy()

    def colocate_vars_with(self, colocate_with_variable):
        """Context in which variables are placed like another one, say slots of an optimizer.

        Args:
            colocate_with_variable: A variable made in a scope of this strategy.

        Raises:
            ValueError: It was not.
        """
        self._validate_colocate_with_variable(colocate_with_variable)
        return _Colocated(colocate_with_variable)

    def _validate_colocate_with_variable(self, variable):
        if isinstance(variable, Variable) and not self.variable_created_in_scope(variable):
            raise ValueError(
                "`colocate_vars_with` must only be passed a variable created in this tf.distribute.Strategy.scope(), "
                f"not: {variable!r}"
            )

    def read_var(self, v):
        """Returns the value of a variable, reduced if its replicas differ."""
        return v.read_value() if isinstance(v, Variable) else v

    def value_container(self, value):
        """Returns the distributed value that `value` is a component of, or `value` itself."""
        container = getattr(value, "_distributed_container", None)
        return value if container is None else container()

    # -- running -------------------------------------------------------------------------------------

    def call_for_each_replica(self, fn, args=(), kwargs=None):
        """Runs `fn` once on each replica and groups the results; what `Strategy.run` does.

        Args:
            fn: The function.
            args, kwargs: Its arguments; of distributed values each replica gets its component.
        """
        require_cross_replica(self)
        kwargs = kwargs or {}
        with self._container_strategy().scope():
            return self._call_for_each_replica(fn, args, kwargs)

    def _call_for_each_replica(self, fn, args, kwargs):
        raise NotImplementedError("must be implemented in descendants")

    # -- reducing ------------------------------------------------------------------------------------

    def _reduce(self, op, value):
        return self._local_results(self.reduce_to(op, value, "/device:CPU:0"))[0]

    def reduce_to(self, reduce_op, value, destinations, options=None):
        """Reduces a value over all replicas, to a few of them.

        Args:
            reduce_op: A `tf.distribute.ReduceOp` or its name.
            value: A per-replica value.
            destinations: Where the result is wanted: a variable, a distributed value, a device's name.
            options: Hints, a `tf.distribute.experimental.CommunicationOptions`.

        Returns:
            A tensor, or a value that is mirrored over the destinations.
        """
        require_cross_replica(self)
        return self._reduce_to(_op(reduce_op), value, destinations, options)

    def batch_reduce_to(self, reduce_op, value_destination_pairs, options=None):
        """Does `reduce_to` for many values.

        Args:
            reduce_op: A `tf.distribute.ReduceOp` or its name.
            value_destination_pairs: Pairs of value and destinations.
            options: Hints, a `tf.distribute.experimental.CommunicationOptions`.

        Returns:
            A list of results.
        """
        require_cross_replica(self)
        op = _op(reduce_op)
        return [self._reduce_to(op, value, where, options) for value, where in value_destination_pairs]

    def _reduce_to(self, op, value, destinations, options):
        raise NotImplementedError("must be implemented in descendants")

    def _gather_to(self, value, destinations, axis, options=None):
        require_cross_replica(self)
        parts = self._local_results(value)
        return parts[0] if len(parts) == 1 else joining.concat(parts, axis)

    def _replica_all_reduce(self, replica, op, flat, options):
        """The results of an all-reduce for one replica: here there is one alone."""
        return flat

    def _replica_all_gather(self, replica, flat, axis, options):
        return flat

    # -- updating ------------------------------------------------------------------------------------

    def update(self, var, fn, args=(), kwargs=None, group=True):
        """Runs `fn` on each component of a variable, to change it.

        Args:
            var: A variable made in a scope of this strategy.
            fn: Called with a component and the arguments.
            args, kwargs: The arguments; of distributed values each call gets a component.
            group: Whether to return one op; else a structure of results.

        Returns:
            What `fn` returns, merged.
        """
        kwargs = kwargs or {}
        replica = get_replica_context()
        if replica is not None and standing().strategy is self._container_strategy() and not self._is_default():
            return self._replica_update(replica, var, fn, args, kwargs, group)
        require_cross_replica(self)
        with self._container_strategy().scope():
            return self._update(var, fn, args, kwargs, group)

    def _is_default(self):
        return False

    def _update(self, var, fn, args, kwargs, group):
        with updating(0), standing_as(self._container_strategy()):
            result = fn(var, *per_replica.select(0, args), **per_replica.select(0, kwargs))
        return grouped(result) if group else nest.map_structure(self._local_results, result)

    def _replica_update(self, replica, var, fn, args, kwargs, group):
        """`update` from within a replica: the values are this replica's own."""
        result = fn(var, *args, **kwargs)
        return grouped(result) if group else result

    def update_non_slot(self, colocate_with, fn, args=(), kwargs=None, group=True):
        """Runs `fn` where non-slot variables lie, to change them.

        Args:
            colocate_with: Devices, as `non_slot_devices` gives them.
            fn: The function.
            args, kwargs: Its arguments.
            group: Whether to return one op.
        """
        require_cross_replica(self)
        with self._container_strategy().scope(), updating(0):
            result = fn(*per_replica.select(0, args), **per_replica.select(0, kwargs or {}))
        return grouped(result) if group else nest.map_structure(self._local_results, result)

    def non_slot_devices(self, var_list):
        """Returns where variables that belong to no other variable are put."""
        return self.parameter_devices

    # -- results -------------------------------------------------------------------------------------

    def _local_results(self, value):
        if isinstance(value, DistributedValues):
            return value.values
        if nest.is_nested(value):
            flat = nest.flatten(value)
            count = max((len(self._local_results(one)) for one in flat), default=1)
            return tuple(per_replica.select(i, value) for i in range(count)) if count > 1 else (value,)
        return (value,)

    def _group(self, value, name=None):
        return grouped(value)

    def _experimental_distribute_values_from_function(self, value_fn):
        per_replica_values = [
            value_fn(ValueContext(i, self._num_replicas_in_sync)) for i in range(len(self.worker_devices))
        ]
        return per_replica.regroup(per_replica_values, always=True)

    # -- what TensorFlow 1 had -----------------------------------------------------------------------

    def _configure(self, session_config=None, cluster_spec=None, task_type=None, task_id=None):
        return None

    def _update_config_proto(self, config_proto):
        return copy.deepcopy(config_proto)


def _op(op):
    op = reduce_op(op)
    if not isinstance(op, ReduceOp):
        raise TypeError(f"Expected `reduce_op` to be a `tf.distribute.ReduceOp`, not: {op!r}")
    return op


def converted(fn):
    """The function with its control flow made part of the graph that is being captured, if that graph has it so."""
    if current.graph is None:
        return fn
    from tapeflow.core.distribute import traced  # lazy: it is built on this module

    return traced.converted(fn)


def grouped(value):
    """Stands for an op that is done when everything in `value` is."""
    return array.group(*[one for one in nest.flatten(value) if hasattr(one, "op")])


class updating:
    """Context in which `extended.update` works on the component of one replica."""

    __slots__ = ("_before", "_id")

    def __init__(self, replica_id):
        self._id = replica_id

    def __enter__(self):
        self._before, stack.update_id = stack.update_id, self._id

    def __exit__(self, *_):
        stack.update_id = self._before


class _StrategyScope:
    """What `Strategy.scope()` returns: the strategy is current, and makes the variables."""

    def __init__(self, strategy):
        self._strategy = strategy
        self._open = []

    def __enter__(self):
        from tapeflow.core.distribute.context import has_strategy

        strategy = self._strategy
        if has_strategy():
            require_cross_replica(strategy.extended)
            self._open.append(None)
            return strategy
        mode, creator = standing_as(strategy), self._creator
        mode.__enter__()
        creators.stack.append(creator)
        self._open.append((mode, creator))
        return strategy

    def __exit__(self, *_):
        opened = self._open.pop()
        if opened is not None:
            mode, creator = opened
            creators.stack.remove(creator)
            mode.__exit__()

    def _creator(self, next_creator, **kwargs):
        require_scope(self._strategy)
        made = self._strategy.extended._create_variable(next_creator, **kwargs)
        if isinstance(made, Variable):
            made._distribute_strategy = self._strategy
        return made


class _Colocated:
    """Context in which variables are placed like another one: they all lie on the strategy's devices anyway."""

    def __init__(self, variable):
        self.variable = variable

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None


def device_names(names):
    """Device names in full."""
    return tuple(full_name(name) for name in names)
