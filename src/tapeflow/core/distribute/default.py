"""The strategy that counts outside every scope: one replica, nothing distributed."""

from tapeflow.core.distribute import context
from tapeflow.core.distribute.extended import StrategyExtended, converted, grouped
from tapeflow.core.distribute.options import InputContext, ValueContext
from tapeflow.core.distribute.replica import ReplicaContext
from tapeflow.core.distribute.strategy import Strategy

# At most one function (arguments) -> arguments: how what `run` is given is laid out on a mesh.
lay_out: list = []


class DefaultStrategy(Strategy):
    """What `tf.distribute.get_strategy()` gives while no scope is open."""

    def __init__(self):
        super().__init__(DefaultExtended(self))

    def __deepcopy__(self, memo):
        raise RuntimeError("Should only deepcopy one of the distribution strategies, not the default one.")


class DefaultReplicaContext(ReplicaContext):
    """The replica that code outside every scope is in."""

    @property
    def replica_id_in_sync_group(self):
        """0: there is one replica."""
        return 0


class _Scope:
    """The default strategy's scope: it may be opened inside itself alone."""

    def __init__(self, strategy):
        self._strategy = strategy

    def __enter__(self):
        if context.has_strategy():
            raise RuntimeError("Must not nest tf.distribute.Strategy scopes.")
        return self._strategy

    def __exit__(self, *_):
        return None


class DefaultExtended(StrategyExtended):
    """The extension of the default strategy: everything is what it is."""

    @property
    def worker_devices(self):
        """Not to be asked."""
        raise RuntimeError("worker_devices() method unsupported by default tf.distribute.Strategy.")

    @property
    def parameter_devices(self):
        """Not to be asked."""
        raise RuntimeError("parameter_devices() method unsupported by default tf.distribute.Strategy.")

    @property
    def num_replicas_per_host(self):
        """One."""
        return 1

    def _is_default(self):
        return True

    def _scope(self, strategy):
        return _Scope(strategy)

    def variable_created_in_scope(self, v):
        """Returns whether a variable was made in no strategy's scope."""
        return getattr(v, "_distribute_strategy", None) is None

    def _validate_colocate_with_variable(self, variable):
        """Any variable will do."""

    def _call_for_each_replica(self, fn, args, kwargs):
        if lay_out:
            args, kwargs = lay_out[0]((args, kwargs))
        with context.standing_as(self._container_strategy(), _REPLICA):
            return converted(fn)(*args, **kwargs)

    def call_for_each_replica(self, fn, args=(), kwargs=None):
        """Calls `fn`."""
        return self._call_for_each_replica(fn, args, kwargs or {})

    def _reduce_to(self, op, value, destinations, options):
        return value

    def _update(self, var, fn, args, kwargs, group):
        result = fn(var, *args, **kwargs)
        return grouped(result) if group else result

    def update(self, var, fn, args=(), kwargs=None, group=True):
        """Calls `fn` on the variable."""
        return self._update(var, fn, args, kwargs or {}, group)

    def update_non_slot(self, colocate_with, fn, args=(), kwargs=None, group=True):
        """Calls `fn`."""
        result = fn(*args, **(kwargs or {}))
        return grouped(result) if group else result

    def _local_results(self, value):
        return (value,)

    def read_var(self, v):
        """Returns a copy of the variable's value."""
        return v.read_value()

    def value_container(self, value):
        """Returns the value."""
        return value

    def non_slot_devices(self, var_list):
        """Returns the least variable by name, as TensorFlow does: any place will do."""
        return min(var_list, key=lambda v: v.name)

    def _experimental_distribute_dataset(self, dataset, options):
        return dataset

    def _distribute_datasets_from_function(self, dataset_fn, options):
        return dataset_fn(InputContext())

    def _experimental_distribute_values_from_function(self, value_fn):
        return value_fn(ValueContext())


_STRATEGY = DefaultStrategy()
_REPLICA = DefaultReplicaContext(_STRATEGY, 0)
context.set_default(_STRATEGY, _REPLICA)
