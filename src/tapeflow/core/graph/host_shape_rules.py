"""Shapes of the outputs of ops that the host runs: candidate samplers, counts, what is unique, draws, partitions."""

import numpy as np

from tapeflow.core.graph.constants import sizes_of, value_of
from tapeflow.core.graph.shape_rules import rule, shape_of


def _number(symbol):
    """A scalar size, None if it is unknown or refused by the op."""
    value = value_of(symbol)
    return int(np.ravel(value)[0]) if value is not None and np.size(value) == 1 and np.all(value >= 0) else None


def _first(symbol):
    """The size of the first axis, if it is known."""
    return symbol.shape[0] if symbol.shape.rank else None


# -- samplers ----------------------------------------------------------------------------------------


@rule("AllCandidateSampler", "FixedUnigramCandidateSampler", "LearnedUnigramCandidateSampler",
      "LogUniformCandidateSampler", "ThreadUnsafeUnigramCandidateSampler", "UniformCandidateSampler")  # fmt: skip
def _candidates(args, attrs):
    count = attrs["num_sampled"]
    return [[count], [_first(args[0]), attrs["num_true"]], [count]]


@rule("ComputeAccidentalHits")
def _hits(args, attrs):
    return [[None], [None], [None]]


@rule("RandomUniform", "RandomUniformInt", "RandomStandardNormal", "TruncatedNormal", "NonDeterministicInts", "Empty",
      "ParameterizedTruncatedNormal", "StatelessParameterizedTruncatedNormal", "FractionalAvgPoolGrad")  # fmt: skip
def _as_asked(args, attrs):
    return [sizes_of(args[0])]


@rule("RandomGamma", "RandomPoisson", "RandomPoissonV2")
def _for_each(args, attrs):
    """As many as asked for, for each parameter."""
    sizes, each = sizes_of(args[0]), shape_of(args[1])
    return [None if sizes is None or each is None else [*sizes, *each]]


@rule("StatefulUniform", "StatefulUniformInt", "StatefulUniformFullInt", "StatefulStandardNormalV2",
      "StatefulTruncatedNormal", "StatefulRandomBinomial")  # fmt: skip
def _of_a_generator(args, attrs):
    return [sizes_of(args[2])]


@rule("Multinomial")
def _categories(args, attrs):
    return [[_first(args[0]), _number(args[1])]]


@rule("SobolSample")
def _sobol(args, attrs):
    return [[_number(args[1]), _number(args[0])]]


# -- counting ----------------------------------------------------------------------------------------


@rule("Bincount")
def _bincount(args, attrs):
    return [[_number(args[1])]]


@rule("DenseBincount")
def _dense_bincount(args, attrs):
    given = shape_of(args[0])
    if given is None or len(given) > 2:
        return [None]
    return [[*given[:-1], _number(args[1])]]


@rule("SparseBincount")
def _sparse_bincount(args, attrs):
    rank = _first(args[2])
    if rank is None:
        return [None]
    sizes = sizes_of(args[2])
    return [[_number(args[3])] if rank == 1 else [sizes[0], _number(args[3])]]


@rule("HistogramFixedWidth")
def _histogram(args, attrs):
    return [[_number(args[2])]]


@rule("InTopK", "InTopKV2")
def _in_top_k(args, attrs):
    rows = _first(args[0])
    return [[_first(args[1]) if rows is None else rows]]


@rule("LinSpace")
def _linspace(args, attrs):
    return [[_number(args[2])]]


# -- what is unique ----------------------------------------------------------------------------------


@rule("Unique")
def _unique(args, attrs):
    return [[None], shape_of(args[0])]


@rule("UniqueWithCounts")
def _unique_with_counts(args, attrs):
    return [[None], shape_of(args[0]), [None]]


@rule("UniqueV2")
def _unique_along(args, attrs):
    return _unique_along_with_counts(args, attrs)[:2]


@rule("UniqueWithCountsV2")
def _unique_along_with_counts(args, attrs):
    given, axis = shape_of(args[0]), value_of(args[1])
    if given is None:
        return [None, [None], [None]]
    if axis is None:
        return [[None] * len(given), [None], [None]]
    if not np.size(axis):  # without an axis: a vector
        return [[None], given if len(given) == 1 else [None], [None]]
    axis = int(np.ravel(axis)[0])
    if not -len(given) <= axis < len(given):
        return [None, None, None]  # running it words the error
    axis %= len(given)
    return [[*given[:axis], None, *given[axis + 1 :]], [given[axis]], [None]]


@rule("ListDiff")
def _list_diff(args, attrs):
    return [[None], [None]]


# -- partitions and segments -------------------------------------------------------------------------


@rule("DynamicPartition")
def _parts(args, attrs):
    data, places = shape_of(args[0]), args[1].shape.rank
    rows = None if data is None or places is None or places > len(data) else [None, *data[places:]]
    return [rows] * attrs["num_partitions"]


@rule("DynamicStitch", "ParallelDynamicStitch")
def _stitched(args, attrs):
    indices, data = args
    rows = None
    for one, given in zip(indices, map(shape_of, data), strict=True):
        if given is not None and one.shape.rank is not None:
            rows = given[one.shape.rank :]
            break
    if rows is None:
        return [None]
    known = [value_of(one) for one in indices]
    if any(value is None for value in known):
        return [[None, *rows]]
    return [[max((int(value.max()) + 1 for value in map(np.asarray, known) if value.size), default=0), *rows]]


@rule("SparseSegmentSumGradV2", "SparseSegmentMeanGradV2", "SparseSegmentSqrtNGradV2")
def _segments_back(args, attrs):
    given = shape_of(args[0])
    return [[None, *given[1:]] if given else None, [None]]


# -- shapes and sparse tensors -----------------------------------------------------------------------


@rule("BroadcastArgs")
def _broadcast_args(args, attrs):
    ranks = [_first(x) for x in args]
    return [[None if None in ranks else max(ranks)]]


@rule("BroadcastGradientArgs")
def _axes_to_sum(args, attrs):
    return [[None], [None]]


@rule("UnravelIndex")
def _unraveled(args, attrs):
    given, count = shape_of(args[0]), _first(args[1])
    return [None if given is None else [count, *given] if len(given) < 2 else None]


@rule("MatrixLogarithm", "MatrixSquareRoot", "CheckNumericsV2")
def _as_given(args, attrs):
    return [shape_of(args[0])]


@rule("SparseDenseCwiseAdd", "SparseDenseCwiseMul", "SparseDenseCwiseDiv")
def _values(args, attrs):
    return [[_first(args[0])]]


@rule("SparseReduceSum", "SparseReduceMax")
def _sparse_reduced(args, attrs):
    sizes, axes = sizes_of(args[2]), value_of(args[3])
    if sizes is None or axes is None:
        return [None]
    gone = {int(a) % len(sizes) for a in np.ravel(axes)} if np.size(axes) else set(range(len(sizes)))
    return [[1 if i in gone else n for i, n in enumerate(sizes) if attrs["keep_dims"] or i not in gone]]
