"""Images of another size."""

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.base.quiet import quiet
from tapeflow.core.files.onnx.elementwise import through
from tapeflow.core.files.onnx.layouts import first, last
from tapeflow.core.files.onnx.table import converts, dtype_of, text
from tapeflow.core.files.onnx.values import Refused, Value


def _coordinates(c):
    """How ONNX calls the way from an output pixel to the input."""
    if c.attr("align_corners"):
        return "align_corners"
    return "half_pixel" if c.attr("half_pixel_centers") else "asymmetric"


@converts("ResizeBilinear", views=True)
def _bilinear(c, x, size):
    return _resized(c, c.b.cast(x, dtypes.float32), size, "linear")


@converts("ResizeBicubic", views=True)
def _bicubic(c, x, size):
    if None not in c.sizes(0)[1:3] and not isinstance(size, Value):
        return _linear(c, c.b.plain(x) if isinstance(x, Value) else x, size)
    # Beyond the edges TensorFlow's newer cubic leaves the weights out; the older one repeats the edge.
    new = bool(c.attr("half_pixel_centers"))
    return _resized(
        c, c.b.cast(x, dtypes.float32), size, "cubic", cubic_coeff_a=-0.5 if new else -0.75, exclude_outside=int(new)
    )


@converts("ResizeNearestNeighbor", views=True)
def _nearest(c, x, size):
    dtype = dtype_of(x)
    mode = "floor" if _coordinates(c) == "asymmetric" else "round_prefer_ceil"
    inside = through(dtype, "float32 int32 uint8 int8")
    return c.b.cast(_resized(c, c.b.cast(x, inside), size, "nearest", nearest_mode=mode), dtype)


def _resized(c, x, size, mode, **attrs):
    b = c.b
    image = first(b, x, 4)
    wide = b.cast(size, dtypes.int64)
    sizes = b.node("Concat", [b.size(image, 0), b.size(image, 1), wide], dtypes.int64, axis=0)
    y = b.node(
        "Resize", [image, None, None, sizes], mode=mode, coordinate_transformation_mode=_coordinates(c), **attrs
    )
    return last(y, 4)


@converts("ScaleAndTranslate", "ResizeArea")
def _linear(c, x, size, scale=None, translation=None):
    """Ops that are linear along each axis: two products with matrices that the op itself gives for unit images."""
    height, width = c.sizes(0)[1:3]
    if height is None or width is None:
        raise Refused("images of unknown size: the weights depend on it")
    given = [c.known(v, what) for v, what in ((size, "size"), (scale, "scale"), (translation, "translation"))
             if v is not None]  # fmt: skip
    rows = _weights(c, height, 0, given)
    columns = _weights(c, width, 1, given)
    b = c.b
    image = b.transpose(b.cast(x, dtypes.float32), (0, 3, 1, 2))
    y = b.node("MatMul", [rows, b.node("MatMul", [image, columns.T.copy()], dtypes.float32)], dtypes.float32)
    return b.transpose(y, (0, 2, 3, 1))


def _weights(c, count, axis, given):
    """The matrix [output size, input size] of one axis."""
    unit = np.eye(count, dtype=np.float32)
    shape = (1, count, 1, count) if axis == 0 else (1, 1, count, count)
    size, *rest = given
    one = np.ones(2, np.int32)
    one[axis] = np.ravel(size)[axis]
    rest = [_only(v, axis, neutral) for v, neutral in zip(rest, (1.0, 0.0), strict=False)]
    found = quiet.run(c.node.record.kernel, unit.reshape(shape), one, *rest, **c.node.attrs)
    return np.ascontiguousarray(np.asarray(found).reshape(int(one[axis]), count), np.float32)


def _only(values, axis, neutral):
    found = np.full(2, neutral, np.float32)
    found[axis] = np.ravel(values)[axis]
    return found


@converts("CropAndResize")
def _crop_and_resize(c, image, boxes, box_ind, size):
    """Two products a box: with the weights of the rows, and of the columns, between the points that are looked at."""
    b = c.b
    if text(c.attr("method", "bilinear")) != "bilinear":
        raise Refused("the nearest pixels of boxes")
    height, width = (int(n) for n in np.ravel(c.known(size, "crop_size")))
    image = b.cast(image, dtypes.float32)
    corners = [b.node("Gather", [boxes, np.int64(k)], dtypes.float32, axis=1) for k in range(4)]
    rows, in_rows = _points(b, corners[0], corners[2], b.size(image, 1), height)
    columns, in_columns = _points(b, corners[1], corners[3], b.size(image, 2), width)
    chosen = b.node("Gather", [image, box_ind], dtypes.float32, axis=0)
    y = b.node("Einsum", [rows, chosen, columns], dtypes.float32, equation="nyh,nhwc,nxw->nyxc")
    inside = b.node("And", [b.unsqueeze(in_rows, [2, 3]), b.unsqueeze(in_columns, [1, 3])])
    return b.where(inside, y, float(c.attr("extrapolation_value", 0.0)))


def _points(b, start, end, size, count):
    """Weights [boxes, count, size] of linear interpolation, and which points are inside."""
    last = b.cast(b.binary("Sub", size, 1), dtypes.float32)
    start, end = b.unsqueeze(start, [1]), b.unsqueeze(end, [1])
    if count > 1:
        steps = (np.arange(count) / (count - 1)).astype(np.float32)
        place = b.node("Add", [start, b.node("Mul", [b.node("Sub", [end, start]), steps])])
    else:
        place = b.binary("Mul", b.node("Add", [start, end]), 0.5)
    place = b.node("Mul", [place, last])
    inside = b.node("And", [b.binary("GreaterOrEqual", place, 0.0, dtypes.bool),
                            b.node("LessOrEqual", [place, last], dtypes.bool)])  # fmt: skip
    pixels = b.cast(b.node("Range", [np.int64(0), b.squeeze(size, [0]), np.int64(1)], dtypes.int64), dtypes.float32)
    distance = b.node("Abs", [b.node("Sub", [b.unsqueeze(place, [2]), pixels])])
    return b.node("Max", [b.binary("Sub", 1.0, distance), np.float32(0)]), inside
