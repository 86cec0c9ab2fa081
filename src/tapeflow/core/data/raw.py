"""The ops of `tf.raw_ops` that make, change and read datasets: their kernels.

A dataset is a variant tensor, as TensorFlow has it; here it holds the object. Elements of raw ops are flat: a tensor or
a tuple of tensors.
"""

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.base.shapes import TensorShape
from tapeflow.core.base.specs import TensorSpec
from tapeflow.core.data.captured import Captured, graph_of, packed
from tapeflow.core.data.cursor import Start
from tapeflow.core.data.dataset import DatasetSpec, DatasetV2, Derived, as_elements_of
from tapeflow.core.data.encoded import Encoded
from tapeflow.core.data.nodes import Bound
from tapeflow.core.data.structure import Structure
from tapeflow.core.ops import registry
from tapeflow.core.values.tensor import EagerTensor
from tapeflow.core.values.variable import _box

# What datasets say to programs that use Python's names for them: raw ops have one error for arguments that do not fit.
_WRONG = (TypeError, ValueError, KeyError, IndexError, AttributeError)
# Op name -> function of its `Call` that returns the dataset.
makers = {}


def maker(*names):
    """Decorates what makes the datasets of some ops."""

    def registered(function):
        makers.update(dict.fromkeys(names, function))
        return function

    return registered


def run(op_name, values, attrs):
    """The kernel of an op.

    Args:
        op_name: Its name.
        values: NumPy values of its inputs, tuples for lists.
        attrs: Its attributes.
    """
    from tapeflow.core.data import raw_functions, raw_table  # noqa: F401  they fill `makers`
    from tapeflow.core.data.raw_iterators import kernels

    record = registry.get(op_name)
    for attr in record.attrs:
        if attr.kind == "func":
            graph_of(attrs[attr.name])
    call = Call(record, values, attrs)
    try:
        made = (makers.get(op_name) or kernels[op_name])(call)
    except _WRONG as error:
        if type(error).__module__.startswith("tapeflow"):
            raise
        raise InvalidArgumentError(f"{op_name}: {error}") from error
    return _box(Bound(made, Start())) if isinstance(made, DatasetV2) else made


class Call:
    """One call of an op: its inputs and attributes by their names.

    Numbers, flags and strings are Python values (arrays if they are no scalars), handles what they stand for, and lists
    of any dtypes tuples of tensors.
    """

    def __init__(self, record, values, attrs):
        self.op_name, self.attrs = record.op_name, attrs
        self._inputs = {arg.name: (arg, value) for arg, value in zip(record.inputs, values, strict=True)}

    def __getattr__(self, name):
        if name in self.attrs:
            return self.attrs[name]
        if name not in self._inputs:
            raise AttributeError(f"{self.op_name} has neither an input nor an attribute '{name}'")
        arg, value = self._inputs[name]
        if arg.is_list and arg.number_attr is None:
            return tuple(map(tensor_of, value))
        return list(map(_plain, value)) if arg.is_list else _plain(value)

    @property
    def kinds(self):
        """The dtypes of the elements."""
        return [dtypes.as_dtype(kind) for kind in self.output_types]

    @property
    def spec(self):
        """The spec of the elements that the call announces.

        Raises:
            InvalidArgumentError: There are none, or not as many shapes.
        """
        kinds, shapes = self.kinds, self.output_shapes
        if not kinds:
            raise InvalidArgumentError(
                f"Length for attr 'output_types' of 0 must be at least minimum 1 [Op:{self.op_name}]"
            )
        if len(kinds) != len(shapes):
            raise InvalidArgumentError(
                f"{self.op_name}: output_types and output_shapes must be of one length, got {len(kinds)} and "
                f"{len(shapes)}"
            )
        return packed([TensorSpec(TensorShape(shape), kind) for kind, shape in zip(kinds, shapes, strict=True)])

    def function(self, name="f", others="other_arguments", gives=packed):
        """The function of an attribute.

        Args:
            name: The attribute.
            others: The input with what the function takes besides elements.
            gives: Function from the specs of its results to the spec of what it returns.
        """
        return Captured(self.attrs[name], getattr(self, others) if others else (), gives)

    def dataset_function(self, name="f", others="other_arguments"):
        """The same of a function that returns a dataset of the announced elements."""
        spec = DatasetSpec(self.spec)
        return self.function(name, others, lambda specs: spec)


def _plain(value):
    """A Python value, or what a handle stands for."""
    if isinstance(value, bytes):
        return value
    if np.ndim(value):
        return value
    held = value.item()
    return flat(dataset_of(value)) if isinstance(held, Bound) else held


def tensor_of(value):
    """The eager tensor of a host value."""
    if isinstance(value, (bytes, str)):
        return EagerTensor(_box(value), dtypes.string)
    if value.dtype != object:
        return EagerTensor(value, dtypes.from_numpy(value.dtype))
    first = next(iter(np.ravel(value)), b"")
    return EagerTensor(value, dtypes.string if isinstance(first, (bytes, str)) else dtypes.variant)


def dataset_of(value):
    """The dataset that a variant's value holds."""
    bound = value.item()
    return DatasetSpec(bound.dataset.element_spec)._from_components(EagerTensor(value, dtypes.variant))


def flat(dataset):
    """The dataset with elements as raw ops see them."""
    encoded = Encoded(dataset.element_spec)
    spec = packed(encoded.specs)
    return dataset if encoded.made.is_dense and spec == dataset.element_spec else Reshaped(dataset, spec)


class Reshaped(Derived):
    """A dataset whose elements have the same tensors in another structure."""

    __slots__ = ()

    def access(self, start):
        both = Structure(self._input_dataset.element_spec), Structure(self._spec)
        return self._input_dataset.access(start) if all(made.is_dense for made in both) else None

    def make_cursor(self, start):
        return as_elements_of(self._spec, self._input_dataset.cursor(start), self._input_dataset.element_spec)
