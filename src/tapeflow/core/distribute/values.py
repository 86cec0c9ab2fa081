"""Values with a component on each replica."""

from tapeflow.core.base import function_types, nest
from tapeflow.core.base.composite import CompositeTensor
from tapeflow.core.base.type_spec import TypeSpec
from tapeflow.core.distribute.context import get_replica_context, stack
from tapeflow.core.values.convert import convert
from tapeflow.core.values.tensor import Tensor
from tapeflow.core.values.variable import Variable


class DistributedValues(function_types.DistributedValues):
    """A value that has a component on each replica. `Strategy.run` and distributed datasets make them.

    Attributes:
        values: The components of this process's replicas, a tuple.
    """

    def __init__(self, values):
        self._values = tuple(values)

    @property
    def values(self):
        """The components of this process's replicas."""
        return self._values

    @property
    def _primary(self):
        return self._values[0]

    def _get(self):
        """The component of the replica that the thread is in, the first one in cross-replica context."""
        replica = get_replica_context()
        if replica is not None:
            return self._values[replica._local_id]
        return self._values[stack.update_id or 0]

    @property
    def _devices(self):
        return tuple(getattr(value, "device", None) for value in self._values)

    def __repr__(self):
        return self._shown(repr)

    def __str__(self):
        return self._shown(str)

    def _shown(self, text):
        lines = ",\n".join(f"  {i}: {text(value)}" for i, value in enumerate(self._values))
        return f"{type(self).__name__}:{{\n{lines}\n}}"


class PerReplica(DistributedValues, CompositeTensor, function_types.PerReplica):
    """A value whose components differ from replica to replica."""

    @property
    def _type_spec(self):
        return PerReplicaSpec(*(_spec_of(value) for value in self._values))

    @property
    def shape(self):
        """The shape of one component."""
        return self._primary.shape

    @property
    def dtype(self):
        """The dtype of the components."""
        return self._primary.dtype


class Mirrored(DistributedValues, CompositeTensor, function_types.Mirrored):
    """A value whose components are equal on all replicas."""

    @property
    def _type_spec(self):
        return MirroredSpec(*(_spec_of(value) for value in self._values))

    def __tf_tensor__(self, dtype=None, name=None):
        return convert(self._get(), dtype=dtype)


class PerReplicaSpec(TypeSpec):
    """The type of a `PerReplica`.

    Args:
        *value_specs: The spec of each component.
    """

    __slots__ = ("_value_specs",)
    value_type = PerReplica

    def __init__(self, *value_specs):
        self._value_specs = tuple(value_specs)

    def _serialize(self):
        return self._value_specs

    @property
    def _component_specs(self):
        return list(self._value_specs)

    def _to_components(self, value):
        # Variables among them go as the tensors that they are now.
        return [v if isinstance(v, (Tensor, CompositeTensor)) else convert(v) for v in value._values]

    def _from_components(self, components):
        return self.value_type(components)


class MirroredSpec(PerReplicaSpec):
    """The type of a `Mirrored`."""

    __slots__ = ()
    value_type = Mirrored  # type: ignore[assignment]


def _spec_of(value):
    from tapeflow.core.base.specs import type_spec_from_value

    return type_spec_from_value(value)


# -- taking structures apart and putting them together -----------------------------------------------


def is_distributed(value):
    """Whether a value has components."""
    return isinstance(value, DistributedValues)


def select(index, structure):
    """The structure with component `index` in place of every distributed value; variables know by themselves."""
    return nest.map_structure(
        lambda x: x._values[index] if isinstance(x, DistributedValues) and not isinstance(x, Variable) else x, structure
    )


def select_mirrored(index, structure):
    """As `select`; what has components must be the same on all replicas or one to each."""
    return select(index, structure)


def regroup(values, kind=PerReplica, always=False):
    """One structure made of one for each replica: equal Python values stay, tensors are grouped.

    Args:
        values: A structure for each replica, all of one form.
        kind: The class that groups tensors.
        always: Whether to group what is the same object everywhere, too.
    """
    first = values[0]
    if isinstance(first, list):
        return [regroup(items, kind, always) for items in zip(*values, strict=True)]
    if isinstance(first, tuple):
        items = [regroup(items, kind, always) for items in zip(*values, strict=True)]
        if hasattr(first, "_fields"):
            return type(first)(*items)
        return tuple(items)
    if isinstance(first, dict):
        for one in values:
            if set(one) != set(first):
                raise AssertionError(f"the replicas returned dicts with different keys: {sorted(first)}, {sorted(one)}")
        return type(first)({key: regroup([one[key] for one in values], kind, always) for key in first})
    same = all(value is first for value in values)
    if same and not always:
        return first
    group = [getattr(value, "_distributed_container", None) for value in values]
    if group[0] is not None and all(one is not None and one() is group[0]() for one in group):
        return group[0]()
    return kind(values)
