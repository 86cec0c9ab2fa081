"""`tf.experimental.ExtensionType`: classes of values that are made of tensors, told by their annotations."""

import abc
import functools
import inspect
import typing

from tapeflow.core.base import nest, specs
from tapeflow.core.base.composite import CompositeTensor
from tapeflow.core.base.shapes import TensorShape
from tapeflow.core.base.tensor_spec import TensorSpec
from tapeflow.core.base.type_spec import BatchableTypeSpec, TypeSpec
from tapeflow.core.values import extension_fields
from tapeflow.core.values.extension_fields import NO_DEFAULT, Goal, ImmutableDict, is_reserved
from tapeflow.core.values.late import ops
from tapeflow.core.values.tensor import Tensor

_CONSTRUCTING = "_tf_extension_type_in_constructor"
_CACHED_SPEC = "_tf_extension_type_cached_type_spec"
_KERAS_MASK = "_keras_mask"


def _made(cls, fields):
    """An object with these fields, its constructor left out: the user may have written another."""
    value = object.__new__(cls)
    value.__dict__.update(fields)
    return value


class ExtensionTypeMetaclass(abc.ABCMeta):
    """Turns the annotations of an extension type into a constructor and a `Spec`."""

    def __init__(cls, name, bases, namespace):
        if not namespace.get("_tf_extension_type_do_not_transform_this_class", False):
            _check_annotations(cls)
            _add_constructor(cls)
            _add_spec(cls)
        super().__init__(name, bases, namespace)


class _Frozen:
    """Fields that can be set in the user's constructor only."""

    def __setattr__(self, name, value):
        if name == _KERAS_MASK or (_CONSTRUCTING in self.__dict__ and self._tf_extension_type_has_field(name)):
            self.__dict__[name] = value
        else:
            raise AttributeError(
                f"Cannot mutate attribute `{name}` outside the custom constructor of {self._frozen_kind}."
            )

    def __delattr__(self, name):
        if name == _KERAS_MASK or (_CONSTRUCTING in self.__dict__ and self._tf_extension_type_has_field(name)):
            del self.__dict__[name]
        else:
            raise AttributeError(
                f"Cannot mutate attribute `{name}` outside the custom constructor of {self._frozen_kind}."
            )


class ExtensionType(_Frozen, CompositeTensor, metaclass=ExtensionTypeMetaclass):
    """Base class of your own types that are made of tensors.

    A subclass annotates its fields; it gets a constructor, a `Spec`, `==`, and can be used wherever tensors can:
    arguments and results of `tf.function`, `tf.cond`, `tf.while_loop`, `tf.nest`. Its values cannot be changed.
    `__validate__` is called after construction; what functions do with it, say `tf.experimental.dispatch_for_api` and
    its kin.

    >>> class Masked(tf.experimental.ExtensionType):
    ...     values: tf.Tensor
    ...     mask: tf.Tensor
    >>> Masked([1, 2], [True, False]).mask.numpy()
    array([ True, False])
    """

    _tf_extension_type_do_not_transform_this_class = True
    _frozen_kind = "ExtensionType"

    def __init__(self, *args, **kwargs):
        if type(self) is ExtensionType:
            raise AssertionError(
                "Cannot create an instance of ExtensionType because ExtensionType is an abstract base class."
            )

    @classmethod
    def _tf_extension_type_fields(cls):
        if "_tf_extension_type_cached_fields" in cls.__dict__:  # not one that is inherited
            return cls._tf_extension_type_cached_fields
        try:
            hints, resolved = typing.get_type_hints(cls), True
        except (NameError, AttributeError):
            hints, resolved = _raw_annotations(cls), False
        fields = tuple(
            extension_fields.field(name, hint, getattr(cls, name, NO_DEFAULT))
            for name, hint in hints.items() if name not in _NOT_FIELDS
        )
        if resolved:
            cls._tf_extension_type_cached_fields = fields
        return fields

    @classmethod
    def _tf_extension_type_has_field(cls, name):
        return any(name == one.name for one in cls._tf_extension_type_fields())

    def _tf_extension_type_convert_fields(self):
        extension_fields.convert_all(self._tf_extension_type_fields(), self.__dict__, Goal.VALUE)

    def __validate__(self):
        """Called after construction: raises an error if the fields do not fit one another."""

    def __repr__(self):
        fields = ", ".join(f"{one.name}={getattr(self, one.name)!r}" for one in self._tf_extension_type_fields())
        return f"{type(self).__qualname__}({fields})"

    def __eq__(self, other):
        if type(self) is not type(other) or self._type_spec != other._type_spec:
            return False
        pairs = zip(*(nest.flatten(one, expand_composites=True) for one in (self, other)), strict=True)
        equal = [ops.all_equal(a, b) for a, b in pairs]
        return ops.reduce_all(ops.stack(equal)) if equal else ops.convert(True)

    def __ne__(self, other):
        equal = self.__eq__(other)
        return ops.operator("logical_not")(equal) if isinstance(equal, Tensor) else not equal

    @property
    def _type_spec(self):
        if _CACHED_SPEC not in self.__dict__:
            self.__dict__[_CACHED_SPEC] = self.Spec.from_value(self)
        return self.__dict__[_CACHED_SPEC]


# Annotations of the classes here that are no fields of the user's.
_NOT_FIELDS = frozenset(("opens_in_nest",))


class ExtensionTypeSpec(_Frozen, TypeSpec):
    """Base class of the `Spec`s of extension types."""

    _frozen_kind = "ExtensionTypeSpec"

    def __setattr__(self, name, value):
        if name == "_cached_key":
            object.__setattr__(self, name, value)
        else:
            super().__setattr__(name, value)

    @classmethod
    def from_value(cls, value):
        """Returns the spec of a value.

        Args:
            value: An instance of the extension type.
        """
        if _CACHED_SPEC in value.__dict__:
            return value.__dict__[_CACHED_SPEC]
        names = [one.name for one in cls._tf_extension_type_fields()]
        return _made(cls, {name: nest.map_structure(_as_spec, value.__dict__[name]) for name in names})

    def __validate__(self):
        """Called after construction: raises an error if the fields do not fit one another."""

    @classmethod
    def _tf_extension_type_fields(cls):
        return cls.value_type._tf_extension_type_fields()

    @classmethod
    def _tf_extension_type_has_field(cls, name):
        return any(name == one.name for one in cls._tf_extension_type_fields())

    def _tf_extension_type_convert_fields(self):
        extension_fields.convert_all(self._tf_extension_type_fields(), self.__dict__, Goal.SPEC)

    def _fields(self):
        return tuple(self.__dict__[one.name] for one in self._tf_extension_type_fields())

    def _serialize(self):
        return tuple((one.name, _plain(self.__dict__[one.name])) for one in self._tf_extension_type_fields())

    @classmethod
    def _deserialize(cls, serialization):
        return _made(cls, {name: _immutable(value) for name, value in serialization})

    def __reduce__(self):
        return _spec_of, (self.value_type, self._serialize())

    @property
    def _component_specs(self):
        return tuple(x for x in nest.flatten(self._fields()) if isinstance(x, TypeSpec))

    def _to_components(self, value):
        fields = tuple(value.__dict__[one.name] for one in self._tf_extension_type_fields())
        flat, kinds = nest.flatten(fields), nest.flatten(self._fields())
        return tuple(x for x, kind in zip(flat, kinds, strict=True) if isinstance(kind, TypeSpec))

    def _from_components(self, components):
        rest = iter(components)
        flat = [next(rest) if isinstance(x, TypeSpec) else x for x in nest.flatten(self._fields())]
        if list(rest):
            raise ValueError(
                "Cannot build an ExtensionType instance from components because more components are provided than the "
                "number expected by the type spec."
            )
        names = [one.name for one in self._tf_extension_type_fields()]
        return _made(self.value_type, dict(zip(names, nest.pack_sequence_as(self._fields(), flat), strict=True)))

    def __repr__(self):
        return f"{type(self).__qualname__}({', '.join(f'{name}={value!r}' for name, value in self._serialize())})"


def _as_spec(value):
    if isinstance(value, Tensor):
        return TensorSpec(value.shape, value.dtype)
    return value._type_spec if hasattr(value, "_type_spec") else value


def _spec_of(value_type, serialization):
    """For pickle: the `Spec` is a nested class."""
    return value_type.Spec._deserialize(serialization)


def _plain(value):
    """With dicts for immutable ones."""
    if isinstance(value, (dict, ImmutableDict)):
        return {key: _plain(item) for key, item in value.items()}
    return tuple(map(_plain, value)) if type(value) is tuple else value


def _immutable(value):
    if isinstance(value, (dict, ImmutableDict)):
        return ImmutableDict((key, _immutable(item)) for key, item in value.items())
    return tuple(map(_immutable, value)) if type(value) is tuple else value


# -- types that can be batched ---------------------------------------------------------------------


class ExtensionTypeBatchEncoder:
    """Says how values of an extension type are batched: as tensors that can be stacked, unstacked and joined.

    The default takes all tensors and composites of a value as they are. A subclass can do otherwise; it is put into
    `__batch_encoder__` of a `tf.experimental.BatchableExtensionType`.
    """

    def batch(self, spec, batch_size):
        """Returns the spec of a batch.

        Args:
            spec: The spec of one value.
            batch_size: Its size, None for any.
        """

        def one(x):
            if isinstance(x, BatchableTypeSpec):
                return x._batch(batch_size)
            return TensorShape([batch_size]).concatenate(x) if isinstance(x, TensorShape) else x

        return _made(type(spec), {name: nest.map_structure(one, x) for name, x in spec.__dict__.items()})

    def unbatch(self, spec):
        """Returns the spec of one value of a batch.

        Args:
            spec: The spec of the batch.
        """

        def one(x):
            if isinstance(x, BatchableTypeSpec):
                return x._unbatch()
            return x[1:] if isinstance(x, TensorShape) else x

        return _made(type(spec), {name: nest.map_structure(one, x) for name, x in spec.__dict__.items()})

    def encode(self, spec, value, minimum_rank=0):
        """Returns the tensors and composites of a value, nested, that can be stacked.

        Args:
            spec: The value's spec.
            value: The value.
            minimum_rank: How many leading axes they must share.
        """
        return spec._to_components(value)

    def decode(self, spec, encoded_value):
        """Returns the value of what `encode` gave, stacked or unstacked maybe.

        Args:
            spec: The spec of the result.
            encoded_value: The tensors and composites.
        """
        return spec._from_components(encoded_value)

    def encoding_specs(self, spec):
        """Returns the specs of what `encode` gives.

        Args:
            spec: The spec of a value.
        """
        return spec._component_specs


_AS_IT_IS = ExtensionTypeBatchEncoder()


def batch_encoder(spec):
    """How values of a spec are batched.

    Raises:
        TypeError: They cannot be.
    """
    if not isinstance(spec, BatchableTypeSpec):
        raise TypeError(f"values of type {spec.value_type.__name__} cannot be batched")
    return getattr(spec, "__batch_encoder__", _AS_IT_IS)


class BatchableExtensionTypeSpec(ExtensionTypeSpec, BatchableTypeSpec):
    """Base class of the `Spec`s of extension types that can be batched."""

    __batch_encoder__ = ExtensionTypeBatchEncoder()

    def _batch(self, batch_size):
        return self.__batch_encoder__.batch(self, batch_size)

    def _unbatch(self):
        return self.__batch_encoder__.unbatch(self)

    @property
    def _flat_tensor_specs(self):
        return nest.flatten(self.__batch_encoder__.encoding_specs(self), expand_composites=True)

    def _to_tensor_list(self, value):
        return nest.flatten(self.__batch_encoder__.encode(self, value), expand_composites=True)

    def _to_batched_tensor_list(self, value):
        return nest.flatten(self.__batch_encoder__.encode(self, value, minimum_rank=1), expand_composites=True)

    def _from_compatible_tensor_list(self, tensor_list):
        encoded = self.__batch_encoder__.encoding_specs(self)
        return self.__batch_encoder__.decode(
            self, nest.pack_sequence_as(encoded, tensor_list, expand_composites=True)
        )


class BatchableExtensionType(ExtensionType):
    """An `ExtensionType` whose values can be batched, as datasets, Keras and `tf.map_fn` do.

    `__batch_encoder__` says how; the default batches each tensor.

    >>> class Pair(tf.experimental.BatchableExtensionType):
    ...     a: tf.Tensor
    ...     b: tf.Tensor
    >>> tf.map_fn(lambda p: p.a * p.b, Pair([1, 2, 3], [4, 5, 6]), fn_output_signature=tf.int32).numpy()
    array([ 4, 10, 18], dtype=int32)
    """

    _tf_extension_type_do_not_transform_this_class = True


# -- making the classes ----------------------------------------------------------------------------


def _raw_annotations(cls):
    """The annotations of a class and its bases, forward references left as they are."""
    hints = {}
    for base in reversed(cls.__mro__):
        hints.update(_own_annotations(base))
    return hints


def _own_annotations(cls):
    try:
        return inspect.get_annotations(cls)
    except NameError:  # Python 3.14 works annotations out when they are asked for
        import annotationlib  # lazy: Python 3.14 only

        return annotationlib.get_annotations(cls, format=annotationlib.Format.FORWARDREF)


def _check_annotations(cls):
    annotations = _own_annotations(cls)
    for name, value in cls.__dict__.items():
        if name == "Spec":
            if not isinstance(value, type):
                raise ValueError(f"{cls.__qualname__}.Spec must be a nested class; got {value}.")
            if value.__bases__ not in ((TypeSpec,), (object,)):
                raise ValueError(f"{cls.__qualname__}.Spec must be directly subclassed from tf.TypeSpec.")
        elif is_reserved(name):
            raise ValueError(f"The field annotations for {cls.__name__} are invalid. Field '{name}' is reserved.")
    for name in annotations:
        if is_reserved(name):
            raise ValueError(f"The field annotations for {cls.__name__} are invalid. Field '{name}' is reserved.")
    for name, value in cls.__dict__.items():
        special = name.startswith("_abc_") or (name.startswith("__") and name.endswith("__"))
        is_method = callable(value) or isinstance(value, (property, classmethod, staticmethod))
        if not (name in annotations or special or is_method or name in _HIDDEN):
            raise ValueError(
                f"The field annotations for {cls.__name__} are invalid. Field {name} is missing a type annotation."
            )


_HIDDEN = frozenset(("__annotate_func__", "__annotations_cache__", "_tf_extension_type_fields"))


def _add_constructor(cls):
    if "__init__" in cls.__dict__:
        _wrap_constructor(cls)
    else:
        _build_constructor(cls, _parameters(cls._tf_extension_type_fields()))


def _parameters(fields):
    """The parameters of a constructor; a field without a default after one with a default is keyword-only."""
    seen_default, parameters = False, []
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    for one in fields:
        if seen_default and one.default is NO_DEFAULT:
            kind = inspect.Parameter.KEYWORD_ONLY
        seen_default = seen_default or one.default is not NO_DEFAULT
        default = inspect.Parameter.empty if one.default is NO_DEFAULT else one.default
        parameters.append(inspect.Parameter(one.name, kind, default=default, annotation=one.value_type))
    return parameters


def _build_constructor(cls, parameters):
    signature = inspect.Signature(parameters)

    def __init__(self, *args, **kwargs):
        bound = signature.bind(*args, **kwargs)
        bound.apply_defaults()
        self.__dict__.update(bound.arguments)
        self._tf_extension_type_convert_fields()
        self.__validate__()

    own = inspect.Parameter("self", inspect.Parameter.POSITIONAL_OR_KEYWORD)
    __init__.__signature__ = inspect.Signature([own, *parameters], return_annotation=cls)
    cls.__init__ = __init__


def _wrap_constructor(cls):
    written = cls.__init__

    @functools.wraps(written)
    def __init__(self, *args, **kwargs):
        self.__dict__[_CONSTRUCTING] = True
        written(self, *args, **kwargs)
        self.__dict__.pop(_CONSTRUCTING, None)  # a constructor of a base class has done it, maybe
        self._tf_extension_type_convert_fields()
        self.__validate__()

    cls.__init__ = __init__


def _add_spec(cls):
    """Gives the class its `Spec`: the user's, if there is one, with what every spec needs."""
    members = {"value_type": cls, "__module__": cls.__module__}
    for name, value in getattr(cls.__dict__.get("Spec"), "__dict__", {}).items():
        if is_reserved(name):
            raise ValueError(f"TypeSpec {cls.__qualname__}.Spec uses reserved name '{name}'.")
        if cls._tf_extension_type_has_field(name):
            raise ValueError(
                f"TypeSpec {cls.__qualname__}.Spec defines a variable '{name}' which shadows a field in "
                f"{cls.__qualname__}"
            )
        if name not in ("__module__", "__dict__", "__weakref__"):
            members[name] = value
    batchable = issubclass(cls, BatchableExtensionType)
    if hasattr(cls, "__batch_encoder__"):
        members.setdefault("__batch_encoder__", cls.__batch_encoder__)
    if "__batch_encoder__" in members and not batchable:
        raise ValueError("__batch_encoder__ should only be defined for BatchableExtensionType classes.")
    base = BatchableExtensionTypeSpec if batchable else ExtensionTypeSpec
    spec = type(base)(f"{cls.__name__}.Spec", (base,), members)
    spec.__qualname__ = f"{cls.__qualname__}.Spec"
    cls.Spec = spec
    if "__init__" in spec.__dict__:
        _wrap_constructor(spec)
    else:
        kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
        _build_constructor(spec, [inspect.Parameter(one.name, kind) for one in cls._tf_extension_type_fields()])
    if "__name__" in cls.__dict__:
        specs.register(f"{cls.__dict__['__name__']}.Spec")(spec)


def as_dict(value):
    """Returns the fields of an extension type as a dict; nested extension types stay as they are.

    Args:
        value: The extension type.
    """
    return {one.name: getattr(value, one.name) for one in value._tf_extension_type_fields()}
