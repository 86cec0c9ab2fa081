"""`tf.strings`: byte strings and text."""

from tapeflow.core.ops.compose.string_ragged import (
    bytes_split,
    ngrams,
    split,
    unicode_decode,
    unicode_decode_with_offsets,
    unicode_encode,
    unicode_split,
    unicode_split_with_offsets,
)
from tapeflow.core.ops.compose.string_regex import regex_full_match, regex_replace
from tapeflow.core.ops.compose.string_text import (
    join,
    length,
    reduce_join,
    substr,
    to_hash_bucket,
    to_number,
    unsorted_segment_join,
)
from tapeflow.core.ops.compose.string_text import string_format as format
from tapeflow.core.ops.defs.string_hash import to_hash_bucket_fast, to_hash_bucket_strong
from tapeflow.core.ops.defs.string_numbers import as_string
from tapeflow.core.ops.defs.string_text import lower, strip, upper
from tapeflow.core.ops.defs.string_unicode import script as unicode_script
from tapeflow.core.ops.defs.string_unicode import transcode as unicode_transcode
