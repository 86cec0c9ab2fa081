"""Windows of images and volumes, laid side by side: ExtractImagePatches, ExtractVolumePatches."""

import itertools

import numpy as np

from tapeflow.core.base.errors import InvalidArgumentError, OutOfRangeError, UnimplementedError
from tapeflow.core.ops.defs.resize import spoken
from tapeflow.core.ops.lowering import jnp
from tapeflow.core.ops.op import op


def _span(n, window, stride, rate, padding):
    """How many windows fit along an axis of n, and the zeros before and after it."""
    reach = (window - 1) * rate + 1
    if padding == "VALID":
        count = -(-(n - reach + 1) // stride)
        if count < 0:
            raise InvalidArgumentError(
                f"Computed output size would be negative: {count} [input_size: {n}, effective_filter_size: {reach}, "
                f"stride: {stride}]"
            )
        return count, 0, 0
    count = -(-n // stride)
    pad = max(0, (count - 1) * stride + reach - n)
    return count, pad // 2, pad - pad // 2


def _check(x, rank, padding, **lists):
    for name, values in lists.items():
        if len(values) < rank:
            raise InvalidArgumentError(f"Length for attr '{name}' of {len(values)} must be at least minimum {rank}")
        if len(values) > rank:
            raise InvalidArgumentError(f"Sliding window {name} field must specify {rank} dimensions")
    if padding not in ("SAME", "VALID"):
        raise InvalidArgumentError(
            f"Value for attr 'padding' of \"{padding}\" is not in the list of allowed values: \"SAME\", \"VALID\""
        )
    for name, values in lists.items():
        if values[0] != 1 or values[-1] != 1:
            raise UnimplementedError(f"Only support {name} across space.")
        if min(values) <= 0:
            raise OutOfRangeError(f"{name} is out of range.")
    if np.ndim(x) != rank:
        raise InvalidArgumentError(f"input must be {rank}-dimensional{spoken(np.shape(x))}")


def _patches(xp, x, ksizes, strides, rates, padding):
    space = x.shape[1:-1]
    windows, strides, rates = ksizes[1:-1], strides[1:-1], rates[1:-1]
    spans = [_span(*each, padding) for each in zip(space, windows, strides, rates, strict=True)]
    if any(before or after for _, before, after in spans):
        x = xp.pad(x, [(0, 0), *((before, after) for _, before, after in spans), (0, 0)])
    counts = tuple(count for count, _, _ in spans)
    parts = []
    for place in itertools.product(*map(range, windows)):
        index = tuple(
            slice(i * rate, i * rate + (count - 1) * stride + 1 if count else 0, stride)
            for i, rate, stride, count in zip(place, rates, strides, counts, strict=True)
        )
        parts.append(x[(slice(None), *index)])
    return xp.concatenate(parts, -1)


def _image_patches(xp, images, ksizes, strides, rates, padding):
    _check(images, 4, padding, ksizes=ksizes, strides=strides, rates=rates)
    return _patches(xp, images, ksizes, strides, rates, padding)


def _volume_patches(xp, input, ksizes, strides, padding):
    _check(input, 5, padding, ksizes=ksizes, strides=strides)
    return _patches(xp, input, ksizes, strides, (1,) * 5, padding)


extract_image_patches = op(
    "ExtractImagePatches",
    "images: T, *, ksizes: list(int), strides: list(int), rates: list(int), padding: string -> patches: T",
    T="bfloat16 | float16 | float32 | float64 | integer | complex | bool",
    kernel=lambda images, **attrs: _image_patches(np, np.asarray(images), **attrs),
    lower=lambda images, **attrs: _image_patches(jnp, images, **attrs),
    samples=[
        lambda draw: (draw.floats((1, 5, 4, 2)), [1, 2, 3, 1], [1, 2, 1, 1], [1, 2, 1, 1], "VALID"),
        lambda draw: (draw.floats((1, 3, 4, 1)), [1, 2, 2, 1], [1, 1, 1, 1], [1, 1, 1, 1], "SAME"),
    ],
)  # fmt: skip
extract_volume_patches = op(
    "ExtractVolumePatches",
    "input: T, *, ksizes: list(int), strides: list(int), padding: string -> patches: T", T="floating | integer",
    kernel=lambda input, **attrs: _volume_patches(np, np.asarray(input), **attrs),
    lower=lambda input, **attrs: _volume_patches(jnp, input, **attrs),
    samples=lambda draw: (draw.floats((1, 3, 4, 3, 1)), [1, 2, 2, 2, 1], [1, 1, 2, 1, 1], "SAME"),
)  # fmt: skip
