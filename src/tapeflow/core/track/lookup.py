"""`tf.lookup`'s static tables. Tables live outside graphs; looking up is an op that runs on the host."""

import uuid

from tapeflow.core.base import dtypes
from tapeflow.core.base.errors import NotFoundError
from tapeflow.core.base.hash_table import HashTable
from tapeflow.core.base.trackable import SaveType, Trackable
from tapeflow.core.ops.defs import hash_table as ops
from tapeflow.core.ops.defs.string_hash import to_hash_bucket_fast
from tapeflow.core.ops.defs.string_numbers import as_string
from tapeflow.core.ops.registry import get
from tapeflow.core.track.resource import TrackableResource
from tapeflow.core.values.convert import convert
from tapeflow.core.values.tensor import EagerTensor, Tensor

KEYS = (dtypes.string, dtypes.int32, dtypes.int64)


def handle_of(table):
    """The resource tensor of a table."""
    return EagerTensor(ops.boxed(table), dtypes.resource)


def check_key_dtype(key_dtype, op_name):
    """TensorFlow has no tables with other keys."""
    if key_dtype not in KEYS:
        raise NotFoundError(
            f"Could not find device for node: {{{{node {op_name}}}}}: no tables with keys of {key_dtype.name}",
            hint="keys are strings, int32 or int64",
        )


def values_of(keys):
    """The plain tensor of keys inside, and the function that puts the found values back into the same form."""
    if isinstance(keys, Tensor):
        return keys, lambda found: found
    if hasattr(keys, "with_flat_values"):
        return keys.flat_values, keys.with_flat_values
    if hasattr(keys, "dense_shape") and hasattr(keys, "indices"):
        return keys.values, lambda found: type(keys)(keys.indices, found, keys.dense_shape)
    return None, lambda found: found


class LookupInterface(TrackableResource):
    """What all tables share.

    Args:
        key_dtype, value_dtype: The dtypes of keys and values.
    """

    def __init__(self, key_dtype, value_dtype):
        self._key_dtype, self._value_dtype = dtypes.as_dtype(key_dtype), dtypes.as_dtype(value_dtype)
        super().__init__()

    def _trackable_children(self, save_type=SaveType.CHECKPOINT, **kwargs):
        children = super()._trackable_children(save_type, **kwargs)
        initializer = getattr(self, "_initializer", None)
        if save_type == SaveType.CHECKPOINT and isinstance(initializer, Trackable):
            return {"_initializer": initializer} | children
        return children

    @property
    def key_dtype(self):
        """The dtype of the keys."""
        return self._key_dtype

    @property
    def value_dtype(self):
        """The dtype of the values."""
        return self._value_dtype

    @property
    def name(self):
        """The name of the table; None, as tables have none outside of TensorFlow 1's graphs."""
        return None

    def __getitem__(self, keys):
        """Does the same as `lookup`."""
        return self.lookup(keys)

    def _keys(self, keys):
        """The keys as a tensor of the right dtype, and how to put the values back."""
        if not hasattr(keys, "dtype"):
            keys = convert(keys, hint=self._key_dtype)
        if keys.dtype != self._key_dtype:
            raise TypeError(
                f"Dtype of argument `keys` must be {self._key_dtype}, received: {dtypes.as_dtype(keys.dtype)}"
            )
        inner, put_back = values_of(keys)
        return (convert(keys), put_back) if inner is None else (inner, put_back)


class StaticHashTable(LookupInterface):
    """A table that is filled once.

    Differs from TensorFlow: `lookup` takes Python lists and numbers too, not only tensors.

    Args:
        initializer: What fills it: `KeyValueTensorInitializer`, `TextFileInitializer`.
        default_value: A scalar: what keys that are not there stand for.
        name: Optional name.
        experimental_is_anonymous: Accepted; tables are never shared by name.

    >>> pairs = tf.lookup.KeyValueTensorInitializer(["a", "b"], [1, 2])
    >>> table = tf.lookup.StaticHashTable(pairs, default_value=-1)
    >>> table[tf.constant(["b", "z"])].numpy()
    array([ 2, -1], dtype=int32)
    """

    def __init__(self, initializer, default_value, name=None, experimental_is_anonymous=False):
        self._initializer = initializer
        self._is_anonymous = experimental_is_anonymous
        self._shared_name = f"table_{uuid.uuid4()}"
        self._name = name or "hash_table"
        super().__init__(initializer.key_dtype, initializer.value_dtype)
        check_key_dtype(self._key_dtype, "HashTableV2")
        default = convert(default_value, self._value_dtype)
        default.shape.assert_is_compatible_with([])
        self._default_value = default
        self._initialize()

    def _create_resource(self):
        return handle_of(HashTable(self._key_dtype, self._value_dtype))

    def _initialize(self):
        self._initializer.initialize(self)

    @property
    def default_value(self):
        """What keys that are not there stand for, a scalar tensor."""
        return self._default_value

    def size(self, name=None):
        """Returns how many keys there are, an int64 scalar."""
        return ops.size(self.resource_handle)

    def lookup(self, keys, name=None):
        """Looks keys up.

        Args:
            keys: A tensor, sparse tensor or ragged tensor of the table's key dtype.
            name: Optional name.

        Returns:
            The values, in the form of `keys`.

        Raises:
            TypeError: The keys have another dtype.
        """
        keys, put_back = self._keys(keys)
        return put_back(ops.find(self.resource_handle, keys, self._default_value))

    def export(self, name=None):
        """Returns all keys and all values, in the order in which they came."""
        keys, values = ops.export(self.resource_handle, self._key_dtype, self._value_dtype)
        return keys, values


class StaticVocabularyTable(LookupInterface):
    """Numbers strings: those of a vocabulary by their entry, others by a hash, after them.

    Args:
        initializer: What gives the vocabulary, with int64 values; None for an empty one.
        num_oov_buckets: How many numbers strings outside of the vocabulary share.
        lookup_key_dtype: The dtype of the keys to look up; the vocabulary's by default.
        name: Optional name.
        experimental_is_anonymous: Accepted.

    Raises:
        ValueError: `num_oov_buckets` is not positive.
        TypeError: The vocabulary's values are not int64.

    >>> ids = tf.lookup.KeyValueTensorInitializer(["a", "b"], tf.constant([0, 1], tf.int64))
    >>> tf.lookup.StaticVocabularyTable(ids, num_oov_buckets=1).lookup(tf.constant(["b", "z"])).numpy()
    array([1, 2])
    """

    def __init__(
        self, initializer, num_oov_buckets, lookup_key_dtype=None, name=None, experimental_is_anonymous=False
    ):
        if num_oov_buckets <= 0:
            raise ValueError("`num_oov_buckets` must be > 0; use StaticHashTable.")
        self._num_oov_buckets = num_oov_buckets
        self._table = None
        key_dtype = dtypes.string
        if initializer:
            if initializer.value_dtype != dtypes.int64:
                raise TypeError(
                    f"Invalid `value_dtype`, expected {dtypes.int64} but got {initializer.value_dtype}."
                )
            key_dtype = dtypes.as_dtype(lookup_key_dtype or initializer.key_dtype)
            self._table = StaticHashTable(initializer, default_value=-1)
            if self._table.key_dtype.is_integer != key_dtype.is_integer:
                raise TypeError(
                    f"Invalid `key_dtype`, expected {'integer' if key_dtype.is_integer else 'string'} but got "
                    f"{self._table.key_dtype}."
                )
        super().__init__(key_dtype, dtypes.int64)

    @property
    def resource_handle(self):
        """The resource tensor of the vocabulary's table, None without one."""
        return self._table.resource_handle if self._table is not None else None

    def _create_resource(self):
        return self._table._create_resource() if self._table is not None else None

    def _initialize(self):
        if self._table is not None:
            self._table._initialize()

    def size(self, name=None):
        """Returns how many numbers there are: those of the vocabulary and of the buckets."""
        if self._table is None:
            return convert(self._num_oov_buckets, dtypes.int64)
        return self._table.size() + self._num_oov_buckets

    def lookup(self, keys, name=None):
        """Looks keys up.

        Args:
            keys: A tensor, sparse tensor or ragged tensor of strings or integers.
            name: Optional name.

        Returns:
            int64, in the form of `keys`.

        Raises:
            TypeError: The keys have another dtype.
        """
        keys, put_back = self._keys(keys)
        texts = keys if keys.dtype is dtypes.string else as_string(keys)
        buckets = to_hash_bucket_fast(texts, self._num_oov_buckets)
        if self._table is None:
            return put_back(buckets)
        inner = keys if keys.dtype is self._table.key_dtype else get("Cast")(keys, self._table.key_dtype)
        ids = ops.find(self._table.resource_handle, inner, self._table.default_value)
        found = get("NotEqual")(ids, self._table.default_value)
        return put_back(get("SelectV2")(found, ids, get("AddV2")(buckets, self._table.size())))
