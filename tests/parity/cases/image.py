"""tf.image without files: resizing, crops, colours, adjustments, random changes, quality, patches."""

import numpy as np

from tests.parity.case import Family, attribute
from tests.parity.gradients import first_order, second_order

case = Family(__name__)


def picture(*shape, seed=0, dtype="f4"):
    """Pixels from 0 to 1, or of bytes."""
    random = np.random.default_rng(seed)
    if dtype in ("f2", "f4", "f8"):
        return random.uniform(0, 1, shape).astype(dtype)
    return random.integers(0, 120, shape).astype(dtype)


def image(name):
    return lambda tf, *args: attribute(tf.image, name)(*args)


# -- resizing --------------------------------------------------------------------------------------------------

METHODS = "bilinear nearest bicubic area lanczos3 lanczos5 gaussian mitchellcubic".split()
SIZES = ((1, 1), (2, 9), (7, 3), (12, 13), (6, 5))
for method in METHODS:
    for size in SIZES:
        for antialias in (False, True):
            case(
                f"resize/{method}/{size[0]}x{size[1]}/{antialias}",
                lambda tf, method, size, antialias: tf.image.resize(
                    picture(2, 6, 5, 3), size, method, antialias=antialias
                ),
                method, size, antialias, loose=10,
            )  # fmt: skip
    for dtype in ("u1", "i4", "f2", "f8"):
        case(
            f"resize/{method}/{dtype}",
            lambda tf, method, dtype: tf.image.resize(picture(4, 5, 1, dtype=dtype), [6, 3], method),
            method, dtype, loose=10,
        )  # fmt: skip
    case(
        f"resize/{method}/ratio",
        lambda tf, method: tf.image.resize(picture(4, 7, 1), [9, 9], method, preserve_aspect_ratio=True),
        method, loose=10,
    )  # fmt: skip
    case(
        f"resize_with_pad/{method}",
        lambda tf, method: tf.image.resize_with_pad(picture(2, 4, 7, 1), 9, 8, method), method, loose=10,
    )  # fmt: skip
    if method != "area":
        for size in ((3, 9), (9, 3)):
            case(
                f"resize/{method}/gradient/{size[0]}x{size[1]}",
                first_order, lambda tf, x, size=size, method=method: tf.image.resize(x, size, method),
                picture(1, 5, 6, 2), loose=20,
            )  # fmt: skip
            case(
                f"resize/{method}/gradient_antialias/{size[0]}x{size[1]}",
                first_order,
                lambda tf, x, size=size, method=method: tf.image.resize(x, size, method, antialias=True),
                picture(1, 5, 6, 2), loose=20,
            )  # fmt: skip

OPS = ("ResizeBilinear", "ResizeBicubic", "ResizeNearestNeighbor")
for name in OPS:
    for places in ({}, {"align_corners": True}, {"half_pixel_centers": True}):
        label = "".join(places) or "plain"
        for size in ((1, 1), (3, 8), (8, 3), (5, 6)):
            case(
                f"{name}/{label}/{size[0]}x{size[1]}",
                lambda tf, name, size, places: attribute(tf.raw_ops, name)(
                    images=picture(1, 5, 6, 2), size=size, **places
                ),
                name, size, places, loose=10,
            )  # fmt: skip
            case(
                f"{name}/{label}/gradient/{size[0]}x{size[1]}",
                first_order,
                lambda tf, x, name=name, size=size, places=places: attribute(tf.raw_ops, name)(
                    images=x, size=size, **places
                ),
                picture(1, 5, 6, 2), loose=20,
            )  # fmt: skip
    case.raises(
        f"{name}/both", lambda tf, n: attribute(tf.raw_ops, n)(
            images=picture(1, 5, 6, 2), size=[2, 2], align_corners=True, half_pixel_centers=True
        ), name, says=["If half_pixel_centers is True, align_corners must be False"],
    )  # fmt: skip
    case.raises(
        f"{name}/rank", lambda tf, n: attribute(tf.raw_ops, n)(images=picture(5, 6, 2), size=[2, 2]), name,
        says=["input must be 4-dimensional[5,6,2]"],
    )  # fmt: skip
    case.raises(
        f"{name}/sizes", lambda tf, n: attribute(tf.raw_ops, n)(images=picture(1, 5, 6, 2), size=[2, 2, 2]), name,
        says=["shape_t must have two elements[3]"],
    )  # fmt: skip
    case.raises(
        f"{name}/empty_size", lambda tf, n: attribute(tf.raw_ops, n)(images=picture(1, 5, 6, 2), size=[2, 0]), name,
        says=["output dimensions must be positive"],
    )  # fmt: skip
for align in (False, True):
    for size in ((1, 1), (3, 8), (8, 3), (2, 3)):
        case(
            f"ResizeArea/{align}/{size[0]}x{size[1]}",
            lambda tf, align, size: tf.raw_ops.ResizeArea(
                images=picture(1, 5, 6, 2), size=size, align_corners=align
            ),
            align, size, loose=10,
        )  # fmt: skip
for kernel in "lanczos1 lanczos3 lanczos5 gaussian box triangle keyscubic mitchellcubic".split():
    for antialias in (False, True):
        for scale, move in (((0.5, 2.0), (1.0, -1.0)), ((1.0, 1.0), (0.0, 0.0)), ((0.3, 0.7), (0.2, 5.0))):
            label = f"{kernel}/{antialias}/{scale[0]}"
            case(
                f"ScaleAndTranslate/{label}",
                lambda tf, kernel, antialias, scale, move: tf.raw_ops.ScaleAndTranslate(
                    images=picture(1, 5, 6, 2), size=[4, 7], scale=scale, translation=move, kernel_type=kernel,
                    antialias=antialias,
                ),
                kernel, antialias, scale, move, loose=20,
            )  # fmt: skip
        case(
            f"ScaleAndTranslateGrad/{kernel}/{antialias}",
            lambda tf, kernel, antialias: tf.raw_ops.ScaleAndTranslateGrad(
                grads=picture(1, 4, 7, 2), original_image=picture(1, 5, 6, 2), scale=[0.5, 2.0],
                translation=[1.0, -1.0], kernel_type=kernel, antialias=antialias,
            ),
            kernel, antialias, loose=20,
        )  # fmt: skip

case.table(
    """
    resize/one_image: tf.image.resize(picture(4, 5, 1), [2, 2])
    resize/same: tf.image.resize(picture(1, 4, 5, 1, dtype="u1"), [4, 5])
    resize/python: tf.image.resize([[[1], [2]]], [2, 2])
    resize/no_images: tf.image.resize(tf.zeros([0, 3, 4, 1]), [2, 2])
    resize/low_rank: tf.image.resize(picture(4, 5), [2, 2])  # raises: 'images' must have either 3 or 4 dimensions
    resize/empty: tf.image.resize(picture(4, 5, 1), [0, 2])  # raises: output dimensions must be positive
    resize/no_rows: tf.image.resize(tf.zeros([1, 0, 4, 1]), [2, 2])  # raises: input image must be of non-zero size
    resize/no_channels: tf.image.resize(tf.zeros([1, 3, 4, 0]), [2, 2])  # raises: image must have at least one channel
    resize/float_size: tf.image.resize(picture(4, 5, 1), [2.5, 2])  # raises: 'size' must be a 1-D int32 Tensor
    resize/one_size: tf.image.resize(picture(4, 5, 1), [2])  # raises: 'size' must be a 1-D Tensor of 2 elements
    resize/scalar_size: tf.image.resize(picture(4, 5, 1), 2)  # raises: 'size' must be a 1-D Tensor of 2 elements
    resize/method: tf.image.resize(picture(4, 5, 1), [2, 2], "cubist")  # raises: Resize method is not implemented
    resize/bools: tf.image.resize(picture(1, 4, 5, 1) > 0.5, [2, 2])  # raises: of bool is not in the list
    resize/ratio_flat: tf.image.resize(picture(1, 3, 4, 1), [2, 100], preserve_aspect_ratio=True)  # loose: 10
    ScaleAndTranslate/zero: tf.raw_ops.ScaleAndTranslate(images=picture(1, 3, 4, 1), size=[3, 4], scale=[0.0, 2.0], translation=[1.0, -1.0])  # raises: Scale must be greater than zero
    ScaleAndTranslate/kernel: tf.raw_ops.ScaleAndTranslate(images=picture(1, 3, 4, 1), size=[3, 4], scale=[1.0, 2.0], translation=[1.0, -1.0], kernel_type="foo")  # raises: Unrecognized kernel type: foo
    ResizeBilinearGrad/double: tf.raw_ops.ResizeBilinearGrad(grads=picture(1, 5, 6, 2), original_image=picture(1, 3, 4, 2, dtype="f8"))  # loose: 4e6
    ResizeBilinearGrad/half: tf.raw_ops.ResizeBilinearGrad(grads=picture(1, 5, 6, 2), original_image=picture(1, 3, 4, 2, dtype="f2"), half_pixel_centers=True)  # loose: 4
    ResizeNearestNeighborGrad/ints: tf.raw_ops.ResizeNearestNeighborGrad(grads=picture(1, 5, 6, 2, dtype="i4"), size=[3, 2])
    ResizeNearestNeighborGrad/rank: tf.raw_ops.ResizeNearestNeighborGrad(grads=picture(5, 6, 2), size=[3, 2])  # raises: input must be 4-dimensional
    resize_with_pad/tall: tf.image.resize_with_pad(picture(3, 4, 1), 6, 2, method="nearest")
    resize_with_pad/zero: tf.image.resize_with_pad(picture(3, 4, 1), 0, 2)  # raises: target_height must be > 0
    resize_with_pad/negative: tf.image.resize_with_pad(picture(3, 4, 1), 2, -1)  # raises: target_width must be > 0
    resize_with_pad/low_rank: tf.image.resize_with_pad(picture(3, 4), 2, 1)  # raises: must have either 3 or 4 dimensions
    """
)

# -- crops, borders, flips ----------------------------------------------------------------------------------------

for size in ((1, 1), (2, 6), (6, 2), (5, 5), (3, 4), (8, 9)):
    case(
        f"resize_with_crop_or_pad/{size[0]}x{size[1]}",
        lambda tf, size: tf.image.resize_with_crop_or_pad(picture(2, 3, 4, 2), *size), size,
    )  # fmt: skip
for fraction in (0.01, 0.3, 0.5, 0.77, 1.0):
    case(f"central_crop/{fraction}", lambda tf, f: tf.image.central_crop(picture(2, 7, 8, 1), f), fraction)
for k in (-5, -1, 0, 1, 2, 3, 4, 7):
    case(f"rot90/{k}", lambda tf, k: tf.image.rot90(picture(2, 3, 4, 1), k), k)
for name in ("flip_left_right", "flip_up_down", "transpose"):
    for shape in ((3, 4, 1), (2, 3, 4, 2)):
        case(f"{name}/{len(shape)}", lambda tf, n, shape: attribute(tf.image, n)(picture(*shape)), name, shape)
    case(f"{name}/gradient", first_order, image(name), picture(2, 3, 4, 1))
    case(f"{name}/bytes", lambda tf, n: attribute(tf.image, n)(picture(3, 4, 1, dtype="u1")), name)
    case.raises(
        f"{name}/low_rank", lambda tf, n: attribute(tf.image, n)(picture(3, 4)), name,
        says=["must be at least three-dimensional"],
    )  # fmt: skip
    case.raises(
        f"{name}/empty", lambda tf, n: attribute(tf.image, n)(tf.zeros([0, 4, 1])), name,
        says=["inner 3 dims of 'image.shape' must be > 0"],
    )  # fmt: skip
case("resize_with_crop_or_pad/gradient", first_order,
     lambda tf, x: tf.image.resize_with_crop_or_pad(x, 2, 6), picture(2, 3, 4, 1))  # fmt: skip
case.table(
    """
    crop_to_bounding_box/plain: tf.image.crop_to_bounding_box(picture(2, 4, 5, 1), 1, 2, 2, 3)
    crop_to_bounding_box/one: tf.image.crop_to_bounding_box(picture(4, 5, 1), 0, 0, 4, 1)
    crop_to_bounding_box/tensors: tf.image.crop_to_bounding_box(picture(4, 5, 1), tf.constant(1), tf.constant(1), tf.constant(2), tf.constant(2))
    crop_to_bounding_box/large: tf.image.crop_to_bounding_box(picture(3, 4, 1), 1, 1, 4, 2)  # raises: height must be >= target + offset
    crop_to_bounding_box/wide: tf.image.crop_to_bounding_box(picture(3, 4, 1), 1, 1, 2, 4)  # raises: width must be >= target + offset
    crop_to_bounding_box/negative: tf.image.crop_to_bounding_box(picture(3, 4, 1), -1, 1, 2, 2)  # raises: offset_height must be >= 0
    crop_to_bounding_box/zero: tf.image.crop_to_bounding_box(picture(3, 4, 1), 0, 1, 0, 2)  # raises: target_height must be > 0
    crop_to_bounding_box/low_rank: tf.image.crop_to_bounding_box(picture(3, 4), 0, 0, 1, 1)  # raises: must have either 3 or 4 dimensions
    pad_to_bounding_box/plain: tf.image.pad_to_bounding_box(picture(2, 3, 4, 1), 1, 2, 6, 7)
    pad_to_bounding_box/one: tf.image.pad_to_bounding_box(picture(3, 4, 1), 0, 0, 3, 4)
    pad_to_bounding_box/small: tf.image.pad_to_bounding_box(picture(3, 4, 1), 1, 1, 3, 6)  # raises: height must be <= target - offset
    pad_to_bounding_box/narrow: tf.image.pad_to_bounding_box(picture(3, 4, 1), 0, 1, 3, 4)  # raises: width must be <= target - offset
    pad_to_bounding_box/negative: tf.image.pad_to_bounding_box(picture(3, 4, 1), -1, 1, 3, 6)  # raises: offset_height must be >= 0
    resize_with_crop_or_pad/zero: tf.image.resize_with_crop_or_pad(picture(3, 4, 1), 0, 1)  # raises: target_height must be > 0
    central_crop/tensor: tf.image.central_crop(picture(7, 8, 1), tf.constant(0.5))
    central_crop/large: tf.image.central_crop(picture(7, 8, 1), 1.1)  # raises: central_fraction must be within (0, 1]
    central_crop/zero: tf.image.central_crop(picture(7, 8, 1), 0.0)  # raises: central_fraction must be within (0, 1]
    central_crop/low_rank: tf.image.central_crop(picture(7, 8), 0.5)  # raises: must be at least three-dimensional
    rot90/tensor: tf.image.rot90(picture(3, 4, 1), tf.constant(1))
    rot90/one: tf.image.rot90(picture(3, 4, 1))
    rot90/float: tf.image.rot90(picture(3, 4, 1), 1.5)  # raises
    """
)

# -- boxes and patches ------------------------------------------------------------------------------------------------

BOXES = np.array(
    [[0, 0, 1, 1], [0.1, 0.2, 0.7, 0.9], [0.9, 0.2, 0.1, 0.9], [-0.2, 0.3, 0.8, 1.4], [0.5, 0.5, 0.5, 0.5]], "f4"
)
INDEX = np.array([0, 1, 1, 0, 1], "i4")
for method in ("bilinear", "nearest"):
    for size in ((1, 1), (3, 2), (7, 9), (1, 4)):
        label = f"{method}/{size[0]}x{size[1]}"
        case(
            f"crop_and_resize/{label}",
            lambda tf, method, size: tf.image.crop_and_resize(
                picture(2, 5, 6, 2), BOXES, INDEX, size, method, extrapolation_value=0.25
            ),
            method, size, loose=10,
        )  # fmt: skip
        case(
            f"crop_and_resize/gradient/{label}",
            first_order,
            lambda tf, x, method=method, size=size: tf.image.crop_and_resize(x, BOXES[:3], INDEX[:3], size, method),
            picture(2, 5, 6, 2), loose=20,
        )  # fmt: skip
for size in ((3, 2), (1, 4)):
    case(
        f"crop_and_resize/box_gradient/{size[0]}x{size[1]}",
        first_order,
        lambda tf, boxes, size=size: tf.image.crop_and_resize(picture(2, 5, 6, 2), boxes, INDEX[1:4], size),
        BOXES[1:4], loose=20,
    )  # fmt: skip
for dtype in ("u1", "i4", "f2", "f8"):
    case(
        f"crop_and_resize/{dtype}",
        lambda tf, dtype: tf.image.crop_and_resize(picture(2, 5, 6, 1, dtype=dtype), BOXES, INDEX, [3, 3]), dtype,
        loose=10,
    )  # fmt: skip
for padding in ("SAME", "VALID"):
    for size, stride, rate in (((1, 1), (1, 1), (1, 1)), ((2, 3), (1, 2), (1, 1)), ((2, 2), (2, 2), (2, 2)),
                               ((3, 1), (5, 1), (1, 3)), ((5, 6), (1, 1), (1, 1))):  # fmt: skip
        label = f"{padding}/{size[0]}x{size[1]}/{stride[0]}/{rate[1]}"
        args = [1, *size, 1], [1, *stride, 1], [1, *rate, 1], padding
        case(
            f"extract_patches/{label}", lambda tf, *args: tf.image.extract_patches(picture(2, 5, 6, 2), *args), *args
        )
        case(
            f"extract_patches/gradient/{label}",
            first_order, lambda tf, x, args=args: tf.image.extract_patches(x, *args), picture(1, 5, 6, 2), loose=4,
        )  # fmt: skip
    case(
        f"extract_volume_patches/{padding}",
        lambda tf, padding: tf.raw_ops.ExtractVolumePatches(
            input=picture(1, 3, 4, 5, 2), ksizes=[1, 2, 2, 3, 1], strides=[1, 1, 2, 2, 1], padding=padding
        ),
        padding,
    )  # fmt: skip
for centered in (False, True):
    for normalized in (False, True):
        for size in ((2, 3), (5, 7), (1, 1)):
            for offset in ((0.0, 0.0), (0.4, -0.3), (1.0, 1.0), (-0.9, 2.5)):
                label = f"{centered}/{normalized}/{size[0]}/{offset[0]}"
                case(
                    f"extract_glimpse/{label}",
                    lambda tf, *args: tf.image.extract_glimpse(
                        picture(1, 3, 4, 2), args[0], [args[1]], centered=args[2], normalized=args[3], noise="zero"
                    ),
                    size, offset, centered, normalized,
                )  # fmt: skip
                case(
                    f"extract_glimpse_v1/{label}",
                    lambda tf, *args: tf.raw_ops.ExtractGlimpse(
                        input=picture(1, 3, 4, 2), size=args[0], offsets=[args[1]], centered=args[2],
                        normalized=args[3], noise="zero", uniform_noise=False,
                    ),
                    size, offset, centered, normalized,
                )  # fmt: skip
case.table(
    """
    crop_and_resize/no_such_image: tf.image.crop_and_resize(picture(1, 3, 4, 1), BOXES[:1], [1], [1, 1])  # raises: box_index has values outside [0, batch_size)
    crop_and_resize/no_size: tf.image.crop_and_resize(picture(1, 3, 4, 1), BOXES[:1], [0], [1, 0])  # raises: crop dimensions must be positive
    crop_and_resize/columns: tf.image.crop_and_resize(picture(1, 3, 4, 1), BOXES[:1, :3], [0], [1, 1])  # raises: boxes must have 4 columns
    crop_and_resize/indices: tf.image.crop_and_resize(picture(1, 3, 4, 1), BOXES[:1], [0, 0], [1, 1])  # raises: box_index has incompatible shape
    crop_and_resize/method: tf.image.crop_and_resize(picture(1, 3, 4, 1), BOXES[:1], [0], [1, 1], "foo")  # raises: Value for attr 'method' of "foo"
    crop_and_resize/no_boxes: tf.image.crop_and_resize(picture(1, 3, 4, 1), BOXES[:0], INDEX[:0], [1, 1])
    crop_and_resize/low_rank: tf.image.crop_and_resize(picture(3, 4, 1), BOXES[:1], [0], [1, 1])  # raises: input image must be 4-D[3,4,1]
    extract_patches/stride: tf.image.extract_patches(picture(1, 3, 4, 1), [1, 2, 2, 1], [1, 0, 2, 1], [1, 1, 1, 1], "SAME")  # raises: strides is out of range
    extract_patches/channels: tf.image.extract_patches(picture(1, 3, 4, 1), [1, 2, 2, 2], [1, 1, 2, 1], [1, 1, 1, 1], "SAME")  # raises: Only support ksizes across space
    extract_patches/large: tf.image.extract_patches(picture(1, 3, 4, 1), [1, 4, 2, 1], [1, 1, 2, 1], [1, 2, 2, 1], "VALID")  # raises: Computed output size would be negative
    extract_patches/low_rank: tf.image.extract_patches(picture(3, 4, 1), [1, 1, 1, 1], [1, 1, 1, 1], [1, 1, 1, 1], "VALID")  # raises: input must be 4-dimensional[3,4,1]
    extract_patches/padding: tf.image.extract_patches(picture(1, 3, 4, 1), [1, 1, 1, 1], [1, 1, 1, 1], [1, 1, 1, 1], "FOO")  # raises: Value for attr 'padding' of "FOO"
    extract_patches/short: tf.image.extract_patches(picture(1, 3, 4, 1), [2, 2], [1, 1, 1, 1], [1, 1, 1, 1], "SAME")  # raises: must be at least minimum 4
    extract_patches/ints: tf.image.extract_patches(picture(1, 3, 4, 1, dtype="i8"), [1, 2, 2, 1], [1, 1, 1, 1], [1, 1, 1, 1], "SAME")
    extract_glimpse/noise: tf.image.extract_glimpse(picture(1, 3, 4, 1), [2, 2], [[0.5, 0.5]], noise="foo")  # raises: The noise could only be uniform, gaussian, or zero
    extract_glimpse/size: tf.image.extract_glimpse(picture(1, 3, 4, 1), [2], [[0.5, 0.5]], noise="zero")  # raises: input must be a vector of size 2
    extract_glimpse/offsets: tf.image.extract_glimpse(picture(1, 3, 4, 1), [2, 2], [0.5, 0.5], noise="zero")  # raises: input must be a matrix[2]
    extract_glimpse/empty: tf.image.extract_glimpse(picture(1, 3, 4, 1), [0, 2], [[0.5, 0.5]], noise="zero")
    """
)

# -- colours ------------------------------------------------------------------------------------------------------------

COLORS = np.array(
    [
        [0, 0, 0], [1, 1, 1], [0.2, 0.2, 0.1], [0.1, 0.5, 0.2], [0.7, 0.1, 0.6], [0.3, 0.3, 0.3], [0.9, 0.4, 0.4],
        [0.2, 0.8, 0.8], [0, 0, 1], [0, 1, 0], [1, 0, 0], [2, 0.5, 1.5],
    ],
    "f4",
)  # fmt: skip
for name in ("rgb_to_hsv", "hsv_to_rgb", "rgb_to_yiq", "yiq_to_rgb", "rgb_to_yuv", "yuv_to_rgb", "rgb_to_grayscale"):
    for dtype in ("float16", "float32", "float64"):
        case(
            f"{name}/{dtype}",
            lambda tf, name, dtype: attribute(tf.image, name)(tf.constant(COLORS, dtype)), name, dtype, loose=2e7 if dtype == "float64" else 10,
        )  # fmt: skip
    case(f"{name}/batch", lambda tf, name: attribute(tf.image, name)(picture(2, 3, 4, 3)), name, loose=10)
    case(f"{name}/empty", lambda tf, name: attribute(tf.image, name)(tf.zeros([0, 3])), name)
    case.raises(f"{name}/channels", lambda tf, name: attribute(tf.image, name)(tf.zeros([2, 2])), name)
    if name != "hsv_to_rgb":
        case(f"{name}/gradient", first_order, image(name), picture(5, 3), loose=20)
case("rgb_to_hsv/gradient_at_edges", first_order, image("rgb_to_hsv"), COLORS, loose=20)
HSV = np.array([[-0.1, 0.5, 2], [0.5, 1, 1], [2.4, 0.3, 0.3], [-1.3, 0.3, 0.3], [1, 1, 1], [0.99, -0.5, 1.5]], "f4")
case("hsv_to_rgb/around", lambda tf: tf.image.hsv_to_rgb(HSV), loose=10)

ADJUSTMENTS = {
    "adjust_brightness": (-0.7, -0.1, 0.0, 0.25, 1.5),
    "adjust_contrast": (-1.0, 0.0, 0.5, 1.0, 3.0),
    "adjust_gamma": (0.0, 0.4, 1.0, 2.5),
    "adjust_hue": (-1.0, -0.3, 0.0, 0.1, 0.5, 1.0),
    "adjust_saturation": (-1.0, 0.0, 0.5, 1.0, 4.0),
}
for name, amounts in ADJUSTMENTS.items():
    for amount in amounts:
        for dtype in ("f4", "f8", "u1", "i2"):
            case(
                f"{name}/{amount}/{dtype}",
                lambda tf, name, amount, dtype: attribute(tf.image, name)(picture(2, 3, 4, 3, dtype=dtype), amount),
                name, amount, dtype, loose=2e7 if dtype == "f8" else 20,
            )  # fmt: skip
    case(
        f"{name}/tensor", lambda tf, name: attribute(tf.image, name)(picture(3, 4, 3), tf.constant(0.3)), name, loose=20
    )
for name in ("adjust_brightness", "adjust_gamma"):
    case(f"{name}/gradient", first_order, lambda tf, x, name=name: attribute(tf.image, name)(x, 0.4), picture(3, 4, 3),
         loose=10)  # fmt: skip
case.table(
    """
    adjust_hue/outside: tf.image.adjust_hue(picture(3, 4, 3), 1.1)  # raises: delta must be in the interval [-1, 1]
    adjust_hue/channels: tf.image.adjust_hue(picture(3, 4, 1), 0.1)  # raises: input must have 3 channels but instead has 1 channels
    adjust_hue/low_rank: tf.image.adjust_hue(picture(4, 3), 0.1)  # raises: input must be at least 3-D
    adjust_hue/vector: tf.raw_ops.AdjustHue(images=picture(3, 4, 3), delta=[0.3])  # raises: delta must be scalar
    adjust_hue/far: tf.raw_ops.AdjustHue(images=COLORS[None] * 3 - 1, delta=0.3)  # loose: 20
    adjust_saturation/channels: tf.image.adjust_saturation(picture(3, 4, 1), 0.1)  # raises: input must have 3 channels but instead has 1 channels
    adjust_saturation/far: tf.raw_ops.AdjustSaturation(images=COLORS[None] * 3 - 1, scale=0.3)  # loose: 20
    adjust_contrast/low_rank: tf.image.adjust_contrast(picture(4, 3), 2.0)  # raises: input must be at least 3-D
    adjust_contrast/vector: tf.image.adjust_contrast(picture(3, 4, 3), [2.0, 1.0])  # raises: contrast_factor must be scalar
    adjust_contrast/empty: tf.image.adjust_contrast(tf.zeros([0, 2, 3]), 2.0)
    adjust_gamma/negative: tf.image.adjust_gamma(picture(3, 4, 3), -1)  # raises: Gamma should be a non-negative real number
    adjust_gamma/gain: tf.image.adjust_gamma(picture(3, 4, 3, dtype="u1"), 0.5, 2)
    grayscale_to_rgb/plain: tf.image.grayscale_to_rgb(tf.constant(picture(2, 3, 4, 1)))
    grayscale_to_rgb/channels: tf.image.grayscale_to_rgb(tf.constant(picture(3, 4, 3)))  # raises: Last dimension of a grayscale image should be size 1
    grayscale_to_rgb/bytes: tf.image.grayscale_to_rgb(tf.constant(picture(3, 4, 1, dtype="u1")))
    rgb_to_grayscale/bytes: tf.image.rgb_to_grayscale(picture(3, 4, 3, dtype="u1"))
    per_image_standardization/plain: tf.image.per_image_standardization(picture(2, 3, 4, 3))  # loose: 20
    per_image_standardization/bytes: tf.image.per_image_standardization(picture(3, 4, 3, dtype="u1"))  # loose: 20
    per_image_standardization/flat: tf.image.per_image_standardization(tf.ones([2, 2, 1]))
    per_image_standardization/half: tf.image.per_image_standardization(picture(3, 4, 3, dtype="f2"))  # loose: 20
    per_image_standardization/low_rank: tf.image.per_image_standardization(picture(4, 3))  # raises: must be at least three-dimensional
    """
)
DTYPES = ("float16", "float32", "float64", "uint8", "int8", "uint16", "int16", "int32", "int64")
for source in DTYPES:
    for target in DTYPES:
        for saturate in (False, True):
            case(
                f"convert_image_dtype/{source}/{target}/{saturate}",
                lambda tf, source, target, saturate: tf.image.convert_image_dtype(
                    tf.cast(tf.constant([0.0, 0.25, 0.5, 0.9] if "float" in source else [0, 1, 77, 127]), source),
                    attribute(tf, target), saturate=saturate,
                ),
                source, target, saturate,
            )  # fmt: skip
case.table(
    """
    convert_image_dtype/bool: tf.image.convert_image_dtype(picture(3, 4, 1), tf.bool)  # raises: dtype must be either floating point or integer
    convert_image_dtype/outside: tf.image.convert_image_dtype([-1.0, -0.1, 1.5, 300.0], tf.uint8, saturate=True)
    convert_image_dtype/python: tf.image.convert_image_dtype([1, 2], tf.float32)
    """
)

# -- quality ----------------------------------------------------------------------------------------------------------------

for dtype in ("f4", "f8", "u1"):
    largest = 255 if dtype == "u1" else 1.0
    for name in ("psnr", "ssim"):
        case(
            f"{name}/{dtype}",
            lambda tf, name, dtype, largest: attribute(tf.image, name)(
                picture(2, 14, 15, 3, dtype=dtype), picture(2, 14, 15, 3, seed=1, dtype=dtype), largest
            ),
            name, dtype, largest, loose=100,
        )  # fmt: skip
for size in (1, 3, 4, 7):
    for sigma in (0.5, 1.5):
        case(
            f"ssim/{size}/{sigma}",
            lambda tf, size, sigma: tf.image.ssim(
                picture(9, 8, 2), picture(9, 8, 2, seed=1) * 0.5 + picture(9, 8, 2) * 0.5, 1.0, size, sigma
            ),
            size, sigma, loose=100,
        )  # fmt: skip
X, Y = picture(2, 44, 45, 1), picture(2, 44, 45, 1) * np.float32(0.8) + np.float32(0.1)
case.table(
    """
    psnr/equal: tf.image.psnr(picture(3, 4, 1), picture(3, 4, 1), 1.0)
    psnr/shapes: tf.image.psnr(picture(1, 3, 4, 1), picture(4, 4, 3), 1.0)  # raises: Incompatible shapes
    ssim/equal: tf.image.ssim(picture(12, 12, 1), picture(12, 12, 1), 1.0)  # loose: 10
    ssim/map: tf.image.ssim(X, Y, 1.0, filter_size=5, return_index_map=True)  # loose: 400
    ssim/constants: tf.image.ssim(X, Y, 1.0, k1=0.1, k2=0.2)  # loose: 100
    ssim/small: tf.image.ssim(picture(3, 4, 1), picture(3, 4, 1), 1.0)  # raises
    ssim/channels: tf.image.ssim(picture(12, 12, 1), picture(12, 12, 3), 1.0)  # raises: are incompatible
    ssim/low_rank: tf.image.ssim(picture(12, 12), picture(12, 12), 1.0)  # raises: must have rank at least 3
    ssim_multiscale/two: tf.image.ssim_multiscale(X, Y, 1.0, power_factors=(0.3, 0.7))  # loose: 100
    ssim_multiscale/three: tf.image.ssim_multiscale(X, Y, 1.0, power_factors=(0.3, 0.3, 0.4), filter_size=5)  # loose: 100
    ssim_multiscale/default: tf.image.ssim_multiscale(tf.image.resize(X, [180, 177]), tf.image.resize(Y, [180, 177]), 1.0)  # loose: 100
    ssim_multiscale/small: tf.image.ssim_multiscale(picture(12, 12, 1), picture(12, 12, 1), 1.0)  # raises
    total_variation/one: tf.image.total_variation(tf.constant(picture(5, 6, 2)))  # loose: 10
    total_variation/batch: tf.image.total_variation(tf.constant(picture(3, 5, 6, 2)))  # loose: 10
    total_variation/ints: tf.image.total_variation(tf.constant(picture(3, 5, 6, 2, dtype="i4")))
    total_variation/low_rank: tf.image.total_variation(tf.constant(picture(5, 6)))  # raises: 'images' must be either 3 or 4-dimensional
    image_gradients/plain: tf.image.image_gradients(tf.constant(picture(2, 5, 6, 2)))
    image_gradients/low_rank: tf.image.image_gradients(tf.constant(picture(5, 6, 2)))  # raises: image_gradients expects a 4D tensor
    sobel_edges/plain: tf.image.sobel_edges(tf.constant(picture(2, 5, 6, 2)))  # loose: 40
    """
)
for name in ("total_variation", "sobel_edges", "image_gradients", "per_image_standardization"):
    case(f"{name}/gradient", first_order, image(name), picture(1, 4, 5, 2), loose=40)
case("psnr/gradient", first_order, lambda tf, x: tf.image.psnr(x, picture(4, 5, 2, seed=1), 1.0), picture(4, 5, 2),
     loose=40)  # fmt: skip
case("ssim/gradient", first_order, lambda tf, x: tf.image.ssim(x, picture(8, 7, 2, seed=1), 1.0, 5),
     picture(8, 7, 2), loose=400)  # fmt: skip

# -- random changes: the same numbers -------------------------------------------------------------------------------------------

CHANGES = {
    "brightness": [(0.3,), (0.0,)], "hue": [(0.2,), (0.5,)], "contrast": [(0.2, 1.7)], "saturation": [(0.2, 2.5)],
    "flip_left_right": [()], "flip_up_down": [()],
}  # fmt: skip
for name, arguments in CHANGES.items():
    for args in arguments:
        for seed in (1, 2, 7):
            for shape in ((4, 5, 3), (3, 4, 5, 3)):
                label = f"{name}/{'-'.join(map(str, args))}/{seed}/{len(shape)}"
                if name == "brightness" and args == (0.0,):
                    continue
                case(
                    f"stateless_random_{label}",
                    lambda tf, name, args, seed, shape: attribute(tf.image, f"stateless_random_{name}")(
                        picture(*shape), *args, seed=(seed, 3)
                    ),
                    name, args, seed, shape, loose=20,
                )  # fmt: skip
                case(
                    f"random_{label}",
                    lambda tf, name, args, seed, shape: [
                        tf.random.set_seed(5),
                        attribute(tf.image, f"random_{name}")(picture(*shape), *args, seed=seed),
                        attribute(tf.image, f"random_{name}")(picture(*shape), *args, seed=seed),
                    ][1:],
                    name, args, seed, shape, loose=20,
                )  # fmt: skip
for seed in (1, 2, 3):
    for size in ((2, 3, 3), (4, 1, 2), (4, 5, 3)):
        case(
            f"stateless_random_crop/{seed}/{size[1]}",
            lambda tf, seed, size: tf.image.stateless_random_crop(picture(4, 5, 3), size, (seed, 4)), seed, size,
        )  # fmt: skip
        case(
            f"random_crop/{seed}/{size[1]}",
            lambda tf, seed, size: [tf.random.set_seed(9), tf.image.random_crop(picture(4, 5, 3), size, seed)][1],
            seed, size,
        )  # fmt: skip
case.table(
    """
    random_crop/large: tf.image.random_crop(picture(4, 5, 3), [5, 5, 3])  # raises: Need value.shape >= size
    random_brightness/negative: tf.image.random_brightness(picture(4, 5, 3), -0.1)  # raises: max_delta must be non-negative
    random_hue/large: tf.image.random_hue(picture(4, 5, 3), 0.6)  # raises: max_delta must be <= 0.5
    random_hue/negative: tf.image.random_hue(picture(4, 5, 3), -0.6)  # raises: max_delta must be non-negative
    random_contrast/order: tf.image.random_contrast(picture(4, 5, 3), 0.5, 0.5)  # raises: upper must be > lower
    random_contrast/negative: tf.image.random_contrast(picture(4, 5, 3), -0.5, 0.5)  # raises: lower must be non-negative
    random_saturation/order: tf.image.random_saturation(picture(4, 5, 3), 0.5, 0.5)  # raises: upper must be > lower
    random_jpeg_quality/range: tf.image.random_jpeg_quality(picture(4, 5, 3), -1, 50)  # raises: jpeg encoding range must be between 0 and 100
    random_jpeg_quality/order: tf.image.random_jpeg_quality(picture(4, 5, 3), 50, 50)  # raises: must be less than
    """
)
