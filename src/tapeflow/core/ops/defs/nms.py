"""Non-max suppression: of boxes that overlap, the one with the best score is kept.

Host ops: how many are kept depends on the numbers.
"""

import heapq

import numpy as np

from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.ops.defs.resize import spoken
from tapeflow.core.ops.op import op

_f32 = np.float32


# -- overlap -----------------------------------------------------------------------------------------------


class Boxes:
    """Boxes [n, 4] (y1, x1, y2, x2, corners in any order) with their areas."""

    __slots__ = ("area", "bottom", "left", "right", "top")

    def __init__(self, boxes):
        boxes = np.asarray(boxes, _f32)
        self.top, self.bottom = np.minimum(boxes[:, 0], boxes[:, 2]), np.maximum(boxes[:, 0], boxes[:, 2])
        self.left, self.right = np.minimum(boxes[:, 1], boxes[:, 3]), np.maximum(boxes[:, 1], boxes[:, 3])
        self.area = (self.bottom - self.top) * (self.right - self.left)

    def overlaps(self, some, others):
        """Intersection over union, [some, others]; 0 where a box has no area."""
        i = some[:, None]
        height = np.minimum(self.bottom[i], self.bottom[others]) - np.maximum(self.top[i], self.top[others])
        width = np.minimum(self.right[i], self.right[others]) - np.maximum(self.left[i], self.left[others])
        common = np.maximum(height, 0) * np.maximum(width, 0)
        ratio = common / (self.area[i] + self.area[others] - common)
        return np.where((self.area[i] <= 0) | (self.area[others] <= 0), _f32(0), ratio)


def _greedy(overlaps, scores, limit, iou_threshold, score_threshold):
    """The indices of the boxes kept, best first; equal scores in order."""
    order = np.argsort(-scores, kind="stable")
    order = order[scores[order] > score_threshold]
    kept = np.zeros(0, np.int64)
    size = 64
    for start in range(0, len(order), size):
        if len(kept) >= limit:
            break
        block = order[start : start + size]
        if len(kept):
            block = block[~(overlaps(kept, block) > iou_threshold).any(0)]
        kept = np.concatenate([kept, block[_alive(overlaps(block, block) > iou_threshold)]])
    return kept[:limit].astype(np.int32)


def _alive(over):
    """Which of a block's boxes, best first, no better one suppresses; bits of Python integers stand for rows."""
    n = len(over)
    packed = np.packbits(over, 1, bitorder="little")
    gone, alive = 0, []
    for i, row in enumerate(packed):
        if not gone >> i & 1:
            alive.append(i)
            gone |= int.from_bytes(row.tobytes(), "little")
    return np.array(alive, np.int64) if n else np.zeros(0, np.int64)


def _soft(overlaps, scores, limit, score_threshold, sigma):
    """Soft suppression (Bodla et al., 2017): an overlap lowers a score by a Gaussian's worth before it decides."""
    queue = [(-float(s), i, 0) for i, s in enumerate(scores) if s > score_threshold]
    heapq.heapify(queue)
    kept, kept_scores = [], []
    scale = _f32(-0.5) / _f32(sigma)
    while queue and len(kept) < limit:
        negative, i, begin = heapq.heappop(queue)
        original = score = _f32(-negative)
        if len(kept) > begin:
            for similarity in overlaps(np.array([i]), np.array(kept[begin:]))[0, ::-1]:
                score = score * np.exp(scale * similarity * similarity)
                if score <= score_threshold:
                    break
        if score == original:
            kept.append(i)
            kept_scores.append(score)
        elif score > score_threshold:
            heapq.heappush(queue, (-float(score), i, len(kept)))
    return np.array(kept, np.int32), np.array(kept_scores, scores.dtype)


# -- checks -------------------------------------------------------------------------------------------------


def _scalar(name, value):
    if np.ndim(value):
        shape = np.shape(value)
        raise InvalidArgumentError(
            f"{name} must be 0-D, got shape {spoken(shape)} (Shape must be rank 0 but is rank {len(shape)})"
        )


def _check(boxes, scores, max_output_size, iou_threshold, what="boxes"):
    _scalar("max_output_size", max_output_size)
    _scalar("iou_threshold", iou_threshold)
    if max_output_size < 0:
        raise InvalidArgumentError("output size must be non-negative")
    if what == "boxes" and not 0 <= iou_threshold <= 1:
        raise InvalidArgumentError("iou_threshold must be in [0, 1]")
    if np.ndim(boxes) != 2:
        raise InvalidArgumentError(
            f"{what} must be 2-D{spoken(np.shape(boxes))} (Shape must be rank 2 but is rank {np.ndim(boxes)})"
        )
    count, columns = np.shape(boxes)
    if what == "boxes" and columns != 4:
        raise InvalidArgumentError(f"boxes must have 4 columns (Dimension must be 4 but is {columns})")
    if what == "overlaps" and columns != count:
        raise InvalidArgumentError(f"overlaps must be square{spoken(np.shape(boxes))}")
    if np.ndim(scores) != 1:
        raise InvalidArgumentError(
            f"scores must be 1-D{spoken(np.shape(scores))} (Shape must be rank 1 but is rank {np.ndim(scores)})"
        )
    if np.shape(scores)[0] != count:
        raise InvalidArgumentError(
            f"scores has incompatible shape (Dimensions must be equal, but are {count} and {np.shape(scores)[0]})"
        )


def _hard(boxes, scores, max_output_size, iou_threshold, score_threshold):
    _check(boxes, scores, max_output_size, iou_threshold)
    _scalar("score_threshold", score_threshold)
    return _greedy(Boxes(boxes).overlaps, scores, int(max_output_size), iou_threshold, score_threshold)


def _padded(values, size):
    return np.concatenate([values, np.zeros(max(0, size - len(values)), values.dtype)])


def _v4(boxes, scores, max_output_size, iou_threshold, score_threshold, pad_to_max_output_size):
    kept = _hard(boxes, scores, max_output_size, iou_threshold, score_threshold)
    return _padded(kept, int(max_output_size)) if pad_to_max_output_size else kept, np.int32(len(kept))


def _v5(boxes, scores, max_output_size, iou_threshold, score_threshold, soft_nms_sigma, pad_to_max_output_size):
    _check(boxes, scores, max_output_size, iou_threshold)
    _scalar("score_threshold", score_threshold)
    _scalar("soft_nms_sigma", soft_nms_sigma)
    if soft_nms_sigma < 0:
        raise InvalidArgumentError("soft_nms_sigma_val must be >= 0")
    size = int(max_output_size)
    if soft_nms_sigma > 0:
        kept, kept_scores = _soft(Boxes(boxes).overlaps, scores, size, score_threshold, soft_nms_sigma)
    else:
        kept = _greedy(Boxes(boxes).overlaps, scores, size, iou_threshold, score_threshold)
        kept_scores = scores[kept]
    count = np.int32(len(kept))
    if pad_to_max_output_size:
        kept, kept_scores = _padded(kept, size), _padded(kept_scores, size)
    return kept, kept_scores, count


def _with_overlaps(overlaps, scores, max_output_size, overlap_threshold, score_threshold):
    _check(overlaps, scores, max_output_size, overlap_threshold, "overlaps")

    def between(some, others):
        return overlaps[some[:, None], others]

    return _greedy(between, scores, int(max_output_size), overlap_threshold, score_threshold)


# -- many classes ---------------------------------------------------------------------------------------------


def _combined(boxes, scores, max_output_size_per_class, max_total_size, iou_threshold, score_threshold, pad_per_class,
              clip_boxes):  # fmt: skip
    if np.ndim(boxes) != 4:
        raise InvalidArgumentError(f"boxes must be 4-D{spoken(np.shape(boxes))}")
    if np.ndim(scores) != 3:
        raise InvalidArgumentError(f"scores must be 3-D{spoken(np.shape(scores))}")
    for name, value in (("max_size_per_class", max_output_size_per_class), ("max_total_size", max_total_size)):
        if np.ndim(value):
            raise InvalidArgumentError(f"{name} must be 0-D, got shape {spoken(np.shape(value))}")
    if max_output_size_per_class <= 0:
        raise InvalidArgumentError("max_size_per_class must be positive")
    if max_total_size <= 0:
        raise InvalidArgumentError("max_total_size must be > 0")
    if not 0 <= iou_threshold <= 1:
        raise InvalidArgumentError("iou_threshold must be in [0, 1]")
    batch, count, kinds, columns = boxes.shape
    classes = scores.shape[2]
    if kinds not in (1, classes):
        raise InvalidArgumentError("third dimension of boxes must be either 1 or num classes")
    if columns != 4:
        raise InvalidArgumentError("boxes must have 4 columns")
    if scores.shape[0] != batch or scores.shape[1] != count:
        raise InvalidArgumentError("scores has incompatible shape")
    per_class, total = int(max_output_size_per_class), int(max_total_size)
    size = min(total, per_class * classes) if pad_per_class else total
    out_boxes = np.zeros((batch, size, 4), _f32)
    out_scores, out_classes = np.zeros((batch, size), _f32), np.zeros((batch, size), _f32)
    valid = np.zeros(batch, np.int32)
    for b in range(batch):
        found = [
            _greedy(Boxes(boxes[b, :, k % kinds]).overlaps, scores[b, :, k], per_class, iou_threshold, score_threshold)
            for k in range(classes)
        ]
        kind = np.concatenate([np.full(len(kept), k) for k, kept in enumerate(found)] or [np.zeros(0, int)])
        index = np.concatenate(found or [np.zeros(0, int)])
        best = np.argsort(-scores[b, index, kind], kind="stable")[:size]
        kind, index = kind[best], index[best]
        n = valid[b] = len(best)
        chosen = boxes[b, index, kind % kinds]
        out_boxes[b, :n] = np.clip(chosen, 0, 1) if clip_boxes else chosen
        out_scores[b, :n], out_classes[b, :n] = scores[b, index, kind], kind
    return out_boxes, out_scores, out_classes, valid


# -- proposals --------------------------------------------------------------------------------------------------


def _proposals(scores, bbox_deltas, image_info, anchors, nms_threshold, pre_nms_topn, min_size, post_nms_topn):
    """Region proposals (Ren et al., 2015): the best anchors, moved and stretched, clipped, suppressed."""
    for name, value, rank in (
        ("scores", scores, 4), ("bbox_deltas", bbox_deltas, 4), ("image_info", image_info, 2), ("anchors", anchors, 3),
    ):  # fmt: skip
        if np.ndim(value) != rank and (name != "anchors" or np.ndim(value) != 4):
            raise InvalidArgumentError(f"{name} must be {rank}-D, got shape {spoken(np.shape(value))}")
    count, height, width, kinds = scores.shape
    if bbox_deltas.shape != (count, height, width, 4 * kinds):
        raise InvalidArgumentError("bbox_deltas must have the shape of scores, with four numbers for each anchor")
    if image_info.shape != (count, 5):
        raise InvalidArgumentError(f"image_info must be [{count}, 5], got {spoken(image_info.shape)}")
    if anchors.size != height * width * kinds * 4:
        raise InvalidArgumentError("anchors must hold four numbers for each score of an image")
    boxes = anchors.reshape(-1, 4)
    rois = np.zeros((count, post_nms_topn, 4), _f32)
    probabilities = np.zeros((count, post_nms_topn), _f32)
    longest = _f32(np.log(1000.0 / 16.0))
    for i in range(count):
        flat = scores[i].ravel()
        order = np.argsort(-flat, kind="stable")[: int(pre_nms_topn)]
        dy, dx, dh, dw = bbox_deltas[i].reshape(-1, 4)[order].T
        y1, x1, y2, x2 = boxes[order].T
        tall, wide = y2 - y1, x2 - x1
        middle_y, middle_x = y1 + tall / 2 + dy * tall, x1 + wide / 2 + dx * wide
        tall, wide = tall * np.exp(np.minimum(dh, longest)), wide * np.exp(np.minimum(dw, longest))
        rows, columns, scale = image_info[i, 0], image_info[i, 1], image_info[i, 2]
        edges = [
            np.clip(middle_y - tall / 2, 0, rows), np.clip(middle_x - wide / 2, 0, columns),
            np.clip(middle_y + tall / 2, 0, rows), np.clip(middle_x + wide / 2, 0, columns),
        ]  # fmt: skip
        moved = np.stack(edges, 1).astype(_f32)
        least = max(float(min_size) * float(scale), 1.0)
        large = (moved[:, 2] - moved[:, 0] >= least) & (moved[:, 3] - moved[:, 1] >= least)
        moved, best = moved[large], flat[order][large]
        kept = _greedy(Boxes(moved).overlaps, best, post_nms_topn, nms_threshold, -np.inf)
        rois[i, : len(kept)], probabilities[i, : len(kept)] = moved[kept], best[kept]
    return rois, probabilities


# -- ops --------------------------------------------------------------------------------------------------------

_FLOATS = "float16 | float32"
_BOXES = np.array([[0, 0, 1, 1], [0, 0.1, 1, 1.1], [0, 2, 1, 3]], np.float32)
_SCORES = np.array([0.9, 0.95, 0.5], np.float32)
_SAMPLE = {"boxes": _BOXES, "scores": _SCORES, "max_output_size": 3}


def _vectors(*ranks):
    """The shape rule of results whose sizes are only known when they are there."""
    return lambda shapes, attrs: [(None,) * rank for rank in ranks]


nms = op(
    "NonMaxSuppression",
    "boxes: float32, scores: float32, max_output_size: int32, *, iou_threshold: float = 0.5 "
    "-> selected_indices: int32",
    kernel=lambda boxes, scores, max_output_size, iou_threshold: _hard(
        boxes, scores, max_output_size, iou_threshold, -np.inf
    ),
    grad=None, shape=_vectors(1), samples=lambda draw: _SAMPLE,
)  # fmt: skip
nms_v2 = op(
    "NonMaxSuppressionV2",
    "boxes: T, scores: T, max_output_size: int32, iou_threshold: T_threshold -> selected_indices: int32",
    T=_FLOATS, T_threshold=_FLOATS,
    kernel=lambda boxes, scores, max_output_size, iou_threshold: _hard(
        boxes, scores, max_output_size, iou_threshold, -np.inf
    ),
    grad=None, shape=_vectors(1), samples=lambda draw: {**_SAMPLE, "iou_threshold": 0.5},
)  # fmt: skip
_THRESHOLDS = {"iou_threshold": 0.5, "score_threshold": 0.1}
nms_v3 = op(
    "NonMaxSuppressionV3",
    "boxes: T, scores: T, max_output_size: int32, iou_threshold: T_threshold, score_threshold: T_threshold "
    "-> selected_indices: int32",
    T=_FLOATS, T_threshold=_FLOATS, kernel=_hard, grad=None, shape=_vectors(1),
    samples=lambda draw: {**_SAMPLE, **_THRESHOLDS},
)  # fmt: skip
nms_v4 = op(
    "NonMaxSuppressionV4",
    "boxes: T, scores: T, max_output_size: int32, iou_threshold: T_threshold, score_threshold: T_threshold, *, "
    "pad_to_max_output_size: bool = False -> selected_indices: int32, valid_outputs: int32",
    T=_FLOATS, T_threshold=_FLOATS, kernel=_v4, grad=None, shape=_vectors(1, 0),
    samples=lambda draw: {**_SAMPLE, **_THRESHOLDS, "pad_to_max_output_size": True},
)  # fmt: skip
nms_v5 = op(
    "NonMaxSuppressionV5",
    "boxes: T, scores: T, max_output_size: int32, iou_threshold: T, score_threshold: T, soft_nms_sigma: T, *, "
    "pad_to_max_output_size: bool = False -> selected_indices: int32, selected_scores: T, valid_outputs: int32",
    T=_FLOATS, kernel=_v5, grad=None, shape=_vectors(1, 1, 0),
    samples=lambda draw: {**_SAMPLE, **_THRESHOLDS, "soft_nms_sigma": 0.3},
)  # fmt: skip
nms_overlaps = op(
    "NonMaxSuppressionWithOverlaps",
    "overlaps: float32, scores: float32, max_output_size: int32, overlap_threshold: float32, "
    "score_threshold: float32 -> selected_indices: int32",
    kernel=_with_overlaps, grad=None, shape=_vectors(1),
    samples=lambda draw: (np.eye(3, dtype=np.float32), _SCORES, 2, 0.5, 0.1),
)  # fmt: skip
combined_nms = op(
    "CombinedNonMaxSuppression",
    "boxes: float32, scores: float32, max_output_size_per_class: int32, max_total_size: int32, "
    "iou_threshold: float32, score_threshold: float32, *, pad_per_class: bool = False, clip_boxes: bool = True "
    "-> nmsed_boxes: float32, nmsed_scores: float32, nmsed_classes: float32, valid_detections: int32",
    kernel=_combined, grad=None,
    shape=lambda shapes, attrs: [(None, None, 4), (None, None), (None, None), (None,)],
    samples=lambda draw: (_BOXES[None, :, None], _SCORES[None, :, None], 2, 4, 0.5, 0.1),
)  # fmt: skip
proposals = op(
    "GenerateBoundingBoxProposals",
    "scores: float32, bbox_deltas: float32, image_info: float32, anchors: float32, nms_threshold: float32, "
    "pre_nms_topn: int32, min_size: float32, *, post_nms_topn: int = 300 "
    "-> rois: float32, roi_probabilities: float32",
    kernel=_proposals, grad=None,
    shape=lambda shapes, attrs: [(None, attrs["post_nms_topn"], 4), (None, attrs["post_nms_topn"])],
    samples=lambda draw: (
        np.array([[[[0.9, 0.2]]]], np.float32), np.zeros((1, 1, 1, 8), np.float32),
        np.array([[20, 20, 1, 0, 0]], np.float32), np.array([[[0, 0, 9, 9, 1, 1, 9, 9]]], np.float32).reshape(1, 2, 4),
        0.5, 10, 1.0, 3,
    ),
)  # fmt: skip
