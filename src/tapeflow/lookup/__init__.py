"""`tf.lookup`: tables from keys to values."""

from tapeflow.core.track.lookup import StaticHashTable, StaticVocabularyTable
from tapeflow.core.track.lookup_initializers import KeyValueTensorInitializer, TextFileIndex, TextFileInitializer
from tapeflow.lookup import experimental
