"""Dtypes and shapes of a node's outputs, from its inputs and attributes."""

from functools import lru_cache

import numpy as np

from tapeflow.core.base.dtypes import int32, string
from tapeflow.core.base.errors import InvalidArgumentError, OpError
from tapeflow.core.base.quiet import quiet
from tapeflow.core.base.shapes import TensorShape
from tapeflow.core.graph import constants, host_shape_rules, part_shape_rules  # noqa: F401  (they add rules)
from tapeflow.core.graph.shape_rules import rules

UNKNOWN = TensorShape(None)


class ShapeError(InvalidArgumentError, ValueError):
    """Arguments whose shapes do not fit, found while a graph is being built: TensorFlow raises ValueError there."""


def infer(record, args, attrs, noted=None):
    """The `(dtype, TensorShape)` of each output.

    Args:
        record: The op.
        args: Symbols, tuples of symbols for list inputs.
        attrs: Attribute name -> value.
        noted: Shapes that a file has for the outputs: taken where finding them out would take the compiler.

    Raises:
        ShapeError: The shapes do not fit.
    """
    dtypes = record.output_dtypes(args, attrs, _count(record, args, attrs))
    shapes = _shapes(record, args, attrs, len(dtypes), noted)
    if noted is not None and len(noted) == len(shapes):
        shapes = [a.merge_with(b) if a.is_compatible_with(b) else a for a, b in zip(shapes, noted, strict=True)]
    return list(zip(dtypes, shapes, strict=True))


def _count(record, args, attrs):
    """How many outputs there are."""
    total = 0
    for out in record.outputs:
        if not out.is_list:
            total += 1
        elif out.number_attr is None:
            kinds = record.bound_types(args, attrs).get(out.type_attr, ())
            total += len(kinds) if isinstance(kinds, (tuple, list)) else len(args[0])
        elif out.number_attr in attrs:
            total += attrs[out.number_attr]
        else:
            total += next(
                len(one)
                for arg, one in zip(record.inputs, args, strict=True)
                if arg.is_list and arg.number_attr == out.number_attr
            )
    return total


def _shapes(record, args, attrs, count, noted=None):
    found = _ruled(record, args, attrs)
    if found is not None:
        return [TensorShape(one) for one in found]
    if record.elementwise:
        shapes = [x.shape for x in args]
        if any(s.rank is None for s in shapes):
            return [UNKNOWN] * count
        return [shapes[0] if len(shapes) == 1 else _broadcast(record, *args)]
    if record.shape is not None:
        shapes = [[_plain(x) for x in one] if type(one) is tuple else _plain(one) for one in args]
        found = record.shape(shapes, attrs)
        return [TensorShape(one) for one in found]
    if record.lower is None:
        return [UNKNOWN] * count
    if noted is not None:
        return [UNKNOWN] * count
    return _evaluated(record, args, attrs, count)


def _ruled(record, args, attrs):
    """What the op's own rule says of the outputs' sizes; None if there is no rule, or it has no answer."""
    rule = rules.get(record.op_name)
    if rule is None:
        return None
    follows_stream = record.outputs and record.outputs[-1].name == "stream_after"  # a random op with its stream's state
    try:
        found = rule(args[1:] if follows_stream else args, attrs)
    except InvalidArgumentError as error:
        raise ShapeError(str(error)) from None
    return [*found, [3]] if found is not None and follows_stream else found


def _plain(symbol):
    return symbol.static_shape


def _broadcast(record, x, y):
    a, b = x.shape.as_list(), y.shape.as_list()
    if a == b:
        return x.shape
    rank = max(len(a), len(b))
    a, b = [1] * (rank - len(a)) + a, [1] * (rank - len(b)) + b
    sizes = []
    for m, n in zip(a, b, strict=True):
        if m == n or n == 1:
            sizes.append(m)
        elif m == 1:
            sizes.append(n)
        elif m is None or n is None:
            known = n if m is None else m
            sizes.append(known)  # the unknown one is 1 or the same, or running will say so
        else:
            raise ShapeError(
                f"Dimensions must be equal, but are {m} and {n} for '{record.op_name}' with input shapes: "
                f"{x.shape}, {y.shape}.",
                got={record.inputs[0].name: x, record.inputs[1].name: y},
                hint="make the sizes equal or 1, counted from the last dimension",
            )
    return TensorShape(sizes)


def _evaluated(record, args, attrs, count):
    """By abstract evaluation of the lowering."""
    specs, consts = [], []
    for i, (arg, one) in enumerate(zip(record.inputs, args, strict=True)):
        if arg.const:
            values = tuple(map(constants.value_of, one)) if type(one) is tuple else constants.value_of(one)
            if values is None and arg.name in _SIZE_INPUTS:
                values = _partial(one)
            if values is None or (type(values) is tuple and any(v is None for v in values)):
                return [UNKNOWN] * count
            consts.append((i, values if type(values) is Sizes else _Frozen(values)))
        if type(one) is tuple:
            specs.append(tuple(map(_spec, one)))
        else:
            specs.append(_spec(one))
    flat = [s for one in specs for s in (one if one and type(one[0]) is tuple and len(one[0]) == 2 else (one,))]
    for one in args:
        for x in one if type(one) is tuple else (one,):
            if x.shape.rank is None or x.dtype.is_opaque:
                return [UNKNOWN] * count
    del flat
    try:
        key = tuple(sorted(attrs.items(), key=lambda item: item[0]))
        found = _cached(record, tuple(specs), key, tuple(consts))
        if found is None and record.op_name in _PRODUCTS:
            _check_product(record, args, attrs)
        return found or [UNKNOWN] * count
    except _Failed as failure:
        raise _worded(record, args, attrs, failure.__cause__) from None
    except TypeError as error:
        if "unhashable" not in str(error):
            raise
        return [UNKNOWN] * count


def _spec(symbol):
    """Shape and dtype of an input. Ops that take strings take any dtype: the compiler, which has none, sees int32."""
    return symbol.static_shape, int32 if symbol.dtype is string else symbol.dtype


# Products of matrices -> the attributes that say which of the two are transposed.
_PRODUCTS = {"MatMul": ("transpose_a", "transpose_b")}
_PRODUCTS |= dict.fromkeys(["BatchMatMul", "BatchMatMulV2", "BatchMatMulV3"], ("adj_x", "adj_y"))


def _check_product(record, args, attrs):
    """Refuses matrices whose inner sizes are known and differ, whatever the others are."""
    a, b = (x.shape.as_list() for x in args)
    first, second = _PRODUCTS[record.op_name]
    if len(a) < 2 or len(b) < 2:
        return
    m, n = a[-2 if attrs[first] else -1], b[-1 if attrs[second] else -2]
    if None not in (m, n) and m != n:
        raise ShapeError(
            f"Dimensions must be equal, but are {m} and {n} for '{record.op_name}' with input shapes: "
            f"{args[0].shape}, {args[1].shape}.",
            got={arg.name: x for arg, x in zip(record.inputs, args, strict=True)},
        )


# Inputs that are sizes: what is unknown of them can be tried out like an unknown size of a shape.
_SIZE_INPUTS = frozenset("shape size dims output_shape num_samples depth input_sizes filter_sizes".split())


class Sizes:
    """A constant input of sizes, some of them unknown; called with a number, its value with that for the unknown ones.

    Attributes:
        value: This object, as `_Frozen.value` is the array.
    """

    __slots__ = ("_dtype", "_sizes")

    def __init__(self, sizes, dtype):
        self._sizes, self._dtype = sizes, dtype

    @property
    def value(self):
        """What stands for the input."""
        return self

    def __call__(self, size):
        if self._sizes is None:
            return self._dtype.type(size)
        return np.array([size if n is None else n for n in self._sizes], self._dtype)

    def __hash__(self):
        return hash((self._sizes, self._dtype))

    def __eq__(self, other):
        return type(other) is Sizes and (self._sizes, self._dtype) == (other._sizes, other._dtype)


def _partial(symbol):
    """The `Sizes` of a symbol, None if not even their number is known."""
    if not symbol.dtype.is_integer:
        return None
    if symbol.shape.rank == 0:
        return Sizes(None, symbol.dtype.np)
    sizes = constants.raw_sizes(symbol)
    return None if sizes is None else Sizes(tuple(sizes), symbol.dtype.np)


# What unknown sizes are taken to be, twice each: the later ones for ops that want multiples of something.
_SIZES = ((2, 3), (12, 24), (60, 120), (1, 2))
# Sizes of images, larger than any window; not for windows, whose places some ops go through one by one.
_LARGE = (10080, 20160)
_REFUSALS = (OpError, ValueError, TypeError, IndexError, ZeroDivisionError, AssertionError, KeyError)


class _Failed(Exception):
    """The lowering does not take such arguments."""


class _Frozen:
    """A constant input as part of a cache's key."""

    __slots__ = ("key", "value")

    def __init__(self, value):
        self.value = value
        parts = value if type(value) is tuple else (value,)
        self.key = tuple((np.asarray(v).tobytes(), np.shape(v), str(np.asarray(v).dtype)) for v in parts)

    def __hash__(self):
        return hash(self.key)

    def __eq__(self, other):
        return self.key == other.key


@lru_cache(maxsize=8192)
def _cached(record, specs, attrs, consts):
    from tapeflow.core.engines import xla  # lazy: jax takes half a second to import

    given = [_listed(one) for one in specs]
    given = [
        [(TensorShape(s), d.np) for s, d in one] if type(one) is list else (TensorShape(one[0]), one[1].np)
        for one in given
    ]
    constants_now = {i: frozen.value for i, frozen in consts}
    is_open = [not all(s.is_fully_defined() for s, _ in (one if type(one) is list else [one])) for one in given]
    is_open += [type(one) is Sizes for _, one in consts]
    is_static = not any(is_open)
    is_first_only = is_open[:1] == [True] and not any(is_open[1:])
    for sizes in (*_SIZES, _LARGE) if is_first_only else _SIZES:
        try:
            found = quiet.run(xla.infer, record, given, dict(attrs), constants_now, sizes)
            return [_trusted(shape, given) for shape, _ in found]
        except _REFUSALS as error:
            if is_static:
                raise _Failed from error
    return None


def _trusted(shape, given):
    """A shape found by trying sizes. Where nothing at all is known of the inputs, equal numbers are an accident."""
    known = [n for one in given for s, _ in (one if type(one) is list else [one]) for n in s.as_list()]
    if not known or any(n is not None for n in known):
        return shape
    return TensorShape([None] * shape.rank)


def _listed(one):
    """A list input's specs as a list, another's spec as it is."""
    return list(one) if not one or (isinstance(one[0], tuple) and len(one) and _is_spec(one[0])) else one


def _is_spec(one):
    return len(one) == 2 and hasattr(one[1], "as_datatype_enum")


def _worded(record, args, attrs, error):
    """The error that the host kernel has for such arguments, else the lowering's."""
    named = {arg.name: one for arg, one in zip(record.inputs, args, strict=True)}
    if isinstance(error, OpError):
        found = error
    else:
        found = _from_kernel(record, args, attrs) or error
    text = str(found).split("\n")[0]
    return ShapeError(text, got={k: v for k, v in named.items() if type(v) is not tuple})


def _from_kernel(record, args, attrs):
    """What the host kernel says to arrays of zeros of these shapes, if they are small."""
    if record.kernel is None or record.stateful or record.reentrant:
        return None

    def zeros(x):
        value = constants.value_of(x)
        if value is not None:
            return value
        return np.zeros([1 if n is None else n for n in x.static_shape], x.dtype.np)[()]

    if any((x.shape.num_elements() or 0) > 100_000 for one in args for x in (one if type(one) is tuple else (one,))):
        return None
    try:
        values = [tuple(map(zeros, one)) if type(one) is tuple else zeros(one) for one in args]
        quiet.run(record.kernel, *values, **attrs)
    except OpError as error:
        return error
    except (ValueError, IndexError, TypeError) as error:
        return InvalidArgumentError(f"{record.op_name}: {error}")
    return None
