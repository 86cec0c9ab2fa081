"""`tf.data.Options`: accepted in full. What TapeFlow decides by itself (threads, fusion) is left as it decides."""

import enum

from tapeflow.core.data.dataset import Derived


class AutotuneAlgorithm(enum.Enum):
    """Ways in which TensorFlow tunes pipelines; accepted."""

    DEFAULT = 0
    HILL_CLIMB = 1
    GRADIENT_DESCENT = 2
    MAX_PARALLELISM = 3
    STAGE_BASED = 4


class AutoShardPolicy(enum.IntEnum):
    """How a dataset is shared out among workers: by files, by elements, as `shard(SHARD_HINT)` says, or not."""

    OFF = -1
    AUTO = 0
    FILE = 1
    DATA = 2
    HINT = 3


class ExternalStatePolicy(enum.Enum):
    """What is done about state outside the dataset when a pipeline is saved; accepted."""

    WARN = 0
    IGNORE = 1
    FAIL = 2


class _Options:
    """A set of options, each of one type, None or a default until it is set."""

    def __init__(self):
        object.__setattr__(self, "_options", {})
        object.__setattr__(self, "_mutable", True)

    def __eq__(self, other):
        if not isinstance(other, type(self)):
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in {*self._options, *other._options})

    def __ne__(self, other):
        return not self == other

    __hash__ = None  # type: ignore[assignment]

    def __setattr__(self, name, value):
        if not self._mutable:
            raise ValueError(
                "Mutating `tf.data.Options()` returned by `tf.data.Dataset.options()` has no effect. Use "
                "`tf.data.Dataset.with_options(options)` to set or update dataset options."
            )
        if not hasattr(self, name):
            raise AttributeError(f"Cannot set the property {name} on {type(self).__name__}.")
        object.__setattr__(self, name, value)

    def _freeze(self):
        object.__setattr__(self, "_mutable", False)
        for value in self._options.values():
            if isinstance(value, _Options):
                value._freeze()


def _option(name, kind, text, default=lambda: None):
    """The property of one option."""

    def get(self):
        if name not in self._options:
            self._options[name] = default()
        return self._options[name]

    def put(self, value):
        if not isinstance(value, kind):
            raise TypeError(f'Property "{name}" must be of type {kind}, got: {value} (type: {type(value)})')
        self._options[name] = value

    return property(get, put, None, text)


class AutotuneOptions(_Options):
    """How TensorFlow tunes a pipeline; accepted."""

    enabled = _option("enabled", bool, "Whether parameters are tuned.")
    cpu_budget = _option("cpu_budget", int, "How many processors may be used.")
    ram_budget = _option("ram_budget", int, "How many bytes may be used.")
    autotune_algorithm = _option("autotune_algorithm", AutotuneAlgorithm, "By what algorithm.")
    initial_parallelism = _option("initial_parallelism", int, "Parallelism at the start.")
    min_parallelism = _option("min_parallelism", int, "Least parallelism.")


class DistributeOptions(_Options):
    """How a dataset is shared out among workers."""

    auto_shard_policy = _option(
        "auto_shard_policy", AutoShardPolicy, "By what rule.", default=lambda: AutoShardPolicy.AUTO
    )
    num_devices = _option("num_devices", int, "The number of devices that read the dataset.")


class OptimizationOptions(_Options):
    """Which rewrites TensorFlow makes; accepted."""

    apply_default_optimizations = _option("apply_default_optimizations", bool, "Whether the usual rewrites are made.")
    filter_fusion = _option("filter_fusion", bool, "Whether filters are fused.")
    filter_parallelization = _option("filter_parallelization", bool, "Whether filters run in parallel.")
    inject_prefetch = _option("inject_prefetch", bool, "Whether a prefetch is put at the end.")
    seq_interleave_prefetch = _option("seq_interleave_prefetch", bool, "Whether interleaves prefetch instead.")
    map_and_batch_fusion = _option("map_and_batch_fusion", bool, "Whether map and batch are fused.")
    map_and_filter_fusion = _option("map_and_filter_fusion", bool, "Whether map and filter are fused.")
    map_fusion = _option("map_fusion", bool, "Whether maps are fused.")
    map_parallelization = _option("map_parallelization", bool, "Whether maps run in parallel.")
    noop_elimination = _option("noop_elimination", bool, "Whether what does nothing is left out.")
    parallel_batch = _option("parallel_batch", bool, "Whether batches are copied in parallel.")
    shuffle_and_repeat_fusion = _option("shuffle_and_repeat_fusion", bool, "Whether shuffle and repeat are fused.")


class ServiceOptions(_Options):
    """Of the tf.data service; accepted."""

    pinned = _option("pinned", bool, "Whether memory is pinned.")


class ThreadingOptions(_Options):
    """How many threads a pipeline uses; accepted."""

    max_intra_op_parallelism = _option("max_intra_op_parallelism", int, "Threads of one op.")
    private_threadpool_size = _option("private_threadpool_size", int, "Threads of the pipeline; 0 for a common pool.")


class Options(_Options):
    """How a dataset is run: given to `Dataset.with_options`.

    >>> options = tf.data.Options()
    >>> options.deterministic = False
    >>> dataset = tf.data.Dataset.range(3).with_options(options)
    """

    autotune = _option("autotune", AutotuneOptions, "How it is tuned.", AutotuneOptions)
    deterministic = _option("deterministic", bool, "Whether the order of elements is kept; yes if None.")
    experimental_deterministic = _option("experimental_deterministic", bool, "Old name of `deterministic`.")
    experimental_distribute = _option(
        "experimental_distribute", DistributeOptions, "How it is shared out.", DistributeOptions
    )
    experimental_external_state_policy = _option(
        "experimental_external_state_policy", ExternalStatePolicy, "What is done about state outside it."
    )
    experimental_optimization = _option(
        "experimental_optimization", OptimizationOptions, "Which rewrites are made.", OptimizationOptions
    )
    experimental_slack = _option("experimental_slack", bool, "Whether the last prefetch holds back.")
    experimental_symbolic_checkpoint = _option(
        "experimental_symbolic_checkpoint", bool, "Whether iterators are saved by their input's place."
    )
    experimental_service = _option("experimental_service", ServiceOptions, "Of the tf.data service.", ServiceOptions)
    experimental_threading = _option(
        "experimental_threading", ThreadingOptions, "Old name of `threading`.", ThreadingOptions
    )
    experimental_warm_start = _option("experimental_warm_start", bool, "Whether threads start at once.")
    threading = _option("threading", ThreadingOptions, "How many threads it uses.", ThreadingOptions)
    dataset_name = _option("dataset_name", str, "A name for the dataset.")
    warn_of_mistakes = _option(
        "warn_of_mistakes", bool, "Whether `tf.data.PipelineWarning` is given; yes if None. Only in TapeFlow."
    )
    framework_type = _option("framework_type", list, "Names of frameworks around it.", list)

    def __getattribute__(self, name):
        return super().__getattribute__(_NEW_NAMES.get(name, name))

    def __setattr__(self, name, value):
        super().__setattr__(_NEW_NAMES.get(name, name), value)

    def merge(self, options):
        """Returns these options, changed by those that are set in `options`.

        Args:
            options: A `tf.data.Options`.
        """
        return merge(self, options)


_NEW_NAMES = {"experimental_deterministic": "deterministic", "experimental_threading": "threading"}


def merge(*sets):
    """One set of options of several, the later ones first."""
    result, plain = type(sets[0])(), type(sets[0])()
    for one in sets:
        if not isinstance(one, type(result)):
            raise TypeError(f"Could not merge incompatible options of type {type(one)} and {type(result)}.")
        for name in list(one._options):
            this, that = getattr(result, name), getattr(one, name)
            if that == getattr(plain, name):
                continue
            if isinstance(this, _Options) and this != getattr(plain, name):
                that = merge(this, that)
            setattr(result, name, that)
    return result


class _OptionsDataset(Derived):
    """A dataset with options."""

    __slots__ = ()

    def __init__(self, dataset, options):
        super().__init__(dataset)
        if not isinstance(options, Options):
            raise TypeError(f"with_options: expected a tf.data.Options, got {type(options).__name__}")
        self._options = merge(options)

    def access(self, start):
        return self._input_dataset.access(start)

    def make_cursor(self, start):
        return self._input_dataset.cursor(start)


def merged_options(dataset):
    """The options that hold for a dataset, which nobody may change."""
    result = _merged(dataset)
    result._freeze()
    return result


def _merged(dataset):
    found = [_merged(inside) for inside in dataset.inputs]
    if isinstance(dataset, _OptionsDataset):
        found.append(dataset._options)
    return merge(Options(), *found)
