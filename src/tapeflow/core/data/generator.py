"""`from_generator`: elements that Python code yields, checked against what was announced."""

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.base.shapes import TensorShape
from tapeflow.core.base.specs import NoneTensorSpec, TensorSpec, TypeSpec
from tapeflow.core.data import structure
from tapeflow.core.data.cursor import Cursor
from tapeflow.core.data.dataset import DatasetV2
from tapeflow.core.data.user_code import translated
from tapeflow.core.values.convert import convert
from tapeflow.core.values.tensor import Tensor

_NOT_BOTH = "The `{}` argument can not be used together with the `output_signature` argument."


def from_generator(generator, output_types, output_shapes, args, output_signature):
    """See `Dataset.from_generator`."""
    if not callable(generator):
        raise TypeError("`generator` must be a Python callable.")
    if output_signature is not None:
        if output_types is not None:
            raise TypeError(_NOT_BOTH.format("output_types"))
        if output_shapes is not None:
            raise TypeError(_NOT_BOTH.format("output_shapes"))
        for spec in structure.flatten(output_signature):
            if not isinstance(spec, TypeSpec):
                raise TypeError(
                    "`output_signature` must contain objects that are subclass of `tf.TypeSpec` but found "
                    f"{type(spec)} which is not."
                )
    else:
        if output_types is None:
            raise TypeError("Either `output_signature` or `output_types` must be specified.")
        if output_shapes is None:
            output_shapes = structure.map_leaves(lambda _: TensorShape(None), output_types)
        else:
            output_shapes = _shapes(output_types, output_shapes)
        flat = zip(structure.flatten(output_types), structure.flatten_up_to(output_types, output_shapes), strict=True)
        output_signature = structure.pack(
            output_types, [TensorSpec(shape, dtypes.as_dtype(dtype)) for dtype, shape in flat]
        )
    return _GeneratorDataset(generator, () if args is None else tuple(args), output_signature)


def _shapes(types, shapes):
    """The shapes nested like the types; a list or tuple of numbers is one shape."""
    if not structure.flatten(types) or structure._KINDS[type(types)] is None:
        return TensorShape(shapes)
    kind = structure._KINDS[type(types)]
    if kind.word == "mapping":
        return {key: _shapes(types[key], shapes[key]) for key in types}
    parts = [_shapes(t, s) for t, s in zip(kind.children(types), shapes, strict=True)]
    return kind.rebuild(types, parts)


class _Yielded(Cursor):
    """What a generator yields."""

    def __init__(self, generator, args, spec):
        self._generator, self._args, self._spec = generator, args, spec
        self._specs = structure.flatten(spec)
        self._iterator, self._place, self._at_end = None, 0, False

    def next(self):
        if self._at_end:
            return None
        try:
            if self._iterator is None:
                self._iterator = iter(self._generator(*self._args))
            value = next(self._iterator, self)
        except Exception as error:
            self._at_end, self._iterator = True, None
            raise translated(error) from error
        if value is self:
            self._at_end, self._iterator = True, None
            return None
        self._place += 1
        return self._checked(value)

    def _checked(self, value):
        if isinstance(value, list):
            value = tuple(value) if structure._KINDS[type(self._spec)] is not None else value
        try:
            leaves = structure.flatten_up_to(self._spec, value)
        except (TypeError, ValueError) as error:
            raise InvalidArgumentError(
                f"TypeError: `generator` yielded an element that did not match the expected structure. The expected "
                f"structure was {structure.map_leaves(lambda s: getattr(s, 'dtype', s), self._spec)}, but the yielded "
                f"element was {value}."
            ) from error
        return tuple([self._leaf(spec, x, value) for spec, x in zip(self._specs, leaves, strict=True)])

    @staticmethod
    def _leaf(spec, x, value):
        if isinstance(spec, NoneTensorSpec):
            return None
        if not isinstance(spec, TensorSpec):
            return _composite(spec, x, value)
        try:
            if isinstance(x, Tensor) and x.dtype is spec.dtype:
                tensor = x
            else:
                tensor = convert(_as_array(x, spec.dtype), dtype=spec.dtype)
        except (TypeError, ValueError) as error:
            raise InvalidArgumentError(
                f"TypeError: `generator` yielded an element that could not be converted to the expected type. The "
                f"expected type was {spec.dtype.name}, but the yielded element was {value}."
            ) from error
        if not spec.shape.is_compatible_with(tensor.shape):
            raise InvalidArgumentError(
                f"TypeError: `generator` yielded an element of shape {tensor.shape} where an element of shape "
                f"{spec.shape} was expected."
            )
        return tensor.host

    def save(self):
        return {"place": self._place, "at_end": self._at_end}

    def restore(self, state):
        self.close()
        self._at_end = False
        for _ in range(int(state["place"])):
            self.next()
        self._at_end = bool(state["at_end"])

    def close(self):
        iterator, self._iterator = self._iterator, None
        self._place = 0
        if hasattr(iterator, "close"):
            iterator.close()


def _as_array(x, dtype):
    """A yielded value as NumPy makes an array of it: a float becomes an int as it does there."""
    if isinstance(x, Tensor):
        x = x.numpy()
    if dtype is dtypes.string or isinstance(x, (str, bytes)):
        return x
    array = np.asarray(x)
    if array.dtype == object:
        raise ValueError("setting an array element with a sequence")
    return array if array.dtype == dtype.as_numpy_dtype else array.astype(dtype.as_numpy_dtype)


def _composite(spec, x, value):
    if not hasattr(x, "_type_spec"):
        if hasattr(spec, "ragged_rank"):
            from tapeflow.core.ops.compose.ragged_factory import constant

            x = constant(x, dtype=spec.dtype, row_splits_dtype=spec.row_splits_dtype)
        elif type(spec).__name__ == "OptionalSpec" and x is None:
            from tapeflow.core.data.optional import Optional

            return Optional.empty(spec._element_spec)
    if not spec.is_compatible_with(x):
        raise InvalidArgumentError(
            f"TypeError: `generator` yielded an element of {x!r} where an element of {spec!r} was expected."
        )
    return x


class _GeneratorDataset(DatasetV2):
    """What a Python generator yields."""

    __slots__ = ()
    waits = True

    def __init__(self, generator, args, spec):
        self._generator = generator
        self.arguments = tuple(convert(x) for x in args)
        self._spec = spec

    def make_cursor(self, start):
        return _Yielded(self._generator, [start.tensor(x).numpy() for x in self.arguments], self._spec)
