"""Boxes drawn onto images, and random boxes that still show an object."""

import numpy as np

from tapeflow.core.base import philox, random_seed
from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.ops.defs.random_stateless import pair_of
from tapeflow.core.ops.defs.resize import spoken
from tapeflow.core.ops.op import op

_f32 = np.float32

# -- drawing -------------------------------------------------------------------------------------------------

# RGBA: yellow, blue, red, lime, purple, olive, maroon, navy, aqua, fuchsia.
_COLORS = np.array(
    [
        [1, 1, 0, 1], [0, 0, 1, 1], [1, 0, 0, 1], [0, 1, 0, 1], [0.5, 0, 0.5, 1], [0.5, 0.5, 0, 1], [0.5, 0, 0, 1],
        [0, 0, 0.5, 1], [0, 1, 1, 1], [1, 0, 1, 1],
    ],
    np.float32,
)  # fmt: skip


def _drawn(images, boxes, colors=None):
    if np.ndim(images) != 4:
        raise InvalidArgumentError("The rank of the images should be 4")
    if np.ndim(boxes) != 3:
        raise InvalidArgumentError("The rank of the boxes tensor should be 3")
    if images.shape[0] != boxes.shape[0]:
        raise InvalidArgumentError("The batch sizes should be the same")
    _, height, width, depth = images.shape
    if depth not in (1, 3, 4):
        raise InvalidArgumentError("Channel depth should be either 1 (GRY), 3 (RGB), or 4 (RGBA)")
    if boxes.shape[2] != 4:
        raise InvalidArgumentError(
            f"The size of the third dimension of the box must be 4. Received: {boxes.shape[2]}"
        )
    table = _COLORS if colors is None else _table(colors, depth)
    table = table[:, :depth].copy()
    if depth == 1 and (colors is None or not np.size(colors)):
        table[:] = 1
    result = np.array(images)
    scale = np.array([height - 1, width - 1, height - 1, width - 1], _f32)
    for image, ends in zip(result, np.nan_to_num(boxes * scale, nan=-1e9), strict=True):
        for i, (top, left, bottom, right) in enumerate(np.clip(ends, -1e9, 1e9).astype(np.int64).tolist()):
            _frame(image, top, left, bottom, right, table[i % len(table)])
    return result


def _table(colors, depth):
    if np.ndim(colors) != 2:
        raise InvalidArgumentError(f"colors must be a 2-D matrix{spoken(np.shape(colors))}")
    if not colors.shape[0]:
        return _COLORS
    if colors.shape[1] < depth:
        raise InvalidArgumentError(
            f"colors must have equal or more channels than the image provided: {spoken(colors.shape)}"
        )
    return colors


def _frame(image, top, left, bottom, right, color):
    """Draws the sides of a box that lie on the image."""
    height, width, _ = image.shape
    if bottom < top or right < left or top >= height or bottom < 0 or left >= width or right < 0:
        return
    rows, columns = slice(max(top, 0), min(bottom, height - 1) + 1), slice(max(left, 0), min(right, width - 1) + 1)
    if top >= 0:
        image[top, columns] = color
    if bottom < height:
        image[bottom, columns] = color
    if left >= 0:
        image[rows, left] = color
    if right < width:
        image[rows, right] = color


_SAMPLE_BOXES = np.array([[[0.1, 0.2, 0.5, 0.9], [0.0, 0.0, 1.0, 1.0]]], np.float32)


def _same(shapes, attrs):
    return [shapes[0]]


draw_v1 = op(
    "DrawBoundingBoxes", "images: T, boxes: float32 -> output: T", T="float32 | float16", kernel=_drawn, grad=None,
    shape=_same, samples=lambda draw: (np.zeros((1, 6, 8, 3), np.float32), _SAMPLE_BOXES),
)  # fmt: skip
draw_v2 = op(
    "DrawBoundingBoxesV2", "images: T, boxes: float32, colors: float32 -> output: T", T="float32 | float16",
    kernel=_drawn, grad=None, shape=_same,
    samples=lambda draw: (np.zeros((1, 6, 8, 3), np.float32), _SAMPLE_BOXES, [[1.0, 0.5, 0.0]]),
)  # fmt: skip


# -- random boxes ----------------------------------------------------------------------------------------------


class _Numbers:
    """Random numbers of a Philox stream, one 32-bit word after the other."""

    def __init__(self, key, counter):
        self._words = philox.words(key, counter)

    def fraction(self):
        """A float32 in [0, 1)."""
        bits = next(self._words) & 0x7FFFFF | 0x3F800000
        return np.array(bits, np.uint32).view(_f32)[()] - _f32(1)

    def below(self, n):
        """An integer in [0, n), none likelier than another."""
        if n & (n - 1) == 0:
            return next(self._words) & (n - 1) if n else next(self._words) * 0
        rejected = 0xFFFFFFFF % n + 1
        while (word := next(self._words)) < rejected:
            pass
        return word % n


def _round(x):
    return int(np.rint(x))


def _random_crop(height, width, area_range, ratio, numbers):
    """A rectangle (top, left, height, width) of a random area within the range, None if there is none."""
    if ratio <= 0 or height <= 0 or width <= 0:
        return None
    least, most = (_f32(part) * _f32(width) * _f32(height) for part in area_range)
    tall, tallest = _round(np.sqrt(least / ratio)), _round(np.sqrt(most / ratio))
    if _round(_f32(tallest) * ratio) > width:
        tallest = int((width + 0.5 - 1e-7) / float(ratio))
        if _round(_f32(tallest) * ratio) > width:
            tallest -= 1
    tallest = min(tallest, height)
    tall = min(tall, tallest)
    if tall < tallest:
        tall += numbers.below(tallest - tall + 1)
    wide = _round(_f32(tall) * ratio)
    # Rounding may have led out of the range: one step back in.
    if _f32(wide * tall) < least:
        tall += 1
        wide = _round(_f32(tall) * ratio)
    if _f32(wide * tall) > most:
        tall -= 1
        wide = _round(_f32(tall) * ratio)
    area = _f32(wide * tall)
    if area < least or area > most or wide > width or tall > height or wide <= 0 or tall <= 0:
        return None
    top = numbers.below(height - tall) if tall < height else 0
    left = numbers.below(width - wide) if wide < width else 0
    return top, left, tall, wide


def _shows(crop, objects, least):
    """Whether the crop covers at least the part `least` of one object."""
    top, left, tall, wide = crop
    if tall * wide < 1:
        return False
    for y1, x1, y2, x2 in objects:
        area = _f32(max(0, y2 - y1) * max(0, x2 - x1))
        if area < 1:
            continue
        common = max(0, min(y2, top + tall) - max(y1, top)) * max(0, min(x2, left + wide) - max(x1, left))
        if _f32(common) / area >= least:
            return True
    return False


def _sampled(numbers, image_size, bounding_boxes, min_object_covered, aspect_ratio_range, area_range, max_attempts,
             use_image_if_no_bounding_boxes):  # fmt: skip
    if np.ndim(image_size) != 1:
        raise InvalidArgumentError(f"image_size must be 1-dimensional{spoken(np.shape(image_size))}")
    if np.size(image_size) != 3:
        raise InvalidArgumentError(f"image_size must contain 3 elements{spoken(np.shape(image_size))}")
    height, width = int(image_size[0]), int(image_size[1])
    if height <= 0 or width <= 0:
        name, size = ("height", height) if height <= 0 else ("width", width)
        raise InvalidArgumentError(f"image {name} must be positive: {size}")
    objects = _objects(bounding_boxes, height, width, use_image_if_no_bounding_boxes)
    low, high = map(_f32, aspect_ratio_range)
    for _ in range(max_attempts):
        ratio = numbers.fraction() * (high - low) + low
        crop = _random_crop(height, width, area_range, ratio, numbers)
        if crop is not None and _shows(crop, objects, min_object_covered):
            break
    else:
        crop = 0, 0, height, width
    top, left, tall, wide = crop
    dtype = image_size.dtype
    ends = [top / _f32(height), left / _f32(width), (top + tall) / _f32(height), (left + wide) / _f32(width)]
    return np.array([top, left, 0], dtype), np.array([tall, wide]).astype(dtype).tolist(), ends


def _objects(boxes, height, width, use_image):
    if np.ndim(boxes) != 3:
        raise InvalidArgumentError(
            f"input boxes must be 3-dimensional [batch, num_boxes, coords]: {spoken(np.shape(boxes))}"
        )
    if boxes.shape[2] != 4:
        raise InvalidArgumentError(
            f"bounding boxes must have shape [4] or [*, 4], got {spoken(np.shape(boxes))}"
        )
    boxes = boxes.reshape(-1, 4)
    if not len(boxes):
        if not use_image:
            raise InvalidArgumentError(
                "No bounding boxes provided as input. One must enable use_image_if_no_bounding_boxes if you wish to "
                "not provide any bounding boxes."
            )
        return [(0, 0, height, width)]
    for value in boxes.ravel():
        if not 0 <= value <= 1:
            raise InvalidArgumentError(f"All bounding box coordinates must be in [0.0, 1.0]: {value:g}")
    return (boxes * np.array([height, width, height, width], _f32)).astype(np.int64).tolist()


def _check_ranges(aspect_ratio_range, area_range, max_attempts):
    for name, values in (("Aspect ratio", aspect_ratio_range), ("Area", area_range)):
        text = f"[{', '.join(f'{v:g}' for v in values)}]"
        if len(values) != 2:
            raise InvalidArgumentError(f"{name} range field must specify 2 dimensions")
        if min(values) <= 0:
            raise InvalidArgumentError(f"{name} range must be non-negative: {text}")
        if name == "Area" and max(values) > 1:
            raise InvalidArgumentError(f"Area range must be less then or equal to 1.0: {text}")
    if max_attempts <= 0:
        raise InvalidArgumentError(f"Max attempts must be non-negative: {max_attempts}")


def _result(begin, size, ends):
    return begin, np.array([*size, -1]).astype(begin.dtype), np.array(ends, _f32).reshape(1, 1, 4)


def _stateful(name):
    def kernel(image_size, bounding_boxes, min_object_covered, seed, seed2, aspect_ratio_range, area_range,
               max_attempts, **attrs):  # fmt: skip
        _check_ranges(aspect_ratio_range, area_range, max_attempts)
        if np.ndim(min_object_covered) or min_object_covered < 0:
            raise InvalidArgumentError(f"Min object covered must be non-negative: {min_object_covered}")
        stream = random_seed.take((name, image_size.dtype.name), seed, seed2, max_attempts)
        return _result(*_sampled(
            _Numbers(*stream), image_size, bounding_boxes, min_object_covered, aspect_ratio_range, area_range,
            max_attempts, **attrs
        ))  # fmt: skip

    return kernel


def _stateless(image_size, bounding_boxes, min_object_covered, seed, aspect_ratio_range, area_range, max_attempts,
               **attrs):  # fmt: skip
    _check_ranges(aspect_ratio_range, area_range, max_attempts)
    if np.ndim(min_object_covered) or min_object_covered < 0:
        raise InvalidArgumentError(f"Min object covered must be non-negative: {min_object_covered}")
    numbers = _Numbers(*random_seed.scramble(*pair_of(seed)))
    return _result(*_sampled(
        numbers, image_size, bounding_boxes, min_object_covered, aspect_ratio_range, area_range, max_attempts, **attrs
    ))  # fmt: skip


_RANGES = (
    "aspect_ratio_range: list(float) = [0.75, 1.33], area_range: list(float) = [0.05, 1.0], max_attempts: int = 100, "
    "use_image_if_no_bounding_boxes: bool = False -> begin: T, size: T, bboxes: float32"
)
_INTEGERS = "uint8 | int8 | int16 | int32 | int64"


def _shapes(shapes, attrs):
    return [(3,), (3,), (1, 1, 4)]


_v2_kernel = _stateful("SampleDistortedBoundingBoxV2")


def _v1_kernel(image_size, bounding_boxes, min_object_covered, **attrs):
    return _stateful("SampleDistortedBoundingBox")(image_size, bounding_boxes, _f32(min_object_covered), **attrs)


sample_v1 = op(
    "SampleDistortedBoundingBox",
    "image_size: T, bounding_boxes: float32, *, seed: int = 0, seed2: int = 0, min_object_covered: float = 0.1, "
    + _RANGES,
    T=_INTEGERS, kernel=_v1_kernel, grad=None, stateful=True, shape=_shapes,
    samples=lambda draw: {"image_size": [20, 30, 3], "bounding_boxes": _SAMPLE_BOXES, "seed": 1},
)  # fmt: skip
sample_v2 = op(
    "SampleDistortedBoundingBoxV2",
    "image_size: T, bounding_boxes: float32, min_object_covered: float32, *, seed: int = 0, seed2: int = 0, " + _RANGES,
    T=_INTEGERS, kernel=_v2_kernel, grad=None, stateful=True, shape=_shapes,
    samples=lambda draw: {
        "image_size": [20, 30, 3], "bounding_boxes": _SAMPLE_BOXES, "min_object_covered": 0.1, "seed": 1
    },
)  # fmt: skip
sample_stateless = op(
    "StatelessSampleDistortedBoundingBox",
    "image_size: T, bounding_boxes: float32, min_object_covered: float32, seed: Tseed, *, " + _RANGES,
    T=_INTEGERS, Tseed="int32 | int64", kernel=_stateless, grad=None, shape=_shapes,
    samples=lambda draw: ([20, 30, 3], _SAMPLE_BOXES, 0.1, [1, 2]),
)  # fmt: skip
