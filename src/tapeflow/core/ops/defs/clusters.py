"""Points and the centers nearest to them: NearestNeighbors, and the first centers of k-means++."""

import math

import numpy as np

from tapeflow.core.base import philox
from tapeflow.core.base.candidate_sampling import below
from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.base.random_uniform import unit_floats
from tapeflow.core.ops.op import op


def _matrix(x, label):
    if np.ndim(x) != 2:
        raise InvalidArgumentError(f"Input {label} should be a matrix.")


def _number(x, label):
    if np.ndim(x):
        raise InvalidArgumentError(f"{label} should be a scalar.")
    return int(x)


def _distances(points, centers):
    """Squared distances [points, centers]."""
    squares = (centers * centers).sum(1)
    return (points * points).sum(1)[:, None] + squares - 2 * (points @ centers.T)


def _nearest(points, centers, k):
    _matrix(points, "points")
    _matrix(centers, "centers")
    if points.shape[1] != centers.shape[1]:
        raise InvalidArgumentError("Points and centers have different dimensions.")
    k = _number(k, "k")
    if k < 0:
        raise InvalidArgumentError(f"k should not be negative, got {k}.")
    distances = np.maximum(_distances(points, centers), 0)
    chosen = np.argsort(distances, 1, kind="stable")[:, :k]
    return chosen.astype(np.int64), np.take_along_axis(distances, chosen, 1)


nearest_neighbors = op(
    "NearestNeighbors",
    "points: float32, centers: float32, k: int64 -> nearest_center_indices: int64, nearest_center_distances: float32",
    kernel=_nearest, grad=None, shape=lambda shapes, attrs: [(None if shapes[0] is None else shapes[0][0], None)] * 2,
    samples=lambda draw: (draw.floats((4, 2), dtype="float32"), draw.floats((3, 2), dtype="float32"), 2),
)  # fmt: skip


def _plus_plus(points, num_to_sample, seed, num_retries_per_sample):
    """The next center is a point that is drawn by its squared distance to the centers so far, the best of some tries.

    Algorithm: Arthur and Vassilvitskii, k-means++ (2007); the draws are those of TensorFlow's Philox stream.
    """
    _matrix(points, "points")
    count, retries = _number(num_to_sample, "num_to_sample"), _number(num_retries_per_sample, "num_retries_per_sample")
    if count <= 0:
        raise InvalidArgumentError("Expected num_to_sample > 0.")
    if len(points) < count:
        raise InvalidArgumentError(f"Expected num_to_sample <= points.rows(). {count} vs {len(points)}.")
    if retries < 0:
        retries = 2 + int(math.log(count))
    words = philox.words(_number(seed, "seed") & (1 << 64) - 1, 0)
    halves = (points * points).sum(1) / 2

    def to(i):
        return halves - points @ points[i] + halves[i]

    def drawn():
        if not chosen:
            return below(len(points), words, 64)
        while True:
            share = unit_floats(np.array([next(words)], np.uint32), np.dtype(np.float32))[0]
            i = int(np.searchsorted(sums, share * sums[-1], side="right"))
            if i < len(points) and i not in chosen:
                return i

    chosen, nearest, sums = [], np.full(len(points), np.inf, np.float32), None
    while len(chosen) < count:
        tries = [drawn() for _ in range(1 + retries)]
        found = [np.minimum(nearest, to(i)) for i in tries]
        best = min(range(len(tries)), key=lambda k: float(found[k].sum()))
        chosen.append(tries[best])
        nearest = found[best]
        sums = np.cumsum(nearest, dtype=np.float32)
        if sums[-1] <= 0 and len(chosen) < count:
            rest = [i for i in range(len(points)) if i not in chosen]
            chosen += rest[: count - len(chosen)]  # only copies of the chosen points are left
    return points[chosen]


kmeans_plus_plus_initialization = op(
    "KmeansPlusPlusInitialization",
    "points: float32, num_to_sample: int64, seed: int64, num_retries_per_sample: int64 -> samples: float32",
    kernel=_plus_plus, grad=None, shape=lambda shapes, attrs: [(None, None if shapes[0] is None else shapes[0][1])],
    samples=lambda draw: (draw.floats((5, 2), dtype="float32"), 3, 1, 2),
)  # fmt: skip
