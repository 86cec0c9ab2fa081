"""`tf.io`: files, records, and strings that hold something else."""

from tapeflow.core.base.record_file import TFRecordOptions, TFRecordWriter
from tapeflow.core.files.graph_text import write_graph
from tapeflow.core.ops.compose.decode import decode_csv, decode_raw, parse_tensor
from tapeflow.core.ops.compose.feature_config import (
    FixedLenFeature,
    FixedLenSequenceFeature,
    RaggedFeature,
    SparseFeature,
    VarLenFeature,
)
from tapeflow.core.ops.compose.parse_example import (
    parse_example,
    parse_sequence_example,
    parse_single_example,
    parse_single_sequence_example,
)
from tapeflow.core.ops.compose.serialize_sparse import (
    deserialize_many_sparse,
    serialize_many_sparse,
    serialize_sparse,
)
from tapeflow.core.ops.defs.decode import (
    decode_base64,
    decode_compressed,
    decode_json_example,
    encode_base64,
    serialize_tensor,
)
from tapeflow.core.ops.defs.file import matching_files, read_file, write_file
from tapeflow.core.ops.defs.proto import decode_proto, encode_proto
from tapeflow.core.track.matched_files import match_filenames_once
from tapeflow.io import gfile

# TensorFlow has the functions of encoded images here as well.
_OF_IMAGES = frozenset(
    """decode_and_crop_jpeg decode_bmp decode_gif decode_image decode_jpeg decode_jxl decode_png decode_webp encode_jpeg
    encode_png extract_jpeg_shape is_jpeg""".split()
)


def __getattr__(name):
    if name not in _OF_IMAGES:
        raise AttributeError(f"module 'tapeflow.io' has no attribute '{name}'", name=name)
    from tapeflow import image  # lazy: Pillow's functions are seldom needed

    found = globals()[name] = getattr(image, name)
    return found


def __dir__():
    return sorted({*globals(), *_OF_IMAGES})
