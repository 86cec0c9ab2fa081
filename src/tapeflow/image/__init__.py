"""`tf.image`: resizing, cropping, colours, random changes, quality, boxes, image files."""

from tapeflow.core.ops.compose.image_boxes import (
    combined_non_max_suppression,
    draw_bounding_boxes,
    generate_bounding_box_proposals,
    non_max_suppression,
    non_max_suppression_overlaps,
    non_max_suppression_padded,
    non_max_suppression_with_scores,
    sample_distorted_bounding_box,
    stateless_sample_distorted_bounding_box,
)
from tapeflow.core.ops.compose.image_color import (
    adjust_brightness,
    adjust_contrast,
    adjust_gamma,
    adjust_hue,
    adjust_saturation,
    convert_image_dtype,
    grayscale_to_rgb,
    hsv_to_rgb,
    per_image_standardization,
    rgb_to_grayscale,
    rgb_to_hsv,
    rgb_to_yiq,
    rgb_to_yuv,
    yiq_to_rgb,
    yuv_to_rgb,
)
from tapeflow.core.ops.compose.image_files import (
    adjust_jpeg_quality,
    decode_and_crop_jpeg,
    decode_image,
    decode_jpeg,
    is_jpeg,
)
from tapeflow.core.ops.compose.image_geometry import (
    central_crop,
    crop_and_resize,
    crop_to_bounding_box,
    extract_glimpse,
    extract_patches,
    flip_left_right,
    flip_up_down,
    pad_to_bounding_box,
    resize_with_crop_or_pad,
    rot90,
    transpose,
)
from tapeflow.core.ops.compose.image_quality import (
    image_gradients,
    psnr,
    sobel_edges,
    ssim,
    ssim_multiscale,
    total_variation,
)
from tapeflow.core.ops.compose.image_random import (
    random_brightness,
    random_contrast,
    random_crop,
    random_flip_left_right,
    random_flip_up_down,
    random_hue,
    random_jpeg_quality,
    random_saturation,
    stateless_random_brightness,
    stateless_random_contrast,
    stateless_random_crop,
    stateless_random_flip_left_right,
    stateless_random_flip_up_down,
    stateless_random_hue,
    stateless_random_jpeg_quality,
    stateless_random_saturation,
)
from tapeflow.core.ops.compose.image_resize import ResizeMethod, resize, resize_with_pad
from tapeflow.core.ops.defs.image_codec import (
    decode_bmp,
    decode_gif,
    decode_png,
    decode_webp,
    encode_jpeg,
    encode_png,
    extract_jpeg_shape,
)
from tapeflow.core.ops.defs.jxl import decode_jxl
