"""`tf.Variable`: a mutable place for a tensor.

The value lives in a `Storage`, which the variable's resource handle points to: what tapes and graphs know a variable
by. Values themselves are never changed in place, so whoever has read one keeps it. Gathers and scatters are ops, hung
on from `core/ops/compose/variable_scatter.py`; operators from `core/ops/operators.py`.
"""

import enum
import itertools
import threading
import weakref
from threading import get_ident
from time import sleep

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.base.errors import FailedPreconditionError, InvalidArgumentError
from tapeflow.core.base.mode import current, mode
from tapeflow.core.base.naming import scoped
from tapeflow.core.base.quiet import quiet
from tapeflow.core.base.shapes import TensorShape
from tapeflow.core.base.trackable import VARIABLE_VALUE_KEY, CheckpointInitialValue, Trackable
from tapeflow.core.values.convert import convert, register_conversion
from tapeflow.core.values.tensor import EagerTensor, Reference, TensorLike, value_text


class VariableSynchronization(enum.Enum):
    """When a distributed variable is synchronized."""

    AUTO = 0
    NONE = 1
    ON_WRITE = 2
    ON_READ = 3


class VariableAggregationV2(enum.Enum):
    """How the values of a distributed variable are put together."""

    NONE = 0
    SUM = 1
    MEAN = 2
    ONLY_FIRST_REPLICA = 3

    def __hash__(self):
        return hash(self.value)

    def __eq__(self, other):
        """Equal to the member of `tf.compat.v1.VariableAggregation` of that value, too."""
        return isinstance(other, (VariableAggregationV2, VariableAggregationV1)) and self.value == other.value


class VariableAggregationV1(enum.Enum):
    """`tf.compat.v1.VariableAggregation`."""

    NONE = 0
    SUM = 1
    MEAN = 2
    ONLY_FIRST_REPLICA = 3
    ONLY_FIRST_TOWER = 3

    __hash__, __eq__ = VariableAggregationV2.__hash__, VariableAggregationV2.__eq__


VariableAggregationV1.__name__ = VariableAggregationV1.__qualname__ = "VariableAggregation"
VariableAggregation = VariableAggregationV2


class Storage:
    """Where a variable's value lives, shared by everything that speaks for the variable.

    Attributes:
        owner: Weak reference to the variable; None if only a handle was made.
        value: The value, a tensor. It is taken out while a program runs that uses its memory again.
        taken_by: The thread that took it out last.
    """

    __slots__ = ("__weakref__", "name", "number", "owner", "taken_by", "value")
    _numbers = itertools.count()

    def __init__(self, value, name):
        self.value = value
        self.owner = None
        self.number = next(self._numbers)
        self.name = f"{name}/{self.number}"

    def __getattr__(self, name):
        """Waits for the value where it is taken out just now."""
        if name != "value":
            raise AttributeError(name)
        while True:
            try:
                return object.__getattribute__(self, "value")
            except AttributeError:
                if self.taken_by == get_ident():
                    raise FailedPreconditionError(
                        f"the value of the variable '{self.name}' is being overwritten by a step that this thread runs"
                    ) from None
                sleep(5e-5)

    def __repr__(self):
        dtype, shape = self.value.dtype, self.value.shape.as_list()
        return (
            f'<ResourceHandle(name="{self.name}", device="{self.value.device}", '
            f'container="Anonymous", type="tensorflow::Var", dtype and shapes : "[ DType enum: '
            f'{dtype.as_datatype_enum}, Shape: {shape} ]")>'
        )


class _Creators(threading.local):
    """The thread's open `variable_creator_scope`s, outermost first; the traced function, which notes variables."""

    def __init__(self):
        self.stack = []
        self.trace = None


creators = _Creators()


class _VariableType(type):
    """Lets the open creator scopes have a say when a variable is made."""

    def __call__(cls, *args, **kwargs):
        if cls is not Variable:
            return super().__call__(*args, **kwargs)
        if not creators.stack:
            return type.__call__(ResourceVariable, *args, **kwargs)
        kwargs = dict(zip(_PARAMETERS, args, strict=False)) | kwargs
        kwargs = {name: kwargs.get(name, default) for name, default in _DEFAULTS.items()}

        def innermost(**options):
            return type.__call__(ResourceVariable, **options)

        creator = innermost
        for scope in creators.stack:
            creator = _bound(scope, creator)
        return creator(**kwargs)


def _bound(scope, next_creator):
    return lambda **kwargs: scope(next_creator, **kwargs)


class Variable(TensorLike, Trackable, metaclass=_VariableType):
    """A tensor that can be changed: weights, counters, statistics.

    Args:
        initial_value: Anything that converts to a tensor, or a function without arguments that returns it.
        trainable: Whether tapes watch the variable by themselves; True unless `synchronization` is ON_READ.
        validate_shape: Accepted.
        caching_device: Accepted; eager variables are not cached.
        name: The name, `"Variable"` by default.
        variable_def, import_scope: Of TensorFlow 1's graphs; a `variable_def` is not supported.
        dtype: The dtype to convert the initial value to.
        constraint: A function that projects the value, for optimizers to call.
        synchronization: When copies of a distributed variable are synchronized.
        aggregation: How they are put together.
        shape: The shape that values may have, if it is wider than the initial value's.
        experimental_enable_variable_lifting: Accepted.

    Raises:
        ValueError: There is no initial value, or it does not fit `dtype` or `shape`.

    >>> v = tf.Variable([1.0, 2.0])
    >>> v.assign_add([1.0, 1.0]).numpy()
    array([2., 3.], dtype=float32)
    """

    __module__ = "tensorflow.python.ops.variables"
    __array_priority__ = 100

    def __init__(
        self, initial_value=None, trainable=None, validate_shape=True, caching_device=None, name=None,
        variable_def=None, dtype=None, import_scope=None, constraint=None,
        synchronization=VariableSynchronization.AUTO, aggregation=VariableAggregation.NONE, shape=None,
        experimental_enable_variable_lifting=True,
    ):  # fmt: skip
        if variable_def is not None:
            raise ValueError(
                "The variable_def and initial_value args to `tf.Variable` are mutually exclusive, but got both: "
                f"variable_def={variable_def},\ninitial_value={initial_value}"
                if initial_value is not None
                else "variable_def: TensorFlow 1 variable protos are not supported; pass initial_value"
            )
        if initial_value is None:
            raise ValueError(
                "The `initial_value` arg to `tf.Variable` must be specified except when you are not providing a "
                "`variable_def`. You provided neither."
            )
        value = initial_value() if callable(initial_value) and not hasattr(initial_value, "dtype") else initial_value
        try:
            value = convert(value, dtype=None if dtype is None else dtypes.as_dtype(dtype))
            if not isinstance(value, EagerTensor):
                value = lift(value)
        except ValueError as error:
            if not hasattr(value, "dtype"):
                raise
            raise ValueError(f"initial_value: {error}") from error
        if mode.slow and mode.on_new is not None:
            value = mode.on_new(value)
        if shape is None:
            shape = value.shape
        elif not value.shape.is_compatible_with(shape):
            raise ValueError(
                f"In this `tf.Variable` creation, the initial value's shape ({value.shape}) is not compatible with "
                f"the explicitly supplied `shape` argument ({TensorShape(shape)})."
            )
        if trainable is None:
            trainable = synchronization != VariableSynchronization.ON_READ
        base = scoped(name or "Variable")
        self._shared_name = base
        self._name = f"{base}:0"
        self._dtype = value.dtype
        self._shape = TensorShape(shape)
        self._trainable = trainable
        self._constraint = constraint
        self._synchronization = VariableSynchronization(synchronization)
        self._aggregation = VariableAggregation(aggregation)
        self._storage = Storage(_owned(value), base)
        self._storage.owner = weakref.ref(self)
        self._handle = EagerTensor(_box(self._storage), dtypes.resource)
        if mode.slow and "_place" in value.__dict__:
            self._handle._place = value._place
        if isinstance(initial_value, CheckpointInitialValue):
            self._maybe_initialize_trackable()
            self._update_uid = initial_value.checkpoint_position.restore_uid
        if creators.trace is not None and current.graph is not None:
            creators.trace.made(self)

    # -- what it is ----------------------------------------------------------------------------------

    @property
    def handle(self):
        """The resource tensor that stands for this variable."""
        return self._handle

    @property
    def trainable(self):
        """Whether tapes watch the variable by themselves."""
        return self._trainable

    @property
    def dtype(self):
        """The `tf.DType` of the elements."""
        return self._dtype

    @property
    def shape(self):
        """The `tf.TensorShape` that every value of the variable has."""
        return self._shape

    @property
    def name(self):
        """The variable's name, with `:0`."""
        return self._name

    @property
    def _unique_id(self):
        """A name that no other variable of the process has."""
        return self._storage.name

    @property
    def constraint(self):
        """The function that projects the value, or None."""
        return self._constraint

    @property
    def synchronization(self):
        """When a distributed variable is synchronized."""
        return self._synchronization

    @property
    def aggregation(self):
        """How the values of a distributed variable are put together."""
        return self._aggregation

    @property
    def device(self):
        """The name of the device that the value lies on."""
        return self._handle.__dict__.get("_place") or self._storage.value.device

    @property
    def initializer(self):
        """None: an eager variable is born with its value."""
        return None

    @property
    def create(self):
        """Of TensorFlow 1's graphs."""
        raise RuntimeError("This operation is not supported when eager execution is enabled.")

    @property
    def initial_value(self):
        """Of TensorFlow 1's graphs."""
        raise RuntimeError("This property is not supported when eager execution is enabled.")

    @property
    def op(self):
        """The op that made the variable, in a graph."""
        return self._handle.op

    @property
    def graph(self):
        """The graph that the variable is in."""
        return self._handle.graph

    def get_shape(self):
        """Alias of `shape`."""
        return self._shape

    def set_shape(self, shape):
        """Narrows the shape that values may have.

        Raises:
            ValueError: The shapes are not compatible.
        """
        self._shape = self._shape.merge_with(shape)

    def ref(self):
        """Returns a hashable reference to this variable, for sets and dictionary keys."""
        return Reference(self)

    def experimental_ref(self):
        """Deprecated alias of `ref`."""
        return Reference(self)

    # -- reading -------------------------------------------------------------------------------------

    def _read(self):
        """A fresh tensor of the current value, which tapes know to be read from here."""
        if mode.slow and current.graph is not None:
            out = current.graph.read(self)
            mode.on_read(self, out)
            return out
        value = self._storage.value
        out = EagerTensor(value._array, self._dtype)
        if value._array is None:
            out._buffer = value._buffer
        elif mode.slow:
            _keep_place(value, out)
        if mode.special:
            mode.on_read(self, out)
        return out

    def value(self):
        """Returns the current value as a tensor."""
        return self._read()

    def read_value(self):
        """Returns the current value as a tensor."""
        return self._read()

    def read_value_no_copy(self):
        """Returns the current value as a tensor."""
        return self._read()

    def initialized_value(self):
        """Returns the current value as a tensor."""
        return self._read()

    def numpy(self):
        """Returns a copy of the current value as a NumPy array or scalar."""
        return self._read().numpy()

    def is_initialized(self, name=None):
        """Returns True, as a tensor: an eager variable is born with its value."""
        return convert(True)

    def eval(self, session=None):
        """Of TensorFlow 1's graphs."""
        raise RuntimeError("This operation is not supported when eager execution is enabled.")

    def to_proto(self, export_scope=None):
        """Of TensorFlow 1's graphs."""
        raise RuntimeError("This operation is not supported when eager execution is enabled.")

    @staticmethod
    def from_proto(variable_def, import_scope=None):
        """Of TensorFlow 1's graphs."""
        raise RuntimeError("This operation is not supported when eager execution is enabled.")

    def __array__(self, dtype=None, copy=None):
        return self._read().__array__(dtype, copy)

    def __bool__(self):
        return bool(self._read())

    __nonzero__ = __bool__

    def __int__(self):
        return int(self._read())

    def __float__(self):
        return float(self._read())

    def __complex__(self):
        return complex(self._read())

    # -- writing -------------------------------------------------------------------------------------

    def assign(self, value, use_locking=False, name=None, read_value=True):
        """Replaces the value.

        Args:
            value: Anything that converts to a tensor of the variable's dtype and shape.
            use_locking, name: Accepted.
            read_value: Whether to return the variable.

        Raises:
            ValueError: Dtype or shape do not fit.
        """
        value = convert(value, dtype=self._dtype)
        if mode.slow and current.graph is not None:
            return self._assign_in(current.graph, value, read_value)
        if value.static_shape != self._storage.value.static_shape and not self._shape.is_compatible_with(value.shape):
            raise ValueError(
                f"Cannot assign value to variable ' {self._name}': Shape mismatch.The variable shape {self._shape}, "
                f"and the assigned value shape {value.shape} are incompatible."
            )
        self._storage.value = _owned(value)
        if mode.special:
            mode.on_assign(self, value)
        return _UnreadVariable(self) if read_value else None

    def _assign_in(self, graph, value, read_value=True):
        """Makes a tensor the value from here on, in a graph."""
        if not self._shape.is_compatible_with(value.shape):
            raise ValueError(
                f"Cannot assign value to variable ' {self._name}': Shape mismatch.The variable shape {self._shape}, "
                f"and the assigned value shape {value.shape} are incompatible."
            )
        graph.write(self, value)
        mode.on_assign(self, value)
        return _UnreadVariable(self) if read_value else None

    def assign_add(self, delta, use_locking=False, name=None, read_value=True):
        """Adds `delta`, of the variable's dtype and shape, to the value."""
        return self._update("AssignAddVariableOp", np.add, delta, read_value)

    def assign_sub(self, delta, use_locking=False, name=None, read_value=True):
        """Subtracts `delta`, of the variable's dtype and shape, from the value."""
        return self._update("AssignSubVariableOp", np.subtract, delta, read_value)

    def _update(self, op_name, function, delta, read_value):
        delta = convert(delta, dtype=self._dtype)
        if not self._dtype.is_numeric:
            raise InvalidArgumentError(
                f"No OpKernel was registered to support Op '{op_name}' used by {{{{node {op_name}}}}} with these "
                f"attrs: [dtype=DT_{self._dtype.name.upper()}]",
                hint=f"only numbers are added; variable.assign(...) takes a {self._dtype.name} value",
            )
        if mode.slow and current.graph is not None:
            before = current.graph.read(self)
            if not before.shape.is_compatible_with(delta.shape):
                raise ValueError(
                    f"Cannot update variable with shape {before.shape} using a Tensor with shape {delta.shape}, "
                    f"shapes must be equal. [Op:{op_name}]"
                )
            after = before + delta if function is np.add else before - delta
            return self._assign_in(current.graph, after, read_value)
        value = self._storage.value
        if value.static_shape != delta.static_shape:
            raise InvalidArgumentError(
                f"Cannot update variable with shape {value.shape.as_list()} using a Tensor with shape "
                f"{delta.shape.as_list()}, shapes must be equal. [Op:{op_name}]",
                got={"variable": self, "delta": delta},
            )
        self._storage.value = EagerTensor(quiet.run(function, value.host, delta.host), self._dtype)
        if mode.special:
            mode.on_assign(self, delta)
        return _UnreadVariable(self) if read_value else None

    def load(self, value, session=None):
        """Deprecated form of `assign`."""
        self.assign(value)

    def count_up_to(self, limit):
        """Adds 1 and returns the value before, until it is `limit`.

        Raises:
            OutOfRangeError: The limit is reached.
        """
        from tapeflow.core.base.errors import OutOfRangeError

        before = self._read()
        if int(before) >= limit:
            raise OutOfRangeError(f"Reached limit of {limit}")
        self.assign_add(1)
        return before

    def __iadd__(self, other):
        raise self._no_operator("+=", "assign_add", "+")

    def __isub__(self, other):
        raise self._no_operator("-=", "assign_sub", "-")

    def __imul__(self, other):
        raise self._no_operator("*=", "assign(variable * value)", "*")

    def __itruediv__(self, other):
        raise self._no_operator("/=", "assign(variable / value)", "/")

    def __ipow__(self, other):
        raise self._no_operator("**=", "assign(variable ** value)", "**")

    def _no_operator(self, operator, method, plain):
        call = method if "(" in method else f"{method}(value)"
        return RuntimeError(
            f"`variable {operator} value` with `tf.Variable`s is not supported. Use `variable.{call}` to modify the "
            f"variable, or `out = variable {plain} value` if you need to get a new output Tensor."
        )

    # -- checkpoints ---------------------------------------------------------------------------------

    def _serialize_to_tensors(self):
        return {VARIABLE_VALUE_KEY: self._read()}

    def _restore_from_tensors(self, restored_tensors):
        value = restored_tensors[VARIABLE_VALUE_KEY]
        try:
            return self.assign(value)
        except ValueError as error:
            raise ValueError(
                f"Received incompatible tensor with shape {value.shape} when attempting to restore variable with "
                f"shape {self.shape} and name {self.name}."
            ) from error

    # -- copies and looks ----------------------------------------------------------------------------

    def __copy__(self):
        return self

    def __deepcopy__(self, memo):
        copy = type(self).__new__(type(self))
        copy.__dict__.update(self.__dict__)
        copy._storage = Storage(EagerTensor(self._storage.value.host, self._dtype), self._shared_name)
        copy._storage.owner = weakref.ref(copy)
        copy._handle = EagerTensor(_box(copy._storage), dtypes.resource)
        memo[id(self)] = copy
        return copy

    def __reduce__(self):
        options = {
            "initial_value": self.numpy(), "trainable": self._trainable, "name": self._shared_name,
            "dtype": self._dtype, "constraint": self._constraint, "synchronization": self._synchronization,
            "aggregation": self._aggregation, "shape": self._shape,
        }  # fmt: skip
        # The class that `tf.Variable` makes goes by TensorFlow's name, under which nothing can be imported.
        return _unpickled, (None if type(self) is ResourceVariable else type(self), options)

    def __hash__(self):
        raise TypeError(f"Variable is unhashable. Instead, use variable.ref() as the key. (Variable: {self!r})")

    def __repr__(self):
        return (
            f"<tf.Variable '{self._name}' shape={self._shape} dtype={self._dtype.name}, "
            f"numpy={value_text(self._storage.value)}>"
        )

    class SaveSliceInfo:
        """Which part of a sliced variable this one is, for TensorFlow 1's checkpoints.

        Args:
            full_name: Name of the full variable.
            full_shape: Its shape.
            var_offset, var_shape: Where this part begins, and its shape.
            save_slice_info_def, import_scope: Of TensorFlow 1's graphs.
        """

        def __init__(
            self, full_name=None, full_shape=None, var_offset=None, var_shape=None, save_slice_info_def=None,
            import_scope=None,
        ):  # fmt: skip
            self.full_name, self.full_shape = full_name, full_shape
            self.var_offset, self.var_shape = var_offset, var_shape


_DEFAULTS = dict(  # noqa: C408  as the signature reads

    initial_value=None, trainable=None, validate_shape=True, caching_device=None, name=None, variable_def=None,
    dtype=None, import_scope=None, constraint=None, synchronization=VariableSynchronization.AUTO,
    aggregation=VariableAggregation.NONE, shape=None, experimental_enable_variable_lifting=True,
)  # fmt: skip
_PARAMETERS = tuple(_DEFAULTS)


class ResourceVariable(Variable):
    """The class of the variables that `tf.Variable(...)` makes, as in TensorFlow."""

    __module__ = "tensorflow.python.ops.resource_variable_ops"

    def __tf_tensor__(self, dtype=None, name=None):
        return self._read()


# Last of all: a class below `Variable` may keep its value in its own way, and register how it is converted.
register_conversion(Variable, lambda value, dtype=None, name=None, as_ref=False: value._read(), priority=1 << 30)


class _UnreadVariable(Variable):
    """What an assignment returns: the same variable, by another name."""

    __tf_tensor__ = ResourceVariable.__tf_tensor__

    def __init__(self, parent):
        self.__dict__.update(parent.__dict__)
        self._parent = parent

    @property
    def op(self):
        """The op that gave the value, in a graph; None where ops run at once."""
        return None if current.graph is None else current.graph.read(self).op

    def __repr__(self):
        text = value_text(self._storage.value)
        return f"<tf.Variable 'UnreadVariable' shape={self._shape} dtype={self._dtype.name}, numpy={text}>"


def variable_of(handle):
    """The variable that a resource tensor stands for.

    Raises:
        InvalidArgumentError: It stands for something else.
    """
    storage = handle.host[()] if isinstance(handle, EagerTensor) else None
    if not isinstance(storage, Storage):
        raise InvalidArgumentError(
            "Trying to access a handle's resource using the wrong type: it does not stand for a variable",
            got={"resource": handle},
        )
    owner = storage.owner() if storage.owner is not None else None
    return nameless(storage, handle) if owner is None else owner


def nameless(storage, handle, dtype=None, shape=None, trainable=False):
    """A variable for a storage that only had a handle."""
    variable = _UnreadVariable.__new__(_UnreadVariable)
    base = storage.name.rpartition("/")[0]
    variable.__dict__.update(
        _parent=None, _shared_name=base, _name=f"{base}:0", _dtype=dtype or storage.value.dtype,
        _shape=TensorShape(storage.value.shape if shape is None else shape), _trainable=trainable, _constraint=None,
        _synchronization=VariableSynchronization.AUTO, _aggregation=VariableAggregation.NONE, _storage=storage,
        _handle=handle,
    )  # fmt: skip
    return variable


UnreadVariable = _UnreadVariable  # TensorFlow's class has the underscore, and type(...).__name__ shows it


def lift(value):
    """The eager tensor of an initial value that a graph computes: a room above puts the means here."""
    raise TypeError(f"a variable needs a tensor with a value, not {value!r}")


def _owned(value):
    """The value as a tensor that nobody hangs attributes on."""
    if value._array is None:
        result = EagerTensor.from_buffer(value._buffer, value._dtype)
    else:
        result = EagerTensor(value._array, value._dtype)
    if mode.slow:
        _keep_place(value, result)
    return result


def _keep_place(value, other):
    """Has another tensor of the same value lie where it lies: on a virtual processor or an accelerator."""
    if "_place" in value.__dict__:
        other._place = value._place
    if value._array is not None and (buffer := getattr(value, "_buffer", None)) is not None:
        other._buffer = buffer


def _unpickled(cls, options):
    return (cls or ResourceVariable)(**options)


def _box(thing):
    """A 0-d object array that holds `thing`."""
    box = np.empty((), object)
    box[()] = thing
    return box


def variable_creator_scope(variable_creator):
    """Context in which `variable_creator(next_creator, **kwargs)` makes the variables.

    Args:
        variable_creator: Called with the next creator and the arguments of `tf.Variable` by name; returns a variable.
    """
    return _CreatorScope(variable_creator)


class _CreatorScope:
    def __init__(self, creator):
        self._creator = creator

    def __enter__(self):
        creators.stack.append(self._creator)

    def __exit__(self, *_):
        creators.stack.remove(self._creator)
