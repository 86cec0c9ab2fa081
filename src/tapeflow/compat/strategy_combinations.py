"""`tf.__internal__.distribute.combinations`: tests that are run once under each of several strategies.

Strategies of several processes and of TPUs are named here, so that tests can list them; their tests are skipped.
"""

from tapeflow.compat.combinations import (
    ModeCombination,
    OptionalParameter,
    ParameterModifier,
    TestCombination,
    VersionCombination,
    generate_with,
)


class NamedDistribution:
    """A strategy that has a name in the names of tests and is made when a test is run.

    Args:
        name: The name.
        distribution_fn: Returns the strategy.
        required_gpus: How many GPUs it needs.
        missing: Why tests of it are skipped; empty if they are run.
    """

    def __init__(self, name, distribution_fn=None, required_gpus=0, missing="", **needs):
        self._name, self._make, self.required_gpus, self.missing = name, distribution_fn, required_gpus or 0, missing
        self.required_tpu, self.num_workers = needs.get("required_tpu", False), needs.get("num_workers", 1)

    @property
    def strategy(self):
        """A new strategy."""
        return self._make()

    def __repr__(self):
        return self._name


class _Strategies(ParameterModifier):
    """Puts a strategy where a `NamedDistribution` stands."""

    def modified_arguments(self, kwargs, requested_parameters):
        """Returns the strategies by argument."""
        return {name: value.strategy for name, value in kwargs.items() if isinstance(value, NamedDistribution)}


class DistributionCombination(TestCombination):
    """Skips tests that need more than this machine has; hands the others their strategies."""

    _CONSUMED = ("use_var_policy", "required_gpus", "required_physical_gpus", "required_tpus", "required_tpu",
                 "use_cloud_tpu", "has_chief", "num_workers", "num_ps", "share_gpu", "runner")  # fmt: skip

    def should_execute_combination(self, kwargs):
        """Says no where GPUs, TPUs or workers are missing."""
        named = [value for value in kwargs.values() if isinstance(value, NamedDistribution)]
        missing = [d.missing for d in named if d.missing]
        if missing:
            return False, missing[0]
        if kwargs.get("required_tpu") or kwargs.get("required_tpus") or any(d.required_tpu for d in named):
            return False, "Test requires a TPU, but it's not available."
        if kwargs.get("num_workers", 1) > 1 or any(d.num_workers > 1 for d in named):
            return False, "tests of several worker processes are not run"
        wanted = [kwargs.get("required_gpus"), kwargs.get("required_physical_gpus"), *(d.required_gpus for d in named)]
        needed, found = max(count or 0 for count in wanted), _gpus()
        return (True, None) if needed <= found else (False, f"Only {found} of {needed} required GPUs are available.")

    def parameter_modifiers(self):
        """Returns what makes the strategies and takes the machine's needs out."""
        return [_Strategies(), *map(OptionalParameter, self._CONSUMED)]


def _gpus():
    from tapeflow.config import list_logical_devices  # lazy: looks devices up

    return len(list_logical_devices("GPU"))


def generate(combinations, test_combinations=()):
    """Like `tf.__internal__.test.combinations.generate`, for arguments that are strategies.

    Args:
        combinations: What `combine` and `times` returned.
        test_combinations: More `TestCombination`s.
    """
    ours = (ModeCombination(), VersionCombination(), DistributionCombination())
    return generate_with(combinations, ours + tuple(test_combinations))


def in_main_process():
    """Returns True: tests are not run in worker processes."""
    return True


class _Environment:
    """What tests tell their workers."""

    tf_data_service_dispatcher = None
    total_phsyical_gpus = 0  # TensorFlow's spelling


_environment = _Environment()


def env():
    """Returns the object that tests leave settings for their workers in."""
    return _environment


def _mirrored(*devices):
    def make():
        import tapeflow as tf  # the front door loads what it is asked for

        cpus = sum("cpu" in device for device in devices)
        if cpus > len(tf.config.list_logical_devices("CPU")):
            tf.config.set_logical_device_configuration(
                tf.config.list_physical_devices("CPU")[0], [tf.config.LogicalDeviceConfiguration()] * cpus
            )
        return tf.distribute.MirroredStrategy(devices)

    return make


def _one_device(device):
    def make():
        from tapeflow.distribute import OneDeviceStrategy  # lazy: with it comes all of tf.distribute

        return OneDeviceStrategy(device)

    return make


def _central(*devices):
    def make():
        from tapeflow.distribute.experimental import CentralStorageStrategy  # lazy: with it comes all of tf.distribute

        return CentralStorageStrategy(list(devices))

    return make


def _default():
    from tapeflow.distribute import get_strategy  # lazy: with it comes all of tf.distribute

    return get_strategy()


default_strategy = NamedDistribution("Default", _default)
one_device_strategy = NamedDistribution("OneDeviceCPU", _one_device("/cpu:0"))
one_device_strategy_gpu = NamedDistribution("OneDeviceGPU", _one_device("/gpu:0"), 1)
mirrored_strategy_with_one_cpu = NamedDistribution("Mirrored1CPU", _mirrored("/cpu:0"))
mirrored_strategy_with_two_cpus = NamedDistribution("Mirrored2CPUs", _mirrored("/cpu:0", "/cpu:1"))
mirrored_strategy_with_cpu_1_and_2 = NamedDistribution("Mirrored2CPU", _mirrored("/cpu:1", "/cpu:2"))
mirrored_strategy_with_one_gpu = NamedDistribution("Mirrored1GPU", _mirrored("/gpu:0"), 1)
mirrored_strategy_with_gpu_and_cpu = NamedDistribution("MirroredCPUAndGPU", _mirrored("/gpu:0", "/cpu:0"), 1)
mirrored_strategy_with_two_gpus = NamedDistribution("Mirrored2GPUs", _mirrored("/gpu:0", "/gpu:1"), 2)
mirrored_strategy_with_two_gpus_no_merge_call = NamedDistribution(
    "Mirrored2GPUsNoMergeCall", _mirrored("/gpu:0", "/gpu:1"), 2
)
central_storage_strategy_with_two_gpus = NamedDistribution("CentralStorage2GPUs", _central("/gpu:0", "/gpu:1"), 2)
central_storage_strategy_with_gpu_and_cpu = NamedDistribution(
    "CentralStorageCPUAndGPU", _central("/gpu:0", "/cpu:0"), 1
)

_ELSEWHERE = {
    "several processes": (
        "multi_worker_mirrored_2x1_cpu multi_worker_mirrored_2x1_gpu multi_worker_mirrored_2x1_gpu_noshare "
        "multi_worker_mirrored_2x2_gpu multi_worker_mirrored_2x2_gpu_no_merge_call "
        "parameter_server_strategy_3worker_2ps_cpu parameter_server_strategy_1worker_2ps_cpu "
        "parameter_server_strategy_3worker_2ps_1gpu parameter_server_strategy_1worker_2ps_1gpu"
    ),
    "a TPU": "tpu_strategy tpu_strategy_one_core tpu_strategy_packed_var cloud_tpu_strategy",
}
for _need, _names in _ELSEWHERE.items():
    for _name in _names.split():
        globals()[_name] = NamedDistribution(
            "".join(part.capitalize() for part in _name.split("_")), missing=f"the test needs {_need}"
        )
