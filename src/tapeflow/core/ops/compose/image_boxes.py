"""`tf.image`: boxes: which to keep, drawing them, sampling them."""

import numpy as np

from tapeflow.core.base import dtypes, random_seed
from tapeflow.core.base.mode import current
from tapeflow.core.base.shapes import TensorShape
from tapeflow.core.ops.compose.array import get_static_value
from tapeflow.core.ops.defs import boxes as drawn
from tapeflow.core.ops.defs import nms as ops
from tapeflow.core.values.convert import convert
from tapeflow.core.values.symbol import Symbol
from tapeflow.core.values.tensor import EagerTensor


def non_max_suppression(
    boxes, scores, max_output_size, iou_threshold=0.5, score_threshold=float("-inf"), name=None
):
    """Chooses boxes, best score first, that do not overlap a better one by more than `iou_threshold`.

    Args:
        boxes: Float tensor [boxes, 4]: two opposite corners y1, x1, y2, x2.
        scores: Float tensor [boxes].
        max_output_size: Scalar, how many at most.
        iou_threshold: Intersection over union from 0 to 1.
        score_threshold: Boxes must have a score above it.
        name: Accepted.

    Returns:
        An int32 tensor of indices.

    >>> tf.image.non_max_suppression([[0.0, 0.0, 1.0, 1.0], [0.0, 0.1, 1.0, 1.1]], [0.5, 0.6], 2).numpy()
    array([1], dtype=int32)
    """
    return ops.nms_v3(_floats(boxes), _floats(scores), max_output_size, iou_threshold, score_threshold)


def _floats(x):
    return convert(x, hint=None if isinstance(x, np.ndarray) else dtypes.float32)


def non_max_suppression_with_scores(
    boxes, scores, max_output_size, iou_threshold=0.5, score_threshold=float("-inf"), soft_nms_sigma=0.0, name=None
):
    """`non_max_suppression` that also returns scores, lowered by overlaps if `soft_nms_sigma` is above 0.

    Args:
        boxes: Float tensor [boxes, 4].
        scores: Float tensor [boxes].
        max_output_size: Scalar, how many at most.
        iou_threshold: Intersection over union from 0 to 1.
        score_threshold: Boxes must have a score above it, before and after.
        soft_nms_sigma: The width of the Gaussian that lowers scores; 0 for none.
        name: Accepted.

    Returns:
        The indices and the scores.
    """
    found = ops.nms_v5(
        _floats(boxes), _floats(scores), max_output_size, iou_threshold, score_threshold, soft_nms_sigma
    )
    return found[0], found[1]


def non_max_suppression_overlaps(
    overlaps, scores, max_output_size, overlap_threshold=0.5, score_threshold=float("-inf"), name=None
):
    """`non_max_suppression` by a matrix of overlaps.

    Args:
        overlaps: float32 tensor [boxes, boxes].
        scores: float32 tensor [boxes].
        max_output_size: Scalar, how many at most.
        overlap_threshold: What overlaps a better box by more is left out.
        score_threshold: Boxes must have a score above it.
        name: Accepted.

    Returns:
        An int32 tensor of indices.
    """
    return ops.nms_overlaps(overlaps, scores, max_output_size, overlap_threshold, score_threshold)


def non_max_suppression_padded(
    boxes,
    scores,
    max_output_size,
    iou_threshold=0.5,
    score_threshold=float("-inf"),
    pad_to_max_output_size=False,
    name=None,
    sorted_input=False,
    canonicalized_coordinates=False,
    tile_size=512,
):
    """`non_max_suppression` of batches, with results of one size.

    Args:
        boxes: Float tensor [..., boxes, 4].
        scores: Float tensor [..., boxes].
        max_output_size: Scalar, how many at most.
        iou_threshold: Overlaps from here on suppress.
        score_threshold: Boxes must have a score above it.
        pad_to_max_output_size: Whether indices are filled up with 0; needed for batches.
        name: Accepted.
        sorted_input: Whether scores fall already.
        canonicalized_coordinates: Whether corners are in order, top left first. Else the first box tells for all.
        tile_size: Accepted: TensorFlow's result does not depend on it.

    Returns:
        The indices, an int32 tensor [..., max_output_size], and how many are valid, [...].

    Raises:
        ValueError: A batch without `pad_to_max_output_size`.
    """
    boxes, scores = _floats(boxes), _floats(scores)
    rank = None if boxes.static_shape is None else len(boxes.static_shape)
    if not pad_to_max_output_size and rank is not None and rank > 2:
        raise ValueError(
            f"'pad_to_max_output_size' (value {pad_to_max_output_size}) must be True for batched input"
        )
    options = {"pad": bool(pad_to_max_output_size), "sorted_input": sorted_input, "ordered": canonicalized_coordinates}
    args = (boxes, scores, convert(max_output_size), convert(iou_threshold), convert(score_threshold))
    if not any(isinstance(x, Symbol) for x in args):
        return _suppressed(*args, **options)
    indices, count = current.graph.python_call(
        lambda *tensors: _suppressed(*tensors, **options), args, [dtypes.int32, dtypes.int32], "PyFunc"
    )
    batch = TensorShape(None) if boxes.static_shape is None else boxes.shape[:-2]
    limit = get_static_value(args[2])
    indices.set_shape(batch.concatenate([int(limit) if pad_to_max_output_size and limit is not None else None]))
    count.set_shape(batch)
    return indices, count


def _suppressed(boxes, scores, limit, iou_threshold, score_threshold, pad, sorted_input, ordered):
    """On the host: what TensorFlow composes of many ops."""
    b, s, limit = boxes.host, scores.host, int(limit.host)
    batch = b.shape[:-2]
    b, s = b.reshape(-1, *b.shape[-2:]), s.reshape(-1, s.shape[-1])
    if not ordered and b.size:
        y1, x1, y2, x2 = b[0, 0]
        b = b[..., [0 if y1 <= y2 else 2, 1 if x1 <= x2 else 3, 2 if y1 <= y2 else 0, 3 if x1 <= x2 else 1]]
    thresholds = iou_threshold.host, score_threshold.host
    found = [_chosen(*one, limit, *thresholds, sorted_input) for one in zip(b, s, strict=True)]
    counts = np.array([len(one) for one in found], np.int32).reshape(batch)[()]
    if not pad:
        return EagerTensor(found[0], dtypes.int32), EagerTensor(counts, dtypes.int32)
    indices = np.zeros((len(found), limit), np.int32)
    for row, one in zip(indices, found, strict=True):
        row[: len(one)] = one
    return EagerTensor(indices.reshape(*batch, limit), dtypes.int32), EagerTensor(counts, dtypes.int32)


def _chosen(boxes, scores, limit, iou_threshold, score_threshold, sorted_input):
    high = scores > score_threshold
    scores, boxes = scores * high, boxes * high[:, None]
    order = np.arange(len(scores)) if sorted_input else np.argsort(-scores, kind="stable")
    boxes = np.array(boxes[order])
    area = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    alive = (boxes > 0).any(1)
    for i in range(len(boxes)):
        if not alive[i]:
            continue
        rest = np.flatnonzero(alive[i + 1 :]) + i + 1
        height = np.minimum(boxes[i, 2], boxes[rest, 2]) - np.maximum(boxes[i, 0], boxes[rest, 0])
        width = np.minimum(boxes[i, 3], boxes[rest, 3]) - np.maximum(boxes[i, 1], boxes[rest, 1])
        common = np.maximum(height, 0) * np.maximum(width, 0)
        alive[rest[common / (area[i] + area[rest] - common + np.float32(1e-8)) >= iou_threshold]] = False
    return order[np.flatnonzero(alive)[:limit]].astype(np.int32)


def combined_non_max_suppression(
    boxes,
    scores,
    max_output_size_per_class,
    max_total_size,
    iou_threshold=0.5,
    score_threshold=float("-inf"),
    pad_per_class=False,
    clip_boxes=True,
    name=None,
):
    """`non_max_suppression` of each class of each image, then the best of all classes.

    Args:
        boxes: float32 tensor [batch, boxes, 1 or classes, 4].
        scores: float32 tensor [batch, boxes, classes].
        max_output_size_per_class: Scalar, how many of a class at most.
        max_total_size: Scalar, how many at most.
        iou_threshold: Intersection over union from 0 to 1.
        score_threshold: Boxes must have a score above it.
        pad_per_class: Whether results have no more rows than the classes can fill.
        clip_boxes: Whether boxes are cut off at 0 and 1.
        name: Accepted.

    Returns:
        Boxes [batch, n, 4], scores and classes [batch, n], and how many of the n are valid [batch].
    """
    return ops.combined_nms(
        boxes, scores, max_output_size_per_class, max_total_size, iou_threshold, score_threshold,
        pad_per_class=pad_per_class, clip_boxes=clip_boxes,
    )  # fmt: skip


def generate_bounding_box_proposals(
    scores,
    bbox_deltas,
    image_info,
    anchors,
    nms_threshold=0.7,
    pre_nms_topn=6000,
    min_size=16,
    post_nms_topn=300,
    name=None,
):
    """Regions that may show an object, of anchors with scores and deltas (Ren et al., 2015).

    Args:
        scores: float32 tensor [batch, height, width, anchors].
        bbox_deltas: float32 tensor [batch, height, width, 4 anchors].
        image_info: float32 tensor [batch, 5]: height, width and scale come first.
        anchors: float32 tensor [height, width, anchors, 4] or flattened.
        nms_threshold: Intersection over union from which on a worse region is left out.
        pre_nms_topn: How many of the best anchors are looked at.
        min_size: The least height and width.
        post_nms_topn: How many regions to return.
        name: Accepted.

    Returns:
        Regions [batch, post_nms_topn, 4] and their scores, filled up with 0.

    TensorFlow 2.21 has no CPU kernel for it; this one runs anywhere.
    """
    return ops.proposals(
        scores, bbox_deltas, image_info, anchors, nms_threshold, pre_nms_topn, convert(min_size, dtype=dtypes.float32),
        post_nms_topn=post_nms_topn,
    )  # fmt: skip


def draw_bounding_boxes(images, boxes, colors, name=None):
    """Draws boxes onto images.

    Args:
        images: Float tensor [batch, height, width, 1, 3 or 4].
        boxes: float32 tensor [batch, boxes, 4]: y1, x1, y2, x2, from 0 to 1.
        colors: float32 tensor [colors, channels], taken in turn; None for ten of TensorFlow's.
        name: Accepted.

    Returns:
        A tensor like `images`.
    """
    return drawn.draw_v1(images, boxes) if colors is None else drawn.draw_v2(images, boxes, colors)


# -- random boxes ---------------------------------------------------------------------------------------------


def _ranges(aspect_ratio_range, area_range, max_attempts, use_image):
    given = {
        "aspect_ratio_range": aspect_ratio_range, "area_range": area_range, "max_attempts": max_attempts,
        "use_image_if_no_bounding_boxes": use_image,
    }  # fmt: skip
    return {name: value for name, value in given.items() if value is not None}


def sample_distorted_bounding_box(
    image_size,
    bounding_boxes,
    seed=0,
    min_object_covered=0.1,
    aspect_ratio_range=None,
    area_range=None,
    max_attempts=None,
    use_image_if_no_bounding_boxes=None,
    name=None,
):
    """Draws a random box that shows at least a part of one of the given boxes.

    Args:
        image_size: Integer tensor [3]: height, width, channels.
        bounding_boxes: float32 tensor [batch, boxes, 4]: y1, x1, y2, x2, from 0 to 1.
        seed: Integer, see `tf.random.set_seed`.
        min_object_covered: The part of a box that must be shown.
        aspect_ratio_range: Of width to height; 0.75 to 1.33 by default.
        area_range: Of the image's area; 0.05 to 1 by default.
        max_attempts: After so many the whole image is returned; 100 by default.
        use_image_if_no_bounding_boxes: Whether no boxes stand for the whole image.
        name: Accepted.

    Returns:
        Begin and size for `tf.slice`, and the box [1, 1, 4] for `tf.image.draw_bounding_boxes`.
    """
    seeds = random_seed.get_seed(seed) if seed else (0, 0)
    ranges = _ranges(aspect_ratio_range, area_range, max_attempts, use_image_if_no_bounding_boxes)
    return drawn.sample_v2(
        image_size, bounding_boxes, min_object_covered, seed=seeds[0], seed2=seeds[1], **ranges
    )


def stateless_sample_distorted_bounding_box(
    image_size,
    bounding_boxes,
    seed,
    min_object_covered=0.1,
    aspect_ratio_range=None,
    area_range=None,
    max_attempts=None,
    use_image_if_no_bounding_boxes=None,
    name=None,
):
    """`sample_distorted_bounding_box` as a function of a seed.

    Args:
        image_size: Integer tensor [3]: height, width, channels.
        bounding_boxes: float32 tensor [batch, boxes, 4]: y1, x1, y2, x2, from 0 to 1.
        seed: Two integers; equal seeds give equal boxes.
        min_object_covered: The part of a box that must be shown.
        aspect_ratio_range: Of width to height; 0.75 to 1.33 by default.
        area_range: Of the image's area; 0.05 to 1 by default.
        max_attempts: After so many the whole image is returned; 100 by default.
        use_image_if_no_bounding_boxes: Whether no boxes stand for the whole image.
        name: Accepted.

    Returns:
        Begin and size for `tf.slice`, and the box [1, 1, 4] for `tf.image.draw_bounding_boxes`.
    """
    ranges = _ranges(aspect_ratio_range, area_range, max_attempts, use_image_if_no_bounding_boxes)
    return drawn.sample_stateless(image_size, bounding_boxes, min_object_covered, seed, **ranges)


