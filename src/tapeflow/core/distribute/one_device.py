"""`tf.distribute.OneDeviceStrategy`: everything on one device that is named."""

from tapeflow.core.base.devices import full_name
from tapeflow.core.distribute.context import standing_as
from tapeflow.core.distribute.extended import StrategyExtended, converted
from tapeflow.core.distribute.replica import ReplicaContext
from tapeflow.core.distribute.strategy import Strategy
from tapeflow.core.run.placement import device as device_scope


class OneDeviceStrategy(Strategy):
    """Puts variables and computations on one device: a way to try a program before it is distributed.

    Args:
        device: The device's name.

    >>> strategy = tf.distribute.OneDeviceStrategy("/cpu:0")
    >>> strategy.run(lambda x: x * 2, args=(tf.constant(2.0),)).numpy()
    np.float32(4.0)
    """

    def __init__(self, device):
        super().__init__(OneDeviceExtended(self, device))


class OneDeviceExtended(StrategyExtended):
    """The extension of `OneDeviceStrategy`."""

    def __init__(self, container_strategy, device):
        super().__init__(container_strategy)
        self._device = full_name(device)

    @property
    def worker_devices(self):
        """The one device."""
        return (self._device,)

    def _create_variable(self, next_creator, **kwargs):
        with device_scope(self._device):
            return next_creator(**kwargs)

    def _call_for_each_replica(self, fn, args, kwargs):
        strategy = self._container_strategy()
        with device_scope(self._device), standing_as(strategy, ReplicaContext(strategy, 0)):
            return converted(fn)(*args, **kwargs)

    def _reduce_to(self, op, value, destinations, options):
        return value

    def _local_results(self, value):
        return (value,)

    def _experimental_distribute_dataset(self, dataset, options):
        from tapeflow.core.distribute import input as distributed_input  # lazy: datasets may never be used

        return distributed_input.distributed(dataset, self._container_strategy(), options)

    def _distribute_datasets_from_function(self, dataset_fn, options):
        from tapeflow.core.distribute import input as distributed_input  # lazy: datasets may never be used

        return distributed_input.from_function(dataset_fn, self._container_strategy(), options)

    def _experimental_distribute_values_from_function(self, value_fn):
        from tapeflow.core.distribute.options import ValueContext

        return value_fn(ValueContext())
