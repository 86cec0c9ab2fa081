"""Older ops that read examples and sequences of them: one message, or none that is ragged."""

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.ops.defs.parse import (
    _example_shapes,
    _many_lists,
    _no_strings,
    _parse_example,
    _parse_sequence,
    _sample_example,
    _sequence_shapes,
)

_NO_RAGGED = {"ragged_value_types": (), "ragged_split_types": ()}
_NO_RAGGED_STEPS = {
    "context_ragged_value_types": (), "context_ragged_split_types": (), "feature_list_ragged_value_types": (),
    "feature_list_ragged_split_types": (),
}  # fmt: skip


def _texts(keys):
    """Names, each a string or an array of one, as an array of strings."""
    return np.array([key.encode() if isinstance(key, str) else np.asarray(key, object).item() for key in keys], object)


# -- one example -----------------------------------------------------------------------------------------


def _parse_single(serialized, dense_defaults, *, num_sparse, sparse_keys, dense_keys, sparse_types, dense_shapes):
    return _parse_example(
        serialized, _no_strings(), _texts(sparse_keys), _texts(dense_keys), _no_strings(), dense_defaults,
        num_sparse=num_sparse, sparse_types=sparse_types, dense_shapes=dense_shapes, **_NO_RAGGED,
    )  # fmt: skip


parse_single_example = _many_lists(
    "ParseSingleExample",
    "serialized: string, dense_defaults: list(Tdense), *, num_sparse: int, sparse_keys: list(string), "
    "dense_keys: list(string), sparse_types: list(type), dense_shapes: list(shape) "
    "-> sparse_indices: num_sparse*int64, sparse_values: list(sparse_types), sparse_shapes: num_sparse*int64, "
    "dense_values: list(Tdense)",
    _parse_single,
    lambda draw: (_sample_example(), [np.zeros(0, np.int64)], 1, ["s"], ["x"], [dtypes.string], [[2]]),
    lambda shapes, attrs: _example_shapes(shapes, {**attrs, **_NO_RAGGED}),
)  # fmt: skip


# -- sequences -------------------------------------------------------------------------------------------


def _sequence(serialized, debug_name, keys, missing, context_dense_defaults, **attrs):
    """The outputs of the newer op, without what is ragged.

    Args:
        serialized, debug_name, context_dense_defaults, attrs: As the newer op has them.
        keys: Those of the context's sparse and dense features, and of the lists'.
        missing: The dense lists that may be missing.
    """
    may = {text.decode() if isinstance(text, bytes) else text for text in missing}
    lists = _texts(keys[3])
    return _parse_sequence(
        serialized, debug_name, _texts(keys[0]), _texts(keys[1]), _no_strings(), _texts(keys[2]), lists, _no_strings(),
        np.array([key.decode() in may for key in lists.tolist()], bool), context_dense_defaults,
        **attrs, **_NO_RAGGED_STEPS,
    )  # fmt: skip


def _parse_sequence_v1(
    serialized, debug_name, context_dense_defaults, *, feature_list_dense_missing_assumed_empty, context_sparse_keys,
    context_dense_keys, feature_list_sparse_keys, feature_list_dense_keys, Ncontext_dense, **attrs,
):  # fmt: skip
    keys = context_sparse_keys, context_dense_keys, feature_list_sparse_keys, feature_list_dense_keys
    missing = feature_list_dense_missing_assumed_empty
    return _sequence(serialized, debug_name, keys, missing, context_dense_defaults, **attrs)


_TYPES = (
    "context_sparse_types: list(type) = (), feature_list_dense_types: list(type) = (), "
    "context_dense_shapes: list(shape) = (), feature_list_sparse_types: list(type) = (), "
    "feature_list_dense_shapes: list(shape) = ()"
)
_GIVES = (
    "context_sparse_indices: Ncontext_sparse*int64, context_sparse_values: list(context_sparse_types), "
    "context_sparse_shapes: Ncontext_sparse*int64, context_dense_values: list(Tcontext_dense), "
    "feature_list_sparse_indices: Nfeature_list_sparse*int64, "
    "feature_list_sparse_values: list(feature_list_sparse_types), "
    "feature_list_sparse_shapes: Nfeature_list_sparse*int64, feature_list_dense_values: list(feature_list_dense_types)"
)
parse_sequence_example = _many_lists(
    "ParseSequenceExample",
    "serialized: string, debug_name: string, context_dense_defaults: list(Tcontext_dense), *, "
    "feature_list_dense_missing_assumed_empty: list(string), context_sparse_keys: list(string), "
    "context_dense_keys: list(string), feature_list_sparse_keys: list(string), feature_list_dense_keys: list(string), "
    "Ncontext_sparse: int = 0, Ncontext_dense: int = 0, Nfeature_list_sparse: int = 0, Nfeature_list_dense: int = 0, "
    f"{_TYPES} -> {_GIVES}, feature_list_dense_lengths: Nfeature_list_dense*int64",
    _parse_sequence_v1,
    lambda draw: {
        "serialized": [b""], "debug_name": _no_strings(), "context_dense_defaults": [],
        "feature_list_dense_missing_assumed_empty": ["d"], "context_sparse_keys": [], "context_dense_keys": [],
        "feature_list_sparse_keys": [], "feature_list_dense_keys": ["d"], "Nfeature_list_dense": 1,
        "feature_list_dense_types": [dtypes.int64], "feature_list_dense_shapes": [[2]],
    },
    lambda shapes, attrs: _sequence_shapes(shapes, {**attrs, **_NO_RAGGED_STEPS}),
)  # fmt: skip


def _parse_single_sequence(
    serialized, feature_list_dense_missing_assumed_empty, context_sparse_keys, context_dense_keys,
    feature_list_sparse_keys, feature_list_dense_keys, context_dense_defaults, debug_name, **attrs,
):  # fmt: skip
    keys = context_sparse_keys, context_dense_keys, feature_list_sparse_keys, feature_list_dense_keys
    missing = np.ravel(feature_list_dense_missing_assumed_empty).tolist()
    counts = {
        "Ncontext_sparse": len(keys[0]), "Nfeature_list_sparse": len(keys[2]), "Nfeature_list_dense": len(keys[3])
    }  # fmt: skip
    found = _sequence(serialized, debug_name, keys, missing, context_dense_defaults, **counts, **attrs)
    return found[: len(found) - len(keys[3])]  # one sequence: its length is that of the value


def _single_shapes(shapes, attrs):
    counts = {"Ncontext_sparse": len(shapes[2]), "Nfeature_list_sparse": len(shapes[4])}
    found = _sequence_shapes(shapes, {**attrs, **counts, **_NO_RAGGED_STEPS})
    return found[: len(found) - len(shapes[5])]


parse_single_sequence_example = _many_lists(
    "ParseSingleSequenceExample",
    "serialized: string, feature_list_dense_missing_assumed_empty: string, "
    "context_sparse_keys: Ncontext_sparse*string, context_dense_keys: Ncontext_dense*string, "
    "feature_list_sparse_keys: Nfeature_list_sparse*string, "
    "feature_list_dense_keys: Nfeature_list_dense*string, context_dense_defaults: list(Tcontext_dense), "
    f"debug_name: string, *, {_TYPES} -> {_GIVES}",
    _parse_single_sequence,
    lambda draw: (b"", ["d"], [], [], [], ["d"], [], b"", [], [dtypes.int64], [], [], [[2]]),
    _single_shapes,
)  # fmt: skip
