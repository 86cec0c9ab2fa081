"""`tf.data.Dataset`: what all datasets are and can do. Each kind of dataset is a class in a file beside this one."""

import warnings
from collections import abc

from tapeflow.core.base import dtypes
from tapeflow.core.base.composite import CompositeTensor
from tapeflow.core.base.errors import InvalidArgumentError, UnimplementedError
from tapeflow.core.base.mode import current
from tapeflow.core.base.shapes import TensorShape
from tapeflow.core.base.specs import BatchableTypeSpec, TensorSpec, register
from tapeflow.core.data import nodes, structure
from tapeflow.core.data.cursor import AccessCursor, Start
from tapeflow.core.values.convert import convert
from tapeflow.core.values.symbol import Symbol
from tapeflow.core.values.tensor import EagerTensor, Tensor
from tapeflow.core.values.variable import Variable

AUTOTUNE = -1
INFINITE, UNKNOWN = -1, -2


class DatasetV2(CompositeTensor, abc.Iterable):
    """A sequence of elements that is made while it is read: `tf.data.Dataset`.

    Sources are class methods (`from_tensor_slices`, `range`…); transformations are methods that return new datasets.

    >>> dataset = tf.data.Dataset.range(5).map(lambda x: x * x).batch(2)
    >>> [batch.tolist() for batch in dataset.as_numpy_iterator()]
    [[0, 1], [4, 9], [16]]
    """

    __module__ = "tensorflow.python.data.ops.dataset_ops"
    __slots__ = ("__dict__", "__weakref__")

    # -- what a kind of dataset defines ----------------------------------------------------------------

    # The spec of the elements.
    _spec = None
    # The datasets that it is made of.
    inputs = ()
    # Numbers, tensors and symbols that say what it does.
    arguments = ()
    # The `DataFunction`s that it calls.
    functions = ()

    def make_cursor(self, start):
        """A run over the dataset; `start` knows the values of symbols."""
        raise UnimplementedError(f"{type(self).__name__} cannot be read")

    def access(self, start):
        """The elements as an `Access`, None if they cannot be had in any order."""
        return None

    def count(self, start):
        """How many elements there are: `INFINITE`, `UNKNOWN` or the number."""
        return UNKNOWN

    # -- how it is run -----------------------------------------------------------------------------------

    def cursor(self, start):
        """A run over the dataset, in the fastest way there is."""
        access = self.access(start)
        return self.make_cursor(start) if access is None else AccessCursor(access)

    def run_cursor(self):
        """A run for eager code."""
        return self.cursor(Start())

    def symbols(self):
        """The symbols that the dataset depends on."""
        found = [x for x in self.arguments if type(x) is Symbol]
        for function in self.functions:
            found += function.symbols
        for dataset in self.inputs:
            found += dataset.symbols()
        return list({(s.node, s.index): s for s in found}.values())

    @property
    def _variant_tensor(self):
        return nodes.variant_of(self)

    @property
    def _type_spec(self):
        return DatasetSpec(self.element_spec)

    def _inputs(self):
        return list(self.inputs)

    def _functions(self):
        return list(self.functions)

    @property
    def element_spec(self):
        """The spec of the elements.

        >>> tf.data.Dataset.from_tensor_slices([1, 2, 3]).element_spec
        TensorSpec(shape=(), dtype=tf.int32, name=None)
        """
        return self._spec

    def __iter__(self):
        from tapeflow.core.data.iterator import iterate

        return iterate(self)

    def __bool__(self):
        return True

    def __len__(self):
        if current.graph is not None:
            raise TypeError(
                "`tf.data.Dataset` only supports `len` in eager mode. Use `tf.data.Dataset.cardinality()` instead."
            )
        length = self.count(Start())
        if length == INFINITE:
            raise TypeError("The dataset is infinite.")
        if length == UNKNOWN:
            raise TypeError("The dataset length is unknown.")
        return length

    def __repr__(self):
        return f"<{type(self).__name__.removesuffix('V2')} element_spec={self.element_spec!r}>"

    def __hash__(self):
        return id(self)

    def __eq__(self, other):
        return self is other

    def __debug_string__(self):
        return self.explain()

    # -- looking -------------------------------------------------------------------------------------------

    def as_numpy_iterator(self):
        """Returns an iterator whose elements are NumPy values.

        Raises:
            TypeError: An element holds something that is no NumPy value.
        """
        from tapeflow.core.data.iterator import NumpyIterator

        if current.graph is not None:
            raise RuntimeError("`tf.data.Dataset.as_numpy_iterator()` is only supported in eager mode.")
        for spec in structure.flatten(self.element_spec):
            kinds = ("TensorSpec", "RaggedTensorSpec", "SparseTensorSpec", "NoneTensorSpec")
            if type(spec).__name__ not in kinds:
                raise TypeError(
                    f"`tf.data.Dataset.as_numpy_iterator()` is not supported for datasets that produce values of type "
                    f"{getattr(spec, 'value_type', spec)}"
                )
        return NumpyIterator(self)

    def cardinality(self):
        """Returns how many elements there are, as an int64 tensor.

        `tf.data.INFINITE_CARDINALITY` if they never end, `tf.data.UNKNOWN_CARDINALITY` if only reading them tells.
        """
        return nodes.cardinality_of(self._variant_tensor)

    def explain(self):
        """Returns, as text, the stages of the pipeline and how each runs."""
        from tapeflow.core.data.explain import explain

        return explain(self)

    def options(self):
        """Returns the `tf.data.Options` that hold here: this dataset's and those of its inputs, merged."""
        from tapeflow.core.data.options import merged_options

        return merged_options(self)

    # -- sources -------------------------------------------------------------------------------------------

    @staticmethod
    def from_tensors(tensors, name=None):
        """Makes a dataset of one element.

        Args:
            tensors: The element: a tensor, or a structure of them.
            name: Optional name.
        """
        from tapeflow.core.data.sources import _TensorDataset

        return _TensorDataset(tensors)

    @staticmethod
    def from_tensor_slices(tensors, name=None):
        """Makes a dataset of the rows of tensors.

        Args:
            tensors: A tensor, or a structure of tensors of one first size.
            name: Optional name.

        >>> [x.item() for x in tf.data.Dataset.from_tensor_slices([1, 2, 3]).as_numpy_iterator()]
        [1, 2, 3]
        """
        from tapeflow.core.data.sources import _TensorSliceDataset

        return _TensorSliceDataset(tensors)

    @staticmethod
    def range(*args, **kwargs):
        """Makes a dataset of the numbers of a range.

        Args:
            *args: As of Python's `range`.
            **kwargs: `output_type`, int64 by default, and `name`.
        """
        from tapeflow.core.data.sources import _RangeDataset

        return _RangeDataset(*args, **kwargs)

    @staticmethod
    def from_generator(generator, output_types=None, output_shapes=None, args=None, output_signature=None, name=None):
        """Makes a dataset of what a Python generator yields.

        Args:
            generator: A callable that returns an iterable; it is called anew for each run.
            output_types: Structure of dtypes; deprecated, use `output_signature`.
            output_shapes: Structure of shapes; deprecated.
            args: Tensors that `generator` is called with, as NumPy values.
            output_signature: Structure of `tf.TypeSpec`s of an element.
            name: Optional name.

        Raises:
            TypeError: What is yielded has other types than announced, once it is read.
        """
        from tapeflow.core.data.generator import from_generator

        return from_generator(generator, output_types, output_shapes, args, output_signature)

    @staticmethod
    def zip(*args, datasets=None, name=None):
        """Makes a dataset of tuples (or other structures) of the elements of several.

        Args:
            *args: Datasets, or one structure of datasets.
            datasets: The structure, by its old name.
            name: Optional name.

        Raises:
            TypeError: There are no datasets, or something is no dataset.
        """
        from tapeflow.core.data.joining import _ZipDataset

        if not args and datasets is None:
            raise TypeError("Must pass at least one dataset to `zip`.")
        if args and datasets is not None:
            raise TypeError("Both `*args` and `datasets` cannot be set.")
        if len(args) == 1:
            datasets = args[0]
        elif len(args) > 1:
            datasets = args
        return _ZipDataset(datasets)

    # -- transformations -------------------------------------------------------------------------------------

    def map(
        self, map_func, num_parallel_calls=None, deterministic=None, synchronous=None, use_unbounded_threadpool=False,
        name=None,
    ):  # fmt: skip
        """Applies a function to each element. It is captured once, and called for whole blocks where that is the same.

        Args:
            map_func: The function; a tuple comes as several arguments.
            num_parallel_calls: How many calls may run at once; None for one.
            deterministic: Whether the order is kept; yes by default.
            synchronous: Accepted.
            use_unbounded_threadpool: Accepted.
            name: Optional name.
        """
        from tapeflow.core.data.mapping import _MapDataset, _ParallelMapDataset

        if num_parallel_calls is None:
            _warn_deterministic(deterministic)
            return _MapDataset(self, map_func)
        if synchronous:
            raise ValueError(
                "`synchronous` is not supported with `num_parallel_calls`, but `num_parallel_calls` was set to ",
                num_parallel_calls,
            )
        return _ParallelMapDataset(self, map_func, num_parallel_calls, deterministic)

    def filter(self, predicate, name=None):
        """Keeps the elements for which `predicate` is true.

        Args:
            predicate: Function of an element that returns a scalar bool.
            name: Optional name.
        """
        from tapeflow.core.data.mapping import _FilterDataset

        return _FilterDataset(self, predicate)

    def batch(self, batch_size, drop_remainder=False, num_parallel_calls=None, deterministic=None, name=None):
        """Stacks elements along a new first axis.

        Args:
            batch_size: How many.
            drop_remainder: Whether a last, smaller batch is left out.
            num_parallel_calls, deterministic: Accepted.
            name: Optional name.

        Raises:
            InvalidArgumentError: `batch_size` is not positive; or, when read, elements differ in shape.
        """
        from tapeflow.core.data.batches import _BatchDataset, _ParallelBatchDataset

        if num_parallel_calls is None:
            _warn_deterministic(deterministic)
            return _BatchDataset(self, batch_size, drop_remainder)
        return _ParallelBatchDataset(self, batch_size, drop_remainder)

    def shuffle(self, buffer_size, seed=None, reshuffle_each_iteration=True, name=None):
        """Gives the elements in random order: each is drawn from a buffer that the input refills.

        Args:
            buffer_size: Size of the buffer; the dataset's size, or more, shuffles perfectly.
            seed: Makes the order repeatable, together with `tf.random.set_seed`.
            reshuffle_each_iteration: Whether each run has another order.
            name: Optional name.
        """
        from tapeflow.core.data.shuffle import _ShuffleDataset

        return _ShuffleDataset(self, buffer_size, seed, reshuffle_each_iteration)

    def repeat(self, count=None, name=None):
        """Repeats the dataset.

        Args:
            count: How often; None or -1 without end.
            name: Optional name.
        """
        from tapeflow.core.data.joining import _RepeatDataset

        return _RepeatDataset(self, count)

    def take(self, count, name=None):
        """Gives the first `count` elements; all if it is negative."""
        from tapeflow.core.data.slicing import _TakeDataset

        return _TakeDataset(self, count)

    def skip(self, count, name=None):
        """Leaves out the first `count` elements; all if it is negative."""
        from tapeflow.core.data.slicing import _SkipDataset

        return _SkipDataset(self, count)

    def shard(self, num_shards, index, name=None):
        """Gives each `num_shards`-th element, beginning with number `index`."""
        from tapeflow.core.data.slicing import _ShardDataset

        return _ShardDataset(self, num_shards, index)

    def concatenate(self, dataset, name=None):
        """Puts another dataset's elements after these.

        Raises:
            TypeError: Their elements differ in structure or types.
        """
        from tapeflow.core.data.joining import _ConcatenateDataset

        return _ConcatenateDataset(self, dataset)

    def enumerate(self, start=0, name=None):
        """Gives pairs of a number (int64) and an element."""
        max_value = dtypes.int64.max
        range_dataset = DatasetV2.range(start, max_value)
        return DatasetV2.zip((range_dataset, self))

    def prefetch(self, buffer_size, name=None):
        """Makes elements ready while the program is busy with others.

        Args:
            buffer_size: How many at most; `tf.data.AUTOTUNE` to leave that open.
            name: Optional name.
        """
        from tapeflow.core.data.prefetch import _PrefetchDataset

        return _PrefetchDataset(self, buffer_size)

    def cache(self, filename="", name=None):
        """Keeps the elements of the first complete run, in memory or in a file, for those that follow.

        Args:
            filename: Where; memory if empty.
            name: Optional name.
        """
        from tapeflow.core.data.cache import _CacheDataset

        return _CacheDataset(self, filename)

    def flat_map(self, map_func, name=None):
        """Maps elements to datasets, and gives these one after the other."""
        from tapeflow.core.data.flat import _FlatMapDataset

        return _FlatMapDataset(self, map_func)

    def reduce(self, initial_state, reduce_func, name=None):
        """Combines all elements into one value.

        Args:
            initial_state: The value before the first.
            reduce_func: `(state, element) -> state`.
            name: Optional name.
        """
        from tapeflow.core.data.reduce import reduce_dataset

        return reduce_dataset(self, initial_state, reduce_func)

    def apply(self, transformation_func):
        """Returns `transformation_func(self)`.

        Raises:
            TypeError: That is no dataset.
        """
        dataset = transformation_func(self)
        if not isinstance(dataset, DatasetV2):
            raise TypeError(f"`transformation_func` must return a `tf.data.Dataset` object. Got {type(dataset)}.")
        return dataset

    def with_options(self, options, name=None):
        """Returns the dataset with `tf.data.Options` set.

        Raises:
            ValueError: The options contradict those that are set already.
        """
        from tapeflow.core.data.options import _OptionsDataset

        return _OptionsDataset(self, options)


def _warn_deterministic(deterministic):
    if deterministic is not None:
        warnings.warn(
            "The `deterministic` argument has no effect unless the `num_parallel_calls` argument is specified.",
            stacklevel=3,
        )


# -- for the kinds of datasets ---------------------------------------------------------------------


def number(x, dtype=dtypes.int64):
    """An argument that is a scalar: a Python number, or the symbol that stands for one."""
    if isinstance(x, Variable):
        x = x._read()
    if not isinstance(x, Tensor):
        x = convert(x, dtype=dtype)
    if x.dtype is not dtype:
        raise ValueError(f"Tensor conversion requested dtype {dtype.name} for Tensor with dtype {x.dtype.name}: {x!r}")
    if x.shape.rank not in (0, None):
        raise InvalidArgumentError(f"a scalar was expected, got shape {x.shape}")
    return x.host.item() if isinstance(x, EagerTensor) else x


def known(x):
    """The argument as a Python number, None if it is a symbol."""
    return None if isinstance(x, Tensor) else x


class Derived(DatasetV2):
    """A dataset made of another; its elements are of the other's spec unless it says otherwise."""

    __slots__ = ()

    def __init__(self, dataset, spec=None):
        self.inputs = (dataset,)
        self._input_dataset = dataset
        self._spec = dataset.element_spec if spec is None else spec

    def count(self, start):
        return self._input_dataset.count(start)


class _VariantDataset(DatasetV2):
    """A dataset that is known by its variant tensor only: an argument of a function, or what a function returned."""

    __slots__ = ()

    def __init__(self, variant, spec):
        self.variant, self._spec = variant, spec
        self.arguments = (variant,)

    @property
    def _variant_tensor(self):
        return self.variant

    def make_cursor(self, start):
        return nodes.held_by(start.tensor(self.variant)).cursor()

    def count(self, start):
        return nodes.held_by(start.tensor(self.variant)).cardinality()


@register("tf.DatasetSpec")
class DatasetSpec(BatchableTypeSpec):
    """The type of a `tf.data.Dataset`.

    Args:
        element_spec: The spec of its elements.
        dataset_shape: The shape of a tensor of such datasets: `()` for one.
    """

    __slots__ = ("_dataset_shape", "_element_spec")

    def __init__(self, element_spec, dataset_shape=()):
        super().__init__()
        self._element_spec = element_spec
        self._dataset_shape = TensorShape(dataset_shape)

    @property
    def value_type(self):
        """`tf.data.Dataset`."""
        return DatasetV2

    @property
    def element_spec(self):
        """The spec of the elements."""
        return self._element_spec

    @staticmethod
    def from_value(value):
        """Returns the spec of a dataset."""
        return DatasetSpec(value.element_spec)

    def _serialize(self):
        return self._element_spec, self._dataset_shape

    @property
    def _component_specs(self):
        return TensorSpec(self._dataset_shape, dtypes.variant)

    def _to_components(self, value):
        return value._variant_tensor

    def _from_components(self, components):
        if self._dataset_shape.rank == 0 and isinstance(components, EagerTensor):
            bound = nodes.held_by(components)
            if not bound.start.env:
                return bound.dataset
        return _VariantDataset(components, self._element_spec)

    def _batch(self, batch_size):
        return DatasetSpec(self._element_spec, TensorShape([batch_size]).concatenate(self._dataset_shape))

    def _unbatch(self):
        if self._dataset_shape.rank == 0:
            raise ValueError("Slicing dataset elements is not supported for rank 0.")
        return DatasetSpec(self._element_spec, self._dataset_shape[1:])
