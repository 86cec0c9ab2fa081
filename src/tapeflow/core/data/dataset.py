"""`tf.data.Dataset`: what all datasets are and can do. Each kind of dataset is a class in a file beside this one."""

from collections import abc

from tapeflow.core.base import dtypes
from tapeflow.core.base.composite import CompositeTensor
from tapeflow.core.base.errors import InvalidArgumentError, UnimplementedError
from tapeflow.core.base.mode import current
from tapeflow.core.base.shapes import TensorShape
from tapeflow.core.base.source import user_frame
from tapeflow.core.base.specs import BatchableTypeSpec, TensorSpec, register
from tapeflow.core.base.trackable import Trackable
from tapeflow.core.data import nodes, structure
from tapeflow.core.data.cursor import AccessCursor, Start, Through
from tapeflow.core.data.methods import Methods
from tapeflow.core.data.more_methods import MoreMethods
from tapeflow.core.values.convert import convert
from tapeflow.core.values.symbol import Symbol
from tapeflow.core.values.tensor import EagerTensor, Tensor
from tapeflow.core.values.variable import Variable

AUTOTUNE = -1
INFINITE, UNKNOWN = -1, -2


class DatasetV2(Methods, MoreMethods, CompositeTensor, Trackable, abc.Iterable):
    """A sequence of elements that is made while it is read: `tf.data.Dataset`.

    Sources are class methods (`from_tensor_slices`, `range`…); transformations are methods that return new datasets.

    >>> dataset = tf.data.Dataset.range(5).map(lambda x: x * x).batch(2)
    >>> [batch.tolist() for batch in dataset.as_numpy_iterator()]
    [[0, 1], [4, 9], [16]]
    """

    __module__ = "tensorflow.python.data.ops.dataset_ops"
    __slots__ = ("__dict__", "__weakref__")

    def __init__(self, variant_tensor):
        """For classes of users: a dataset that stands for another's variant tensor."""
        wrapped = nodes.held_by(variant_tensor).dataset
        self.inputs, self._spec = (wrapped,), wrapped.element_spec

    # Whether it was made while a function was traced: then each call of the function has it anew.
    is_traced = False
    # The user's line that made it, see `source.user_frame`.
    _built_at = None

    def __new__(cls, *args, **kwargs):
        made = super().__new__(cls)
        made._built_at = user_frame()
        if current.graph is not None:
            made.is_traced = True
        return made

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
        if self.inputs:
            return self.inputs[0].cursor(start)
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

    def has_traced_parts(self):
        """Whether it, or a dataset in it, was made while a function was traced."""
        return self.is_traced or any(inside.has_traced_parts() for inside in self.inputs)

    @property
    def _variant_tensor(self):
        return nodes.variant_of(self)

    @property
    def _type_spec(self):
        return DatasetSpec(self.element_spec)

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

    __nonzero__ = __bool__

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

    def explain(self, elements=0):
        """Returns, as text, the stages of the pipeline, how each runs, and what is better done otherwise.

        Only in TapeFlow.

        Args:
            elements: Over how many elements to measure each stage: its rate, the size of its elements, and which
                stage takes longest. 0: do not read any.

        >>> print(tf.data.Dataset.range(6).shuffle(3).batch(2).explain())
        Range: by index; elements TensorSpec(shape=(), dtype=tf.int64, name=None)
        Shuffle: in blocks; elements TensorSpec(shape=(), dtype=tf.int64, name=None)
        Batch: one block a batch; elements TensorSpec(shape=(None,), dtype=tf.int64, name=None)
        """
        from tapeflow.core.data.explain import explain

        return explain(self, elements)

    def options(self):
        """Returns the `tf.data.Options` that hold here: this dataset's and those of its inputs, merged."""
        from tapeflow.core.data.options import merged_options

        return merged_options(self)


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
        bound = nodes.held_by(start.tensor(self.variant))
        return as_elements_of(self._spec, bound.cursor(), bound.dataset.element_spec)

    def count(self, start):
        return nodes.held_by(start.tensor(self.variant)).cardinality()


class _Restructured(Through):
    """Elements whose tensors are those of another's elements; both as `Encoded`."""

    def __init__(self, source, before, after):
        self._source, self._before, self._after = source, before, after

    def next(self):
        row = self._source.next()
        return None if row is None else self._after.from_flat(self._before.to_flat(row))


def as_elements_of(spec, cursor, inside):
    """A run over elements of spec `inside` as one over elements of `spec`, which have the same tensors."""
    if not _differs(spec, inside):
        return cursor
    from tapeflow.core.data.encoded import Encoded

    return _Restructured(cursor, Encoded(inside), Encoded(spec))


def _differs(spec, inside):
    """Whether the leaves of elements of two specs are not the same: those of tensors are, in any structure."""
    if spec is inside or inside is None:
        return False
    both = [*structure.flatten(spec), *structure.flatten(inside)]
    return not all(map(structure.is_dense, both)) and spec != inside


class _NestedVariant(CompositeTensor):
    """A tensor of datasets: what a batch of windows is. `unbatch` gives them one by one."""


    def __init__(self, variant_tensor, element_spec, dataset_shape):
        self._variant_tensor = variant_tensor
        self._element_spec, self._dataset_shape = element_spec, dataset_shape

    @property
    def _type_spec(self):
        return DatasetSpec(self._element_spec, self._dataset_shape)

    def nrows(self):
        """How many there are along the first axis."""
        return len(self._variant_tensor.host)

    def __repr__(self):
        return f"<datasets of {self._element_spec!r}, shape {self._dataset_shape}>"


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
        if self._dataset_shape.rank != 0:
            return _NestedVariant(components, self._element_spec, self._dataset_shape)
        if isinstance(components, EagerTensor):
            bound = nodes.held_by(components)
            found = bound.dataset
            if not bound.start.env and not found.has_traced_parts() and not _differs(self._element_spec, found._spec):
                return found
        return _VariantDataset(components, self._element_spec)

    def _batch(self, batch_size):
        return DatasetSpec(self._element_spec, TensorShape([batch_size]).concatenate(self._dataset_shape))

    def _unbatch(self):
        if self._dataset_shape.rank == 0:
            raise ValueError("Slicing dataset elements is not supported for rank 0.")
        return DatasetSpec(self._element_spec, self._dataset_shape[1:])
