"""Positions and sizes in another order of dimensions (NHWC, NCHW…), and convolutions that pad or resize first."""

import numpy as np

from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.ops.defs.conv import conv2d
from tapeflow.core.ops.defs.rearrange import mirror_pad
from tapeflow.core.ops.defs.resize import resize_bilinear
from tapeflow.core.ops.lowering import jnp, resolve
from tapeflow.core.ops.op import op

_FORMATS = "src_format: string = 'NHWC', dst_format: string = 'NCHW'"


def _permutation(src_format, dst_format):
    """For each dimension of `src_format` its place in `dst_format`."""
    for label, text in (("Source", src_format), ("Destination", dst_format)):
        if len(text) not in (4, 5):
            variable = "src" if label == "Source" else "dst"
            raise InvalidArgumentError(
                f"{label} format must be of length 4 or 5, received {variable}_format = {text}"
            )
    if sorted(src_format) != sorted(dst_format) or len(set(src_format)) != len(src_format):
        raise InvalidArgumentError(
            f"Destination and source format must determine a permutation, got {src_format} and {dst_format}"
        )
    return np.array([dst_format.index(letter) for letter in src_format])


def _dim_map(xp):
    def run(x, src_format, dst_format):
        places = _permutation(src_format, dst_format)
        return xp.asarray(places)[(x + len(places)) % len(places)].astype(x.dtype)

    return run


def _permute(xp):
    def run(x, src_format, dst_format):
        places = _permutation(src_format, dst_format)
        shape, rank = list(np.shape(x)), len(places)
        if len(shape) not in (1, 2):
            raise InvalidArgumentError(f"input must be a vector or 2D tensor, but got shape {shape}")
        if shape[0] not in (rank - 2, rank):
            what = "1D" if len(shape) == 1 else "First dimension of 2D"
            raise InvalidArgumentError(f"{what} input must be of size {rank - 2} or {rank}, but got shape {shape}")
        if len(shape) == 2 and shape[1] != 2:
            raise InvalidArgumentError(f"Second dimension of 2D input must be of size 2, but got shape {shape}")
        if shape[0] == rank:
            return x[np.argsort(places)]
        spatial = [letter for letter in src_format if letter not in "NC"]
        return x[np.array([spatial.index(letter) for letter in dst_format if letter not in "NC"])]

    return run


data_format_dim_map = op(
    "DataFormatDimMap", f"x: T, *, {_FORMATS} -> y: T", T="int32 | int64", kernel=_dim_map(np),
    lower=lambda *args, **attrs: _dim_map(jnp)(*args, **attrs), grad=None,
    samples=lambda draw: (np.array([0, 1, -1, -3], np.int32),),
)  # fmt: skip
data_format_vec_permute = op(
    "DataFormatVecPermute", f"x: T, *, {_FORMATS} -> y: T", T="int32 | int64", kernel=_permute(np),
    lower=lambda *args, **attrs: _permute(jnp)(*args, **attrs), grad=None,
    samples=[
        lambda draw: (np.array([7, 5, 3, 1], np.int32),),
        lambda draw: (np.array([[1, 2], [3, 4]], np.int32), "NHWC", "NCHW"),
    ],
)  # fmt: skip


# -- convolutions of borders and of resized pictures -------------------------------------------------


def _engine(name):
    """What runs a record on NumPy or on jax arrays."""
    return lambda record: getattr(record, name) if name == "kernel" else resolve(record.lower)


def _pad_conv(engine):
    def run(input, paddings, filter, *, mode, strides, padding):
        run_one = _engine(engine)
        padded = run_one(mirror_pad)(input, paddings, mode=mode)
        return run_one(conv2d)(
            padded, filter, strides=strides, use_cudnn_on_gpu=True, padding=padding, explicit_paddings=(),
            data_format="NHWC", dilations=(1, 1, 1, 1),
        )  # fmt: skip

    return run


def _resize_pad_conv(engine):
    def run(input, size, paddings, filter, *, resize_align_corners, mode, strides, padding):
        resized = _engine(engine)(resize_bilinear)(
            input, size, align_corners=resize_align_corners, half_pixel_centers=False
        )
        return _pad_conv(engine)(
            resized.astype(input.dtype), paddings, filter, mode=mode, strides=strides, padding=padding
        )

    return run


def _shape(shapes, attrs):
    pictures, filters = shapes[0], shapes[-1]
    return [(None if pictures is None else pictures[0], None, None, None if filters is None else filters[3])]


_WINDOWS = "mode: string, strides: list(int), padding: string"
fused_pad_conv2d = op(
    "FusedPadConv2D", f"input: T, paddings: const int32, filter: T, *, {_WINDOWS} -> output: T",
    T="float16 | bfloat16 | float32 | float64", kernel=_pad_conv("kernel"), lower=_pad_conv("lower"), grad=None,
    shape=_shape,
    samples=lambda draw: (draw.floats((1, 4, 3, 2)), [[0, 0], [1, 1], [1, 0], [0, 0]], draw.floats((2, 2, 2, 3)),
                          "REFLECT", [1, 1, 1, 1], "VALID"),
)  # fmt: skip
fused_resize_and_pad_conv2d = op(
    "FusedResizeAndPadConv2D",
    "input: T, size: const int32, paddings: const int32, filter: T, *, resize_align_corners: bool = False, "
    f"{_WINDOWS} -> output: T",
    T="float16 | float32 | float64", kernel=_resize_pad_conv("kernel"), lower=_resize_pad_conv("lower"), grad=None,
    shape=_shape,
    samples=lambda draw: {
        "input": draw.floats((1, 4, 3, 2)), "size": [5, 4], "paddings": [[0, 0], [1, 1], [1, 0], [0, 0]],
        "filter": draw.floats((2, 2, 2, 3)), "mode": "SYMMETRIC", "strides": [1, 1, 1, 1], "padding": "SAME",
    },
)  # fmt: skip
