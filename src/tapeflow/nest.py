"""`tf.nest`: nested lists, tuples, dicts… as trees."""

from tapeflow.core.base.nest import assert_same_structure, flatten, is_nested, map_structure, pack_sequence_as
