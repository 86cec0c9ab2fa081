"""`tf.distribute.MirroredStrategy`: one replica on each device of this process."""

import weakref

from tapeflow.core.base import nest
from tapeflow.core.base.devices import LogicalDevice, full_name
from tapeflow.core.base.mode import current
from tapeflow.core.distribute import eager_run, mirrored_variables, traced
from tapeflow.core.distribute import values as per_replica
from tapeflow.core.distribute.cross_device import CrossDeviceOps, reduced
from tapeflow.core.distribute.extended import StrategyExtended, grouped, updating
from tapeflow.core.distribute.options import ReduceOp
from tapeflow.core.distribute.strategy import Strategy
from tapeflow.core.distribute.traced import OfAll
from tapeflow.core.distribute.values import DistributedValues, Mirrored
from tapeflow.core.engines import hardware
from tapeflow.core.engines.mesh import Team
from tapeflow.core.ops.compose import array, joining
from tapeflow.core.trace.function import Function
from tapeflow.core.values.convert import convert
from tapeflow.core.values.tensor import EagerTensor
from tapeflow.core.values.variable import Variable


class MirroredStrategy(Strategy):
    """Runs one replica on each device of this machine. Variables are mirrored; gradients are summed over all replicas.

    In a `tf.function`, `run` is one program on all devices at once. Eagerly, replicas run one after the other.

    Args:
        devices: Names of devices; all accelerators by default, all logical processors if there are none.
        cross_device_ops: A `tf.distribute.CrossDeviceOps`: a hint, which is accepted.

    >>> strategy = tf.distribute.MirroredStrategy()
    >>> strategy.num_replicas_in_sync
    1
    """

    def __init__(self, devices=None, cross_device_ops=None):
        super().__init__(MirroredExtended(self, devices, cross_device_ops))


class CentralStorageStrategy(MirroredStrategy):
    """Runs one replica on each device. Variables are mirrored, where TensorFlow keeps them on one device: same results.

    Args:
        compute_devices: Names of devices; all accelerators by default.
        parameter_device: Accepted: the variables lie on every device.
    """

    def __init__(self, compute_devices=None, parameter_device=None):
        super().__init__(compute_devices)


def all_devices():
    """The devices to run on if none are named."""
    logical = hardware.logical_devices()
    chosen = [one.name for one in logical if one.device_type != "CPU"]
    return chosen or [one.name for one in logical if one.device_type == "CPU"]


class MirroredExtended(StrategyExtended):
    """The extension of `MirroredStrategy`."""

    def __init__(self, container_strategy, devices=None, cross_device_ops=None):
        super().__init__(container_strategy)
        if cross_device_ops is not None and not isinstance(cross_device_ops, CrossDeviceOps):
            raise ValueError(f"cross_device_ops must be a tf.distribute.CrossDeviceOps, not {cross_device_ops!r}")
        self._cross_device_ops = cross_device_ops
        self._team = Team(_names(devices))
        self._runs = weakref.WeakKeyDictionary()

    def __deepcopy__(self, memo):
        result = object.__new__(type(self))
        memo[id(self)] = result
        result.__dict__.update(self.__dict__)
        result._runs = weakref.WeakKeyDictionary()
        return result

    @property
    def worker_devices(self):
        """The names of this process's devices."""
        return self._team.names

    @property
    def _num_replicas_in_sync(self):
        return self._team.count

    def _local_id(self, replica_id):
        return replica_id - self._team.first

    def _use_merge_call(self):
        """Whether updates need a merge call: eagerly, where replicas run one after the other."""
        return not traced.is_capturing() and self._team.local > 1

    # -- variables -----------------------------------------------------------------------------------

    def _create_variable(self, next_creator, **kwargs):
        like = kwargs.pop("colocate_with", None)
        if isinstance(like, mirrored_variables.SyncOnReadVariable):
            kwargs["synchronization"] = like.synchronization
        return mirrored_variables.create(self._container_strategy(), next_creator, kwargs)

    def read_var(self, v):
        """Returns the value of a variable, put together from all replicas."""
        return v._read()

    def _reduce_components(self, op, parts):
        """What a variable of parts on each replica is, read from outside them."""
        return reduced(op, parts)

    # -- running -------------------------------------------------------------------------------------

    def _call_for_each_replica(self, fn, args, kwargs):
        strategy = self._container_strategy()
        if self._team.count == 1:
            # Nothing to spread: the function is part of what is around it.
            return eager_run.run(strategy, traced.converted(fn), args, kwargs)
        if current.graph is not None:
            return traced.run(strategy, fn, args, kwargs)
        if isinstance(fn, Function):
            return self._function_of(fn)(args, kwargs)
        return eager_run.run(strategy, fn, args, kwargs)

    def _function_of(self, fn):
        """The `tf.function` that runs another one on all replicas."""
        found = self._runs.get(fn)
        if found is None:
            strategy = weakref.ref(self._container_strategy())
            inner = weakref.ref(fn)

            def on_all_replicas(args, kwargs):
                return strategy().run(inner(), args, kwargs)

            found = self._runs[fn] = Function(on_all_replicas, autograph=False, reduce_retracing=fn._reduce_retracing)
        return found

    # -- reducing ------------------------------------------------------------------------------------

    def _reduce_to(self, op, value, destinations, options):
        if isinstance(value, OfAll):
            return traced.all_reduce(op, value._local, self._num_replicas_in_sync)
        if isinstance(value, Mirrored) and op is ReduceOp.MEAN:
            return value.values[0]
        if isinstance(value, mirrored_variables.MirroredVariable):
            value = value._read()
        if isinstance(value, DistributedValues):
            return self._reduce_components(op, [_read(one) for one in value.values])
        return self._reduce_same(op, value)

    def _reduce_same(self, op, value):
        """A value that is no replica's in particular."""
        if op is ReduceOp.MEAN or self._num_replicas_in_sync == 1:
            return value
        number = array.get_static_value(value) if not isinstance(value, (int, float)) else value
        if isinstance(value, (int, float)) and number == 0:
            return value
        raise ValueError(f"A non-DistributedValues value {value} cannot be reduced with the given reduce op {op}.")

    def _gather_to(self, value, destinations, axis, options=None):
        if isinstance(value, OfAll):
            return traced.joined(value._local, axis)
        parts = [convert(one) for one in self._local_results(value)]
        if any(part.shape.rank == 0 for part in parts):
            raise ValueError("gather: scalars cannot be joined along an axis\n  try: tf.expand_dims(value, 0) first")
        return self._gather_components(parts, axis)

    def _gather_components(self, parts, axis):
        return joining.concat(parts, axis) if len(parts) > 1 else parts[0]

    def _replica_all_reduce(self, replica, op, flat, options):
        if traced.is_capturing():
            count = self._num_replicas_in_sync
            return [one if self._is_shared(one) else traced.all_reduce(op, one, count) for one in flat]
        return replica.merge_call(_merged_reduce, args=(op, flat))

    def _is_shared(self, value):
        """Whether all replicas hand in one and the same tensor, one from outside: no reduction changes it."""
        # TensorFlow does so; other processes may hand in another.
        return type(value) is EagerTensor and self._team.is_alone

    def _replica_all_gather(self, replica, flat, axis, options):
        if traced.is_capturing():
            return [traced.joined(one, axis) for one in flat]
        return replica.merge_call(_merged_gather, args=(axis, flat))

    # -- updating ------------------------------------------------------------------------------------

    def _update(self, var, fn, args, kwargs, group):
        if traced.is_capturing():
            return self._update_local(var, fn, traced.local_of(args), traced.local_of(kwargs), group)
        if isinstance(var, mirrored_variables.SyncOnReadVariable):
            results = []
            for i, component in enumerate(var.values):
                with updating(i):
                    results.append(fn(component, *per_replica.select(i, args), **per_replica.select(i, kwargs)))
            result = per_replica.regroup(results)
        else:
            with updating(0):
                target = var.values[0] if isinstance(var, DistributedValues) else var
                result = fn(target, *per_replica.select(0, args), **per_replica.select(0, kwargs))
        return grouped(result) if group else nest.map_structure(self._local_results, result)

    def _update_local(self, var, fn, args, kwargs, group):
        """An update while all replicas' function is captured: once, with what stands for all of them."""
        with updating(0):
            target = var.values[0] if isinstance(var, mirrored_variables.MirroredVariable) else var
            result = fn(target, *args, **kwargs)
        return grouped(result) if group else result

    def _replica_update(self, replica, var, fn, args, kwargs, group):
        if traced.is_capturing() or self._team.local == 1:
            return self._update_local(var, fn, args, kwargs, group)
        return replica.merge_call(_merged_update, args=(var, fn, args, kwargs, group))

    # -- data ----------------------------------------------------------------------------------------

    def _experimental_distribute_dataset(self, dataset, options):
        from tapeflow.core.distribute import input as distributed_input  # lazy: datasets may never be used

        return distributed_input.distributed(dataset, self._container_strategy(), options)

    def _distribute_datasets_from_function(self, dataset_fn, options):
        from tapeflow.core.distribute import input as distributed_input  # lazy: datasets may never be used

        return distributed_input.from_function(dataset_fn, self._container_strategy(), options)

    def _experimental_distribute_values_from_function(self, value_fn):
        from tapeflow.core.distribute.options import ValueContext

        first, count = self._team.first, self._team.count
        made = [value_fn(ValueContext(first + i, count)) for i in range(self._team.local)]
        return made[0] if count == 1 else per_replica.regroup(made, always=True)

    def _local_results(self, value):
        if isinstance(value, DistributedValues):
            return value.values
        if nest.is_nested(value) and self._team.local > 1:
            return tuple(per_replica.select(i, value) for i in range(self._team.local))
        return (value,)


def _names(devices):
    # An empty list stands for all, as in TensorFlow: the GPUs of a machine that has none.
    names = [devices] if isinstance(devices, str) else list(devices or all_devices())
    names = [full_name(name.name if isinstance(name, LogicalDevice) else name) for name in names]
    if len(set(names)) != len(names):
        raise ValueError(f"Duplicates in `devices` argument: {names}")
    return names


def _read(value):
    return value._read() if isinstance(value, Variable) else value


def _merged_reduce(strategy, op, flat):
    """In a merge call: the reductions of all replicas' values; each gets them."""
    extended = strategy.extended
    return [one if extended._is_shared(one) else extended._reduce_to(op, one, one, None) for one in flat]


def _merged_gather(strategy, axis, flat):
    return [strategy.extended._gather_to(one, None, axis) for one in flat]


def _merged_update(strategy, var, fn, args, kwargs, group):
    if isinstance(var, DistributedValues) and not isinstance(var, Variable):
        var = var.values[0]
    container = getattr(var, "_distributed_container", None)
    return strategy.extended._update(var if container is None else container(), _first(fn), args, kwargs, group)


def _first(value):
    """Of functions that differ from replica to replica, the first: they do the same to their variables."""
    return value.values[0] if isinstance(value, DistributedValues) else value
