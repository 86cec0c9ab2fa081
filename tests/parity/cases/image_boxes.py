"""tf.image: non-max suppression, boxes drawn and sampled, projective transforms."""

import numpy as np

from tests.parity.case import Family, attribute
from tests.parity.gradients import first_order

case = Family(__name__)

B = np.array(
    [[0, 0, 1, 1], [0, 0.1, 1, 1.1], [0, -0.1, 1, 0.9], [0, 10, 1, 11], [0, 10.1, 1, 11.1], [0, 100, 1, 101]], "f4"
)
S = np.array([0.9, 0.75, 0.6, 0.95, 0.5, 0.3], "f4")


def boxes(count, seed=0):
    """Random boxes, corners in order."""
    corners = np.random.default_rng(seed).uniform(0, 1, (count, 2, 2)).astype("f4")
    return np.concatenate([corners.min(1), corners.max(1)], 1)


def scores(*shape, seed=0):
    """Random scores without equals."""
    count = int(np.prod(shape))
    return (np.random.default_rng(seed).permutation(count).reshape(shape) / count + 0.01).astype("f4")


for limit in (0, 1, 3, 50):
    for overlap in (0.0, 0.3, 0.5, 1.0):
        for least in (float("-inf"), 0.4, 2.0):
            case(
                f"nms/{limit}/{overlap}/{least}",
                lambda tf, *args: tf.image.non_max_suppression(boxes(30), scores(30), *args), limit, overlap, least,
            )  # fmt: skip
for sigma in (0.0, 0.1, 0.5, 2.0):
    for overlap in (0.2, 0.7):
        for least in (float("-inf"), 0.3):
            case(
                f"nms_with_scores/{sigma}/{overlap}/{least}",
                lambda tf, *args: tf.image.non_max_suppression_with_scores(boxes(20, 3), scores(20), 15, *args),
                overlap, least, sigma, loose=10,
            )  # fmt: skip
for pad in (False, True):
    case(
        f"nms_v4/{pad}",
        lambda tf, pad: tuple(tf.raw_ops.NonMaxSuppressionV4(
            boxes=boxes(12), scores=scores(12), max_output_size=9, iou_threshold=0.3, score_threshold=0.1,
            pad_to_max_output_size=pad,
        )),
        pad,
    )  # fmt: skip
    case(
        f"nms_v5/{pad}",
        lambda tf, pad: tuple(tf.raw_ops.NonMaxSuppressionV5(
            boxes=boxes(12), scores=scores(12), max_output_size=20, iou_threshold=0.3, score_threshold=0.1,
            soft_nms_sigma=0.2, pad_to_max_output_size=pad,
        )),
        pad, loose=10,
    )  # fmt: skip
    case(
        f"nms_padded/{pad}",
        lambda tf, pad: tf.image.non_max_suppression_padded(
            tf.constant(boxes(15)), tf.constant(scores(15)), 12, 0.4, pad_to_max_output_size=pad
        ),
        pad,
    )  # fmt: skip
for ordered in (False, True):
    for shape in ((10,), (2, 10), (2, 3, 10)):
        case(
            f"nms_padded/{ordered}/{len(shape)}",
            lambda tf, ordered, shape: tf.image.non_max_suppression_padded(
                np.broadcast_to(boxes(10), (*shape, 4)).copy(), scores(*shape), 8, 0.3, 0.2, True,
                canonicalized_coordinates=ordered,
            ),
            ordered, shape,
        )  # fmt: skip
for clip in (False, True):
    for pad in (False, True):
        for kinds in (1, 3):
            for total in (2, 5, 20):
                case(
                    f"combined_nms/{clip}/{pad}/{kinds}/{total}",
                    lambda tf, clip, pad, kinds, total: tuple(tf.image.combined_non_max_suppression(
                        np.stack([boxes(9 * kinds, i).reshape(9, kinds, 4) * 1.2 for i in range(2)]).astype("f4"),
                        scores(2, 9, 3), 3, total, 0.4, 0.2, pad, clip,
                    )),
                    clip, pad, kinds, total,
                )  # fmt: skip
case.table(
    """
    nms/plain: tf.image.non_max_suppression(B, S, 3)
    nms/lists: tf.image.non_max_suppression(B.tolist(), S.tolist(), 3)
    nms/equal_scores: tf.image.non_max_suppression(B, tf.ones([6]), 5)
    nms/nan: tf.image.non_max_suppression(B, [0.5, float("nan"), 0.3, 0.2, 0.9, 0.1], 3)
    nms/corners: tf.image.non_max_suppression(B[:, [2, 3, 0, 1]], S, 3)
    nms/half: tf.image.non_max_suppression(B.astype("f2"), S.astype("f2"), 3, tf.constant(0.5, tf.float16), tf.constant(0.0, tf.float16))
    nms/no_boxes: tf.image.non_max_suppression(np.zeros((0, 4), "f4"), np.zeros(0, "f4"), 3)
    nms/negative: tf.image.non_max_suppression(B, S, -1)  # raises: output size must be non-negative
    nms/threshold: tf.image.non_max_suppression(B, S, 3, 1.5)  # raises: iou_threshold must be in [0, 1]
    nms/columns: tf.image.non_max_suppression(B[:, :3], S, 3)  # raises: boxes must have 4 columns
    nms/scores: tf.image.non_max_suppression(B, S[:3], 3)  # raises: scores has incompatible shape
    nms/rank: tf.image.non_max_suppression(B[0], S, 3)  # raises: boxes must be 2-D[4]
    nms/vector_size: tf.image.non_max_suppression(B, S, [3])  # raises: max_output_size must be 0-D
    nms/vector_threshold: tf.image.non_max_suppression(B, S, 3, [0.5])  # raises: iou_threshold must be 0-D
    nms_v1/plain: tf.raw_ops.NonMaxSuppression(boxes=B, scores=S, max_output_size=3)
    nms_v2/plain: tf.raw_ops.NonMaxSuppressionV2(boxes=B, scores=S, max_output_size=3, iou_threshold=0.5)
    nms_v5/sigma: tf.raw_ops.NonMaxSuppressionV5(boxes=B, scores=S, max_output_size=9, iou_threshold=0.5, score_threshold=0.0, soft_nms_sigma=-1.0)  # raises: soft_nms_sigma_val must be >= 0
    nms_overlaps/plain: tf.image.non_max_suppression_overlaps(np.array([[1, 0.6, 0.1], [0.6, 1, 0.2], [0.1, 0.2, 1]], "f4"), [0.1, 0.9, 0.5], 3)
    nms_overlaps/strict: tf.image.non_max_suppression_overlaps(np.array([[1, 0.6, 0.1], [0.6, 1, 0.2], [0.1, 0.2, 1]], "f4"), [0.1, 0.9, 0.5], 3, 0.15, 0.2)
    nms_overlaps/square: tf.image.non_max_suppression_overlaps(np.ones((2, 3), "f4"), [0.1, 0.9], 3)  # raises: overlaps must be square
    nms_padded/sorted: tf.image.non_max_suppression_padded(B, S, 5, pad_to_max_output_size=True, sorted_input=True)
    nms_padded/batch: tf.image.non_max_suppression_padded(tf.constant(B[None]), tf.constant(S[None]), 5)  # raises: must be True for batched input
    combined_nms/rank: tf.image.combined_non_max_suppression(B[None], S[None, :, None], 2, 7)  # raises: boxes must be 4-D
    combined_nms/kinds: tf.image.combined_non_max_suppression(np.stack([B, B, B], 1)[None], np.stack([S, S], 1)[None], 2, 7)  # raises: third dimension of boxes must be either 1 or num classes
    combined_nms/per_class: tf.image.combined_non_max_suppression(B[None, :, None], S[None, :, None], 0, 7)  # raises: max_size_per_class must be positive
    combined_nms/total: tf.image.combined_non_max_suppression(B[None, :, None], S[None, :, None], 2, 0)  # raises: max_total_size must be > 0
    combined_nms/threshold: tf.image.combined_non_max_suppression(B[None, :, None], S[None, :, None], 2, 7, 1.5)  # raises: iou_threshold must be in [0, 1]
    combined_nms/no_boxes: tuple(tf.image.combined_non_max_suppression(np.zeros((1, 0, 1, 4), "f4"), np.zeros((1, 0, 2), "f4"), 2, 7))
    """
)

# -- drawing ---------------------------------------------------------------------------------------------------

DRAWN = np.array([[[0.1, 0.2, 0.5, 0.9], [0, 0, 1, 1], [-0.5, 0.2, 1.5, 0.6], [2, 2, 3, 3], [0.6, 0.2, 0.1, 0.9]]], "f4")
for depth in (1, 3, 4):
    case(
        f"draw/default/{depth}",
        lambda tf, depth: tf.raw_ops.DrawBoundingBoxes(images=np.zeros((1, 6, 8, depth), "f4"), boxes=DRAWN), depth,
    )  # fmt: skip
    for colors in (1, 2, 7):
        case(
            f"draw/{depth}/{colors}",
            lambda tf, depth, colors: tf.image.draw_bounding_boxes(
                np.full((1, 6, 8, depth), 0.5, "f4"), DRAWN, scores(colors, 4)
            ),
            depth, colors,
        )  # fmt: skip
case.table(
    """
    draw/half: tf.image.draw_bounding_boxes(np.zeros((1, 6, 8, 3), "f2"), DRAWN, [[0.5, 0.25, 1.0]])
    draw/no_boxes: tf.image.draw_bounding_boxes(np.zeros((1, 6, 8, 3), "f4"), DRAWN[:, :0], [[0.5, 0.25, 1.0]])
    draw/no_colors: tf.image.draw_bounding_boxes(np.zeros((1, 6, 8, 3), "f4"), DRAWN, np.zeros((0, 3), "f4"))
    draw/batch: tf.image.draw_bounding_boxes(np.zeros((2, 6, 8, 3), "f4"), DRAWN, [[0.5, 0.25, 1.0]])  # raises: The batch sizes should be the same
    draw/rank: tf.image.draw_bounding_boxes(np.zeros((6, 8, 3), "f4"), DRAWN, [[0.5, 0.25, 1.0]])  # raises: The rank of the images should be 4
    draw/box_rank: tf.image.draw_bounding_boxes(np.zeros((1, 6, 8, 3), "f4"), DRAWN[0], [[0.5, 0.25, 1.0]])  # raises: The rank of the boxes tensor should be 3
    draw/columns: tf.image.draw_bounding_boxes(np.zeros((1, 6, 8, 3), "f4"), DRAWN[..., :3], [[0.5, 0.25, 1.0]])  # raises: third dimension of the box must be 4
    draw/channels: tf.image.draw_bounding_boxes(np.zeros((1, 6, 8, 3), "f4"), DRAWN, [[0.5, 0.25]])  # raises: colors must have equal or more channels
    draw/depth: tf.raw_ops.DrawBoundingBoxes(images=np.zeros((1, 6, 8, 5), "f4"), boxes=DRAWN)  # raises: Channel depth should be either 1
    """
)

# -- sampling ----------------------------------------------------------------------------------------------------

OBJECTS = np.array([[[0.1, 0.2, 0.5, 0.9], [0.6, 0.1, 0.9, 0.3]]], "f4")
SIZES = ((20, 30, 3), (200, 300, 3), (7, 5, 1), (333, 50, 3))
RANGES = ({}, {"aspect_ratio_range": [0.5, 2.0], "area_range": [0.1, 0.6]}, {"max_attempts": 3}, {"min_object_covered": 0.9})
for seed in range(4):
    for size in SIZES:
        for i, ranges in enumerate(RANGES):
            case(
                f"sample_stateless/{seed}/{size[0]}/{i}",
                lambda tf, seed, size, ranges: tuple(tf.image.stateless_sample_distorted_bounding_box(
                    size, OBJECTS, (seed, 5), **ranges
                )),
                seed, size, ranges,
            )  # fmt: skip
    case(
        f"sample/{seed}",
        lambda tf, seed: [
            tf.random.set_seed(4),
            tuple(tf.image.sample_distorted_bounding_box([200, 300, 3], OBJECTS, seed=seed + 1)),
            tuple(tf.image.sample_distorted_bounding_box([200, 300, 3], OBJECTS, seed=seed + 1)),
        ][1:],
        seed,
    )  # fmt: skip
    for name in ("SampleDistortedBoundingBox", "SampleDistortedBoundingBoxV2"):
        options = {"min_object_covered": 0.3}
        case(
            f"{name}/{seed}",
            lambda tf, name, seed, options: tuple(attribute(tf.raw_ops, name)(
                image_size=[200, 300, 3], bounding_boxes=OBJECTS, seed=seed + 2, seed2=9, **options
            )),
            name, seed, options,
        )  # fmt: skip
case.table(
    """
    sample_stateless/int64: tuple(tf.image.stateless_sample_distorted_bounding_box(tf.constant([200, 300, 3], tf.int64), OBJECTS, tf.constant([6, 3], tf.int64)))
    sample_stateless/none: tf.image.stateless_sample_distorted_bounding_box([200, 300, 3], np.zeros((0, 0, 4), "f4"), [6, 3])  # raises: No bounding boxes provided as input
    sample_stateless/whole: tuple(tf.image.stateless_sample_distorted_bounding_box([200, 300, 3], np.zeros((0, 0, 4), "f4"), [6, 3], use_image_if_no_bounding_boxes=True))
    sample_stateless/never: tuple(tf.image.stateless_sample_distorted_bounding_box([200, 300, 3], OBJECTS, [6, 3], min_object_covered=1.5))
    sample_stateless/size: tf.image.stateless_sample_distorted_bounding_box([200, 300], OBJECTS, [6, 3])  # raises: image_size must contain 3 elements
    sample_stateless/rank: tf.image.stateless_sample_distorted_bounding_box([200, 300, 3], OBJECTS[0], [6, 3])  # raises: input boxes must be 3-dimensional
    sample_stateless/outside: tf.image.stateless_sample_distorted_bounding_box([200, 300, 3], OBJECTS + 1, [6, 3])  # raises: All bounding box coordinates must be in [0.0, 1.0]
    sample_stateless/area: tf.image.stateless_sample_distorted_bounding_box([200, 300, 3], OBJECTS, [6, 3], area_range=[0.5, 1.5])  # raises: Area range must be less then or equal to 1.0
    sample_stateless/area_count: tf.image.stateless_sample_distorted_bounding_box([200, 300, 3], OBJECTS, [6, 3], area_range=[0.5])  # raises: Area range field must specify 2 dimensions
    sample_stateless/attempts: tf.image.stateless_sample_distorted_bounding_box([200, 300, 3], OBJECTS, [6, 3], max_attempts=0)  # raises: Max attempts must be non-negative
    sample_stateless/seed: tf.image.stateless_sample_distorted_bounding_box([200, 300, 3], OBJECTS, [6])  # raises: seed must have shape [2]
    """
)

# -- projective transforms -----------------------------------------------------------------------------------------

PIXELS = np.arange(24, dtype="f4").reshape(2, 3, 4, 1)
TRANSFORMS = {
    "moved": [1, 0, 1, 0, 1, 0, 0, 0], "far": [1, 0, -7, 0, 1, 5, 0, 0], "half": [1, 0, -2.3, 0, 1, 1.6, 0, 0],
    "bent": [1.1, 0.2, 0.3, -0.1, 0.9, 0.5, 0.01, 0.02], "horizon": [1, 0, 0, 0, 1, 0, -0.5, 0],
    "turned": [0, 1, 0.4, -1, 0, 2.7, 0, 0],
}  # fmt: skip
for name, values in TRANSFORMS.items():
    for interpolation in ("NEAREST", "BILINEAR"):
        for fill in ("CONSTANT", "REFLECT", "WRAP", "NEAREST"):
            case(
                f"projective/{name}/{interpolation}/{fill}",
                lambda tf, values, interpolation, fill: tf.raw_ops.ImageProjectiveTransformV3(
                    images=PIXELS, transforms=np.array([values], "f4"), output_shape=[4, 5], fill_value=9.0,
                    interpolation=interpolation, fill_mode=fill,
                ),
                values, interpolation, fill, loose=20,
            )  # fmt: skip
    case(
        f"projective/v2/{name}",
        lambda tf, values: tf.raw_ops.ImageProjectiveTransformV2(
            images=PIXELS, transforms=np.array([values], "f4"), output_shape=[4, 5], interpolation="BILINEAR"
        ),
        values, loose=20,
    )  # fmt: skip
    if name != "horizon":
        case(
            f"projective/gradient/{name}",
            first_order,
            lambda tf, x, values=values: tf.raw_ops.ImageProjectiveTransformV3(
                images=x, transforms=np.array([values], "f4"), output_shape=[4, 5], fill_value=0.0,
                interpolation="BILINEAR",
            ),
            PIXELS, loose=100,
        )  # fmt: skip
for dtype in ("u1", "i4", "i8", "f2", "f8"):
    case(
        f"projective/{dtype}",
        lambda tf, dtype: tf.raw_ops.ImageProjectiveTransformV3(
            images=PIXELS.astype(dtype), transforms=np.array([TRANSFORMS["half"]], "f4"), output_shape=[4, 5],
            fill_value=9.0, interpolation="BILINEAR",
        ),
        dtype, loose=1e7 if dtype == "f8" else 4,
    )  # fmt: skip
case.table(
    """
    projective/columns: tf.raw_ops.ImageProjectiveTransformV3(images=PIXELS, transforms=np.ones((1, 7), "f4"), output_shape=[3, 4], fill_value=9.0, interpolation="BILINEAR")  # raises: Input transform should be num_images x 8 or 1 x 8
    projective/count: tf.raw_ops.ImageProjectiveTransformV3(images=PIXELS, transforms=np.ones((3, 8), "f4"), output_shape=[3, 4], fill_value=9.0, interpolation="BILINEAR")  # raises: Input transform should be num_images x 8 or 1 x 8
    projective/empty: tf.raw_ops.ImageProjectiveTransformV3(images=PIXELS, transforms=np.ones((1, 8), "f4"), output_shape=[3, 0], fill_value=9.0, interpolation="BILINEAR")  # raises: output dimensions must be positive
    projective/size: tf.raw_ops.ImageProjectiveTransformV3(images=PIXELS, transforms=np.ones((1, 8), "f4"), output_shape=[3], fill_value=9.0, interpolation="BILINEAR")  # raises: output shape must have two elements
    projective/fill: tf.raw_ops.ImageProjectiveTransformV3(images=PIXELS, transforms=np.ones((1, 8), "f4"), output_shape=[3, 2], fill_value=[9.0], interpolation="NEAREST")  # raises: fill_value must be a scalar
    """
)
