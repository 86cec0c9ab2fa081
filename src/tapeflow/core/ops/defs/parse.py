"""Examples and sequences of examples, the messages in record files, as tensors."""

import itertools

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.base.example_fields import (
    KINDS,
    SPOKEN,
    Features,
    Steps,
    dense_feature,
    dense_steps,
    parsed,
    ragged_feature,
    ragged_steps,
    shown,
    sparse_feature,
    sparse_steps,
)
from tapeflow.core.base.example_scan import scan
from tapeflow.core.base.messages import message
from tapeflow.core.base.shapes import TensorShape
from tapeflow.core.ops import registry
from tapeflow.core.ops.op import Op

# From so many examples on they are read side by side.
MANY = 16


class ManyLists(Op):
    """An op with several lists among its outputs, whose lengths the attributes tell."""

    __slots__ = ()

    def call(self, args, kwargs):
        """Runs the op; returns a named tuple of tensors and lists of tensors."""
        values, attrs = self._bind(args, kwargs)
        for attr in self.attrs:
            if attr.kind == "list(type)":
                attrs[attr.name] = tuple(map(dtypes.as_dtype, attrs[attr.name]))
                self._check(attr.name, attrs[attr.name])
        inputs = self._convert(values, attrs)
        self._check("Tdense", tuple(x.dtype for x in next(one for one in reversed(inputs) if type(one) is tuple)))
        outputs = iter(self.run(inputs, attrs))
        groups = [
            [next(outputs) for _ in kinds] if out.is_list else next(outputs)
            for out, kinds in zip(self.outputs, self._kinds(inputs, attrs), strict=True)
        ]
        return self.result(*groups)

    def _check(self, name, kinds):
        allowed = ("int32", "int64") if "split" in name else tuple(KINDS)
        for dtype in kinds:
            if dtype.name not in allowed:
                words = ", ".join(SPOKEN.get(one, one) for one in allowed)
                raise InvalidArgumentError(
                    f"Value for attr '{name}' of {dtype.name} is not in the list of allowed values: {words}"
                )

    def _kinds(self, inputs, attrs):
        """The dtypes of each output, a list each."""
        bound = self.bound_types(inputs, attrs)
        result = []
        for out in self.outputs:
            if not out.is_list:
                result.append([out.dtype])
            elif out.number_attr is not None:
                count = attrs.get(out.number_attr)
                if count is None:  # as many as there are in a list among the inputs
                    count = next(len(one) for arg, one in zip(self.inputs, inputs, strict=True)
                                 if arg.number_attr == out.number_attr)  # fmt: skip
                result.append([out.dtype] * count)
            else:
                kinds = bound.get(out.type_attr, attrs.get(out.type_attr))
                result.append(list(kinds))
        return result

    def output_dtypes(self, inputs, attrs, count=None):
        """The dtypes of all outputs, one after the other."""
        return [dtype for kinds in self._kinds(inputs, attrs) for dtype in kinds]


def _many_lists(name, signature, kernel, samples, shape):
    record = ManyLists(
        name, signature, dict.fromkeys(_type_attrs(signature), "any"), kernel=kernel, lower=None, grad=None, jvp=None,
        shape=shape, samples=samples, stateful=False, reentrant=False, elementwise=False,
    )  # fmt: skip
    registry.register(record)
    return record


def _type_attrs(signature):
    """The names in `list(NAME)` and the attributes of kind `list(type)`."""
    words = signature.replace(",", " ").split()
    named = {word[5:-1] for word in words if word.startswith("list(") and word not in ("list(type)", "list(shape)")}
    return named | {a.rstrip(":") for a, b in itertools.pairwise(words) if b == "list(type)"}


def _sizes(shape):
    return tuple(TensorShape(shape).as_list())


def _keys(x):
    return [key.decode() for key in np.ravel(x).tolist()]


# -- examples ------------------------------------------------------------------------------------------


def _texts(serialized):
    """The strings, and whether there is only one that is no batch."""
    if isinstance(serialized, bytes):
        return [serialized], True
    if serialized.ndim > 1:
        shape = shown(serialized.shape)
        raise InvalidArgumentError(f"Expected serialized to be a scalar or vector, got shape: {shape}")
    return serialized.ravel().tolist(), serialized.ndim == 0


def _parse_example(
    serialized, names, sparse_keys, dense_keys, ragged_keys, dense_defaults, *, num_sparse, sparse_types,
    ragged_value_types, ragged_split_types, dense_shapes,
):  # fmt: skip
    texts, scalar = _texts(serialized)
    source = Features(
        lambda: [one.features.feature for one in parsed("Example", texts)], np.ravel(names).tolist(), scalar,
        scan(texts) if len(texts) >= MANY else None,
    )  # fmt: skip
    return _features(source, _keys(sparse_keys), sparse_types, _keys(dense_keys), dense_defaults, dense_shapes,
                     _keys(ragged_keys), ragged_value_types, ragged_split_types)  # fmt: skip


def _features(
    source, sparse_keys, sparse_types, dense_keys, dense_defaults, dense_shapes, ragged_keys, ragged_types, split_types
):
    """The outputs of all three kinds, flat: sparse indices, values, shapes; dense; ragged values, splits."""
    dense = [
        dense_feature(source, key, np.asarray(default), _sizes(shape))
        for key, default, shape in zip(dense_keys, dense_defaults, dense_shapes, strict=True)
    ]
    sparse = [sparse_feature(source, key, dtype) for key, dtype in zip(sparse_keys, sparse_types, strict=True)]
    ragged = [ragged_feature(source, *one) for one in zip(ragged_keys, ragged_types, split_types, strict=True)]
    return (*_turned(sparse, 3), *dense, *_turned(ragged, 2))


def _turned(rows, width):
    """The first of every row, then the second of every row…"""
    return [row[i] for i in range(width) for row in rows]


def _example_shapes(shapes, attrs):
    n = None if shapes[0] is None else shapes[0]
    count, dense = attrs["num_sparse"], [_sizes(shape) for shape in attrs["dense_shapes"]]
    rank = None if n is None else len(n) + 1
    ragged = len(attrs["ragged_value_types"])
    return [
        *[(None, rank)] * count, *[(None,)] * count, *[(rank,)] * count,
        *[None if n is None else (*n, *shape) for shape in dense], *[(None,)] * (2 * ragged),
    ]  # fmt: skip


def _sample_example():
    example = message("Example")()
    example.features.feature["x"].int64_list.value.extend([1, 2])
    example.features.feature["s"].bytes_list.value.append(b"a")
    return example.SerializeToString()


parse_example_v2 = _many_lists(
    "ParseExampleV2",
    "serialized: string, names: string, sparse_keys: string, dense_keys: string, ragged_keys: string, "
    "dense_defaults: list(Tdense), *, num_sparse: int, sparse_types: list(type), ragged_value_types: list(type), "
    "ragged_split_types: list(type), dense_shapes: list(shape) "
    "-> sparse_indices: num_sparse*int64, sparse_values: list(sparse_types), sparse_shapes: num_sparse*int64, "
    "dense_values: list(Tdense), ragged_values: list(ragged_value_types), ragged_row_splits: list(ragged_split_types)",
    _parse_example,
    lambda draw: ([_sample_example()], np.zeros(0, object), ["s"], ["x"], ["s"], [np.zeros(0, np.int64)], 1,
                  [dtypes.string], [dtypes.string], [dtypes.int32], [[2]]),
    _example_shapes,
)  # fmt: skip


def _parse_example_v1(serialized, names, sparse_keys, dense_keys, dense_defaults, *, sparse_types, dense_shapes):
    keys = [[np.asarray(key).item() for key in one] for one in (sparse_keys, dense_keys)]
    return _parse_example(
        serialized, names, *keys, [], dense_defaults, num_sparse=len(sparse_types), sparse_types=sparse_types,
        ragged_value_types=(), ragged_split_types=(), dense_shapes=dense_shapes,
    )  # fmt: skip


parse_example = _many_lists(
    "ParseExample",
    "serialized: string, names: string, sparse_keys: Nsparse*string, dense_keys: Ndense*string, "
    "dense_defaults: list(Tdense), *, sparse_types: list(type), dense_shapes: list(shape) "
    "-> sparse_indices: Nsparse*int64, sparse_values: list(sparse_types), sparse_shapes: Nsparse*int64, "
    "dense_values: list(Tdense)",
    _parse_example_v1,
    lambda draw: ([_sample_example()], np.zeros(0, object), ["s"], ["x"], [np.zeros(0, np.int64)], [dtypes.string],
                  [[2]]),
    lambda shapes, attrs: _example_shapes(
        shapes, {**attrs, "num_sparse": len(attrs["sparse_types"]), "ragged_value_types": ()}
    ),
)  # fmt: skip


# -- sequences -----------------------------------------------------------------------------------------


def _parse_sequence(
    serialized, debug_name, context_sparse_keys, context_dense_keys, context_ragged_keys, feature_list_sparse_keys,
    feature_list_dense_keys, feature_list_ragged_keys, feature_list_dense_missing_assumed_empty, context_dense_defaults,
    *, Ncontext_sparse, context_sparse_types, context_ragged_value_types, context_ragged_split_types,
    context_dense_shapes, Nfeature_list_sparse, Nfeature_list_dense, feature_list_dense_types,
    feature_list_sparse_types, feature_list_ragged_value_types, feature_list_ragged_split_types,
    feature_list_dense_shapes,
):  # fmt: skip
    texts, scalar = _texts(serialized)
    names, sequences = np.ravel(debug_name).tolist(), parsed("SequenceExample", texts)
    context = _features(
        Features([one.context.feature for one in sequences], names, scalar),
        _keys(context_sparse_keys), context_sparse_types, _keys(context_dense_keys), context_dense_defaults,
        context_dense_shapes, _keys(context_ragged_keys), context_ragged_value_types, context_ragged_split_types,
    )  # fmt: skip
    source = Steps([one.feature_lists.feature_list for one in sequences], names, scalar)
    sparse = [sparse_steps(source, *one) for one in zip(_keys(feature_list_sparse_keys), feature_list_sparse_types,
                                                          strict=True)]  # fmt: skip
    missing = np.ravel(feature_list_dense_missing_assumed_empty).tolist()
    dense = [
        dense_steps(source, key, dtype, _sizes(shape), may)
        for key, dtype, shape, may in zip(_keys(feature_list_dense_keys), feature_list_dense_types,
                                          feature_list_dense_shapes, missing, strict=True)
    ]  # fmt: skip
    ragged = [
        ragged_steps(source, *one)
        for one in zip(_keys(feature_list_ragged_keys), feature_list_ragged_value_types,
                       feature_list_ragged_split_types, strict=True)
    ]  # fmt: skip
    return (*context, *_turned(sparse, 3), *_turned(dense, 2), *_turned(ragged, 3))


def _sequence_shapes(shapes, attrs):
    n = shapes[0]
    context = _example_shapes(shapes, {
        "num_sparse": attrs["Ncontext_sparse"], "dense_shapes": attrs["context_dense_shapes"],
        "ragged_value_types": attrs["context_ragged_value_types"],
    })  # fmt: skip
    count, rank = attrs["Nfeature_list_sparse"], None if n is None else len(n) + 2
    dense = [_sizes(shape) for shape in attrs["feature_list_dense_shapes"]]
    return [
        *context, *[(None, rank)] * count, *[(None,)] * count, *[(rank,)] * count,
        *[None if n is None else (*n, None, *shape) for shape in dense], *[n] * len(dense),
        *[(None,)] * (3 * len(attrs["feature_list_ragged_value_types"])),
    ]  # fmt: skip


def _no_strings():
    return np.zeros(0, object)


parse_sequence_example_v2 = _many_lists(
    "ParseSequenceExampleV2",
    "serialized: string, debug_name: string, context_sparse_keys: string, context_dense_keys: string, "
    "context_ragged_keys: string, feature_list_sparse_keys: string, feature_list_dense_keys: string, "
    "feature_list_ragged_keys: string, feature_list_dense_missing_assumed_empty: bool, "
    "context_dense_defaults: list(Tcontext_dense), *, Ncontext_sparse: int = 0, context_sparse_types: list(type) = (), "
    "context_ragged_value_types: list(type) = (), context_ragged_split_types: list(type) = (), "
    "context_dense_shapes: list(shape) = (), Nfeature_list_sparse: int = 0, Nfeature_list_dense: int = 0, "
    "feature_list_dense_types: list(type) = (), feature_list_sparse_types: list(type) = (), "
    "feature_list_ragged_value_types: list(type) = (), feature_list_ragged_split_types: list(type) = (), "
    "feature_list_dense_shapes: list(shape) = () "
    "-> context_sparse_indices: Ncontext_sparse*int64, context_sparse_values: list(context_sparse_types), "
    "context_sparse_shapes: Ncontext_sparse*int64, context_dense_values: list(Tcontext_dense), "
    "context_ragged_values: list(context_ragged_value_types), "
    "context_ragged_row_splits: list(context_ragged_split_types), "
    "feature_list_sparse_indices: Nfeature_list_sparse*int64, "
    "feature_list_sparse_values: list(feature_list_sparse_types), "
    "feature_list_sparse_shapes: Nfeature_list_sparse*int64, "
    "feature_list_dense_values: list(feature_list_dense_types), "
    "feature_list_dense_lengths: Nfeature_list_dense*int64, "
    "feature_list_ragged_values: list(feature_list_ragged_value_types), "
    "feature_list_ragged_outer_splits: list(feature_list_ragged_split_types), "
    "feature_list_ragged_inner_splits: list(feature_list_ragged_split_types)",
    _parse_sequence,
    lambda draw: ([b""], *[_no_strings()] * 5, ["d"], _no_strings(), [True], [], 0, [], [], [], [],
                  0, 1, [dtypes.int64], [], [], [], [[2]]),
    _sequence_shapes,
)  # fmt: skip
