"""Resizing images: every method is linear and works along height and width apart, so it is two matrices.

    y = M_height x M_widthᵀ        gradient: M_heightᵀ dy M_width

The matrices [new size, old size] are made once for each method and pair of sizes, in float32 as TensorFlow computes
its weights. They are mostly zeros: the host multiplies by what is not, XLA gathers neighbour by neighbour.
"""

import math
from functools import lru_cache

import numpy as np

from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.ops.lowering import jnp, lax
from tapeflow.core.ops.op import op
from tapeflow.core.ops.sizes import is_static, sizes

IMAGES = "int8 | uint8 | int16 | uint16 | int32 | int64 | bfloat16 | float16 | float32 | float64"
_PLACES = "align_corners: bool = False, half_pixel_centers: bool = False"
_f32 = np.float32


def spoken(shape):
    """A shape in TensorFlow's words: `[2,3]`."""
    return f"[{','.join(map(str, shape))}]"


# -- where an output pixel lies in the input ---------------------------------------------------------------


def _scale(n, m, align_corners):
    """Input pixels for each output pixel."""
    return _f32((n - 1) / _f32(m - 1)) if align_corners and m > 1 else _f32(n) / _f32(m)


def _places(n, m, align_corners, half_pixel_centers):
    """The place of each output pixel on the axis of input pixels."""
    i, scale = np.arange(m, dtype=_f32), _scale(n, m, align_corners)
    return (i + _f32(0.5)) * scale - _f32(0.5) if half_pixel_centers else i * scale


@lru_cache(maxsize=128)
def nearest_indices(n, m, align_corners, half_pixel_centers):
    """The input pixel that each of m output pixels copies."""
    i, scale = np.arange(m, dtype=_f32), _scale(n, m, align_corners)
    place = (i + _f32(0.5)) * scale if half_pixel_centers else i * scale
    place = np.floor(place + _f32(0.5)) if align_corners else np.floor(place)
    return np.clip(place, 0, n - 1).astype(np.int32)


@lru_cache(maxsize=128)
def bilinear_neighbours(n, m, align_corners, half_pixel_centers):
    """The two input pixels of each output pixel, and how far it lies from the first to the second."""
    place = _places(n, m, align_corners, half_pixel_centers)
    below = np.floor(place)
    lower = np.maximum(below, 0).astype(np.int32)
    upper = np.minimum(np.ceil(place), n - 1).astype(np.int32)
    return lower, upper, (place - below).astype(_f32)


# -- matrices ----------------------------------------------------------------------------------------------


def _nearest(n, m, align_corners, half_pixel_centers):
    return _filled(n, m, nearest_indices(n, m, align_corners, half_pixel_centers)[:, None], np.ones((m, 1), _f32))


def _bilinear(n, m, align_corners, half_pixel_centers):
    lower, upper, lerp = bilinear_neighbours(n, m, align_corners, half_pixel_centers)
    return _filled(n, m, np.stack([lower, upper], 1), np.stack([1 - lerp, lerp], 1))


def _bicubic(n, m, align_corners, half_pixel_centers):
    """Keys' cubic convolution (1981), from a table of 1024 steps; a is -½ with half pixel centers, else -¾."""
    a = -0.5 if half_pixel_centers else -0.75
    place = _places(n, m, align_corners, half_pixel_centers)
    below = np.floor(place)
    step = np.rint((place - below) * _f32(1024)) / 1024.0

    def near(x):
        return ((a + 2) * x - (a + 3)) * x * x + 1

    def far(x):
        x = x + 1
        return ((a * x - 5 * a) * x + 8 * a) * x - 4 * a

    weights = np.stack([far(step), near(step), near(1 - step), far(1 - step)], 1).astype(_f32)
    index = below.astype(np.int64)[:, None] + np.arange(-1, 3)
    inside = (index >= 0) & (index < n)
    if half_pixel_centers:  # what lies outside counts nothing; without, the edge pixel stands for it
        weights = np.where(inside, weights, _f32(0))
        total = weights.sum(1, keepdims=True)
        weights = np.where(np.abs(total) >= 1000 * np.finfo(_f32).tiny, weights / total, weights).astype(_f32)
    return _filled(n, m, np.clip(index, 0, n - 1), weights)


def _area(n, m, align_corners, half_pixel_centers):
    """The mean over the part of the axis that an output pixel covers."""
    scale = _scale(n, m, align_corners)
    matrix = np.zeros((m, n), _f32)
    for i in range(m):
        start, end = _f32(i) * scale, _f32(i + 1) * scale
        for j in range(math.floor(start), math.ceil(end)):
            if j < start:
                part = scale if j + 1 > end else _f32(j + 1) - start
            else:
                part = end - _f32(j) if j + 1 > end else _f32(1)
            matrix[i, min(j, n - 1)] += part / scale
    return matrix


def _filled(n, m, index, weights):
    matrix = np.zeros((m, n), _f32)
    np.add.at(matrix, (np.arange(m)[:, None], index), weights)
    return matrix


_METHODS = {"nearest": _nearest, "bilinear": _bilinear, "bicubic": _bicubic, "area": _area}


@lru_cache(maxsize=64)
def matrix_of(method, n, m, align_corners, half_pixel_centers):
    """The weights [m, n] that resize an axis of n pixels to m."""
    return Weights(_METHODS[method](n, m, align_corners, half_pixel_centers))


@lru_cache(maxsize=64)
def back_of(method, n, m, align_corners, half_pixel_centers):
    """The weights [n, m] of the gradient."""
    return Weights(np.ascontiguousarray(matrix_of(method, n, m, align_corners, half_pixel_centers).matrix.T))


# -- kernels of ScaleAndTranslate --------------------------------------------------------------------------


def _lanczos(radius):
    def kernel(x):
        with np.errstate(all="ignore"):
            inside = radius * np.sin(np.pi * x) * np.sin(np.pi * x / radius) / (np.pi * np.pi * x * x)
        return np.where(x > radius, 0, np.where(x <= 1e-3, 1, inside))

    return kernel


def _cubic(b, c):
    """Mitchell and Netravali's family (1988)."""

    def kernel(x):
        near = (12 - 9 * b - 6 * c) * x**3 + (-18 + 12 * b + 6 * c) * x**2 + (6 - 2 * b)
        far = (-b - 6 * c) * x**3 + (6 * b + 30 * c) * x**2 + (-12 * b - 48 * c) * x + (8 * b + 24 * c)
        return np.where(x < 1, near, np.where(x < 2, far, 0)) / 6

    return kernel


# Name -> radius, weight by distance.
_KERNELS = {
    "lanczos1": (1.0, _lanczos(1.0)),
    "lanczos3": (3.0, _lanczos(3.0)),
    "lanczos5": (5.0, _lanczos(5.0)),
    "gaussian": (1.5, lambda x: np.where(x >= 1.5, 0, np.exp(-x * x / (2 * 0.5 * 0.5)))),
    "box": (1.0, lambda x: np.where(x < 0.5, 1.0, np.where(x == 0.5, 0.5, 0.0))),
    "triangle": (1.0, lambda x: np.where(x < 1, 1 - x, 0)),
    "keyscubic": (2.0, _cubic(0.0, 0.5)),
    "mitchellcubic": (2.0, _cubic(1 / 3, 1 / 3)),
}


@lru_cache(maxsize=64)
def kernel_matrix(n, m, scale, translate, kernel_type, antialias):
    """The weights [m, n] that scale and move an axis, each row made of a kernel around its place in the input."""
    radius, kernel = _KERNELS[kernel_type]
    inverse = _f32(1) / _f32(scale)
    move = -inverse * _f32(translate)
    width = max(inverse, _f32(1)) if antialias else _f32(1)
    place = ((np.arange(m, dtype=_f32) + _f32(0.5)) * inverse + move).astype(_f32)
    start = np.clip(np.ceil(place - _f32(radius) * width - _f32(0.5)), 0, n - 1)
    end = np.clip(np.floor(place + _f32(radius) * width - _f32(0.5)), 0, n - 1) + 1
    pixels = np.arange(n, dtype=_f32)
    distance = np.abs(pixels + _f32(0.5) - place[:, None]) * (_f32(1) / width)
    weights = kernel(distance).astype(_f32)
    weights[(pixels < start[:, None]) | (pixels >= end[:, None])] = 0
    total = weights.sum(1, keepdims=True, dtype=_f32)
    small = np.abs(total) < 1000 * np.finfo(_f32).tiny
    weights = np.where(small, weights, weights / np.where(small, 1, total))
    weights[(place < 0) | (place > n)] = 0  # a place outside of the image stays empty
    return Weights(weights.astype(_f32))


@lru_cache(maxsize=64)
def kernel_back(*key):
    """The weights [n, m] of its gradient."""
    return Weights(np.ascontiguousarray(kernel_matrix(*key).matrix.T))


# -- applying matrices -----------------------------------------------------------------------------------

# Up to so many numbers a plain product is as fast as one through the non-zeros; a chunk of images stays in the cache.
_SMALL_MATRIX, _CHUNK = 1 << 12, 1 << 18
# Gathering beats a product on XLA up to so many neighbours a pixel (8 ms a product of 8 pictures, 0.4 ms a gather).
_MOST_TAPS = 20


class Weights:
    """A matrix [new size, old size], and what is made of it on first use."""

    __slots__ = ("_sparse", "_taps", "matrix")

    def __init__(self, matrix):
        self.matrix, self._sparse, self._taps = matrix, None, None

    def times(self, x):
        """The product with a 2-D array."""
        if self.matrix.size <= _SMALL_MATRIX:
            return self.matrix.astype(x.dtype, copy=False) @ x
        if self._sparse is None:
            import scipy.sparse  # lazy: larger images only

            self._sparse = scipy.sparse.csr_array(self.matrix)
        return self._sparse.astype(x.dtype, copy=False) @ x

    def taps(self):
        """The neighbours of each new pixel and their weights, [new size, taps]."""
        if self._taps is None:
            used = self.matrix != 0
            count = max(1, int(used.sum(1).max(initial=0)))
            index = np.argsort(~used, 1, kind="stable")[:, :count].astype(np.int32)
            weights = np.take_along_axis(self.matrix, index, 1)
            self._taps = np.where(weights != 0, index, index[:, :1]), weights
        return self._taps


def _multiplied(xp, x, rows, columns):
    """`rows` x `columns`ᵀ for images [batch, height, width, channels], the smaller result first."""
    h, w = x.shape[1:3]
    rows_first = rows.matrix.shape[0] * w <= h * columns.matrix.shape[0]
    if xp is np:
        return _on_host(x, rows, columns, rows_first)
    for weights, axis in ((rows, 1), (columns, 2)) if rows_first else ((columns, 2), (rows, 1)):
        x = lax.optimization_barrier(_compiled(x, weights, axis))
    return x


def _compiled(x, weights, axis):
    """One axis under XLA: gathered neighbour by neighbour if there are few, else a product."""
    index, by = weights.taps()
    if index.shape[1] > _MOST_TAPS:
        product = "yh,bhwc->bywc" if axis == 1 else "xw,bhwc->bhxc"
        return jnp.einsum(product, weights.matrix.astype(x.dtype), x, precision="highest")
    by = by.astype(x.dtype).reshape(by.shape + (1,) * (3 - axis))
    total = 0
    for k in range(index.shape[1]):
        at = x.at[:, index[:, k]] if axis == 1 else x.at[:, :, index[:, k]]
        total = total + at.get(mode="promise_in_bounds") * by[:, k]
    return total


def _on_host(x, rows, columns, rows_first):
    """A few images at a time, the axis at work in front, so that rows of weights meet rows of numbers."""
    b, h, w, c = x.shape
    height, width = rows.matrix.shape[0], columns.matrix.shape[0]
    result = np.empty((b, height, width, c), x.dtype)
    step = max(1, _CHUNK // max(1, h * w * c))
    for start in range(0, b, step):
        part = x[start : start + step]
        n = len(part)
        if rows_first:
            y = rows.times(part.transpose(1, 0, 2, 3).reshape(h, n * w * c)).reshape(height, n, w, c)
            y = columns.times(y.transpose(2, 0, 1, 3).reshape(w, height * n * c)).reshape(width, height, n, c)
            result[start : start + n] = y.transpose(2, 1, 0, 3)
        else:
            y = columns.times(part.transpose(2, 0, 1, 3).reshape(w, n * h * c)).reshape(width, n, h, c)
            y = rows.times(y.transpose(2, 0, 1, 3).reshape(h, width * n * c)).reshape(height, width, n, c)
            result[start : start + n] = y.transpose(2, 0, 1, 3)
    return result


# -- ops -------------------------------------------------------------------------------------------------


def checked_size(images, size, align_corners=False, half_pixel_centers=False):
    """The new height and width, with TensorFlow's checks of a resize op's inputs."""
    if align_corners and half_pixel_centers:
        raise InvalidArgumentError("If half_pixel_centers is True, align_corners must be False.")
    if np.ndim(images) != 4:
        raise InvalidArgumentError(f"input must be 4-dimensional{spoken(np.shape(images))}")
    if np.ndim(size) != 1:
        raise InvalidArgumentError(f"shape_t must be 1-dimensional{spoken(np.shape(size))}")
    if np.size(size) != 2:
        raise InvalidArgumentError(f"shape_t must have two elements{spoken(np.shape(size))}")
    height, width = int(size[0]), int(size[1])
    if height <= 0 or width <= 0:
        raise InvalidArgumentError("output dimensions must be positive")
    _, h, w, c = np.shape(images)
    if not c:
        raise InvalidArgumentError("image must have at least one channel")
    if not h or not w:
        raise InvalidArgumentError("input image must be of non-zero size")
    return height, width


def _resize(xp, method, images, size, **places):
    height, width = checked_size(images, size, **places)
    key = (places.get("align_corners", False), places.get("half_pixel_centers", False))
    _, h, w, _ = images.shape
    x = images.astype(_f32)
    return _multiplied(xp, x, matrix_of(method, h, height, *key), matrix_of(method, w, width, *key))


def _resize_gradient(xp, method, grads, original_image, **places):
    if grads.ndim != 4 or original_image.ndim != 4:
        raise InvalidArgumentError(f"input_grad must be 4-dimensional{spoken(grads.shape)}")
    key = (places["align_corners"], places["half_pixel_centers"])
    rows = back_of(method, original_image.shape[1], grads.shape[1], *key)
    columns = back_of(method, original_image.shape[2], grads.shape[2], *key)
    dtype = original_image.dtype
    wide = dtype if dtype == np.float64 else _f32
    return _multiplied(xp, grads.astype(wide), rows, columns).astype(dtype)


def _both(function, *first):
    """Kernel and lowering of a function that takes NumPy or jax.numpy first."""
    return (
        lambda *args, **attrs: function(np, *first, *map(np.asarray, args), **attrs),
        lambda *args, **attrs: function(jnp, *first, *args, **attrs),
    )


def _size_of(x):
    """Height and width of images, as the op's `size` input."""
    if is_static(x):
        return list(x.static_shape[1:3])
    return sizes(x)[1:3]


def _resizing(name, method, gradient, types):
    kernel, lower = _both(_resize, method)

    def grad(c, dy):
        if not c.images.dtype.is_floating:
            return None
        return gradient()(dy, c.images, **c.attrs)

    return op(
        name, f"images: T, size: const int32, *, {_PLACES} -> resized_images: float32", T=IMAGES, kernel=kernel,
        lower=lower, grad=(grad, None),
        samples=[
            lambda draw: (draw.floats((1, 3, 4, 2)), [5, 2]),
            lambda draw: (draw.floats((2, 3, 4, 1)), [2, 5], False, True),
            lambda draw: (draw.floats((1, 3, 2, 2)), [5, 4], True),
        ],
    )  # fmt: skip


def _resizing_gradient(name, method, forward, types):
    kernel, lower = _both(_resize_gradient, method)
    return op(
        name, f"grads: float32, original_image: T, *, {_PLACES} -> output: T", T=types, kernel=kernel, lower=lower,
        grad=(lambda c, dy: forward()(dy, _size_of(c.grads), **c.attrs), None),
        samples=[
            lambda draw: (draw.floats((1, 5, 2, 2), dtype="float32"), draw.floats((1, 3, 4, 2))),
            lambda draw: (draw.floats((1, 2, 5, 2), dtype="float32"), draw.floats((1, 3, 4, 2)), False, True),
        ],
    )  # fmt: skip


def _cubic_gradient(grads, images, **places):
    """TensorFlow's gradient op takes float32 and float64 only; other dtypes go through float32."""
    from tapeflow.core.base import dtypes
    from tapeflow.core.ops.defs.array import cast

    if images.dtype in (dtypes.float32, dtypes.float64):
        return resize_bicubic_grad(grads, images, **places)
    return cast(resize_bicubic_grad(grads, cast(images, dtypes.float32), **places), images.dtype)


resize_bilinear = _resizing("ResizeBilinear", "bilinear", lambda: resize_bilinear_grad, IMAGES)
resize_bilinear_grad = _resizing_gradient(
    "ResizeBilinearGrad", "bilinear", lambda: resize_bilinear, "float32 | bfloat16 | float16 | float64"
)
resize_bicubic = _resizing("ResizeBicubic", "bicubic", lambda: _cubic_gradient, IMAGES)
resize_bicubic_grad = _resizing_gradient("ResizeBicubicGrad", "bicubic", lambda: resize_bicubic, "float32 | float64")

_area_kernel, _area_lower = _both(_resize, "area")
resize_area = op(
    "ResizeArea", "images: T, size: const int32, *, align_corners: bool = False -> resized_images: float32", T=IMAGES,
    kernel=_area_kernel, lower=_area_lower,
    samples=[
        lambda draw: (draw.floats((1, 5, 4, 2), dtype="float32"), [3, 2]),
        lambda draw: (draw.floats((1, 3, 4, 2), dtype="float32"), [5, 3], True),
    ],
)  # fmt: skip


# -- nearest neighbours --------------------------------------------------------------------------------------


def _copied(xp, images, size, align_corners, half_pixel_centers):
    height, width = checked_size(images, size, align_corners, half_pixel_centers)
    _, h, w, _ = images.shape
    rows = nearest_indices(h, height, align_corners, half_pixel_centers)
    columns = nearest_indices(w, width, align_corners, half_pixel_centers)
    return xp.take(xp.take(images, rows, 1), columns, 2)


def _gathered_back(grads, size, align_corners, half_pixel_centers):
    height, width = checked_size(grads, size, align_corners, half_pixel_centers)
    rows = nearest_indices(height, grads.shape[1], align_corners, half_pixel_centers)
    columns = nearest_indices(width, grads.shape[2], align_corners, half_pixel_centers)
    return _summed(_summed(grads, rows, height, 1), columns, width, 2)


def _summed(x, index, n, axis):
    """Sums of the parts of an axis that go to each of n places; `index` rises."""
    starts = np.flatnonzero(np.diff(index, prepend=-1))
    shape = list(x.shape)
    shape[axis] = n
    y = np.zeros(shape, x.dtype)
    y[(slice(None),) * axis + (index[starts],)] = np.add.reduceat(x, starts, axis, x.dtype)
    return y


def _gathered_back_lowering(grads, size, align_corners, half_pixel_centers):
    height, width = checked_size(grads, size, align_corners, half_pixel_centers)
    rows = nearest_indices(height, grads.shape[1], align_corners, half_pixel_centers)
    columns = nearest_indices(width, grads.shape[2], align_corners, half_pixel_centers)
    b, _, w, c = grads.shape
    y = jnp.zeros((b, height, w, c), grads.dtype).at[:, rows].add(grads, indices_are_sorted=True)
    return jnp.zeros((b, height, width, c), grads.dtype).at[:, :, columns].add(y, indices_are_sorted=True)


resize_nearest = op(
    "ResizeNearestNeighbor", f"images: T, size: const int32, *, {_PLACES} -> resized_images: T", T=IMAGES,
    kernel=lambda *args, **attrs: _copied(np, *args, **attrs),
    lower=lambda *args, **attrs: _copied(jnp, *args, **attrs),
    grad=(lambda c, dy: resize_nearest_grad(dy, _size_of(c.images), **c.attrs), None),
    samples=[
        lambda draw: (draw.floats((1, 3, 4, 2)), [5, 2]), lambda draw: (draw.floats((1, 3, 4, 2)), [2, 6], False, True),
        lambda draw: (draw.floats((1, 3, 4, 2)), [5, 7], True),
    ],
)  # fmt: skip
resize_nearest_grad = op(
    "ResizeNearestNeighborGrad", f"grads: T, size: const int32, *, {_PLACES} -> output: T",
    T="uint8 | int8 | int32 | float16 | float32 | float64 | bfloat16", kernel=_gathered_back,
    lower=_gathered_back_lowering,
    grad=(lambda c, dy: resize_nearest(dy, _size_of(c.grads), **c.attrs), None),
    samples=[
        lambda draw: (draw.floats((1, 3, 4, 2)), [5, 2]), lambda draw: (draw.floats((1, 3, 4, 2)), [2, 6], False, True),
    ],
)  # fmt: skip


# -- scaling and moving ----------------------------------------------------------------------------------------


def _kernel_matrices(made, images_shape, size, scale, translation, kernel_type, antialias):
    if kernel_type not in _KERNELS:
        raise InvalidArgumentError(f"Unrecognized kernel type: {kernel_type}", hint=f"one of {', '.join(_KERNELS)}")
    for name, value in (("scale", scale), ("translation", translation)):
        if np.shape(value) != (2,):
            raise InvalidArgumentError(f"{name} must have two elements{spoken(np.shape(value))}")
    if not (scale > 0).all():
        raise InvalidArgumentError("Scale must be greater than zero.")
    return tuple(
        made(int(n), int(m), float(s), float(t), kernel_type, antialias)
        for n, m, s, t in zip(images_shape[1:3], size, scale, translation, strict=True)
    )


def _scale_and_translate(xp, images, size, scale, translation, **attrs):
    height, width = checked_size(images, size)
    rows, columns = _kernel_matrices(kernel_matrix, images.shape, (height, width), scale, translation, **attrs)
    return _multiplied(xp, images.astype(_f32), rows, columns)


def _scale_and_translate_gradient(xp, grads, original_image, scale, translation, **attrs):
    if grads.ndim != 4 or original_image.ndim != 4:
        raise InvalidArgumentError(f"input_grad must be 4-dimensional{spoken(grads.shape)}")
    rows, columns = _kernel_matrices(kernel_back, original_image.shape, grads.shape[1:3], scale, translation, **attrs)
    return _multiplied(xp, grads, rows, columns)


def _kernel_gradient(c, dy):
    if not c.images.dtype.is_floating:
        return None
    from tapeflow.core.base import dtypes
    from tapeflow.core.ops.defs.array import cast

    images = c.images if c.images.dtype is dtypes.float32 else cast(c.images, dtypes.float32)
    return cast(scale_and_translate_grad(dy, images, c.scale, c.translation, **c.attrs), c.images.dtype)


_KERNEL_ATTRS = "kernel_type: string = 'lanczos3', antialias: bool = True"
_kernel, _lower = _both(_scale_and_translate)
scale_and_translate = op(
    "ScaleAndTranslate",
    "images: T, size: const int32, scale: const float32, translation: const float32, *, "
    f"{_KERNEL_ATTRS} -> resized_images: float32",
    T=IMAGES, kernel=_kernel, lower=_lower, grad=(_kernel_gradient, None, None, None),
    samples=[
        lambda draw: (draw.floats((1, 5, 4, 2), dtype="float32"), [3, 6], [0.7, 1.5], [0.5, -1.0]),
        lambda draw: (draw.floats((1, 5, 4, 2), dtype="float32"), [3, 6], [0.7, 1.5], [0.0, 0.0], "triangle", False),
    ],
)  # fmt: skip
_kernel, _lower = _both(_scale_and_translate_gradient)
scale_and_translate_grad = op(
    "ScaleAndTranslateGrad",
    "grads: T, original_image: T, scale: const float32, translation: const float32, *, "
    f"{_KERNEL_ATTRS} -> output: T",
    T="float32", kernel=_kernel, lower=_lower,
    grad=(
        lambda c, dy: scale_and_translate(dy, _size_of(c.grads), c.scale, c.translation, **c.attrs), None, None, None
    ),
    samples=lambda draw: (
        draw.floats((1, 3, 6, 2), dtype="float32"), draw.floats((1, 5, 4, 2), dtype="float32"), [0.7, 1.5], [0.5, -1.0]
    ),
)  # fmt: skip
