"""`tf.lookup.experimental`: tables whose keys come and go."""

from tapeflow.core.track.mutable_lookup import DenseHashTable, MutableHashTable
