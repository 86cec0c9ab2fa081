"""Elements as TensorFlow's ops have them: each leaf one tensor, sparse and ragged ones as variants."""

from tapeflow.core.base import dtypes
from tapeflow.core.base.specs import TensorSpec
from tapeflow.core.data.structure import Structure, tensors_of
from tapeflow.core.ops import registry
from tapeflow.core.values.ragged import RaggedTensor, RaggedTensorSpec
from tapeflow.core.values.sparse import SparseTensor, SparseTensorSpec
from tapeflow.core.values.tensor import EagerTensor


class Encoded:
    """How elements of a spec are encoded.

    Attributes:
        made: The `Structure` of the spec.
        specs: The specs of the tensors.
    """

    def __init__(self, spec):
        self.made = Structure(spec)
        self.specs = [part for s in self.made.specs for part in _specs(s)]

    def to_flat(self, leaves):
        """The host values of the tensors of an element."""
        if self.made.is_dense:
            return leaves
        return tuple([x for s, leaf in zip(self.made.specs, leaves, strict=True) for x in _parts(s, leaf)])

    def from_flat(self, flat):
        """The leaves of an element whose tensors have these host values."""
        if self.made.is_dense:
            return tuple(flat)
        rest = iter(flat)
        return tuple([_leaf(s, [next(rest) for _ in _specs(s)]) for s in self.made.specs])


def _specs(spec):
    if isinstance(spec, SparseTensorSpec):
        return [TensorSpec([3], dtypes.variant)]
    if isinstance(spec, RaggedTensorSpec):
        return [TensorSpec([], dtypes.variant)]
    return Structure(spec).flat_specs


def _parts(spec, leaf):
    if isinstance(spec, TensorSpec):
        return [leaf]
    if isinstance(spec, SparseTensorSpec):
        made = registry.get("SerializeSparse")(leaf.indices, leaf.values, leaf.dense_shape, out_type=dtypes.variant)
        return [made.host]
    if isinstance(spec, RaggedTensorSpec):
        made = registry.get("RaggedTensorToVariant")(leaf.nested_row_splits, leaf.flat_values, batched_input=False)
        return [made.host]
    return [x.host for x in tensors_of(leaf)]


def _leaf(spec, parts):
    if isinstance(spec, TensorSpec):
        return parts[0]
    if isinstance(spec, SparseTensorSpec):
        encoded = EagerTensor(parts[0], dtypes.variant)
        return SparseTensor(*registry.get("DeserializeSparse")(encoded, spec.dtype))
    if isinstance(spec, RaggedTensorSpec):
        rank, encoded = spec.ragged_rank, EagerTensor(parts[0], dtypes.variant)
        splits, values = registry.get("RaggedTensorFromVariant")(
            encoded, rank - encoded.shape.rank, rank, spec.dtype, spec.row_splits_dtype
        )
        return RaggedTensor.from_nested_row_splits(values, splits, validate=False)
    return Structure(spec).from_flat(parts)[0]
