"""Iterators over datasets: in Python, and inside functions."""

from abc import abstractmethod
from collections import abc

from tapeflow.core.base import dtypes
from tapeflow.core.base.composite import CompositeTensor
from tapeflow.core.base.errors import FailedPreconditionError, OutOfRangeError
from tapeflow.core.base.mode import current
from tapeflow.core.base.specs import TensorSpec, TypeSpec, register
from tapeflow.core.base.trackable import Trackable
from tapeflow.core.data import nodes, structure
from tapeflow.core.data.advice import warn
from tapeflow.core.data.cursor import Start
from tapeflow.core.data.optional import Optional
from tapeflow.core.data.state import from_bytes, to_bytes
from tapeflow.core.data.structure import Structure
from tapeflow.core.values.tensor import EagerTensor
from tapeflow.core.values.variable import _box


class IteratorBase(abc.Iterator, Trackable, CompositeTensor):
    """An iterator over a dataset: what `iter(dataset)` returns.

    Elements are read with `next(iterator)`, which raises StopIteration at the end, or `iterator.get_next()`, which
    raises `tf.errors.OutOfRangeError`. Both work inside a `tf.function` too, and an iterator may be its argument.
    """


    @property
    @abstractmethod
    def element_spec(self):
        """The spec of the elements."""

    @abstractmethod
    def get_next(self):
        """Returns the next element.

        Raises:
            OutOfRangeError: There is none.
        """

    @abstractmethod
    def get_next_as_optional(self):
        """Returns the next element as a `tf.experimental.Optional`, which is empty at the end."""

    @property
    def output_types(self):
        """The dtypes of the elements, nested like them."""
        return structure.types_of(self.element_spec)

    @property
    def output_shapes(self):
        """The shapes of the elements, nested like them."""
        return structure.shapes_of(self.element_spec)

    @property
    def output_classes(self):
        """The classes of the elements, nested like them."""
        return structure.classes_of(self.element_spec)


class OwnedIterator(IteratorBase):
    """An iterator of eager code or of a function.

    Args:
        handle: The resource tensor, or a symbol.
        made: The `Structure` of the elements.
    """

    def __init__(self, handle, made):
        self._iterator_resource = handle
        self._made = made
        self._pulled = nodes.held_by(handle) if type(handle) is EagerTensor else None
        self._value = made.value
        self._own_spec = None

    def __iter__(self):
        return self

    def __next__(self):
        if current.graph is not None:
            return self._in_graph()
        leaves = self._pulled.next()
        if leaves is None:
            raise StopIteration
        return self._value(leaves)

    def next(self):
        """Returns the next element; raises StopIteration at the end."""
        return self.__next__()

    def get_next(self):
        """Returns the next element.

        Raises:
            OutOfRangeError: There is none.
        """
        if current.graph is not None:
            return self._in_graph()
        leaves = self._pulled.next()
        if leaves is None:
            raise OutOfRangeError("End of sequence [Op:IteratorGetNext]")
        return self._value(leaves)

    def _in_graph(self, was_looked_at=False):
        tensors = nodes.next_of(self._iterator_resource, self._made, was_looked_at)
        return nodes.element_of(self._made, tensors)

    def get_next_as_optional(self):
        """Returns the next element as a `tf.experimental.Optional`, which is empty at the end."""
        return Optional(nodes.next_optional_of(self._iterator_resource, self._made), self._made.spec)

    @property
    def element_spec(self):
        """The spec of the elements."""
        return self._made.spec

    @property
    def _type_spec(self):
        # The same object each time: a function looks for its trace by it, once a step.
        if self._own_spec is None:
            self._own_spec = IteratorSpec(self._made.spec)
        return self._own_spec

    def _save(self):
        """Where it is, as a string tensor."""
        if self._pulled is None:
            raise FailedPreconditionError("an iterator of a function that is being traced cannot be saved")
        return EagerTensor(_box(to_bytes(self._pulled.save())), dtypes.string)

    def _restore(self, state):
        """Goes where `_save` said."""
        self._pulled.restore(from_bytes(state.host.item()))

    def _serialize_to_tensors(self):
        return {"_STATE": self._save()}

    def _restore_from_tensors(self, restored_tensors):
        self._restore(restored_tensors["_STATE"])

    def close(self):
        """Ends the threads that prepare elements, and closes files."""
        if self._pulled is not None:
            self._pulled.cursor.close()

    def __repr__(self):
        return f"<{type(self).__module__}.OwnedIterator object at 0x{id(self):x}>"


def iterate(dataset):
    """A new iterator over a dataset."""
    warn(dataset)
    made = Structure(dataset.element_spec)
    if current.graph is not None:
        return OwnedIterator(nodes.iterator_of(dataset._variant_tensor, made), made)
    pulled = nodes.Pulled(dataset, Start(), made)
    return OwnedIterator(EagerTensor(_box(pulled), dtypes.resource), made)


@register("tf.IteratorSpec")
class IteratorSpec(TypeSpec):
    """The type of a `tf.data.Iterator`.

    Args:
        element_spec: The spec of its elements.
    """

    __slots__ = ("_element_spec",)

    def __init__(self, element_spec):
        super().__init__()
        self._element_spec = element_spec

    @property
    def value_type(self):
        """The class of iterators."""
        return OwnedIterator

    @staticmethod
    def from_value(value):
        """Returns the spec of an iterator."""
        return IteratorSpec(value.element_spec)

    @property
    def element_spec(self):
        """The spec of the elements."""
        return self._element_spec

    def _serialize(self):
        return (self._element_spec,)

    @property
    def _component_specs(self):
        return TensorSpec((), dtypes.resource)

    def _to_components(self, value):
        return value._iterator_resource

    def _from_components(self, components):
        return OwnedIterator(components, Structure(self._element_spec))


class NumpyIterator(Trackable):
    """Iterates over a dataset and gives NumPy values.

    Args:
        dataset: The dataset.
    """

    def __init__(self, dataset):
        self._iterator = iter(dataset)

    def __iter__(self):
        return self

    def __next__(self):
        return structure.map_leaves(to_numpy, next(self._iterator))

    def next(self):
        """Returns the next element; raises StopIteration at the end."""
        return self.__next__()

    def save(self):
        """Returns where it is, as a string tensor."""
        return self._iterator._save()

    def restore(self, state):
        """Goes where `save` said.

        Args:
            state: What `save` returned.
        """
        self._iterator._restore(state)

    _save, _restore = save, restore

    def _serialize_to_tensors(self):
        return self._iterator._serialize_to_tensors()

    def _restore_from_tensors(self, restored_tensors):
        self._iterator._restore_from_tensors(restored_tensors)

    def __repr__(self):
        return f"NumpyIterator(iterator={self._iterator})"


def to_numpy(x):
    """A leaf of an element as NumPy users see it."""
    if isinstance(x, EagerTensor):
        array = x.host
        if array.ndim == 0:
            return array[()]
        if array.flags.writeable:
            array = array.view()
            array.flags.writeable = False
        return array
    if isinstance(x, CompositeTensor) and hasattr(x, "numpy"):
        return x.numpy() if not hasattr(x, "indices") else x
    return x

