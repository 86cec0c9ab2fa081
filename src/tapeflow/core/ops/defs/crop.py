"""Parts of images: boxes resized to one size (CropAndResize and its gradients), glimpses."""

import numpy as np

from tapeflow.core.base.errors import InvalidArgumentError, OutOfRangeError
from tapeflow.core.ops.defs.resize import spoken
from tapeflow.core.ops.lowering import jnp
from tapeflow.core.ops.op import op
from tapeflow.core.ops.sizes import sizes

_f32 = np.float32


# -- boxes -------------------------------------------------------------------------------------------------


def _check_method(method, allowed=("bilinear", "nearest")):
    if method not in allowed:
        names = ", ".join(f'"{name}"' for name in allowed)
        raise InvalidArgumentError(
            f"Value for attr 'method' of \"{method}\" is not in the list of allowed values: {names}"
        )


def _check_boxes(boxes, box_ind, batch=None):
    if np.ndim(boxes) != 2 and np.size(boxes):
        raise InvalidArgumentError(f"boxes must be 2-D{spoken(np.shape(boxes))}")
    if np.shape(boxes)[-1:] != (4,):
        raise InvalidArgumentError("boxes must have 4 columns")
    if np.ndim(box_ind) != 1:
        raise InvalidArgumentError(f"box_index must be 1-D{spoken(np.shape(box_ind))}")
    if np.shape(box_ind)[0] != np.shape(boxes)[0]:
        raise InvalidArgumentError("box_index has incompatible shape")
    known = batch is not None and isinstance(box_ind, np.ndarray) and box_ind.size
    if known and (box_ind.min() < 0 or box_ind.max() >= batch):
        raise OutOfRangeError("box_index has values outside [0, batch_size)")


def _places(xp, low, high, n, m):
    """[boxes, m]: where the m pixels of a crop lie on an axis of n pixels."""
    if m == 1:
        return (_f32(0.5) * (low + high) * _f32(n - 1))[:, None]
    step = (high - low) * _f32(n - 1) / _f32(m - 1)
    return low[:, None] * _f32(n - 1) + xp.arange(m, dtype=_f32) * step[:, None]


def _rounded(xp, x):
    """To the nearest whole number, halves away from zero."""
    return xp.where(x < 0, xp.ceil(x - _f32(0.5)), xp.floor(x + _f32(0.5)))


def _neighbours(xp, place, n):
    """Both neighbours of places, the weight of the second, and whether a place is on the axis at all."""
    inside = (place >= 0) & (place <= n - 1)
    place = xp.where(inside, place, 0)
    lower = xp.floor(place)
    return lower.astype(np.int32), xp.ceil(place).astype(np.int32), place - lower, inside


def _crops(xp, image, boxes, box_ind, crop_size, method, extrapolation_value):
    _check_method(method)
    if image.ndim != 4:
        raise InvalidArgumentError(f"input image must be 4-D{spoken(image.shape)}")
    _, h, w, c = image.shape
    if h <= 0 or w <= 0:
        raise InvalidArgumentError("image dimensions must be positive")
    _check_boxes(boxes, box_ind, image.shape[0])
    if np.shape(crop_size) != (2,):
        raise InvalidArgumentError(f"crop_size must have two elements{spoken(np.shape(crop_size))}")
    height, width = int(crop_size[0]), int(crop_size[1])
    if height <= 0 or width <= 0:
        raise InvalidArgumentError("crop dimensions must be positive")
    if not boxes.shape[0]:
        return xp.zeros((0, height, width, c), _f32)
    y, x = _places(xp, boxes[:, 0], boxes[:, 2], h, height), _places(xp, boxes[:, 1], boxes[:, 3], w, width)
    top, bottom, down, inside_y = _neighbours(xp, y, h)
    left, right, along, inside_x = _neighbours(xp, x, w)
    of = box_ind[:, None, None]
    if method == "nearest":
        rows = xp.clip(_rounded(xp, xp.where(inside_y, y, 0)), 0, h - 1).astype(np.int32)
        columns = xp.clip(_rounded(xp, xp.where(inside_x, x, 0)), 0, w - 1).astype(np.int32)
        crops = image[of, rows[:, :, None], columns[:, None, :]].astype(_f32)
    else:
        def at(rows, columns):
            return image[of, rows[:, :, None], columns[:, None, :]].astype(_f32)

        along, down = along[:, None, :, None], down[:, :, None, None]
        above = at(top, left) + (at(top, right) - at(top, left)) * along
        below = at(bottom, left) + (at(bottom, right) - at(bottom, left)) * along
        crops = above + (below - above) * down
    inside = (inside_y[:, :, None] & inside_x[:, None, :])[..., None]
    return xp.where(inside, crops, _f32(extrapolation_value))


def _image_gradient(xp, grads, boxes, box_ind, image_size, T, method):
    _check_method(method)
    if grads.ndim != 4:
        raise InvalidArgumentError(f"grads image must be 4-D{spoken(grads.shape)}")
    if np.shape(image_size) != (4,):
        raise InvalidArgumentError("image_size must have 4 elements" + spoken(np.shape(image_size)))
    shape = tuple(map(int, image_size))
    _check_boxes(boxes, box_ind, shape[0])
    _, h, w, _ = shape
    _, height, width, _ = grads.shape
    y, x = _places(xp, boxes[:, 0], boxes[:, 2], h, height), _places(xp, boxes[:, 1], boxes[:, 3], w, width)
    top, bottom, down, inside_y = _neighbours(xp, y, h)
    left, right, along, inside_x = _neighbours(xp, x, w)
    inside = (inside_y[:, :, None] & inside_x[:, None, :])[..., None]
    grads = xp.where(inside, grads, 0)
    if method == "nearest":
        rows = xp.clip(_rounded(xp, xp.where(inside_y, y, 0)), 0, h - 1).astype(np.int32)
        columns = xp.clip(_rounded(xp, xp.where(inside_x, x, 0)), 0, w - 1).astype(np.int32)
        parts = [(rows, columns, grads)]
    else:
        down, along = down[:, :, None, None], along[:, None, :, None]
        parts = [
            (top, left, grads * (1 - down) * (1 - along)), (top, right, grads * (1 - down) * along),
            (bottom, left, grads * down * (1 - along)), (bottom, right, grads * down * along),
        ]  # fmt: skip
    result = xp.zeros(shape, np.float64 if T.np == np.float64 else _f32)
    for rows, columns, part in parts:
        index = (box_ind[:, None, None], rows[:, :, None], columns[:, None, :])
        if xp is np:
            np.add.at(result, index, part)
        else:
            result = result.at[index].add(part.astype(result.dtype))
    return result.astype(T.np)


def _box_gradient(xp, grads, image, boxes, box_ind, method):
    """Chain rule through the places of `_places`: an edge moves each pixel by its share of the way to that edge."""
    _check_method(method, ("bilinear",))
    if grads.ndim != 4:
        raise InvalidArgumentError(f"grads image must be 4-D{spoken(grads.shape)}")
    _check_boxes(boxes, box_ind, image.shape[0])
    _, h, w, _ = image.shape
    _, height, width, _ = grads.shape
    y, x = _places(xp, boxes[:, 0], boxes[:, 2], h, height), _places(xp, boxes[:, 1], boxes[:, 3], w, width)
    top, bottom, down, inside_y = _neighbours(xp, y, h)
    left, right, along, inside_x = _neighbours(xp, x, w)

    def at(rows, columns):
        return image[box_ind[:, None, None], rows[:, :, None], columns[:, None, :]].astype(_f32)

    corners = at(top, left), at(top, right), at(bottom, left), at(bottom, right)
    down, along = down[:, :, None, None], along[:, None, :, None]
    slope_y = (1 - along) * (corners[2] - corners[0]) + along * (corners[3] - corners[1])
    slope_x = (1 - down) * (corners[1] - corners[0]) + down * (corners[3] - corners[2])
    grads = xp.where((inside_y[:, :, None] & inside_x[:, None, :])[..., None], grads, 0)
    by_row, by_column = (grads * slope_y).sum((2, 3)), (grads * slope_x).sum((1, 3))

    def edges(by, n, m):
        if m == 1:
            half = by.sum(1) * _f32(0.5) * _f32(n - 1)
            return half, half
        share = np.arange(m, dtype=_f32) / _f32(m - 1)
        return (by * ((1 - share) * _f32(n - 1))).sum(1), (by * (share * _f32(n - 1))).sum(1)

    y1, y2 = edges(by_row, h, height)
    x1, x2 = edges(by_column, w, width)
    return xp.stack([y1, x1, y2, x2], 1).astype(_f32)


def _both(function):
    return (
        lambda *args, **attrs: function(np, *map(np.asarray, args), **attrs),
        lambda *args, **attrs: function(jnp, *args, **attrs),
    )


def _to_image(c, dy):
    if c.image.dtype.name not in ("float16", "float32", "float64"):
        return None
    return crop_and_resize_grad_image(dy, c.boxes, c.box_ind, sizes(c.image), T=c.image.dtype, method=c.method)


_SAMPLE_BOXES = np.array([[0.1, 0.2, 0.7, 0.9], [0.0, 0.3, 0.8, 0.65]], np.float32)
_kernel, _lower = _both(_crops)
crop_and_resize = op(
    "CropAndResize",
    "image: T, boxes: float32, box_ind: int32, crop_size: const int32, *, method: string = 'bilinear', "
    "extrapolation_value: float = 0.0 -> crops: float32",
    T="uint8 | uint16 | int8 | int16 | int32 | int64 | float16 | float32 | float64", kernel=_kernel, lower=_lower,
    grad=(_to_image, lambda c, dy: crop_and_resize_grad_boxes(dy, c.image, c.boxes, c.box_ind), None, None),
    samples=[
        lambda draw: (draw.floats((2, 5, 4, 2), dtype="float32"), _SAMPLE_BOXES, [1, 0], [3, 2]),
        lambda draw: (draw.floats((2, 5, 4, 2), dtype="float32"), _SAMPLE_BOXES, [1, 0], [1, 4], "nearest", 0.5),
    ],
)  # fmt: skip
_kernel, _lower = _both(_image_gradient)
crop_and_resize_grad_image = op(
    "CropAndResizeGradImage",
    "grads: float32, boxes: float32, box_ind: int32, image_size: const int32, *, T: type, "
    "method: string = 'bilinear' -> output: T",
    T="float32 | float16 | float64", kernel=_kernel, lower=_lower,
    samples=lambda draw: (draw.floats((2, 3, 2, 1), dtype="float32"), _SAMPLE_BOXES, [1, 0], [2, 5, 4, 1], "float32"),
)  # fmt: skip
_kernel, _lower = _both(_box_gradient)
crop_and_resize_grad_boxes = op(
    "CropAndResizeGradBoxes",
    "grads: float32, image: T, boxes: float32, box_ind: int32, *, method: string = 'bilinear' -> output: float32",
    T="uint8 | uint16 | int8 | int16 | int32 | int64 | float16 | float32 | float64", kernel=_kernel, lower=_lower,
    samples=lambda draw: (
        draw.floats((2, 3, 2, 1), dtype="float32"), draw.floats((2, 5, 4, 1), dtype="float32"), _SAMPLE_BOXES, [1, 0]
    ),
)  # fmt: skip


# -- glimpses ------------------------------------------------------------------------------------------------


def _starts(version, offsets, extent, size, centered, normalized):
    """Where glimpses begin, an axis each; the first version of the op centers every window on its offset."""
    place = offsets * extent if normalized else offsets
    if version == 1:
        return np.trunc((place / 2 + extent / 2 if centered else place) - size / 2)
    if centered and normalized:
        return np.trunc((place + extent) / 2 - size / 2)
    return np.trunc(place + extent / 2 if centered else place)


def _glimpses(version):
    def kernel(input, size, offsets, centered, normalized, uniform_noise, noise):
        if noise not in ("uniform", "gaussian", "zero"):
            raise InvalidArgumentError(f"The noise could only be uniform, gaussian, or zero, got{noise}")
        if uniform_noise and noise != "uniform":
            raise InvalidArgumentError("The uniform_noise and noise could not be specified at the same time")
        if np.ndim(input) != 4:
            raise InvalidArgumentError(f"input must be 4-dimensional{spoken(np.shape(input))}")
        if np.shape(size) != (2,):
            raise InvalidArgumentError(f"input must be a vector of size 2 (height, width){spoken(np.shape(size))}")
        if np.ndim(offsets) != 2:
            raise InvalidArgumentError(f"input must be a matrix{spoken(np.shape(offsets))}")
        b, h, w, c = input.shape
        if offsets.shape[0] != b or offsets.shape[1] != 2:
            raise InvalidArgumentError(f"first dimension should be batch{spoken(offsets.shape)}")
        height, width = map(int, size)
        if height < 0 or width < 0:
            raise InvalidArgumentError(f"size must not be negative, got {spoken((height, width))}")
        result = _noise(input, (b, height, width, c), noise)
        extents = np.array([h, w], _f32), np.array([height, width], _f32)
        for one, image, (y, x) in zip(
            result, input, _starts(version, offsets, *extents, centered, normalized).astype(int), strict=True
        ):
            rows, columns = slice(max(0, y), min(h, y + height)), slice(max(0, x), min(w, x + width))
            if rows.start < rows.stop and columns.start < columns.stop:
                one[rows.start - y : rows.stop - y, columns.start - x : columns.stop - x] = image[rows, columns]
        return result

    return kernel


def _noise(input, shape, noise):
    """What a glimpse shows outside of its image: nothing, or noise like the image's pixels."""
    if noise == "zero" or not input.size:
        return np.zeros(shape, _f32)
    random = np.random.default_rng()
    if noise == "uniform":
        return random.uniform(input.min(), input.max(), shape).astype(_f32)
    mean, deviation = input.mean((0, 1, 2)), input.std((0, 1, 2))
    return (random.standard_normal(shape) * deviation + mean).astype(_f32)


def _glimpse(name, version):
    return op(
        name,
        "input: float32, size: const int32, offsets: float32, *, centered: bool = True, normalized: bool = True, "
        "uniform_noise: bool = True, noise: string = 'uniform' -> glimpse: float32",
        kernel=_glimpses(version), grad=None, stateful=True,
        shape=lambda shapes, attrs: [None if shapes[0] is None else (shapes[0][0], None, None, shapes[0][3])],
        samples=lambda draw: (draw.floats((2, 5, 4, 1), dtype="float32"), [2, 3], [[0.0, 0.1], [0.2, 0.0]]),
    )  # fmt: skip


extract_glimpse_v1 = _glimpse("ExtractGlimpse", 1)
extract_glimpse_v2 = _glimpse("ExtractGlimpseV2", 2)
