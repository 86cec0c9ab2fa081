"""Levenshtein distances between the rows of two sparse tensors (V. Levenshtein, 1966; Wagner and Fischer, 1974)."""

import numpy as np

from tapeflow.core.base.errors import InternalError, InvalidArgumentError
from tapeflow.core.ops.op import op


def distance(a, b):
    """How many insertions, deletions and replacements make the list `b` of the list `a`."""
    if len(a) > len(b):
        a, b = b, a
    row = list(range(len(a) + 1))
    for j, y in enumerate(b, 1):
        diagonal, row[0] = row[0], j
        for i, x in enumerate(a, 1):
            replaced = diagonal + (x != y)
            diagonal = row[i]
            row[i] = min(replaced, diagonal + 1, row[i - 1] + 1)
    return row[-1]


def _check(name, indices, values, shape):
    if indices.ndim != 2:
        raise InvalidArgumentError(f"{name}_indices should be a matrix, but got shape: {list(indices.shape)}")
    if values.ndim != 1:
        raise InvalidArgumentError(f"{name}_values should be a vector, but got shape: {list(values.shape)}")
    if shape.ndim != 1:
        raise InvalidArgumentError(f"{name}_shape should be a vector, but got shape: {list(shape.shape)}")
    if len(indices) != len(values):
        sizes = f"[{len(values)}] and {str(list(indices.shape)).replace(' ', '')}"
        raise InvalidArgumentError(
            f"Expected {name}_values.NumElements == #rows({name}_indices), their shapes are: {sizes}"
        )
    if indices.shape[1] != len(shape):
        raise InvalidArgumentError(
            f"Expected {name}_shape.NumElements == #cols({name}_indices), their shapes are: [{len(shape)}] and "
            f"{str(list(indices.shape)).replace(' ', '')}"
        )
    if len(shape) < 2:
        raise InvalidArgumentError(
            f"Input SparseTensors must have rank at least 2, but {name}_shape rank is: {len(shape)}"
        )


def _rows(indices, values, shape):
    """Position without the last axis -> the values there, in order."""
    rows = {}
    for place, value in zip(map(tuple, indices[:, :-1].tolist()), values.tolist(), strict=True):
        if any(not 0 <= i < n for i, n in zip(place, shape, strict=True)):
            raise InternalError(f"Got the position {list(place)}, which is outside of the output tensor {list(shape)}")
        rows.setdefault(place, []).append(value)
    return rows


def _edit_distance(
    hypothesis_indices, hypothesis_values, hypothesis_shape, truth_indices, truth_values, truth_shape, *, normalize
):
    if hypothesis_shape.shape != truth_shape.shape:
        raise InvalidArgumentError(
            f"Expected truth and hypothesis to have matching ranks, but their shapes are: [{truth_shape.size}] and "
            f"[{hypothesis_shape.size}]"
        )
    _check("truth", truth_indices, truth_values, truth_shape)
    _check("hypothesis", hypothesis_indices, hypothesis_values, hypothesis_shape)
    shape = tuple(np.maximum(hypothesis_shape, truth_shape)[:-1].tolist())
    if min(shape) < 0:
        raise InvalidArgumentError(f"Shape {list(shape)} has a negative size")
    result = np.zeros(shape, np.float32)
    guesses = _rows(hypothesis_indices, hypothesis_values, shape)
    truths = _rows(truth_indices, truth_values, shape)
    for place in {*guesses, *truths}:
        guess, truth = guesses.get(place, []), truths.get(place, [])
        steps = distance(guess, truth)
        if normalize:
            steps = steps / len(truth) if truth else float("inf")
        result[place] = steps
    return result


edit_distance = op(
    "EditDistance", "hypothesis_indices: int64, hypothesis_values: T, hypothesis_shape: int64, truth_indices: int64, "
    "truth_values: T, truth_shape: int64, *, normalize: bool = True -> output: float32",
    T="any", kernel=_edit_distance, grad=None, shape=lambda shapes, attrs: [None],
    samples=lambda draw: ([[0, 0], [0, 1]], ["a", "b"], [1, 2], [[0, 0]], ["a"], [1, 1]),
)  # fmt: skip
